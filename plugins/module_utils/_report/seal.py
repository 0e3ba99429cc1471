# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Trust Seal of a site: its settings, and HTML that shows it.

The settings are those of C(getShield). No public page of the API has the HTML: its two addresses are those that sites
with the seal have in their pages.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._domain import normalise_domain
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._report.site import plain
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

_SETTINGS = ("language", "size", "color", "type")
# The domain has letters, digits, hyphens and dots only, so that nothing has to be escaped.
_HTML = (
    '<a href="https://www.sitelock.com/verify.php?site={domain}" target="_blank" rel="noopener">'
    '<img src="https://shield.sitelock.com/shield/{domain}" alt="SiteLock" title="SiteLock"></a>'
)


def seal(domain: t.Any, settings: t.Any) -> dict[str, t.Any] | None:
    """
    :param settings: the section C(shield) of M(hosting.websec.sitelock_products_info).
    :returns: C(None) without settings. C(html) is C(None) if the domain is not a valid one.
    """
    if not isinstance(settings, t.Mapping):
        return None
    told = {name: _text(settings.get(name)) for name in _SETTINGS}
    try:
        return {**told, "html": _HTML.format(domain=normalise_domain(str(domain)))}
    except BadInputError:
        return {**told, "html": None}


def _text(value: t.Any) -> str | None:
    return None if value is None else shortened(str(plain(value)))
