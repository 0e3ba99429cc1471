# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""C(smart): the daily repair of the files of a site.

Sources: C(getSMART), C(modifySMART). The pages end at the element C(methods). C(port), C(protocol) and C(parallel) are
known from the vendor's WordPress plug-in only, C(auto_fix) of the setter from the getter. That an answer has
C(ssh_pub_key) is inferred from the other sections.
"""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.smart import GET_SMART, MODIFY_SMART
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products import ftp
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.fields import (
    Field,
    given_listing,
    given_path,
    given_paths,
    number,
    one_of,
    pieces,
)
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.products.forms import FormSection

SMART = FormSection(
    "smart",
    GET_SMART,
    MODIFY_SMART,
    (
        Field("docroot", given_path, free=True),
        Field("exclude_dirs", given_paths, repeats=True, free=True),
        Field("exclude_exts", given_listing, compared=pieces, free=True),
        Field("exclude_files", given_listing, compared=pieces, free=True),
        Field("frequency", one_of("daily", "weekly", "monthly", "quarterly", "continuous", "never")),
        ftp.host(),
        Field("ftp_timeout", ftp.TIMEOUT, number=True),
        ftp.user(),
        ftp.password(),
        ftp.key(),
        Field("auto_fix", one_of("fix", "warn"), unsure=True),
        Field("port", ftp.PORT, number=True, unsure=True, unseen=True),
        Field("protocol", one_of(*ftp.PROTOCOLS), unsure=True, unseen=True),
        Field("parallel", number(1, 3), number=True, unsure=True, unseen=True),
    ),
    main="ftp_host",
    told={"id": "id", "created_at": "created_at", "error_str": "error_str"},
    told_problems=("error_str",),
    key_path="ssh_pub_key",
    key_unseen=True,
)
