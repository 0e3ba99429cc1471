# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The origin of a site: the address to which the CDN forwards requests."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._addresses import find_address, is_host_name, unmapped
from ansible_collections.hosting.websec.plugins.module_utils._tcp import look_up

_LOOK_UP_SECONDS = 10.0


def normalise_origin(text: str) -> str:
    """The canonical form of an origin: a short IP address, or a host name in lower case without a trailing dot."""
    text = text.strip()
    address = find_address(text)
    return text.rstrip(".").lower() if address is None else str(unmapped(address))


def is_address(origin: str) -> bool:
    """Whether an origin is an IP address; otherwise it is a host name."""
    return find_address(origin) is not None


def is_origin(text: str) -> bool:
    """Whether ``text`` can be an origin: an IP address, or a host name."""
    return is_address(text) or is_host_name(text)


def resolve(name: str) -> frozenset[str]:
    """All addresses of a host name as the system resolves it; empty when it does not resolve within some seconds."""
    try:
        found = look_up(name, None, _LOOK_UP_SECONDS)
    except OSError:
        return frozenset()
    return frozenset(normalise_origin(str(entry[4][0])) for entry in found)


def same_origin(wanted: str, present: t.Collection[str], resolved: t.Collection[str]) -> bool | None:
    """Whether the API has the desired origin.

    For a host name, getWafOrigin may return the name or its addresses: the vendor resolves the name, and does not
    document which of the two it returns.

    :param present: what getWafOrigin returned.
    :param resolved: addresses of ``wanted``, if it is a host name that was looked up.
    :returns: C(None) if it cannot be compared, because the name does not resolve here.
    """
    spelled = {normalise_origin(origin) for origin in present}
    if spelled == {normalise_origin(wanted)}:
        return True
    if is_address(wanted) or not spelled or not all(is_address(origin) for origin in spelled):
        return False
    if not resolved:
        return None
    return spelled <= set(resolved)
