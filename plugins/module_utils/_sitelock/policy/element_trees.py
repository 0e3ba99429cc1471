# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Elements of the API whose names are not documented, compared as they are: from a user, and from an answer.

Order, repetition, empty elements and the white space around a text do not count. Nor does the form of what the API has
in several: an element or an attribute (the urls of C(addWafBlacklistUrls) and C(getWafUrlBlacklist)), elements or one
list with commas (C(dns_new_a) of C(getAnpProvisioningStatus)), and names with or without capitals and underscores
(C(clientApps) of C(getWafClientAppInfo)).
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import texts
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given

Tree = t.Union[str, "frozenset[tuple[str, frozenset[t.Any]]]"]
"""A text, or the children: pairs of a name and all trees below this name."""
_TEXT = "#text"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}", re.ASCII)


@dataclasses.dataclass(frozen=True)
class Elements:
    """Elements with all that is in them.

    :param parts: what is compared.
    :param written: the same as it was written.
    """

    parts: Tree = frozenset()
    written: Tree = dataclasses.field(default=frozenset(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.parts)

    def plain(self) -> dict[str, t.Any]:
        """They as plain data (see ``xml``), always in the same order."""
        return t.cast("dict[str, t.Any]", _plain(self.written))


NO_ELEMENTS = Elements()


def elements_of(data: t.Mapping[str, t.Any]) -> Elements:
    """The elements in plain data. Empty ones are left out."""
    return Elements(
        _tree(data, lambda text: texts(str(text)), lambda name: name.replace("_", "").lower()),
        _tree(data, lambda text: (str(text).strip(),), str),
    )


def _tree(
    value: t.Mapping[str, t.Any], split: t.Callable[[t.Any], t.Iterable[str]], named: t.Callable[[str], str]
) -> Tree:
    children: dict[str, set[Tree]] = {}
    for name, each in value.items():
        below: set[Tree] = set()
        for one in each if isinstance(each, list) else [each]:
            below.update([_tree(one, split, named)] if isinstance(one, t.Mapping) else split(one))
        below -= {"", frozenset()}
        if below:
            children.setdefault(named(name.lstrip("@")), set()).update(below)
    if children.keys() == {_TEXT} and len(children[_TEXT]) == 1:
        (text,) = children[_TEXT]
        return text
    return frozenset((name, frozenset(below)) for name, below in children.items())


def _plain(tree: Tree) -> t.Any:
    if isinstance(tree, str):
        return tree
    found = {}
    for name, below in sorted(tree, key=lambda child: child[0]):
        values = sorted(map(_plain, below), key=str)
        found[name] = values[0] if len(values) == 1 else values
    return found


def given_elements(given: Given) -> Elements:
    """The elements in a mapping of an entry.

    :raises BadInputError: a key cannot be the name of an element, or a value is no text, number, dictionary or list of
        these.
    """
    _refuse_unnamed(given)
    return elements_of(given.values)


def _refuse_unnamed(given: Given) -> None:
    for name, value in given.values.items():
        if not _NAME.fullmatch(str(name)):
            raise given.refusal("a key", name, "the name of an element, such as client_apps")
        for place, each in enumerate(value) if isinstance(value, list) else [(None, value)]:
            at = name if place is None else f"{name}[{place}]"
            if isinstance(each, t.Mapping):
                _refuse_unnamed(given.entry(each, at))
            elif isinstance(each, bool) or not isinstance(each, (str, int)):
                raise given.refusal(at, each, "a text, a whole number, or a dictionary or list of these")
