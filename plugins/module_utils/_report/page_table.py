# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The table of all sites of the report page, and its filter."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._report.page_markup import Html, element, join
from ansible_collections.hosting.websec.plugins.module_utils._report.page_parts import (
    counted,
    site_state,
    time_in_state,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.report_overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.report_site import Site
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import readable

CELL_TEXT = 200
"""So many characters of a message stand in the table. The data file has them all."""


def all_sites(overview: Overview) -> Html:
    heads = ("Site, and its number", "State", "Since (UTC)", "What is going on")
    table = element(
        "table",
        element("caption", f"{counted(len(overview.sites), 'site')}, in the order of their names"),
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        "\n",
        element("tbody", *(_row(each, overview) for each in overview.sites)),
    )
    return element(
        "section",
        element("h2", "All sites", id="sites-title"),
        _filter(overview),
        table,
        id="sites",
        aria_labelledby="sites-title",
    )


def _filter(overview: Overview) -> Html:
    """Hidden until the script, which does the work, shows it."""
    kinds = [("", "all"), ("attention", "needs a person"), ("waiting", "waiting"), ("changed", "changed")]
    kinds += [(f"s:{state}", state) for state, amount in overview.states.items() if amount]
    return element(
        "form",
        element(
            "label",
            "Filter: name, number, or any word of the row",
            element("input", type="search", name="text", autocomplete="off", spellcheck="false"),
        ),
        element(
            "label",
            "Which",
            element("select", *(element("option", label, value=kind) for kind, label in kinds), name="kind"),
        ),
        element("output", name="told"),
        id="find",
        class_="find",
        hidden=True,
    )


def _row(each: Site, overview: Overview) -> Html:
    kinds = [f"s:{each.shown_state}"]
    kinds += ["attention"] if each.reason else []
    kinds += ["waiting"] if each.waits else []
    kinds += ["changed"] if each.changed else []
    site_id = "" if each.site_id is None else str(each.site_id)
    since = ""
    if each.since:
        since = join(readable(each.since), " ", element("small", time_in_state(each, overview)))
    return element(
        "tr",
        element("th", each.domain, " ", element("small", site_id), scope="row"),
        element("td", site_state(each)),
        element("td", since),
        element("td", *_situation(each, overview)),
        "\n",
        data_is=" ".join(kinds),
    )


def _situation(each: Site, overview: Overview) -> list[Html]:
    """A paragraph for each thing that there is to say."""
    told = []
    if each.error:
        what = element("span", f"{each.error['kind']} {each.codes}".strip(), class_="failed")
        told.append(element("p", what, ": ", _cut(each.error["message"])))
    if each.waiting_for:
        told.append(element("p", f"Waits for {_cut(each.waiting_for)}"))
    told += [element("p", _cut(note), class_="note") for note in each.notes]
    if each.changed:
        told.append(element("p", f"{'Would change' if overview.check_mode else 'Changed'}: {_steps(each)}"))
    return told


def _steps(each: Site) -> str:
    return ", ".join(each.steps) or "yes"


def _cut(text: str) -> str:
    return text if len(text) <= CELL_TEXT else f"{text[: CELL_TEXT - 1]}\N{HORIZONTAL ELLIPSIS}"
