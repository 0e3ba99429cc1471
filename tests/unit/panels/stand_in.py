# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the stand-ins of the panels share: requests and answers."""

from __future__ import annotations

import json
import typing as t

Answer = tuple[bytes, int, dict[str, str]]
"""Body, status and headers."""

PASSWORD = "hunter2-of-the-panel"
"""In every listing that has passwords: nobody may copy it."""


class Request(t.Protocol):
    """A request as it arrived."""

    method: str
    path: str
    headers: t.Mapping[str, str]
    body: bytes


def answered(body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return body, status, headers or {}


def json_answer(value: object, status: int = 200) -> Answer:
    return answered(json.dumps(value).encode(), status, {"Content-Type": "application/json"})
