# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hands a message to an SMTP server, for one recipient."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import OutcomeUnknownError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._notify.texts import Message
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import Sender, build
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp import SmtpServer
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.templates import Content


@dataclasses.dataclass(frozen=True)
class Mail:
    """:param recipient: from C(check_address)."""

    sender: Sender
    recipient: str
    settings: SmtpSettings

    @property
    def warnings(self) -> list[str]:
        return []

    @property
    def secrets(self) -> list[str]:
        return [self.settings.password] if self.settings.password else []

    def send(self, message: Message) -> str:
        """:returns: a warning about the answer: none.
        :raises WebsecError: the server did not take it; C(OutcomeUnknownError): perhaps it did.
        """
        content = Content(subject=message.subject, text="\n".join(message.lines), html="")
        now = datetime.datetime.now(datetime.timezone.utc)
        mail = build(content, self.sender, self.recipient, message.id, now)
        server = SmtpServer(self.settings)
        try:
            with _hint(lambda hint: f"{hint} The next run tries again."):
                server.connect()
            # Those of the dialogue are about mail to users of SiteLock.
            with _hint(lambda _hint: "Nothing was sent. The next run tries again. Check to and sender."):
                server.offer(self.sender.envelope, self.recipient)
                server.hand_over(mail)
            return ""
        finally:
            server.close()


@contextlib.contextmanager
def _hint(replaced: t.Callable[[str], str]) -> t.Iterator[None]:
    """What to do about an error that leaves the context."""
    try:
        yield
    except OutcomeUnknownError as error:
        error.hint = "The next run sends it again and says so. Its Message-ID is the same if nothing else changed."
        raise
    except WebsecError as error:
        error.hint = replaced(error.hint)
        raise
