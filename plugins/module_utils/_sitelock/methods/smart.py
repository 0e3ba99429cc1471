# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""SMART: the repair of files and databases."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import SITE, Method, names

_SITE = (SITE,)

# Inferred: port, protocol, parallel, ssh_pub_key.
GET_SMART = Method("getSMART", Effect.READ, repeats=names("exclude_dirs"), subjects=_SITE, may_be_empty=True)
# Unknown: settings for the frequency and for conflicts.
GET_SMART_DATABASE = Method("getSMARTDatabase", Effect.READ, subjects=_SITE, may_be_empty=True)
GET_SMART_PATCH = Method("getSMARTPatch", Effect.READ, subjects=_SITE, may_be_empty=True)
# It changes files of the live site. Unknown: the answer.
MANAGE_SMART_PATCH = Method("manageSMARTPatch", Effect.ACTION, subjects=_SITE, may_be_empty=True)
# Inferred: auto_fix, port, protocol, parallel, and the answer. Unknown: the content of C(methods).
MODIFY_SMART = Method("modifySMART", Effect.CHANGE, secrets=names("ftp_pw"), subjects=_SITE, may_be_empty=True)
MODIFY_SMART_DATABASE = Method(
    # Unknown: settings for the frequency and for conflicts.
    "modifySMARTDatabase",
    Effect.CHANGE,
    nested=names(
        "ftp_settings/protocol ftp_settings/ftp_host ftp_settings/ftp_user ftp_settings/ftp_pw ftp_settings/port "
        "ftp_settings/gen_ssh_key"
    ),
    secrets=names("ftp_pw"),
    subjects=_SITE,
    may_be_empty=True,
)
# Unknown: the answer.
MODIFY_SMART_PATCH = Method("modifySMARTPatch", Effect.CHANGE, subjects=_SITE, may_be_empty=True)
