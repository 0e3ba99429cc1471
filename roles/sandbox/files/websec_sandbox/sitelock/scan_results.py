# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scanSummary and scanDetail: the scans of a site, and what they found. Both answers are not documented."""

from __future__ import annotations

import datetime
import re

from lxml import etree

from .. import scans
from ..model import Site
from ..scans import Scan
from ..site_products import Record, SiteProducts
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import DATE, Field, Flag, Group, Refused, Values
from .methods import ProductError, method
from .product_sites import moment, reading

_SUMMARIES = ("smart_scan", "platform_scan", "db_scan", "patchman_scan", "risk_score")
_DETAILS = ("malware_scan", "sqli_scan", "xss_scan", "advisories", "risk_score")
_DETAILS_BY_ID = ("db_scan", "platform_scan", "smart_scan")
# advisories are what is known about the software of a site.
_SCAN_OF = {"advisories": "platform_scan"}
_RISKS = (("low", 20), ("medium", 60), ("high", 101))
_HIDDEN = ("code", "since", "fixed_at", "fixed_by", "flag")
_NAME = re.compile(r"[A-Za-z_][\w-]*")


def check_dates(_context: Context, values: Values) -> None:
    """Both dates or none, and something that is asked for."""
    if ("start_date" in values) != ("end_date" in values):
        raise Refused("start_date and end_date belong together")
    check_scans(_context, values)


def check_scans(_context: Context, values: Values) -> None:
    """Something must be asked for."""
    if not values["scans"]:
        raise Refused("scans is empty")


@method(
    "scanSummary",
    Field("site_id"),
    Field("start_date", optional=True, pattern=DATE),
    Field("end_date", optional=True, pattern=DATE),
    Group("scans", children=tuple(Flag(name) for name in _SUMMARIES)),
    check=check_dates,
)
def scan_summary(context: Context, values: Values) -> Answer:
    """scanSummary: all scans between two days, or the last one that is done; the newest first."""
    now = context.world.clock.now()
    shown = []
    with reading(context, values["site_id"]) as (site, products):
        for name in values["scans"]:
            if name == "risk_score":
                shown.append(_risk(context, site, products, now))
                continue
            if "start_date" in values:
                first, end = _day(values["start_date"]), _day(values["end_date"]) + scans.DAY
                listed = scans.between(site.site_id, products, name, min(now, end - 1), first)
            else:
                last = scans.latest(site.site_id, products, name, now)
                listed = [last] if last else []
            shown += [_summary(context, products, scan, now) for scan in reversed(listed)]
    return answer.ok(node("scanSummary", *texts(site_id=site.site_id), node("scans", *shown), *texts(status="ok")))


def _day(date: str) -> float:
    try:
        day = datetime.datetime.strptime(date, "%Y-%m-%d").replace(tzinfo=datetime.timezone.utc)
    except ValueError:
        raise ProductError("Invalid date", date) from None
    return day.timestamp()


def _summary(context: Context, products: SiteProducts, scan: Scan, now: float) -> etree._Element:
    runs = scan.done_at > now
    error = products.sign_in_error(products.smart) if scan.code == "smart_scan" else ""
    found = [] if runs or error else scans.seen(products, scan)
    status = "running" if runs else "error" if error else "done"
    about = {"id": scan.id, "date": moment(scan.started_at), "status": status, "issues": str(len(found))}
    if error:
        about["error"] = error
    if not runs:
        about["completed_at"] = moment(scan.done_at)
        about["patched"] = str(sum(one.get("fixed_by") == scan.id for one in products.findings))
    return _element(context, scan.code, about)


def _risk(context: Context, site: Site, products: SiteProducts, now: float) -> etree._Element:
    points = scans.score(site.site_id, products, now)
    level = next(name for name, below in _RISKS if points < below)
    return _element(context, "risk_score", {"score": str(points), "level": level})


@method(
    "scanDetail",
    Field("site_id"),
    Group(
        "scans",
        children=(
            *(Flag(name) for name in _DETAILS),
            Group("ssl_scan", optional=True, attributes=(Field("level", optional=True),)),
            *(Group(name, optional=True, attributes=(Field("id", optional=True),)) for name in _DETAILS_BY_ID),
        ),
    ),
    check=check_scans,
)
def scan_detail(context: Context, values: Values) -> Answer:
    """scanDetail: of the last scan or of the one that is named. A wrong number is no error: it has nothing."""
    now = context.world.clock.now()
    shown = []
    with reading(context, values["site_id"]) as (site, products):
        for name, asked in values["scans"].items():
            if name == "risk_score":
                shown.append(_risk(context, site, products, now))
                continue
            wanted = asked.get("id") if isinstance(asked, dict) else None
            scan = _find(site, products, _SCAN_OF.get(name, name), wanted, now)
            if scan:
                shown.append(_detail(context, name, scan, scans.seen(products, scan)))
    return answer.ok(node("scanDetail", *texts(site_id=site.site_id), node("scans", *shown), *texts(status="ok")))


def _find(site: Site, products: SiteProducts, code: str, number: str | None, now: float) -> Scan | None:
    if number is None:
        return scans.latest(site.site_id, products, code, now)
    every = scans.between(site.site_id, products, code, now, 0)
    return next((one for one in every if one.id == number and one.done_at <= now), None)


def _detail(context: Context, name: str, scan: Scan, findings: list[Record]) -> etree._Element:
    tag = f"{name.removesuffix('_scan')}_info"
    element = _element(context, name, {"id": scan.id, "date": moment(scan.done_at)})
    for one in findings:
        about = {key: str(value) for key, value in one.items() if key not in _HIDDEN and _NAME.fullmatch(key)}
        about |= {"severity": one["flag"], "found_at": moment(one["since"])}
        element.append(_element(context, tag, about))
    return element


def _element(context: Context, name: str, about: dict[str, str]) -> etree._Element:
    if context.settings.scan_answers == "elements":
        return node(name, *texts(**about))
    return node(name, **about)
