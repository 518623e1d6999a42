"""Prints how many secrets DG305 finds by their form, and how often it is wrong: `python scripts/secret_rates.py`.

The examples have the forms of real secrets, and open nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.rules.secrets import holds_secret

B64, HEX, WORD = "Zm9vYmFy" * 12, "0123456789abcdef" * 4, "abcdefghij" * 6

SHAPES: Mapping[str, str] = {
    "AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "AWS secret": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYab",
    "GitHub": "ghp_" + WORD[:36],
    "GitHub, fine": "github_pat_" + WORD[:40],
    "GitLab": "glpat-" + WORD[:20],
    "Google": "AIza" + WORD[:35],
    "Google OAuth": "GOCSPX-" + WORD[:28],
    "Slack": "xoxb-" + WORD[:20],
    "Slack hook": "https://hooks.slack.com/services/T0000/B0000/" + WORD[:20],
    "Hugging Face": "hf_" + WORD[:34],
    "npm": "npm_" + WORD[:36],
    "PyPI": "pypi-AgE" + WORD,
    "Databricks": "dapi" + HEX[:32],
    "DigitalOcean": "dop_v1_" + HEX,
    "OpenAI": "sk-" + WORD[:40],
    "Stripe": "sk_" + "live_" + WORD[:24],
    "SendGrid": "SG." + WORD[:22] + "." + WORD[:43],
    "Vault": "hvs." + WORD[:24],
    "Docker Hub": "dckr_pat_" + WORD[:27],
    "Grafana": "glsa_" + WORD[:32] + "_0a1b2c3d",
    "age": "AGE-SECRET-KEY-1" + WORD[:58].upper(),
    "Azure account": "DefaultEndpointsProtocol=https;AccountKey=" + B64,
    "Azure signature": "https://x.blob.core.windows.net/a?sv=1&sig=" + WORD[:40],
    "token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0In0." + WORD[:20],
    "bearer": "Authorization: Bearer " + WORD[:30],
    "basic": "Authorization: Basic " + B64[:24],
    "key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "address": "postgresql://dask:" + "hunter2@db/x",
    "option": "--password=hunter2x",
    "words": "correct horse battery staple",
}

HARMLESS = (
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
    "Authorization: Bearer $(TOKEN)",
    "arn:aws:iam::123456789012:role/dask-reader",
    "projects/data/secrets/dask/versions/3",
    "ssh://git@git.example.com/team/fleet.git",
    "0b0d3a4e-2f6f-4a53-9d53-0c4f8d1d6a10",
    "SG.example.com",
    "a description of the secret that the vault holds",
)


def measure() -> tuple[list[str], list[str]]:
    """Return the shapes of secrets that are not found, and the harmless texts that are."""
    missed = [name for name, text in SHAPES.items() if not holds_secret(text)]
    return missed, [text for text in HARMLESS if holds_secret(text)]


def main() -> None:
    """Print both rates."""
    missed, wrong = measure()
    print(f"found: {len(SHAPES) - len(missed)} of {len(SHAPES)} forms of secrets; not {', '.join(missed)}")
    print(f"wrong: {len(wrong)} of {len(HARMLESS)} texts that are none")


if __name__ == "__main__":
    main()
