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
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

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
# A byte order mark, white space, or both; the standard wants an XML declaration to stand before any of it.
_BLANK = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n])+")
_PROBLEMS = {
    "it has a bare & or <, or an unfinished entity": {"ERR_NAME_REQUIRED", "ERR_ENTITYREF_SEMICOL_MISSING"},
    "it has an entity that XML does not know, such as &nbsp;": {"ERR_UNDECLARED_ENTITY", "WAR_UNDECLARED_ENTITY"},
    "it has a character that XML does not allow": {"ERR_INVALID_CHAR", "ERR_INVALID_CHARREF"},
    "it is not in the encoding that it declares": {"ERR_INVALID_ENCODING", "ERR_UNKNOWN_ENCODING", "I18N_CONV_FAILED"},
    "it is in an unknown encoding": {"ERR_UNSUPPORTED_ENCODING"},
    "it is not complete XML": {"ERR_TAG_NOT_FINISHED", "ERR_DOCUMENT_END", "ERR_GT_REQUIRED"},
    "its tags do not match": {"ERR_TAG_NAME_MISMATCH"},
    "it does not start as XML": {"ERR_DOCUMENT_EMPTY"},
}
MAX_SHOWN = 60
"""Characters of a name that a message shows."""
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
        raise BadInputError("A value contains a control character, which XML does not allow.")
    return escape(text, _QUOTES)


def decode(body: bytes, method: Method) -> dict[str, t.Any]:
    """The children of the root of an answer document, as plain data.

    :raises BadResponseError: ``body`` is not an answer of the API: an HTML page, a cut-off document, a DOCTYPE.
    """
    try:
        data = _data(_parse(body), method.repeats)
    except ValueError as problem:
        raise BadResponseError(
            f"{method.name}: the response is not a valid SiteLock API response: {problem}.",
            hint="A proxy or a maintenance page may have answered instead of the API. Check api_url, then run again.",
            may_have_happened=True,
        ) from None
    return data if isinstance(data, dict) else {}


def _parse(body: bytes) -> etree._Element:
    """:raises ValueError: ``body`` is not an answer of the API; says why."""
    before = _BLANK.match(body)
    document = body[before.end() :] if before else body
    if document[:15].lower().startswith((b"<!doctype html", b"<html")):
        raise ValueError("it is an HTML page")
    if b"<!DOCTYPE" in document:
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
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(_problem(error, body[: len(body) - len(document)])) from None
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that the check above does not see through
        raise ValueError(_HAS_DOCTYPE)
    if root.tag not in _ROOTS:
        raise ValueError(f"its root element is {shortened(str(root.tag), MAX_SHOWN)}, not SiteLockOnlineResponse")
    return root


def _problem(error: t.Any, before: bytes) -> str:
    """What is wrong, and where. The texts of the parser repeat pieces of the document, which may hold secrets.

    :param error: an C(XMLSyntaxError), of which the type stubs do not know all attributes.
    :param before: what stood before the document, and was left out.
    """
    name = next((entry.type_name for entry in error.error_log if entry.type == error.code), "ERR_DOCUMENT_EMPTY")
    what = next((text for text, names in _PROBLEMS.items() if name in names), f"it is not XML ({name})")
    line, column = error.position
    column += len(before.rpartition(b"\n")[2]) if line == 1 else 0
    line += before.count(b"\n")
    return f"{what} (line {line}, column {column})"


def _data(element: etree._Element, repeats: frozenset[str], depth: int = 1) -> Data:
    """:raises ValueError: it is nested too deeply, or says one thing twice (in other letter case, as an attribute)."""
    if depth > MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")
    text = (element.text or "").strip()
    if len(element) == 0 and not element.attrib:
        return text
    attributes = t.cast("dict[str, str]", dict(element.attrib))
    data: dict[str, t.Any] = {f"@{name}": value.strip() for name, value in attributes.items()}
    if text:
        data["#text"] = text
    for child in element:
        name = str(child.tag)
        value = _data(child, repeats, depth + 1)
        if name in repeats:
            data.setdefault(name, []).append(value)
        elif name in data:
            # Not in the table of methods, so perhaps nobody asks for it; who does gets an error (see ``answers``).
            data[name] = _together(data[name], value)
        else:
            data[name] = value
    _refuse_doubles(data)
    return data


def _together(present: t.Any, value: Data) -> list[Data]:
    """One more value of an element. Added in place: a server can repeat an element a million times."""
    if not isinstance(present, list):
        return [present, value]
    present.append(value)
    return present


def _refuse_doubles(data: dict[str, t.Any]) -> None:
    names: dict[str, str] = {}
    for key, value in data.items():
        double = names.setdefault(key.lstrip("@").lower(), key)
        if double != key and (double.lstrip("@") != key.lstrip("@") or data[double] != value):
            raise ValueError(
                f"it says both {shortened(double, MAX_SHOWN)} and {shortened(key, MAX_SHOWN)} of one element"
            )
