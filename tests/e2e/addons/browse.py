"""Go through the login of a dashboard as a browser does, behind an ingress controller: prints what each request gives.

Runs in a pod with Python alone; its arguments are the address of the login and the host of the dashboard.
"""

from __future__ import annotations

import http.client
import json
import sys
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

LOGIN, HOST = sys.argv[1], sys.argv[2]

PATHS = ("/status", "/info/main/workers.html", "/metrics", "/health", "/statics/css/base.css", "/individual-plots.json")

CLOSED = ("/api/v1/retire_workers", "/%61pi/v1/retire_workers", "/json/counts.json", "/proxy/8788/127.0.0.1/status")

UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Key": "c29tZSBzaXh0ZWVuIGJ5Lg==",
    "Sec-WebSocket-Version": "13",
}

FORGED = {
    "names": {"X-Forwarded-User": "alice", "X-Forwarded-Email": "alice@example.com", "X-Forwarded-Groups": "admins"},
    "bearer": {"Authorization": "Bearer none"},
    "cookie": {"Cookie": "dask-team=forged|1764288000|forged"},
    "host": {"Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com", "X-Forwarded-Uri": "/ping"},
}


class Session:
    """The cookies of a browser."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Return the status of a path, and where it leads."""
        connection = http.client.HTTPConnection(LOGIN, timeout=20)
        sent = {"Host": HOST, "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        connection.putrequest("GET", path, skip_host=True)
        for name, value in {**sent, **headers}.items():
            connection.putheader(name, value)
        connection.endheaders()
        response = connection.getresponse()
        for line in response.headers.get_all("Set-Cookie") or ():
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})
        return response.status, response.headers.get("Location", "")

    def status(self, path: str, **headers: str) -> int:
        """Return the status of a path."""
        return self.get(path, **headers)[0]

    def log_in(self, who: str) -> int:
        """Go to the provider and back, and return the status of the way back."""
        split = urlsplit(self.get("/status")[1])
        provider = http.client.HTTPConnection(split.netloc, timeout=20)
        provider.request("GET", f"{split.path}?{split.query}&login={who}")
        back = urlsplit(provider.getresponse().headers["Location"])
        return self.status(f"{back.path}?{back.query}")

    def open_websocket(self, origin: str) -> int:
        """Return the status with which a websocket is opened or refused for a page of `origin`."""
        return self.status("/workers/ws", **UPGRADE, Origin=origin)


def main() -> None:
    """Print what a stranger, a member and one who is no member get."""
    stranger, alice, bob = Session(), Session(), Session()
    print(
        json.dumps(
            {
                "stranger": {path: Session().status(path) for path in (*PATHS, *CLOSED)},
                "websocket of a stranger": stranger.open_websocket(f"https://{HOST}"),
                "forged": {name: stranger.status("/status", **headers) for name, headers in FORGED.items()},
                "forged host": urlsplit(Session().get("/status", **FORGED["host"])[1]).query.count("evil"),
                "alice comes back": alice.log_in("alice"),
                "alice": {path: alice.status(path) for path in (*PATHS, *CLOSED)},
                "websocket": alice.open_websocket(f"https://{HOST}"),
                "websocket of another page": alice.open_websocket("https://evil.example.com"),
                "bob comes back": bob.log_in("bob"),
                "bob": {path: bob.status(path) for path in PATHS},
            }
        )
    )


main()
