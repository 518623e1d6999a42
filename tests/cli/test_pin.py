"""`daskgen pin` writes digests into specs, and `daskgen check --digests` says which are behind their tags."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from conftest import FLEET, MakeFleet
from daskgen.findings.problem import DiskError
from daskgen.outside import disk
from daskgen.outside.files import read_folder
from support.commands import daskgen, snapshot
from support.registry import Registry, digest_of

SPEC = """\
# The team's cluster.
namespace: analytics
image: HOST/team/dask:2026.8.0-py3.12  # from the platform team

scheduler: {image: {name: HOST/team/small, tag: '2026.8.0'}, cpu: 1}
workers:
- replicas: 2
  image:
    name: HOST/team/large
    tag: "3.1"  # tested
    dask: 2026.8.0
  containers:
  - name: proxy
    image: "HOST/team/proxy:1.4"
    resources: {limits: {cpu: 100m, memory: 64Mi}}
patches:
- target: {kind: Deployment, name: scheduler}
  patch:
  - op: add
    path: /spec/template/spec/containers/-
    value:
      name: more
      resources: {limits: {cpu: 100m, memory: 64Mi}}
      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
      image: HOST/team/more:1
"""

TAGS = {"dask": "2026.8.0-py3.12", "small": "2026.8.0", "large": "3.1", "proxy": "1.4", "more": "1"}


@pytest.fixture
def registry() -> Iterator[Registry]:
    with Registry().serving() as server:
        for name, tag in TAGS.items():
            server.push(f"team/{name}", tag, f"{name} one")
        yield server


def pin(text: str, version: str) -> str:
    """Return the spec as it is with the digests of a version of all images."""
    return (
        text.replace("py3.12  #", f"py3.12@{digest_of(f'dask {version}')}  #")
        .replace("tag: '2026.8.0'}", f"tag: '2026.8.0', digest: {digest_of(f'small {version}')}}}")
        .replace('"3.1"  # tested\n', f'"3.1"  # tested\n    digest: {digest_of(f"large {version}")}\n')
        .replace('proxy:1.4"', f'proxy:1.4@{digest_of(f"proxy {version}")}"')
        .replace("more:1\n", f"more:1@{digest_of(f'more {version}')}\n")
    )


def test_digests_are_written_where_the_images_are(make_fleet: MakeFleet, registry: Registry) -> None:
    spec = SPEC.replace("HOST", registry.host)
    root = make_fleet(prod=spec)
    done = daskgen("pin", root=root)
    assert (root / "clusters/prod.yaml").read_text("utf-8") == pin(spec, "one")
    assert f"prod.yaml:3:8: image: {registry.host}/team/dask:{TAGS['dask']} is {digest_of('dask one')}\n" in done.stdout
    assert done.stderr == "5 digests written, 0 unchanged\nnext: git diff; daskgen render\n"
    assert daskgen("pin", root=root).stderr == "0 digests written, 5 unchanged\n"
    daskgen("render", root=root)
    assert f"digest: {digest_of('dask one')}" in (root / "overlays/prod/kustomization.yaml").read_text("utf-8")


def test_a_tag_that_was_pushed_again(make_fleet: MakeFleet, registry: Registry) -> None:
    spec = SPEC.replace("HOST", registry.host)
    root = make_fleet(prod=pin(spec, "one"))
    for name, tag in TAGS.items():
        registry.push(f"team/{name}", tag, f"{name} two")
    said = daskgen("pin", "prod", root=root).stdout
    assert f"is {digest_of('dask two')}, before {digest_of('dask one')}\n" in said
    assert (root / "clusters/prod.yaml").read_text("utf-8") == pin(spec, "two")


def test_an_image_that_clusters_share_is_asked_for_and_written_once(make_fleet: MakeFleet, registry: Registry) -> None:
    shared = f"defaults:\n  # of all clusters\n  image: {registry.host}/team/dask:latest\n"
    registry.push("team/dask", "latest", "newest")
    root = make_fleet(FLEET + shared, **dict.fromkeys(("a", "b"), "namespace: ns\nworkers: [{replicas: 1}]\n"))
    assert "1 digest written, 0 unchanged" in daskgen("pin", root=root).stderr
    assert registry.asked == ["HEAD /v2/team/dask/manifests/latest"]
    pinned = shared.replace("latest", f"latest@{digest_of('newest')}")
    assert (root / "daskgen.yaml").read_text("utf-8") == FLEET + pinned
    daskgen("render", root=root)


def test_a_digest_stands_in_the_file_of_its_tag(make_fleet: MakeFleet, registry: Registry) -> None:
    old = digest_of("old")
    shared = f"defaults:\n  image: {{name: {registry.host}/team/small, tag: '1', digest: '{old}'}}\n"
    registry.push("team/small", "1", "one")
    root = make_fleet(FLEET + shared, a="namespace: ns\nimage: {tag: '2026.8.0'}\nworkers: [{replicas: 1}]\n")
    daskgen("pin", root=root)
    assert (root / "daskgen.yaml").read_text("utf-8") == FLEET + shared
    assert f"image: {{tag: '2026.8.0', digest: {digest_of('small one')}}}\n" in (root / "clusters/a.yaml").read_text()


def test_the_operator_of_the_fleet(make_fleet: MakeFleet, registry: Registry) -> None:
    registry.push("mirror/operator", "2026.3.0", "operator")
    settings = f"operator:\n  install: true\n  image: {{name: {registry.host}/mirror/operator}}\n"
    root = make_fleet(FLEET + settings, prod=SPEC.replace("HOST", registry.host))
    assert "1 digest written" in daskgen("pin", "dask-operator", root=root).stderr
    digest = digest_of("operator")
    assert f"mirror/operator, digest: {digest}}}" in (root / "daskgen.yaml").read_text("utf-8")


def test_images_that_the_spec_does_not_name_are_said(make_fleet: MakeFleet, registry: Registry) -> None:
    auth = "{kind: oidc, issuer: 'https://login.example.com', clientID: dask, clientSecret: s, cookieSecret: s,\n"
    exposed = f"""expose: {{dashboard: {{kind: ingress, class: nginx, host: dask.example.com, tls: {{secret: t}},
  auth: {auth}  emailDomains: [example.com]}}}}}}\n"""
    spec = f"namespace: ns\nimage: {registry.host}/team/dask:2026.8.0-py3.12\nworkers: [{{replicas: 1}}]\n{exposed}"
    said = daskgen("pin", root=make_fleet(prod=spec)).stderr
    assert "not in a file: quay.io/oauth2-proxy/oauth2-proxy:" in said
    assert " of expose.dashboard.auth; write `image` there\n" in said


def test_nothing_is_written_if_an_image_is_not_there(make_fleet: MakeFleet, registry: Registry) -> None:
    del registry.manifests["team/small", "2026.8.0"]
    root = make_fleet(prod=SPEC.replace("HOST", registry.host))
    before = snapshot(root)
    done = daskgen("pin", root=root, code=1)
    assert "clusters/prod.yaml:5:" in done.stdout
    assert (
        f"error[DG358]: scheduler.image: {registry.host} has no team/small:2026.8.0; nodes cannot pull" in done.stdout
    )
    assert done.stderr == "nothing was written\n"
    assert snapshot(root) == before


def test_a_registry_that_does_not_answer(make_fleet: MakeFleet) -> None:
    server = Registry()
    server.server_close()
    spec = f"namespace: ns\nimage: {server.host}/dask:2026.8.0\nworkers: [{{replicas: 1}}]\n"
    assert "error[DG359]: image: 127.0.0.1:" in daskgen("pin", root=make_fleet(prod=spec), code=1).stdout


def test_an_edit_that_came_between_is_not_lost(make_fleet: MakeFleet) -> None:
    root = make_fleet(prod="namespace: ns\n")
    read = read_folder(root)
    make_fleet(prod="namespace: other\n")
    with pytest.raises(DiskError, match=r"clusters/prod\.yaml was edited meanwhile"):
        disk.write_sources(root, {"clusters/prod.yaml": "namespace: mine\n"}, read)
    assert (root / "clusters/prod.yaml").read_text("utf-8") == "namespace: other\n"


@pytest.mark.tools
def test_check_says_which_digests_are_behind(make_fleet: MakeFleet, registry: Registry) -> None:
    root = make_fleet(prod=pin(SPEC.replace("HOST", registry.host), "one"))
    daskgen("render", root=root)
    assert "DG357" not in daskgen("check", "--digests", root=root).stdout
    registry.push("team/dask", TAGS["dask"], "dask two")
    registry.push("team/proxy", "1.4", "proxy two")
    del registry.manifests["team/proxy", digest_of("proxy one")]
    done = daskgen("check", "--digests", "--format", "json", root=root, code=1)
    found = {problem["code"]: problem for problem in json.loads(done.stdout)["problems"]}
    assert found["DG357"]["severity"] == "warning"
    assert f"is {digest_of('dask two')} now, not {digest_of('dask one')}" in found["DG357"]["message"]
    assert found["DG358"]["message"].endswith(f"has no team/proxy@{digest_of('proxy one')}")
    assert "DG35" not in daskgen("check", root=root).stdout
