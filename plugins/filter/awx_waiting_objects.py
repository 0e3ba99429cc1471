# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: awx_waiting_objects
short_description: Find the objects of AWX that need others which are missing
version_added: 0.1.0
author:
  - hosting.websec contributors (@hosting-websec)
description:
  - Used by the role P(hosting.websec.awx_setup#role) in check mode. The modules of C(awx.awx) look up what an object
    refers to, also in check mode, and fail if that would only be created.
  - Returns the objects that refer to one which AWX does not have yet. What is not among the objects is not looked for.
options:
  _input:
    description:
      - The objects by the name of their list in the API, such as C(projects), in the form of
        C(infra.aap_configuration).
    type: dict
    required: true
  there:
    description: The names of the objects that AWX has, by the same names.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Show which job templates could not be created yet
  ansible.builtin.debug:
    msg: "{{ objects | hosting.websec.awx_waiting_objects({'projects': []}) }}"
  vars:
    objects:
      projects: [{name: websec}]
      job_templates: [{name: websec pass, project: websec}]
"""

RETURN = r"""
_value:
  description: What the waiting objects need, by list and name.
  type: dict
  sample:
    job_templates:
      websec pass: [project websec]
"""

import typing as t

_REFERENCES = {
    "credential_type": ("credential_types",),
    "credential": ("credentials",),
    "credentials": ("credentials",),
    "execution_environment": ("execution_environments",),
    "inventory": ("inventories",),
    "notification_templates_error": ("notification_templates",),
    "project": ("projects",),
    "source_project": ("projects",),
    "unified_job_template": ("job_templates", "workflow_job_templates"),
}
"""Lists of the objects that a field names."""


def awx_waiting_objects(
    objects: t.Mapping[str, t.Sequence[t.Mapping[str, t.Any]]], there: t.Mapping[str, t.Sequence[str]]
) -> dict[str, dict[str, list[str]]]:
    missing = {kind: {str(each["name"]) for each in found} - {*there.get(kind, ())} for kind, found in objects.items()}
    waiting: dict[str, dict[str, list[str]]] = {}
    for kind, found in objects.items():
        needed = {str(each["name"]): [*_missing_needs(each, missing)] for each in found}
        waiting[kind] = {name: needs for name, needs in needed.items() if needs}
    return waiting


def _missing_needs(item: t.Mapping[str, t.Any], missing: t.Mapping[str, t.Container[str]]) -> t.Iterator[str]:
    for field, kinds in _REFERENCES.items():
        given = item.get(field) or ()
        for name in [given] if isinstance(given, str) else given:
            if any(name in missing.get(kind, ()) for kind in kinds):
                yield f"{_noun(field)} {name}"
    for node in item.get("workflow_nodes", ()):
        if node["unified_job_template"]["name"] in missing.get("job_templates", ()):
            yield f"job template {node['unified_job_template']['name']}"


def _noun(field: str) -> str:
    shown = {"notification_templates_error": "notification", "unified_job_template": "template"}
    return shown.get(field, field.removeprefix("source_").removesuffix("s").replace("_", " "))


class FilterModule:
    """Filters of this file."""

    def filters(self) -> dict[str, object]:
        return {"awx_waiting_objects": awx_waiting_objects}
