# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries without C(site_id): the sources of the id, and a pass without one."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._state_record import (
    RecordSet,
    StateRecord,
    to_text,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    MARK,
    NOON,
    ROUTED,
    TARGET,
    ZONE,
    NameServer,
    Vendor,
    new_pass,
    site,
)

NAMELESS = site(site_id=None)
SHOP = f"shop.{ZONE}"
RECORD = StateRecord(7, original=BEFORE, target=TARGET, state="ready", since=NOON)


def vendor(server: NameServer, **owners: tuple[int | None, int | None]) -> Vendor:
    made = Vendor(server.journal)
    made.owners = {ZONE if name == "zone" else SHOP: ids for name, ids in owners.items()}
    return made


def row_of(sites: list[t.Any], server: NameServer, api: Vendor, **options: t.Any) -> dict[str, t.Any]:
    running = new_pass(sites, server, api, **options)
    running.run()
    return t.cast("dict[str, t.Any]", running.rows[0])


def looked_up(server: NameServer) -> list[str]:
    return [each for each in server.journal if each.startswith("checkDomain")]


def test_the_domain_is_looked_up_and_the_site_ordered() -> None:
    server = NameServer.of(BEFORE)
    api = vendor(server, zone=(570, 5))
    row = row_of([NAMELESS], server, api)
    assert (row["site_id"], row["error"]) == (5, None)
    assert api.ordered == {5: 1}


def test_a_number_that_was_given_to_the_pass_needs_no_call() -> None:
    server = NameServer.of(BEFORE)
    api = vendor(server, zone=(570, 5))
    assert row_of([NAMELESS], server, api, site_ids={ZONE: 6})["site_id"] == 6
    assert not looked_up(server)


def test_the_number_in_the_state_record_needs_no_call() -> None:
    server = NameServer.of({**ROUTED, MARK: {"TXT": RecordSet(300, (to_text(RECORD),))}})
    api = vendor(server, zone=(570, 5))
    api.put(7, "ready")
    api.plans[7] = "8765"
    assert row_of([NAMELESS], server, api)["site_id"] == 7
    assert not looked_up(server)


def test_a_pass_over_sites_with_numbers_asks_for_no_domain() -> None:
    server = NameServer.of(BEFORE)
    row_of([site()], server, vendor(server, zone=(570, 5)))
    assert not looked_up(server)


@pytest.mark.parametrize(
    ("entry", "owners", "told"),
    [
        (NAMELESS, {}, "SiteLock has no site with this domain"),
        ({**NAMELESS, "state": "absent"}, {}, "SiteLock has no site with this domain"),
        (NAMELESS, {"zone": (None, None)}, "does not say its number"),
        ({**NAMELESS, "account_id": 571}, {"zone": (570, 5)}, "belongs to account 570 at SiteLock"),
    ],
)
def test_without_a_number_nothing_is_done_for_the_site(
    entry: dict[str, t.Any], owners: dict[str, tuple[int | None, int | None]], told: str
) -> None:
    server = NameServer.of(BEFORE)
    api = vendor(server, **owners)
    row = row_of([entry], server, api)
    assert told in row["error"]["message"]
    assert not api.ordered
    assert not server.writes


def test_two_entries_cannot_become_one_site() -> None:
    server = NameServer.of(BEFORE)
    api = vendor(server, zone=(570, 2))
    running = new_pass([NAMELESS, site(domain=SHOP, site_id=2)], server, api)
    running.run()
    assert ["claimed more than once" in row["error"]["message"] for row in running.rows] == [True, True]
    assert not api.ordered


def test_who_is_not_looked_up_in_time_is_deferred() -> None:
    server = NameServer.of(BEFORE)
    api = vendor(server, zone=(570, 5))
    row = row_of([NAMELESS], server, api, context=RunContext(deadline=1))
    assert row["error"] is None
    assert "time" in row["waiting_for"]
    assert not looked_up(server)
