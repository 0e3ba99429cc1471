# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Exceptions and Login Protect with the sandbox: whatever form its answers have, a second run changes nothing."""

from __future__ import annotations

import typing as t

import pytest
from integration.in_process import run_tasks
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

ENTRY: dict[str, t.Any] = {
    "site_id": 1,
    "exceptions": {
        "sql_injection": {
            "exact": [
                {"ips": ["192.0.2.0/24"], "urls": [{"path": "/admin", "pattern": "PREFIX"}]},
                {"countries": ["DE"], "continents": ["EU"], "other": {"client_apps": {"client_app": [1, 2]}}},
            ]
        },
        "blacklisted_ips": {"exact": [{"ips": ["198.51.100.7"], "urls": [{"path": "/status"}]}]},
    },
    "login_protect": {
        "enabled": True,
        "authentication_methods": ["email", "ga"],
        "app": "wordpress",
        "specific_users": ["owner@customer.example"],
        "users": {
            "exact": [
                {
                    "email": "owner@customer.example",
                    "name": "Shop owner",
                    "phone": "1-7345555555",
                    "two_factor_auth": "enabled",
                }
            ]
        },
        "urls": {"exact": [{"value": "/wp-login.php", "pattern": "prefix"}]},
    },
}


def run_twice(sandbox: SandboxServer, entry: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """The rows of the site."""
    addon = {"subscription": "200", "state": "ready"}
    sites = [{"site_id": "1", "account_id": "570", "domain": "shop.example", "addon": addon}]
    plans, accounts = [{"id": "200", "name": "Professional"}], [{"id": "570", "name": "Customers"}]
    if not sandbox.get("state")["sites"]:
        sandbox.post("fleet", {"plans": plans, "accounts": accounts, "sites": sites})
    options = {
        "api_url": f"{sandbox.url}/v1/partner",
        "api_username": USERNAME,
        "api_password": PASSWORD,
        "retries": 0,
        "on_error": "report",
        "sites": [entry],
    }
    names = ["first", "second"]
    tasks = [{"hosting.websec.sitelock_waf_policies": options, "register": name} for name in names]
    values = run_tasks(tasks, keep=names).values
    return [values[name]["sites"][0] for name in names]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"exception_urls": "elements", "exception_answer": "all"},
        {"exception_urls": "text", "ip_form": "range"},
        {"exception_lists": "comma", "authentication_methods_form": "repeat"},
        {"login_protect_users": "account", "login_protect_omitted": "default"},
    ],
    ids=str,
)
def test_a_second_run_changes_nothing(sandbox: SandboxServer, form: dict[str, str]) -> None:
    sandbox.post("settings", form)
    first, second = run_twice(sandbox, ENTRY)
    assert (first["error"], first["changed_sections"]) == (None, ["exceptions", "login_protect"])
    assert (second["error"], second["changed"]) == (None, False)
    calls = sandbox.calls()
    assert (calls.count("addWafException"), calls.count("loginProtectAddUser")) == (3, 1)


def test_exceptions_that_the_api_does_not_show_are_not_added(sandbox: SandboxServer) -> None:
    sandbox.post("settings", {"rule_exceptions": "hidden"})
    for row in run_twice(sandbox, ENTRY):
        assert row["error"]["message"].startswith(
            "Site 1: section exceptions: getWafSettings shows no exceptions of rules"
        )
    assert "addWafException" not in sandbox.calls()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"empty_lists": "absent", "removal_answer": "removed"},
        {"url_answer": "text", "url_removal_element": "removeWafUrlBlacklist", "known_url": "ignore"},
        {"geo_info_form": "nested", "ip_form": "range"},
        {"cdn_form": "wrapped", "unoffered_rules": "empty"},
        {"omitted_elements": "default", "rule_off_word": "disable"},
    ],
    ids=str,
)
def test_settings_and_lists_in_all_forms(sandbox: SandboxServer, form: dict[str, str]) -> None:
    sandbox.post("settings", form)
    url = {"path": "/xmlrpc.php", "pattern": "EQUALS"}
    entry: dict[str, t.Any] = {
        "site_id": 1,
        "rules": {"sql_injection": "disabled", "ddos": "off"},
        "ip_allow": {"present": ["192.0.2.10"]},
        "ip_block": {"exact": ["203.0.113.0/24", "198.51.100.7"]},
        "url_block": {"exact": [url]},
        "geo_block": {"exact": {"countries": ["KP"], "continents": ["AF"]}},
        "cdn": {"cache_mode": "static_and_dynamic", "minify_css": True},
        "bypass": {"status": "on"},
    }
    first, second = run_twice(sandbox, entry)
    assert (first["error"], set(first["changed_sections"])) == (None, entry.keys() - {"site_id"})
    assert (second["error"], second["actions"]) == (None, [])
    # And back to nothing.
    gone = {name: {"exact": []} for name in ("ip_block", "url_block")}
    entry |= {**gone, "geo_block": {"absent": {"countries": ["KP"], "continents": ["AF"]}}, "bypass": {"status": "off"}}
    first, second = run_twice(sandbox, entry)
    assert (first["error"], set(first["changed_sections"])) == (None, {"ip_block", "url_block", "geo_block", "bypass"})
    assert (second["error"], second["actions"]) == (None, [])
