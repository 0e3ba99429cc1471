# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Customers of BotGuard through the real ansible-playbook: their accounts, their pages, and the life of their websites.

A role plays the web servers: it records its input, and the state of the API at that moment.
"""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest
from integration import in_process
from integration.bind_server import free_port
from integration.playbook import Run, run_plays, run_tasks
from integration.sandbox_server import API_KEY, ROOT, SandboxServer

LIST, POST = "GET /user", "POST /user"
JANE = "jane@shop.example"

# A lookup and a filter instead of the modules uri and copy halve the time of ten plays.
STAND_IN = """
- ansible.builtin.set_fact:
    stand_in_seen: >-
      {{ {'websites': botguard_SERVER_websites, 'api': (lookup('ansible.builtin.url', sandbox_url ~ '/admin/state',
          split_lines=false) | from_json).websites} | to_json
         | keep_in(stand_in_folder ~ '/' ~ inventory_hostname ~ '.json') }}
- ansible.builtin.fail:
    msg: "nginx: [emerg] unknown directive"
  when: stand_in_fails | default(false) | bool
- ansible.builtin.set_fact:
    botguard_web_done: "{{ botguard_SERVER_websites | map(attribute='domain') | list }}"
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("sandbox"), free_port()) as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    """The empty sandbox."""
    running.post("reset", {})
    running.post("settings", {"existing_user": "refuse", "user_filter": "honoured"})
    running.forget_faults()
    running.calls()
    return running


def users(sandbox: SandboxServer) -> list[str]:
    return [user["email"] for user in sandbox.get("state")["users"]]


def statuses(sandbox: SandboxServer) -> dict[str, str]:
    return {website["domain"]: website["status"] for website in sandbox.get("state")["websites"]}


def api(sandbox: SandboxServer) -> dict[str, t.Any]:
    return {"api_url": f"{sandbox.url}/botguard", "api_key": API_KEY, "retries": 0}


def words(run: Run) -> str:
    """The output without its line breaks, whose places depend on the output format."""
    return " ".join(run.output.split())


def run_user(sandbox: SandboxServer, *arguments: str, **options: t.Any) -> tuple[dict[str, t.Any], str]:
    """One task with C(botguard_user): its result, and the output."""
    task = {"hosting.websec.botguard_user": {"email": JANE, **options}, "register": "result", "ignore_errors": True}
    defaults = {"group/hosting.websec.botguard": api(sandbox)}
    run = in_process.run_tasks([task], *arguments, keep=["result"], module_defaults=defaults)
    return run.values["result"], run.output


class TestAccounts:
    def test_a_sub_account_is_foretold_added_and_then_left_alone(self, sandbox: SandboxServer) -> None:
        foretold, _output = run_user(sandbox, "--check", "--diff", first_name="Jane")
        assert (foretold["changed"], foretold["user"]) == (True, None)
        assert foretold["diff"]["after"] == {JANE: "present"}
        assert sandbox.writes() == []

        first, output = run_user(sandbox, "-vvvv", first_name="Jane", country="DE")
        assert first["changed"] is True
        assert (first["user"]["email"], first["user"]["country"]) == (JANE, "DE")
        assert isinstance(first["user"]["id"], int)
        assert "api_key" not in {**first["user"], **{name: 1 for name in first if name != "invocation"}}
        assert API_KEY not in output

        second, _output = run_user(sandbox, first_name="Janet")
        assert (second["changed"], second["user"]) == (False, first["user"])
        assert sandbox.calls() == [LIST, LIST, LIST, POST, LIST, LIST]

    def test_a_lost_answer_makes_no_second_one(self, sandbox: SandboxServer) -> None:
        sandbox.post("settings", {"existing_user": "duplicate", "user_filter": "ignored"})
        sandbox.post("fleet", {"botguard_users": [{"email": "joe@other.example"}]})
        sandbox.fault("lost_answer", api="botguard", method=POST)
        result, _output = run_user(sandbox)
        assert result["changed"] is True
        assert users(sandbox) == ["joe@other.example", JANE]


class TestPages:
    @pytest.mark.all_only
    def test_the_key_of_a_sub_account_is_a_secret_on_its_way_into_the_address(self, sandbox: SandboxServer) -> None:
        url = "lookup('hosting.websec.botguard_dashboard_url', 'Shop.Example.', page='statistics', api_key={}, {})"
        known = f"api_url='{sandbox.url}/botguard', partner_api_key='{API_KEY}'"
        run = run_tasks(
            [
                {
                    "hosting.websec.botguard_user": {"email": JANE, "return_api_key": True, **api(sandbox)},
                    "register": "customer",
                    "no_log": True,
                },
                {
                    "ansible.builtin.set_fact": {"address": "{{ " + url.format("customer.api_key", known) + " }}"},
                    "no_log": True,
                },
                {
                    "ansible.builtin.debug": {"msg": "{{ " + url.format(f"'{API_KEY}'", known) + " }}"},
                    "no_log": True,
                    "ignore_errors": True,
                    "register": "refused",
                },
            ],
            "-vvvv",
            keep=["customer", "address", "refused"],
        )
        key = run.values["customer"]["api_key"]
        base = f"{sandbox.url}/botguard/en/website/shop.example/statistics"
        assert run.values["address"] == f"{base}?api-key={key}"
        assert run.values["refused"]["failed"] is True
        assert key not in run.output
        assert API_KEY not in run.output

    def test_addresses_without_a_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BOTGUARD_API_KEY", API_KEY)
        monkeypatch.setenv("BOTGUARD_API_URL", "https://api.example/botguard")
        ask = "'hosting.websec.botguard_dashboard_url'"
        v1 = "generation='v1', page='settings'"
        facts = {
            "new": f"{{{{ query({ask}, 'a.example', 'b.example', lang='ru') }}}}",
            "old": f"{{{{ query({ask}, 'a.example', {v1}, base_url='https://panel.example') }}}}",
        }
        refused = {
            "nowhere": ("base_url is required with generation v1", f"lookup({ask}, 'a.example', {v1})"),
            "partner": ("must never be part of an address", f"lookup({ask}, 'a.example', api_key='{API_KEY}')"),
            "other": ("must never be part", f"lookup({ask}, 'a.example', api_key='{API_KEY}', partner_api_key='x')"),
        }
        failing = [
            {"ansible.builtin.debug": {"msg": f"{{{{ {expression} }}}}"}, "register": name, "ignore_errors": True}
            for name, (_problem, expression) in refused.items()
        ]
        run = run_tasks([{"ansible.builtin.set_fact": facts}, *failing], keep=[*facts, *refused])
        base = "https://api.example/botguard/ru/website"
        assert run.values["new"] == [f"{base}/a.example/events", f"{base}/b.example/events"]
        assert run.values["old"] == ["https://panel.example/settings/a.example/edit"]
        for name, (problem, _expression) in refused.items():
            assert run.values[name]["failed"] is True
            assert problem in run.values[name]["msg"]


class Hosting:
    """The playbook of the collection, with web hosts that are played by a role."""

    def __init__(self, sandbox: SandboxServer, folder: pathlib.Path) -> None:
        self._sandbox = sandbox
        self._folder = folder
        self.collections = folder / "collections"
        collection = self.collections / "ansible_collections" / "hosting" / "websec"
        (collection / "roles").mkdir(parents=True)
        for source in ROOT.iterdir():
            if source.name != "roles":
                (collection / source.name).symlink_to(source)
        for role in (ROOT / "roles").iterdir():
            server = role.name.removeprefix("botguard_")
            if server in ("nginx", "apache"):
                tasks = collection / "roles" / role.name / "tasks"
                tasks.mkdir(parents=True)
                (tasks / "main.yml").write_text(STAND_IN.replace("SERVER", server))
            else:
                (collection / "roles" / role.name).symlink_to(role)

    def run(self, websites: list[dict[str, t.Any]], *arguments: str, **of_hosts: dict[str, t.Any]) -> Run:
        """One pass; C(of_hosts) are more variables of the web hosts C(web1) (NGINX) and C(web2) (Apache)."""
        for old in self._folder.glob("web*.json"):
            old.unlink()
        common = {
            "ansible_connection": "local",
            "ansible_python_interpreter": "{{ ansible_playbook_python }}",
            "sandbox_url": self._sandbox.url,
            "stand_in_folder": str(self._folder),
        }
        hosts = {
            "web1": {**common, "botguard_web_server": "nginx", **of_hosts.get("web1", {})},
            "web2": {**common, "botguard_web_server": "apache", **of_hosts.get("web2", {})},
        }
        inventory = self._folder / "inventory.json"
        inventory.write_text(json.dumps({"botguard_web": {"hosts": hosts}}))
        variables = self._folder / "variables.json"
        variables.write_text(json.dumps({"botguard_websites": websites, "botguard_websites_api": api(self._sandbox)}))
        return run_plays(
            [{"ansible.builtin.import_playbook": "hosting.websec.botguard"}],
            "--inventory",
            str(inventory),
            "--extra-vars",
            f"@{variables}",
            *arguments,
            keep=["botguard_websites_report", "botguard_websites_waiting", "botguard_websites_results"],
        )

    def saw(self, host: str) -> tuple[dict[str, str], dict[str, str]] | None:
        """The input of a host (state by domain), and the state of the API then; C(None) if its role did not run."""
        path = self._folder / f"{host}.json"
        if not path.exists():
            return None
        seen = json.loads(path.read_text())
        given = {website["domain"]: website["state"] for website in seen["websites"]}
        return given, {website["domain"]: website["status"] for website in seen["api"]}


@pytest.fixture
def hosting(sandbox: SandboxServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Hosting:
    made = Hosting(sandbox, tmp_path)
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", str(made.collections))
    return made


def shop(**more: t.Any) -> dict[str, t.Any]:
    return {"domain": "shop.example", "user_email": JANE, "web_host": "web1", **more}


class TestLifeOfACustomer:
    @pytest.mark.all_only
    def test_from_the_order_to_the_end(self, sandbox: SandboxServer, hosting: Hosting) -> None:
        foretold = hosting.run([shop()], "--check")
        assert foretold.status == 0, foretold.output
        assert sandbox.writes() == []
        assert hosting.saw("web1") is None

        ordered = hosting.run([shop()])
        assert ordered.status == 0, ordered.output
        assert users(sandbox) == [JANE]
        assert hosting.saw("web1") == ({"shop.example": "online"}, {"shop.example": "online"})
        assert hosting.saw("web2") is None
        (website,) = ordered.values["botguard_websites_results"]
        assert website["website"]["user"]["email"] == JANE
        assert f"{sandbox.url}/botguard/en/website/shop.example/edit" in ordered.output

        again = hosting.run([shop()])
        assert (again.status, again.recap["changed"]) == (0, 0)

        late = hosting.run([shop(state="paused")])
        assert late.status == 0, late.output
        assert hosting.saw("web1") == ({"shop.example": "paused"}, {"shop.example": "paused"})

        cancelled = hosting.run([shop(state="absent")])
        assert cancelled.status == 0, cancelled.output
        # The host was changed while the website was still registered.
        assert hosting.saw("web1") == ({"shop.example": "absent"}, {"shop.example": "paused"})
        assert statuses(sandbox) == {}
        assert users(sandbox) == [JANE]
        assert [row["actions"] for row in cancelled.values["botguard_websites_report"]] == [
            ["DELETE /website/shop.example"]
        ]

    def test_a_website_stays_registered_until_all_its_hosts_are_done(
        self, sandbox: SandboxServer, hosting: Hosting
    ) -> None:
        sandbox.post(
            "fleet", {"botguard_websites": [{"domain": f"{name}.example"} for name in ("both", "one", "free")]}
        )
        websites = [
            {"domain": "new.example", "web_host": "web2"},
            {"domain": "both.example", "state": "absent", "web_host": ["web1", "web2"]},
            {"domain": "one.example", "state": "absent", "web_host": "web2"},
            {"domain": "free.example", "state": "absent"},
        ]
        run = hosting.run(websites, web1={"stand_in_fails": True})
        assert run.status == 2
        assert "nginx: [emerg] unknown directive" in run.output
        assert "1 of 2 web hosts failed: web1." in words(run)
        assert statuses(sandbox) == {"both.example": "online", "new.example": "online"}
        assert "both.example web1" in words(run)
        assert hosting.saw("web2") == (
            {"new.example": "online", "both.example": "absent", "one.example": "absent"},
            {"both.example": "online", "one.example": "online", "free.example": "online", "new.example": "online"},
        )

        repaired = hosting.run(websites)
        assert repaired.status == 0, repaired.output
        assert statuses(sandbox) == {"new.example": "online"}
        assert repaired.values["botguard_websites_waiting"] == []

    @pytest.mark.all_only
    def test_a_customer_who_fails_does_not_stop_the_others(self, sandbox: SandboxServer, hosting: Hosting) -> None:
        sandbox.post("settings", {"existing_user": "duplicate"})
        sandbox.post("fleet", {"botguard_users": [{"email": "Twice@x.example"}]})
        websites = [shop(), {"domain": "twice.example", "user_email": "twice@x.example", "web_host": "web1"}]
        run = hosting.run(websites)
        assert run.status == 2
        assert statuses(sandbox) == {"shop.example": "online"}, run.output
        assert hosting.saw("web1") == ({"shop.example": "online"}, {"shop.example": "online"})
        said = words(run)
        assert "1 of 2 websites failed: twice.example. Sub-accounts failed: twice@x.example." in said
        assert "but one has Twice@x.example" in said

    def test_a_host_that_is_not_there_is_refused_before_the_first_call(
        self, sandbox: SandboxServer, hosting: Hosting
    ) -> None:
        run = hosting.run([shop(), {"domain": "b.example", "web_host": "web9"}])
        assert run.status == 2
        assert "b.example: web_host web9 is not among the web hosts of the inventory (web1, web2)" in words(run)
        assert sandbox.calls() == []
        assert hosting.saw("web1") is None

    @pytest.mark.all_only
    def test_without_web_hosts_the_account_is_done_alone(self, sandbox: SandboxServer, hosting: Hosting) -> None:
        variables = json.dumps({"botguard_websites": [shop()], "botguard_websites_api": api(sandbox)})
        run = run_plays([{"ansible.builtin.import_playbook": "hosting.websec.botguard"}], "--extra-vars", variables)
        assert run.status == 2
        assert "web_host web1 is not among the web hosts of the inventory (there are none)" in words(run)
        assert sandbox.calls() == []
        website = {name: value for name, value in shop().items() if name != "web_host"}
        variables = json.dumps({"botguard_websites": [website], "botguard_websites_api": api(sandbox)})
        run = run_plays([{"ansible.builtin.import_playbook": "hosting.websec.botguard"}], "--extra-vars", variables)
        assert run.status == 0, run.output
        assert (users(sandbox), statuses(sandbox)) == ([JANE], {"shop.example": "online"})
        assert "WARNING" not in run.output
