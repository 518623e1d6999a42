"""One comment a pull request and fleet, on a server that answers as GitHub and GitLab do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from daskgen.cli import cli
from daskgen.forge import LIMIT, PullRequest, write_comment

PLAN = "**1 cluster against 9be00840: 1 rolled out**\n"
NOTHING = "**nothing changes against 9be00840**\n"
FRAMED = (
    f"<!-- daskgen plan -->\n{PLAN}\n<sub>11bd7190 · [log](https://forge.example.com/team/fleet/actions/runs/7)</sub>\n"
)

Comment = dict[str, Any]


def wrote(number: int, body: str, kind: str = "Bot") -> Comment:
    """A comment that is there, by an app or by a person."""
    return {"id": number, "body": body, "user": {"type": kind}}


class Forge(ThreadingHTTPServer):
    """A server with comments, which notes what is asked of it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.comments: list[Comment] = []
        self.asked: list[str] = []
        self.bodies: list[str] = []
        self.tokens: set[str | None] = set()
        self.code = 200
        self.moved_to = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Lists comments by pages, and takes new ones unless writing is forbidden."""

    server: Forge

    def do_GET(self) -> None:
        if self.server.moved_to:
            self.redirect()
            return
        page, size = (int(re.findall(rf"[?&]{field}=(\d+)", self.path)[0]) for field in ("page", "per_page"))
        self.answer(200, self.server.comments[(page - 1) * size : page * size])

    def do_POST(self) -> None:
        self.server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"])
        self.answer(self.server.code, {"message": "Resource not accessible by integration"})

    def redirect(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_response(302)
        self.send_header("Location", f"{self.server.moved_to}{self.path}")
        self.end_headers()

    do_PATCH = do_PUT = do_POST  # noqa: N815 - as above

    def answer(self, code: int, content: object) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.server.tokens.add(self.headers["Authorization"] or self.headers["PRIVATE-TOKEN"])
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_: object) -> None:
        """Tests read what was noted."""


@pytest.fixture
def forge() -> Iterator[Forge]:
    server = Forge()
    Thread(target=server.serve_forever, args=[0.01]).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def github(forge: Forge, tmp_path: Path) -> dict[str, str]:
    """What a job of GitHub knows of its pull request."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"number": 12, "head": {"sha": "11bd71901bbe5b1630ceea73d275973"}}}))
    return {
        "GITHUB_API_URL": forge.url,
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_REPOSITORY": "team/fleet",
        "GITHUB_RUN_ID": "7",
        "GITHUB_SERVER_URL": "https://forge.example.com",
        "GITHUB_TOKEN": "ghs_1",
    }


@pytest.fixture
def gitlab(forge: Forge) -> dict[str, str]:
    """What a job of GitLab knows of its merge request."""
    return {
        "CI_API_V4_URL": forge.url,
        "CI_COMMIT_SHORT_SHA": "11bd7190",
        "CI_JOB_URL": "https://forge.example.com/team/fleet/-/jobs/7",
        "CI_MERGE_REQUEST_IID": "12",
        "CI_PROJECT_ID": "3",
        "GITLAB_TOKEN": "glpat-1",
    }


def comment(variables: dict[str, str], *words: str, plan: str = PLAN, root: str = ".", code: int = 0) -> Result:
    """Run `daskgen comment` in a job with these variables alone."""
    unset = dict.fromkeys(("GITHUB_EVENT_PATH", "CI_MERGE_REQUEST_IID"))
    result = CliRunner().invoke(cli, ["-C", root, "comment", "-", *words], input=plan, env={**unset, **variables})
    assert result.exit_code == code, result.output
    return result


def test_the_token_goes_to_no_other_server(forge: Forge, github: dict[str, str]) -> None:
    forge.moved_to = f"http://localhost:{forge.server_port}"  # another name is another server
    said = comment(github, code=2).output
    assert f"302 Found, to {forge.moved_to}/repos/team/fleet" in said
    assert (len(forge.asked), forge.tokens) == (1, set())


def test_a_comment_is_posted(forge: Forge, github: dict[str, str]) -> None:
    forge.comments = [wrote(1, "Looks good!", "User"), wrote(2, "> <!-- daskgen plan -->\n> quoted")]
    assert comment(github).stderr == "posted a comment\n"
    assert forge.asked == [
        "GET /repos/team/fleet/issues/12/comments?per_page=100&page=1",
        "POST /repos/team/fleet/issues/12/comments",
    ]
    assert forge.bodies == [FRAMED]
    assert forge.tokens == {"Bearer ghs_1"}


def test_it_is_updated_wherever_it_is(forge: Forge, github: dict[str, str]) -> None:
    others = [wrote(number, "Looks good!", "User") for number in range(150)]
    forge.comments = [*others, wrote(4711, "<!-- daskgen plan -->\r\nas it was")]
    assert comment(github).stderr == "updated the comment\n"
    assert forge.asked[1:] == [
        "GET /repos/team/fleet/issues/12/comments?per_page=100&page=2",
        "PATCH /repos/team/fleet/issues/comments/4711",
    ]
    assert forge.bodies == [FRAMED]


def test_nothing_needs_no_comment(forge: Forge, github: dict[str, str]) -> None:
    comment(github, "--update-only", plan=NOTHING)
    assert forge.bodies == []


def test_nothing_any_more_is_said(forge: Forge, github: dict[str, str]) -> None:
    forge.comments = [wrote(5, FRAMED)]
    comment(github, "--update-only", plan=NOTHING)
    assert forge.asked[-1] == "PATCH /repos/team/fleet/issues/comments/5"
    assert "nothing changes" in forge.bodies[0]


def test_from_a_fork_it_is_printed(forge: Forge, github: dict[str, str]) -> None:
    forge.code = 403
    result = comment(github)
    assert result.stdout == FRAMED
    assert "no comment is written, since this job has no permission: POST" in result.stderr
    assert "Resource not accessible by integration" in result.stderr


def test_without_a_token_nothing_is_asked(forge: Forge, gitlab: dict[str, str]) -> None:
    result = comment({**gitlab, "GITLAB_TOKEN": ""})
    assert PLAN in result.stdout
    assert result.stderr == "no comment is written, since this job has no permission: no token is set\n"
    assert forge.asked == []


def test_a_server_that_fails_leaves_no_old_comment_unnoticed(forge: Forge, github: dict[str, str]) -> None:
    forge.code = 502
    assert "502" in comment(github, code=2).stderr


def test_an_app_does_not_write_over_what_a_person_wrote(forge: Forge, github: dict[str, str]) -> None:
    forge.comments = [wrote(6, FRAMED, "User")]
    comment(github)
    assert forge.asked[-1].startswith("POST")
    comment({**github, "GITHUB_TOKEN": "ghp_1"})
    assert forge.asked[-1] == "PATCH /repos/team/fleet/issues/comments/6"


def test_every_fleet_has_its_own(forge: Forge, github: dict[str, str]) -> None:
    forge.comments = [wrote(8, FRAMED), wrote(9, "<!-- daskgen plan: teams/a -->\n")]
    comment(github, root="./teams/a/")
    assert forge.asked[-1] == "PATCH /repos/team/fleet/issues/comments/9"
    assert forge.bodies[0].startswith("<!-- daskgen plan: teams/a -->\n## teams/a\n\n**1 cluster")


def test_gitlab(forge: Forge, gitlab: dict[str, str]) -> None:
    comment(gitlab)
    forge.comments = [{"id": 10, "body": forge.bodies[0], "author": {"username": "project_3_bot"}}]
    comment(gitlab)
    notes = "/projects/3/merge_requests/12/notes"
    asked = [f"GET {notes}?per_page=100&page=1", f"POST {notes}", f"GET {notes}?per_page=100&page=1"]
    assert forge.asked == [*asked, f"PUT {notes}/10"]
    assert forge.tokens == {"glpat-1"}


def test_other_jobs_have_no_pull_request(github: dict[str, str]) -> None:
    assert "neither GITHUB_EVENT_PATH nor CI_MERGE_REQUEST_IID is set" in comment({}, code=2).stderr
    Path(github["GITHUB_EVENT_PATH"]).write_text('{"ref": "refs/heads/main"}')
    assert "the job runs for another event" in comment(github, code=2).stderr


def test_what_is_too_long_is_cut_at_a_line() -> None:
    request = PullRequest("", "", "", {}, "11bd7190", "https://forge.example.com/7")
    text = "".join(f"| row {number} → |\n" for number in range(6000))
    body = write_comment("teams/a", text, request)
    assert LIMIT - 20 < len(body.encode()) <= LIMIT
    assert re.search(r"\| row \d+ → \|\n\n… the rest .+\n\n<sub>11bd7190", body)


def test_the_mark_of_the_plan_stands_once() -> None:
    request = PullRequest("", "", "", {}, "11bd7190", "https://forge.example.com/7")
    assert write_comment(".", f"<!-- daskgen plan -->\n{PLAN}", request) == write_comment(".", PLAN, request)


def test_the_name_of_a_folder_stays_a_name() -> None:
    request = PullRequest("", "", "", {})
    text = write_comment("a --><img src=x> @all\n## b", "text", request)
    first, second, *_ = text.splitlines()
    assert first == "<!-- daskgen plan: a &#45;&#45;&gt;<img src=x&gt; @all\\n## b -->"
    assert second.startswith("## a ")
    assert "<img" not in second
    assert "@all" not in second
