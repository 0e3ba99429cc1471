# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(origin_name): foreign records at this name are not changed, and then nothing is sent for the site."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._state_record import RecordSet, StateRecord, from_values
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.results import LOST, result
from ansible_collections.hosting.websec.tests.unit.sitelock_waf.world import (
    BEFORE,
    MARK,
    ORIGIN,
    ZONE,
    NameServer,
    Vendor,
    entry,
    known,
    rows_after,
    site,
)

NAME = f"o.{ZONE}"
OTHER = site(domain=f"shop.{ZONE}", site_id=2)
GIVEN = site(origin_name="o", waf_origin=ORIGIN)
MOVED = site(origin_name="o", waf_origin="192.0.2.77")
CHANGED_MEANWHILE = {**LOST, "kind": "rejected", "message": "It is otherwise.", "code": "changed_meanwhile"}


def world(**there: RecordSet) -> tuple[NameServer, Vendor]:
    server = NameServer.of({**BEFORE, NAME: there})
    return server, Vendor(server.journal)


def state_record(server: NameServer) -> StateRecord | None:
    return from_values(ZONE, 1, server.values(MARK, "TXT"))


@pytest.mark.parametrize(
    "there",
    [
        {"A": RecordSet(60, ("192.0.2.99",))},
        {"AAAA": RecordSet(60, ("2001:db8::99",))},
        {"CNAME": RecordSet(60, ("elsewhere.example.",))},
        {"A": RecordSet(60, (ORIGIN, "192.0.2.99"))},
        {"A": RecordSet(60, (ORIGIN,)), "AAAA": RecordSet(60, ("2001:db8::99",))},
    ],
    ids=str,
)
@pytest.mark.parametrize("check_mode", [False, True])
def test_records_of_somebody_else_stay_and_the_site_is_left_alone(
    there: dict[str, RecordSet], check_mode: bool
) -> None:
    server, vendor = world(**there)
    server.read_only = check_mode
    before = dict(server.sets)
    first, second = rows_after([GIVEN, OTHER], server, vendor, check_mode=check_mode)
    assert (first["steps"], first["changed"]) == ([], False)
    assert first["error"]["kind"] == "bad_input"
    assert f"origin_name is {NAME}, which has other records" in first["error"]["message"]
    assert second["error"] is None
    assert vendor.ordered == ({} if check_mode else {2: 1})
    assert {key: there for key, there in server.sets.items() if "shop" not in key[0]} == before


def test_a_record_that_a_pass_set_is_moved() -> None:
    server, vendor = world()
    (row,) = rows_after([GIVEN], server, vendor)
    assert row["steps"] == ["change origin", "provisionAddon", "change A/CNAME"]
    assert getattr(state_record(server), "origin", None) == NAME
    (row,) = rows_after([MOVED], server, vendor)
    assert (row["error"], row["steps"]) == (None, ["change origin"])
    assert server.values(NAME, "A") == ["192.0.2.77"]


def test_another_name_has_to_be_free_too() -> None:
    server, vendor = world()
    rows_after([GIVEN], server, vendor)
    server.sets["mail.customer.example", "A"] = RecordSet(60, ("192.0.2.99",))
    (row,) = rows_after([{**MOVED, "origin_name": "mail"}], server, vendor)
    assert row["error"]["kind"] == "bad_input"
    assert server.values("mail.customer.example", "A") == ["192.0.2.99"]
    assert vendor.origins == {}
    assert getattr(state_record(server), "origin", None) == NAME


def test_a_record_with_the_same_address_is_taken() -> None:
    server, vendor = world(A=RecordSet(300, (ORIGIN,)))
    (row,) = rows_after([GIVEN], server, vendor)
    assert (row["error"], row["steps"][0]) == (None, "provisionAddon")
    assert getattr(state_record(server), "origin", None) == NAME


@pytest.mark.parametrize("error", [LOST, CHANGED_MEANWHILE])
def test_a_site_whose_origin_has_no_address_is_not_sent_to_the_vendor(error: dict[str, t.Any]) -> None:
    sites = known(entry(origin_name="o", waf_origin=ORIGIN), entry(domain="b.example", zone="b.example", site_id=2))
    addons = sites.to_order()
    sites.add_origins([result(NAME, "A", changed=False, error=error), result(NAME, "AAAA", changed=False)])
    refused = [sites.refused_by_origin(addon) for addon in addons]
    assert [each and each.as_dict()["kind"] for each in refused] == [
        "unavailable" if error is LOST else "bad_input",
        None,
    ]
    assert [addon.site_id for addon in sites.to_order()] == [2]
