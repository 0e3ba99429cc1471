# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work for many items, several at a time."""

from __future__ import annotations

import concurrent.futures
import typing as t

T = t.TypeVar("T")
R = t.TypeVar("R")


def for_each(work: t.Callable[[T], R], items: t.Iterable[T], concurrency: int) -> list[R]:
    """The results of ``work``, in the order of ``items``.

    One worker is the calling thread itself: another one would only cost time, and a connection of its own.

    :param concurrency: number of workers.
    """
    todo = list(items)
    workers = min(concurrency, len(todo))
    if workers <= 1:
        return [work(item) for item in todo]
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(work, todo))
