# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role of the sandbox, as the README uses it: the first run reports about the sites, not about the sandbox."""

from __future__ import annotations

import json
import pathlib
import typing as t

import dns.message
import dns.query
import dns.rcode
import dns.tsig
import pytest
from integration.bind_server import free_port
from integration.playbook import Run, run_plays
from unit.patience import PATIENCE

SECRET = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
ZONES = [
    {"name": "customer.example", "records": ["@ 300 A 192.0.2.10", "www 300 CNAME customer.example."]},
    {"name": "other.example", "records": ["shop 300 A 192.0.2.20"]},
    {"name": "deep.below.example", "records": ["@ 300 A 192.0.2.30"]},
]
SITES = [
    {"domain": "customer.example", "site_id": 442989, "subscription": "8765", "waf_origin": "192.0.2.10"},
    {"domain": "shop.other.example", "site_id": 442676, "subscription": "8765"},
    {"domain": "deep.below.example", "site_id": 442677, "subscription": "8765"},
]


class Sandbox:
    def __init__(self, folder: pathlib.Path) -> None:
        self.dns_port = free_port()
        self._variables = {
            "sandbox_become": False,
            "sandbox_directory": str(folder / "api"),
            "sandbox_bind_directory": str(folder / "bind"),
            "sandbox_port": free_port(),
            "sandbox_dns_port": self.dns_port,
            "sandbox_tsig_secret": SECRET,
            "sandbox_zones": ZONES,
        }

    def bring_to(self, state: str, *more: dict[str, t.Any], **variables: t.Any) -> Run:
        play = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "roles": ["hosting.websec.sandbox"],
            "vars": {**self._variables, "sandbox_state": state},
        }
        return run_plays([play, *more], "-e", json.dumps(variables), keep=["preflight_report"])

    def ask(self, name: str, kind: str, *, with_key: bool) -> dns.message.Message:
        query = dns.message.make_query(name, kind, flags=0)
        if with_key:
            query.use_tsig(dns.tsig.Key("websec-sandbox.", SECRET, "hmac-sha256"))
        return dns.query.tcp(query, "127.0.0.1", port=self.dns_port, timeout=PATIENCE)


@pytest.fixture
def sandbox(tmp_path: pathlib.Path) -> t.Iterator[Sandbox]:
    made = Sandbox(tmp_path)
    try:
        yield made
    finally:
        made.bring_to("absent")


@pytest.mark.all_only
def test_the_preflight_of_its_zones_finds_nothing(sandbox: Sandbox) -> None:
    run = sandbox.bring_to(
        "started",
        {"import_playbook": "hosting.websec.preflight"},
        sitelock_waf_sites=SITES,
        sitelock_waf_preflight_options={"resolver": "127.0.0.1", "resolver_port": sandbox.dns_port},
        dns_records_rfc2136={
            "server": "127.0.0.1",
            "port": sandbox.dns_port,
            "key_name": "websec-sandbox",
            "key_secret": SECRET,
        },
    )
    assert run.status == 0, run.output
    assert [(row["domain"], row["findings"]) for row in run.values["preflight_report"]] == [
        (site["domain"], []) for site in SITES
    ]
    assert "[WARNING]" not in run.output

    # The zones above are in the public view only. On the primary server, a name without a zone has none.
    assert sandbox.ask("example", "CAA", with_key=False).rcode() == dns.rcode.NOERROR
    assert sandbox.ask("below.example", "CAA", with_key=False).rcode() == dns.rcode.NOERROR
    assert sandbox.ask("missing.example", "A", with_key=False).rcode() == dns.rcode.NXDOMAIN
    assert sandbox.ask("missing.example", "SOA", with_key=True).rcode() == dns.rcode.REFUSED
    for with_key in (False, True):
        assert sandbox.ask("customer.example", "A", with_key=with_key).rcode() == dns.rcode.NOERROR


@pytest.mark.all_only
def test_the_name_server_of_another_sandbox_is_not_touched(sandbox: Sandbox) -> None:
    started = sandbox.bring_to("started")
    assert started.status == 0, started.output
    for state in ("started", "absent"):
        refused = sandbox.bring_to(state, sandbox_directory="/nowhere/else", sandbox_dns_port=free_port())
        assert refused.status != 0, refused.output
        assert "runs in" in refused.output
        assert "Nothing was changed." in " ".join(refused.output.split())
        assert not pathlib.Path("/nowhere").exists()
        assert sandbox.ask("customer.example", "A", with_key=True).rcode() == dns.rcode.NOERROR
    # Its own: the name server keeps running, and nothing is written again.
    assert sandbox.bring_to("started").recap["changed"] == 0
