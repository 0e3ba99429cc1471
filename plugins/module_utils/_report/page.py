# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass as one self-contained HTML page.

C(page.html.j2) has the structure; C(page.css) and C(page.js) are embedded.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import pathlib
import re
import typing as t
from urllib.parse import quote

from ansible_collections.hosting.websec.plugins.module_utils import _texts as texts
from ansible_collections.hosting.websec.plugins.module_utils._parsing import utc_text
from ansible_collections.hosting.websec.plugins.module_utils._report.overview import Overview
from ansible_collections.hosting.websec.plugins.module_utils._report.site import UNKNOWN_STATE
from ansible_collections.hosting.websec.plugins.module_utils._report.times import duration, readable

if t.TYPE_CHECKING:
    import jinja2

FIRST_SITES = 10
"""Number of sites of a group that are visible at first; the others unfold."""

GROUP_SITES = 50
"""Maximum number of listed sites of a group. The table has all of them, so a page of 10,000 sites stays small."""

GROUPS = 30
"""Maximum number of listed groups of a section."""

MESSAGE_LENGTH = 200
"""Maximum number of characters of a message in the table. The data file has all of them."""

_STATES = {
    "pending-domain-validation": ("validation", "the certificate authority checks the domain"),
    "pending-retry": ("retry", "SiteLock retries"),
    "pending-dns": ("pending", "DNS or certificate pending"),
    "ready": ("ready", "protected"),
    "error": ("error", "SiteLock cannot continue"),
    "absent": ("other", "not ordered, or ended"),
    UNKNOWN_STATE: ("other", "unknown"),
}
"""The class of each state in the style sheet, and its meaning."""

_MIN_BAR_WIDTH = 0.8
"""Minimum in percent: one site of 10,000 would be invisible."""

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, unpaired surrogates, and characters that change the text direction."""


def default_title(overview: Overview) -> str:
    """The heading of a page to which nobody gave one."""
    return "Health of the sites at SiteLock" if overview.is_health_only else "SiteLock Firewall & CDN"


def page(overview: Overview, *, title: str, data_name: str = "") -> str:
    """The whole page. Its size and the time to make it grow linearly with the number of sites.

    :param title: its heading.
    :param data_name: name of the data file next to the page; empty if there is none.
    """
    source = _template().render(
        overview=overview,
        count=overview.summary(),
        states=[] if overview.is_health_only else _states(overview.states),
        title=str(title),
        data_name=str(data_name),
        data_url=quote(data_name, errors="replace"),
    )
    # The template escapes HTML. This replaces characters that cannot be shown safely, from any source.
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", source)


def _states(amounts: t.Mapping[str, int]) -> list[dict[str, t.Any]]:
    """The states that sites are in, each with its place in a bar of all sites."""
    total, end, states = sum(amounts.values()), 0.0, []
    for state, amount in amounts.items():
        if amount:
            start, end = end, end + max(100 * amount / total, _MIN_BAR_WIDTH)
            meaning = _STATES.get(state, ("", ""))[1]
            states.append({"name": state, "amount": amount, "meaning": meaning, "start": start, "end": end})
    return states


@functools.cache
def _template() -> jinja2.Template:
    # Not at the top: this file can be imported without Jinja. A filter makes the page on the controller, where Ansible
    # itself requires Jinja.
    import jinja2
    from markupsafe import Markup

    folder = pathlib.Path(__file__).parent
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        colour=lambda state: _STATES.get(state, ("other", ""))[0],
        counted=lambda amount, noun: _narrow(texts.counted(amount, noun)),
        duration=duration,
        hash=_hash,
        iso=utc_text,
        number=lambda amount: _narrow(texts.number(amount)),
        readable=readable,
        sentence=lambda text: f"{text[:1].upper()}{text[1:]}",
    )
    environment.globals.update(
        FIRST_SITES=FIRST_SITES,
        GROUP_SITES=GROUP_SITES,
        GROUPS=GROUPS,
        MESSAGE_LENGTH=MESSAGE_LENGTH,
        # The only texts that are not escaped: constants of this collection.
        style=Markup((folder / "page.css").read_text(encoding="utf-8")),
        script=Markup((folder / "page.js").read_text(encoding="utf-8")),
    )
    return environment.get_template("page.html.j2")


def _narrow(text: str) -> str:
    """Format with narrow blanks between thousands."""
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}")


def _hash(source: str) -> str:
    """The hash of an allowed style or script for the Content Security Policy."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
