# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State after a stop and a kill, the admin path, and the options of the process."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import typing as t

import pytest

if t.TYPE_CHECKING:
    from conftest import Sandbox

FILES = pathlib.Path(__file__).resolve().parents[3] / "roles" / "sandbox" / "files"


def test_the_state_survives_a_restart(make_sandbox: t.Callable[[], Sandbox], fleet: dict[str, t.Any]) -> None:
    first = make_sandbox()
    first.admin("POST", "fleet", **fleet)
    first.buy("1")
    first.serve_txt("1")
    first.status("1")
    first.buy("2")
    first.call("<deleteAddon><addonInfo><site_id>2</site_id><prod_type>WAF</prod_type></addonInfo></deleteAddon>")
    first.botguard("POST", "/user", email="jane@shop.example")
    first.botguard("POST", "/website", domain="shop.example")
    first.botguard("POST", "/website", domain="gone.example")
    first.botguard("DELETE", "/website/gone.example")
    first.admin("POST", "settings", existing_website="duplicate")
    first.admin("POST", "clock", advance=86400)
    first.admin("POST", "faults", kind="html", skip=7)
    before = {path: first.admin("GET", path) for path in ("state", "ledger", "journal", "settings", "faults")}
    first.close()

    second = make_sandbox()
    assert {path: second.admin("GET", path) for path in before} == before
    assert second.admin("GET", "clock")["ahead"] == 86400
    number = int(before["ledger"]["entries"][-1]["id"])
    assert second.buy("2").findtext("subscription_id") == "500003"
    assert second.admin("GET", "ledger")["entries"][-1]["id"] == number + 1
    assert second.journal()[-1]["n"] == before["journal"]["entries"][-1]["n"] + 1


def test_reset_removes_everything(sandbox: Sandbox) -> None:
    sandbox.buy("1")
    sandbox.admin("POST", "settings", latency_ms=1)
    sandbox.admin("POST", "faults", kind="html")
    sandbox.admin("POST", "reset")
    state = sandbox.admin("GET", "state")
    assert all(things == [] for things in state.values())
    assert sandbox.events() == []
    assert sandbox.journal() == []
    assert sandbox.admin("GET", "settings")["latency_ms"] == 0
    assert sandbox.status("1")["code"] == "SNF"


def test_the_journal_is_paged(sandbox: Sandbox) -> None:
    for site in ("1", "2", "3"):
        sandbox.status(site)
    numbers = [entry["n"] for entry in sandbox.journal()]
    assert numbers == [1, 2, 3]
    assert [entry["n"] for entry in sandbox.admin("GET", "journal?since=2")["entries"]] == [3]
    sandbox.admin("DELETE", "journal")
    sandbox.status("1")
    assert [(entry["n"], entry["site_ids"]) for entry in sandbox.journal()] == [(4, ["1"])]
    assert sandbox.admin("GET", "journal?since=4")["entries"] == []


def test_a_fleet_is_merged(sandbox: Sandbox, fleet: dict[str, t.Any]) -> None:
    sandbox.buy("1")
    assert sandbox.admin("POST", "fleet", **fleet) == {"added": 0, "changed": 0, "unchanged": 13}
    changed = {**fleet["sites"][0], "origin": ["192.0.2.99"]}
    assert sandbox.admin("POST", "fleet", sites=[changed], only_new=True)["changed"] == 0
    assert sandbox.admin("POST", "fleet", sites=[changed])["changed"] == 1
    [site] = sandbox.admin("GET", "state?site_id=1")["sites"]
    assert (site["origin"], site["state"]) == (["192.0.2.99"], "pending-domain-validation")
    assert [one["plan_id"] for one in site["subscriptions"]] == ["100"]


@pytest.mark.parametrize(
    "fleet",
    [
        {"site": []},
        {"sites": {}},
        {"sites": [{"site_id": "9", "account_id": "570"}]},
        {"sites": [{"site_id": "9", "account_id": "none", "domain": "a.example"}]},
        {"sites": [{"site_id": "9", "account_id": "570", "domain": "a.example", "colour": "red"}]},
        {"sites": [{"site_id": "9", "account_id": "570", "domain": "a.example", "addon": {"subscription": "no"}}]},
        {"sites": [{"site_id": "1", "account_id": "571", "domain": "ssl.example"}]},
        {"plans": [{"id": "9", "level": "golden"}]},
    ],
)
def test_an_invalid_fleet_changes_nothing(sandbox: Sandbox, fleet: dict[str, t.Any]) -> None:
    good = {"accounts": [{"id": "999"}]}
    answer = sandbox.send("POST", "/admin/fleet", json.dumps({**good, **fleet}).encode())
    assert answer.status == 400
    assert "999" not in [account["id"] for account in sandbox.admin("GET", "state")["accounts"]]


def test_ten_thousand_sites_are_loaded_at_once(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    store, writes = sandbox.service.store, []
    write = store.write
    monkeypatch.setattr(store, "write", lambda *changes: (writes.append(len(changes[0])), write(*changes)))
    sites = [{"site_id": str(n), "account_id": "570", "domain": f"s{n}.example"} for n in range(1000, 11000)]
    assert sandbox.admin("POST", "fleet", sites=sites)["added"] == 10_000
    assert len(writes) == 1
    assert writes[0] >= 10_000
    assert sandbox.status("10999")["code"] == "ANF"


@pytest.mark.parametrize(
    "wanted", [{"nothing": 1}, {"latency_ms": -1}, {"latency_ms": "9"}, {"auth_failure": "x"}, {"recheck_ready": 1}]
)
def test_invalid_settings_change_nothing(sandbox: Sandbox, wanted: dict[str, t.Any]) -> None:
    before = sandbox.admin("GET", "settings")
    body = json.dumps({"untidy_values": True, **wanted}).encode()
    assert sandbox.send("POST", "/admin/settings", body).status == 400
    assert sandbox.admin("GET", "settings") == before


@pytest.mark.parametrize("wanted", [{"advance": -1}, {"advance": True}, {}])
def test_the_clock_only_advances(sandbox: Sandbox, wanted: dict[str, t.Any]) -> None:
    assert sandbox.send("POST", "/admin/clock", json.dumps(wanted).encode()).status == 400


def test_unknown_admin_paths(sandbox: Sandbox) -> None:
    assert sandbox.send("GET", "/admin/nothing").status == 404
    assert sandbox.send("DELETE", "/admin/faults/7").status == 404
    assert sandbox.send("POST", "/admin/fleet", b"[1]").status == 400
    assert sandbox.send("POST", "/admin/fleet", b"{").status == 400


class Process:
    """The sandbox as a process of its own, as the role runs it."""

    def __init__(self, directory: pathlib.Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.options = {
            "directory": str(directory),
            "port": self.port,
            "dns_port": 9,
            "sitelock_username": "u",
            "sitelock_password": "secret-of-the-file",
            "botguard_api_key": "key-of-the-file",
        }
        self.file = directory / "server.json"
        self.file.write_text(json.dumps(self.options))
        self.file.chmod(0o600)
        self.process: subprocess.Popen[str] | None = None

    def start(self, **environment: str) -> str:
        """Start it and wait until it is ready, as the role does. Returns its last output if it ends before."""
        waiting = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = self.file.with_name(f"notify{time.monotonic_ns()}")
        with waiting:
            waiting.bind(str(address))
            waiting.settimeout(10)
            self.process = subprocess.Popen(
                [sys.executable, "-B", "-m", "websec_sandbox", "--config", str(self.file)],
                env={**os.environ, "PYTHONPATH": str(FILES), "NOTIFY_SOCKET": str(address), **environment},
                stderr=subprocess.PIPE,
                text=True,
            )
            state = waiting.recv(100).decode().strip()
        return "" if state == "READY=1" else self.process.communicate()[1]

    def end(self, number: signal.Signals) -> int:
        assert self.process
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=10)
        return self.process.returncode

    def ask(self, verb: str, path: str, body: str = "") -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(verb, path, body)
        content = connection.getresponse().read()
        connection.close()
        return content


@pytest.fixture
def process(tmp_path: pathlib.Path) -> t.Iterator[Process]:
    running = Process(tmp_path)
    yield running
    if running.process:
        running.end(signal.SIGKILL)


def test_a_killed_process_keeps_its_state(process: Process) -> None:
    assert process.start() == ""
    process.ask("POST", "/admin/fleet", json.dumps({"accounts": [{"id": "570"}]}))
    process.ask("POST", "/admin/clock", json.dumps({"advance": 60}))
    process.end(signal.SIGKILL)
    assert process.start() == ""
    assert json.loads(process.ask("GET", "/admin/state"))["accounts"][0]["id"] == "570"
    assert json.loads(process.ask("GET", "/admin/clock"))["ahead"] == 60
    process.ask("POST", "/v1/partner", "nothing")
    assert process.end(signal.SIGTERM) == 0
    assert process.start() == ""
    assert len(json.loads(process.ask("GET", "/admin/journal"))["entries"]) == 1


def test_the_process_shows_its_name_and_no_secret(process: Process) -> None:
    assert process.start() == ""
    assert process.process
    shown = pathlib.Path(f"/proc/{process.process.pid}")
    assert b"of-the-file" not in (shown / "cmdline").read_bytes()
    assert (shown / "comm").read_text().strip() == "websec-sandbox"
    modes = {path.name: path.stat().st_mode & 0o077 for path in process.file.parent.glob("state*")}
    assert modes
    assert set(modes.values()) == {0}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": "192.0.2.1"}, "loopback"),
        ({"sitelock_password": ""}, "sitelock_password"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_invalid_options_are_refused(process: Process, change: dict[str, str], said: str) -> None:
    process.file.write_text(json.dumps({**process.options, **change}))
    assert said in process.start()
    assert process.end(signal.SIGTERM) == 1


def test_a_file_that_others_can_read_is_refused(process: Process) -> None:
    process.file.chmod(0o640)
    assert "0600" in process.start()


def test_a_port_in_use(process: Process) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", process.port))
        other.listen()
        assert "in use" in process.start()


def test_environment_variables_take_precedence(process: Process) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert process.start(WEBSEC_SANDBOX_PORT=str(port)) == ""
    process.port = port
    assert json.loads(process.ask("GET", "/admin/health"))["status"] == "ok"
