# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SMART Patch: what becomes of outdated applications."""

from __future__ import annotations

from ..site_products import PATCH_CHOICES, SiteProducts
from . import answer, smart
from .answer import Answer, node, texts
from .context import Context
from .grammar import Field, Values
from .methods import ProductError, method
from .product_sites import changing, done, reading, refuse_pending

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


def need_smart(products: SiteProducts) -> None:
    """Raises ProductError when SMART was never configured."""
    if products.smart is None:
        raise ProductError(NO_SMART)
