# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a complete file gets its name on hosts with and without SELinux."""

from __future__ import annotations

import os
import stat
import typing as t

Move = t.Callable[[str, str], None]


def mover(*, selinux_enabled: bool) -> Move:
    """What renames a complete file and sets its security context. It raises C(OSError) if it has not done so.

    C(atomic_move) of C(AnsibleModule) would end the process in the midst of a change.
    """
    if not selinux_enabled:
        return os.rename
    from ansible.module_utils.compat import selinux

    def move(new: str, path: str) -> None:
        if os.path.lexists(path):
            code, context = selinux.lgetfilecon_raw(path)
        else:
            code, context = selinux.matchpathcon(path, stat.S_IFREG)
        if code >= 0:
            selinux.lsetfilecon(new, context)
        os.rename(new, path)

    return move
