"""Define how a pod runs, in Kubernetes' own fields: runtime, names, processes and its time to end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from daskgen.kubernetes.pods import lacks_name_servers
from daskgen.model import Items, Model, ObjectName, refuse
from daskgen.parts.native import Native
from daskgen.parts.places import At, Copied


class Runtime(Model):
    """Fields of a pod's spec that are copied as they are."""

    runtime_class_name: Annotated[
        ObjectName | None, Copied(), Field(description="Name of a RuntimeClass, such as nvidia or gvisor.")
    ] = None
    termination_grace_period_seconds: Annotated[
        int | None, Copied(), Field(ge=1, le=86_400, description="Seconds that the pod gets to end.")
    ] = None
    dns_policy: Annotated[
        Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"] | None,
        Copied(),
        Field(description="How the pod resolves names; None takes dnsConfig alone."),
    ] = None
    dns_config: Annotated[
        dict[str, Any],
        Native("PodDNSConfig"),
        Copied(),
        Field(description="Name servers, search domains and options, in the format of Kubernetes."),
    ] = {}
    host_aliases: Annotated[
        Items[Annotated[dict[str, Any], Native("HostAlias")]],
        Copied(),
        Field(description="Lines of /etc/hosts: {ip: address, hostnames: [name]}."),
    ] = ()
    share_process_namespace: Annotated[
        bool | None, Copied(), Field(description="Let the containers of the pod see each other's processes.")
    ] = None
    host_users: Annotated[
        bool | None,
        Copied(),
        Field(
            description="With false, the pod has a user namespace of its own: its users are nobody on the node. "
            "Needs Kubernetes 1.33 or later, and a container runtime that supports it."
        ),
    ] = None

    app_armor_profile: Annotated[
        Annotated[dict[str, Any], Native("AppArmorProfile")] | None,
        At("spec.securityContext.appArmorProfile"),
        Field(
            description="Profile of AppArmor that confines the pod: {type: RuntimeDefault}, or one that the nodes have "
            "loaded, {type: Localhost, localhostProfile: dask}."
        ),
    ] = None
    seccomp_profile: Annotated[
        Annotated[dict[str, Any], Native("SeccompProfile")] | None,
        At("spec.securityContext.seccompProfile", "spec.containers.securityContext.seccompProfile"),
        Field(
            description="Profile of seccomp, instead of that of the container runtime: a file of the nodes, {type: "
            "Localhost, localhostProfile: profiles/dask.json}, below the kubelet's folder seccomp."
        ),
    ] = None

    @property
    def seccomp(self) -> dict[str, Any]:
        """Return what the security contexts of the pod and of its containers say of seccomp, if not the default."""
        return {"seccompProfile": dict(self.seccomp_profile)} if self.seccomp_profile else {}

    @property
    def confinement(self) -> dict[str, Any]:
        """Return what the security context of the pod says of seccomp and AppArmor, if not the default."""
        return {**self.seccomp, **({"appArmorProfile": dict(self.app_armor_profile)} if self.app_armor_profile else {})}

    @model_validator(mode="after")
    def _check_dns(self) -> Runtime:
        if lacks_name_servers(self.dns_policy, self.dns_config):
            hint = "write dnsConfig: {nameservers: [ADDRESS]}, or another dnsPolicy"
            raise refuse("dnsPolicy None needs the addresses of name servers", hint)
        return self
