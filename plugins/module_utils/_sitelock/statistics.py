# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""getWafResults and getWafDetailResults: statistics of the firewall of a site, and its single visits.

Sources: C(getwafresults-...), C(getwafdetailresults-...). Only the start of both pages is public: the documented names
of an action are C(queryString), C(responseTime) and C(thinkTime), all others are inferred. So the response is returned
as it is, with the known numbers, booleans and lists as such.
"""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, RejectedError
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text, whole_number
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.firewall import (
    GET_WAF_DETAIL_RESULTS,
    GET_WAF_RESULTS,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.each_site import Row, each_site
from ansible_collections.hosting.websec.plugins.module_utils._texts import unknown_keys

TIME_RANGES = ("today", "last_7_days", "last_30_days", "last_90_days", "month_to_date")
MOST_ON_A_PAGE = 100
"""Page of C(getWafDetailResults)."""

_DOCUMENTED = (
    "visits_timeseries",
    "hits_timeseries",
    "bandwidth_timeseries",
    "requests_geo_dist_summary",
    "visits_dist_summary",
    "caching",
    "caching_timeseries",
    "threats",
)
"""What is left of the vendor's list, which is cut off. Other names are sent as well."""
_IS_STATISTIC = re.compile(r"[a-z][a-z0-9_]*")
_NO_STATISTICS = frozenset({"site_id", "time_range"})
_SERIES = frozenset({"threats"})
"""Elements that are lists besides those that end in C(_timeseries)."""
_STATISTICS_NUMBERS = frozenset({"saved_requests", "total_requests", "saved_bytes", "total_bytes", "incidents"})
_VISIT_NUMBERS = frozenset(
    {
        "siteId",
        "startTime",
        "endTime",
        "clientApplicationId",
        "hits",
        "pageViews",
        "responseTime",
        "thinkTime",
        "httpStatus",
    }
)
_VISIT_FLAGS = frozenset({"supportsCookies", "supportsJavaScript", "isSecured"})
_FLAGS = {"true": True, "1": True, "false": False, "0": False}
_POST_DATA = "postdata"
"""Its name in lower case. What visitors send in forms may be personal, or a password."""
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)


def read_statistics(params: t.Mapping[str, t.Any], context: RunContext) -> list[Row]:
    """One row a site.

    :param params: the options of the module.
    :raises BadInputError: they ask for nothing, or for what cannot be.
    """
    with SiteLockClient.from_options(params, read_only=True, context=context) as client:
        _refuse(params)

        def read(site_id: int) -> Row:
            row: Row = {**_UNREAD}
            if params["statistics"]:
                row["statistics"] = _statistics(client, site_id, params)
            if params["visits"]:
                row["visits"], row["visits_complete"] = _visits(client, site_id, params, context)
            return row

        return each_site(client, params, context, read, without=_UNREAD)


_UNREAD: Row = {"statistics": None, "visits": None, "visits_complete": None}


def _refuse(params: t.Mapping[str, t.Any]) -> None:
    if not params["statistics"] and not params["visits"]:
        raise BadInputError("Neither statistics nor visits is set.", hint="Set one of them, or both.")
    for name in params["statistics"]:
        if not _IS_STATISTIC.fullmatch(name) or name in _NO_STATISTICS:
            raise BadInputError(f"statistics: {name!r} is not the name of a statistic.")
    for option, most in (("page_size", MOST_ON_A_PAGE), ("max_visits", None)):
        if params[option] < 1 or (most is not None and params[option] > most):
            wanted = "1 or greater" if most is None else f"from 1 to {most}"
            raise BadInputError(f"{option} is {params[option]}; it must be {wanted}.")


# ---- statistics


def _statistics(client: SiteLockClient, site_id: int, params: t.Mapping[str, t.Any]) -> Row:
    flags = dict.fromkeys(params["statistics"], "")
    try:
        data = client.call(GET_WAF_RESULTS, {"site_id": site_id, "time_range": params["time_range"], **flags})
    except RejectedError as error:
        undocumented = unknown_keys(params["statistics"], _DOCUMENTED)
        if undocumented:
            error.hint = f"Check statistics. Not documented: {undocumented}."
        raise
    return parse_statistics(data)


def parse_statistics(data: t.Mapping[str, t.Any]) -> Row:
    """The plain data of a getWafResults response without its status. Series and threats are lists, also of one."""
    found: Row = {}
    for name, value in data.items():
        if name not in ("status", "message", "site_id"):
            typed = _typed(value, _STATISTICS_NUMBERS, frozenset())
            is_list = name in _SERIES or name.endswith("_timeseries")
            found[name] = _as_list(typed) if is_list else typed
    return found


def _as_list(value: t.Any) -> list[t.Any]:
    if isinstance(value, list):
        return [each for each in value if each != ""]
    return [] if value == "" else [value]


# ---- visits


def _visits(
    client: SiteLockClient, site_id: int, params: t.Mapping[str, t.Any], context: RunContext
) -> tuple[list[Row], bool]:
    """Visits in the order of the API, and whether these are all of them.

    The API may return fewer on a page than requested, so only an empty page is the end. Visits that begin meanwhile
    shift the pages. A page without a new visit ends the read: a server that ignores the number returns it forever.
    """
    found: dict[str, Row] = {}
    asked = {"site_id": site_id, "time_range": params["time_range"], "page_size": params["page_size"]}
    page_num = 0
    while len(found) < params["max_visits"]:
        context.check()
        data = client.call(GET_WAF_DETAIL_RESULTS, {**asked, "page_num": page_num})
        page = parse_visits(data, post_data=params["post_data"])
        if not page:
            return list(found.values()), True
        known = len(found)
        for visit in page:
            found.setdefault(repr(visit.get("id") or visit), visit)
        if len(found) == known:
            break
        page_num += 1
    return list(found.values())[: params["max_visits"]], False


def parse_visits(data: t.Mapping[str, t.Any], *, post_data: bool) -> list[Row]:
    """The visits in the plain data of a getWafDetailResults response.

    :param post_data: whether to return what visitors sent in forms.
    """
    visits = child(data, "visits").get("visit", [])
    return [_visit(visit, post_data=post_data) for visit in visits if isinstance(visit, dict)]


def _visit(visit: Row, *, post_data: bool) -> Row:
    shown = visit if post_data else _without_post_data(visit)
    typed: Row = _typed(shown, _VISIT_NUMBERS, _VISIT_FLAGS)
    actions = typed.get("actions")
    return {
        **typed,
        "actions": actions.get("action", []) if isinstance(actions, dict) else [],
        "started_at": _time(typed.get("startTime")),
        "ended_at": _time(typed.get("endTime")),
    }


def _without_post_data(data: t.Any) -> t.Any:
    if isinstance(data, list):
        return [_without_post_data(each) for each in data]
    if isinstance(data, dict):
        return {
            name: _without_post_data(value)
            for name, value in data.items()
            if name.lstrip("@").replace("_", "").lower() != _POST_DATA
        }
    return data


def _time(milliseconds: t.Any) -> str | None:
    """A time in milliseconds since 1970 as text in UTC. C(None): it is none, or after the year 9999."""
    if not isinstance(milliseconds, int):
        return None
    try:
        return utc_text(_EPOCH + datetime.timedelta(seconds=milliseconds // 1000))
    except OverflowError:
        return None


# ---- both


def _typed(data: t.Any, numbers: frozenset[str], flags: frozenset[str], name: str = "") -> t.Any:
    """``data`` with the texts of known names as numbers and booleans. One that is none stays as it is."""
    if isinstance(data, list):
        return [_typed(each, numbers, flags, name) for each in data]
    if isinstance(data, dict):
        return {key: _typed(value, numbers, flags, key.lstrip("@")) for key, value in data.items()}
    if name in numbers:
        number = whole_number(data)
        return data if number is None else number
    return _FLAGS.get(data.lower(), data) if name in flags else data
