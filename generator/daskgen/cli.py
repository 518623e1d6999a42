"""The command line: parses, and calls what the commands do. Loads them only when they are called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from daskgen import __version__
from daskgen.comment_cli import comment
from daskgen.findings.codes import CODES
from daskgen.findings.problem import DaskgenError, ProblemsError, suggest
from daskgen.import_cli import import_
from daskgen.live_cli import connect, context_option, smoke, status


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
            _commands("choose").show(error.problems, "text")
            code = error.exit_code
        except DaskgenError as error:
            click.echo(f"daskgen: {error}", err=True)
            code = error.exit_code
        except BrokenPipeError:
            # The reader has gone: nobody is left to tell, and flushing at the end would fail again.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        except Exception:  # a bug: show where
            click.echo("daskgen: this is a bug in daskgen; please report what follows", err=True)
            sys.excepthook(*sys.exc_info())
            code = 3
        sys.exit(code or 0)


def _commands(name: str) -> Any:
    """A module of the commands; `daskgen --help` needs none of them, and each needs few others."""
    return import_module(f"daskgen.commands.{name}")


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


FORMATS = ("text", "json", "github", "gitlab", "sarif")

format_option = click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", help="How problems are printed."
)
jobs_option = click.option(
    "-j", "--jobs", type=click.IntRange(1), default=os.cpu_count(), help="Processes for large fleets."
)
only_option = click.option("--only", multiple=True, metavar="NAME", help="This cluster only; may be repeated.")


@cli.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if files are not what the spec gives.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change, and exit 1 if anything would.")
@click.option("--stdout", metavar="NAME", help="Print a cluster's full manifests, for kubectl apply -f -.")
@only_option
@click.option(
    "--allow-delete", "allowed", multiple=True, metavar="NAME", help="Let this cluster vanish; may be repeated."
)
@jobs_option
@format_option
@click.pass_obj
def render(
    root: Path,
    check: bool,
    diff: bool,
    stdout: str | None,
    only: tuple[str, ...],
    allowed: tuple[str, ...],
    jobs: int,
    form: str,
) -> int:
    """Write base/ and overlays/ as the files under clusters/ say.

    Writes nothing if a cluster would vanish, unless --allow-delete, `removed` in daskgen.yaml or `renamedFrom` in the
    cluster that replaces it says that this is meant.
    """
    if stdout:
        return int(_commands("render").print_manifests(root, stdout))
    if check or diff:
        return int(_commands("render").compare(root, only, allowed, jobs, form, diff=diff))
    return int(_commands("render").render(root, only, allowed, jobs, form))


@cli.command()
@only_option
@jobs_option
@format_option
@click.pass_obj
def check(root: Path, only: tuple[str, ...], jobs: int, form: str) -> int:
    """Prove the fleet: rules, files on disk, kustomize build equal to the truth, kubeconform strict."""
    return int(_commands("check").check(root, only, jobs, form))


@cli.command()
@click.option("--base", metavar="REF", help="Compare with this revision; by default, with where this branch left main.")
@click.option("--live", is_flag=True, help="Compare with what runs instead, by server-side dry runs.")
@context_option
@only_option
@click.option("--format", "form", type=click.Choice(("text", "markdown", "json")), default="text")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the report, however long, to this file.",
)
@click.pass_obj
def plan(
    root: Path,
    base: str | None,
    live: bool,
    context: str | None,
    only: tuple[str, ...],
    form: str,
    output: Path | None,
) -> int:
    """Say what merging does to clusters that run: what restarts, what scales, what is lost.

    Compares the specs as they are here with those of a Git revision, both as this daskgen renders them; or with what
    runs, which nothing is done to. Markdown is a comment that GitHub takes: what is too long for one is only in the
    file of --output.

    Exits 0 if nothing happens, 1 if anything does, 2 if that cannot be told, as specs have errors.
    """
    if live and base:
        raise click.UsageError("--base compares with Git and --live with what runs: give one of them")
    if context and not live:
        raise click.UsageError("--context is for --live")
    if live:
        return int(_commands("plan").plan_live(root, only, context, form, output))
    return int(_commands("plan").plan(root, only, base, form, output))


@cli.command()
def tools() -> int:
    """Show which kustomize and kubeconform are used, and why."""
    from daskgen.outside import tools as programs  # noqa: PLC0415 - as above

    for name in programs.PINS:
        tool = programs.find(name)
        click.echo(f"{tool.name} {tool.version}  {tool.path}  ({tool.how})")
        for reason in tool.passed_over:
            click.echo(f"  passed over: {reason}")
    return 0


@cli.command()
@click.argument("what", required=False, metavar="[CODE|NAME]")
@click.argument("field", required=False)
@click.pass_obj
def explain(root: Path, what: str | None, field: str | None) -> int:
    """Say what is behind a finding, such as DG301, or behind a value: `explain prod workers.0.memory`.

    Of a value: who wrote it, and every place in the rendered objects that depends on it. Without arguments, list the
    codes.
    """
    if what and field:
        return int(_commands("explain").explain(root, what, field))
    if not what:
        click.echo("\n".join(f"{name}  {row.title}" for name, row in CODES.items()))
        return 0
    if what.upper() not in CODES:
        raise click.UsageError(f"there is no {what}; {suggest(what, CODES, 'daskgen explain lists them')}")
    row = CODES[what.upper()]
    click.echo(f"{what.upper()}: {row.title}\n\n{row.text}")
    return 0


cli.add_command(comment)
cli.add_command(import_)
cli.add_command(connect)
cli.add_command(smoke)
cli.add_command(status)


def main() -> NoReturn:
    """Run the command line."""
    cli.main()


if __name__ == "__main__":
    main()
