# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is due for each message. Pure: from what is pending and what the journal knows, without a network or a file."""

from __future__ import annotations

import dataclasses
import enum
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.emails_sent import check_queue_id
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import PendingEmail, flat_texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.addresses import check_address
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.journal import Entry, State
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp import LOOK
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.templates import Content, Templates
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened


class Step(enum.Enum):
    """What is due for a message."""

    SEND = "send"
    MARK = "mark"
    """The SMTP server has it; SiteLock does not know yet."""
    NONE = "none"


@dataclasses.dataclass
class Item:
    """One message of a run.

    :param email: C(None): it is in the journal only.
    :param before: its entry in the journal when the run began.
    :param state: how far it is, for the report.
    """

    queue_id: str
    email: PendingEmail | None
    before: Entry | None
    step: Step = Step.NONE
    state: str = "failed"
    code: str | None = None
    template: str | None = None
    recipient: str = ""
    content: Content | None = None
    changed: bool = False
    error: WebsecError | None = None

    def fail(self, error: WebsecError, state: str = "failed") -> None:
        self.step, self.state, self.error = Step.NONE, state, error

    def _missing(self) -> str:
        if self.code is None:
            return "It has no code. Check code_field."
        return f"There is no template for the code {shortened(self.code, 60)}. It stays pending until you add one."

    def row(self, *, show_content: bool) -> dict[str, t.Any]:
        """The item as an entry of the result."""
        email, content = self.email, self.content
        return {
            "queue_id": self.queue_id or None,
            "account_id": email.account_id if email else None,
            "domain": (email.domain if email else "") or None,
            "email_address": self.recipient or (email.email_address if email else "") or None,
            "code": self.code,
            "template": self.template,
            "subject": content.subject if content else None,
            "text": content.text if content and show_content else None,
            "html": content.html if content and show_content else None,
            "state": self.state,
            "needs_person": [self._missing()] if self.state == "no_template" else [],
            "changed": self.changed,
            **error_fields(self.error, queue_id=self.queue_id),
        }


def plan(
    pending: t.Sequence[PendingEmail],
    entries: t.Mapping[str, Entry],
    templates: Templates,
    *,
    code_field: str,
    resend: t.Collection[str],
) -> list[Item]:
    """The messages of a run: those that are pending, in their order, then those that only the journal knows.

    :param code_field: the field of a message, or the replacement, whose value selects its template.
    :param resend: messages with an unknown outcome that may be sent again.
    """
    items: list[Item] = []
    by_id: dict[str, Item] = {}
    for email in pending:
        twin = by_id.get(email.queue_id)
        if twin is None:
            item = Item(email.queue_id, email, entries.get(email.queue_id))
            _decide(item, templates, code_field, resend)
            items.append(item)
            if item.queue_id:
                by_id[item.queue_id] = item
        elif twin.email != email:
            twin.fail(
                BadResponseError(
                    f"The SiteLock API lists two different messages with the queue id {email.queue_id}.",
                    hint="None of them was sent. If this happens in every run, ask the vendor.",
                )
            )
    only_in_journal = (_from_journal(name, entry, resend) for name, entry in entries.items() if name not in by_id)
    nowhere = (_from_nowhere(name) for name in sorted(resend) if name not in by_id and name not in entries)
    return [*items, *(item for item in only_in_journal if item is not None), *nowhere]


def _decide(item: Item, templates: Templates, code_field: str, resend: t.Collection[str]) -> None:
    """Set step and state of a pending message."""
    if item.email is None:
        return
    try:
        check_queue_id(item.queue_id)
        if item.before is not None and item.before.state in (State.ACCEPTED, State.MARKED):
            item.step, item.state, item.recipient = Step.MARK, "accepted", item.before.recipient
        elif item.before is not None and item.queue_id not in resend:
            item.fail(_unknown(item.queue_id, item.before), "outcome_unknown")
        else:
            _prepare(item, item.email, templates, code_field)
    except WebsecError as error:
        item.fail(error)


def _prepare(item: Item, email: PendingEmail, templates: Templates, code_field: str) -> None:
    """Render a message that is to be sent.

    :raises BadInputError: it is not possible.
    """
    replacements = flat_texts(email.replacements)
    item.code = email.fields.get(code_field) or replacements.get(code_field) or None
    item.template = templates.name_of(item.code) if item.code else None
    if item.template is None:
        item.state = "no_template"
        return
    item.recipient = check_address(email.email_address, "email_address")
    message = {**email.as_dict(), "fields": dict(email.fields)}
    variables = {**replacements, "replacements": email.replacements, "message": message}
    item.content = templates.render(item.template, variables)
    item.step, item.state = Step.SEND, "pending"


def _from_journal(queue_id: str, entry: Entry, resend: t.Collection[str]) -> Item | None:
    """A message that is not pending, if there is something to do or to say about it."""
    item = Item(queue_id, None, entry, recipient=entry.recipient)
    if entry.state is State.ACCEPTED:
        item.step, item.state = Step.MARK, "accepted"
        return item
    if queue_id in resend and entry.state is not State.MARKED:
        item.fail(
            BadInputError(
                f"Message {queue_id} cannot be sent again: SiteLock does not list it as pending.",
                hint="If it is older than 30 days, set after. If it is marked as sent, remove it from resend.",
            )
        )
        return item
    return None


def _from_nowhere(queue_id: str) -> Item:
    item = Item(queue_id, None, None)
    item.fail(
        BadInputError(
            f"Message {queue_id} cannot be sent again: neither SiteLock nor the journal has this queue id.",
            hint="Check the number in resend, or remove it. If the message is older than 30 days, set after.",
        )
    )
    return item


def _unknown(queue_id: str, entry: Entry) -> OutcomeUnknownError:
    what = entry.reply or "A run ended while it was being sent."
    return OutcomeUnknownError(
        f"Message {queue_id} to {entry.recipient} may have been sent, or not. {shortened(what)}",
        hint=f"It is not sent again. {LOOK}",
        may_have_happened=True,
    )
