# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scans: flags, summaries, details, start, frequency, and the effect of a patch on findings."""

from __future__ import annotations

import contextlib
import http.client
import json
import typing as t

import pytest
from lxml import etree

from ansible_collections.hosting.websec.tests.unit.sandbox.firewalls import SITE, ask, found, refusal, same

if t.TYPE_CHECKING:
    from conftest import Sandbox

PARSE_ERROR = (None, "Could not parse XML request")
MALWARE = {"code": "malware_scan", "days_ago": 0, "url": "http://plain.example/x.php", "info": "SL-PHP-INJECTOR"}
OUTDATED = {"code": "platform_scan", "days_ago": 3, "name": "WordPress", "version": "5.8.1", "latest": "6.9"}
SMART = {"ftp_host": "ftp.plain.example", "ftp_user": "web"}


def set_up(sandbox: Sandbox, **products: t.Any) -> None:
    sandbox.admin("POST", "products", site_id=SITE, **products)


def flags(sandbox: Sandbox) -> dict[str, str]:
    """The flags of the site by product."""
    answer = ask(sandbox, "scanInfo")
    assert (answer.get("site_id"), answer.get("account_id")) == (SITE, "570")
    return {str(one.get("name")): str(one.get("attention_flag")) for one in answer.findall("product")}


def scan(sandbox: Sandbox, *codes: str) -> t.Any:
    return ask(sandbox, "scanNow", "".join(f"<scan_code>{code}</scan_code>" for code in codes))


def asked(sandbox: Sandbox, method: str, what: str, dates: str = "") -> t.Any:
    """The elements below C(scans) in the response."""
    answer = ask(sandbox, method, f"{dates}<scans>{what}</scans>")
    assert answer.findtext("status") == "ok"
    return answer.find("scans")


# The clock of the scans


def test_a_finding_appears_after_a_scan(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", scan_duration=600)
    set_up(sandbox, findings=[MALWARE])
    assert flags(sandbox) == {"Content": "green", "Application": "green", "Reputation": "green"}
    assert same(scan(sandbox, "malware_scan"), "<scanNow><message>Scan started</message><status>ok</status></scanNow>")
    state = "product/scan[@name='malware_scan']"
    assert ask(sandbox, "scanInfo").find(state).get("status") == "running"
    assert flags(sandbox)["Content"] == "green"
    sandbox.admin("POST", "clock", advance=601)
    assert flags(sandbox) == {"Content": "red", "Application": "green", "Reputation": "green"}
    assert ask(sandbox, "scanInfo").find(state).get("status") == "done"


def test_a_regular_scan_finds_it_too(sandbox: Sandbox) -> None:
    set_up(sandbox, findings=[MALWARE])
    sandbox.admin("POST", "clock", advance=86400)
    assert flags(sandbox)["Content"] == "red"


def test_findings_older_than_the_last_regular_scan_are_known(sandbox: Sandbox) -> None:
    set_up(sandbox, findings=[{**MALWARE, "days_ago": 2}], smart=SMART)
    assert flags(sandbox)["Content"] == "red"
    set_up(sandbox, scan_frequency="never")
    assert flags(sandbox)["Content"] == "green"


def test_an_outdated_application_and_a_failing_sign_in_are_yellow(sandbox: Sandbox) -> None:
    set_up(sandbox, findings=[OUTDATED], smart=SMART)
    assert flags(sandbox) == {"Content": "green", "Application": "yellow", "Reputation": "green"}
    set_up(sandbox, findings=[], ftp_error="530 Login incorrect.")
    assert flags(sandbox) == {"Content": "yellow", "Application": "green", "Reputation": "green"}


# scanInfo


@pytest.mark.parametrize(
    ("form", "paths"),
    [("repeat", [".", ".", "."]), ("nested", ["site", "site"])],
)
def test_setting_several_sites_in_one_response(sandbox: Sandbox, form: str, paths: list[str]) -> None:
    sandbox.admin("POST", "settings", scan_info_form=form)
    root = sandbox.call("<scanInfo><account_id>570</account_id></scanInfo>").xml
    told = root.findall("scanInfo") if form == "repeat" else root.findall("scanInfo/site")
    assert [one.get("site_id") for one in told] == ["1", "2"]
    assert [one.get("account_id") for one in root.findall("scanInfo")] == ["570"] * (2 if form == "repeat" else 1)
    assert all(len(one.findall("product")) == 3 for one in told)


@pytest.mark.parametrize(
    ("form", "attributes"),
    [
        ("full", {"name", "status", "id", "completed_at", "findings", "frequency"}),
        ("without_frequency", {"name", "status", "id", "completed_at", "findings"}),
        ("none", None),
    ],
)
def test_setting_fields_of_a_scan(sandbox: Sandbox, form: str, attributes: set[str] | None) -> None:
    sandbox.admin("POST", "settings", scan_info_scans=form)
    shown = ask(sandbox, "scanInfo").find("product/scan[@name='malware_scan']")
    assert (set(shown.attrib) if shown is not None else None) == attributes


def test_scan_info_needs_a_site_or_an_account(sandbox: Sandbox) -> None:
    [element] = sandbox.call("<scanInfo/>").xml
    assert refusal(element) == PARSE_ERROR
    assert ask(sandbox, "scanInfo", site_id="99").findtext("error") == "Site Not Found"
    [element] = sandbox.call("<scanInfo><account_id>99</account_id></scanInfo>").xml
    assert element.findtext("error") == "account_id not found"


# scanNow


@pytest.mark.parametrize(
    ("form", "tags"),
    [("status", ["message", "status"]), ("scans", ["scan", "scan", "status"]), ("empty", [])],
)
def test_setting_response_to_scan_now(sandbox: Sandbox, form: str, tags: list[str]) -> None:
    sandbox.admin("POST", "settings", scan_now_answer=form)
    answer = scan(sandbox, "ssl_scan", "spam_scan")
    assert [one.tag for one in answer] == tags
    started = [(one.get("site_id"), one.get("code"), one.get("status")) for one in answer.findall("scan")]
    assert started == [(SITE, "ssl_scan", "started"), (SITE, "spam_scan", "started")][: len(started)]


@pytest.mark.parametrize("form", ["join", "refuse"])
def test_setting_second_start_of_a_scan(sandbox: Sandbox, form: str) -> None:
    sandbox.admin("POST", "settings", second_scan=form, scan_duration=60, scan_now_answer="scans")
    first = scan(sandbox, "ssl_scan")
    answer = scan(sandbox, "ssl_scan")
    assert same(answer, etree.tostring(first).decode()) == (form == "join")
    assert (answer.findtext("error") == "Scan is already running") == (form == "refuse")
    assert len(sandbox.admin("GET", f"products?site_id={SITE}")["scans"]) == 1


def test_some_scans_need_a_verified_domain_or_smart(sandbox: Sandbox) -> None:
    set_up(sandbox, domain_verified=False)
    assert scan(sandbox, "malware_scan").findtext("error") == "Domain is not verified"
    assert scan(sandbox, "smart_scan").findtext("error") == "SMART must be configured first"
    assert scan(sandbox).findtext("status") == "ok"
    codes = [one["code"] for one in sandbox.admin("GET", f"products?site_id={SITE}")["scans"]]
    assert codes == ["ssl_scan", "spam_scan"]


def test_site_id_wins_over_account_id(sandbox: Sandbox) -> None:
    ask(sandbox, "scanNow", "<account_id>570</account_id><scan_code>ssl_scan</scan_code>")
    assert list(sandbox.admin("GET", "products")["products"]) == [SITE]
    sandbox.call("<scanNow><account_id>570</account_id></scanNow>")
    assert set(sandbox.admin("GET", "products")["products"]) == {"1", SITE}


@pytest.mark.parametrize("content", ["<scanNow/>", "<scanNow><site_id>2</site_id><scan_code>x</scan_code></scanNow>"])
def test_undocumented_scan_requests_are_refused(sandbox: Sandbox, content: str) -> None:
    [element] = sandbox.call(content).xml
    assert refusal(element) == PARSE_ERROR


# scanSummary and scanDetail


def test_the_summary_of_the_last_scan(sandbox: Sandbox) -> None:
    set_up(sandbox, smart=SMART, findings=[OUTDATED])
    told = asked(sandbox, "scanSummary", "<platform_scan/><smart_scan/><db_scan/><risk_score/>")
    assert [(one.tag, one.get("status"), one.get("issues")) for one in told] == [
        ("platform_scan", "done", "1"),
        ("smart_scan", "done", "0"),
        ("risk_score", None, None),
    ]
    assert (told[2].get("score"), told[2].get("level")) == ("20", "medium")


def test_summaries_by_dates_are_newest_first(sandbox: Sandbox) -> None:
    set_up(sandbox, smart=SMART)
    last = asked(sandbox, "scanSummary", "<smart_scan/>")[0]
    today = last.get("date")[:10]
    sandbox.admin("POST", "clock", advance=3 * 86400)
    ends = asked(sandbox, "scanSummary", "<smart_scan/>")[0].get("date")[:10]
    dates = f"<start_date>{today}</start_date><end_date>{ends}</end_date>"
    told = [one.get("date") for one in asked(sandbox, "scanSummary", "<smart_scan/>", dates)]
    assert len(told) == 4
    assert told == sorted(told, reverse=True)
    assert told[-1] == last.get("date")
    half = ask(sandbox, "scanSummary", f"<start_date>{today}</start_date><scans><smart_scan/></scans>")
    assert refusal(half) == PARSE_ERROR
    assert refusal(ask(sandbox, "scanSummary", "<scans/>")) == PARSE_ERROR
    wrong = "<start_date>2026-02-30</start_date><end_date>2026-02-30</end_date><scans><smart_scan/></scans>"
    assert ask(sandbox, "scanSummary", wrong).findtext("error") == "Invalid date"


def test_a_failing_sign_in_is_in_the_summary(sandbox: Sandbox) -> None:
    set_up(sandbox, smart=SMART, ftp_error="530 Login incorrect.")
    last = asked(sandbox, "scanSummary", "<smart_scan/>")[0]
    assert (last.get("status"), last.get("error")) == ("error", "530 Login incorrect.")


def test_details_contain_findings(sandbox: Sandbox) -> None:
    injection = {"code": "sqli_scan", "days_ago": 3, "url": "http://plain.example/?id=1", "parameter": "id"}
    set_up(sandbox, smart=SMART, findings=[{**MALWARE, "days_ago": 3}, injection, OUTDATED])
    told = asked(sandbox, "scanDetail", "<malware_scan/><sqli_scan/><xss_scan/><advisories/><platform_scan/>")
    assert [(one.tag, [child.tag for child in one]) for one in told] == [
        ("malware_scan", ["malware_info"]),
        ("sqli_scan", ["sqli_info"]),
        ("xss_scan", []),
        ("advisories", ["advisories_info"]),
        ("platform_scan", ["platform_info"]),
    ]
    assert (told[0][0].get("url"), told[0][0].get("severity")) == ("http://plain.example/x.php", "red")
    assert (told[4][0].get("version"), told[4][0].get("severity")) == ("5.8.1", "yellow")


def test_details_of_one_scan_and_of_an_unknown_one(sandbox: Sandbox) -> None:
    set_up(sandbox, smart=SMART, findings=[OUTDATED])
    number = asked(sandbox, "scanSummary", "<platform_scan/>")[0].get("id")
    sandbox.admin("POST", "clock", advance=2 * 86400)
    set_up(sandbox, findings=[])
    assert asked(sandbox, "scanDetail", "<platform_scan/>")[0].get("id") != number
    assert asked(sandbox, "scanDetail", f'<platform_scan id="{number}"/>')[0].get("id") == number
    assert list(asked(sandbox, "scanDetail", '<platform_scan id="1"/>')) == []
    assert [one.tag for one in asked(sandbox, "scanDetail", '<ssl_scan level="2"/>')] == ["ssl_scan"]
    wrong = ask(sandbox, "scanDetail", '<scans><xss_scan id="1"/></scans>')
    assert refusal(wrong) == PARSE_ERROR


def test_setting_form_of_summaries_and_details(sandbox: Sandbox) -> None:
    set_up(sandbox, smart=SMART, findings=[OUTDATED])
    sandbox.admin("POST", "settings", scan_answers="elements")
    assert asked(sandbox, "scanSummary", "<platform_scan/>").findtext("platform_scan/issues") == "1"
    assert asked(sandbox, "scanDetail", "<platform_scan/>").findtext("platform_scan/platform_info/version") == "5.8.1"


# The frequency


def test_only_scan_info_returns_the_frequency(sandbox: Sandbox) -> None:
    answer = ask(sandbox, "modifyScanFrequency", "<frequency>weekly</frequency>")
    done = "<modifyScanFrequency><message>Frequency updated</message><status>ok</status></modifyScanFrequency>"
    assert same(answer, done)
    assert ask(sandbox, "scanInfo").find("product/scan[@name='malware_scan']").get("frequency") == "weekly"


def frequency(sandbox: Sandbox, wanted: str, site_id: str = SITE) -> str:
    answer = ask(sandbox, "modifyScanFrequency", f"<frequency>{wanted}</frequency>", site_id)
    return f"{answer.findtext('status')}: {answer.findtext('message')}"


@pytest.mark.parametrize(("form", "answer"), [(False, "error: Invalid frequency"), (True, "ok: Frequency updated")])
def test_setting_hourly_scans(sandbox: Sandbox, form: bool, answer: str) -> None:
    sandbox.admin("POST", "settings", hourly_scans=form)
    assert frequency(sandbox, "hourly") == answer


def test_a_plan_offers_some_frequencies(sandbox: Sandbox) -> None:
    plan = {"id": "8", "type": "plan", "scans": {"malware_scan": {"options": ["weekly", "never"]}}}
    site = {"site_id": "20", "account_id": "570", "domain": "paid.example", "plan": {"subscription": "8"}}
    sandbox.admin("POST", "fleet", plans=[plan], sites=[site])
    assert frequency(sandbox, "weekly", "20") == "ok: Frequency updated"
    assert frequency(sandbox, "daily", "20") == "error: Invalid frequency"


# SMART Patch


def patch(sandbox: Sandbox, action: str, content: str = "") -> t.Any:
    return ask(sandbox, "manageSMARTPatch", f"<action>{action}</action>{content}")


def test_a_patch_takes_time_and_can_be_reverted(sandbox: Sandbox) -> None:
    sandbox.admin("POST", "settings", scan_duration=600)
    set_up(sandbox, smart=SMART, findings=[OUTDATED])
    assert same(patch(sandbox, "force_patch"), "<manageSMARTPatch><status>ok</status></manageSMARTPatch>")
    assert flags(sandbox)["Application"] == "yellow"
    sandbox.admin("POST", "clock", advance=601)
    assert flags(sandbox)["Application"] == "green"
    told = asked(sandbox, "scanSummary", "<patchman_scan/><smart_scan/>")
    number = told[1].get("id")
    assert [one.get("patched") for one in told] == ["1", "1"]
    assert patch(sandbox, "revert", "<smart_scan_id>1</smart_scan_id>").findtext("error") == "Scan not found"
    assert patch(sandbox, "revert", f"<smart_scan_id>{number}</smart_scan_id>").findtext("status") == "ok"
    assert flags(sandbox)["Application"] == "yellow"


def test_a_patch_needs_smart_and_a_sign_in(sandbox: Sandbox) -> None:
    assert patch(sandbox, "force_patch").findtext("error") == "SMART must be configured first"
    set_up(sandbox, smart=SMART, ftp_error="530 Login incorrect.")
    assert patch(sandbox, "force_patch").findtext("error") == "FTP connection failed"


@pytest.mark.parametrize(
    "content", ["<action>revert</action>", "<action>force_patch</action><smart_scan_id>1</smart_scan_id>"]
)
def test_undocumented_patch_requests_are_refused(sandbox: Sandbox, content: str) -> None:
    assert refusal(ask(sandbox, "manageSMARTPatch", content)) == PARSE_ERROR


@pytest.mark.parametrize(
    "products",
    [
        {"findings": [{"code": "x"}]},
        {"findings": [{"code": "xss_scan", "flag": "blue"}]},
        {"findings": ["x"]},
        {"scan_frequency": "yearly"},
    ],
)
def test_invalid_findings_are_refused(sandbox: Sandbox, products: dict[str, t.Any]) -> None:
    answer = sandbox.send("POST", "/admin/products", json.dumps({"site_id": SITE, **products}).encode())
    assert answer.status == 400
    assert found(ask(sandbox, "scanInfo"), "product/x") == []


# Faults


@pytest.mark.parametrize(
    ("kind", "started"), [("lost_request", 0), ("http_503", 0), ("http_500_after", 1), ("html_after", 1)]
)
def test_a_lost_response_starts_the_scan_and_a_lost_request_does_not(sandbox: Sandbox, kind: str, started: int) -> None:
    sandbox.admin("POST", "faults", kind=kind, method="scanNow", site_id=SITE)
    with contextlib.suppress(http.client.HTTPException, OSError):
        sandbox.call(f"<scanNow><site_id>{SITE}</site_id><scan_code>ssl_scan</scan_code></scanNow>")
    assert sandbox.journal()[-1]["fault"] == kind
    assert len(sandbox.admin("GET", "products")["products"].get(SITE, {}).get("scans", [])) == started
