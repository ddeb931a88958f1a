package edge

import ()

// forward is the end of the chain: the upstream answers.
func (e *Edge) forward(v *visit) error {
	e.fill(v)
	if wantsTunnel(v) {
		v.out.Upgrade = webSocket
	}
	resp := v.Response()
	resp.Header.SetNoDefaultContentType(true)
	addr, err := e.Upstreams.Forward(v.route.Upstream, &v.out, resp, v.route.Timeout)
	if addr != "" {
		v.record.Note("upstream", addr)
	}
	if v.upload.err != nil {
		resp.Reset()
		return v.interrupted()
	}
	if err != nil {
		return err
	}
	conceal(&resp.Header, v.route.Upstream)
	if v.out.Tunnel != nil {
		return e.openTunnel(v)
	}
	if err := e.watch(v); err != nil {
		resp.Reset() // what the upstream said is for nobody
		return err
	}
	return errAnswered
}
