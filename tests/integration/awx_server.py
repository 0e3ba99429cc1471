# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A small, strict stand-in of the REST API of AWX 24.6.1, as far as the role C(awx_setup) needs it.

It takes only the fields that the documentation of a resource has (C(/api/v2/) of AWX, the same as the options of the
modules), checks what they refer to, hides secrets as AWX does, and refuses what AWX refuses: a second object of a name,
the end of a credential type that is in use, and a job template whose project has not been updated.
"""

from __future__ import annotations

import dataclasses
import http.server
import json
import re
import threading
import types
import typing as t
from urllib.parse import parse_qs, urlsplit

TOKEN = "t0ken-of-awx"
Json = dict[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Kind:
    """A resource: its documented fields, with what they refer to or their type, and lists of others."""

    type: str
    fields: t.Mapping[str, type | str]
    required: frozenset[str] = frozenset({"name"})
    lists: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    unique: tuple[str, ...] = ("name", "organization")


TEXT: Json = {"name": str, "description": str}
NOTIFIED = {f"notification_templates_{when}": "notification_templates" for when in ("started", "success", "error")}
LAUNCH = {"extra_vars": str, "ask_variables_on_launch": bool, "survey_enabled": bool}
KINDS: dict[str, Kind] = {
    "organizations": Kind("organization", {**TEXT, "max_hosts": int}, unique=("name",)),
    "credential_types": Kind(
        "credential_type",
        {**TEXT, "kind": str, "inputs": dict, "injectors": dict, "managed": bool},
        frozenset({"name", "kind"}),
    ),
    "credentials": Kind(
        "credential",
        {**TEXT, "organization": "organizations", "credential_type": "credential_types", "inputs": dict},
        frozenset({"name", "credential_type"}),
        unique=("name", "organization", "credential_type"),
    ),
    "execution_environments": Kind(
        "execution_environment",
        {**TEXT, "organization": "organizations", "image": str, "credential": "credentials", "pull": str},
        frozenset({"name", "image"}),
        unique=("name",),
    ),
    "notification_templates": Kind(
        "notification_template",
        {
            **TEXT,
            "organization": "organizations",
            "notification_type": str,
            "notification_configuration": dict,
            "messages": dict,
        },
        frozenset({"name", "organization", "notification_type"}),
    ),
    "projects": Kind(
        "project",
        {
            **TEXT,
            "organization": "organizations",
            "scm_type": str,
            "scm_url": str,
            "scm_branch": str,
            "credential": "credentials",
            "scm_update_on_launch": bool,
        },
        lists=NOTIFIED,
    ),
    "inventories": Kind(
        "inventory",
        {**TEXT, "organization": "organizations", "kind": str, "host_filter": str, "variables": str},
        frozenset({"name", "organization"}),
    ),
    "inventory_sources": Kind(
        "inventory_source",
        {
            **TEXT,
            "inventory": "inventories",
            "source": str,
            "source_path": str,
            "source_project": "projects",
            "credential": "credentials",
            "execution_environment": "execution_environments",
            "overwrite": bool,
        },
        frozenset({"name", "inventory", "source"}),
        NOTIFIED,
        ("name", "inventory"),
    ),
    "job_templates": Kind(
        "job_template",
        {
            **TEXT,
            "organization": "organizations",
            "job_type": str,
            "inventory": "inventories",
            "project": "projects",
            "playbook": str,
            "execution_environment": "execution_environments",
            "allow_simultaneous": bool,
            "job_slice_count": int,
            "diff_mode": bool,
            **LAUNCH,
        },
        frozenset({"name", "project", "playbook"}),
        {**NOTIFIED, "credentials": "credentials"},
    ),
    "workflow_job_templates": Kind(
        "workflow_job_template",
        {**TEXT, "organization": "organizations", "allow_simultaneous": bool, **LAUNCH},
        lists={**NOTIFIED, "notification_templates_approvals": "notification_templates"},
    ),
    "workflow_job_template_nodes": Kind(
        "workflow_job_template_node",
        {
            "identifier": str,
            "type": str,
            "workflow_job_template": "workflow_job_templates",
            "unified_job_template": "unified_job_templates",
        },
        frozenset({"identifier", "workflow_job_template"}),
        {f"{when}_nodes": "workflow_job_template_nodes" for when in ("success", "failure", "always")},
        ("identifier", "workflow_job_template"),
    ),
    "workflow_approval_templates": Kind("workflow_approval_template", {**TEXT, "timeout": int}, unique=()),
    "schedules": Kind(
        "schedule",
        {**TEXT, "unified_job_template": "unified_job_templates", "rrule": str, "enabled": bool},
        frozenset({"name", "unified_job_template", "rrule"}),
        unique=("name", "unified_job_template"),
    ),
}
UNIFIED = ("job_templates", "workflow_job_templates", "projects", "inventory_sources", "workflow_approval_templates")
HIDDEN = "$encrypted$"
SECRETS_OF_NOTIFICATIONS = ("token", "password", "account_token")
CHOICES = {
    "job_type": ("run", "check"),
    "pull": ("", "always", "missing", "never"),
    "scm_type": ("", "git", "svn", "insights", "archive"),
    "notification_type": ("email", "slack", "webhook", "mattermost", "irc"),
}


class RefusedError(Exception):
    """:param status: of the answer. :param told: its body."""

    def __init__(self, status: int, **told: t.Any) -> None:
        super().__init__(told)
        self.status, self.told = status, told


class AwxServer:
    """Use as a context. C(writes) has method and path of every request that changed something.

    C(behaviour) is C(hang), C(html), or C(refuse) for each request; empty for a working one. C(refusals) has the status
    and the body of those to single lists, such as C(POST projects); with the status 0 they are never answered.
    """

    def __init__(self) -> None:
        self.behaviour = ""
        self.refusals: dict[str, tuple[int, Json]] = {}
        self.writes: list[str] = []
        self.objects: dict[str, dict[int, Json]] = {kind: {} for kind in KINDS}
        self.lists: dict[tuple[str, int, str], list[int]] = {}
        self._ended = threading.Event()
        self._next = 1
        self._lock = threading.Lock()
        self._create("organizations", {"name": "Default"})
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def handle_any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                status, told = server.answer(self.command, self.path, self.headers.get("Authorization", ""), body)
                content = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(0 if status == 204 else len(content)))
                self.send_header("X-API-Product-Name", "AWX")
                self.send_header("X-API-Product-Version", "24.6.1")
                self.end_headers()
                if status != 204:
                    self.wfile.write(content)

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> AwxServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: types.TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def named(self, kind: str) -> dict[str, Json]:
        return {each["name"]: each for each in self.objects[kind].values()}

    # Requests

    def answer(self, method: str, target: str, authorization: str, body: Json) -> tuple[int, t.Any]:
        if self.behaviour == "hang":
            self._ended.wait()
        if self.behaviour == "html":
            return 200, b"<html>It works!</html>"
        if self.behaviour == "refuse" or authorization != f"Bearer {TOKEN}":
            return 401, {"detail": "Authentication credentials were not provided. To establish a login session, ..."}
        url = urlsplit(target)
        parts = url.path.removeprefix("/api/v2/").strip("/").split("/")
        if not url.path.startswith("/api/v2/") or not url.path.endswith("/"):
            return 404, {"detail": "The requested resource could not be found."}
        status, told = self.refusals.get(f"{method} {parts[0]}", (-1, {}))
        if status == 0:
            self._ended.wait()
        if status > 0:
            return status, told
        with self._lock:
            try:
                return self._route(method, parts, {name: each[-1] for name, each in parse_qs(url.query).items()}, body)
            except RefusedError as error:
                return error.status, error.told

    def _route(self, method: str, parts: list[str], query: dict[str, str], body: Json) -> tuple[int, t.Any]:
        if (method, parts) == ("GET", ["me"]):
            return 200, {"count": 1, "next": None, "previous": None, "results": [{"id": 1, "username": "admin"}]}
        if method != "GET":
            self.writes.append(f"{method} {'/'.join(re.sub('^[0-9]+$', 'N', part) for part in parts)}")
        if parts[0] == "project_updates" and method == "GET":
            for project in self.objects["projects"].values():
                project["_updated"] = True
            return 200, {"id": int(parts[1]), "status": "successful"}
        if len(parts) == 1:
            return (200, self._listed(parts[0], query)) if method == "GET" else self._post(parts[0], method, body)
        kind, number = parts[0], int(parts[1])
        if number not in self.objects.get(kind, {}):
            raise RefusedError(404, detail="Not found.")
        if len(parts) == 3:
            return self._sub(method, kind, number, parts[2], body)
        if method == "GET":
            return 200, self._shown(kind, number)
        if method == "PATCH":
            self._check(kind, body, number)
            self._merge(kind, number, body)
            return 200, self._shown(kind, number)
        self._delete(kind, number)
        return 204, {}

    def _post(self, kind: str, method: str, body: Json) -> tuple[int, t.Any]:
        if kind not in KINDS or method != "POST":
            raise RefusedError(405, detail="Method not allowed.")
        return 201, self._shown(kind, self._create(kind, body))

    def _create(self, kind: str, body: Json) -> int:
        self._check(kind, body, None)
        missing = KINDS[kind].required - {name for name, value in body.items() if value not in ("", None)}
        if missing:
            raise RefusedError(400, **{name: ["This field is required."] for name in missing})
        number, self._next = self._next, self._next + 1
        self.objects[kind][number] = {}
        self._merge(kind, number, body)
        return number

    def _merge(self, kind: str, number: int, body: Json) -> None:
        known = self.objects[kind][number]
        kept = {
            name: value for name, value in known.get("inputs", {}).items() if body.get("inputs", {}).get(name) == HIDDEN
        }
        known.update(body)
        if kept:
            known["inputs"] = {**body["inputs"], **kept}

    def _check(self, kind: str, body: Json, number: int | None) -> None:
        told: dict[str, list[str]] = {}
        for name, value in body.items():
            wanted = KINDS[kind].fields.get(name)
            if wanted is None:
                told[name] = ["This is no field of this resource."]
            elif isinstance(wanted, str):
                if value is not None and not any(value in self.objects[each] for each in self._kinds(wanted)):
                    told[name] = [f'Invalid pk "{value}" - object does not exist.']
            elif value is not None and (not isinstance(value, wanted) or (wanted is int and isinstance(value, bool))):
                told[name] = [f"Not a valid {wanted.__name__}."]
            if value not in CHOICES.get(name, (value,)):
                told[name] = [f'"{value}" is not a valid choice.']
        if told:
            raise RefusedError(400, **told)
        self._check_meaning(kind, body)
        same = [
            each
            for each in self.objects[kind]
            if each != number and self._is_same(kind, body, self.objects[kind][each])
        ]
        if same and KINDS[kind].unique and number is None:
            raise RefusedError(400, __all__=[f"{KINDS[kind].type} with this name already exists."])

    def _check_meaning(self, kind: str, body: Json) -> None:
        if (
            kind == "job_templates"
            and "playbook" in body
            and not self.objects["projects"][body["project"]].get("_updated")
        ):
            raise RefusedError(400, playbook=["Playbook not found for project."])
        if kind == "credentials":
            fields = self.objects["credential_types"][body["credential_type"]]["inputs"]["fields"]
            odd = set(body.get("inputs", {})) - {each["id"] for each in fields}
            if odd:
                raise RefusedError(
                    400, inputs=[f"'{name}' is not a field of this credential type." for name in sorted(odd)]
                )
        if kind == "credential_types":
            ids = {each["id"] for each in body.get("inputs", {}).get("fields", [])}
            for text in body.get("injectors", {}).get("env", {}).values():
                found = re.fullmatch(r"\{\{ (\w+) \}\}", text)
                if not found or found[1] not in ids:
                    raise RefusedError(400, injectors=[f"{text} uses an undefined field."])
        if kind == "schedules" and not re.match(r"DTSTART:\d{8}T\d{6}Z RRULE:FREQ=", body.get("rrule", "DTSTART:")):
            raise RefusedError(400, rrule=["Valid DTSTART required in rrule."])

    def _is_same(self, kind: str, body: Json, other: Json) -> bool:
        return all(body.get(name) == other.get(name) for name in KINDS[kind].unique)

    @staticmethod
    def _kinds(name: str) -> tuple[str, ...]:
        return UNIFIED if name == "unified_job_templates" else (name,)

    def _listed(self, kind: str, query: dict[str, str]) -> Json:
        if kind != "unified_job_templates" and kind not in KINDS:
            raise RefusedError(404, detail="The requested resource could not be found.")
        found = [self._shown(each, number) for each in self._kinds(kind) for number in self.objects[each]]
        for name, value in query.items():
            if name == "name__startswith":
                found = [each for each in found if each["name"].startswith(value)]
            elif name != "page_size":
                found = [each for each in found if name in each and str(each[name]) == value]
        return {"count": len(found), "next": None, "previous": None, "results": found}

    def _shown(self, kind: str, number: int) -> Json:
        known = {name: value for name, value in self.objects[kind][number].items() if not name.startswith("_")}
        url = f"/api/v2/{kind}/{number}/"
        shown: Json = {**dict.fromkeys(KINDS[kind].fields), **known, "id": number, "type": KINDS[kind].type, "url": url}
        shown["related"], shown["summary_fields"] = {}, {}
        if kind == "credentials":
            fields = self.objects["credential_types"][shown["credential_type"]]["inputs"]["fields"]
            secret = {each["id"] for each in fields if each.get("secret")}
            shown["inputs"] = {name: HIDDEN if name in secret else value for name, value in shown["inputs"].items()}
        if kind == "notification_templates" and shown["notification_configuration"]:
            shown["notification_configuration"] = {
                name: HIDDEN if name in SECRETS_OF_NOTIFICATIONS and value else value
                for name, value in shown["notification_configuration"].items()
            }
        if kind == "projects":
            shown["scm_revision"] = ""
            if not known.get("_updated"):
                shown["summary_fields"] = {"current_update": {"id": number}}
        if kind == "workflow_job_template_nodes" and shown["unified_job_template"] is not None:
            job = shown["unified_job_template"]
            (place,) = (each for each in UNIFIED if job in self.objects[each])
            shown["related"] = {"unified_job_template": f"/api/v2/{place}/{job}/"}
        # What AWX shows for a text that was never set; a host filter is null.
        texts = {name for name, kind_of in KINDS[kind].fields.items() if kind_of is str} - {"host_filter"}
        return {name: "" if value is None and name in texts else value for name, value in shown.items()}

    def _sub(self, method: str, kind: str, number: int, name: str, body: Json) -> tuple[int, t.Any]:
        if name == "create_approval_template" and method == "POST":
            approval = self._create("workflow_approval_templates", body)
            self.objects[kind][number]["unified_job_template"] = approval
            return 201, self._shown("workflow_approval_templates", approval)
        wanted = KINDS[kind].lists.get(name)
        if wanted is None:
            raise RefusedError(404, detail="The requested resource could not be found.")
        linked = self.lists.setdefault((kind, number, name), [])
        if method == "GET":
            found = [self._shown(wanted, each) for each in linked]
            return 200, {"count": len(found), "next": None, "previous": None, "results": found}
        if body.get("id") not in self.objects[wanted] or set(body) - {"id", "disassociate"}:
            raise RefusedError(400, detail="Invalid id.")
        if body.get("disassociate"):
            linked.remove(body["id"])
        else:
            linked.append(body["id"])
        return 204, {}

    def _delete(self, kind: str, number: int) -> None:
        if kind == "credential_types" and any(
            each["credential_type"] == number for each in self.objects["credentials"].values()
        ):
            raise RefusedError(403, detail="Credential types that are in use cannot be deleted.")
        del self.objects[kind][number]
        self.lists = {key: value for key, value in self.lists.items() if key[:2] != (kind, number)}
        if kind == "workflow_job_templates":
            gone = [
                each
                for each, node in self.objects["workflow_job_template_nodes"].items()
                if node["workflow_job_template"] == number
            ]
            for each in gone:
                del self.objects["workflow_job_template_nodes"][each]
