# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For random well-formed documents, what arrives at the vendor is allowed for this client, by rules written here again:
another parser, and none of the relay's tables or code."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET  # the input is what the relay wrote
from xml.sax.saxutils import escape, quoteattr

from hypothesis import given, settings
from hypothesis import strategies as st

from .conftest import OWNERS, PARTNER_PASSWORD, PASSWORD, World, envelope

FEW = ["createToken", "getStatus", "getWafOrigin", "provisionAddon", "getPlanList", "getAnpProvisioningStatus"]
MORE = ["getAccounts", "deleteAccount", "modifyShield", "passwordReset", "getTextReport", "scanDetail"]
NAMES = ["account_id", "site_id", "accountInformation", "siteInformation", "addonInfo", "id", "login", "subscription"]
RARE = ["authentication", "password", "planInfo", "domain", "waf_origin", "subscription_id", "Site_ID", "error"]
ACCOUNTS = {"570", "571"}
SITES = {"77"} | {site for site, account in OWNERS.items() if account in ACCOUNTS}
# Own ones, those of others, and what is none. As often own as not, so that one foreign one is among own ones.
ACCOUNT = st.sampled_from(["570", "570", "571", "571", " 570", "999", "999", "1", "x", "", "570 999"])
SITE = st.sampled_from(["1", "1", "2", "2", "77", "77 ", "3", "3", "9", "570", "x", ""])
VALUES = st.one_of(ACCOUNT, SITE)

TEXTS = st.one_of(VALUES, st.text("ab<>&'\" é", max_size=4))


def element(name: str, attributes: dict[str, str], content: str) -> str:
    given_attributes = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{given_attributes}>{content}</{name}>"


def attributes(names: list[str]) -> st.SearchStrategy[dict[str, str]]:
    few = st.dictionaries(st.sampled_from(names), VALUES, max_size=1)
    return st.one_of(st.just({}), st.just({}), st.just({}), few)


NAME = st.one_of(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(FEW + MORE + RARE))
LEAF = st.builds(element, NAME, attributes(NAMES), TEXTS.map(escape))
INNER = st.recursive(
    LEAF,
    lambda inner: st.builds(element, NAME, attributes(NAMES), st.lists(inner, max_size=3).map("".join)),
    max_leaves=6,
)
# Often of the right form, so that the rules about methods and subjects decide, and not only the grammar.
ACCOUNT_ID = ACCOUNT.map(lambda value: f"<account_id>{value}</account_id>")
SITE_ID = SITE.map(lambda value: f"<site_id>{value}</site_id>")
EXTRA = st.one_of(
    st.sampled_from(["", "", "", "<login>x</login>", "<domain>a.example</domain>", "<error/>"]), ACCOUNT_ID, SITE_ID
)
ITEM = st.tuples(
    st.one_of(SITE_ID, SITE_ID, ACCOUNT_ID, st.just("")),
    st.one_of(st.just("<subscription>100</subscription>"), EXTRA),
).map(lambda parts: f"<addonInfo>{''.join(parts)}</addonInfo>")
SITES_ONLY = st.lists(
    SITE_ID.map(lambda site: f"<addonInfo>{site}<subscription>100</subscription></addonInfo>"), min_size=2, max_size=3
)
STATUS = st.tuples(
    st.one_of(ACCOUNT.map(lambda value: f"<id>{value}</id>"), SITE_ID, st.just("<login>x</login>"), st.just("")),
    st.one_of(EXTRA, EXTRA, LEAF),
).map(lambda parts: f"<getStatus><accountInformation>{''.join(parts)}</accountInformation></getStatus>")
FITTING = st.one_of(
    st.tuples(ACCOUNT_ID, EXTRA).map(lambda parts: f"<createToken>{''.join(parts)}</createToken>"),
    st.tuples(SITE_ID, EXTRA).map(lambda parts: f"<getWafOrigin>{''.join(parts)}</getWafOrigin>"),
    SITE.map(lambda value: f'<getAnpProvisioningStatus site_id="{value}"/>'),
    st.lists(ITEM, min_size=1, max_size=3).map(lambda items: f"<provisionAddon>{''.join(items)}</provisionAddon>"),
    SITES_ONLY.map(lambda items: f"<provisionAddon>{''.join(items)}</provisionAddon>"),
    STATUS,
    # What this client may not call at all.
    st.sampled_from(
        [
            "<getAccounts/>",
            "<purgeWafCache><site_id>1</site_id></purgeWafCache>",
            "<passwordReset><account_id>570</account_id></passwordReset>",
            "<deleteAccount><accountInformation><id>570</id></accountInformation></deleteAccount>",
            '<modifyShield><shield site_id="1"/></modifyShield>',
        ]
    ),
)
FREE = st.builds(element, st.sampled_from(FEW + MORE), attributes(NAMES), st.lists(INNER, max_size=3).map("".join))
WITH_ATTRIBUTE = FITTING.map(lambda body: re.sub(r"^<(\w+)", r'<\1 account_id="999"', body))
BODIES = st.one_of(
    FITTING,
    FITTING,
    FITTING,
    FITTING,
    WITH_ATTRIBUTE,
    FREE,
    st.lists(st.one_of(FITTING, FREE), min_size=2, max_size=2).map("".join),
)

# What each method that the client may call has in the documents of the vendor, of the names above.
KNOWN = {
    "createToken": {"account_id"},
    "getWafOrigin": {"site_id"},
    "getAnpProvisioningStatus": set(),
    "getPlanList": set(),
    "getStatus": {"accountInformation", "id", "site_id"},
    "provisionAddon": {"addonInfo", "site_id", "account_id", "subscription", "waf_origin"},
}


def is_allowed(document: bytes) -> bool:
    """The oracle, for the client panel-07 of the tests."""
    root = ET.fromstring(document)
    authentication, *methods = list(root)
    if root.tag != "SiteLockOnlineRequest" or authentication.tag != "authentication" or len(methods) != 1:
        return False
    if [(child.tag, child.text) for child in authentication] != [("user", "partner"), ("password", PARTNER_PASSWORD)]:
        return False
    method = methods[0]
    if method.tag not in KNOWN or {each.tag for each in method.iter()} - {method.tag} - KNOWN[method.tag]:
        return False
    if method.tag == "getPlanList":
        return not method.attrib
    items = list(method) if method.tag == "provisionAddon" else [method]
    return bool(items) and all(is_named(item) and is_own(item) and has_no_twins(item) for item in items)


def is_named(item: ET.Element) -> bool:
    return any(each.tag in ("site_id", "account_id", "id") or "site_id" in each.attrib for each in item.iter())


def is_own(item: ET.Element) -> bool:
    for each in item.iter():
        site = each.attrib.pop("site_id", None) if each.tag == "getAnpProvisioningStatus" else None
        if each.attrib or (site is not None and site not in SITES):
            return False
        if each.tag == "site_id" and each.text not in SITES:
            return False
        if each.tag in ("account_id", "id") and each.text not in ACCOUNTS:
            return False
    return True


def has_no_twins(item: ET.Element) -> bool:
    """Whether no element is there twice beside itself: the vendor may take the second for the one that counts."""
    names = [[child.tag for child in each] for each in item.iter()]
    return all(len(each) == len(set(each)) for each in names)


def told(element: ET.Element) -> object:
    """What an element says, without white space around its values."""
    attributes_of = sorted((name, value.strip()) for name, value in element.attrib.items())
    text = "" if len(element) else (element.text or "").strip()
    return element.tag, attributes_of, text, [told(child) for child in element]


LOOK_UP = re.compile(
    rb"</authentication><getStatus><accountInformation><site_id>[1-9][0-9]*</site_id></accountInformation></getStatus>"
    rb"</SiteLockOnlineRequest>$"
)
WORLD = World()
WORLD.send(envelope("<getPlanList/>"))


@settings(max_examples=1000, deadline=None)
@given(BODIES)
def test_what_arrives_is_allowed(body: str) -> None:
    WORLD.vendor.documents.clear()
    WORLD.date = f"20{len(WORLD.lines) % 80 + 10}-01-01"
    # Whose a site is, is asked again.
    WORLD.seconds += WORLD.config.owner_ttl + 1
    _authentication, *methods = ET.fromstring(envelope(body))
    reply = WORLD.send(envelope(body))
    arrived = list(WORLD.vendor.documents)
    if WORLD.audit["decision"] == "passed":
        sent = arrived.pop()
        # All of it, and nothing else.
        assert [told(method) for method in methods] == [told(ET.fromstring(sent)[1])]
        assert is_allowed(sent), sent
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
