"""Change functions a little and run the tests of their room: what no test notices is printed.

`python scripts/mutants.py` takes the modules that differ from main, `--since REF` those that differ from another
commit, and `python scripts/mutants.py daskgen.plan.fleet …` the modules that are named. Exits 1 if a mutant survives.

mutmut finds a package only under src/, so it works on a copy of the repository in which generator/ is called src/.
It does not change constants of modules. Tests that take another user's rights cannot load it, and are left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPY = ROOT / "build" / "mutants"
PACKAGE = "generator/"

MESSAGES = "tests/findings/test_bad.py"
"""Tests of what every room reports."""

SETTINGS = """
[tool.mutmut]
source_paths = ["src"]
only_mutate = [{files}]
also_copy = [{copied}]
pytest_add_cli_args = ["-q", "-p", "no:cacheprovider", "-m", "not tools", "-k", "not folder_that_may_not"]
pytest_add_cli_args_test_selection = [{tests}]
use_git_change_detection = false
"""


def main(arguments: Sequence[str]) -> int:
    """Test mutants, room by room."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("modules", nargs="*", help="such as daskgen.plan.delivery_edit")
    parser.add_argument("--since", default="main", metavar="REF", help="default: main")
    options = parser.parse_args(arguments)
    modules = options.modules or sorted(find_changed(options.since))
    if not modules:
        print(f"no module differs from {options.since}; name one, such as daskgen.plan.delivery_edit")
    survivors = [line for tests, chosen in group_by_tests(modules).items() for line in find_survivors(tests, chosen)]
    print(f"{len(survivors)} mutants survive", *survivors, sep="\n")
    return int(bool(survivors))


def find_changed(reference: str) -> Iterator[str]:
    """Find the modules that differ from where this branch left `reference`."""
    base = ask_git("merge-base", "HEAD", reference).strip()
    for path in ask_git("diff", "--name-only", "--diff-filter=d", base, "--", f"{PACKAGE}*.py").splitlines():
        yield path.removeprefix(PACKAGE).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def group_by_tests(modules: Iterable[str]) -> Mapping[tuple[str, ...], list[str]]:
    """Group modules by the tests of their room: those of daskgen.plan.delivery_edit are in tests/plan."""
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for module in modules:
        _, room, *_ = f"{module}.".split(".")
        found = [path for path in (f"tests/{room}", f"tests/test_{room}.py") if room and (ROOT / path).exists()]
        groups[(*found, MESSAGES) if found else ("tests",)].append(module)
    return groups


def find_survivors(tests: Sequence[str], modules: Sequence[str]) -> Iterator[str]:
    """Mutate modules in a new copy of the repository, and find what the tests do not notice, as diffs."""
    copy_repository()
    write_settings(tests, [find_file(module) for module in modules])
    run_mutmut("run")
    lines = (line.strip().partition(": ") for line in run_mutmut("results", capture=True).splitlines())
    yield from show([name for name, _, state in lines if state in {"survived", "no tests"}])


def show(names: Sequence[str]) -> list[str]:
    """Show mutants as diffs; `mutmut show` takes one at a time, and seconds for each."""
    program = "import sys; from mutmut.mutation.diff_apply import get_diff_for_mutant as show\n"
    program += "print(*(f'{name}\\n{show(name)}\\0' for name in sys.argv[1:]))"
    command = [sys.executable, "-c", program, *names]
    said = subprocess.run(command, cwd=COPY, check=True, text=True, capture_output=True).stdout
    return said.split("\0")[:-1]


def find_file(module: str) -> str:
    """Find the file of a module in the copy."""
    path = "src/" + module.replace(".", "/")
    return f"{path}/*" if (COPY / path).is_dir() else f"{path}.py"


def copy_repository() -> None:
    """Copy every file that Git knows or would add."""
    shutil.rmtree(COPY, ignore_errors=True)
    for name in ask_git("ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        target = COPY / ("src/" + name.removeprefix(PACKAGE) if name.startswith(PACKAGE) else name)
        if (ROOT / name).is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    (COPY / "generator").symlink_to("src")  # tests read data there
    (COPY / "mutants" / "src").mkdir(parents=True)  # Python remembers folders of PYTHONPATH that do not exist


def write_settings(tests: Sequence[str], files: Sequence[str]) -> None:
    """Add mutmut's settings to the copy's pyproject.toml."""
    others = {"src", "tests", "mutants", "pyproject.toml"}
    copied = sorted(path.name for path in COPY.iterdir() if path.name not in others)
    settings = SETTINGS.format(tests=quote(tests), files=quote(files), copied=quote(copied))
    with (COPY / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write(settings)


def quote(names: Iterable[str]) -> str:
    """Write names as the items of a list in TOML."""
    return ", ".join(f'"{name}"' for name in names)


def run_mutmut(*arguments: str, capture: bool = False) -> str:
    """Run mutmut on the copy; tests run commands in their process, so that mutmut knows what they reach."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    environment = os.environ | {"PYTHONPATH": str(COPY / "mutants" / "src"), "DASKGEN_TEST_IN_PROCESS": "1"}
    output = subprocess.PIPE if capture else None
    return subprocess.run(command, cwd=COPY, env=environment, check=True, text=True, stdout=output).stdout or ""


def ask_git(*arguments: str) -> str:
    """Run Git in the repository."""
    return subprocess.run(["git", "-C", ROOT, *arguments], check=True, capture_output=True, text=True).stdout  # noqa: S607


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
