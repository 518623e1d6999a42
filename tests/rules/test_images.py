"""Every image that a container runs is pinned, and no known hole is among them."""

from __future__ import annotations

import pytest

from support.judging import find_codes, judge, patch_container, patch_pod

HARDENED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def add(image: str, field: str = "initContainers") -> tuple[str, object]:
    return patch_pod(**{field: [{"name": "more", "image": image, "securityContext": HARDENED}]})


@pytest.mark.parametrize(
    "image", ["busybox", "busybox:latest", "registry:5000/tool", "tool:1.2-latest", "tool:develop"]
)
@pytest.mark.parametrize("field", ["initContainers", "containers"])
def test_images_that_patches_bring_in_are_pinned_too(image: str, field: str) -> None:
    (problem,) = judge(add(image, field))
    assert problem.code == "DG302"
    assert problem.message.startswith("image of container more: ")


@pytest.mark.parametrize("image", ["envoyproxy/envoy:v1.31.0", "busybox:2024.06.01", f"tool@sha256:{'1' * 64}"])
def test_a_sidecar_has_versions_of_its_own(image: str) -> None:
    assert find_codes(add(image)) == set()


def test_a_patched_worker_runs_dask_as_the_others_do() -> None:
    assert find_codes(patch_container(image="ghcr.io/dask/dask:2025.12.0-py3.12")) == {"DG303"}
    assert find_codes(patch_container(image="ghcr.io/dask/dask:2026.8.0-py3.12")) == set()


def test_a_tag_that_is_a_date_has_a_way_out() -> None:
    (problem,) = judge(image="registry.example.org/team/pipeline:2024.06.01")
    assert problem.code == "DG303"
    assert "image: {name: registry.example.org/team/pipeline, tag: 2024.06.01, dask: 2026.8.0}" in problem.hint
    said = {"name": "registry.example.org/team/pipeline", "tag": "2024.06.01", "dask": "2026.8.0"}
    assert find_codes(image=said) == set()
