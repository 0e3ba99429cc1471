# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""E-mails that a white-label partner sends instead of the vendor: what waits, and what was sent."""

from __future__ import annotations

import calendar
import time

from lxml import etree

from ..model import Email
from ..settings import Settings
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Values
from .methods import method
from .product_sites import moment
from .protected import listed

_NOT_SET_UP = "Account is not set up for e-mail white-labelling"
_FORMAT = "%Y-%m-%d %H:%M:%S"
_FILTERS = (
    Field("before", optional=True),
    Field("after", optional=True),
    Field("account", optional=True),
)
# AMS is the only documented code.
_ALREADY, _UNKNOWN = ("AMS", "E-mail was already marked as sent"), ("QNF", "Queue id not found")


@method("getPendingEmails", *_FILTERS)
def get_pending_emails(context: Context, values: Values) -> Answer:
    """getPendingEmails: the oldest first. How replacements are written is not documented."""
    failed = _failure(context, "getPendingEmails", values)
    if failed:
        return failed
    shown = [_email(context.settings, one) for one in _pending(context, values)]
    emails = listed(context.settings, "emails", shown)
    return answer.ok(node("getPendingEmails", emails, *texts(status="success")))


@method("getPendingEmailsSimple", *_FILTERS)
def get_pending_emails_simple(context: Context, values: Values) -> Answer:
    """getPendingEmailsSimple: what follows the count is not documented."""
    failed = _failure(context, "getPendingEmailsSimple", values)
    if failed:
        return failed
    pending, form = _pending(context, values), context.settings.simple_emails
    emails = None
    if form == "queue_ids":
        emails = node("emails", *[node("email", text=one.id) for one in pending])
    elif form == "full":
        emails = node("emails", *[_email(context.settings, one) for one in pending])
    count = texts(count=len(pending))
    return answer.ok(node("getPendingEmailsSimple", *count, emails, *texts(status="success")))


def _failure(context: Context, name: str, filters: Values) -> Answer | None:
    """The answer of a call that does nothing."""
    settings = context.settings
    wrong = any(one in filters and _time(filters[one]) is None for one in ("before", "after"))
    if not settings.white_label_mail:
        problem = _NOT_SET_UP
    elif wrong and settings.invalid_dates == "refuse":
        problem = "Invalid date"
    else:
        return None
    return answer.ok(node(name, *texts(error=problem, status="failed")), outcome=f"error: {problem}")


def _pending(context: Context, values: Values) -> list[Email]:
    before, after = (_time(values.get(name, "")) for name in ("before", "after"))
    if before is None and after is None and context.settings.pending_emails == "last_30_days":
        after = context.world.clock.now() - 30 * 86400
    with context.world.change():
        return [
            one
            for one in sorted(context.world.emails.values(), key=lambda one: one.queued_at)
            if one.sent_at is None
            and values.get("account") in (None, one.account_id)
            and (before is None or one.queued_at < before)
            and (after is None or one.queued_at > after)
        ]


def _time(text: str) -> float | None:
    """A time of a filter, None for what is none."""
    try:
        return float(calendar.timegm(time.strptime(text, _FORMAT)))
    except ValueError:
        return None


def _email(settings: Settings, email: Email) -> etree._Element:
    return node(
        "email",
        *texts(
            account_id=email.account_id,
            domain=email.domain,
            email_address=email.email_address,
            email_id=email.email_id,
            queue_id=email.id,
            queue_time=moment(email.queued_at),
        ),
        _replacements(settings, email),
    )


def _replacements(settings: Settings, email: Email) -> etree._Element:
    fixed = {"domain": email.domain, "email_address": email.email_address, "site_id": email.site_id}
    form = settings.replacements_form
    if form == "groups":
        return node("replacements", node("fixed", *texts(**fixed)), node("specific", *texts(**email.replacements)))
    every = {**fixed, **email.replacements}
    if form == "pairs":
        return node("replacements", *[node("replacement", *texts(name=key, value=every[key])) for key in every])
    if form == "attributes":
        return node("replacements", *[node("replacement", text=str(every[key]), name=key) for key in every])
    return node("replacements", *texts(**every))


@method("markEmailsSent", Field("queue_id", repeat=True), write=True)
def mark_emails_sent(context: Context, values: Values) -> Answer:
    """markEmailsSent: each queue id for itself; C(mixed) when some were marked and some were not."""
    failed = _failure(context, "markEmailsSent", {})
    if failed:
        return failed
    wanted: list[str] = values["queue_id"]
    with context.world.change():
        problems = {number: problem for number in range(len(wanted)) if (problem := _mark(context, wanted[number]))}
    status = "success" if not problems else "failed" if len(problems) == len(wanted) else "mixed"
    errors = [
        node("error", *texts(queue_id=wanted[number], reason=_reason(context.settings, *problem)))
        for number, problem in problems.items()
    ]
    said = listed(context.settings, "errors", errors)
    return answer.ok(node("markEmailsSent", said, *texts(status=status)), outcome=f"ok: {status}")


def _mark(context: Context, number: str) -> tuple[str, str] | None:
    """Mark one e-mail; the code and the text of why not."""
    email = context.world.emails.get(number)
    if not email:
        return _UNKNOWN
    email.marked += 1
    problem = _ALREADY if email.sent_at is not None else None
    if not problem:
        email.sent_at = context.world.clock.now()
    context.world.save(email)
    return problem


def _reason(settings: Settings, code: str, text: str) -> str:
    return f"{code}: {text}" if settings.reason_form == "code_first" else f"{text} ({code})"
