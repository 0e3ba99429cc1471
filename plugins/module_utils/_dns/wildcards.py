# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which record sets of a response come from a wildcard, and therefore cannot be changed.

A response does not show this: the wildcard name C(*) is queried too, and if both return the same, the set counts as
that of the wildcard.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.names import wildcard_beside
from ansible_collections.hosting.websec.plugins.module_utils._dns.plan import Snapshot
from ansible_collections.hosting.websec.plugins.module_utils._dns.records import Key, RecordSet, same


def without_wildcards(
    snapshot: Snapshot,
    doubtful: t.Iterable[Key],
    read: t.Callable[[list[Key]], Snapshot],
    exists: t.Callable[[Key], bool],
) -> dict[Key, RecordSet | None]:
    """``snapshot`` without the sets that come only from a wildcard of the zone.

    :param doubtful: the sets in ``snapshot`` that may come from a wildcard.
    :param read: reads sets from the server, all in one round trip.
    :param exists: whether the zone itself has a set that equals that of the wildcard; ``False`` if unknown.
    """
    beside = {at: (wildcard_beside(at[0]), at[1]) for at in doubtful}
    wildcards = read(sorted(set(beside.values())))
    alike = [at for at, wildcard in beside.items() if same(wildcards.get(wildcard), snapshot[at])]
    return {**snapshot, **{at: None for at in alike if not exists(at)}}
