# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The price list: which product an entry means, and which it cannot mean."""

from __future__ import annotations

import decimal
import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    Catalogue,
    Product,
    parse_amount,
    parse_products,
)

LIST = {
    "@reseller_login": "partner",
    "product": [
        {"@id": "8", "@name": "Basic", "@type": "plan", "@price": "5.00", "@product_category": "SCAN"},
        {"@id": "12", "@name": "All", "@type": "bundle"},
        {"@id": "9001", "@name": "Backup", "@type": "addon", "@price": "free"},
        {"@id": "9002", "@name": "Backup", "@type": "addon"},
        {"@id": "77", "@name": "New kind", "@type": "something"},
    ],
}


def test_a_product_is_found_by_id_or_by_its_only_name() -> None:
    catalogue = parse_products(LIST)
    assert catalogue.resolved("8", ("plan",), "Site") == "8"
    assert catalogue.resolved("Basic", ("plan",), "Site") == "8"
    # A type that is not known may be right.
    assert catalogue.resolved("77", ("plan",), "Site") == "77"


@pytest.mark.parametrize(
    ("given", "types", "told"),
    [
        ("4711", ("plan",), "has no product with the id or name '4711'"),
        ("basic", ("plan",), "has no product"),
        ("Backup", ("addon",), "is the name of the products 9001, 9002"),
        ("12", ("plan",), "is a product of type bundle, not of type plan"),
        ("8", ("addon",), "is a product of type plan, not of type addon"),
    ],
)
def test_what_is_no_such_product_is_refused(given: str, types: tuple[str, ...], told: str) -> None:
    with pytest.raises(BadInputError, match=told):
        parse_products(LIST).resolved(given, types, "Site a.example")


def test_without_a_list_every_id_is_passed_on() -> None:
    assert Catalogue({}).resolved("4711", ("plan",), "Site") == "4711"


@pytest.mark.parametrize("products", [[{"@name": "no id"}], [{"@id": "8"}, {"@id": "8"}], ["text"]])
def test_a_list_that_contradicts_itself_is_not_used(products: list[t.Any]) -> None:
    with pytest.raises(BadResponseError, match="getPlanList"):
        parse_products({"product": products})


def test_prices_are_exact_or_unknown() -> None:
    assert parse_amount("5.10") == decimal.Decimal("5.10")
    for text in (None, "", "free", "NaN", "-1", "1e99", "Infinity"):
        assert parse_amount(text) is None


@pytest.mark.parametrize(
    ("name", "category", "known"),
    [
        ("Backup", "", True),
        ("Gold", "BACKUP", True),
        ("Gold", "", False),
        ("Professional", "WAF", False),
        ("Firewall & CDN with DNS", "", False),
        ("TrueShield", "DNS", False),
    ],
)
def test_what_may_be_firewall_and_cdn_is_not_taken_for_another_product(name: str, category: str, known: bool) -> None:
    product = Product("1", {"name": name, "type": "addon", "product_category": category})
    assert product.is_no_firewall is known


@pytest.mark.parametrize(
    ("name", "category", "place"),
    [
        ("Backup", "", "site"),
        ("Gold", "DNS", "site"),
        ("PCI", "", "account"),
        ("VPN for five", "", "account"),
        ("Security Awareness Training", "", "account"),
        ("Gold", "", None),
        ("Backup for PCI", "", None),
        ("Spcial", "", None),
        ("Firewall & CDN with DNS", "", None),
    ],
)
def test_what_an_add_on_is_ordered_for(name: str, category: str, place: str | None) -> None:
    assert Product("1", {"name": name, "type": "addon", "product_category": category}).place == place
