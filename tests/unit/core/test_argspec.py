# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import env_fallback

from ansible_collections.hosting.websec.plugins.module_utils._argspec import (
    ArgumentSpec,
    bulk_options,
    from_environment,
    http_options,
)
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.options import sitelock_options


def test_specs_are_put_together_and_neither_is_changed() -> None:
    one = ArgumentSpec({"a": {"type": "int"}}, mutually_exclusive=(("a", "b"),))
    other = ArgumentSpec({"b": {"type": "str"}}, required_together=(("a", "b"),), required_one_of=(("a", "b"),))
    assert one.merge(other).to_kwargs() == {
        "argument_spec": {"a": {"type": "int"}, "b": {"type": "str"}},
        "mutually_exclusive": [["a", "b"]],
        "required_together": [["a", "b"]],
        "required_one_of": [["a", "b"]],
    }
    assert list(one.options) == ["a"]
    assert list(other.options) == ["b"]


def test_an_option_that_both_have_is_a_mistake() -> None:
    spec = ArgumentSpec({"b": {}, "a": {}})
    with pytest.raises(ValueError, match="options defined twice: a, b"):
        spec.merge(spec)


def test_an_option_can_come_from_the_environment() -> None:
    option = from_environment("X_TIMEOUT", type="int", default=5)
    assert option == {"type": "int", "default": 5, "fallback": (env_fallback, ["X_TIMEOUT"])}


ENVIRONMENT = {
    "SITELOCK_API_URL": ("api_url", "https://proxy.example.com", "https://proxy.example.com"),
    "SITELOCK_API_USERNAME": ("api_username", "me", "me"),
    "SITELOCK_API_PASSWORD": ("api_password", "hunter2", "hunter2"),
    "SITELOCK_API_CLIENT_ID": ("api_client_id", "it", "it"),
    "SITELOCK_API_CLIENT_SECRET": ("api_client_secret", "hunter3", "hunter3"),
    "SITELOCK_API_TOKEN_URL": ("api_token_url", "https://proxy.example.com/token", "https://proxy.example.com/token"),
    "SITELOCK_API_PARTNER": ("api_partner", "Brand", "Brand"),
    "SITELOCK_VALIDATE_CERTS": ("validate_certs", "no", False),
    "SITELOCK_CA_PATH": ("ca_path", "/ca.pem", "/ca.pem"),
    "SITELOCK_CLIENT_CERT": ("client_cert", "/cert.pem", "/cert.pem"),
    "SITELOCK_CLIENT_KEY": ("client_key", "/key.pem", "/key.pem"),
    "SITELOCK_TIMEOUT": ("timeout", "7", 7),
    "SITELOCK_RETRIES": ("retries", "0", 0),
    "SITELOCK_REQUESTS_PER_SECOND": ("requests_per_second", "2.5", 2.5),
    "SITELOCK_RECORD_ANSWERS": ("record_answers", "/answers", "/answers"),
}


def validated(**given: t.Any) -> dict[str, t.Any]:
    result = ArgumentSpecValidator(sitelock_options().options).validate(given)
    assert result.error_messages == []
    return dict(result.validated_parameters)


def test_each_connection_option_has_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, (_option, text, _value) in ENVIRONMENT.items():
        monkeypatch.setenv(variable, text)
    options = validated()
    assert options == {option: value for option, _text, value in ENVIRONMENT.values()}
    assert list(sitelock_options().options) == [option for option, _text, _value in ENVIRONMENT.values()]


def test_an_option_goes_before_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, (_option, text, _value) in ENVIRONMENT.items():
        monkeypatch.setenv(variable, text)
    options = validated(api_url="https://api.example.com", timeout=9, validate_certs=True)
    assert (options["api_url"], options["timeout"], options["validate_certs"]) == ("https://api.example.com", 9, True)


def test_without_both_there_are_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ENVIRONMENT:
        monkeypatch.delenv(variable, raising=False)
    options = validated(api_username="me", api_password="x")
    assert options["api_url"] == "https://api.sitelock.com/v1/partner"
    assert HttpSettings.from_options(options) == HttpSettings()
    assert options["api_token_url"] == "https://api.sitelock.com/v2/oauth2/token"


def test_only_the_secrets_are_hidden() -> None:
    hidden = {name: option.get("no_log") for name, option in sitelock_options().options.items()}
    assert [name for name, no_log in hidden.items() if no_log] == ["api_password", "api_client_secret"]
    # These options look like secrets by their names, but are a path and an address.
    assert (hidden["client_key"], hidden["api_token_url"]) == (False, False)


def test_the_options_of_a_client_are_those_of_its_settings() -> None:
    assert sorted(http_options("X").options) == sorted(HttpSettings.__dataclass_fields__)
    defaults = HttpSettings()
    for name, option in http_options("X").options.items():
        assert option.get("default") == getattr(defaults, name)
    assert {name: option["default"] for name, option in bulk_options().options.items()} == {
        "concurrency": 8,
        "on_error": "fail",
    }
