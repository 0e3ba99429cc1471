# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An entry of the table, and facts that several families share."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect

Parameters = t.Mapping[str, t.Any]

ENDPOINT = "https://api.sitelock.com/v1/partner"
"""The address of all methods without one of their own."""


@dataclasses.dataclass(frozen=True)
class Subject:
    """The subject of a call, and where its response may name it.

    :param kind: of subject, for messages.
    :param asked: where the request names it: parameter names, from the outside in. It may name several.
    :param named: where the response may name it: elements or attributes, in upper or lower case. C(site_id) counts
        anywhere, C(accountInformation/id) only directly in that element.
    :param number: it is a whole number, not a text.
    :param fold: reduces a text to the part that is compared.
    :param required: every documented response names it.
    :param one: a response names at most one, whether requested or not.
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

    :param name: the element below the root of request and response.
    :param applies: for the second entry of the same name: whether it is for a request with these parameters. The entry
        without it is for all other requests, and has the gravest effect.
    :param other_names: other names of the response element in the vendor's pages.
    :param attributes: parameters that are XML attributes: of the method element, or with a path (C(shield/site_id)) of
        an element in it. All others are elements.
    :param nested: parameters inside another one, as paths (C(ips/ip)).
    :param repeats: elements of the response that may repeat; they are always read as lists.
    :param answers_at_root: the response is directly below the root of the document, not below ``name``.
    :param subjects: of the call; for a batch, of each item.
    :param batch: the parameter with the items of the request, and the element with the response to each item.
    :param negatives: what distinguishes a "no" with C(status=error) from a failure: elements that only such a response
        has, or its whole message.
    :param secrets: parameters that are secrets, by the name of the element.
    :param answer_secrets: elements of the response that are secrets. If there are any, an unreadable response is not
        shown at all.
    :param private: an unreadable response is not shown either, because it may have what visitors sent.
    :param endpoint: its own address, if it is not that of all other methods.
    :param answers_file: the response is a file, not an XML document.
    :param may_be_empty: an empty element is a response: there is nothing to list.
    :param may_answer_each: the response may have one element for each site, all with the name of the method. They are
        then returned as a list under this name.
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
    private: bool = False
    endpoint: str | None = None
    answers_file: bool = False
    may_be_empty: bool = False
    may_answer_each: bool = False

    def is_answered_by(self, element: str) -> bool:
        """Whether an element below the root of a response is the one of this method. The vendor's pages use upper and
        lower case differently in method names."""
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
    """The API treats a domain with and without C(www.) as the same (page of checkDomain)."""
    domain = text.strip().rstrip(".").lower()
    return domain[4:] if domain.startswith("www.") else domain


def any_case(text: str) -> str:
    """A name whose letter case does not matter: an e-mail address, a login, a host."""
    return text.strip().lower()


SITE = Subject("site", ("site_id",), names("site_id site/id"))
ACCOUNT = Subject("account", ("account_id",), names("account_id account/id"))
PLAN = Subject("plan", ("subscription",), names("subscription"), number=False)

SITES = dataclasses.replace(SITE, one=False)
"""For a method that accepts an account, too: its response then lists all sites of the account."""
