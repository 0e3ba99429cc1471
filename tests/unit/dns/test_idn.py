# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Internationalised names: the same punycode for sites, owner names and names in values, with every dnspython."""

from __future__ import annotations

import dns.name
import dns.rdata
import dns.rdatatype
import pytest
from dns.rdataclass import IN
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import parse_type, parse_value, type_text
from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

UNHURRIED = settings(deadline=None)
LABELS = {
    "stra\u00dfe": "xn--strae-oqa",
    "STRA\u1e9eE": "xn--strae-oqa",
    "Stra\u00dfe": "xn--strae-oqa",
    "fa\u00df": "xn--fa-hia",
    "\u03b2\u03cc\u03bb\u03bf\u03c2": "xn--nxasmm1c",
    "\u0392\u03cc\u03bb\u03bf\u03c2": "xn--nxasmm1c",
    # With a zero-width joiner after a virama, where it is part of the word.
    "\u0dc1\u0dca\u200d\u0dbb\u0dd3": "xn--10cl1a0b660p",
    "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc": "xn--mgba3gch31f060k",
    "M\u00dcNCHEN": "xn--mnchen-3ya",
    "mu\u0308nchen": "xn--mnchen-3ya",
    "\uff4d\u00fcnchen": "xn--mnchen-3ya",
    "\uff37\uff37\uff37": "www",
    "\u212aelvin": "kelvin",
    "xn--strae-oqa": "xn--strae-oqa",
    "WWW": "www",
    "shop-1": "shop-1",
}
"""As written, and as the registries have it: examples of RFC 5892, UTS 46 and the table of Unicode for them."""

NOT_LABELS = [
    "a\u200db",  # a joiner where nothing is joined
    "\u00ad",  # a soft hyphen, and nothing else
    "\u2100x",  # stands for a/cx
    "\uff0a",  # a full-width *
    "\u2488a",  # stands for "1.a"
    "a\u3000b",  # a wide blank
    "\u2665",  # a heart: IDNA 2003 only
    "\u05d0a",  # both directions
    "\u0301a",  # begins with a combining mark
    "\ud800",  # half of a pair
    "\u00fc" * 64,
]

VALUES = {
    "CNAME": "{}",
    "PTR": "{}",
    "MX": "10 {}",
    "SRV": "1 2 443 {}",
    "SVCB": "1 {} alpn=h2 port=8443",
    "HTTPS": "0 {}",
    "AFSDB": "1 {}",
    "KX": "1 {}",
    "RT": "1 {}",
    "RP": "{0} {0}",
    "PX": "10 {0} {0}",
    "NAPTR": '100 10 "u" "E2U+sip" "!^.*$!sip:info@example.com!" {}',
    "LP": "10 {}",
    "NSAP-PTR": "{}",
    "HIP": "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9A== {}",
    "DSYNC": "CDS 1 5359 {}",
    "IPSECKEY": "10 3 2 {} AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==",
    "AMTRELAY": "10 0 3 {}",
}
"""Every type that may be written and that has names in its values. An older dnspython does not know all of them."""

NAME_SLOTS = {"target", "exchange", "mbox", "gateway", "relay", "replacement", "fqdn", "map822", "servers"}
NOT_NAMES = {"URI"}


def known(rdtype: str) -> bool:
    try:
        return bool(parse_type(rdtype))
    except BadInputError:
        return False


TYPES = [rdtype for rdtype in sorted(VALUES) if known(rdtype)]

names = st.lists(st.sampled_from(sorted(LABELS)), min_size=1, max_size=3)
dots = st.sampled_from([".", "\u3002", "\uff0e", "\uff61"])


def ascii_of(labels: list[str]) -> str:
    return ".".join([*(LABELS[label] for label in labels), "example"])


def slots_of(kind: type[object]) -> set[str]:
    return {slot for each in kind.__mro__ for slot in getattr(each, "__slots__", ())}


def names_in(record: dns.rdata.Rdata) -> list[str]:
    found: list[object] = []
    for slot in sorted(slots_of(type(record))):
        value = getattr(record, slot, None)
        found += value if isinstance(value, tuple) else [value]
    return [name.to_text(omit_final_dot=True) for name in found if isinstance(name, dns.name.Name)]


@UNHURRIED
@given(labels=names, dot=dots, final=st.booleans())
def test_owner_names_and_sites_have_one_punycode(labels: list[str], dot: str, final: bool) -> None:
    written = dot.join([*labels, "example"]) + ("." if final else "")
    assert parse_name(written, "name").to_text(omit_final_dot=True) == ascii_of(labels)
    assert parse_name(f"_websec.{written}", "name").to_text(omit_final_dot=True) == f"_websec.{ascii_of(labels)}"
    assert normalise_domain(written) == ascii_of(labels)


@UNHURRIED
@given(labels=names, dot=dots, rdtype=st.sampled_from(TYPES))
def test_names_in_values_of_every_type_have_the_same_punycode(labels: list[str], dot: str, rdtype: str) -> None:
    record = parse_value(parse_type(rdtype), VALUES[rdtype].format(dot.join([*labels, "example"])))
    assert names_in(record)
    assert {name.lower() for name in names_in(record)} == {ascii_of(labels)}


def test_every_type_that_has_names_in_its_values_is_tried() -> None:
    written = [rdtype for rdtype in map(type_text, dns.rdatatype.RdataType) if known(rdtype)]
    classes = {rdtype: dns.rdata.get_rdata_class(IN, dns.rdatatype.from_text(rdtype)) for rdtype in written}
    named = {rdtype for rdtype, kind in classes.items() if kind is not None and slots_of(kind) & NAME_SLOTS}
    assert named - NOT_NAMES == set(TYPES)


@pytest.mark.parametrize("label", NOT_LABELS)
def test_what_has_no_punycode_is_refused_and_not_bent(label: str) -> None:
    for rdtype in TYPES:
        with pytest.raises(BadInputError):
            parse_value(parse_type(rdtype), VALUES[rdtype].format(f"{label}.example"))
    with pytest.raises(BadInputError):
        parse_name(f"{label}.example", "name")
    with pytest.raises(BadInputError):
        normalise_domain(f"{label}.example")


@pytest.mark.parametrize(
    ("rdtype", "value"),
    [
        ("CAA", '0 issue "stra\u00dfe.example"'),
        ("URI", '10 1 "https://stra\u00dfe.example/"'),
        ("NAPTR", '100 10 "u" "E2U+sip" "!^.*$!sip:info@stra\u00dfe.example!" .'),
        ("HINFO", '"stra\u00dfe" "linux"'),
        ("CNAME", "\\252.stra\u00dfe.example."),
        ("A", "\uff11.1.1.1"),
        ("AAAA", "2001:db8::\uff11"),
        ("TXT", "\ud800"),
    ],
)
def test_letters_beyond_ascii_elsewhere_in_a_value_are_refused(rdtype: str, value: str) -> None:
    with pytest.raises(BadInputError):
        parse_value(parse_type(rdtype), value)
