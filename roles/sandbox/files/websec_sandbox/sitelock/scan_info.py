# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scanInfo: the flags of a site, or of all sites of an account. What is below a product is not documented."""

from __future__ import annotations

from lxml import etree

from .. import scans
from ..model import Site
from ..site_products import SiteProducts
from . import answer
from .answer import Answer, node
from .context import Context
from .grammar import Field, Values
from .methods import method
from .product_sites import check_one_subject, moment, sites


@method(
    "scanInfo",
    Field("site_id", optional=True),
    Field("account_id", optional=True),
    check=check_one_subject,
)
def scan_info(context: Context, values: Values) -> Answer:
    """scanInfo: how several sites stand in one answer is not documented."""
    with context.world.change():
        found = sites(context, values)
        products = [_products(context, site) for site in found]
    pairs = list(zip(found, products))
    if "site_id" in values or context.settings.scan_info_form == "repeat":
        elements = [node("scanInfo", *shown, account_id=site.account_id, site_id=site.site_id) for site, shown in pairs]
        return answer.ok(*(elements or [node("scanInfo", account_id=values.get("account_id", ""))]))
    nested = [node("site", *shown, site_id=site.site_id) for site, shown in pairs]
    return answer.ok(node("scanInfo", *nested, account_id=values["account_id"]))


def _products(context: Context, site: Site) -> list[etree._Element]:
    now, products = context.world.clock.now(), site.products or SiteProducts()
    with_scans = context.settings.scan_info_scans != "none"
    return [
        node(
            "product",
            *([_scan(context, site, products, code, now) for code in codes] if with_scans else []),
            name=name,
            attention_flag=scans.flag(site.site_id, products, codes, now),
        )
        for name, codes in scans.PRODUCTS.items()
    ]


def _scan(context: Context, site: Site, products: SiteProducts, code: str, now: float) -> etree._Element | None:
    if not scans.is_set_up(products, code):
        return None
    last, runs = scans.latest(site.site_id, products, code, now), scans.running(products, code, now)
    about = {"name": code, "status": "running" if runs else "done" if last else "none"}
    if last:
        about["id"] = last.id
        about["completed_at"] = moment(last.done_at)
        about["findings"] = str(len(scans.seen(products, last)))
    if context.settings.scan_info_scans == "full":
        about["frequency"] = scans.frequency(products, code)
    return node("scan", **about)
