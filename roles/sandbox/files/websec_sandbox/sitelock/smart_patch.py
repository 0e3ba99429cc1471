# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMART Patch: what becomes of outdated applications."""

from __future__ import annotations

from ..site_products import PATCH_CHOICES, Record, SiteProducts
from . import answer, scan_now, smart
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Refused, Values
from .methods import ProductError, method
from .product_sites import changing, done, reading, refuse_pending

# The kinds of scans whose findings a patch mends, and that look again after it.
_PATCHED = ("platform_scan", "patchman_scan")
NO_SMART = "SMART must be configured first"


@method("getSMARTPatch", Field("site_id"))
def get_smart_patch(context: Context, values: Values) -> Answer:
    """getSMARTPatch: this form is documented, but not what it says before SMART is configured."""
    with reading(context, values["site_id"], "smart") as (_site, products):
        if products.smart is None:
            return smart.unconfigured(context, "getSMARTPatch", "auto_fix_app", "feature_status")
        return answer.ok(node("getSMARTPatch", *texts(**products.smart_patch)))


@method("modifySMARTPatch", Field("site_id"), Field("auto_fix_app", pattern="|".join(PATCH_CHOICES)), write=True)
def modify_smart_patch(context: Context, values: Values) -> Answer:
    """modifySMARTPatch: C(fix) only for whom the feature is on."""
    with changing(context, values["site_id"], "smart") as products:
        need_smart(products)
        refuse_pending(context, products)
        wanted = values["auto_fix_app"]
        if wanted == "fix" != products.smart_patch["feature_status"]:
            raise ProductError("Feature not permitted", f"feature_status is {products.smart_patch['feature_status']}")
        products.smart_patch = {**products.smart_patch, "auto_fix_app": wanted}
    return done(context, "modifySMARTPatch")


def check(_context: Context, values: Values) -> None:
    """Only a revert names a scan."""
    if ("smart_scan_id" in values) != (values["action"] == "revert"):
        raise Refused("smart_scan_id belongs to revert")


@method(
    "manageSMARTPatch",
    Field("site_id"),
    Field("action", pattern="force_patch|revert"),
    Field("smart_scan_id", optional=True),
    write=True,
    check=check,
)
def manage_smart_patch(context: Context, values: Values) -> Answer:
    """manageSMARTPatch: a patch is a SMART scan that mends what is outdated; a revert undoes what one of them did."""
    now = context.world.clock.now()
    with changing(context, values["site_id"], "smart") as products:
        need_smart(products)
        refuse_pending(context, products)
        if products.sign_in_error(products.smart):
            raise ProductError("FTP connection failed", products.sign_in_error(products.smart))
        if values["action"] == "force_patch":
            scan = scan_now.begin(context, products, "smart_scan", now)
            for one in _outdated(products):
                one["fixed_at"], one["fixed_by"] = scan["done_at"], scan["id"]
            products.scans += [{**scan, "code": code} for code in _PATCHED]
        else:
            patched = [one for one in products.findings if one.get("fixed_by") == values["smart_scan_id"]]
            if not patched:
                raise ProductError("Scan not found", "this scan patched nothing")
            for one in patched:
                one["fixed_at"] = one["fixed_by"] = None
    return done(context, "manageSMARTPatch")


def _outdated(products: SiteProducts) -> list[Record]:
    return [one for one in products.findings if one["code"] in _PATCHED and one.get("fixed_at") is None]


def need_smart(products: SiteProducts) -> None:
    """Raises ProductError when SMART was never configured."""
    if products.smart is None:
        raise ProductError(NO_SMART)
