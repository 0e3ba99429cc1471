# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Texts of an answer, one at a time, by an allow-list: what is not known to be harmless is replaced by its form.

Pure but for the memory of ``Placeholders``.
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlsplit

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address
from ansible_collections.hosting.websec.plugins.module_utils._recording.placeholders import Placeholders
from ansible_collections.hosting.websec.plugins.module_utils._recording.words import (
    CODE_NAMES,
    COUNTS,
    MESSAGE_WORDS,
    NAMES_OF_PEOPLE,
    PEOPLE,
    SECRET,
    SECRET_ENDS,
    TEXT_NAMES,
    TEXTS,
    TXT_PREFIXES,
    VALUES,
    WHOLE_NAMES,
    WORDS,
)

LONGEST = 2000
"""Characters. A longer text is not looked into."""
_LONGEST_NAME = 80
_LONGEST_ADDRESS = 500

_PARTS = re.compile(r"IPs|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*", re.ASCII)
_MARKS = re.compile(r"[.,;:!?()-]{1,3}")
_PLAIN_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]{2,5})[.,;:!?]?", re.ASCII)
_EMAIL = re.compile(r"[^\s@<>,;]+@[^\s@<>,;/]+\.[^\s@<>,;/]+")
_DOMAIN = re.compile(
    r"(?:\*\.)?(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})\.)+(?:[A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})\.?", re.ASCII
)
_NUMBER = re.compile(r"-?[0-9]{1,40}", re.ASCII)
_DECIMAL = re.compile(r"-?[0-9]{1,20}[.][0-9]{1,20}", re.ASCII)
_CODE = re.compile(r"[A-Z]{2,4}|-?[0-9]{1,4}", re.ASCII)
_COUNT = re.compile(r"[0-9]{1,6}", re.ASCII)
_NETWORK = re.compile(r"([0-9A-Fa-f:.]{2,45})/([0-9]{1,3})", re.ASCII)
_TWO_LETTERS = re.compile(r"[A-Z]{2}", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2}[-_][A-Z]{2}", re.ASCII)
_ENUMERATED = re.compile(r"[A-Za-z]+(?:[_-][A-Za-z]+)*", re.ASCII)
_SEPARATORS = re.compile(r"(\s*[,;\s]\s*)")
_MOST_PARTS = 500

_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}"
_DATES: tuple[tuple[t.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.ASCII), shown)
    for pattern, shown in (
        (_DAY, "2001-02-03"),
        (rf"{_DAY} {_TIME}", "2001-02-03 04:05"),
        (rf"{_DAY} {_TIME}:[0-9]{{2}}", "2001-02-03 04:05:06"),
        (rf"{_DAY}T{_TIME}:[0-9]{{2}}", "2001-02-03T04:05:06"),
        (rf"{_DAY}T{_TIME}:[0-9]{{2}}Z", "2001-02-03T04:05:06Z"),
        (rf"{_DAY}T{_TIME}:[0-9]{{2}}\.[0-9]{{1,9}}Z", "2001-02-03T04:05:06.000Z"),
        (rf"{_DAY}T{_TIME}:[0-9]{{2}}[+-][0-9]{{2}}:?[0-9]{{2}}", "2001-02-03T04:05:06+00:00"),
        (r"[0-9]{4}/[0-9]{2}/[0-9]{2}", "2001/02/03"),
        # Which of the two is the day is what is to be learnt.
        (r"(?:1[3-9]|2[0-9]|3[01])/[0-9]{1,2}/[0-9]{4}", "31/12/2001"),
        (r"[0-9]{1,2}/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}", "12/31/2001"),
        (r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "01/02/2001"),
        (r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", "03.02.2001"),
        (rf"[A-Z][a-z]{{2}}, [0-9]{{1,2}} [A-Z][a-z]{{2}} [0-9]{{4}} {_TIME}:[0-9]{{2}} (?:GMT|[+-][0-9]{{4}})",
         "Sat, 03 Feb 2001 04:05:06 GMT"),
        (r"[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4}", "Feb 03, 2001"),
        (_TIME, "04:05"),
        (rf"{_TIME}:[0-9]{{2}}", "04:05:06"),
    )
)  # fmt: skip
_SECONDS_OF_AN_EPOCH = re.compile(r"1[0-9]{9}(?:[0-9]{3})?", re.ASCII)
_ABOUT_TIME = frozenset(
    {"date", "time", "created", "updated", "start", "end", "expires", "expiry", "last", "next", "timestamp", "since"}
)


def redacted_name(name: str, placeholders: Placeholders) -> str:
    """The name of an element, an attribute or a key: its known words stay."""
    if name.lower() in WHOLE_NAMES:
        return name
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        # A map, whose keys are data: C({"customer.example": ...}).
        return placeholders.domain(name) if _DOMAIN.fullmatch(name) else placeholders.word(name)
    return _PARTS.sub(lambda part: part[0] if part[0].lower() in WORDS else placeholders.word(part[0]), name)


def redacted_text(name: str, text: str, placeholders: Placeholders) -> str:
    """The text of an element, an attribute or a key.

    :param name: its name, as it came.
    """
    text = text.strip()
    if not text:
        return ""
    if len(name) > _LONGEST_NAME or len(text) > LONGEST:
        # A long name is not looked into either: it may have thousands of values.
        return placeholders.text(text)
    words = [part.lower() for part in _PARTS.findall(name)]
    name = name.lower()
    if _is_secret(name, words):
        return placeholders.text(text)
    if name in TEXT_NAMES or (name == "status" and " " in text):
        return _message(text, placeholders)
    known = _known(name, words, text)
    if known is not None:
        return known
    return _formed(words, text, placeholders) or _list(name, words, text, placeholders) or placeholders.text(text)


def _is_secret(name: str, words: t.Iterable[str]) -> bool:
    return not SECRET.isdisjoint(words) or name.endswith(SECRET_ENDS)


def _known(name: str, words: t.Sequence[str], text: str) -> str | None:
    """``text``, if it is no data of anybody."""
    if text in TEXTS:
        return text
    if name in CODE_NAMES:
        return text if _CODE.fullmatch(text) else None
    if words[-1:] in (["state"], ["province"]) and _TWO_LETTERS.fullmatch(text):
        # Of a country: Ontario is ON.
        return None
    if not PEOPLE.isdisjoint((name, *words[-1:])):
        return _field_name(name, text)
    if text.lower() in NAMES_OF_PEOPLE and not WORDS.issuperset(words):
        # Nobody knows whose C(<surname>Green</surname>) is.
        return None
    if text.lower() in VALUES or text in ("0", "1"):
        return text if text not in ("0", "1") or words[-1:] not in (["id"], ["ids"]) else None
    if not COUNTS.isdisjoint((name, *words[-1:])) and _COUNT.fullmatch(text):
        return text
    return _several_words(text)


def _field_name(name: str, text: str) -> str | None:
    """The name of a field, such as C(user_name): it has several known words, so it is nobody's name."""
    return _several_words(text) if name == "name" and "_" in text else None


def _several_words(text: str) -> str | None:
    """A value like C(pending-dns), of which a new one is worth to be known."""
    if not _ENUMERATED.fullmatch(text) or not re.search("[_-]", text) or len(text) > _LONGEST_NAME:
        return None
    return text if all(part.lower() in WORDS for part in re.split("[_-]", text)) else None


def _formed(words: t.Sequence[str], text: str, placeholders: Placeholders) -> str | None:
    """What stands for a single value, by its form. C(None): it has none."""
    return (
        _number_or_time(words, text, placeholders)
        or _address(text, placeholders)
        or _in_a_name(text, placeholders)
        or _behind_a_start(text, placeholders)
        or _country(words, text, placeholders)
    )


def _number_or_time(words: t.Sequence[str], text: str, placeholders: Placeholders) -> str | None:
    if _NUMBER.fullmatch(text):
        if _SECONDS_OF_AN_EPOCH.fullmatch(text) and not _ABOUT_TIME.isdisjoint(words):
            return "981173106" + "000" * (len(text) > len("1234567890"))
        return str(placeholders.identifier(text))
    if _DECIMAL.fullmatch(text):
        return "1.50"
    return next((shown for pattern, shown in _DATES if pattern.fullmatch(text)), None)


def _address(text: str, placeholders: Placeholders) -> str | None:
    """An address, or a network."""
    address = find_address(text)
    if address is not None:
        return placeholders.address(address)
    network = _NETWORK.fullmatch(text)
    start = find_address(network[1]) if network else None
    if network and start is not None and int(network[2]) <= start.max_prefixlen:
        return placeholders.network(text, start.version, int(network[2]))
    return None


def _in_a_name(text: str, placeholders: Placeholders) -> str | None:
    """An e-mail address, a URL or a domain."""
    if len(text) > _LONGEST_ADDRESS:
        return None
    if _EMAIL.fullmatch(text):
        return placeholders.email(text)
    if "://" in text:
        return _url(text, placeholders)
    return placeholders.domain(text) if _DOMAIN.fullmatch(text) else None


def _behind_a_start(text: str, placeholders: Placeholders) -> str | None:
    """A path, or a TXT value that says for whom it is."""
    start = next((each for each in ("/", *TXT_PREFIXES) if text.lower().startswith(each)), None)
    if start is None:
        return None
    rest = "".join(text[len(start) :].split())
    return f"{start}{placeholders.text(rest)}" if rest else start


def _country(words: t.Sequence[str], text: str, placeholders: Placeholders) -> str | None:
    if _LOCALE.fullmatch(text):
        return "en-US"
    about = any(each.startswith(("countr", "geo")) for each in words)
    return placeholders.country(text) if about and _TWO_LETTERS.fullmatch(text) else None


def _url(text: str, placeholders: Placeholders) -> str | None:
    """The scheme and the host. Path and query can be a token."""
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or any(each.isspace() for each in text):
        return None
    address = find_address(host)
    if address is not None:
        shown = placeholders.address(address)
        shown = f"[{shown}]" if address.version == 6 else shown
    else:
        shown = placeholders.domain(host) if _DOMAIN.fullmatch(host) else "site.example"
    path = f"/{placeholders.text(parts.path)}" if parts.path.strip("/") else parts.path[:1]
    query = f"?{placeholders.text(parts.query)}" if parts.query else ""
    return f"{parts.scheme}://{shown}{path}{query}"


def _list(name: str, words: t.Sequence[str], text: str, placeholders: Placeholders) -> str | None:
    """What stands for a list with commas, semicolons or white space, if all of its parts have a form or are known."""
    parts = _SEPARATORS.split(text)
    if not 3 <= len(parts) <= _MOST_PARTS:
        return None
    shown = []
    for index, part in enumerate(parts):
        if index % 2:
            shown.append(part)
            continue
        each = part and (_known(name, words, part) or _formed(words, part, placeholders))
        if each is None:
            return None
        shown.append(each)
    return "".join(shown)


def _message(text: str, placeholders: Placeholders) -> str:
    """A text for people: the words of the API and of errors in general stay, one by one."""
    if text in TEXTS:
        return text
    return " ".join(_message_word(part, placeholders) for part in text.split())


def _message_word(part: str, placeholders: Placeholders) -> str:
    if _MARKS.fullmatch(part):
        return part
    plain = _PLAIN_WORD.fullmatch(part)
    if plain and plain[1].lower() in MESSAGE_WORDS:
        return part
    if re.fullmatch(r"[a-z]+(?:_[a-z]+)+", part) and all(each in WORDS for each in part.split("_")):
        return part
    end = part[-1] if len(part) > 1 and part[-1] in ".,;:!?" else ""
    inner = part[: len(part) - len(end)].strip("'\"()[]<>")
    return f"{_formed((), inner, placeholders) or placeholders.word(inner)}{end}"
