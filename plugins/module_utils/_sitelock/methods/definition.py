# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the table says of a method, and what several families say in the same words."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect

Parameters = t.Mapping[str, t.Any]

ENDPOINT = "https://api.sitelock.com/v1/partner"
"""The address of all methods that have none of their own."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """What a call is about, and where its answer may say so.

    :param kind: what it is, for messages.
    :param asked: where the request names it: names of parameters, from the outside in. It may name several.
    :param named: names under which the answer may name it, as element or attribute, in upper or lower case. C(site_id)
        counts wherever it stands, C(accountInformation/id) only directly in that element.
    :param number: it is a whole number; otherwise it is a text.
    :param fold: of a text, what must be equal.
    :param required: every documented answer names it.
    :param one: an answer names one only, asked for or not.
    """

    kind: str
    asked: tuple[str, ...]
    named: frozenset[str]
    number: bool = True
    fold: t.Callable[[str], str] = str.strip
    required: bool = False
    one: bool = True


@dataclasses.dataclass(frozen=True)
class Method:
    """One method of the partner API.

    :param name: the element below the root of request and answer.
    :param applies: for the second entry of one name: whether a request with these parameters is of this entry. The
        entry without it is for all other requests, and has the gravest effect.
    :param other_names: names that the vendor's pages give to the answer as well.
    :param attributes: parameters that are XML attributes: of the method element, or with a path (C(shield/site_id)) of
        an element in it. All others are elements.
    :param nested: parameters that stand in another one, as paths (C(ips/ip)).
    :param repeats: elements of the answer that may stand more than once; they are always read as lists.
    :param answers_at_root: the answer stands directly below the root of the document, not below ``name``.
    :param subjects: what the call is about. Of a batch: what each of its items is about.
    :param batch: the parameter that holds the items of the request, and the element that answers each of them.
    :param negatives: what tells that an answer with C(status=error) is a "no" and not a failure: elements that only
        such an answer has, or its whole message.
    :param secrets: parameters that are secrets, by the name of the element.
    :param answer_secrets: elements of the answer that are secrets. Of a text that cannot be read as an answer nothing
        is shown then.
    :param endpoint: its own address, if it is not that of all other methods.
    :param answers_file: the answer is a file and no XML document.
    """

    name: str
    effect: Effect
    applies: t.Callable[[Parameters], bool] | None = None
    other_names: frozenset[str] = frozenset()
    attributes: frozenset[str] = frozenset()
    nested: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()
    answers_at_root: bool = False
    subjects: tuple[Subject, ...] = ()
    batch: tuple[str, str] | None = None
    negatives: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()
    answer_secrets: frozenset[str] = frozenset()
    endpoint: str | None = None
    answers_file: bool = False

    def is_answered_by(self, element: str) -> bool:
        """Whether an element below the root of an answer is that of this method. The vendor's pages do not agree on
        upper and lower case in method names."""
        return element.lower() in {each.lower() for each in (self.name, *self.other_names)}


def names(text: str) -> frozenset[str]:
    """The words of ``text``, as a set."""
    return frozenset(text.split())


def texts_under(names: t.Collection[str], value: t.Any, name: str = "") -> t.Iterator[str]:
    """All texts that are given under one of ``names``."""
    if isinstance(value, t.Mapping):
        for key, each in value.items():
            yield from texts_under(names, each, name if name in names else key)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_under(names, each, name)
    elif name in names and value is not None:
        yield str(value)


def bare_domain(text: str) -> str:
    """The API takes a domain with and without C(www.) for the same (page of checkDomain)."""
    domain = text.strip().rstrip(".").lower()
    return domain[4:] if domain.startswith("www.") else domain


def any_case(text: str) -> str:
    """A name in which upper and lower case do not count: an e-mail address, a login, a host."""
    return text.strip().lower()


SITE = Subject("site", ("site_id",), names("site_id site/id"))
ACCOUNT = Subject("account", ("account_id",), names("account_id account/id"))
PLAN = Subject("plan", ("subscription",), names("subscription"), number=False)

SITES = dataclasses.replace(SITE, one=False)
"""Of a method that can be asked for an account, too: the answer names all its sites then."""
