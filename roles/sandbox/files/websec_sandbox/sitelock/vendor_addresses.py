# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""getSiteLockIPs: the addresses that SiteLock's services come from. Those of its scanners are always allowed."""

from __future__ import annotations

from lxml import etree

from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Values
from .methods import method

# By the documented types of a class: its protocol, and its entries by the names of their elements.
_CLASSES: dict[str, tuple[str, dict[str, list[str]]]] = {
    "waf": ("http,https", {"ip": ["198.18.0.0/16", "198.19.0.0/16"]}),
    "api": ("http,https", {"ip": ["192.0.2.10", "192.0.2.11"]}),
    "scan": ("http,ftp", {"ip": ["203.0.113.250", "203.0.113.251"], "ipRange": ["203.0.113.252/30"]}),
}

SCANNERS = [one for entries in _CLASSES["scan"][1].values() for one in entries]
"""What the white list of every site has."""


@method("getSiteLockIPs")
def get_sitelock_ips(_context: Context, _values: Values) -> Answer:
    """getSiteLockIPs: addresses by class, and all of them."""
    classes = [node("class", *_shown(shown), type=name, protocol=by) for name, (by, shown) in _CLASSES.items()]
    every: dict[str, list[str]] = {}
    for _protocol, entries in _CLASSES.values():
        for tag, found in entries.items():
            every.setdefault(tag, []).extend(found)
    return answer.ok(node("getSiteLockIPs", *texts(status="ok"), node("active", *classes), node("all", *_shown(every))))


def _shown(entries: dict[str, list[str]]) -> list[etree._Element]:
    return [node(tag, text=one) for tag, found in entries.items() for one in found]
