# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The current state of a site, and its form in results: flat, JSON-like, with the element names of the API."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._results import deferred_fields
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.status import PENDING_RETRY, SiteStatus


@dataclasses.dataclass(frozen=True)
class CurrentAddon:
    """The current state of a site. ``origins`` and ``same_origin`` are read only if the desired state has an origin."""

    status: SiteStatus
    account_id: int | None = None
    subscription: str | None = None
    subscription_id: str | None = None
    origins: tuple[str, ...] | None = None
    same_origin: bool | None = None


def site_fields(site_id: int, current: CurrentAddon | None, *, needs_ssl: bool | None = None) -> dict[str, t.Any]:
    """The fields that every returned site has; C(None) or empty where unknown.

    :param needs_ssl: see ``SiteStatus.routable``.
    """
    status = current.status if current else SiteStatus(site_id, state="unknown")
    verify, ssl = status.dns_ssl_verify, status.ssl
    return {
        "site_id": site_id,
        "account_id": current.account_id if current else None,
        "subscription": current.subscription if current else None,
        "subscription_id": current.subscription_id if current else None,
        "state": status.state if current else None,
        "waf_dns_manager": status.waf_dns_manager,
        "dns_new_a": list(status.dns_new_a),
        "dns_new_cname": status.dns_new_cname,
        "dns_ssl_verify": dataclasses.asdict(verify) if verify else None,
        "ssl": dataclasses.asdict(ssl) if ssl else None,
        "original_dns": list(status.original_dns),
        "traffic_routing": status.traffic_routing,
        "will_retry": status.state == PENDING_RETRY,
        "routable": status.routable(needs_ssl=needs_ssl),
        "message": status.message,
    }


def site_result(
    fields: dict[str, t.Any],
    *,
    changed: bool = False,
    error: WebsecError | None = None,
    actions: t.Sequence[str] = (),
    deferred: bool = False,
    deferred_cause: WebsecError | None = None,
) -> dict[str, t.Any]:
    """A flat entry of a list of sites: the fields of the site and its own result."""
    return {
        **fields,
        "actions": list(actions),
        "changed": changed,
        "failed": error is not None,
        "error": error.as_dict(site_id=fields["site_id"]) if error else None,
        **deferred_fields(deferred, deferred_cause),
    }
