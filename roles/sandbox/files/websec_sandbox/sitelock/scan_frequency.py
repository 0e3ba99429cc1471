# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""modifyScanFrequency: how often the scans run that have no settings of their own. No method tells it but scanInfo."""

from __future__ import annotations

from . import answer
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Values
from .methods import method
from .product_sites import changing

_OFFERED = ("daily", "weekly", "monthly", "quarterly", "never")


@method("modifyScanFrequency", Field("site_id"), Field("frequency"), write=True)
def modify_scan_frequency(context: Context, values: Values) -> Answer:
    """modifyScanFrequency: C(hourly) is in the old edition of the documentation only."""
    wanted = values["frequency"]
    offered = (*_OFFERED, "hourly") if context.settings.hourly_scans else _OFFERED
    with changing(context, values["site_id"]) as products:
        if wanted not in offered or not _in_plan(context, values["site_id"], wanted):
            said = texts(message="Invalid frequency", status="error")
            return answer.ok(node("modifyScanFrequency", *said), outcome=f"error: Invalid frequency: {wanted}")
        products.scan_frequency = wanted
    return answer.ok(node("modifyScanFrequency", *texts(message="Frequency updated", status="ok")))


def _in_plan(context: Context, site_id: str, wanted: str) -> bool:
    """Whether the plan of the site offers it for any scan; a site without a plan takes all."""
    plans = [context.world.plans.get(one.plan_id) for one in context.world.active_of_site(site_id)]
    offers = [scan["options"] for plan in plans if plan for scan in plan.scans.values()]
    return not offers or any(wanted in options for options in offers)
