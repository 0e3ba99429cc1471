# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The XML of the partner API: from parameters to a request document, and from a response document to plain data.

Plain data: an element without children and attributes is its text, stripped; any other element is a mapping of its
children, with attributes as C(@name) and its own text as C(#text). Elements that may repeat are lists.
"""

from __future__ import annotations

import re
import typing as t
from xml.sax.saxutils import escape

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import MAX_DEPTH
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import Method
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import Parameters
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened
from ansible_collections.hosting.websec.plugins.module_utils._xml import parse_xml

if t.TYPE_CHECKING:
    from lxml import etree

Data = t.Union[str, "dict[str, t.Any]"]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
# The API requires all five, and general-purpose serialisers escape three of them. A parser turns an unescaped
# carriage return into a line feed.
_QUOTES = {"'": "&apos;", '"': "&quot;", "\r": "&#13;"}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""A character that XML does not allow."""
MAX_SHOWN = 60
"""Characters of a name that a message shows."""
# The pages of getWafOrigin and setWafOrigin give the root of the response the name of the request's root.
_ROOTS = ("SiteLockOnlineResponse", "SiteLockOnlineRequest")


def encode(method: Method, parameters: Parameters, authentication: Parameters | None) -> bytes:
    """The request document.

    :param parameters: of the method, in the form of a response (see above). A value is a text (an empty one is
        an empty element), a number, a flag (sent as 1 or 0), a mapping of child elements, or a list (the element
        repeats). C(None) leaves the element out. The table says which are attributes; C(@name) is one, too.
    :param authentication: children of the element C(authentication); C(None) leaves it out.
    :raises BadInputError: a text has a character that XML does not allow, a name is invalid, or a nested parameter is
        not given inside its element.
    """
    _refuse_wrong_places(method, parameters)
    return "".join(
        [
            _DECLARATION,
            "<SiteLockOnlineRequest>",
            _element("authentication", authentication, frozenset()),
            _element(method.name, parameters, method.attributes),
            "</SiteLockOnlineRequest>",
        ]
    ).encode("utf-8")


def _refuse_wrong_places(method: Method, parameters: Parameters) -> None:
    """The API may treat a container that is sent as a text as empty, and so apply the call to all instead of one."""
    for path in sorted(method.nested | method.attributes):
        *parents, child = path.split("/")
        for given in _at(parameters, parents) if parents else ():
            if not isinstance(given, t.Mapping) and given not in (None, ""):
                raise BadInputError(
                    f"{method.name}: {'/'.join(parents)} must be a dictionary, for example with the key {child}."
                )


def _at(value: t.Any, path: t.Sequence[str]) -> t.Iterator[t.Any]:
    """All values at a path, from the outside in."""
    if isinstance(value, (list, tuple)):
        for each in value:
            yield from _at(each, path)
    elif not path:
        yield value
    elif isinstance(value, t.Mapping):
        yield from _at(value.get(path[0]), path[1:])


def _element(name: str, value: t.Any, attributes: t.Collection[str], path: str = "") -> str:
    """An element with its content.

    :param attributes: paths of those parameters that are attributes.
    :param path: of the element, with a slash at its end; empty for that of the method.
    """
    if not _NAME.fullmatch(name):
        raise BadInputError(f"{shortened(name, MAX_SHOWN)!r} cannot be the name of an element.")
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return "".join(_element(name, each, attributes, path) for each in value)
    if not isinstance(value, t.Mapping):
        return f"<{name}>{_text(value)}</{name}>"
    start, content = name, ""
    for key, each in value.items():
        if key == "#text":
            content += _text(each)
        elif each is not None and (key.startswith("@") or path + key in attributes):
            start += _attribute(key[1:] if key.startswith("@") else key, each)
        else:
            content += _element(key, each, attributes, f"{path}{key}/")
    return f"<{start}>{content}</{name}>"


def _attribute(name: str, value: t.Any) -> str:
    if not _NAME.fullmatch(name) or isinstance(value, (list, tuple, t.Mapping)):
        raise BadInputError(f"{shortened(name, MAX_SHOWN)!r} cannot be an attribute, or not with this value.")
    return f' {name}="{_text(value)}"'


def _text(value: t.Any) -> str:
    text = str(int(value)) if isinstance(value, bool) else str(value)
    if NOT_XML.search(text):
        raise BadInputError("A value contains a control character, which XML does not allow.")
    return escape(text, _QUOTES)


def decode(body: bytes, method: Method) -> dict[str, t.Any]:
    """The children of the root of a response document, as plain data.

    :raises BadResponseError: ``body`` is not a response of the API: an HTML page, a truncated document, a DOCTYPE.
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
    """:raises ValueError: ``body`` is not a response of the API, with the reason."""
    root = parse_xml(body)
    if root.tag not in _ROOTS:
        raise ValueError(f"its root element is {shortened(str(root.tag), MAX_SHOWN)}, not SiteLockOnlineResponse")
    return root


def _data(element: etree._Element, repeats: frozenset[str], depth: int = 1) -> Data:
    """:raises ValueError: it is nested too deeply, or has an element twice (in other letter case, as an attribute)."""
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
            # Not in the table of methods, so perhaps never used; using it is an error (see ``responses``).
            data[name] = _together(data[name], value)
        else:
            data[name] = value
    _refuse_doubles(data)
    return data


def _together(present: t.Any, value: Data) -> list[Data]:
    """Add a value to an element, in place: a server can repeat an element a million times."""
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
                f"it has both {shortened(double, MAX_SHOWN)} and {shortened(key, MAX_SHOWN)} in one element"
            )
