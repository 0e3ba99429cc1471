# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the body of an answer to the text that may be kept. Pure but for the memory of ``Placeholders``."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH, parse_json
from ansible_collections.hosting.websec.plugins.module_utils._recording.placeholders import Placeholders
from ansible_collections.hosting.websec.plugins.module_utils._recording.texts import redacted_name, redacted_text
from ansible_collections.hosting.websec.plugins.module_utils._xml import parse_xml

try:
    from lxml import etree
except ImportError:
    note_missing("lxml")

MAX_BYTES = 1024 * 1024
"""A larger answer is recorded by its kind alone: it would cost seconds, and tell no more."""

# Adding one takes longer with each that is there.
_MOST_ATTRIBUTES = 500
_BLANK = b"\xef\xbb\xbf \t\r\n"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n'
# For each name space: its address can be anything.
_NAMESPACE = "urn:example:namespace"


class Kept(t.NamedTuple):
    """What is kept of a body.

    :param kind: C(xml), C(json), C(html), C(empty), C(large) or C(unreadable).
    :param text: of an answer in XML or JSON; of any other, nothing is kept.
    """

    kind: str
    text: str | None = None


def redacted_body(body: bytes, placeholders: Placeholders) -> Kept:
    """What of ``body`` may be kept. The header with its type is not asked: it is often wrong."""
    if len(body) > MAX_BYTES:
        return Kept("large")
    start = body.lstrip(_BLANK)
    if not start:
        return Kept("empty")
    if start[:1] != b"<":
        return _json(body, placeholders)
    try:
        root = parse_xml(body)
    except ValueError:
        return Kept("html" if b"<html" in body[:2000].lower() else "unreadable")
    if etree.QName(root).localname.lower() == "html":
        return Kept("html")
    try:
        kept = _element(root, placeholders, 1)
    except ValueError:
        return Kept("unreadable")
    etree.indent(kept)
    return Kept("xml", f"{_DECLARATION}{etree.tostring(kept, encoding='unicode')}\n")


def _json(body: bytes, placeholders: Placeholders) -> Kept:
    try:
        value = parse_json(body)
    except ValueError:
        return Kept("unreadable")
    return Kept("json", json.dumps(_value("", value, placeholders), indent=2) + "\n")


def _element(element: etree._Element, placeholders: Placeholders, depth: int) -> etree._Element:
    """:raises ValueError: it is nested too deeply, or has too many attributes."""
    if depth > MAX_DEPTH or len(element.attrib) > _MOST_ATTRIBUTES:
        raise ValueError("nested too deeply, or too many attributes")
    kept = etree.Element(_tag(element.tag, placeholders))
    for key, value in element.attrib.items():
        name = str(etree.QName(key).localname)
        kept.set(_tag(key, placeholders), redacted_text(name, str(value), placeholders))
    name = str(etree.QName(element).localname)
    if element.text and element.text.strip():
        kept.text = redacted_text(name, element.text, placeholders)
    for child in element:
        # Neither comments, instructions nor entities.
        if isinstance(child.tag, str):
            kept.append(_element(child, placeholders, depth + 1))
    return kept


def _tag(name: t.Any, placeholders: Placeholders) -> str:
    parts = etree.QName(name)
    shown = redacted_name(str(parts.localname), placeholders)
    return f"{{{_NAMESPACE}}}{shown}" if parts.namespace else shown


def _value(name: str, value: t.Any, placeholders: Placeholders) -> t.Any:
    """:param name: the key that it belongs to."""
    if isinstance(value, dict):
        return {redacted_name(key, placeholders): _value(key, each, placeholders) for key, each in value.items()}
    if isinstance(value, list):
        return [_value(name, each, placeholders) for each in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return redacted_text(name, value, placeholders)
    return _number(name, value, placeholders)


def _number(name: str, value: float, placeholders: Placeholders) -> float:
    if not isinstance(value, int):
        return 1.5
    shown = redacted_text(name, str(value), placeholders)
    # A secret may be a number, which stays one.
    return int(shown) if shown.lstrip("-").isdigit() else placeholders.identifier(str(value))
