# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SiteLock with the pending messages of a white-label partner, and runs of the module against it."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t
from xml.sax.saxutils import escape

from lxml import etree

from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.modules import sitelock_mail
from ansible_collections.hosting.websec.tests.unit.scripted_server import Received, Reply, ScriptedServer
from ansible_collections.hosting.websec.tests.unit.sitelock.api import document, method_of
from ansible_collections.hosting.websec.tests.unit.sitelock.test_addon_passes import connection
from ansible_collections.hosting.websec.tests.unit.sitelock_mail.mail_server import MailServer

Result = dict[str, t.Any]

TEMPLATE = (
    "{% block subject %}\nFound on {{ message.domain }}\n{% endblock %}\n"
    "{% block text %}\nHello {{ first_name }}\n{% endblock %}\n"
    "{% block html %}\n<p>Hello {{ first_name }}</p>\n{% endblock %}\n"
)


@dataclasses.dataclass
class Message:
    """A pending message."""

    queue_id: str
    address: str = ""
    code: str = "20"
    first_name: str = "Jane"
    domain: str = "shop.example"

    def element(self) -> str:
        fields = {
            "email_address": self.address or f"user{self.queue_id}@shop.example",
            "domain": self.domain,
            "email_id": self.code,
            "queue_id": self.queue_id,
            "queue_time": "2026-11-28 04:05:06",
            "account_id": "570",
        }
        inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
        name = escape(self.first_name, {"\r": "&#13;", "\n": "&#10;"})
        return f"<email>{inner}<replacements><user><first_name>{name}</first_name></user></replacements></email>"


class SiteLock(ScriptedServer):
    """Lists what is pending, and marks. C(marked) has every message that it marked, in order.

    C(faults) has the faults of the next calls of markEmailsSent: C(lost request), C(lost answer).
    """

    def __init__(self, *messages: Message) -> None:
        super().__init__(self._answer)
        self.pending = {message.queue_id: message for message in messages}
        self.marked: list[str] = []
        self.methods: list[str] = []
        self.faults: list[str] = []

    def _answer(self, request: Received) -> Reply:
        method = method_of(request)
        self.methods.append(method)
        if method == "getPendingEmails":
            emails = "".join(message.element() for message in self.pending.values())
            inner = f"<status>success</status><emails>{emails}</emails>"
            return Reply(document(f"<{method}>{inner}</{method}>"))
        assert method == "markEmailsSent"
        fault = self.faults.pop(0) if self.faults else ""
        reply = Reply(fault="close") if fault == "lost request" else self._mark(request)
        return Reply(fault="close") if fault else reply

    def _mark(self, request: Received) -> Reply:
        names = [str(each.text) for each in etree.fromstring(request.body)[1]]
        known = [name for name in names if self.pending.pop(name, None)]
        self.marked += known
        errors = "".join(
            f"<error><queue_id>{name}</queue_id><reason>AMS: already</reason></error>"
            for name in names
            if name not in known
        )
        status = "success" if not errors else "mixed" if known else "failed"
        inner = f"<status>{status}</status>{f'<errors>{errors}</errors>' if errors else ''}"
        return Reply(document(f"<markEmailsSent>{inner}</markEmailsSent>"))


class Partner:
    """The partner with templates and a journal in ``folder``, who runs the module."""

    def __init__(self, folder: pathlib.Path, sitelock: SiteLock, mail: MailServer, **given: t.Any) -> None:
        self.journal = folder / "mail.sqlite"
        self.templates = folder / "templates"
        self.templates.mkdir(exist_ok=True)
        (self.templates / "20.j2").write_text(TEMPLATE, encoding="utf-8")
        self.sitelock = sitelock
        self.options = {
            **connection(sitelock.url),
            "templates": str(self.templates),
            "code_field": "email_id",
            "journal": str(self.journal),
            "sender": "security@hoster.example",
            "sender_name": None,
            "reply_to": None,
            "envelope_sender": None,
            "smtp_host": "127.0.0.1",
            "smtp_port": mail.port,
            "smtp_security": "none",
            "smtp_username": None,
            "smtp_password": None,
            "smtp_ca_path": None,
            "smtp_validate_certs": True,
            "smtp_timeout": 20,
            "resend": [],
            "max_messages": None,
            "journal_keep_days": None,
            "show_content": False,
            "on_error": "report",
            "after": None,
            "before": None,
            "account_id": None,
            **given,
        }

    def run(self, *, check_mode: bool = False, context: RunContext | None = None, **given: t.Any) -> Result:
        return sitelock_mail.run({**self.options, **given}, context or RunContext(), check_mode=check_mode)

    def states(self, **given: t.Any) -> dict[str, str]:
        """The states of the messages of a run."""
        return {row["queue_id"]: row["state"] for row in self.run(**given)["emails"]}
