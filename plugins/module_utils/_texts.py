# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts, lists of names, and causes that many items share, for all messages."""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing as t

MOST_NAMES = 20
"""Maximum number of names in a message about failures."""

FEW_NAMES = 3
"""Maximum number of names with a shared cause."""

MOST_OF_A_TEXT = 500
"""Maximum number of characters of a server's text in a message."""

_PLURAL_IN_IES = re.compile(r"[^aeiou]y$")
_WORD = re.compile(r"[\w.@-]+")
_PLURAL_IN_ES = re.compile(r"(s|x|z|ch|sh)$")


def counted(count: float, noun: str, many: str = "") -> str:
    """C(1 site), C(0 sites), C(1,234 sites), C(1.5 seconds), C(2 changes of plan).

    :param noun: in the singular.
    :param many: its plural, if it is not a regular one.
    """
    return f"{number(count)} {noun if count == 1 else many or plural(noun)}"


def number(count: float) -> str:
    """With commas between thousands."""
    return f"{count:,}" if isinstance(count, int) else f"{count:,g}"


def named_site(site_id: int, domain: str | None) -> str:
    """A site for messages: with its domain, if known."""
    return f"{domain} (site {site_id})" if domain else f"site {site_id}"


def plural(noun: str) -> str:
    """The plural of a noun of the messages, such as C(record set), C(entry) or C(pass)."""
    if _PLURAL_IN_IES.search(noun):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if _PLURAL_IN_ES.search(noun) else f"{noun}s"


def singular(name: str) -> str:
    """The noun for one entry of a list in a result: C(record set) for C(record_sets)."""
    noun = name.replace("_", " ")
    return f"{noun[:-3]}y" if noun.endswith("ies") else noun.removesuffix("s")


def joined(things: t.Iterable[object]) -> str:
    """The items as the end of a sentence: C(a), C(a and b), C(a, b and c)."""
    texts = [str(thing) for thing in things]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def listed(things: t.Iterable[object], most: int = MOST_NAMES, separator: str = ", ") -> str:
    """At most this number of items, and how many more there are: C(a, b and 3 more)."""
    texts = [str(thing) for thing in things]
    if len(texts) <= most:
        return separator.join(texts)
    return f"{separator.join(texts[:most])} and {number(len(texts) - most)} more"


def few(things: t.Iterable[object]) -> str:
    """The items as the end of a sentence, at most C(MOST_NAMES) of them: C(a and b), C(a, b and 3 more)."""
    texts = [str(thing) for thing in things]
    return joined(texts) if len(texts) <= MOST_NAMES else listed(texts)


def repeated(keys: t.Iterable[t.Hashable]) -> dict[t.Hashable, str]:
    """The keys of more than one entry of a list, each with these entries: C(entries 1 and 4).

    :param keys: one per entry, C(None) for an entry without a key.
    """
    places: dict[t.Hashable, list[int]] = {}
    for place, key in enumerate(keys, 1):
        places.setdefault(key, []).append(place)
    return {key: f"entries {few(found)}" for key, found in places.items() if len(found) > 1 and key is not None}


def repeats(keys: t.Iterable[t.Hashable]) -> str:
    """The same as a text, empty if there are none: C(a.example in the entries 1 and 4; b.example in ...)."""
    return "; ".join(f"{key} in the {places}" for key, places in repeated(keys).items())


def unknown_keys(given: t.Iterable[object], known: t.Iterable[str]) -> str:
    """The unknown keys, each with the one that may have been meant: C(alias (did you mean aliases?))."""
    names = sorted(known)
    told = []
    for key in sorted({str(key) for key in given} - set(names)):
        near = difflib.get_close_matches(key.lower().replace("-", "_"), names, n=1)
        told.append(f"{key} (did you mean {near[0]}?)" if near else key)
    return listed(told)


DEFERRED_TO_NEXT_PASS = "deferred to the next pass"
"""The text for incomplete items that have not failed."""


def deferred_lines(reasons: t.Mapping[str, str], noun: str) -> list[str]:
    """List the reasons for deferred entries, one line per reason.

    :param reasons: by the name of the item. :param noun: for the items, in the singular.
    """
    shared: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        shared.setdefault(reason, []).append(name)
    return [
        f"Deferred, nothing was sent for {counted(len(names), noun)} ({listed(names, FEW_NAMES)}): {reason}"
        for reason, names in shared.items()
    ]


@dataclasses.dataclass(frozen=True)
class Told:
    """A text about one item.

    :param name: of the item.
    :param text: about it.
    :param starts: other beginnings of such texts that name the item, such as C(Site 442989).
    :param label: the name of the item if it is alone, such as C(site_id 5); by default its name.
    """

    name: str
    text: str
    starts: tuple[str, ...] = ()
    label: str | None = None

    @property
    def cause(self) -> str:
        """The text without its item, so that the same cause has the same text for all.

        A domain or an e-mail address in the middle of it becomes C(<domain>) or C(<e-mail>).
        """
        text = " ".join(self.text.split())
        for start in (self.name, *self.starts, self.name):
            text = text.removeprefix(f"{start}: ")
        return _WORD.sub(self._without_name, text) if "." in self.name and self.name in text else text

    def _without_name(self, match: re.Match[str]) -> str:
        """A word of a text; the name, or a name below it, is replaced by the kind of name."""
        word = match[0].rstrip(".")
        if word != self.name and not word.endswith(f".{self.name}"):
            return match[0]
        kind = "<e-mail>" if "@" in self.name else "<domain>"
        return f"{word[: -len(self.name)]}{kind}{match[0][len(word) :]}"

    @property
    def line(self) -> str:
        """The text, with the name of the item only once."""
        text = " ".join(self.text.split()).removeprefix(f"{self.name}: ")
        label = self.name if self.label is None else self.label
        return f"{label}: {text}" if label else text


def by_cause(told: t.Iterable[Told], noun: str) -> list[str]:
    """A line for each cause, in the order of their occurrence. A shared cause has the number of items and some names.

    :param noun: for the items, in the singular.
    """
    causes: dict[str, dict[str, Told]] = {}
    for each in told:
        causes.setdefault(each.cause, {}).setdefault(each.name, each)
    return [
        f"{counted(len(shared), noun)} ({listed(shared, FEW_NAMES)}): {cause}"
        if len(shared) > 1
        else next(iter(shared.values())).line
        for cause, shared in causes.items()
    ]


def vendor_codes(error: t.Mapping[str, t.Any]) -> str:
    """The codes of an error in a result, such as C(AEX/3003); empty if the vendor gave none."""
    return "/".join(str(error[key]) for key in ("code", "extended_code") if error.get(key))


def printable(text: str) -> str:
    """``text`` without what could change a terminal or begin a new line: C(?) in its place."""
    return "".join(each if each.isprintable() else "?" for each in text)


def shortened(text: str, most: int = MOST_OF_A_TEXT) -> str:
    """The first ``most`` characters, and three dots when there are more."""
    return text if len(text) <= most else f"{text[:most]}..."
