# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs of the module that sends mail, with a real SMTP server."""

from __future__ import annotations

import contextlib
import datetime
import fcntl
import pathlib
import sqlite3
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, LimitError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail import run
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.journal import (
    Entry,
    Journal,
    JournalError,
    State,
)
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import MailServer
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.white_label import (
    TEMPLATE,
    Message,
    Partner,
    SiteLock,
)


@contextlib.contextmanager
def world(folder: pathlib.Path, mail: MailServer, *messages: Message, **given: t.Any) -> t.Iterator[Partner]:
    with SiteLock(*messages) as sitelock:
        yield Partner(folder, sitelock, mail, **given)


def journal_of(partner: Partner) -> dict[str, Entry]:
    journal = Journal(str(partner.journal), lambda: "now")
    with journal.opened_to_read(partner.sitelock.url):
        return journal.entries()


def note(partner: Partner, queue_id: str, state: State) -> None:
    """As an earlier run left it."""
    journal = Journal(str(partner.journal), lambda: "2026-11-28T00:00:00Z")
    with journal.opened(partner.sitelock.url):
        journal.set(queue_id, Entry(state, "user@shop.example", ""))


# ---- the rule


def test_what_is_pending_is_sent_and_marked_and_the_second_run_is_silent(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        result = partner.run()
        assert (result["summary"], result["changed"]) == ("2 sent", True)
        assert [row["state"] for row in result["emails"]] == ["sent", "sent"]
        assert mail.envelopes == [("security@hoster.example", f"user{n}@shop.example") for n in (1, 2)]
        assert partner.sitelock.marked == ["1", "2"]
        again = partner.run()
        assert (again["emails"], again["changed"], again["summary"]) == ([], False, "nothing is pending")
        assert len(mail.mails) == 2


def test_a_row_says_what_was_sent_to_whom(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        (row,) = partner.run()["emails"]
        assert row == {
            "queue_id": "1",
            "account_id": 570,
            "domain": "shop.example",
            "email_address": "user1@shop.example",
            "code": "20",
            "template": "20.j2",
            "subject": "Found on shop.example",
            "text": None,
            "html": None,
            "state": "sent",
            "needs_person": [],
            "changed": True,
            "failed": False,
            "error": None,
            "deferred": False,
            "deferred_reason": None,
        }


def test_check_mode_sends_marks_and_writes_nothing_and_shows_what_would_be_sent(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1"), Message("2", code="21")) as partner:
        result = partner.run(check_mode=True, show_content=True, smtp_port=9)
        first, second = result["emails"]
        assert (first["state"], first["changed"], first["subject"]) == ("would_send", True, "Found on shop.example")
        assert (first["text"], first["html"]) == ("Hello Jane", "<p>Hello Jane</p>")
        assert (second["state"], second["changed"]) == ("no_template", False)
        assert result["summary"] == "1 would be sent, 1 without a template (codes: 21)"
        assert partner.sitelock.methods == ["getPendingEmails"]
        assert mail.mails == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["templates"]


def test_check_mode_knows_the_journal(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        note(partner, "1", State.ACCEPTED)
        note(partner, "2", State.SENDING)
        states = {row["queue_id"]: row["state"] for row in partner.run(check_mode=True)["emails"]}
        assert states == {"1": "would_mark", "2": "outcome_unknown"}
        assert journal_of(partner)["1"].state is State.ACCEPTED


# ---- never twice, and none lost


def test_what_was_accepted_and_not_marked_is_marked_by_the_next_run_without_being_sent(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        partner.sitelock.faults = ["lost request", "lost request"]
        (row,) = partner.run()["emails"]
        assert (row["state"], row["failed"], row["changed"]) == ("accepted", True, True)
        assert "has accepted the message, but it could not be marked" in row["error"]["message"]
        assert (mail.count("1"), partner.sitelock.marked) == (1, [])
        result = partner.run(smtp_port=9)
        assert (result["emails"][0]["state"], result["changed"], result["summary"]) == (
            "marked",
            True,
            "1 marked, sent by an earlier run",
        )
        assert (mail.count("1"), partner.sitelock.marked) == (1, ["1"])


def test_a_mark_whose_answer_is_lost_is_set_once(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        partner.sitelock.faults = ["lost answer"]
        assert partner.states() == {"1": "sent"}
        assert partner.sitelock.marked == ["1"]


@pytest.mark.parametrize("state", [State.ACCEPTED, State.MARKED])
def test_what_was_accepted_is_not_sent_again_also_if_resend_names_it(
    state: State, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        note(partner, "1", state)
        assert partner.states(resend=["1"]) == {"1": "marked"}
        assert (mail.mails, partner.sitelock.marked) == ([], ["1"])


@pytest.mark.parametrize("state", [State.SENDING, State.UNKNOWN])
def test_an_unknown_outcome_is_told_in_every_run_until_a_person_decides(
    state: State, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        note(partner, "1", state)
        for second in ("sent", None):
            result = partner.run(on_error="fail")
            states = {row["queue_id"]: row["state"] for row in result["emails"]}
            assert states == {"1": "outcome_unknown", **({"2": second} if second else {})}
            assert result["failed"]
            assert "may have been sent, or not" in result["msg"]
        assert (mail.count("1"), mail.count("2")) == (0, 1)
        assert partner.states(resend=["1"]) == {"1": "sent"}
        assert mail.count("1") == 1
        # The variable may stay where it is.
        assert partner.states(resend=["1"]) == {}
        assert mail.count("1") == 1


def test_a_message_that_is_sent_again_and_fails_keeps_its_unknown_outcome(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        note(partner, "1", State.UNKNOWN)
        mail.refuse = {"DATA user1@shop.example": "451 later"}
        assert partner.states(resend=["1"]) == {"1": "failed"}
        assert partner.states() == {"1": "outcome_unknown"}


def test_what_cannot_be_sent_again_because_sitelock_does_not_list_it(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail) as partner:
        note(partner, "1", State.UNKNOWN)
        (row,) = partner.run(resend=[1])["emails"]
        assert (row["queue_id"], row["error"]["kind"]) == ("1", "bad_input")
        assert "does not list it as pending" in row["error"]["message"]
        assert partner.run()["emails"] == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_id_that_nobody_knows_is_named_and_the_others_go_on(
    check_mode: bool, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        note(partner, "2", State.MARKED)
        result = partner.run(resend=["unheard-of", "2"], check_mode=check_mode)
        first, unknown = result["emails"]
        assert first["state"] == ("would_send" if check_mode else "sent")
        assert (unknown["queue_id"], unknown["failed"], unknown["error"]["kind"]) == ("unheard-of", True, "bad_input")
        assert "Message unheard-of cannot be sent again: neither SiteLock nor" in unknown["error"]["message"]


def test_what_is_done_is_removed_from_the_journal_after_some_time(
    tmp_path: pathlib.Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that is open, and nothing that SiteLock lists."""
    with world(tmp_path, mail, Message("new")) as partner:
        for queue_id, state in [
            ("done", State.MARKED),
            ("listed", State.MARKED),
            ("half", State.SENDING),
            ("unknown", State.UNKNOWN),
        ]:
            note(partner, queue_id, state)
        every = {"done", "listed", "half", "unknown"}
        with monkeypatch.context() as later:
            # A month after "note".
            later.setattr(run, "_utc", lambda: datetime.datetime(2026, 12, 28, 23, tzinfo=datetime.timezone.utc))
            assert set(journal_of(partner)) == every
            partner.run(journal_keep_days=31)
        assert set(journal_of(partner)) == {*every, "new"}
        with monkeypatch.context() as later:
            later.setattr(run, "_utc", lambda: datetime.datetime(2027, 1, 1, tzinfo=datetime.timezone.utc))
            partner.sitelock.pending["listed"] = Message("listed")
            partner.run(journal_keep_days=31, check_mode=True)
            assert set(journal_of(partner)) == {*every, "new"}
            partner.run(journal_keep_days=31)
        assert set(journal_of(partner)) == {"listed", "half", "unknown", "new"}
        assert (mail.count("listed"), mail.count("done")) == (0, 0)


@pytest.mark.parametrize("days", [0, -1, 30, 10**9])
def test_a_journal_that_would_forget_what_sitelock_may_list(
    days: int, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        with pytest.raises(BadInputError, match=f"journal_keep_days is {days}; it must be between 31"):
            partner.run(journal_keep_days=days)
        assert mail.mails == []


def test_an_old_message_that_sitelock_has_forgotten_is_done(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail) as partner:
        note(partner, "1", State.ACCEPTED)
        assert partner.states() == {"1": "marked"}
        assert partner.states() == {}


def test_two_runs_at_once_send_once(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        with Journal(str(partner.journal), lambda: "now").opened(partner.sitelock.url):
            with pytest.raises(JournalError, match="Another run is sending"):
                partner.run()
            assert (mail.mails, partner.sitelock.marked) == ([], [])
            # Looking is always possible.
            assert partner.run(check_mode=True)["summary"] == "1 would be sent"
        assert partner.states() == {"1": "sent"}


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize("way", ["symbolic link", "hard link", "removed lock", "no lock"])
def test_two_runs_that_cannot_see_each_other_send_once(
    way: str, again: bool, tmp_path: pathlib.Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one runs between the plan and the first message of the first one."""
    read, other = Journal.entries, tmp_path / "other.sqlite"
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        resend = ["1", "2"] if again else []
        for name in resend:
            note(partner, name, State.UNKNOWN)
        partner.journal.touch()
        if way == "hard link":
            other.hardlink_to(partner.journal)
        else:
            other.symlink_to(partner.journal)

        def second(journal: Journal) -> dict[str, Entry]:
            found = read(journal)
            monkeypatch.setattr(Journal, "entries", read)
            if way == "removed lock":
                pathlib.Path(f"{journal.path}.lock").unlink()
            if way == "no lock":
                monkeypatch.setattr(fcntl, "flock", lambda *_given: None)
            with contextlib.suppress(JournalError):
                partner.run(journal=str(other), resend=resend)
            return found

        monkeypatch.setattr(Journal, "entries", second)
        result = partner.run(resend=resend)
        assert [mail.count(name) for name in ("1", "2")] == [1, 1]
        if way != "symbolic link":
            assert "another run has changed the entry of message 1" in result["emails"][0]["error"]["message"]
            assert result["emails"][1]["state"] == "deferred"
        partner.run()
        assert [mail.count(name) for name in ("1", "2")] == [1, 1]
        assert sorted(partner.sitelock.marked) == ["1", "2"]


@pytest.mark.parametrize("how", ["removed", "emptied", "linked to nowhere"])
@pytest.mark.parametrize("check_mode", [False, True])
def test_a_journal_that_was_lost_sends_nothing_until_a_person_decides(
    how: str, check_mode: bool, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    """What was accepted and is not marked yet would be sent again."""
    with world(tmp_path, mail, Message("1")) as partner:
        partner.sitelock.faults = ["lost request"] * 2
        assert partner.states() == {"1": "accepted"}
        whole = partner.journal.read_bytes()
        partner.journal.unlink()
        if how == "emptied":
            partner.journal.touch()
        elif how == "linked to nowhere":
            partner.journal.symlink_to(tmp_path / "nowhere")
            pathlib.Path(f"{partner.journal}.lock").rename(tmp_path / "nowhere.lock")
        with pytest.raises(JournalError, match=r"was here, and is (gone|empty) now") as error:
            partner.run(check_mode=check_mode)
        assert "Restore the file" in error.value.hint
        assert mail.count("1") == 1
        partner.journal.write_bytes(whole)
        assert partner.states() == {"1": "marked"}
        assert mail.count("1") == 1


def test_a_new_journal_is_begun_when_its_lock_is_removed_too(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        partner.run()
        for name in (partner.journal, pathlib.Path(f"{partner.journal}.lock")):
            name.unlink()
        assert partner.run()["summary"] == "nothing is pending"


@pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_journal(path: str, tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1"), journal=str(tmp_path / "device")) as partner:
        (tmp_path / "device").symlink_to(path)
        with pytest.raises(JournalError):
            partner.run()
        assert mail.mails == []


# ---- one message and the others


def test_a_bad_address_does_not_stop_the_others(tmp_path: pathlib.Path, mail: MailServer) -> None:
    messages = [
        Message("1", address="no address"),
        Message("2", address="a@shop.example,b@shop.example"),
        Message("3", address="x@shop.example> SIZE=1"),
        Message("4", address="unknown@shop.example"),
        Message("5"),
    ]
    with world(tmp_path, mail, *messages) as partner:
        mail.refuse = {"RCPT unknown@shop.example": "550 5.1.1 no such user"}
        rows = partner.run()["emails"]
        assert [row["state"] for row in rows] == ["failed"] * 4 + ["sent"]
        assert [row["error"]["kind"] for row in rows[:4]] == ["bad_input"] * 3 + ["rejected"]
        assert "refuses the recipient unknown@shop.example: 550 5.1.1 no such user." in rows[3]["error"]["message"]
        assert (len(mail.mails), partner.sitelock.marked) == (1, ["5"])


@pytest.mark.parametrize(("answer", "kind"), [("554 5.7.1 spam", "rejected"), ("451 4.3.0 later", "unavailable")])
@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_a_refused_message_is_pending_and_the_next_run_sends_it(
    command: str, answer: str, kind: str, tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        mail.refuse = {f"{command} user1@shop.example": answer}
        first, second = partner.run()["emails"]
        assert (first["error"]["kind"], second["state"]) == (kind, "sent")
        assert answer in first["error"]["message"]
        assert "It was not sent." in first["error"]["hint"]
        assert set(journal_of(partner)) == {"2"}
        mail.refuse = {}
        assert partner.states() == {"1": "sent"}


def test_a_refused_sender_stops_all_with_one_clear_message(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1"), Message("2"), Message("3"), Message("4", code="4")) as partner:
        mail.refuse = {"MAIL bounces@hoster.example": "553 5.7.1 not yours"}
        result = partner.run(envelope_sender="bounces@hoster.example", on_error="fail")
        assert [row["state"] for row in result["emails"]] == ["failed", "deferred", "deferred", "no_template"]
        assert result["summary"] == "1 failed, 1 without a template (codes: 4), 2 deferred to the next run"
        assert "refuses the sender bounces@hoster.example: 553 5.7.1 not yours." in result["msg"]
        assert "Check sender and envelope_sender" in result["msg"]
        assert result["emails"][1]["deferred_reason"] == result["emails"][0]["error"]["message"]
        assert (journal_of(partner), partner.sitelock.marked) == ({}, [])


def test_a_server_that_takes_no_mail_now_is_asked_once_and_the_next_run_sends(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    """For example because of a limit on messages an hour, or greylisting of the sender."""
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        mail.refuse = {"MAIL security@hoster.example": "451 4.7.1 try again later"}
        first, second = partner.run()["emails"]
        assert (first["state"], first["error"]["kind"], second["state"]) == ("failed", "unavailable", "deferred")
        assert (
            "takes no message from security@hoster.example now: 451 4.7.1 try again later." in first["error"]["message"]
        )
        assert first["error"]["hint"] == "Nothing more was sent. The next run tries again."
        mail.refuse = {}
        assert partner.states() == {"1": "sent", "2": "sent"}
        assert [mail.count(name) for name in ("1", "2")] == [1, 1]


def test_a_server_that_is_down_is_asked_once(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        rows = partner.run(smtp_port=9)["emails"]
        assert [row["state"] for row in rows] == ["failed", "deferred"]
        assert rows[0]["error"]["message"] == "The SMTP server 127.0.0.1:9 cannot be reached: Connection refused."
        assert partner.states() == {"1": "sent", "2": "sent"}


def test_a_task_that_is_stopped_defers_the_rest(tmp_path: pathlib.Path, mail: MailServer) -> None:
    context = RunContext()
    with world(tmp_path, mail, Message("1")) as partner:
        context.stop("stopped by SIGTERM")
        with pytest.raises(WebsecError, match="stopped by SIGTERM"):
            partner.run(context=context)
        assert mail.mails == []


def test_a_message_that_is_listed_twice_is_sent_once_and_two_with_one_id_are_not(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail) as partner:
        same, other = Message("1"), Message("2")
        partner.sitelock.pending = {"a": same, "b": same, "c": other, "d": Message("2", first_name="Joe")}
        partner.run()
        assert (mail.count("1"), mail.count("2")) == (1, 0)


# ---- templates


def test_a_code_without_a_template_stays_pending_and_is_named(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1", code="21"), Message("2"), Message("3", code="../20")) as partner:
        result = partner.run()
        assert [row["state"] for row in result["emails"]] == ["no_template", "sent", "no_template"]
        assert (result["missing_templates"], result.get("failed")) == (["../20", "21"], None)
        assert result["emails"][0]["needs_person"] == [
            "There is no template for the code 21. It stays pending until you add one."
        ]
        assert list(partner.sitelock.pending) == ["1", "3"]


def test_a_template_with_a_syntax_error_is_named_with_its_line_and_nothing_is_sent(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        (partner.templates / "21.j2").write_text("{% block subject %}\n{{ first_name }\n{% endblock %}")
        (partner.templates / "22.j2").write_text("{% bloc %}")
        with pytest.raises(BadInputError, match=r"21\.j2, line 2: .*; 22\.j2, line 1: ") as error:
            partner.run()
        assert "Nothing was sent" in error.value.hint
        assert (mail.mails, partner.sitelock.methods) == ([], [])


def test_a_message_without_what_its_template_needs_is_an_error_with_the_line(
    tmp_path: pathlib.Path, mail: MailServer
) -> None:
    with world(tmp_path, mail, Message("1", code="21"), Message("2")) as partner:
        (partner.templates / "21.j2").write_text(TEMPLATE.replace("Hello {{ first_name }}\n{% e", "{{ link }}\n{% e"))
        first, second = partner.run()["emails"]
        assert (first["error"]["kind"], second["state"]) == ("bad_input", "sent")
        assert first["error"]["message"] == "21.j2, line 5: 'link' is undefined."
        assert "first_name" in first["error"]["hint"]


def test_the_code_is_where_the_user_says(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1", first_name="20", code="x")) as partner:
        assert partner.run(code_field="first_name")["emails"][0]["template"] == "20.j2"
        assert partner.run(code_field="nowhere")["summary"] == "nothing is pending"
    with world(tmp_path, mail, Message("2")) as partner:
        result = partner.run(code_field="nowhere", journal=str(tmp_path / "other.sqlite"))
        assert result["missing_templates"] == ["(no code)"]


# ---- the journal


@pytest.mark.parametrize("name", ["templates", "journal"])
def test_a_relative_path_is_refused_because_another_run_may_not_find_the_file_again(
    tmp_path: pathlib.Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        monkeypatch.chdir(tmp_path)
        before = sorted(tmp_path.iterdir())
        with pytest.raises(BadInputError, match=f"{name} is 'templates', which is no absolute path"):
            partner.run(**{name: "templates"})
        assert (sorted(tmp_path.iterdir()), mail.mails, partner.sitelock.methods) == (before, [], [])


def test_above_the_limit_nothing_is_sent(tmp_path: pathlib.Path, mail: MailServer) -> None:
    with world(tmp_path, mail, Message("1"), Message("2")) as partner:
        with pytest.raises(LimitError, match="2 messages would be sent, and max_messages is 1") as error:
            partner.run(max_messages=1)
        assert error.value.planned == ["1: 20 to user1@shop.example", "2: 20 to user2@shop.example"]
        assert mail.mails == []
        assert partner.states(max_messages=2) == {"1": "sent", "2": "sent"}


def test_a_journal_that_cannot_be_written_sends_nothing(
    tmp_path: pathlib.Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with world(tmp_path, mail, Message("1")) as partner:
        with pytest.raises(JournalError, match=r"cannot be locked: .*No such file or directory"):
            partner.run(journal=str(tmp_path / "not mounted" / "mail.sqlite"))
        monkeypatch.setattr(Journal, "_write", full_disk_after(0))
        with pytest.raises(JournalError, match="database or disk is full"):
            partner.run()
        assert (mail.mails, partner.sitelock.methods) == ([], [])


@pytest.mark.parametrize("writes", range(1, 6))
def test_a_disk_that_fills_up_stops_the_run_and_no_message_is_sent_twice(
    writes: int, tmp_path: pathlib.Path, mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first write is the check at the start; each message has two more before its mark."""
    with world(tmp_path, mail, Message("1"), Message("2"), Message("3")) as partner:
        with monkeypatch.context() as patched:
            patched.setattr(Journal, "_write", full_disk_after(writes))
            result = partner.run()
        assert any("database or disk is full" in (row["error"] or {}).get("message", "") for row in result["emails"])
        # With the second write of a message the server has it already.
        assert len(mail.mails) == writes // 2
        assert partner.sitelock.marked == [str(name) for name in range(1, writes // 2 + 1)]
        partner.run()
        assert [mail.count(name) for name in "123"] == [1, 1, 1]


def full_disk_after(writes: int) -> t.Callable[..., None]:
    """C(Journal._write) that succeeds this number of times, and then fails as SQLite does on a full disk."""
    write, left = Journal._write, [writes]

    def limited(journal: Journal, statement: str, *values: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            with journal._errors():
                raise sqlite3.OperationalError("database or disk is full")
        write(journal, statement, *values)

    return limited
