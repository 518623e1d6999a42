"""Build the service account of a cluster's pods, or name one that exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, model_validator

from daskgen.kubernetes.labels import CLUSTER
from daskgen.kubernetes.objects import Resource, metadata, resource
from daskgen.model import Annotations, FromText, Model, ObjectName, refuse

if TYPE_CHECKING:
    from daskgen.kubernetes.types import ServiceAccount as ServiceAccountObject

NAME = "dask"
"""Short name of the account that daskgen creates."""

OURS = (NAME, "login")
"""Short names of the accounts that daskgen creates: that of Dask's pods, and that of a login proxy."""

AZURE = "azure.workload.identity/"
USES_AZURE = {f"{AZURE}use": "true"}
"""Label by which the webhook of Azure workload identity finds pods:
https://azure.github.io/azure-workload-identity/docs/topics/service-account-labels-and-annotations.html."""


class ServiceAccount(Model):
    """The service account of scheduler, workers and job."""

    name: Annotated[
        ObjectName | None,
        Field(description="Name of an account that exists. Without it, one is created and named CLUSTER-dask."),
    ] = None
    create: Annotated[
        bool | None, Field(description="Create the account; true unless `name` says that one exists.")
    ] = None
    annotations: Annotated[
        Annotations,
        Field(description="Annotations of the account, by which clouds give it rights: eks.amazonaws.com/role-arn."),
    ] = {}
    token: Annotated[
        bool,
        Field(description="Mount a token for the API server in the pods; waive DG317 with what needs it."),
    ] = False

    @model_validator(mode="after")
    def _check_name(self) -> ServiceAccount:
        if self.name and self.create:
            hint = "leave name out, and give rights to CLUSTER-dask; or leave create out, where the account exists"
            raise refuse("an account that is created has no name of its own", hint)
        if self.name in OURS:
            # Clusters of a group are built together, and each has accounts that are named so before its prefix.
            message = f"kustomize takes {self.name} for the account that daskgen creates for a cluster"
            raise refuse(message, "leave name out, or give the account that exists another name")
        if not self.name and self.create is False:
            raise refuse("create: false needs the name of an account", "write name too")
        if self.name and self.annotations:
            message = f"annotations are not written to {self.name}, which is not created here"
            raise refuse(message, "annotate the account where it is created, or leave name out")
        return self

    @property
    def short_name(self) -> str:
        """Return the name that pods refer to, without the cluster's for the account that is created."""
        return self.name or NAME

    @property
    def labels(self) -> dict[str, str]:
        """Return the labels that its pods need."""
        return dict(USES_AZURE) if any(key.startswith(AZURE) for key in self.annotations) else {}

    def resources(self) -> list[Resource]:
        """Build the account, unless it exists."""
        if self.name:
            return []
        body: ServiceAccountObject = {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": metadata(NAME, CLUSTER, self.annotations),
            "automountServiceAccountToken": False,
        }
        return [resource(body, "service-account.yaml", "serviceAccount")]


ServiceAccountField = Annotated[ServiceAccount, FromText(lambda name: {"name": name})]
