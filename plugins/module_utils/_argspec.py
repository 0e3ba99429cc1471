# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Option specs that can be combined: those of a module, and those that all modules of a vendor share."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible.module_utils.common.parameters import env_fallback

Spec = dict[str, dict[str, t.Any]]


@dataclasses.dataclass(frozen=True)
class ArgumentSpec:
    """Options and the rules between them, as ``AnsibleModule`` names them."""

    options: Spec = dataclasses.field(default_factory=dict)
    mutually_exclusive: tuple[tuple[str, ...], ...] = ()
    required_together: tuple[tuple[str, ...], ...] = ()
    required_one_of: tuple[tuple[str, ...], ...] = ()

    def merge(self, other: ArgumentSpec) -> ArgumentSpec:
        """Both specs combined. An option in both is a bug in this collection (``ValueError``)."""
        twice = sorted(self.options.keys() & other.options.keys())
        if twice:
            raise ValueError(f"options defined twice: {', '.join(twice)}")
        return ArgumentSpec(
            options={**self.options, **other.options},
            mutually_exclusive=self.mutually_exclusive + other.mutually_exclusive,
            required_together=self.required_together + other.required_together,
            required_one_of=self.required_one_of + other.required_one_of,
        )

    def to_kwargs(self) -> dict[str, t.Any]:
        """Keyword arguments for ``AnsibleModule``."""
        return {
            "argument_spec": self.options,
            "mutually_exclusive": [list(names) for names in self.mutually_exclusive],
            "required_together": [list(names) for names in self.required_together],
            "required_one_of": [list(names) for names in self.required_one_of],
        }


def from_environment(variable: str, **option: t.Any) -> dict[str, t.Any]:
    """An option that falls back to an environment variable."""
    return {**option, "fallback": (env_fallback, [variable])}


def http_options(prefix: str) -> ArgumentSpec:
    """Options of an HTTP client, see ``_http.settings.HttpSettings``.

    :param prefix: start of the environment variables, for example C(SITELOCK).
    """
    return ArgumentSpec(
        options={
            "validate_certs": from_environment(f"{prefix}_VALIDATE_CERTS", type="bool", default=True),
            "ca_path": from_environment(f"{prefix}_CA_PATH", type="path"),
            "client_cert": from_environment(f"{prefix}_CLIENT_CERT", type="path"),
            "client_key": from_environment(f"{prefix}_CLIENT_KEY", type="path", no_log=False),
            "timeout": from_environment(f"{prefix}_TIMEOUT", type="int", default=30),
            "retries": from_environment(f"{prefix}_RETRIES", type="int", default=3),
            "requests_per_second": from_environment(f"{prefix}_REQUESTS_PER_SECOND", type="float"),
            "record_answers": from_environment(f"{prefix}_RECORD_ANSWERS", type="path"),
        },
    )


def bulk_options() -> ArgumentSpec:
    """Options of every module that acts on a list."""
    return ArgumentSpec(
        options={
            "concurrency": {"type": "int", "default": 8},
            "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
        },
    )


def run_context_options() -> ArgumentSpec:
    """Options of a module with long tasks, as in the documentation fragment P(hosting.websec.run_context)."""
    return ArgumentSpec(
        options={
            "deadline": {"type": "float"},
            # The action plugin of the module evaluates this.
            "results": {"type": "str", "choices": ["all", "notable"], "default": "all"},
            "progress_file": {"type": "path"},
        },
    )
