# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML of the partner API: from parameters to a request document, and from an answer document to plain data.

Plain data: an element without children and attributes is its text, stripped; any other element is a mapping of its
children, with attributes as C(@name) and its own text as C(#text). Elements that may repeat are lists.
"""

from __future__ import annotations

import re
import typing as t
from xml.sax.saxutils import escape

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._http import excerpt
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method

try:
    from lxml import etree
except ImportError:
    note_missing("lxml")

Parameters = t.Mapping[str, t.Any]
Data = t.Union[str, "dict[str, t.Any]"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
# The API asks for all five, and general-purpose serialisers escape three of them. A parser makes a line feed of a
# carriage return that is not escaped.
_QUOTES = {"'": "&apos;", '"': "&quot;", "\r": "&#13;"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HAS_DOCTYPE = "it has a document type declaration, which the API never sends"
# The pages of getWafOrigin and setWafOrigin describe the root of the answer with the name of the request's.
_ROOTS = ("SiteLockOnlineResponse", "SiteLockOnlineRequest")


def encode(method: Method, parameters: Parameters, authentication: Parameters) -> bytes:
    """The request document.

    :param parameters: what the method takes. A value is a text, a number, a flag (sent as 1 or 0), a mapping of child
        elements, or a list (the element repeats). C(None) leaves the element out.
    :param authentication: children of the element C(authentication).
    :raises BadInputError: a text holds a character that XML cannot carry.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    attributes = "".join(f' {name}="{_text(value)}"' for name, value in given.items() if name in method.attributes)
    elements = {name: value for name, value in given.items() if name not in method.attributes}
    return "".join(
        [
            _DECLARATION,
            "<SiteLockOnlineRequest>",
            _element("authentication", authentication),
            f"<{method.name}{attributes}>{_children(elements)}</{method.name}>",
            "</SiteLockOnlineRequest>",
        ]
    ).encode("utf-8")


def _children(values: Parameters) -> str:
    return "".join(_element(name, value) for name, value in values.items())


def _element(name: str, value: t.Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "".join(_element(name, each) for each in value)
    content = _children(value) if isinstance(value, t.Mapping) else _text(value)
    return f"<{name}>{content}</{name}>"


def _text(value: t.Any) -> str:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    if _NOT_XML.search(text):
        raise BadInputError("A value holds a control character, which XML cannot carry.")
    return escape(text, _QUOTES)


def decode(body: bytes, method: Method, redact: t.Callable[[str], str] = lambda text: text) -> dict[str, t.Any]:
    """The children of the root of an answer document, as plain data.

    :param redact: goes over what is shown of ``body`` in an error.
    :raises BadResponseError: ``body`` is not an answer of the API: an HTML page, a cut-off document, a DOCTYPE.
    """
    try:
        root = _parse(body)
    except ValueError as problem:
        raise BadResponseError(
            f"{method.name}: the answer is not one of the SiteLock API: {problem}. It begins: {excerpt(body, redact)}",
            hint="A proxy or a maintenance page may stand between this machine and the API. Check api_url, then run "
            "again.",
            may_have_happened=True,
        ) from None
    data = _data(root, method.repeats)
    return data if isinstance(data, dict) else {}


def _parse(body: bytes) -> etree._Element:
    """:raises ValueError: ``body`` is not an answer of the API; says why."""
    if body.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise ValueError("it is an HTML page")
    if b"<!DOCTYPE" in body:
        raise ValueError(_HAS_DOCTYPE)
    # Nothing outside the document is read and no entity is expanded; a document type is refused below.
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("it is not complete XML") from None
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that the check above does not see through
        raise ValueError(_HAS_DOCTYPE)
    if root.tag not in _ROOTS:
        raise ValueError(f"its root element is {root.tag}, not SiteLockOnlineResponse")
    return root


def _data(element: etree._Element, repeats: frozenset[str]) -> Data:
    text = (element.text or "").strip()
    if len(element) == 0 and not element.attrib:
        return text
    attributes = t.cast("dict[str, str]", dict(element.attrib))
    data: dict[str, t.Any] = {f"@{name}": value.strip() for name, value in attributes.items()}
    if text:
        data["#text"] = text
    for child in element:
        name = str(child.tag)
        value = _data(child, repeats)
        if name in repeats:
            data.setdefault(name, []).append(value)
        elif name in data:
            # Not in the table of methods, so perhaps nobody asks for it; who does gets an error (see ``answers``).
            present = data[name]
            data[name] = [*present, value] if isinstance(present, list) else [present, value]
        else:
            data[name] = value
    return data
