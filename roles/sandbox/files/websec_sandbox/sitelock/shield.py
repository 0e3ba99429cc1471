# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shield: the badge that a customer shows on the site."""

from __future__ import annotations

from lxml import etree

from ..settings import Settings
from ..site_products import SHIELD, SHIELD_CHOICES, SiteProducts
from . import answer
from .answer import Answer, node
from .context import Context
from .grammar import Field, Group, Values
from .methods import ProductError, method
from .product_sites import changing, check_one_subject, done, sites

_CHOICES = {name: Field(name, optional=True, pattern="|".join(words)) for name, words in SHIELD_CHOICES.items()}


@method(
    "getShield",
    Field("site_id", optional=True, repeat=True),
    Field("account_id", optional=True),
    check=check_one_subject,
)
def get_shield(context: Context, values: Values) -> Answer:
    """getShield: values are attributes; how several choices are written in C(options) is not documented."""
    with context.world.change():
        shown = [
            _shield(context.settings, site.site_id, site.products or SiteProducts()) for site in sites(context, values)
        ]
    return answer.ok(node("getShield", *shown))


def _shield(settings: Settings, site_id: str, products: SiteProducts) -> etree._Element:
    choices = {
        "colors": SHIELD_CHOICES["color"],
        "sizes": SHIELD_CHOICES["size"],
        "type": tuple(products.shield_types),
    }
    options: list[etree._Element] = []
    for name, words in choices.items():
        if settings.shield_options == "comma":
            options.append(node(name, text=",".join(words)))
        elif settings.shield_options == "repeat":
            options += [node(name, text=word) for word in words]
        else:
            options.append(node(name, *[node(name.removesuffix("s"), text=word) for word in words]))
    return node("shield", node("options", *options), site_id=site_id, **products.shield)


@method(
    "modifyShield",
    Group(
        "shield",
        attributes=(Field("site_id"), Field("language", optional=True), *_CHOICES.values()),
    ),
    write=True,
)
def modify_shield(context: Context, values: Values) -> Answer:
    """modifyShield: which types there are depends on the plan. Its answer is not documented."""
    wanted = values["shield"]
    with changing(context, wanted["site_id"]) as products:
        if wanted.get("type", products.shield["type"]) not in products.shield_types:
            raise ProductError("Invalid type", f"the plan has {', '.join(products.shield_types)}")
        kept = SHIELD if context.settings.product_omitted == "default" else products.shield
        products.shield = {name: wanted.get(name, kept[name]) for name in SHIELD}
        if context.settings.shield_answer == "shield":
            shield = node("shield", site_id=wanted["site_id"], **products.shield)
            return answer.ok(node("modifyShield", shield))
    return done(context, "modifyShield")
