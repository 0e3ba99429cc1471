# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A notification in words, and as the JSON that each kind of webhook takes. Pure.

Texts come from customers and vendors. They are plain text everywhere: in blocks of Slack and Teams that know no markup,
and escaped where Slack does know it.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._notify.changes import Changes
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, listed, shortened

FORMAT = "hosting.websec.fleet_notify"
VERSION = 1

SLACK_HEADER, SLACK_TEXT, SLACK_ALL = 147, 2900, 10_000
"""Characters of a header, of a section and of a message (https://docs.slack.dev/reference/block-kit/blocks: 150, 3,000;
longer messages are refused although no page has that limit)."""
TEAMS_ALL = 12_000
"""Characters of a message. Teams takes 28 KB (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors),
in which a character can have four bytes."""


@dataclasses.dataclass(frozen=True)
class Section:
    """A group, as the report has it."""

    heading: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((self.heading, *self.lines))


@dataclasses.dataclass(frozen=True)
class Message:
    """:param repeats: when a message with this may have been sent already; empty if it was not."""

    id: str
    subject: str
    sections: tuple[Section, ...]
    link: str
    repeats: str

    @property
    def closing(self) -> tuple[str, ...]:
        again = f"Some of this may have been sent before ({self.repeats}): the answer to that message is unknown."
        return (*([again] if self.repeats else []), *([f"Report: {self.link}"] if self.link else []))

    @property
    def lines(self) -> list[str]:
        """All of it for people."""
        return [line for section in self.sections for line in (*section.text.split("\n"), "")] + list(self.closing)


def message_id(target: str, sent: int, changes: Changes) -> str:
    """The same if the same changes are sent again, and another for each other message.

    :param sent: how many messages the target has taken.
    """
    told = [[each.reason, each.codes, each.names] for each in changes.new]
    rest = [list(changes.solved.items()), list(changes.states.items())]
    return hashlib.sha256(json.dumps([target, sent, told, rest]).encode()).hexdigest()[:32]


def in_words(changes: Changes, *, title: str, link: str, id: str, repeats: str) -> Message:
    """The message for people."""
    sections = [
        Section(
            f"{each.title}{f' ({each.codes})' if each.codes else ''}: {listed(each.names)}",
            tuple(filter(None, (each.message, each.hint))),
        )
        for each in changes.new
    ]
    sections += [Section(f"Solved: {name}: {listed(names)}", ()) for name, names in changes.solved.items()]
    sections += [
        Section(f"State {before or 'unknown'} → {state or 'unknown'}: {listed(names)}", ())
        for (before, state), names in changes.states.items()
    ]
    amounts = {
        "need action": sum(len(each.names) for each in changes.new),
        "solved": sum(map(len, changes.solved.values())),
        "with another state": sum(map(len, changes.states.values())),
    }
    told = ", ".join(f"{amount:,} {what}" for what, amount in amounts.items() if amount)
    return Message(id, f"{title}: {told}", tuple(sections), link, repeats)


def generic(message: Message, changes: Changes, time: str) -> dict[str, t.Any]:
    """The whole message as data; the README of the role C(fleet_notify) describes it."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "id": message.id,
        "time": time,
        "subject": message.subject,
        "report_url": message.link or None,
        "repeats": message.repeats or None,
        "attention": [
            {
                "reason": each.reason,
                "urgency": each.urgency,
                "title": each.title,
                "codes": each.codes,
                "message": each.message,
                "hint": each.hint,
                "domains": list(each.names),
            }
            for each in changes.new
        ],
        "solved": [{"title": title, "domains": list(names)} for title, names in changes.solved.items()],
        "states": [
            {"state_before": before or None, "state": state or None, "domains": list(names)}
            for (before, state), names in changes.states.items()
        ],
    }


def slack(message: Message) -> dict[str, t.Any]:
    """For an incoming webhook of Slack (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks)."""

    def plain(text: str, most: int) -> dict[str, t.Any]:
        return {"type": "plain_text", "text": shortened(text, most), "emoji": False}

    return {
        # For notifications on a phone. It is mrkdwn: <!channel> would wake everybody.
        "text": _escaped(shortened(message.subject, SLACK_HEADER)),
        "unfurl_links": False,
        "blocks": [
            {"type": "header", "text": plain(message.subject, SLACK_HEADER)},
            *({"type": "section", "text": plain(text, SLACK_TEXT)} for text in _shown(message, SLACK_ALL, 45)),
        ],
    }


def _escaped(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def teams(message: Message) -> dict[str, t.Any]:
    """For a webhook of a Teams workflow: a message with an adaptive card
    (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using).

    Markdown is a matter of C(TextBlock) only, so all texts are in a C(RichTextBlock).
    """

    def plain(text: str, **style: str) -> dict[str, t.Any]:
        return {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": text, **style}]}

    lines = [line for text in _shown(message, TEAMS_ALL, 100) for line in text.split("\n")]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [plain(shortened(message.subject, 300), weight="Bolder"), *map(plain, lines)],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _shown(message: Message, characters: int, sections: int) -> list[str]:
    """The texts of as many sections as have room, the most urgent first, and the end of the message."""
    texts: list[str] = []
    for section in message.sections[:sections]:
        if sum(map(len, texts)) + len(section.text) > characters:
            break
        texts.append(section.text)
    left_out = len(message.sections) - len(texts)
    more = [f"Not shown: {counted(left_out, 'group')}. See the report."] if left_out else []
    return [*texts, *more, *message.closing]
