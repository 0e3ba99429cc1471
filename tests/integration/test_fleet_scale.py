# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Requirements of large fleets: progress, deadlines, interruption, small results, few calls."""

from __future__ import annotations

import collections
import collections.abc
import json
import os
import pathlib
import re
import signal
import subprocess
import typing as t

import pytest
from integration import in_process
from integration.bind_server import BindServer
from integration.operator_of_passes import ORIGIN, PLANS, Operator, rows
from integration.playbook import run_tasks
from integration.processes import processes_with, youngest
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.patience import PATIENCE, wait_until

NewZone = collections.abc.Callable[..., str]

TIME_OVER = "the next pass (this one reached its time limit)"


@pytest.fixture
def operator(sandbox: SandboxServer, bind: BindServer, tmp_path: pathlib.Path) -> Operator:
    return Operator(sandbox, bind, tmp_path)


def sites_at(sandbox: SandboxServer, number: int, **at_vendor: t.Any) -> list[int]:
    """Sites that exist at the vendor, all in one account; their numbers."""
    numbers = list(range(1, number + 1))
    sandbox.post(
        "fleet",
        {
            "plans": PLANS,
            "accounts": [{"id": "570", "name": "Customers"}],
            "sites": [
                {"site_id": str(n), "account_id": "570", "domain": f"s{n}.example", "origin": [ORIGIN], **at_vendor}
                for n in numbers
            ],
        },
    )
    return numbers


def connection(sandbox: SandboxServer, **more: t.Any) -> dict[str, t.Any]:
    return {"api_url": f"{sandbox.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD, **more}


# ---- progress


@pytest.mark.all_only
def test_a_long_task_says_how_far_it_is_and_a_short_one_says_nothing(sandbox: SandboxServer) -> None:
    ids = sites_at(sandbox, 60, addon={"subscription": "200", "state": "pending-dns"})
    sandbox.post("settings", {"latency_ms": 100})
    options = {**connection(sandbox, concurrency=2), "site_id": ids}
    task = {"hosting.websec.sitelock_anp_status": options, "register": "asked"}
    quick = run_tasks([task], keep=["asked"])
    assert quick.status == 0, quick.output
    assert "of 60 sites" not in quick.output
    slow = run_tasks([task], keep=["asked"], vars={"websec_progress_interval": 0.4})
    assert slow.status == 0, slow.output
    shown = re.findall(r"^hosting.websec.sitelock_anp_status: (\d+) of 60 sites done(.*) \(\d+ s\)$", slow.output, re.M)
    done = [int(number) for number, _more in shown]
    assert len(done) >= 3, slow.output
    assert done == sorted(done)
    assert any(", " in more and more.endswith(" wait") for _number, more in shown)
    assert len(slow.values["asked"]["sites"]) == 60
    hidden = run_tasks([{**task, "no_log": True}], vars={"websec_progress_interval": 0.4})
    assert "of 60 sites" not in hidden.output


@pytest.mark.all_only
def test_check_mode_diff_async_and_verbosity_are_as_with_any_module(sandbox: SandboxServer) -> None:
    sites = [{"site_id": number, "subscription": "200"} for number in sites_at(sandbox, 3)]
    task = {
        "hosting.websec.sitelock_waf_addons": {**connection(sandbox), "sites": sites},
        "register": "done",
    }
    checked = run_tasks([task], "--check", "--diff", "-vvv", keep=["done"])
    assert checked.status == 0, checked.output
    assert checked.recap["changed"] == 1
    assert "subscription" in checked.output.partition("+++ after")[2]
    assert PASSWORD not in checked.output
    assert sandbox.writes() == []
    later = run_tasks([{**task, "async": 60, "poll": 1}], keep=["done"])
    assert later.status == 0, later.output
    assert [entry["actions"] for entry in later.values["done"]["sites"]] == [["provisionAddon"]] * 3


def test_the_defaults_of_their_group_and_no_others_reach_modules_with_an_action_plugin(sandbox: SandboxServer) -> None:
    ids = sites_at(sandbox, 2)
    run = run_tasks(
        [{"hosting.websec.sitelock_anp_status": {"site_id": ids}, "register": "asked"}],
        keep=["asked"],
        module_defaults={
            "group/hosting.websec.sitelock": connection(sandbox),
            # The module would refuse api_key as an unsupported parameter.
            "group/hosting.websec.botguard": {"api_key": "of another vendor"},
        },
    )
    assert [entry["state"] for entry in run.values["asked"]["sites"]] == ["absent", "absent"]


# ---- an end in time


@pytest.mark.all_only
def test_what_is_not_reached_in_time_is_deferred_to_the_next_pass(operator: Operator, new_zone: NewZone) -> None:
    for number in range(1, 31):
        zone = new_zone("@ 3600 IN A 192.0.2.10", "www 3600 IN A 192.0.2.10")
        operator.customer(zone, number, entry={"account_id": 570})
    quick = {"sitelock_waf_preflight": False, "sitelock_waf_concurrency": 2}
    operator.sandbox.post("settings", {"latency_ms": 400})
    # Long enough to start the orders, but not to finish them.
    first = operator.play(on_error="fail", **quick, sitelock_waf_pass_timeout=22)
    assert first.status == 0, first.output
    report = rows(first)
    deferred = [row for row in report if row["waiting_for"] == TIME_OVER]
    assert deferred, first.output
    assert all(row["error"] is None for row in report)
    assert f"{len(deferred)} deferred to the next pass" in first.output
    bought = {number for number in range(1, 31) if operator.sandbox.purchases(number)}
    assert bought == {row["site_id"] for row in report if "provisionAddon" in row["steps"]}
    for row in report:
        if "change A/CNAME" in row["steps"]:
            assert operator.state_record(row["domain"]) is not None

    operator.sandbox.post("settings", {"latency_ms": 0})
    second = operator.reconcile(**quick)
    assert [row["error"] for row in rows(second)] == [None] * 30
    assert [operator.sandbox.purchases(number) for number in range(1, 31)] == [["added"]] * 30


# ---- interruption


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGKILL, marks=pytest.mark.all_only)])
def test_a_pass_that_is_cancelled_ends_between_two_calls_and_the_next_one_goes_on(
    operator: Operator,
    new_zone: NewZone,
    number: signal.Signals,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANSIBLE_LOCAL_TEMP", str(tmp_path / "local"))
    monkeypatch.setenv("WEBSEC_TEST", "cancelled")
    for site_id in range(1, 41):
        zone = new_zone("@ 3600 IN A 192.0.2.10", "www 3600 IN A 192.0.2.10")
        operator.customer(zone, site_id, entry={"account_id": 570})
    quick = {"sitelock_waf_preflight": False, "sitelock_waf_concurrency": 4}
    operator.sandbox.post("settings", {"latency_ms": 300})
    passing = operator.begin("cancelled", **quick)
    operator.wait_for(2, "added")
    # The process group of ansible-playbook, as ansible-runner does.
    os.killpg(passing.pid, number)
    passing.wait(timeout=PATIENCE)
    # Its module and its workers end by themselves.
    wait_until(lambda: not processes_with("WEBSEC_TEST=cancelled"), "nothing of the pass runs any more")
    bought = [site_id for site_id in range(1, 41) if operator.sandbox.purchases(site_id)]
    assert 2 <= len(bought) < 40
    for left in tmp_path.glob("local/*/websec-*"):
        assert left.stat().st_mode & 0o077 == 0
        for file in left.glob("*") if left.is_dir() else [left]:
            for secret in (PASSWORD, operator.server.key.secret):
                assert secret not in file.read_text()
    operator.sandbox.post("settings", {"latency_ms": 0})
    killed = number == signal.SIGKILL
    second = operator.play(**quick) if killed else operator.reconcile(**quick)
    assert [row["error"] for row in rows(second)] == [None] * 40
    assert [operator.sandbox.purchases(site_id) for site_id in range(1, 41)] == [["added"]] * 40
    # The next run removes the remaining files (tests/unit/core/test_run_files.py).
    assert list(tmp_path.glob("local/*/websec-*")) == [] or not killed


@pytest.mark.all_only
def test_a_pass_whose_module_is_told_to_stop(
    operator: Operator, new_zone: NewZone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the orders, to the module only: Ansible still waits for the result."""
    for site_id in range(1, 31):
        zone = new_zone("@ 3600 IN A 192.0.2.10", "www 3600 IN A 192.0.2.10")
        operator.customer(zone, site_id, entry={"account_id": 570})
    quick = {"sitelock_waf_preflight": False, "sitelock_waf_concurrency": 2}
    operator.sandbox.post("settings", {"latency_ms": 300})
    monkeypatch.setenv("ANSIBLE_PIPELINING", "true")
    monkeypatch.setenv("WEBSEC_TEST", "the-pass")
    passing = operator.begin("stopped", **quick)
    operator.wait_for(2, "added")
    os.kill(youngest(processes_with("WEBSEC_TEST=the-pass", "python")), signal.SIGTERM)
    assert passing.wait(timeout=PATIENCE) != 0
    output = operator.output("stopped")
    assert "The task was stopped by SIGTERM between two calls." in output
    assert "Deferred to the next pass: " in output
    bought = [site_id for site_id in range(1, 31) if operator.sandbox.purchases(site_id)]
    assert 2 <= len(bought) < 30
    operator.sandbox.post("settings", {"latency_ms": 0})
    assert [row["error"] for row in rows(operator.reconcile(**quick))] == [None] * 30
    assert [operator.sandbox.purchases(site_id) for site_id in range(1, 31)] == [["added"]] * 30


def test_a_module_that_is_told_to_stop_says_what_is_deferred(sandbox: SandboxServer, tmp_path: pathlib.Path) -> None:
    """Only the module gets the signal, as with ssh: Ansible still waits for the result."""
    sites = [{"site_id": number, "subscription": "200"} for number in sites_at(sandbox, 40)]
    sandbox.post("settings", {"latency_ms": 200})
    options = {**connection(sandbox, concurrency=2), "sites": sites, "progress_file": str(tmp_path / "progress")}
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "environment": {"WEBSEC_TEST": "that-one"},
    }
    playbook = tmp_path / "playbook.json"
    playbook.write_text(json.dumps([{**play, "tasks": [{"hosting.websec.sitelock_waf_addons": options}]}]))
    with subprocess.Popen(
        ["ansible-playbook", str(playbook)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        wait_until(lambda: sandbox.purchases(1), "site 1 is bought")
        (module,) = processes_with("WEBSEC_TEST=that-one", "python")
        os.kill(module, signal.SIGTERM)
        output, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "The task was stopped by SIGTERM between two calls." in output
    assert "Deferred to the next pass: " in output


# ---- results


def test_notable_results_hold_what_changed_and_the_file_holds_all(
    sandbox: SandboxServer, tmp_path: pathlib.Path
) -> None:
    ids = sites_at(sandbox, 5, addon={"subscription": "200", "state": "ready"})
    sites_at(sandbox, 1)
    sandbox.post(
        "fleet", {"sites": [{"site_id": "6", "account_id": "570", "domain": "s6.example", "origin": [ORIGIN]}]}
    )
    sites = [{"site_id": number, "subscription": "200", "account_id": 570} for number in [*ids, 6, 7]]
    copy = tmp_path / "copy.json"
    run = run_tasks(
        [
            {
                "hosting.websec.sitelock_waf_addons": {
                    **connection(sandbox),
                    "sites": sites,
                    "results": "notable",
                    "on_error": "report",
                },
                "register": "done",
            },
            {"ansible.builtin.copy": {"src": "{{ done.results_file }}", "dest": str(copy)}},
        ],
        keep=["done"],
    )
    assert run.status == 0, run.output
    done = run.values["done"]
    assert [(entry["site_id"], entry["changed"], entry["failed"]) for entry in done["sites"]] == [
        (6, True, False),
        (7, False, True),
    ]
    assert "diff" not in done
    assert [entry["site_id"] for entry in json.loads(copy.read_text())["sites"]] == [*ids, 6, 7]
    assert not pathlib.Path(done["results_file"]).exists()


# ---- batches


def ordered(sandbox: SandboxServer, sites: list[dict[str, t.Any]], **more: t.Any) -> list[dict[str, t.Any]]:
    options = {**connection(sandbox, **more), "sites": sites, "on_error": "report"}
    run = in_process.run_tasks([{"hosting.websec.sitelock_waf_addons": options, "register": "done"}], keep=["done"])
    assert run.status == 0, run.output
    return t.cast("list[dict[str, t.Any]]", run.values["done"]["sites"])


def test_what_is_refused_in_a_batch_and_what_is_lost_with_it(sandbox: SandboxServer) -> None:
    sites_at(sandbox, 8)
    needs_ssl = {"site_id": "2", "account_id": "570", "domain": "s2.example", "ssl": True, "origin": [ORIGIN]}
    sandbox.post("fleet", {"sites": [needs_ssl]})
    desired = [{"site_id": number, "subscription": "100" if number == 2 else "200"} for number in range(1, 6)]
    desired.append({"site_id": 999, "subscription": "200"})
    first = ordered(sandbox, desired, batch_size=10)
    assert [(each["changed"], each["failed"]) for each in first] == [
        (True, False),
        (False, True),
        (True, False),
        (True, False),
        (True, False),
        (False, True),
    ]
    assert (first[1]["error"]["code"], first[1]["error"]["extended_code"]) == ("AEX", "3003")
    assert sandbox.calls().count("provisionAddon") == 1

    # The outcome of this call is unknown: each site is read, and nothing is sent again.
    sandbox.fault("lost_answer", api="sitelock", method="provisionAddon")
    second = ordered(sandbox, [{"site_id": number, "subscription": "200"} for number in (6, 7, 8)], batch_size=10)
    assert [(each["state"], each["changed"], each["failed"]) for each in second] == [("pending-dns", True, False)] * 3
    calls = sandbox.get("journal")["entries"]
    (order,) = [call["n"] for call in calls if call["method"] == "provisionAddon"]
    looked_up = [call["site_ids"] for call in calls if call["n"] > order and call["method"].startswith("getAnp")]
    assert {str(site_id) for each in looked_up for site_id in each} == {"6", "7", "8"}

    # The same with a lost request: nothing was bought, and the next run orders.
    sandbox.fault("lost_request", api="sitelock", method="modifyAddon")
    changed = [{"site_id": number, "subscription": "100", "account_id": 570} for number in (6, 7, 8)]
    lost = ordered(sandbox, changed, batch_size=10)
    assert [each["error"]["kind"] for each in lost] == ["outcome_unknown"] * 3
    again = ordered(sandbox, changed, batch_size=10)
    assert [(each["subscription"], each["changed"]) for each in again] == [("100", True)] * 3
    assert [sandbox.purchases(number) for number in (6, 7, 8)] == [["added", "modified"]] * 3


# ---- calls


def test_nothing_is_asked_twice_in_a_pass_unless_something_was_written(operator: Operator, new_zone: NewZone) -> None:
    for number in range(1, 25):
        zone = new_zone("@ 3600 IN A 192.0.2.10", "www 3600 IN A 192.0.2.10")
        account = 570 + number % 2
        operator.sandbox.post("fleet", {"accounts": [{"id": str(account), "name": "C"}]})
        entry = {"account_id": account, **({"waf_origin": ORIGIN} if number % 3 == 0 else {})}
        operator.customer(zone, number, entry=entry, account_id=str(account))
    quick = {"sitelock_waf_preflight": False, "sitelock_waf_concurrency": 8}
    operator.reconcile(**quick, sitelock_waf_batch_size=10)
    calls = collections.Counter(operator.sandbox.calls())
    # One status per site, one more right before the order, and one after it.
    assert calls == {"getAnpProvisioningStatus": 3 * 24, "provisionAddon": 3}
    settled = operator.reconcile(**quick)
    assert settled.recap["changed"] == 0, settled.output
    calls = collections.Counter(operator.sandbox.calls())
    assert calls == {"getAnpProvisioningStatus": 24, "getStatus": 2, "getWafOrigin": 8}
