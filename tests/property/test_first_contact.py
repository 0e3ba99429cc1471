# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first contact, against the stand-in with every switch in every position: the report names the right one."""

from __future__ import annotations

import collections.abc
import copy
import datetime
import itertools
import json
import re
import typing as t

import pytest
from property.sandbox_in_process import API_KEY, CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME, SandboxInProcess
from websec_sandbox import admin_policy
from websec_sandbox.settings import Settings

from ansible_collections.hosting.websec.plugins.module_utils._botguard import first_contact as botguard
from ansible_collections.hosting.websec.plugins.module_utils._first_contact.observations import NOT_SEEN, observe
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact import reports, sign_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.contract import contract_of
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reader import Responses
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.reports import Reports
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.sign_in import SignIn
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.first_contact.task import (
    IDS,
    LOOKS,
    first_contact,
)

Report = dict[str, t.Any]

_EMAIL = {"email_address": "owner@shop.example", "domain": "shop.example", "replacements": {"code": "123456"}}
FLEET: Report = {
    "plans": [
        {"id": "8", "name": "Scan", "type": "plan", "scans": {"malware_scan": {"options": ["daily", "never"]}}},
        {"id": "12", "name": "All in one", "type": "bundle", "includes": ["8", "102"]},
        {"id": "100", "name": "Firewall", "product_category": "WAF", "waf_rules": {"ddos": []}},
        {"id": "102", "name": "Firewall of a bundle", "product_category": "WAF"},
    ],
    "accounts": [
        {"id": "570", "name": "Jane Doe", "login": "jane-doe", "email": "jane@shop.example"},
        {"id": "571", "name": "Another", "login": "another-one"},
        {"id": "572", "name": "A former one", "login": "former-one"},
    ],
    "strangers": [{"id": "900", "site_id": "901", "login": "stranger-1", "domain": "stranger.example"}],
    "sites": [
        # Everything is set up.
        {
            "site_id": "11",
            "account_id": "570",
            "domain": "shop.example",
            "origin": ["192.0.2.1", "192.0.2.2"],
            "plan": {"subscription": "8"},
            "addon": {"subscription": "100", "state": "ready"},
            "products": {
                "smart": {"ftp_host": "ftp.shop.example", "ssh_pub_key": "ssh-rsa AAAA"},
                "backup_files": {"excluded_exts": "zip,log"},
                "backup_db": {},
                "backups": [{"days_ago": 3}],
                "findings": [{"code": "malware_scan", "days_ago": 9}],
                "ssl_hosts": ["www.shop.example", "shop.example"],
            },
        },
        # Nothing is: without SSL, and a subdomain.
        {
            "site_id": "12",
            "account_id": "570",
            "domain": "blog.shop.example",
            "subdomain": True,
            "origin": ["192.0.2.3"],
            "addon": {"subscription": "100", "state": "pending-dns"},
        },
        {
            "site_id": "13",
            "account_id": "570",
            "domain": "new.example",
            "ssl": True,
            "addon": {"subscription": "100", "state": "pending-domain-validation"},
        },
        {
            "site_id": "14",
            "account_id": "570",
            "domain": "all.example",
            "origin": ["192.0.2.4"],
            "plan": {"bundle": "12"},
        },
    ],
    "botguard_users": [{"email": "jane@shop.example"}, {"email": "Joe@shop.example"}],
    "botguard_websites": [{"domain": "shop.example"}],
    "emails": [
        {"queue_id": str(number), "account_id": "570", "hours_ago": 24 * number, **_EMAIL} for number in (1, 40)
    ],
}
POLICY: Report = {
    "site_id": "11",
    "ip_block": ["198.51.100.0/24"],
    "exceptions": [
        {
            "type": "sql_injection",
            "criteria": {"client_apps": ["6", "17"], "urls": [{"path": "/cart", "pattern": "EQUALS"}]},
        }
    ],
    "login_protect": {"authentication_methods": "sms,email"},
    "login_users": [
        {
            "name": "Jane",
            "email": "jane@shop.example",
            "phone": "49-301234567",
            "creation_date": "2026-01-01T00:00:00Z",
            "status": "ACTIVATED",
        },
        {
            "name": "Joe",
            "email": "joe@shop.example",
            "phone": "",
            "creation_date": "2026-01-01T00:00:00Z",
            "status": "ACTIVATED",
        },
    ],
}
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
CONTRACT: Report = {
    "sites": [
        {"site_id": 11, "has": ["backup", "certificate", "exceptions", "plan", "ssh_key"]},
        {"site_id": 12, "has": ["subdomain"]},
        {"site_id": 13, "has": []},
        {"site_id": 14, "has": ["bundle"]},
    ],
    "account_id": 570,
    "ended_account_id": 572,
    "ended_login": "former-one",
    "foreign_domain": "stranger.example",
    "brand": "A brand",
    "try_unknown": True,
    "try_wrong_credentials": True,
    "try_login_link": True,
    "report": "scan_status",
    "report_period": "2026-11-29",
}


@pytest.fixture(scope="module")
def sandbox() -> collections.abc.Iterator[SandboxInProcess]:
    with SandboxInProcess() as running:
        yield running


def begin(
    sandbox: SandboxInProcess, site: collections.abc.Mapping[str, t.Any] | None = None, **settings: object
) -> None:
    """:param site: what is different at the site 11; C(certificate) is an uploaded one."""
    fleet, policy, changes = copy.deepcopy(FLEET), copy.deepcopy(POLICY), dict(site or {})
    certificate = changes.pop("certificate", False)
    fleet["sites"][0].update(changes)
    # A report of two files: there are four sites.
    sandbox.begin(fleet, {"report_rows_per_file": 2, **settings})
    world = sandbox.service.world
    admin_policy.click(world, policy)
    with world.change():
        if certificate:
            t.cast("t.Any", world.sites["11"].firewall).policy.certificate = {"fingerprint": "x"}
        world.remove_account(world.accounts["572"])


def options_of(sandbox: SandboxInProcess, *, with_token: bool = False, **more: t.Any) -> dict[str, t.Any]:
    options = {"api_url": sandbox.url, "timeout": 10, "retries": 0, **CONTRACT, **more}
    if with_token:
        tokens = {"api_client_id": CLIENT_ID, "api_client_secret": CLIENT_SECRET, "api_token_url": sandbox.token_url}
        return {**options, **tokens}
    return {**options, "api_username": USERNAME, "api_password": PASSWORD}


def report_of(options: dict[str, t.Any]) -> Report:
    report: Report = first_contact(options, RunContext(), TODAY)["report"]
    return report


def outcomes(rows: collections.abc.Iterable[collections.abc.Mapping[str, str]]) -> dict[str, str]:
    return {row["id"]: f"not seen: {row['reason']}" if row["outcome"] == NOT_SEEN else row["outcome"] for row in rows}


def outcome_at_botguard(name: str, sandbox: SandboxInProcess) -> str:
    """The same for BotGuard. Its report has few rows."""
    result = botguard.first_contact(botguard_options(sandbox), RunContext())
    return outcomes(result["report"]["rows"])[name]


def botguard_options(sandbox: SandboxInProcess) -> dict[str, t.Any]:
    http = {"timeout": 10, "retries": 0}
    return {
        "api_url": sandbox.botguard_url,
        "api_key": API_KEY,
        **http,
        "websites": ["shop.example"],
        "try_unknown": True,
    }


def outcome_of(name: str, options: dict[str, t.Any]) -> str:
    """What a report says in one row. No other row is asked for."""
    with SiteLockClient.from_options(options, read_only=True) as client:
        responses = Responses(client, contract_of(options), TODAY)
        rows = observe([each for each in LOOKS if each.id == name], responses)
        about_reports = Reports(options, client, responses, RunContext())
        rows += observe([each for each in reports.OBSERVATIONS if each.id == name], about_reports)
        signing_in = SignIn(options, RunContext(), responses)
        rows += observe([each for each in sign_in.OBSERVATIONS if each.id == name], signing_in)
    [row] = rows
    return row.outcome if row.outcome != NOT_SEEN else f"not seen: {row.reason}"


OTHER_WORDS: dict[object, str] = {True: "yes", False: "no", 200: "200", 500: "500"}
"""Words of the report for positions of switches that are no words."""

SEEN: dict[str, dict[object, str]] = {
    # The switch, and the word for each of its positions where that is another one.
    "accounts_page_max": {1000: "all", 1: "capped"},
    "cdn_domain": {"sitelockcdn.example": "other", "sitelockcdn.net": "known", "sitelockdns.com": "known"},
    "token_lifetime": {4 * 3600.0: "four_hours", 60.0: "shorter", 86400.0: "longer"},
}
"""Switches whose positions or words are not those of their type."""

WITH_TOKEN = ("brand_with_token", "token_expires_in", "token_failure", "token_lifetime")
"""What only a client with access tokens can see."""

NEEDS_A_WRITE = {
    "an order": "addon_answer error_mode item_order provision_ids second_account second_purchase customer_data "
    "revenue_sharing strict_passwords hourly_scans",
    "a change of an account or plan": "login_follows_email modify_answer renewal_after_change",
    "a change of the firewall": "bypass_other_value bypass_value certificate_absent certificate_element "
    "exception_answer exception_criteria exception_url_request known_url login_protect_omitted login_protect_values "
    "omitted_elements refused_rules removal_answer ssl_answer url_answer url_removal_element",
    "a change of a product": "backup_db_request database_password empty_values product_answer product_omitted "
    "product_required restore_files shield_answer smart_protocol ssl_host_known ssl_hosts_per_site",
    "the start of a scan, which is an action": "free_scan_failure free_scan_form scan_now_answer second_scan",
    "a mark on a message": "reason_form",
    "a change of DNS": "recheck_ready",
    "an order or a deletion at BotGuard": "delete_answer existing_user existing_website",
}
OTHERWISE = {
    "the pace or the content of the stand-in, and no form of the API": "backup_duration bad_agents certificate_delay "
    "free_scan_delay latency_ms primary_server ready_delay report_rows report_rows_per_file scan_duration "
    "secondary_server validation_delay visits",
}


def positions() -> list[tuple[str, object]]:
    """Every position of every switch that can be seen."""
    hints = t.get_type_hints(Settings)
    unseen = " ".join([*NEEDS_A_WRITE.values(), *OTHERWISE.values()]).split()
    found: list[tuple[str, object]] = []
    for name, kind in hints.items():
        if name not in unseen:
            every = SEEN[name] if name in SEEN else (True, False) if kind is bool else t.get_args(kind)
            found += [(name, position) for position in every]
    return found


def test_each_switch_is_in_one_list() -> None:
    listed = " ".join([*NEEDS_A_WRITE.values(), *OTHERWISE.values()]).split()
    assert len(listed) == len(set(listed))
    assert set(listed) | {name for name, _position in positions()} == set(t.get_type_hints(Settings))
    assert {name for name, _position in positions()} <= {*IDS, *botguard.IDS}


@pytest.mark.parametrize(("name", "position"), positions())
def test_the_report_names_the_position_of_each_switch(sandbox: SandboxInProcess, name: str, position: object) -> None:
    begin(sandbox, **{name: position})
    word = SEEN[name][position] if name in SEEN else OTHER_WORDS.get(position, position)
    if name in botguard.IDS:
        assert outcome_at_botguard(name, sandbox) == word
        return
    options = options_of(sandbox, with_token=name in WITH_TOKEN)
    assert outcome_of(name, options) == word


SCENES: list[tuple[str, str, dict[str, t.Any], dict[str, object]]] = [
    # An observation without a switch, its word, what is different at the site 11, and the switches.
    ("getstatus_account", "id", {}, {}),
    ("getstatus_account", "none", {}, {"getstatus_tail": "none"}),
    ("getstatus_start", "no", {}, {}),
    ("ready_traffic_routing", "no", {}, {}),
    ("ready_traffic_routing", "yes", {}, {"ready_answer": "full"}),
    ("ready_original_dns", "yes", {}, {"ready_answer": "full"}),
    ("ready_original_dns", "no", {}, {}),
    ("dns_new_a_form", "comma", {}, {}),
    ("validation_record", "txt", {}, {}),
    ("certificate_authority", "globalsign", {}, {}),
    ("cdn_addresses", "yes", {}, {}),
    ("certificate_date", "date", {"ssl": True}, {"ready_answer": "full"}),
    ("cert_from", "custom", {"ssl": True, "certificate": True}, {"ready_answer": "full"}),
    ("origin_names", "addresses", {}, {}),
    ("origin_names", "mixed", {"origin": ["192.0.2.1", "origin.shop.example"]}, {}),
    ("allow_list_scanners", "yes", {}, {}),
    ("address_ranges", "yes", {}, {}),
    ("visits_page", "full", {}, {}),
    ("visits_page", "not seen: nothing_there", {}, {"visits": 1}),
    ("method_spelling", "not seen: nothing_there", {}, {}),
    ("smart_ssh_pub_key", "yes", {}, {}),
    ("smart_ssh_pub_key", "no", {}, {"smart_elements": "documented"}),
    ("backup_files_status", "active", {}, {}),
    ("list_separator", "comma", {}, {}),
    ("scan_details", "info", {}, {}),
    ("email_id", "always_20", {}, {}),
    ("report_error_body", "json_error", {}, {}),
    ("report_error_body", "json_error", {}, {"bulk_reports": False}),
    ("report_errors", "http_403", {}, {"bulk_reports": False}),
    ("report_end", "eof", {}, {}),
    ("report_end", "eof", {}, {"report_rows_per_file": 9}),
    ("report_end", "not seen: nothing_there", {}, {"report_rows_per_file": 1}),
    ("report_end", "not seen: refused", {}, {"bulk_reports": False}),
    ("report_headers", "not seen: one_file", {}, {"report_rows_per_file": 9}),
    ("report_file_ids", "not seen: one_file", {}, {"report_rows_per_file": 9}),
    *[("token_failure", form, {}, {"auth_failure": form}) for form in sign_in.AUTH_FORMS if form != "other"],
    ("website_status", "known", {}, {}),
    ("login_user_phone", "optional", {}, {}),
    ("ssl_hosts_per_site", "several", {}, {}),
    ("ssl_hosts_per_site", "not seen: nothing_there", {"products": {"ssl_hosts": ["www.shop.example"]}}, {}),
    ("scan_done", "time_and_state", {}, {}),
    ("scan_done", "not seen: nothing_there", {}, {"scan_info_scans": "none"}),
    ("email_capitals", "yes", {}, {}),
]


@pytest.mark.parametrize(("name", "word", "site", "settings"), SCENES)
def test_the_report_names_what_has_no_switch(
    sandbox: SandboxInProcess, name: str, word: str, site: dict[str, t.Any], settings: dict[str, object]
) -> None:
    begin(sandbox, site, **settings)
    if name in botguard.IDS:
        assert outcome_at_botguard(name, sandbox) == word
        return
    assert outcome_of(name, options_of(sandbox, with_token=name in WITH_TOKEN)) == word


def test_every_observation_is_tried() -> None:
    tried = {name for name, _position in positions()} | {name for name, *_more in SCENES}
    assert tried == {*IDS, *botguard.IDS}


def test_a_whole_report_says_nothing_of_the_customers_and_changes_nothing(sandbox: SandboxInProcess) -> None:
    begin(sandbox)
    before = len(sandbox.service.journal.entries(0))
    result = first_contact(options_of(sandbox), RunContext(), TODAY)
    entries = sandbox.service.journal.entries(0)[before:]
    assert len(entries) > len(IDS)
    assert not [entry for entry in entries if entry["write"]]
    assert outcomes(result["report"]["rows"])["method_spelling"] == "same"
    unseen = {name for name, word in outcomes(result["report"]["rows"]).items() if word.startswith(NOT_SEEN)}
    assert unseen == {"cert_from", "certificate_date", *WITH_TOKEN}
    shown = json.dumps(result["report"]) + result["markdown"]
    assert not re.search("example|jane|joe|former|another|stranger|570|s3cret|198.51|ssh-rsa|12345", shown)


def test_a_refused_password_is_sent_once_and_shows_its_form(sandbox: SandboxInProcess) -> None:
    begin(sandbox, auth_failure="error_below_authentication")
    before = len(sandbox.service.journal.entries(0))
    result = first_contact({**options_of(sandbox), "api_password": "wr0ng"}, RunContext(), TODAY)
    assert len(sandbox.service.journal.entries(0)) == before + 1
    assert result["failed"]
    assert result["error"]["kind"] == "auth"
    seen = outcomes(result["report"]["rows"])
    assert seen.pop("auth_failure") == "error_below_authentication"
    assert seen.pop("method_spelling") == "not seen: nothing_there"
    assert set(seen.values()) == {"not seen: credentials_refused", "not seen: not_given"}


def test_the_time_limit_ends_the_questions_and_not_the_report(sandbox: SandboxInProcess) -> None:
    begin(sandbox)
    context = RunContext(clock=itertools.count(0.0, 1.0).__next__)
    context.end_after(200)
    seen = outcomes(first_contact(options_of(sandbox), context, TODAY)["report"]["rows"])
    assert seen["error_http_status"] == "500"
    assert seen["simple_emails"] == "not seen: time_limit"
    assert set(seen) == set(IDS)
