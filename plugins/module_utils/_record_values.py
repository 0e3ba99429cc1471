# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Valid values of records. A value that no server would accept is refused for its own site: the DNS module would refuse
it together with the records of all others."""

from __future__ import annotations

import re

from ansible_collections.hosting.websec.plugins.module_utils._addresses import Address, find_address

MAX_TTL = 2**31 - 1
"""Seconds."""

MAX_TEXT = 4000
"""Maximum number of bytes of a published text. SiteLock's values have less than 100."""

_CHARACTER = r"(?:[!-\[\]-~]|\\[01]\d\d|\\2[0-4]\d|\\25[0-5]|\\[^\d])"
_LABEL = rf"(?:(?!\.){_CHARACTER}){{1,63}}"
_TARGET = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)
_MAX_NAME = 253


def is_value(kind: str, value: str) -> bool:
    """Whether ``value`` is valid in a record of type A, AAAA or CNAME. The target of a CNAME is a name with a dot."""
    address = find_address(value)
    if kind != "CNAME":
        return address is not None and address_type(address) == kind
    name = value[:-1] if value.endswith(".") else value
    return (
        address is None
        and "." in value
        and len(name) <= _MAX_NAME
        and not name.rpartition(".")[2].isdigit()
        and _TARGET.fullmatch(value) is not None
    )


def is_text(value: str) -> bool:
    """Whether ``value`` can be published as a TXT value: not empty, not too long, not in the quotation marks of a zone
    file."""
    try:
        encoded = value.encode()
    except UnicodeEncodeError:
        return False
    return 0 < len(encoded) <= MAX_TEXT and not (len(encoded) > 1 and encoded[:1] == encoded[-1:] == b'"')


def address_type(address: Address) -> str:
    """The record type for an address."""
    return "A" if address.version == 4 else "AAAA"
