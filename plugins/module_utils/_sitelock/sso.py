# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""createToken: a link that logs a user in to the SiteLock dashboard without a password.

Source: C(createtoken-retrieving-the-token-for-single-sign-on-authentication).
"""

from __future__ import annotations

import re
import typing as t
from urllib.parse import urlencode

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadResponseError
from ansible_collections.hosting.websec.plugins.module_utils._ids import number_id
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import CREATE_TOKEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import text

PAGES = (
    "backup",
    "db_scan",
    "email_reputation",
    "firewall_cdn",
    # Spelled as in the vendor's list of pages.
    "latform_scan",
    "malware_scan",
    "patchman_scan",
    "pci",
    "pci_clone",
    "platform_scan",
    "riskscore",
    "smart_database",
    "smart_file",
    "smart_patch",
    "smart_scan",
    "spam_scan",
    "sql_injection",
    "ssl_monitor",
    "ssl_scan",
    "verify_domain_email",
    "vulnerability_scan",
    "webpage_scan",
    "wizard",
    "xss",
)
"""Values of C(page) on the pages of createToken and of the dashboard."""


def login_url(options: t.Mapping[str, t.Any]) -> str:
    """A link that logs in the user of an account, for a short time. It is a secret, and registered as one.

    :param options: connection options, C(account_id), C(site_id) and C(page).
    :raises NotFoundError: there is no such account.
    """
    account_id = number_id(options["account_id"], "account_id")
    site_id = None if options["site_id"] is None else number_id(options["site_id"], "site_id")
    with SiteLockClient.from_options(options, read_only=True) as client:
        data = client.call(CREATE_TOKEN, {"account_id": account_id})
    url = text(data, "loginURL") or ""
    if not re.match("https://[a-z0-9]", url, re.IGNORECASE):
        raise BadResponseError(f"Account {account_id}: the answer to createToken contains no https:// link.")
    target = {
        name: str(value) for name, value in (("site_id", site_id), ("page", options["page"])) if value is not None
    }
    if target:
        url += ("&" if "?" in url else "?") + urlencode(target)
    register_secret(url)
    return url
