# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a request of each method must look, and the check of a request against it."""

from __future__ import annotations

import dataclasses
import re
import typing

from lxml import etree

# Values of a request: an element without children is a string, a group is a mapping, what may repeat is a list.
Values = dict[str, typing.Any]


class Refused(Exception):
    """The request is not one that the documentation allows. C(method) is known when its spelling is right."""

    def __init__(self, reason: str, method: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.method = method


@dataclasses.dataclass(frozen=True)
class Field:
    """An element (or attribute) with text; C(empty): it may also have none."""

    name: str
    optional: bool = False
    repeat: bool = False
    pattern: str = r"[\s\S]+"
    empty: bool = False


@dataclasses.dataclass(frozen=True)
class Group:
    """An element with elements in it, or with attributes; C(one_of): exactly one of the elements."""

    name: str
    children: tuple[Part, ...] = ()
    repeat: bool = False
    one_of: bool = False
    optional: bool = False
    attributes: tuple[Field, ...] = ()


@dataclasses.dataclass(frozen=True)
class Flag:
    """An element without anything in it."""

    name: str
    optional: bool = True
    repeat: bool = False


@dataclasses.dataclass(frozen=True)
class Tree:
    """An element whose content is not documented: its value is the element itself, for the check of the method."""

    name: str
    optional: bool = True
    repeat: bool = False


Part = typing.Union[Field, Group, Flag, Tree]


@dataclasses.dataclass(frozen=True)
class Method:
    """One method: its attributes and its elements, and whether it changes anything."""

    children: tuple[Part, ...] = ()
    attributes: tuple[Field, ...] = ()
    write: bool = False


FLAG = "[01]"
DATE = r"\d{4}-\d{2}-\d{2}"
NUMBER = r"-?\d+"
AMOUNT = r"\d+(?:\.\d{1,2})?"
EMAIL = r"[^@\s]+@[^@\s]+"
MANAGER = "customer|partner"

METHODS: dict[str, Method] = {}
"""Each stands where it is answered, see ``methods.method``."""


def check(element: etree._Element) -> tuple[str, Values]:
    """The method and the values of the element that is named after a method. Raises Refused."""
    name = str(element.tag)
    method = METHODS.get(name)
    if method is None:
        near = next((known for known in METHODS if known.lower() == name.lower()), None)
        raise Refused(f"unknown method {name}" + (f", the documentation spells it {near}" if near else ""))
    try:
        values = _attributes(element, method.attributes)
        values.update(_children(element, method.children, one_of=False))
    except Refused as refused:
        raise Refused(refused.reason, name) from None
    return name, values


def check_authentication(element: etree._Element, accept_username: bool) -> Values:
    """The values of the element C(authentication). Raises Refused."""
    user = "username" if accept_username and element.find("username") is not None else "user"
    values = _children(element, (Field(user), Field("password"), Field("partner", optional=True)), one_of=False)
    _attributes(element, ())
    return {"user": values[user], "password": values["password"]}


def _attributes(element: etree._Element, fields: tuple[Field, ...]) -> Values:
    given = {str(name): str(value) for name, value in element.attrib.items()}
    values = {}
    for field in fields:
        if field.name not in given:
            if field.optional:
                continue
            raise Refused(f"{element.tag} has no attribute {field.name}")
        values[field.name] = _text(given.pop(field.name), field, f"attribute {field.name} of {element.tag}")
    if given:
        raise Refused(f"unknown attribute {next(iter(given))} of {element.tag}")
    return values


def _children(element: etree._Element, fields: tuple[Part, ...], one_of: bool) -> Values:
    known = {field.name: field for field in fields}
    values: Values = {}
    _no_text(element, with_children=bool(fields))
    for child in element:
        tag = str(child.tag)
        field = known.get(tag)
        if field is None:
            raise Refused(f"unknown element {tag} in {element.tag}")
        value = _value(child, field)
        if field.repeat:
            values.setdefault(tag, []).append(value)
        elif tag in values:
            raise Refused(f"{tag} is given twice in {element.tag}")
        else:
            values[tag] = value
    if one_of:
        if len(values) != 1:
            raise Refused(f"{element.tag} needs exactly one of {', '.join(known)}")
        return values
    for field in fields:
        if field.name not in values and not field.optional:
            raise Refused(f"{field.name} is missing in {element.tag}")
    return values


def _value(element: etree._Element, field: Part) -> typing.Any:
    if isinstance(field, Tree):
        return element
    if isinstance(field, Flag):
        _attributes(element, ())
        if len(element) or element.text:
            raise Refused(f"{element.tag} must be empty")
        return True
    if isinstance(field, Group):
        attributes = _attributes(element, field.attributes)
        return {**attributes, **_children(element, field.children, field.one_of)}
    _attributes(element, ())
    if len(element):
        raise Refused(f"{element.tag} must not have elements in it")
    return _text(element.text or "", field, str(element.tag))


def read_children(element: etree._Element, fields: tuple[Part, ...]) -> Values:
    """The values of an element that is no method, and has no attributes. Raises Refused."""
    _attributes(element, ())
    return _children(element, fields, one_of=False)


def text_of(element: etree._Element, pattern: str = Field.pattern) -> str:
    """The text of an element that has nothing else. Raises Refused."""
    value: str = _value(element, Field(str(element.tag), pattern=pattern))
    return value


def _text(text: str, field: Field, where: str) -> str:
    # The value is not repeated in the reason: it may be a password.
    if not text.strip():
        if field.empty:
            return ""
        raise Refused(f"{where} is empty")
    if text != text.strip():
        raise Refused(f"{where} has blanks around its value")
    if not re.fullmatch(field.pattern, text):
        raise Refused(f"{where} has a value that is not allowed")
    return text


def _no_text(element: etree._Element, with_children: bool) -> None:
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip() for text in texts):
        raise Refused(
            f"{element.tag} has text beside its elements" if with_children else f"{element.tag} must be empty"
        )
