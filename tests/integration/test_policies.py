# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A firewall policy over a fleet, through the role."""

from __future__ import annotations

from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

SITES = 50
LOWER_PLAN, WAITING = 7, 9
"""The numbers of a site whose plan refuses a rule, and of one that is not ready."""
POLICIES = {
    "base": {"rules": {"sql_injection": "block_request"}, "ip_allow": {"present": ["192.0.2.10"]}},
    "shop": {
        "ip_block": {"exact": ["203.0.113.0/24", "198.51.100.7"]},
        "url_block": {"exact": [{"path": "/xmlrpc.php", "pattern": "EQUALS"}]},
        "geo_block": {"exact": {"countries": ["KP"], "continents": []}},
        "cdn": {"cache_mode": "static_only", "minify_css": True},
        "bypass": {"status": "off"},
    },
}


def fill(sandbox: SandboxServer) -> None:
    rules = {"sql_injection": ["alert"]}
    plans = [{"id": "100", "name": "Lower", "waf_rules": rules}, {"id": "200", "name": "Professional"}]
    sites = [
        {
            "site_id": str(number),
            "account_id": "570",
            "domain": f"shop{number}.example",
            "addon": {
                "subscription": "100" if number == LOWER_PLAN else "200",
                "state": "pending-dns" if number == WAITING else "ready",
            },
        }
        for number in range(1, SITES + 1)
    ]
    sandbox.post("fleet", {"plans": plans, "accounts": [{"id": "570", "name": "Customers"}], "sites": sites})


def play(sandbox: SandboxServer, *arguments: str, **more: object) -> Run:
    """:param more: variables in place of those of the fleet."""
    variables = {
        "sitelock_waf_policy_api": {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
        },
        "sitelock_waf_policies": POLICIES,
        "sitelock_waf_sites": [
            *(
                {
                    "domain": f"shop{number}.example",
                    "site_id": number,
                    "subscription": "200",
                    "policy": ["base", "shop"],
                }
                for number in range(1, SITES + 1)
            ),
            {"domain": "none.example", "site_id": 900, "subscription": "200"},
            {"domain": "ended.example", "site_id": 901, "state": "absent", "policy": "base"},
        ],
        **more,
    }
    roles = ["hosting.websec.sitelock_waf_policy"]
    run = {"hosts": "localhost", "gather_facts": False, "vars": variables, "roles": roles}
    return run_plays([run], *arguments, keep=["sitelock_waf_policy_report"])


def test_a_policy_over_a_fleet(sandbox: SandboxServer) -> None:
    fill(sandbox)
    shown = play(sandbox, "--check", "--diff")
    assert "Would send: changes of 49 sites" in shown.output
    assert "1 of 50 sites failed: shop7.example" in shown.output
    assert " shop2.example: cdn\n-    minify_css: false\n+    minify_css: true\n" in shown.output
    assert "minify_javascript" not in shown.output
    assert [name for name in sandbox.calls() if not name.startswith("get")] == []

    done = play(sandbox, "-e", "sitelock_waf_policy_on_error=report")
    rows = {row["site_id"]: row for row in done.values["sitelock_waf_policy_report"]}
    assert len(rows) == SITES
    assert rows[WAITING]["waiting_for"] == "the state ready (it is pending-dns)"
    refused = rows.pop(LOWER_PLAN)
    assert refused["error"]["section"] == "rules"
    assert "does not offer block_request for sql_injection" in refused["error"]["message"]
    assert "It offers alert" in refused["error"]["hint"]
    assert "ip_block" in refused["changed_sections"]
    assert {row["error"] for row in rows.values()} == {None}

    # A second run is silent, and one that follows a click corrects it.
    sandbox.post("policy", {"site_id": "3", "url_block": {}, "rules": {"sql_injection": "alert"}})
    sandbox.calls()
    again = play(sandbox, "-e", "sitelock_waf_policy_on_error=report")
    changed = {
        row["site_id"]: row["changed_sections"]
        for row in again.values["sitelock_waf_policy_report"]
        if row["changed_sections"]
    }
    assert changed == {3: ["rules", "url_block"]}
    assert [name for name in sandbox.calls() if not name.startswith("get")] == ["setWafSettings", "addWafBlacklistUrls"]
    sandbox.calls()
    # The site with the lower plan fails, and nothing changes.
    last = play(sandbox)
    assert (last.status, last.recap["changed"], last.recap["failed"]) == (2, 0, 1)


def test_a_key_that_is_misspelt_does_not_go_unnoticed(sandbox: SandboxServer) -> None:
    fill(sandbox)
    sites = [
        {"domain": "shop1.example", "site_id": 1, "policy": "base"},
        {"domain": "shop2.example", "site_id": 2, "polcy": "base", "cdn": {"minify_css": True}},
    ]
    done = play(sandbox, sitelock_waf_sites=sites)
    assert (done.status, done.recap["changed"], done.recap["failed"]) == (2, 1, 1)
    assert "Entries of the site file have cdn, polcy, which no entry can have." in done.output
