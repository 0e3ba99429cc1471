# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From a report of the role C(fleet_report) through the real ansible-rulebook to a panel, a ticket and a scan."""

from __future__ import annotations

import collections.abc
import os
import pathlib
import signal
import subprocess
import typing as t

import pytest
from integration.playbook import run_tasks
from integration.report_rows import Row, report_tasks, row
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.patience import PATIENCE, wait_until
from unit.webhook_receiver import WebhookReceiver

pytestmark = pytest.mark.all_only

TOKEN = "s3cret-of-the-panel"


class Rulebook:
    """ansible-rulebook with the rulebook of the collection, as a process."""

    def __init__(self, folder: pathlib.Path, world: SandboxServer, receiver: WebhookReceiver) -> None:
        self._folder = folder
        self.state = folder / "state.json"
        self.log = folder / "rulebook.log"
        (folder / "inventory").write_text("localhost ansible_connection=local\n")
        report = folder / "report" / "fleet-report.json"
        (folder / "vars.yml").write_text(f"{{fleet_report: {report}, fleet_state: {self.state}}}\n")
        programs = pathlib.Path(os.environ["WEBSEC_EDA_VENV"]) / "bin"
        self._environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "SITELOCK_API_URL": f"{world.url}/v1/partner",
            "SITELOCK_API_USERNAME": USERNAME,
            "SITELOCK_API_PASSWORD": PASSWORD,
            "WEBSEC_PANEL_URL": f"{receiver.url}/panel",
            "WEBSEC_PANEL_TOKEN": TOKEN,
            "WEBSEC_TICKET_URL": f"{receiver.url}/ticket",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        names = ["--rulebook", "hosting.websec.fleet", "--vars", "vars.yml", "--inventory", "inventory"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                ["ansible-rulebook", *names, "-v"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(PATIENCE)
            self._process = None

    def report(self, rows: list[Row], **variables: t.Any) -> None:
        run = run_tasks(report_tasks(self._folder / "rows.json", rows, self._folder / "report", **variables))
        assert run.status == 0, run.output


@pytest.fixture(name="receiver")
def _receiver() -> collections.abc.Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture(name="rulebook")
def _rulebook(
    tmp_path: pathlib.Path, sandbox: SandboxServer, receiver: WebhookReceiver
) -> collections.abc.Iterator[Rulebook]:
    rulebook = Rulebook(tmp_path, sandbox, receiver)
    yield rulebook
    rulebook.kill()


def test_from_a_report_to_a_panel_a_ticket_and_a_scan(
    rulebook: Rulebook, sandbox: SandboxServer, receiver: WebhookReceiver
) -> None:
    sites = [{"site_id": str(number), "account_id": "570", "domain": f"s{number}.example"} for number in (1, 2, 3)]
    sandbox.post("fleet", {"accounts": [{"id": "570", "name": "Customers"}], "sites": sites})
    sandbox.calls()
    rulebook.report([row("s1.example", 1, "pending-dns"), row("s2.example", 2), row("s3.example", 3)])
    rulebook.start()
    wait_until(rulebook.state.exists, "the first look at the report")

    after = [row("s1.example", 1), row("s2.example", 2, "error"), row("s3.example", 3)]
    red = [{"domain": "s3.example", "site_id": 3, "red": ["Content"]}]
    rulebook.report(after, fleet_report_scans_rows=red)
    wait_until(lambda: len(receiver.posted) == 3, f"three events, see {rulebook.log}")
    (ticket,) = receiver.at("/ticket")
    assert (ticket["domain"], ticket["what"], ticket["state"]) == ("s2.example", "error", "error")
    ready, malware = sorted(receiver.at("/panel"), key=lambda body: str(body["domain"]))
    assert (ready["domain"], ready["what"], ready["state_before"]) == ("s1.example", "ready", "pending-dns")
    assert (malware["domain"], malware["what"], malware["findings"]) == ("s3.example", "malware", ["finding_red"])
    assert (ready["scan_started"], malware["scan_started"]) == (False, True)
    assert sandbox.calls() == ["scanNow"]
    told = {each.body["id"]: each.headers for each in receiver.posted}
    assert [headers["Idempotency-Key"] for headers in told.values()] == list(told)
    assert told[ready["id"]]["Authorization"] == f"Bearer {TOKEN}"

    # What happens while it is down is sent when it is back, and nothing else.
    rulebook.kill()
    rulebook.report([row("s1.example", 1, "error"), after[1], after[2]], fleet_report_scans_rows=red)
    rulebook.start()
    wait_until(lambda: len(receiver.posted) == 4, f"one more event, see {rulebook.log}")
    assert receiver.posted[3].path == "/ticket"
    assert receiver.posted[3].body["domain"] == "s1.example"
    assert sandbox.calls() == []
    assert TOKEN not in rulebook.log.read_text()
