# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What of O(dns) may be shown.

People put secrets where they do not belong: a token as C(server), a password as C(accept), a whole mapping in the place
of a name. So a value is shown only if its option is known and

* the value is one of the choices of this option, or the name of a provider that is there; or
* the option takes any address, host name, number, key name or class, and the value has this form.

Everything else is hidden in the invocation, and no message names it. ``redactor_of`` hides it in messages of others
(libraries, classes of users), but not a mere word in the place of a choice: to hide it would change messages that
contain this word by chance, and so show what it is.
"""

from __future__ import annotations

import os
import re
import typing as t

from ansible.module_utils.common.validation import check_type_dict

from ansible_collections.hosting.websec.plugins.module_utils._addresses import parse_address
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import KEY_ALGORITHMS
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import NOT_ATOMIC, ZONE_ATOMIC
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_values import ESCAPED, PLAIN
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import (
    BEST_EFFORT,
    KNOWN,
    TASK_FILE,
    TYPES,
)
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._nesting import plain_data
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN, Redactor, register_secret

ENVIRONMENT = "env/"

_NUMBER_OF_DIGITS = 8
"""A number with fewer digits than this is not looked for in texts."""
_PIECE = 6
"""A part of a hidden text is hidden too if it is as long as this: messages may name a part of a wrong value."""

_WORD = re.compile(r"[a-z]+[0-9]{0,4}(?:[_.-](?:[a-z]+[0-9]{0,3}|[0-9]{1,3})){0,3}")
_LONGEST_WORD = 32
_NUMBER = re.compile(r"[0-9]{1,7}(?:\.[0-9]{1,3})?")
_LABEL = r"(?:(?:[^\WA-Z]|[*?!-]){1,30}|[A-Z0-9-]{1,30}|[A-Z][a-z0-9-]{1,29})"
_DOMAIN = re.compile(rf"\*|{_LABEL}(?:\.{_LABEL})+\.?")
_URL = re.compile(r"(?:https?://)?(?P<host>\[[^\]]+\]|[^/:\[\]]+)(?::[0-9]{1,5})?(?:/[a-z]+[0-9]{0,3})*/?")
_CLASS = re.compile(r"(?:(?:[a-z_][a-z0-9_]{0,30}|(?:[A-Z][a-z]+)+)\.)+[A-Z]\w{0,40}")
_REGION = re.compile(r"[a-z]{2,12}(?:-[a-z]{2,12}){1,2}-?[0-9]{1,2}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]{0,15}(?:_[A-Z0-9]{1,15}){0,5}|[a-z][a-z0-9]{0,15}(?:_[a-z0-9]{1,15}){0,5}")
_PATH = re.compile(r"[\w./-]{1,200}\.ya?ml")
_PIECES = re.compile(r"[^.:/@\s,'\"{}\[\]()]+")

Rule = t.Callable[[t.Any], bool]


def _is_word(value: t.Any) -> bool:
    """Whether ``value`` looks like a name that people choose, or a choice of an option: C(ns1), C(best_effort)."""
    return isinstance(value, str) and len(value) <= _LONGEST_WORD and _WORD.fullmatch(value) is not None


def _one_of(choices: t.Container[str]) -> Rule:
    return lambda value: isinstance(value, str) and value in choices


def is_number(value: t.Any) -> bool:
    return isinstance(value, (int, float, str)) and _NUMBER.fullmatch(str(value)) is not None


def _is_domain(value: t.Any) -> bool:
    return _is_word(value) or (isinstance(value, str) and _DOMAIN.fullmatch(value) is not None)


def _is_address(value: t.Any) -> bool:
    """An address or a host name, with a port and as a URL if need be. Never with a password, and no text of a query."""
    if not isinstance(value, str):
        return False
    try:
        parse_address(value.strip())
    except ValueError:
        found = _URL.fullmatch(value.strip())
        if found is None:
            return False
        host = found["host"]
        return _is_address(host[1:-1]) if host.startswith("[") else _is_domain(host)
    return True


def _are_addresses(value: t.Any) -> bool:
    return _is_address(value) or (isinstance(value, list) and all(map(_is_address, value)))


def is_class(value: t.Any) -> bool:
    return isinstance(value, str) and _CLASS.fullmatch(value) is not None


def _is_path(value: t.Any) -> bool:
    return isinstance(value, str) and _PATH.fullmatch(value) is not None


def _is_region(value: t.Any) -> bool:
    return isinstance(value, str) and _REGION.fullmatch(value) is not None


def _is_server_id(value: t.Any) -> bool:
    return value == "localhost" or is_number(value)


def _is_key_algorithm(value: t.Any) -> bool:
    return isinstance(value, str) and value.strip().rstrip(".").lower() in KEY_ALGORITHMS


_OF_SERVER: t.Mapping[str, Rule] = {
    "type": _one_of(TYPES),
    "server": _is_address,
    "port": is_number,
    "key_name": _is_domain,
    "key_algorithm": _is_key_algorithm,
    "timeout": is_number,
    "propagation_servers": _are_addresses,
}
_OF_DRIVER: t.Mapping[str, Rule] = {
    "type": _one_of(TYPES),
    "class": is_class,
    "atomicity": _one_of((ZONE_ATOMIC, NOT_ATOMIC)),
    "txt": _one_of((PLAIN, ESCAPED)),
    "concurrency": is_number,
    "propagation_servers": _are_addresses,
}
_OF_CLASS: t.Mapping[str, Rule] = {
    "host": _is_address,
    "server": _is_address,
    "server_id": _is_server_id,
    "region": _is_region,
    "scheme": _one_of(("http", "https")),
    **dict.fromkeys(("port", "timeout", "retries"), is_number),
}
"""Options of a class whose values may be shown. Everything else may be a secret, or have one in it."""


def is_harmless(option: str, value: t.Any) -> bool:
    """Whether an option of a class may be shown."""
    return option in _OF_CLASS and _OF_CLASS[option](value)


class _Hider:
    """Makes the form of O(dns) that may be shown, and collects what it hides."""

    def __init__(self) -> None:
        self.secrets: list[str] = []

    def options(self, given: t.Any) -> t.Any:
        """All of O(dns)."""
        if not isinstance(given, dict):
            return self.hidden(given)
        providers = given.get("providers")
        there = providers.items() if isinstance(providers, dict) else ()
        is_provider = _one_of({str(name) for name, options in there if isinstance(options, dict)})
        rules = {**_OF_SERVER, TASK_FILE: _is_path, "accept": _one_of((BEST_EFFORT,)), "default": is_provider}
        result = {}
        for name, value in given.items():
            if name == "providers" and isinstance(value, dict):
                result[name] = {self._provider_name(each, of): self._provider(of) for each, of in value.items()}
            elif name == "zones" and isinstance(value, dict):
                result[name] = {
                    self._if(_is_domain, pattern): self._if(is_provider, each) for pattern, each in value.items()
                }
            else:
                result[self._key(name)] = self._option(rules, name, value)
        return result

    def _provider(self, given: t.Any) -> t.Any:
        if not isinstance(given, dict):
            return self.hidden(given)
        if given.get("type", "rfc2136") == "rfc2136" and "class" not in given:
            return {self._key(name): self._option(_OF_SERVER, name, value) for name, value in given.items()}
        rules = {**_OF_CLASS, **_OF_DRIVER}
        return {
            self._key(name): {self._key(inner): self._option(_OF_CLASS, inner, each) for inner, each in value.items()}
            if name == "options" and isinstance(value, dict)
            else self._option(rules, name, value)
            for name, value in given.items()
        }

    def _provider_name(self, name: t.Any, of: t.Any) -> t.Any:
        # The name of a provider is in every result. Without options behind it, it is something else.
        return str(name) if isinstance(of, dict) else self._key(name)

    def _key(self, name: t.Any) -> str:
        return t.cast(str, self._if(_one_of(KNOWN), name))

    def _option(self, rules: t.Mapping[str, Rule], name: t.Any, value: t.Any) -> t.Any:
        return self._if(rules.get(name, _never), value)

    def _if(self, rule: Rule, value: t.Any) -> t.Any:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str) and value.startswith(ENVIRONMENT):
            return self._from_environment(rule, value[len(ENVIRONMENT) :])
        if rule(value):
            return value
        return HIDDEN if rule is not _never and _is_word(value) else self.hidden(value)

    def _from_environment(self, rule: Rule, written: str) -> str:
        variable, slash, default = written.partition("/")
        if not _VARIABLE.fullmatch(variable):
            return self.hidden(written)
        found = os.environ.get(variable, default)
        if not rule(found):
            self.hidden(found)
        if slash and not rule(default):
            self.hidden(default)
            default = HIDDEN
        return f"{ENVIRONMENT}{variable}{slash}{default}"

    def hidden(self, value: t.Any) -> str:
        self.secrets.extend(texts(value))
        return HIDDEN


def _never(_value: t.Any) -> bool:
    return False


def hide_secrets(given: t.Any) -> tuple[t.Any, list[str]]:
    """O(dns) as it may be shown, and the texts in it that may not."""
    hider = _Hider()
    return hider.options(given), hider.secrets


def redactor_of(given: t.Any) -> Redactor:
    """Hides what of O(dns) may not be shown, and parts of it, in lower case too: messages may name such."""
    _shown, secrets = hide_secrets(given)
    pieces = [piece for secret in secrets for piece in _PIECES.findall(secret) if len(piece) >= _PIECE]
    return Redactor(dict.fromkeys(text for each in (*secrets, *pieces) for text in (each, each.lower())))


def texts(value: t.Any, *, words: bool = False) -> t.Iterator[str]:
    """All that may be a secret in ``value``. A password of digits is a number in YAML, if it has no quotes.

    :param words: also the keys of mappings that look like names of options.
    """
    if isinstance(value, dict):
        for name, each in value.items():
            if words or not _is_word(name):
                yield from texts(name)
            yield from texts(each, words=words)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from texts(each, words=words)
    elif isinstance(value, bytes):
        yield value.decode("utf-8", "replace")
    elif isinstance(value, str) or (isinstance(value, (int, float)) and len(str(value)) >= _NUMBER_OF_DIGITS):
        yield str(value)


class DnsParameter(dict[str, t.Any]):
    """The option O(dns) of a module: a mapping as it may be shown, logged and returned, with the real one beside it."""

    def __init__(self, given: t.Any = ()) -> None:
        """
        :param given: what is no mapping is refused by ``parse_dns_options``, and never here: Ansible would show it
            with the other options. Without it, the mapping is empty: Ansible makes one so and fills it when it copies
            a result.
        """
        if isinstance(given, str):
            try:
                given = check_type_dict(given)
            except TypeError:
                register_secret(given)
        elif given == ():
            given = {}
        try:
            given = plain_data(given, "dns")
            shown, secrets = hide_secrets(given)
        except BadInputError:  # ``parse_dns_options`` tells it
            shown, secrets = {}, []
        self.given = given
        super().__init__(shown if isinstance(shown, dict) else {})
        for secret in secrets:
            register_secret(secret)


class _DnsType(str):
    """The type of O(dns): Ansible calls it, before it logs or returns anything. For documentation it is a C(dict)."""

    def __call__(self, given: t.Any) -> DnsParameter:
        return DnsParameter(given)


DNS_TYPE = _DnsType("dict")
