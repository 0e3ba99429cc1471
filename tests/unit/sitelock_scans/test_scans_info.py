# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the scans of sites: by site and by account, in all plausible forms of the answer."""

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.scans.records import parse_records
from ansible_collections.hosting.websec.plugins.modules import sitelock_scans_info
from ansible_collections.hosting.websec.tests.unit.scripted_server import Reply
from ansible_collections.hosting.websec.tests.unit.sitelock_scans.tasks import Tasks

OPTIONS: dict[str, t.Any] = {
    "sites": [],
    "account_ids": [],
    "summary": [],
    "start_date": None,
    "end_date": None,
    "detail": [],
    "detail_of": "all",
    "ssl_level": None,
}


@pytest.fixture(name="read")
def _read(monkeypatch: pytest.MonkeyPatch) -> Tasks:
    return Tasks(sitelock_scans_info, monkeypatch, **OPTIONS)


# As far as the page of scanInfo is public, with the inferred tail.
EXAMPLE = """<scanInfo account_id="570" site_id="12">
    <product name="Content" attention_flag="red"><malware_scan><status>done</status>
        <last_scan>2026-11-28 03:00:00</last_scan><first_detected>2026-11-20 03:00:00</first_detected>
        <next_scan>2027-11-30 03:00:00</next_scan></malware_scan></product>
    <product name="Application" attention_flag="Yellow"><xss_scan date="2026-11-27"/></product>
    <product name="Reputation" attention_flag="green"><spam_scan first_detected="2020-01-01"/></product>
    <product name="Infrastructure" attention_flag="blue"/>
    <ftp_status>failed</ftp_status><ftp_err_msg>530 Login incorrect</ftp_err_msg></scanInfo>"""


def test_the_example_is_read(read: Tasks) -> None:
    result = read(lambda *_: EXAMPLE, sites=[{"site_id": 12, "domain": "shop.example"}])
    assert read.sent == ["<scanInfo><site_id>12</site_id></scanInfo>"]
    (row,) = result["sites"]
    tree = row.pop("scan_info")
    assert row == {
        "site_id": 12,
        "domain": "shop.example",
        "account_id": 570,
        "attention_flag": "red",
        "findings": ["Content", "Application"],
        "red": ["Content"],
        "yellow": ["Application"],
        "products": [
            {"name": "Content", "attention_flag": "red"},
            {"name": "Application", "attention_flag": "yellow"},
            {"name": "Reputation", "attention_flag": "green"},
            {"name": "Infrastructure", "attention_flag": "blue"},
        ],
        "findings_since": "2026-11-20 03:00:00",
        "last_scan_at": "2026-11-28 03:00:00",
        "running": False,
        "ftp_status": "failed",
        "ftp_error": "530 Login incorrect",
        "summary": None,
        "detail": None,
        "found": None,
        "failed": False,
        "error": None,
        "deferred": False,
        "deferred_reason": None,
    }
    assert tree["product"][1] == {
        "@name": "Application",
        "@attention_flag": "Yellow",
        "xss_scan": {"@date": "2026-11-27"},
    }
    assert result["changed"] is False


def test_what_the_answer_does_not_have_is_null(read: Tasks) -> None:
    result = read(lambda *_: "<scanInfo><status>ok</status></scanInfo>", sites=[{"site_id": 5}])
    (row,) = result["sites"]
    assert (row["failed"], row["scan_info"]) == (False, {"status": "ok"})
    empty = ("attention_flag", "findings_since", "last_scan_at", "running", "ftp_status", "ftp_error", "account_id")
    assert {row[name] for name in empty if name != "running"} == {None}
    assert (row["findings"], row["products"]) == ([], [])


def test_summary_and_detail_as_documented(read: Tasks) -> None:
    def vendor(method: str, _element: etree._Element) -> str:
        return EXAMPLE if method == "scanInfo" else f"<{method}><future site_id='12'>7</future></{method}>"

    result = read(
        vendor,
        sites=[{"site_id": 12, "scan_ids": {"db_scan": 77, "smart_scan": "78"}}],
        summary=["smart_scan", "platform_scan", "db_scan", "patchman_scan"],
        start_date="2026-11-01",
        end_date="2026-11-29",
        detail=["malware_scan", "ssl_scan", "db_scan"],
        ssl_level="full",
    )
    assert read.sent[1:] == [
        (
            "<scanSummary><site_id>12</site_id><start_date>2026-11-01</start_date><end_date>2026-11-29</end_date><scans>"
            "<smart_scan/><platform_scan/><db_scan/><patchman_scan/></scans></scanSummary>"
        ),
        (
            '<scanDetail><site_id>12</site_id><scans><malware_scan/><ssl_scan level="full"/><db_scan id="77"/></scans>'
            "</scanDetail>"
        ),
    ]
    (row,) = result["sites"]
    assert row["summary"] == row["detail"] == {"future": {"@site_id": "12", "#text": "7"}}
    assert row["found"] == {}


@pytest.mark.parametrize(
    ("scans", "found"),
    [
        ("<malware_scan id='7'><malware_info url='/a'/><malware_info url='/b'/></malware_scan>", {"malware": 2}),
        ("<sqli_scan><sqli_info url='/a'/></sqli_scan><xss_scan/>", {"sqli": 1}),
        ("<sqli_info>/a</sqli_info><x><sqli_info><url>/b</url></sqli_info></x>", {"sqli": 2}),
        ("<malware_scan><malware_info/></malware_scan>", {}),
        ("".join(f"<a{number:02}_info>x</a{number:02}_info>" for number in range(99)), None),
        (f"<{'x' * 90}_info>1</{'x' * 90}_info>", {}),
    ],
    ids=range(6),
)
def test_what_the_details_say_was_found(read: Tasks, scans: str, found: dict[str, int] | None) -> None:
    def vendor(method: str, _element: etree._Element) -> str:
        return EXAMPLE if method == "scanInfo" else f"<scanDetail><scans>{scans}</scans></scanDetail>"

    (row,) = read(vendor, sites=[{"site_id": 12}], detail=["malware_scan"])["sites"]
    assert row["found"] == found if found is not None else len(row["found"]) == 20


def test_details_of_sites_with_findings_only(read: Tasks) -> None:
    def vendor(method: str, element: etree._Element) -> str:
        flag = "red" if element.findtext("site_id") == "12" else "green"
        return f"<{method}><product name='Content' attention_flag='{flag}'/></{method}>"

    read(vendor, sites=[{"site_id": 12}, {"site_id": 13}], detail=["malware_scan"], detail_of="findings")
    assert [each.split(">")[0] for each in read.sent] == ["<scanInfo", "<scanDetail", "<scanInfo"]


def test_details_that_fail_do_not_hide_the_flags(read: Tasks) -> None:
    def vendor(method: str, _element: etree._Element) -> str | Reply:
        return EXAMPLE if method == "scanInfo" else Reply(b"", status=500)

    (row,) = read(vendor, sites=[{"site_id": 12}], detail=["malware_scan"])["sites"]
    assert (row["failed"], row["error"]["kind"], row["found"]) == (True, "unavailable", None)
    assert row["findings"]


# ---- accounts


def products(number: int, *, at: str = "") -> str:
    flag = "red" if number % 2 else "green"
    site = f' site_id="{number}"' if at == "product" else ""
    return f'<product name="Content" attention_flag="{flag}"{site}/>'


def of_account(form: str, account: int, numbers: t.Sequence[int]) -> str:
    """The answer about an account in one of the plausible forms."""
    if form == "repeated":
        return "".join(
            f'<scanInfo account_id="{account}" site_id="{number}">{products(number)}</scanInfo>' for number in numbers
        )
    if form == "products":
        inner = "".join(products(number, at="product") for number in numbers)
    elif form == "sites":
        inner = "".join(f'<site id="{number}">{products(number)}</site>' for number in numbers)
    else:
        inner = "".join(f"<record><site_id>{number}</site_id>{products(number)}</record>" for number in numbers)
    return f'<scanInfo account_id="{account}">{inner}</scanInfo>'


FORMS = ["repeated", "products", "sites", "records"]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("many", [1, 2, 3])
def test_an_account_in_any_form_answers_for_its_sites(read: Tasks, form: str, many: int) -> None:
    numbers = list(range(5, 5 + many))
    result = read(lambda *_: of_account(form, 570, numbers), account_ids=["570"])
    assert read.sent == ["<scanInfo><account_id>570</account_id></scanInfo>"]
    assert [(row["site_id"], row["account_id"], row["findings"], row["failed"]) for row in result["sites"]] == [
        (number, 570, ["Content"] if number % 2 else [], False) for number in numbers
    ]
    # Each row has its own part of the answer only.
    assert all(len(row["scan_info"]["product"]) == 1 for row in result["sites"])


class Fleet:
    """2,000 accounts with 5 sites each; counts the calls."""

    def __init__(self, form: str = "repeated") -> None:
        self.form = form
        self.by_account = self.by_site = 0

    def __call__(self, _method: str, element: etree._Element) -> str:
        if element.findtext("account_id") is None:
            self.by_site += 1
            number = int(element.findtext("site_id") or 0)
            return f'<scanInfo site_id="{number}">{products(number)}</scanInfo>'
        self.by_account += 1
        account = int(element.findtext("account_id") or 0)
        return of_account(self.form, account, [10 * account + place for place in range(5)])


def test_ten_thousand_sites_in_two_thousand_accounts_are_two_thousand_calls(read: Tasks) -> None:
    sites = [
        {"site_id": 10 * account + place, "account_id": account} for place in range(5) for account in range(1, 2001)
    ]
    fleet = Fleet()
    result = read(fleet, sites=sites)
    assert (fleet.by_account, fleet.by_site, len(result["sites"])) == (2000, 0, 10_000)
    assert [row["site_id"] for row in result["sites"]] == [site["site_id"] for site in sites]
    assert {(row["site_id"] % 2, tuple(row["findings"])) for row in result["sites"]} == {(1, ("Content",)), (0, ())}


def test_the_only_site_of_an_account_is_read_by_its_number(read: Tasks) -> None:
    fleet = Fleet()
    read(fleet, sites=[{"site_id": 70, "account_id": 7}, {"site_id": 80}])
    assert (fleet.by_account, fleet.by_site) == (0, 2)


def test_a_site_that_its_account_does_not_name_is_read_by_its_number(read: Tasks) -> None:
    fleet = Fleet()
    result = read(fleet, sites=[{"site_id": number, "account_id": 7} for number in (70, 71, 99)])
    assert (fleet.by_account, fleet.by_site) == (1, 1)
    assert [(row["site_id"], row["findings"], row["failed"]) for row in result["sites"]] == [
        (70, [], False),
        (71, ["Content"], False),
        (99, ["Content"], False),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "<scanInfo><error>account_id not found</error></scanInfo>",
        '<scanInfo account_id="570"><product name="Content" attention_flag="red"/></scanInfo>',
        '<scanInfo account_id="8" site_id="70"/>',
        '<scanInfo site_id="70"/><scanInfo site_id="71"><error>Not today</error></scanInfo>',
    ],
)
def test_an_account_that_cannot_be_used_costs_calls_and_no_results(read: Tasks, wrong: str) -> None:
    fleet = Fleet()

    def vendor(method: str, element: etree._Element) -> str:
        return wrong if element.findtext("account_id") == "570" else fleet(method, element)

    sites = [{"site_id": 70, "account_id": 570}, {"site_id": 71, "account_id": 570}, {"site_id": 80}]
    result = read(vendor, sites=sites)
    assert [(row["site_id"], row["failed"]) for row in result["sites"]] == [(70, False), (71, False), (80, False)]
    assert result["sites"][1]["findings"] == ["Content"]
    assert fleet.by_site == 3


def test_trouble_with_an_account_is_not_multiplied(read: Tasks) -> None:
    def vendor(_method: str, element: etree._Element) -> str | Reply:
        return Reply(b"", 503) if element.findtext("account_id") else Fleet()("", element)

    sites = [{"site_id": 70, "account_id": 7}, {"site_id": 71, "account_id": 7}, {"site_id": 80}]
    result = read(vendor, sites=sites)
    assert [row["failed"] for row in result["sites"]] == [True, True, False]
    assert len(read.sent) == 2


def test_accounts_add_their_other_sites(read: Tasks) -> None:
    fleet = Fleet("sites")
    sites = [{"site_id": 72, "account_id": 7, "domain": "shop.example"}]
    result = read(fleet, sites=sites, account_ids=[7, 8])
    assert [row["site_id"] for row in result["sites"]] == [72, 70, 71, 73, 74, 80, 81, 82, 83, 84]
    assert (fleet.by_account, fleet.by_site, result["sites"][0]["domain"]) == (2, 0, "shop.example")


def test_an_account_that_fails_is_a_row_and_the_others_go_on(read: Tasks) -> None:
    fleet = Fleet()

    def vendor(method: str, element: etree._Element) -> str:
        account = element.findtext("account_id")
        if account == "1":
            return "<scanInfo><error>account_id not found</error></scanInfo>"
        if account == "2":
            return '<scanInfo account_id="2"><product name="Content" attention_flag="red"/></scanInfo>'
        if account == "3":
            return '<scanInfo account_id="3"/>'
        return fleet(method, element)

    result = read(vendor, account_ids=[1, 2, 3, 4])
    first, second, *others = result["sites"]
    assert (first["account_id"], first["site_id"], first["error"]["kind"]) == (1, None, "not_found")
    assert (second["account_id"], second["error"]["kind"]) == (2, "bad_response")
    assert [row["site_id"] for row in others] == [40, 41, 42, 43, 44]


# ---- wrong input


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sites": []}, "Neither sites nor account_ids"),
        ({"account_ids": [True]}, "account_ids is True"),
        ({"account_ids": [5, "5"]}, "an account is listed more than once"),
        ({"start_date": "2026-11-01", "summary": ["db_scan"]}, "both must be dates"),
        ({"start_date": "2026-11-31", "end_date": "2026-12-01", "summary": ["db_scan"]}, "both must be dates"),
        ({"start_date": "2026-11-02", "end_date": "2026-11-01", "summary": ["db_scan"]}, "is after end_date"),
        ({"start_date": "2026-11-01", "end_date": "2026-11-02"}, "for summary, which is not set"),
        ({"ssl_level": "x"}, "needs ssl_scan in detail"),
        ({"ssl_level": "a b", "detail": ["ssl_scan"]}, "must be a word"),
    ],
)
def test_options_that_make_no_sense_send_nothing(read: Tasks, wrong: dict[str, t.Any], told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        read(lambda *_: EXAMPLE, **{"sites": [{"site_id": 12}], **wrong})
    assert read.sent == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"site_id": 5, "account_id": 7.0}, "Site 5: account_id is 7.0"),
        ({"site_id": 5, "scan_ids": {"smart": 1}}, r"unknown keys: smart \(did you mean smart_scan\?\)"),
        ({"site_id": 5, "scan_ids": [1]}, "scan_ids must be a dictionary"),
        ({"site_id": 5, "scan_ids": {"db_scan": True}}, "scan_ids: db_scan is True"),
        ({}, "neither site_id nor domain"),
    ],
)
def test_an_entry_that_is_wrong_costs_no_other_one(read: Tasks, entry: dict[str, t.Any], told: str) -> None:
    result = read(lambda *_: EXAMPLE, sites=[entry, {"site_id": 12}])
    wrong, right = result["sites"]
    with pytest.raises(BadInputError, match=told):
        raise BadInputError(wrong["error"]["message"])
    assert (wrong["findings"], right["findings"], len(read.sent)) == ([], ["Content", "Application"], 1)


# ---- any answer

NAMES = st.sampled_from(
    [
        "product",
        "site",
        "@site_id",
        "site_id",
        "@id",
        "scanInfo",
        "@name",
        "@attention_flag",
        "status",
        "last_scan",
        "x",
    ]
)
TREES: st.SearchStrategy[t.Any] = st.recursive(
    st.sampled_from(["", "5", "6", "red", "yellow", "running", "2026-11-29", "2026-13-01 00:00:00", "\u00b2"]),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=25,
)


@given(st.dictionaries(NAMES, TREES, max_size=5))
def test_any_answer_becomes_records_or_an_error(data: dict[str, t.Any]) -> None:
    try:
        records = parse_records(data)
    except WebsecError:
        return
    for record in records:
        row = json.dumps([record.findings, record.attention_flag, record.last_scan_at, record.answer])
        assert row.encode()
    numbers = [record.site_id for record in records]
    assert len(numbers) == len(set(numbers))
