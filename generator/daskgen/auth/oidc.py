"""Have people log in with an OpenID Connect provider, by oauth2-proxy: https://oauth2-proxy.github.io/oauth2-proxy/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, final

from pydantic import AnyUrl, Field, model_validator

from daskgen.auth import (
    COOKIE_SECRET,
    CookieSecret,
    Door,
    ProxyAuth,
    SecretKey,
    Session,
    in_hours,
    reach_outside,
    under,
)
from daskgen.model import Items, ObjectName, Text, Url, refuse, refuse_parts
from daskgen.model.patterns import EMAIL_DOMAIN
from daskgen.parts.image import OwnToolImage, ToolImage
from daskgen.parts.policies import Egress
from daskgen.parts.proxy import CERTIFICATE, FILES, PORT, Program

IMAGE = ToolImage(name="quay.io/oauth2-proxy/oauth2-proxy", tag="v7.15.3")

CLIENT_SECRET = "client-secret"  # noqa: S105  # the name of a key


OWN_CONFIG_MAPS = ("dask", "login")
"""Short names of ConfigMaps; clusters of a group are built together."""


@final
class OpenIdConnect(ProxyAuth):
    """A login with an OpenID Connect provider: Keycloak, Dex, Entra ID, Okta, Google."""

    closes_api: ClassVar[bool] = True

    kind: Literal["oidc"]
    issuer: Annotated[
        Url,
        Field(
            examples=["https://login.example.com/realms/data"],
            description="URL of the provider, exactly as it names itself.",
        ),
    ]
    client_id: Annotated[
        Text,
        Field(
            alias="clientID",
            examples=["dask"],
            description="Name under which the provider knows the dashboard. Register URL/oauth2/callback there.",
        ),
    ]
    client_secret: Annotated[
        SecretKey,
        under(CLIENT_SECRET),
        Field(examples=["dask-login"], description="Secret of that name; its key is client-secret."),
    ]
    cookie_secret: CookieSecret
    groups: Annotated[
        Items[Text], Field(examples=[["data-science"]], description="Groups of the provider whose members may log in.")
    ] = ()
    email_domains: Annotated[
        Items[Annotated[str, Field(pattern=EMAIL_DOMAIN)]],
        Field(description="Domains of the e-mail addresses that may log in; with groups, every domain by default."),
    ] = ()
    groups_claim: Annotated[Text, Field(description="Claim of the provider that holds the groups.")] = "groups"
    scopes: Annotated[
        Items[Text], Field(min_length=1, description="Scopes to ask for; some providers give groups by one of them.")
    ] = ("openid", "email", "profile")
    session: Session = "12h"
    ca: Annotated[
        ObjectName | None,
        Field(description="ConfigMap whose key ca.crt holds the certificate authority of the provider."),
    ] = None
    image: Annotated[OwnToolImage, Field(description="Image of oauth2-proxy.")] = IMAGE
    egress: Annotated[
        Items[Egress],
        Field(description="Addresses or pods of the provider, which policies admit; every address by default."),
    ] = ()

    @model_validator(mode="after")
    def _check_members(self) -> OpenIdConnect:
        if not (self.groups or self.email_domains):
            message = "admits everyone who has an account with the provider"
            raise refuse(message, 'set groups or emailDomains; or emailDomains: ["*"], where that is meant')
        if self.ca in OWN_CONFIG_MAPS:
            message = f"kustomize takes {self.ca} for a ConfigMap that is rendered here"
            raise refuse_parts([(("ca",), message, "give the ConfigMap another name", False)])
        return self

    @property
    def proxy_image(self) -> ToolImage:
        """Return the image of oauth2-proxy."""
        return self.image

    def program(self, door: Door) -> Program:
        """Return how oauth2-proxy runs: https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview."""
        return Program(
            args=[*self._listen(door), *self._admit(door), *self._forward(door)],
            health="/ping",
            secrets=[self.client_secret.file(CLIENT_SECRET), self.cookie_secret.file(COOKIE_SECRET)],
            authority=self.ca or "",
            egress=reach_outside(self.egress, [AnyUrl(self.issuer).port or 443]),
        )

    def _listen(self, door: Door) -> Iterator[str]:
        if door.secure:
            yield from ("--http-address=-", f"--https-address=:{PORT}")
            yield from (f"--tls-cert-file={CERTIFICATE}/tls.crt", f"--tls-key-file={CERTIFICATE}/tls.key")
        else:
            yield f"--http-address=:{PORT}"
        yield "--silence-ping-logging"

    def _admit(self, door: Door) -> Iterator[str]:
        yield from ("--provider=oidc", f"--oidc-issuer-url={self.issuer}", f"--client-id={self.client_id}")
        yield from (f"--client-secret-file={FILES}/{CLIENT_SECRET}", f"--cookie-secret-file={FILES}/{COOKIE_SECRET}")
        yield from ("--code-challenge-method=S256", f"--scope={' '.join(self.scopes)}", "--skip-provider-button")
        yield from (f"--redirect-url={door.url}/oauth2/callback", f"--proxy-prefix={door.prefix}/oauth2")
        # Other applications of the host get neither this cookie nor each other's.
        yield from (f"--cookie-name=dask-{door.site.cluster}", f"--cookie-path={door.prefix or '/'}")
        yield from ("--cookie-samesite=lax", f"--cookie-expire={in_hours(self.session)}")
        if door.url.startswith("http://"):
            yield "--cookie-secure=false"
        if self.ca:
            yield f"--provider-ca-file={FILES}/ca.crt"
        yield from (f"--email-domain={domain}" for domain in self.email_domains or ("*",))
        if self.groups:
            yield f"--oidc-groups-claim={self.groups_claim}"
        yield from (f"--allowed-group={group}" for group in self.groups)

    def _forward(self, door: Door) -> Iterator[str]:
        # Requests for the API are answered from a folder that is not there.
        yield from (f"--upstream={door.upstream}/", f"--upstream=file:///nothing#{door.api}")
        # Dask takes no names, and should see no passwords.
        yield from ("--pass-basic-auth=false", "--pass-user-headers=false")
