"""Have people log in as they do to OpenShift, by its oauth-proxy: https://github.com/openshift/oauth-proxy.

Its account is the client of the cluster's own OAuth server, and the token of the account is the client's secret.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, final

from pydantic import Field

from daskgen.auth import COOKIE_SECRET, Authentication, CookieSecret, Door, ProxyAuth, Session, in_hours, reach_outside
from daskgen.model import Items
from daskgen.parts.image import OwnToolImage, ToolImage
from daskgen.parts.policies import Egress
from daskgen.parts.proxy import CERTIFICATE, FILES, PORT, Program

IMAGE = ToolImage(name="quay.io/openshift/origin-oauth-proxy", tag="4.20")

REDIRECT = "serviceaccounts.openshift.io/oauth-redirecturi.dashboard"
"""https://docs.openshift.com/container-platform/latest/authentication/using-service-accounts-as-oauth-client.html"""

OAUTH_PORTS = (443, 6443)
"""Of the OAuth server's route, and of the API server."""


@final
class OpenShift(ProxyAuth):
    """A login with the OAuth server of OpenShift, for everyone who may get the scheduler's Service."""

    platforms: ClassVar[tuple[str, ...]] = ("openshift",)
    authentication: ClassVar[Authentication] = "IntegratedOAuth"

    kind: Literal["openshift"]
    cookie_secret: CookieSecret
    session: Session = "12h"
    image: Annotated[OwnToolImage, Field(description="Image of oauth-proxy.")] = IMAGE
    egress: Annotated[
        Items[Egress],
        Field(description="Addresses of the OAuth server and the API server; every address by default."),
    ] = ()

    @property
    def proxy_image(self) -> ToolImage:
        """Return the image of oauth-proxy."""
        return self.image

    def program(self, door: Door) -> Program:
        """Return how oauth-proxy runs."""
        return Program(
            args=[*self._listen(door), *self._admit(door), *self._forward(door)],
            health=f"{door.prefix}/oauth/healthz",
            secrets=[self.cookie_secret.file(COOKIE_SECRET)],
            egress=reach_outside(self.egress, OAUTH_PORTS),
            annotations={REDIRECT: f"{door.url}/oauth/callback"},
            token=True,
        )

    def _listen(self, door: Door) -> Iterator[str]:
        if door.secure:
            yield from ("--http-address=", f"--https-address=:{PORT}")
            yield from (f"--tls-cert={CERTIFICATE}/tls.crt", f"--tls-key={CERTIFICATE}/tls.key")
        else:
            yield from (f"--http-address=:{PORT}", "--https-address=")

    def _admit(self, door: Door) -> Iterator[str]:
        asked = {
            "namespace": door.site.namespace,
            "resource": "services",
            "resourceName": door.site.full_name("scheduler"),
            "verb": "get",
        }
        yield from ("--provider=openshift", f"--openshift-service-account={door.site.full_name('login')}")
        yield from (f"--openshift-sar={json.dumps(asked)}", "--email-domain=*", "--skip-provider-button")
        yield from (f"--redirect-url={door.url}/oauth/callback", f"--proxy-prefix={door.prefix}/oauth")
        yield from (f"--cookie-name=dask-{door.site.cluster}", f"--cookie-secret-file={FILES}/{COOKIE_SECRET}")
        yield f"--cookie-expire={in_hours(self.session)}"

    def _forward(self, door: Door) -> Iterator[str]:
        # Dask takes no names, and should see no passwords.
        yield from (f"--upstream={door.upstream}", "--pass-basic-auth=false", "--pass-user-headers=false")
