# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Python classes by their path, for providers outside this collection."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import logging
import sys
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.foreign import foreign_code
from ansible_collections.hosting.websec.plugins.module_utils._dns.providers.hiding import is_class
from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError, MissingLibraryError
from ansible_collections.hosting.websec.plugins.module_utils._secrets import HIDDEN


def load_octodns_class(path: str) -> t.Any:
    """The provider class of octoDNS at ``path``.

    :raises MissingLibraryError: octoDNS or the package of the class is not installed.
    :raises BadInputError: it is not such a class.
    """
    try:
        from octodns.provider.base import BaseProvider
    except ImportError:
        own = _shown(path).partition(".")[0]
        published = [own] if own.startswith("octodns_") else []
        raise _not_installed("octodns", path, _pip_install("octodns", *published)) from None
    if not logging.getLogger().handlers:
        # Without a handler, Python writes octoDNS's warnings and errors to stderr; they may contain response bodies.
        logging.getLogger().addHandler(logging.NullHandler())
    provider_class = load_class(path, published=True)
    if not (isinstance(provider_class, type) and issubclass(provider_class, BaseProvider)):
        raise BadInputError(
            f"class: {_shown(path)} is not a provider of octoDNS.",
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
            f"class: {_shown(path)} is not the path of a Python class.", hint="Use the form package.module.Class."
        )
    shown_module = module_name if is_class(path) else HIDDEN
    try:
        with foreign_code():
            module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        missing = (error.name or module_name).partition(".")[0]
        if not is_class(path) and module_name.startswith(missing):
            raise _not_installed(HIDDEN, path, "Check class: the form is package.module.Class.") from None
        hint = f"Put it where {sys.executable} finds it, for example with PYTHONPATH."
        if published:
            hint = _pip_install(missing)
        raise _not_installed(missing, path, hint) from None
    except Exception as error:
        raise BadInputError(
            f"class: {shown_module} cannot be imported ({type(error).__name__}).",
            hint=f"To see why, run {sys.executable} -c 'import {shown_module}' where the module runs.",
        ) from None
    found = getattr(module, name, None)
    if found is None:
        shown_name = name if is_class(path) else HIDDEN
        raise BadInputError(f"class: {shown_module} has no {shown_name}.", hint="Check the spelling.")
    return found


def _shown(path: str) -> str:
    """A class path for messages. What does not look like one may be a secret in a wrong place."""
    return path if is_class(path) else HIDDEN


def unknown_options(made: t.Any, given: t.Iterable[str]) -> list[str]:
    """The names in ``given`` that a class does not take. It may repeat them in an error, and they may be secrets."""
    taken: set[str] = set()
    for each in getattr(made, "__mro__", (made,)):
        # Not all classes have a signature.
        with contextlib.suppress(TypeError, ValueError):
            taken.update(inspect.signature(each).parameters)
    return [name for name in given if name not in taken]


def _pip_install(*modules: str) -> str:
    """:param modules: the packages have the same names, with dashes."""
    packages = " ".join(module.replace("_", "-") for module in modules)
    return f"Install it there, for example: {sys.executable} -m pip install {packages}"


def _not_installed(module: str, path: str, hint: str) -> MissingLibraryError:
    return MissingLibraryError(
        f"The Python module {module}, which {_shown(path)} needs, is not installed for {sys.executable}.", hint=hint
    )
