# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The preflight of sites in real zones: one BIND is the hoster's, the other is the public DNS."""

from __future__ import annotations

import json
import pathlib
import socket
import types
import typing as t

import pytest
from integration.bind_server import BindServer, Key, free_port
from integration.in_process import run_tasks
from integration.playbook import Run, run_plays

ORIGIN = "192.0.2.10"
APEX = (f"@ 300 IN A {ORIGIN}", f"www 300 IN A {ORIGIN}")
SIGNED = "dnssec-policy default; inline-signing yes;"

ZONES: dict[str, tuple[str, ...]] = {
    "clean.example": (*APEX, '@ 300 IN TXT "v=spf1 -all"', "@ 300 IN MX 10 mail.example."),
    "found.example": APEX,
    "two.example": APEX,
    "counted.example": APEX,
    "checked.example": (*APEX, "www 300 IN MX 10 mail.example."),
    "refused.example": APEX,
    "signed.example": APEX,
    "elsewhere.example": APEX,
    "unknown.example": APEX,
    "partly.example": APEX,
    "caa.example": (*APEX, '@ 300 IN CAA 0 issue "letsencrypt.org"'),
    "nobody.example": (*APEX, '@ 300 IN CAA 0 issue ";"'),
    "wild.example": (*APEX, '@ 300 IN CAA 0 issue "globalsign.com"', '@ 300 IN CAA 0 issuewild ";"'),
    "shared.caa-above.example": APEX,
    "ipv6.example": (*APEX, "@ 300 IN AAAA 2001:db8::1", "www 300 IN AAAA 2001:db8::1"),
    "mail.example": (*APEX, "www 300 IN MX 10 mail.example.", 'www 300 IN TXT "v=spf1 -all"'),
    "starry.example": (
        f"@ 300 IN A {ORIGIN}",
        "* 300 IN A 192.0.2.99",
        "* 300 IN MX 10 mail.example.",
        '* 300 IN TXT "x"',
    ),
    "twins.example": (f"@ 300 IN A {ORIGIN}", "* 300 IN MX 10 mail.example.", "www 300 IN MX 10 mail.example."),
    "delegated.example": (f"@ 300 IN A {ORIGIN}", "www 300 IN NS ns1.other.example."),
    "slow.example": ("@ 300 IN A 192.0.2.10", "www 86400 IN CNAME slow.example."),
    "stale.example": (*APEX, '@ 300 IN TXT "globalsign-domain-verification=old"', '@ 300 IN TXT "v=spf1 -all"'),
    "marked.example": (*APEX, r'_websec 300 IN TXT "v=websec1 {\"site\":18}"'),
    "foreign.example": (*APEX, '_websec 300 IN TXT "somebody else"'),
    "names.example": (
        *APEX,
        "shop 300 IN CNAME shops.clean.example.",
        "app 300 IN CNAME shops.clean.example.",
        "back 300 IN CNAME www.names.example.",
        "web 300 IN A 192.0.2.10",
    ),
    "routed.example": ("@ 300 IN A 203.0.113.9", "www 300 IN CNAME x.sitelockcdn.net."),
}

OTHERWISE = {f"{label}.example" for label in ("found", "names", "routed", "counted", "checked", "refused")}
"""Zones that are checked under another name, or by separate tasks."""

SITES: dict[str, dict[str, t.Any]] = {
    **{zone: {"domain": zone, "zone": zone} for zone in ZONES if zone not in OTHERWISE},
    "found": {"domain": "Found.Example."},
    "second": {"domain": "shop.two.example", "aliases": ["www.two.example"]},
    "no zone": {"domain": "customer.invalid"},
    "another zone": {"domain": "names.example", "aliases": ["www.other.invalid"]},
    "apex": {"domain": "app.names.example", "apex": True, "aliases": []},
    "shop": {"domain": "shop.names.example", "ssl": True},
    "loop": {"domain": "www.names.example", "waf_origin": "back.names.example"},
    "no origin": {"domain": "a.names.example", "waf_origin": "missing.names.example"},
    "origin": {"domain": "b.names.example", "waf_origin": "web.names.example"},
    "origin outside": {"domain": "c.names.example", "waf_origin": "clean.example"},
    "no origin outside": {"domain": "d.names.example", "waf_origin": "missing.clean.example"},
    "routed": {"domain": "routed.example", "waf_origin": "203.0.113.9"},
}


class World:
    """The hoster's primary server, and the public view."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.hoster = BindServer(folder / "hoster")
        self.public = BindServer(folder / "public")
        for zone, lines in ZONES.items():
            self.hoster.add_zone(zone, *lines, extra=SIGNED if zone == "signed.example" else "")
            if zone not in ("elsewhere.example", "unknown.example", "partly.example"):
                self.public.add_zone(zone, f"@ 300 IN A {ORIGIN}")
        self.public.add_zone("example", 'caa-above 300 IN CAA 0 issue "ca.other.example"')
        self._add_elsewhere("elsewhere.example", "ns.registrar.example.")
        self._add_elsewhere("partly.example", "ns1.partly.example.", "ns.registrar.example.")
        self.public.add_zone("sitelockcdn.net", "x 300 IN A 203.0.113.9")
        self.public.add_zone("invalid")

    def _add_elsewhere(self, zone: str, *servers: str) -> None:
        file = self.public.folder / f"{zone}.zone"
        self.public.add_zone(zone)
        lines = [line for line in file.read_text().splitlines() if " IN NS " not in line]
        file.write_text("\n".join([*lines, *(f"@ IN NS {server}" for server in servers)]) + "\n")

    def options(self, **more: t.Any) -> dict[str, t.Any]:
        """Options of the module; ``None`` leaves one out."""
        given = {
            "server": self.hoster.address,
            "port": self.hoster.port,
            "key_name": self.hoster.key.name,
            "key_secret": self.hoster.key.secret,
            "resolver": self.public.address,
            "resolver_port": self.public.port,
            **more,
        }
        return {name: value for name, value in given.items() if value is not None}

    def look(self, sites: list[dict[str, t.Any]], *arguments: str, **more: t.Any) -> Run:
        task = {
            "hosting.websec.sitelock_waf_preflight": {"sites": sites, **self.options(**more)},
            "register": "preflight",
            "ignore_errors": True,
        }
        return run_tasks([task], *arguments, keep=["preflight"])

    def content(self) -> dict[str, tuple[int, str]]:
        """Serial number and records of each zone, except those that BIND changes when it signs a zone again."""
        zones = [zone for zone in ZONES if zone not in ("signed.example", "counted.example", "refused.example")]
        return {zone: (self.hoster.serial(zone), self.hoster.transfer(zone).to_text()) for zone in zones}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[World]:
    servers = World(tmp_path_factory.mktemp("preflight"))
    with servers.hoster, servers.public:
        yield servers


@pytest.fixture(scope="module")
def seen(world: World) -> dict[str, dict[str, t.Any]]:
    """The entries of all SITES, from one task, during which nothing changed in any zone."""
    before = world.content()
    run = world.look([{**site, "site_id": number} for number, site in enumerate(SITES.values(), 1)])
    assert run.status == 0, run.output
    assert run.recap["changed"] == 0
    assert world.content() == before
    entries = run.values["preflight"]["sites"]
    assert [entry["site_id"] for entry in entries] == list(range(1, len(SITES) + 1))
    assert not any(entry["failed"] or entry["changed"] for entry in entries)
    return dict(zip(SITES, entries))


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ("clean.example", {}),
        ("found", {}),
        ("two.example", {"name_shared": ("blocks", "www.two.example")}),
        ("second", {"name_shared": ("blocks", "www.two.example")}),
        ("signed.example", {}),
        ("no zone", {"zone_not_found": ("blocks", "customer.invalid")}),
        ("another zone", {"outside_zone": ("blocks", "www.other.invalid")}),
        ("delegated.example", {"outside_zone": ("blocks", "www.delegated.example")}),
        ("elsewhere.example", {"not_delegated": ("blocks", "elsewhere.example")}),
        ("unknown.example", {"not_delegated": ("blocks", "unknown.example")}),
        ("partly.example", {"delegation_differs": ("warns", "partly.example")}),
        ("caa.example", {"caa_forbids": ("blocks", "caa.example")}),
        ("nobody.example", {"caa_forbids": ("blocks", "nobody.example")}),
        ("wild.example", {"caa_forbids_wildcard": ("warns", "wild.example")}),
        ("shared.caa-above.example", {"caa_forbids": ("blocks", "caa-above.example")}),
        ("mail.example", {"data_beside_cname": ("blocks", "www.mail.example")}),
        ("starry.example", {}),
        ("twins.example", {"data_beside_cname": ("blocks", "www.twins.example")}),
        ("slow.example", {"ttl_high": ("warns", "www.slow.example")}),
        ("stale.example", {"verification_stale": ("warns", "stale.example")}),
        ("marked.example", {}),
        ("foreign.example", {"marker_foreign": ("blocks", "_websec.foreign.example")}),
        ("apex", {"cname_at_apex": ("blocks", "app.names.example")}),
        ("shop", {"txt_beside_cname": ("blocks", "shop.names.example")}),
        ("loop", {"origin_loop": ("blocks", "back.names.example")}),
        ("no origin", {"origin_not_found": ("blocks", "missing.names.example")}),
        ("origin", {}),
        ("no origin outside", {"origin_not_found": ("blocks", "missing.clean.example")}),
        ("routed", {"origin_loop": ("blocks", "routed.example")}),
    ],
)
def test_what_is_found(seen: dict[str, dict[str, t.Any]], site: str, expected: dict[str, tuple[str, str]]) -> None:
    entry = seen[site]
    found = {each["code"]: (each["severity"], each["name"]) for each in entry["findings"]}
    assert found == expected
    assert entry["blocked"] == any(severity == "blocks" for severity, _name in found.values())
    assert all(each["message"].endswith(".") and each["remedy"].endswith(".") for each in entry["findings"])


def test_several_findings_of_one_site(seen: dict[str, dict[str, t.Any]]) -> None:
    entry = seen["ipv6.example"]
    assert entry["warns"] == ["aaaa_present"]
    assert [each["name"] for each in entry["findings"]] == ["ipv6.example", "www.ipv6.example"]
    assert not entry["blocked"]


def test_sentences_that_people_read(seen: dict[str, dict[str, t.Any]]) -> None:
    (caa,) = seen["caa.example"]["findings"]
    assert "allow only letsencrypt.org: globalsign.com may not issue" in caa["message"]
    assert caa["remedy"] == 'Add the record caa.example CAA 0 issue "globalsign.com".'
    (elsewhere,) = seen["elsewhere.example"]["findings"]
    assert "is delegated to ns.registrar.example, not to ns1.elsewhere.example" in elsewhere["message"]
    (slow,) = seen["slow.example"]["findings"]
    assert "for up to 1 day after the cut-over" in slow["message"]
    (mail,) = seen["mail.example"]["findings"]
    assert "has MX and TXT records" in mail["message"]
    (unknown,) = seen["unknown.example"]["findings"]
    assert "does not exist in public DNS" in unknown["message"]
    assert seen["found"]["zone"] == "found.example"


class Case(t.NamedTuple):
    """One task: its sites, options that differ, and keywords of the task."""

    sites: list[dict[str, t.Any]]
    options: t.Mapping[str, t.Any] = types.MappingProxyType({})
    keywords: t.Mapping[str, t.Any] = types.MappingProxyType({})


CLEAN = [{"domain": "clean.example", "site_id": 3, "waf_origin": ORIGIN}, {"domain": "found.example"}]
WRONG_SECRET = Key.new("websec").secret


@pytest.fixture(scope="module")
def results(world: World) -> dict[str, dict[str, t.Any]]:
    """The results of tasks with different options, from one play."""
    with socket.socket(type=socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        cases = {
            "unsigned": Case([{"domain": "signed.example"}, *CLEAN], {"key_name": None, "key_secret": None}),
            "check mode": Case([{"domain": "checked.example"}], {}, {"check_mode": True}),
            "no probe": Case(CLEAN, {"probe_updates": False}),
            "wrong key": Case(CLEAN, {"key_secret": WRONG_SECRET}),
            "down": Case(CLEAN, {"port": free_port(), "on_error": "report"}),
            "silent resolver": Case(
                [{**site, "waf_origin": "web.example.net"} for site in CLEAN],
                {"resolver_port": silent.getsockname()[1], "timeout": 1},
            ),
            "counted": Case([{"domain": "counted.example", "waf_origin": ORIGIN}]),
            "wrong entries": Case(
                [
                    {"domain": "clean.example", "site_id": 3, "subscription": "200", "dns": "ns1", "lower_ttl": 60},
                    {"domain": "refused.example", "orign": ORIGIN},
                    {"domain": "no domain"},
                    {"domain": "foreign.example", "site_id": 5, "state": "absent"},
                    {"domain": "found.example", "restore": {"other.example": {"A": ORIGIN}}},
                ]
            ),
            "resolver": Case([{"domain": "refused.example"}], {"resolver": "ns1.example"}),
            "concurrency": Case([{"domain": "refused.example"}], {"concurrency": 0}),
        }
        tasks = [
            {
                "hosting.websec.sitelock_waf_preflight": {"sites": case.sites, **world.options(**case.options)},
                "register": f"case{number}",
                "ignore_errors": True,
                **case.keywords,
            }
            for number, case in enumerate(cases.values())
        ]
        names = [f"case{number}" for number in range(len(cases))]
        run = run_tasks(tasks, keep=names)
    assert run.status == 0, run.output
    assert WRONG_SECRET not in run.output
    assert world.hoster.key.secret not in run.output
    return {name: run.values[kept] for name, kept in zip(cases, names)}


Results = dict[str, dict[str, t.Any]]


class TestUpdates:
    def test_a_server_that_refuses(self, results: Results) -> None:
        signed, plain, _other = results["unsigned"]["sites"]
        assert not results["unsigned"]["failed"]
        assert (signed["blocks"], plain["blocks"]) == (["updates_refused"], ["updates_refused"])
        assert "signed with DNSSEC" in signed["findings"][0]["message"]
        assert "DNSSEC" not in plain["findings"][0]["message"]
        assert "key_name" in plain["findings"][0]["remedy"]

    def test_check_mode_sends_no_update_and_says_so(self, world: World, results: Results) -> None:
        (site,) = results["check mode"]["sites"]
        assert (site["blocks"], site["warns"]) == (["data_beside_cname"], ["not_checked"])
        assert "Check mode sends no update." in site["findings"][1]["message"]
        assert "updating zone 'counted.example/IN'" in world.hoster.log()
        assert "updating zone 'checked.example/IN'" not in world.hoster.log()

    def test_it_can_be_left_out(self, results: Results) -> None:
        assert [site["findings"] for site in results["no probe"]["sites"]] == [[], []]


class TestFailures:
    def test_a_wrong_key(self, results: Results) -> None:
        result = results["wrong key"]
        assert result["failed"]
        assert "2 of 2 sites failed" in result["msg"]
        entry = result["sites"][0]
        assert (entry["failed"], entry["blocked"], entry["findings"]) == (True, True, [])
        assert (entry["error"]["kind"], entry["error"]["site_id"]) == ("auth", 3)

    def test_a_server_that_is_down(self, results: Results) -> None:
        assert not results["down"]["failed"]
        assert {site["error"]["kind"] for site in results["down"]["sites"]} == {"unavailable"}
        assert all(site["blocked"] for site in results["down"]["sites"])

    def test_a_resolver_that_says_nothing(self, results: Results) -> None:
        for site in results["silent resolver"]["sites"]:
            assert (site["warns"], site["blocked"], site["failed"]) == (["not_checked"], False, False)
            assert len(site["findings"]) == 3
            assert "did not respond" in site["findings"][0]["message"]

    def test_a_wrong_entry_stops_no_other(self, results: Results) -> None:
        result = results["wrong entries"]
        assert result["failed"]
        assert "3 of 4 sites failed" in result["msg"]
        fine, unknown, no_domain, twice = result["sites"]
        assert (fine["domain"], fine["blocked"], fine["error"]) == ("clean.example", False, None)
        assert "unknown keys in the entry: orign" in unknown["error"]["message"]
        assert "is not a domain name" in no_domain["error"]["message"]
        # Refused by a pass when its zone is known.
        assert "restore has the name other.example" in twice["error"]["message"]
        for wrong in (unknown, no_domain, twice):
            assert (wrong["failed"], wrong["blocked"], wrong["error"]["kind"]) == (True, True, "bad_input")

    @pytest.mark.parametrize(
        ("case", "words"),
        [
            ("resolver", "is not an IP address"),
            ("concurrency", "must be 1 or greater"),
        ],
    )
    def test_wrong_options_are_refused_before_the_first_query(
        self, world: World, results: Results, case: str, words: str
    ) -> None:
        assert results[case]["error"]["kind"] == "bad_input"
        assert words in results[case]["msg"]
        assert not any("refused.example" in query for query in world.hoster.queries())


def test_as_many_queries_as_documented(world: World, results: Results) -> None:
    assert results["counted"]["sites"][0]["findings"] == []
    assert len([query for query in world.hoster.queries() if "counted.example " in query]) == 10
    assert [query for query in world.public.queries() if "counted.example " in query] == ["counted.example NS"]


class TestPlaybook:
    SITES: t.ClassVar[list[dict[str, t.Any]]] = [
        {"domain": "clean.example", "site_id": 1, "subscription": "200", "waf_origin": ORIGIN},
        {"domain": "caa.example", "site_id": 2, "subscription": "200"},
        {"domain": "slow.example", "site_id": 3, "zone": "slow.example"},
        {"domain": "not a domain", "site_id": 4},
        {"domain": "foreign.example", "site_id": 5, "state": "absent"},
    ]

    def run(self, world: World, folder: pathlib.Path, *arguments: str, **variables: t.Any) -> Run:
        connection = world.options(wait_propagation=5)
        resolver = {name: connection.pop(name) for name in ("resolver", "resolver_port")}
        given = {
            "sitelock_waf_sites": self.SITES,
            "dns_records_rfc2136": connection,
            "sitelock_waf_preflight_options": resolver,
            **variables,
        }
        file = folder / "variables.json"
        file.write_text(json.dumps(given))
        play = {"import_playbook": "hosting.websec.preflight"}
        return run_plays([play], "-e", f"@{file}", *arguments, keep=["preflight_report"])

    def test_it_fails_when_a_site_is_blocked(self, world: World, tmp_path: pathlib.Path) -> None:
        run = self.run(world, tmp_path)
        assert run.status != 0
        assert "2 of 4 sites cannot be onboarded: caa.example, not a domain" in run.output
        assert (
            "caa.example: blocks (caa_forbids): The CAA records at caa.example allow only letsencrypt.org" in run.output
        )
        assert "slow.example: warns (ttl_high): " in run.output
        assert "FAILED: bad_input" in run.output
        assert world.hoster.key.secret not in run.output

    @pytest.mark.all_only
    def test_it_only_reports_when_asked_to(self, world: World, tmp_path: pathlib.Path) -> None:
        run = self.run(world, tmp_path, preflight_on_error="report")
        assert run.status == 0
        assert run.recap["changed"] == 0
        report = run.values["preflight_report"]
        assert [(row["domain"], row["blocked"]) for row in report] == [
            ("clean.example", False),
            ("caa.example", True),
            ("slow.example", False),
            ("not a domain", True),
        ]
        assert report[3]["error"]["kind"] == "bad_input"

    @pytest.mark.all_only
    def test_sites_in_order_let_it_pass(self, world: World, tmp_path: pathlib.Path) -> None:
        assert self.run(world, tmp_path, sitelock_waf_sites=self.SITES[:1]).status == 0
