# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Record sets between this collection (dnspython) and octoDNS. Pure.

octoDNS stores the value of a TXT record as text with ``;`` escaped. The treatment of quotation marks and backslashes
depends on the provider: most escape a quotation mark when they write (``plain``), PowerDNS uses the text unchanged
inside a quoted string (``escaped``). When reading, some remove the escapes and some do not, so every escape is resolved
here. A backslash in the text itself is only safe with ``escaped``.
"""

from __future__ import annotations

import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import (
    STRING_BYTES,
    RecordSet,
    key,
    type_text,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing

try:
    import dns.exception
    import dns.name
    import dns.rdata
    import dns.rdataclass
    import dns.rdatatype
    import dns.rdtypes.ANY.TXT
except ImportError:
    note_missing("dnspython")

PLAIN = "plain"
ESCAPED = "escaped"

_ESCAPE = re.compile(rb"\\(?:(\d\d\d)|(.))", re.DOTALL)
_SPECIAL = re.compile(r'([";\\])')


def set_from_octodns(record: t.Any) -> RecordSet:
    """The record set in a record of octoDNS.

    :raises BadResponseError: its values are invalid.
    """
    rdtype = dns.rdatatype.from_text(record._type)
    values = record.values if hasattr(record, "values") else [record.value]
    try:
        return RecordSet(int(record.ttl), tuple(_record(rdtype, value) for value in values))
    except (dns.exception.DNSException, ValueError) as error:
        raise BadResponseError(
            f"A value of {record.fqdn.rstrip('.')} {record._type} at the provider cannot be read: {error}",
            hint="Check this record in the provider's own interface.",
        ) from None


def _record(rdtype: dns.rdatatype.RdataType, value: t.Any) -> dns.rdata.Rdata:
    if rdtype == dns.rdatatype.TXT:
        return _txt(_unescaped(str(value).encode("utf-8")))
    return dns.rdata.from_text(dns.rdataclass.IN, rdtype, _presentation(value), dns.name.root, relativize=False)


def _presentation(value: t.Any) -> str:
    """A value of octoDNS in presentation format; 1.22 has a new name for it."""
    render = getattr(value, "to_rdata_text", None)
    return str(render() if render is not None else value.rdata_text)


def _txt(data: bytes) -> dns.rdata.Rdata:
    strings = [data[start : start + STRING_BYTES] for start in range(0, len(data), STRING_BYTES)] or [b""]
    return dns.rdtypes.ANY.TXT.TXT(dns.rdataclass.IN, dns.rdatatype.TXT, strings)


def _unescaped(data: bytes) -> bytes:
    def resolve(found: re.Match[bytes]) -> bytes:
        number = int(found[1]) if found[1] else None
        if number is None:
            return found[2]
        return bytes([number]) if number < 256 else found[0]

    return _ESCAPE.sub(resolve, data)


def record_for_octodns(
    zone: t.Any, name: dns.name.Name, rdtype: dns.rdatatype.RdataType, record_set: RecordSet, texts: str
) -> t.Any:
    """The record of octoDNS in ``zone`` (a ``Zone`` of octoDNS) for a record set.

    :param texts: C(plain) or C(escaped), see above.
    :raises RejectedError: octoDNS does not support this type, or there is no safe way to write a text.
    """
    from octodns.record import Record
    from octodns.record.base import ValueMixin

    kind = type_text(rdtype)
    record_class = Record.registered_types().get(kind)
    if record_class is None:
        raise RejectedError(
            f"octoDNS has no records of type {kind}.", hint=f"Set {shown(name)} {kind} at a provider of type rfc2136."
        )
    if rdtype == dns.rdatatype.TXT:
        unsafe = unsafe_text(name, record_set.records, texts)
        if unsafe is not None:
            raise unsafe
        values = [_octodns_text(key(record), texts) for record in record_set.records]
    else:
        values = [_parsed(record_class._value_type, record.to_text()) for record in record_set.records]
    single = issubclass(record_class, ValueMixin)
    data = {"type": kind, "ttl": record_set.ttl, **({"value": values[0]} if single else {"values": values})}
    return Record.new(zone, relative(name, zone), data, lenient=True)


def relative(name: dns.name.Name, zone: t.Any) -> str:
    """``name`` in the form of octoDNS in ``zone``: without the zone, and empty for its apex."""
    text = name.to_text().lower()
    return "" if text == zone.name else text[: -len(zone.name) - 1]


def _parsed(value_type: t.Any, text: str) -> t.Any:
    parse = getattr(value_type, "from_rdata_text", None) or value_type.parse_rdata_text
    return parse(text)


def unsafe_text(name: dns.name.Name, records: t.Iterable[dns.rdata.Rdata], texts: str) -> RejectedError | None:
    """Why one of these TXT records cannot be written safely."""
    for record in records:
        try:
            text = key(record).decode("utf-8")
        except UnicodeDecodeError:
            text = None
        if text is None or (texts == PLAIN and ("\\" in text or '" "' in text or text.startswith('"'))):
            return RejectedError(
                f"A text of {shown(name)} TXT has a backslash, bytes that are not UTF-8, or quotation marks that "
                "octoDNS would misinterpret, so it cannot be written safely.",
                hint="Nothing was changed there. Set this record in the provider's own interface.",
            )
    return None


def _octodns_text(data: bytes, texts: str) -> str:
    text = data.decode("utf-8")
    return _SPECIAL.sub(r"\\\1", text) if texts == ESCAPED else text.replace(";", "\\;")
