# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What stays of a text, and what stands for the rest."""

from __future__ import annotations

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._recording.placeholders import Placeholders
from ansible_collections.hosting.websec.plugins.module_utils._recording.texts import redacted_name, redacted_text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.parameters import DIRECT


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("state", "pending-dns"),
        ("state", "pending-verification"),
        ("status", "ok"),
        ("code", "ANF"),
        ("extended_code", "3003"),
        ("error_code", "-98"),
        ("traffic_routing", "1"),
        ("level", "Basic"),
        ("firewallHue", "active"),
        ("expires_in", "14400"),
        ("prod_type", "WAF"),
        ("message", "Site Not Found"),
        ("message", "Invalid password."),
        ("message", "User is not authorized"),
        ("error", "invalid_client"),
        ("name", "user_name"),
    ],
)
def test_what_is_known_stays(name: str, text: str) -> None:
    assert redacted_text(name, text, Placeholders()) == text


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [
        ("domain", "shop.customer.example", "site-1.example"),
        ("domain", "www.customer.example.", "www.site-1.example."),
        ("domain", "*.customer.example", "*.site-1.example"),
        ("dns_new_cname", "x4f2.sitelockcdn.net", "name-1.sitelockcdn.net"),
        ("site_id", "442676", "1001"),
        ("id", "1", "1001"),
        ("zip", "123", "1001"),
        ("port", "443", "443"),
        ("waf_origin", "93.184.216.34", "192.0.2.1"),
        ("waf_origin", "2606:2800::1", "2001:db8::1"),
        ("ip", "93.184.216.0/24", "198.18.1.0/24"),
        ("dns_new_a", "93.184.216.34, 93.184.216.35", "192.0.2.1, 192.0.2.2"),
        ("email", "jane@customer.example", "user-1@site-1.example"),
        ("loginURL", "https://secure.sitelock.com/r?token=e56e0da2", "https://name-1.sitelock.com/text-1?text-2"),
        ("url", "http://93.184.216.34/admin", "http://192.0.2.1/text-1"),
        ("url", "/wp-admin/jane", "/text-1"),
        ("date", "2026-11-29", "2001-02-03"),
        ("date", "2026-11-29 12:34:56", "2001-02-03 04:05:06"),
        ("date", "2026-11-29T12:34:56Z", "2001-02-03T04:05:06Z"),
        ("date", "11/29/2026", "12/31/2001"),
        ("date", "29/11/2026", "31/12/2001"),
        ("last_scan_time", "1796000000", "981173106"),
        ("country", "US", "DE"),
        ("state", "ON", "text-1"),
        ("amount", "19.99", "1.50"),
        ("name", "Green", "text-1"),
        ("name", "Jane Doe", "Text 1"),
        ("company", "Basic", "text-1"),
        ("billingState", "OK", "text-1"),
        ("province", "ON", "text-1"),
        ("surname", "Green", "text-1"),
        ("cardholder", "Gold", "text-1"),
        ("family", "Young", "text-1"),
        ("security_answer", "backup", "text-1"),
        ("pin", "0", "text-1"),
        ("site" * 21, "0", "text-1"),
        ("password", "ready", "text-1"),
        ("api_key", "0", "text-1"),
        ("token", "online", "text-1"),
        ("code", "492817", "1001"),
        ("message", "Site 442676 of jane@customer.example is locked", "Site 1001 of user-1@site-1.example is locked"),
        ("message", "Domain 'customer.example' exists.", "Domain site-1.example exists."),
        ("message", "No account for Mark Page", "No account for x1 x2"),
        (
            "dns_record_value",
            "globalsign-domain-verification=VIYIM3EFP0APXADXY9D2MM4NHEXEGJNU2",
            "globalsign-domain-verification=text-1",
        ),
        ("note", "we know\nwhat you did", "Text 1"),
        ("note", "\u0130\u0131\uff11", "text-1"),
        ("note", "pending-hunter", "text-1"),
        ("note", "ok " * 5000, "Text 1"),
    ],
)
def test_everything_else_is_replaced_by_its_form(name: str, text: str, shown: str) -> None:
    assert redacted_text(name, text, Placeholders()) == shown


def test_the_same_value_is_replaced_by_the_same_and_another_by_another() -> None:
    placeholders = Placeholders()
    shown = [
        redacted_text("domain", text, placeholders) for text in ("a.example", "b.example", "A.example", "www.b.example")
    ]
    assert shown == ["site-1.example", "site-2.example", "site-1.example", "www.site-2.example"]
    assert redacted_text("site_id", "5678", placeholders) == redacted_text("message", "5678", placeholders)
    assert redacted_text("site_id", "5678", placeholders) != redacted_text("site_id", "5679", placeholders)


def test_more_addresses_than_there_are_for_documentation_are_told_apart() -> None:
    placeholders = Placeholders()
    shown = {redacted_text("ip", f"9.{number // 250}.0.{number % 250}", placeholders) for number in range(2000)}
    assert len(shown) == 2000


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("getAnpProvisioningStatus", "getAnpProvisioningStatus"),
        ("SiteLockOnlineResponse", "SiteLockOnlineResponse"),
        ("hunterSiteId", "x1SiteId"),
        ("site_442676", "site_x1"),
        ("customer.example", "site-1.example"),
        ("jane@customer.example", "x1"),
        ("", "x1"),
        ("\u00fcber", "x1"),
        ("site" * 50, "x1"),
    ],
)
def test_of_a_name_the_known_words_stay(name: str, shown: str) -> None:
    assert redacted_name(name, Placeholders()) == shown


def test_all_names_of_the_method_table_stay() -> None:
    table = {
        *(method.name for method in METHODS),
        *(name for method in METHODS for name in (*method.repeats, *method.answer_secrets, *method.other_names)),
        *(part for method in METHODS for path in (*method.nested, *method.attributes) for part in path.split("/")),
        *(part for method in METHODS for each in method.subjects for path in each.named for part in path.split("/")),
        *(name for method in METHODS if method.batch for name in method.batch),
        *(part for names in DIRECT.values() for path in names for part in path.split("/")),
    }
    assert [name for name in sorted(table) if redacted_name(name, Placeholders()) != name] == []


def test_all_whole_texts_that_decide_stay() -> None:
    texts = {text for method in METHODS for text in method.negatives if " " in text}
    assert texts
    assert [text for text in sorted(texts) if redacted_text("message", text, Placeholders()) != text] == []
