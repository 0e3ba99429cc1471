# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Mutations of a response: in its bytes, its XML, or its JSON."""

from __future__ import annotations

import copy
import json
import random
import typing as t

from lxml import etree

STATUSES = [200] * 12 + [500, 500, 404, 404, 401, 403, 409, 429, 503, 204, 201, 302, 303, 400, 422]
"""HTTP statuses, by their frequency."""

_WORDS = """
0 1 -1 5 6 999 x777 5.0 005 +5 1e999 1e3 NaN Infinity true 2026-02-30 10000-01-01 ********
ok OK error failed ready READY pending-dns pending-retry absent online paused setup
ANF SNF AEX -98 P OLD WAF 10.0.0.2 a.example B.EXAMPLE. jane@a.example
"""
TEXTS = [
    *_WORDS.split(),
    *("", " ", "5 6", "::1%x;\nevil", "0.0.0.0/0", "{{ 7 * 7 }}", "<b>&amp;", "]]>", "https://evil.example/?token=x"),
    *("\u00b2", "\u2460", "\uff15", "\u0665", "5" * 5000, "-" + "9" * 5000, "a" * 20_000),
    *("\u202e", "\x07", "\U0001f600", "\ufffd", "e\u0301"),
]
"""Texts that may break a parser, or be misinterpreted."""

TOKENS = [
    *(b"&", b"<", b">", b"&nbsp;", b"&#0;", b"&#xD800;", b"]]>", b"<![CDATA[", b"<!-- ", b"<!DOCTYPE x>"),
    *(b"\x00", b"\x08", b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xef\xbb\xbf", b" ", b"\n", "\u00b2".encode()),
    *(b'"', b"\\", b"{", b"[", b",", b":", b"\\ud800", b"1e999", b"NaN", b"5" * 5000, b"<?xml version='1.0'?>"),
    *(b"[" * 900, b'{"a":' * 900, b"<a>" * 900),
]


def spoil_bytes(body: bytes, rng: random.Random) -> bytes:
    """``body`` cut, doubled, flipped, or with a token in it."""
    start, end = sorted((rng.randint(0, len(body)), rng.randint(0, len(body))))
    return rng.choice(
        [
            lambda: body[:start] + body[end:],
            lambda: body[:end] + body[start:],
            lambda: body[:end],
            lambda: body[start:],
            lambda: body[:start] + rng.choice(TOKENS) + body[start:],
            lambda: body[:start] + bytes([rng.randrange(256)]) + body[start + 1 :],
            lambda: rng.choice(TOKENS) + body,
            lambda: body + rng.choice(TOKENS),
            lambda: body.decode("utf-8", "replace").encode("utf-16"),
            lambda: body * 2,
        ]
    )()


def spoil_xml(body: bytes, rng: random.Random, names: t.Sequence[str]) -> bytes:
    """``body`` with one element dropped, doubled, moved, renamed, nested, made an attribute, or with another text.

    :param names: of other elements.
    """
    root = etree.fromstring(body)
    element = rng.choice(list(root.iter()))
    parent = element.getparent()
    other = rng.choice(list(root.iter()))
    kind = rng.randrange(12 if parent is not None else 5)
    text = rng.choice(TEXTS)
    if kind in (0, 1):
        _set_text(element, text)
    elif kind == 2:
        element.tag = rng.choice([*names, element.tag.upper(), element.tag.title()])
    elif kind == 3:
        _set_attribute(element, rng.choice([*names, "site_id", "id", "code", "status", "error"]), text)
    elif kind == 4:
        deep = element
        for _level in range(rng.choice([2, 30, 100, 900])):
            deep = etree.SubElement(deep, "more")
        deep.text = "x"
    elif kind == 5:
        parent.remove(element)
    elif kind == 6:
        parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(element))
    elif kind == 7:
        double = copy.deepcopy(element)
        _set_text(double, text)
        double.tag = rng.choice([element.tag, element.tag.upper(), element.tag.title()])
        parent.insert(rng.randrange(len(parent) + 1), double)
    elif kind == 8 and len(element) == 0:
        parent.remove(element)
        _set_attribute(parent, element.tag, element.text or "")
    elif kind == 9 and len(element) == 0:
        _set_attribute(parent, rng.choice([element.tag, element.tag.upper()]), text)
    elif kind == 10 and other not in element.iter():
        other.append(element)
    else:
        inner = etree.SubElement(parent, rng.choice(names))
        _set_text(inner, text)
    return etree.tostring(root, encoding="utf-8")


def _set_text(element: t.Any, text: str) -> None:
    element.text = "".join(character for character in text if character in "\t\n\r" or character >= " ")


def _set_attribute(element: t.Any, name: str, text: str) -> None:
    element.set(name, "".join(character for character in text if character >= " "))


ODD: list[t.Any] = [
    *(None, True, False, 0, -1, 7, 7.0, 4711, 10**17, 10**400, 1.5, [], {}, [[]], [None], {"domain": "b.example"}),
    *("\ud800", "x\udfffy", float("inf"), float("nan")),
]


def spoil_json(body: bytes, rng: random.Random, names: t.Sequence[str]) -> bytes:
    """``body`` with one value or one key dropped, doubled, moved, renamed, nested, or replaced."""
    value = json.loads(body)
    places = list(_places(value, []))
    path = rng.choice(places)
    new = rng.choice([lambda: rng.choice(TEXTS), lambda: copy.deepcopy(rng.choice(ODD))])()
    kind = rng.randrange(7)
    if not path:
        value = rng.choice([new, [value], {rng.choice(names): value}, [value, value]])
    else:
        holder = value
        for step in path[:-1]:
            holder = holder[step]
        key = path[-1]
        if kind == 0:
            del holder[key]
        elif kind in (1, 2):
            holder[key] = new
        elif isinstance(holder, list):
            holder.insert(0, copy.deepcopy(holder[key]) if kind < 5 else new)
        elif kind == 3:
            holder[rng.choice([*names, key.upper(), key.title()])] = holder.pop(key)
        elif kind == 4:
            holder[rng.choice([key.upper(), key.title()])] = new
        elif kind == 5:
            holder[rng.choice(names)] = new
        else:
            for _level in range(rng.choice([2, 30, 100, 900])):
                holder[key] = rng.choice([[holder[key]], {"more": holder[key]}])
    text = json.dumps(value, ensure_ascii=rng.random() < 0.7)
    if rng.random() < 0.05:
        name = rng.choice(names)
        text = text.replace("{", f'{{"{name}": {json.dumps(new)}, "{name}": 1, ', 1)
    return text.encode("utf-8", "surrogatepass")


def _places(value: t.Any, path: list[t.Any]) -> t.Iterator[list[t.Any]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from _places(each, [*path, key])
