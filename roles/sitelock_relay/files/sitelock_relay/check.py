# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what is wrong with a configuration, with the standard library alone: the role runs it on the controller, before
anything is written.

    python3 -m sitelock_relay.check CONFIG
"""

from __future__ import annotations

import pathlib
import sys
import typing as t

from .clients import BadTableError
from .config import load
from .table import load as load_table


def main(arguments: t.Sequence[str]) -> int:
    """Check; the exit status."""
    if len(arguments) != 1:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        load(pathlib.Path(arguments[0]), load_table())
    except BadTableError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
