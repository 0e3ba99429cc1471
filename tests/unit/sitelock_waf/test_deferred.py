# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites that a pass did not reach in its time, lists that are kept in files, and the rows that are shown."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible import constants
from ansible.errors import AnsibleFilterError

from ansible_collections.hosting.websec.plugins.filter.waf_pass import waf_pass
from ansible_collections.hosting.websec.plugins.filter.waf_report import waf_report
from ansible_collections.hosting.websec.plugins.filter.waf_report_lines import waf_report_lines
from ansible_collections.hosting.websec.plugins.filter.waf_sites import waf_sites
from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import decision
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf import fleet as fleet_module
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.fleet import TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.state_record import TYPES
from ansible_collections.hosting.websec.plugins.plugin_utils._kept import keep

Rows = list[dict[str, t.Any]]

SITE = {"domain": "a.example", "zone": "a.example", "site_id": 1, "subscription": "200"}
NOW = "2026-11-21T22:00:00Z"


def state_record(**more: t.Any) -> dict[str, t.Any]:
    read = {"zone": "a.example", "name": "_websec.a.example", "type": "TXT", "values": [], "ttl": None}
    return {**read, "everywhere": None, "failed": False, "error": None, "deferred": False, **more}


def status(**more: t.Any) -> dict[str, t.Any]:
    fields = dict.fromkeys(("dns_new_cname", "dns_ssl_verify", "ssl", "message", "state", "error"))
    lists: dict[str, t.Any] = {"dns_new_a": [], "original_dns": [], "actions": []}
    flags = {"routable": False, "changed": False, "failed": False, "deferred": False}
    return {"site_id": 1, "state_before": None, **fields, **lists, **flags, **more}


def row(read: t.Any, statuses: t.Any, record_sets: t.Any = (), **more: t.Any) -> dict[str, t.Any]:
    (found,) = waf_report(waf_sites([SITE]), statuses, list(record_sets), now=NOW, read=read, **more)
    return found


def test_a_site_whose_state_record_was_not_read_is_left_alone() -> None:
    read = [state_record(deferred=True)]
    assert waf_pass(waf_sites([SITE]), "to_order", read=read) == []
    assert waf_pass(waf_sites([SITE]), "to_preflight", read=read) == []
    found = row(read, [])
    assert (found["waiting_for"], found["error"], found["steps"]) == (TIME_OVER, None, [])


def test_a_site_that_was_not_looked_at_is_not_ordered() -> None:
    looked = [{"domain": "a.example", "findings": [], "deferred": True}]
    assert waf_pass(waf_sites([SITE]), "to_order", read=[state_record()], preflight=looked) == []
    assert row([state_record()], [], preflight=looked)["waiting_for"] == TIME_OVER


def test_a_site_whose_zone_was_not_looked_up_is_left_alone() -> None:
    zones = [{"name": "a.example", "zone": None, "failed": False, "error": None, "deferred": True}]
    entries = waf_sites([{**SITE, "zone": None}], zones=zones)
    assert waf_pass(entries, "state_records_to_read") == []
    (found,) = waf_report(entries, [], [], now=NOW)
    assert (found["waiting_for"], found["error"]) == (TIME_OVER, None)


def test_a_site_that_was_ordered_and_not_looked_at_again_keeps_its_dns() -> None:
    ordered = status(deferred=True, changed=True, actions=["provisionAddon"], state_before="absent")
    assert waf_pass(waf_sites([SITE]), "present_to_read", read=[state_record()], statuses=[ordered]) == []
    found = row([state_record()], [ordered])
    assert (found["steps"], found["changed"], found["waiting_for"]) == (["provisionAddon"], True, TIME_OVER)
    assert (found["state_before"], found["state"], found["error"]) == ("absent", None, None)


def test_a_site_that_was_ordered_and_whose_records_were_not_read_tells_of_the_order() -> None:
    ordered = status(
        changed=True,
        actions=["provisionAddon"],
        state_before="absent",
        state="pending-dns",
        routable=True,
        dns_new_a=["192.0.2.1"],
        dns_new_cname="x.cdn.example",
    )
    not_read = [
        state_record(name=name, type=kind, deferred=True) for name in ("a.example", "www.a.example") for kind in TYPES
    ]
    found = row([state_record(), *not_read], [ordered])
    assert (found["steps"], found["changed"], found["waiting_for"]) == (["provisionAddon"], True, TIME_OVER)
    assert (found["state"], found["error"]) == ("pending-dns", None)


def test_records_that_were_not_reached_are_no_failure() -> None:
    verify = {"dns_record_domain": "a.example", "dns_record_type": "TXT", "dns_record_value": "v=1"}
    waiting = status(state="pending-domain-validation", state_before="absent", dns_ssl_verify=verify)
    result = {"changed": False, "failed": False, "error": None, "deferred": True}
    changes = [{"name": name, "type": "TXT", **result} for name in ("a.example", "_websec.a.example")]
    found = row([state_record()], [waiting], changes)
    assert (found["waiting_for"], found["error"], found["steps"]) == (TIME_OVER, None, [])


# ---- lists in files


def test_a_file_stands_for_its_entries(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(tmp_path))
    sites = [{**SITE, "site_id": number, "domain": f"s{number}.example", "zone": None} for number in (1, 2)]
    (file,) = waf_sites(sites, kept=True)
    assert Path(str(file)).parent == tmp_path
    assert Path(str(file)).stat().st_mode & 0o077 == 0
    assert waf_pass([file], "without_zone") == ["s1.example", "s2.example"]
    zones = keep({"zones": [{"name": f"s{n}.example", "zone": f"s{n}.example", "error": None} for n in (1, 2)]})
    (file,) = waf_sites(sites, zones=[zones], kept=True)
    assert waf_pass([file], "state_records_to_read") == waf_pass(
        waf_sites([{**site, "zone": site["domain"]} for site in sites]), "state_records_to_read"
    )


# ---- rows that are shown


def fleet(number: int, **first: t.Any) -> Rows:
    quiet = {"state_before": "ready", "state": "ready", "steps": [], "waiting_for": None, "notes": [], "error": None}
    rows: Rows = [{**quiet, "changed": False, "domain": f"s{n}.example", "site_id": n} for n in range(number)]
    rows[0].update(first)
    return rows


@pytest.mark.parametrize(("show", "lines"), [("all", 252), ("auto", 3), ("attention", 3), ("changed", 1)])
def test_of_a_large_fleet_only_what_matters_is_shown(show: str, lines: int) -> None:
    shown = waf_report_lines(fleet(250, state="pending-dns", waiting_for="SiteLock"), show)
    assert len(shown) == lines
    hidden = {252: "", 3: " Not shown: 249.", 1: " Not shown: 250."}[lines]
    assert shown[-1] == f"250 sites: 249 ready, 1 pending-dns; nothing changed.{hidden}"


def test_a_small_fleet_is_shown_whole() -> None:
    shown = waf_report_lines(fleet(3, changed=True, steps=["provisionAddon"]))
    assert len(shown) == 5
    assert shown[-1] == "3 sites: 3 ready; 1 changed."


@pytest.mark.parametrize("show", ["auto", "attention", "changed"])
def test_sites_that_were_deferred_or_failed_are_always_shown(show: str) -> None:
    error = {"kind": "rejected", "code": None, "message": "No.", "hint": ""}
    rows = fleet(300, error=error)
    rows[1]["waiting_for"] = TIME_OVER
    shown = waf_report_lines(rows, show)
    assert [line.split(" ")[0] for line in shown[1:3]] == ["s0.example", "s1.example"]
    assert shown[-1].startswith("300 sites: 300 ready; 1 failed, 1 deferred to the next pass.")


def test_a_choice_that_is_none() -> None:
    with pytest.raises(AnsibleFilterError, match="not one of auto, all, attention, changed"):
        waf_report_lines([], "everything")


# ---- what is deferred

REASON = "the SiteLock API refused the credentials (HTTP 401)."


@pytest.mark.parametrize("step", ["zone", "state_record", "preflight", "answer", "records"])
def test_a_deferred_site_says_why_whatever_step_was_deferred(step: str) -> None:
    put_off: dict[str, t.Any] = {"deferred": True, "deferred_reason": REASON}
    sites, more, read, statuses, changes = waf_sites([SITE]), {}, [state_record()], [status(state="ready")], []
    if step == "zone":
        zones = [{"name": "a.example", "zone": None, "failed": False, "error": None, **put_off}]
        sites = waf_sites([{**SITE, "zone": None}], zones=zones)
    elif step == "state_record":
        read = [state_record(**put_off)]
    elif step == "preflight":
        more = {"preflight": [{"domain": "a.example", "findings": [], **put_off}]}
    elif step == "answer":
        statuses = [status(**put_off)]
    else:
        verify = {"dns_record_domain": "a.example", "dns_record_type": "TXT", "dns_record_value": "v=1"}
        statuses = [status(state="pending-domain-validation", state_before="absent", dns_ssl_verify=verify)]
        result = {"changed": False, "failed": False, "error": None, **put_off}
        changes = [{"name": name, "type": "TXT", **result} for name in ("a.example", "_websec.a.example")]
    (found,) = waf_report(sites, statuses, list(changes), now=NOW, read=read, **more)
    assert (found["waiting_for"], found["error"]) == (f"the next pass, deferred: {REASON}", None)


def test_deferred_sites_share_one_line() -> None:
    rows = fleet(250)
    for row in rows[3:]:
        row["waiting_for"] = f"the next pass, deferred: {REASON}"
    lines = waf_report_lines(rows)
    told = [line for line in lines if REASON in line]
    assert told == [
        "Deferred, nothing was sent for 247 sites (s3.example, s4.example, s5.example and 244 more): " + REASON
    ]
    assert "247 deferred" in lines[-1]
    assert sum(REASON in line for line in waf_report_lines(rows, "all")) == 247


# ---- what nobody expected


@pytest.mark.parametrize("function", ["decide", "from_values"])
def test_a_mistake_about_one_site_is_its_error_and_costs_no_other_its_row(
    monkeypatch: pytest.MonkeyPatch, function: str
) -> None:
    real = getattr(fleet_module if function == "from_values" else decision, function)

    def broken(first: t.Any, *more: t.Any) -> t.Any:
        if "b.example" in (first if isinstance(first, str) else first["domain"]):
            raise ZeroDivisionError
        return real(first, *more)

    monkeypatch.setattr(fleet_module, function, unexpected_as_bug()(broken) if function == "decide" else broken)
    sites = waf_sites([SITE, {**SITE, "domain": "b.example", "zone": "b.example", "site_id": 2}])
    read = [state_record(), {**state_record(), "zone": "b.example", "name": "_websec.b.example"}]
    ordered = {"state": "ready", "state_before": "absent", "actions": ["provisionAddon"], "changed": True}
    rows = waf_report(sites, [status(**ordered), status(**ordered, site_id=2)], [], now=NOW, read=read)
    assert [row["steps"] for row in rows] == [["provisionAddon"], ["provisionAddon"]]
    assert [row["error"] and row["error"]["kind"] for row in rows] == [None, "bug"]
