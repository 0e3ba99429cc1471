# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The task of M(hosting.websec.fleet_notification): tell one target what differs from what it was told before."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._notify.changes import (
    Changes,
    Known,
    compare,
    in_doubt,
    may_be_known,
    newest_part,
)
from ansible_collections.hosting.websec.plugins.module_utils._notify.mail import Mail
from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import Report, read_report
from ansible_collections.hosting.websec.plugins.module_utils._notify.state import State, StateFile
from ansible_collections.hosting.websec.plugins.module_utils._notify.texts import (
    Message,
    encoded,
    generic,
    in_words,
    message_id,
    slack,
    teams,
)
from ansible_collections.hosting.websec.plugins.module_utils._notify.webhook import Webhook
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.addresses import check_address
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import Sender
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

WEBHOOKS = ("webhook", "slack", "teams")
TYPES = (*WEBHOOKS, "mail")

LONGEST = 3600
"""Seconds: the maximum of C(timeout). The other targets wait meanwhile."""


def notify(options: t.Mapping[str, t.Any], *, check_mode: bool, now: t.Callable[[], str]) -> dict[str, t.Any]:
    """The result of the task.

    :raises WebsecError: the options are not valid, or the target did not take the message.
    """
    target = _target(options)
    file = StateFile(options["state"], options["name"])
    if check_mode:
        return _plan(options, read_report(options["report"]), file.read(), target, now()).result
    with file.locked():
        # While this run waited for another one, there may have come a new one.
        return _told(options, read_report(options["report"]), file, target, now())


_NOTHING = Changes((), {}, {})


@dataclasses.dataclass(frozen=True)
class _Plan:
    """:param message: to send; C(None) if there is nothing to tell. :param changes: in it.
    :param after: what the target knows when it took it. :param result: of a task that sends it.
    """

    message: Message | None
    changes: Changes
    after: Known
    result: dict[str, t.Any]


def _plan(options: t.Mapping[str, t.Any], report: Report, state: State, target: Webhook | Mail, now: str) -> _Plan:
    """:raises BadInputError: the target was told a newer report."""
    if report.check_mode:
        note = "The report is of a run in check mode. Nothing is told about it."
        return _Plan(None, _NOTHING, state.known, _result(None, _NOTHING, note))
    part, left_out = newest_part(report, state.known.told, now)
    if left_out and not part.sites and not part.has_accounts:
        raise BadInputError(
            f"The report {options['report']} is of {report.time}, and the target {options['name']} was told a newer "
            "one.",
            hint="Nothing was sent. Run the role fleet_report, and check fleet_notify_report. If this one is right, "
            f"move {options['state']} away: then all that needs a person is sent again.",
        )
    changes, after = compare(part, state.known, urgency=options["urgency"], with_states=options["states"])
    note = f"The target was told a newer report about {left_out}: of this one, that is left out." if left_out else ""
    message = None
    if changes:
        told = in_words(
            changes,
            title=options["title"],
            link=options["report_url"] or "",
            id=message_id(options["name"], state.sent, changes),
            # Without a doubt: the file is of a version that wrote down none.
            repeats=state.sending if state.known.is_sure or may_be_known(changes, state.known) else "",
        )
        message = told.mapped(Redactor(target.secrets))
    result = {**_result(message, changes, note), "warnings": [*([note] if note else []), *target.warnings]}
    return _Plan(message, changes, after, result)


def _told(
    options: t.Mapping[str, t.Any], report: Report, file: StateFile, target: Webhook | Mail, now: str
) -> dict[str, t.Any]:
    state = file.read()
    plan = _plan(options, report, state, target, now)
    if plan.message is None:
        if plan.after != state.known:
            # What the next report is compared with: it is nothing that the user has to know.
            file.write(dataclasses.replace(state, known=plan.after))
        return plan.result
    # From here on it may have been sent, whatever happens to this process.
    doubt = in_doubt(state.known, plan.after, plan.changes)
    file.write(State(doubt, state.sent, state.sending or now))
    try:
        warning = _send(options, target, plan.message, plan.changes, report)
    except OutcomeUnknownError:
        raise
    except WebsecError as error:
        try:
            file.write(state)
        except WebsecError as second:
            error.message = f"{error.message} {second.message}"
            error.hint = f"{error.hint} Its message says that some of it may have been sent before. {second.hint}"
        raise
    try:
        # What is not in this report, such as the sites of another slice, stays in doubt.
        file.write(State(plan.after, state.sent + 1, "" if plan.after.is_sure else state.sending))
    except WebsecError as error:
        error.message = f"The target {options['name']} took the message. {error.message}"
        error.hint = f"The next run sends it again and says so. {error.hint}"
        raise
    return {**plan.result, "warnings": [*plan.result["warnings"], *([warning] if warning else [])]}


def _send(
    options: t.Mapping[str, t.Any], target: Webhook | Mail, message: Message, changes: Changes, report: Report
) -> str:
    """:returns: a warning."""
    if isinstance(target, Mail):
        return target.send(message)
    kind = options["type"]
    if kind == "webhook":
        # Only what comes from the report: the names of the fields are none of its texts.
        body = generic(message, changes.mapped(Redactor(target.secrets)), report.time)
    else:
        body = slack(message) if kind == "slack" else teams(message)
    return target.send(encoded(body), message.id)


def _target(options: t.Mapping[str, t.Any]) -> Webhook | Mail:
    """:raises BadInputError: the options of the target are not valid."""
    if options["type"] in WEBHOOKS:
        if not options["url"]:
            raise BadInputError(f"The target {options['name']} has no url.", hint="Nothing was sent.")
        headers = {str(name): _header(value, options["name"]) for name, value in (options["headers"] or {}).items()}
        if options["timeout"] > LONGEST:
            raise BadInputError(
                f"timeout of the target {options['name']} is {options['timeout']}; it must be at most "
                f"{counted(LONGEST, 'second')}.",
                hint="Nothing was sent.",
            )
        settings = HttpSettings.from_options({**options, "retries": 0})
        # Slack answers "ok", Teams nothing. Other webhooks may answer with anything.
        takes_pages = options["type"] == "webhook"
        return Webhook(options["name"], options["url"], headers, settings, takes_pages=takes_pages)
    if not options["to"] or not options["sender"]:
        raise BadInputError(
            f"The target {options['name']} sends mail, and has no {'to' if not options['to'] else 'sender'}.",
            hint="Nothing was sent. Set to and sender.",
        )
    sender = Sender.from_options({"reply_to": None, "envelope_sender": None, **options})
    return Mail(sender, check_address(options["to"], "to"), SmtpSettings.from_options(options))


def _header(value: t.Any, target: str) -> str:
    """:raises BadInputError: it is no text."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    raise BadInputError(
        f"The target {target} has a header whose value is not a text.",
        hint="Nothing was sent. Check headers for a variable that is empty.",
    )


def _result(message: Message | None, changes: Changes, note: str) -> dict[str, t.Any]:
    return {
        "changed": message is not None,
        "message_id": message.id if message else None,
        "subject": message.subject if message else None,
        "text": message.lines if message else [],
        "note": note,
        "counts": {
            "new": sum(len(each.names) for each in changes.new),
            "solved": sum(map(len, changes.solved.values())),
            "states": sum(map(len, changes.states.values())),
        },
    }
