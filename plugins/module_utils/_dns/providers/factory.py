# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From the options of a provider to the provider."""

from __future__ import annotations

from ansible_collections.hosting.websec.plugins.module_utils._dns.client import DnsClient
from ansible_collections.hosting.websec.plugins.module_utils._dns.options import server_settings
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.classes import load_class, unknown_options
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.custom import CustomProvider
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.interface import (
    NOT_ATOMIC,
    ZONE_ATOMIC,
    Provider,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.library_errors import library_error
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns import (
    OctodnsProvider,
    OctodnsSettings,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.octodns_values import ESCAPED, PLAIN
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.option_names import (
    FLAT,
    OCTODNS,
    PYTHON,
    RFC2136,
    TYPES,
    named,
)
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.options import ProviderOptions
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.rfc2136 import Rfc2136Provider
from ansible_collections.hosting.websec.plugins.module_utils._run_context import RunContext
from ansible_collections.hosting.websec.plugins.module_utils._secrets import Redactor

_SERVER_DEFAULTS = {"port": 53, "key_algorithm": "hmac-sha256", "timeout": 10}

_KNOWN_ATOMICITY = {
    # One PATCH, in one transaction of its backend.
    "octodns_powerdns.PowerDnsProvider": ZONE_ATOMIC,
    # One change batch, as long as it has at most 1,000 records.
    "octodns_route53.Route53Provider": ZONE_ATOMIC,
}
_KNOWN_TEXTS = {"octodns_powerdns.PowerDnsProvider": ESCAPED}

DEFAULT_CONCURRENCY = 4


def build_provider(options: ProviderOptions, *, read_only: bool, concurrency: int, context: RunContext) -> Provider:
    """Make the provider, without a call.

    :raises WebsecError: its options are invalid, or a library is missing.
    """
    if options.type == RFC2136:
        return _rfc2136(options, read_only, concurrency, context)
    if options.type == OCTODNS:
        return _octodns(options, read_only, context)
    if options.type == PYTHON:
        return _custom(options, read_only)
    raise options.wrong(f"there is no type {named(options.type)}.", hint=f"Types are {', '.join(TYPES)}.")


def _rfc2136(options: ProviderOptions, read_only: bool, concurrency: int, context: RunContext) -> Provider:
    if "class" in options.given:
        raise options.wrong("it has a class, but its type is rfc2136.", hint="Set type to octodns or python.")
    options.refuse_unknown(("type", *FLAT))
    for name in ("server", "key_name", "key_secret", "key_algorithm"):
        if isinstance(options.given.get(name), (dict, list)):
            raise options.wrong(f"{name} is not a text.")
    given = {**_SERVER_DEFAULTS, **options.resolved(dict(options.given))}
    if not given.get("server"):
        raise options.wrong("it has no server.", hint="Set server to the primary name server of its zones.")
    if bool(given.get("key_name")) != bool(given.get("key_secret")):
        lacking = "key_secret" if given.get("key_name") else "key_name"
        raise options.wrong(f"it has no credentials: {lacking} is missing.", hint="Give both or neither.")
    given["port"], given["timeout"] = (
        ProviderOptions(options.name, options.type, given).number(name, 1) for name in ("port", "timeout")
    )
    client = DnsClient(server_settings(given), read_only=read_only)
    return Rfc2136Provider(client, options.propagation_servers(), concurrency=concurrency, context=context)


def _octodns(options: ProviderOptions, read_only: bool, context: RunContext) -> Provider:
    path = _class_path(options)
    return OctodnsProvider(
        OctodnsSettings(
            name=options.name,
            class_path=path,
            options=options.class_options(),
            secrets=options.secrets(),
            atomicity=options.choice("atomicity", (ZONE_ATOMIC, NOT_ATOMIC), _KNOWN_ATOMICITY.get(path, NOT_ATOMIC)),
            texts=options.choice("txt", (PLAIN, ESCAPED), _KNOWN_TEXTS.get(path, PLAIN)),
            concurrency=options.number("concurrency", DEFAULT_CONCURRENCY),
            propagation_servers=options.propagation_servers(),
        ),
        read_only=read_only,
        context=context,
    )


def _custom(options: ProviderOptions, read_only: bool) -> Provider:
    made = load_class(_class_path(options))
    given = options.class_options()
    secrets = (*options.secrets(), *unknown_options(made, given))
    try:
        with foreign_code():
            inner = made(**given)
    except Exception as error:
        problem, _again = library_error(error, label=options.name, doing="set up", redact=Redactor(secrets))
        raise options.wrong(
            f"{options.class_path} does not accept its options: {problem.message}", hint="Check the options."
        ) from None
    return CustomProvider(
        options.name,
        inner,
        secrets=secrets,
        propagation_servers=options.propagation_servers(),
        read_only=read_only,
    )


def _class_path(options: ProviderOptions) -> str:
    if not options.class_path:
        raise options.wrong(
            f"its type is {options.type}, but it has no class.",
            hint="Give the path of its class: package.module.Class.",
        )
    return options.class_path
