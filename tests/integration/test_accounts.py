# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A customer from the order to the cancellation, through the roles, starting with a vendor without customers."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import re
import typing as t

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from integration.bind_server import BindServer
from integration.operator_of_passes import ORIGIN
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

NewZone = collections.abc.Callable[..., str]
PLANS = [
    {"id": "8", "name": "Scan", "product_category": "SCAN", "price": "5.00"},
    {"id": "200", "name": "Professional", "level": "professional"},
    {"id": "9001", "name": "Backup", "product_category": "BACKUP", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "3.00"},
]
LOGIN = "owner@customer.example"
SECRET = "First-Passw0rd!"


class Customer:
    """The files of one customer, and the play over both roles."""

    def __init__(self, sandbox: SandboxServer, bind: BindServer, domain: str) -> None:
        self._sandbox, self._bind = sandbox, bind
        self.account: dict[str, t.Any] = {
            "login": LOGIN,
            "email": LOGIN,
            "name": "Customer Example Ltd",
            "country": "DE",
            "password": SECRET,
            "sites": [{"domain": domain, "subscription": "8", "addons": [{"subscription": "9001"}]}],
            "addons": [{"subscription": "PCI", "count": 2}],
        }
        # The current records have expired everywhere when the next play starts.
        self.site: dict[str, t.Any] = {"domain": domain, "zone": domain, "subscription": "200", "ttl": 1}

    def run(
        self, *arguments: str, roles: t.Sequence[str] = ("sitelock_accounts", "sitelock_waf"), file: str | None = None
    ) -> Run:
        api = {
            "api_url": f"{self._sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
        }
        server = self._bind
        play = {
            "hosts": "localhost",
            "gather_facts": False,
            "vars": {
                "sitelock_accounts_api": api,
                **({"sitelock_accounts": [self.account]} if file is None else {"sitelock_accounts_file": file}),
                "sitelock_waf_api": api,
                "sitelock_waf_sites": [self.site],
                "sitelock_waf_preflight_options": {"resolver": server.address, "resolver_port": server.port},
                "dns_records_rfc2136": {
                    "server": server.address,
                    "port": server.port,
                    "key_name": server.key.name,
                    "key_secret": server.key.secret,
                    "key_algorithm": server.key.algorithm,
                },
            },
            "roles": [f"hosting.websec.{role}" for role in roles],
        }
        run = run_plays([play], *arguments, keep=["sitelock_accounts_report", "sitelock_waf_report"])
        assert SECRET not in run.output
        return run

    def ledger(self) -> list[tuple[str, str]]:
        return [(entry["event"], entry["subscription"]) for entry in self._sandbox.get("ledger")["entries"]]


@pytest.fixture
def customer(sandbox: SandboxServer, bind: BindServer, new_zone: NewZone) -> Customer:
    domain = new_zone(f"@ 3600 IN A {ORIGIN}", f"www 3600 IN A {ORIGIN}")
    sandbox.post("fleet", {"plans": PLANS, "domains": [{"domain": domain, "origin": [ORIGIN]}]})
    return Customer(sandbox, bind, domain)


def test_a_customer_from_the_order_to_the_cancellation(customer: Customer, sandbox: SandboxServer) -> None:
    # The planned orders, with names and prices; nothing is sent.
    shown = customer.run("--check", "--diff", roles=("sitelock_accounts",))
    assert shown.status == 0, shown.output
    assert "order of 8 (Scan) at 5.00" in shown.output
    assert "total 13.00" in shown.output
    assert customer.ledger() == []

    first = customer.run()
    assert first.status == 0, first.output
    account, own = first.values["sitelock_accounts_report"]
    assert own["steps"] == [f"order of the add-on 7001 for {LOGIN}"] * 2
    (site,) = first.values["sitelock_waf_report"]
    assert account["site_id"] == site["site_id"] is not None
    assert site["steps"] == ["provisionAddon", "change A/CNAME"]
    assert sorted(customer.ledger()) == [("added", each) for each in ("200", "7001", "7001", "8", "9001")]

    sandbox.post("clock", {"advance": 6 * 3600})
    sandbox.calls()
    second = customer.run()
    assert (second.status, second.recap["changed"]) == (0, 0), second.output
    assert second.values["sitelock_waf_report"][0]["state"] == "ready"
    assert sandbox.writes() == []

    # The end: refused while traffic goes through the firewall, and while the add-ons are not listed.
    customer.account["state"] = "absent"
    refused = customer.run(roles=("sitelock_accounts",))
    assert refused.status != 0
    assert "traffic goes through its Firewall & CDN" in refused.output
    assert sandbox.writes() == []

    customer.account["state"] = "present"
    customer.site["state"] = "absent"
    assert customer.run(roles=("sitelock_waf",)).status == 0
    gone = customer.run(roles=("sitelock_waf",))
    assert gone.values["sitelock_waf_report"][0]["state"] == "absent", gone.output

    customer.account["state"] = "absent"
    refused = customer.run(roles=("sitelock_accounts",))
    assert "other active add-ons: 9001" in refused.output
    customer.account["force"] = True
    ended = customer.run(roles=("sitelock_accounts",))
    assert ended.status == 0, ended.output
    assert sum(event == "deleted" for event, _product in customer.ledger()) == 5
    last = customer.run(roles=("sitelock_accounts",))
    assert (last.status, last.recap["changed"]) == (0, 0), last.output


def test_above_the_limit_nothing_is_sent(customer: Customer) -> None:
    stopped = customer.run("-e", "sitelock_accounts_max_orders=3", roles=("sitelock_accounts",))
    assert stopped.status != 0
    assert "max_orders allows 3, but this run would" in " ".join(stopped.output.split()), stopped.output
    assert customer.ledger() == []


@pytest.mark.all_only
def test_an_approved_plan(
    customer: Customer, sandbox: SandboxServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.json"
    planning = json.dumps({"sitelock_accounts_plan_file": str(path)})
    roles = ("sitelock_accounts",)

    def waits(run: Run) -> list[str]:
        assert run.status == 0, run.output
        return [str(row["deferred_reason"]) for row in run.values["sitelock_accounts_report"] if row["deferred"]]

    shown = customer.run("--check", "-e", planning, roles=roles)
    assert shown.status == 0, shown.output
    table = " ".join(shown.output.split())
    assert "kind new account, domain" in table
    assert f"4 actions in {path}." in table
    assert SECRET not in path.read_text()

    # A workflow hands it on as a text.
    monkeypatch.setenv("ANSIBLE_SHOW_CUSTOM_STATS", "true")
    publishing = json.dumps({"sitelock_accounts_publish_plan": True})
    published = customer.run("--check", "-e", planning, "-e", publishing, roles=roles)
    assert published.status == 0, published.output
    assert "Show the plan that is published" in published.output
    assert "(item=action" in published.output
    (text,) = re.findall(r"sitelock_accounts_approved_plan\W+(websec-plan-1:[\w+/=]+)", published.output)
    path.unlink()
    approved = json.dumps({"sitelock_accounts_approved_plan": text})

    # It costs more now: the whole account waits, because the rest makes no sense without the order.
    sandbox.post("fleet", {"plans": [{**PLANS[0], "price": "6.00"}]})
    run = customer.run("-e", approved, roles=roles)
    assert "price was 5.00, and is 6.00" in waits(run)[0]
    assert "approval: provisionAccount" in " ".join(run.output.split())
    assert customer.ledger() == []
    sandbox.post("fleet", {"plans": PLANS})
    assert waits(customer.run("-e", approved, roles=roles)) == []
    assert len(customer.ledger()) == 4
    run = customer.run("-e", approved, roles=roles)
    assert (waits(run), run.recap["changed"]) == ([], 0)

    # A variable that a job forgot to fill, and one that forgot --check.
    for variables, told in (
        ({"sitelock_accounts_approved_plan": ""}, "approved_plan is empty"),
        ({"sitelock_accounts_approved_plan": None}, "approved_plan is empty"),
        ({"sitelock_accounts_plan_file": str(path)}, "plan_file is given without check mode"),
    ):
        refused = customer.run("-e", json.dumps(variables), roles=roles)
        assert refused.status != 0
        assert told in " ".join(refused.output.split()), refused.output

    # A change of the file needs a new plan.
    customer.account["addons"][0]["count"] = 3
    refused = customer.run("-e", approved, roles=roles)
    assert refused.status != 0
    assert "was made for other entries" in " ".join(refused.output.split())
    assert len(customer.ledger()) == 4


@pytest.mark.all_only
def test_an_entry_that_is_wrong_fails_alone_and_a_file_without_accounts_is_told(
    customer: Customer, tmp_path: pathlib.Path
) -> None:
    wrong = {"login": "other@customer.example", "adress1": "Street 1", "password": SECRET}
    both = json.dumps({"sitelock_accounts": [wrong, customer.account]})
    run = customer.run("-e", both, "-vvv", roles=("sitelock_accounts",))
    shown = " ".join(run.output.split())
    assert "Account other@customer.example: unknown keys: adress1 (did you mean address1?)" in shown, run.output
    assert "1 of 2 accounts failed: other@customer.example" in shown, run.output
    assert len(customer.ledger()) == 4

    # The same in the report, also without a pass over sites of Firewall & CDN.
    options = {"sitelock_accounts_on_error": "report", "fleet_report_directory": str(tmp_path)}
    reported = customer.run("-e", both, "-e", json.dumps(options), roles=("sitelock_accounts", "fleet_report"))
    assert reported.status == 0, reported.output
    assert "0 sites, 2 accounts. Need action: 1." in " ".join(reported.output.split())
    document = json.loads((tmp_path / "fleet-report.json").read_text(encoding="ascii"))
    assert [each["account"] for each in document["accounts"]] == ["other@customer.example"]

    undefined = customer.run("-e", json.dumps({"sitelock_accounts": None}), roles=("sitelock_accounts",))
    assert undefined.status != 0
    assert "sitelock_accounts is not defined. Set it to the list" in " ".join(undefined.output.split())


def test_accounts_from_a_file_which_may_be_encrypted(customer: Customer, tmp_path: pathlib.Path) -> None:
    file, password = tmp_path / "customers.yml", tmp_path / "vault-password"
    password.write_text("swordfish\n")
    content = yaml.safe_dump({"sitelock_accounts": [customer.account]}).encode()
    file.write_bytes(VaultLib().encrypt(content, VaultSecret(b"swordfish")))

    def run(*arguments: str) -> Run:
        return customer.run(*arguments, roles=("sitelock_accounts",), file=str(file))

    secret = ("--vault-password-file", str(password))
    done = run("-vvv", *secret)
    assert done.status == 0, done.output
    assert len(customer.ledger()) == 4
    (site,) = [row for row in done.values["sitelock_accounts_report"] if row["domain"]]
    assert site["steps"], site

    refused = {
        "Set exactly one of accounts and accounts_file": run("-e", json.dumps({"sitelock_accounts": []}), *secret),
        "vault password": run(),
    }
    file.unlink()
    refused["customers.yml"] = run()
    for says, failed in refused.items():
        assert failed.status != 0, failed.output
        assert says in " ".join(failed.output.split()), failed.output
        assert len(customer.ledger()) == 4
