# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whose certificates the relay trusts when it calls the vendor."""

from __future__ import annotations

import ssl


def trusted(ca_file: str = "") -> ssl.SSLContext:
    """Return what certificates of the vendor are checked with.

    :param ca_file: PEM file with the only authorities that count; empty: those of the system.
    :raises OSError: it cannot be used; C(ssl.SSLError) is one.
    """
    context = ssl.create_default_context(cafile=ca_file or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
