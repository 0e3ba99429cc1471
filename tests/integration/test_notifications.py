# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role C(fleet_notify) with reports of C(fleet_report), to real servers."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
from integration.playbook import Run, run_tasks
from integration.report_rows import FLEET, TIME, row
from unit.sitelock_mail.mail_server import MailServer
from unit.webhook_receiver import WebhookReceiver

from ansible_collections.hosting.websec.plugins.filter.fleet_report_page import fleet_report_page

TOKEN = "t0ken-of-the-target"
SECRETS = ("s3cret-of-ops", "s3cret-of-chat", "s3cret-of-teams", "s3cret-of-gone", TOKEN)


@pytest.fixture(name="receiver")
def _receiver() -> t.Iterator[WebhookReceiver]:
    with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture(name="mail")
def _mail() -> t.Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.mark.all_only
def test_targets_are_told_what_differs_and_a_failing_one_harms_no_other(
    receiver: WebhookReceiver, mail: MailServer, tmp_path: pathlib.Path
) -> None:
    receiver.answers = {"/s3cret-of-gone": 410}
    (tmp_path / "states").mkdir(mode=0o755)
    targets = [
        {"name": "gone", "type": "webhook", "url": f"{receiver.url}/s3cret-of-gone"},
        {
            "name": "ops",
            "type": "webhook",
            "url": f"{receiver.url}/s3cret-of-ops",
            "headers": {"Authorization": f"Bearer {TOKEN}"},
            "states": True,
        },
        {"name": "chat", "type": "slack", "url": f"{receiver.url}/s3cret-of-chat", "urgency": 3},
        {"name": "teams", "type": "teams", "url": f"{receiver.url}/s3cret-of-teams"},
        {"name": "oncall", "type": "mail", "to": "oncall@hoster.example", "sender": "websec@hoster.example"},
    ]
    variables = {
        "fleet_notify_report": str(tmp_path / "report.json"),
        "fleet_notify_state_directory": str(tmp_path / "states"),
        "fleet_notify_targets": targets,
        "fleet_notify_smtp": {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_security": "none"},
    }

    def notify(rows: list[dict[str, t.Any]], *arguments: str, **more: t.Any) -> Run:
        (tmp_path / "report.json").write_text(str(fleet_report_page(rows, "data", time=TIME)))
        role = {
            "name": "Tell it",
            "ansible.builtin.include_role": {"name": "hosting.websec.fleet_notify"},
            "vars": {**variables, **more},
        }
        return run_tasks([role], *arguments, keep=["fleet_notify_result"])

    first = notify(FLEET, "-vvvv")
    assert first.status == 0, first.output
    result = {each["name"]: each for each in first.values["fleet_notify_result"]}
    assert {name for name, each in result.items() if each["failed"]} == {"gone"}
    assert "HTTP status 410" in result["gone"]["error"]["message"]
    assert [secret for secret in SECRETS if secret in first.output] == []
    (ops,) = receiver.at("/s3cret-of-ops")
    assert [each["domains"] for each in ops["attention"]] == [
        ["bought-or-not.example"],
        ["stuck.example"],
        ["basic.example"],
        ["slow.example"],
    ]
    (chat,) = receiver.at("/s3cret-of-chat")
    assert chat["text"] == "SiteLock Firewall &amp; CDN: 2 need action"
    assert len(receiver.at("/s3cret-of-teams")) == 1
    assert [str(each["Subject"]) for each in mail.mails] == ["SiteLock Firewall & CDN: 4 need action"]

    moved = [row("ready.example", 1, "error"), *FLEET[1:5], *FLEET[6:]]
    shown = notify(moved, "--check")
    assert (shown.status, len(receiver.posted), len(mail.mails)) == (0, 4, 1)

    second = notify(moved, fleet_notify_on_error="fail")
    assert second.status == 2
    assert "Not told: gone. The next run tries again. The webhook of the target gone refused" in " ".join(
        second.output.split()
    )
    assert receiver.at("/s3cret-of-ops")[1]["states"] == [
        {"state_before": "ready", "state": "error", "domains": ["ready.example"]}
    ]
    assert [str(each["Subject"]) for each in mail.mails][1:] == ["SiteLock Firewall & CDN: 1 need action"]

    receiver.answers = {}
    variables["fleet_notify_targets"] = [*targets, {"name": "typo", "type": "email", "to": "oncall@hoster.example"}]
    third = notify(moved)
    (typo,) = (each for each in third.values["fleet_notify_result"] if each["failed"])
    assert (typo["name"], "got: email" in typo["error"]["message"]) == ("typo", True)
    assert (tmp_path / "states").stat().st_mode & 0o777 == 0o755
    assert {each["name"] for each in third.values["fleet_notify_result"] if each["changed"]} == {"gone"}
    assert len(receiver.at("/s3cret-of-gone")[-1]["attention"]) == 3  # ready.example and stuck.example in one group.
    assert len(mail.mails) == 2
