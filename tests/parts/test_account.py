"""The service account of a cluster's pods: created with annotations of a cloud, or one that exists."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from daskgen.kubernetes.kinds import find_pods
from support.fleets import read_cluster
from support.imports import import_text

Fleet = Any


def write(account: Any, engine: str = "deployments", **more: Any) -> str:
    spec = {"engine": engine, "namespace": "analytics", "image": "ghcr.io/dask/dask:2026.8.0-py3.12", "workers": [{}]}
    return yaml.safe_dump({**spec, "serviceAccount": account, **more})


def find_account(rendered: Any) -> dict[str, Any] | None:
    return next((body for body in rendered.objects if body["kind"] == "ServiceAccount"), None)


def find_settings(rendered: Any) -> set[tuple[str, bool]]:
    pods = [pod for body in rendered.objects for _, pod in find_pods(body)]
    return {(pod["serviceAccountName"], pod["automountServiceAccountToken"]) for pod in pods}


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_a_role_of_a_cloud_is_an_annotation_of_the_account(engine: str, make_fleet: Fleet) -> None:
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/dask"}
    rendered = read_cluster(make_fleet(prod=write({"annotations": role}, engine)))
    account = find_account(rendered)
    assert account
    assert (account["metadata"]["name"], account["metadata"]["annotations"]) == ("prod-dask", role)
    assert find_settings(rendered) == {("prod-dask", False)}


@pytest.mark.parametrize("engine", ["deployments", "operator"])
def test_an_account_that_exists_is_named_and_not_created(engine: str, make_fleet: Fleet) -> None:
    rendered = read_cluster(make_fleet(prod=write("etl", engine)))
    assert find_account(rendered) is None
    assert find_settings(rendered) == {("etl", False)}
    [imported] = import_text(yaml.safe_dump_all(rendered.objects)).clusters
    again = yaml.safe_load(imported.text)
    assert (again["serviceAccount"], again.get("patches")) == ("etl", None)


def test_azure_finds_pods_by_a_label(make_fleet: Fleet) -> None:
    annotations = {"azure.workload.identity/client-id": "00000000-0000-0000-0000-000000000000"}
    rendered = read_cluster(make_fleet(prod=write({"annotations": annotations})))
    deployments = [body for body in rendered.objects if body["kind"] == "Deployment"]
    labels = [body["spec"]["template"]["metadata"]["labels"] for body in deployments]
    assert [pod["azure.workload.identity/use"] for pod in labels] == ["true", "true"]


def test_a_token_needs_a_reason(make_fleet: Fleet) -> None:
    asked = read_cluster(make_fleet(prod=write({"token": True})))
    assert [problem.code for problem in asked.problems] == ["DG317"]
    waive = [{"rule": "DG317", "reason": "tasks list the pods of their own namespace"}]
    stated = read_cluster(make_fleet(prod=write({"token": True}, waive=waive)))
    assert stated.problems == ()
    assert find_settings(stated) == {("prod-dask", True)}
