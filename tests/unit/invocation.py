# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task in its result, as C(-vvv) shows them."""

from __future__ import annotations

import typing as t

from ansible.module_utils.common.parameters import PASS_VARS

# Newer versions of ansible-core return the invocation only on request, as in a verbose run.
WITH_INVOCATION: dict[str, t.Any] = {"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}
