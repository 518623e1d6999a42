"""Define where a fleet is kept: the address of a repository, a branch or tag, and a folder."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from daskgen.model import Text, refuse


def _check_address(address: str) -> str:
    # The address is not shown: it may hold a password.
    if not re.fullmatch(r"(https?|ssh|oci)://[^\s/]+(/\S*)?|[\w.-]+@[\w.-]+:\S+", address):
        raise refuse("is not the address of a repository", "write it like https://git.example.com/team/fleet.git")
    return address


def _check_revision(revision: str) -> str:
    """Check the name as Git does: https://git-scm.com/docs/git-check-ref-format."""
    if re.search(r"[\s~^:?*\[\\\x00-\x1f]|\.\.|^[-/.]|[/.]$", revision):
        raise refuse(f"{revision} is not the name of a branch or tag", "write it without refs/heads/")
    return revision


def _check_folder(path: str) -> str:
    parts = path.split("/") if path else []
    if not all(re.fullmatch(r"[-.\w]+", part, re.ASCII) and part.strip(".") for part in parts):
        raise refuse(f"{path} is not a folder of the repository", "write it like fleets/dask, without / at either end")
    return path


RepositoryAddress = Annotated[str, AfterValidator(_check_address)]
Revision = Annotated[Text, AfterValidator(_check_revision)]
RepositoryFolder = Annotated[str, AfterValidator(_check_folder)]
