"""Find what the Pod Security Standards `baseline` and `restricted`, and OpenShift's restricted-v2, refuse in a pod.

A row is a control, under its published name: https://kubernetes.io/docs/concepts/security/pod-security-standards/ as of
Kubernetes 1.34, whose fields are those of k8s.io/pod-security-admission, policy/check_*.go; and, of restricted-v2,
https://docs.redhat.com/en/documentation/openshift_container_platform/4.19/html/authentication_and_authorization/managing-pod-security-policies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from daskgen.kubernetes.objects import Object
from daskgen.paths import Path, PathPattern, Tree, find_marks, get, plant

ENFORCE = "pod-security.kubernetes.io/enforce"
"""Label of a namespace with the level that it enforces."""

Level = Literal["privileged", "baseline", "restricted"]

LEVELS: tuple[Level, ...] = ("privileged", "baseline", "restricted")
"""The levels of Pod Security, each stricter than the one before."""


class Control(NamedTuple):
    """A field of a pod or a container, and the values that a control allows there. It need not be set."""

    title: str
    place: PathPattern
    allows: Callable[[Any], bool]
    allowed: str
    """The allowed values, in words; "" where there are none."""
    level: Level = "baseline"
    """The lowest level that has the control."""


class Requirement(NamedTuple):
    """A field that a control requires, in every container or once for the whole pod."""

    title: str
    place: PathPattern
    wanted: str
    for_pod: bool = False
    """True if it may be set for the whole pod instead."""


class Breach(NamedTuple):
    """A violation of a control: its place in a pod, the container or volume, and the allowed values."""

    path: Path
    owner: str
    title: str
    allowed: str
    value: Any = None
    missing: bool = False


def _only(title: str, place: str, *values: Any, words: str = "", level: Level = "baseline") -> Control:
    return Control(title, tuple(place.split(".")), lambda value: value in values, words or " or ".join(values), level)


def _never(title: str, place: str) -> Control:
    return Control(title, tuple(place.split(".")), lambda _: False, "")


PROFILES = ("RuntimeDefault", "Localhost")

SELINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t", "")

DEFAULT_CAPABILITIES = (
    *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"),
    *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
)

SAFE_SYSCTLS = (
    *("kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"),
    *("net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"),
    *("net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"),
    *("net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"),
)

HOSTS = tuple(
    f"{asked}.{how}.host"
    for asked in ("livenessProbe", "readinessProbe", "startupProbe", "lifecycle.postStart", "lifecycle.preStop")
    for how in ("httpGet", "tcpSocket")
)

CONTEXT = "securityContext"

SHARED: tuple[Control, ...] = (
    _only("HostProcess", f"{CONTEXT}.windowsOptions.hostProcess", False, words="false"),
    _only("AppArmor", f"{CONTEXT}.appArmorProfile.type", *PROFILES),
    _only("SELinux", f"{CONTEXT}.seLinuxOptions.type", *SELINUX_TYPES, words="container_t"),
    _only("SELinux", f"{CONTEXT}.seLinuxOptions.user", ""),
    _only("SELinux", f"{CONTEXT}.seLinuxOptions.role", ""),
    _only("Running as Non-root", f"{CONTEXT}.runAsNonRoot", True, words="true", level="restricted"),
    Control(
        "Running as Non-root user", (CONTEXT, "runAsUser"), lambda user: user != 0, "another user than 0", "restricted"
    ),
    _only("Seccomp", f"{CONTEXT}.seccompProfile.type", *PROFILES),
)
"""Controls of pods and of containers."""

OF_PODS: tuple[Control, ...] = (
    *SHARED,
    _only("Host Namespaces", "hostNetwork", False, words="false"),
    _only("Host Namespaces", "hostPID", False, words="false"),
    _only("Host Namespaces", "hostIPC", False, words="false"),
    _only("Sysctls", f"{CONTEXT}.sysctls.*.name", *SAFE_SYSCTLS, words="one of the safe ones"),
)

OF_CONTAINERS: tuple[Control, ...] = (
    *SHARED,
    _only("Privileged Containers", f"{CONTEXT}.privileged", False, words="false"),
    _only("Capabilities", f"{CONTEXT}.capabilities.add.*", *DEFAULT_CAPABILITIES, words="one of the default ones"),
    _only("Capabilities", f"{CONTEXT}.capabilities.add.*", "NET_BIND_SERVICE", level="restricted"),
    _only("Host Ports", "ports.*.hostPort", 0, words="0"),
    _only("/proc Mount Type", f"{CONTEXT}.procMount", "Default"),
    _only("Privilege Escalation", f"{CONTEXT}.allowPrivilegeEscalation", False, words="false", level="restricted"),
    *(_only("Host Probes / Lifecycle Hooks", place, "") for place in HOSTS),
)

REQUIREMENTS: tuple[Requirement, ...] = (
    Requirement("Privilege Escalation", (CONTEXT, "allowPrivilegeEscalation"), "false"),
    Requirement("Running as Non-root", (CONTEXT, "runAsNonRoot"), "true", for_pod=True),
    Requirement("Seccomp", (CONTEXT, "seccompProfile", "type"), "RuntimeDefault", for_pod=True),
)

DROPPED: PathPattern = (CONTEXT, "capabilities", "drop")

VOLUMES = {
    *("configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected"),
    *("secret", "name"),
}
"""Fields of a volume that `restricted` allows; image, which the page does not list, is allowed by the controller."""

HOST_VOLUMES = {"hostPath"}
"""Fields of a volume that `baseline` refuses."""

APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
"""Prefix of annotations that name the profile of a container."""

OPENSHIFT_SHARED: tuple[Control, ...] = (
    _never("runAsUser: MustRunAsRange", f"{CONTEXT}.runAsUser"),
    _never("seLinuxContext: MustRunAs", f"{CONTEXT}.seLinuxOptions"),
    _only("seccompProfiles", f"{CONTEXT}.seccompProfile.type", "RuntimeDefault"),
)
"""OpenShift gives every namespace a range of users, a group and a label of SELinux, and refuses a pod with others."""

OPENSHIFT_OF_PODS = (*OPENSHIFT_SHARED, _never("fsGroup: MustRunAs", f"{CONTEXT}.fsGroup"))


def _plant(controls: Iterable[Control], *levels: Level) -> Tree:
    return plant((control.place, control) for control in controls if control.level in levels)


BASELINE = (_plant(OF_PODS, "baseline"), _plant(OF_CONTAINERS, "baseline"))
RESTRICTED = (_plant(OF_PODS, *LEVELS), _plant(OF_CONTAINERS, *LEVELS))
OPENSHIFT = (_plant(OPENSHIFT_OF_PODS, *LEVELS), _plant(OPENSHIFT_SHARED, *LEVELS))

Containers = Sequence[tuple[Path, Object]]
"""The containers of a pod, each with its path in the pod's spec."""


def find_breaches(
    spec: Object, annotations: Mapping[str, str], containers: Containers, level: Level = "restricted"
) -> Iterator[Breach]:
    """Find what a level of Pod Security refuses of a pod."""
    if level == "privileged":
        return
    restricted = level == "restricted"
    yield from _check_fields(RESTRICTED if restricted else BASELINE, spec, containers)
    for index, volume in enumerate(spec.get("volumes") or ()):
        for source in sorted(volume.keys() - VOLUMES if restricted else volume.keys() & HOST_VOLUMES):
            allowed = "a volume of another type, such as persistentVolumeClaim"
            yield Breach(("volumes", index, source), f"volume {volume.get('name')}", "Volume Types", allowed)
    for key, profile in annotations.items():
        if key.startswith(APPARMOR) and profile not in {"", "runtime/default"} and not profile.startswith("localhost/"):
            allowed = "runtime/default or localhost/NAME"
            yield Breach(("metadata", "annotations", key), "the pod", "AppArmor", allowed, profile)
    if restricted:
        yield from _check_requirements(spec, containers)


def find_level(spec: Object, annotations: Mapping[str, str], containers: Containers) -> Level:
    """Return the highest level of Pod Security that admits a pod."""
    for level in reversed(LEVELS):
        if not any(find_breaches(spec, annotations, containers, level)):
            return level
    return LEVELS[0]


def find_openshift_breaches(spec: Object, containers: Containers) -> Iterator[Breach]:
    """Find what OpenShift's restricted-v2 refuses of a pod beyond Pod Security `restricted`."""
    yield from _check_fields(OPENSHIFT, spec, containers)


def _check_fields(trees: tuple[Tree, Tree], spec: Object, containers: Containers) -> Iterator[Breach]:
    of_pods, of_containers = trees
    for place, value, control in _search(spec, of_pods):
        yield Breach(place, "the pod", control.title, control.allowed, value)
    for path, container in containers:
        for place, value, control in _search(container, of_containers):
            yield Breach((*path, *place), _name(container), control.title, control.allowed, value)


def _search(value: Object, tree: Tree) -> Iterator[tuple[Path, Any, Control]]:
    for path, inner, control in find_marks(value, tree):
        if not control.allows(inner):
            yield path, inner, control


def _check_requirements(spec: Object, containers: Containers) -> Iterator[Breach]:
    for path, container in containers:
        for row in REQUIREMENTS:
            if get(container, row.place) is None and not (row.for_pod and get(spec, row.place) is not None):
                yield Breach((*path, *row.place), _name(container), row.title, row.wanted, missing=True)
        if "ALL" not in (get(container, DROPPED) or ()):
            yield Breach((*path, *DROPPED), _name(container), "Capabilities", "[ALL]", missing=True)


def _name(container: Object) -> str:
    return f"container {container.get('name')}"
