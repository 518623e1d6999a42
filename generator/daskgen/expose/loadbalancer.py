"""Expose the dashboard or the scheduler by a load balancer of the cloud, or of MetalLB and the like."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal, NamedTuple, final

from pydantic import AfterValidator, Field, model_validator

from daskgen.expose import LOAD_BALANCER, DashboardExposure, Exposure, SchedulerExposure
from daskgen.kubernetes import addresses
from daskgen.model import Annotations, Cidr, Host, Items, LabelKey, refuse
from daskgen.parts.endpoint import Endpoint, Site
from daskgen.parts.opening import admit_sources, open_port

Cloud = Literal["aws", "gcp", "azure"]


class Internal(NamedTuple):
    """The annotations with which a cloud gives a Service an address of the private network."""

    annotations: Mapping[str, str]
    address: str = ""
    """The annotation for the address, if `spec.loadBalancerIP` is not used."""


AWS, AZURE = "service.beta.kubernetes.io/aws-load-balancer", "service.beta.kubernetes.io/azure-load-balancer"

INTERNAL: Mapping[Cloud, Internal] = {
    # https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/ knows the scheme,
    # https://github.com/kubernetes/cloud-provider-aws/blob/master/docs/service_controller.md the other.
    "aws": Internal(
        annotations={f"{AWS}-scheme": "internal", f"{AWS}-internal": "true"},
        address=f"{AWS}-private-ipv4-addresses",
    ),
    # https://cloud.google.com/kubernetes-engine/docs/concepts/service-load-balancer-parameters
    "gcp": Internal(annotations={"networking.gke.io/load-balancer-type": "Internal"}),
    # https://cloud-provider-azure.sigs.k8s.io/topics/loadbalancer/
    "azure": Internal(annotations={f"{AZURE}-internal": "true"}, address=f"{AZURE}-ipv4"),
}


def _check_address(text: str) -> str:
    if not addresses.is_address(text):
        raise refuse(f"{text} is no address", "write an address such as 10.0.0.7")
    return text


Address = Annotated[str, AfterValidator(_check_address)]


class LoadBalancer(Exposure):
    """A Service of type LoadBalancer, and the addresses that may connect to it."""

    kind: Literal["loadbalancer"]
    sources: Annotated[
        Items[Cidr],
        Field(
            examples=[["192.168.0.0/16"]],
            min_length=1,
            description="Addresses that may connect, for the load balancer and for the NetworkPolicy.",
        ),
    ]
    load_balancer_class: Annotated[
        LabelKey | None,
        Field(
            alias="class",
            examples=["service.k8s.aws/nlb"],
            description="Class of the load balancer, loadBalancerClass; it cannot be changed later.",
        ),
    ] = None
    internal: Annotated[
        Cloud | None, Field(description="Give it an address of the private network: the annotations of this cloud.")
    ] = None
    address: Annotated[
        Address | None, Field(description="Static address, which must be reserved; loadBalancerIP of the Service.")
    ] = None
    host: Annotated[Host | None, Field(description="Name that DNS has for the address, for the links shown.")] = None
    annotations: Annotated[Annotations, Field(description="Annotations of the Service, for its controller.")] = {}
    traffic_policy: Annotated[
        Literal["Local", "Cluster"],
        Field(
            description="Local: the client's address arrives at the scheduler, and `sources` applies to it. "
            "Cluster: `sources` of the policy applies to the nodes' addresses too, so add these."
        ),
    ] = "Local"

    @model_validator(mode="after")
    def _check_static_address(self) -> LoadBalancer:
        if self.address and self.load_balancer_class == "service.k8s.aws/nlb" and self.internal != "aws":
            raise refuse(
                "AWS takes no address of a public load balancer",
                "name its elastic IPs in annotations: service.beta.kubernetes.io/aws-load-balancer-eip-allocations",
            )
        return self

    def open(self, site: Site) -> Endpoint:
        """Build a Service that opens the port of the target, and a policy that admits `sources`."""
        policies = (admit_sources(site.target, "loadbalancer", self.sources),) if site.isolated else ()
        service = open_port(site.target, "loadbalancer", self._describe(), self._annotate())
        host = self.host or self.address or LOAD_BALANCER
        shown = f"[{host}]" if ":" in host else host
        return Endpoint(
            resources=(service, *policies), url=f"{site.target.protocol}://{shown}:{site.target.port.number}"
        )

    def _describe(self) -> dict[str, Any]:
        cloud = INTERNAL[self.internal] if self.internal else None
        chosen = {
            "loadBalancerClass": self.load_balancer_class,
            "loadBalancerIP": None if cloud and cloud.address else self.address,
        }
        return {
            "type": "LoadBalancer",
            "externalTrafficPolicy": self.traffic_policy,
            "loadBalancerSourceRanges": list(self.sources),
            **{field: value for field, value in chosen.items() if value},
        }

    def _annotate(self) -> dict[str, str]:
        if not self.internal:
            return dict(self.annotations)
        cloud = INTERNAL[self.internal]
        address = {cloud.address: self.address} if cloud.address and self.address else {}
        return {**cloud.annotations, **address, **self.annotations}


@final
class Dashboard(LoadBalancer, DashboardExposure):
    """The dashboard on a load balancer."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the dashboard's port; clients show the address, if it is known."""
        opened = self.open(site)
        link = {"distributed": {"dashboard": {"link": f"{opened.url}/status"}}}
        return replace(opened, config=link) if self.host or self.address else opened


@final
class Scheduler(LoadBalancer, SchedulerExposure):
    """The scheduler itself on a load balancer. Without `tls`, everyone who can connect runs code on the workers."""

    def endpoint(self, site: Site) -> Endpoint:
        """Open the scheduler's port."""
        return self.open(site.to_scheduler)
