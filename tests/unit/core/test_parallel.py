# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The same work for many items."""

from __future__ import annotations

import threading

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._parallel import for_each
from ansible_collections.hosting.websec.tests.unit.patience import PATIENCE


@pytest.mark.parametrize(("items", "concurrency"), [([], 8), (["one"], 8), (["one", "two", "three"], 1)])
def test_one_worker_is_the_caller(items: list[str], concurrency: int) -> None:
    workers = set()

    def work(item: str) -> str:
        workers.add(threading.current_thread())
        return item.upper()

    assert for_each(work, items, concurrency) == [item.upper() for item in items]
    assert workers <= {threading.current_thread()}


def test_several_work_at_the_same_time() -> None:
    together = threading.Barrier(3)

    def work(item: int) -> int:
        together.wait(PATIENCE)
        return -item

    assert for_each(work, range(6), 3) == [0, -1, -2, -3, -4, -5]
