# Copyright (c) 2026, hosting.websec contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files from the variables of the roles, and refused values."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.hosting.websec.plugins.module_utils._errors import BadInputError
from ansible_collections.hosting.websec.plugins.module_utils._web.plan import web_files

NGINX: dict[str, t.Any] = {
    "state": "present",
    "source": {"type": "repository"},
    "module_path": "/usr/lib/nginx/modules/ngx_botguard_module.so",
    "primary_server": "srv-1.botguard.example",
    "secondary_server": "srv-2.botguard.example",
    "snippets_directory": "/etc/nginx/botguard.d",
    "server_port": 80,
    "aio_threads": True,
}
APACHE: dict[str, t.Any] = {
    **NGINX,
    "module_path": "/usr/lib/apache2/modules/mod_guard.so",
    "module_name": "guard_module",
    "snippets_directory": "/etc/apache2/botguard.d",
    "directives": {"primary_server": "GuardFirst", "secondary_server": "GuardSecond", "check": "GuardCheck"},
}
HOST: dict[str, t.Any] = {"threads": True, "aio_set_by": [], "loaded_by": [], "needed": [], "snippets": {}}
SITES = [
    {"domain": "a.example"},
    {"domain": "b.example", "state": "paused"},
    {"domain": "c.example", "state": "absent"},
]
DROP_IN = "/etc/nginx/conf.d/50-botguard.conf"


def nginx(*sites: dict[str, t.Any], host: dict[str, t.Any] | None = None, **settings: t.Any) -> dict[str, t.Any]:
    return web_files(sites or SITES, "nginx", "Debian", {**NGINX, **settings}, {**HOST, **(host or {})})


def apache(*sites: dict[str, t.Any], family: str = "Debian", **settings: t.Any) -> dict[str, t.Any]:
    return web_files(sites or SITES, "apache", family, {**APACHE, **settings}, HOST)


def texts(made: dict[str, t.Any]) -> dict[str, str]:
    """Content without the first line, link target, or state of each file."""
    return {
        file["path"]: file["content"].split("\n", 1)[1] if "content" in file else file.get("link") or file["state"]
        for file in made["files"]
        if "src" not in file
    }


class TestNginx:
    def test_everything_that_is_written_on_debian(self) -> None:
        made = nginx()
        assert texts(made) == {
            "/etc/nginx/modules-available/50-mod-botguard.conf": (
                'load_module "/usr/lib/nginx/modules/ngx_botguard_module.so";\n'
            ),
            "/etc/nginx/modules-enabled/50-mod-botguard.conf": "../modules-available/50-mod-botguard.conf",
            DROP_IN: (
                'botguard_primary_server "srv-1.botguard.example";\n'
                'botguard_secondary_server "srv-2.botguard.example";\n'
                "# Each protected website switches it on in its virtual host.\n"
                "botguard_check off;\n"
                "aio threads;\n"
            ),
            "/etc/nginx/botguard.d/a.example.conf": "botguard_check on;\n",
            "/etc/nginx/botguard.d/b.example.conf": "botguard_check off;\n",
            "/etc/nginx/botguard.d/c.example.conf": "absent",
        }
        assert [(row["domain"], row["state"]) for row in made["report"]] == [
            ("a.example", "on"),
            ("b.example", "off"),
            ("c.example", "absent"),
        ]
        assert made["servers"] == [
            {"host": "srv-1.botguard.example", "port": 80},
            {"host": "srv-2.botguard.example", "port": 80},
        ]

    def test_red_hat_reads_the_load_line_from_another_folder(self) -> None:
        made = web_files(SITES, "nginx", "RedHat", NGINX, HOST)
        assert "/usr/share/nginx/modules/50-mod-botguard.conf" in texts(made)
        assert not any("modules-enabled" in path for path in texts(made))

    def test_a_new_module_file_comes_first(self) -> None:
        first = nginx(candidate="/var/lib/x/ngx_botguard_module.so")["files"][0]
        assert (first["path"], first["src"]) == (NGINX["module_path"], "/var/lib/x/ngx_botguard_module.so")

    def test_a_package_that_loads_the_module_itself_is_left_to_do_so(self) -> None:
        made = nginx(host={"loaded_by": ["/etc/nginx/modules-enabled/50-mod-other.conf"]})
        assert not any("load_module" in text for text in texts(made).values())

    def test_its_own_line_is_not_taken_for_one_of_a_package(self) -> None:
        made = nginx(host={"loaded_by": ["/etc/nginx/modules-enabled/50-mod-botguard.conf"]})
        assert any("load_module" in text for text in texts(made).values())

    @pytest.mark.parametrize(
        "host", [{"threads": False}, {"aio_set_by": ["/etc/nginx/conf.d/tuning.conf"]}, {"threads": None}]
    )
    def test_aio_only_where_it_works_and_nobody_else_sets_it(self, host: dict[str, t.Any]) -> None:
        assert "aio" not in texts(nginx(host=host))[DROP_IN]

    def test_aio_can_be_switched_off(self) -> None:
        assert "aio" not in texts(nginx(aio_threads=False))[DROP_IN]

    def test_extras(self) -> None:
        text = texts(
            nginx(
                cache_results=True,
                skip=r'\.(css|"js")$',
                options="botguard_log on;\nbotguard_other 1;",
                real_ip={"networks": ["192.0.2.1/24", "2001:db8::/32"], "header": "X-Real-IP"},
            )
        )[DROP_IN]
        for line in (
            "botguard_cache_results on;",
            r'botguard_skip "\\.(css|\"js\")$";',
            "set_real_ip_from 192.0.2.0/24;",
            "set_real_ip_from 2001:db8::/32;",
            "real_ip_header X-Real-IP;",
            "botguard_log on;",
            "botguard_other 1;",
        ):
            assert line in text.splitlines()

    def test_servers_of_the_api_win_over_the_variables(self) -> None:
        site = {"domain": "a.example", "servers": {"primary": "p.example:8053", "secondary": None}}
        made = nginx(site)
        assert 'botguard_primary_server "p.example:8053";' in texts(made)[DROP_IN]
        assert 'botguard_secondary_server "srv-2.botguard.example";' in texts(made)[DROP_IN]
        assert made["servers"] == [{"host": "p.example", "port": 8053}, {"host": "srv-2.botguard.example", "port": 80}]

    def test_different_servers_are_refused_and_named(self) -> None:
        other = {"domain": "z.example", "servers": {"primary": "p.example", "secondary": "s.example"}}
        with pytest.raises(BadInputError, match="different BotGuard servers") as refusal:
            nginx({"domain": "a.example"}, other)
        assert "p.example and s.example: z.example" in refusal.value.message
        assert "srv-1.botguard.example and srv-2.botguard.example: a.example" in refusal.value.message

    def test_different_servers_of_a_website_that_is_off_do_not_matter(self) -> None:
        other = {
            "domain": "b.example",
            "state": "paused",
            "servers": {"primary": "p.example", "secondary": "s.example"},
        }
        assert "srv-1" in texts(nginx({"domain": "z.example"}, other))[DROP_IN]

    def test_different_servers_where_the_module_takes_them(self) -> None:
        other = {"domain": "z.example", "servers": {"primary": "p.example", "secondary": "s.example"}}
        found = texts(nginx({"domain": "a.example"}, other, servers_per_website=True))
        assert found["/etc/nginx/botguard.d/a.example.conf"] == "botguard_check on;\n"
        assert found["/etc/nginx/botguard.d/z.example.conf"] == (
            'botguard_primary_server "p.example";\nbotguard_secondary_server "s.example";\nbotguard_check on;\n'
        )

    def test_without_servers_for_a_website_the_variables_are_named(self) -> None:
        with pytest.raises(BadInputError, match=r"botguard_nginx_primary_server.*a\.example") as refusal:
            nginx(primary_server="")
        assert "partner area" in refusal.value.hint

    def test_a_virtual_host_that_names_the_file_stays_valid(self) -> None:
        path = "/etc/nginx/botguard.d/c.example.conf"
        made = nginx(host={"needed": [path]})
        assert texts(made)[path].startswith("# Empty")
        assert path in made["report"][2]["note"]


class TestRemoval:
    HOST: t.ClassVar = {
        "snippets": {
            "/etc/nginx/botguard.d/a.example.conf": True,
            "/etc/nginx/botguard.d/b.example.conf": False,
            "/etc/nginx/botguard.d/old.example.conf": True,
            "/etc/nginx/botguard.d/users.conf": None,
        },
        "loaded_by": ["/etc/nginx/modules-enabled/50-mod-botguard.conf"],
    }

    def test_first_off_then_away(self) -> None:
        made = nginx(host=self.HOST, state="absent")
        assert [(file["path"].rsplit("/", 1)[1], file["content"].splitlines()[1]) for file in made["off"]] == [
            ("a.example.conf", "botguard_check off;"),
            ("old.example.conf", "botguard_check off;"),
        ]
        assert set(texts(made).values()) == {"absent"}
        assert "/etc/nginx/botguard.d/users.conf" not in texts(made)
        assert {DROP_IN, "/etc/nginx/modules-enabled/50-mod-botguard.conf"} < set(texts(made))
        assert {row["state"] for row in made["report"]} == {"absent"}

    def test_the_module_file_goes_only_if_no_package_has_it(self) -> None:
        assert NGINX["module_path"] not in texts(nginx(host=self.HOST, state="absent"))
        assert NGINX["module_path"] in texts(nginx(host=self.HOST, state="absent", source={"type": "module_file"}))

    def test_the_file_of_a_package_stays(self) -> None:
        made = nginx(host={**self.HOST, "load_is_foreign": True}, state="absent")
        assert "/etc/nginx/modules-available/50-mod-botguard.conf" not in texts(made)

    def test_it_needs_no_servers(self) -> None:
        assert nginx(host=self.HOST, state="absent", primary_server="", secondary_server="")["files"]


class TestApache:
    def test_everything_that_is_written_on_debian(self) -> None:
        found = texts(apache(real_ip={"networks": ["192.0.2.0/24"], "header": "X-Real-IP"}))
        assert found == {
            "/etc/apache2/mods-available/botguard.load": (
                "LoadModule guard_module /usr/lib/apache2/modules/mod_guard.so\n"
            ),
            "/etc/apache2/mods-enabled/botguard.load": "../mods-available/botguard.load",
            "/etc/apache2/mods-enabled/remoteip.load": "../mods-available/remoteip.load",
            "/etc/apache2/conf-available/50-botguard.conf": (
                'GuardFirst "srv-1.botguard.example"\n'
                'GuardSecond "srv-2.botguard.example"\n'
                "# Each protected website switches it on in its virtual host.\n"
                "GuardCheck Off\n"
                "RemoteIPHeader X-Real-IP\n"
                "RemoteIPTrustedProxy 192.0.2.0/24\n"
            ),
            "/etc/apache2/conf-enabled/50-botguard.conf": "../conf-available/50-botguard.conf",
            "/etc/apache2/botguard.d/a.example.conf": "GuardCheck On\n",
            "/etc/apache2/botguard.d/b.example.conf": "GuardCheck Off\n",
            "/etc/apache2/botguard.d/c.example.conf": "absent",
        }

    def test_red_hat(self) -> None:
        found = texts(apache(family="RedHat"))
        assert {"/etc/httpd/conf.modules.d/50-botguard.conf", "/etc/httpd/conf.d/50-botguard.conf"} < set(found)
        assert "../" not in "".join(found.values())

    @pytest.mark.parametrize(
        ("settings", "variable"),
        [
            ({"module_name": ""}, "botguard_apache_module_name"),
            ({"module_path": ""}, "botguard_apache_module_path"),
            ({"directives": {"primary_server": "A", "secondary_server": "B"}}, "botguard_apache_directives.check"),
            ({"directives": {}}, "botguard_apache_directives.primary_server"),
            ({"skip": "x"}, "botguard_apache_directives.skip"),
            ({"cache_results": True}, "botguard_apache_directives.cache_results"),
        ],
    )
    def test_what_is_not_public_is_asked_for(self, settings: dict[str, t.Any], variable: str) -> None:
        with pytest.raises(BadInputError, match=f"{variable} is missing") as refusal:
            apache(**settings)
        assert "https://botguard.net/en/docs" in refusal.value.hint


INJECTIONS = ['x"; evil on; #', "x\nevil on;", "x;evil", "x y", "x}", "${HOME}", "x\\"]


@pytest.mark.parametrize("make", [nginx, apache])
@pytest.mark.parametrize("value", INJECTIONS)
class TestNothingBecomesADirective:
    def test_servers(self, make: t.Callable[..., t.Any], value: str) -> None:
        with pytest.raises(BadInputError):
            make(primary_server=value)

    def test_servers_of_the_api(self, make: t.Callable[..., t.Any], value: str) -> None:
        with pytest.raises(BadInputError):
            make({"domain": "a.example", "servers": {"primary": value, "secondary": "s.example"}})

    def test_domains(self, make: t.Callable[..., t.Any], value: str) -> None:
        with pytest.raises(BadInputError):
            make({"domain": value})

    def test_networks_and_headers(self, make: t.Callable[..., t.Any], value: str) -> None:
        for real_ip in ({"networks": [value], "header": "X"}, {"networks": ["192.0.2.0/24"], "header": value}):
            with pytest.raises(BadInputError):
                make(real_ip=real_ip)

    def test_paths(self, make: t.Callable[..., t.Any], value: str) -> None:
        for name in ("module_path", "snippets_directory"):
            with pytest.raises(BadInputError):
                make(**{name: f"/{value}"})


@pytest.mark.parametrize("value", INJECTIONS)
def test_names_of_directives_and_modules(value: str) -> None:
    for settings in ({"module_name": value}, {"directives": {**APACHE["directives"], "check": value}}):
        with pytest.raises(BadInputError):
            apache(**settings)


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        (
            [{"domain": "a.example"}, {"domain": "A.Example."}],
            "listed more than once: a.example in the entries 1 and 2",
        ),
        ([{"domain": "../../etc/passwd"}], "not a domain name"),
        ([{"domain": "a.example", "state": "on"}], "not one of online, paused, absent"),
    ],
)
def test_websites_that_cannot_be(sites: list[dict[str, t.Any]], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        nginx(*sites)


def test_networks_need_a_header() -> None:
    with pytest.raises(BadInputError, match=r"botguard_nginx_real_ip\.header is missing"):
        nginx(real_ip={"networks": ["192.0.2.0/24"]})


@pytest.mark.parametrize("port", ["0", "65536", "x", ""])
def test_ports(port: str) -> None:
    with pytest.raises(BadInputError):
        nginx(primary_server=f"srv.example:{port}")


def test_an_address_with_a_port() -> None:
    made = nginx(primary_server="[2001:db8::1]:8053")
    assert {"host": "2001:db8::1", "port": 8053} in made["servers"]


def test_an_unknown_system() -> None:
    with pytest.raises(BadInputError, match="nginx on Alpine is not supported"):
        web_files([], "nginx", "Alpine", NGINX, HOST)
