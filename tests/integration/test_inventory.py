# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugin through ansible-inventory and ansible-playbook, and passes over hosts, against the sandbox."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.patience import PATIENCE

PLANS = [{"id": "200", "name": "Professional", "level": "professional"}]


def environment(sandbox: SandboxServer, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "SITELOCK_API_URL": f"{sandbox.url}/v1/partner",
        "SITELOCK_API_USERNAME": USERNAME,
        "SITELOCK_API_PASSWORD": PASSWORD,
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
        **more,
    }


def command(sandbox: SandboxServer, *arguments: str | pathlib.Path, **more: str) -> tuple[int, str, str]:
    done = subprocess.run(
        list(map(str, arguments)),
        env=environment(sandbox, **more),
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def inventory(tmp_path: pathlib.Path) -> t.Callable[..., pathlib.Path]:
    """Writes a configuration file of the plugin."""

    def write(name: str = "fleet.sitelock.yml", **options: t.Any) -> pathlib.Path:
        file = tmp_path / name
        file.write_text(json.dumps({"plugin": "hosting.websec.sitelock", "retries": 0, **options}))
        return file

    return write


def listed(sandbox: SandboxServer, file: pathlib.Path, **more: str) -> dict[str, t.Any]:
    status, output, errors = command(sandbox, "ansible-inventory", "-i", file, "--list", **more)
    assert status == 0, errors
    # External data is marked, so that it is never used as a template.
    found = json.loads(output, object_hook=lambda mapping: mapping.get("__ansible_unsafe", mapping))
    return t.cast("dict[str, t.Any]", found)


@pytest.fixture
def fleet(sandbox: SandboxServer, new_zone: t.Callable[..., str]) -> list[str]:
    """Three accounts with two sites each, every site in a zone of its own; the domains."""
    domains = [new_zone("@ 300 A 192.0.2.1", "www 300 CNAME @") for _number in range(6)]
    sandbox.post(
        "fleet",
        {
            "plans": PLANS,
            "accounts": [{"id": str(account), "name": f"Customer {account}"} for account in (570, 571, 572)],
            "sites": [
                {
                    "site_id": str(number + 1),
                    "account_id": str(570 + number // 2),
                    "domain": domain,
                    "ssl": False,
                    "origin": ["192.0.2.1"],
                }
                for number, domain in enumerate(domains)
            ],
        },
    )
    return domains


def test_sites_are_hosts_with_groups_and_variables(
    sandbox: SandboxServer, fleet: list[str], inventory: t.Callable[..., pathlib.Path]
) -> None:
    file = inventory(
        page_size=2,
        compose={"sitelock_waf": "{'subscription': '200'}"},
        groups={"even": "sitelock_site_id % 2 == 0"},
        keyed_groups=[{"key": "sitelock_account_id | string", "prefix": "account"}],
    )
    found = listed(sandbox, file)
    assert sorted(found["sitelock_sites"]["hosts"]) == sorted(fleet)
    assert found["account_571"]["hosts"] == fleet[2:4]
    assert found["even"]["hosts"] == fleet[1::2]
    assert found["_meta"]["hostvars"][fleet[3]] == {
        "sitelock_domain": fleet[3],
        "sitelock_site_id": 4,
        "sitelock_site_status": "active",
        "sitelock_account_id": 571,
        "sitelock_account_status": "active",
        "sitelock_waf": {"subscription": "200"},
    }
    # Two accounts per page: two pages, and an empty one.
    assert sandbox.calls() == ["getAccounts"] * 3


@pytest.mark.all_only
def test_a_second_run_within_the_time_of_the_cache_does_not_ask_again(
    sandbox: SandboxServer, fleet: list[str], inventory: t.Callable[..., pathlib.Path], tmp_path: pathlib.Path
) -> None:
    file = inventory(cache=True, cache_plugin="ansible.builtin.jsonfile", cache_connection=str(tmp_path / "cache"))
    first = listed(sandbox, file)
    calls = sandbox.calls()
    assert listed(sandbox, file) == first
    assert sandbox.calls() == []
    assert PASSWORD not in "".join(path.read_text() for path in (tmp_path / "cache").rglob("*") if path.is_file())
    status, _output, _errors = command(sandbox, "ansible-inventory", "-i", file, "--list", "--flush-cache")
    assert (status, sandbox.calls()) == (0, calls)


def test_a_wrong_password_is_one_clear_message_without_the_password(
    sandbox: SandboxServer, fleet: list[str], inventory: t.Callable[..., pathlib.Path]
) -> None:
    status, output, errors = command(
        sandbox, "ansible-inventory", "-i", inventory(), "--list", "-vvvv", SITELOCK_API_PASSWORD="wrong-Pa55word"
    )
    assert status != 0
    assert "refused the credentials" in errors
    assert "Check the user name and the password" in errors
    assert "wrong-Pa55word" not in output + errors


@pytest.mark.parametrize("options", [{"page_size": 0}, {"site_status": ["gone"]}, {"api_url": "http://vendor.example"}])
def test_wrong_options_are_refused_before_the_first_call(
    sandbox: SandboxServer, inventory: t.Callable[..., pathlib.Path], options: dict[str, t.Any]
) -> None:
    # The file has priority over the environment.
    status, _output, errors = command(sandbox, "ansible-inventory", "-i", inventory(**options), "--list")
    assert status != 0
    assert next(iter(options)) in errors
    assert sandbox.calls() == []


def test_a_file_with_another_name_is_left_to_other_plugins(
    sandbox: SandboxServer, inventory: t.Callable[..., pathlib.Path]
) -> None:
    command(sandbox, "ansible-inventory", "-i", inventory("fleet.yml"), "--list")
    assert sandbox.calls() == []


def play(
    sandbox: SandboxServer, bind: BindServer, file: pathlib.Path, folder: pathlib.Path, *arguments: str
) -> tuple[int, str]:
    server = {"server": bind.address, "port": bind.port}
    key = {"key_name": bind.key.name, "key_secret": bind.key.secret, "key_algorithm": bind.key.algorithm}
    resolver = {"resolver": bind.address, "resolver_port": bind.port}
    variables = folder / "variables.json"
    variables.write_text(
        json.dumps({"dns_records_rfc2136": {**server, **key}, "sitelock_waf_preflight_options": resolver})
    )
    status, output, errors = command(
        sandbox, "ansible-playbook", "-i", file, "hosting.websec.reconcile_hosts", "-e", f"@{variables}", *arguments
    )
    return status, output + errors


@pytest.mark.all_only
def test_serial_and_limit_divide_the_fleet_and_no_site_is_done_twice(
    sandbox: SandboxServer,
    bind: BindServer,
    fleet: list[str],
    inventory: t.Callable[..., pathlib.Path],
    tmp_path: pathlib.Path,
) -> None:
    file = inventory(compose={"sitelock_waf": "{'subscription': '200', 'zone': sitelock_domain}"})
    status, output = play(sandbox, bind, file, tmp_path, "-e", "websec_serial=2", "--limit", f"!{fleet[5]}")
    assert status == 0, output
    assert [sandbox.purchases(number) for number in range(1, 7)] == [["added"]] * 5 + [[]]
    # Three parts of two, two and one site: each is a pass of its own.
    assert output.count("TASK [hosting.websec.sitelock_waf : Show the report]") == 3
    status, output = play(sandbox, bind, file, tmp_path)
    assert status == 0, output
    assert [sandbox.purchases(number) for number in range(1, 7)] == [["added"]] * 6


def test_hosts_without_an_entry_are_not_ordered_for(
    sandbox: SandboxServer,
    bind: BindServer,
    fleet: list[str],
    inventory: t.Callable[..., pathlib.Path],
    tmp_path: pathlib.Path,
) -> None:
    status, output = play(sandbox, bind, inventory(), tmp_path)
    assert status == 0, output
    assert sandbox.writes() == []


def test_a_connection_that_is_not_what_it_should_be_is_told_without_secrets(
    sandbox: SandboxServer, inventory: t.Callable[..., pathlib.Path]
) -> None:
    file = inventory()
    unchecked = {"SITELOCK_API_URL": "https://127.0.0.1:1", "SITELOCK_VALIDATE_CERTS": "false"}
    _status, _output, errors = command(sandbox, "ansible-inventory", "-i", file, "--list", **unchecked)
    assert " ".join(errors.split()).count("validate_certs is false: the API's certificate is not verified") == 1
    address = {"SITELOCK_API_URL": "https://me:hunter2@127.0.0.1:1"}
    status, output, errors = command(sandbox, "ansible-inventory", "-vvvv", "-i", file, "--list", **address)
    assert status != 0
    assert "api_url must not contain a user name" in " ".join(errors.split())
    assert "hunter2" not in output + errors
