"""What docs/ci.md has Renovate find: the images of specs, in every form, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from regress import Regex

from daskgen.parts.image import read_reference
from support.places import ROOT

PAGE = (ROOT / "docs/ci.md").read_text("utf-8")

DIGEST, NEW_DIGEST = "sha256:" + "0" * 64, "sha256:" + "1" * 64

CONFIGURATION = json.loads(re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)[0])
AS_TEXT, AS_MAP = CONFIGURATION["customManagers"]


def find_images(manager: dict[str, Any], text: str) -> list[dict[str, str]]:
    """The groups that Renovate finds, and as "all" the text that it replaces (lib/modules/manager/custom/regex)."""
    found = [{"all": text}]
    for expression in manager["matchStrings"]:
        found = [groups for piece in found for groups in find_groups(expression, piece["all"])]
    return found


def find_groups(expression: str, text: str) -> Iterator[dict[str, str]]:
    """The groups of every match, by an engine for JavaScript's expressions, which counts in bytes."""
    content = text.encode()
    for match in Regex(expression).find_iter(text) or ():
        names = [name for name in GROUPS if f"<{name}>" in expression]
        places = {"all": match.group(0), **{name: match.named_group(name) for name in names}}
        yield {name: content[place].decode() for name, place in places.items() if place}


GROUPS = ("depName", "currentValue", "currentDigest")


def name_parts(reference: str) -> dict[str, str]:
    """What Renovate is to find of a reference."""
    name, tag, digest = read_reference(reference).values()
    return {"depName": name, "currentValue": tag, **({"currentDigest": digest} if digest else {})}


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("image: ghcr.io/dask/dask:2026.8.0-py3.11\n", "ghcr.io/dask/dask:2026.8.0-py3.11"),
        ("namespace: team\nimage: 'dask:1'\n", "dask:1"),
        (
            f'image:  "registry.example.com:5000/a/dask:1.2@{DIGEST}" # pinned\n',
            f"registry.example.com:5000/a/dask:1.2@{DIGEST}",
        ),
        ("defaults:\n  image: ghcr.io/dask/dask:2026.8.0\n", "ghcr.io/dask/dask:2026.8.0"),
        ("profiles: {gpu: {image: dask:1, platform: openshift}}\n", "dask:1"),
        ("      containers:\n      - image: example.com/proxy:3\n", "example.com/proxy:3"),
    ],
)
def test_renovate_finds_images_that_are_text(text: str, reference: str) -> None:
    assert find_images(AS_TEXT, text) == [{"all": reference, **name_parts(reference)}]
    assert find_images(AS_MAP, text) == []


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (
            "image:\n  name: ghcr.io/dask/dask\n  tag: 2026.8.0-py3.12\n  pullSecrets: [registry]\n",
            "ghcr.io/dask/dask:2026.8.0-py3.12",
        ),
        ("image: {name: ghcr.io/dask/dask, tag: 2026.8.0, pullSecrets: [registry]}\n", "ghcr.io/dask/dask:2026.8.0"),
        (
            f"defaults:\n  image:\n    name: \"a:5000/dask\"\n    tag: '1.10'\n    digest: {DIGEST}\n",
            f"a:5000/dask:1.10@{DIGEST}",
        ),
    ],
)
def test_renovate_finds_images_that_are_maps(text: str, reference: str) -> None:
    [found] = find_images(AS_MAP, text)
    assert {name: found[name] for name in found if name != "all"} == name_parts(reference)
    assert find_images(AS_TEXT, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "# image: ghcr.io/dask/dask:2026.8.0\n",
        "workers: # image: dask:1\n",
        "image: ghcr.io/dask/dask\n",
        f"image: ghcr.io/dask/dask@{DIGEST}\n",
        "pullimage: dask:1\n",
        "operator: {image: {name: registry.example.com/mirror/operator}}\n",
    ],
)
def test_renovate_leaves_other_text_alone(text: str) -> None:
    assert find_images(AS_TEXT, text) + find_images(AS_MAP, text) == []


def test_renovate_changes_nothing_but_tag_and_digest() -> None:
    text = f'image: "ghcr.io/dask/dask:2026.8.0@{DIGEST}" # pinned\n'
    [found] = find_images(AS_TEXT, text)
    template = AS_TEXT["autoReplaceStringTemplate"].replace("{{#if newDigest}}", "").replace("{{/if}}", "")
    values = {"depName": found["depName"], "newValue": "2026.9.0", "newDigest": NEW_DIGEST}
    new = re.sub(r"\{\{\{(\w+)\}\}\}", lambda match: values[match[1]], template)
    assert text.replace(found["all"], new) == text.replace("2026.8.0", "2026.9.0").replace(DIGEST, NEW_DIGEST)


def find_specs() -> list[Path]:
    """The specs of this repository and of its golden fleets."""
    return [*ROOT.glob("clusters/*.yaml"), *ROOT.glob("tests/golden/*/clusters/*.yaml")]


def test_renovate_finds_the_images_of_real_specs() -> None:
    """All of them, but where the map has no tag."""
    for path in find_specs():
        image = yaml.safe_load(path.read_text("utf-8")).get("image")
        if isinstance(image, str) or (image or {}).get("tag"):
            reference = image if isinstance(image, str) else f"{image['name']}:{image['tag']}"
            found = find_images(AS_MAP if isinstance(image, dict) else AS_TEXT, path.read_text("utf-8"))
            assert name_parts(reference).items() <= found[0].items(), path
    assert len(find_specs()) > 30


def test_renovate_reads_specs_and_nothing_rendered() -> None:
    patterns = [pattern.strip("/") for pattern in AS_TEXT["managerFilePatterns"]]
    assert patterns == [pattern.strip("/") for pattern in AS_MAP["managerFilePatterns"]]
    files = [path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.yaml") if path.parts[len(ROOT.parts)] in ROOMS]
    read = {file for file in files if any(Regex(pattern).find(file) for pattern in patterns)}
    assert read == {"daskgen.yaml", *(file for file in files if file.startswith("clusters/"))}


ROOMS = ("base", "clusters", "daskgen.yaml", "overlays", "schema")


def test_what_dependabot_would_edit_is_not_what_dask_runs() -> None:
    """docs/ci.md says that it reads `image`, which names a version of login proxies, notebooks and sidecars only."""
    files = [path for room in ("base", "overlays") for path in ROOT.glob(f"{room}/**/*.yaml")]
    texts = [path.read_text("utf-8") for path in files if path.name != "jupyterhub.yaml"]  # values of a chart
    images = {image for text in texts for image in re.findall(r"image: (\S+)", text)}
    assert {image for image in images if not re.search("proxy|hub|notebook", image)} == {"dask"}
