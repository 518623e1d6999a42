"""Write commands for a shell."""

from __future__ import annotations

import json
from collections.abc import Sequence

from daskgen.kubernetes.kinds import find_kind
from daskgen.kubernetes.labels import KEPT
from daskgen.plan.commands import Apply, Command, Delete, DeleteOverlay, KeepReplicas, Named, Shell


def say_commands(commands: Sequence[Command]) -> str:
    """Write commands in one line; each runs if the one before it succeeded."""
    return " && ".join(map(_say, commands))


def _say(command: Command) -> str:
    match command:
        case Shell(text):
            return text
        case Apply(folder):
            return f"kubectl apply --server-side -k {folder}"
        case DeleteOverlay(name, place, keeps):
            left = f" -l '!{KEPT}'" if keeps else ""
            return (
                f"kubectl delete -k overlays/{name}{left}  # at the previous commit{f', in {place}' if place else ''}"
            )
        case KeepReplicas(namespace, name, replicas):
            meta = {"name": name, "namespace": namespace}
            body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": meta, "spec": {"replicas": replicas}}
            return f"echo '{json.dumps(body)}' | kubectl apply --server-side --field-manager=autoscaler -f -"
        case Delete(namespace, objects, is_foreground):
            wait = " --cascade=foreground" if is_foreground else ""
            return f"kubectl delete --namespace {namespace}{wait} --ignore-not-found {' '.join(map(_name, objects))}"


def _name(named: Named) -> str:
    kind = find_kind(named.kind)
    return f"{kind.path}.{kind.group}/{named.name}" if kind.custom else f"{named.kind.lower()}/{named.name}"
