# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The site that a method of a product behind the firewall is about, and what such methods have in common."""

from __future__ import annotations

import contextlib
import datetime
import typing

from lxml import etree

from ..model import Site
from ..site_products import SiteProducts
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Refused, Values
from .methods import ProductError

PENDING = "A backup is pending"
# By product: the categories of the plans that have it.
CATEGORIES = {"smart": ("SCAN", "SMART"), "backup": ("BACKUP",)}

Product = typing.Literal["smart", "backup", ""]


@contextlib.contextmanager
def reading(context: Context, site_id: str, product: Product = "") -> typing.Iterator[tuple[Site, SiteProducts]]:
    """The site of the request, below the lock of the world. Raises ProductError."""
    world = context.world
    with world.change():
        site = world.sites.get(site_id)
        if not site:
            raise ProductError("Site Not Found")
        if product and context.settings.product_sites == "bought" and not _has(context, site_id, product):
            raise ProductError("Product not found", f"no plan of {' or '.join(CATEGORIES[product])}")
        yield site, site.products or SiteProducts()


@contextlib.contextmanager
def changing(context: Context, site_id: str, product: Product = "") -> typing.Iterator[SiteProducts]:
    """The same; what is changed is written at the end, and not when an exception is raised."""
    with reading(context, site_id, product) as (site, products):
        yield products
        site.products = products
        context.world.save(site)


def _has(context: Context, site_id: str, product: str) -> bool:
    return any(one.category in CATEGORIES[product] for one in context.world.active_of_site(site_id))


def sites(context: Context, values: Values) -> list[Site]:
    """The sites that a request names by C(site_id), or all of its C(account_id). Call it below C(world.change())."""
    world = context.world
    if "site_id" in values:
        named = values["site_id"] if isinstance(values["site_id"], list) else [values["site_id"]]
        if any(site_id not in world.sites for site_id in named):
            raise ProductError("Site Not Found")
        return [world.sites[site_id] for site_id in dict.fromkeys(named)]
    if values["account_id"] not in world.accounts:
        raise ProductError("account_id not found")
    return [site for site in world.sites_of(values["account_id"]) if site.deleted_at is None]


def check_one_subject(_context: Context, values: Values) -> None:
    """Either C(site_id) or C(account_id). Raises Refused."""
    if ("site_id" in values) == ("account_id" in values):
        raise Refused("either site_id or account_id must be given")


def check_empty(context: Context, values: Values) -> None:
    """Whether an element without text clears what it is for. Raises Refused."""
    if context.settings.empty_values == "clear":
        return
    for name, value in values.items():
        if isinstance(value, dict):
            check_empty(context, value)
        elif value in ("", [""]):
            raise Refused(f"{name} is empty")


def refuse_pending(context: Context, products: SiteProducts) -> None:
    """While a backup or restore runs, settings of SMART and backups cannot change. Raises ProductError."""
    if products.pending_backup(context.world.clock.now()):
        raise ProductError(PENDING)


def done(context: Context, name: str, message: str = "OK") -> Answer:
    """The answer to a change that was made; none of these is documented."""
    form = context.settings.product_answer
    said: list[etree._Element] = [] if form == "empty" else texts(message=message if form == "message" else None)
    return answer.ok(node(name, *said, *([] if form == "empty" else texts(status="ok"))))


def moment(seconds: float) -> str:
    """A time as C(2026-11-21 10:00:00)."""
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S")
