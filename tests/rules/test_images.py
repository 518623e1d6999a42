"""Every image that a container runs is pinned, and no known hole is among them."""

from __future__ import annotations

import pytest

from support.judging import find_codes, judge, patch_container, patch_pod

HARDENED = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def add(image: str, field: str = "initContainers") -> tuple[str, object]:
    limits = {"limits": {"cpu": "100m", "memory": "64Mi"}}
    return patch_pod(**{field: [{"name": "more", "image": image, "securityContext": HARDENED, "resources": limits}]})


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


@pytest.mark.parametrize(
    ("version", "found"),
    [
        ("2025.9.1", {"DG303"}),
        ("2025.9.2", {"DG304"}),  # CVE-2026-23528 is fixed in 2026.1.1, and was in two releases of 2025.9
        ("2025.9.3", {"DG304"}),
        ("2025.9.4", {"DG303"}),
        ("2025.10.0", {"DG303"}),
        ("2026.1.0", {"DG303"}),
        ("2026.1.1", {"DG304"}),
        ("2026.7.0", {"DG304"}),  # the fallback page is mended in 2026.7.1
        ("2026.7.1", set()),
        ("2026.8.0", set()),
    ],
)
def test_each_version_has_the_holes_that_were_fixed_after_it(version: str, found: set[str]) -> None:
    assert find_codes(image=f"ghcr.io/dask/dask:{version}-py3.12") == found
