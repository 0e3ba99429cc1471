# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One call of any method by its name, for methods without a module of their own."""

from __future__ import annotations

import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._effects import Effect
from ansible_collections.hosting.websec.plugins.module_utils._errors import (
    BadInputError,
    OutcomeUnknownError,
    WebsecError,
)
from ansible_collections.hosting.websec.plugins.module_utils._results import failure
from ansible_collections.hosting.websec.plugins.module_utils._secrets import register_secret
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.client import SiteLockClient
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods import METHODS, Method, find
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.methods.definition import texts_under
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.responses import refusal, text
from ansible_collections.hosting.websec.plugins.module_utils._sitelock.xml import encode
from ansible_collections.hosting.websec.plugins.module_utils._texts import shortened

EFFECTS = tuple(effect.value for effect in Effect)

_MAX_SHOWN = 60


def call(options: t.Mapping[str, t.Any], *, check_mode: bool, hidden: bool) -> dict[str, t.Any]:
    """Call a method; the result of the task.

    :param options: connection options, C(method), C(parameters), C(secret_parameters) and C(effect).
    :param hidden: the task has C(no_log), so its result is not shown.
    :raises WebsecError: the call was refused before it was sent, or it failed.
    """
    public, secret = options["parameters"] or {}, options["secret_parameters"] or {}
    parameters = _merged(public, secret)
    method = _method(options["method"], parameters, options["effect"])
    shown = sorted(method.secrets & {name for name in method.secrets if any(texts_under({name}, public))})
    if shown:
        raise BadInputError(
            f"{method.name}: {', '.join(shown)} is a secret and must not be in parameters, which Ansible logs.",
            hint="Move it to secret_parameters, in the same place. Change the secret if it was logged.",
        )
    if method.answer_secrets and not hidden:
        raise BadInputError(
            f"{method.name} answers with a secret ({', '.join(sorted(method.answer_secrets))}), and the task would "
            "show it.",
            hint="Nothing was sent. Set no_log: true on the task.",
        )
    told: dict[str, t.Any] = {"changed": method.effect is not Effect.READ, "effect": method.effect.value}
    if check_mode and method.effect is not Effect.READ:
        # Report a request that cannot be sent now.
        encode(method, parameters, {})
        return {**told, "sent": False, "answer": {}}
    with SiteLockClient.from_options(options, read_only=method.effect is Effect.READ) as client:
        answer = _answer(client, method, parameters)
    for value in _secrets_in(answer, method):
        register_secret(value)
    told = {**told, "sent": True, "answer": answer}
    refused, accepted = _items(answer, method)
    if refused:
        return {**failure(refused[0]), **told, "changed": accepted}
    return told


def _method(name: str, parameters: t.Mapping[str, t.Any], effect: str | None) -> Method:
    known = find(name, parameters)
    if known is not None:
        if effect is not None:
            raise BadInputError(
                f"effect must not be set for {name}: this collection knows that its effect is {known.effect.value}."
            )
        return known
    shown = shortened(name, _MAX_SHOWN)
    near = next((each.name for each in METHODS if each.is_answered_by(name.strip())), None)
    if near:
        raise BadInputError(f"{shown} is not a method of the SiteLock API: it is spelled {near}.")
    if name.lower() == "authentication":
        raise BadInputError(f"{shown} is not a method of the SiteLock API.")
    if effect is None:
        raise BadInputError(
            f"{shown} is not a known method of the SiteLock API, so effect is required.",
            hint="Check the spelling. If the vendor documents this method, set effect: read if it changes nothing, and "
            "buy, destroy, change or action otherwise.",
        )
    return Method(name, Effect(effect))


def _merged(public: t.Mapping[str, t.Any], secret: t.Mapping[str, t.Any], path: str = "") -> dict[str, t.Any]:
    """Both merged into one request. A key that is in both must be a dictionary in both."""
    merged = dict(public)
    for name, value in secret.items():
        if name not in merged:
            merged[name] = value
        elif isinstance(merged[name], t.Mapping) and isinstance(value, t.Mapping):
            merged[name] = _merged(merged[name], value, f"{path}{name}/")
        else:
            raise BadInputError(f"{path}{name} is given in parameters and in secret_parameters.")
    return merged


def _answer(client: SiteLockClient, method: Method, parameters: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    try:
        return client.call(method, parameters)
    except WebsecError as error:
        if method.effect is Effect.READ or not error.may_have_happened:
            raise
        raise OutcomeUnknownError(
            f"{method.name} was sent, but its outcome is unknown. {error.message}",
            hint="Nothing was sent again. Read the current state at the vendor before you run this task again.",
            code=error.code,
            http_status=error.http_status,
            may_have_happened=True,
        ) from None


def _secrets_in(answer: t.Any, method: Method) -> t.Iterator[str]:
    yield from texts_under(method.answer_secrets, answer)
    if method.answer_secrets:
        # Since January 2026 the link of createToken is in an undocumented element.
        yield from (link for link in _texts(answer) if link.lower().startswith("https://"))


def _texts(data: t.Any) -> t.Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, (dict, list)):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)


def _items(answer: t.Mapping[str, t.Any], method: Method) -> tuple[list[WebsecError], bool]:
    """The refused items of a batch, each with its own status, and whether another item was accepted."""
    refused: list[WebsecError] = []
    accepted = False
    for item in _elements(answer, method.batch[1]) if method.batch else ():
        if not isinstance(item, dict):
            continue
        if text(item, "status") == "error" and text(item, "will_retry") != "1":
            message = text(item, "error_message") or text(item, "message") or text(item, "error")
            code = text(item, "error_code") or text(item, "code")
            refused.append(refusal(f"{method.name}: ", message, code, text(item, "extended_error_code")))
        else:
            accepted = True
    return refused, accepted


def _elements(data: t.Any, name: str) -> t.Iterator[t.Any]:
    """All elements of this name in a response. They are a list, because the table declares that they repeat."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == name and isinstance(value, list):
                yield from value
            else:
                yield from _elements(value, name)
    elif isinstance(data, list):
        for each in data:
            yield from _elements(each, name)
