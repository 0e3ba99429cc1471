# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a live API does where its documents are silent: from observations to rows of a fixed vocabulary.

Nothing that a server sent is in a row. An observation looks at responses, and says one of its own words; what it says
otherwise is not believed.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import DeferredError

MIXED = "mixed"
"""The word for responses that differ: one site does this, and another one that."""
NOT_SEEN = "not seen"

NOTHING_THERE = "nothing_there"
NOT_GIVEN = "not_given"
NOT_TRIED = "not_tried"
REFUSED = "refused"
CREDENTIALS_REFUSED = "credentials_refused"
NO_ANSWER = "no_answer"
BAD_RESPONSE = "bad_response"
ONE_FILE = "one_file"
TIME_LIMIT = "time_limit"
UNEXPECTED = "unexpected"

REASONS = {
    NOTHING_THERE: "the responses have nothing that shows it",
    NOT_GIVEN: "an option of the task is needed for it, which is not set",
    NOT_TRIED: "the call for it is off by default",
    REFUSED: "the API refused the call",
    CREDENTIALS_REFUSED: "the API refused the credentials, or the address of this machine",
    NO_ANSWER: "the API did not answer",
    BAD_RESPONSE: "the response was none of this API",
    ONE_FILE: "the report has only one file",
    TIME_LIMIT: "the time limit came first",
    UNEXPECTED: "this collection could not read the response; this is a bug",
}
"""Why something was not seen, with its explanation."""


class NotSeenError(Exception):
    """Nothing can be said. :param reason: one of C(REASONS)."""

    def __init__(self, reason: str = NOTHING_THERE) -> None:
        super().__init__(reason)
        self.reason = reason


Responses = t.TypeVar("Responses")


@dataclasses.dataclass(frozen=True)
class Observation(t.Generic[Responses]):
    """One thing that the documents leave open.

    :param id: the name in docs/not-verified.md; that of the setting of the sandbox where there is one.
    :param question: what is open, for people.
    :param words: all possible answers.
    :param look: from the responses to one of C(words).
        Raises ``NotSeenError`` if they do not show it.
    """

    id: str
    question: str
    words: tuple[str, ...]
    look: t.Callable[[Responses], str]


@dataclasses.dataclass(frozen=True)
class Row:
    """What was seen. :param outcome: a word of the observation, C(MIXED) or C(NOT_SEEN).
    :param reason: one of C(REASONS) for C(NOT_SEEN), else empty."""

    id: str
    question: str
    outcome: str
    reason: str = ""


def observe(observations: t.Iterable[Observation[Responses]], responses: Responses) -> list[Row]:
    """One row for each observation, in their order. The trouble of one never costs the others theirs."""
    return [_row(each, responses) for each in observations]


def _row(observation: Observation[Responses], responses: Responses) -> Row:
    try:
        word = observation.look(responses)
        if word != MIXED and word not in observation.words:
            raise NotSeenError(UNEXPECTED)
    except NotSeenError as nothing:
        return Row(observation.id, observation.question, NOT_SEEN, nothing.reason)
    except WebsecError as error:
        return Row(observation.id, observation.question, NOT_SEEN, reason_of(error))
    except Exception:
        # The text of the error may have data of the server.
        return Row(observation.id, observation.question, NOT_SEEN, UNEXPECTED)
    return Row(observation.id, observation.question, word)


def reason_of(error: WebsecError) -> str:
    """Why an error of a call shows nothing."""
    if isinstance(error, DeferredError):
        return TIME_LIMIT if error.cause is None else reason_of(error.cause)
    return _BY_KIND.get(error.kind, REFUSED)


_BY_KIND = {
    "auth": CREDENTIALS_REFUSED,
    "not_allowed": CREDENTIALS_REFUSED,
    "unavailable": NO_ANSWER,
    "timeout": NO_ANSWER,
    "bad_response": BAD_RESPONSE,
    "bug": UNEXPECTED,
}


def one_word(words: t.Iterable[str | None], otherwise: str = NOTHING_THERE) -> str:
    """The word that several responses have in common; C(MIXED) if they differ.

    :param words: C(None) for a response that shows nothing.
    :raises NotSeenError: none of them shows anything, for the reason ``otherwise``.
    """
    found = {word for word in words if word is not None}
    if not found:
        raise NotSeenError(otherwise)
    return found.pop() if len(found) == 1 else MIXED


def yes_or_no(value: bool) -> str:
    return YES if value else NO


YES, NO = YES_OR_NO = ("yes", "no")
