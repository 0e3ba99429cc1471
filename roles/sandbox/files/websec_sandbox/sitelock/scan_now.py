# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scanNow: scans that start now, and are done C(scan_duration) seconds of the clock later."""

from __future__ import annotations

from .. import scans
from ..model import Site
from ..site_products import Record, SiteProducts
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Refused, Values
from .methods import ProductError, method
from .product_sites import sites

# More scans of one site than these are forgotten, the oldest first.
_KEPT = 200


def check(_context: Context, values: Values) -> None:
    """A site or an account; with both, the site counts."""
    if "site_id" not in values and "account_id" not in values:
        raise Refused("site_id or account_id must be given")


@method(
    "scanNow",
    Field("account_id", optional=True),
    Field("site_id", optional=True),
    Field("scan_code", optional=True, repeat=True, pattern="|".join(scans.STARTABLE)),
    write=True,
    check=check,
)
def scan_now(context: Context, values: Values) -> Answer:
    """scanNow: its answers are not documented, nor what it does when a scan runs already."""
    with context.world.change():
        wanted = sites(context, values)
        started = [one for site in wanted for one in _start(context, site, values.get("scan_code", []))]
    return _answer(context, started)


def _start(context: Context, site: Site, codes: list[str]) -> list[Record]:
    """Start the scans of one site. Raises ProductError."""
    products = site.products or SiteProducts()
    if not products.domain_verified and any(code in scans.VERIFIED for code in codes):
        raise ProductError("Domain is not verified", ", ".join(codes))
    if "smart_scan" in codes and not products.smart:
        raise ProductError("SMART must be configured first")
    codes = codes or [
        code
        for code in scans.STARTABLE
        if scans.is_set_up(products, code) and (products.domain_verified or code not in scans.VERIFIED)
    ]
    now = context.world.clock.now()
    started = []
    for code in dict.fromkeys(codes):
        known = scans.running(products, code, now)
        if known and context.settings.second_scan == "refuse":
            raise ProductError("Scan is already running", code)
        if not known:
            started.append(begin(context, products, code, now))
        elif context.settings.second_scan == "join":
            started.append(known)
    products.scans = products.scans[-_KEPT:]
    site.products = products
    context.world.save(site)
    return [{**one, "site_id": site.site_id} for one in started]


def begin(context: Context, products: SiteProducts, code: str, now: float) -> Record:
    """A scan of this kind that starts now."""
    number, end = context.world.number("scan"), now + context.settings.scan_duration
    products.scans.append({"id": number, "code": code, "started_at": now, "done_at": end})
    return products.scans[-1]


def _answer(context: Context, started: list[Record]) -> Answer:
    form = context.settings.scan_now_answer
    if form == "empty":
        return answer.ok(node("scanNow"))
    if form == "status":
        return answer.ok(node("scanNow", *texts(message="Scan started", status="ok")))
    listed = [node("scan", site_id=one["site_id"], code=one["code"], id=one["id"], status="started") for one in started]
    return answer.ok(node("scanNow", *listed, *texts(status="ok")))
