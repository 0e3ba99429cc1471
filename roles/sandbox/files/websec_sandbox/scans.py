# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Scans of a site: when they run, and which of its findings they have seen.

A site is scanned regularly, at the begin of each period of its frequency, and when somebody asks for it. A finding is
there since a moment, and known from the first scan of its kind that was done after that. Nothing here does any I/O.
"""

from __future__ import annotations

import dataclasses
import datetime
import typing

from .site_products import Record, SiteProducts

DAY = 86400.0
# By product, as scanInfo names it: its scans.
PRODUCTS = {
    "Content": ("malware_scan", "smart_scan", "db_scan"),
    "Application": ("platform_scan", "patchman_scan", "vulnerability_scan", "xss_scan", "sqli_scan"),
    "Reputation": ("spam_scan", "ssl_scan"),
}
CODES = tuple(code for codes in PRODUCTS.values() for code in codes)
STARTABLE = ("ssl_scan", "malware_scan", "xss_scan", "sqli_scan", "vulnerability_scan", "spam_scan", "smart_scan")
"""What scanNow can start."""
VERIFIED = ("malware_scan", "xss_scan", "sqli_scan", "vulnerability_scan")
"""What needs a verified domain."""
FREQUENCIES = ("hourly", "daily", "weekly", "monthly", "quarterly", "continuous", "never")
_BY_SMART = ("smart_scan", "platform_scan", "patchman_scan")
_RED = ("malware_scan", "smart_scan", "db_scan", "spam_scan")
FLAGS = ("green", "yellow", "red")
# Of a longer time only the newest ones are told.
_MOST = 1000


@dataclasses.dataclass(frozen=True)
class Scan:
    """One scan of one kind; it runs until C(done_at)."""

    id: str
    code: str
    started_at: float
    done_at: float


def default_flag(code: str) -> str:
    """How urgent a finding of this kind is, when nobody says so."""
    return "red" if code in _RED else "yellow"


def is_set_up(products: SiteProducts, code: str) -> bool:
    """Whether this kind of scan can run on the site."""
    if code == "db_scan":
        return products.smart_database is not None
    return products.smart is not None if code in _BY_SMART else True


def frequency(products: SiteProducts, code: str) -> str:
    """How often the site is scanned so."""
    if code in _BY_SMART and products.smart:
        return str(products.smart["frequency"])
    return "daily" if code == "db_scan" else products.scan_frequency


def between(site_id: str, products: SiteProducts, code: str, now: float, since: float) -> list[Scan]:
    """All scans of a kind that began between C(since) and C(now), the oldest first."""
    regular: list[float] = []
    if is_set_up(products, code):
        often = frequency(products, code)
        while (begin := _begin(often, now if not regular else regular[-1] - 1)) is not None and begin >= since:
            regular.append(begin)
            if len(regular) == _MOST:
                break
    asked = [one for one in _asked(products, code) if since <= one.started_at <= now]
    found = [Scan(_number(site_id, code, when), code, when, when) for when in regular] + asked
    return sorted(found, key=lambda scan: scan.started_at)


def latest(site_id: str, products: SiteProducts, code: str, now: float) -> Scan | None:
    """The last scan of a kind that is done."""
    done = [one for one in _asked(products, code) if one.done_at <= now]
    begin = _begin(frequency(products, code), now) if is_set_up(products, code) else None
    if begin is not None:
        done.append(Scan(_number(site_id, code, begin), code, begin, begin))
    return max(done, key=lambda scan: scan.done_at) if done else None


def _asked(products: SiteProducts, code: str) -> list[Scan]:
    return [Scan(one["id"], code, one["started_at"], one["done_at"]) for one in products.scans if one["code"] == code]


def _begin(often: str, now: float) -> float | None:
    """When the period of C(now) began."""
    if often == "never":
        return None
    if often in ("hourly", "continuous"):
        return now // 3600 * 3600
    day = datetime.datetime.fromtimestamp(now // DAY * DAY, datetime.timezone.utc)
    if often == "weekly":
        day -= datetime.timedelta(days=day.weekday())
    elif often == "monthly":
        day = day.replace(day=1)
    elif often == "quarterly":
        day = day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.timestamp()


def _number(site_id: str, code: str, when: float) -> str:
    return f"{site_id if site_id.isdigit() else 0}{int(when // 3600)}{CODES.index(code):02d}"


def running(products: SiteProducts, code: str, now: float) -> Record | None:
    """The scan of a kind that runs."""
    return next((one for one in products.scans if one["code"] == code and one["done_at"] > now), None)


def seen(products: SiteProducts, scan: Scan) -> list[Record]:
    """The findings that a scan saw: those that were there when it was done."""
    return [
        one
        for one in products.findings
        if one["code"] == scan.code
        and one["since"] <= scan.done_at
        and (one.get("fixed_at") is None or one["fixed_at"] > scan.done_at)
    ]


def flag(site_id: str, products: SiteProducts, codes: typing.Iterable[str], now: float) -> str:
    """The worst of what the last scans of these kinds saw."""
    flags = ["green"]
    for code in codes:
        scan = latest(site_id, products, code, now)
        flags += [one["flag"] for one in seen(products, scan)] if scan else []
    if "smart_scan" in codes and products.sign_in_error(products.smart):
        flags.append("yellow")
    return max(flags, key=FLAGS.index)


def score(site_id: str, products: SiteProducts, now: float) -> int:
    """A risk between 0 (good) and 100."""
    found = [
        one["flag"]
        for code in CODES
        for scan in [latest(site_id, products, code, now)]
        if scan
        for one in seen(products, scan)
    ]
    return min(100, 5 + 40 * found.count("red") + 15 * found.count("yellow"))
