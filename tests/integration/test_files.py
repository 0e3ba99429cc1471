# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of a fleet through ansible-playbook: checked without a network and without credentials, and exported."""

from __future__ import annotations

import collections.abc
import json
import pathlib
import subprocess
import typing as t

import junitparser
import pytest
import yaml
from integration.bind_server import BindServer
from integration.operator_of_passes import ORIGIN
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer

WRONG = """\
sitelock_waf_sites:
  - domain: shop.example
    subscripton: "8765"
  - {domain: blog.example, ttl: 0, policy: shop}
"""


def validate(*files: pathlib.Path, arguments: tuple[str, ...] = ()) -> Run:
    named = ["-e", f"websec_files={','.join(map(str, files))}"] if files else []
    return run_plays([{"ansible.builtin.import_playbook": "hosting.websec.validate"}], *named, *arguments)


def test_files_are_checked_without_a_network(tmp_path: pathlib.Path) -> None:
    sites, policies = tmp_path / "sites.yml", tmp_path / "policies.yml"
    sites.write_text(WRONG)
    policies.write_text("sitelock_waf_policies: {shop: {rules: {ddos: auto}}}\n")
    refused = validate(sites, policies)
    assert refused.status != 0
    told = " ".join(refused.output.split())
    assert (
        f"{sites}:3: entry 1: shop.example: unknown keys in the entry: subscripton (did you mean subscription?)" in told
    )
    assert f"{sites}:4: entry 2: blog.example: ttl is 0" in told
    assert "2 problems in the files" in told
    sites.write_text(WRONG.replace("subscripton", "subscription").replace("ttl: 0", "ttl: 60"))
    accepted = validate(sites, policies)
    assert accepted.status == 0
    assert "Checked 2 sites and 1 policy in 2 files." in accepted.output
    assert accepted.recap["changed"] == 0


def test_an_encrypted_file_needs_its_password(tmp_path: pathlib.Path) -> None:
    customers, password = tmp_path / "customers.yml", tmp_path / "password"
    customers.write_text(
        yaml.safe_dump({"sitelock_accounts": [{"login": "customer1", "sites": [{"domain": "nothing"}]}]})
    )
    password.write_text("vault password")
    encrypt = ["ansible-vault", "encrypt", "--vault-password-file", str(password), str(customers)]
    subprocess.run(encrypt, check=True, capture_output=True)
    closed = validate(customers)
    assert closed.status != 0
    assert "no password opens it" in " ".join(closed.output.split())
    opened = validate(customers, arguments=("--vault-password-file", str(password)))
    assert "'nothing' is not a domain name" in " ".join(opened.output.replace("''", "'").split())


def test_no_file() -> None:
    run = validate()
    assert run.status != 0
    assert "websec_files" in run.output


PLANS = [
    {"id": "8", "name": "Scan", "product_category": "SCAN", "price": "5.00"},
    {"id": "200", "name": "Professional", "level": "professional"},
    {"id": "9001", "name": "Backup", "product_category": "BACKUP", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "3.00"},
]
SECRET = "First-Passw0rd!"


class Fleet:
    """A customer whose site is ready, and plays over its files."""

    def __init__(self, sandbox: SandboxServer, bind: BindServer, domain: str) -> None:
        self.sandbox = sandbox
        api = {
            "api_url": f"{sandbox.url}/v1/partner",
            "api_username": USERNAME,
            "api_password": PASSWORD,
            "retries": 0,
        }
        self._connections = {
            **dict.fromkeys(("sitelock_accounts_api", "sitelock_waf_api", "sitelock_waf_policy_api"), api),
            "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
            "dns_records_rfc2136": {
                "server": bind.address,
                "port": bind.port,
                "key_name": bind.key.name,
                "key_secret": bind.key.secret,
                "key_algorithm": bind.key.algorithm,
            },
        }
        self.account = {
            "login": "owner@customer.example",
            "email": "owner@customer.example",
            "name": "Customer Example Ltd",
            "password": SECRET,
            "sites": [{"domain": domain, "subscription": "8", "addons": [{"subscription": "9001"}]}],
            "addons": [{"subscription": "7001", "count": 2}],
        }
        self.site = {"domain": domain, "zone": domain, "subscription": "200"}

    def play(self, *names: str, arguments: t.Sequence[str] = (), **variables: t.Any) -> Run:
        plays = [
            {"ansible.builtin.import_playbook": f"hosting.websec.{name}", "vars": {**self._connections, **variables}}
            for name in names
        ]
        run = run_plays(plays, *arguments)
        assert PASSWORD not in run.output
        return run


@pytest.fixture
def fleet(sandbox: SandboxServer, bind: BindServer, new_zone: collections.abc.Callable[..., str]) -> Fleet:
    domain = new_zone(f"@ 3600 IN A {ORIGIN}", f"www 3600 IN A {ORIGIN}")
    sandbox.post("fleet", {"plans": PLANS, "domains": [{"domain": domain, "origin": [ORIGIN]}]})
    fleet = Fleet(sandbox, bind, domain)
    policies = {"shop": {"ip_block": {"exact": ["203.0.113.0/24"]}}}
    site = {**fleet.site, "policy": "shop"}
    given = {"sitelock_accounts": [fleet.account], "sitelock_waf_sites": [site], "sitelock_waf_policies": policies}
    fleet.play("accounts", "reconcile", **given)
    sandbox.post("clock", {"advance": 6 * 3600})
    ready = fleet.play("accounts", "reconcile", "policies", **given)
    assert ready.status == 0, ready.output
    return fleet


@pytest.mark.all_only
def test_an_export_that_is_applied_unchanged_changes_nothing(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    sites, customers = tmp_path / "sites.yml", tmp_path / "customers.yml"
    wanted = {"export_sites_file": str(sites), "export_accounts_file": str(customers), "export_policies": True}
    fleet.sandbox.calls()
    dry = fleet.play("export", arguments=["--check", "--diff"], **wanted)
    assert dry.status == 0, dry.output
    assert not sites.exists()
    first = fleet.play("export", **wanted)
    assert (first.status, first.recap["changed"]) == (0, 1), first.output
    assert "Exported 1 account, 1 site and 1 policy." in first.output
    domain = fleet.site["domain"]
    (account,) = yaml.safe_load(customers.read_text())["sitelock_accounts"]
    assert {name: account[name] for name in ("login", "email")} == {
        "login": "owner@customer.example",
        "email": "owner@customer.example",
    }
    (site,) = account["sites"]
    assert (site["domain"], site["subscription"], site["addons"]) == (domain, "8", [{"subscription": "9001"}])
    assert account["addons"] == [{"subscription": "7001", "count": 2}]
    exported = yaml.safe_load(sites.read_text())
    (site,) = exported["sitelock_waf_sites"]
    assert (site["domain"], site["subscription"], site["policy"]) == (domain, "200", domain)
    assert exported["sitelock_waf_policies"][domain]["ip_block"] == {"exact": ["203.0.113.0/24"]}
    assert SECRET not in customers.read_text() + sites.read_text()
    # It is right for the check, and it changes nothing.
    assert validate(sites, customers).status == 0
    applied = fleet.play("accounts", "reconcile", "policies", arguments=["-e", f"@{sites}", "-e", f"@{customers}"])
    assert (applied.status, applied.recap["changed"]) == (0, 0), applied.output
    again = fleet.play("export", **wanted)
    assert (again.status, again.recap["changed"]) == (0, 0), again.output
    assert fleet.sandbox.writes() == []


@pytest.mark.all_only
def test_an_export_does_not_replace_the_work_of_a_person(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    customers = tmp_path / "customers.yml"
    customers.write_text("sitelock_accounts: []\n")
    kept = fleet.play("export", export_accounts_file=str(customers))
    assert kept.status != 0
    assert "was not written by an export, or was edited since" in " ".join(kept.output.split())
    assert customers.read_text() == "sitelock_accounts: []\n"
    forced = fleet.play("export", export_accounts_file=str(customers), export_force=True)
    assert forced.status == 0, forced.output
    assert yaml.safe_load(customers.read_text())["sitelock_accounts"]


@pytest.mark.all_only
def test_drift_fails_and_is_written_for_a_merge_request(fleet: Fleet, tmp_path: pathlib.Path) -> None:
    domain = fleet.site["domain"]
    (tmp_path / "sites.yml").write_text(f"sitelock_waf_sites:\n  - domain: {domain}\n")
    files = {"fleet_report_junit_file": tmp_path / "drift.xml", "fleet_report_sarif_file": tmp_path / "drift.sarif"}
    report = {"fleet_report_directory": str(tmp_path), **{name: str(file) for name, file in files.items()}}
    fleet.sandbox.calls()
    same = fleet.play(
        "drift", arguments=["--check"], sitelock_accounts=[fleet.account], sitelock_waf_sites=[fleet.site]
    )
    assert same.status == 0, same.output
    site = {**fleet.site, "waf_origin": "192.0.2.99"}
    drift = fleet.play("drift", arguments=["--check"], sitelock_waf_sites=[site], **report)
    assert drift.status != 0
    assert f"These differ from the files: {domain}." in " ".join(drift.output.split())
    (suite,) = junitparser.JUnitXml.fromfile(str(files["fleet_report_junit_file"]))
    (case,) = suite
    assert (case.name, case.result[0].type) == (domain, "drift")
    (run,) = json.loads(files["fleet_report_sarif_file"].read_text())["runs"]
    assert [result["ruleId"] for result in run["results"]] == ["drift"]
    assert fleet.sandbox.writes() == []
    assert fleet.play("drift", sitelock_waf_sites=[site]).status != 0
