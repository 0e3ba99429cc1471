# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A directory of recorded answers, as the tests read it."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class Recorded:
    """One answer. C(body) is C(None) if it was not kept."""

    call: str
    effect: str
    http_status: int
    content_type: str
    kind: str
    body: bytes | None


def recorded(directory: Path) -> list[Recorded]:
    """All answers of a directory, by the names of their files."""
    found = []
    for file in sorted(directory.glob("*.about.json")):
        about = json.loads(file.read_bytes())
        body = (directory / about["file"]).read_bytes() if "file" in about else None
        names = ("call", "effect", "http_status", "content_type", "kind")
        found.append(Recorded(*(about[name] for name in names), body))
    return found
