# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import dataclasses
import typing as t
from pathlib import Path

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._http.settings import HttpSettings, check_url


@pytest.mark.parametrize(
    ("url", "checked"),
    [
        ("https://api.sitelock.com/v1/partner", "https://api.sitelock.com/v1/partner"),
        ("https://api.sitelock.com/v1/partner/", "https://api.sitelock.com/v1/partner"),
        ("HTTPS://api.example.com", "HTTPS://api.example.com"),
        ("https://10.0.0.1:8443/api", "https://10.0.0.1:8443/api"),
        ("http://127.0.0.1:8080/v1/partner", "http://127.0.0.1:8080/v1/partner"),
        ("http://127.8.9.10", "http://127.8.9.10"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://LOCALHOST:8080", "http://LOCALHOST:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_https_anywhere_and_http_on_loopback_are_taken(url: str, checked: str) -> None:
    assert check_url(url, "api_url") == checked


@pytest.mark.parametrize(
    "url",
    [
        "http://api.sitelock.com/v1/partner",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1\\.example.com",
        "http://[2001:db8::1]",
    ],
)
def test_plain_http_over_the_wire_is_refused(url: str) -> None:
    with pytest.raises(BadInputError, match=r"api_url is plain http:// to .* clear text") as refused:
        check_url(url, "api_url")
    assert "https://" in refused.value.hint


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "//api.example.com",
        "ftp://example.com",
        "file:///etc/passwd",
        "https://",
        "https:///path",
        "https://[::1",
        "https://example.com:99999",
        "https://example.com:port",
        "http://::1/",
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadInputError, match="api_url must be an address that starts with https://"):
        check_url(url, "api_url")


@pytest.mark.parametrize(
    "url",
    [
        "https://user@example.com",
        "https://user:hunter2@example.com",
        "https://example.com?key=hunter2",
        "https://example.com/#hunter2",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1\\@example.com",
        "http://127.0.0.1#@example.com",
    ],
)
def test_secrets_and_tricks_in_an_address_are_refused_and_not_shown(url: str) -> None:
    with pytest.raises(BadInputError) as refused:
        check_url(url, "api_url")
    assert "hunter2" not in str(refused.value) + refused.value.hint


GOOD = dataclasses.asdict(HttpSettings())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timeout": 0}, "timeout is 0; it must be greater than 0 seconds"),
        ({"timeout": -5}, "timeout is -5"),
        ({"retries": -1}, "retries is -1; it must be 0 or greater"),
        ({"record_answers": "answers"}, "record_answers is answers, which is not an absolute path"),
        ({"client_key": "/key.pem"}, "client_key is given without client_cert"),
        ({"ca_path": "/no/such.pem"}, "ca_path: the file /no/such.pem does not exist"),
        ({"client_cert": "/no/such.pem"}, "client_cert: the file /no/such.pem does not exist"),
    ],
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, t.Any], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        HttpSettings.from_options({**GOOD, **wrong})


def test_settings_come_from_the_options_and_others_do_not_matter(tmp_path: Path) -> None:
    options = {**GOOD, "ca_path": str(tmp_path), "timeout": 7, "retries": 0, "api_url": "x", "validate_certs": False}
    settings = HttpSettings.from_options(options)
    assert settings == HttpSettings(validate_certs=False, ca_path=str(tmp_path), timeout=7, retries=0)
