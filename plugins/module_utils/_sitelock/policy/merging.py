# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Named policies: what an entry of C(policy: [base, shop]) asks for.

Later policies win, and the entry itself wins over all of them. The parts of a section are merged one by one. Lists at
C(present) and C(absent) are joined, or added to and taken from an C(exact) of an earlier policy. C(exact) is the whole
list, so it takes the place of what came before.
"""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.sections.hiding import is_name
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed, unknown_keys

Sections = dict[str, t.Any]
_EXACT, _PRESENT, _ABSENT = _MODES = ("exact", "present", "absent")


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
            unknown = unknown_keys([name if is_name("policy", name) else HIDDEN], policies)
            raise BadInputError(
                f"{where}: there is no policy {unknown}.",
                hint=f"The policies are {listed(sorted(policies))}." if policies else "There are no policies.",
            )
        if not isinstance(policies[name], t.Mapping):
            raise BadInputError(f"{where}: the policy {name} is no dictionary of sections.")
        result = _joined(result, policies[name])
    own = {key: value for key, value in values.items() if key != "policy"}
    return {**_joined(result, own)}


def _joined(earlier: t.Any, later: t.Any) -> t.Any:
    """``later`` over ``earlier``."""
    if later is None:
        return earlier
    if not isinstance(earlier, t.Mapping) or not isinstance(later, t.Mapping):
        return later
    if {*_MODES} & later.keys() and {*_MODES} & earlier.keys():
        return _joined_lists(earlier, later)
    return {**earlier, **{key: _joined(earlier.get(key), value) for key, value in later.items()}}


def _joined_lists(earlier: t.Mapping[str, t.Any], later: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A list of a later policy over that of an earlier one."""
    if _EXACT in later:
        return dict(later)
    present, absent = later.get(_PRESENT), later.get(_ABSENT)
    rest = {key: value for key, value in later.items() if key not in _MODES}
    if _EXACT in earlier:
        return {**earlier, **rest, _EXACT: _without(_union(earlier[_EXACT], present), absent)}
    lists = {
        _PRESENT: _union(_without(earlier.get(_PRESENT), absent), present),
        _ABSENT: _union(_without(earlier.get(_ABSENT), present), absent),
    }
    return {**earlier, **rest, **{name: value for name, value in lists.items() if value is not None}}


def _union(some: t.Any, more: t.Any) -> t.Any:
    """Two lists as one, or two dictionaries of lists. Anything else is for the section to refuse."""
    if isinstance(some, list) and isinstance(more, list):
        return [*some, *(each for each in more if each not in some)]
    if isinstance(some, t.Mapping) and isinstance(more, t.Mapping):
        return {key: _union(some.get(key), more.get(key)) for key in [*some, *(key for key in more if key not in some)]}
    return some if more is None else more


def _without(some: t.Any, gone: t.Any) -> t.Any:
    """A list without the elements of another one, or a dictionary of lists."""
    if isinstance(some, list) and isinstance(gone, list):
        return [each for each in some if each not in gone]
    if isinstance(some, t.Mapping) and isinstance(gone, t.Mapping):
        return {key: _without(value, gone.get(key)) for key, value in some.items()}
    return some
