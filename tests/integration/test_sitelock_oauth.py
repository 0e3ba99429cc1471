# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OAuth 2.0 client credentials, against the sandbox."""

from __future__ import annotations

import functools
import os
import pathlib
import subprocess
import typing as t

from integration.in_process import run_tasks
from integration.sandbox_server import CLIENT_ID, CLIENT_SECRET, SandboxServer


def fleet(sandbox: SandboxServer) -> None:
    site = {"site_id": "1", "account_id": "570", "domain": "site1.example", "ssl": False, "origin": ["192.0.2.1"]}
    plan = {"id": "200", "name": "Professional", "level": "professional"}
    sandbox.post("fleet", {"plans": [plan], "accounts": [{"id": "570", "name": "Customer"}], "sites": [site]})


def test_modules_and_inventory_sign_in_with_a_client(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    fleet(sandbox)
    addon = {"hosting.websec.sitelock_waf_addon": {"site_id": 1, "subscription": "200"}}
    plans: dict[str, t.Any] = {"hosting.websec.sitelock_call": {"method": "getPlanList"}}
    tasks: list[t.Any] = [
        {**addon, "register": "ordered"},
        {**addon, "register": "again"},
        functools.partial(sandbox.post, "settings", {"token_expires_in": "none", "token_lifetime": 0}),
        {**plans, "register": "ended", "ignore_errors": True},
        functools.partial(sandbox.post, "settings", {"token_lifetime": 14400}),
        {**plans, "register": "unknown_life", "ignore_errors": True},
        {
            "hosting.websec.sitelock_call": {"method": "getPlanList", "api_client_secret": "wr0ng-secret"},
            "register": "wrong",
            "ignore_errors": True,
        },
        {
            "hosting.websec.sitelock_call": {"method": "getPlanList", "api_username": "partner"},
            "register": "both",
            "ignore_errors": True,
        },
    ]
    defaults = {
        "api_url": f"{sandbox.url}/v1/partner",
        "api_token_url": f"{sandbox.url}/v2/oauth2/token",
        "api_client_id": CLIENT_ID,
        "api_client_secret": CLIENT_SECRET,
        "retries": 0,
        "timeout": 5,
    }
    names = ["ordered", "again", "ended", "unknown_life", "wrong", "both"]
    done = run_tasks(tasks, "-vvv", keep=names, module_defaults={"group/hosting.websec.sitelock": defaults})
    assert [done.values[name]["changed"] for name in names[:2]] == [True, False]
    # An expired token is replaced once; after that, the vendor's response counts.
    assert done.values["ended"]["error"]["kind"] == "auth"
    assert done.values["unknown_life"]["answer"]["product"]
    assert (done.values["wrong"]["error"]["kind"], done.values["wrong"]["error"]["code"]) == ("auth", "invalid_client")
    assert "api_username and api_client_id are both set" in done.values["both"]["msg"]
    for secret in (CLIENT_SECRET, "wr0ng-secret"):
        assert secret not in done.output
    calls = sandbox.calls()
    assert calls.count("provisionAddon") == 1
    # One for each task, and one more for the task with the expired token.
    assert calls.count("token") == 6
    ended = calls.index("token", calls.index("token", calls.index("token") + 1) + 1)
    assert calls[ended : ended + 4] == ["token", "getPlanList", "token", "getPlanList"]

    file = tmp_path / "fleet.sitelock.yml"
    file.write_text("plugin: hosting.websec.sitelock\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SITELOCK_")}
    listed = subprocess.run(
        ["ansible-inventory", "-i", str(file), "--list", "-vvvv"],
        env={
            **environment,
            "SITELOCK_API_URL": defaults["api_url"],
            "SITELOCK_API_TOKEN_URL": defaults["api_token_url"],
            "SITELOCK_API_CLIENT_ID": CLIENT_ID,
            "SITELOCK_API_CLIENT_SECRET": CLIENT_SECRET,
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "site1.example" in listed.stdout, listed.stderr
    assert CLIENT_SECRET not in listed.stdout + listed.stderr
