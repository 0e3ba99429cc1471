# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whether the zone is delegated to the changed servers: by name, by address, in part, or not at all."""

from __future__ import annotations

import ipaddress
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._preflight.delegation import (
    delegation_findings,
    public_servers,
)
from ansible_collections.hosting.websec.plugins.module_utils._preflight.findings import Finding
from ansible_collections.hosting.websec.plugins.module_utils._preflight.resolver import Reply
from ansible_collections.hosting.websec.tests.unit.dns.model import Model
from ansible_collections.hosting.websec.tests.unit.preflight.world import (
    UNREACHABLE,
    Public,
    codes,
    finding,
    look,
    name,
    record,
)

ZONE = name("customer.example")
OURS = (name("ns1.hoster.example"), name("ns2.hoster.example"))


def reply(*servers: str, exists: bool = True) -> Reply:
    return Reply(exists, (ZONE,), tuple(record("NS", f"{server}.") for server in servers))


def judged(
    seen: Reply | WebsecError, wanted: t.Sequence[t.Any] = OURS, addresses: dict[str, t.Any] | None = None
) -> list[Finding]:
    by_name = {name(server): found for server, found in (addresses or {}).items()}
    return delegation_findings(ZONE, seen, wanted, by_name)


def test_all_in_order() -> None:
    assert judged(reply("NS2.hoster.example", "ns1.hoster.example")) == []


def test_delegated_to_somebody_else() -> None:
    (found,) = judged(reply("ns1.registrar.example"))
    assert (found.code, found.severity, found.name) == ("not_delegated", "blocks", "customer.example")
    assert "delegated to ns1.registrar.example, not to ns1.hoster.example and ns2.hoster.example" in found.message
    assert "ns1.hoster.example and ns2.hoster.example" in found.remedy


@pytest.mark.parametrize(("exists", "words"), [(True, "has no name servers"), (False, "does not exist")])
def test_not_delegated_at_all(exists: bool, words: str) -> None:
    for wanted in (OURS, ()):
        (found,) = judged(reply(exists=exists), wanted)
        assert (found.code, found.severity) == ("not_delegated", "blocks")
        assert words in found.message


def test_one_of_several_is_missing() -> None:
    (found,) = judged(reply("ns1.hoster.example"))
    assert (found.code, found.severity) == ("delegation_differs", "warns")
    assert "not delegated to ns2.hoster.example" in found.message


def test_a_stranger_beside_ours() -> None:
    (found,) = judged(reply("ns1.hoster.example", "ns2.hoster.example", "ns.old.example"))
    assert (found.code, found.severity) == ("delegation_differs", "warns")
    assert "also delegated to ns.old.example" in found.message


def test_servers_by_address() -> None:
    wanted = [ipaddress.ip_address("192.0.2.53"), ipaddress.ip_address("2001:db8::53")]
    both = {"ns1.hoster.example": ["192.0.2.53", "2001:db8::53"]}
    assert judged(reply("ns1.hoster.example"), wanted, both) == []
    (found,) = judged(reply("ns1.hoster.example"), wanted, {"ns1.hoster.example": ["192.0.2.53"]})
    assert found.code == "delegation_differs"
    assert "2001:db8::53" in found.message
    (found,) = judged(reply("ns1.hoster.example"), wanted, {"ns1.hoster.example": ["198.51.100.1"]})
    assert found.code == "not_delegated"


def test_what_cannot_be_looked_up_is_said() -> None:
    wanted = [ipaddress.ip_address("192.0.2.53")]
    for found in (
        judged(UNREACHABLE),
        judged(reply("ns1.hoster.example"), wanted, {"ns1.hoster.example": UNREACHABLE}),
    ):
        assert [(each.code, each.severity) for each in found] == [("not_checked", "warns")]
        assert "The resolver is away." in found[0].message
        assert found[0].remedy == "Bring it back."
    assert judged(reply("ns1.hoster.example"), [])[0].code == "not_checked"


def test_without_a_list_the_servers_in_the_zone_count() -> None:
    site = {"domain": "customer.example", "waf_origin": "192.0.2.10"}
    model = Model(customer_example=["@ 300 A 192.0.2.10", "@ 3600 NS ns2.customer.example."])
    (entry,) = look(model, site, public=Public({"customer.example NS": ["ns1.customer.example."]}))
    assert codes(entry) == {"delegation_differs": "customer.example"}
    (entry,) = look(model, site, public=Public({"customer.example NS": ["ns1.other.example."]}))
    assert codes(entry) == {"not_delegated": "customer.example"}


def test_addresses_are_asked_for_only_where_they_matter() -> None:
    site = {"domain": "customer.example", "waf_origin": "192.0.2.10", "ssl": False}
    model = Model(customer_example=["@ 300 A 192.0.2.10"])
    public = Public({"customer.example NS": ["ns1.other.example."], "ns1.other.example A": ["192.0.2.53"]})
    (entry,) = look(model, site, public=public, expected_servers=(ipaddress.ip_address("192.0.2.53"),))
    assert codes(entry) == {}
    assert "ns1.other.example A" in public.asked
    public = Public({"customer.example NS": ["ns1.other.example."]})
    (entry,) = look(model, site, public=public, expected_servers=(name("ns9.hoster.example"),))
    assert "not to ns9.hoster.example" in finding(entry, "not_delegated")["message"]
    assert public.asked == {"customer.example NS"}


def test_the_servers_in_a_reply_are_sorted_and_in_lower_case() -> None:
    assert public_servers(reply("B.example", "a.example")) == [name("a.example"), name("b.example")]
    assert public_servers(UNREACHABLE) == []
