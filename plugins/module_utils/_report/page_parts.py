# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pieces of the report page that stand in several of its places."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils import _texts as texts
from ansible_collections.hosting.websec.plugins.module_utils._report.page_markup import Html, element, join
from ansible_collections.hosting.websec.plugins.module_utils._report.report_overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.report_site import Site
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import lasting

COLOURS = {
    "ready": "ready",
    "pending-dns": "pending",
    "pending-domain-validation": "validation",
    "pending-retry": "retry",
    "error": "error",
}
"""Classes of the style for states; others have none, and are grey."""


def site_name(each: Site) -> Html:
    site_id = join() if each.site_id is None else element("small", f"site {each.site_id}")
    return join(element("b", each.domain), " ", site_id)


def site_state(each: Site) -> Html:
    now = element("span", each.shown_state, class_=state_class(each.shown_state))
    if each.state_before in (None, each.state):
        return now
    return join(now, element("small", f" (was {each.state_before})"))


def state_class(state: str) -> str:
    return f"state {COLOURS.get(state, '')}".strip()


def time_in_state(each: Site, overview: Overview) -> str:
    """How long the site has been in its state; empty if that is not known."""
    return lasting(each.since, overview.time) if each.since else ""


def digits(amount: int) -> str:
    """With narrow blanks between thousands."""
    return texts.number(amount).replace(",", "\u202f")


def counted(amount: int, noun: str) -> str:
    """As that of all texts, with narrow blanks between thousands."""
    return texts.counted(amount, noun).replace(",", "\u202f")
