# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The names of the CDN in the vendor's examples (C(provisionaddon), C(getanpprovisioningstatus))."""

from __future__ import annotations

CDN_SUFFIXES = ("sitelockcdn.net", "sitelockdns.com")
"""The names that sites are routed to are below these. Whether there are others is not documented."""
