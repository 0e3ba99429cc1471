# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a subscription renews."""

from __future__ import annotations

from ..clock import day
from ..model import Plan, Subscription
from .context import Context
from .grammar import Values

PRESERVE = "preserve"
_MONTH = 30 * 86400


def first(context: Context, plan: Plan, wanted: Values) -> str:
    """The day that the request gives, else one period of the plan from now."""
    given: str | None = wanted.get("renewal_date")
    return given or day(context.world.clock.now() + int(plan.frequency) * _MONTH)


def after_change(context: Context, plan: Plan, wanted: Values, current: Subscription) -> str:
    """The day that the request gives or preserves; without one, what the setting C(renewal_after_change) says."""
    given = wanted.get("renewal_date")
    keep = context.settings.renewal_after_change == "kept" if given is None else given == PRESERVE
    return current.next_renewal_at if keep else first(context, plan, wanted)


def shown(context: Context, subscription: Subscription) -> str:
    """The day as getStatus tells it; the form is not documented."""
    if context.settings.renewal_form == "time" and subscription.next_renewal_at:
        return f"{subscription.next_renewal_at} 00:00:00"
    return subscription.next_renewal_at
