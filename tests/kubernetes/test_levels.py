"""The highest level of Pod Security that admits a pod, for each way to give it more rights."""

from __future__ import annotations

import pytest

from daskgen.kubernetes.objects import Object
from daskgen.kubernetes.pod_security import find_breaches, find_level
from support.loosened import ROWS, Loosened, find_rendered, list_containers, loosen


@pytest.fixture(scope="module")
def pods() -> list[Object]:
    return find_rendered()


def test_rendered_pods_are_restricted_but_for_volumes_with_a_reason(pods: list[Object]) -> None:
    for pod in pods:
        found = [breach for breach in find_breaches(pod, {}, list_containers(pod)) if breach.path[0] != "volumes"]
        assert found == []


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_pod_with_more_rights(row: Loosened, pods: list[Object]) -> None:
    pod = loosen(pods[0], row)
    assert find_level(pod, {}, list_containers(pod)) == row.level


def test_the_old_annotation_of_a_profile(pods: list[Object]) -> None:
    annotations = {"container.apparmor.security.beta.kubernetes.io/scheduler": "unconfined"}
    assert find_level(pods[0], annotations, list_containers(pods[0])) == "privileged"
