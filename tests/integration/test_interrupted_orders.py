# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs over accounts that end in the middle of their orders, and the runs after them."""

from __future__ import annotations

import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import typing as t

import pytest
from integration.playbook import Run, run_plays
from integration.processes import processes_with, youngest
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.patience import PATIENCE, wait_until

PLANS = [
    {"id": "8", "name": "Scan", "product_category": "SCAN", "price": "5.00"},
    {"id": "9001", "name": "Backup", "product_category": "BACKUP", "price": "2.00"},
    {"id": "7001", "name": "PCI", "product_category": "PCI", "price": "3.00"},
]
MARK = "WEBSEC_TEST=interrupted-orders"
PLAYS: list[dict[str, t.Any]] = [{"import_playbook": "hosting.websec.accounts"}]
Bought = collections.Counter[tuple[str, str, str]]


def accounts(number: int) -> list[dict[str, t.Any]]:
    """Accounts with two sites, an add-on of a site and twice an add-on of the account: five orders each."""
    return [
        {
            "login": f"owner@c{each}.example",
            "email": f"owner@c{each}.example",
            "name": f"Customer {each}",
            "country": "DE",
            "sites": [
                {"domain": f"c{each}.example", "subscription": "8", "addons": [{"subscription": "9001"}]},
                {"domain": f"shop.c{each}.example", "subscription": "8"},
            ],
            "addons": [{"subscription": "7001", "count": 2}],
        }
        for each in range(number)
    ]


def bought(sandbox: SandboxServer) -> Bought:
    """What is billed, by login, domain and product."""
    active = sandbox.get("subscriptions")["subscriptions"]
    assert len(active) == len(sandbox.get("ledger")["entries"]), "something was bought and ended"
    return collections.Counter((each["login"], each["domain"] or "", each["plan_id"]) for each in active)


def ordered_by(wanted: list[dict[str, t.Any]]) -> Bought:
    found: Bought = collections.Counter()
    for each in wanted:
        found[each["login"], "", "7001"] += 2
        found[each["login"], each["sites"][0]["domain"], "9001"] += 1
        found.update((each["login"], site["domain"], site["subscription"]) for site in each["sites"])
    return found


def to_playbook(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """To the process group, as a terminal and ansible-runner do."""
    os.killpg(process.pid, number)


def to_module(_process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    os.kill(youngest(processes_with(MARK, "python")), number)


all_only = pytest.mark.all_only


@pytest.mark.parametrize(
    ("send", "number", "says"),
    [
        pytest.param(to_playbook, signal.SIGINT, "User interrupted execution", id="Ctrl-C"),
        pytest.param(to_playbook, signal.SIGTERM, "", id="terminated", marks=all_only),
        pytest.param(to_playbook, signal.SIGKILL, "", id="killed", marks=all_only),
        pytest.param(
            to_module,
            signal.SIGTERM,
            r"The task was stopped by SIGTERM between two calls. Sent: \d+ new accounts, .*, total \d+.00. "
            "Deferred to the next pass: ",
            id="module terminated",
            marks=all_only,
        ),
        pytest.param(
            to_module, signal.SIGKILL, r"The module was killed \(SIGKILL\)", id="module killed", marks=all_only
        ),
    ],
)
def test_a_run_that_ends_in_the_middle_of_its_orders(
    send: t.Callable[[subprocess.Popen[bytes], signal.Signals], None],
    number: signal.Signals,
    says: str,
    sandbox: SandboxServer,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wanted = accounts(20)
    file = tmp_path / "customers.json"
    api = {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD}
    variables = {"sitelock_accounts": wanted, "sitelock_accounts_api": api, "sitelock_accounts_exceed_limits": True}
    file.write_text(json.dumps({**variables, "sitelock_accounts_concurrency": 4}))
    sandbox.post("fleet", {"plans": PLANS})
    sandbox.post("settings", {"latency_ms": 100})
    monkeypatch.setenv(*MARK.split("="))
    playbook, log = tmp_path / "playbook.json", tmp_path / "log"
    playbook.write_text(json.dumps(PLAYS))
    with log.open("wb") as output:
        running = subprocess.Popen(
            ["ansible-playbook", str(playbook), "-e", f"@{file}"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    wait_until(lambda: len(sandbox.get("ledger")["entries"]) >= 10, "some orders arrived")
    send(running, number)
    assert running.wait(timeout=PATIENCE) != 0
    wait_until(lambda: not processes_with(MARK), "nothing of the run runs any more")
    first = bought(sandbox)
    assert 10 <= first.total() < 100
    shown = log.read_text()
    assert re.search(says, " ".join(shown.split())), shown
    assert PASSWORD not in shown

    monkeypatch.delenv(MARK.split("=", maxsplit=1)[0])
    sandbox.post("settings", {"latency_ms": 0})

    def run() -> Run:
        return run_plays(PLAYS, "-e", f"@{file}", keep=["sitelock_accounts_report"])

    second = run()
    assert second.status == 0, second.output
    assert {row["error"] for row in second.values["sitelock_accounts_report"]} == {None}
    assert bought(sandbox) == ordered_by(wanted)
    # What it says that it sent is what was not bought before.
    (sent,) = re.findall(r"Sent: (.*), total", " ".join(second.output.split()))
    orders = re.findall(r"(\d+) x order of", sent)
    assert sum(map(int, orders)) == 100 - first.total(), second.output
    assert run().recap["changed"] == 0
