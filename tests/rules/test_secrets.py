"""What is found to be a secret, wherever a spec holds it, and what only looks like one. The examples open nothing."""

from __future__ import annotations

from typing import Any

import pytest

from support.judging import find_codes

B64, HEX, WORD = "Zm9vYmFy" * 12, "0123456789abcdef" * 4, "abcdefghij" * 6

SHAPES = {
    "AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "GitHub": "ghp_" + WORD[:36],
    "GitHub, fine": "github_pat_" + WORD[:40],
    "GitLab": "glpat-" + WORD[:20],
    "Google": "AIza" + WORD[:35],
    "Slack": "xoxb-" + WORD[:20],
    "Slack hook": "https://hooks.slack.com/services/T0000/B0000/" + WORD[:20],
    "Hugging Face": "hf_" + WORD[:34],
    "npm": "npm_" + WORD[:36],
    "PyPI": "pypi-AgE" + WORD,
    "Databricks": "dapi" + HEX[:32],
    "DigitalOcean": "dop_v1_" + HEX,
    "OpenAI": "sk-" + WORD[:40],
    "Azure account": "DefaultEndpointsProtocol=https;AccountKey=" + B64,
    "Azure signature": "https://x.blob.core.windows.net/a?sv=1&sig=" + WORD[:40],
    "token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + WORD[:20],
    "key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "address": "postgresql://dask:" + "hunter2@db/x",
}

HARMLESS = [
    "https://login.example.com/realms/data",
    "s3://bucket/folder?versionId=3",
    "sha256:" + HEX,
    "ghcr.io/dask/dask:2026.8.0-py3.12@sha256:" + HEX,
    "--token-file=/run/secrets/token",
    "--password=$(DB_PASSWORD)",
    "--password=/run/secrets/password",
    "--no-secret=true",
    "tcp://scheduler:8786",
    "risk-assessment-of-the-whole-fleet-of-clusters",
    "kubernetes.io/metadata.name",
    "task-stream, work-stealing and sk-learn",
    "user@example.com",
    "http://$(USER):$(PASSWORD)@proxy:3128",
]


def place(text: str) -> list[dict[str, Any]]:
    """The places of a spec that can hold a text."""
    return [
        {"env": {"SETTING": text}},
        {"config": {"distributed": {"setting": text}}},
        {"workers": [{"annotations": {"example.com/note": text}}]},
        {"workers": [{"args": ["--preload-argv", text]}]},
        {
            "patches": [
                {
                    "target": {"kind": "Deployment", "name": "worker"},
                    "patch": {"metadata": {"annotations": {"a/b": text}}},
                }
            ]
        },
    ]


@pytest.mark.parametrize("shape", SHAPES)
def test_a_secret_is_found_wherever_it_stands(shape: str) -> None:
    missed = [fields for fields in place(SHAPES[shape]) if "DG305" not in find_codes(**fields)]
    assert missed == []


@pytest.mark.parametrize("option", ["--password=hunter2x", "--db-token=abcdef123", "--s3.secret=hunter2x"])
def test_an_option_that_holds_a_secret(option: str) -> None:
    assert "DG305" in find_codes(workers=[{"args": [option]}])


@pytest.mark.parametrize("text", HARMLESS)
def test_what_looks_like_a_secret_is_none(text: str) -> None:
    wrong = [fields for fields in place(text) if "DG305" in find_codes(**fields)]
    assert wrong == []
