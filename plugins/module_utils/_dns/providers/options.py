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

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.hosting.websec.plugins.module_utils._dns.connection import Endpoint
from ansible_collections.hosting.websec.plugins.module_utils._dns.names import parse_name, shown
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import parse_endpoint
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._parsing import whole_number
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, register_secret

try:
    import dns.name
except ImportError:
    note_missing("dnspython")

RFC2136 = "rfc2136"
OCTODNS = "octodns"
PYTHON = "python"
TYPES = (RFC2136, OCTODNS, PYTHON)
BEST_EFFORT = "best_effort"

FLAT = ("server", "port", "key_name", "key_secret", "key_algorithm", "timeout", "propagation_servers")
_SET = ("providers", "zones", "default", "accept")
_OURS = ("type", "class", "options", "atomicity", "txt", "concurrency", "propagation_servers")
"""Options of a provider with a class, without those of the class itself."""

_HARMLESS = frozenset(
    ("host", "port", "scheme", "server", "server_id", "region", "timeout", "zone", "project", "retries")
)
"""Options of a class whose values may be shown. All others may be, or contain, a secret."""

_NUMBER_OF_DIGITS = 8
"""A number with fewer digits than this is hidden where it is an option, but not looked for in texts."""

_ENVIRONMENT = "env/"


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
        flat = {name: value for name, value in self.given.items() if name not in _OURS}
        twice = sorted(flat.keys() & inner.keys())
        if twice:
            raise self.wrong(f"{', '.join(twice)} is given both in options and next to it.")
        return {str(name): self.resolved(value) for name, value in {**flat, **inner}.items()}

    def resolved(self, value: t.Any) -> t.Any:
        """``value`` with each C(env/NAME) (C(env/NAME/default)) in it replaced from the environment."""
        if isinstance(value, dict):
            return {name: self.resolved(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.resolved(each) for each in value]
        if not isinstance(value, str) or not value.startswith(_ENVIRONMENT):
            # On a controller this may be a subclass of str.
            return str(value) if isinstance(value, str) else value
        variable, slash, default = value[len(_ENVIRONMENT) :].partition("/")
        found = os.environ.get(variable, default if slash else None)
        if found is None:
            raise self.wrong(
                f"the environment variable {variable} is not set.",
                hint="Set it where the module runs, or give the value itself.",
            )
        return found

    def secrets(self) -> tuple[str, ...]:
        """All texts in the options of the class that may be secrets, and their values from the environment."""
        named = [value for name, value in self.class_options().items() if not _is_harmless(name, value)]
        return (*dict.fromkeys(text for value in named for text in _texts(value)), *_environment_secrets())

    def propagation_servers(self) -> tuple[Endpoint, ...]:
        texts = self.given.get("propagation_servers") or ()
        return tuple(
            parse_endpoint(str(text), f"propagation_servers of the DNS provider {self.name}")
            for text in ([texts] if isinstance(texts, str) else texts)
        )

    def number(self, option: str, default: int) -> int:
        value = self.given.get(option)
        number = default if value is None else whole_number(str(value))
        if number is None or number < 1:
            raise self.wrong(f"{option} is {value!r}; it must be a number of 1 or greater.")
        return number

    def choice(self, option: str, choices: t.Sequence[str], default: str) -> str:
        value = str(self.given.get(option) or default)
        if value not in choices:
            raise self.wrong(f"{option} is {value!r}; use one of {', '.join(choices)}.")
        return value

    def refuse_unknown(self, known: t.Collection[str]) -> None:
        unknown = sorted(map(str, self.given.keys() - set(known)))
        if unknown:
            raise self.wrong(f"it has no option {', '.join(unknown)}.", hint=f"Its options are {', '.join(known)}.")

    def wrong(self, problem: str, *, hint: str = "Check the option dns.") -> BadInputError:
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
        if own is None:
            found = [(pattern, name) for pattern, name in self.patterns if matches(pattern, zone)]
            if len(found) > 1:
                raise BadInputError(
                    f"The zone {shown(zone)} is matched by {len(found)} patterns of the DNS providers: "
                    f"{', '.join(f'{pattern} ({name})' for pattern, name in found)}.",
                    hint="Make one of them narrower, or set dns in the entry.",
                )
            own = found[0][1] if found else self.default
        if own is None:
            raise BadInputError(
                f"No DNS provider has the zone {shown(zone)}: no pattern of zones matches it, and there is no default.",
                hint="Add it to zones, set default, or set dns in the entry.",
            )
        return self.known(own)

    def known(self, name: str) -> str:
        """:raises BadInputError: there is no such provider."""
        if name not in self.providers:
            known = ", ".join(sorted(self.providers)) or "none"
            raise BadInputError(
                f"There is no DNS provider {name!r}.", hint=f"Known providers: {known}. Check the option dns."
            )
        return name

    def candidates(self, name: dns.name.Name, own: str | None) -> list[str]:
        """The providers that may have the zone of ``name``.

        :raises BadInputError: there is none, or the entry names an unknown one.
        """
        if own is not None:
            return [self.known(own)]
        above = [name.split(depth)[1] for depth in range(len(name.labels), 1, -1)]
        found = [provider for pattern, provider in self.patterns if any(matches(pattern, each) for each in above)]
        found += [self.default] if self.default is not None else []
        return list(dict.fromkeys(map(self.known, found))) or [self.provider_of(name)]


def matches(pattern: str, zone: dns.name.Name) -> bool:
    """Whether a pattern matches a zone: C(*) stands for any text, as in file names."""
    return fnmatch.fnmatchcase(shown(zone), pattern)


def parse_dns_options(given: t.Mapping[str, t.Any]) -> DnsOptions:
    """The checked form of O(dns).

    :raises BadInputError: the option as a whole is invalid.
    """
    if not isinstance(given, dict):
        raise BadInputError("dns is not a mapping.", hint="Write dns as a mapping with providers, zones and default.")
    present = {str(name): value for name, value in given.items() if value is not None}
    accept = present.get("accept")
    if accept not in (None, BEST_EFFORT):
        raise BadInputError(f"dns: accept is {accept!r}; the only allowed value is {BEST_EFFORT}.")
    flat = sorted(present.keys() & set(FLAT))
    unknown = sorted(present.keys() - {*FLAT, *_SET})
    if unknown:
        raise BadInputError(
            f"dns has no option {', '.join(unknown)}.",
            hint=f"It has {', '.join(_SET)}, or the options of one name server ({', '.join(FLAT)}).",
        )
    if flat:
        if "providers" in present:
            raise BadInputError(
                f"dns has providers, and {', '.join(flat)} of a single name server as well.",
                hint="Move these into one of the providers.",
            )
        one = ProviderOptions(RFC2136, RFC2136, {name: present[name] for name in flat})
        return DnsOptions({RFC2136: one}, default=RFC2136, accept=accept)
    providers = _providers(present.get("providers") or {})
    patterns = present.get("zones") or {}
    if not isinstance(patterns, dict):
        raise BadInputError("dns: zones is not a mapping of patterns to names of providers.")
    only = next(iter(providers)) if len(providers) == 1 and not patterns else None
    default = present.get("default")
    return DnsOptions(
        providers,
        tuple((_pattern(str(pattern)), str(name)) for pattern, name in patterns.items()),
        default=str(default) if default is not None else only,
        accept=accept,
    )


def _providers(given: t.Any) -> dict[str, ProviderOptions]:
    if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
        raise BadInputError(
            "dns: providers is not a mapping of names to options.", hint="Write providers: {ns1: {server: ...}}."
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


# Secrets


def hide_secrets(given: t.Any) -> tuple[t.Any, list[str]]:
    """O(dns) in a form that may be shown, and the secrets in it."""
    secrets: list[str] = []

    def hidden(value: t.Any) -> t.Any:
        if isinstance(value, dict):
            return {name: hidden(each) for name, each in value.items()}
        if isinstance(value, list):
            return [hidden(each) for each in value]
        if value is None or isinstance(value, bool) or (isinstance(value, str) and value.startswith(_ENVIRONMENT)):
            return value
        secrets.extend(_texts(value))
        return HIDDEN

    def shown_provider(options: t.Any) -> t.Any:
        if not isinstance(options, dict):
            return HIDDEN
        if options.get("type") in (OCTODNS, PYTHON) or "class" in options:
            return {
                name: {inner: value if _is_harmless(inner, value) else hidden(value) for inner, value in each.items()}
                if name == "options" and isinstance(each, dict)
                else each
                if (name in _OURS and name != "options") or _is_harmless(name, each)
                else hidden(each)
                for name, each in options.items()
            }
        return {
            name: each if name in (*FLAT, "type") and name != "key_secret" else hidden(each)
            for name, each in options.items()
        }

    if not isinstance(given, dict):
        return HIDDEN, secrets
    # A misspelt option may be a secret too.
    told = {
        name: value if name in (*FLAT, *_SET) and name != "key_secret" else hidden(value)
        for name, value in given.items()
    }
    if isinstance(given.get("providers"), dict):
        told["providers"] = {name: shown_provider(options) for name, options in given["providers"].items()}
    elif "providers" in given:
        told["providers"] = HIDDEN
    return told, secrets


class DnsParameter(dict):  # type: ignore[type-arg]
    """The option O(dns) of a module: a mapping in a form that may be shown, logged and returned, with the real one
    attached."""

    def __init__(self, given: t.Any = ()) -> None:
        """:param given: empty by default: Ansible creates an empty one and fills it when it copies a result."""
        if given == ():
            given = {}
        if isinstance(given, str):
            given = check_type_dict(given)
        if not isinstance(given, dict):
            raise TypeError("it is not a mapping")
        told, secrets = hide_secrets(given)
        super().__init__(told)
        self.given = dict(given)
        for secret in secrets:
            register_secret(secret)


class _DnsType(str):
    """The type of O(dns): Ansible calls it before it logs or returns anything. In the documentation it is a C(dict)."""

    def __call__(self, given: t.Any) -> DnsParameter:
        return DnsParameter(given)


DNS_TYPE = _DnsType("dict")


def _is_harmless(option: str, value: t.Any) -> bool:
    """Whether an option of a class may be shown. An address can contain a password: https://user:password@host."""
    return option in _HARMLESS and "@" not in str(value)


def _texts(value: t.Any) -> t.Iterator[str]:
    """All possible secrets in ``value``. Without quotes, a password of digits is a number in YAML."""
    if isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, str) or (isinstance(value, int) and len(str(value)) >= _NUMBER_OF_DIGITS):
        yield str(value)


def _environment_secrets() -> list[str]:
    """Secrets that libraries read from the environment by themselves."""
    marks = ("SECRET", "TOKEN", "PASSWORD", "API_KEY", "APIKEY", "PRIVATE_KEY")
    return [value for name, value in os.environ.items() if any(mark in name.upper() for mark in marks) and value]
