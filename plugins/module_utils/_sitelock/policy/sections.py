# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sections of a firewall policy, in the order in which those of one site are written: what lets visitors through
comes before what refuses them."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.bypass import BYPASS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.cdn import CDN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.certificate import CERTIFICATE
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.exceptions import EXCEPTIONS
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.geo_block import GEO_BLOCK
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.ip_lists import IP_ALLOW, IP_BLOCK
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.login_protect import LOGIN_PROTECT
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.rules import RULES
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.site_ssl import SSL
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.policy.url_block import URL_BLOCK
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.section import AnySection

SECTIONS: tuple[AnySection, ...] = (
    IP_ALLOW,
    EXCEPTIONS,
    SSL,
    CERTIFICATE,
    RULES,
    IP_BLOCK,
    URL_BLOCK,
    GEO_BLOCK,
    CDN,
    LOGIN_PROTECT,
    BYPASS,
)
