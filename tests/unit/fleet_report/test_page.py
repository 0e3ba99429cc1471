# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of a report, read by a parser. The integration tests use a browser."""

from __future__ import annotations

import base64
import hashlib
import re
import sys
import types
import typing as t

import lxml.html
import pytest
from hypothesis import given, settings

from ansible_collections.hosting.websec.plugins.module_utils._next_pass import TIME_OVER
from ansible_collections.hosting.websec.plugins.module_utils._report.document import to_json
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import overview
from ansible_collections.hosting.websec.plugins.module_utils._report.page import FIRST_SITES, GROUP_SITES, GROUPS, page
from ansible_collections.hosting.websec.tests.unit.fleet_report.rows import (
    ACCOUNTS,
    DEFERRED_ACCOUNTS,
    NOW,
    POLICIES,
    SEES_DNS,
    Row,
    error,
    failed,
    fleet_without_two_alike,
    fleets,
    mixed_fleet,
    row,
    texts,
)

MEGABYTE = 1_000_000


class Page:
    """A page as a reader sees it: consecutive blanks count as one."""

    def __init__(
        self,
        rows: t.Sequence[Row],
        *,
        check_mode: bool = False,
        unmanaged: t.Sequence[Row] | None = None,
        accounts: t.Sequence[Row] | None = None,
        policies: t.Sequence[Row] | None = None,
        products: t.Sequence[Row] | None = None,
        **options: t.Any,
    ) -> None:
        found = overview(
            rows,
            NOW,
            check_mode=check_mode,
            unmanaged=unmanaged,
            accounts=accounts,
            policies=policies,
            products=products,
        )
        self.source = page(found, **{"title": "Sites", **options})
        self.tree = lxml.html.document_fromstring(self.source)

    def texts(self, path: str) -> list[str]:
        return [" ".join(found.text_content().split()) for found in self.tree.xpath(path)]

    def text(self, path: str) -> str:
        (found,) = self.texts(path)
        return found

    @property
    def table(self) -> list[list[str]]:
        return [
            [" ".join(cell.text_content().split()) for cell in line.xpath("th|td")]
            for line in self.tree.xpath("//table/tbody/tr")
        ]


def test_the_summary_stands_first_and_the_table_last() -> None:
    shown = Page([row("a.example"), failed("b.example"), row("c.example", "pending-dns", waiting_for=SEES_DNS)])
    assert shown.texts("//h1|//h2") == [
        "Sites",
        "Sites that need action",
        "Waiting sites",
        "Changes of this pass",
        "All sites",
    ]
    assert shown.texts("//ul[@class='tiles']/li") == ["1needs action", "1waiting", "0changed in this pass", "1ready"]
    assert shown.texts("//div[contains(@class, 'states')]//li") == [
        "pending-dns 1 DNS or certificate pending",
        "ready 1 protected",
        "unknown 1 unknown",
    ]
    assert shown.text("//title") == "1 needs action – Sites"
    assert "Pass of 2026-11-03 14:00 UTC" in shown.text("//header")
    assert "3 sites" in shown.text("//header/p")


def test_a_problem_with_its_message_and_what_to_do() -> None:
    shown = Page(
        [failed("a.example", code="AEX", extended_code="3003", message="It needs SSL.", hint="Choose a plan.")]
    )
    assert shown.text("//article") == (
        "Refused (AEX/3003)1 site What to do: Choose a plan. a.example site 10900 It needs SSL. unknown"
    )


def test_what_to_do_is_said_once_if_it_is_the_same_for_all() -> None:
    shown = Page([failed("a.example"), failed("b.example")])
    assert shown.texts("//article//p[@class='hint']") == ["What to do: Do something about rejected."]
    shown = Page(
        [failed("a.example", hint="Do this."), failed("b.example", hint="Do that."), failed("c.example", hint="")]
    )
    assert shown.texts("//article//p[@class='hint']") == ["What to do: Do this.", "What to do: Do that."]


def test_what_a_site_waits_for_and_since_when() -> None:
    shown = Page([row("a.example", "pending-dns", waiting_for=SEES_DNS)])
    assert (
        shown.text("//section[@id='waiting']//article") == f"{SEES_DNS}1 site a.example 2 d 6 h since 2026-11-01 08:00"
    )
    assert shown.table == [["a.example 10900", "pending-dns", "2026-11-01 08:00 2 d 6 h", f"Waits for {SEES_DNS}"]]


def test_long_waits_are_among_what_needs_a_person() -> None:
    shown = Page([row("a.example", "pending-dns", waiting_for=SEES_DNS, notes=["Since three days."])])
    assert shown.text("//section[@id='attention']//li") == (
        f"a.example site 10900 Waits for {SEES_DNS}Since three days. pending-dns, since 2026-11-01 08:00 UTC (2 d 6 h)"
    )


def test_what_was_changed_and_from_what_state() -> None:
    changed = row(
        "a.example", "pending-dns", state_before="absent", changed=True, steps=["provisionAddon", "change A/CNAME"]
    )
    shown = Page([changed, row("b.example")])
    assert shown.texts("//section[@id='changed']//article") == [
        "provisionAddon, change A/CNAME1 site a.example site 10900"
    ]
    assert shown.table[0][1] == "pending-dns (was absent)"
    assert shown.table[0][3] == "Changed: provisionAddon, change A/CNAME"
    assert shown.table[1][3] == ""


def test_a_pass_in_check_mode_does_not_say_that_something_was_changed() -> None:
    shown = Page([row("a.example", changed=True, steps=["provisionAddon"])], check_mode=True)
    assert "Check mode: nothing was changed." in shown.text("//p[@class='check']")
    assert "Changes that a pass would make" in shown.texts("//h2")
    assert "1would be changed" in shown.texts("//ul[@class='tiles']/li")
    assert shown.table[0][3] == "Would change: provisionAddon"
    assert Page([row()]).texts("//p[@class='check']") == []


def test_a_fleet_without_anything_to_say() -> None:
    shown = Page([row("a.example")])
    assert shown.text("//section[@id='attention']/p") == "None."
    assert shown.text("//section[@id='waiting']/p") == "None."
    assert shown.text("//section[@id='changed']/p") == "None."
    assert shown.text("//title") == "Sites"
    assert Page([]).table == []


def test_the_table_has_all_sites_by_name_and_what_the_filter_needs() -> None:
    shown = Page(
        [
            row("b.example", "pending-dns", waiting_for=SEES_DNS, changed=True, steps=["change A/CNAME"]),
            failed("c.example"),
            row("a.example"),
        ]
    )
    assert [line[0] for line in shown.table] == ["a.example 10900", "b.example 10900", "c.example 10900"]
    assert [line.get("data-is") for line in shown.tree.xpath("//tbody/tr")] == [
        "s:ready",
        "s:pending-dns waiting changed",
        "s:unknown attention",
    ]
    assert [option.get("value") for option in shown.tree.xpath("//select/option")] == [
        "",
        "attention",
        "waiting",
        "changed",
        "s:pending-dns",
        "s:ready",
        "s:unknown",
    ]


def test_a_long_group_is_cut_and_says_where_the_rest_is() -> None:
    count = GROUP_SITES + 25
    shown = Page([row(f"site{number:03d}.example", "pending-dns", waiting_for=SEES_DNS) for number in range(count)])
    assert len(shown.tree.xpath("//section[@id='waiting']//article/ul/li")) == FIRST_SITES
    assert len(shown.tree.xpath("//section[@id='waiting']//details//li")) == GROUP_SITES - FIRST_SITES
    (link,) = shown.tree.xpath("//section[@id='waiting']//article/p/a")
    assert link.text_content() == "25 more: see the table of all sites"
    assert (link.get("href"), link.get("data-show"), link.get("data-text")) == ("#sites", "waiting", SEES_DNS)
    assert len(shown.table) == count


def test_many_groups_are_cut_and_the_page_says_so() -> None:
    shown = Page([failed(f"{number}.example", code=f"C{number}") for number in range(GROUPS + 7)])
    assert len(shown.tree.xpath("//section[@id='attention']//article")) == GROUPS
    assert shown.texts("//section[@id='attention']/p") == ["7 more groups: see the table of all sites"]


def test_a_long_message_is_cut_in_the_table_only() -> None:
    message = "word " * 100 + "end"
    shown = Page([failed("a.example", message=message)])
    assert shown.table[0][3].endswith("…")
    assert len(shown.table[0][3]) < 230
    assert message in shown.text("//section[@id='attention']//li")


def test_the_data_file_is_named_as_a_link_that_cannot_be_anything_else() -> None:
    assert [a.get("href") for a in Page([], data_name="of today.json").tree.xpath("//footer//a")] == ["of%20today.json"]
    assert [a.get("href") for a in Page([], data_name="javascript:x()").tree.xpath("//footer//a")] == [
        "javascript%3Ax%28%29"
    ]
    assert Page([]).tree.xpath("//footer//a") == []


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_nothing_else() -> None:
    shown = Page(mixed_fleet(6))
    (policy,) = shown.tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    (style,) = re.findall(r"<style>(.*?)</style>", shown.source, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", shown.source, re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # A policy would not apply to elements before it.
    assert shown.source.index("Content-Security-Policy") < shown.source.index("<style>")


def structure(shown: Page) -> tuple[set[str], set[str]]:
    """The names of all elements and of all attributes."""
    elements = [each for each in shown.tree.iter() if isinstance(each.tag, str)]
    return {each.tag for each in elements}, {name for each in elements for name in each.attrib}


ELEMENTS, ATTRIBUTES = structure(
    Page(
        [*mixed_fleet(12), row("x", "error"), row("y", state_before="absent")]
        + [row(f"{number}", waiting_for="x") for number in range(GROUP_SITES + 1)],
        check_mode=True,
        data_name="data.json",
    )
)


@settings(deadline=None)
@given(fleets, texts)
def test_nothing_in_a_row_becomes_an_element_or_an_attribute(rows: list[Row], title: str) -> None:
    shown = Page(rows, title=title, data_name=title)
    elements, attributes = structure(shown)
    assert elements <= ELEMENTS
    assert attributes <= ATTRIBUTES
    assert len(shown.tree.xpath("//script")) == len(shown.tree.xpath("//style")) == 1
    assert len(shown.tree.xpath("//tbody/tr")) == len(rows)
    assert not [name for name in attributes if name.startswith("on") or name in ("style", "src")]
    assert {a.get("href")[0] for a in shown.tree.xpath("//header//a|//main//a")} == {"#"}
    assert shown.source.encode("utf-8")


@given(fleets)
@settings(max_examples=20, deadline=None)
def test_the_same_fleet_gives_the_same_page(rows: list[Row]) -> None:
    assert Page(rows).source == Page(rows).source


def test_the_page_is_a_plain_text() -> None:
    """Ansible warns of a type that it does not know."""
    assert page(overview([row()], NOW), title="Sites").__class__ is str


def test_nothing_but_the_fields_of_a_report_is_shown() -> None:
    secret = "s3cr3t-of-tomorrow"
    shown = Page([row("a.example", answer={"password": secret}), failed("b.example", request=secret)])
    assert secret not in shown.source


def calls(rows: list[Row]) -> int:
    """The number of function calls to make both files."""
    counted = 0

    def count(_frame: types.FrameType, event: str, _argument: t.Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        found = overview(rows, NOW)
        page(found, title="Sites")
        to_json(found)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("fleet", [mixed_fleet, fleet_without_two_alike])
def test_the_work_grows_with_the_number_of_sites_and_not_faster(fleet: t.Callable[[int], list[Row]]) -> None:
    few, many = calls(fleet(600)), calls(fleet(2400))
    assert many < 4.2 * few


def test_a_page_of_ten_thousand_sites_stays_small() -> None:
    assert len(Page(mixed_fleet(10_000)).source.encode()) < 3 * MEGABYTE


def test_a_page_of_ten_thousand_sites_that_all_fail_stays_usable() -> None:
    rows = [
        failed(f"customer-{number:05d}.example", code="AEX", message="It went wrong. " * 40) for number in range(10_000)
    ]
    assert len(Page(rows).source.encode()) < 4.5 * MEGABYTE


def test_an_error_beside_a_state_is_shown_in_full() -> None:
    shown = Page([row("a.example", "error", waiting_for=None, error=error("timeout", message="No answer."))])
    assert "No answer." in shown.text("//section[@id='attention']//li")
    assert shown.table[0][3] == "timeout: No answer."


# ---- what is paid for and in no file


UNMANAGED = {
    "account_id": 570,
    "login": "owner@a.example",
    "account_status": "inactive",
    "site_id": 5,
    "domain": "a.example",
    "subscription": "9001",
    "subscription_id": "41",
    "product": "Backup",
    "since": "2026-01-01",
    "next_renewal_at": "2027-01-01",
    "price": "5.00",
    "note": "one more than the files name",
}


def test_what_is_paid_for_and_in_no_file_has_a_section_only_if_somebody_compared() -> None:
    assert "In no file" not in Page([row("a.example")]).source
    nothing = Page([row("a.example")], unmanaged=[])
    assert "Every subscription that SiteLock lists is in a file." in nothing.text("//section[@id='unmanaged']/p")
    assert "0paid for, in no file" in nothing.texts("//ul[@class='tiles']/li")
    some = Page([row("a.example")], unmanaged=[UNMANAGED, {"account_id": 571, "note": "not read: Trouble."}])
    assert "2paid for, in no file" in some.texts("//ul[@class='tiles']/li")
    assert some.texts("//section[@id='unmanaged']//li") == [
        (
            "Backup product 9001 subscription 41, 5.00 a.example site 5, account 570 (owner@a.example), inactive, "
            "since 2026-01-01, next renewal 2027-01-01. One more than the files name"
        ),
        "not known account 571. Not read: Trouble.",
    ]
    assert "2 subscriptions" in some.text("//section[@id='unmanaged']//div")
    assert [line[0].split()[0] for line in some.table] == ["a.example"]


def test_a_long_list_of_what_is_in_no_file_stays_small() -> None:
    found = Page([], unmanaged=[{**UNMANAGED, "subscription_id": str(number)} for number in range(10_000)])
    assert len(found.texts("//section[@id='unmanaged']//li")) == GROUP_SITES
    assert "9 950 more are in the data file." in found.text("//section[@id='unmanaged']//article/p[last()]")
    assert len(found.source) < MEGABYTE


def test_what_a_vendor_calls_a_product_is_shown_and_not_run() -> None:
    hostile = "<script>alert(1)</script>\u202e"
    found = Page([], unmanaged=[dict.fromkeys(UNMANAGED, hostile)])
    assert "<script>alert" not in found.source
    assert "\u202e" not in found.source
    assert "<script>alert(1)</script>" in found.text("//section[@id='unmanaged']//li//b")


def test_accounts_with_an_error_or_a_change_stand_beside_the_sites() -> None:
    shown = Page([failed("b.example", hint="List it once."), row("z.example")], accounts=ACCOUNTS)
    assert "2 sites, 3 accounts" in shown.text("//header/p")
    assert shown.texts("//section[@id='attention']//article/div") == ["Refused1 site", "Refused1 account"]
    assert shown.text("//section[@id='attention']//article[2]//li") == (
        "bad@b.example account 571 Account bad@b.example: Site already exists. account"
    )
    assert shown.text("//section[@id='changed']//article") == (
        "new site a.example, order of 8, order of the add-on 7001 for owner@a.example1 account "
        "owner@a.example account 570"
    )
    assert shown.texts("//ul[@class='tiles']/li")[0] == "2need action"
    assert [line[0] for line in shown.table] == [
        "b.example 10900",
        "z.example 10900",
        "bad@b.example 571",
        "owner@a.example 570",
    ]
    assert "then 2 accounts with an error or a change, or deferred" in shown.text("//caption")


def test_deferred_accounts_wait_as_deferred_sites_do() -> None:
    site = row("s.example", "pending-dns", site_id=7, waiting_for=TIME_OVER, since=None)
    shown = Page([site], accounts=[*ACCOUNTS, *DEFERRED_ACCOUNTS])
    assert shown.texts("//section[@id='waiting']//article") == [
        "The next pass (this one reached its time limit)2 accounts half@g.example late@e.example",
        "The next pass (this one reached its time limit)1 site s.example",
        "The next pass, deferred: The password was refused.1 account late@h.example",
    ]
    assert shown.texts("//ul[@class='tiles']/li")[1] == "4waiting"
    details = {line[0]: line[3] for line in shown.table}
    assert details["half@g.example 574"] == (
        "Waits for the next pass (this one reached its time limit)Changed: new site g.example"
    )
    assert details["late@h.example"] == "Waits for the next pass, deferred: The password was refused."
    assert "then 5 accounts with an error or a change, or deferred" in shown.text("//caption")


@pytest.mark.parametrize(
    "hostile", [None, "", [], {}, "<script>alert(1)</script>", "\ud800", pytest.param(10**5000, id="huge")]
)
def test_rows_of_accounts_may_hold_anything(hostile: t.Any) -> None:
    rows = [{**dict.fromkeys(ACCOUNTS[0], hostile), "changed": True, "deferred": True}, {"changed": True}]
    shown = Page([], accounts=rows)
    assert "<script>alert" not in shown.source
    assert 1 <= len(shown.table) <= 2


def test_what_policies_did_is_a_section_and_counts_with_its_sites() -> None:
    assert Page([row("a.example")]).tree.xpath("//section[@id='policies']") == []
    quiet = Page([row("a.example")], policies=[POLICIES[0]])
    assert "None. The firewall of every ready site is as its policies say." in quiet.text("//section[@id='policies']/p")

    found = Page([row("changed.example", site_id=2), row("quiet.example")], policies=POLICIES)
    assert found.texts("//section[@id='policies']//li") == [
        "changed.example site 2 rules, ip_block",
        "open.example site 3 The firewall is bypassed, and no end is set.",
        "broken.example site 4 Site 4: section rules: the site does not offer block_ip for ddos.",
    ]
    names = [line[0].split()[0] for line in found.table]
    assert names == ["broken.example", "changed.example", "open.example", "quiet.example"]
    attention = " ".join(found.texts("//section[@id='attention']//article"))
    assert "The firewall is bypassed, and no end is set." in attention
    assert "does not offer block_ip" in attention
    assert "policy: rules, ip_block" in found.text("//section[@id='changed']")


@pytest.mark.parametrize("kind", ["policies", "products"])
def test_a_site_that_was_not_reached_waits_and_nobody_says_that_all_is_well(kind: t.Any) -> None:
    late = {"domain": "late.example", "site_id": 5, "deferred": True, "deferred_reason": "The password was refused."}
    waits = "the next pass, deferred: The password was refused."
    found = Page([row("late.example", site_id=5)], **{kind: [late]})
    assert found.texts(f"//section[@id='{kind}']//li") == [f"late.example site 5 Waits for {waits}"]
    assert found.texts("//section[@id='waiting']//h3") == [f"T{waits[1:]}"]
    assert "None." not in found.text(f"//section[@id='{kind}']")
    # What the site waits for otherwise comes first.
    both = Page([row("late.example", site_id=5, waiting_for="DNS")], **{kind: [late]})
    assert both.texts("//section[@id='waiting']//h3") == ["DNS"]


def test_products_are_a_section_and_a_failing_sign_in_needs_action() -> None:
    problem = {
        **POLICIES[1],
        "domain": "closed.example",
        "changed_sections": [],
        "needs_person": ["smart: SiteLock reports a problem: 530 Login", "smart: other"],
        "details": {"smart": {"error_str": "530 Login"}, "backup_files": {"ftp_status": "active"}, "shield": "x"},
    }
    changed = {**POLICIES[1], "domain": "changed.example", "site_id": 3, "changed_sections": ["smart"]}
    found = Page([], products=[problem, changed])
    assert "changed.example site 3 smart" in found.texts("//section[@id='products']//li")
    assert "products: smart" in found.text("//section[@id='changed']")
    attention = " ".join(found.texts("//section[@id='attention']//article"))
    assert "SiteLock's sign-in to the site fails" in attention
    assert "SiteLock says: smart: 530 Login. Since 2026-11-03 (first seen)." in attention
    assert "reports a problem" not in attention
    quiet = Page([row("a.example")], products=[{"domain": "a.example", "details": {"smart": {"id": "7"}}}])
    assert "None. The products of every site are as the file says." in quiet.text("//section[@id='products']/p")
    assert Page([row("a.example")]).tree.xpath("//section[@id='products']") == []


@given(texts)
def test_hostile_rows_of_policies_stay_text(hostile: str) -> None:
    policy = {**POLICIES[1], "domain": hostile, "needs_person": [hostile], "errors": [{"message": hostile}]}
    found = Page(
        [],
        policies=[policy, {"errors": hostile, "needs_person": {hostile: 1}}],
        products=[{**policy, "details": {hostile: {"error_str": hostile}}}, {"details": hostile, "deferred": hostile}],
    )
    assert len(found.tree.xpath("//script")) == 1
    assert found.tree.xpath("//section[@id='policies']//li//img") == []
