# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The response of scanInfo: one record a site, with its flags and times.

Source: C(scaninfo-...), of which the end is not public. Documented: C(account_id) and C(site_id), and of each product
its C(name) (Content, Application, Reputation) and C(attention_flag). Inferred: everything else, so it is searched by
what its name says. Unknown: the form for a whole account. So all plausible forms are read: one C(scanInfo) for each
site, an element for each site in it, or the number at each product.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.answers import time_key, times_in, values_in
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text

RED, YELLOW, GREEN = "red", "yellow", "green"
_URGENCY = (RED, YELLOW, GREEN)

_DONE = re.compile(r"last|complet|finish|done|scan|date|_at$|_time$")
_NOT_DONE = re.compile(r"next|creat|expir|renew|start|schedul|since|first|detect|found|queue|pend|attention")
_SINCE = re.compile(r"since|first|detect|found")
_STATUS = re.compile(r"(^|_)(status|state)$")
_RUNNING = frozenset(
    {"pending", "queued", "running", "in progress", "in_progress", "scanning", "started", "processing"}
)
_IS_RUNNING = re.compile(r"^(is_)?(pending|queued|running|in_progress|scanning)(_scan)?$")
_YES = frozenset({"1", "yes", "true"})


@dataclasses.dataclass(frozen=True)
class ScanRecord:
    """What scanInfo says of a site.

    :param site_id: C(None): the response does not name the site.
    :param products: names, with their flags.
    :param last_scan_at: the newest time of a scan. C(None): the response has none.
    :param findings_since: the oldest time of a finding in a product that is not green.
    :param running: whether a scan is waiting or running. C(None): the response has nothing about it.
    :param answer: its part of the response.
    """

    site_id: int | None
    account_id: int | None
    domain: str | None
    products: tuple[tuple[str, str | None], ...]
    last_scan_at: str | None
    findings_since: str | None
    running: bool | None
    ftp_status: str | None
    ftp_error: str | None
    answer: dict[str, t.Any]

    @property
    def attention_flag(self) -> str | None:
        """The gravest flag of the products."""
        flags = {flag for _name, flag in self.products}
        return next((flag for flag in _URGENCY if flag in flags), None)

    def flagged(self, flag: str) -> list[str]:
        """The names of the products with this flag."""
        return [name for name, found in self.products if found == flag]

    @property
    def findings(self) -> list[str]:
        """The names of the products that are red, then of those that are yellow."""
        return [*self.flagged(RED), *self.flagged(YELLOW)]


def parse_records(data: t.Any) -> list[ScanRecord]:
    """The records in a response, one a site."""
    parts: dict[int | None, dict[str, t.Any]] = {}
    _collect(data, None, parts)
    if len(parts) > 1 and not parts.get(None, {}).get("product"):
        # The element around those of the sites.
        parts.pop(None, None)
    return [_record(site_id, part, _number(data, "account_id")) for site_id, part in parts.items()]


def _collect(data: t.Any, site_id: int | None, parts: dict[int | None, dict[str, t.Any]], name: str = "") -> None:
    """Sort the products of a response, and what stands beside them, by site."""
    if isinstance(data, list):
        for each in data:
            _collect(each, site_id, parts, name)
    if not isinstance(data, dict):
        return
    own = _number(data, "site_id")
    if own is None and name == "site":
        own = _number(data, "id")
    site_id = site_id if own is None else own
    inner = {key for key, value in data.items() if _has_products(value)}
    if own is not None or "product" in data or not inner:
        part = parts.setdefault(site_id, {})
        for key, value in data.items():
            if key != "product" and key not in inner:
                part.setdefault(key, value)
    for product in _as_list(data.get("product", [])):
        of = _number(product, "site_id") if isinstance(product, dict) else None
        parts.setdefault(site_id if of is None else of, {}).setdefault("product", []).append(product)
    for key in data:
        if key in inner and key != "product":
            _collect(data[key], site_id, parts, key)


def _has_products(value: t.Any) -> bool:
    """Whether an element has products, or names sites, below itself."""
    if isinstance(value, list):
        return any(_has_products(each) for each in value)
    if not isinstance(value, dict):
        return False
    return not value.keys().isdisjoint(("product", "@site_id", "site_id", "site")) or any(
        map(_has_products, value.values())
    )


def _as_list(value: t.Any) -> list[t.Any]:
    return value if isinstance(value, list) else [value]


def _number(data: t.Any, name: str) -> int | None:
    value = data.get(f"@{name}", data.get(name)) if isinstance(data, dict) else None
    return whole_number(value)


def _record(site_id: int | None, part: dict[str, t.Any], account_id: int | None) -> ScanRecord:
    products = [each for each in part.get("product", []) if isinstance(each, dict)]
    named = tuple((text(each, "name") or "?", _flag(each)) for each in products)
    flagged = [each for each in products if _flag(each) in (RED, YELLOW)]
    values = list(values_in(part))
    own = _number(part, "account_id")
    return ScanRecord(
        site_id=site_id,
        account_id=account_id if own is None else own,
        domain=_first(values, ("domain", "site_name", "hostname")),
        products=named,
        last_scan_at=next(iter(reversed(times_in(part, _DONE, but=_NOT_DONE))), None),
        findings_since=next(iter(times_in(flagged, _SINCE)), None),
        running=_running(values),
        ftp_status=_first(values, ("ftp_status",)),
        ftp_error=next((value for name, value in values if name.startswith("ftp_err")), None),
        answer=part,
    )


def _flag(product: t.Mapping[str, t.Any]) -> str | None:
    flag = text(product, "attention_flag")
    return flag and flag.lower()


def _first(values: t.Iterable[tuple[str, str]], names: t.Collection[str]) -> str | None:
    return next((value for name, value in values if name in names), None)


def _running(values: t.Sequence[tuple[str, str]]) -> bool | None:
    states = [value.lower() for name, value in values if _STATUS.search(name) and name != "ftp_status"]
    flags = [value.lower() for name, value in values if _IS_RUNNING.match(name)]
    if not states and not flags:
        return None
    return any(state in _RUNNING for state in states) or any(flag in _YES for flag in flags)


def newer(before: str | None, after: str | None) -> bool:
    """Whether a time is later than an earlier one, or the first one."""
    return after is not None and (before is None or time_key(after) > time_key(before))
