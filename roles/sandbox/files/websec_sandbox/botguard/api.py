# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One call of the BotGuard API: who asks, which operation, what to answer."""

from __future__ import annotations

import dataclasses
import json
import re
import secrets
import typing
import urllib.parse

from ..model import User, Website
from ..world import World

_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_STATUSES = ("online", "paused")
_USER_FIELDS = ("email", "first_name", "last_name", "company", "country", "address", "lang")
_FORM = "application/x-www-form-urlencoded"


@dataclasses.dataclass(frozen=True)
class Answer:
    """An HTTP answer: its status, its body, and what the journal says about it."""

    status: int
    body: bytes
    outcome: str
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


@dataclasses.dataclass(frozen=True)
class Call:
    """A call that was read. C(method) is for the journal: C(GET /website), C(PUT /website/{domain})."""

    verb: str
    resource: str
    key: str
    query: dict[str, str]
    content_type: str
    body: bytes

    @property
    def method(self) -> str:
        """The operation without the key of the thing."""
        placeholder = {"website": "/{domain}", "user": "/{id}"}.get(self.resource, "")
        return f"{self.verb} /{self.resource}{placeholder if self.key else ''}"

    @property
    def write(self) -> bool:
        """Whether the operation changes anything at the vendor."""
        return self.verb in ("POST", "PUT", "DELETE")

    @property
    def domain(self) -> str | None:
        """The domain of the website that the call is about."""
        if self.resource != "website":
            return None
        return self.key or (self.form().get("domain") if self.verb == "POST" else None)

    def form(self) -> dict[str, str]:
        """The fields of the body, when it is a form."""
        if self.content_type.partition(";")[0].strip().lower() != _FORM:
            return {}
        try:
            return dict(urllib.parse.parse_qsl(self.body.decode("utf-8"), keep_blank_values=True))
        except UnicodeDecodeError:
            return {}


def read(verb: str, path: str, content_type: str, body: bytes) -> Call:
    """Read a call; C(path) is the part below the base address, with the query."""
    location, _mark, query = path.partition("?")
    resource, _slash, key = location.strip("/").partition("/")
    return Call(verb, resource, urllib.parse.unquote(key), dict(urllib.parse.parse_qsl(query)), content_type, body)


def perform(world: World, call: Call, authorization: str, api_key: str) -> Answer:
    """Do what the call asks for, when it comes with the partner's key."""
    if not secrets.compare_digest(authorization.encode(), f"Bearer {api_key}".encode()):
        return _error(401, "Invalid API key")
    if call.verb in ("POST", "PUT") and not call.form():
        return _error(400, "The request body is not a form")
    handler = _HANDLERS.get((call.verb, call.resource, bool(call.key)))
    if handler is None:
        return _error(405 if call.resource in ("website", "user") else 404, "No such operation")
    with world.change():
        return handler(world, call)


def _list_websites(world: World, _call: Call) -> Answer:
    return _ok([_website_object(world, website) for website in world.websites.values()])


def _add_website(world: World, call: Call) -> Answer:
    form = call.form()
    domain, user = form.get("domain", ""), form.get("user", "")
    if set(form) - {"domain", "user"}:
        return _error(400, f"Unknown field {min(set(form) - {'domain', 'user'})}")
    if not _DOMAIN.fullmatch(domain):
        return _error(400, "Invalid domain")
    if user and user not in world.users:
        return _error(400, "Unknown user")
    if world.websites_named(domain) and world.settings.existing_website == "refuse":
        return _error(409, "Website already exists")
    website = world.add_website(domain, user)
    world.note_website("added", website)
    return _ok(_website_object(world, website))


def _get_website(world: World, call: Call) -> Answer:
    websites = world.websites_named(call.key)
    return _ok(_website_object(world, websites[0])) if websites else _not_found(world, "Website not found")


def _change_website(world: World, call: Call) -> Answer:
    websites = world.websites_named(call.key)
    if not websites:
        return _not_found(world, "Website not found")
    form = call.form()
    if set(form) != {"status"} or form["status"] not in _STATUSES:
        return _error(400, "The only field is status: online or paused")
    websites[0].status = form["status"]
    world.save(websites[0])
    return _ok(_website_object(world, websites[0]))


def _delete_website(world: World, call: Call) -> Answer:
    websites = world.websites_named(call.key)
    if not websites:
        return _not_found(world, "Website not found")
    world.remove_website(websites[0])
    world.note_website("deleted", websites[0])
    return _deleted(world, {"id": int(websites[0].id), "domain": websites[0].domain})


def _list_users(world: World, call: Call) -> Answer:
    wanted = call.query.get("email") if world.settings.user_filter == "honoured" else None
    return _ok([_user_object(user) for user in world.users.values() if wanted in (None, user.email)])


def _add_user(world: World, call: Call) -> Answer:
    form = call.form()
    if set(form) - set(_USER_FIELDS):
        return _error(400, f"Unknown field {min(set(form) - set(_USER_FIELDS))}")
    if "@" not in form.get("email", ""):
        return _error(400, "Invalid email")
    known = next((user for user in world.users.values() if user.email == form["email"]), None)
    if known and world.settings.existing_user == "refuse":
        return _error(409, "User already exists")
    if known and world.settings.existing_user == "return":
        return _ok(_user_object(known))
    return _ok(_user_object(world.add_user(secrets.token_hex(16), form)))


def _delete_user(world: World, call: Call) -> Answer:
    user = world.users.get(call.key)
    if not user:
        return _not_found(world, "User not found")
    world.remove_user(user)
    return _deleted(world, {"id": int(user.id)})


_HANDLERS: dict[tuple[str, str, bool], typing.Callable[[World, Call], Answer]] = {
    ("GET", "website", False): _list_websites,
    ("POST", "website", False): _add_website,
    ("GET", "website", True): _get_website,
    ("PUT", "website", True): _change_website,
    ("DELETE", "website", True): _delete_website,
    ("GET", "user", False): _list_users,
    ("POST", "user", False): _add_user,
    ("DELETE", "user", True): _delete_user,
}


def _website_object(world: World, website: Website) -> dict[str, typing.Any]:
    shown: dict[str, typing.Any] = {"id": int(website.id), "domain": website.domain, "status": website.status}
    primary, secondary = world.settings.primary_server, world.settings.secondary_server
    if world.settings.servers_form == "flat":
        shown.update(primary_server=primary, secondary_server=secondary)
    elif world.settings.servers_form == "list":
        shown["servers"] = [primary, secondary]
    owner = world.users.get(website.user)
    # The key of the sub-account is in the answer on purpose: who keeps or shows a website must take it out.
    shown["user"] = {"id": int(owner.id), "email": owner.email, "api_key": owner.api_key} if owner else None
    return shown


def _user_object(user: User) -> dict[str, typing.Any]:
    return {**dataclasses.asdict(user), "id": int(user.id)}


def _ok(content: object) -> Answer:
    return Answer(200, _json(content), "ok")


def _error(status: int, message: str) -> Answer:
    return Answer(status, _json({"status": "error", "message": message}), f"error: {message}")


def _not_found(world: World, message: str) -> Answer:
    form = world.settings.not_found
    if form == "null":
        return Answer(200, b"null", f"error: {message}")
    return _error(404 if form == "http_404_error" else 200, message)


def _deleted(world: World, content: object) -> Answer:
    return Answer(204, b"", "ok") if world.settings.delete_answer == "empty_204" else _ok(content)


def _json(content: object) -> bytes:
    return json.dumps(content).encode()
