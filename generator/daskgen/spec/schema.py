"""Write the JSON schemas of the spec, which editors use for completion and checks."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from daskgen.spec.cluster import Cluster
from daskgen.spec.fleet import Fleet

COMMENT = "Made by daskgen. Editors read it; see the first line of clusters/*.yaml."


def make_schemas() -> dict[str, str]:
    """Return the text of every schema, by file name."""
    return {"cluster.json": _write(Cluster), "fleet.json": _write(Fleet)}


def _write(model: type[BaseModel]) -> str:
    schema: dict[str, Any] = model.model_json_schema()
    # A profile may set what the file does not.
    schema.pop("required", None)
    head = {"$comment": COMMENT, "$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"
