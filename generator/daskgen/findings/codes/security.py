"""List the findings about security."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

SECURITY: Mapping[str, Code] = {
    "DG301": Code(
        "open scheduler",
        "Dask runs any code that clients send: everyone who can connect to a scheduler without TLS can run code on the "
        "workers. Policies limit the clients; waive the rule where they are enough.",
    ),
    "DG302": Code(
        "image is not pinned",
        "A tag such as latest may name another image later; scheduler, workers and notebooks then differ.",
    ),
    "DG303": Code(
        "dask with a known hole",
        "CVE-2026-23528 (GHSA-c336-7962-wfj2): a page of the dashboard runs code in the browser's Jupyter. Fixed in "
        "2026.1.1, and in 2025.9.2.",
    ),
    "DG304": Code("dask with a lesser hole", "The dashboard's fallback page has the same flaw before 2026.7.1."),
    "DG305": Code(
        "literal secret",
        "Everyone who can read the repository can read a committed secret, for ever. Refer to a Secret instead.",
    ),
    "DG306": Code("removed command", "dask-scheduler, dask-worker and dask-ssh are gone since distributed 2026.6.0."),
    "DG307": Code(
        "packages at start",
        "EXTRA_APT_PACKAGES, EXTRA_CONDA_PACKAGES and EXTRA_PIP_PACKAGES make every pod install software at every "
        "start. That needs root, a writable file system and the internet, and gives other versions each time.",
    ),
    "DG308": Code(
        "Jupyter on the scheduler", "`--jupyter` serves a shell on the dashboard's port, without a password."
    ),
    "DG309": Code(
        "no isolation", "Without NetworkPolicies every pod of the Kubernetes cluster can connect to the scheduler."
    ),
    "DG310": Code("pod loosened", "Pod Security `restricted`, which the namespace enforces, refuses such a pod."),
    "DG311": Code(
        "dashboard without TLS",
        "The dashboard shows code, logs and data. Without TLS, everyone on the network between it and the browser can "
        "read them.",
    ),
    "DG312": Code(
        "dashboard can stop workers",
        "The operator needs the scheduler's /api/v1, which has no password and is on the dashboard's port.",
    ),
}
