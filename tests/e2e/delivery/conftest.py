"""The engines, and for each of them a fleet that it delivers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e.conftest import await_definitions
from e2e.delivery.engines import ENGINES, install_engines
from e2e.delivery.fleet import Fleet
from e2e.delivery.repository import Repository, serve
from e2e.harness import Kubectl, find_own_address, list_nodes


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Have both engines there, once there is a cluster."""
    if not (hasattr(session.config, "workerinput") or session.config.option.collectonly):
        install_engines(Kubectl.of_environment())
        await_definitions(Kubectl.of_environment())


@pytest.fixture(
    scope="session", params=[pytest.param(engine, marks=pytest.mark.xdist_group(engine)) for engine in ENGINES]
)
def fleet(
    request: pytest.FixtureRequest, cluster: Kubectl, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Fleet]:
    """A fleet that an engine has synced: a cluster of each of daskgen's own engines, and the operator."""
    folder = tmp_path_factory.mktemp(request.param)
    repository = Repository(folder)
    with serve(repository.bare) as port:
        host = find_own_address(next(iter(list_nodes(cluster).values())))
        fleet = Fleet(ENGINES[request.param], cluster, repository, f"http://{host}:{port}/fleet.git")
        fleet.begin()
        yield fleet
        fleet.end()
