package edge_test

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// echo is an upstream that remembers the last request and answers in ways that the path names.
type echo struct {
	mu    sync.Mutex
	last  *http.Request
	body  string
	count int
	parts chan string // of a body, as they came; for /api/live/upload
}

func (e *echo) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == "/readyz": // a probe is no request of a client
		return
	case strings.HasPrefix(r.URL.Path, "/api/live/"):
		e.live(w, r)
		return
	}
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	e.last, e.body = r, string(body)
	e.count++
	e.mu.Unlock()
	switch r.URL.Path {
	case "/api/open/hop":
		for _, name := range []string{"Keep-Alive", "Proxy-Authenticate", "Upgrade", "X-Hop", "Te"} {
			w.Header().Set(name, "x")
		}
		w.Header().Set("Connection", "X-Hop")
	case "/api/open/weak":
		w.Header()["Content-Security-Policy"] = []string{"default-src *", "img-src *"}
		w.Header()["Referrer-Policy"] = []string{"origin", "unsafe-url"}
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.Header().Set("Cache-Control", "max-age=5")
		w.Header()["X-Request-Id"] = []string{"forged", "forged too"}
	case "/api/open/stream":
		for range 3 {
			io.WriteString(w, strings.Repeat("x", 1<<20))
			http.NewResponseController(w).Flush()
		}
		return
	case "/api/open/switch":
		conn, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")
		conn.Close()
		return
	case "/api/mine/who":
		io.WriteString(w, r.Header.Get("X-User-Uid"))
		return
	case "/api/report/assertion":
		io.WriteString(w, r.Header.Get("X-Gatehouse-Assertion"))
		return
	case "/api/open/empty":
		w.WriteHeader(http.StatusNoContent)
		return
	case "/api/slow":
		<-r.Context().Done()
		return
	}
	io.WriteString(w, r.Method+" "+r.RequestURI)
}

// received is the last request that came through, and how many there were.
func (e *echo) received() (*http.Request, string, int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last, e.body, e.count
}
