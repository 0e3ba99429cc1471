# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The examples of README and docs that can run against the sandbox, run as they are written.

All checks that need no run: ``tests/unit/test_documentation.py``.
"""

from __future__ import annotations

import collections.abc
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import typing as t

import pytest
import yaml
from integration.bind_server import BindServer
from integration.sandbox_server import API_KEY, SandboxServer
from integration.slices import credentials
from integration.tunnel import in_namespace
from unit.documented import COLLECTION, Block, blocks, commands
from unit.patience import PATIENCE

pytestmark = pytest.mark.all_only

BLOCKS = blocks()
OWN = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
"""Separate process and mount namespaces: nothing that a command starts outlives it or reaches the host."""


@dataclasses.dataclass(frozen=True)
class Step:
    """A command that was run."""

    command: str
    status: int
    output: str

    @property
    def recap(self) -> dict[str, int]:
        line = re.findall(r"^localhost +: (.*)$", self.output, re.MULTILINE)[-1]
        return {name: int(count) for name, count in (part.split("=") for part in line.split())}


def block(page: str, kind: str, holds: str = "") -> Block:
    (found,) = (each for each in BLOCKS if each.page == page and each.kind == kind and holds in each.text)
    return found


def write_files(folder: pathlib.Path) -> None:
    """Create each file that an example names, as a reader would."""
    for each in BLOCKS:
        if each.file:
            assert not (folder / each.file).exists(), f"two examples write {each.file}"
            (folder / each.file).parent.mkdir(exist_ok=True)
            (folder / each.file).write_text(each.text)


def run_in_one_shell(folder: pathlib.Path, lines: t.Sequence[str]) -> list[Step]:
    """Run commands one after the other, with the ports and folders of a clean machine."""
    script = ["mount -t tmpfs tmpfs /var/tmp", "mount -t tmpfs tmpfs /var/cache/bind", f"cd {folder}"]
    for number, line in enumerate(lines):
        script.append(f"{{ {line}\n}} >{folder}/{number}.output 2>&1 </dev/null; echo $? >{folder}/{number}.status")
    (folder / "script").write_text("\n".join(script))
    environment = {
        **os.environ,
        "HOME": str(folder),
        "ANSIBLE_HOME": str(folder / "ansible-home"),
        "ANSIBLE_NOCOLOR": "1",
    }
    # The shell is the first process of its namespace, and so takes leave of the services that end.
    # The shell is the first process of its namespace, and so takes leave of the services that end.
    command = in_namespace({}, [*OWN, "bash", str(folder / "script")])
    if os.geteuid() != 0:
        # The services run as their own users.
        root = ["sudo", "-n", "env", *(f"{name}={value}" for name, value in environment.items())]
        command = [*root, "unshare", "--net", *command[command.index(sys.executable) :]]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return [
        Step(line, int((folder / f"{number}.status").read_text()), (folder / f"{number}.output").read_text())
        for number, line in enumerate(lines)
    ]


def test_the_first_run_of_the_readme(tmp_path: pathlib.Path) -> None:
    """Every command as written; the one that the text repeats three times runs three times."""
    write_files(tmp_path)
    # From the page on pipelines: when all is done, there is no drift, and no site needs manual action.
    keywords = block("docs/awx-and-pipelines.md", "play keywords").data
    drift = {"ansible.builtin.import_playbook": "hosting.websec.drift"}
    person = {"hosts": "localhost", "gather_facts": False, **keywords}
    (tmp_path / "drift.yml").write_text(yaml.safe_dump([drift, person]))
    lines: list[str] = []
    for line in commands(block("README.md", "commands that run")):
        lines += [line] * (3 if "# three times:" in line else 1)
    lines.insert(-1, "ansible-playbook drift.yml -e @sites.yml -e @resolver.json --check --diff")

    steps = run_in_one_shell(tmp_path, lines)

    for step in steps:
        assert step.status == 0, f"{step.command}\n{step.output}"
    checked, *passes, pipeline = (
        step for step in steps if re.match("ansible-playbook (protect|drift).yml", step.command)
    )
    assert len(passes) == 3
    assert "provisionAddon" in checked.output
    first, second, third = passes
    assert "publish TXT" in first.output
    assert "change A/CNAME" in second.output
    assert third.recap["changed"] == 0
    assert len(re.findall(r"^ *- \S+ +ready +- +ready +- +-$", third.output, re.MULTILINE)) == 2, third.output
    assert pipeline.recap["changed"] == 0
    assert steps[-1].command.startswith("ansible-playbook sandbox.yml -e sandbox_state=absent")


def test_the_page_on_policies(tmp_path: pathlib.Path) -> None:
    """Every command as written, and then all sections, the report, a dump and its application."""
    page = "docs/policies.md"
    write_files(tmp_path)
    more = tmp_path / "more.yml"
    tasks = [task for each in BLOCKS if each.page == page and each.kind == "tasks" for task in each.data]
    files = ["shops.yml"]
    more.write_text(
        yaml.safe_dump([{"hosts": "localhost", "gather_facts": False, "vars_files": files, "tasks": tasks}])
    )
    *lines, end = commands(block(page, "commands that run"))
    lines += [
        "ansible-playbook hosting.websec.policies -e @sections.yml",
        "ansible-playbook hosting.websec.policies -e @sections.yml",
        f"ansible-playbook firewall-report.yml -e fleet_report_directory={tmp_path}",
        "ansible-playbook more.yml",
        end,
    ]

    steps = run_in_one_shell(tmp_path, lines)

    for step in steps:
        assert step.status == 0, f"{step.command}\n{step.output}"
    plays = [step for step in steps if "hosting.websec.policies" in step.command]
    assert [step.recap["changed"] for step in plays] == [1, 1, 0, 1, 1, 0]
    foretold = block(page, "").text.splitlines()
    assert [line for line in foretold if line not in plays[0].output.splitlines() and not line.startswith("@@")] == []
    assert "+    sql_injection: block_request" in plays[3].output
    for step in plays:
        expected = re.search(r"# changed=(\d)", step.command)
        assert expected is None or int(expected[1]) == step.recap["changed"]
    assert (tmp_path / "fleet-report.html").is_file()


def test_the_readme_of_the_sandbox(tmp_path: pathlib.Path) -> None:
    (tmp_path / "try.yml").write_text(block("roles/sandbox/README.md", "playbook").text)
    by_hand = " && ".join(commands(block("roles/sandbox/README.md", "commands")))
    ask = "python -c \"import requests; print(requests.get('http://127.0.0.1:18080/admin/health', timeout=5).text)\""
    shutil.copytree(COLLECTION / "roles" / "sandbox" / "files", tmp_path / "roles" / "sandbox" / "files")
    steps = run_in_one_shell(
        tmp_path,
        [
            f"({by_hand}) & for try in $(seq 100); do {ask} && break; sleep 0.2; done; kill %1; wait",
            "ansible-playbook try.yml",
        ],
    )
    assert '"' in steps[0].output, steps[0].output
    assert (tmp_path / "sandbox").is_dir()
    assert steps[1].status == 0, steps[1].output
    assert steps[1].recap["changed"] > 1


def test_the_fleet_of_the_sandbox_is_in_the_form_that_its_readme_shows(sandbox: SandboxServer) -> None:
    examples = [each for each in BLOCKS if each.language == "json"]
    assert len(examples) == 3
    for example in examples:
        assert sandbox.post("fleet", json.loads(example.text))


def run_ansible(folder: pathlib.Path, *arguments: str, program: str = "ansible-playbook", **environment: str) -> Step:
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        env={**os.environ, "ANSIBLE_NOCOLOR": "1", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Step(" ".join(arguments), done.returncode, done.stdout + done.stderr)


def test_slices_of_an_inventory(
    sandbox: SandboxServer,
    bind: BindServer,
    new_zone: collections.abc.Callable[..., str],
    tmp_path: pathlib.Path,
) -> None:
    """For a domain, and for a name below one without its own zone."""
    write_files(tmp_path)
    zone = new_zone("@ 300 A 192.0.2.1", "shop 300 A 192.0.2.1")
    sites = [(1, zone, False), (2, f"shop.{zone}", True)]
    sandbox.post(
        "fleet",
        {
            "plans": [{"id": "100", "name": "Professional", "level": "professional"}],
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {
                    "site_id": str(number),
                    "account_id": "570",
                    "domain": domain,
                    "subdomain": below,
                    "ssl": False,
                    "origin": ["192.0.2.1"],
                }
                for number, domain, below in sites
            ],
        },
    )
    server = {"server": bind.address, "port": bind.port, "key_name": bind.key.name, "key_secret": bind.key.secret}
    extra = {
        "dns_records_rfc2136": server,
        "sitelock_waf_preflight_options": {"resolver": bind.address, "resolver_port": bind.port},
    }
    run = run_ansible(
        tmp_path, "-i", "fleet.sitelock.yml", "protect_hosts.yml", "-e", json.dumps(extra), **credentials(sandbox)
    )
    assert run.status == 0, run.output
    assert [sandbox.purchases(number) for number, _domain, _below in sites] == [["added"], ["added"]]
    assert "pending-dns" in run.output
    assert bind.query(f"shop.{zone}", "CNAME").answer


def test_the_role_of_botguard_shows_what_its_readme_shows(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    page = "roles/botguard_websites/README.md"
    (tmp_path / "play.yml").write_text(block(page, "playbook").text)
    run = run_ansible(
        tmp_path, "play.yml", "-e", f"vault_botguard_api_key={API_KEY}", BOTGUARD_API_URL=f"{sandbox.url}/botguard"
    )
    assert run.status == 0, run.output
    shown = " ".join(run.output.split())
    for line in block(page, "").text.splitlines():
        assert " ".join(line.split()) in shown


def test_the_inventory_and_the_websites_of_botguard(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    """The web hosts do not exist. The steps before them are done, the steps after them wait."""
    write_files(tmp_path)
    listed = run_ansible(tmp_path, "-i", "inventory.yml", "--list", program="ansible-inventory")
    assert listed.status == 0
    named = json.loads(listed.output)["_meta"]["hostvars"]
    assert {name: host["botguard_web_server"] for name, host in named.items()} == {"web1": "nginx", "web2": "apache"}

    sandbox.post("fleet", {"botguard_websites": [{"domain": "former.example", "status": "online"}]})
    surroundings = {"BOTGUARD_API_URL": f"{sandbox.url}/botguard", "BOTGUARD_API_KEY": API_KEY}
    *_export, check, real = commands(block("docs/botguard.md", "commands"))
    foretold = run_ansible(tmp_path, *check.split()[1:], **surroundings)
    assert "shop.example  absent  POST /website" in foretold.output
    assert sandbox.writes() == []
    run = run_ansible(tmp_path, *real.split()[1:], **surroundings)
    for host in ("web1", "web2"):
        assert re.search(rf"^{host} .*unreachable=1", run.output, re.MULTILINE), run.output
    states = {website["domain"]: website["status"] for website in sandbox.get("state")["websites"]}
    assert states == {"shop.example": "online", "late.example": "paused", "former.example": "online"}
