# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statistics of the firewall of a site. Their content is made up; all of its names but a few are inferred."""

from __future__ import annotations

import datetime

from lxml import etree

from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import NUMBER, Field, Flag, Values
from .methods import WafError, invalid, method
from .protected import reading

_SERIES = ("visits_timeseries", "hits_timeseries", "bandwidth_timeseries", "caching_timeseries")
_SUMMARIES = ("requests_geo_dist_summary", "visits_dist_summary")
_DAYS = {"today": 1, "last_7_days": 7, "last_30_days": 30, "last_90_days": 90}
_HOUR = 3600
_PAGE_SIZE, _PAGE_SIZE_MAX = 10, 100


@method(
    "getWafResults",
    Field("site_id"),
    Field("time_range"),
    *(Flag(name) for name in (*_SERIES, *_SUMMARIES, "caching", "threats")),
)
def get_waf_results(context: Context, values: Values) -> Answer:
    """getWafResults: what is asked for by its flag."""
    now = context.world.clock.now()
    with reading(context, values["site_id"]):
        since = _since(values["time_range"], now)
    elements = [_series(name, now) for name in _SERIES if name in values]
    elements += [node(name, node("data", *texts(DE=70, FR=30))) for name in _SUMMARIES if name in values]
    if "caching" in values:
        elements.append(
            node("caching", *texts(saved_requests=600, total_requests=1000, saved_bytes=6000, total_bytes=10000))
        )
    if "threats" in values:
        incidents = int((now - since) // (24 * _HOUR)) + 1
        threat = texts(id="sql_injection", name="SQL Injection", incidents=incidents, status="ok")
        elements.append(node("threats", *threat))
    return answer.ok(node("getWafResults", *elements, *texts(status="ok")))


@method(
    "getWafDetailResults",
    Field("site_id"),
    Field("time_range"),
    Field("page_num", optional=True, pattern=NUMBER),
    Field("page_size", optional=True, pattern=NUMBER),
)
def get_waf_detail_results(context: Context, values: Values) -> Answer:
    """getWafDetailResults: a page of visits, one at the begin of each hour until now, the newest first."""
    now = context.world.clock.now() // _HOUR * _HOUR
    page, size = int(values.get("page_num", 0)), int(values.get("page_size", _PAGE_SIZE))
    with reading(context, values["site_id"]):
        since = _since(values["time_range"], now)
        if page < 0 or not 1 <= size <= _PAGE_SIZE_MAX:
            raise invalid(f"page_num {page}, page_size {size}")
    numbers = [number for number in range(context.settings.visits) if now - number * _HOUR >= since]
    visits = [_visit(values["site_id"], number, now) for number in numbers[page * size : (page + 1) * size]]
    return answer.ok(node("getWafDetailResults", *texts(status="ok", message="OK"), node("visits", *visits)))


def _since(time_range: str, now: float) -> float:
    """When a documented time range begins. Raises WafError."""
    today = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).replace(hour=0, minute=0, second=0)
    if time_range == "month_to_date":
        return today.replace(day=1).timestamp()
    if time_range not in _DAYS:
        raise WafError("Invalid time range", "13001", time_range)
    return today.timestamp() - (_DAYS[time_range] - 1) * 24 * _HOUR


def _milliseconds(when: float) -> int:
    return int(when * 1000)


def _series(name: str, now: float) -> etree._Element:
    points = ", ".join(f"[{_milliseconds(now - hours * _HOUR)}, {100 - hours}]" for hours in range(3))
    return node(name, *texts(id=f"api.{name}", name=name.replace("_", " "), data=f"[{points}]"))


def _visit(site_id: str, number: int, now: float) -> etree._Element:
    started = _milliseconds(now - number * _HOUR)
    action = texts(
        queryString="page=1",
        responseTime=20,
        thinkTime=5,
        postData="email=visitor%40customer.example&card=4111111111111111",
        requestResult="api.request_result.req_passed",
        isSecured="true",
        url="customer.example/login",
        httpStatus=200,
    )
    about = texts(
        id=f"{site_id}00{number:06d}",
        siteId=site_id,
        startTime=started,
        endTime=started + 60_000,
        clientIPs=f"198.51.100.{number % 250 + 1}",
        country="Germany",
        countryCode="DE",
        clientType="Browser",
        clientApplication="Firefox",
        clientApplicationId=1,
        userAgent="Mozilla/5.0",
        supportsCookies="true",
        supportsJavaScript="true",
        hits=3,
        pageViews=1,
    )
    return node("visit", *about, node("actions", node("action", *action)))
