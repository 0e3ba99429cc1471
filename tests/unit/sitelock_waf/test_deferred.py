# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sites that a pass did not reach: before its deadline, or for a reason that applies to all."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.entries import Defaults, prepare
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.rows import rows_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_waf.sites import Sites
from ansible_collections.hosting.websec.plugins.module_utils._state_record import TYPES
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import read
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    MARK,
    NOON,
    WWW,
    ZONE,
    entry,
    known,
    status,
    verify,
)


def row(sites: Sites, changed: t.Sequence[t.Any] = ()) -> dict[str, t.Any]:
    (found,) = rows_of(sites, changed, [], [])
    return found


def zone_not_found(**more: t.Any) -> Sites:
    zones = [{"name": ZONE, "zone": None, "failed": False, "error": None, **more}]
    return Sites(prepare([{"domain": ZONE, "site_id": 1, "subscription": "200"}], zones, Defaults()), now=NOON)


def test_a_site_whose_state_record_was_not_read_is_left_alone() -> None:
    sites = known(entry(), read=[read(MARK, "TXT", deferred=True)])
    assert sites.to_order() == []
    assert sites.to_preflight() == []
    found = row(sites)
    assert (found["waiting_for"], found["error"], found["steps"]) == (TIME_OVER, None, [])


def test_a_site_that_was_not_looked_at_is_not_ordered() -> None:
    looked = [{"domain": ZONE, "findings": [], "deferred": True}]
    sites = known(entry(), read=[read(MARK, "TXT")], preflight=looked)
    assert sites.to_order() == []
    assert row(sites)["waiting_for"] == TIME_OVER


def test_a_site_whose_zone_was_not_looked_up_is_left_alone() -> None:
    sites = zone_not_found(deferred=True)
    assert sites.state_records_to_read() == []
    assert sites.to_order() == []
    found = row(sites)
    assert (found["waiting_for"], found["error"]) == (TIME_OVER, None)


def test_a_site_that_was_ordered_and_not_looked_at_again_keeps_its_dns() -> None:
    ordered = {**status("x"), "state": None, "state_before": "absent", "actions": ["provisionAddon"], "changed": True}
    sites = known(entry(), read=[read(MARK, "TXT")], statuses=[{**ordered, "deferred": True}])
    assert (sites.present_to_read(), sites.records()) == ([], [])
    found = row(sites)
    assert (found["steps"], found["changed"], found["waiting_for"]) == (["provisionAddon"], True, TIME_OVER)
    assert (found["state_before"], found["state"], found["error"]) == ("absent", None, None)


def test_a_site_that_was_ordered_and_whose_records_were_not_read_tells_of_the_order() -> None:
    ordered = status("pending-dns", state_before="absent", changed=True, actions=["provisionAddon"])
    not_read = [read(name, kind, deferred=True) for name in (ZONE, WWW) for kind in TYPES]
    found = row(known(entry(), read=[read(MARK, "TXT"), *not_read], statuses=[ordered]))
    assert (found["steps"], found["changed"], found["waiting_for"]) == (["provisionAddon"], True, TIME_OVER)
    assert (found["state"], found["error"]) == ("pending-dns", None)


def not_changed(**more: t.Any) -> list[dict[str, t.Any]]:
    result = {"changed": False, "failed": False, "error": None, "deferred": True, **more}
    return [{"name": name, "type": "TXT", **result} for name in (ZONE, MARK)]


def test_records_that_were_not_reached_are_no_failure() -> None:
    waiting = status("pending-domain-validation", state_before="absent", dns_ssl_verify=verify())
    found = row(known(entry(), read=[read(MARK, "TXT")], statuses=[waiting]), not_changed())
    assert (found["waiting_for"], found["error"], found["steps"]) == (TIME_OVER, None, [])


REASON = "the SiteLock API refused the credentials (HTTP 401)."
PUT_OFF: dict[str, t.Any] = {"deferred": True, "deferred_reason": REASON}
WAITING = status("pending-domain-validation", dns_ssl_verify=verify())
DEFERRED: dict[str, tuple[t.Callable[[], Sites], list[dict[str, t.Any]]]] = {
    "zone": (lambda: zone_not_found(**PUT_OFF), []),
    "state record": (lambda: known(entry(), read=[read(MARK, "TXT", **PUT_OFF)]), []),
    "preflight": (lambda: known(entry(), preflight=[{"domain": ZONE, "findings": [], **PUT_OFF}]), []),
    "answer": (lambda: known(entry(), statuses=[status("ready", **PUT_OFF)]), []),
    "records": (lambda: known(entry(), statuses=[WAITING]), not_changed(**PUT_OFF)),
}


@pytest.mark.parametrize(("sites", "changed"), DEFERRED.values(), ids=DEFERRED)
def test_a_deferred_site_says_why_whatever_step_was_deferred(
    sites: t.Callable[[], Sites], changed: list[dict[str, t.Any]]
) -> None:
    found = row(sites(), changed)
    assert (found["waiting_for"], found["error"]) == (f"the next pass, deferred: {REASON}", None)
