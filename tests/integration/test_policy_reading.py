# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reading the firewall of sites, applying what was read, purging caches, statistics and reference lists."""

from __future__ import annotations

import collections
import json
import pathlib
import typing as t

import pytest
from integration.playbook import Run, run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

NUMBERS = (1, 2, 3)
WISH = {
    "rules": {"sql_injection": "block_request"},
    "ip_allow": {"present": ["192.0.2.10"]},
    "ip_block": {"exact": ["203.0.113.0/24", "198.51.100.7"]},
    "url_block": {"exact": [{"path": "/xmlrpc.php", "pattern": "EQUALS"}]},
    "geo_block": {"exact": {"countries": ["KP", "NO"], "continents": ["AN"]}},
    "exceptions": {"sql_injection": {"exact": [{"ips": ["192.0.2.10"], "urls": [{"path": "/admin"}]}]}},
    "cdn": {"cache_mode": "static_and_dynamic", "minify_css": True},
    "bypass": {"status": "on"},
    "login_protect": {
        "app": "wordpress",
        "users": {"present": [{"email": "owner@customer.example", "name": "Shop owner", "phone": "1-7345555555"}]},
        "urls": {"exact": [{"value": "/wp-login.php", "pattern": "prefix"}]},
    },
}


@pytest.fixture
def world(sandbox: SandboxServer) -> SandboxServer:
    addon = {"subscription": "200", "state": "ready"}
    sites = [
        {"site_id": str(number), "account_id": "570", "domain": f"shop{number}.example", "addon": addon}
        for number in NUMBERS
    ]
    plans = [{"id": "200", "name": "Professional"}]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": sites})
    return sandbox


def run(world: SandboxServer, tasks: list[dict[str, t.Any]], *arguments: str, keep: t.Sequence[str] = ()) -> Run:
    api = {"api_url": f"{world.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD, "retries": 0}
    # Entries of a site file, with keys that say nothing about the firewall.
    sites = [
        {
            "domain": f"shop{number}.example",
            "subscription": "200",
            "policy": "shop",
            **({"site_id": 1} if number == 1 else {}),
        }
        for number in NUMBERS
    ]
    world.calls()
    return run_tasks(
        tasks,
        *arguments,
        keep=keep,
        module_defaults={"group/hosting.websec.sitelock": api},
        vars={"sitelock_waf_sites": sites},
    )


def writes(calls: t.Iterable[str]) -> list[str]:
    return [name for name in calls if not name.startswith(("get", "check", "loginProtectRetrieve", "loginProtectList"))]


@pytest.mark.all_only
def test_a_dump_is_edited_and_applied_and_changes_nothing_else(world: SandboxServer, tmp_path: pathlib.Path) -> None:
    file = tmp_path / "firewall.yml"
    policies = "hosting.websec.sitelock_waf_policies"
    first = {policies: {"sites": [{"site_id": number, **WISH} for number in NUMBERS]}}
    dump: list[dict[str, t.Any]] = [
        {f"{policies}_info": {"sites": "{{ sitelock_waf_sites }}"}, "register": "firewall"},
        {
            "ansible.builtin.copy": {
                "content": "{{ {'sites': firewall.sites} | to_nice_yaml }}",
                "dest": str(file),
                "mode": "0600",
            },
        },
    ]
    read = f"{{{{ (lookup('ansible.builtin.file', '{file}') | from_yaml).sites }}}}"
    apply: list[dict[str, t.Any]] = [{policies: {"sites": read}, "register": "applied"}]
    # What a customer writes is run by nobody.
    trace = tmp_path / "trace"
    name = f"{{{{ lookup('ansible.builtin.pipe', 'touch {trace}') }}}}"
    user = {"email": "x@customer.example", "name": name, "phone": "", "creation_date": "", "status": "active"}
    world.post("policy", {"site_id": "1", "login_users": [user]})
    done = run(world, [first, *dump, *apply], keep=["firewall", "applied"])
    assert done.status == 0, done.output
    sites = done.values["firewall"]["sites"]
    assert [row["errors"] for row in done.values["firewall"]["reads"]] == [[], [], []]
    assert [site["domain"] for site in sites] == [f"shop{number}.example" for number in NUMBERS]
    assert {*WISH} <= {*sites[0]}
    assert sites[0]["geo_block"]["exact"] == {"countries": ["KP", "NO"], "continents": ["AN"]}
    assert done.values["applied"]["changed"] is False, done.values["applied"]
    assert name in [each["name"] for each in sites[0]["login_protect"]["users"]["exact"]]
    assert not trace.exists()

    text = file.read_text(encoding="utf-8")
    assert PASSWORD not in text
    file.write_text(text.replace("203.0.113.0/24", "203.0.113.0/25", 1), encoding="utf-8")
    again = run(world, apply, keep=["applied"])
    changed = {row["site_id"]: row["changed_sections"] for row in again.values["applied"]["sites"]}
    assert changed == {1: ["ip_block"], 2: [], 3: []}
    assert collections.Counter(writes(world.calls())) == {"removeWafBlacklistIPs": 1, "addWafBlacklistIPs": 1}


def test_a_large_dump_stays_in_a_file(world: SandboxServer) -> None:
    tasks: list[dict[str, t.Any]] = [
        {
            "hosting.websec.sitelock_waf_policies_info": {
                "sites": [*({"site_id": number} for number in NUMBERS), {"site_id": 999}],
                "sections": ["rules", "cdn"],
                "results": "notable",
                "on_error": "report",
            },
            "register": "firewall",
        },
        {
            "ansible.builtin.set_fact": {
                "dumped": "{{ lookup('ansible.builtin.file', firewall.results_file) | from_json }}"
            }
        },
    ]
    done = run(world, tasks, keep=["firewall", "dumped"])
    firewall, dumped = done.values["firewall"], done.values["dumped"]
    assert (firewall["sites"], [row["site_id"] for row in firewall["reads"]]) == ([], [999])
    assert [error["section"] for error in firewall["reads"][0]["errors"]] == [None]
    assert [[*site] for site in dumped["sites"]] == [["site_id", "rules", "cdn"]] * 3
    assert writes(world.calls()) == []


def test_a_cache_is_purged_once_and_never_in_check_mode(world: SandboxServer) -> None:
    purge = [
        {
            "hosting.websec.sitelock_waf_cache_purge": {"sites": "{{ sitelock_waf_sites }}", "purge_pattern": ".css$"},
            "register": "purged",
        }
    ]
    checked = run(world, purge, "--check", keep=["purged"])
    assert [row["changed"] for row in checked.values["purged"]["sites"]] == [True] * 3
    assert writes(world.calls()) == []

    world.fault("lost_answer", api="sitelock", method="purgeWafCache")
    done = run(world, [{**purge[0], "ignore_errors": True}], keep=["purged"])
    rows = done.values["purged"]["sites"]
    assert (done.recap["ignored"], done.values["purged"]["failed"]) == (1, True)
    assert sorted(row["error"]["kind"] if row["error"] else "" for row in rows) == ["", "", "outcome_unknown"]
    assert writes(world.calls()) == ["purgeWafCache"] * 3
    purges = [world.get(f"policy?site_id={number}") for number in NUMBERS]
    assert json.dumps(purges).count(".css$") == 3


def test_statistics_visits_and_reference_lists(world: SandboxServer) -> None:
    statistics = "hosting.websec.sitelock_waf_statistics_info"
    all_of = {"sites": "{{ sitelock_waf_sites }}", "time_range": "last_7_days", "visits": True, "page_size": 10}
    tasks = [
        {statistics: {**all_of, "statistics": ["caching", "threats", "visits_timeseries"]}, "register": "week"},
        {statistics: {**all_of, "max_visits": 12, "post_data": True}, "register": "last"},
        {
            "hosting.websec.sitelock_reference_info": {
                "types": ["countries", "languages", "geo", "client_apps", "message_types"]
            },
            "register": "reference",
        },
    ]
    done = run(world, tasks, keep=["week", "last", "reference"])
    assert done.recap["changed"] == 0, done.output
    (row, *_others) = done.values["week"]["sites"]
    assert (row["error"], len(row["visits"]), row["visits_complete"]) == (None, 25, True)
    assert row["statistics"]["caching"]["saved_requests"] == 600
    assert row["statistics"]["threats"][0]["incidents"] > 0
    assert row["visits"][0]["started_at"] > row["visits"][1]["started_at"]
    assert "postData" not in json.dumps(done.values["week"])
    (row, *_others) = done.values["last"]["sites"]
    assert (len(row["visits"]), row["visits_complete"], row["statistics"]) == (12, False, None)
    assert "visitor%40customer.example" in row["visits"][0]["actions"][0]["postData"]
    lists = done.values["reference"]
    assert {"name": "Germany", "code": "DE"} in lists["countries"]
    assert {each["kind"] for each in lists["geo"]} == {"country", "continent"}
    assert all(lists[name] for name in ("languages", "client_apps", "message_types"))
    assert collections.Counter(world.calls()) == {
        "checkDomain": 4,
        "getWafResults": 3,
        # Pages of ten of 25 visits, and the empty one; then two pages.
        "getWafDetailResults": 3 * 4 + 3 * 2,
        **dict.fromkeys(
            ("getCountriesList", "getLanguageList", "getWafGeoInfo", "getWafClientAppInfo", "getMessageTypes"), 1
        ),
    }
