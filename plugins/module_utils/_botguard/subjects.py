# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The subject of a response: it must match the request, and must not contradict itself.

This is checked before anything in a response is used, including errors: "no such website" about another domain would
register this one. The vendor has not published the form of its responses, so the subject is searched at any depth:
C({"data": {"domain": ...}}) is about that domain.
"""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

MAX_SHOWN = 80
"""Characters of a foreign name that a message shows."""


_ALSO_NAMES = frozenset({"id", "name", "site", "user", "username", "website"})
"""Keys that name a subject if their text can be one: C(id) is a number in one API, an e-mail address in another."""
_ENVELOPES = frozenset(
    {"account", "data", "item", "object", "payload", "response", "result", "site", "user", "website"},
)
"""Keys, also in the plural, of objects with a complete response, and not a part of one."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """The subject of a call.

    :param named: the key of the subject in the response, in upper or lower case.
    :param parts: keys of a response, in lower case, below which other subjects may be named.
    """

    named: str
    asked: str
    parts: frozenset[str] = frozenset()

    def is_name(self, text: str) -> bool:
        """Whether ``text`` can be the name of such a subject."""
        return "@" in text if self.named == "email" else _is_domain(text)

    def is_same(self, said: t.Any) -> bool:
        """Whether ``said`` names this subject."""
        if not isinstance(said, str):
            return False
        if self.named == "domain":
            return comparable_domain(said) == comparable_domain(self.asked)
        return said.strip().lower() == self.asked.lower()


_PARTS_OF_A_WEBSITE = frozenset(
    {"primary", "primary_server", "secondary", "secondary_server", "server", "servers", "settings", "user"}
)
"""Its servers have host names, its owner has an id, and its rules can name any domain."""


def website(domain: str) -> Subject:
    """A call about one website."""
    return Subject("domain", domain, _PARTS_OF_A_WEBSITE)


def sub_account(email: str) -> Subject:
    """A call about one sub-account."""
    return Subject("email", email)


def refuse_foreign(value: t.Any, about: Subject | None, *, http_status: int, call: str) -> None:
    """Check ``value``, the JSON of an answer.

    :param about: the subject of the call; C(None) for lists, which have many.
    :raises BadResponseError: the response is about another subject, or contradicts itself. The effect of a write is
        then unknown.
    """
    if about is not None:
        for said in _named(value, about):
            if not about.is_same(said):
                raise _refusal(call, f"is about {_shown(said)}, and not about {about.asked}")
    for answer in value if isinstance(value, list) else [value]:
        if isinstance(answer, dict):
            _refuse_doubles(answer, call)
            _refuse_contradictions(answer, http_status, call)


def comparable_domain(domain: str) -> str:
    """``domain`` normalized for comparison; an invalid domain name is unchanged."""
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
        raise _refusal(call, f"returns a website with the status {_shown(status)}, with HTTP 404")


def _named(value: t.Any, about: Subject, key: str = "", *, inside: bool = False) -> t.Iterator[t.Any]:
    """All subjects of the response in ``value``, which belongs to ``key``.

    :param inside: it is in an object that names its subject: it may be a part of it, with its own names.
    """
    if isinstance(value, list):
        for each in value:
            yield from _named(each, about, key, inside=inside)
    elif isinstance(value, dict):
        keys = {name: name.strip().lower() for name in value}
        inside = inside or about.named in keys.values()
        for name, said in value.items():
            if keys[name] == about.named:
                yield said
            elif keys[name] not in about.parts and (not inside or keys[name].removesuffix("s") in _ENVELOPES):
                if isinstance(said, dict) and about.is_name(name):
                    yield name
                yield from _named(said, about, keys[name], inside=inside)
    elif isinstance(value, str) and key in _ALSO_NAMES and not inside and about.is_name(value):
        yield value


def _is_domain(text: str) -> bool:
    try:
        normalise_domain(text)
    except BadInputError:
        return False
    return True


def _shown(said: t.Any) -> str:
    return repr(shortened(str(said), MAX_SHOWN))


def _refusal(call: str, what: str) -> BadResponseError:
    return BadResponseError(
        f"{call}: the response of the BotGuard API {what}.",
        hint="This response was discarded. Run the pass again. If the error persists, a proxy may be mixing up "
        "responses, or the API has changed: ask the vendor.",
        may_have_happened=True,
    )
