"""Makes the parts of docs/ that are tables of facts in the code: `python scripts/make_docs.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from daskgen.findings.codes import CODES
from daskgen.kubernetes.scanners import WAIVERS
from daskgen.spec.schema import make_schemas

DOCS = Path(__file__).parents[1] / "docs"

PROBLEMS = """\
# What daskgen finds

`daskgen explain CODE` prints a row of this page. Codes that begin with DG2 and DG3 are rules about a cluster; a cluster
can waive one with a reason, and the output says so:

```yaml
waive:
- rule: DG301
  reason: a laboratory network without other users, and no data of value
```

"""

SPEC = """\
# The fields of a spec

Made from the models by `scripts/make_docs.py`; editors show the same from `schema/cluster.json`. Names are those of
Kubernetes and Dask where they have one. A dot leads into a map, `[]` into a list, `{}` into a map with your own names.

Every file under clusters/ that ends in `.yaml` is a cluster, in folders too. What ends in `.yml`, `.json` or another
spelling of `.yaml` is refused, and so are links, files of more than 1 MiB, and names with characters that cannot be
shown. Everything else, and all that begins with a dot, is passed over and named: README.md, .gitkeep, backups.
"""


SCANNERS = """\
# Scanners

Made from `kubernetes/scanners.py` by `scripts/make_docs.py`.

`make scan` has checkov and kube-score read the manifests of every example and of every golden tree, with the pods that
the operator creates of its custom resources. They find nothing, except about containers and patches that people write
into specs, which `tests/scanners/test_scanners.py` lists.

Where daskgen decides otherwise than a check, it annotates the object, so that your own scanners pass too. All of these:

| check of checkov | check of kube-score | why it is waived |
|---|---|---|
"""

SCANNERS_END = """
An annotation is for the whole object, so it also covers containers that you add to its pods. checkov's CKV_K8S_43, that
images have a digest, is not waived: [`daskgen pin`](images.md#pin-images-by-digest) writes them into the specs.
"""

INTRODUCTIONS = {
    "Fields of every pod": "`scheduler`, each element of `workers` and `job` have these fields besides their own.\n\n",
    "Logins of the dashboard": "`expose.dashboard.auth` of the kinds gateway, ingress and route; "
    "[security.md](security.md) shows them.\n\n",
}

HEAD = "| field | what it is | default |\n|---|---|---|\n"

AUTH = "expose.dashboard.auth"
LOGINS = (f"`{AUTH}.", f"`{AUTH}` **")
"""How the rows of logins begin."""

PODS = ("scheduler", "workers[]", "job")
"""Where a spec describes a pod."""


class Row(NamedTuple):
    """A row of a table: a field, what it is, and its default."""

    name: str
    text: str
    default: str


def main() -> None:
    """Write every page."""
    for name, text in make().items():
        (DOCS / name).write_text(text, encoding="utf-8")


def make() -> dict[str, str]:
    """Return the text of every page, by file name."""
    schemas = make_schemas()
    cluster, fleet = (find_rows(schema, schema, "") for schema in map(json.loads, schemas.values()))
    own, shared = split_pods(list(cluster))
    own, logins = split_logins(own)
    tables = {
        "clusters/NAME.yaml": own,
        "Fields of every pod": shared,
        "Logins of the dashboard": logins,
        "daskgen.yaml": list(fleet),
    }
    pages = "".join(
        f"\n## {title}\n\n{INTRODUCTIONS.get(title, '')}{write_table(rows)}" for title, rows in tables.items()
    )
    rows = "".join(f"## {code}: {row.title}\n\n{row.text}\n\n" for code, row in CODES.items())
    waivers = "".join(f"| {waiver.checkov} | {waiver.kube_score} | {waiver.reason} |\n" for waiver in WAIVERS)
    return {
        "problems.md": PROBLEMS + rows.rstrip() + "\n",
        "scanners.md": SCANNERS + waivers + SCANNERS_END,
        "spec.md": SPEC + pages,
    }


def write_table(rows: list[Row]) -> str:
    """Write a row for each field at any depth."""
    return HEAD + "".join(f"| {row.name} | {row.text} | {row.default} |\n" for row in rows)


def split_pods(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Take the fields that scheduler, workers and job share out of the rows of a cluster, and return them once."""
    shorts = [{shorten(row) for row in rows if row.name.startswith(f"`{pod}.")} for pod in PODS]
    shared = set.intersection(*shorts)
    own = [row for row in rows if shorten(row) == row or shorten(row) not in shared]
    return own, list(dict.fromkeys(shorten(row) for row in rows if shorten(row) in shared))


def split_logins(rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Take the fields of logins, which every exposure at a host has, out of the rows, and return them once."""
    blocks = [(is_login, list(block)) for is_login, block in groupby(rows, lambda row: row.name.startswith(LOGINS))]
    own = [row for is_login, block in blocks if not is_login for row in block]
    first = next(block for is_login, block in blocks if is_login)
    return own, [row._replace(name=row.name.replace(f"`{AUTH}", "`auth", 1)) for row in first]


def shorten(row: Row) -> Row:
    """Return the row of a pod's field under the name that it has in every pod; others as they are."""
    pod = next((pod for pod in PODS if row.name.startswith(f"`{pod}.")), "")
    return row._replace(name=row.name.replace(f"`{pod}.", "`", 1)) if pod else row


def find_rows(schema: dict[str, Any], node: dict[str, Any], prefix: str) -> Iterator[Row]:
    """Find the rows of the fields of a map; of each variant's, if it is one of several."""
    for name, field in node.get("properties", {}).items():
        if name == "kind" and "const" in field:
            continue
        default = json.dumps(field["default"]) if "default" in field else ""
        shown = f"`{default}`" if default and len(default) < 40 and default not in ("null", "{}", "[]") else ""
        yield Row(f"`{prefix}{name}`", field.get("description", ""), shown)
        yield from find_inner(schema, field, f"{prefix}{name}")


def find_inner(schema: dict[str, Any], field: dict[str, Any], prefix: str) -> Iterator[Row]:
    """Find the rows of what a field holds."""
    if "$ref" in field:
        yield from find_rows(schema, schema["$defs"][field["$ref"].rpartition("/")[2]], f"{prefix}.")
    for kind, reference in field.get("discriminator", {}).get("mapping", {}).items():
        inner = schema["$defs"][reference.rpartition("/")[2]]
        rows = list(find_rows(schema, inner, f"{prefix}."))
        if kind != "none" or rows:
            yield Row(f"`{prefix}` **kind: {kind}**", inner.get("description", ""), "")
            yield from rows
    options = field.get("anyOf", [])
    for option in options:
        if option.get("items") not in options:  # a list that its one element may stand for
            yield from find_inner(schema, option, prefix)
    if isinstance(field.get("items"), dict):
        yield from find_inner(schema, field["items"], f"{prefix}[]")
    for inner in field.get("patternProperties", {}).values():
        yield from find_inner(schema, inner, prefix + ".{}")


if __name__ == "__main__":
    main()
