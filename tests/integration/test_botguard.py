# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""BotGuard websites, against the sandbox: the modules, and the playbook through the real ansible-playbook."""

from __future__ import annotations

import collections
import json
import re
import tempfile
import typing as t

import pytest
from integration.bind_server import free_port
from integration.in_process import run_tasks
from integration.playbook import Run, run_plays
from integration.sandbox_server import API_KEY, SandboxServer

GET, LIST = "GET /website/{domain}", "GET /website"
POST, PUT, DELETE = "POST /website", "PUT /website/{domain}", "DELETE /website/{domain}"

SERVERS = {"primary": "de-1.botguard.example", "secondary": "fi-1.botguard.example"}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[SandboxServer]:
    with SandboxServer(tmp_path_factory.mktemp("sandbox"), free_port()) as server:
        yield server


@pytest.fixture
def sandbox(running: SandboxServer) -> SandboxServer:
    """The sandbox with only a sub-account and three websites."""
    defaults = {"not_found": "http_404_error", "servers_form": "flat", "delete_answer": "object"}
    running.post("reset", {})
    running.post("settings", defaults)
    running.forget_faults()
    websites = [
        {"domain": "running.example", "status": "online"},
        {"domain": "paid.example", "status": "paused"},
        {"domain": "left.example", "status": "online"},
    ]
    running.post("fleet", {"botguard_users": [{"email": "jane@customer.example"}], "botguard_websites": websites})
    running.calls()
    return running


def statuses(sandbox: SandboxServer) -> dict[str, str]:
    """The real websites, by domain."""
    return {website["domain"]: website["status"] for website in sandbox.get("state")["websites"]}


def words(run: Run) -> str:
    """The output without its line breaks, whose places depend on the output format."""
    return " ".join(run.output.split())


def api(sandbox: SandboxServer, **more: t.Any) -> dict[str, t.Any]:
    return {"api_url": f"{sandbox.url}/botguard", "api_key": API_KEY, "retries": 0, **more}


def run_playbook(sandbox: SandboxServer, websites: list[dict[str, t.Any]], *arguments: str, **more: t.Any) -> Run:
    """The playbook of the collection, with its report."""
    variables = {"botguard_websites": websites, "botguard_websites_api": api(sandbox), **more}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(variables, file)
        file.flush()
        return run_plays(
            [{"ansible.builtin.import_playbook": "hosting.websec.botguard"}],
            "--extra-vars",
            f"@{file.name}",
            *arguments,
            keep=["botguard_websites_report"],
        )


def run_module(sandbox: SandboxServer, options: dict[str, t.Any], *arguments: str) -> dict[str, t.Any]:
    """One task with C(botguard_websites) or C(botguard_website): its result, and C(output) of the play."""
    (result,), output = run_modules(sandbox, [options], *arguments)
    return {**result, "output": output}


def run_modules(
    sandbox: SandboxServer, tasks: list[dict[str, t.Any]], *arguments: str
) -> tuple[list[dict[str, t.Any]], str]:
    """A task for each of ``tasks``, C(botguard_websites) for those with C(websites): their results, and the output."""
    names = [f"result_{number}" for number in range(len(tasks))]
    run = run_tasks(
        [
            {
                f"hosting.websec.botguard_website{'s' if 'websites' in options else ''}": options,
                "register": name,
                "ignore_errors": True,
            }
            for name, options in zip(names, tasks)
        ],
        *arguments,
        keep=names,
        module_defaults={"group/hosting.websec.botguard": api(sandbox)},
    )
    return [run.values[name] for name in names], run.output


FLEET: list[dict[str, t.Any]] = [
    {"domain": "New.Example.", "user": 1},
    {"domain": "b\u00fccher.example", "state": "paused"},
    {"domain": "running.example", "state": "paused"},
    {"domain": "paid.example", "state": "online"},
    {"domain": "left.example", "state": "absent"},
    {"domain": "never.example", "state": "absent"},
]
WANTED = {
    "new.example": "online",
    "xn--bcher-kva.example": "paused",
    "running.example": "paused",
    "paid.example": "online",
}


@pytest.fixture
def fleet(sandbox: SandboxServer) -> list[dict[str, t.Any]]:
    user = int(sandbox.get("state")["users"][0]["id"])
    return [{**website, **({"user": user} if "user" in website else {})} for website in FLEET]


def test_the_playbook_brings_a_fleet_to_its_state_and_then_changes_nothing(
    sandbox: SandboxServer, fleet: list[dict[str, t.Any]]
) -> None:
    """With the forms of "not found" that need the list as proof; the next test has the other form."""
    sandbox.post("settings", {"not_found": "http_200_error", "delete_answer": "empty_204"})
    first = run_playbook(sandbox, fleet)
    assert first.status == 0, first.output
    assert statuses(sandbox) == WANTED
    assert collections.Counter(sandbox.calls()) == collections.Counter(
        {GET: 6 + 6 + 2, LIST: 2, POST: 2, PUT: 3, DELETE: 1}
    )
    report = first.values["botguard_websites_report"]
    assert [(row["domain"], row["status_before"], row["status"]) for row in report] == [
        ("new.example", "absent", "online"),
        ("xn--bcher-kva.example", "absent", "paused"),
        ("running.example", "online", "paused"),
        ("paid.example", "paused", "online"),
        ("left.example", "online", "absent"),
        ("never.example", "absent", "absent"),
    ]
    assert report[1]["actions"] == ["POST /website", "PUT /website/xn--bcher-kva.example"]
    assert [row["changed"] for row in report] == [True] * 5 + [False]
    assert all(
        set(row) == {"domain", "status_before", "actions", "status", "changed", "deferred_reason", "error"}
        for row in report
    )
    assert first.recap["changed"] == 1

    sandbox.post("settings", {"not_found": "null"})
    second = run_playbook(sandbox, fleet)
    assert second.status == 0, second.output
    assert second.recap["changed"] == 0
    assert collections.Counter(sandbox.calls()) == collections.Counter({GET: 6, LIST: 1})
    assert statuses(sandbox) == WANTED


@pytest.mark.all_only
def test_check_mode_shows_what_would_happen_and_writes_nothing(
    sandbox: SandboxServer, fleet: list[dict[str, t.Any]]
) -> None:
    before = statuses(sandbox)
    foretold = run_playbook(sandbox, fleet, "--check", "--diff")
    assert foretold.status == 0, foretold.output
    assert sandbox.writes() == []
    assert statuses(sandbox) == before
    assert re.search(r'^- +"?running.example"?: "?online', foretold.output, re.MULTILINE)
    assert re.search(r'^\+ +"?running.example"?: "?paused', foretold.output, re.MULTILINE)
    assert not re.search(r'^[-+ ] +"?never.example', foretold.output, re.MULTILINE)
    sandbox.calls()
    real = run_playbook(sandbox, fleet)
    assert foretold.values == real.values
    assert collections.Counter(sandbox.calls()) == collections.Counter({GET: 6 + 6 + 2, POST: 2, PUT: 3, DELETE: 1})


@pytest.mark.all_only
@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_a_website_that_is_refused_is_reported_and_does_not_stop_the_others(
    sandbox: SandboxServer, on_error: str
) -> None:
    websites: list[dict[str, t.Any]] = [
        {"domain": "refused.example", "user": 999999},
        {"domain": "running.example", "state": "paused"},
        {"domain": "broken.example"},
    ]
    sandbox.fault("html", api="botguard", domain="broken.example", times=0)
    run = run_playbook(sandbox, websites, botguard_websites_on_error=on_error)
    assert run.status == (2 if on_error == "fail" else 0)
    assert statuses(sandbox)["running.example"] == "paused"
    said = words(run)
    assert "refused.example: POST /website for refused.example: the BotGuard API answered: Unknown user" in said
    assert "FAILED: bad_response" in said
    if on_error == "fail":
        assert "2 of 3 websites failed: refused.example, broken.example." in said
    else:
        rows = run.values["botguard_websites_report"]
        assert [row["error"] and row["error"]["kind"] for row in rows] == ["rejected", None, "bad_response"]


def test_a_wrong_key_is_no_reason_to_register_or_remove(sandbox: SandboxServer) -> None:
    before = statuses(sandbox)
    entries = [{"domain": "new.example"}, {"domain": "left.example", "state": "absent"}]
    result = run_module(sandbox, {"websites": entries, "api_key": "wr0ng-key-of-somebody"}, "-vvvv")
    for entry in result["websites"]:
        assert entry["error"]["kind"] == "auth"
        assert entry["error"]["http_status"] == 401
        assert entry["status"] is None
    assert sandbox.writes() == []
    assert statuses(sandbox) == before
    assert "wr0ng-key-of-somebody" not in result["output"]


def test_lost_answers_to_writes_do_no_harm(sandbox: SandboxServer) -> None:
    # Other ways to lose them: tests/unit/botguard/test_websites.py.
    sandbox.post("settings", {"existing_website": "duplicate"})
    states = {"new.example": "online", "running.example": "paused", "left.example": "absent"}
    for method, name in zip((POST, PUT, DELETE), states):
        sandbox.fault("lost_answer", api="botguard", method=method, domain=name)
    result = run_module(sandbox, {"websites": [{"domain": name, "state": state} for name, state in states.items()]})
    assert [entry["error"] for entry in result["websites"]] == [None] * 3
    assert sorted(sandbox.writes()) == sorted([POST, PUT, DELETE])
    there = [(website["domain"], website["status"]) for website in sandbox.get("state")["websites"]]
    assert sorted(there) == [("new.example", "online"), ("paid.example", "paused"), ("running.example", "paused")]


@pytest.mark.parametrize("servers_form", ["flat", "list"])
def test_one_website_is_returned_with_its_servers_and_without_secrets(
    sandbox: SandboxServer, servers_form: str
) -> None:
    sandbox.post("settings", {"servers_form": servers_form})
    user = int(sandbox.get("state")["users"][0]["id"])
    result = run_module(sandbox, {"domain": "NEW.example", "user": user, "lang": "ru"}, "-vvvv")
    assert result["changed"] is True
    assert result["actions"] == ["POST /website"]
    assert result["status"] == "online"
    assert result["website"]["user"] == {"id": user, "email": "jane@customer.example"}
    assert result["servers"] == SERVERS
    assert result["events_url"] == f"{sandbox.url}/botguard/ru/website/new.example/events"
    assert result["settings_url"] == f"{sandbox.url}/botguard/ru/website/new.example/edit"
    assert API_KEY not in result["output"]
    assert "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER" in result["output"]


@pytest.mark.all_only
def test_the_connection_can_come_from_the_environment(sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTGUARD_API_URL", f"{sandbox.url}/botguard")
    monkeypatch.setenv("BOTGUARD_API_KEY", API_KEY)
    run = run_playbook(sandbox, [{"domain": "running.example", "state": "paused"}], "-vvvv", botguard_websites_api={})
    assert run.status == 0, run.output
    assert statuses(sandbox)["running.example"] == "paused"
    assert API_KEY not in run.output


def test_the_role_does_not_show_the_key_at_any_verbosity(sandbox: SandboxServer) -> None:
    sandbox.fault("echo_password", api="botguard", times=0)
    run = run_playbook(sandbox, [{"domain": "running.example"}], "-vvvv", "--diff")
    assert run.status == 2
    assert "Request refused: login with ******** failed" in words(run)
    assert API_KEY not in run.output


def test_wrong_options_are_refused_before_the_first_call(sandbox: SandboxServer) -> None:
    refused: dict[str, dict[str, t.Any]] = {
        "more than once: a.example in the entries 1 and 2.": {
            "websites": [{"domain": "a.example"}, {"domain": "A.Example."}]
        },
        "'http://a.example/' is not a domain name": {"websites": [{"domain": "http://a.example/"}]},
        "'' is not a domain name: it is empty": {"domain": ""},
        "value of state must be one of": {"domain": "a.example", "state": "suspended"},
        "is plain http://": {"domain": "a.example", "api_url": "http://api.example"},
        "api_key is empty, or contains white space": {"domain": "a.example", "api_key": "with a blank"},
        "concurrency is 0": {"websites": [{"domain": "a.example"}], "concurrency": 0},
        "user is -1": {"domain": "a.example", "user": -1},
    }
    results, _output = run_modules(sandbox, list(refused.values()))
    for problem, result in zip(refused, results):
        assert result["failed"] is True
        assert problem in result["msg"]
    assert sandbox.calls() == []
