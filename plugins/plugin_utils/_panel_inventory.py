# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The inventory plugins of the hosting panels: from a source with servers to hosts, groups and variables.

A plugin names its panel, its options of a connection, and the function that reads one server.
"""

from __future__ import annotations

import hashlib
import json
import os
import typing as t
from urllib.parse import urlsplit

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.module_utils.common.validation import check_type_bool
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.path import unfrackpath
from ansible.utils.unsafe_proxy import wrap_var

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, WebsecError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import screen_connection
from ansible_collections.hosting.websec.plugins.module_utils._panels.fleet import (
    Fleet,
    Server,
    problems_of,
    read_fleet,
)
from ansible_collections.hosting.websec.plugins.module_utils._panels.hosts import (
    Variables,
    beside,
    hosts_of,
    told_as_copies,
    told_as_groups,
)
from ansible_collections.hosting.websec.plugins.module_utils._panels.kept import from_kept, to_keep
from ansible_collections.hosting.websec.plugins.module_utils._panels.sites import Listing
from ansible_collections.hosting.websec.plugins.module_utils._results import require_libraries, sentence
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._texts import MOST_NAMES, counted, listed, unknown_keys

if t.TYPE_CHECKING:
    from ansible.inventory.data import InventoryData
    from ansible.parsing.dataloader import DataLoader

ReadServer = t.Callable[[t.Mapping[str, t.Any], t.Collection[str], RunContext], Listing]

_OF_SERVERS = ("api_url", "validate_certs", "ca_path")
_OF_ALL = ("timeout", "retries", "domain_types")

_DOMAIN = "panel_domain"
_DUPLICATES = "panel_duplicates"
_FAILED = "panel_failed_servers"


class PanelInventory(BaseInventoryPlugin, Constructable, Cacheable):
    """What the plugins share."""

    PANEL: str
    """Value of C(panel_type), and the end of the name of a source."""
    CREDENTIALS: tuple[str, ...]
    SECRETS: tuple[str, ...]
    READING: tuple[str, ...] = ()
    """More options that decide about what is read."""
    read_server: ReadServer
    """Reads one server, with the options of its connection and ``READING``."""

    def verify_file(self, path: str) -> bool:
        return super().verify_file(path) and path.endswith((f"{self.PANEL}.yml", f"{self.PANEL}.yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        given = self._read_config_data(path)
        try:
            strange = unknown_keys(given, self.get_options())
            if strange:
                raise BadInputError(f"The source has unknown options: {strange}.")
            servers = self._servers(os.path.dirname(os.path.abspath(path)))
            fleet, is_new = self._kept_or_read(servers, path, cache)
        except WebsecError as error:
            raise AnsibleParserError(sentence(error.as_dict())) from None
        self._raise_or_warn(fleet, len(servers))
        hosts, warnings = hosts_of(self.PANEL, {name: each.sites for name, each in fleet.listings.items()})
        hosts, more = self._merged(hosts)
        self._warn_about([*problems_of(fleet), *warnings, *more])
        self._populate(hosts, sorted(fleet.errors))
        if is_new and not fleet.errors and self.get_option("cache"):
            # Never a part of the fleet: the next run asks the servers that failed.
            self._cache[self._key(servers, path)] = to_keep(fleet.listings)

    def _kept_or_read(self, servers: list[Server], path: str, cache: bool) -> tuple[Fleet, bool]:
        """What the servers have, and whether they were asked."""
        self.load_cache_plugin()
        kept = self._cache.get(self._key(servers, path)) if cache and self.get_option("cache") else None
        if kept is not None:
            listings = from_kept(kept, [server.name for server in servers], self.get_option("domain_types"))
            if listings is not None:
                return Fleet(listings), False
            self.display.warning("The cache of this source is not complete and valid. The servers are read again.")
        require_libraries()
        return read_fleet(servers, lambda options, run: self.read_server(options, options["domain_types"], run)), True

    def _key(self, servers: t.Iterable[Server], path: str) -> str:
        """Of the cache: with other servers or options that decide about what is read, what was kept does not apply."""
        shown = [
            {"name": server.name, **{key: value for key, value in server.options.items() if key not in self.SECRETS}}
            for server in servers
        ]
        digest = hashlib.sha256(json.dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:16]
        return f"{self.get_cache_key(path)}_{digest}"

    def _raise_or_warn(self, fleet: Fleet, servers: int) -> None:
        """A server that cannot be read fails the source, unless its owner accepts an inventory without its sites."""
        told = [f"{name}: {sentence(error.as_dict())}" for name, error in fleet.errors.items()]
        if not told:
            return
        text = f"{counted(len(told), 'server')} of {servers} could not be read. {listed(told, MOST_NAMES, ' ')}"
        if self.get_option("on_server_error") == "fail" or not fleet.listings:
            raise AnsibleParserError(f"{text} No host of this source was added.")
        self.display.warning(f"{text} Their sites are not in the inventory.")

    def _warn_about(self, problems: t.Sequence[str]) -> None:
        if problems and self.get_option("strict"):
            raise AnsibleParserError(f"strict is true, and the list of sites is not complete. {' '.join(problems)}")
        for problem in problems:
            self.display.warning(problem)

    # Options

    def _servers(self, folder: str) -> list[Server]:
        """
        :param folder: of the source.
        :raises BadInputError: an option is invalid. Nothing was sent.
        """
        entries = self.get_option("servers") or []
        if entries and self.get_option("api_url"):
            raise BadInputError(
                "Set api_url, or servers with an api_url each, never both.",
                hint=f"api_url may come from the environment ({self.PANEL.upper()}_API_URL).",
            )
        servers = [self._server(entry, number, folder) for number, entry in enumerate(entries or [{}], 1)]
        names = [server.name for server in servers]
        doubles = sorted({name for name in names if names.count(name) > 1})
        if doubles:
            raise BadInputError(f"Several servers have the name {listed(doubles)}. Set a different name for each.")
        return servers

    def _server(self, entry: t.Any, number: int, folder: str) -> Server:
        keys = ("name", *_OF_SERVERS, *self.CREDENTIALS)
        if not isinstance(entry, dict):
            raise BadInputError(f"Entry {number} of servers is not a mapping, such as {{api_url: https://...}}.")
        strange = unknown_keys(entry, keys)
        if strange:
            raise BadInputError(f"Entry {number} of servers has unknown keys: {strange}.")
        own = {key: self._plain(value) for key, value in entry.items() if value is not None}
        options = {key: self._option(key) for key in (*_OF_SERVERS, *self.CREDENTIALS, *_OF_ALL, *self.READING)}
        if any(own.get(key) for key in self.SECRETS):
            # A server with a secret of its own gets none of the others.
            options.update(dict.fromkeys(self.SECRETS))
        options.update(own)
        if own.get("ca_path"):
            options["ca_path"] = unfrackpath(own["ca_path"], basedir=folder)
        try:
            options["validate_certs"] = check_type_bool(options["validate_certs"])
        except TypeError:
            raise BadInputError(f"validate_certs of entry {number} of servers is neither true nor false.") from None
        if not options["api_url"]:
            raise BadInputError(
                "There is no server. Set api_url, or servers with an api_url each.",
                hint=f"api_url may come from the environment ({self.PANEL.upper()}_API_URL).",
            )
        screen_connection(options, self.display.warning)
        for secret in self.SECRETS:
            register_secret(str(options.get(secret) or ""))
        name = str(options.pop("name", "")) or _host_of(options["api_url"])
        return Server(name, options)

    def _option(self, name: str) -> t.Any:
        return self._plain(self.get_option(name))

    def _plain(self, value: t.Any) -> t.Any:
        """Strings of a configuration file can be subclasses of ``str``, and templates."""
        if isinstance(value, list):
            return [self._plain(each) for each in value]
        if self.templar.is_template(value):
            value = self.templar.template(value)
        return str(value) if isinstance(value, str) else value

    # Hosts

    def _merged(self, hosts: t.Mapping[str, Variables]) -> tuple[dict[str, Variables], list[str]]:
        """The hosts next to those of the sources before, and warnings."""
        named = sorted(name for name in hosts if name in self.inventory.groups)
        present = {name: host.vars for name, host in self.inventory.hosts.items() if _DOMAIN in host.vars}
        kept, copied = beside({name: hosts[name] for name in hosts if name not in named}, present)
        for name in copied:
            self.inventory.add_group(_DUPLICATES)
            self.inventory.add_child(_DUPLICATES, name)
            self.inventory.set_variable(name, "panel_duplicate", True)
        return kept, [*told_as_groups(named), *told_as_copies(sorted({str(present[name][_DOMAIN]) for name in copied}))]

    def _populate(self, hosts: t.Mapping[str, Variables], failed: t.Sequence[str]) -> None:
        """Add the hosts: all of them, or after an error none."""
        group = self.inventory.add_group(self.get_option("group"))
        self.inventory.add_group(_DUPLICATES)
        known = self.inventory.groups[group].vars.get(_FAILED, [])
        names = dict.fromkeys([*known, *(str(wrap_var(name)) for name in failed)])
        self.inventory.set_variable(group, _FAILED, list(names))
        new = [name for name in hosts if name not in self.inventory.hosts]
        try:
            for name, variables in hosts.items():
                self._add(name, variables, group)
        except AnsibleError:
            for name in new:
                if name in self.inventory.hosts:
                    self.inventory.remove_host(self.inventory.hosts[name])
            raise

    def _add(self, name: str, variables: Variables, group: str) -> None:
        strict = self.get_option("strict")
        self.inventory.add_host(name, group=group)
        if variables["panel_duplicate"]:
            self.inventory.add_child(_DUPLICATES, name)
        # Names are given by customers and resellers: they are never templates.
        safe = {key: wrap_var(value) for key, value in variables.items()}
        for key, value in safe.items():
            self.inventory.set_variable(name, key, value)
        known = {**safe, "inventory_hostname": name}
        self._set_composite_vars(self.get_option("compose"), known, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), known, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), known, name, strict=strict)


def _host_of(url: str) -> str:
    """The host in an address, for messages; of one that is not valid the address itself."""
    try:
        return urlsplit(url).hostname or url
    except ValueError:
        return url
