# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""CAA records (RFC 8659): which set counts for a name, and whether an authority may issue."""

from __future__ import annotations

import enum
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.name
    import dns.rdtypes.ANY.CAA
except ImportError:
    note_missing("dnspython")

Records = tuple["dns.rdtypes.ANY.CAA.CAA", ...]

_CRITICAL = 0x80
_KNOWN_TAGS = frozenset(("issue", "issuewild", "iodef", "contactemail", "contactphone", "issuemail", "issuevmc"))
"""The tags in IANA's registry. An authority refuses if another one is critical."""

_LABEL = r"[A-Za-z0-9](?:-*[A-Za-z0-9])*"
_PARAMETER = rf"{_LABEL}[ \t]*=[ \t]*[\x21-\x3a\x3c-\x7e]*"
_ISSUE_VALUE = re.compile(
    rf"[ \t]*(?P<issuer>{_LABEL}(?:\.{_LABEL})*)?[ \t]*"
    rf"(?:;[ \t]*(?P<parameters>{_PARAMETER}(?:[ \t]*;[ \t]*{_PARAMETER})*)?[ \t]*)?"
)
"""RFC 8659, 4.2."""
_LONGEST_ISSUE_VALUE = 1000


class Permission(enum.Enum):
    """What a set of CAA records allows an authority. ``RESTRICTED``: only with the parameters in the record."""

    ALLOWED = "allowed"
    RESTRICTED = "restricted"
    FORBIDDEN = "forbidden"


def permission(records: Records, issuers: t.Collection[str], *, wildcard: bool) -> Permission:
    """Whether one of ``issuers`` (in lower case) may issue for a name whose relevant set is ``records``.

    :param wildcard: for a wildcard name: then issuewild counts, if present.
    """
    if any(record.flags & _CRITICAL and _tag(record) not in _KNOWN_TAGS for record in records):
        return Permission.FORBIDDEN
    issue = [record for record in records if _tag(record) == "issue"]
    issuewild = [record for record in records if _tag(record) == "issuewild"]
    deciding = issuewild if wildcard and issuewild else issue
    if not deciding:
        return Permission.ALLOWED
    matching = [parameters for issuer, parameters in map(_issue_value, deciding) if issuer in issuers]
    if not matching:
        return Permission.FORBIDDEN
    return Permission.ALLOWED if "" in matching else Permission.RESTRICTED


def allowed_issuers(records: Records) -> list[str]:
    """The issuers that these records allow, for a message; sorted."""
    values = [_issue_value(record)[0] for record in records if _tag(record) in ("issue", "issuewild")]
    return sorted({issuer for issuer in values if issuer})


def critical_unknown(records: Records) -> list[str]:
    """The tags for which every authority refuses; sorted."""
    return sorted({_tag(record) for record in records if record.flags & _CRITICAL} - _KNOWN_TAGS)


def climb(name: dns.name.Name) -> list[dns.name.Name]:
    """The names to query for the relevant set of ``name``, in order, without the root."""
    return [dns.name.Name(name.labels[skip:]) for skip in range(len(name.labels) - 1)]


def relevant(
    name: dns.name.Name, sets: t.Mapping[dns.name.Name, Records | WebsecError]
) -> tuple[dns.name.Name, Records | WebsecError] | None:
    """The place of the relevant set of ``name``, and the set; ``None`` if there is no restriction.

    :param sets: for every name of ``climb(name)`` up to the first set that is not empty: its records (for a CNAME,
        those of its target), or why they are unknown, which also ends the climb.
    """
    for at in climb(name):
        found = sets[at]
        if found:
            return at, found
    return None


def _tag(record: dns.rdtypes.ANY.CAA.CAA) -> str:
    return record.tag.decode("ascii", "replace").lower()


def _issue_value(record: dns.rdtypes.ANY.CAA.CAA) -> tuple[str, str]:
    """Issuer (lower case) and parameters; both empty if the record allows nobody, like every malformed one."""
    # The owner of a zone chooses its length, and a long one would make the pattern slow.
    value = record.value.decode("ascii", "replace")
    match = _ISSUE_VALUE.fullmatch(value) if len(value) <= _LONGEST_ISSUE_VALUE else None
    if match is None:
        return "", ""
    return (match["issuer"] or "").lower(), match["parameters"] or ""
