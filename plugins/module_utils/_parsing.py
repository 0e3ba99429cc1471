# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Numbers, dates, JSON and text from a server: bounded, checked, and valid in every output.

All data of a server is parsed here before other code uses it. Nothing here raises anything but ``ValueError``.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import typing as t

MAX_DIGITS = 18
"""Maximum number of digits: fits in 64 bits, and is more than any id has."""
MAX_DEPTH = 64
"""Maximum nesting of a response. The deepest documented one has 6 levels."""

_NUMBER = re.compile(rf"[0-9]{{1,{MAX_DIGITS}}}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ANY_TIME = re.compile(
    rf"({_DATE.pattern})[Tt ]([0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}})(?:\.[0-9]{{1,9}})? ?(Z|[+-][0-9]{{2}}:[0-9]{{2}})?"
)
_TIME = re.compile(rf"{_DATE.pattern}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z")


def whole_number(value: object) -> int | None:
    """Parse a text of 1 to ``MAX_DIGITS`` ASCII digits; C(None) for everything else."""
    return int(value) if isinstance(value, str) and _NUMBER.fullmatch(value) else None


def calendar_date(value: object) -> datetime.date | None:
    """Parse a date C(YYYY-MM-DD); C(None) for everything else."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return None
    try:
        return datetime.date.fromisoformat(value)
    except ValueError:
        return None


def utc_time(value: object) -> datetime.datetime | None:
    """Parse a time C(YYYY-MM-DDTHH:MM:SSZ); C(None) for everything else."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return None
    try:
        return datetime.datetime.fromisoformat(f"{value[:-1]}+00:00")
    except ValueError:
        return None


def any_time(value: object) -> datetime.datetime | None:
    """Parse a time as YAML and Ansible write it, with a zone, or without one in UTC; C(None) for everything else.

    :returns: the time in UTC.
    """
    try:
        if isinstance(value, str):
            found = _ANY_TIME.fullmatch(value)
            zone = found and found[3]
            value = found and datetime.datetime.fromisoformat(
                f"{found[1]}T{found[2]}{'+00:00' if zone in (None, 'Z') else zone}"
            )
        if not isinstance(value, datetime.datetime):
            return None
        utc = datetime.timezone.utc
        return value.astimezone(utc) if value.tzinfo else value.replace(tzinfo=utc)
    except (ValueError, OverflowError):
        return None


def utc_text(time: datetime.datetime) -> str:
    """``time`` (UTC) in the form that ``utc_time`` parses."""
    return f"{time.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def clean_text(text: str) -> str:
    """``text`` as a plain ``str`` that every encoder accepts: unpaired surrogates become C(?)."""
    return text.encode("utf-8", "replace").decode("utf-8")


def parse_json(body: bytes, *, exact: bool = False) -> t.Any:
    """Parse the JSON in ``body``; C(None) if it is only white space (after a byte order mark, if any).

    :param exact: refuse texts that ``clean_text`` would change.
    :raises ValueError: it is not JSON, is truncated, is nested deeper than ``MAX_DEPTH``, repeats a key of an object,
        or contains a number that is not finite or has more than ``MAX_DIGITS`` digits. The text says which.
    """
    text = body.decode("utf-8-sig")
    if not text.strip():
        return None
    try:
        value = json.loads(
            text, parse_int=_integer, parse_float=_fraction, parse_constant=_constant, object_pairs_hook=_object
        )
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    refuse_depth(value)
    cleaned = _cleaned(value)
    if exact and cleaned != value:
        raise ValueError("it contains a text that is not Unicode")
    return cleaned


def refuse_depth(value: object) -> None:
    """:raises ValueError: ``value``, plain data, is nested deeper than ``MAX_DEPTH``."""
    level: list[object] = [value]
    for _depth in range(MAX_DEPTH + 1):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return
    raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise ValueError(f"it contains a number of more than {MAX_DIGITS} digits")
    return int(text)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("it contains a number that is too large")
    return number


def _constant(text: str) -> t.NoReturn:
    raise ValueError(f"{text} is not JSON")


def _object(pairs: list[tuple[str, t.Any]]) -> dict[str, t.Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("an object in it has a key twice")
    return found


def _cleaned(value: t.Any) -> t.Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    if isinstance(value, dict):
        return {clean_text(name): _cleaned(each) for name, each in value.items()}
    return value
