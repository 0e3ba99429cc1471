# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of the report page about groups of sites: what needs a person, what waits, what was changed."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._report.page_markup import Html, element, join
from ansible_collections.hosting.websec.plugins.module_utils._report.page_parts import (
    counted,
    digits,
    site_name,
    site_state,
    time_in_state,
)
from ansible_collections.hosting.websec.plugins.module_utils._report.report_overview import Concern, Group, Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.report_site import Site
from ansible_collections.hosting.websec.plugins.module_utils._report.report_times import readable

FIRST_SITES = 10
"""So many sites of a group can be seen at once; the others unfold."""

GROUP_SITES = 50
"""So many sites of a group are listed. All of them stand in the table, so that a page of 10,000 sites stays small."""

GROUPS = 30
"""So many groups of a section are listed."""

URGENT = 4
"""Reasons up to this urgency are shown in red."""


def attention(overview: Overview) -> Html:
    cards = []
    for concern in overview.attention[:GROUPS]:
        reason = concern.reason
        cards.append(
            element(
                "article",
                _head(f"{reason.title} ({concern.codes})" if concern.codes else reason.title, concern.sites),
                _told(concern.told),
                _hint(concern.hint),
                _listed([_problem(each, concern, overview) for each in concern.sites[:GROUP_SITES]]),
                _left_out(concern.sites, "attention", concern.codes),
                class_=f"card group {'urgent' if reason.urgency <= URGENT else 'soon'}",
            )
        )
    nothing = "Nothing. No site needs a person."
    return _section("attention", "What needs a person", cards, len(overview.attention), nothing)


def _problem(each: Site, concern: Concern, overview: Overview) -> Html:
    texts = [each.error["message"]] if each.error and not (concern.told and each.error_is_reason) else []
    texts += [f"Waits for {each.waiting_for}"] if each.waiting_for else []
    texts += [note for note in each.notes if note not in concern.told]
    return join(
        element("p", site_name(each)),
        _told(texts),
        _hint("" if concern.hint else each.hint),
        element("p", site_state(each), _since(each, overview), class_="muted"),
    )


def _since(each: Site, overview: Overview) -> str:
    if each.since is None:
        return ""
    duration = time_in_state(each, overview)
    return f", since {readable(each.since)} UTC" + (f" ({duration})" if duration else "")


def _told(texts: t.Sequence[str]) -> Html:
    return element("p", *(element("span", text) for text in texts), class_="texts") if texts else join()


def _hint(text: str) -> Html:
    return element("p", element("b", "What to do: "), text, class_="hint") if text else join()


def waiting(overview: Overview) -> Html:
    cards = [
        _card(_sentence(group.title), group, "waiting", [_waiter(each, overview) for each in group.sites[:GROUP_SITES]])
        for group in overview.waiting[:GROUPS]
    ]
    return _section("waiting", "What sites wait for", cards, len(overview.waiting), "No site waits for anything.")


def _waiter(each: Site, overview: Overview) -> Html:
    since = f"{time_in_state(each, overview)} since {readable(each.since)}" if each.since else ""
    return join(element("b", each.domain), " ", element("small", since.strip()))


def changed(overview: Overview) -> Html:
    title = "What a pass would change" if overview.check_mode else "What this pass changed"
    cards = [
        _card(group.title, group, "changed", [site_name(each) for each in group.sites[:GROUP_SITES]])
        for group in overview.changed[:GROUPS]
    ]
    return _section("changed", title, cards, len(overview.changed), "Nothing.")


def _card(title: str, group: Group, kind: str, entries: t.Sequence[Html]) -> Html:
    return element(
        "article",
        _head(title, group.sites),
        _listed(entries, class_="short"),
        _left_out(group.sites, kind, group.title),
        class_="card group",
    )


def _section(name: str, title: str, cards: t.Sequence[Html], groups: int, nothing: str) -> Html:
    content = [*cards] or [element("p", nothing, class_="muted")]
    if groups > len(cards) and cards:
        content.append(_more(f"{counted(groups - len(cards), 'more group')}: see the table of all sites", name))
    return element(
        "section", element("h2", title, id=f"{name}-title"), *content, id=name, aria_labelledby=f"{name}-title"
    )


def _head(title: str, sites: t.Sequence[Site]) -> Html:
    return element("div", element("h3", title), element("span", counted(len(sites), "site")), class_="head")


def _listed(entries: t.Sequence[Html], *, class_: str = "") -> Html:
    """The first entries, and the others folded."""
    first, more = entries[:FIRST_SITES], entries[FIRST_SITES:]
    parts = [element("ul", *(element("li", entry) for entry in first), class_=class_)]
    if more:
        rest = element("ul", *(element("li", entry) for entry in more), class_=class_)
        parts.append(element("details", element("summary", f"{digits(len(more))} more"), rest))
    return join(*parts)


def _left_out(sites: t.Sequence[Site], kind: str, text: str) -> Html:
    """Where to find the rest of a long list; the script makes the table show the sites with the words of ``text``."""
    count = len(sites) - GROUP_SITES
    return _more(f"{digits(count)} more: see the table of all sites", kind, text) if count > 0 else join()


def _more(label: str, kind: str, text: str = "") -> Html:
    return element("p", element("a", label, href="#sites", data_show=kind, data_text=text))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
