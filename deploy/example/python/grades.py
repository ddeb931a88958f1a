"""A service behind Gatehouse's gateway: the standard library's web server, and gatehouse.py to know who calls."""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gatehouse import Gatehouse, Refused, Unavailable

gatehouse = Gatehouse(
    os.environ.get("JWKS_URL", "http://auth-service:8081/.well-known/jwks.json"),
    audience=os.environ.get("AUDIENCE", "grades"))

GRADES = {"Ada": 1, "Grace": 1, "Alan": 2}


def caller(path, headers):
    """Three ways to know who calls; choose the one that the route has under `forward`."""
    if path == "/by-token":  # forward: token
        return gatehouse.access_token(headers.get("Authorization"))
    if path == "/by-headers":  # forward: identity, where nobody but the gateway reaches this port
        return {"uid": headers.get("X-User-Uid"), "role": headers.get("X-User-Role")}
    return gatehouse.assertion(headers.get("X-Gatehouse-Assertion"))  # forward: assertion


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 75  # seconds that an idle connection is kept, longer than the gateway does

    def do_GET(self):
        try:
            who = caller(self.path, self.headers)
        except Refused:
            return self.answer(401, {"message": "Who are you?"})
        except Unavailable:
            return self.answer(503, {"message": "Please try again."})
        if who["role"] not in ("Admin", "Teacher"):  # the route says so too, to whoever comes through the gateway
            return self.answer(403, {"message": "Only for teachers."})
        self.answer(200, {"for": who["uid"], "grades": GRADES})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("", int(os.environ.get("PORT", "5000"))), Handler)
    print(f"listening on port {server.server_port}", flush=True)
    server.serve_forever()
