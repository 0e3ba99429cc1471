# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Any provider of octoDNS: changes, other writers, and errors."""

from __future__ import annotations

import collections.abc
import socket
import typing as t

import pytest
import requests

from ansible_collections.hosting.websec.plugins.module_utils._dns.desired import parse_desired
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.provider_set import (
    ProviderSet,
    Subject,
    open_providers,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.reading import parse_questions
from ansible_collections.hosting.websec.plugins.module_utils._effects import WriteRefusedError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.tests.unit.dns.memory_provider import ACCOUNTS, Account
from ansible_collections.hosting.websec.tests.unit.dns.passes import Entry, entry

ZONE, WWW = "customer.example", "www.customer.example"
SECRET = "tok-5e2b9f7c1d"
CLASS = "ansible_collections.hosting.websec.tests.unit.dns.memory_provider.MemoryProvider"

SETS: dict[str, tuple[int, list[str]]] = {
    "NS": (3600, ["ns1.hoster.example."]),
    "A": (3600, ["192.0.2.10"]),
    "AAAA": (3600, ["2001:db8::10"]),
    "TXT": (300, ["v=spf1\\; -all", "other=1"]),
    "MX": (300, ["10 mx.customer.example."]),
    "www CNAME": (3600, ["customer.example."]),
    "deep.sub NS": (3600, ["ns.elsewhere.example."]),
}


@pytest.fixture
def account() -> collections.abc.Iterator[Account]:
    ACCOUNTS["one"] = Account(customer_example=SETS, other_example={"A": (60, ["192.0.2.20"])})
    yield ACCOUNTS["one"]
    del ACCOUNTS["one"]


class Clock:
    """Time that passes only during sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def providers(*, check_mode: bool = False, clock: Clock | None = None, **options: t.Any) -> ProviderSet:
    clock = clock or Clock()
    one = {"type": "octodns", "class": CLASS, "account": "one", "token": SECRET, **options}
    return open_providers(
        {"providers": {"customers": one}, "accept": "best_effort"},
        read_only=check_mode,
        concurrency=2,
        context=RunContext(clock=clock, sleep=clock.sleep),
    )


def change(*entries: Entry, **more: t.Any) -> dict[str, t.Any]:
    with providers(**more) as opened:
        return opened.change(parse_desired([{"zone": ZONE, **each} for each in entries]))


def read(*wanted: tuple[str, str]) -> list[t.Any]:
    entries = [{"zone": ZONE, "name": name, "type": kind, "every_server": False} for name, kind in wanted]
    with providers() as opened:
        found = opened.read(parse_questions(entries))
    return [each["error"] or each["values"] for each in found]


def http_error(status: int, text: str = "") -> requests.HTTPError:
    response = requests.Response()
    response.status_code = status
    response._content = text.encode()
    return requests.HTTPError(f"{status} for url: https://api.example/zones?token={SECRET}", response=response)


def errors(result: t.Mapping[str, t.Any]) -> list[str]:
    return [each["error"]["kind"] for each in result["record_sets"] if each["failed"]]


CUT_OVER = [
    entry(ZONE, "A", "198.51.100.1", "198.51.100.2", ttl=300, group="site"),
    entry(ZONE, "AAAA", group="site"),
    entry(WWW, "CNAME", "abc.cdn.example.net", ttl=300, group="site"),
    entry(f"_websec.{ZONE}", "TXT", 'websec1 {"target":["a;b"]}', ttl=60, group="site"),
]


def test_only_what_is_wanted_is_changed_in_one_apply_and_the_second_run_changes_nothing(account: Account) -> None:
    planned = change(*CUT_OVER, check_mode=True)
    assert ("apply" in account.calls, planned["changed"]) == (False, True)
    done = change(*CUT_OVER)
    assert {**done, "zones": planned["zones"]} == planned
    assert account.applied == [
        [
            f"Delete {ZONE}. AAAA",
            f"Create _websec.{ZONE}. TXT",
            f"Update {ZONE}. A",
            f"Update {WWW}. CNAME",
        ]
    ]
    kept = {at: SETS[at] for at in ("NS", "TXT", "MX", "deep.sub NS")}
    assert account.zones[f"{ZONE}."] == {
        **kept,
        "A": (300, ["198.51.100.1", "198.51.100.2"]),
        "www CNAME": (300, ["abc.cdn.example.net."]),
        "_websec TXT": (60, ['websec1 {"target":["a\\;b"]}']),
    }
    # The list of zones, and each time: read, (change, read).
    assert account.calls == ["populate", "list_zones", "populate", "list_zones", "apply", "populate"]
    again = change(*CUT_OVER)
    assert (again["changed"], len(account.applied), errors(again)) == (False, 1, [])
    assert (done["record_sets"][0]["provider"], done["zones"][0]["conditional"]) == ("customers", False)
    assert done["zones"][0]["atomicity"] == "none"


def test_an_address_and_a_cname_change_places_in_one_apply(account: Account) -> None:
    assert errors(change(entry(WWW, "A", "192.0.2.1"))) == []
    assert (account.zones[f"{ZONE}."]["www A"], "www CNAME" in account.zones[f"{ZONE}."]) == (
        (3600, ["192.0.2.1"]),
        False,
    )
    assert errors(change(entry(WWW, "CNAME", "b.example.net"))) == []
    assert (account.zones[f"{ZONE}."].get("www A"), len(account.applied)) == (None, 2)


def test_a_value_is_added_to_a_set_and_the_values_of_others_stay(account: Account) -> None:
    result = change(entry(ZONE, "TXT", "verify=1", mode="present"))
    assert errors(result) == []
    assert account.zones[f"{ZONE}."]["TXT"] == (300, ["other=1", "v=spf1\\; -all", "verify=1"])
    assert read((ZONE, "TXT")) == [["other=1", "v=spf1; -all", "verify=1"]]


@pytest.mark.parametrize(
    ("text", "kind"), [("a\\b", "rejected"), ('x" "y', "rejected"), ('{"a":"b;c"}', None), ("ä", None)]
)
def test_a_text_comes_back_as_it_was_or_is_not_written(account: Account, text: str, kind: str | None) -> None:
    result = change(entry(f"t.{ZONE}", "TXT", text))
    assert errors(result) == ([kind] if kind else [])
    assert read((f"t.{ZONE}", "TXT")) == [[] if kind else [text]]


# ---- somebody else writes


def test_what_somebody_else_writes_to_another_set_stays(account: Account) -> None:
    account.before_apply = lambda: account.set(f"{ZONE}.", "blog A", 60, "192.0.2.99")
    assert errors(change(*CUT_OVER)) == []
    assert account.zones[f"{ZONE}."]["blog A"] == (60, ["192.0.2.99"])


def test_a_set_that_was_changed_after_it_was_planned_is_planned_again(account: Account) -> None:
    """If the change is later than the moment after the first read."""
    clock = Clock()
    with providers(clock=clock) as opened:
        made = opened.provider("customers")
        change_now = made.change
        due: list[int] = []

        def later(*arguments: t.Any) -> t.Any:
            due.append(1)
            if len(due) == 1:
                clock.now += 60
                account.set(f"{ZONE}.", "TXT", 300, "v=spf1\\; -all", "new=1")
            return change_now(*arguments)

        made.change = later
        result = opened.change(parse_desired([{"zone": ZONE, **entry(ZONE, "TXT", "verify=1", mode="present")}]))
    assert len(due) == 2
    assert errors(result) == []
    assert account.zones[f"{ZONE}."]["TXT"] == (300, ["new=1", "v=spf1\\; -all", "verify=1"])


def test_values_that_are_not_those_that_were_expected_are_left_alone(account: Account) -> None:
    account.set(f"{ZONE}.", "A", 60, "192.0.2.77")
    wanted = {**CUT_OVER[0], "expected": {"A": ["192.0.2.10"]}}
    result = change(wanted, *CUT_OVER[1:])
    assert (errors(result), account.applied) == (["rejected"] * 4, [])
    assert result["record_sets"][0]["error"]["code"] == "changed_meanwhile"


def test_a_set_that_is_overwritten_right_after_the_change_is_an_error_and_its_group_is_put_back(
    account: Account,
) -> None:
    def overwrite() -> None:
        account.after_apply = lambda: None
        account.set(f"{ZONE}.", "A", 60, "203.0.113.5")

    account.after_apply = overwrite
    result = change(*CUT_OVER, entry(f"blog.{ZONE}", "A", "192.0.2.1"))
    assert errors(result) == ["rejected"] * 4
    assert "but did not apply it" in result["record_sets"][0]["error"]["message"]
    sets = account.zones[f"{ZONE}."]
    assert (sets["AAAA"], sets["www CNAME"], "_websec TXT" in sets) == (SETS["AAAA"], SETS["www CNAME"], False)
    assert (sets["blog A"], result["record_sets"][4]["failed"]) == ((3600, ["192.0.2.1"]), False)


# ---- errors and retries


@pytest.mark.parametrize(
    "fault",
    [http_error(502), http_error(500, "SQL: database is locked"), requests.ConnectTimeout("slow"), http_error(429)],
)
def test_a_server_in_trouble_is_asked_again(account: Account, fault: Exception) -> None:
    clock = Clock()
    account.faults = {"populate": [fault, fault], "apply": [fault, fault]}
    assert errors(change(*CUT_OVER, clock=clock)) == []
    assert (len(account.applied), account.calls.count("apply"), len(clock.slept) > 3) == (1, 3, True)


def test_a_change_whose_answer_was_lost_is_not_sent_again(account: Account) -> None:
    lost = http_error(504)
    lost.after = True
    account.faults = {"apply": [lost]}
    result = change(*CUT_OVER)
    assert (errors(result), len(account.applied)) == ([], 1)
    assert all(each["changed"] for each in result["record_sets"])


def test_it_ends_when_a_server_stays_in_trouble(account: Account) -> None:
    account.faults = {"apply": [http_error(503)] * 100}
    result = change(*CUT_OVER)
    assert set(errors(result)) == {"outcome_unknown"}
    assert (account.applied, account.calls.count("apply")) == ([], 10)


def test_no_pause_goes_beyond_the_deadline(account: Account) -> None:
    account.faults = {"populate": [http_error(503)] * 100}
    clock = Clock()
    with providers(clock=clock) as opened:
        opened._context.stop("stopped by a test")
        result = opened.change(parse_desired([{"zone": ZONE, **CUT_OVER[0]}]))
    assert (result["record_sets"][0]["deferred"], account.calls, clock.slept) == (True, [], [])


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (http_error(401), "auth"),
        (http_error(403), "not_allowed"),
        (http_error(422, "RRset customer.example. IN A: Conflicts"), "rejected"),
        (Exception(f"PowerDNS unauthorized host=x {SECRET}"), "auth"),
        (KeyError("rrsets"), "bad_response"),
        (ValueError(f"not JSON: {SECRET}"), "bad_response"),
    ],
)
def test_errors_of_the_library_have_a_kind_and_no_secret(account: Account, fault: Exception, kind: str) -> None:
    account.faults = {"populate": [fault] * 9}
    result = change(*CUT_OVER)
    assert set(errors(result)) == {kind}
    assert SECRET not in repr(result)
    assert "customers (MemoryProvider)" in result["record_sets"][0]["error"]["message"]


def test_a_refused_connection_is_no_timeout_and_its_reason_is_not_cut_off(account: Account) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(requests.ConnectionError) as refused:
            requests.get(f"http://127.0.0.1:{unused.getsockname()[1]}/", timeout=5)
    account.faults = {"populate": [refused.value] * 9}
    error = change(*CUT_OVER)["record_sets"][0]["error"]
    assert error["kind"] == "unavailable"
    assert "Connection refused" in error["message"]


def test_a_zone_that_is_not_there_is_not_created(account: Account) -> None:
    result = change({**entry("missing.example", "A", "192.0.2.1"), "zone": "missing.example"})
    assert (errors(result), account.applied, "missing.example." in account.zones) == (["not_found"], [], False)


def test_names_that_belong_to_others_are_refused_alone(account: Account) -> None:
    account.zones[f"below.{ZONE}."] = {}
    result = change(
        entry(f"x.deep.sub.{ZONE}", "A", "192.0.2.1"),
        entry(f"www.below.{ZONE}", "A", "192.0.2.1"),
        entry(f"fine.{ZONE}", "A", "192.0.2.1"),
        entry(f"loc.{ZONE}", "LOC", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m"),
    )
    assert [each["error"] and each["error"]["kind"] for each in result["record_sets"]][:2] == ["not_found"] * 2
    assert "is delegated" in result["record_sets"][0]["error"]["message"]
    assert f"in the zone below.{ZONE}" in result["record_sets"][1]["error"]["message"]


def test_an_alias_of_the_provider_is_not_overwritten(account: Account) -> None:
    account.zones["other.example."] = {"ALIAS": (60, ["x.example.net."])}
    result = change({**entry("other.example", "A", "192.0.2.1"), "zone": "other.example"})
    assert (errors(result), account.applied) == (["rejected"], [])
    assert "ALIAS" in result["record_sets"][0]["error"]["message"]


# ---- the rest of the interface


def test_check_mode_cannot_write(account: Account) -> None:
    with providers(check_mode=True) as opened, pytest.raises(WriteRefusedError):
        opened.provider("customers").change(parse_name(ZONE, "zone"), [], {})
    assert account.calls == []


def test_zones_are_listed_once(account: Account) -> None:
    account.zones[f"below.{ZONE}."] = {}
    names = [WWW, f"x.below.{ZONE}", "nowhere.example", ZONE]
    with providers() as opened:
        found = opened.zones([Subject(parse_name(name, "name")) for name in names])
        opened.zones([Subject(parse_name(WWW, "name"))])
    assert [each["zone"] for each in found] == [ZONE, f"below.{ZONE}", None, ZONE]
    assert (found[2]["error"]["kind"], account.calls) == ("not_found", ["list_zones"])
