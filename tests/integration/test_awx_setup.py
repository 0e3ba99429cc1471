# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(awx_setup) with the real modules of awx.awx, against a stand-in of the controller."""

from __future__ import annotations

import json
import os
import typing as t

import pytest
from integration.awx_server import TOKEN, AwxServer
from integration.playbook import Run, run_plays

pytestmark = pytest.mark.all_only

SECRETS = ("s3cret-of-sitelock", "s3cret-of-tsig", "s3cret-of-botguard", TOKEN)
GIVEN: dict[str, t.Any] = {
    "awx_setup_token": TOKEN,
    "awx_setup_image": "registry.example.com/websec-ee:1",
    "awx_setup_project_url": "https://git.example.com/hosting/sites.git",
    "awx_setup_sitelock": {"username": "partner", "password": SECRETS[0]},
    "awx_setup_name_server": {"server": "192.0.2.53", "key_name": "websec", "key_secret": SECRETS[1]},
    "awx_setup_botguard_key": SECRETS[2],
    "awx_setup_notification": {
        "notification_type": "webhook",
        "notification_configuration": {"url": "https://hooks.example.com/", "http_method": "POST", "headers": {}},
    },
}


@pytest.fixture(name="awx")
def _awx(monkeypatch: pytest.MonkeyPatch) -> t.Iterator[AwxServer]:
    folder = os.environ["WEBSEC_AWX_COLLECTIONS"]
    monkeypatch.setenv("ANSIBLE_COLLECTIONS_PATH", f"{os.environ['ANSIBLE_COLLECTIONS_PATH']}:{folder}")
    with AwxServer() as server:
        yield server


def play(awx: AwxServer, *arguments: str, **given: t.Any) -> Run:
    variables = {"awx_setup_host": awx.url, **GIVEN, **given}
    return run_plays([{"ansible.builtin.import_playbook": "hosting.websec.awx_setup", "vars": variables}], *arguments)


def test_everything_is_made_once_kept_and_removed(awx: AwxServer) -> None:
    # AWX breaks in the middle. What is made stays, and the next run makes the rest.
    awx.refusals["POST workflow_job_templates"] = (500, {})
    broken = play(awx)
    assert broken.status == 2
    assert "Internal Server Error): /api/v2/workflow_job_templates/. Please check the logs" in " ".join(
        broken.output.split()
    )
    assert len(awx.objects["job_templates"]) == 6
    awx.refusals.clear()
    first = play(awx, "-vvv")
    assert first.status == 0, first.output
    assert [secret for secret in SECRETS if secret in first.output] == []
    amounts = {kind: len(found) for kind, found in awx.objects.items()}
    assert amounts == {
        "organizations": 1,
        "credential_types": 7,
        "credentials": 3,
        "execution_environments": 1,
        "notification_templates": 1,
        "projects": 1,
        "inventories": 1,
        "inventory_sources": 1,
        "job_templates": 6,
        "workflow_job_templates": 2,
        "workflow_job_template_nodes": 6,
        "workflow_approval_templates": 2,
        "schedules": 1,
    }
    sitelock = awx.named("credential_types")["websec SiteLock"]
    assert sitelock["injectors"]["env"]["SITELOCK_API_PASSWORD"] == "{{ password }}"
    for name, template in awx.named("job_templates").items():
        assert (template["allow_simultaneous"], template["job_slice_count"], template["diff_mode"]) == (False, 1, True)
        assert template["job_type"] == ("check" if name.startswith("websec check") else "run")
        assert (template["ask_variables_on_launch"], template["survey_enabled"]) == (False, False)
        number = next(each for each, found in awx.objects["job_templates"].items() if found is template)
        assert len(awx.lists["job_templates", number, "credentials"]) == 3
        assert len(awx.lists["job_templates", number, "notification_templates_error"]) == 1
    for workflow, last in (("websec check, approve, pass", "pass"), ("websec check, approve, accounts", "accounts")):
        (number,) = (each for each, found in awx.objects["workflow_job_templates"].items() if found["name"] == workflow)
        nodes = {
            node["identifier"]: (each, node["unified_job_template"])
            for each, node in awx.objects["workflow_job_template_nodes"].items()
            if node["workflow_job_template"] == number
        }
        after = {
            name: awx.lists.get(("workflow_job_template_nodes", nodes[name][0], "success_nodes")) for name in nodes
        }
        assert after == {"check": [nodes["approval"][0]], "approval": [nodes[last][0]], last: []}
        assert awx.objects["workflow_approval_templates"][nodes["approval"][1]]["timeout"] == 86400
    # A pass is not run without an approval, and not every hour.
    (schedule,) = awx.objects["schedules"].values()
    assert schedule["enabled"] is False
    assert json.loads(awx.named("job_templates")["websec pass"]["extra_vars"])["sitelock_waf_approved_plan"] == ""

    awx.writes.clear()
    second = play(awx)
    assert (second.status, second.recap["changed"], awx.writes) == (0, 0, []), second.output
    assert {kind: len(found) for kind, found in awx.objects.items()} == amounts

    looked = play(awx, "--check")
    assert (looked.status, looked.recap["changed"], awx.writes) == (0, 0, []), looked.output

    changed = play(
        awx, awx_setup_update_secrets=True, awx_setup_sitelock={"username": "partner", "password": "another"}
    )
    assert changed.status == 0, changed.output
    assert awx.named("credentials")["websec SiteLock"]["inputs"] == {"username": "partner", "password": "another"}

    free = play(awx, awx_setup_approval="no")
    assert free.status == 0, free.output
    assert awx.objects["workflow_job_templates"] == {}
    assert awx.named("job_templates")["websec pass"]["extra_vars"] == "{}"
    assert next(iter(awx.objects["schedules"].values()))["enabled"] is True

    # A job is running.
    awx.refusals["DELETE job_templates"] = (409, {"error": "Resource is being used by running jobs."})
    busy = play(awx, awx_setup_state="absent")
    assert busy.status == 2
    assert "Unable to delete job_template websec pass: Resource is being used by running jobs." in busy.output
    awx.refusals.clear()
    gone = play(awx, awx_setup_state="absent")
    assert gone.status == 0, gone.output
    assert {kind for kind, found in awx.objects.items() if found} <= {"organizations", "workflow_approval_templates"}
    again = play(awx, awx_setup_state="absent")
    assert (again.status, again.recap["changed"]) == (0, 0), again.output


@pytest.mark.parametrize(
    ("behaviour", "told"),
    [
        ("refuse", "AWX refused the token (HTTP status 401)."),
        ("hang", "did not answer within 1 second, or cannot be reached."),
        ("html", "answered (HTTP status 200), and not as AWX does."),
    ],
)
def test_an_awx_that_is_none(awx: AwxServer, behaviour: str, told: str) -> None:
    awx.behaviour = behaviour
    run = play(awx, awx_setup_timeout=1 if behaviour == "hang" else 30)
    assert run.status == 2
    assert told in " ".join(run.output.split())
    assert "Nothing was changed." in run.output
    assert TOKEN not in run.output
    assert awx.writes == []


def test_check_mode_on_an_empty_awx_shows_everything(awx: AwxServer) -> None:
    run = play(awx, "--check")
    assert run.status == 0, run.output
    assert awx.writes == []
    assert [secret for secret in SECRETS if secret in run.output] == []
    for name in (
        "SiteLock OAuth",
        "BotGuard",
        "DirectAdmin",
        "failure",
        "fleet",
        "pass",
        "check accounts",
        "check, approve, accounts",
        "pass, every hour",
    ):
        assert f"websec {name}" in run.output
    assert "job template websec pass" in run.output


@pytest.mark.parametrize(
    ("request_", "answer", "told"),
    [
        ("GET job_templates", (403, {}), "AWX did not show job_templates (HTTP status 403)."),
        ("POST credential_types", (403, {}), "permission to POST to /api/v2/credential_types/ (HTTP 403)"),
        ("POST credential_types", (0, {}), "timed out"),
        ("POST credentials", (500, {}), "Internal Server Error): /api/v2/credentials/. Please check the logs"),
        ("POST notification_templates", (400, {"url": [TOKEN]}), "AWX did not take the notification."),
    ],
)
def test_an_awx_that_does_not_take_one_object(
    awx: AwxServer, request_: str, answer: tuple[int, dict[str, t.Any]], told: str
) -> None:
    awx.refusals[request_] = answer
    run = play(awx, awx_setup_timeout=30 if answer[0] else 1)
    assert run.status == 2
    assert told in " ".join(run.output.split()), run.output
    assert [secret for secret in SECRETS if secret in run.output] == []


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"awx_setup_sitelock": {"user": "partner", "password": SECRETS[0]}}, "awx_setup_sitelock must have the keys"),
        ({"awx_setup_name_server": {"server": "192.0.2.53"}}, "awx_setup_name_server must have the keys"),
        (
            {"awx_setup_notification": {"url": "https://hooks.example.com/"}},
            "awx_setup_notification must have the keys",
        ),
        ({"awx_setup_organization": "Hosting"}, "AWX has no organization Hosting,"),
        ({"awx_setup_approval_timeout": "0"}, "awx_setup_approval_timeout must be 60 or more seconds."),
    ],
)
def test_wrong_variables_change_nothing(awx: AwxServer, given: dict[str, t.Any], told: str) -> None:
    run = play(awx, **given)
    assert run.status == 2
    assert told in " ".join(run.output.split())
    assert "Nothing was changed." in " ".join(run.output.split())
    assert [secret for secret in SECRETS if secret in run.output] == []
    assert awx.writes == []
