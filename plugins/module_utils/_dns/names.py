# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of record sets, zones and servers: from the text of a user to a DNS name and back."""

from __future__ import annotations

import functools
import re

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.name
except ImportError:
    note_missing("dnspython")

_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_NOT_IN_NAMES = re.compile(r"[\s@/:\"]")


def parse_name(text: str, what: str) -> dns.name.Name:
    """The absolute name in ``text``, in lower case, IDN as punycode. A final dot may stand there or not.

    :param what: what the name is for, for the message (for example C(zone)).
    :raises BadInputError: it is not a domain name.
    """
    written = str(text).strip()
    if not written or _NOT_IN_NAMES.search(written):
        raise BadInputError(
            f"{written!r} is not a {what}.", hint="Give the full domain name, such as www.example.com (no @, no URL)."
        )
    try:
        return _parsed(written)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise BadInputError(f"{written!r} is not a {what}: {error}", hint="Look at the spelling.") from None


# The record sets of a zone repeat its name, and they follow each other.
@functools.lru_cache(maxsize=1024)
def _parsed(written: str) -> dns.name.Name:
    labels = written if written.isascii() else ".".join(_as_ascii(label) for label in _DOTS.split(written))
    return dns.name.from_text(labels, dns.name.root).canonicalize()


def shown(name: dns.name.Name) -> str:
    """``name`` as text without the final dot; the root is C(.)."""
    return name.to_text(omit_final_dot=True)


def wildcard_beside(name: dns.name.Name) -> dns.name.Name:
    """The name whose answers are those that ``name`` gets when it does not exist itself and a wildcard covers it."""
    return dns.name.Name((b"*", *name.labels[1:]))


def _as_ascii(label: str) -> str:
    return label if label.isascii() else dns.name.IDNA_2008_UTS_46.encode(label).decode("ascii")
