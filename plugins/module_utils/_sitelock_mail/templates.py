# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The partner's templates: one Jinja file for each message code, with the blocks C(subject), C(text) and C(html).

They are rendered in Jinja's sandbox, which gives no access to the machine, and load other templates only from their own
folder. Values are escaped in C(html), and never rendered as templates themselves.
"""

from __future__ import annotations

import dataclasses
import os
import re
import traceback
import typing as t

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._libraries import note_missing
from ansible_collections.hosting.websec.plugins.module_utils._texts import listed, shortened

try:
    import jinja2
    import jinja2.sandbox
except ImportError:
    note_missing("Jinja2")

SUFFIX = ".j2"
_CODE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")


@dataclasses.dataclass(frozen=True)
class Content:
    """What a template gives for one message. At least one of C(text) and C(html) is not empty."""

    subject: str
    text: str
    html: str


class Templates:
    """The templates in a folder. All of them have valid syntax."""

    def __init__(self, folder: str) -> None:
        """
        :raises BadInputError: the folder cannot be read, or a template has a syntax error.
        """
        self.folder = os.path.realpath(folder)
        self._plain = _environment(self.folder, escape=False)
        self._html = _environment(self.folder, escape=True)
        self.names = self._read_names(folder)
        errors = [error for name in sorted(self.names) if (error := self._syntax_error(name))]
        if errors:
            raise BadInputError(
                f"Templates with errors: {listed(errors, separator='; ')}.",
                hint="Nothing was sent. Correct them, and run again.",
            )

    def _read_names(self, folder: str) -> frozenset[str]:
        try:
            files = [entry.name for entry in os.scandir(self.folder) if entry.is_file()]
        except OSError as error:
            raise BadInputError(
                f"The folder of the templates {folder} cannot be read: {error.strerror}.",
                hint="Nothing was sent. Set templates to the folder with your templates.",
            ) from None
        return frozenset(name for name in files if name.endswith(SUFFIX))

    def _syntax_error(self, name: str) -> str:
        """The syntax error of a template, empty if it has none."""
        try:
            self._plain.get_template(name)
            return ""
        except jinja2.TemplateSyntaxError as error:
            return f"{name}, line {error.lineno}: {str(error.message).rstrip('.')}"
        except (OSError, UnicodeError, jinja2.TemplateError) as error:
            return f"{name}: it cannot be read ({shortened(str(error))})"

    def name_of(self, code: str) -> str | None:
        """The template for a message code; C(None) if there is none."""
        name = f"{code}{SUFFIX}"
        return name if _CODE.fullmatch(code) and name in self.names else None

    def render(self, name: str, variables: t.Mapping[str, t.Any]) -> Content:
        """Render a template for one message.

        :param name: see ``name_of``.
        :raises BadInputError: it cannot be rendered for this message.
        """
        lines, text = self._blocks(self._plain, name, variables, "subject", "text")
        (html,) = self._blocks(self._html, name, variables, "html")
        subject = " ".join(lines.split())
        if not subject or not (text or html):
            missing = "subject" if not subject else "text or html"
            raise BadInputError(
                f"{name}: the block {missing} is missing or empty.",
                hint="A template has the blocks subject, and text or html or both.",
            )
        return Content(subject, text, html)

    def _blocks(
        self, environment: jinja2.Environment, name: str, variables: t.Mapping[str, t.Any], *wanted: str
    ) -> list[str]:
        """The content of blocks without the lines around it; empty for a block that the template does not have."""
        try:
            template = environment.get_template(name)
            try:
                context = template.new_context(dict(variables))
                # This sets what the template imports, and finds the blocks of a template that it extends.
                for _part in template.root_render_func(context):
                    pass
                return [
                    "".join(context.blocks[block][0](context)).strip() if block in context.blocks else ""
                    for block in wanted
                ]
            except Exception:
                # It raises the error again, with the lines of the templates in its traceback.
                environment.handle_exception()
        except Exception as error:
            # Of any kind: an expression in a template can raise everything.
            raise BadInputError(
                f"{self._place(error, name)}: {shortened(_told(error), 300).rstrip('.')}.",
                hint=f"This message has the variables {listed(sorted(variables))}.",
            ) from None

    def _place(self, error: Exception, name: str) -> str:
        """The template and its line where an error comes from."""
        inside = os.path.join(self.folder, "")
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(inside)]
        return f"{frames[-1].filename[len(inside) :]}, line {frames[-1].lineno}" if frames else name


def _told(error: Exception) -> str:
    if isinstance(error, jinja2.TemplateNotFound):
        return f"there is no template {error.name}"
    return str(error) if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"


def _environment(folder: str, *, escape: bool) -> jinja2.Environment:
    return jinja2.sandbox.ImmutableSandboxedEnvironment(
        loader=jinja2.FunctionLoader(lambda name: _source(folder, name)),
        autoescape=escape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _source(folder: str, name: str) -> tuple[str, str, t.Callable[[], bool]] | None:
    """A template in ``folder``, or in a folder below it; C(None) for everything elsewhere, by a link too."""
    path = os.path.realpath(os.path.join(folder, name))
    if not path.startswith(os.path.join(folder, "")) or not name.endswith(SUFFIX) or not os.path.isfile(path):
        return None
    with open(path, encoding="utf-8") as file:
        return file.read(), path, lambda: True
