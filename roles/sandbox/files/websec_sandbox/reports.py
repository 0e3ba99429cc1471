# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""
Reports about all sites: CSV in files of many rows, compressed, one block after the other.

A row is made when it is sent, so that a report of any length needs the same memory.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import typing
import zlib

from . import scans
from .model import Site
from .site_products import SiteProducts
from .world import World

END = "EOF"
_ROWS_OF_A_BLOCK = 2000
_GZIP = 31

# Some columns of external_scan and internal_scan are known by name, the rest is ours.
COLUMNS = {
    "test": ("account_id", "site_id", "domain"),
    "scan_status": ("account_id", "site_id", "domain", "content", "application", "reputation"),
    "risk_score": ("account_id", "site_id", "domain", "risk_score"),
    "external_scan": (
        "account_id",
        "site_id",
        "domain",
        "site_health_score",
        "site_health_status",
        "malware_medium_issues",
        "wp_outdated",
    ),
    "internal_scan": ("account_id", "site_id", "domain", "smart_issues", "ftp_status", "ftp_error"),
}


class Report:
    """One report as it is now: its files, and their content."""

    def __init__(self, world: World, kind: str) -> None:
        """The report C(kind), one of COLUMNS."""
        self._world = world
        self._kind = kind
        with world.change():
            self._sites = list(world.sites.values())
            self._rows = max(len(self._sites), int(world.settings.report_rows))
            self._size = world.settings.report_rows_per_file
            self._opaque = world.settings.report_file_ids == "opaque"
            self._headers = world.settings.report_headers
            self._now = world.clock.now()

    def number(self, file_id: str) -> int | None:
        """Which file has this id; the first one is also C(1)."""
        if file_id == "1":
            return 1
        files = range(2, self._files + 1)
        return next((number for number in files if self._id(number) == file_id), None)

    def next_id(self, number: int) -> str:
        """The id of the file after this one, or C(EOF)."""
        return self._id(number + 1) if number < self._files else END

    def stream(self, number: int, portion: float) -> typing.Iterator[bytes]:
        """A file in blocks, compressed; a C(portion) below 1 ends after that part of its rows, without the end."""
        first = (number - 1) * self._size
        rows = min(self._rows - first, self._size)
        packer = zlib.compressobj(wbits=_GZIP)
        for block in self._blocks(first, int(rows * portion), with_header=number == 1 or self._headers == "each"):
            packed = packer.compress(block.encode())
            if packed:
                yield packed
        yield packer.flush(zlib.Z_FINISH if portion >= 1 else zlib.Z_SYNC_FLUSH)

    @property
    def _files(self) -> int:
        return max(1, -(-self._rows // self._size))

    def _id(self, number: int) -> str:
        return hashlib.sha256(f"{self._kind} {number}".encode()).hexdigest()[:16] if self._opaque else str(number)

    def _blocks(self, first: int, count: int, *, with_header: bool) -> typing.Iterator[str]:
        if with_header:
            yield _line(COLUMNS[self._kind])
        lines = (self._row(number) for number in range(first, first + count))
        while block := "".join(itertools.islice(lines, _ROWS_OF_A_BLOCK)):
            yield block

    def _row(self, number: int) -> str:
        if number >= len(self._sites):
            made = f"{10_000_000 + number // 5},{20_000_000 + number},site-{number}.example"
            return f"{made}{_MADE[self._kind]}\r\n"
        site = self._sites[number]
        with self._world.change():
            about = _ABOUT[self._kind](site, site.products or SiteProducts(), self._now)
        return _line((site.account_id, site.site_id, site.domain, *about))


def _line(values: typing.Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue()


def _flags(site: Site, products: SiteProducts, now: float) -> list[object]:
    return [scans.flag(site.site_id, products, codes, now) for codes in scans.PRODUCTS.values()]


def _risk(site: Site, products: SiteProducts, now: float) -> list[object]:
    return [scans.score(site.site_id, products, now)]


def _external(site: Site, products: SiteProducts, now: float) -> list[object]:
    worst = scans.flag(site.site_id, products, scans.CODES, now)
    outdated = any(
        "wordpress" in str(one.get("name", "")).lower() for one in _seen(site, products, "platform_scan", now)
    )
    malware = [one for one in _seen(site, products, "malware_scan", now) if one["flag"] == "yellow"]
    return [100 - scans.score(site.site_id, products, now), worst, len(malware), "yes" if outdated else "no"]


def _internal(site: Site, products: SiteProducts, now: float) -> list[object]:
    error = products.sign_in_error(products.smart)
    status = "not configured" if not products.smart else "error" if error else "ok"
    return [len(_seen(site, products, "smart_scan", now)), status, error]


def _seen(site: Site, products: SiteProducts, code: str, now: float) -> list[dict[str, typing.Any]]:
    last = scans.latest(site.site_id, products, code, now)
    return scans.seen(products, last) if last else []


_ABOUT: dict[str, typing.Callable[[Site, SiteProducts, float], list[object]]] = {
    "test": lambda _site, _products, _now: [],
    "scan_status": _flags,
    "risk_score": _risk,
    "external_scan": _external,
    "internal_scan": _internal,
}
# What follows the site in rows that are made up.
_MADE = {
    "test": "",
    "scan_status": ",green,green,green",
    "risk_score": ",5",
    "external_scan": ",95,green,0,no",
    "internal_scan": ",0,ok,",
}
