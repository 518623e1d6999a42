"""Kubeconfigs with which nothing can be reached."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from daskgen.outside.kubernetes import AccessError, connect


def test_a_kubeconfig_that_is_no_yaml_is_refused_and_not_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config"
    file.write_text("users: [{name: admin, user: {token: secret-of-mine: }}\n", encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(file))
    with pytest.raises(AccessError, match="the kubeconfig cannot be read as YAML, line 1") as raised:
        asyncio.run(connect(None))
    assert "secret-of-mine" not in str(raised.value)
