# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugins of the hosting panels through ansible-inventory, and the example of their page as a pass."""

from __future__ import annotations

import collections.abc
import json
import os
import pathlib
import subprocess
import typing as t

import pytest
from integration.bind_server import BindServer
from integration.sandbox_server import API_KEY, PASSWORD, USERNAME, SandboxServer
from unit.documented import blocks
from unit.panels.directadmin_panel import DirectAdminPanel, user
from unit.panels.plesk_panel import PleskPanel, Webspace
from unit.panels.whm_panel import WhmPanel, account, domain
from unit.patience import PATIENCE
from unit.scripted_server import Received, Reply, ScriptedServer

SECRETS = {
    "WHM_API_USERNAME": "root",
    "WHM_API_TOKEN": "WHM-TOKEN-0123456789",
    "PLESK_API_KEY": "PLESK-KEY-0123456789",
    "DIRECTADMIN_API_USERNAME": "admin",
    "DIRECTADMIN_API_LOGIN_KEY": "DA-KEY-0123456789",
}
HOSTILE = "{{ lookup('ansible.builtin.pipe', 'touch made-by-a-template') }}"


def serve(panel: t.Callable[[Received], tuple[bytes, int, dict[str, str]]]) -> ScriptedServer:
    return ScriptedServer(lambda request: Reply(*panel(request)))


def run(folder: pathlib.Path, *command: str, **environment: str) -> tuple[int, str, str]:
    done = subprocess.run(
        command,
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "true",
            **SECRETS,
            **environment,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_three_panels_as_one_inventory(tmp_path: pathlib.Path) -> None:
    whm = WhmPanel([account("alpha", plan=HOSTILE)], [domain("alpha.example", "alpha")])
    plesk = PleskPanel([Webspace(1, "beta.example", plans=("plan-shop",))])
    directadmin = DirectAdminPanel([user("gamma", suspended="yes")], {"gamma.example": "gamma"})
    with serve(whm) as one, serve(plesk) as two, serve(directadmin) as three:
        for name, server in (("whm", one), ("plesk", two), ("directadmin", three)):
            source = {
                "plugin": f"hosting.websec.{name}",
                "servers": [{"name": name, "api_url": f"{{{{ 'http' }}}}://127.0.0.1:{server.port}"}],
                "groups": {"paused": "panel_suspended"},
                "keyed_groups": [{"key": "panel_type", "prefix": "panel"}],
                "strict": True,
            }
            (tmp_path / f"fleet.{name}.yml").write_text(json.dumps(source))
        status, output, errors = run(tmp_path, "ansible-inventory", "-i", str(tmp_path), "--list", "-vvvv")
        asked = ("ansible", "all", "-i", str(tmp_path), "-c", "local", "-m", "debug", "-a", "var=panel_package")
        _status, shown, _errors = run(tmp_path, *asked)
    assert status == 0, errors
    found = json.loads(output[output.index("\n{") :], object_hook=lambda each: each.get("__ansible_unsafe", each))
    hosts = found["_meta"]["hostvars"]
    assert {
        name: (each["panel_type"], each["panel_package"], each["panel_suspended"]) for name, each in hosts.items()
    } == {
        "alpha.example": ("whm", HOSTILE, False),
        "beta.example": ("plesk", "shop", False),
        "gamma.example": ("directadmin", "basic", True),
    }
    assert set(found["panel_sites"]["hosts"]) == set(hosts)
    assert found["paused"]["hosts"] == ["gamma.example"]
    assert found["panel_plesk"]["hosts"] == ["beta.example"]
    # The name of the package, as it is: it was no template anywhere.
    assert "touch made-by-a-template" in shown
    assert not (tmp_path / "made-by-a-template").exists()
    for secret in ("hunter2", *(value for name, value in SECRETS.items() if not name.endswith("USERNAME"))):
        assert secret not in output + errors + shown


def test_a_refused_token_is_one_clear_message_without_it(tmp_path: pathlib.Path) -> None:
    (tmp_path / "web.whm.yml").write_text("plugin: hosting.websec.whm\n")
    with serve(WhmPanel([], [], token="another-Tok3n-123")) as server:
        address = {"WHM_API_URL": f"http://127.0.0.1:{server.port}"}
        status, output, errors = run(tmp_path, "ansible-inventory", "-i", "web.whm.yml", "--list", "-vvvv", **address)
        assert len(server.requests) == 1
    assert status != 0
    told = " ".join(errors.split())
    assert "127.0.0.1: get_domain_info: the WHM API refused access (HTTP 403): Access denied." in told
    assert "No host of this source was added." in told
    assert SECRETS["WHM_API_TOKEN"] not in output + errors


@pytest.fixture
def shops(
    sandbox: SandboxServer,
    bind: BindServer,
    new_zone: collections.abc.Callable[..., str],
    tmp_path: pathlib.Path,
) -> tuple[list[str], WhmPanel]:
    """The example of the page: an active shop, a suspended one, and a customer with another package; their sites exist
    at SiteLock. A fourth one is also the domain of somebody on a Plesk server."""
    domains = [new_zone("@ 300 A 192.0.2.10", "www 300 CNAME @") for _number in range(3)]
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "8765", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Our customers"}],
            "sites": [
                {"site_id": str(number), "account_id": "570", "domain": each, "ssl": False, "origin": ["192.0.2.10"]}
                for number, each in enumerate(domains, 1)
            ],
            "botguard_websites": [{"domain": domains[1], "status": "online"}],
        },
    )
    for block in blocks():
        if block.file in ("web.whm.yml", "group_vars/panel_sites.yml"):
            (tmp_path / block.file).parent.mkdir(exist_ok=True)
            (tmp_path / block.file).write_text(block.text)
    server = {"server": bind.address, "port": bind.port, "key_name": bind.key.name, "key_secret": bind.key.secret}
    resolver = {"resolver": bind.address, "resolver_port": bind.port}
    variables = {"dns_records_rfc2136": server, "sitelock_waf_preflight_options": resolver}
    (tmp_path / "variables.json").write_text(json.dumps(variables))
    accounts = [account("a", plan="shop"), account("b", plan="shop", suspended=1), account("c", plan="basic")]
    accounts.append(account("d", plan="shop"))
    names = [*domains, "copied.example"]
    return domains, WhmPanel(accounts, [domain(name, user) for name, user in zip(names, "abcd")])


def play(sandbox: SandboxServer, panel: WhmPanel, folder: pathlib.Path, *arguments: str) -> tuple[int, str]:
    (folder / "win.plesk.yml").write_text("plugin: hosting.websec.plesk\n")
    sources = ("-i", "web.whm.yml", "-i", "win.plesk.yml")
    with serve(panel) as server, serve(PleskPanel([Webspace(1, "copied.example", plans=("plan-shop",))])) as other:
        status, output, errors = run(
            folder,
            *("ansible-playbook", *sources, "hosting.websec.panel_hosts", "-e", "@variables.json", *arguments),
            WHM_API_URL=f"http://127.0.0.1:{server.port}",
            PLESK_API_URL=f"http://127.0.0.1:{other.port}",
            SITELOCK_API_URL=f"{sandbox.url}/v1/partner",
            SITELOCK_API_USERNAME=USERNAME,
            SITELOCK_API_PASSWORD=PASSWORD,
            BOTGUARD_API_URL=f"{sandbox.url}/botguard",
            BOTGUARD_API_KEY=API_KEY,
        )
    return status, output + errors


def test_the_rules_of_the_page_in_check_mode(
    sandbox: SandboxServer, shops: tuple[list[str], WhmPanel], tmp_path: pathlib.Path
) -> None:
    (active, suspended, other), panel = shops
    status, output = play(sandbox, panel, tmp_path, "--check", "--diff")
    assert status == 0, output
    assert sandbox.writes() == []
    shown = " ".join(output.split())
    for name in (active, suspended):
        assert f"{name} absent provisionAddon" in shown
    assert f"{active} absent POST /website" in shown
    assert f"{suspended} online PUT /website/{suspended} paused" in shown
    assert "Would send: 2 orders of plan 8765" in output
    assert "Not touched: copied.example, copied.example_127.0.0.1." in output
    assert "+        waf_origin: 192.0.2.10" in output
    assert other not in output.partition("TASK [")[2]


@pytest.mark.all_only
def test_the_rules_of_the_page(
    sandbox: SandboxServer, shops: tuple[list[str], WhmPanel], tmp_path: pathlib.Path
) -> None:
    domains, panel = shops
    # A pass that fails stops neither BotGuard nor what comes for its first host.
    status, output = play(sandbox, panel, tmp_path, "-e", "sitelock_waf_max_orders=0")
    assert status != 0
    assert "These parts failed, with the messages above: Firewall & CDN" in " ".join(output.split())
    first = {each["domain"]: each["status"] for each in sandbox.get("state")["websites"]}
    assert first == {domains[0]: "online", domains[1]: "paused"}, output
    assert sandbox.purchases(1) == []
    outputs = []
    for _pass in range(3):
        status, output = play(sandbox, panel, tmp_path, "--diff")
        assert status == 0, output
        outputs.append(output)
    assert [sandbox.purchases(number) for number in (1, 2, 3)] == [["added"], ["added"], []]
    states = {each["domain"]: each["status"] for each in sandbox.get("state")["websites"]}
    assert states == {domains[0]: "online", domains[1]: "paused"}
    assert f"{domains[0]}: url_block" in "".join(outputs)
    assert "changed=0" in outputs[-1]
    # The customer pays.
    panel.accounts[1]["suspended"] = 0
    status, output = play(sandbox, panel, tmp_path)
    assert status == 0, output
    assert {each["status"] for each in sandbox.get("state")["websites"]} == {"online"}
    assert sandbox.purchases(2) == ["added"]
