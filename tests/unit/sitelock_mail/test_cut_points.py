# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A run is cut or killed at every step: no message is sent twice, and none is lost. Counted at the SMTP server."""

from __future__ import annotations

import functools
import pathlib
import re
import typing as t

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.journal import Journal, JournalError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp import SmtpServer
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import Line, MailServer
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.white_label import Message, Partner, SiteLock

IDS = ("1", "2")
LAST = ("C .", "S 250 OK: queued")
CONTENT = re.compile(r"C (From: |--===)")
"""The first and the last line of one."""


class World:
    """Two pending messages, and the promises about them."""

    def __init__(self, folder: pathlib.Path, sitelock: SiteLock, mail: MailServer) -> None:
        mail.forget()
        self.mail = mail
        self.sitelock = sitelock
        self.partner = Partner(folder, sitelock, mail)

    def check(self) -> None:
        """What is true after every run, however it ended."""
        assert all(self.mail.count(name) <= 1 for name in IDS)
        # Marked only with the server's 250, and once.
        assert all(self.mail.count(name) == 1 for name in self.sitelock.marked)
        assert len(set(self.sitelock.marked)) == len(self.sitelock.marked)

    def finish(self) -> dict[str, str]:
        """Run without faults. Every message is now sent, or reported, and what is reported can be sent again."""
        states = self.partner.states()
        self.check()
        unknown = [name for name, state in states.items() if state == "outcome_unknown"]
        assert set(states.values()) <= {"sent", "marked", "outcome_unknown"}
        assert sorted([*self.sitelock.marked, *unknown]) == list(IDS)
        assert all(self.mail.count(name) == 1 for name in IDS if name not in unknown)
        if unknown:
            self._resolve(unknown)
        assert [self.mail.count(name) for name in IDS] == [1, 1]
        assert not self.sitelock.pending
        return states

    def _resolve(self, unknown: list[str]) -> None:
        """A person looked into the log of the server: some messages are there, and others are not."""
        lost = [name for name in unknown if self.mail.count(name) == 0]
        for name in set(unknown) - set(lost):
            self.sitelock.pending.pop(name)
        self.partner.run(resend=lost)


def steps_of_a_run(mail: MailServer, folder: pathlib.Path) -> list[str]:
    mail.forget()
    with SiteLock(*map(Message, IDS)) as sitelock, Line(mail.port) as line:
        Partner(folder, sitelock, mail, smtp_port=line.port).run()
        return line.steps


def test_the_line_is_cut_at_every_step_of_the_dialogue(mail: MailServer, tmp_path: pathlib.Path) -> None:
    steps = steps_of_a_run(mail, tmp_path)
    assert [step[:6] for step in steps[-4:]] == ["C .", "S 250 ", "C QUIT", "S 221 "]
    unknown = []
    for place, step in enumerate(steps):
        folder = tmp_path / str(place)
        folder.mkdir()
        with SiteLock(*map(Message, IDS)) as sitelock, Line(mail.port, cut_at=place) as line:
            world = World(folder, sitelock, mail)
            world.partner.run(smtp_port=line.port)
            assert line.is_cut
            world.check()
            if "outcome_unknown" in world.finish().values():
                unknown.append(step)
    # What was cut between the last line of a message and its answer is unknown, and no command is. Of the content the
    # client may have sent everything before it sees the cut.
    assert [step for step in unknown if step in LAST] == list(LAST) * len(IDS)
    assert all(CONTENT.match(step) for step in unknown if step not in LAST)


@pytest.mark.parametrize("command", ["C MAIL", "C RCPT", "C DATA", "S 250 ", "S 354 "])
def test_a_connection_that_ends_between_two_messages_is_made_again(
    command: str, mail: MailServer, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "first").mkdir()
    steps = steps_of_a_run(mail, tmp_path / "first")
    second = max(place for place, step in enumerate(steps) if step.startswith("C MAIL"))
    place = next(
        place for place, step in enumerate(steps) if place >= second and step.lower().startswith(command.lower())
    )
    with SiteLock(*map(Message, IDS)) as sitelock, Line(mail.port, cut_at=place) as line:
        world = World(tmp_path, sitelock, mail)
        assert world.partner.states(smtp_port=line.port) == {"1": "sent", "2": "sent"}
        assert line.is_cut
        world.check()


class Killed(BaseException):
    """Ends a run as SIGKILL does: no code of the collection takes it for an error."""


class Killer:
    """Kills a run right before or after its Nth call of the journal, of the SMTP server or of the API."""

    CALLS = ((Journal, "_write"), (Journal, "settle"), (SmtpServer, "_ask"), (SiteLockClient, "call"))

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.left: int | None = None
        self.steps: list[str] = []
        for owner, name in self.CALLS:
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, call: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        @functools.wraps(call)
        def watched(*arguments: t.Any, **more: t.Any) -> t.Any:
            self._step(f"before {call.__name__}")
            result = call(*arguments, **more)
            self._step(f"after {call.__name__}")
            return result

        return watched

    def _step(self, name: str) -> None:
        self.steps.append(name)
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left = None
                raise Killed(name)


def test_the_run_is_killed_at_every_step(
    mail: MailServer, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killer = Killer(monkeypatch)
    killed: list[str] = []
    unknown = 0
    for place in range(1000):
        folder = tmp_path / str(place)
        folder.mkdir()
        with SiteLock(*map(Message, IDS)) as sitelock:
            world = World(folder, sitelock, mail)
            killer.left = place
            try:
                world.partner.run()
                killer.left = None
                break
            except Killed as end:
                killed.append(str(end))
            world.check()
            unknown += "outcome_unknown" in world.finish().values()
    assert len(killed) > 35
    assert {name.split()[1] for name in killed} == {"_write", "settle", "_ask", "call"}
    # For each message: after it was written down, around its content and its last line, before the answer is written.
    assert unknown == 8 * len(IDS)


FAULTS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "kill", "lost request", "lost answer", "refuse", "full disk"]),
        st.integers(0, 60),
    ),
    max_size=5,
)


@pytest.mark.all_only
@given(FAULTS)
@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
def test_many_runs_with_all_faults(
    mail: MailServer, tmp_path_factory: pytest.TempPathFactory, faults: list[tuple[str, int]]
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch, SiteLock(*map(Message, IDS)) as sitelock:
        killer = Killer(monkeypatch)
        world = World(tmp_path_factory.mktemp("run"), sitelock, mail)
        for fault, place in faults:
            mail.refuse = {f"RCPT user{1 + place % 2}@shop.example": "450 later"} if fault == "refuse" else {}
            sitelock.faults = [fault] * (place % 4) if fault.startswith("lost") else []
            with Line(mail.port, cut_at=place if fault == "cut" else None) as line:
                killer.left = place if fault == "kill" else None
                try:
                    with pytest.MonkeyPatch.context() as disk:
                        if fault == "full disk":
                            fill_disk_after(disk, place % 12)
                        world.partner.run(smtp_port=line.port)
                except Killed:
                    pass
                except JournalError:
                    if fault != "full disk":
                        raise
                killer.left = None
            world.check()
        mail.refuse, sitelock.faults = {}, []
        world.finish()


def fill_disk_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """No write of the journal succeeds after this number."""
    left = [writes]
    execute = Journal._execute

    def limited(journal: Journal, statement: str, *values: str) -> list[tuple[t.Any, ...]]:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            left[0] -= 1
        if left[0] < 0:
            # What SQLite does then.
            execute(journal, "PRAGMA max_page_count = 1")
            execute(journal, "CREATE TABLE filler (content)")
        return execute(journal, statement, *values)

    monkeypatch.setattr(Journal, "_execute", limited)
