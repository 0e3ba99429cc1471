# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Methods that read the partner's price list."""

from __future__ import annotations

from lxml import etree

from ..model import Plan
from . import answer
from .addon_status import UNKNOWN_PLAN
from .answer import Answer, node
from .context import Context
from .grammar import Field, Values
from .methods import Rejected, method


@method("getPlanList")
def get_plan_list(context: Context, _values: Values) -> Answer:
    """getPlanList: the partner's products, as attributes."""
    with context.world.change():
        plans = list(context.world.plans.values())
    return answer.ok(node("getPlanList", *[_product(plan) for plan in plans], reseller_login="sandbox"))


@method("getPlanScanFrequency", Field("id"))
def get_plan_scan_frequency(context: Context, values: Values) -> Answer:
    """getPlanScanFrequency: the choices for each scan; only for scan plans."""
    with context.world.change():
        plan = context.world.plans.get(values["id"])
    if not plan or plan.type != "plan" or plan.product_category != "SCAN":
        raise Rejected(UNKNOWN_PLAN)
    scans = [
        _scan(name, scan["options"], scan.get("feature_type", "recurring"), context.settings.feature_type_form)
        for name, scan in plan.scans.items()
    ]
    return answer.ok(node("getPlanScanFrequency", *scans))


def _product(plan: Plan) -> etree._Element:
    return node(
        "product",
        id=plan.id,
        name=plan.name,
        type=plan.type,
        product_category=plan.product_category,
        product_description=plan.product_description or plan.name,
        price=plan.price,
        auto_renewal=plan.auto_renewal,
        full_refund_days=plan.full_refund_days,
        in_partner_checkout_flow=plan.in_partner_checkout_flow,
        invoice=plan.invoice,
        partner_rev_share=plan.partner_rev_share,
        refundable_renewals=plan.refundable_renewals,
    )


def _scan(name: str, options: list[str], feature_type: str, form: str) -> etree._Element:
    choices = node("options", *[node("option", text=option) for option in options])
    if form == "attribute":
        return node(name, choices, feature_type=feature_type)
    return node(name, choices, node("feature_type", text=feature_type))
