# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Results for the add-ons of sites, as tasks return them."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._converge import Outcome
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.addon import (
    DesiredAddon,
    origin_is_open,
    plan_is_open,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import (
    DELETE_ADDON,
    MODIFY_ADDON,
    PROVISION_ADDON,
    SET_WAF_DNS_MANAGER,
    SET_WAF_ORIGIN,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.site import (
    CurrentAddon,
    site_fields,
    site_result,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import ABSENT

AddonOutcome = Outcome[DesiredAddon, CurrentAddon]


def addon_result(outcome: AddonOutcome) -> dict[str, t.Any]:
    """The entry of a site after ``_converge.run``, with the state before (C(state_before)) in it."""
    desired = outcome.desired
    # For a deferred site, the observation is from before the writes that may have been sent.
    seen = None if outcome.deferred else outcome.after
    fields = site_fields(desired.site_id, seen, needs_ssl=desired.waf_force_ssl or None)
    fields["state_before"] = outcome.before.status.state if outcome.before else None
    return site_result(
        fields,
        changed=outcome.changed,
        error=outcome.error,
        actions=outcome.sent,
        deferred=outcome.deferred,
        deferred_cause=outcome.deferred_cause,
    )


def addon_diff(outcomes: t.Sequence[AddonOutcome], *, check_mode: bool) -> dict[str, dict[str, t.Any]]:
    """Before and after of the sites that change, by site id. Contains no secret."""
    changed = [outcome for outcome in outcomes if outcome.changed and outcome.before]
    return {
        "before": {str(outcome.desired.site_id): described(outcome.before) for outcome in changed},
        "after": {
            str(outcome.desired.site_id): _expected(outcome) if check_mode else described(outcome.after)
            for outcome in changed
        },
    }


def addon_warnings(outcomes: t.Sequence[AddonOutcome]) -> list[str]:
    """Warnings about properties that could not be compared, and so were not changed."""
    warnings = []
    for outcome in outcomes:
        desired, after = outcome.desired, outcome.after
        if after is None or outcome.error is not None or outcome.deferred:
            continue
        if plan_is_open(after, desired):
            warnings.append(
                f"Site {desired.site_id}: getStatus does not report this site's plan, so it was not compared with "
                f"{desired.subscription} and not changed."
            )
        if origin_is_open(after, desired):
            warnings.append(
                f"Site {desired.site_id}: the origin {desired.waf_origin} does not resolve on this machine, so it was "
                f"not compared with the current one ({', '.join(after.origins or ())}) and not changed."
            )
    return warnings


def described(current: CurrentAddon | None) -> dict[str, t.Any]:
    """What is known of a site, for diffs and plans."""
    if current is None:
        return {}
    if current.status.state == ABSENT:
        return {"state": ABSENT}
    told = {
        "state": current.status.state,
        "subscription": current.subscription,
        "waf_dns_manager": current.status.waf_dns_manager,
    }
    if current.origins is not None:
        told["waf_origin"] = ", ".join(current.origins)
    return told


def _expected(outcome: AddonOutcome) -> dict[str, t.Any]:
    """The described state after the planned writes, as far as it can be predicted."""
    desired, expected = outcome.desired, described(outcome.before)
    for method in outcome.sent:
        if method == DELETE_ADDON.name:
            return {"state": ABSENT}
        if method == PROVISION_ADDON.name:
            expected = {"state": "ordered", "subscription": desired.subscription}
            expected["waf_dns_manager"] = desired.waf_dns_manager
            if desired.waf_origin:
                expected["waf_origin"] = desired.waf_origin
        elif method == MODIFY_ADDON.name:
            expected["subscription"] = desired.subscription
        elif method == SET_WAF_ORIGIN.name:
            expected["waf_origin"] = desired.waf_origin
        elif method == SET_WAF_DNS_MANAGER.name:
            expected["waf_dns_manager"] = desired.waf_dns_manager
    return expected
