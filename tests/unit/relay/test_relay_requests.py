# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the relay passes on, and what it refuses: attack documents, foreign subjects, limits, wrong credentials."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import typing as t

import pytest
from lxml import etree
from sitelock_relay import clients, document
from sitelock_relay.lost import LostError

from .conftest import AWX, CLIENTS, PARTNER_PASSWORD, PASSWORD, TABLE, World, envelope

TOKEN = "<createToken><account_id>570</account_id></createToken>"
GOOD = envelope(TOKEN)


def order(*sites: int) -> str:
    items = "".join(
        f"<addonInfo><site_id>{site}</site_id><subscription>100</subscription></addonInfo>" for site in sites
    )
    return envelope(f"<provisionAddon>{items}</provisionAddon>")


def test_a_request_arrives_with_the_partner_s_credentials_and_no_others(world: World) -> None:
    assert world.send(f'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n{GOOD}').status == 200
    expected = (
        b'<?xml version="1.0" encoding="UTF-8" standalone="yes" ?><SiteLockOnlineRequest><authentication>'
        b"<user>partner</user><password>the partner&apos;s &lt;own&gt; &amp; only</password></authentication>"
        b"<createToken><account_id>570</account_id></createToken></SiteLockOnlineRequest>"
    )
    assert world.vendor.documents == [expected]
    assert world.audit == {
        **world.audit,
        "client": "panel-07",
        "method": "createToken",
        "account_ids": ["570"],
        "decision": "passed",
        "upstream_status": 200,
    }


def test_values_arrive_as_they_were(world: World) -> None:
    text = "a &amp; b &#13;&#10;&#9;&lt;c&gt; é 😀 &quot;&apos;"
    item = f"<addonInfo><site_id> 77 </site_id><waf_origin>{text}</waf_origin></addonInfo>"
    world.send(b"\xef\xbb\xbf" + envelope(f"<provisionAddon>{item}</provisionAddon>").encode())
    sent = etree.fromstring(world.vendor.documents[-1])
    assert sent.findtext("provisionAddon/addonInfo/waf_origin") == "a & b \r\n\t<c> é 😀 \"'"
    assert sent.findtext("provisionAddon/addonInfo/site_id") == "77"


BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
ATTACKS: dict[str, bytes | str] = {
    "two methods": envelope(f"{TOKEN}<getAccounts/>"),
    "the same method twice": envelope(TOKEN + TOKEN),
    "no method": envelope(""),
    "two authentications": GOOD.replace("<createToken>", "<authentication/><createToken>", 1),
    "two passwords": GOOD.replace("</user>", "</user><password>x</password>"),
    "a method in authentication": GOOD.replace("</password>", "</password><getAccounts/>"),
    "a method in a method": envelope("<createToken><account_id>570</account_id><getAccounts/></createToken>"),
    "a method in a value": envelope("<createToken><account_id>570<getAccounts/></account_id></createToken>"),
    "a comment that hides a method": envelope(f"{TOKEN}<!-- --><getAccounts/><!-- -->"),
    "a comment in a value": envelope("<createToken><account_id>57<!-- -->0</account_id></createToken>"),
    "CDATA": envelope("<createToken><account_id><![CDATA[570]]></account_id></createToken>"),
    "an attribute that the table does not have": envelope(
        '<createToken account_id="999"><account_id>570</account_id></createToken>'
    ),
    "an attribute of the root": GOOD.replace("<SiteLockOnlineRequest>", '<SiteLockOnlineRequest method="getAccounts">'),
    "a namespace": GOOD.replace("<SiteLockOnlineRequest>", '<SiteLockOnlineRequest xmlns="urn:x">'),
    "an unused namespace": GOOD.replace("<createToken>", '<createToken xmlns:a="urn:x">'),
    "an unknown element": envelope("<createToken><account_id>570</account_id><site>1</site></createToken>"),
    "an element in other letters": envelope("<createToken><Account_ID>570</Account_ID></createToken>"),
    "a subject twice": envelope("<createToken><account_id>570</account_id><account_id>999</account_id></createToken>"),
    "a value twice": envelope("<createToken><account_id>570</account_id><account_id>570</account_id></createToken>"),
    "text beside a method": envelope(f"{TOKEN}getAccounts"),
    "text beside a value": envelope("<createToken>999<account_id>570</account_id></createToken>"),
    "a processing instruction": envelope(f"<?php system('id') ?>{TOKEN}"),
    "an entity bomb": BOMB + GOOD.replace("570", "&b;"),
    "an external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + GOOD.replace("570", "&x;"),
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://a.example/"> %x;]>' + GOOD,
    "an undeclared entity": GOOD.replace("570", "&nbsp;"),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-16 that says so": f'<?xml version="1.0" encoding="UTF-16"?>{GOOD}'.encode("utf-16"),
    "UTF-7 by declaration": f'<?xml version="1.0" encoding="UTF-7"?>{GOOD}',
    "Latin-1 by declaration": f'<?xml version="1.0" encoding="ISO-8859-1"?>{GOOD}',
    "overlong UTF-8": GOOD.encode().replace(b"570", b"\xc0\xb5570"),
    "a byte order mark of UTF-16 in UTF-8": GOOD.replace("570", "570\ufffe"),
    "XML 1.1": f'<?xml version="1.1"?>{GOOD}',
    "a second document": GOOD + GOOD,
    "a NUL": GOOD.replace("570", "570\0"),
    "too long by one byte": GOOD + " " * (document.MAX_BYTES + 1 - len(GOOD)),
    "deep nesting": envelope("<createToken>" * 5000 + "</createToken>" * 5000),
    "an id with a sign": GOOD.replace("570", "+570"),
    "an id with leading zeros": GOOD.replace("570", "0570"),
    "an id in other digits": GOOD.replace("570", "٥٧٠"),
    "two ids in one": GOOD.replace("570", "570,999"),
    "no id": GOOD.replace("570", ""),
    "not XML": "method=createToken&account_id=570",
    "nothing": b"",
    "another root": GOOD.replace("SiteLockOnlineRequest", "SiteLockOnlineResponse"),
    "an unknown method": envelope("<getEverything/>"),
    "a method in other letters": GOOD.replace("createToken", "CreateToken"),
    "a method with an address of its own": envelope("<scanDomain><domain>a.example</domain></scanDomain>"),
    "a method that is not allowed": envelope(
        "<deleteAccount><accountInformation><id>570</id></accountInformation></deleteAccount>"
    ),
    "a foreign account": GOOD.replace("570", "999"),
    "no subject": envelope("<getAccounts/>"),
    "an empty subject": envelope("<getStatus><accountInformation/></getStatus>"),
    "a login, whose account is not known": envelope(
        "<getStatus><accountInformation><login>x</login></accountInformation></getStatus>"
    ),
    "a login beside an allowed account": envelope(
        "<getStatus><accountInformation><id>570</id><login>x</login></accountInformation></getStatus>"
    ),
    "one foreign item in a batch": order(1, 3),
    "an item without a subject": envelope(
        "<provisionAddon><addonInfo><site_id>1</site_id></addonInfo><addonInfo><subscription>1</subscription></addonInfo>"
        "</provisionAddon>"
    ),
    "a foreign site": envelope("<getWafOrigin><site_id>3</site_id></getWafOrigin>"),
    "a site whose account the vendor does not say": envelope("<getWafOrigin><site_id>9</site_id></getWafOrigin>"),
    "more items than allowed": order(1, 1, 1, 1, 1, 1),
    "a scan, whose site is not known": envelope(
        '<scanDetail><site_id>77</site_id><scans><smart_scan id="5"/></scans></scanDetail>'
    ),
    "more tags than anyone needs": envelope(f"<provisionAddon>{'<addonInfo/>' * 5000}</provisionAddon>"),
    "a password that is a book": envelope(TOKEN, password="x" * 2000),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_and_logged(world: World, name: str) -> None:
    reply = world.send(ATTACKS[name])
    asked = [each for each in world.vendor.documents if b"<getStatus><accountInformation><site_id>" not in each]
    assert asked == []
    assert reply.status in (200, 403)
    assert f'<error code="relay_{world.audit["reason"]}">SiteLock relay: '.encode() in reply.body
    assert len(world.lines) == 1
    assert world.audit["decision"] == "refused"
    assert world.audit["reason"]


@pytest.mark.parametrize(
    "method",
    [
        "<getStatus><accountInformation><id>571</id></accountInformation></getStatus>",
        "<getWafOrigin><site_id>1</site_id></getWafOrigin>",
        "<getWafOrigin><site_id>77</site_id></getWafOrigin>",
        "<getPlanList/>",
    ],
)
def test_what_the_client_may_do_passes(world: World, method: str) -> None:
    assert world.send(envelope(method)).body == b"<SiteLockOnlineResponse/>"
    assert world.audit["decision"] == "passed"


def test_the_owner_of_a_site_is_asked_once_while_it_is_remembered(world: World) -> None:
    for _each in range(3):
        world.send(envelope("<getWafOrigin><site_id>1</site_id></getWafOrigin>"))
    assert len(world.vendor.documents) == 4
    world.seconds += world.config.owner_ttl + 1
    world.send(envelope("<getWafOrigin><site_id>1</site_id></getWafOrigin>"))
    assert len(world.vendor.documents) == 6


def test_who_guesses_sites_makes_no_more_calls_than_requests(world: World) -> None:
    world.send(order(9, 8, 7, 6, 5))
    assert (world.audit["reason"], len(world.vendor.documents)) == ("site", 1)


WAF = envelope("<getWafOrigin><site_id>1</site_id></getWafOrigin>")


@pytest.mark.parametrize("sent", [True, False])
def test_a_lost_answer_about_an_owner_says_that_the_request_was_not_sent(world: World, sent: bool) -> None:
    world.vendor.lost = LostError("no_answer", sent=sent)
    assert world.send(order(1)).status == 503
    assert (world.audit["decision"], world.audit["reason"]) == ("failed", "no_answer")


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_vendor_that_is_not_there_does_not_make_a_site_foreign(world: World, status: int) -> None:
    world.vendor.status = status
    assert world.send(order(1)).status == 503
    assert (world.audit["decision"], world.audit["reason"]) == ("failed", "owner_unknown")
    world.vendor.status = 200
    assert world.send(order(1)).status == 200


def test_credentials_that_the_vendor_refuses_do_not_make_a_site_foreign(world: World) -> None:
    world.vendor.status = 401
    world.send(WAF)
    assert (world.audit["reason"], world.audit["status"]) == ("upstream_credentials", 403)


def test_a_request_that_could_not_be_sent_in_time_is_not_sent_later(world: World) -> None:
    async def never(*_what: object, **_how: object) -> t.Any:
        await asyncio.Event().wait()

    ask, world.vendor.send = world.vendor.send, never  # type: ignore[method-assign]  # as a test double
    world.relay.reconfigure(dataclasses.replace(world.config, timeout=t.cast(int, 0.05)))
    assert world.send(order(1)).status == 503
    assert (world.audit["decision"], world.audit["reason"]) == ("failed", "too_slow")
    world.vendor.send = ask  # type: ignore[method-assign]  # as a test double
    world.relay.reconfigure(world.config)
    assert world.send(order(1)).status == 200
    assert world.audit["decision"] == "passed"


def test_nothing_inside_a_request_is_looked_at_before_the_password_was_right(world: World) -> None:
    """An element takes far more time than its bytes, and who has no password must not take it from others."""
    heavy = f"<addWafBlacklistIPs><site_id>1</site_id><ips>{'<no/>' * 4000}</ips></addWafBlacklistIPs>"
    world.send(envelope(heavy, password="wrong"))
    assert (world.audit["reason"], world.audit["method"]) == ("credentials", "addWafBlacklistIPs")
    world.send(envelope(heavy))
    assert world.audit["reason"] == "unknown_element"


def test_a_reload_changes_how_long_an_owner_is_remembered(world: World) -> None:
    world.relay.reconfigure(dataclasses.replace(world.config, owner_ttl=5))
    world.send(WAF)
    world.seconds += 6
    world.send(WAF)
    assert len(world.vendor.documents) == 4


def test_an_effect_does_not_allow_a_method_that_answers_with_a_secret(world: World) -> None:
    token = envelope(TOKEN, "awx")
    assert world.send(token, AWX, "awx.hoster.example").status == 403
    assert world.vendor.documents == []
    assert world.send(envelope("<getAccounts/>", "awx"), AWX, "AWX.hoster.example").body == b"<SiteLockOnlineResponse/>"


@pytest.mark.parametrize(
    ("sent", "address", "certificate", "reason", "client"),
    [
        (envelope(TOKEN, password="wrong"), "198.51.100.7", None, "credentials", ""),
        (envelope(TOKEN, user="nobody"), "198.51.100.7", None, "credentials", ""),
        (envelope(TOKEN, password=""), "198.51.100.7", None, "credentials", ""),
        (GOOD, AWX, None, "address", "panel-07"),
        (envelope("<getAccounts/>", "awx"), AWX, None, "certificate", "awx"),
        (envelope("<getAccounts/>", "awx"), AWX, "panel.hoster.example", "certificate", "awx"),
    ],
)
def test_wrong_credentials_have_one_answer_and_the_log_names_who_had_the_password(
    world: World, sent: str, address: str, certificate: str | None, reason: str, client: str
) -> None:
    reply = world.send(sent, address, certificate)
    assert reply.status == 200
    assert reply.body.split(b"<error ")[0].endswith(b"<authentication>")
    assert (world.audit["reason"], world.audit["client"]) == (reason, client)
    assert world.vendor.documents == []


@pytest.mark.parametrize("address", ["203.0.113.1", "2001:db8::8", "", "unix:", "198.51.100.7, 10.0.5.9"])
def test_an_address_of_no_client_is_refused_before_anything_is_read(world: World, address: str) -> None:
    assert world.send(GOOD, address).status == 403
    assert world.vendor.documents == []


def test_an_ipv4_address_in_ipv6_form_is_the_ipv4_one(world: World) -> None:
    assert world.send(GOOD, "::ffff:198.51.100.7").status == 200
    assert world.audit["decision"] == "passed"


def test_wrong_tries_are_limited_by_address_and_do_not_lock_out_who_was_right(world: World) -> None:
    world.send(GOOD)
    for _each in range(world.config.max_tries):
        world.send(envelope(TOKEN, password="wrong"))
        assert world.audit["reason"] == "credentials"
    assert world.send(envelope(TOKEN, password="wrong")).status == 429
    assert world.audit["reason"] == "too_many_tries"
    world.send(GOOD)
    assert world.audit["decision"] == "passed"
    world.seconds += world.config.tries_window + 1
    world.send(envelope(TOKEN, password="wrong"))
    assert world.audit["reason"] == "credentials"


NEIGHBOURS = ["2001:db8::7/128", "2001:db8::8/128"]


@pytest.mark.parametrize(
    ("networks", "reason"),
    [(NEIGHBOURS, "credentials"), (["2001:db8::/126", "2001:db8::/64"], "too_many_tries")],
    ids=["an address each", "one network"],
)
def test_wrong_tries_of_a_neighbour_count_only_where_it_could_have_this_address(
    world: World, networks: list[str], reason: str
) -> None:
    entries = [
        {**CLIENTS[0], "name": f"panel-{number}", "networks": [network]} for number, network in enumerate(networks)
    ]
    world.relay.reconfigure(dataclasses.replace(world.config, clients=clients.load(entries, TABLE)))
    for _each in range(world.config.max_tries + 1):
        world.send(envelope(TOKEN, "panel-0", "wrong"), "2001:db8::7")
    assert world.audit["reason"] == "too_many_tries"
    world.send(envelope(TOKEN, "panel-1", "wrong"), "2001:db8::8")
    assert world.audit["reason"] == reason


def test_right_logins_are_not_counted_as_tries(world: World) -> None:
    for number in range(world.config.max_tries + 1):
        world.relay._authenticator._verified.clear()
        world.send(GOOD)
        assert world.audit["decision"] == "passed", number


def test_orders_are_counted_by_item_and_day(world: World) -> None:
    assert world.send(order(1, 2)).status == 200
    assert world.send(order(1, 2)).status == 429
    assert world.audit["reason"] == "orders_per_day"
    assert world.send(order(1)).status == 200
    assert world.send(order(1)).status == 429
    assert len([each for each in world.vendor.documents if b"provisionAddon" in each]) == 2
    world.date = "2026-11-30"
    assert world.send(order(1)).status == 200


def test_nothing_is_ordered_if_orders_cannot_be_counted(world: World) -> None:
    world.orders.close()
    assert world.send(order(77)).status == 429
    assert world.audit["reason"] == "orders_unknown"
    assert world.vendor.documents == []


@pytest.mark.parametrize(("sent", "status"), [(True, 502), (False, 503)])
def test_a_lost_answer_is_not_an_error_of_the_vendor_s_form(world: World, sent: bool, status: int) -> None:
    world.vendor.lost = LostError("no_answer", sent=sent)
    reply = world.send(order(77))
    assert (reply.status, reply.body) == (status, b"")
    assert len(world.vendor.documents) == 1
    assert world.audit["decision"] == "failed"


def test_credentials_of_the_relay_that_the_vendor_refuses_are_not_those_of_the_client(world: World) -> None:
    world.vendor.status = 401
    reply = world.send(GOOD)
    assert reply.status == 403
    assert b'<createToken><error code="relay_upstream_credentials">SiteLock relay: The vendor' in reply.body
    assert (world.audit["decision"], world.audit["upstream_status"]) == ("refused", 401)


def test_the_audit_log_names_the_method_of_a_request_that_is_not_understood(world: World) -> None:
    world.send(GOOD.replace("570", "x"))
    assert (world.audit["reason"], world.audit["method"]) == ("malformed", "createToken")


def test_no_secret_is_in_the_audit_log_or_the_metrics(world: World) -> None:
    for sent in (GOOD, envelope(TOKEN, password="wrong&amp;secret"), order(3), order(77)):
        world.send(sent)
    text = "".join(world.lines) + world.relay.metrics.text()
    for secret in (PASSWORD, PARTNER_PASSWORD, "wrong"):
        assert secret not in text
    assert all(json.loads(line)["id"] for line in world.lines)


def test_every_path_of_the_table_can_be_sent() -> None:
    for method in TABLE.values():
        assert method.known >= method.elements
        parents: t.Any = {path.rpartition("/")[0] for path in method.known | method.attributes} - {""}
        assert parents <= method.known, method.name
