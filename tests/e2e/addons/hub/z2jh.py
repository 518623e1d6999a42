"""What the zero-to-jupyterhub chart gives the configuration of its hub: its values, by their paths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

VALUES = "/etc/jupyterhub/values.yaml"


def get_config(path: str, default: Any = None) -> Any:
    """Return the value at a path such as `singleuser.extraEnv`."""
    with Path(VALUES).open(encoding="utf-8") as file:
        value = yaml.safe_load(file)
    for key in path.split("."):
        if not isinstance(value, dict) or key not in value:
            return default
        value = value[key]
    return value
