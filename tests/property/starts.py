# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Initial fleets, records and settings of examples."""

from __future__ import annotations

import dataclasses
import typing as t

from hypothesis import strategies as st

ACCOUNT = "570"
PLANS = ("100", "200", "300")
"""A professional plan, a premium one, and a basic one, which sites with SSL cannot have."""

# Apex of its own zone twice; and three sites that share a zone, one of them its apex.
SLOTS = (
    (101, "alpha.example", "alpha.example"),
    (102, "beta.example", "beta.example"),
    (103, "shop.shared.example", "shared.example"),
    (104, "shared.example", "shared.example"),
    (105, "blog.shared.example", "shared.example"),
)

_TTLS = st.sampled_from([60, 300, 3600, 86400])
_APEX = ("one", "two addresses", "ipv6 too")
_WWW = ("A", "CNAME", "nothing", "ipv6 too", "CNAME elsewhere", "with TXT")
_SUB = ("A", "A", "ipv6 too", "CNAME elsewhere", "two addresses", "with MX", "nothing")
_FOREIGN = ("SPF", "MX", "other name", "wildcard", "DMARC", "other TXT", "stale validation")


@dataclasses.dataclass(frozen=True)
class Start:
    """The initial state of a site: at the API, in DNS, and in the site file."""

    site_id: int
    domain: str
    zone: str
    api: dict[str, t.Any]
    lines: tuple[str, ...]
    entry: dict[str, t.Any]

    @property
    def apex(self) -> bool:
        return self.domain == self.zone

    @property
    def names(self) -> tuple[str, ...]:
        return (self.domain, f"www.{self.domain}") if self.apex else (self.domain,)


def _label(name: str, zone: str) -> str:
    return "@" if name == zone else name.removesuffix(f".{zone}")


def _records(label: str, kind: str, ttl: int, number: int) -> list[str]:
    """Records of a site at one name."""
    address = f"{label} {ttl} A 192.0.2.{number}"
    return {
        "one": [address],
        "A": [address],
        "nothing": [],
        "two addresses": [address, f"{label} {ttl} A 192.0.2.{number + 100}"],
        "ipv6 too": [address, f"{label} {ttl} AAAA 2001:db8::{number}"],
        "CNAME": [f"{label} {ttl} CNAME {{apex}}."],
        "CNAME elsewhere": [f"{label} {ttl} CNAME lb.provider.example."],
        "with TXT": [address, f'{label} {ttl} TXT "somebody-needs-this"'],
        "with MX": [address, f"{label} {ttl} MX 10 mail.provider.example."],
    }[kind]


def _foreign(label: str, kind: str, ttl: int) -> list[str]:
    below = "" if label == "@" else f".{label}"
    return {
        "SPF": [f'{label} {ttl} TXT "v=spf1 -all"'],
        "MX": [f"{label} {ttl} MX 10 mail.provider.example."],
        "other name": [f"mail{below} {ttl} A 192.0.2.250", f"mail{below} {ttl} AAAA 2001:db8::fa"],
        "wildcard": [f"*{below} {ttl} A 192.0.2.251"],
        "DMARC": [f'_dmarc{below} {ttl} TXT "v=DMARC1; p=reject"'],
        "other TXT": [f'{label} {ttl} TXT "other-verification=1"'],
        "stale validation": [f'{label} {ttl} TXT "globalsign-domain-verification=OLD"'],
    }[kind]


@st.composite
def starts(draw: st.DrawFn) -> list[Start]:
    """One to four sites."""
    chosen = draw(st.lists(st.sampled_from(SLOTS), min_size=1, max_size=4, unique=True))
    return [_start(draw, *slot) for slot in chosen]


def _start(draw: st.DrawFn, site_id: int, domain: str, zone: str) -> Start:
    apex, number = domain == zone, site_id - 100
    ssl = draw(st.booleans())
    label, ttl = _label(domain, zone), draw(_TTLS)
    lines = _records(label, draw(st.sampled_from(_APEX if apex else _SUB)), ttl, number)
    if apex:
        lines += _records("www", draw(st.sampled_from(_WWW)), draw(_TTLS), number + 10)
    alias = any(" CNAME " in line and line.startswith(f"{label} ") for line in lines)
    # A CNAME excludes other records, and other data at the name of a subdomain is a separate case.
    possible = _FOREIGN if apex else ("other name", "DMARC") if alias else ("other name", "DMARC", "SPF")
    for kind in draw(st.lists(st.sampled_from(possible), max_size=3, unique=True)):
        lines += _foreign(label, kind, ttl if kind in ("SPF", "other TXT", "stale validation") else 3600)
    api: dict[str, t.Any] = {
        "site_id": str(site_id),
        "account_id": ACCOUNT,
        "domain": domain,
        "ssl": ssl,
        "subdomain": not apex,
        "origin": [f"192.0.2.{number}"],
        "retry": {"attempts": draw(st.sampled_from([0, 0, 0, 1, 2]))},
        "error": draw(st.sampled_from([False] * 7 + [True])),
    }
    entry: dict[str, t.Any] = {
        "domain": domain,
        "site_id": site_id,
        "subscription": draw(st.sampled_from(["100", "100", "200", "300"])),
        "state": draw(st.sampled_from(["present", "present", "present", "absent"])),
    }
    optional = {
        "zone": st.just(zone),
        "account_id": st.just(int(ACCOUNT)),
        "ssl": st.just(ssl),
        "ttl": st.sampled_from([60, 300, 7200]),
        "lower_ttl": st.just(120),
        "cleanup_verification": st.just(True),
        "waf_origin": st.sampled_from([f"192.0.2.{number}", "192.0.2.99"]),
        "waf_dns_manager": st.sampled_from(["partner", "customer"]),
    }
    for key in draw(st.lists(st.sampled_from(sorted(optional)), max_size=4, unique=True)):
        entry[key] = draw(optional[key])
    return Start(site_id, domain, zone, api, tuple(line.format(apex=domain) for line in lines), entry)


SETTINGS = st.fixed_dictionaries(
    {},
    optional={
        "validation_delay": st.sampled_from([0, 3600]),
        "certificate_delay": st.sampled_from([0, 7200]),
        "ready_delay": st.sampled_from([0, 3600]),
        "recheck_ready": st.booleans(),
        "error_http_status": st.sampled_from([200, 500]),
        "error_mode": st.sampled_from(["current", "legacy"]),
        "getstatus_site_id": st.sampled_from(["element", "none"]),
        "nonssl_ssl_element": st.sampled_from(["absent", "zeros"]),
        "subdomain_a_records": st.booleans(),
        "ready_answer": st.sampled_from(["short", "full"]),
        "origins_form": st.sampled_from(["comma", "repeat"]),
        "item_order": st.sampled_from(["request", "reversed"]),
    },
)


def fleet(sites: t.Iterable[Start]) -> dict[str, t.Any]:
    """For the stand-in of the API."""
    return {
        "plans": [
            {"id": PLANS[0], "name": "Pro", "level": "professional"},
            {"id": PLANS[1], "name": "Premium", "level": "premium"},
            {"id": PLANS[2], "name": "Basic", "level": "basic"},
        ],
        "accounts": [{"id": ACCOUNT, "name": "Customer", "login": "jane"}],
        "sites": [site.api for site in sites],
    }
