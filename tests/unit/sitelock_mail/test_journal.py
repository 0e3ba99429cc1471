# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The journal as a file."""

from __future__ import annotations

import pathlib
import resource
import signal
import sqlite3
import stat
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.journal import (
    Entry,
    Journal,
    JournalError,
    State,
)

URL = "https://api.sitelock.com/v1/partner"
ACCEPTED = Entry(State.ACCEPTED, "jane@shop.example", "250 OK: queued as 4711")


@pytest.fixture(name="journal")
def _journal(tmp_path: pathlib.Path) -> Journal:
    return Journal(str(tmp_path / "mail ?#%.sqlite"), lambda: "2026-11-29T08:00:00Z")


def test_what_was_written_is_read_by_the_next_run(journal: Journal) -> None:
    with journal.opened(URL):
        assert journal.entries() == {}
        journal.set("1", ACCEPTED)
        journal.set("2", Entry(State.SENDING, "a@b.example", ""))
        journal.set("3", ACCEPTED)
        journal.take_back("2", None)
        journal.take_back("3", Entry(State.UNKNOWN, "a@b.example", "lost"))
        journal.settle(["1"])
    with journal.opened_to_read(URL):
        assert journal.entries() == {
            "1": Entry(State.MARKED, ACCEPTED.recipient, ACCEPTED.reply),
            "3": Entry(State.UNKNOWN, "a@b.example", "lost"),
        }


def test_only_its_owner_reads_it(journal: Journal) -> None:
    with journal.opened(URL):
        pass
    assert stat.S_IMODE(pathlib.Path(journal.path).stat().st_mode) == 0o600


def test_the_journal_of_another_api_is_refused(journal: Journal) -> None:
    with journal.opened(URL):
        journal.set("1", ACCEPTED)
    for opened in (journal.opened, journal.opened_to_read):
        with (
            pytest.raises(BadInputError, match=f"belongs to {URL}, and api_url is http://127.0.0.1"),
            opened("http://127.0.0.1"),
        ):
            pass


def test_what_is_no_journal_is_refused_and_stays(journal: Journal) -> None:
    path = pathlib.Path(journal.path)
    path.write_text("x" * 5000)
    with pytest.raises(JournalError, match="file is not a database") as error, journal.opened(URL):
        pass
    assert "Do not remove the file" in error.value.hint
    assert path.read_text() == "x" * 5000
    path.unlink()
    with sqlite3.connect(journal.path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    with pytest.raises(BadInputError, match="is not a journal of this version"), journal.opened(URL):
        pass


def test_a_state_that_this_version_does_not_know_is_an_error(journal: Journal) -> None:
    with journal.opened(URL):
        journal.set("1", ACCEPTED)
        journal._write("UPDATE messages SET state = 'new'")
        with pytest.raises(JournalError, match="'new' is not a valid State"):
            journal.entries()


def test_a_folder_that_does_not_exist_is_not_created(tmp_path: pathlib.Path) -> None:
    journal = Journal(str(tmp_path / "missing" / "mail.sqlite"), str)
    with pytest.raises(JournalError, match="cannot be locked"), journal.opened(URL):
        pass
    with journal.opened_to_read(URL):
        assert journal.entries() == {}
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(name="full_disk")
def _full_disk() -> t.Iterator[t.Callable[[int], None]]:
    """Sets the size that files of this process can have."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_a_file_that_cannot_grow_is_an_error_before_anything_is_done(
    journal: Journal, full_disk: t.Callable[[int], None]
) -> None:
    with journal.opened(URL):
        journal.set("1", ACCEPTED)
    full_disk(0)
    with pytest.raises(JournalError, match="cannot be used"), journal.opened(URL):
        pytest.fail("it was opened")
    with journal.opened_to_read(URL):
        assert set(journal.entries()) == {"1"}
