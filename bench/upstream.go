package main

import "github.com/valyala/fasthttp"

// answer is what the upstream says to everybody: the size of a small JSON document.
const answer = `{"id":7,"uid":"ada","name":"Ada Lovelace","course":"Computer Science","grade":"A","remarks":"first of all"}`

// serveUpstream is the service behind every gateway. It does as little as a server can.
func serveUpstream(addr string) error {
	s := fasthttp.Server{
		NoDefaultServerHeader: true,
		Handler: func(c *fasthttp.RequestCtx) {
			c.SetContentType("application/json")
			c.SetBodyString(answer)
		},
	}
	return s.ListenAndServe(addr)
}
