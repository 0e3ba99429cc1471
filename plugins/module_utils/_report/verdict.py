# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a pipeline shows about a site: whether it passes, and if not, why."""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._report.reasons import NOTE
from ansible_collections.hosting.websec.plugins.module_utils._report.site import Site

DRIFT = "drift"
_DRIFT_TITLE = "Differs from the files"


@dataclasses.dataclass(frozen=True)
class Verdict:
    """Why a site does not pass.

    :param key: the reason for machines. :param title: for people, the same for all sites with the reason.
    :param text: about this site.
    :param is_error: an error of the run, and not something about the site.
    """

    key: str
    title: str
    text: str
    is_error: bool = False


def verdict(site: Site, *, check_mode: bool) -> Verdict | None:
    """C(None): it passes. Notes, what will be tried again by itself, and waiting are no reason to fail."""
    if site.error is not None:
        title = site.reason.title if site.error_as_reason and site.reason else "Failed"
        text = " ".join(filter(None, [site.error["message"], site.error["hint"]]))
        return Verdict(str(site.error["kind"]), title, text, is_error=True)
    if site.reason is not None and site.reason.urgency < NOTE.urgency:
        told = [finding.told for finding in site.findings if finding.reason == site.reason]
        return Verdict(site.reason.key, site.reason.title, " ".join([*told, *site.notes, site.reason.hint]).strip())
    if check_mode and site.changed:
        return Verdict(DRIFT, _DRIFT_TITLE, f"A run would do: {', '.join(site.steps) or 'a change'}.")
    return None
