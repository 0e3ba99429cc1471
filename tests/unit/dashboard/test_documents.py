# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The documents of customers: their form, whom they are about, and what is never in them."""

from __future__ import annotations

import json
import typing as t

import jsonschema
import pytest
from ansible.errors import AnsibleFilterError
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.hosting.websec.tests.unit.dashboard.customers import (
    ACCOUNTS,
    BACKUPS,
    FIREWALL,
    HEALTH,
    SCANS,
    Row,
    documents,
    made,
)
from ansible_collections.hosting.websec.tests.unit.dashboard.schema import SCHEMA, VALIDATOR
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import account_row, error, row


def site(number: int, found: dict[int, Row]) -> Row:
    sites = [each for document in found.values() for each in document["sites"] if each["site_id"] == number]
    assert len(sites) == 1
    return t.cast("Row", sites[0])


def reasons(of: Row) -> list[str]:
    return [each["reason"] for each in of["attention"]]


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**documents()[570], "login_url": "https://secure.sitelock.com/"})


def test_what_a_panel_shows_about_a_customer() -> None:
    found = documents(firewall=FIREWALL, health=HEALTH)
    assert list(found) == [570, 571, 572]
    anna = found[570]
    assert anna["account"] == {"account_id": 570, "name": "anna@a.example", "login": "anna@a.example", "addons": []}
    assert [each["domain"] for each in anna["sites"]] == ["a.example", "shop.a.example"]
    assert anna["attention_flag"] == "red"
    assert anna["reasons"] == ["finding_red", "backup_overdue"]
    assert site(2, found)["addons"] == [{"subscription": "9001", "subscription_id": "5002"}]

    first = site(1, found)
    assert first["firewall"] == {
        "state": "pending-dns",
        "since": "2026-11-21T22:00:00Z",
        "waiting_for": "the A/CNAME records",
    }
    assert first["scans"] == {
        "attention_flag": "red",
        "products": [{"name": "Content", "attention_flag": "red"}],
        "last_scan_at": "2026-11-29 03:00:00",
        "findings_since": "2026-11-20 03:00:00",
        "running": False,
    }
    assert first["smart"] == {"configured": True}
    assert first["shield"]["size"] == "small"
    assert '"https://shield.sitelock.com/shield/a.example"' in first["shield"]["html"]
    assert first["backup"] is None
    assert site(2, found)["backup"]["last_backup_at"] == "2026-11-01 03:00:00"
    assert reasons(site(2, found)) == ["backup_overdue"]


def test_a_customer_does_not_read_what_the_partner_approves() -> None:
    told = "approval: modifyAddon of a.example is in the approved plan, but price was 5.00, and is 7.00"
    found = documents(firewall=[{**FIREWALL[0], "waiting_for": told}])
    assert site(FIREWALL[0]["site_id"], found)["firewall"]["waiting_for"] == "approval"


def test_what_was_not_read_is_null_and_says_why() -> None:
    third = site(3, documents(firewall=FIREWALL, health=HEALTH))
    assert (third["scans"], third["backup"], third["shield"]) == (None, None, None)
    assert third["smart"] == {"configured": False}
    assert reasons(third) == ["vendor_error", "smart_missing", "timeout"]
    assert third["attention"][2]["messages"] == ["It went wrong: timeout."]


def test_accounts_alone_are_enough() -> None:
    found = documents()
    assert found[572]["sites"] == []
    assert found[570]["attention_flag"] is None
    assert {name: site(1, found)[name] for name in ("scans", "backup", "smart", "shield", "firewall")} == dict.fromkeys(
        ("scans", "backup", "smart", "shield", "firewall")
    )


def test_no_secret_and_no_link_is_in_a_document() -> None:
    texts = "".join(made(firewall=FIREWALL, health=HEALTH)["documents"])
    assert "anna@a.example" in texts
    for secret in ("hunter2", "t0ken", "raw-tree", "ftp.a.example", "5.00"):
        assert secret not in texts


def test_the_same_customer_gives_the_same_text() -> None:
    first = made(firewall=FIREWALL, health=HEALTH)
    again = made(list(reversed(ACCOUNTS)), firewall=list(reversed(FIREWALL)), health=HEALTH)
    assert first["documents"] == again["documents"]


def test_a_row_with_another_number_is_about_nobody_here() -> None:
    """A domain moves to another customer, who does not see what a task said about the former site."""
    former = [{**SCANS[0], "site_id": 99}]
    assert site(1, documents(health={"scans": former}))["scans"] is None


def test_a_row_without_a_number_is_about_its_domain_if_one_site_has_it() -> None:
    nameless = [{**SCANS[0], "site_id": None, "domain": "A.example"}]
    assert site(1, documents(health={"scans": nameless}))["scans"] is not None
    twice = [*ACCOUNTS, account_row("dora", "a.example", 573, site_id=4)]
    found = documents(twice, health={"scans": nameless})
    assert (site(1, found)["scans"], site(4, found)["scans"]) == (None, None)


def test_accounts_that_were_not_read_to_their_end_have_no_document() -> None:
    rows = [
        account_row("late", "late.example", 580, site_id=None, deferred=True),
        account_row("broken", "x.example", 581, site_id=None, failed=True, error=error("unavailable")),
        account_row("refused", "y.example", 582, site_id=7, failed=True, error=error("rejected")),
        account_row("new", "z.example", None, site_id=None),
    ]
    found = made([*rows, *ACCOUNTS])
    assert (found["incomplete"], found["without_number"]) == ([580, 581], ["new"])
    kept = documents([*rows, *ACCOUNTS])
    assert list(kept) == [570, 571, 572, 582]
    assert kept[582]["reasons"] == ["rejected"]
    assert reasons(kept[582]) == ["rejected"]


def test_a_note_and_each_text_once() -> None:
    rows = [row("a.example", site_id=1, notes=["It takes long.", "It takes long."])]
    (flag,) = site(1, documents(firewall=rows))["attention"]
    assert (flag["reason"], flag["messages"]) == ("note", ["It takes long."])


@pytest.mark.parametrize("domain", ["<b>.example", "a.example/x", '"><script>', "", None, "a b.example"])
def test_html_of_a_seal_has_no_foreign_character(domain: t.Any) -> None:
    shield = {"sites": [{"site_id": 1, "shield": {"language": "en"}}], "reads": []}
    found = documents([account_row("anna", domain, 570, site_id=1)], health={"products": shield})
    assert site(1, found)["shield"] == {"language": "en", "size": None, "color": None, "type": None, "html": None}


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(alphabet="\ud800\x00\x1b<>{}"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def _rows(like: Row) -> st.SearchStrategy[list[Row]]:
    return st.lists(
        st.fixed_dictionaries({}, optional={name: st.just(value) | _ANYTHING for name, value in like.items()}),
        max_size=3,
    )


@given(_rows(ACCOUNTS[1]), _rows(FIREWALL[0]), _rows(SCANS[0]), _rows(BACKUPS[0]))
def test_whatever_the_rows_contain(
    accounts: list[Row], firewall: list[Row], scans: list[Row], backups: list[Row]
) -> None:
    rows = [ACCOUNTS[0], *accounts]
    found = documents(rows, firewall=firewall, health={"scans": scans, "backups": backups})
    assert all(isinstance(number, int) for number in found)
    for text in made(rows, firewall=firewall, health={"scans": scans, "backups": backups})["documents"]:
        assert text.isascii()
        json.loads(text, parse_constant=pytest.fail)


def test_long_texts_are_cut() -> None:
    found = documents([account_row("x" * 100_000, "a.example", 570, site_id=1)])
    assert len(found[570]["account"]["name"]) == 503


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ({"accounts": "a text"}, "takes a list of rows"),
        ({"firewall": "a text"}, "firewall is not a list of rows"),
        ({"health": {"scan": []}}, "health has unknown keys: scan."),
        ({"health": {"scans": [1]}}, "health.scans is not a list of rows of sitelock_scans_info."),
        ({"health": {"products": {"sites": []}}}, "health.products is not the result"),
        ({"health": {"backup_days": "many"}}, "health.backup_days is 'many'"),
        ({"health": {"smart_subscriptions": 5}}, "health.smart_subscriptions is not a list"),
    ],
)
def test_inputs_that_are_something_else(inputs: dict[str, t.Any], told: str) -> None:
    with pytest.raises(AnsibleFilterError, match=told):
        made(**inputs)
