"""Nothing that is quoted commands a terminal or a CI job, or becomes a line of its own: in no command, in no format."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from dulwich import porcelain
from hypothesis import given
from hypothesis import strategies as st

from conftest import FLEET, SMALL
from daskgen.cli import cli
from daskgen.findings.problem import Position, Problem
from daskgen.live import smoke_report, status_report
from daskgen.live.drift import Drift
from daskgen.live.pods import Restart
from daskgen.live.smoke import Smoke
from daskgen.live.state import ClusterState, Group
from daskgen.report import FORMATS
from daskgen.words import disarm_lines, escape, escape_lines

EVIL = "x\n::stop-commands::y\r\x1b]0;z\x07\u202e\u2028\x85\x0b##[add-mask]k\x9b31m\udcff@all|`<img src=x>](http://z)"
"""A value that tries everything."""

COMMAND = re.compile(r"^\s*::|##\w*\[", re.MULTILINE)


def is_harmless(text: str) -> bool:
    """Whether printing a text moves no cursor and gives no command."""
    return text.replace("\n", "").isprintable() and not COMMAND.search(text)


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_escapes_every_part_of_a_finding(form: str) -> None:
    problems = [Problem(Position(f"clusters/{EVIL}.yaml"), "DG101", EVIL, EVIL)] * 2
    text = FORMATS[form](problems, ())
    if form == "github":
        assert all(line.startswith("::error file=clusters/x") for line in text.split("\n"))
        text = text.replace("::error file", "error file")
    if form in {"text", "github"}:
        assert text.count("\n") == 1
    elif form == "junit":
        ElementTree.fromstring(text.encode())
    else:
        json.dumps(json.loads(text), ensure_ascii=False).encode()
    assert is_harmless(text)


@given(st.text())
def test_escaped_text_is_one_harmless_line(text: str) -> None:
    escaped = escape(text)
    assert escaped.isprintable()
    assert not re.search(r"##\w*\[", escaped)
    assert escape(escaped) == escaped


@given(st.text("\n :#[a", max_size=12))
def test_lines_stay_lines_and_begin_no_command(text: str) -> None:
    shown = disarm_lines(escape_lines(text))
    assert is_harmless(shown)
    assert shown.count("\n") == text.count("\n")


@given(st.dictionaries(st.text(), st.text()))
def test_json_says_the_same_when_it_is_escaped(value: dict[str, str]) -> None:
    assert json.loads(escape_lines(json.dumps(value, ensure_ascii=False))) == value


def test_ordinary_text_is_left_as_it_is() -> None:
    assert escape(r"Größe: 16GB ≥ 8Gi → C:\new #1 # [x]") == r"Größe: 16GB ≥ 8Gi → C:\new #1 # [x]"


QUOTED = json.dumps(EVIL.replace("\udcff", ""))
"""As a value or key in YAML."""

SPECS = {
    "key": f"{SMALL}{QUOTED}: 1\n",
    "value": SMALL.replace("analytics", QUOTED),
    "name": f"{SMALL}name: {QUOTED}\n",
    "map": f"{SMALL}config: {{{QUOTED}: {QUOTED}}}\nlabels: {{{QUOTED}: {QUOTED}}}\nenv: {{{QUOTED}: {QUOTED}}}\n",
    "patch": f"{SMALL}patches:\n- target: {{kind: {QUOTED}, name: {QUOTED}}}\n  patch: {{{QUOTED}: {QUOTED}}}\n",
    "profile": f"{SMALL}profile: {QUOTED}\n",
    "config": f'{SMALL}config: {{distributed: {{admin: {{tick: {{interval: "a\\n::error::b"}}}}}}}}\n',
}

CALLS = [
    ["render"],
    ["render", "--check"],
    ["render", "--diff"],
    ["render", "--only", EVIL.replace("\udcff", "")],
    ["plan", "--base", "HEAD"],
    ["plan", "--base", "HEAD", "--format", "markdown"],
    ["plan", "--base", "HEAD", "--format", "json"],
    ["plan", "--base", EVIL],
    ["connect", "prod"],
    ["connect", "prod", "--format", "json"],
    ["explain", "prod", "config"],
    ["explain", "prod", EVIL],
    ["explain", EVIL],
    ["import", "--stdout", "clusters/prod.yaml"],
    [EVIL],
    *(["render", "--check", "--format", form] for form in FORMATS),
]


@pytest.mark.parametrize("command", CALLS, ids=lambda command: " ".join(command)[:40].encode("unicode_escape").decode())
@pytest.mark.parametrize("spec", SPECS)
def test_every_command_escapes_what_a_spec_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spec: str, command: list[str]
) -> None:
    (tmp_path / "clusters").mkdir()
    (tmp_path / "daskgen.yaml").write_text(FLEET, encoding="utf-8")
    (tmp_path / "clusters/prod.yaml").write_text(SMALL, encoding="utf-8")
    porcelain.init(tmp_path)
    porcelain.add(tmp_path, [str(tmp_path / "daskgen.yaml"), str(tmp_path / "clusters/prod.yaml")])
    porcelain.commit(tmp_path, message=b"a", author=b"A <a@example.com>", committer=b"A <a@example.com>")
    (tmp_path / "clusters/prod.yaml").write_text(SPECS[spec], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, command)
    # The specs of `import --stdout` are data.
    shown = done.stderr if "--stdout" in command else done.output
    shown = re.sub("(?m)^::(?=error )", "", shown) if "github" in command else shown
    assert done.output
    assert "Traceback" not in done.output
    assert is_harmless(shown)
    if not {"json", "markdown", "gitlab", "sarif", "junit", "--stdout", "connect"} & {*command}:
        assert not [line for line in shown.split("\n") if line.startswith("stop-commands")]


def test_what_servers_say_is_escaped_in_every_report_of_running_clusters() -> None:
    group = Group(EVIL, 2, 1, (EVIL,), ((EVIL, 2),), (Restart(EVIL, 1, EVIL, 1, None),))
    scheduler = group._replace(name="")
    seen = ClusterState(EVIL, EVIL, EVIL, (scheduler, group), (Drift(EVIL, EVIL, EVIL),))
    gone = ClusterState(EVIL, EVIL, EVIL, missing=EVIL, blocked=(EVIL,))
    smoke = Smoke(gone, "job", {}, EVIL)
    for text in (
        status_report.format_fleet([seen, gone]),
        status_report.format_details([seen, gone]),
        smoke_report.format_text(smoke),
    ):
        assert is_harmless(disarm_lines(text))
        assert not re.search("^stop-commands|^::", text, re.MULTILINE)
    for text in (status_report.format_json([seen, gone]), smoke_report.format_json(smoke)):
        assert json.loads(text)
        assert is_harmless(text)
