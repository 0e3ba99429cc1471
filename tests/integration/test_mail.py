# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mail of a white-label partner: from what is pending at SiteLock to a real SMTP server."""

from __future__ import annotations

import concurrent.futures
import pathlib
import typing as t

import pytest
from integration import in_process
from integration.playbook import Run, run_plays
from integration.sandbox_server import PASSWORD, USERNAME, SandboxServer
from unit.sitelock_mail.mail_server import MailServer

TEMPLATE = (
    "{% block subject %}{{ message.domain }}: {{ place }}{% endblock %}"
    "{% block text %}See {{ place }}{% endblock %}"
    "{% block html %}<p>See {{ place }}</p>{% endblock %}"
)
PLACE = "http://shop.example/?a=1&b=<2>"
SMTP_PASSWORD = "s3cret of the mail server"


@pytest.fixture(name="mail")
def _mail() -> t.Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(name="world")
def _world(sandbox: SandboxServer) -> SandboxServer:
    accounts = [{"id": "570", "name": "A customer", "login": "customer", "email": "owner@shop.example"}]
    sites = [{"site_id": "10900", "account_id": "570", "domain": "shop.example"}]
    sandbox.post("fleet", {"accounts": accounts, "sites": sites})
    sandbox.post("settings", {"white_label_mail": True})
    return sandbox


def queue(world: SandboxServer, email_id: int, **email: t.Any) -> str:
    entry = {"site_id": "10900", "email_id": email_id, "replacements": {"place": PLACE}, **email}
    (queue_id,) = world.post("emails", {"emails": [entry]})["queue_ids"]
    return str(queue_id)


def options(world: SandboxServer, mail: MailServer, folder: pathlib.Path) -> dict[str, t.Any]:
    templates = folder / "templates"
    templates.mkdir(exist_ok=True)
    for code in (1, 20):
        (templates / f"{code}.j2").write_text(TEMPLATE)
    return {
        "templates": str(templates),
        "journal": str(folder / "mail.sqlite"),
        "sender": "security@hoster.example",
        "smtp": {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_security": "none"},
        "api": {"api_url": f"{world.url}/v1/partner", "api_username": USERNAME, "api_password": PASSWORD},
    }


def play(world: SandboxServer, mail: MailServer, folder: pathlib.Path, *arguments: str, **given: t.Any) -> Run:
    """One run of the playbook."""
    world.calls()
    variables = {f"sitelock_mail_{name}": value for name, value in {**options(world, mail, folder), **given}.items()}
    run = {"ansible.builtin.import_playbook": "hosting.websec.mail", "vars": variables}
    return run_plays([run], *arguments, keep=["sitelock_mail_report"])


def states(run: Run) -> dict[str, str]:
    return {row["queue_id"]: row["state"] for row in run.values["sitelock_mail_report"]}


def test_what_is_pending_is_sent_once(world: SandboxServer, mail: MailServer, tmp_path: pathlib.Path) -> None:
    first, second = queue(world, 1), queue(world, 20, email_address="jane@bücher.example")
    without, refused = queue(world, 4), queue(world, 1, email_address="gone@shop.example")
    mail.refuse = {"RCPT gone@shop.example": "550 no such user"}

    shown = play(world, mail, tmp_path, "--check", "-vvvv")
    assert (shown.status, mail.mails, world.calls()) == (0, [], ["getPendingEmails"]), shown.output
    assert states(shown) == {first: "would_send", second: "would_send", without: "no_template", refused: "would_send"}
    assert not (tmp_path / "mail.sqlite").exists()

    done = play(world, mail, tmp_path, "-vvvv", on_error="report")
    assert done.status == 0, done.output
    assert states(done) == {first: "sent", second: "sent", without: "no_template", refused: "failed"}
    assert world.calls() == ["getPendingEmails", "markEmailsSent"]
    assert "2 sent, 1 failed, 1 without a template (codes: 4)." in done.output
    assert "550 no such user" in done.output
    assert PASSWORD not in shown.output + done.output
    assert [to for _from, to in mail.envelopes] == ["owner@shop.example", "jane@xn--bcher-kva.example"]
    assert [str(sent["Subject"]) for sent in mail.mails] == [f"shop.example: {PLACE}"] * 2
    text, html = mail.mails[0].iter_parts()
    assert text.get_content().strip() == f"See {PLACE}"
    assert html.get_content().strip() == "<p>See http://shop.example/?a=1&amp;b=&lt;2&gt;</p>"
    assert [email["marked"] for email in world.get("emails")["emails"]] == [1, 1, 0, 0]

    again = play(world, mail, tmp_path)
    assert (again.status, again.recap["changed"], len(mail.mails)) == (2, 0, 2)
    assert f"1 of 2 messages failed: {refused}." in again.output
    mail.refuse = {}
    last = play(world, mail, tmp_path)
    assert (last.status, states(last)) == (0, {without: "no_template", refused: "sent"})


@pytest.mark.all_only
def test_two_jobs_at_once_send_once(world: SandboxServer, mail: MailServer, tmp_path: pathlib.Path) -> None:
    """As two AWX jobs over one journal. Whether they meet is chance here; ``test_mail_runs.py`` makes them meet."""
    sent = [queue(world, 1, email_address=f"user{number}@shop.example") for number in range(40)]
    options(world, mail, tmp_path)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        runs = [job.result() for job in [pool.submit(play, world, mail, tmp_path) for _job in range(2)]]
    assert {run.status for run in runs} <= {0, 2}
    assert [run.output for run in runs if run.status == 2 and "Another run is sending" not in run.output] == []
    assert sorted(to for _from, to in mail.envelopes) == sorted(f"user{number}@shop.example" for number in range(40))
    assert [email["marked"] for email in world.get("emails")["emails"]] == [1] * len(sent)


def test_a_password_is_in_no_output(world: SandboxServer, mail: MailServer, tmp_path: pathlib.Path) -> None:
    queue(world, 1)
    smtp = {"smtp_host": "127.0.0.1", "smtp_port": mail.port, "smtp_username": "websec", "smtp_password": SMTP_PASSWORD}
    run = play(world, mail, tmp_path, "-vvvv", smtp=smtp)
    assert run.status == 2
    assert "does not offer STARTTLS" in run.output
    assert SMTP_PASSWORD not in run.output
    assert mail.mails == []


@pytest.mark.parametrize(
    "form",
    [
        {"replacements_form": "pairs"},
        {"replacements_form": "attributes"},
        {"replacements_form": "groups"},
        {"reason_form": "code_last"},
        {"empty_lists": "absent"},
        {"pending_emails": "last_30_days"},
    ],
    ids=str,
)
def test_in_all_forms_of_answers(
    form: dict[str, t.Any], world: SandboxServer, mail: MailServer, tmp_path: pathlib.Path
) -> None:
    world.post("settings", form)
    queue_id = queue(world, 1)
    given = options(world, mail, tmp_path)
    module = {**given.pop("smtp"), **given.pop("api"), **given}
    mark = {**{name: value for name, value in module.items() if name.startswith("api_")}, "queue_ids": [queue_id]}
    run = in_process.run_tasks(
        [
            {"hosting.websec.sitelock_mail": module, "register": "first"},
            {"hosting.websec.sitelock_emails_sent": mark, "register": "marked"},
            {"hosting.websec.sitelock_mail": module, "register": "second"},
        ],
        keep=["first", "marked", "second"],
    )
    assert [row["state"] for row in run.values["first"]["emails"]] == ["sent"], run.output
    assert str(mail.mails[0]["Subject"]) == f"shop.example: {PLACE}"
    # AMS, in any form, is no error and no change.
    assert (run.values["marked"]["emails"][0]["failed"], run.values["marked"]["changed"]) == (False, False)
    assert (run.values["second"]["emails"], len(mail.mails)) == ([], 1)
