# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The sum of the figures in a JUnit report of the property tests: python -m property.figures REPORT STEPS_AT_LEAST"""

from __future__ import annotations

import collections
import json
import sys
from xml.etree import ElementTree


def table(figures: collections.Counter[str]) -> str:
    return "\n".join(f"{count:9,}  {what}" for what, count in sorted(figures.items()))


def main() -> int:
    figures: collections.Counter[str] = collections.Counter()
    for each in ElementTree.parse(sys.argv[1]).getroot().iter("property"):
        if each.get("name") == "figures":
            figures.update(json.loads(each.get("value", "{}")))
    at_least = int(sys.argv[2])
    print(table(figures))
    print(f"{figures['steps']:,} steps (at least {at_least:,} are asked for)")
    return 0 if figures["steps"] >= at_least else 1


if __name__ == "__main__":
    sys.exit(main())
