# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a server may do to a text that it repeats, and a reader that undoes it.

The reader shares nothing with the collection: it undoes one step for the whole text with the means of Python.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import html
import itertools
import json
import re
import typing as t
import warnings
from urllib.parse import quote, quote_plus, unquote, unquote_plus
from xml.sax.saxutils import escape

Spelling = t.Callable[[str], str]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _json_numbers(text: str) -> str:
    utf16 = text.encode("utf-16-be", "surrogatepass").hex()
    return "".join(rf"\u{utf16[start : start + 4]}" for start in range(0, len(utf16), 4))


def _wrapped(text: str) -> str:
    return "\r\n    ".join(text[start : start + 5] for start in range(0, len(text), 5))


SPELLINGS: dict[str, Spelling] = {
    "as it is": str,
    "XML, three entities": escape,
    "XML, five entities": lambda text: escape(text, {"'": "&apos;", '"': "&quot;"}),
    "HTML": html.escape,
    "HTML, numbers": lambda text: "".join(f"&#{ord(character)};" for character in text),
    "HTML, padded numbers": lambda text: text.replace("&", "&amp;").replace("'", "&#039;"),
    "HTML, hexadecimal": lambda text: "".join(f"&#X{ord(character):X};" for character in text),
    "address": lambda text: quote(_bytes(text), safe=""),
    "address, slash kept": lambda text: quote(_bytes(text)),
    "address, lower case": lambda text: re.sub("%..", lambda found: found[0].lower(), quote(_bytes(text), safe="")),
    "address, every byte": lambda text: "".join(f"%{byte:02x}" for byte in _bytes(text)),
    "form": lambda text: quote_plus(_bytes(text)),
    "JavaScript address": lambda text: quote(_bytes(text), safe="!'()*~"),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON, not ASCII": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON, slash escaped": lambda text: json.dumps(text, ensure_ascii=False)[1:-1].replace("/", "\\/"),
    "JSON, numbers": _json_numbers,
    "JSON, numbers, upper case": lambda text: re.sub("....(?=\\\\|$)", lambda it: it[0].upper(), _json_numbers(text)),
    "Python": lambda text: repr(text)[1:-1],
    "Python, bytes": lambda text: repr(_bytes(text))[2:-1],
    "Python, every byte": lambda text: "".join(f"\\x{byte:02X}" for byte in _bytes(text)),
    "wrapped": _wrapped,
    "white space collapsed": lambda text: " ".join(text.split()),
    "base64": lambda text: base64.b64encode(_bytes(text)).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(_bytes(text)).decode().rstrip("="),
    "HTTP Basic": lambda text: base64.b64encode(b"me:" + _bytes(text)).decode(),
}


def twice() -> t.Iterator[tuple[str, Spelling]]:
    """Every spelling of every spelling, each with its name."""
    for inner, outer in itertools.product(SPELLINGS, SPELLINGS):
        yield f"{outer} of {inner}", lambda text, i=inner, o=outer: SPELLINGS[o](SPELLINGS[i](text))


def _unescaped(text: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return codecs.decode(text.encode("utf-8", "backslashreplace"), "unicode_escape")


def _unescaped_bytes(text: str) -> str:
    return _unescaped(text).encode("latin-1").decode("utf-8")


def _unescaped_json(text: str) -> str:
    return str(json.loads(f'"{text}"', strict=False))


def _from_base64(text: str) -> str:
    def decoded(found: re.Match[str]) -> str:
        raw = found[0].translate(str.maketrans("-_", "+/"))
        try:
            return base64.b64decode(f"{raw}===").decode("utf-8")
        except (UnicodeDecodeError, binascii.Error):
            return found[0]

    return re.sub(r"[A-Za-z0-9+/_-]{8,}", decoded, text)


_UNDO: tuple[Spelling, ...] = (
    html.unescape,
    unquote,
    unquote_plus,
    _unescaped,
    _unescaped_bytes,
    _unescaped_json,
    lambda text: text.replace("\\/", "/").replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\"),
    _from_base64,
)


def readings(text: str, depth: int = 2) -> set[str]:
    """What ``text`` means when up to ``depth`` steps are undone, without white space."""
    found = level = {"".join(text.split())}
    for _step in range(depth):
        following = {_undone(each, undo) for each, undo in itertools.product(level, _UNDO)}
        level = following - found
        found = found | following
    return found


def _undone(text: str, undo: Spelling) -> str:
    try:
        return "".join(undo(text).split())
    except (ValueError, UnicodeError):
        return text


def shows(text: str, secret: str, depth: int = 2) -> bool:
    """Whether a reader of ``text`` can find ``secret``."""
    wanted = "".join(secret.split())
    return any(wanted in each for each in readings(text, depth))
