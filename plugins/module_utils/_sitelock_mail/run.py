# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One run: what is pending is rendered, written to the journal, handed to the SMTP server and marked at SiteLock."""

from __future__ import annotations

import datetime
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._bugs import unexpected_as_bug
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BugError,
    LimitError,
    OutcomeUnknownError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError, RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.emails_sent import (
    BATCH,
    Marked,
    check_queue_id,
    mark_batch,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import check_filters, read_pending
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.items import Item, Step, plan
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.journal import (
    Entry,
    Journal,
    JournalError,
    State,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import Sender, build
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp import (
    LostError,
    NotNowError,
    SenderRefusedError,
    SmtpServer,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.templates import Templates
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

MOST_LOST = 3
"""Connections that fail one after the other before the run stops."""
LEAST_DAYS = 31
"""Days for which the journal remembers what was sent and marked, at least."""
_MOST_DAYS = 36500


def _utc() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


def send_pending(params: t.Mapping[str, t.Any], context: RunContext, *, check_mode: bool) -> list[Item]:
    """The messages of a run, with what came of each.

    :param params: the options of the module.
    :param check_mode: send, mark and write down nothing.
    :raises WebsecError: nothing was sent.
    """
    _check_paths(params)
    with SiteLockClient.from_options(params, read_only=check_mode, context=context) as client:
        sender, settings = Sender.from_options(params), SmtpSettings.from_options(params)
        filters, keep = check_filters(params), _keep(params["journal_keep_days"])
        templates = Templates(params["templates"])
        journal = Journal(params["journal"], lambda: utc_text(_utc()))
        server = SmtpServer(settings)
        opened = journal.opened_to_read if check_mode else journal.opened
        with opened(params["api_url"]):
            # Within the lock: another run may have changed it until then.
            pending = read_pending(client, filters)
            items = plan(
                pending,
                journal.entries(),
                templates,
                code_field=params["code_field"],
                resend=frozenset(check_queue_id(each) for each in params["resend"]),
            )
            _limit(items, params["max_messages"])
            if check_mode:
                _foretell(items)
            else:
                if keep is not None:
                    journal.forget(utc_text(_utc() - keep), but={email.queue_id for email in pending})
                _Run(client, server, journal, sender, context).work(items)
    return items


def _check_paths(params: t.Mapping[str, t.Any]) -> None:
    """A relative path depends on where the task runs. A journal in another place would have messages sent twice."""
    for name in ("templates", "journal"):
        if not os.path.isabs(params[name]):
            raise BadInputError(
                f"{name} is {params[name]!r}, which is no absolute path.",
                hint="Nothing was sent. Set it to a path that begins with a slash: a relative one is in the folder of"
                " the playbook, which for hosting.websec.mail is the installed collection.",
            )


def _keep(days: int | None) -> datetime.timedelta | None:
    """:raises BadInputError: SiteLock could still list such a message."""
    if days is None:
        return None
    if not LEAST_DAYS <= days <= _MOST_DAYS:
        raise BadInputError(
            f"journal_keep_days is {days}; it must be between {LEAST_DAYS} and {_MOST_DAYS}.",
            hint="Nothing was sent. SiteLock lists the messages of the last 30 days: the journal must remember longer.",
        )
    return datetime.timedelta(days=days)


def _limit(items: t.Sequence[Item], most: int | None) -> None:
    planned = [f"{item.queue_id}: {item.code} to {item.recipient}" for item in items if item.step is Step.SEND]
    if most is not None and len(planned) > most:
        raise LimitError(
            f"{counted(len(planned), 'message')} would be sent, and max_messages is {most}.",
            hint="Nothing was sent. Check the messages, then raise max_messages, or set after and before.",
            planned=planned,
        )


def _foretell(items: t.Iterable[Item]) -> None:
    for item in items:
        if item.step is not Step.NONE:
            item.state = "would_send" if item.step is Step.SEND else "would_mark"
            item.changed = True


class _Run:
    """Sends and marks. Whatever happens to a message is in its item and in the journal."""

    def __init__(
        self, client: SiteLockClient, server: SmtpServer, journal: Journal, sender: Sender, context: RunContext
    ) -> None:
        self._client = client
        self._server = server
        self._journal = journal
        self._sender = sender
        self._context = context
        self._lost = 0
        self._stop: WebsecError | None = None
        """Why no further message is sent."""

    def work(self, items: t.Sequence[Item]) -> None:
        """Mark what earlier runs sent. Then send, and mark from time to time."""
        self._mark([item for item in items if item.step is Step.MARK])
        due = [item for item in items if item.step is Step.SEND]
        self._context.begin(len(due), "message")
        try:
            for start in range(0, len(due), BATCH):
                batch = due[start : start + BATCH]
                for item in batch:
                    self._send(item)
                    failed = item.error is not None and not isinstance(item.error, DeferredError)
                    self._context.done(failed=failed)
                self._mark([item for item in batch if item.step is Step.MARK])
        finally:
            self._server.close()

    # Sending

    def _send(self, item: Item) -> None:
        try:
            self._context.check()
            if self._stop is not None:
                raise DeferredError("Not sent.", self._stop)
            with unexpected_as_bug(may_have_happened=True):
                self._try(item)
            self._lost = 0
        except DeferredError as error:
            item.fail(error, "deferred")
        except WebsecError as error:
            if item.step is Step.MARK:
                # The server has it, so it is marked, although the journal could not be written.
                item.error = error
            else:
                item.fail(error, "outcome_unknown" if isinstance(error, OutcomeUnknownError) else "failed")
            self._count(error)

    def _count(self, error: WebsecError) -> None:
        """Stop after an error that every further message would have, too."""
        is_lost = isinstance(error, (LostError, OutcomeUnknownError))
        self._lost = self._lost + 1 if is_lost else 0
        if isinstance(error, (SenderRefusedError, NotNowError, JournalError, BugError)) or self._lost >= MOST_LOST:
            self._stop = error

    def _try(self, item: Item) -> None:
        """:raises WebsecError: it was not sent, or (C(OutcomeUnknownError)) perhaps."""
        if item.content is None:
            return
        content = build(item.content, self._sender, item.recipient, item.queue_id, _utc())
        try:
            self._server.connect()
        except WebsecError as error:
            self._stop = error
            raise
        self._server.offer(self._sender.envelope, item.recipient)
        self._journal.claim(item.queue_id, item.before, item.recipient)
        try:
            reply = self._server.hand_over(content)
        except OutcomeUnknownError as error:
            self._journal.set(item.queue_id, Entry(State.UNKNOWN, item.recipient, error.message))
            raise
        except WebsecError:
            self._journal.take_back(item.queue_id, item.before)
            raise
        item.step, item.state, item.changed = Step.MARK, "accepted", True
        self._journal.set(item.queue_id, Entry(State.ACCEPTED, item.recipient, reply))

    # Marking

    def _mark(self, items: t.Sequence[Item]) -> None:
        for start in range(0, len(items), BATCH):
            self._mark_batch(items[start : start + BATCH])

    def _mark_batch(self, items: t.Sequence[Item]) -> None:
        queue_ids = [item.queue_id for item in items]
        outcomes: dict[str, Marked]
        try:
            self._context.check()
            with unexpected_as_bug(may_have_happened=True):
                outcomes = mark_batch(self._client, queue_ids, self._context)
        except WebsecError as error:
            outcomes = dict.fromkeys(queue_ids, error)
        done = []
        for item in items:
            outcome = outcomes[item.queue_id]
            if isinstance(outcome, WebsecError) and not _is_gone(item, outcome):
                item.error = item.error or _not_marked(outcome)
                continue
            item.state = "sent" if item.changed else "marked"
            item.changed = item.changed or outcome is True
            done.append(item)
        self._settle(done)

    def _settle(self, items: t.Sequence[Item]) -> None:
        try:
            self._journal.settle([item.queue_id for item in items])
        except JournalError as error:
            self._stop = error
            for item in items:
                item.error = item.error or error


def _is_gone(item: Item, error: WebsecError) -> bool:
    """Whether SiteLock refuses the mark of a message that it does not list any more: there is nothing left to do."""
    return item.email is None and isinstance(error, RejectedError)


def _not_marked(error: WebsecError) -> WebsecError:
    if isinstance(error, DeferredError):
        return error
    return type(error)(
        f"The SMTP server has accepted the message, but it could not be marked at SiteLock. {error.message}",
        hint=f"It is not sent again: the next run marks it. {error.hint}".strip(),
        code=error.code,
        http_status=error.http_status,
    )
