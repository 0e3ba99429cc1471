# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For random well-formed documents, what arrives at the vendor is allowed for this client, by rules written here again:
another parser, and none of the relay's tables or code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # the input is what the relay wrote
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given
from hypothesis import strategies as st

from .conftest import OWNERS, PARTNER_PASSWORD, PASSWORD, World, envelope

METHODS = ["createToken", "getStatus", "getWafOrigin", "provisionAddon", "getPlanList", "getAccounts"]
MORE = ["deleteAccount", "modifyShield", "getAnpProvisioningStatus", "passwordReset", "getTextReport", "scanDetail"]
NAMES = ["account_id", "site_id", "accountInformation", "siteInformation", "addonInfo", "id", "login", "subscription"]
RARE = ["authentication", "password", "planInfo", "domain", "waf_origin", "subscription_id", "Site_ID", "error"]
ACCOUNTS = {"570", "571"}
SITES = {"77"} | {site for site, account in OWNERS.items() if account in ACCOUNTS}
VALUES = st.sampled_from(["570", "571", "999", "1", "2", "3", "9", "77", " 570", "", "x", "570 999"])

TEXTS = st.one_of(VALUES, st.text("ab<>&'\" é", max_size=4))


def element(name: str, attributes: dict[str, str], content: str) -> str:
    given_attributes = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{given_attributes}>{content}</{name}>"


def attributes(names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    few = st.dictionaries(st.sampled_from(names), VALUES, max_size=1)
    return st.one_of(st.just({}), st.just({}), st.just({}), few)


NAME = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(METHODS + MORE + RARE))
LEAF = st.builds(element, NAME, attributes(NAMES), TEXTS.map(escape))
INNER = st.recursive(
    LEAF,
    lambda inner: st.builds(element, NAME, attributes(NAMES), st.lists(inner, max_size=3).map("".join)),
    max_leaves=6,
)
# Often of the right form, so that the rules about subjects decide, and not only the grammar.
ID = VALUES.map(escape)
ITEM = st.builds(
    lambda name, value, more: f"<addonInfo><{name}>{value}</{name}>{more}</addonInfo>",
    st.sampled_from(["site_id", "account_id"]),
    ID,
    st.sampled_from(["", "<subscription>100</subscription>", "<account_id>999</account_id>", "<site_id>3</site_id>"]),
)
FITTING = st.one_of(
    ID.map(lambda value: f"<createToken><account_id>{value}</account_id></createToken>"),
    ID.map(lambda value: f"<getWafOrigin><site_id>{value}</site_id></getWafOrigin>"),
    ID.map(lambda value: f'<getAnpProvisioningStatus site_id="{value}"/>'),
    st.lists(ITEM, min_size=1, max_size=4).map(lambda items: f"<provisionAddon>{''.join(items)}</provisionAddon>"),
    st.builds(
        lambda name, value, more: (
            f"<getStatus><accountInformation><{name}>{value}</{name}>{more}</accountInformation></getStatus>"
        ),
        st.sampled_from(["id", "site_id", "login", "domain"]),
        ID,
        st.one_of(st.just(""), LEAF),
    ),
)
FREE = st.builds(element, st.sampled_from(METHODS + MORE), attributes(NAMES), st.lists(INNER, max_size=3).map("".join))
BODIES = st.lists(st.one_of(FITTING, FITTING, FREE), min_size=1, max_size=2).map("".join)


def is_allowed(document: bytes) -> bool:
    """The oracle, for the client panel-07 of the tests."""
    root = ET.fromstring(document)
    authentication, *methods = list(root)
    if root.tag != "SiteLockOnlineRequest" or authentication.tag != "authentication" or len(methods) != 1:
        return False
    if [(child.tag, child.text) for child in authentication] != [("user", "partner"), ("password", PARTNER_PASSWORD)]:
        return False
    method = methods[0]
    if method.tag == "getPlanList":
        return not list(method) and not method.attrib
    if method.tag not in METHODS or method.tag == "getAccounts":
        return False
    items = list(method) if method.tag == "provisionAddon" else [method]
    return bool(items) and all(named(item) and is_own(item) for item in items)


def named(item: ET.Element) -> bool:
    return any(each.tag in ("site_id", "account_id", "id") for each in item.iter())


def is_own(item: ET.Element) -> bool:
    for each in item.iter():
        if each.attrib or each.tag in ("login", "domain", "reseller_account_id", "subscription_id"):
            return False
        if each.tag == "site_id" and each.text not in SITES:
            return False
        if each.tag in ("account_id", "id") and each.text not in ACCOUNTS:
            return False
    return True


LOOK_UP = re.compile(
    rb"</authentication><getStatus><accountInformation><site_id>[1-9][0-9]*</site_id></accountInformation></getStatus>"
    rb"</SiteLockOnlineRequest>$"
)
WORLD = World()
WORLD.send(envelope("<getPlanList/>"))


@given(BODIES)
def test_what_arrives_is_allowed(body: str) -> None:
    WORLD.vendor.documents.clear()
    WORLD.date = f"20{len(WORLD.lines) % 80 + 10}-01-01"
    ET.fromstring(envelope(body))
    reply = WORLD.send(envelope(body))
    arrived = list(WORLD.vendor.documents)
    if WORLD.audit["decision"] == "passed":
        assert is_allowed(arrived.pop())
    else:
        assert b"SiteLock relay: " in reply.body
    # The rest are the relay's own questions whose a site is; their answers stay in the relay.
    assert all(LOOK_UP.search(each) for each in arrived), arrived
    assert not any(PASSWORD.encode() in each for each in WORLD.vendor.documents)


def test_the_oracle_lets_pass_and_refuses() -> None:
    """Both sides of the property occur; neither test would notice if nothing ever arrived."""
    ok = "<createToken><account_id>570</account_id></createToken>"
    WORLD.vendor.documents.clear()
    WORLD.send(envelope(ok))
    assert list(map(is_allowed, WORLD.vendor.documents)) == [True]
    assert not is_allowed(WORLD.vendor.documents[0].replace(b"570", b"999"))
