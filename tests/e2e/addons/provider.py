"""A small OpenID Connect provider without passwords: it runs in a pod with Python alone, told its key by arguments.

Whoever asks to authorize says who they are in the query, `login=alice`: https://openid.net/specs/openid-connect-core-1_0.html.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

PORT = 9400

DIGEST = bytes.fromhex("3031300d060960864801650304020105000420")
"""What stands before a SHA-256 in a signature by RSA: RFC 8017, 9.2."""

GROUPS = {"alice": ["dask", "admins"], "bob": ["dask"]}


def encode(raw: bytes) -> str:
    """Return bytes as a JWT has them."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def encode_number(number: int) -> str:
    """Return a number as a JWK has it."""
    return encode(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def decode(text: str) -> Any:
    """Return the JSON in a part of a JWT."""
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


class Provider(BaseHTTPRequestHandler):
    """Answers as a provider whose address, key and client's secret are those of the arguments."""

    issuer, secret, modulus, exponent = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

    def do_GET(self) -> None:
        """Answer discovery, keys, and people who log in."""
        path, query = urlsplit(self.path).path, dict(parse_qs(urlsplit(self.path).query))
        if path == "/.well-known/openid-configuration":
            self.answer(self.describe())
        elif path == "/jwks":
            key = {"kty": "RSA", "kid": "test", "alg": "RS256", "use": "sig", "e": encode_number(65537)}
            self.answer({"keys": [{**key, "n": encode_number(self.modulus)}]})
        elif path == "/authorize":
            names = ("login", "code_challenge", "client_id", "redirect_uri", "nonce")
            kept = {name: query.get(name, [""])[0] for name in names}
            code = encode(json.dumps(kept).encode())
            self.send_response(302)
            given = urlencode({"code": code, "state": query["state"][0]})
            self.send_header("Location", f"{kept['redirect_uri']}?{given}")
            self.end_headers()

    def do_POST(self) -> None:
        """Give a token to the client that knows its secret and what it asked for."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        asked = decode(form["code"][0])
        proof = encode(hashlib.sha256(form["code_verifier"][0].encode()).digest())
        basic = base64.b64encode(f"{asked['client_id']}:{self.secret}".encode()).decode()
        secrets = (form.get("client_secret", [""])[0], self.headers.get("Authorization", ""))
        if proof != asked["code_challenge"] or not {self.secret, f"Basic {basic}"}.intersection(secrets):
            self.answer({"error": "invalid_grant"}, 400)
            return
        self.answer({"access_token": "none", "token_type": "Bearer", "id_token": self.sign(asked), "expires_in": 600})

    def describe(self) -> dict[str, Any]:
        """Return what clients ask first."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def sign(self, asked: dict[str, str]) -> str:
        """Return a token for who logged in."""
        now, who = int(time.time()), asked["login"]
        claims = {"iss": self.issuer, "aud": asked["client_id"], "sub": who, "nonce": asked["nonce"], "iat": now}
        claims |= {"exp": now + 600, "email": f"{who}@example.com", "email_verified": True, "groups": GROUPS[who]}
        head = {"alg": "RS256", "kid": "test", "typ": "JWT"}
        text = ".".join(encode(json.dumps(part).encode()) for part in (head, claims))
        size = (self.modulus.bit_length() + 7) // 8
        digest = DIGEST + hashlib.sha256(text.encode()).digest()
        padded = b"\x00\x01" + b"\xff" * (size - len(digest) - 3) + b"\x00" + digest
        signature = pow(int.from_bytes(padded, "big"), self.exponent, self.modulus)
        return f"{text}.{encode(signature.to_bytes(size, 'big'))}"

    def answer(self, body: dict[str, Any], status: int = 200) -> None:
        """Send JSON."""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


if __name__ == "__main__":
    ThreadingHTTPServer(("", PORT), Provider).serve_forever()
