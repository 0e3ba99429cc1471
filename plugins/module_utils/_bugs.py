# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Isolation of bugs: an unexpected exception affects only the item that met it."""

from __future__ import annotations

import contextlib
import os
import traceback
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BugError, WebsecError

_OURS = os.path.dirname(os.path.abspath(__file__))


@contextlib.contextmanager
def unexpected_as_bug(*, may_have_happened: bool = False) -> t.Iterator[None]:
    """
    :param may_have_happened: a write may have been sent inside.
    :raises BugError: for every exception that is not a ``WebsecError``.
    """
    try:
        yield
    except WebsecError:
        raise
    except Exception as mistake:
        raise bug(mistake, may_have_happened=may_have_happened) from None


def bug(mistake: Exception, *, may_have_happened: bool = False) -> BugError:
    """The error with the place of ``mistake``. Without its text, which can contain data of a server."""
    return BugError(
        f"Bug in this collection: {type(mistake).__name__} in {_where(mistake)}.",
        hint="Please report this, with the collection's version. Run again: the next run reads the current state "
        "first.",
        may_have_happened=may_have_happened,
    )


def _where(mistake: Exception) -> str:
    """The innermost place in this collection: file, line and function."""
    frames = traceback.extract_tb(mistake.__traceback__)
    ours = [frame for frame in frames if os.path.abspath(frame.filename).startswith(_OURS)] or frames
    frame = ours[-1]
    return f"{os.path.basename(frame.filename)}, line {frame.lineno} ({frame.name})"
