# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The Trust Seal (shield), and the hosts of the SSL monitor."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import (
    ACCOUNT,
    SITE,
    SITES,
    Method,
    Subject,
    any_case,
    names,
)

_HOST = Subject("host", ("domain",), names("domain"), number=False, fold=any_case)

ADD_SSL_HOST = Method("addSSLHost", Effect.CHANGE, subjects=(SITE, _HOST))
# With account_id: all hosts of the account.
DELETE_SSL_HOST = Method("deleteSSLHost", Effect.DESTROY, repeats=names("sslhost"), subjects=(SITES, ACCOUNT))
EDIT_SSL_HOST = Method("editSSLHost", Effect.CHANGE, subjects=(SITE, _HOST))
GET_SHIELD = Method("getShield", Effect.READ, repeats=names("shield"), subjects=(SITES, ACCOUNT), may_be_empty=True)
GET_SSL_HOST = Method("getSSLHost", Effect.READ, repeats=names("sslhost"), subjects=(SITES, ACCOUNT), may_be_empty=True)
MODIFY_SHIELD = Method(
    # Unknown: the answer.
    "modifyShield",
    Effect.CHANGE,
    attributes=names("shield/site_id shield/language shield/size shield/color shield/type"),
    subjects=(Subject("site", ("shield", "site_id"), SITE.named),),
    may_be_empty=True,
)
