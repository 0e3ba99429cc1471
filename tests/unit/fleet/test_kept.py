# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Entries in files of a run: what stands for them, and what does not."""

from __future__ import annotations

import pathlib

import pytest

from ansible_collections.hosting.websec.plugins.plugin_utils import _kept

ENTRIES = [{"site_id": 1}, {"site_id": 2}]


@pytest.fixture(autouse=True)
def _temporary_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
    monkeypatch.setattr(_kept.constants, "DEFAULT_LOCAL_TMP", str(tmp_path))


def test_a_path_stands_for_the_entries_in_its_file() -> None:
    path = _kept.keep({"entries": ENTRIES})
    assert _kept.with_entries([path, {"site_id": 3}]) == [*ENTRIES, {"site_id": 3}]
    assert _kept.entries([path, {"site_id": 3}]) == [*ENTRIES, {"site_id": 3}]


def test_only_its_owner_can_read_such_a_file() -> None:
    assert pathlib.Path(_kept.keep({"entries": ENTRIES})).stat().st_mode & 0o077 == 0


def test_what_is_no_path_of_this_run_is_handed_on_as_it_is(tmp_path: pathlib.Path) -> None:
    elsewhere = tmp_path / "folder" / "websec-kept-x.json"
    elsewhere.parent.mkdir()
    elsewhere.write_text('{"entries": [{"site_id": 9}]}')
    for given in ("customer.example", str(elsewhere), f"{tmp_path}/other.json", 5, None, {"site_id": 1}):
        assert _kept.with_entries([given]) == [given]
