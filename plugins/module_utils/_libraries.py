# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Third-party libraries that may be missing on the host of a module.

A module must be importable without them, so that it can say in one sentence what to install. The files that need a
library import it under C(try) and record the failure here; C(_results) checks before the first use.
"""

from __future__ import annotations

_MISSING: set[str] = set()


def note_missing(package: str) -> None:
    """Record that ``package`` (its name on PyPI) could not be imported."""
    _MISSING.add(package)


def missing_libraries() -> list[str]:
    """The PyPI names of all libraries that could not be imported, sorted."""
    return sorted(_MISSING)
