# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The report of a pass as one HTML page that needs nothing else.

C(page.html.j2) says what stands where, C(page.css) and C(page.js) are put into it.
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
"""So many sites of a group can be seen at once; the others unfold."""

GROUP_SITES = 50
"""So many sites of a group are listed. All of them stand in the table, so that a page of 10,000 sites stays small."""

GROUPS = 30
"""So many groups of a section are listed."""

MESSAGE_LENGTH = 200
"""So many characters of a message stand in the table. The data file has them all."""

_STATES = {
    "pending-domain-validation": ("validation", "the certificate authority checks the domain"),
    "pending-retry": ("retry", "SiteLock tries again"),
    "pending-dns": ("pending", "DNS or certificate pending"),
    "ready": ("ready", "protected"),
    "error": ("error", "SiteLock cannot continue"),
    "absent": ("other", "not ordered, or ended"),
    UNKNOWN_STATE: ("other", "unknown"),
}
"""The class of each state in the style sheet, and what the state means."""

_MIN_BAR_WIDTH = 0.8
"""In percent: nobody would see one site of 10,000."""

_UNSHOWABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Control characters, halves of surrogate pairs, and what turns the direction of the text around it."""


def page(overview: Overview, *, title: str, data_name: str = "") -> str:
    """The whole page. Its size and the time to make it grow linearly with the number of sites.

    :param title: its heading.
    :param data_name: name of the data file beside the page; empty if there is none.
    """
    source = _template().render(
        overview=overview,
        count=overview.summary(),
        states=_states(overview.states),
        title=str(title),
        data_name=str(data_name),
        data_url=quote(data_name, errors="replace"),
    )
    # The template escapes what would be HTML. What cannot be shown safely is replaced here, wherever it came from.
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
    # Not at the top: whatever imports this file can do so where there is no Jinja. The page is made by a filter, on the
    # controller, and Ansible itself needs Jinja there.
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
    """With narrow blanks between thousands."""
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}")


def _hash(source: str) -> str:
    """As the Content Security Policy names a style or a script that it allows."""
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
