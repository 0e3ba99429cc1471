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
from ansible_collections.hosting.websec.plugins.module_utils._notify.changes import Changes, compare
from ansible_collections.hosting.websec.plugins.module_utils._notify.mail import Mail
from ansible_collections.hosting.websec.plugins.module_utils._notify.report_file import Report, read_report
from ansible_collections.hosting.websec.plugins.module_utils._notify.state import State, StateFile
from ansible_collections.hosting.websec.plugins.module_utils._notify.texts import (
    Message,
    generic,
    in_words,
    message_id,
    slack,
    teams,
)
from ansible_collections.hosting.websec.plugins.module_utils._notify.webhook import Webhook
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor, redact_data
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.addresses import check_address
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import Sender
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.smtp_settings import SmtpSettings

WEBHOOKS = ("webhook", "slack", "teams")
TYPES = (*WEBHOOKS, "mail")


def notify(options: t.Mapping[str, t.Any], *, check_mode: bool, now: t.Callable[[], str]) -> dict[str, t.Any]:
    """The result of the task.

    :raises WebsecError: the options are not valid, or the target did not take the message.
    """
    target = _target(options)
    report = read_report(options["report"])
    if report.check_mode:
        return _result(None, Changes((), {}, {}), "The report is of a run in check mode. Nothing is told about it.")
    file = StateFile(options["state"], options["name"])
    if check_mode:
        _message, result = _compared(options, report, file.read(), target)
        return result
    with file.locked():
        return _told(options, report, file, target, now)


def _told(
    options: t.Mapping[str, t.Any],
    report: Report,
    file: StateFile,
    target: Webhook | Mail,
    now: t.Callable[[], str],
) -> dict[str, t.Any]:
    state = file.read()
    message, result = _compared(options, report, state, target)
    changes, after = _changes(options, report, state)
    if message is None:
        if after != state.told:
            # What the next report is compared with: it is nothing that the user has to know.
            file.write(dataclasses.replace(state, told=after))
        return result
    # From here on it may have been sent, whatever happens to this process.
    file.write(dataclasses.replace(state, sending=state.sending or now()))
    try:
        _send(options, target, message, changes, report)
    except OutcomeUnknownError:
        raise
    except WebsecError:
        file.write(state)
        raise
    try:
        file.write(State(told=after, sent=state.sent + 1))
    except WebsecError as error:
        error.message = f"The target {options['name']} took the message. {error.message}"
        error.hint = f"The next run sends it again and says so. {error.hint}"
        raise
    return result


def _changes(options: t.Mapping[str, t.Any], report: Report, state: State) -> t.Any:
    return compare(report, state.told, urgency=options["urgency"], with_states=options["states"])


def _compared(
    options: t.Mapping[str, t.Any], report: Report, state: State, target: Webhook | Mail
) -> tuple[Message | None, dict[str, t.Any]]:
    """The message, C(None) if there is nothing to tell, and the result of a task that sends it."""
    changes, _after = _changes(options, report, state)
    if not changes:
        return None, _result(None, changes, "")
    message = in_words(
        changes,
        title=options["title"],
        link=options["report_url"] or "",
        id=message_id(options["name"], state.sent, changes),
        repeats=state.sending,
    )
    redact = Redactor(target.secrets)
    clean = dataclasses.replace(
        message,
        subject=redact(message.subject),
        sections=tuple(
            dataclasses.replace(each, heading=redact(each.heading), lines=tuple(map(redact, each.lines)))
            for each in message.sections
        ),
        link=redact(message.link),
    )
    return clean, _result(clean, changes, "")


def _send(
    options: t.Mapping[str, t.Any], target: Webhook | Mail, message: Message, changes: Changes, report: Report
) -> None:
    if isinstance(target, Mail):
        target.send(message)
        return
    kind = options["type"]
    if kind == "webhook":
        body, _changed = redact_data(generic(message, changes, report.time), Redactor(target.secrets))
    else:
        body = slack(message) if kind == "slack" else teams(message)
    target.send(body, message.id)


def _target(options: t.Mapping[str, t.Any]) -> Webhook | Mail:
    """:raises BadInputError: the options of the target are not valid."""
    if options["type"] in WEBHOOKS:
        if not options["url"]:
            raise BadInputError(f"The target {options['name']} has no url.", hint="Nothing was sent.")
        headers = {str(name): str(value) for name, value in (options["headers"] or {}).items()}
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
