# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record sets and their values.

A value of a TXT record is plain text here, of any length: it is split into strings of 255 bytes for the wire, and
joined when it is read. The values of all other types are in presentation format, and names in them are absolute.
"""

from __future__ import annotations

import dataclasses
import functools
import re

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import idna_codec, shown
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._texts import counted

try:
    import dns.exception
    import dns.name
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
    import dns.rdtypes.ANY.TXT
    import dns.rdtypes.txtbase
except ImportError:
    note_missing("dnspython")

STRING_BYTES = 255
"""Bytes in one string of a TXT record (RFC 1035, 3.3.14)."""

MAX_TTL = 2**31 - 1
"""Seconds, RFC 2181, 8."""

_NEVER_TOUCHED = frozenset(
    [
        "SOA",
        "NS",
        "DS",
        "DNSKEY",
        "CDS",
        "CDNSKEY",
        "RRSIG",
        "NSEC",
        "NSEC3",
        "NSEC3PARAM",
        "KEY",
        "SIG",
        "NXT",
        "DLV",
        "ZONEMD",
        "CSYNC",
        "DNAME",
    ]
)
_WITHOUT_NAMES = frozenset((1, 28))
"""A and AAAA: types whose values cannot contain a name."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ESCAPED_BYTE = re.compile(r"\\(?:1[3-9]\d|12[89]|2\d\d)", re.ASCII)
"""A byte above 127, as dnspython writes it in a text."""


@dataclasses.dataclass(frozen=True)
class RecordSet:
    """The records of one name and type. ``ttl`` is in seconds; there is at least one record."""

    ttl: int
    records: tuple[dns.rdata.Rdata, ...]

    @functools.cached_property
    def keys(self) -> frozenset[bytes]:
        """The values in a canonical form for comparison."""
        return frozenset(key(record) for record in self.records)

    @property
    def values(self) -> list[str]:
        """The values as text, sorted."""
        return sorted(value_text(record) for record in self.records)


def same(one: RecordSet | None, other: RecordSet | None) -> bool:
    """Whether both sets have the same values and the same TTL."""
    if one is None or other is None or one is other:
        return one is other
    return one.ttl == other.ttl and one.keys == other.keys


def same_values(one: RecordSet | None, other: RecordSet | None) -> bool:
    """Whether both sets have the same values, whatever their TTL."""
    if one is None or other is None:
        return one is other
    return one.keys == other.keys


def key(record: dns.rdata.Rdata) -> bytes:
    """The value of a record: the joined text of a TXT record, otherwise the canonical wire form (RFC 4034, 6.2)."""
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return b"".join(record.strings)
    return record.to_digestable(dns.name.root)


def value_text(record: dns.rdata.Rdata) -> str:
    """The value as users see and write it. Bytes of a TXT record that are not UTF-8 are shown as ``\\xNN``."""
    if isinstance(record, dns.rdtypes.txtbase.TXTBase):
        return b"".join(record.strings).decode("utf-8", "backslashreplace")
    return record.to_text()


@functools.lru_cache(maxsize=256)
def parse_type(text: str) -> dns.rdatatype.RdataType:
    """The record type in ``text``.

    :raises BadInputError: there is no such type, or this collection never changes it.
    """
    name = str(text).strip().upper()
    try:
        rdtype = dns.rdatatype.from_text(name)
    except (dns.exception.DNSException, ValueError):
        raise BadInputError(f"{text!r} is not a record type.", hint="Use A, AAAA, CNAME, TXT, MX ...") from None
    if dns.rdatatype.is_metatype(rdtype) or type_text(rdtype) in _NEVER_TOUCHED:
        raise BadInputError(
            f"Records of type {type_text(rdtype)} are never touched.",
            hint="Delegation, DNSSEC and the zone's own records belong to the operators of the name servers.",
        )
    return rdtype


@functools.lru_cache(maxsize=256)
def type_text(rdtype: dns.rdatatype.RdataType) -> str:
    """The type's mnemonic, such as C(AAAA)."""
    return dns.rdatatype.to_text(rdtype)


# Many sites have the same addresses, and desired and expected values are often equal.
@functools.lru_cache(maxsize=4096)
def parse_value(rdtype: dns.rdatatype.RdataType, text: str) -> dns.rdata.Rdata:
    """The record of this type with the value ``text``.

    :raises BadInputError: the value is invalid for the type.
    """
    if rdtype == dns.rdatatype.TXT:
        return text_record(text)
    value = text.strip()
    try:
        if not value or _CONTROL.search(value):
            raise BadInputError("the value is empty, or contains line breaks or control characters")
        if rdtype not in _WITHOUT_NAMES:
            _refuse_short_names(_from_text(rdtype, value, None))
        record = _from_text(rdtype, value, dns.name.root)
        if not value.isascii():
            _refuse_unicode_beside_names(value, record)
        return record
    except BadInputError as error:
        problem = error.message
    except (dns.exception.DNSException, ValueError, OverflowError) as error:
        problem = str(error) or type(error).__name__
    raise BadInputError(f"{text!r} is not a value of type {type_text(rdtype)}: {problem.rstrip('.')}.") from None


def _from_text(rdtype: dns.rdatatype.RdataType, value: str, origin: dns.name.Name | None) -> dns.rdata.Rdata:
    return dns.rdata.from_text(
        dns.rdataclass.IN, rdtype, value, origin, relativize=False, idna_codec=None if value.isascii() else idna_codec()
    )


def text_record(text: str) -> dns.rdata.Rdata:
    """The TXT record with the value ``text``.

    :raises BadInputError: the text is empty, or too long for one record.
    """
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        raise BadInputError(f"{text!r} is not valid Unicode.", hint="Check its source.") from None
    if not data:
        raise BadInputError("A TXT value must not be empty.", hint="Give the text to publish.")
    strings = [data[start : start + STRING_BYTES] for start in range(0, len(data), STRING_BYTES)]
    if len(data) + len(strings) > 0xFFFF:
        raise BadInputError(
            f"A text of {counted(len(data), 'byte')} does not fit in one TXT record.", hint="Shorten it."
        )
    return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)


def _refuse_short_names(record: dns.rdata.Rdata) -> None:
    """Refuse a name with a single label in a value: it was probably meant relative to the zone."""
    slots = {slot for kind in type(record).__mro__ for slot in getattr(kind, "__slots__", ())}
    for slot in sorted(slots):
        name = getattr(record, slot, None)
        if isinstance(name, dns.name.Name) and not name.is_absolute() and len(name.labels) < 2:
            raise BadInputError(
                f"names in values are fully qualified, and {shown(name)} is not "
                "(if it is a top-level domain, end it with a dot)"
            )


def _refuse_unicode_beside_names(value: str, record: dns.rdata.Rdata) -> None:
    """Refuse non-ASCII letters in the texts of a value: CAA, URI, NAPTR and the like have names there that would not be
    converted."""
    text = record.to_text()
    # Texts are in quotation marks, and names in punycode, except for HIP in older versions of dnspython.
    if ('"' in text and not text.isascii()) or _ESCAPED_BYTE.search(text) or _ESCAPED_BYTE.search(value):
        raise BadInputError("only its names can contain non-ASCII letters", hint="Write the rest in ASCII.")


def zone_file_lines(name: dns.name.Name, rdtype: dns.rdatatype.RdataType, record_set: RecordSet | None) -> list[str]:
    """The set as lines of a zone file, sorted; none for ``None``."""
    if record_set is None:
        return []
    return sorted(f"{name} {record_set.ttl} IN {type_text(rdtype)} {record}" for record in record_set.records)


Key = tuple["dns.name.Name", "dns.rdatatype.RdataType"]
"""Which record set: its name and its type."""
