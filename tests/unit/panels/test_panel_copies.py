# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A domain in two sources: panels do not check who owns it, so a customer of one could move the site of another."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.hosting.websec.plugins.module_utils._panels.hosts import beside, hosts_of
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import PanelSite
from ansible_collections.hosting.websec.tests.unit.panels.plesk_panel import PleskPanel, Webspace
from ansible_collections.hosting.websec.tests.unit.panels.sources import (
    AnyScript,
    Source,
    options_of,
    read_source,
    server_of,
)
from ansible_collections.hosting.websec.tests.unit.panels.whm_panel import WhmPanel, account, domain


class Sources:
    """Sources that are read one after the other into one inventory."""

    def __init__(self, folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.inventory = InventoryData()
        self._folder, self._monkeypatch = folder, monkeypatch

    def read(self, panel: str, script: AnyScript, name: str, **options: t.Any) -> Source:
        """Read one more source of one server with this name."""
        with server_of(script) as server:
            connection = options_of(panel, server)
            servers = [{"name": name, "api_url": connection.pop("api_url")}]
            return read_source(
                panel,
                self._folder,
                self._monkeypatch,
                inventory=self.inventory,
                servers=servers,
                **connection,
                **options,
            )


@pytest.fixture
def sources(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Sources:
    return Sources(tmp_path, monkeypatch)


OURS = ("whm", WhmPanel([account("alpha", plan="shop")], [domain("victim.example", "alpha")]), "web1")
THEIRS = ("plesk", PleskPanel([Webspace(1, "Victim.example."), Webspace(2, "other.example")]), "win1")


def test_a_domain_that_another_panel_has_too_is_no_longer_the_host_of_anybody(sources: Sources) -> None:
    before = sources.read(*OURS).hosts["victim.example"]
    found = sources.read(*THEIRS)
    assert found.error == ""
    assert sorted(found.hosts) == ["other.example", "victim.example", "victim.example_win1"]
    # Nothing of the other panel is in the first host: above all not its address.
    assert found.hosts["victim.example"] == {**before, "panel_duplicate": True}
    assert found.hosts["victim.example_win1"]["panel_domain"] == "victim.example"
    assert found.hosts["victim.example_win1"]["panel_addresses"] == ["192.0.2.20"]
    assert found.groups["panel_duplicates"] == ["victim.example", "victim.example_win1"]
    (told,) = found.warnings
    assert told == (
        "1 domain of this source and of another one: victim.example. Each copy is a host in the group "
        "panel_duplicates, because it is unknown which one serves the site. Remove the copy that does not."
    )


def test_a_strict_source_with_such_a_domain_adds_no_host(sources: Sources) -> None:
    sources.read(*OURS)
    found = sources.read(*THEIRS, strict=True)
    assert "1 domain of this source and of another one: victim.example." in found.error
    assert sorted(found.hosts) == ["victim.example"]
    # The run may go on without this source, and it is still unknown who serves the site.
    assert found.groups["panel_duplicates"] == ["victim.example"]


def test_the_same_copy_twice_is_one_host(sources: Sources) -> None:
    sources.read(*OURS)
    found = sources.read(*OURS, group="others")
    assert (found.warnings, sorted(found.hosts)) == ([], ["victim.example"])
    assert found.hosts["victim.example"]["panel_duplicate"] is False
    assert found.groups["panel_sites"] == found.groups["others"] == ["victim.example"]
    sources.read(*THEIRS)
    assert sources.read(*OURS).hosts["victim.example"]["panel_duplicate"] is True


SITE = PanelSite("a.example", "main", None, "alpha", "root", "shop", False, ("192.0.2.1",))
OTHER = PanelSite("a.example", "addon", None, "beta", "root", "", False, ())


def test_copies_on_one_server_and_in_another_source_have_names_of_their_own() -> None:
    present, _told = hosts_of("whm", {"web1": [SITE, OTHER]})
    new, _told = hosts_of("plesk", {"web1": [OTHER], "web2": [SITE]})
    hosts, copied = beside(new, present)
    assert sorted(present) == sorted(copied) == ["a.example_web1", "a.example_web1_2"]
    assert sorted(hosts) == ["a.example_web1_3", "a.example_web2"]
    assert all(host["panel_duplicate"] for host in hosts.values())
    alone, _told = hosts_of("plesk", {"web3": [SITE]})
    assert list(beside(alone, {**present, **hosts})[0]) == ["a.example_web3"]


def test_names_of_servers_that_look_like_a_number_do_not_hide_a_copy() -> None:
    hosts, _told = hosts_of("whm", {"web1": [SITE, OTHER], "web1_2": [SITE]})
    assert sorted(hosts) == ["a.example_web1", "a.example_web1_2", "a.example_web1_2_2"]


def test_each_source_adds_its_failed_servers(sources: Sources) -> None:
    bad = {"name": "web9", "api_url": "https://127.0.0.1:1"}
    with server_of(OURS[1]) as server:
        connection = options_of("whm", server)
        servers = [{"name": "web1", "api_url": connection.pop("api_url")}, bad]
        read_source(
            "whm",
            sources._folder,
            sources._monkeypatch,
            inventory=sources.inventory,
            servers=servers,
            on_server_error="warn",
            **connection,
        )
    found = sources.read(*THEIRS)
    assert found.group_variables["panel_sites"] == {"panel_failed_servers": ["web9"]}


def test_an_error_in_the_middle_leaves_no_part_of_the_source(sources: Sources) -> None:
    sources.inventory.add_host("b.example")
    panel = WhmPanel([account("alpha")], [domain(name, "alpha") for name in ("a.example", "b.example", "c.example")])
    wrong = {"mine": "{'a.example': 1, 'b.example': 2}[panel_domain].real"}
    found = sources.read("whm", panel, "web1", strict=True, compose=wrong)
    assert "Could not set mine" in found.error
    # What another source has stays.
    assert list(found.hosts) == ["b.example"]
