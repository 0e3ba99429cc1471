# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The life of a site whose zone is changed through the HTTP API of a real PowerDNS: the real pass, from the order to
the clean-up. The sandbox plays SiteLock, and queries this PowerDNS."""

from __future__ import annotations

import collections.abc
import contextlib
import datetime
import json
import typing as t

import dns.rdatatype
import dns.update
import pytest
from integration.api_proxy import ApiProxy
from integration.operator_of_passes import ORIGIN, PLANS
from integration.powerdns_server import PowerDnsServer
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import open_providers
from ansible_collections.hosting.websec.plugins.module_utils._preflight.policy import Policy
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import PublicResolver
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.dns import SiteDns
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.preflight import SitePreflight
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.run import Pass, PassOptions

Content = dict[tuple[str, str], tuple[int, frozenset[str]]]
Row = dict[str, t.Any]

ZONE, WWW = "customer.example", "www.customer.example"
MARK = f"_websec.{ZONE}"
START = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.timezone.utc)
APEX = (f"@ 3600 IN A {ORIGIN}", "@ 1800 IN AAAA 2001:db8::10")
WWW_BEFORE = {
    "CNAME": ("www 86400 IN CNAME @",),
    "addresses": ("www 7200 IN A 192.0.2.11", "www 7200 IN A 192.0.2.12", "www 600 IN AAAA 2001:db8::11"),
}
FOREIGN = (
    "@ 3600 IN MX 10 mx",
    '@ 300 IN TXT "v=spf1 mx; -all"',
    '@ 300 IN TXT "somebody \\"needs\\" this; \\\\ and this"',
    "mx 300 IN A 192.0.2.25",
    '_dmarc 600 IN TXT "v=DMARC1; p=none"',
    "* 60 IN A 192.0.2.99",
)


class Life:
    """The passes over one site, on a clock that the sandbox shares.

    :param entry: more of its entry in the site file.
    """

    def __init__(self, pdns: PowerDnsServer, api: ApiProxy, sandbox: SandboxServer, **entry: t.Any) -> None:
        self.pdns = pdns
        self.api = api
        self.sandbox = sandbox
        self.warnings: list[str] = []
        self._entry = {"domain": ZONE, "site_id": 1, "subscription": "200", **entry}
        self._hours = 0.0

    def later(self, hours: float) -> None:
        self._hours += hours
        self.sandbox.post("clock", {"advance": int(hours * 3600)})

    def make(self, *, check_mode: bool = False, **entry: t.Any) -> Row:
        """The row of one pass."""
        connection = {"api_url": f"{self.sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
        others = dict.fromkeys(("api_partner", "ca_path", "client_cert", "client_key"))
        provider = {**self.pdns.provider, "port": self.api.port}
        with contextlib.ExitStack() as stack:
            client = SiteLockClient.from_options(
                {**others, **connection, "validate_certs": True, "timeout": 10, "retries": 0}, read_only=check_mode
            )
            providers = open_providers({"providers": {"pdns": provider}}, read_only=check_mode, concurrency=2)
            public = PublicResolver(self.pdns.address, self.pdns.port, 5, 2)
            for each in (client, providers, public):
                stack.enter_context(each)
            preflight = SitePreflight(
                providers, public, Policy(), probe_updates=True, concurrency=2, context=RunContext()
            )
            one = Pass(
                [{**self._entry, **entry}],
                PassOptions(check_mode=check_mode),
                api=client,
                dns=SiteDns(providers, wait_propagation=10, warn=self.warnings.append),
                preflight=preflight,
                clock=lambda: START + datetime.timedelta(hours=self._hours),
            )
            one.run()
        (row,) = one.rows
        for secret in (self.pdns.api_key, PASSWORD):
            assert secret not in repr((row, one.diff, self.warnings))
        return row

    def stage(self, *steps: str, planned: t.Sequence[str] | None = None, **entry: t.Any) -> Row:
        """A pass that does ``steps``. A check-mode pass before it sends nothing, one after it finds nothing to do, and
        other records are unchanged.

        :param planned: the steps that check mode reports, if they differ: there, no order is answered.
        """
        written, before = self.written(), self.content()
        would = self.make(check_mode=True, **entry)
        assert (would["error"], would["steps"]) == (None, list(steps if planned is None else planned))
        assert (self.written(), self.content()) == (written, before)
        done = self.make(**entry)
        assert (done["error"], done["steps"]) == (None, list(steps))
        written, after = self.written(), self.content()
        again = self.make(**entry)
        assert (again["error"], again["steps"], again["changed"]) == (None, [], False)
        assert (self.written(), self.content()) == (written, after)
        # All servers were queried, and served it.
        assert self.warnings == []
        return done

    def written(self) -> tuple[int, list[str]]:
        """The writes sent to both APIs."""
        return self.api.writes, self.sandbox.writes()

    def content(self) -> Content:
        """The content of the zone, by AXFR; texts are joined."""
        found: Content = {}
        for name, rdataset in self.pdns.transfer(ZONE).iterate_rdatasets():
            kind = dns.rdatatype.to_text(rdataset.rdtype)
            if kind != "SOA":
                values = {
                    b"".join(record.strings).decode() if kind == "TXT" else str(record).rstrip(".")
                    for record in rdataset
                }
                found[str(name).rstrip("."), kind] = (int(rdataset.ttl), frozenset(values))
        return found

    def at(self, *names: str) -> Content:
        """A, AAAA and CNAME at these names."""
        return {at: there for at, there in self.content().items() if at[0] in names and at[1] in ("A", "AAAA", "CNAME")}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> collections.abc.Iterator[tuple[PowerDnsServer, SandboxServer]]:
    folder = tmp_path_factory.mktemp("life")
    with PowerDnsServer(folder / "pdns") as pdns, SandboxServer(folder / "sandbox", pdns.port) as sandbox:
        yield pdns, sandbox


@pytest.fixture
def new_life(
    servers: tuple[PowerDnsServer, SandboxServer],
) -> collections.abc.Iterator[collections.abc.Callable[..., Life]]:
    """Starts the life of the site: C(www) are its records, the rest belongs to the entry."""
    pdns, sandbox = servers
    with ApiProxy(pdns.api_port) as api:

        def make(www: str, **entry: t.Any) -> Life:
            pdns.add_zone(ZONE, *APEX, *WWW_BEFORE[www], *FOREIGN)
            sandbox.post("reset", {})
            sandbox.calls()
            account = {"id": "570", "name": "Customers"}
            site = {"site_id": "1", "account_id": "570", "domain": ZONE, "ssl": True, "origin": [ORIGIN]}
            sandbox.post("fleet", {"plans": PLANS, "accounts": [account], "sites": [site]})
            sandbox.post("settings", {"validation_delay": 3600, "ready_delay": 3600})
            return Life(pdns, api, sandbox, ssl=True, **entry)

        yield make


@pytest.mark.parametrize(
    ("www", "zone"), [("CNAME", {}), ("addresses", {"zone": ZONE})], ids=["CNAME, zone found", "addresses, zone given"]
)
def test_a_life(new_life: collections.abc.Callable[..., Life], www: str, zone: dict[str, str]) -> None:
    life = new_life(www, dns_accept="best_effort", lower_ttl=120, **zone)
    before, original = life.content(), life.at(ZONE, WWW)
    others = {at: there for at, there in before.items() if at not in original}

    def foreign() -> Content:
        """The records of others."""
        found = {at: there for at, there in life.content().items() if at[0] != MARK and at not in life.at(ZONE, WWW)}
        ttl, values = found[ZONE, "TXT"]
        found[ZONE, "TXT"] = ttl, frozenset(each for each in values if not each.startswith("globalsign-"))
        return found

    life.stage("provisionAddon", "publish TXT", "lower TTL", planned=["provisionAddon"])
    assert {ttl for ttl, _values in life.at(ZONE, WWW).values()} == {120}
    assert len(life.content()[ZONE, "TXT"][1]) == 3
    assert foreign() == others

    life.later(1.1)
    life.stage("change A/CNAME")
    assert foreign() == others
    routed = life.at(ZONE, WWW)
    assert set(routed) == {(ZONE, "A"), (WWW, "CNAME")}
    assert not routed[ZONE, "A"][1] & original[ZONE, "A"][1]
    (state_record,) = life.content()[MARK, "TXT"][1]
    assert len(state_record) > 400

    life.later(1.1)
    assert life.stage()["state"] == "ready"

    def somebody(message: dns.update.UpdateMessage) -> None:
        message.replace("@", 60, "A", "192.0.2.66")
        message.delete("www", "CNAME")
        message.add("www", 60, "A", "192.0.2.66")

    life.pdns.update(ZONE, somebody)
    assert life.at(ZONE, WWW) != routed
    life.stage("change A/CNAME")
    assert (life.at(ZONE, WWW), foreign()) == (routed, others)

    life.stage("restore A/CNAME", "remove TXT", state="absent")
    after = life.content()
    assert {at: there for at, there in after.items() if at[0] != MARK} == before
    life.later(0.05)
    life.stage(state="absent")
    assert life.sandbox.purchases(1) == ["added"]
    life.later(0.1)
    life.stage("deleteAddon", state="absent")
    assert (life.content(), life.sandbox.purchases(1)) == (before, ["added", "deleted"])
    life.stage(state="absent")


def test_without_anybody_who_accepts_it_the_site_is_refused(new_life: collections.abc.Callable[..., Life]) -> None:
    life = new_life("CNAME", zone=ZONE)
    row = life.make()
    assert "dns_accept: best_effort" in row["error"]["hint"]
    assert (row["steps"], life.api.calls, life.sandbox.calls()) == ([], [], [])


def overwrite(message: dns.update.UpdateMessage) -> None:
    message.replace("@", 3600, "A", "203.0.113.9")


def overwrite_alias(message: dns.update.UpdateMessage) -> None:
    message.replace("www", 60, "CNAME", "theirs.example.net.")


def at_the_cut_over(new_life: collections.abc.Callable[..., Life], www: str = "CNAME") -> Life:
    """A site whose next pass changes its records."""
    life = new_life(www, zone=ZONE, dns_accept="best_effort")
    life.stage("provisionAddon", "publish TXT", planned=["provisionAddon"])
    life.later(1.1)
    life.api.calls.clear()
    return life


def target(life: Life) -> t.Any:
    """The CDN target in the state record."""
    (text,) = life.content()[MARK, "TXT"][1]
    return json.loads(text.partition(" ")[2]).get("target")


@pytest.mark.parametrize(
    ("www", "name", "change", "theirs"),
    [
        ("CNAME", ZONE, overwrite, {"A": (3600, {"203.0.113.9"}), "AAAA": (1800, {"2001:db8::10"})}),
        ("addresses", WWW, overwrite_alias, {"CNAME": (60, {"theirs.example.net"})}),
    ],
    ids=["address", "CNAME where addresses were"],
)
def test_a_cut_over_that_somebody_overwrites_is_not_saved_as_done(
    new_life: collections.abc.Callable[..., Life],
    www: str,
    name: str,
    change: t.Callable[[dns.update.UpdateMessage], None],
    theirs: dict[str, tuple[int, set[str]]],
) -> None:
    """The records of the other writer stay, and everything else is as before."""
    life = at_the_cut_over(new_life, www)
    before = life.at(ZONE, WWW)
    wanted = {
        **{at: there for at, there in before.items() if at[0] != name},
        **{(name, kind): there for kind, there in theirs.items()},
    }

    def somebody() -> None:
        if "PATCH" in life.api.calls:
            life.api.before = {}
            life.pdns.update(ZONE, change)

    life.api.before = {"GET": somebody}
    row = life.make()
    assert (row["error"], row["waiting_for"].startswith("the next pass (another writer")) == (None, True)
    assert (life.at(ZONE, WWW), target(life)) == (wanted, None)

    row = life.make()
    assert (row["error"], row["steps"]) == (None, ["change A/CNAME"])
    assert target(life) is not None
    assert {at[1] for at in life.at(ZONE, WWW)} == {"A", "CNAME"}
    life.make(state="absent")
    assert life.at(ZONE, WWW) == wanted


def test_what_somebody_changes_before_the_cut_over_is_not_lost(new_life: collections.abc.Callable[..., Life]) -> None:
    """Another writer writes after the pass has read the records, and before it changes them."""
    life = at_the_cut_over(new_life)
    reads = 0

    def somebody() -> None:
        nonlocal reads
        reads += 1
        if reads == 4:  # after the state record, the list of zones, and the present records
            life.api.before = {}
            life.pdns.update(ZONE, overwrite)

    before = life.at(WWW)
    life.api.before = {"GET": somebody}
    row = life.make()
    assert (row["error"], row["steps"], life.api.writes) == (None, [], 0)
    assert (life.at(WWW), life.at(ZONE)[ZONE, "A"][1]) == (before, {"203.0.113.9"})
    row = life.make()
    assert row["steps"] == ["change A/CNAME"]
    life.make(state="absent")
    assert life.at(ZONE)[ZONE, "A"] == (3600, {"203.0.113.9"})
