# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""XML from a server: one parser, which reads nothing outside the document and expands no entity."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    from lxml import etree
except ImportError:
    note_missing("lxml")

# A byte order mark, white space, or both. By the standard, an XML declaration must precede them.
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
_HAS_DOCTYPE = "it has a document type declaration, which the API never sends"


def parse_xml(body: bytes) -> etree._Element:
    """The root element of a document.

    :raises ValueError: it is not XML, is truncated, or has a document type declaration. The text says which, and has
        nothing of the document.
    """
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
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding that the check above does not recognise
        raise ValueError(_HAS_DOCTYPE)
    return root


def _problem(error: t.Any, before: bytes) -> str:
    """The error and its position. The parser's own texts repeat parts of the document, which may contain secrets.

    :param error: an C(XMLSyntaxError), of which the type stubs do not know all attributes.
    :param before: the removed text before the document.
    """
    name = next((entry.type_name for entry in error.error_log if entry.type == error.code), "ERR_DOCUMENT_EMPTY")
    what = next((text for text, names in _PROBLEMS.items() if name in names), f"it is not XML ({name})")
    line, column = error.position
    column += len(before.rpartition(b"\n")[2]) if line == 1 else 0
    line += before.count(b"\n")
    return f"{what} (line {line}, column {column})"
