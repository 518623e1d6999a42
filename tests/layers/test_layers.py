"""Whatever a spec says, kustomize builds exactly the truth from its overlay, and all of it is valid."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import FLEET
from daskgen.checks.proof import prove
from daskgen.layers.truth import hash_config_map
from daskgen.paths import find_differences
from daskgen.render.cluster import render_clusters
from daskgen.yaml.write import dump
from support.fleets import load, render

words = st.sampled_from(["alpha", "beta", "gamma-2", "on", "0x1f", "1e3"])
values = st.text("aé😀 :#'\"\\{}[]&*!|>%@`,-?", max_size=12) | words
labels = st.dictionaries(words, st.sampled_from(["x", "y", "", "true", "08"]), max_size=2)
amounts = st.sampled_from(["1Gi", "4Gi", "16G", "512Mi"])
variables = st.dictionaries(
    st.sampled_from(["A", "B", "LEVEL"]),
    values
    | st.fixed_dictionaries({"secret": words, "key": words})
    | st.fixed_dictionaries({"configMap": words, "key": words})
    | st.just({"field": "status.hostIP"}),
    max_size=3,
)
volumes = st.lists(
    st.builds(
        lambda name, source: {"name": name, "mountPath": f"/mnt/{name}", **source},
        st.sampled_from(["one", "two", "three"]),
        st.sampled_from(
            [{"emptyDir": {}}, {"configMap": {"name": "dask"}}, {"persistentVolumeClaim": {"claimName": "data"}}]
        ),
    ),
    max_size=3,
    unique_by=lambda volume: volume["name"],
)
affinities = st.builds(
    lambda side, key, labels: {
        side: {
            "requiredDuringSchedulingIgnoredDuringExecution": [
                {"topologyKey": key, "labelSelector": {"matchLabels": labels}}
            ]
        }
    },
    st.sampled_from(["podAffinity", "podAntiAffinity"]),
    words,
    st.dictionaries(words, words, min_size=1, max_size=2),
)


def some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


pods: dict[str, st.SearchStrategy[Any]] = {
    "cpu": st.integers(1, 8),
    "memory": amounts,
    "env": variables,
    "volumes": volumes,
    "labels": labels,
    "annotations": st.dictionaries(words.map("example.com/{}".format) | st.just("note"), values, max_size=2),
    "nodeSelector": labels,
    "tolerations": st.lists(st.fixed_dictionaries({"key": words, "operator": st.just("Exists")}), max_size=2),
    "affinity": affinities,
    "priorityClassName": words,
}
groups = st.lists(
    some(
        **pods,
        name=st.sampled_from(["default", "gpu", "big"]),
        replicas=st.integers(0, 5) | st.just({"min": 1, "max": 9}),
        threads=st.integers(1, 9),
        spread=st.sampled_from(["preferred", "required", "none"]),
        topologySpreadConstraints=st.lists(st.fixed_dictionaries({"topologyKey": words}), max_size=2, unique_by=str),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda group: group.get("name", "default"),
)
peers = st.sampled_from(
    [
        {"podLabels": {"app": "a"}},
        {"namespace": "hub"},
        {"namespace": "hub", "podLabels": {"app": "b"}},
        {"cidr": "10.0.0.0/8"},
    ]
)
OPEN = {"kind": "none", "reason": "only the team reaches the host"}
dashboards = st.sampled_from(
    [
        "none",
        {"kind": "ingress", "class": "nginx", "host": "HOST", "path": "/dask", "auth": OPEN},
        {"kind": "ingress", "class": "nginx", "host": "HOST", "tls": {"issuer": "letsencrypt"}, "auth": OPEN},
        {"kind": "route", "host": "HOST", "auth": OPEN},
        {
            "kind": "route",
            "host": "HOST",
            "termination": "reencrypt",
            "auth": {"kind": "openshift", "cookieSecret": "login"},
        },
    ]
)
patches = st.lists(
    st.sampled_from(
        [
            {"target": {"kind": "Deployment", "name": "scheduler"}, "patch": {"spec": {"paused": True}}},
            {
                "target": {"kind": "Deployment", "name": "scheduler"},
                "patch": [{"op": "remove", "path": "/spec/template/spec/containers/0/startupProbe"}],
            },
            {
                "target": {"kind": "DaskCluster", "name": "dask"},
                "patch": {"spec": {"worker": {"spec": {"containers": [{"name": "worker", "tty": True}]}}}},
            },
            {
                "target": {"kind": "DaskCluster", "name": "dask"},
                "patch": [{"op": "remove", "path": "/spec/scheduler/spec/containers/0/env"}],
            },
            {
                "target": {"kind": "Service", "name": "scheduler"},
                "patch": {"spec": {"ports": [{"port": 9000, "name": "more"}], "sessionAffinity": "ClientIP"}},
            },
            {"target": {"kind": "ConfigMap", "name": "dask"}, "patch": {"data": {"dask.yaml": "a: '<&>'\n"}}},
            {
                "target": {"kind": "PodDisruptionBudget", "name": "scheduler"},
                "patch": {"metadata": {"labels": {"x": "y"}}, "spec": {"maxUnavailable": None, "minAvailable": 0}},
            },
        ]
    ),
    max_size=2,
    unique_by=str,
)
specs = some(
    scheduler=some(**pods),
    expose=st.fixed_dictionaries({"dashboard": dashboards}),
    env=variables,
    config=st.fixed_dictionaries(
        {"distributed": st.dictionaries(words, values | st.integers() | st.booleans(), max_size=2)}
    ),
    network=some(isolation=st.booleans(), clients=st.lists(peers, max_size=2), egress=st.lists(peers, max_size=2)),
    patches=patches,
).flatmap(lambda spec: groups.map(lambda workers: {**spec, "workers": workers}))


def complete(index: int, spec: dict[str, Any]) -> str:
    """A file of the fleet."""
    route = "route" in str(spec.get("expose"))
    engine, other = ("operator", "Deployment") if index % 4 > 1 else ("deployments", "DaskCluster")
    whole = {
        "engine": engine,
        "name": f"c{index}",
        "platform": "openshift" if route or index % 2 else "kubernetes",
        "namespace": {"name": f"n{index}", "create": index % 3 == 0},
        "image": "registry.example.com:5000/team/dask:2026.8.0@sha256:" + "1" * 64 if index % 2 else "dask:2026.8.0",
        **spec,
        "patches": [patch for patch in spec.get("patches", []) if patch["target"]["kind"] != other],
    }
    return dump(whole).replace("HOST", f"h{index}.example.com")


UNWISE = {"DG219", "DG220", "DG222", "DG270", "DG309"}
"""What rules have against some of these specs, which can be built all the same."""


@pytest.mark.tools
@given(st.lists(specs, min_size=8, max_size=8))
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
def test_kustomize_builds_the_truth(tmp_path_factory: pytest.TempPathFactory, found: list[dict[str, Any]]) -> None:
    root = tmp_path_factory.mktemp("fleet")
    (root / "clusters").mkdir()
    (root / "daskgen.yaml").write_text(FLEET)
    for index, spec in enumerate(found):
        (root / f"clusters/c{index}.yaml").write_text(complete(index, spec), encoding="utf-8")
    fleet = load(root)
    rendering = render(root)
    assert {problem.code for problem in rendering.problems if problem.severity == "error"} <= UNWISE
    clusters = render_clusters(fleet)
    assert [problem for problem in prove(rendering.tree, clusters, "1.34") if problem.code != "DG503"] == []


def test_the_name_of_a_generated_config_map() -> None:
    """Taken from what kustomize 5.8.1 printed."""
    assert hash_config_map({"dask.yaml": "b: 2\n"}) == "fdgdch66dd"
    assert hash_config_map({"dask.yaml": 'b: "<&>é😀\\u2028 \t"\n'}) == "75fd4cct89"


def test_differences_name_the_place() -> None:
    one, other = {"a": [{"b": 1}, {"c": 2}], "d": 1}, {"a": [{"b": 1}, {"c": 3}], "e": 1}
    assert list(find_differences(one, other)) == [(("a", 1, "c"), 2, 3), (("d",), 1, None), (("e",), None, 1)]
