"""A real API server accepts every rendered object, with strict field validation and Pod Security `restricted`."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from daskgen.kubernetes.gates import find_dropped
from daskgen.kubernetes.kinds import CONTAINER_LISTS, ROWS
from daskgen.kubernetes.objects import Object
from daskgen.layers.truth import as_objects, personalize
from daskgen.paths import Path as Place
from daskgen.paths import get
from daskgen.render.cluster import render_cluster
from e2e.harness import Kubectl
from support.fleets import load
from support.gated import EXAMPLES, set_field
from support.refused import ACCEPTED, CLAIM, DEPLOYMENT, POLICY, REFUSED, SERVICE, put
from support.valid import find_objects, generate

ROOT = Path(__file__).parents[2]
FLEETS = [ROOT, *sorted((ROOT / "tests/golden").iterdir())]
CLUSTERS = [(fleet, file) for fleet in FLEETS for file in load(fleet).clusters]


ADDONS = {
    *("bitnami.com", "cert-manager.io", "cilium.io", "external-secrets.io", "gateway.networking.k8s.io"),
    *("gateway.envoyproxy.io", "image.openshift.io", "keda.sh"),
    *("helm.toolkit.fluxcd.io", "kubeflow.org", "monitoring.coreos.com", "source.toolkit.fluxcd.io"),
}
"""API groups that Kubernetes serves only with an add-on or on OpenShift; tests/e2e/addons installs some of them."""


@pytest.mark.cluster
@pytest.mark.parametrize(("root", "file"), CLUSTERS, ids=[f"{root.name}-{Path(file).stem}" for root, file in CLUSTERS])
def test_server_side_dry_run(root: Path, file: str, empty_namespace: Kubectl) -> None:
    fleet = load(root)
    prepared = render_cluster(fleet.settings, fleet.read(file))
    identity = prepared.identity._replace(namespace=empty_namespace.namespace)
    rendered = as_objects(personalize(prepared.resources, identity))
    objects = [use_default_family(body) for body in rendered if is_always_served(body)]
    said = empty_namespace.apply(objects, "--dry-run=server")
    assert said.count("serverside-applied (server dry run)") == len(objects)
    assert ("Warning" in said) is (prepared.valid.least_level != "restricted")


def is_always_served(body: Object) -> bool:
    return body["kind"] != "Namespace" and body["apiVersion"].partition("/")[0] not in ADDONS


def use_default_family(body: Object) -> Object:
    """A Service without families that the cluster of the tests may not have: most have IPv4 alone."""
    if body["kind"] != "Service":
        return body
    families = ("ipFamilies", "ipFamilyPolicy")
    return {**body, "spec": {key: value for key, value in body["spec"].items() if key not in families}}


@pytest.mark.cluster
def test_what_daskgen_calls_valid_is_not_refused(empty_namespace: Kubectl) -> None:
    """Send the objects of generated specs; DASKGEN_FUZZ_ROUNDS and DASKGEN_FUZZ_SECONDS make it a longer search."""
    kinds = {line.split()[-1] for line in empty_namespace("api-resources", "--no-headers").splitlines()}
    specs: dict[str, str] = {}
    objects: dict[str, Object] = {}
    for number, (text, rendered) in enumerate(generate()):
        specs[f"c{number}"] = text
        for body in find_objects(rendered, f"c{number}", empty_namespace.namespace):
            if body["kind"] in kinds:
                objects.setdefault(json.dumps(body).replace(f"c{number}-", ""), use_default_family(body))
    said = empty_namespace.apply([*objects.values()], "--dry-run=server", check=False)
    refused = [line for line in said.splitlines() if line.startswith(("Error", "error"))]
    named = {word.partition("-")[0] for line in refused for word in re.findall(r"\bc[0-9]+-", line)}
    assert not refused, "\n".join([*refused, *(specs[name] for name in sorted(named & specs.keys()))])
    assert said.count("serverside-applied (server dry run)") == len(objects)


@pytest.mark.cluster
def test_the_table_of_kinds_is_that_of_the_server(cluster: Kubectl) -> None:
    rows = [line.split() for line in cluster("api-resources", "--no-headers").splitlines()]
    served = {(path, version, namespaced, kind) for path, *_, version, namespaced, kind in rows}
    rows_of_kubernetes = [row for row in ROWS if row.version.partition("/")[0] not in ADDONS]
    wanted = {(row.path, row.version, str(row.namespaced).lower(), row.name) for row in rows_of_kubernetes}
    assert len(wanted) > 20
    assert wanted <= served


@pytest.mark.cluster
def test_what_daskgen_refuses_the_server_refuses_too(empty_namespace: Kubectl) -> None:
    """Send every object of the tables of refused ones, and the neighbours that they were made from."""
    right = [put(body, ("metadata", "name"), "right") for body in (CLAIM, DEPLOYMENT, POLICY, SERVICE)]
    wrong = {f"wrong-{number}": put(*row[:3]) for number, row in enumerate(REFUSED)}
    accepted = find_accepted(empty_namespace, [*right, *(put(body, NAME, name) for name, body in wrong.items())])
    assert accepted.count("right") == len(right)
    # Some faults of a template are found only when its pods are created.
    pods = [make_pod(wrong[name], name) for name in accepted if name != "right"]
    assert find_accepted(empty_namespace, pods) == []


@pytest.mark.cluster
def test_what_is_just_inside_a_bound_the_server_accepts(empty_namespace: Kubectl) -> None:
    right = {f"right-{number}": put(put(*row), NAME, f"right-{number}") for number, row in enumerate(ACCEPTED)}
    accepted = find_accepted(empty_namespace, [*right.values()])
    pods = [make_pod(body, name) for name, body in right.items() if body["kind"] == "Deployment"]
    assert [right[name] for name in right.keys() - {*accepted}] == []
    admitted = find_accepted(empty_namespace, pods)
    assert [pod for pod in pods if pod["metadata"]["name"] not in admitted] == []


@pytest.mark.cluster
@pytest.mark.parametrize(("name", "change", "path"), EXAMPLES)
def test_what_daskgen_says_is_dropped_is_dropped(name: str, change: Any, path: Place, empty_namespace: Kubectl) -> None:
    spec = secure(set_field(change))
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "gated"}, "spec": spec}
    said = empty_namespace.apply([pod], "--dry-run=server", "--output", "json", check=False)
    # What is left of a variable without its source is refused.
    stored = {} if "must specify one of" in said else json.loads(said)
    dropped = [found.path for found in find_dropped(spec, read_minor(empty_namespace))]
    assert (get(stored, ("spec", *path)) is None) == (path in dropped), name


def read_minor(kubectl: Kubectl) -> str:
    """Return the version of the API server, such as 1.34."""
    version = json.loads(kubectl("version", "--output", "json"))["serverVersion"]
    return f"{version['major']}.{version['minor'].rstrip('+')}"


def secure(pod: Object) -> Object:
    """Return a pod that Pod Security restricted admits, as far as the pod does not say otherwise."""
    context = {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}, **pod.get("securityContext", {})}
    containers = {field: [harden(body) for body in pod[field]] for field in CONTAINER_LISTS if field in pod}
    return {**pod, "securityContext": context, **containers}


def harden(container: Object) -> Object:
    context = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    return {**container, "securityContext": context | container.get("securityContext", {})}


NAME = ("metadata", "name")


def find_accepted(kubectl: Kubectl, objects: list[Any]) -> list[str]:
    """Return the names of the objects that the server would take."""
    placed = [put(body, ("metadata", "namespace"), kubectl.namespace) for body in objects]
    said = kubectl.apply(placed, "--dry-run=server", "--validate=false", check=False)
    return re.findall(r"/(\S+) serverside-applied", said)


def make_pod(deployment: Any, name: str) -> Object:
    """Build the pod that a Deployment would create."""
    template = deployment["spec"]["template"]
    metadata = {**template["metadata"], "name": name}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": secure(template["spec"])}
