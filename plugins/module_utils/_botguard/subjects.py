# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose answer is it? An answer counts only for what was asked, and only when it does not contradict itself.

This is looked at before anything in an answer is believed, its errors included: "no such website" about another domain
would have this one registered.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

MAX_SHOWN = 80
"""Characters of a foreign name that a message shows."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a call is about.

    :param named: the key under which its answer may name it, in upper or lower case.
    """

    named: str
    asked: str


def website(domain: str) -> Subject:
    """A call about one website."""
    return Subject("domain", domain)


def sub_account(email: str) -> Subject:
    """A call about one sub-account."""
    return Subject("email", email)


def refuse_foreign(value: t.Any, about: Subject | None, *, http_status: int, call: str) -> None:
    """Check ``value``, the JSON of an answer.

    :param about: what the call is about; C(None) for lists, which are about many.
    :raises BadResponseError: the answer is about something else, or contradicts itself. Of a write it is not known then
        whether it had its effect.
    """
    for answer in value if isinstance(value, list) else [value]:
        if isinstance(answer, dict):
            _refuse_doubles(answer, call)
            _refuse_contradictions(answer, http_status, call)
            if about is not None:
                _refuse_others(answer, about, call)


def comparable_domain(domain: str) -> str:
    """``domain`` in the spelling that is compared; what is no domain name stays as it is."""
    try:
        return normalise_domain(domain)
    except BadInputError:
        return domain


def _refuse_doubles(answer: dict[str, t.Any], call: str) -> None:
    """The parser refuses the same key twice."""
    spelled: dict[str, str] = {}
    for key in answer:
        other = spelled.setdefault(key.lower(), key)
        if other != key:
            raise _refusal(call, f"says both {_shown(other)} and {_shown(key)}")


def _refuse_contradictions(answer: dict[str, t.Any], http_status: int, call: str) -> None:
    status = answer.get("status")
    if not isinstance(status, str) or status == "error":
        return
    if answer.get("error"):
        raise _refusal(call, f"has the status {_shown(status)} and an error")
    if http_status == 404 and "domain" in answer:
        raise _refusal(call, f"gives a website that is {_shown(status)}, with HTTP 404")


def _refuse_others(answer: dict[str, t.Any], about: Subject, call: str) -> None:
    for key, said in answer.items():
        if key.lower() == about.named and not _same(about, said):
            raise _refusal(call, f"is about {_shown(said)}, and not about {about.asked}")


def _same(about: Subject, said: t.Any) -> bool:
    if not isinstance(said, str):
        return False
    if about.named == "domain":
        return comparable_domain(said) == comparable_domain(about.asked)
    return said.strip().lower() == about.asked.lower()


def _shown(said: t.Any) -> str:
    return repr(shortened(str(said), MAX_SHOWN))


def _refusal(call: str, what: str) -> BadResponseError:
    return BadResponseError(
        f"{call}: the answer of the BotGuard API {what}.",
        hint="Nothing was done because of this answer. Run the pass again; if this stays, a proxy between this machine "
        "and the API may mix up answers, or the API has changed: ask the vendor.",
        may_have_happened=True,
    )
