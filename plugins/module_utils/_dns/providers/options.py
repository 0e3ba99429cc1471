# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The option O(dns): providers by name, the zones of each of them, and the default.

.. code-block:: yaml

    dns:
      providers:
        ns1: {type: rfc2136, server: ns1.hoster.example, key_name: websec, key_secret: "{{ vault_key }}"}
        customers: {type: octodns, class: octodns_powerdns.PowerDnsProvider, host: 192.0.2.5, api_key: env/PDNS_KEY}
      zones:
        "*.example": customers
      default: ns1
      accept: best_effort

The options of one name server (C(server), C(key_name) ...) instead are one provider of type C(rfc2136).
A problem with one provider is its own error; a problem with the whole option is raised.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import os
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import parse_endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import (
    ENVIRONMENT,
    is_harmless,
    is_number,
    texts,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import (
    BEST_EFFORT,
    FLAT,
    OF_DRIVER,
    OF_SET,
    RFC2136,
    TASK_FILE,
    did_you_mean,
    named,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

OPTION = "dns (in the roles: sitelock_waf_dns, dns_records_dns)"
"""What people wrote, for messages."""


@dataclasses.dataclass(frozen=True)
class ProviderOptions:
    """The options of one provider, as given.

    :param class_options: of the class, without what they are taken from: secrets are in them.
    """

    name: str
    type: str
    given: t.Mapping[str, t.Any] = dataclasses.field(repr=False)

    @property
    def class_path(self) -> str:
        return str(self.given.get("class") or "")

    def class_options(self) -> dict[str, t.Any]:
        """The options for the class, with each C(env/NAME) replaced from the environment.

        :raises BadInputError: a variable is not set, or an option is set twice.
        """
        inner = self.given.get("options") or {}
        if not isinstance(inner, dict):
            raise self.wrong("options is not a mapping.")
        flat = {name: value for name, value in self.given.items() if name not in OF_DRIVER}
        twice = sorted(flat.keys() & inner.keys())
        if twice:
            raise self.wrong(f"{', '.join(map(named, twice))} is given both in options and next to it.")
        return {str(name): self.resolved(value) for name, value in {**flat, **inner}.items()}

    def resolved(self, value: t.Any) -> t.Any:
        """``value`` with each C(env/NAME) (C(env/NAME/default)) in it replaced from the environment."""
        if isinstance(value, dict):
            return {name: self.resolved(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, str) or not value.startswith(ENVIRONMENT):
            # On a controller this may be a subclass of str.
            return str(value) if isinstance(value, str) else value
        variable, slash, default = value[len(ENVIRONMENT) :].partition("/")
        found = os.environ.get(variable, default if slash else None)
        if found is None:
            raise self.wrong(
                f"the environment variable {variable} is not set.",
                hint="Set it where the module runs, or give the value itself.",
            )
        return found

    def secrets(self) -> tuple[str, ...]:
        """All texts in the options of the class that may be secrets, and their values from the environment."""
        hidden = [value for name, value in self.class_options().items() if not is_harmless(name, value)]
        return (*dict.fromkeys(text for value in hidden for text in texts(value, words=True)), *_environment_secrets())

    def propagation_servers(self) -> tuple[Endpoint, ...]:
        given = self.given.get("propagation_servers") or ()
        servers = given if isinstance(given, (list, tuple)) else [given]
        if not all(isinstance(each, str) for each in servers):
            raise self.wrong("propagation_servers is not a list of addresses.")
        return tuple(parse_endpoint(each, f"propagation_servers of the DNS provider {self.name}") for each in servers)

    def number(self, option: str, default: int) -> int:
        value = self.given.get(option)
        number = default if value is None else whole_number(str(value))
        if number is None or number < 1:
            shown_value = value if is_number(value) else HIDDEN
            raise self.wrong(f"{option} is {shown_value}; it must be a number of 1 or greater.")
        return number

    def choice(self, option: str, choices: t.Sequence[str], default: str) -> str:
        value = str(self.given.get(option) or default)
        if value not in choices:
            raise self.wrong(f"{option} is {named(value)}; use one of {', '.join(choices)}.")
        return value

    def refuse_unknown(self, known: t.Collection[str]) -> None:
        unknown = sorted(map(str, self.given.keys() - set(known)))
        if unknown:
            raise self.wrong(
                f"it has no option {', '.join(map(named, unknown))}.{did_you_mean(unknown, known)}",
                hint=f"Its options are {', '.join(known)}.",
            )

    def wrong(self, problem: str, *, hint: str = f"Check {OPTION}.") -> BadInputError:
        return BadInputError(f"DNS provider {self.name}: {problem}", hint=hint)


@dataclasses.dataclass(frozen=True)
class DnsOptions:
    """:param patterns: patterns of zone names, and their provider. :param accept: for all entries."""

    providers: t.Mapping[str, ProviderOptions]
    patterns: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    accept: str | None = None

    def provider_of(self, zone: dns.name.Name, own: str | None = None) -> str:
        """The name of the provider of a zone.

        :param own: C(dns) of the entry.
        :raises BadInputError: there is none, or it is unknown.
        """
        if own is not None:
            return self.known(own)
        found = [(pattern, name) for pattern, name in self.patterns if matches(pattern, zone)]
        if len(found) > 1:
            raise BadInputError(
                f"The zone {shown(zone)} is matched by {len(found)} patterns of the DNS providers: "
                f"{', '.join(f'{pattern} ({named(name, self.providers)})' for pattern, name in found)}.",
                hint="Make one of them narrower, or set dns in the entry.",
            )
        if found:
            return self.known(found[0][1], _of_pattern(found[0][0]))
        if self.default is None:
            raise BadInputError(
                f"No DNS provider has the zone {shown(zone)}: no pattern of zones matches it, and there is no default.",
                hint="Add it to zones, set default, or set dns in the entry.",
            )
        return self.known(self.default, _DEFAULT)

    def known(self, name: str, place: str = "dns of the entry") -> str:
        """``name``, if there is such a provider.

        :param place: of the name, for the message. It may be a secret that does not belong there, so it is not shown.
        :raises BadInputError: there is none.
        """
        if name not in self.providers:
            known = ", ".join(sorted(self.providers)) or "none"
            raise BadInputError(
                f"{place} is an unknown DNS provider.{did_you_mean([name], self.providers)}",
                hint=f"Known providers: {known}. Check {OPTION}.",
            )
        return name

    def candidates(self, name: dns.name.Name, own: str | None) -> list[str]:
        """The providers that may have the zone of ``name``.

        :raises BadInputError: there is none, or the entry names an unknown one.
        """
        if own is not None:
            return [self.known(own)]
        above = [name.split(depth)[1] for depth in range(len(name.labels), 1, -1)]
        found = [
            self.known(provider, _of_pattern(pattern))
            for pattern, provider in self.patterns
            if any(matches(pattern, each) for each in above)
        ]
        if self.default is not None:
            found.append(self.known(self.default, _DEFAULT))
        return list(dict.fromkeys(found)) or [self.provider_of(name)]


_DEFAULT = "default of dns"


def _of_pattern(pattern: str) -> str:
    return f"{pattern} in zones of dns"


def matches(pattern: str, zone: dns.name.Name) -> bool:
    """Whether a pattern matches a zone: C(*) stands for any text, as in file names."""
    return fnmatch.fnmatchcase(shown(zone), pattern)


def parse_dns_options(given: t.Mapping[str, t.Any]) -> DnsOptions:
    """The checked form of O(dns).

    :raises BadInputError: the option as a whole is invalid.
    """
    if not isinstance(given, dict):
        raise BadInputError(
            f"{OPTION} is not a mapping.", hint="Write dns as a mapping with providers, zones and default."
        )
    present = {str(name): value for name, value in given.items() if value is not None}
    if TASK_FILE in present:
        raise _task_file_refusal()
    accept = present.get("accept")
    if accept not in (None, BEST_EFFORT):
        raise BadInputError(f"{OPTION}: the value of accept is wrong; the only allowed value is {BEST_EFFORT}.")
    flat = sorted(present.keys() & set(FLAT))
    unknown = sorted(present.keys() - {*FLAT, *OF_SET})
    if unknown:
        raise BadInputError(
            f"{OPTION} has no option {', '.join(map(named, unknown))}.{did_you_mean(unknown, (*OF_SET, *FLAT))}",
            hint=f"It has {', '.join(OF_SET)}, or the options of one name server ({', '.join(FLAT)}).",
        )
    if flat:
        if "providers" in present:
            raise BadInputError(
                f"{OPTION} has providers, and {', '.join(flat)} of a single name server as well.",
                hint="Move these into one of the providers.",
            )
        one = ProviderOptions(RFC2136, RFC2136, {name: present[name] for name in flat})
        return DnsOptions({RFC2136: one}, default=RFC2136, accept=accept)
    providers = _providers(present.get("providers") or {})
    patterns = present.get("zones") or {}
    if not isinstance(patterns, dict):
        raise BadInputError(f"{OPTION}: zones is not a mapping of patterns to names of providers.")
    only = next(iter(providers)) if len(providers) == 1 and not patterns else None
    default = present.get("default")
    return DnsOptions(
        providers,
        tuple((_pattern(str(pattern)), str(name)) for pattern, name in patterns.items()),
        default=str(default) if default is not None else only,
        accept=accept,
    )


def _task_file_refusal() -> BadInputError:
    return BadInputError(
        "dns_records_provider is set to a task file: task files are no longer supported. Nothing was sent.",
        hint="Write the provider as a Python class and set it in sitelock_waf_dns: {providers: {mine: {type: python, "
        "class: package.module.Class}}}, or use a class of octoDNS (type: octodns). See docs/dns-providers.md of "
        "hosting.websec.",
    )


def _providers(given: t.Any) -> dict[str, ProviderOptions]:
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        raise BadInputError(
            f"{OPTION}: providers is not a mapping of names to options.", hint="Write providers: {ns1: {server: ...}}."
        )
    return {
        str(name): ProviderOptions(
            str(name),
            str(options.get("type") or RFC2136),
            {str(option): value for option, value in options.items() if value is not None},
        )
        for name, options in given.items()
    }


def _pattern(text: str) -> str:
    """A pattern in lower case, with names as punycode."""
    written = text.strip().rstrip(".")
    if "*" in written or "?" in written or "[" in written:
        return written.lower() if written.isascii() else _idn_pattern(written)
    return shown(parse_name(written, "zone"))


def _idn_pattern(written: str) -> str:
    return ".".join(
        label.lower() if label.isascii() else shown(parse_name(f"{label}.example", "zone")).rpartition(".")[0]
        for label in written.split(".")
    )


def _environment_secrets() -> list[str]:
    """Secrets that libraries read from the environment by themselves."""
    marks = ("SECRET", "TOKEN", "PASSWORD", "API_KEY", "APIKEY", "PRIVATE_KEY")
    return [value for name, value in os.environ.items() if any(mark in name.upper() for mark in marks) and value]
