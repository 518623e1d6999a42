"""Post a comment on a pull request on GitHub or GitLab, and update it; it is found by its first line."""

from __future__ import annotations

import itertools
import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from daskgen.findings.problem import DaskgenError
from daskgen.plan.say.comment import MARK
from daskgen.plan.say.markdown import plain
from daskgen.words import escape

ANSWER_TIME = 30.0
"""Seconds to wait for an answer of a server."""

PAGE = 100
"""Number of comments on a page: the largest that both servers allow."""

APP_TOKEN = "ghs_"  # noqa: S105 - prefixes of tokens
"""https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/."""

LIMIT = 65_536
"""Largest comment on GitHub, in bytes; GitLab allows a million."""


class ForgeError(DaskgenError):
    """The server cannot be reached, or its answer is an error."""


class ForbiddenError(ForgeError):
    """The token may not write comments, as in pull requests from forks, or there is no token."""


class PullRequest(NamedTuple):
    """The addresses of a pull request's comments, and how to write them.

    `comments` is the address of all of them, `comment` that of one, without its number; `update` is the HTTP method to
    change one; a comment refers to `commit` and `run`; `bot` is set if the token is that of an app, whose comments
    cannot be those of a person.
    """

    comments: str
    comment: str
    update: str
    headers: Mapping[str, str]
    commit: str = ""
    run: str = ""
    bot: bool = False


def find_pull_request(environment: Mapping[str, str]) -> PullRequest:
    """Find the pull request that a CI job runs for. Raises `ForgeError` if it runs for none.

    Forgejo and Gitea set GitHub's variables, and have the same API.
    """
    if environment.get("GITHUB_EVENT_PATH"):
        return _find_on_github(environment, _read_event(environment["GITHUB_EVENT_PATH"]))
    if environment.get("CI_MERGE_REQUEST_IID"):
        return _find_on_gitlab(environment)
    raise ForgeError(
        "this is not a CI job for a pull request: neither GITHUB_EVENT_PATH nor CI_MERGE_REQUEST_IID is set"
    )


def _read_event(path: str) -> dict[str, Any]:
    try:
        event = json.loads(Path(path).read_text("utf-8"))
        return dict(event["pull_request"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ForgeError(f"{path} contains no pull request: the job runs for another event") from None


def _find_on_github(environment: Mapping[str, str], event: Mapping[str, Any]) -> PullRequest:
    """Find the addresses of comments on GitHub: https://docs.github.com/en/rest/issues/comments."""
    token = environment.get("GITHUB_TOKEN", "")
    repository = environment["GITHUB_REPOSITORY"]
    issues = f"{environment.get('GITHUB_API_URL', 'https://api.github.com')}/repos/{repository}/issues"
    return PullRequest(
        comments=f"{issues}/{event['number']}/comments",
        comment=f"{issues}/comments",
        update="PATCH",
        headers=_authorize("Authorization", token, "Bearer "),
        commit=event["head"]["sha"][:8],
        run=f"{environment['GITHUB_SERVER_URL']}/{repository}/actions/runs/{environment['GITHUB_RUN_ID']}",
        bot=token.startswith(APP_TOKEN),
    )


def _find_on_gitlab(environment: Mapping[str, str]) -> PullRequest:
    """Find the addresses of comments on GitLab: https://docs.gitlab.com/api/notes/#merge-requests."""
    project = f"{environment['CI_API_V4_URL']}/projects/{environment['CI_PROJECT_ID']}"
    notes = f"{project}/merge_requests/{environment['CI_MERGE_REQUEST_IID']}/notes"
    return PullRequest(
        comments=notes,
        comment=notes,
        update="PUT",
        headers=_authorize("PRIVATE-TOKEN", environment.get("GITLAB_TOKEN", "")),
        commit=environment["CI_COMMIT_SHORT_SHA"],
        run=environment["CI_JOB_URL"],
    )


def _authorize(header: str, token: str, scheme: str = "") -> dict[str, str]:
    return {header: f"{scheme}{token}"} if token else {}


def write_comment(fleet: str, text: str, request: PullRequest) -> str:
    """Format a comment for the fleet in the folder `fleet`: its mark, the text, and the commit and run."""
    head, title = (MARK, "") if fleet == "." else (_mark(fleet), f"## {plain(fleet)}\n\n")
    foot = f"\n\n<sub>{request.commit} · [log]({request.run})</sub>\n"
    start = f"{head}\n{title}"
    return start + _fit(text.removeprefix(MARK).strip(), LIMIT - len(f"{start}{foot}".encode())) + foot


def _mark(fleet: str) -> str:
    """Format the first line of a comment, whatever the name of the folder contains."""
    return f"{MARK.removesuffix(' -->')}: {escape(fleet).replace('--', '&#45;&#45;').replace('>', '&gt;')} -->"


def _fit(text: str, room: int) -> str:
    """Keep as many lines as fit into `room` bytes. Plans are short enough; other texts may not be."""
    if len(text.encode()) <= room:
        return text
    cut = "\n\n… the rest is in the log of the job, or in a file stored with it."
    return text.encode()[: room - len(cut.encode())].decode(errors="ignore").rpartition("\n")[0] + cut


def post(request: PullRequest, body: str, *, create: bool) -> str:
    """Update the comment that begins with the same line; if there is none, create it only with `create`.

    Returns what was done: "updated", "posted", "nothing". Raises `ForbiddenError` and `ForgeError`.
    """
    if not request.headers:
        raise ForbiddenError("no token is set")
    number = _find_comment(request, body.partition("\n")[0])
    if number:
        _ask(request, f"{request.comment}/{number}", request.update, body)
        return "updated"
    if create:
        _ask(request, request.comments, "POST", body)
        return "posted"
    return "nothing"


def _find_comment(request: PullRequest, mark: str) -> int:
    """Find the number of the first comment that begins with this line; 0 if there is none."""
    for comment in _list_comments(request):
        is_ours = not request.bot or comment["user"]["type"] == "Bot"
        if is_ours and (comment["body"] or "").splitlines()[:1] == [mark]:
            return int(comment["id"])
    return 0


def _list_comments(request: PullRequest) -> Iterator[dict[str, Any]]:
    for number in itertools.count(1):
        comments = _ask(request, f"{request.comments}?per_page={PAGE}&page={number}")
        yield from comments
        if len(comments) < PAGE:
            return


class _OwnServer(urllib.request.HTTPRedirectHandler):
    """Follow only redirects of GET requests to the same server, so that no other server gets the token.

    urllib would send all headers to other servers, too, and turn a POST into a GET.
    """

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        same = urlsplit(newurl)[:2] == urlsplit(req.full_url)[:2]
        if not same or req.get_method() != "GET":
            raise urllib.error.HTTPError(req.full_url, code, f"{msg}, to {newurl}", headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


_SERVER = urllib.request.build_opener(_OwnServer)


def _ask(request: PullRequest, url: str, method: str = "GET", body: str = "") -> Any:
    data = json.dumps({"body": body}).encode() if body else None
    headers = {**request.headers, "Content-Type": "application/json", "User-Agent": "daskgen"}
    order = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - CI says where its server is
    try:
        with _SERVER.open(order, timeout=ANSWER_TIME) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        said = f"{method} {url}: {error.code} {error.reason}: {error.read(500).decode(errors='replace')}"
        raise (ForbiddenError if error.code in {401, 403} else ForgeError)(said) from None
    except (OSError, ValueError) as error:
        raise ForgeError(f"{method} {url}: {error}") from None
