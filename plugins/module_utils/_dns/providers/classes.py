# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python classes by their path, for providers outside this collection."""

from __future__ import annotations

import importlib
import logging
import sys
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, MissingLibraryError


def load_octodns_class(path: str) -> t.Any:
    """The provider class of octoDNS at ``path``.

    :raises MissingLibraryError: octoDNS or the package of the class is not installed.
    :raises BadInputError: it is not such a class.
    """
    try:
        from octodns.provider.base import BaseProvider
    except ImportError:
        own = path.partition(".")[0]
        published = [own] if own.startswith("octodns_") else []
        raise _not_installed("octodns", path, _pip_install("octodns", *published)) from None
    if not logging.getLogger().handlers:
        # Without a handler, Python writes octoDNS's warnings and errors to stderr; they may contain response bodies.
        logging.getLogger().addHandler(logging.NullHandler())
    provider_class = load_class(path, published=True)
    if not (isinstance(provider_class, type) and issubclass(provider_class, BaseProvider)):
        raise BadInputError(
            f"class: {path} is not a provider of octoDNS.",
            hint="Give the class path from its documentation, for example octodns_powerdns.PowerDnsProvider.",
        )
    return provider_class


def load_class(path: str, *, published: bool = False) -> t.Any:
    """Import C(package.module.Name).

    :param published: its package is on a package index. For the user's own class, installing a package of that name
        would run a stranger's code.
    :raises MissingLibraryError: there is no such module.
    :raises BadInputError: it has no such name, or cannot be imported.
    """
    module_name, _dot, name = path.rpartition(".")
    if not module_name or not all(part.isidentifier() for part in path.split(".")):
        raise BadInputError(
            f"class: {path!r} is not the path of a Python class.", hint="Use the form package.module.Class."
        )
    try:
        with foreign_code():
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = (error.name or module_name).partition(".")[0]
        hint = f"Put it where {sys.executable} finds it, for example with PYTHONPATH."
        if published:
            hint = _pip_install(missing)
        raise _not_installed(missing, path, hint) from None
    except Exception as error:
        raise BadInputError(
            f"class: {module_name} cannot be imported ({type(error).__name__}).",
            hint=f"To see why, run {sys.executable} -c 'import {module_name}' where the module runs.",
        ) from None
    found = getattr(module, name, None)
    if found is None:
        raise BadInputError(f"class: {module_name} has no {name}.", hint="Check the spelling.")
    return found


def _pip_install(*modules: str) -> str:
    """:param modules: the packages have the same names, with dashes."""
    packages = " ".join(module.replace("_", "-") for module in modules)
    return f"Install it there, for example: {sys.executable} -m pip install {packages}"


def _not_installed(module: str, path: str, hint: str) -> MissingLibraryError:
    return MissingLibraryError(
        f"The Python module {module}, which {path} needs, is not installed for {sys.executable}.", hint=hint
    )
