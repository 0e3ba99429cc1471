# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The settings of a form (see ``forms``): how an entry gives them, where they are in a request, and what of them is
compared."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils import _schemas as schemas
from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, is_host_name
from ansible_collections.hosting.websec.plugins.module_utils._schemas import GIVEN_TEXT, TEXT, Schema, array, word
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.given import Given
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.reader import Data

Value = t.Union[str, tuple[str, ...]]
"""As the API writes it. A setting whose element repeats has a tuple."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BETWEEN = re.compile(r"[/\\,;\s]+")
_SEPARATOR = re.compile(r"[,;\n]+")


@dataclasses.dataclass(frozen=True)
class Reader:
    """Reads a value of an entry that has a form of its own."""

    read: t.Callable[[Given, str], Value | None]
    schema: Schema

    def __call__(self, given: Given, name: str) -> Value | None:
        return self.read(given, name)


@dataclasses.dataclass(frozen=True)
class Field:
    """One setting of a form.

    :param name: in an entry.
    :param read: its value in an entry; C(None): not given.
    :param path: of its element in requests and answers; by default its name.
    :param repeats: the element repeats.
    :param number: its value is a number.
    :param compared: the part of a text that counts.
    :param unsure: no page gives it to the setter, so a request may not have it.
    :param unseen: no page gives it to the getter, so an answer may not have it.
    :param secret: it can be written, and is never read.
    :param free: its values have blanks and slashes.
    """

    name: str
    read: t.Callable[[Given, str], Value | None]
    path: str = ""
    repeats: bool = False
    number: bool = False
    compared: t.Callable[[str], t.Hashable] = str
    unsure: bool = False
    unseen: bool = False
    secret: bool = False
    free: bool = False

    @property
    def schema(self) -> Schema:
        """The JSON Schema of its value in an entry."""
        return self.read.schema if isinstance(self.read, Reader) else array(TEXT) if self.repeats else GIVEN_TEXT

    @property
    def steps(self) -> list[str]:
        """The elements from the outside in."""
        return (self.path or self.name).split("/")

    def told(self, form: Data) -> Value | None:
        """Its value in an answer; C(None): it is not there, or empty."""
        *parents, last = self.steps
        for each in parents:
            below = form.get(each)
            form = below if isinstance(below, dict) else {}
        found = form.get(last, form.get(f"@{last}"))
        values = [_text(each) for each in (found if isinstance(found, list) else [found])]
        filled = tuple(each for each in values if each)
        if self.repeats:
            return filled or None
        return ",".join(filled) or None

    def same(self, current: Value | None, wanted: Value) -> bool:
        """Whether an answer shows what is wanted. What is missing there is empty."""
        return self._compared(current or ()) == self._compared(wanted)

    def _compared(self, value: Value) -> frozenset[t.Hashable]:
        texts = [value] if isinstance(value, str) else value
        return frozenset(self.compared(each) for each in texts if each)

    def place(self, form: Data, value: Value) -> None:
        """Put its value into a request. An empty list is an empty element, which takes away what is there."""
        *parents, last = self.steps
        if value == () and parents:
            *parents, last = parents
        for each in parents:
            form = form.setdefault(each, {})
        form[last] = "" if value == () else [*value] if isinstance(value, tuple) else value

    def dumped(self, value: Value) -> t.Any:
        """Its value in the form of an entry."""
        if isinstance(value, tuple):
            return [*value]
        return int(value) if self.number and value.isascii() and value.isdigit() and len(value) < 10 else value


def _text(value: t.Any) -> str:
    if isinstance(value, dict):
        value = value.get("#text")
    return value.strip() if isinstance(value, str) else ""


def pieces(text: str) -> t.Hashable:
    """A list in one text, of which the order does not count. How its parts are separated is not documented."""
    return frozenset(each.strip() for each in _SEPARATOR.split(text) if each.strip())


def no_value(_given: Given, _name: str) -> None:
    """For what has no value in an entry."""


def one_of(*words: str) -> Reader:
    """Reads one of some words."""
    return Reader(lambda given, name: given.choice(name, words), word(*words))


def number(least: int, most: int) -> Reader:
    """Reads a number."""

    def read(given: Given, name: str) -> str | None:
        found = given.number(name, least, most)
        return None if found is None else str(found)

    return Reader(read, schemas.number(least, most))


def given_text(given: Given, name: str) -> str | None:
    """A text."""
    text = given.text(name)
    if text is not None and _CONTROL.search(text):
        raise given.refusal(name, text, "a text without control characters")
    return text


def given_host(given: Given, name: str) -> str | None:
    """A host name or an address."""
    host = given_text(given, name)
    if host is not None and not (is_host_name(host) or find_address(host)):
        raise given.refusal(name, host, "a host name or an IP address, without ftp:// and without a path")
    return host


def given_path(given: Given, name: str) -> str | None:
    """A path of a directory."""
    path = given_text(given, name)
    return None if path is None else _path(given, name, path)


def _listing(given: Given, name: str) -> str | None:
    if given.values.get(name) == "":
        return ""
    return given_path(given, name)


given_listing = Reader(_listing, {"type": ["string", "integer"]})
"""Reads one text with several names. It may be empty: then there are none."""


def given_paths(given: Given, name: str) -> tuple[str, ...] | None:
    """A list of paths or names. It may be empty."""

    def read(value: t.Any, place: str) -> str:
        if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
            raise given.refusal(place, value, "a text")
        return _path(given, place, value.strip())

    if not given.has(name):
        return None
    return tuple(dict.fromkeys(given.each(name, read)))


def _path(given: Given, place: str, path: str) -> str:
    if ".." in _BETWEEN.split(path):
        raise given.refusal(place, path, "a path without '..'")
    return path


def _password(given: Given, name: str) -> str | None:
    # A number without quotes may not be what was meant: YAML reads 0123 as 83.
    value = given.values.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not value or _CONTROL.search(value):
        raise given.refusal(name, value, "a text in quotes, without control characters")
    return value


given_password = Reader(_password, {"type": "string", "minLength": 1})
"""Reads a password, with all its blanks."""
