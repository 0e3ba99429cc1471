# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of a pass: the servers at which sites are checked, and where updates are tested."""

from __future__ import annotations

import collections.abc
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import preflight
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.preflight import SitePreflight
from ansible_collections.hosting.websec.tests.unit.dns.model import Model, ModelServer
from ansible_collections.hosting.websec.tests.unit.dns.own_provider import Dictionary
from ansible_collections.hosting.websec.tests.unit.preflight.world import Public, codes, policy
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import entry

OWN = {"type": "python", "class": f"{Dictionary.__module__}.Dictionary"}
SITES = [
    entry(domain="www.server.example", zone="server.example"),
    entry(domain="www.own.example", zone="own.example", site_id=2),
    entry(domain="gone.own.example", zone="own.example", site_id=3, dns="lost"),
]


@pytest.fixture(name="model")
def _model() -> Model:
    return Model(
        server_example=["www 300 A 192.0.2.1"], own_example=["www 300 A 192.0.2.1", "www 300 AAAA 2001:db8::1"]
    )


@pytest.fixture(name="server")
def _server(model: Model) -> collections.abc.Iterator[ModelServer]:
    with ModelServer(model) as opened:
        yield opened


def look(server: ModelServer, *, probe_updates: bool = True, read_only: bool = False) -> dict[str, dict[str, t.Any]]:
    """The results by domain."""
    at = {"server": "127.0.0.1", "port": server.endpoint.port}
    providers = {
        "ns1": at,
        "own": {**OWN, "propagation_servers": [str(server.endpoint)]},
        "lost": OWN,
    }
    dns = {"providers": providers, "zones": {"own.example": "own"}, "default": "ns1"}
    public = Public({"server.example NS": ["ns1.server.example."], "own.example NS": ["ns1.own.example."]})
    with open_providers(dns, read_only=read_only, concurrency=2) as opened:
        look = SitePreflight(
            opened,
            t.cast("t.Any", public),
            policy(),
            probe_updates=probe_updates,
            concurrency=2,
            context=RunContext(),
        )
        return {each["domain"]: each for each in look(SITES)}


@pytest.fixture(autouse=True)
def _no_name_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """No zone has NS records that lead to a server."""
    monkeypatch.setattr(preflight, "name_servers", lambda _lookup, zones, _concurrency: {zone: [] for zone in zones})


def test_each_site_is_looked_at_where_its_zone_is(server: ModelServer) -> None:
    found = look(server)
    assert set(found) == {"www.server.example", "www.own.example", "gone.own.example"}
    assert "aaaa_present" not in codes(found["www.server.example"])
    assert "aaaa_present" in codes(found["www.own.example"])
    assert not found["www.server.example"]["failed"]
    assert not found["www.own.example"]["failed"]


def test_a_zone_without_a_server_that_can_be_asked_costs_its_own_sites(server: ModelServer) -> None:
    lost = look(server)["gone.own.example"]
    assert (lost["failed"], lost["error"]["kind"]) == (True, "not_found")
    assert "no authoritative name server of the zone own.example was found" in lost["error"]["message"]


@pytest.mark.parametrize(
    ("probe_updates", "read_only", "updates"), [(True, False, 1), (False, False, 0), (True, True, 0)]
)
def test_only_the_server_of_a_provider_is_asked_for_an_update(
    model: Model, server: ModelServer, probe_updates: bool, read_only: bool, updates: int
) -> None:
    before = [model.lines(zone) for zone in ("server.example", "own.example")]
    look(server, probe_updates=probe_updates, read_only=read_only)
    assert model.updates == updates
    assert [model.lines(zone) for zone in ("server.example", "own.example")] == before
