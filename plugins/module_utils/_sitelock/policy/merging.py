# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Named policies: what an entry of C(policy: [base, shop]) asks for.

Later policies win, and the entry itself wins over all of them. The parts of a section are merged one by one. Lists are
kept as they are, one after another (``JoinedList``): only their section knows which of their elements are the same.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import is_name
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.lists import (
    MODES,
    JoinedList,
    steps_of,
)
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed, unknown_keys

Sections = dict[str, t.Any]


def policy_names(value: t.Any, where: str) -> list[str]:
    """The names in the key C(policy) of an entry: one, or a list.

    :raises BadInputError: it is neither.
    """
    names = [value] if isinstance(value, str) else value
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        shown = repr(value) if is_name("policy", value) else HIDDEN
        raise BadInputError(f"{where}: policy is {shown}; it must be the name of a policy, or a list of names.")
    return names


def merged(values: Sections, policies: t.Mapping[str, t.Any], where: str) -> Sections:
    """The sections of an entry together with those of its policies.

    :param values: the entry, which may have the key C(policy).
    :param policies: sections by the name of the policy.
    :raises BadInputError: a policy does not exist, or is no dictionary.
    """
    result: Sections = {}
    for name in policy_names(values.get("policy") or [], where):
        if name not in policies:
            known = list(map(_shown, policies))
            unknown = unknown_keys([_shown(name)], known)
            raise BadInputError(
                f"{where}: there is no policy {unknown}.",
                hint=f"The policies are {listed(sorted(known))}." if known else "There are no policies.",
            )
        if not isinstance(policies[name], t.Mapping):
            raise BadInputError(f"{where}: the policy {_shown(name)} is no dictionary of sections.")
        result = _joined(result, policies[name])
    own = {key: value for key, value in values.items() if key != "policy"}
    return {**_joined(result, own)}


def _shown(name: str) -> str:
    return name if is_name("policy", name) else HIDDEN


def _joined(earlier: t.Any, later: t.Any) -> t.Any:
    """``later`` over ``earlier``."""
    if later is None:
        return earlier
    if not isinstance(earlier, t.Mapping) or not isinstance(later, t.Mapping):
        return later
    if {*MODES} & later.keys() and {*MODES} & earlier.keys():
        return JoinedList([*steps_of(earlier), later])
    return {**earlier, **{key: _joined(earlier.get(key), value) for key, value in later.items()}}
