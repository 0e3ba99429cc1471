# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which record sets that a server answers with are those of a wildcard, and are not there to be changed.

An answer does not tell: the name C(*) beside the name is asked too, and where both say the same, the set counts as the
wildcard's.
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
    """``snapshot`` without the sets that only a wildcard of the zone answers for.

    :param doubtful: the sets in ``snapshot`` that may be such.
    :param read: asks the server for sets, all in one go.
    :param exists: whether a set that reads as the wildcard's is there in its own right; says ``False`` if it cannot
        tell.
    """
    beside = {at: (wildcard_beside(at[0]), at[1]) for at in doubtful}
    wildcards = read(sorted(set(beside.values())))
    alike = [at for at, wildcard in beside.items() if same(wildcards.get(wildcard), snapshot[at])]
    return {**snapshot, **{at: None for at in alike if not exists(at)}}
