"""Have people log in with a password, which Traefik compares with the hashes of a Secret.

https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, final

from pydantic import Field

from daskgen.auth import Door, ProxyAuth, SecretKey, under
from daskgen.kubernetes import ports
from daskgen.parts.image import OwnToolImage, ToolImage
from daskgen.parts.proxy import CERTIFICATE, FILES, PORT, Program
from daskgen.yaml.write import dump

IMAGE = ToolImage(name="docker.io/library/traefik", tag="v3.7.9")

USERS, ROUTES = "htpasswd", "routes.yaml"

HEALTH = "/ping"


@final
class Basic(ProxyAuth):
    """A login with names and passwords that the team keeps in a Secret."""

    closes_api: ClassVar[bool] = True

    kind: Literal["basic"]
    htpasswd: Annotated[
        SecretKey,
        under(USERS),
        Field(
            examples=["dask-login"],
            description="Secret with names and hashes as `htpasswd -nB NAME` writes them; its key is htpasswd.",
        ),
    ]
    image: Annotated[OwnToolImage, Field(description="Image of Traefik.")] = IMAGE

    @property
    def proxy_image(self) -> ToolImage:
        """Return the image of Traefik."""
        return self.image

    def program(self, door: Door) -> Program:
        """Return how Traefik runs: an entry point for people, one for probes, and routes from a file."""
        return Program(
            args=[
                f"--entryPoints.login.address=:{PORT}",
                f"--providers.file.filename={FILES}/{ROUTES}",
                f"--entryPoints.health.address=:{ports.HEALTH.number}",
                "--ping.entryPoint=health",
                "--global.checkNewVersion=false",
                "--global.sendAnonymousUsage=false",
            ],
            health=HEALTH,
            health_port=ports.HEALTH,
            secrets=[self.htpasswd.file(USERS)],
            config={ROUTES: dump(_route(door))},
        )


def _route(door: Door) -> dict[str, Any]:
    """Route all but the scheduler's API to the dashboard, for people who have a password."""
    router: dict[str, Any] = {
        "entryPoints": ["login"],
        "rule": f"!PathPrefix(`{door.api}`)",
        "middlewares": ["password"],
        "service": "dashboard",
    }
    password = {"usersFile": f"{FILES}/{USERS}", "realm": f"Dask cluster {door.site.cluster}", "removeHeader": True}
    routes: dict[str, Any] = {
        "http": {
            "routers": {"dashboard": {**router, **({"tls": {}} if door.secure else {})}},
            "middlewares": {"password": {"basicAuth": password}},
            "services": {"dashboard": {"loadBalancer": {"servers": [{"url": door.upstream}]}}},
        }
    }
    if door.secure:
        files = {"certFile": f"{CERTIFICATE}/tls.crt", "keyFile": f"{CERTIFICATE}/tls.key"}
        routes["tls"] = {"stores": {"default": {"defaultCertificate": files}}}
    return routes
