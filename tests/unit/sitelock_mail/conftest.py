# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The SMTP server of the tests, and journals that are written without waiting for the disk."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail import journal
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import MailServer


@pytest.fixture(autouse=True)
def _quick_journal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed process loses nothing that is not on the disk yet, only a machine without power does."""
    monkeypatch.setattr(journal, "_SYNCHRONOUS", "OFF")


@pytest.fixture(scope="session", name="server")
def _server() -> t.Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(name="mail")
def _mail(server: MailServer) -> MailServer:
    server.forget()
    return server
