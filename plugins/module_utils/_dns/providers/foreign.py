# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls into code that is not of this collection: classes of octoDNS and of users."""

from __future__ import annotations

import contextlib
import signal
import threading
import typing as t


class EndedError(Exception):
    """A class raised what ends a process, such as C(SystemExit): an error of what needed it, and no end of the task.

    Its cause is what was raised.
    """


@contextlib.contextmanager
def foreign_code() -> t.Iterator[None]:
    """What foreign code raises inside is an ``Exception``: what was done for others must still be told.

    :raises KeyboardInterrupt: somebody pressed Ctrl-C.
    :raises EndedError: for what is no ``Exception``.
    """
    try:
        yield
    except Exception:
        raise
    except BaseException as error:
        if _is_ctrl_c(error):
            raise
        raise EndedError(type(error).__name__) from error


def _is_ctrl_c(error: BaseException) -> bool:
    """Python raises it in the main thread only, and only while nothing else takes the signal (see ``RunContext``)."""
    return (
        isinstance(error, KeyboardInterrupt)
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
