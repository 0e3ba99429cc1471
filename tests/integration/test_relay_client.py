# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The collection behind the relay: only the URL and the credentials are others."""

from __future__ import annotations

import collections.abc
import pathlib
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.in_process import run_tasks
from integration.operator_of_passes import Operator, rows
from integration.playbook import Run
from integration.relay_stack import RelayStack
from integration.sandbox_server import PASSWORD, SandboxServer

NewZone = collections.abc.Callable[..., str]
HERE = ["127.0.0.0/8"]
EFFECTS = ["READ", "CHANGE", "BUY", "DESTROY", "ACTION"]
CLIENTS: list[dict[str, t.Any]] = [
    {"name": "awx", "password": "password of awx", "networks": HERE, "effects": EFFECTS},
    {
        "name": "panel",
        "password": "password of the panel",
        "networks": HERE,
        "methods": ["getStatus", "getAnpProvisioningStatus", "provisionAddon"],
        "account_ids": [570],
        "orders_per_day": 1,
    },
]


def options(relay: RelayStack, client: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Of a module behind the relay."""
    return {
        "api_url": relay.url,
        "api_username": client["name"],
        "api_password": client["password"],
        "ca_path": str(relay.ca),
        "retries": 2,
        "timeout": 30,
    }


def call(relay: RelayStack, client: t.Mapping[str, t.Any], method: str, **parameters: t.Any) -> dict[str, t.Any]:
    """The result of C(sitelock_call)."""
    task = {"method": method, "parameters": parameters, **options(relay, client)}
    run = run_tasks([{"hosting.websec.sitelock_call": task, "register": "done", "ignore_errors": True}], keep=["done"])
    assert client["password"] not in run.output
    assert PASSWORD not in run.output
    return t.cast("dict[str, t.Any]", run.values["done"])


def fleet(sandbox: SandboxServer) -> None:
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "200", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Own"}, {"id": "999", "name": "Foreign"}],
            "sites": [
                {
                    "site_id": str(number),
                    "account_id": account,
                    "domain": f"site{number}.example",
                    "ssl": False,
                    "origin": ["192.0.2.1"],
                }
                for number, account in ((1, "570"), (2, "570"), (3, "999"))
            ],
        },
    )


def addons(relay: RelayStack, client: t.Mapping[str, t.Any], *sites: int) -> Run:
    """One run over the add-ons of sites."""
    entries = [{"site_id": number, "subscription": "200"} for number in sites]
    task = {"sites": entries, "on_error": "report", "max_orders": 10, **options(relay, client)}
    return run_tasks([{"hosting.websec.sitelock_waf_addons": task, "register": "done"}], keep=["done"])


@pytest.mark.parametrize("oauth", [False, True], ids=["password", "OAuth"])
def test_a_site_gets_ready_and_a_lost_answer_buys_nothing_twice(
    sandbox: SandboxServer, bind: BindServer, new_zone: NewZone, tmp_path: pathlib.Path, oauth: bool
) -> None:
    operator = Operator(sandbox, bind, tmp_path)
    site_id = 41
    operator.customer(new_zone("@ IN A 192.0.2.10", "www IN A 192.0.2.10"), site_id)
    sandbox.fault("lost_answer", method="provisionAddon")
    with RelayStack(tmp_path / "relay", sandbox, CLIENTS, oauth=oauth) as relay:
        states = []
        for _pass in range(4):
            run = operator.reconcile(sitelock_waf_api=options(relay, CLIENTS[0]))
            states.append(rows(run)[0]["state"])
            operator.later(hours=6)
        audit = relay.audit()
    assert states[-1] == "ready", states
    assert sandbox.purchases(site_id) == ["added"]
    orders = [line for line in audit if line["method"] == "provisionAddon"]
    assert [(line["decision"], line["reason"], line["status"]) for line in orders] == [("failed", "no_answer", 502)]
    assert {line["client"] for line in audit} == {"awx"}
    # Its clock is ahead by six hours in each pass, and a token ends after four: it is renewed after it was refused.
    methods = [entry["method"] for entry in sandbox.get("journal")["entries"]]
    assert methods.count("token") == (4 if oauth else 0)


def test_what_the_relay_refuses_is_not_allowed_with_its_reason(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    fleet(sandbox)
    sandbox.calls()
    panel = CLIENTS[1]
    with RelayStack(tmp_path / "relay", sandbox, CLIENTS) as relay:
        refused = call(relay, panel, "getStatus", accountInformation={"id": 999})["error"]
        assert {name: refused[name] for name in ("kind", "code", "http_status", "message")} == {
            "kind": "not_allowed",
            "code": "relay_account",
            "http_status": 403,
            "message": "getStatus: SiteLock relay: Account 999 is not allowed for client panel (code relay_account).",
        }
        refused = call(relay, panel, "purgeWafCache", site_id=1)["error"]
        assert (refused["kind"], refused["code"]) == ("not_allowed", "relay_method")
        assert "purgeWafCache is not allowed for client panel" in refused["message"]
        wrong = call(relay, {**panel, "password": "another one"}, "getStatus", accountInformation={"id": 570})["error"]
        assert (wrong["kind"], wrong["code"]) == ("auth", "relay_credentials")
        assert sandbox.calls() == []
        # The second order of the day is refused, a foreign site is, and neither stops the others or is sent again.
        done = addons(relay, panel, 3, 1, 2).values["done"]
        errors = [(entry["error"] or {}).get("code") for entry in done["sites"]]
        assert errors[0] == "relay_site"
        assert sorted(map(str, errors[1:])) == ["None", "relay_orders_per_day"]
        assert [line["status"] for line in relay.audit() if line["reason"] == "orders_per_day"] == [429]
        assert "outcome" not in str(done["sites"])
    ledger = sandbox.get("ledger")["entries"]
    assert [entry["event"] for entry in ledger] == ["added"]
