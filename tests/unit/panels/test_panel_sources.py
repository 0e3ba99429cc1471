# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A source with several servers: one in trouble, a domain on two of them, certificates, hostile names."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from ansible.inventory.data import InventoryData

from ansible_collections.hosting.websec.plugins.module_utils._http.client import MAX_ANSWER_BYTES
from ansible_collections.hosting.websec.plugins.module_utils._panels import client, fleet
from ansible_collections.hosting.websec.plugins.module_utils._panels.hosts import hosts_of
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import PanelSite
from ansible_collections.hosting.websec.plugins.module_utils._panels.whm import read_whm
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import GET_ACCOUNTS
from ansible_collections.hosting.websec.tests.unit.core.clients import server_tls, write_certificate
from ansible_collections.hosting.websec.tests.unit.panels.directadmin_panel import DirectAdminPanel, user
from ansible_collections.hosting.websec.tests.unit.panels.plesk_panel import PleskPanel, Webspace
from ansible_collections.hosting.websec.tests.unit.panels.sources import (
    CREDENTIALS,
    Read,
    Source,
    options_of,
    read_source,
    server_of,
    serving,
)
from ansible_collections.hosting.websec.tests.unit.panels.whm_panel import WhmPanel, account, domain
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import answer


@pytest.fixture
def read(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads a source of WHM servers, or of another panel."""

    def reading(panel: str = "whm", **options: t.Any) -> Source:
        return read_source(panel, tmp_path, monkeypatch, **options)

    return reading


def panel_with(*names: str, suspended: int = 0, **more: t.Any) -> WhmPanel:
    """A server with one account and these domains."""
    return WhmPanel([account("alpha", suspended=suspended, **more)], [domain(name, "alpha") for name in names])


def entry(name: str, server: ScriptedServer, **more: t.Any) -> dict[str, t.Any]:
    return {"name": name, "api_url": options_of("whm", server)["api_url"], **more}


# Several servers


def test_servers_have_names_and_share_what_they_do_not_set(read: Read) -> None:
    second = panel_with("b.example")
    second.token = "another-T0ken-of-web2"
    with serving(panel_with("a.example"), second) as (one, two):
        source = read(
            servers=[entry("web1", one), entry("web2", two, api_token="another-T0ken-of-web2")], **CREDENTIALS["whm"]
        )
    assert source.error == ""
    assert {name: host["panel_server"] for name, host in source.hosts.items()} == {
        "a.example": "web1",
        "b.example": "web2",
    }
    assert source.group_variables["panel_sites"] == {"panel_failed_servers": []}


def test_one_server_in_trouble_fails_the_source(read: Read) -> None:
    with serving(panel_with("a.example"), [Reply(b"", 401)]) as (one, two):
        source = read(servers=[entry("web1", one), entry("web2", two)], **CREDENTIALS["whm"])
    assert source.hosts == {}
    assert source.error.startswith("1 server of 2 could not be read. web2: get_domain_info: the WHM API refused")
    assert source.error.endswith("No host of this source was added.")


def test_its_owner_can_accept_an_inventory_without_its_sites(read: Read, tmp_path: pathlib.Path) -> None:
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")}
    with serving(panel_with("a.example"), [Reply(b"", 401)]) as (one, two):
        servers = [entry("web1", one), entry("web2", two)]
        source = read(servers=servers, on_server_error="warn", **cache, **CREDENTIALS["whm"])
        assert (source.error, list(source.hosts)) == ("", ["a.example"])
        assert source.group_variables["panel_sites"] == {"panel_failed_servers": ["web2"]}
        (told,) = source.warnings
        assert told.startswith("1 server of 2 could not be read. web2: ")
        # It is not kept: the next run asks again.
        asked = len(one.requests)
        again = read(servers=servers, on_server_error="warn", **cache, **CREDENTIALS["whm"])
        assert (again.hosts, len(one.requests)) == (source.hosts, 2 * asked)
        none = read(servers=servers[1:], on_server_error="warn", **CREDENTIALS["whm"])
        assert "No host of this source was added" in none.error


def test_a_server_that_never_ends_is_an_error_after_a_while(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is up at once: the first call does not start."""
    monkeypatch.setattr(fleet, "MOST_SECONDS", 1e-9)
    with serving(panel_with("a.example")) as (one,):
        source = read(servers=[entry("web1", one)], **CREDENTIALS["whm"])
        assert one.requests == []
    assert "web1: the server was not read completely within" in source.error


def test_a_mistake_in_a_driver_names_its_server(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object) -> None:
        raise KeyError("x")

    monkeypatch.setattr(
        "ansible_collections.hosting.websec.plugins.module_utils._panels.whm._joined", broken, raising=True
    )
    with serving(panel_with("a.example")) as (one,):
        source = read(servers=[entry("web1", one)], **CREDENTIALS["whm"])
    assert "web1: Bug in this collection: KeyError" in source.error


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({}, "There is no server. Set api_url, or servers"),
        ({"api_urls": "https://a.example"}, "unknown options: api_urls (did you mean api_url?)"),
        ({"servers": ["web1"]}, "Entry 1 of servers is not a mapping"),
        ({"servers": [{"api_url": "https://a.example", "api_tokn": "x"}]}, "api_tokn (did you mean api_token?)"),
        (
            {"servers": [{"api_url": "https://a.example"}, {"api_url": "https://a.example:1"}]},
            "have the name a.example",
        ),
        (
            {"servers": [{"api_url": "https://a.example"}], "api_url": "https://b.example"},
            "never both. api_url may come from the environment (WHM_API_URL)",
        ),
        ({"servers": [{"api_url": "https://a.example", "validate_certs": "perhaps"}]}, "neither true nor false"),
        ({"api_url": "http://web1.example:2086"}, "web1.example: api_url is plain http://"),
        ({"api_url": "https://me:hunter2@web1.example"}, "api_url must not contain a user name"),
        (
            {"api_url": "https://web1.example:2087", "api_token": "two\nlines"},
            "api_token has a line break",
        ),
        ({"api_url": "https://web1.example:2087", "api_username": ""}, "api_username is missing. Set it"),
        (
            {"api_url": "https://web1.example", "ca_path": "/no/such.pem"},
            "ca_path: the file /no/such.pem does not exist",
        ),
        ({"api_url": "https://web1.example", "timeout": 0}, "timeout is 0"),
    ],
)
def test_options_that_are_wrong_are_told_and_nothing_is_sent(read: Read, options: dict[str, t.Any], told: str) -> None:
    source = read(**{**CREDENTIALS["whm"], **options})
    assert source.hosts == {}
    assert told in source.error
    assert "hunter2" not in source.text
    assert "WHM-TOKEN" not in source.text


def test_credentials_come_from_the_environment(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(panel_with("a.example"), PleskPanel([Webspace(1, "b.example")])) as (one, two):
        for name, value in options_of("whm", one).items():
            monkeypatch.setenv(f"WHM_{name.upper()}", value)
        for name, value in options_of("plesk", two).items():
            monkeypatch.setenv(f"PLESK_{name.upper()}", value)
        assert list(read().hosts) == ["a.example"]
        assert list(read("plesk").hosts) == ["b.example"]
    panel = DirectAdminPanel([user("alpha")], {"c.example": "alpha"})
    with serving(panel) as (three,):
        for name, value in options_of("directadmin", three).items():
            monkeypatch.setenv(f"DIRECTADMIN_{name.upper()}", value)
        assert list(read("directadmin").hosts) == ["c.example"]


# A domain on several servers

SITE = PanelSite("a.example", "main", None, "alpha", "root", "shop", False, ("192.0.2.1",))
PAUSED = PanelSite("a.example", "main", None, "alpha", "root", "shop", True, ("192.0.2.2",))


def test_the_copy_that_is_not_suspended_is_the_host() -> None:
    hosts, warnings = hosts_of("whm", {"old": [PAUSED], "new": [SITE], "older": [PAUSED]})
    assert {name: host["panel_server"] for name, host in hosts.items()} == {"a.example": "new"}
    assert hosts["a.example"]["panel_duplicate"] is False
    assert warnings == [
        "1 domain, each on several servers, and suspended on all but one, which is the host: a.example (new)."
    ]


@pytest.mark.parametrize("site", [SITE, PAUSED], ids=["active", "suspended"])
def test_copies_of_which_any_may_serve_the_site_are_hosts_of_their_own(site: PanelSite) -> None:
    other = PanelSite("a.example", "addon", None, "beta", "root", "", site.suspended, ())
    hosts, (told,) = hosts_of("whm", {"web1": [site], "web2": [site, other]})
    assert sorted(hosts) == ["a.example_web1", "a.example_web2", "a.example_web2_2"]
    assert all(host["panel_duplicate"] and host["panel_domain"] == "a.example" for host in hosts.values())
    assert told.startswith("1 domain, each on several servers, or twice on one: a.example (web1 and web2). ")


def test_duplicates_are_a_group_and_fail_a_strict_source(read: Read) -> None:
    with serving(panel_with("a.example", "b.example"), panel_with("a.example")) as servers:
        options = {
            "servers": [entry(name, each) for name, each in zip(("web1", "web2"), servers)],
            **CREDENTIALS["whm"],
        }
        source = read(**options)
        assert source.groups["panel_duplicates"] == ["a.example_web1", "a.example_web2"]
        assert source.groups["panel_sites"] == ["a.example_web1", "a.example_web2", "b.example"]
        assert len(source.warnings) == 1
        strict = read(strict=True, **options)
    assert (strict.hosts, "a.example (web1 and web2)" in strict.error) == ({}, True)


# Groups, variables and names


def test_compose_groups_and_keyed_groups(read: Read) -> None:
    with serving(panel_with("a.example", suspended=1, plan="Shop (large)")) as (server,):
        source = read(
            **options_of("whm", server),
            compose={"mine": "panel_domain | upper"},
            groups={"paused": "panel_suspended", "never": "panel_package == 'other'"},
            keyed_groups=[{"key": "panel_package", "prefix": "package"}],
        )
    assert source.hosts["a.example"]["mine"] == "A.EXAMPLE"
    assert source.groups["paused"] == ["a.example"]
    assert "never" not in source.groups
    assert source.groups["package_Shop__large_"] == ["a.example"]


def test_an_expression_that_fails_is_an_error_only_if_strict(read: Read) -> None:
    with serving(panel_with("a.example")) as (server,):
        options = {**options_of("whm", server), "compose": {"mine": "no_such_variable.no_such_field"}}
        assert list(read(**options).hosts) == ["a.example"]
        assert "Could not set mine" in read(**options, strict=True).error


HOSTILE = "{{ lookup('ansible.builtin.env', 'HOME') }}"


def test_names_of_customers_are_never_templates(read: Read) -> None:
    with serving(panel_with("a.example", plan=HOSTILE, owner="{% raw %}")) as (server,):
        source = read(**options_of("whm", server), compose={"mine": "panel_package ~ '/' ~ panel_owner"}, strict=True)
    assert source.error == ""
    assert source.hosts["a.example"]["panel_package"] == HOSTILE
    assert source.hosts["a.example"]["mine"] == f"{HOSTILE}/{{% raw %}}"


def test_names_at_sitelock_are_never_templates(read: Read) -> None:
    site = f'<site id="5" status="active" name="{HOSTILE}"/>'
    replies = [
        Reply(answer(GET_ACCOUNTS, f'<records>1</records><account id="1" status="active">{site}</account>')),
        Reply(answer(GET_ACCOUNTS, "<records>0</records>")),
    ]
    with serving(replies) as (server,):
        source = read(
            "sitelock",
            api_url=f"http://127.0.0.1:{server.port}",
            api_username="me",
            api_password="x",
            compose={"mine": "sitelock_domain ~ '!'"},
            strict=True,
        )
    assert source.error == ""
    assert source.hosts == {"site_5": {"sitelock_domain": HOSTILE, "mine": f"{HOSTILE}!"}}


@pytest.mark.parametrize(
    "name", ["a\nb.example", "a.example\x00", "../etc/passwd", "all", "{{ 7 * 7 }}.example", "a b.example"]
)
def test_a_name_that_is_no_domain_never_becomes_a_host(read: Read, name: str) -> None:
    with serving(panel_with("good.example", name)) as (server,):
        source = read(**options_of("whm", server))
    assert list(source.hosts) == ["good.example"]
    assert source.warnings[0].startswith("127.0.0.1: 1 domain left out. ")
    assert json.loads(json.dumps(source.warnings)) == source.warnings


def test_a_site_with_the_name_of_a_group_sets_no_variables_of_the_group(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inventory = InventoryData()
    inventory.add_group("a.example")
    with serving(panel_with("a.example", "b.example")) as (server,):
        options = options_of("whm", server)
        strict = read_source("whm", tmp_path, monkeypatch, inventory=inventory, strict=True, **options)
        source = read_source("whm", tmp_path, monkeypatch, inventory=inventory, **options)
    told = "1 site left out: a.example. A group has the same name. Rename the group."
    assert told in strict.error
    assert source.warnings == [told]
    # It costs the other sites nothing.
    assert list(source.hosts) == ["b.example"]
    assert source.group_variables["a.example"] == {}


def test_a_host_of_another_source_keeps_its_variables(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inventory = InventoryData()
    inventory.add_host("a.example")
    inventory.set_variable("a.example", "mine", 442989)
    with serving(panel_with("a.example")) as (server,):
        source = read_source("whm", tmp_path, monkeypatch, inventory=inventory, **options_of("whm", server))
    assert (source.hosts["a.example"]["mine"], source.hosts["a.example"]["panel_server"]) == (442989, "127.0.0.1")


# Certificates


def test_a_self_signed_certificate_needs_ca_path(read: Read, tmp_path: pathlib.Path) -> None:
    certificate = write_certificate(tmp_path)
    with server_of(panel_with("a.example"), tls=server_tls(certificate)) as server:
        options = {"api_url": f"https://127.0.0.1:{server.port}", **CREDENTIALS["whm"]}
        refused = read(**options)
        assert "no secure connection to the WHM API" in refused.error
        assert "ca_path" in refused.error
        assert server.requests == []
        assert list(read(**options, ca_path=certificate[0]).hosts) == ["a.example"]
        # Of one server, and relative to the source.
        own = {"name": "web1", "api_url": options.pop("api_url"), "ca_path": pathlib.Path(certificate[0]).name}
        assert list(read(servers=[own], **options).hosts) == ["a.example"]
        own = {**own, "ca_path": None, "validate_certs": "no"}
        unchecked = read(servers=[own], **options)
    assert list(unchecked.hosts) == ["a.example"]
    assert unchecked.warnings[0].startswith("validate_certs is false: ")


def test_the_token_is_not_sent_to_where_a_redirect_leads(read: Read) -> None:
    with serving([Reply()]) as (other,):
        away = Reply(b"", 302, {"Location": f"http://127.0.0.1:{other.port}/json-api/get_domain_info"})
        with serving([away]) as (server,):
            source = read(**options_of("whm", server))
        assert "which is never followed" in source.error
        assert other.requests == []


def test_nothing_listens(read: Read) -> None:
    source = read(api_url="https://127.0.0.1:1", **CREDENTIALS["whm"])
    assert "127.0.0.1: get_domain_info: no connection to the WHM API" in source.error
    assert "A panel may accept listed addresses only" in source.error
    assert "vendor" not in source.error


# Many domains


def test_a_listing_may_be_larger_than_other_answers_and_has_a_limit(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"site{number}.example" for number in range(22_000)]
    panel = panel_with(*names)
    replies = [Reply(*panel(Received("GET", path, AUTHORIZED, b""))) for path in LISTINGS]
    assert len(replies[0].body) > MAX_ANSWER_BYTES
    with serving(replies) as (server,):
        options = {**options_of("whm", server), "page_size": 0, "timeout": 60, "retries": 0}
        assert [site.domain for site in read_whm(options, ["main"]).sites] == names
        assert len(server.requests) == len(LISTINGS)
    monkeypatch.setattr(client, "MAX_LISTING_BYTES", 1000)
    with serving(replies) as (server,):
        source = read(**options_of("whm", server))
    assert "the response of the WHM API is larger than 1,000 bytes" in source.error


AUTHORIZED = {"Authorization": "whm root:WHM-TOKEN-0123456789"}
LISTINGS = ("/json-api/get_domain_info?api.version=1", "/json-api/listaccts?api.version=1")
