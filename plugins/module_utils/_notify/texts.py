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
from ansible_collections.hosting.websec.plugins.module_utils._parsing import clean_text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock_mail.message import in_one_line
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted, listed

FORMAT = "hosting.websec.fleet_notify"
VERSION = 1

SLACK_HEADER, SLACK_TEXT, SLACK_ALL, SLACK_SECTIONS = 150, 2900, 10_000, 45
"""Characters of a header, of a section and of a message, and sections of it
(https://docs.slack.dev/reference/block-kit/blocks: 150, 3,000, 50 blocks; longer messages are refused although no page
has that limit)."""
TEAMS_BYTES, TEAMS_TEXT, TEAMS_SECTIONS = 27_000, 4000, 100
"""Bytes of the JSON of a message, characters of a section, and sections of it. Teams takes 28 KB
(https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors), and counts two bytes or more for each
character."""
MAIL_ALL, MAIL_TEXT, MAIL_SECTIONS = 100_000, 20_000, 1000
"""The same for mail and for the result of the task: many mail servers refuse a message of some MB."""


@dataclasses.dataclass(frozen=True)
class Section:
    """A group, as the report has it."""

    heading: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join((self.heading, *self.lines))

    def mapped(self, change: t.Callable[[str], str]) -> Section:
        """The same with ``change`` applied to every text."""
        return Section(change(self.heading), tuple(map(change, self.lines)))


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
        """For people: all of it, unless it is more than anybody reads."""
        room = _Room(MAIL_ALL)
        shown = _shown(self, MAIL_TEXT, MAIL_SECTIONS, room.takes)
        return [line for text in shown for line in (*text.split("\n"), "")] + list(self.closing)

    def mapped(self, change: t.Callable[[str], str]) -> Message:
        """The same with ``change`` applied to every text."""
        sections = tuple(each.mapped(change) for each in self.sections)
        return dataclasses.replace(self, subject=change(self.subject), sections=sections, link=change(self.link))


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
    # The options may have bytes that are no text.
    subject, link = (in_one_line(clean_text(text)) for text in (f"{title}: {told}", link))
    return Message(id, subject, tuple(sections), link, repeats)


def encoded(body: t.Mapping[str, t.Any]) -> bytes:
    """The JSON of a message as it is sent (RFC 8259, section 8.1: UTF-8)."""
    return json.dumps(body, ensure_ascii=False).encode()


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
        return {"type": "plain_text", "text": _cut(text, most), "emoji": False}

    room = _Room(SLACK_ALL)
    texts = [*_shown(message, SLACK_TEXT, SLACK_SECTIONS, room.takes), *message.closing]
    return {
        # For notifications on a phone. It is mrkdwn: <!channel> would wake everybody.
        "text": _escaped(_cut(message.subject, SLACK_HEADER)),
        "unfurl_links": False,
        "blocks": [
            {"type": "header", "text": plain(message.subject, SLACK_HEADER)},
            *({"type": "section", "text": plain(text, SLACK_TEXT)} for text in texts),
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

    def lines(texts: t.Iterable[str]) -> list[dict[str, t.Any]]:
        return [plain(line) for text in texts for line in text.split("\n")]

    closing = lines(_cut(text, TEAMS_TEXT) for text in message.closing)
    body = [plain(_cut(message.subject, 300), weight="Bolder")]
    # With a place for the line about what is not shown.
    room = _Room(TEAMS_BYTES - _weight([*body, *closing]) - 1000)
    shown = _shown(message, TEAMS_TEXT, TEAMS_SECTIONS, lambda text: room.takes(text, _weight(lines([text]))))
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [*body, *lines(shown), *closing],
    }
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _weight(blocks: t.Sequence[t.Mapping[str, t.Any]]) -> int:
    """Bytes of blocks of Teams, in UTF-8 or in UTF-16, whatever is more."""
    text = json.dumps(blocks, ensure_ascii=False)
    return max(len(text.encode()), 2 * _length(text))


class _Room:
    """How much of a message is left."""

    def __init__(self, size: int) -> None:
        self._left = size

    def takes(self, text: str, size: int | None = None) -> bool:
        """Whether there is room for a text; then it is used.

        :param size: of the text; by default its characters.
        """
        self._left -= _length(text) if size is None else size
        return self._left >= 0


def _shown(message: Message, characters: int, sections: int, takes: t.Callable[[str], bool]) -> list[str]:
    """The texts of as many sections as have room, the most urgent first, and how many have none.

    :param characters: of a section. :param sections: at most.
    """
    texts: list[str] = []
    for section in message.sections[:sections]:
        text = _cut(section.text, characters)
        if not takes(text):
            break
        texts.append(text)
    left_out = len(message.sections) - len(texts)
    return [*texts, *([f"Not shown: {counted(left_out, 'group')}. See the report."] if left_out else [])]


def _length(text: str) -> int:
    """Characters as chat services count them: an emoji is two (UTF-16)."""
    return len(text) + sum(each > "\uffff" for each in text)


def _cut(text: str, most: int) -> str:
    """A text of at most this length, with three dots at its end if there is more."""
    if _length(text) <= most:
        return text
    # The half of a character at the end is left out.
    return text.encode("utf-16-le")[: 2 * (most - 3)].decode("utf-16-le", "ignore") + "..."
