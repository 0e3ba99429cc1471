# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of record sets, zones and servers: from user input to a DNS name and back."""

from __future__ import annotations

import functools
import re

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._idn import ascii_label
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.name
    import dns.tsig
except ImportError:
    note_missing("dnspython")

_NOT_IN_NAMES = re.compile(r"[\s@/:\"]")
_NOT_IN_KEY_NAMES = re.compile(r"[\s\"]")


def parse_name(text: str, what: str) -> dns.name.Name:
    """The absolute name in ``text``, in lower case, IDN as punycode. A trailing dot is optional.

    :param what: the kind of the name for the message (for example C(zone)).
    :raises BadInputError: it is not a domain name.
    """
    written = str(text).strip()
    if not written or _NOT_IN_NAMES.search(written):
        raise BadInputError(
            f"{written!r} is not a {what}.", hint="Give the full domain name, such as www.example.com (no @, no URL)."
        )
    try:
        return _parsed(written)
    except (dns.exception.DNSException, ValueError) as error:
        raise BadInputError(f"{written!r} is not a {what}: {error}", hint="Check the spelling.") from None


def parse_key_name(text: str) -> dns.name.Name:
    """The name of a TSIG key, which may contain characters that host names cannot have, such as C(@), C(/), C(:).

    :raises BadInputError: it is not a key name.
    """
    written = str(text).strip()
    try:
        if not written or written == "@" or _NOT_IN_KEY_NAMES.search(written):
            raise ValueError("it is empty, or contains blanks or quotation marks")
        return _parsed(written)
    except (dns.exception.DNSException, ValueError) as error:
        raise BadInputError(
            f"{written!r} is not a key name: {error}", hint="Copy it from the name server's configuration."
        ) from None


def key_text(key: dns.tsig.Key) -> str:
    """The name of a key as in the configuration of a server, without backslashes."""
    return b".".join(key.name.labels[:-1]).decode("utf-8", "backslashreplace")


# The record sets of a zone repeat its name, one after the other.
@functools.lru_cache(maxsize=1024)
def _parsed(written: str) -> dns.name.Name:
    if not written.isascii() and "\\" in written:
        raise ValueError("a non-ASCII name cannot contain a backslash")
    return dns.name.from_text(written, dns.name.root, idna_codec()).canonicalize()


@functools.cache
def idna_codec() -> dns.name.IDNACodec:
    """How dnspython encodes international names. Its default differs between versions."""

    class Codec(dns.name.IDNACodec):
        def __init__(self) -> None:
            pass

        def encode(self, label: str) -> bytes:
            return ascii_label(label).encode("ascii")

    return Codec()


def shown(name: dns.name.Name) -> str:
    """``name`` as text without the trailing dot; the root is C(.)."""
    return name.to_text(omit_final_dot=True)


def wildcard_beside(name: dns.name.Name) -> dns.name.Name:
    """The wildcard that answers for ``name`` if ``name`` does not exist."""
    return dns.name.Name((b"*", *name.labels[1:]))
