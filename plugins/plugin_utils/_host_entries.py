# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What hosts of an inventory declare about their sites, for the filters that build entries of the roles from it."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleFilterError

Host = t.Mapping[str, t.Any]


def declared(hosts: t.Iterable[Host], variable: str, example: str) -> t.Iterator[tuple[Host, t.Mapping[str, t.Any]]]:
    """Each host with what it declares; not those that declare nothing.

    A host with C(panel_duplicate) is a copy of a domain of which it is unknown which one serves the site: nothing is
    done for it. The inventory plugin has warned.

    :param variable: with the mapping. :param example: of one, for the message.
    :raises AnsibleFilterError: it is not a mapping.
    """
    for host in hosts:
        if host.get("panel_duplicate") is True:
            continue
        found = host.get(variable)
        # An expression that has no value is an empty text with ansible-core 2.18.
        if found is None or found == "":
            continue
        if not isinstance(found, t.Mapping):
            raise AnsibleFilterError(
                f"{variable} of the host {host.get('inventory_hostname')} is not a mapping, such as {example}, but "
                f"{type(found).__name__}."
            )
        yield host, found
