"""Report how a workload ran, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tabulate import tabulate

from daskgen.kubernetes.quantity import format_bytes
from daskgen.live.smoke import Smoke
from daskgen.live.state import Group
from daskgen.words import count, dump_json, escape, lay_lines

ALWAYS = ("python", "dask", "distributed")
"""Packages whose versions are always shown."""

Versions = Mapping[str, Mapping[str, str]]


def format_text(smoke: Smoke) -> str:
    """Format a paragraph: workers, versions, answer, throughput, times, and faults."""
    lines = [text for name, line in _describe(smoke) for text in f"{name:<10} {line}".split("\n")]
    verdict = "passed" if smoke.passed else f"failed: {'; '.join(_find_faults(smoke))}"
    return lay_lines([*lines, f"{smoke.state.name}: {verdict}"])


def format_json(smoke: Smoke) -> str:
    """Format one document: {apiVersion, kind, name, passed, faults, …} and the client's report."""
    document = {
        "apiVersion": "daskgen/v1",
        "kind": "Smoke",
        "name": smoke.state.name,
        "passed": smoke.passed,
        "faults": [] if smoke.passed else _find_faults(smoke),
        "via": smoke.via,
        "wanted": smoke.wanted,
        **smoke.report,
    }
    return dump_json(document)


def find_skew(versions: Versions) -> list[str]:
    """Find the packages whose versions differ between client, scheduler and workers."""
    packages = dict.fromkeys(package for side in versions.values() for package in side)
    return [package for package in packages if len({side.get(package) for side in versions.values()}) > 1]


def _describe(smoke: Smoke) -> Iterator[tuple[str, str]]:
    report = smoke.report
    if workers := report.get("workers"):
        threads = sum(worker["threads"] for worker in workers.values())
        memory = format_bytes(sum(worker["memory"] for worker in workers.values()))
        yield "workers", f"{len(workers)} of {smoke.wanted}: {count(threads, 'thread')}, {memory}"
    if versions := report.get("versions"):
        yield "versions", _describe_versions(versions, smoke.notebook)
    if report.get("answer"):
        yield from _describe_answer(report)
    if steps := report.get("steps"):
        yield "time", ", ".join(f"{name} {seconds:g} s" for name, seconds in steps.items())


def _describe_versions(versions: Versions, notebook: str) -> str:
    skew = find_skew(versions)
    if not skew:
        said = versions.get("scheduler", {})
        return ", ".join(f"{package} {said.get(package, '?')}" for package in ALWAYS) + ", the same everywhere"
    packages = [*ALWAYS, *(package for package in skew if package not in ALWAYS)]
    rows = [[who, *(escape(side.get(package, "-")) for package in packages)] for who, side in _group(versions).items()]
    table = tabulate(rows, headers=["", *packages], tablefmt="plain", disable_numparse=True)
    hint = f"; give notebook {notebook} an image with the versions of the scheduler" if notebook else ""
    return f"they differ{hint}\n" + "\n".join(f"           {line}" for line in table.splitlines())


def _group(versions: Versions) -> dict[str, Mapping[str, str]]:
    """Group workers with the same versions into one row."""
    workers = [side for who, side in versions.items() if who not in ("client", "scheduler")]
    kinds = {tuple(sorted(side.items())): side for side in workers}
    rows = {who: versions[who] for who in ("client", "scheduler") if who in versions}
    return rows | {f"{count(workers.count(side), 'worker')}": side for side in kinds.values()}


def _describe_answer(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    answer = report["answer"]
    name, seconds = list(report["steps"].items())[-1]
    said = f"{answer['value']:.10g}" if isinstance(answer["value"], int | float) else str(answer["value"])
    if answer["expected"] is not None:
        expected = f"{answer['expected']:.10g}" + (f" ± {answer['tolerance']:.2g}" if answer["tolerance"] else "")
        said += f", expected {expected}: {'right' if answer['right'] else 'WRONG'}"
    yield name, said
    rate = (
        f"{answer['items']:,} numbers, {answer['items'] / max(seconds, 0.01):,.0f} a second; "
        if answer["items"]
        else ""
    )
    yield "throughput", f"{rate}{count(report['tasks'], 'task')} on {count(report['took part'], 'worker')}"


def _find_faults(smoke: Smoke) -> list[str]:
    report = smoke.report
    faults = [smoke.failure, report.get("error", "")]
    if report and (skew := find_skew(report.get("versions", {}))) and report["error"]:
        faults.append(f"versions of {', '.join(skew)} differ, which may be the cause")
    few = len(report.get("workers", ())) < smoke.wanted
    if report and few:
        faults.append(f"{len(report.get('workers', ()))} of {count(smoke.wanted, 'worker')} are connected")
    if few and smoke.via:
        faults += _describe_shortages(smoke.state.workers)
    if not report.get("answer", {}).get("right", True):
        faults.append("the answer is wrong")
    return [fault for fault in faults if fault]


def _describe_shortages(groups: Iterable[Group]) -> Iterator[str]:
    """Say which groups of workers have too few pods that are ready, and why."""
    for group in groups:
        short = [f"{group.title}: {group.ready} of {count(group.wanted, 'pod')} ready"] * (group.ready < group.wanted)
        yield from group.described_troubles or short
