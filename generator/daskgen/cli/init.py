"""`daskgen init`: make the repository of a fleet, or bring one up to date."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, get_args

import click

from daskgen.cli._say import say
from daskgen.cli._show import show
from daskgen.findings.problem import has_errors
from daskgen.outside import disk
from daskgen.outside.files import FLEET_FILE, Files
from daskgen.render.tree import render_fleet
from daskgen.spec.cluster import ENGINES
from daskgen.spec.load import load_fleet
from daskgen.starting.files import DELIVERERS, NONE, PLATFORMS, Answers, Forge, make_first_files, make_kept_files
from daskgen.starting.update import RECORD, Update, list_watched, read_record, update, write_record
from daskgen.words import enumerate_all


class Question(NamedTuple):
    """An option, and how it is asked for on a terminal."""

    text: str
    choices: tuple[str, ...] = ()
    only_if_delivered: bool = False

    @property
    def type(self) -> click.ParamType[Any]:
        """Return the type of the answer."""
        return click.Choice(self.choices) if self.choices else click.STRING


QUESTIONS: Mapping[str, Question] = {
    "platform": Question("Kind of Kubernetes", PLATFORMS),
    "engine": Question("Engine that creates the pods", tuple(ENGINES.variants)),
    "delivery": Question("Engine that delivers the fleet from Git", DELIVERERS),
    "repository": Question("Address of the repository, such as https://git.example.com/team/fleet.git", (), True),
    "forge": Question("Server whose CI reviews pull requests", get_args(Forge)),
    "owners": Question("Who reviews every change, such as @example/platform; empty for nobody"),
}
"""The fields of `Answers`, in the order in which they are asked."""


def _add_options(function: Any) -> Any:
    """Add an option for each question."""
    for name, question in reversed(list(QUESTIONS.items())):
        default = f"; by default, {Answers.model_fields[name].default}" if question.choices else ""
        text = str(Answers.model_fields[name].description).removesuffix(".")
        function = click.option(f"--{name}", type=question.type, help=f"{text}{default}.")(function)
    return function


@click.command("init", short_help="Make the repository of a fleet, or bring one up to date.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@_add_options
@click.option("--update", "is_update", is_flag=True, help="Merge what this daskgen makes anew with your edits.")
@click.pass_obj
def command(root: Path, /, folder: Path, is_update: bool, **given: str | None) -> int:
    """Make the repository of a fleet in FOLDER: settings, a first cluster, CI, pre-commit, CODEOWNERS and a README.

    On a terminal, asks for what no option says. Files that exist stay as they are. With --update, brings the files of
    an older daskgen up to date, and keeps every edit.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    if is_update:
        if chosen:
            raise click.UsageError(f"--update takes the answers of {RECORD}; edit them there")
        return bring_up_to_date(root / folder)
    if (root / folder / FLEET_FILE).exists():
        raise click.UsageError(f"{folder} is a fleet already; `daskgen init --update {folder}` brings it up to date")
    return start(root / folder, Answers.model_validate(_ask(chosen)))


def _ask(given: Mapping[str, str]) -> dict[str, str]:
    """Ask for what is not given, on a terminal; elsewhere the defaults hold."""
    answers = dict(given)
    for name, question in QUESTIONS.items():
        default = Answers.model_fields[name].default
        is_needed = not question.only_if_delivered or answers.get("delivery", NONE) != NONE
        if name in answers or not is_needed:
            continue
        if sys.stdin.isatty() and sys.stdout.isatty():
            suggested = None if question.only_if_delivered else default
            answers[name] = click.prompt(question.text, default=suggested, type=question.type)
        elif question.only_if_delivered:
            raise click.UsageError(f"--delivery {answers['delivery']} needs --{name}")
    return answers


def start(folder: Path, answers: Answers) -> int:
    """Write the files of a new fleet. Writes nothing if they would not render."""
    first, kept = make_first_files(answers), make_kept_files(answers)
    rendered = render_fleet(load_fleet(Files({path: text.encode() for path, text in first.items()})))
    if has_errors(rendered.problems):
        show(rendered.problems, "text", rendered, folder)
        return 1
    present = [path for path in [*first, *kept] if disk.read_bytes(folder, path) is not None]
    files = {path: text for path, text in {**first, **kept}.items() if path not in present}
    files[RECORD] = write_record(answers, {path: text for path, text in kept.items() if path in files})
    _write(folder, files)
    for path in files:
        say(f"  + {path}", err=True)
    if present:
        say(f"{enumerate_all(present)} existed and stayed as it was", err=True)
    say(f"next: {'; '.join(_list_next_steps(folder))}", err=True)
    return 0


def _list_next_steps(folder: Path) -> Iterator[str]:
    """List the commands that make the first commit."""
    whole = folder.resolve()
    if whole != Path.cwd():
        yield f"cd {folder}"
    if not any((above / ".git").exists() for above in (whole, *whole.parents)):
        yield "git init"
    yield from ("daskgen render", "git add .", "git commit")


def bring_up_to_date(folder: Path) -> int:
    """Merge what this version of daskgen makes with the files of a fleet."""
    data = disk.read_bytes(folder, RECORD)
    if data is None:
        raise click.UsageError(f"{folder} has no {RECORD}: `daskgen init` did not make this fleet")
    record = read_record(data)
    done = update(record, {path: disk.read_text(folder, path) for path in list_watched(record)})
    changes = _write(folder, done.files)
    for sign, paths in (("+", changes.missing), ("~", changes.changed)):
        for path in paths:
            say(f"  {sign} {path}", err=True)
    _report(done)
    return int(bool(done.conflicts))


def _write(folder: Path, files: Mapping[str, str]) -> disk.Changes:
    disk.make_folder(folder)
    return disk.write(folder, files, (), force=True)


def _report(done: Update) -> None:
    rows = {
        "merged with your edits": done.merged,
        "deleted or made by you, and left so": done.kept,
        "no longer made by daskgen; delete it if you do not need it": done.unused,
        "changed by both: solve what is between the marks <<<<<<< and >>>>>>>": done.conflicts,
    }
    for text, paths in rows.items():
        for path in paths:
            say(f"{path}: {text}", err=True)
    say("next: git diff; daskgen render", err=True)
