# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Finding a text inside another one in which any of its characters may be escaped, several times over, and folded.

A server that repeats what it was sent escapes it as XML or HTML (C(&amp;), C(&#38;)), for an address (C(%26), C(+)), as
JSON, JavaScript or Python (backslashes), and often one inside the other. So a place of a text can be read in several
ways, each with its own end, and a text is found when each of its characters is among the readings of the next place.
White space counts neither here nor there: it is what is folded, wrapped and collapsed.
"""

from __future__ import annotations

import html.entities
import re
import sys
import typing as t

DEPTH = 3
"""How many escapes are undone. Two are promised; the text of an XML body that is shown as it came has one more."""

STARTS = "&%\\"
"""Characters with which an escape begins, in its outermost form."""

MAX_STEPS = 5_000_000
"""Steps of a search through one answer, about a microsecond each. A list of thousands of websites with keys and escapes
takes a million."""

_STEPS_A_PLACE = 20
"""What the readings of a place with an escape cost, at each depth."""

Reading = tuple[int, int]
"""A code unit, and where the text goes on behind it."""

_SPACES = frozenset(number for number in range(0x3001) if chr(number).isspace()) | {ord("+")}
_ALPHANUMERIC = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX = frozenset(map(ord, "0123456789abcdefABCDEF"))
_OCTAL = frozenset(map(ord, "01234567"))
_IN_ENTITY = frozenset(map(ord, f"#{_ALPHANUMERIC}"))
_LONGEST_ENTITY = 40
_LONGEST_FOLD = 200
_CONTROLS = {ord(letter): ord(meaning) for letter, meaning in zip("abfnrtv", "\a\b\f\n\r\t\v")}
_AND, _PERCENT, _BACKSLASH = map(ord, STARTS)


class TooMuchError(ValueError):
    """The search takes too long. The text says so."""


class Effort:
    """How many steps are left for one answer: a server can make one of some kilobytes that takes hours."""

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._left = steps

    def spend(self, steps: int) -> None:
        """:raises TooMuchError: so many are not left."""
        self._left -= steps
        if self._left < 0:
            raise TooMuchError("it contains too many possible secrets")


class Pattern:
    """A text to look for."""

    def __init__(self, text: str) -> None:
        """:param text: holds more than white space."""
        squeezed = "".join(text.split())
        # For each character the sequences of code units that mean it.
        self.steps = [
            _units(character) for character in text.strip() if not (character.isspace() and character.isascii())
        ]
        first = re.escape(squeezed[0]) if squeezed[0].isascii() else rf"[^\0-\x7f]|\?|{re.escape(squeezed[0])}"
        self.start = re.compile(rf"{first}|[{re.escape(STARTS)}]")
        self.sign = squeezed.replace("+", "")
        """Stands in every text that holds ``text`` with nothing escaped, when white space and C(+) are taken out. Only
        of a text in ASCII, the others can lose characters on the way."""


def _units(character: str) -> list[tuple[int, ...]]:
    """What stands for a character: itself, its bytes or halves (also read as characters), or what replaced it."""
    number = ord(character)
    if number < 0x80:
        return [(number,)]
    utf8 = tuple(character.encode("utf-8", "surrogatepass"))
    utf16 = character.encode("utf-16-be", "surrogatepass")
    halves = tuple(int.from_bytes(utf16[start : start + 2], "big") for start in range(0, len(utf16), 2))
    lost = [(ord(lost),) * times for lost in "?\ufffd" for times in range(1, len(utf8) + 1)]
    # A byte that is no UTF-8 (PEP 383).
    byte = [(number - 0xDC00,)] if 0xDC80 <= number <= 0xDCFF else []
    # White space outside ASCII, which can also be changed to a blank or be gone.
    gone = [()] if character.isspace() else []
    return list(dict.fromkeys([(number,), utf8, halves, *byte, *lost, *gone]))


class Readings:
    """The readings of each place of one text. The time for all of them grows with the length of the text alone.

    :param effort: is spent; all that searches here raises its C(TooMuchError).
    """

    def __init__(self, text: str, effort: Effort) -> None:
        self._effort = effort
        self._places = [place for place, character in enumerate(text) if not character.isspace()]
        self._text = "".join(text.split())
        self._known: dict[tuple[int, int], tuple[Reading, ...]] = {}

    def spans(self, pattern: Pattern) -> t.Iterator[tuple[int, int]]:
        """Start and end in the text of each place where ``pattern`` is, in order; they may overlap."""
        for found in pattern.start.finditer(self._text):
            end = self._end(pattern, found.start())
            if end is not None:
                yield self._places[found.start()], self._places[end - 1] + 1

    def _end(self, pattern: Pattern, start: int) -> int | None:
        """Where ``pattern`` ends at the latest when it begins at ``start``."""
        places = {start}
        for number, step in enumerate(pattern.steps):
            places = self._behind(places | self._behind_spaces(places) if number else places, step)
            if not places:
                return None
        return max(places)

    def _behind(self, places: set[int], step: t.Sequence[tuple[int, ...]]) -> set[int]:
        self._effort.spend(len(places) * len(step))
        found: set[int] = set()
        for units in step:
            reached = set(places)
            for unit in units:
                reached = {end for place in reached for read, end in self._at(place, DEPTH) if read == unit}
            found |= reached
        return found

    def _behind_spaces(self, places: t.Iterable[int]) -> set[int]:
        """Everywhere behind white space that is escaped, or that a C(+) stands for."""
        found: set[int] = set()
        todo = list(places)
        for place in todo:
            self._effort.spend(1)
            ends = {end for unit, end in self._at(place, DEPTH) if unit in _SPACES} - found
            found |= ends
            if len(found) < _LONGEST_FOLD:
                todo += ends
        return found

    def _at(self, place: int, depth: int) -> tuple[Reading, ...]:
        """All readings of a place, with up to ``depth`` escapes undone."""
        if place >= len(self._text):
            return ()
        character = self._text[place]
        if character not in STARTS or not depth:
            return ((ord(character), place + 1),)
        known = self._known.get((place, depth))
        if known is None:
            self._effort.spend(_STEPS_A_PLACE)
            below = self._at(place, depth - 1)
            found = dict.fromkeys(below)
            for unit, end in below:
                if unit == _AND:
                    found.update(dict.fromkeys(self._entity(end, depth - 1)))
                elif unit == _PERCENT:
                    found.update(dict.fromkeys(self._percent(end, depth - 1)))
                elif unit == _BACKSLASH:
                    found.update(dict.fromkeys(self._backslash(end, depth - 1)))
            known = self._known[place, depth] = tuple(found)
        return known

    def _entity(self, place: int, depth: int) -> t.Iterator[Reading]:
        for name, end in self._words(place, depth, _IN_ENTITY, range(2, _LONGEST_ENTITY)):
            for unit, behind in self._at(end, depth):
                meaning = _meaning(name) if unit == ord(";") else None
                if meaning is not None:
                    yield meaning, behind

    def _percent(self, place: int, depth: int) -> t.Iterator[Reading]:
        yield from self._hexadecimal(place, depth, 2)
        yield from self._after_letter(place, depth, "u", 4)

    def _backslash(self, place: int, depth: int) -> t.Iterator[Reading]:
        for letter, digits in (("x", 2), ("u", 4), ("U", 8)):
            yield from self._after_letter(place, depth, letter, digits)
        for octal, end in self._words(place, depth, _OCTAL, range(1, 4)):
            yield int(octal, 8), end
        for unit, end in self._at(place, depth):
            if unit in _CONTROLS:
                yield _CONTROLS[unit], end
            elif chr(unit) not in _ALPHANUMERIC:
                yield unit, end
            if unit == ord("u"):
                yield from self._in_braces(end, depth)

    def _in_braces(self, place: int, depth: int) -> t.Iterator[Reading]:
        for opening, inner in self._at(place, depth):
            if opening == ord("{"):
                for digits, end in self._words(inner, depth, _HEX, range(1, 9)):
                    for closing, behind in self._at(end, depth):
                        if closing == ord("}"):
                            yield int(digits, 16), behind

    def _after_letter(self, place: int, depth: int, letter: str, digits: int) -> t.Iterator[Reading]:
        for unit, end in self._at(place, depth):
            if unit == ord(letter):
                yield from self._hexadecimal(end, depth, digits)

    def _hexadecimal(self, place: int, depth: int, digits: int) -> t.Iterator[Reading]:
        for text, end in self._words(place, depth, _HEX, range(digits, digits + 1)):
            yield int(text, 16), end

    def _words(self, place: int, depth: int, allowed: frozenset[int], lengths: range) -> t.Iterator[tuple[str, int]]:
        """The texts of ``allowed`` characters and of one of ``lengths`` that begin at a place, with their ends."""
        words = {("", place)}
        for length in range(1, lengths.stop):
            words = {
                (word + chr(unit), end)
                for word, start in words
                for unit, end in self._at(start, depth)
                if unit in allowed
            }
            if not words:
                return
            if length >= lengths.start:
                yield from words


def _meaning(entity: str) -> int | None:
    """The character of an entity, from what stands between C(&) and C(;)."""
    if entity[0] != "#":
        meaning = html.entities.html5.get(f"{entity};", "")
        return ord(meaning) if len(meaning) == 1 else None
    digits, base = (entity[2:], 16) if entity[1] in "xX" else (entity[1:], 10)
    try:
        number = int(digits, base)
    except ValueError:
        return None
    return number if number <= sys.maxunicode else None
