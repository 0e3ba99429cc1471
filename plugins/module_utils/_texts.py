# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Counts, lists of names, and causes that many things share, as people read them. Every text takes them from here."""

from __future__ import annotations

import dataclasses
import difflib
import re
import typing as t

MOST_NAMES = 20
"""So many names stand in a message about what failed."""

FEW_NAMES = 3
"""So many names stand beside a cause that many share."""

MOST_OF_A_TEXT = 500
"""So many characters of a text of a server stand in a message."""

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
    """A site for people: its domain too, where that is known."""
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
    """The things as the end of a sentence: C(a), C(a and b), C(a, b and c)."""
    texts = [str(thing) for thing in things]
    return " and ".join([", ".join(texts[:-1]), texts[-1]]) if len(texts) > 1 else "".join(texts)


def listed(things: t.Iterable[object], most: int = MOST_NAMES, separator: str = ", ") -> str:
    """At the most so many of the things, and how many more there are: C(a, b and 3 more)."""
    texts = [str(thing) for thing in things]
    if len(texts) <= most:
        return separator.join(texts)
    return f"{separator.join(texts[:most])} and {number(len(texts) - most)} more"


def repeated(keys: t.Iterable[t.Hashable]) -> dict[t.Hashable, str]:
    """The keys that more than one entry of a list has, each with these entries: C(entries 1 and 4).

    :param keys: one an entry, C(None) for an entry without one.
    """
    places: dict[t.Hashable, list[int]] = {}
    for place, key in enumerate(keys, 1):
        places.setdefault(key, []).append(place)
    return {
        key: f"entries {joined(found) if len(found) <= MOST_NAMES else listed(found)}"
        for key, found in places.items()
        if len(found) > 1 and key is not None
    }


def repeats(keys: t.Iterable[t.Hashable]) -> str:
    """The same as a text, empty without any: C(a.example in the entries 1 and 4; b.example in ...)."""
    return "; ".join(f"{key} in the {places}" for key, places in repeated(keys).items())


def unknown_keys(given: t.Iterable[object], known: t.Iterable[str]) -> str:
    """The keys that are not known, each with the one that may have been meant: C(alias (did you mean aliases?))."""
    names = sorted(known)
    told = []
    for key in sorted({str(key) for key in given} - set(names)):
        near = difflib.get_close_matches(key.lower().replace("-", "_"), names, n=1)
        told.append(f"{key} (did you mean {near[0]}?)" if near else key)
    return ", ".join(told)


DEFERRED_TO_NEXT_PASS = "deferred to the next pass"
"""What people read of things that were not done to their end, and have not failed."""


def deferred_lines(reasons: t.Mapping[str, str], noun: str) -> list[str]:
    """List the reasons for deferred entries, one line each for some things.

    :param reasons: by the name of the thing. :param noun: for them, in the singular.
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
    """A text about one thing.

    :param name: of the thing.
    :param text: about it.
    :param starts: other beginnings of such texts that stand for the thing, such as C(Site 442989).
    :param label: what names the thing where it is alone, such as C(site_id 5); by default its name.
    """

    name: str
    text: str
    starts: tuple[str, ...] = ()
    label: str | None = None

    @property
    def cause(self) -> str:
        """The text without the thing that it is about, so that the same cause reads the same for all.

        A domain or an e-mail address in the middle of it becomes C(<domain>) or C(<e-mail>).
        """
        text = " ".join(self.text.split())
        for start in (self.name, *self.starts, self.name):
            text = text.removeprefix(f"{start}: ")
        return _WORD.sub(self._without_name, text) if "." in self.name and self.name in text else text

    def _without_name(self, match: re.Match[str]) -> str:
        """A word of a text; the name, or a name below it, with what kind of name it is in its place."""
        word = match[0].rstrip(".")
        if word != self.name and not word.endswith(f".{self.name}"):
            return match[0]
        kind = "<e-mail>" if "@" in self.name else "<domain>"
        return f"{word[: -len(self.name)]}{kind}{match[0][len(word) :]}"

    @property
    def line(self) -> str:
        """The text, which names the thing once."""
        text = " ".join(self.text.split()).removeprefix(f"{self.name}: ")
        label = self.name if self.label is None else self.label
        return f"{label}: {text}" if label else text


def by_cause(told: t.Iterable[Told], noun: str) -> list[str]:
    """A line for each cause, in the order in which they came. One that several share has their number and some names.

    :param noun: for what the texts are about, in the singular.
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


def shortened(text: str, most: int = MOST_OF_A_TEXT) -> str:
    """The first ``most`` characters, and three dots when there are more."""
    return text if len(text) <= most else f"{text[:most]}..."
