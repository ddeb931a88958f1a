package deadline

import "net"

// Listener accepts connections whose deadlines are cheap to move.
type Listener struct{ net.Listener }

// Accept is net.Listener's.
func (l Listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: conn}, nil
}
