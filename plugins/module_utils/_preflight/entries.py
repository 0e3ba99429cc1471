# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the site file to the sites of the preflight, and from its findings to lines of text."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._texts import Told, by_cause

_KEYS = ("domain", "site_id", "zone", "apex", "aliases", "waf_origin")
"""Keys of a completed site entry that are options of the preflight under the same name."""


def preflight_sites(entries: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """C(sites) for the module C(sitelock_waf_preflight): all entries with C(state=present) and without an error."""
    return [
        {
            key: value
            for key, value in (*((key, entry[key]) for key in _KEYS), ("ssl", _ssl(entry)))
            if value is not None
        }
        for entry in entries
        if entry["error"] is None and entry["state"] == "present"
    ]


def finding_lines(sites: t.Sequence[t.Mapping[str, t.Any]]) -> list[str]:
    """One line for each finding: the sites, the severity, the code, the message and the remedy."""
    return by_cause(
        (
            Told(
                str(site["domain"]),
                f"{finding['severity']} ({finding['code']}): {finding['message']} {finding['remedy']}",
            )
            for site in sites
            for finding in site.get("findings") or ()
        ),
        "site",
    )


def _ssl(entry: t.Mapping[str, t.Any]) -> bool | None:
    """Whether the certificate authority must issue a certificate; ``None``: the entry does not say."""
    if entry["ssl"] is False or entry["waf_skip_network_certificate"]:
        return False
    return True if entry["ssl"] or entry["waf_force_ssl"] else None
