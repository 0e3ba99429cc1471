# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""markEmailsSent: tells the vendor which messages the partner has sent, so that they are no longer pending.

Source: C(markemailssent-...). A message that is marked already is an error with the code C(AMS), so a call whose
response is lost can be sent again without harm.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    RejectedError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.mail import MARK_EMAILS_SENT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.pending_emails import OLDEST, read_pending
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, refusal, text
from ansible_collections.hosting.websec.plugins.module_utils._texts import repeats, shortened

BATCH = 100
"""Maximum number of messages in a call. The vendor states no limit."""

MAX_QUEUE_ID = 200
"""Characters. The vendor states no limit; the examples have three digits."""

_MARKED_ALREADY = re.compile(r"\bAMS\b")
_QUEUE_ID = re.compile(r"[\x21-\x7e]+")

Row = dict[str, t.Any]
Marked = t.Union[bool, WebsecError]
"""Whether a message is marked because of this call (C(False): it was before), or why it is not."""


def check_queue_id(value: object) -> str:
    """The id of a message.

    :raises BadInputError: it is not an id. A number from YAML is one.
    """
    queue_id = str(value).strip() if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not _QUEUE_ID.fullmatch(queue_id) or len(queue_id) > MAX_QUEUE_ID:
        raise BadInputError(
            f"{shortened(repr(value), 60)} is not a queue id.", hint="Use queue_id of sitelock_pending_emails_info."
        )
    return queue_id


def _mark_sent(
    client: SiteLockClient, queue_ids: t.Sequence[str], *, concurrency: int, context: RunContext
) -> dict[str, Marked]:
    batches = [queue_ids[start : start + BATCH] for start in range(0, len(queue_ids), BATCH)]
    found = read_each(
        lambda batch: mark_batch(client, batch, context), batches, unit="call", concurrency=concurrency, context=context
    )
    marked: dict[str, Marked] = {}
    for batch, outcome in zip(batches, found):
        marked.update(dict.fromkeys(batch, outcome) if isinstance(outcome, WebsecError) else outcome)
    return marked


def mark_batch(client: SiteLockClient, batch: t.Sequence[str], context: RunContext) -> dict[str, Marked]:
    """Mark at most C(BATCH) messages as sent; what came of each. A call whose response is lost is sent once more.

    :param batch: valid queue ids, each once.
    :raises WebsecError: none of them can be marked now.
    """
    try:
        return _mark_twice(client, batch)
    except RejectedError:
        # One message must not cost the others their mark.
        if len(batch) == 1:
            raise
        return {queue_id: _mark_alone(client, queue_id, context) for queue_id in batch}


def _mark_alone(client: SiteLockClient, queue_id: str, context: RunContext) -> Marked:
    try:
        context.check()
        return _mark_twice(client, [queue_id])[queue_id]
    except WebsecError as error:
        return error


def _mark_twice(client: SiteLockClient, batch: t.Sequence[str]) -> dict[str, Marked]:
    parameters = {"queue_id": list(batch)}
    try:
        return parse_marked(client.call(MARK_EMAILS_SENT, parameters), batch)
    except WebsecError as error:
        if not error.may_have_happened:
            raise
    return parse_marked(client.call(MARK_EMAILS_SENT, parameters), batch)


def parse_marked(data: t.Mapping[str, t.Any], queue_ids: t.Sequence[str]) -> dict[str, Marked]:
    """What the plain data of a response says about each message.

    :raises BadResponseError: it says nothing about them.
    """
    status = text(data, "status")
    if status not in ("success", "mixed", "failed"):
        raise BadResponseError(
            f"{MARK_EMAILS_SENT.name}: the status in the response of the SiteLock API is "
            f"{shortened(status or 'missing', 60)}.",
            hint="Run again: a message that is marked already does no harm.",
            may_have_happened=True,
        )
    reasons = {
        queue_id: text(each, "reason")
        for each in child(data, "errors").get("error", [])
        if isinstance(each, dict) and (queue_id := text(each, "queue_id"))
    }
    if status == "mixed" and not reasons:
        raise BadResponseError(
            f"{MARK_EMAILS_SENT.name}: the SiteLock API refused some messages, but does not say which.",
            hint="Run again: a message that is marked already does no harm.",
            may_have_happened=True,
        )
    return {each: _refused(reasons.get(each)) if each in reasons or status == "failed" else True for each in queue_ids}


def _refused(reason: str | None) -> Marked:
    if reason and _MARKED_ALREADY.search(reason):
        return False
    return refusal(f"{MARK_EMAILS_SENT.name}: ", reason, None)


# ---- the module


def mark_emails(options: t.Mapping[str, t.Any], context: RunContext, *, check_mode: bool) -> list[Row]:
    """One row for each of C(queue_ids), in their order.

    :param options: connection options, C(queue_ids) and C(concurrency).
    :raises BadInputError: an id is listed twice.
    """
    checked = [_checked(value) for value in options["queue_ids"]]
    valid = [each for each in checked if isinstance(each, str)]
    twice = repeats(valid)
    if twice:
        raise BadInputError(f"A message is listed more than once: {twice}.", hint="List each message once.")
    with SiteLockClient.from_options(options, read_only=check_mode, context=context) as client:
        if check_mode:
            found = _would_mark(client, valid)
        else:
            found = _mark_sent(client, valid, concurrency=options["concurrency"], context=context)
    return [
        _row(each, found[each]) if isinstance(each, str) else _row(shortened(str(value), 60), each)
        for value, each in zip(options["queue_ids"], checked)
    ]


def _checked(value: object) -> str | WebsecError:
    try:
        return check_queue_id(value)
    except WebsecError as error:
        return error


def _would_mark(client: SiteLockClient, queue_ids: t.Sequence[str]) -> dict[str, Marked]:
    if not queue_ids:
        return {}
    pending = {each.queue_id for each in read_pending(client, {"after": OLDEST})}
    return {queue_id: queue_id in pending for queue_id in queue_ids}


def _row(queue_id: str, outcome: Marked) -> Row:
    error = outcome if isinstance(outcome, WebsecError) else None
    return {"queue_id": queue_id, "changed": outcome is True, **error_fields(error, queue_id=queue_id)}
