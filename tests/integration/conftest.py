# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Shared by the integration tests: one sandbox and one BIND, emptied before each test."""

from __future__ import annotations

import collections.abc
import itertools
import pathlib

import pytest
import requests
from integration.bind_server import BindServer
from integration.sandbox_server import SandboxServer
from unit.patience import PATIENCE

# The slowest files, so that no worker starts one of them when the others are nearly done.
LONGEST = ("test_way_back", "test_reconcile", "test_fleet_scale", "test_fleet_report", "test_sitelock_modules")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first."""
    places = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path.stem, len(LONGEST)))


@pytest.fixture(scope="session")
def _servers(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[tuple[SandboxServer, BindServer]]:
    folder: pathlib.Path = tmp_path_factory.mktemp("servers")
    with BindServer(folder / "bind") as bind, SandboxServer(folder / "sandbox", bind.port) as sandbox:
        yield sandbox, bind


@pytest.fixture
def bind(_servers: tuple[SandboxServer, BindServer]) -> BindServer:
    """The name server; tests add zones of their own (see ``new_zone``)."""
    return _servers[1]


@pytest.fixture
def sandbox(_servers: tuple[SandboxServer, BindServer]) -> SandboxServer:
    """The stand-in of both APIs, empty."""
    server = _servers[0]
    server.post("reset", {})
    # Each test starts with the default settings; a reset keeps the process and resets its clock.
    requests.delete(f"{server.url}/admin/journal", timeout=PATIENCE).raise_for_status()
    return server


@pytest.fixture(scope="session")
def _numbers() -> collections.abc.Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def new_zone(bind: BindServer, _numbers: collections.abc.Iterator[int]) -> collections.abc.Callable[..., str]:
    """Creates a zone with a unique name and returns the name; arguments are lines of a zone file."""

    def make(*lines: str) -> str:
        zone = f"zone{next(_numbers)}.example"
        bind.add_zone(zone, *lines)
        return zone

    return make
