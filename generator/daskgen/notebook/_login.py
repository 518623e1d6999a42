"""Say who may log in to a JupyterHub, in the classes and settings of JupyterHub's authenticators.

https://oauthenticator.readthedocs.io/ 17.3, https://native-authenticator.readthedocs.io/ 1.3.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from daskgen.model import Items, Model, ObjectName, Text, refuse

Names = Items[Text]


class Login(Model):
    """What every way to log in has in common."""

    admins: Annotated[Names, Field(description="Names of users who administer the hub.")] = ()
    users: Annotated[Names, Field(description="Names of users who may log in.")] = ()

    def _allow(self) -> dict[str, Any]:
        named = {"admin_users": sorted(self.admins), "allowed_users": sorted(self.users)}
        return {key: names for key, names in named.items() if names}


class OAuth(Login):
    """A provider at which the hub is registered."""

    secret: Annotated[
        ObjectName,
        Field(
            examples=["hub-login"],
            description="Name of a Secret in the hub's namespace with the entries client-id and client-secret.",
        ),
    ]

    def env(self) -> dict[str, Any]:
        """Return the variables from which the hub reads what it is registered by."""
        entries = {"OAUTH_CLIENT_ID": "client-id", "OAUTH_CLIENT_SECRET": "client-secret"}
        return {
            name: {"valueFrom": {"secretKeyRef": {"name": self.secret, "key": key}}} for name, key in entries.items()
        }


class GitHub(OAuth):
    """Accounts of GitHub."""

    kind: Literal["github"]
    organizations: Annotated[Names, Field(description="Organizations, or teams as ORGANIZATION:TEAM, that may.")] = ()

    @model_validator(mode="after")
    def _check_allowed(self) -> GitHub:
        if not (self.users or self.organizations):
            raise refuse("the hub lets nobody in", "write organizations: [NAME] or users: [NAME]")
        return self

    def config(self, callback: str) -> dict[str, Any]:
        """Return the hub's configuration; `callback` is the address to which GitHub sends people back."""
        teams = {"allowed_organizations": list(self.organizations), "scope": ["read:org"]} if self.organizations else {}
        return {
            "JupyterHub": {"authenticator_class": "github"},
            "GitHubOAuthenticator": {"oauth_callback_url": callback, **self._allow(), **teams},
        }


class Oidc(OAuth):
    """A provider of OpenID Connect."""

    kind: Literal["oidc"]
    authorize_url: Annotated[
        Text, Field(examples=["https://id.example.com/authorize"], description="authorization_endpoint.")
    ]
    token_url: Annotated[Text, Field(examples=["https://id.example.com/token"], description="token_endpoint.")]
    userdata_url: Annotated[Text, Field(examples=["https://id.example.com/userinfo"], description="userinfo_endpoint.")]
    username_claim: Annotated[Text, Field(description="Claim that names a user.")] = "preferred_username"
    scopes: Annotated[Names, Field(description="Scopes that the hub asks for.")] = ("openid", "profile")
    groups: Annotated[Names, Field(description="Groups whose users may log in.")] = ()
    groups_claim: Annotated[Text, Field(description="Claim that lists a user's groups.")] = "groups"

    @model_validator(mode="after")
    def _check_allowed(self) -> Oidc:
        if not (self.users or self.groups):
            raise refuse("the hub lets nobody in", "write groups: [NAME] or users: [NAME]")
        return self

    def config(self, callback: str) -> dict[str, Any]:
        """Return the hub's configuration; `callback` is the address to which the provider sends people back."""
        groups = {
            "allowed_groups": list(self.groups),
            "manage_groups": True,
            "auth_state_groups_key": f"oauth_user.{self.groups_claim}",
        }
        return {
            "JupyterHub": {"authenticator_class": "generic-oauth"},
            "GenericOAuthenticator": {
                "oauth_callback_url": callback,
                "authorize_url": self.authorize_url,
                "token_url": self.token_url,
                "userdata_url": self.userdata_url,
                "username_claim": self.username_claim,
                "scope": list(self.scopes),
                **self._allow(),
                **(groups if self.groups else {}),
            },
        }


class Native(Login):
    """Accounts of the hub itself, which people ask for and an admin approves."""

    kind: Literal["native"]

    @model_validator(mode="after")
    def _check_admins(self) -> Native:
        if not self.admins:
            raise refuse("nobody can approve accounts", "write admins: [NAME]")
        return self

    def env(self) -> dict[str, Any]:
        """Return no variables: the hub is registered nowhere."""
        return {}

    def config(self, _: str) -> dict[str, Any]:
        """Return the hub's configuration, in which an account is of use once an admin has approved it."""
        allowed = {**self._allow(), "allow_all": True}
        return {
            "JupyterHub": {"authenticator_class": "native"},
            "NativeAuthenticator": {**allowed, "open_signup": False, "minimum_password_length": 12},
        }


LoginField = Annotated[GitHub | Oidc | Native, Field(discriminator="kind")]
