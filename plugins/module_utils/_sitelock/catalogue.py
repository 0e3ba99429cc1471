# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getPlanList: what the partner may sell, under which ids, and at what price.

Source: C(getplanlist). Its public copy ends in the middle of the attributes: all are kept, few are needed.
"""

from __future__ import annotations

import dataclasses
import decimal
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    BadResponseError,
    NotAllowedError,
    RejectedError,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import GET_PLAN_LIST
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed

if t.TYPE_CHECKING:
    from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient

PLAN = "plan"
BUNDLE = "bundle"
ADDON = "addon"
_TYPES = (PLAN, BUNDLE, ADDON)
"""Of these the first is documented; the others stand in an older guide, as values of C(plan_offer_type)."""

SITE = "site"
ACCOUNT = "account"
_PLACES = {SITE: ("backup", "dns"), ACCOUNT: ("pci", "vpn", "training")}
"""Words in the name or category of an add-on that is not Firewall & CDN, and what it is ordered for.

Source: C(account-and-site-management-overview), and the requests of the pages about the orders.
"""
_NO_FIREWALL = tuple(word for words in _PLACES.values() for word in words)
_FIREWALL = ("firewall", "waf", "cdn", "trueshield")
"""Words of one that may be it, whatever else is in its name, such as "Firewall & CDN with DNS"."""


@dataclasses.dataclass(frozen=True)
class Product:
    """A product of getPlanList. :param attributes: all that it says, without the ``@`` of attributes."""

    id: str
    attributes: t.Mapping[str, str] = dataclasses.field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return self.attributes.get("name", "")

    @property
    def type(self) -> str:
        return self.attributes.get("type", "").lower()

    @property
    def price(self) -> decimal.Decimal | None:
        return parse_amount(self.attributes.get("price"))

    @property
    def is_no_firewall(self) -> bool:
        """Whether it is known not to be Firewall & CDN."""
        told = f"{self.name} {self.attributes.get('product_category', '')}".lower()
        if self.type in (PLAN, BUNDLE):
            return True
        return any(word in told for word in _NO_FIREWALL) and not any(word in told for word in _FIREWALL)

    @property
    def place(self) -> str | None:
        """Whether an add-on is ordered for C(SITE) or C(ACCOUNT); C(None) if what it says leaves that open."""
        told = set(re.findall(r"[a-z]+", f"{self.name} {self.attributes.get('product_category', '')}".lower()))
        places = [place for place, words in _PLACES.items() if not told.isdisjoint(words)]
        return places[0] if len(places) == 1 and self.is_no_firewall else None


@dataclasses.dataclass(frozen=True)
class Catalogue:
    """The products by id. Empty when the API does not give the list: then every id is passed on as it is."""

    products: t.Mapping[str, Product]

    def find(self, subscription: str) -> Product | None:
        return self.products.get(subscription)

    def type_of(self, subscription: str) -> str:
        product = self.products.get(subscription)
        return product.type if product else ""

    def resolved(self, subscription: str, types: t.Collection[str], whose: str) -> str:
        """The id of a product that is given by its id, or by its exact name.

        :param types: what it may be.
        :raises BadInputError: there is no such product, or it is of another type.
        """
        if not self.products:
            return subscription
        product = self.products.get(subscription) or self._named(subscription, whose)
        if product.type in _TYPES and product.type not in types:
            raise BadInputError(
                f"{whose}: {subscription} ({product.name}) is a product of type {product.type}, not of type "
                f"{' or '.join(types)}.",
                hint="A plan is the subscription of a site, a bundle its bundle, and an add-on stands in addons.",
            )
        return product.id

    def refuse_other_place(self, subscription: str, place: str, whose: str) -> None:
        """:raises BadInputError: the add-on is ordered for something else than C(place)."""
        product = self.find(subscription)
        if product and product.place not in (None, place):
            hint = "addons of the site" if product.place == SITE else "addons of the account"
            raise BadInputError(
                f"{whose}: {subscription} ({product.name}) is an add-on of "
                f"{'a site, not of an account' if product.place == SITE else 'an account, not of a site'}.",
                hint=f"List it in {hint}.",
            )

    def _named(self, name: str, whose: str) -> Product:
        found = [product for product in self.products.values() if product.name == name]
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(product.id for product in found)
            raise BadInputError(f"{whose}: {name!r} is the name of the products {ids}.", hint="Give one of the ids.")
        known = listed(f"{product.id} ({product.name})" for product in self.products.values())
        raise BadInputError(
            f"{whose}: getPlanList has no product with the id or name {name!r}.", hint=f"Your products are: {known}."
        )


def parse_products(data: t.Mapping[str, t.Any]) -> Catalogue:
    """The products in the plain data of a getPlanList answer.

    :raises BadResponseError: one has no id, or two have the same.
    """
    products: dict[str, Product] = {}
    for element in data.get("product", []):
        attributes = (
            {key.lstrip("@"): value for key, value in element.items() if isinstance(value, str)}
            if isinstance(element, dict)
            else {}
        )
        product = Product(attributes.get("id", ""), attributes)
        if not product.id or product.id in products:
            raise BadResponseError(
                f"getPlanList: the response of the SiteLock API lists the product {product.id} twice."
                if product.id
                else "getPlanList: the response of the SiteLock API has a product without an id.",
                hint="Run again. If this stays, ask the vendor.",
            )
        products[product.id] = product
    return Catalogue(products)


def read_products(client: SiteLockClient, warn: t.Callable[[str], None], without: str) -> Catalogue:
    """All products of the partner: one call. If it is refused, none is known.

    :param without: what that means, as a part of the warning.
    """
    try:
        return parse_products(client.call(GET_PLAN_LIST, {}))
    except (RejectedError, NotAllowedError) as refused:
        warn(f"getPlanList was refused ({refused.message}), so {without}.")
        return Catalogue({})


def parse_amount(text: str | None) -> decimal.Decimal | None:
    """The decimal number in ``text``, if it is a plain one."""
    try:
        amount = decimal.Decimal((text or "").strip())
    except decimal.InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount < 10**9 else None
