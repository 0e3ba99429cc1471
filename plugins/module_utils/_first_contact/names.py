# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of elements in responses, as far as a report may say them.

A name says how the API answers where its page ends, so it is worth reporting. But a server can put anything into a
name. So a name is reported only if all of its words are words of this list: it then says nothing about a customer.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._recording.words import (
    NAMES_OF_PEOPLE,
    WHOLE_NAMES,
    WORDS,
)

_WORD = re.compile(r"IPs|[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_NAME = re.compile(r"[A-Za-z_]{1,40}")
_MOST_WORDS = 6
_MOST_NAMES = 200

_WORDS = (
    WORDS
    # C(x) stands for anything in a recorded answer.
    - {*NAMES_OF_PEOPLE, "x"}
    | frozenset(
        re.findall(
            r"\w+",
            """
        activity added addresses adopted alert allowed an and any api applications archive as asn
        attribute attributes average backups bad base billed billing black block blocked blog bot bots
        brand browser bundles by cached call change changes checked cleaned code codes comment
        compliance compliant configuration contains cookie counts criteria critical custom cvv cycle
        databases dates day delay desc disabled display domains due duration edited encoding ended ends
        expiration ext features filter finding findings finish fixed format free groups hash high
        history hit home host hosting hosts ids images include included issue issues job key label
        latest lead legacy limits line location lock log logins low mail management medium merchant
        method mid modes monitor networks new not notification of off offer open other output owners
        page paid param parent passed patch paths patterns pci plan points policy postal premium price
        prior processed products profile protected protection public purchase purchased quarantine
        quarterly ranges rec reasons redirect ref reference renews replacement requested require route
        rule run schedule search secure sender sequence series server shield show signature smart stamp
        standard start starts statistic statistics stats subject subscriptions suggested support table
        tax team telephone template test threat times timestamp timezone title tls to trial until
        uploaded usage validated values view visitor vulnerability vulnerabilities warn when white www
        zone
        """,
        )
    )
)
"""Those of recorded answers, and more: as the name of an element, C(plan) is nobody's name."""


def reportable(names: t.Iterable[str]) -> tuple[list[str], int]:
    """The names that may be reported, sorted, and how many others there are.

    :param names: of elements, attributes or keys, as a server sent them.
    """
    every = set(names)
    told = sorted(name for name in every if _is_plain(name))[:_MOST_NAMES]
    return told, len(every) - len(told)


def _is_plain(name: str) -> bool:
    if name in WHOLE_NAMES:
        return True
    if not _NAME.fullmatch(name):
        return False
    words = _WORD.findall(name)
    return (
        0 < len(words) <= _MOST_WORDS
        and len("".join(words)) == len(name.replace("_", ""))
        and all(word.lower() in _WORDS for word in words)
    )


def names_in(data: t.Any) -> t.Iterator[str]:
    """All names in plain data, without the marks of attributes and texts."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key != "#text":
                yield str(key).lstrip("@")
            yield from names_in(value)
    elif isinstance(data, list):
        for each in data:
            yield from names_in(each)
