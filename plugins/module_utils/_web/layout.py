# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The paths of a web server's configuration in each distribution."""

from __future__ import annotations

import dataclasses

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError

OWN_MARK = "# Managed by Ansible, role hosting.websec.botguard_"


@dataclasses.dataclass(frozen=True)
class Layout:
    """Paths of the files that the roles write. A link is a pair of its path and its target; empty: there is none.

    :param load: the file with the line that loads the module.
    :param drop_in: the directives for the whole server.
    """

    server: str
    load: str
    load_link: tuple[str, str] | None
    drop_in: str
    drop_in_link: tuple[str, str] | None = None
    remote_ip_link: tuple[str, str] | None = None

    @property
    def mark(self) -> str:
        """The first line of every file that the role writes."""
        return f"{OWN_MARK}{self.server}. Changes are lost."

    @property
    def load_files(self) -> list[str]:
        """The paths under which the server may read the line that loads the module."""
        return [self.load, *([self.load_link[0]] if self.load_link else [])]


_LAYOUTS = {
    ("nginx", "Debian"): Layout(
        "nginx",
        load="/etc/nginx/modules-available/50-mod-botguard.conf",
        load_link=("/etc/nginx/modules-enabled/50-mod-botguard.conf", "../modules-available/50-mod-botguard.conf"),
        drop_in="/etc/nginx/conf.d/50-botguard.conf",
    ),
    ("nginx", "RedHat"): Layout(
        "nginx",
        load="/usr/share/nginx/modules/50-mod-botguard.conf",
        load_link=None,
        drop_in="/etc/nginx/conf.d/50-botguard.conf",
    ),
    ("apache", "Debian"): Layout(
        "apache",
        load="/etc/apache2/mods-available/botguard.load",
        load_link=("/etc/apache2/mods-enabled/botguard.load", "../mods-available/botguard.load"),
        drop_in="/etc/apache2/conf-available/50-botguard.conf",
        drop_in_link=("/etc/apache2/conf-enabled/50-botguard.conf", "../conf-available/50-botguard.conf"),
        remote_ip_link=("/etc/apache2/mods-enabled/remoteip.load", "../mods-available/remoteip.load"),
    ),
    ("apache", "RedHat"): Layout(
        "apache",
        load="/etc/httpd/conf.modules.d/50-botguard.conf",
        load_link=None,
        drop_in="/etc/httpd/conf.d/50-botguard.conf",
    ),
}


def layout_of(server: str, family: str) -> Layout:
    """The layout for C(nginx) or C(apache) on C(Debian) or C(RedHat).

    :raises BadInputError: another system.
    """
    found = _LAYOUTS.get((server, family))
    if found is None:
        raise BadInputError(
            f"{server} on {family} is not supported.", hint="Supported are the Debian and RedHat families."
        )
    return found
