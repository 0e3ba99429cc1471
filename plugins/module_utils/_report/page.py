# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass as one HTML page that needs nothing else."""

from __future__ import annotations

import typing as t
from urllib.parse import quote

from ansible_collections.hosting.websec.plugins.module_utils._report.page_assets import SCRIPT, STYLE, policy
from ansible_collections.hosting.websec.plugins.module_utils._report.page_groups import attention, changed, waiting
from ansible_collections.hosting.websec.plugins.module_utils._report.page_markup import Html, element, join, verbatim
from ansible_collections.hosting.websec.plugins.module_utils._report.page_parts import (
    COLOURS,
    counted,
    digits,
    state_class,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.page_table import all_sites
from ansible_collections.hosting.websec.plugins.module_utils._report.report_overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.report_site import UNKNOWN_STATE
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import iso, readable

_MEANINGS = {
    "pending-domain-validation": "the certificate authority checks the domain",
    "pending-retry": "SiteLock tries again",
    "pending-dns": "DNS or certificate to come",
    "ready": "protected",
    "error": "SiteLock cannot go on",
    "absent": "not ordered, or ended",
    UNKNOWN_STATE: "nothing is known",
}


def page(overview: Overview, *, title: str, data_name: str = "") -> str:
    """The whole page. Its size and the time to make it grow linearly with the number of sites.

    :param title: its heading.
    :param data_name: name of the data file beside the page; empty if there is none.
    """
    need = overview.summary()["attention"]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="robots", content="noindex"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{need} {_need(need)} \N{EN DASH} {title}" if need else title),
        element("style", verbatim(STYLE)),
    )
    body = element(
        "body",
        element("a", "To the table of all sites", class_="skip", href="#sites"),
        element(
            "div",
            _header(overview, title),
            element("main", attention(overview), waiting(overview), changed(overview), all_sites(overview)),
            _footer(data_name),
            class_="all",
        ),
        element("script", verbatim(SCRIPT)),
    )
    # A plain text: Ansible does not know types of our own.
    return str(join(verbatim("<!DOCTYPE html>\n"), element("html", head, "\n", body, lang="en"), "\n"))


def _header(overview: Overview, title: str) -> Html:
    return element(
        "header",
        element("h1", title),
        element(
            "p",
            "Pass of ",
            element("time", f"{readable(overview.time)} UTC", id="time", datetime=iso(overview.time)),
            element("span", id="age"),
            f" \N{MIDDLE DOT} {counted(len(overview.sites), 'site')}",
            class_="muted",
        ),
        _check_mode(overview),
        _tiles(overview),
        _states(overview),
    )


def _check_mode(overview: Overview) -> Html:
    if not overview.check_mode:
        return join()
    told = "Check mode: nothing was changed. The page says what a pass would do now."
    return element("p", told, class_="check")


def _tiles(overview: Overview) -> Html:
    count = overview.summary()
    need, ready = count["attention"], count["states"]["ready"]
    all_ready = ready == count["sites"] > 0
    tiles = (
        (need, _need(need), "#attention", "bad" if need else "good"),
        (count["waiting"], "waiting", "#waiting", ""),
        (count["changed"], "would be changed" if overview.check_mode else "changed in this pass", "#changed", ""),
        (ready, "ready", "#sites", "good" if all_ready else ""),
    )
    return element(
        "ul",
        *(
            element(
                "li",
                element(
                    "a",
                    element("b", digits(amount), class_=colour),
                    label,
                    href=target,
                    data_show="s:ready" if target == "#sites" else None,
                ),
            )
            for amount, label, target, colour in tiles
        ),
        class_="tiles",
    )


def _need(amount: int) -> str:
    return "needs a person" if amount == 1 else "need a person"


def _states(overview: Overview) -> Html:
    """The states as a bar, and as a list for those who cannot see it."""
    present = [(state, amount) for state, amount in overview.states.items() if amount]
    if not present:
        return join()
    listed = (
        element(
            "li",
            element("span", state, " ", element("b", digits(amount)), class_=state_class(state)),
            " ",
            element("small", _MEANINGS.get(state, "")),
        )
        for state, amount in present
    )
    return element("div", _bar(present), element("ul", *listed), class_="card states")


def _bar(present: t.Sequence[tuple[str, int]]) -> Html:
    total = sum(amount for _state, amount in present)
    # Nobody would see one site of 10,000.
    widths = [max(100 * amount / total, 0.8) for _state, amount in present]
    bars, start = [], 0.0
    for (state, _amount), width in zip(present, widths):
        bars.append(element("rect", x=f"{start:.2f}", width=f"{width:.2f}", height="4", class_=COLOURS.get(state, "")))
        start += width
    return element(
        "svg", *bars, class_="bar", viewBox=f"0 0 {start:.2f} 4", preserveAspectRatio="none", aria_hidden="true"
    )


def _footer(data_name: str) -> Html:
    link = join()
    if data_name:
        link = join(" The same as data: ", element("a", data_name, href=quote(data_name, errors="replace")), ".")
    return element("footer", "Made by the role fleet_report of hosting.websec. All times are in UTC.", link)
