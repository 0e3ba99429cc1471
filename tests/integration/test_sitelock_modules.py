# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SiteLock modules, against the sandbox."""

from __future__ import annotations

import functools
import typing as t

import pytest
from integration.in_process import run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

PLANS = [
    {"id": "100", "name": "Basic", "level": "basic"},
    {"id": "200", "name": "Professional", "level": "professional"},
    {"id": "300", "name": "Enterprise", "level": "enterprise"},
]


def site(site_id: int, **more: t.Any) -> dict[str, t.Any]:
    return {
        "site_id": str(site_id),
        "account_id": "570",
        "domain": f"site{site_id}.example",
        "ssl": False,
        "origin": ["192.0.2.1"],
        **more,
    }


@pytest.fixture
def fleet(sandbox: SandboxServer) -> SandboxServer:
    """Five sites without Firewall & CDN: 1 to 4 without SSL, 5 with SSL."""
    sites = [site(number) for number in range(1, 5)] + [site(5, ssl=True)]
    sandbox.post("fleet", {"plans": PLANS, "accounts": [{"id": "570", "name": "Customer"}], "sites": sites})
    return sandbox


def task(module: str, options: dict[str, t.Any], number: int = 0) -> dict[str, t.Any]:
    return {f"hosting.websec.{module}": options, "register": f"result{number}", "ignore_errors": True}


def run(sandbox: SandboxServer, tasks: list[t.Any], *arguments: str) -> tuple[str, list[dict[str, t.Any]]]:
    """Tasks with the connection from module_defaults: their output, and their results."""
    connection = {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
    names = [each["register"] for each in tasks if not callable(each)]
    done = run_tasks(
        tasks,
        *arguments,
        keep=names,
        module_defaults={"group/hosting.websec.sitelock": {"retries": 0, "timeout": 5, **connection}},
    )
    return done.output, [done.values[name] for name in names]


def call(sandbox: SandboxServer, module: str, *arguments: str, **options: t.Any) -> tuple[str, dict[str, t.Any]]:
    """One task: its output, and its result."""
    output, (result,) = run(sandbox, [task(module, options)], *arguments)
    return output, result


def addons(
    sandbox: SandboxServer, sites: list[dict[str, t.Any]], *arguments: str, **options: t.Any
) -> dict[str, t.Any]:
    return call(sandbox, "sitelock_waf_addons", *arguments, sites=sites, **options)[1]


def test_orders_what_is_missing_and_does_nothing_the_second_time(fleet: SandboxServer) -> None:
    sites = [{"site_id": number, "subscription": "200"} for number in (1, 2, 5)]
    first = addons(fleet, sites)
    assert [(each["site_id"], each["actions"], each["changed"]) for each in first["sites"]] == [
        (1, ["provisionAddon"], True),
        (2, ["provisionAddon"], True),
        (5, ["provisionAddon"], True),
    ]
    assert first["sites"][0]["routable"]
    assert not first["sites"][2]["routable"]
    assert first["sites"][2]["dns_ssl_verify"]["dns_record_type"] == "TXT"
    fleet.calls()
    second = addons(fleet, sites)
    assert not second["changed"]
    assert [each["actions"] for each in second["sites"]] == [[], [], []]
    assert fleet.writes() == []


def test_counts_of_calls_are_the_documented_ones(fleet: SandboxServer) -> None:
    sites = [
        {"site_id": number, "account_id": 570, "subscription": "200", "waf_origin": "192.0.2.1"}
        for number in range(1, 5)
    ]
    addons(fleet, sites, batch_size=3)
    assert sorted(fleet.calls()) == sorted(["getAnpProvisioningStatus"] * 12 + ["provisionAddon"] * 2)
    addons(fleet, sites)
    assert sorted(fleet.calls()) == sorted(["getAnpProvisioningStatus"] * 4 + ["getStatus"] + ["getWafOrigin"] * 4)
    for entry in sites:
        del entry["account_id"]
    addons(fleet, sites)
    assert sorted(fleet.calls()) == sorted((["getAnpProvisioningStatus", "getStatus", "getWafOrigin"]) * 4)


def test_another_plan_origin_and_dns_manager_are_changed_and_shown_in_the_diff(fleet: SandboxServer) -> None:
    addons(fleet, [{"site_id": 1, "subscription": "200", "waf_origin": "192.0.2.1"}])
    wanted = {"site_id": 1, "subscription": "300", "waf_origin": "192.0.2.77", "waf_dns_manager": "partner"}
    actions = ["modifyAddon", "setWafOrigin", "setWAFDNSManager"]
    fleet.calls()
    _output, planned = call(fleet, "sitelock_waf_addon", "--check", "--diff", **wanted)
    assert planned["actions"] == actions
    assert planned["changed"]
    assert fleet.writes() == []
    _output, done = call(fleet, "sitelock_waf_addon", "--diff", **wanted)
    assert done["actions"] == actions
    assert planned["diff"]["after"] == done["diff"]["after"]
    assert [done["diff"][side]["waf_origin"] for side in ("before", "after")] == ["192.0.2.1", "192.0.2.77"]
    assert fleet.purchases(1) == ["added", "modified"]
    again = call(fleet, "sitelock_waf_addon", **wanted)[1]
    assert not again["changed"]
    assert again["actions"] == []


def test_a_plan_that_the_api_leaves_open_is_not_touched(fleet: SandboxServer) -> None:
    addons(fleet, [{"site_id": 1, "subscription": "200"}, {"site_id": 2, "subscription": "300"}])
    fleet.post("settings", {"getstatus_site_id": "none"})
    output, result = call(fleet, "sitelock_waf_addon", site_id=1, subscription="300")
    assert not result["changed"]
    assert "getStatus does not report this site's plan" in output
    assert fleet.purchases(1) == ["added"]


def test_deleting_is_refused_while_traffic_goes_through(sandbox: SandboxServer) -> None:
    ready = {"addon": {"subscription": "200", "state": "ready"}}
    sandbox.post("fleet", {"plans": PLANS, "accounts": [{"id": "570", "name": "C"}], "sites": [site(1, **ready)]})
    _output, refused = call(sandbox, "sitelock_waf_addon", site_id=1, state="absent")
    assert refused["failed"]
    assert refused["error"]["kind"] == "rejected"
    assert "would take the site down" in refused["msg"]
    assert sandbox.writes() == []
    _output, forced = call(sandbox, "sitelock_waf_addon", site_id=1, state="absent", force=True)
    assert forced["changed"]
    assert forced["actions"] == ["deleteAddon"]
    assert forced["site"]["state"] == "absent"
    _output, again = call(sandbox, "sitelock_waf_addon", site_id=1, state="absent")
    assert not again["changed"]


def test_refused_sites_do_not_stop_the_others(fleet: SandboxServer) -> None:
    sites = [
        {"site_id": 5, "subscription": "100"},
        {"site_id": 999999, "subscription": "200"},
        {"site_id": 2, "subscription": "no-such-plan"},
        {"site_id": 1, "subscription": "200"},
    ]
    result = addons(fleet, sites, batch_size=10)
    basic, unknown, no_plan, good = result["sites"]
    assert (basic["error"]["code"], basic["error"]["extended_code"]) == ("AEX", "3003")
    assert basic["error"]["kind"] == "rejected"
    assert "Site requires SSL" in basic["error"]["message"]
    assert (unknown["error"]["kind"], unknown["error"]["code"]) == ("not_found", "SNF")
    assert "Subscription doesn't exist" in no_plan["error"]["message"]
    assert good["changed"]
    assert not good["failed"]
    assert result["failed"]
    assert result["msg"].startswith("3 of 4 sites failed.")
    assert not addons(fleet, sites, on_error="report").get("failed")


def test_will_retry_is_pending_and_not_failed(sandbox: SandboxServer) -> None:
    retry = site(1, retry={"attempts": 1})
    sandbox.post("fleet", {"plans": PLANS, "accounts": [{"id": "570", "name": "C"}], "sites": [retry]})
    (entry,) = addons(sandbox, [{"site_id": 1, "subscription": "200"}])["sites"]
    assert not entry["failed"]
    assert entry["changed"]
    assert entry["state"] == "pending-retry"
    assert entry["will_retry"]
    assert not entry["routable"]
    assert sandbox.purchases(1) == ["added"]
    assert not addons(sandbox, [{"site_id": 1, "subscription": "200"}])["changed"]
    assert sandbox.purchases(1) == ["added"]


LOST_WITH_EFFECT = ["lost_answer", "http_500_after", "html_after", "cut", "truncated", "doctype"]


def test_a_lost_answer_of_an_order_ends_with_one_purchase(sandbox: SandboxServer) -> None:
    numbers = range(1, len(LOST_WITH_EFFECT) + 1)
    fleet = [site(number) for number in numbers]
    sandbox.post("fleet", {"plans": PLANS, "accounts": [{"id": "570", "name": "C"}], "sites": fleet})
    for number, fault in zip(numbers, LOST_WITH_EFFECT):
        sandbox.fault(fault, api="sitelock", method="provisionAddon", site_id=str(number))
    wanted = [{"site_id": number, "subscription": "200"} for number in numbers]
    first, second = run(sandbox, [task("sitelock_waf_addons", {"sites": wanted}, number) for number in (1, 2)])[1]
    assert [(each["changed"], each["failed"]) for each in first["sites"]] == [(True, False)] * len(numbers)
    assert [sandbox.purchases(number) for number in numbers] == [["added"]] * len(numbers)
    assert not second["changed"]


def test_an_order_that_may_have_arrived_is_not_sent_again_in_the_same_run(fleet: SandboxServer) -> None:
    for number, fault in enumerate(["lost_request", "http_503", "html"], 1):
        fleet.fault(fault, api="sitelock", method="provisionAddon", site_id=str(number))
    sites = [{"site_id": number, "subscription": "200"} for number in (1, 2, 3, 4)]
    first, second = run(fleet, [task("sitelock_waf_addons", {"sites": sites}, number) for number in (1, 2)])[1]
    for lost in first["sites"][:3]:
        assert lost["error"]["kind"] == "outcome_unknown"
        assert "dashboard" in lost["error"]["hint"]
        assert lost["actions"] == ["provisionAddon"]
    assert first["sites"][3]["changed"]
    assert [each["changed"] for each in second["sites"]] == [True, True, True, False]
    assert [fleet.purchases(number) for number in (1, 2, 3, 4)] == [["added"]] * 4


FAILURES = [
    ("lost_request", "unavailable", "broke before the response arrived"),
    ("http_500", "unavailable", "HTTP 500"),
    ("http_503", "unavailable", "HTTP 503"),
    ("http_429", "unavailable", "rate of requests"),
    ("html", "bad_response", "not a valid SiteLock API response"),
    ("cut", "bad_response", "cut off"),
    ("truncated", "bad_response", "not complete XML"),
    ("doctype", "bad_response", "document type"),
    ("huge", "bad_response", "larger than"),
    ("refuse_403", "not_allowed", "approve the source address"),
    ("redirect", "bad_response", "redirect"),
]


def test_each_failure_has_its_own_message_and_touches_one_site(sandbox: SandboxServer) -> None:
    numbers = range(1, len(FAILURES) + 2)
    sites = [site(number) for number in numbers]
    sandbox.post("fleet", {"plans": PLANS, "accounts": [{"id": "570", "name": "C"}], "sites": sites})
    for number, (fault, _kind, _words) in enumerate(FAILURES, 1):
        more = {"huge": {"megabytes": 12}}.get(fault, {})
        sandbox.fault(fault, api="sitelock", method="getAnpProvisioningStatus", site_id=str(number), times=0, **more)
    *failed, good = addons(sandbox, [{"site_id": number, "subscription": "200"} for number in numbers])["sites"]
    for (fault, kind, words), entry in zip(FAILURES, failed):
        assert (fault, entry["error"]["kind"]) == (fault, kind)
        assert words in f"{entry['error']['message']} {entry['error']['hint']}"
        assert sandbox.purchases(entry["site_id"]) == []
    assert good["changed"]
    assert not good["failed"]


def test_a_read_is_repeated_after_a_passing_failure(fleet: SandboxServer) -> None:
    fleet.fault("http_503", api="sitelock", method="getAnpProvisioningStatus", times=2)
    (entry,) = addons(fleet, [{"site_id": 1, "subscription": "200"}], retries=3)["sites"]
    assert entry["changed"]
    assert not entry["failed"]


AUTH_FORMS = ["http_401", "http_403", "error_below_root", "error_below_authentication", "error_below_method"]


def test_a_wrong_password_is_named_in_every_form_that_the_vendor_may_use(fleet: SandboxServer) -> None:
    tasks: list[t.Any] = []
    for number, form in enumerate(AUTH_FORMS):
        tasks.append(functools.partial(fleet.post, "settings", {"auth_failure": form}))
        tasks.append(task("sitelock_anp_status", {"site_id": [1], "api_password": "wrong-Pa55word"}, number))
    output, results = run(fleet, tasks, "-vvvv")
    kinds = [result["sites"][0]["error"]["kind"] for result in results]
    assert kinds == ["auth", "not_allowed", "auth", "auth", "auth"]
    assert all(result["failed"] for result in results)
    assert "wrong-Pa55word" not in output


def test_login_link(fleet: SandboxServer) -> None:
    tasks: list[t.Any] = []
    for number, form in enumerate(["token", "code"]):
        tasks.append(functools.partial(fleet.post, "settings", {"token_form": form}))
        tasks.append(task("sitelock_sso_link", {"account_id": 570, "site_id": 1, "page": "latform_scan"}, number))
    tasks.append(task("sitelock_sso_link", {"account_id": 571}, 2))
    *links, unknown = run(fleet, tasks)[1]
    for link in links:
        assert link["login_url"].startswith("https://")
        assert link["login_url"].endswith("&site_id=1&page=latform_scan")
    assert fleet.calls() == ["createToken"] * 3
    assert unknown["error"]["kind"] == "not_found"
    assert "account_id not found" in unknown["msg"]


def test_any_method_by_its_name(fleet: SandboxServer) -> None:
    origin = {"site_id": 1, "waf_origin": "192.0.2.9"}
    addons(fleet, [{"site_id": 1, "subscription": "200"}])
    fleet.calls()
    tasks: list[t.Any] = [
        task("sitelock_call", {"method": "getPlanList"}, 0),
        task("sitelock_call", {"method": "setWafOrigin", "parameters": origin}, 1) | {"check_mode": True},
        task("sitelock_call", {"method": "setWafOrigin", "parameters": origin}, 2),
        functools.partial(fleet.post, "faults", {"method": "setWafOrigin", "kind": "lost_answer", "times": 5}),
        task("sitelock_call", {"method": "setWafOrigin", "parameters": origin, "retries": 3}, 3),
        task("sitelock_call", {"method": "createToken", "parameters": {"account_id": 570}}, 4),
    ]
    plans, planned, done, lost, refused = run(fleet, tasks)[1]
    assert [plan["@name"] for plan in plans["answer"]["product"]] == ["Basic", "Professional", "Enterprise"]
    assert (planned["changed"], planned["sent"]) == (True, False)
    assert (done["changed"], done["answer"]["origins"]) == (True, ["192.0.2.9"])
    assert lost["error"]["kind"] == "outcome_unknown"
    assert "no_log: true" in refused["msg"]
    assert fleet.calls() == ["getPlanList", "setWafOrigin", "setWafOrigin"]


WRONG_OPTIONS: list[tuple[str, dict[str, t.Any], str]] = [
    ("sitelock_sso_link", {"account_id": 570, "page": "cellar"}, "page must be one of"),
    ("sitelock_anp_status", {"site_id": [1, 2, 1]}, "listed more than once: 1 in the entries 1 and 3"),
    ("sitelock_anp_status", {"site_id": [1], "wait_for": ["done"]}, "wait_for must be one"),
    ("sitelock_anp_status", {"site_id": [1], "poll_interval": 0}, "poll_interval"),
    (
        "sitelock_waf_addons",
        {"sites": [{"site_id": 1}, {"site_id": 1}]},
        "listed more than once: 1 in the entries 1 and 2",
    ),
    ("sitelock_waf_addons", {"sites": [{"site_id": 1}], "concurrency": 0}, "concurrency is 0"),
    ("sitelock_waf_addon", {"site_id": 0}, "positive number"),
    ("sitelock_waf_addon", {"site_id": 1, "renewal_date": "soon"}, "YYYY-MM-DD"),
    ("sitelock_waf_addon", {"site_id": 1, "waf_force_ssl": True}, "waf_force_ssl requires waf_origin"),
    ("sitelock_waf_addon", {"site_id": 1, "waf_origin": "http://x/"}, "IP address or a host name"),
    ("sitelock_waf_addon", {"site_id": 1, "api_url": "http://api.example.com"}, "plain http://"),
    ("sitelock_waf_addon", {"site_id": 1, "api_url": "https://me:pw@api.example.com"}, "must not contain a user name"),
    ("sitelock_waf_addon", {"site_id": 1, "api_password": ""}, "api_password is empty"),
    ("sitelock_waf_addon", {"site_id": 1, "timeout": 0}, "timeout is 0"),
    ("sitelock_waf_addon", {"site_id": 1, "ca_path": "/no/such/file"}, "the file /no/such/file does not exist"),
]


def test_wrong_options_are_refused_before_the_first_call(fleet: SandboxServer) -> None:
    tasks = [task(module, options, number) for number, (module, options, _words) in enumerate(WRONG_OPTIONS)]
    _output, results = run(fleet, tasks)
    for (_module, _options, words), result in zip(WRONG_OPTIONS, results):
        assert result["failed"]
        assert words in result["msg"]
    assert fleet.calls() == []


def test_a_site_without_a_plan_is_not_ordered(fleet: SandboxServer) -> None:
    _output, result = call(fleet, "sitelock_waf_addon", site_id=1)
    assert result["error"]["kind"] == "bad_input"
    assert "no subscription is set" in result["msg"]
    assert fleet.writes() == []
