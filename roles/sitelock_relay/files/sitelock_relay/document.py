# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests: from bytes to what the relay understood, and from that to the document for the vendor.

Only what ``understood`` returns is ever sent. The parser expands nothing, and what could hide something from it or from
the vendor (a document type, a comment, a CDATA section, a processing instruction, a namespace) is refused before it.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from xml.sax.saxutils import escape

from lxml import etree

from .refusals import RefusedError
from .table import Method, Table

MAX_BYTES = 65535
MAX_DEPTH = 8
MAX_TEXT = 32768
MAX_CREDENTIAL = 1024
# An element takes far more time and memory than its few bytes.
MAX_MARKUP = 4096

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>'
_DECLARED = re.compile(
    r"""<\?xml[ \t\r\n]+version=(?:"1\.0"|'1\.0')(?:[ \t\r\n]+encoding=(?:"utf-8"|'utf-8'))?"""
    r"""(?:[ \t\r\n]+standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>""",
    re.IGNORECASE,
)
# The vendor asks for all five. A parser would turn a bare carriage return into a line feed, and white space in an
# attribute into a space.
_ENTITIES = {"'": "&apos;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_ID = re.compile(r"[1-9][0-9]{0,17}")
_ROOT = "SiteLockOnlineRequest"
# The vendor's pages have both spellings of the first.
_CREDENTIALS = {"user": "user", "username": "user", "password": "password", "partner": "partner"}


@dataclasses.dataclass(frozen=True)
class Element:
    """One element of a request: it has children or a text."""

    name: str
    text: str = ""
    attributes: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    children: tuple[Element, ...] = ()


@dataclasses.dataclass(frozen=True)
class Subject:
    """Whose data a call is about.

    :param kind: C(site), C(account) or C(other), see the table.
    """

    kind: str
    value: str


@dataclasses.dataclass(frozen=True)
class Request:
    """What the relay understood.

    :param partner: the brand for messages; None: not given.
    :param body: the element of the method.
    :param items: the subjects of each item of a batch; without a batch, of the call.
    """

    partner: str | None
    method: Method
    body: Element = dataclasses.field(repr=False)
    items: tuple[tuple[Subject, ...], ...]

    def ids(self, kind: str) -> list[str]:
        """Return the ids of a kind that the request names, each once."""
        return list(dict.fromkeys(each.value for item in self.items for each in item if each.kind == kind))


@dataclasses.dataclass(frozen=True)
class Envelope:
    """The outside of a request: who sends it, and for which method. It is cheap to read, so it is what is read of a
    client that has not proved yet who it is.

    :param element: of the method, not looked at.
    """

    user: str
    password: str = dataclasses.field(repr=False)
    partner: str | None
    method: Method
    element: etree._Element = dataclasses.field(repr=False)


def opened(document: bytes, table: Table) -> Envelope:
    """Read the outside of a request.

    :raises RefusedError: it is not a request with exactly one known method.
    """
    root = _tree(document)
    if root.tag != _ROOT or root.attrib:
        raise _refused("The root element must be SiteLockOnlineRequest, without attributes.")
    _refuse_text_between(root)
    authentication = [child for child in root if child.tag == "authentication"]
    methods = [child for child in root if child.tag != "authentication"]
    if len(authentication) != 1 or len(methods) != 1:
        raise _refused("A request must have exactly one element authentication and one method.")
    method = table.get(str(methods[0].tag))
    if method is None:
        raise RefusedError("unknown_method", "The relay does not know this method.", 403)
    credentials = _credentials(authentication[0])
    return Envelope(credentials["user"], credentials["password"], credentials.get("partner"), method, methods[0])


def understood(envelope: Envelope, max_items: int) -> Request:
    """Understand a request, all of it.

    :param max_items: of a batch.
    :raises RefusedError: it has a parameter that is not known, or one that it must not have.
    """
    method = envelope.method
    try:
        body = _element(envelope.element, method, "")
        return Request(envelope.partner, method, body, _items(body, method, max_items))
    except RefusedError as error:
        error.method = method.name
        raise


def build(request: Request, authentication: t.Mapping[str, str] | None) -> bytes:
    """Return the document for the vendor.

    :param authentication: user and password of the partner; None: an access token is sent beside the document.
    """
    own: tuple[Element, ...] = ()
    if authentication is not None:
        brand = {} if request.partner is None else {"partner": request.partner}
        named = {**authentication, **brand}
        own = (Element("authentication", children=tuple(Element(name, text) for name, text in named.items())),)
    root = Element(_ROOT, children=(*own, request.body))
    return (_DECLARATION + _written(root)).encode("utf-8")


def _written(element: Element) -> str:
    attributes = "".join(f' {name}="{escape(value, _ENTITIES)}"' for name, value in element.attributes.items())
    content = "".join(map(_written, element.children)) or escape(element.text, _ENTITIES)
    return f"<{element.name}{attributes}>{content}</{element.name}>"


def _refused(message: str, reason: str = "malformed") -> RefusedError:
    return RefusedError(reason, message)


def _tree(document: bytes) -> etree._Element:
    if len(document) > MAX_BYTES:
        raise _refused(f"The request is longer than {MAX_BYTES} bytes.")
    try:
        # Python removes the byte order mark, which some libraries of Windows send.
        text = document.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refused("The request is not UTF-8.") from None
    if text.startswith("<?xml"):
        declared = _DECLARED.match(text)
        if declared is None:
            raise _refused("The XML declaration must say version 1.0 and encoding UTF-8.")
        text = text[declared.end() :]
    # In XML, a bare "<" begins markup wherever it is, so these two are all of it.
    if "<!" in text:
        raise _refused("Document types, comments and CDATA sections are not allowed.")
    if "<?" in text:
        raise _refused("Processing instructions are not allowed.")
    if text.count("<") > MAX_MARKUP:
        raise _refused(f"The request has more than {MAX_MARKUP} tags.")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        return etree.fromstring(text.strip(" \t\r\n").encode("utf-8"), parser)
    except (etree.XMLSyntaxError, ValueError):
        # The parser's own words would repeat parts of the document.
        raise _refused("The request is not well-formed XML.") from None


def _credentials(element: etree._Element) -> dict[str, str]:
    _refuse_text_between(element)
    found: dict[str, str] = {}
    for child in [element, *element]:
        if child.attrib or child.nsmap:
            raise _refused("The element authentication must not have attributes.")
    for child in element:
        name = _CREDENTIALS.get(str(child.tag))
        if name is None or name in found or len(child):
            raise _refused("The element authentication must have user and password, each once, and only texts.")
        found[name] = child.text or ""
        if len(found[name]) > MAX_CREDENTIAL:
            raise _refused(f"The element authentication has a text of more than {MAX_CREDENTIAL} characters.")
    if not found.get("user") or not found.get("password"):
        raise RefusedError("credentials", "The request has no user or no password.")
    return found


def _element(element: etree._Element, method: Method, path: str, depth: int = 1) -> Element:
    """:param path: of the element below that of the method, which has the empty one."""
    if depth > MAX_DEPTH:
        raise _refused(f"The request is nested deeper than {MAX_DEPTH} levels.")
    if element.nsmap:
        raise _refused("Namespaces are not allowed.")
    prefix = f"{path}/" if path else ""
    attributes = {str(name): str(value) for name, value in element.attrib.items()}
    if any(prefix + name not in method.attributes for name in attributes):
        raise _refused(f"An attribute is unknown. {method.name} has {_listed(method.attributes)}.")
    for name, value in attributes.items():
        attributes[name] = _value(method, prefix + name, value)
    if not len(element):
        text = element.text or ""
        if path in method.elements:
            return Element(str(element.tag), _value(method, path, text), attributes)
        _refuse_text_between(element)
        return Element(str(element.tag), "", attributes)
    _refuse_text_between(element)
    seen: set[str] = set()
    for child in element:
        below = f"{prefix}{child.tag}"
        if below not in method.known:
            raise _refused(f"An element is unknown. {method.name} has {_listed(method.known)}.", "unknown_element")
        if below in seen and below not in method.repeated:
            raise _refused(f"{below} must not be repeated.")
        seen.add(below)
    children = tuple(_element(child, method, f"{prefix}{child.tag}", depth + 1) for child in element)
    return Element(str(element.tag), "", attributes, children)


def _value(method: Method, path: str, text: str) -> str:
    if len(text) > MAX_TEXT:
        raise _refused(f"A text is longer than {MAX_TEXT} characters.")
    if method.subjects.get(path) not in ("site", "account"):
        return text
    number = text.strip(" \t\r\n")
    if not _ID.fullmatch(number):
        raise _refused(f"{path} must be a whole number.")
    return number


def _refuse_text_between(element: etree._Element) -> None:
    texts = [element.text, *(child.tail for child in element)]
    if any(text and text.strip(" \t\r\n") for text in texts):
        raise _refused("There is a text between elements.")


def _listed(names: t.Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _items(body: Element, method: Method, max_items: int) -> tuple[tuple[Subject, ...], ...]:
    parts = [(child, child.name) for child in body.children if child.name == method.items] if method.items else []
    if method.items and not parts:
        raise _refused(f"{method.name} needs {method.items}.")
    items = tuple(tuple(_subjects(part, method, path)) for part, path in parts or [(body, "")])
    ids = max(sum(subject.kind != "other" for subject in item) for item in items)
    if max(len(items), ids) > max_items:
        raise RefusedError("too_many_items", f"A request may have at most {max_items} items or ids.", 403)
    return items


def _subjects(element: Element, method: Method, path: str) -> t.Iterator[Subject]:
    prefix = f"{path}/" if path else ""
    named = [(path, element.text), *((prefix + name, value) for name, value in element.attributes.items())]
    for at, value in named:
        if at in method.subjects:
            yield Subject(method.subjects[at], value)
    for child in element.children:
        yield from _subjects(child, method, prefix + child.name)
