# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a task to the products of getPlanList, and how often each scan plan may scan.

Source: C(getplanlist), C(getplanscanfrequency). The second page says that it is for scan plans only.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.catalogue import (
    PLAN,
    Product,
    parse_products,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.each import error_fields, read_each
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.reference import (
    GET_PLAN_LIST,
    GET_PLAN_SCAN_FREQUENCY,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import child, text, texts

_SCAN = "scan"
"""Category of the plans that scan, in lower case."""

Scans = dict[str, dict[str, t.Any]]


def read_plans(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """C(reseller_login), and C(plans): one entry a product, in the order of the API.

    :param options: connection options, C(scan_frequency) and C(concurrency).
    """
    context = RunContext()
    with SiteLockClient.from_options(options, read_only=True, context=context) as client:
        data = client.call(GET_PLAN_LIST, {})
        products = list(parse_products(data).products.values())
        asked = [product for product in products if options["scan_frequency"] and _scans(product)]
        found = read_each(
            lambda product: parse_scans(client.call(GET_PLAN_SCAN_FREQUENCY, {"id": product.id})),
            asked,
            unit="plan",
            concurrency=options["concurrency"],
            context=context,
        )
    scans = {product.id: scan for product, scan in zip(asked, found)}
    return {
        "reseller_login": text(data, "reseller_login"),
        "plans": [_entry(product, scans.get(product.id)) for product in products],
    }


def _scans(product: Product) -> bool:
    return product.type == PLAN and product.attributes.get("product_category", "").lower() == _SCAN


def parse_scans(data: t.Mapping[str, t.Any]) -> Scans:
    """The scans in the plain data of a getPlanScanFrequency answer, by name: C(options) and C(feature_type).

    The page calls C(feature_type) an attribute, and shows it as an element: both are read.
    """
    return {
        name: {
            "options": list(texts(child(scan, "options").get("option", []))),
            "feature_type": text(scan, "feature_type"),
        }
        for name, scan in data.items()
        if isinstance(scan, dict)
    }


def _entry(product: Product, scans: Scans | WebsecError | None) -> dict[str, t.Any]:
    error = scans if isinstance(scans, WebsecError) else None
    return {
        "id": product.id,
        "name": product.name or None,
        "type": product.type or None,
        "product_category": product.attributes.get("product_category"),
        "price": product.attributes.get("price"),
        "attributes": dict(product.attributes),
        "scans": None if error else scans,
        **error_fields(error, subscription=product.id),
    }
