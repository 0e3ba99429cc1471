# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The modules as a user sees them: from the options of a task to the output."""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import subprocess
import sys
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils import basic

from ansible_collections.hosting.websec.plugins.module_utils import _errors
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.tests.unit.core.clients import QuickContext
from ansible_collections.hosting.websec.tests.unit.invocation import WITH_INVOCATION
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, Script, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document, method_of, payload, sent_to
from ansible_collections.hosting.websec.tests.unit.sitelock.fake_api import FakeApi, Site

ROOT = Path(_errors.__file__).parents[5]
COLLECTION = "ansible_collections.hosting.websec"
PASSWORD = "hunter2-&<>-hunter2"
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# Since ansible-core 2.22 a module does not mask its secrets: it passes them to the controller, which masks them.
CONTROLLER_MASKS = importlib.util.find_spec("ansible.module_utils.secrets") is not None


class Run(t.NamedTuple):
    """The output of a module, its result, and the called methods."""

    output: str
    result: dict[str, t.Any]
    called: list[str]


Runner = t.Callable[..., Run]


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the password comes from the environment."""
    for name in list(os.environ):
        if name.startswith(("SITELOCK_", "ANSIBLE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("SITELOCK_API_PASSWORD", PASSWORD)


@pytest.fixture(name="run")
def _run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runner:
    """Runs a module against a scripted server, in this process: its C(main), from the options to the output."""

    def run(module: str, script: Script, **options: t.Any) -> Run:
        with ScriptedServer(script) as server:
            given = json.dumps({"ANSIBLE_MODULE_ARGS": connection(server, options)}).encode()
            monkeypatch.setattr(basic, "_ANSIBLE_ARGS", given)
            monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)  # since ansible-core 2.19
            with pytest.raises(SystemExit) as ended:
                importlib.import_module(f"{COLLECTION}.plugins.modules.{module}").main()
            done = shown(capsys.readouterr().out, server)
            assert ended.value.code == (1 if done.result.get("failed") else 0)
            return done

    return run


def connection(server: ScriptedServer, options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    given = {"api_url": server.url, "api_username": "Username", "retries": 0, "timeout": 5, **options}
    return {**given, **WITH_INVOCATION}


def shown(printed: str, server: ScriptedServer) -> Run:
    """The result for the next tasks, and the displayed one."""
    result = json.loads(printed)
    # Secrets from earlier in this process are not new.
    secrets = {PASSWORD, *result.pop("_ansible_new_secrets", [])} if CONTROLLER_MASKS else set()
    for secret in secrets:
        printed = printed.replace(json.dumps(secret)[1:-1], MASK)
    return Run(printed, result, sent_to(server))


def start(module: str, script: Script, *, python_path: str = str(ROOT), **options: t.Any) -> Run:
    """Runs a module against a scripted server as ansible-core does: a process that reads its options."""
    with ScriptedServer(script) as server:
        done = subprocess.run(
            [sys.executable, str(ROOT.joinpath(*COLLECTION.split("."), "plugins", "modules", f"{module}.py"))],
            input=json.dumps({"ANSIBLE_MODULE_ARGS": connection(server, options)}),
            env={**os.environ, "PYTHONPATH": python_path},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.stderr == ""
        assert not CONTROLLER_MASKS or PASSWORD in json.loads(done.stdout)["_ansible_new_secrets"]
        return shown(done.stdout, server)


# ---- what a user gets


def test_an_order_in_one_go() -> None:
    api = FakeApi({5: Site()})
    done = start("sitelock_waf_addon", api, site_id=5, subscription="P", waf_dns_manager="partner")
    assert (done.result["changed"], done.result["actions"]) == (True, ["provisionAddon"])
    assert done.result["site"] == {
        "site_id": 5,
        "account_id": 570,
        "subscription": "P",
        "subscription_id": "S5",
        "state": "pending-dns",
        "waf_dns_manager": "partner",
        "dns_new_a": ["192.0.2.1", "192.0.2.2"],
        "dns_new_cname": "x.sitelockcdn.net",
        "dns_ssl_verify": None,
        "ssl": None,
        "original_dns": [],
        "traffic_routing": False,
        "will_retry": False,
        "routable": True,
        "message": None,
    }
    assert api.bought == {5: 1}
    assert PASSWORD not in done.output
    assert f'"api_password": "{MASK}"' in done.output


def test_check_mode_with_diff_tells_everything_and_writes_nothing(run: Runner) -> None:
    api = FakeApi({5: Site(plan="OLD")})
    done = run(
        "sitelock_waf_addon",
        api,
        site_id=5,
        subscription="P",
        waf_origin="10.0.0.9",
        _ansible_check_mode=True,
        _ansible_diff=True,
    )
    assert (done.result["changed"], done.result["actions"]) == (True, ["modifyAddon", "setWafOrigin"])
    assert done.result["diff"] == {
        "before": {
            "state": "pending-dns",
            "subscription": "OLD",
            "waf_dns_manager": "customer",
            "waf_origin": "10.0.0.1",
        },
        "after": {
            "state": "pending-dns",
            "subscription": "P",
            "waf_dns_manager": "customer",
            "waf_origin": "10.0.0.9",
        },
    }
    assert api.writes() == []
    assert (api.sites[5].plan, api.sites[5].origins) == ("OLD", ["10.0.0.1"])


def test_a_lost_order_ends_with_one_purchase(run: Runner) -> None:
    api = FakeApi({5: Site()})
    api.faults["provisionAddon"].append("lost answer")
    done = run("sitelock_waf_addon", api, site_id=5, subscription="P")
    assert done.result["changed"]
    assert "failed" not in done.result
    assert api.bought == {5: 1}


@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_a_fleet_returns_one_entry_a_site_and_fails_only_when_asked_to(run: Runner, on_error: str) -> None:
    api = FakeApi({1: Site(), 3: Site(plan="P")})
    sites = [{"site_id": number, "subscription": "P"} for number in (3, 2, 1)]
    done = run("sitelock_waf_addons", api, sites=sites, on_error=on_error)
    entries = done.result["sites"]
    assert [(entry["site_id"], entry["changed"], entry["failed"], entry["actions"]) for entry in entries] == [
        (3, False, False, []),
        (2, False, True, []),
        (1, True, False, ["provisionAddon"]),
    ]
    assert entries[1]["error"]["kind"] == "not_found"
    assert entries[1]["error"]["code"] == "SNF"
    assert entries[1]["error"]["site_id"] == 2
    assert entries[1]["state"] is None
    assert [entry["state_before"] for entry in entries] == ["pending-dns", None, "absent"]
    assert done.result["changed"]
    assert done.result.get("failed", False) is (on_error == "fail")
    if on_error == "fail":
        assert done.result["msg"].startswith("1 of 3 sites failed. ")
        assert "failed. Site 2: Site Not Found (code SNF)" in done.result["msg"]


def test_states_of_many_sites(run: Runner) -> None:
    api = FakeApi({1: Site(), 2: Site(plan="P", state="ready", short=True), 3: Site(plan="P", state="pending-retry")})
    done = run("sitelock_anp_status", api, site_id=[3, 1, 2])
    entries = done.result["sites"]
    assert [(entry["site_id"], entry["state"], entry["will_retry"], entry["routable"]) for entry in entries] == [
        (3, "pending-retry", True, False),
        (1, "absent", False, False),
        (2, "ready", False, True),
    ]
    assert done.result["changed"] is False
    assert done.called == ["getAnpProvisioningStatus"] * 3


def test_waiting_for_a_state_that_does_not_come(run: Runner) -> None:
    api = FakeApi({1: Site(), 2: Site(plan="P", state="ready")})
    done = run("sitelock_anp_status", api, site_id=[1, 2], wait_for="ready", wait_timeout=0)
    assert [entry["failed"] for entry in done.result["sites"]] == [True, False]
    assert done.result["failed"]
    assert "Site 1 is absent and cannot reach ready by itself" in done.result["msg"]


def test_a_pause_that_the_server_asks_for_counts_for_all_sites(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    context = QuickContext()
    monkeypatch.setattr(RunContext, "of_task", lambda _options: context)
    api, refusals = FakeApi({1: Site(), 2: Site(), 3: Site()}), iter([Reply(b"", 429, {"Retry-After": "7"})])
    done = run(
        "sitelock_anp_status", lambda request: next(refusals, None) or api(request), site_id=[1, 2, 3], concurrency=1
    )
    assert [entry["failed"] for entry in done.result["sites"]] == [True, False, False]
    assert context.pauses == [7]
    assert done.called == ["getAnpProvisioningStatus"] * 3


def test_a_login_link(run: Runner) -> None:
    script = [Reply(payload("createtoken_answer"))]
    done = run("sitelock_sso_link", script, account_id=570, site_id=5678, page="ssl_monitor", _ansible_check_mode=True)
    token = "e56e0da2b5c0e933cd8926314f19e93d"
    link = f"https://secure.sitelock.com/rlogin.php?token={token}&site_id=5678&page=ssl_monitor"
    assert (done.result["login_url"], done.result["changed"]) == (link, False)


@pytest.mark.parametrize("hidden", [False, True])
def test_a_call_that_answers_with_a_secret_needs_a_task_that_shows_nothing(run: Runner, hidden: bool) -> None:
    script = [Reply(payload("createtoken_answer"))]
    done = run("sitelock_call", script, method="createToken", parameters={"account_id": 570}, _ansible_no_log=hidden)
    assert done.called == (["createToken"] if hidden else [])
    assert done.result.get("failed", False) is not hidden
    if hidden:
        assert done.result["answer"]["loginURL"].startswith("https://secure.sitelock.com/rlogin.php?token=")
    else:
        assert "Set no_log: true on the task." in done.result["msg"]


def test_a_secret_parameter_does_not_come_out(run: Runner) -> None:
    script = [Reply(document("<modifySMART><status>error</status><message>tulip-7-x is weak</message></modifySMART>"))]
    done = run(
        "sitelock_call",
        script,
        method="modifySMART",
        parameters={"site_id": 5},
        secret_parameters={"ftp_pw": "tulip-7-x"},
        _ansible_verbosity=5,
    )
    assert done.called == ["modifySMART"]
    assert "is weak" in done.result["msg"]
    assert "tulip-7-x" not in done.output


# ---- secrets


@pytest.mark.parametrize(
    "reply",
    [
        Reply(document("<error>Wrong password hunter2-&amp;&lt;&gt;-hunter2 for Username</error>")),
        Reply(f"<html>{PASSWORD}</html>".encode()),
        Reply(b"hunter2-%26%3C%3E-hunter2", 404),
        Reply(fault="garbage"),
    ],
    ids=["error", "page", "404", "no HTTP"],
)
def test_a_password_that_the_server_repeats_does_not_come_out(run: Runner, reply: Reply) -> None:
    done = run("sitelock_waf_addons", [reply], sites=[{"site_id": 5}], _ansible_verbosity=5, _ansible_diff=True)
    assert done.result["failed"]
    assert "hunter2" not in done.output


# ---- bad input


@pytest.mark.parametrize(
    ("module", "options", "told"),
    [
        ("sitelock_waf_addon", {"site_id": 0}, "Site 0: site_id is 0"),
        ("sitelock_waf_addon", {"site_id": 5, "state": "gone"}, "value of state must be one of: present, absent"),
        (
            "sitelock_waf_addon",
            {"site_id": 5, "waf_force_ssl": True},
            "waf_force_ssl requires waf_origin",
        ),
        ("sitelock_waf_addon", {"site_id": 5, "api_url": "http://192.0.2.1"}, "api_url is plain http://"),
        ("sitelock_waf_addon", {"site_id": 5, "timeout": 0}, "timeout is 0"),
        (
            "sitelock_waf_addons",
            {"sites": [{"site_id": 5}, {"site_id": 5}]},
            "listed more than once: 5 in the entries 1 and 2.",
        ),
        ("sitelock_waf_addons", {"sites": [{"site_id": 5}], "concurrency": 0}, "concurrency is 0"),
        ("sitelock_waf_addons", {"sites": [{"site_id": 5}], "batch_size": 0}, "batch_size is 0"),
        ("sitelock_anp_status", {"site_id": [5, 5]}, "listed more than once: 5 in the entries 1 and 2."),
        ("sitelock_anp_status", {"site_id": [-5]}, "site_id is -5"),
        ("sitelock_anp_status", {"site_id": [5], "wait_for": ["done"]}, "value of wait_for must be one or more of"),
        ("sitelock_anp_status", {"site_id": [5], "poll_interval": 0}, "poll_interval is 0"),
        ("sitelock_sso_link", {"account_id": 570, "page": "nowhere"}, "value of page must be one of"),
        ("sitelock_sso_link", {"account_id": 0}, "account_id is 0"),
    ],
)
def test_options_that_cannot_be_are_refused_before_the_first_call(
    run: Runner, module: str, options: dict[str, t.Any], told: str
) -> None:
    done = run(module, FakeApi({5: Site(plan="P")}), **options)
    assert done.result["failed"]
    assert told in done.result["msg"]
    assert done.called == []


def test_a_password_is_asked_for(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITELOCK_API_PASSWORD", "")
    done = run("sitelock_waf_addon", FakeApi({}), site_id=5)
    assert "api_password is empty" in done.result["msg"]
    assert done.called == []


def test_a_missing_library_is_named_with_the_command_that_installs_it(tmp_path: Path) -> None:
    blocker = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("requests", "lxml"):
            raise ImportError("blocked")
sys.meta_path.insert(0, Blocker())
"""
    (tmp_path / "sitecustomize.py").write_text(blocker)
    done = start("sitelock_sso_link", FakeApi({}), python_path=f"{tmp_path}{os.pathsep}{ROOT}", account_id=570)
    assert done.result["failed"]
    assert done.result["error"]["kind"] == "missing_library"
    assert done.result["msg"] == (
        f"The Python libraries lxml, requests are not installed for {sys.executable}. "
        f"Install them there: {sys.executable} -m pip install lxml requests"
    )
    assert done.called == []


# ---- limits and shared reasons


@pytest.mark.parametrize("check_mode", [True, False])
def test_above_a_limit_nothing_is_sent_and_the_sites_are_named(run: Runner, check_mode: bool) -> None:
    api = FakeApi({number: Site(plan="OLD" if number == 3 else None) for number in (1, 2, 3, 4)})
    sites = [{"site_id": number, "subscription": "P"} for number in (1, 2, 3, 4)]
    done = run("sitelock_waf_addons", api, sites=sites, max_orders=3, _ansible_check_mode=check_mode)
    assert (done.result["failed"], done.result["error"]["kind"]) == (True, "limit")
    would = "It would send 3 orders of plan P, 1 change of plan, 0 ends."
    for text in ("max_orders allows 3", "4: site 1, site 2, site 3, site 4", would, "exceed_limits"):
        assert text in done.result["msg"]
    orders = [f"site {number}: provisionAddon" for number in (1, 2, 4)]
    assert sorted(done.result["error"]["planned"]) == sorted([*orders, "site 3: modifyAddon"])
    assert not set(done.called) & {"provisionAddon", "modifyAddon"}


@pytest.mark.parametrize(
    "more", [{"max_orders": 3, "exceed_limits": True}, {"max_orders": "25%"}, {"max_orders": 4}, {}]
)
def test_within_the_limits_or_confirmed_it_is_done_and_counted(run: Runner, more: dict[str, t.Any]) -> None:
    api = FakeApi({number: Site(plan="OLD" if number == 3 else None) for number in (1, 2, 3, 4)})
    sites = [{"site_id": number, "subscription": "P"} for number in (1, 2, 3, 4)]
    done = run("sitelock_waf_addons", api, sites=sites, **more)
    assert done.result["summary"] == "3 orders of plan P, 1 change of plan, 0 ends"
    assert api.bought == {1: 1, 2: 1, 4: 1}


def test_removals_have_a_limit_of_their_own(run: Runner) -> None:
    api = FakeApi({1: Site(plan="P"), 2: Site(plan="P")})
    sites = [{"site_id": number, "state": "absent", "force": True} for number in (1, 2)]
    done = run("sitelock_waf_addons", api, sites=sites, max_removals=1)
    assert "max_removals allows 1, but this run would end the service of 2: site 1, site 2" in done.result["msg"]
    assert "deleteAddon" not in done.called


def test_above_a_limit_sites_are_named_by_domain_where_it_is_known(run: Runner) -> None:
    sites = [{"site_id": 1, "subscription": "P", "domain": "a.example"}, {"site_id": 2, "subscription": "P"}]
    done = run("sitelock_waf_addons", FakeApi({1: Site(), 2: Site()}), sites=sites, max_orders=1)
    assert "change the plan of 2: a.example (site 1), site 2." in done.result["msg"]
    assert "a.example (site 1): provisionAddon" in done.result["error"]["planned"]


@pytest.mark.parametrize("limit", ["many", "-1", "101%", "1.5", "²", "", True, 2.5])
def test_a_limit_that_is_none_is_refused_before_the_first_call(run: Runner, limit: object) -> None:
    done = run("sitelock_waf_addons", FakeApi({}), sites=[{"site_id": 1}], max_removals=limit)
    assert done.result["failed"]
    assert "max_removals" in done.result["msg"]
    assert done.called == []


@pytest.mark.parametrize(
    "reply",
    [
        Reply(b"", 401),
        Reply(b"<html>", 403),
        Reply(document("<authentication><error>Invalid password</error></authentication>")),
        # The vendor's response is not documented.
        Reply(document("<error code='E7'>Login failed</error>")),
        Reply(document("<error><code>E7</code><message>Login failed</message></error>")),
        Reply(document("<error>Access denied</error>")),
    ],
)
@pytest.mark.parametrize(
    ("module", "options"),
    [
        ("sitelock_waf_addons", {"sites": [{"site_id": number} for number in range(1, 201)]}),
        ("sitelock_anp_status", {"site_id": list(range(1, 201))}),
    ],
)
def test_a_wrong_password_is_not_sent_for_each_site(
    run: Runner, reply: Reply, module: str, options: dict[str, t.Any]
) -> None:
    done = run(module, [reply], concurrency=8, **options)
    assert len(done.called) <= 3 + 8 + 1, "what was under way, and one call about no site"
    entries = done.result["sites"]
    assert sum(entry["failed"] for entry in entries) + done.result["deferred"] == 200
    deferred = [entry["deferred_reason"] for entry in entries if entry["deferred_reason"]]
    assert len(deferred) == done.result["deferred"]
    assert len(set(deferred)) == 1
    assert f"Deferred, nothing was sent for {len(deferred)} sites (" in done.result["msg"]


def test_a_relay_that_allows_neither_some_sites_nor_the_call_about_no_site_does_not_stop_the_others(
    run: Runner,
) -> None:
    api = FakeApi({number: Site() for number in range(1, 51)})
    refused = '<{0}><error code="relay_site">SiteLock relay: Site not allowed</error></{0}>'

    def reply(request: Received) -> Reply:
        foreign = any(f'site_id="{number}"'.encode() in request.body for number in range(1, 21))
        method = method_of(request)
        return Reply(document(refused.format(method)), 403) if foreign or method == "getSiteLockIPs" else api(request)

    sites = [{"site_id": number, "subscription": "P"} for number in range(1, 51)]
    done = run("sitelock_waf_addons", reply, sites=sites, concurrency=4)
    assert [entry["failed"] for entry in done.result["sites"]] == [True] * 20 + [False] * 30
    assert "getSiteLockIPs" not in done.called
    assert api.bought == dict.fromkeys(range(21, 51), 1)


def test_sites_that_are_refused_like_strangers_do_not_stop_the_others(run: Runner) -> None:
    api = FakeApi({number: Site() for number in range(1, 51)})

    def reply(request: Received) -> Reply:
        stranger = any(f'site_id="{number}"'.encode() in request.body for number in range(1, 21))
        return Reply(b"", 403) if stranger and method_of(request) != "getSiteLockIPs" else api(request)

    sites = [{"site_id": number, "subscription": "P"} for number in range(1, 51)]
    done = run("sitelock_waf_addons", reply, sites=sites, concurrency=4)
    assert [entry["failed"] for entry in done.result["sites"]] == [True] * 20 + [False] * 30
    assert api.bought == dict.fromkeys(range(21, 51), 1)
