"""Says who calls, by what Gatehouse's gateway sends along.

Needs PyJWT and cryptography: python3-jwt and python3-cryptography of Debian, or `pip install pyjwt[crypto]`.
"""
import json
import math
import threading
import time
import urllib.request

import jwt

KEEP = 60  # seconds; for so long a key counts that was taken back
RETRY = 5  # seconds between two looks at the key set, whatever keys are asked for
LEEWAY = 5  # seconds that clocks may differ


class Refused(Exception):
    """Nobody knows who calls: answer 401."""


class Unavailable(Exception):
    """The keys cannot be had at the moment: answer 503."""


class Gatehouse:
    """Verifies what the gateway sends, with the public keys at jwks_url."""

    def __init__(self, jwks_url, audience):
        self._url, self._audience = jwks_url, audience
        self._keys, self._fetched, self._tried = {}, -math.inf, -math.inf
        self._lock = threading.Lock()

    def assertion(self, raw):
        """The claims of an X-Gatehouse-Assertion for us: sub, uid, role, sid and more."""
        return self._verify(raw, "assertion+jwt", self._audience)

    def access_token(self, authorization):
        """The claims of the access token in an Authorization header."""
        scheme, _, raw = (authorization or "").partition(" ")
        return self._verify(raw if scheme.lower() == "bearer" else "", "at+jwt", "gatehouse")

    def _verify(self, raw, kind, audience):
        try:
            header = jwt.get_unverified_header(raw or "")
            if header.get("typ") != kind or "crit" in header:
                raise Refused("another kind of token")
            return jwt.decode(
                raw, self._key(header.get("kid")), algorithms=["EdDSA"], issuer="gatehouse", audience=audience,
                leeway=LEEWAY, options={"require": ["exp", "iat", "sub", "jti", "uid", "role", "sid"]})
        except jwt.PyJWTError as mistake:
            raise Refused(str(mistake)) from mistake

    def _key(self, kid):
        with self._lock:
            now = time.monotonic()
            if (kid not in self._keys or now - self._fetched >= KEEP) and now - self._tried >= RETRY:
                self._tried = now
                self._fetch(now)
            if now - self._fetched >= 10 * KEEP:
                raise Unavailable("no keys")
        if kid not in self._keys:
            raise Refused("unknown key")
        return self._keys[kid]

    def _fetch(self, now):
        try:
            with urllib.request.urlopen(self._url, timeout=2) as answer:
                keys = json.load(answer)["keys"]
            self._keys = {k["kid"]: jwt.PyJWK(k).key for k in keys if k.get("crv") == "Ed25519"}
            self._fetched = now
        except (OSError, ValueError, KeyError, jwt.PyJWTError):
            pass  # the keys that there are stay for a while
