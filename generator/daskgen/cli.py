"""The command line: parses, calls, prints, exits. The only place that prints."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

import click

from daskgen import __version__, disk
from daskgen.changes import find_diffs, find_problems
from daskgen.codes import CODES
from daskgen.disk import Changes
from daskgen.emit import dump_all
from daskgen.layers.truth import as_objects, personalize
from daskgen.problems import DaskgenError, Problem, ProblemsError, has_errors
from daskgen.report import FORMATS, count, format_text, summarize
from daskgen.review import prepare
from daskgen.spec.load import LoadedFleet, find_clusters, load_fleet
from daskgen.tree import CHUNK, ROOMS, Rendering, render_fleet

FEW = 4 * CHUNK
"""Up to so many clusters are rendered sooner than a second process starts."""


class Commands(click.Group):
    """Ends as the exit codes say, whatever happens."""

    def main(self, *arguments: Any, **options: Any) -> NoReturn:
        """Run a command, and turn what it raises into words and an exit code."""
        try:
            code = super().main(*arguments, **{**options, "standalone_mode": False})
        except click.ClickException as error:
            error.show()
            code = error.exit_code
        except (click.Abort, KeyboardInterrupt):
            click.echo("daskgen: interrupted", err=True)
            code = 130
        except ProblemsError as error:
            _show(error.problems, "text")
            code = error.exit_code
        except DaskgenError as error:
            click.echo(f"daskgen: {error}", err=True)
            code = error.exit_code
        except BrokenPipeError:
            sys.stdout = None  # the reader has gone; there is nobody to tell
            code = 0
        except Exception:  # a bug: show where
            click.echo("daskgen: this is a bug in daskgen; please report what follows", err=True)
            sys.excepthook(*sys.exc_info())
            code = 3
        sys.exit(code or 0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="daskgen")
@click.option(
    "-C", "--root", type=click.Path(path_type=Path, file_okay=False), default=".", help="Folder of the fleet."
)
@click.pass_context
def cli(context: click.Context, root: Path) -> None:
    """Dask clusters as typed YAML in Git, rendered to checked kustomize overlays.

    Exit codes: 0 fine, 1 problems or differences, 2 wrong usage or a tool that is missing or failed, 3 a bug in
    daskgen, 130 interrupted.
    """
    context.obj = root


format_option = click.option(
    "--format", "form", type=click.Choice(list(FORMATS)), default="text", help="How problems are printed."
)
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Processes for large fleets."
)
only_option = click.option("--only", multiple=True, metavar="NAME", help="This cluster only; may be repeated.")


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if files are not what the spec gives.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, and exit 1 if anything would.")
@click.option("--stdout", "stdout", metavar="NAME", help="Print a cluster's full manifests, for kubectl apply -f -.")
@only_option
@jobs_option
@format_option
@click.pass_obj
def render(root: Path, check: bool, diff: bool, stdout: str | None, only: tuple[str, ...], jobs: int, form: str) -> int:
    """Write base/ and overlays/ as the files under clusters/ say."""
    fleet = load_fleet(root)
    if stdout:
        return _print_manifests(fleet, root, stdout)
    rendering = _render(fleet, root, only, jobs)
    if has_errors(rendering.problems):
        _show(rendering.problems, form, rendering)
        return 1
    if check or diff:
        return _compare(root, rendering, only, diff=diff, form=form)
    changes = disk.write(root, rendering.tree, _rooms(only))
    _show(rendering.problems, form, rendering)
    click.echo(summarize(rendering, changes, root), err=True)
    return 0


@cli.command()
@only_option
@jobs_option
@format_option
@click.pass_obj
def check(root: Path, only: tuple[str, ...], jobs: int, form: str) -> int:
    """Prove the fleet: rules, files on disk, kustomize build equal to the truth, kubeconform strict."""
    from daskgen.checks.proof import prove  # noqa: PLC0415 - proving loads much that rendering does not need

    fleet = load_fleet(root)
    rendering = _render(fleet, root, only, jobs)
    problems = list(rendering.problems)
    if not has_errors(problems):
        problems += find_problems(disk.compare(root, rendering.tree, _rooms(only)))
        names = set(only or rendering.clusters)
        clusters = [it for file in find_clusters(root)[0] if (it := prepare(fleet, root, file)).name in names]
        problems += prove(rendering.tree, clusters, fleet.fleet.kubernetes)
        click.echo(_conclude(problems, len(clusters), fleet.fleet.kubernetes), err=True)
    _show(sorted(problems), form, rendering)
    return int(has_errors(problems))


@cli.command()
def tools() -> int:
    """Show which kustomize and kubeconform are used, and why."""
    from daskgen import tools as programs  # noqa: PLC0415 - as above

    for name in programs.PINS:
        tool = programs.find(name)
        click.echo(f"{tool.name} {tool.version}  {tool.path}  ({tool.how})")
        for reason in tool.passed_over:
            click.echo(f"  passed over: {reason}")
    return 0


@cli.command()
@click.argument("code", required=False)
def explain(code: str | None) -> int:
    """Say what is behind a finding, such as DG301; without a code, list them all."""
    if not code:
        click.echo("\n".join(f"{name}  {row.title}" for name, row in CODES.items()))
        return 0
    if code.upper() not in CODES:
        near = get_close_matches(code.upper(), CODES, 1)
        raise click.UsageError(f"there is no {code}" + (f"; did you mean {near[0]}?" if near else ""))
    row = CODES[code.upper()]
    click.echo(f"{code.upper()}: {row.title}\n\n{row.text}")
    return 0


def _render(fleet: LoadedFleet, root: Path, only: Sequence[str], jobs: int) -> Rendering:
    with _pool(len(find_clusters(root)[0]), jobs) as executor:
        rendering = render_fleet(fleet, root, executor, only)
    for name in set(only) - set(rendering.clusters):
        _refuse_name(name, rendering.clusters)
    return rendering


def _refuse_name(name: str, known: Sequence[str]) -> NoReturn:
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
    raise click.UsageError(f"there is no cluster {name}; {hint}")


@contextmanager
def _pool(clusters: int, jobs: int) -> Iterator[Executor | None]:
    if clusters <= FEW or jobs == 1:
        yield None
        return
    with ProcessPoolExecutor(jobs) as executor:
        yield executor


def _rooms(only: Sequence[str]) -> list[str]:
    return [f"overlays/{name}" for name in only] or list(ROOMS)


def _compare(root: Path, rendering: Rendering, only: Sequence[str], *, diff: bool, form: str) -> int:
    changes = disk.compare(root, rendering.tree, _rooms(only))
    problems = sorted([*rendering.problems, *find_problems(changes)])
    if diff:
        for text in find_diffs(root, rendering.tree, changes):
            click.echo(text)
    else:
        _show(problems, form, rendering)
    click.echo(_describe_check(changes), err=True)
    return int(changes.any)


def _describe_check(changes: Changes) -> str:
    if not changes.any:
        return f"{changes.unchanged} files are what the spec gives"
    counts = {
        "missing": changes.missing,
        "changed": changes.changed,
        "stale": changes.stale,
        "foreign": changes.foreign,
    }
    return ", ".join(f"{len(paths)} {word}" for word, paths in counts.items() if paths)


def _conclude(problems: Sequence[Problem], clusters: int, version: str) -> str:
    proved = count(clusters, "cluster")
    if has_errors(problems):
        return f"{count(len(problems), 'problem')} in {proved}"
    return f"{proved}: kustomize builds what is expected, and all of it is valid for Kubernetes {version}"


def _print_manifests(fleet: LoadedFleet, root: Path, name: str) -> int:
    prepared = [prepare(fleet, root, file) for file in find_clusters(root)[0]]
    chosen = next((it for it in prepared if it.name == name), None)
    if not chosen:
        _refuse_name(name, [it.name for it in prepared])
    if has_errors(chosen.problems):
        raise ProblemsError(chosen.problems)
    click.echo(dump_all(as_objects(personalize(chosen.resources, chosen.identity))), nl=False)
    return 0


def _show(problems: Sequence[Problem], form: str, rendering: Rendering | None = None) -> None:
    waived = rendering.waived if rendering else ()
    if form == "text":
        text = format_text(problems, waived, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ)
    else:
        text = FORMATS[form](problems, waived)
    if text:
        click.echo(text)


def main() -> NoReturn:
    """Run the command line."""
    cli.main()


if __name__ == "__main__":
    main()
