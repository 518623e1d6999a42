"""Rules about what pods may do: Pod Security, OpenShift's restricted-v2, tokens of service accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from daskgen.findings.finding import Finding
from daskgen.kubernetes.pod_security import ENFORCE, LEVELS, Breach, Level, find_breaches, find_openshift_breaches
from daskgen.paths import Path, format_path, get
from daskgen.rules import Rule, RuleContext, Template
from daskgen.words import show_value

ENFORCE_VERSION = "pod-security.kubernetes.io/enforce-version"

LEAST_MINOR = 25
"""The first minor version of Kubernetes whose `restricted` has all the controls that matter to Linux pods."""

RUN_LEVEL = "openshift.io/run-level"
USER_RANGE = "openshift.io/sa.scc.uid-range"
REQUIRED_SCC = "openshift.io/required-scc"


def check_pods(context: RuleContext) -> Iterator[Finding]:
    """Refuse pods that Pod Security `restricted` refuses, except for volumes with a reason in the spec."""
    stated = [volume.volume() for _, volume in context.cluster.find_volumes() if volume.is_stated]
    for template in context.templates:
        for breach in find_breaches(template.spec, template.annotations, template.list_containers()):
            if breach.path[0] == "volumes" and get(template.spec, breach.path[:2]) in stated:
                continue
            yield _report(context, template, breach, "DG310", "Pod Security restricted")


def check_openshift(context: RuleContext) -> Iterator[Finding]:
    """Refuse pods that OpenShift's restricted-v2 refuses."""
    if context.cluster.platform != "openshift":
        return
    for template in context.templates:
        for breach in find_openshift_breaches(template.spec, template.list_containers()):
            yield _report(context, template, breach, "DG318", "OpenShift's restricted-v2")
        wanted = template.annotations.get(REQUIRED_SCC, "restricted")
        if not wanted.startswith("restricted"):
            path = context.origin(template.resource, *template.path[:-1], "metadata", "annotations", REQUIRED_SCC)
            message = f"{REQUIRED_SCC}: {wanted} allows more than restricted-v2"
            yield Finding(path, "DG318", message, "remove it")


def _report(context: RuleContext, template: Template, breach: Breach, code: str, standard: str) -> Finding:
    parent = template.path[:-1] if breach.path[0] == "metadata" else template.path
    field = format_path(_shorten(breach.path))
    if breach.missing:
        message = f"{breach.owner} lacks {field}: {breach.allowed}, which {standard} requires ({breach.title})"
        hint = "add it to the patch"
    else:
        shown = field if breach.value is None else f"{field}: {show_value(breach.value)}"
        message = f"{shown} of {breach.owner} is refused by {standard} ({breach.title})"
        hint = f"remove it, or write {breach.allowed}" if breach.allowed else "remove it"
    path = context.origin(template.resource, *parent, *breach.path)
    return Finding(path, code, message, hint)


def _shorten(path: Path) -> Path:
    """Drop indexes of lists, and the container or volume that the message names."""
    rest = path[2:] if len(path) > 2 and isinstance(path[1], int) else path
    return tuple(part for part in rest if isinstance(part, str))


def check_namespace(context: RuleContext) -> Iterator[Finding]:
    """Refuse labels and annotations of the namespace that weaken the checks of its pods."""
    due = context.cluster.namespace.enforced(context.cluster.least_level)
    for resource in context.find_all("Namespace"):
        meta = resource.body["metadata"]
        for field, key, message, hint in _find_lifted(meta.get("labels") or {}, meta.get("annotations") or {}, due):
            yield Finding(context.origin(resource, "metadata", field, key), "DG316", message, hint)


def _find_lifted(
    labels: Mapping[str, str], annotations: Mapping[str, str], due: Level
) -> Iterator[tuple[str, str, str, str]]:
    level = labels.get(ENFORCE, "nothing")
    if level not in LEVELS[LEVELS.index(due) :]:
        message = f"the namespace enforces Pod Security {level} instead of {due}: it admits pods with more rights"
        yield "labels", ENFORCE, message, "remove it, or state the reason in namespace.podSecurity"
    pinned = re.fullmatch(r"v1\.(\d+)", labels.get(ENFORCE_VERSION, ""))
    if pinned and int(pinned[1]) < LEAST_MINOR:
        message = f"Pod Security restricted of Kubernetes 1.{pinned[1]} lacks controls that later versions have"
        yield "labels", ENFORCE_VERSION, message, f"remove it, or write v1.{LEAST_MINOR} or later"
    if labels.get(RUN_LEVEL) in {"0", "1"}:
        yield "labels", RUN_LEVEL, f"{RUN_LEVEL}: OpenShift then checks no pod of the namespace", "remove it"
    if annotations.get(USER_RANGE, "").startswith("0/"):
        yield "annotations", USER_RANGE, f"{USER_RANGE}: pods of the namespace then run as root", "remove it"


LOGIN: Path = ("expose", "dashboard", "auth")
"""The field that asks for a login proxy, which runs no code of users and may need a token."""


WORKBENCH = "Notebook"
"""Kind of a workbench, to which OpenShift AI adds a login proxy that needs a token."""


def check_tokens(context: RuleContext) -> Iterator[Finding]:
    """Refuse service account tokens in pods that do not need one."""
    mounts = {
        account.key[1]: account.body.get("automountServiceAccountToken")
        for account in context.find_all("ServiceAccount")
    }
    for template in context.templates:
        spec, account = template.spec, template.spec.get("serviceAccountName", "default")
        mounted = spec.get("automountServiceAccountToken", mounts.get(account))
        path = context.origin(template.resource, *template.path, "automountServiceAccountToken")
        proxied = path[: len(LOGIN)] == LOGIN or template.resource.kind == WORKBENCH
        asked = context.cluster.service_account.token or proxied
        if mounted is not False and not asked:
            message = f"the pod gets a token of service account {account}, by which it may call the API server"
            hint = "write automountServiceAccountToken: false, or waive DG317 with what needs the token"
            yield Finding(path, "DG317", message, hint)
        yield from _find_projected(context, template)
    if context.cluster.service_account.token:
        message = "the pods get a token of their service account, by which they may call the API server"
        hint = "leave it out, or waive DG317 with what needs the token; clouds' own identities need none"
        yield Finding(("serviceAccount", "token"), "DG317", message, hint)


def _find_projected(context: RuleContext, template: Template) -> Iterator[Finding]:
    for index, volume in enumerate(template.spec.get("volumes") or ()):
        for place, source in enumerate(get(volume, ("projected", "sources")) or ()):
            token = source.get("serviceAccountToken")
            if token is not None and not _is_for_others(token.get("audience", "")):
                path = (*template.path, "volumes", index, "projected", "sources", place, "serviceAccountToken")
                message = f"volume {volume.get('name')} holds a token by which the pod may call the API server"
                hint = "name the audience it is for, or waive DG317 with what needs the token"
                yield Finding(context.origin(template.resource, *path), "DG317", message, hint)


def _is_for_others(audience: str) -> bool:
    return bool(audience) and "kubernetes.default" not in audience


RULES: tuple[Rule, ...] = (check_pods, check_openshift, check_namespace, check_tokens)
