# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""scanDomain, the free scan: a host of its own, any domain, and an answer that takes its time."""

from __future__ import annotations

import re

from lxml import etree

from ..site_products import Record
from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Values
from .methods import ProductError, method

PATHS = ("/scan/v1/partner/", "/scan/v1/partner")
METHOD = "scanDomain"
_HOST = re.compile(r"(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


@method(METHOD, Field("domain"))
def scan_domain(context: Context, values: Values) -> Answer:
    """scanDomain: answers C(free_scan_delay) seconds of the clock later. Names below C(.invalid) cannot be reached."""
    domain = values["domain"].lower()
    if not _HOST.fullmatch(domain):
        raise ProductError("Invalid domain")
    _wait(context)
    if domain.endswith(".invalid"):
        if context.settings.free_scan_failure == "error":
            raise ProductError("Domain could not be scanned")
        return answer.ok(node(METHOD, node("pages")), outcome="not reached")
    found = _malware(context, domain)
    pages: dict[str, list[Record]] = {f"http://{domain}/": [], **{url: [] for url, _one in found}}
    for url, one in found:
        pages[url].append(one)
    below = context.settings.free_scan_form == "below_page"
    listed = [
        node("page", _data(ones) if ones and below else None, url=url, malware="yes" if ones else "no")
        for url, ones in pages.items()
    ]
    beside = _data([one for _url, one in found]) if found and not below else None
    return answer.ok(node(METHOD, node("pages", *listed), beside))


def _wait(context: Context) -> None:
    world = context.world
    end = world.clock.now() + world.settings.free_scan_delay
    while world.clock.now() < end:
        world.clock.wait(end)


def _malware(context: Context, domain: str) -> list[tuple[str, Record]]:
    """What is at the site now, by the address of its page: this scan needs no other one."""
    with context.world.change():
        site = context.world.site_named(domain)
        findings = site.products.findings if site and site.products else []
        return [
            (str(one.get("url") or f"http://{domain}/"), one)
            for one in findings
            if one["code"] == "malware_scan" and one.get("fixed_at") is None
        ]


def _data(findings: list[Record]) -> etree._Element:
    listed = [
        node("malware", *texts(malware_info=one.get("info", "Malware")), source=str(one.get("source", "")))
        for one in findings
    ]
    return node("malware_data", *listed)
