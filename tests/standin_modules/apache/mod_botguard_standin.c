/* Copyright (c) 2026, hosting.websec contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stand-in of the vendor's Apache module, for tests. The names of the vendor's module and of its directives are not
 * public: these here are of its own, so that nobody takes them for the vendor's. It asks the check API about every
 * request of a virtual host in which it is switched on, and says so in the answer:
 *
 *     X-BotGuard: <version of this module>; primary|secondary|none; <mitigation>
 */
#include "httpd.h"
#include "http_config.h"
#include "http_core.h"
#include "http_protocol.h"
#include "http_request.h"
#include "apr_strings.h"
#include "apr_tables.h"

#include "../check_api.h"

module AP_MODULE_DECLARE_DATA botguard_standin_module;

typedef struct {
    const char *primary_server;
    const char *secondary_server;
    int check; /* -1: not said */
} standin_conf;

static void *
standin_create_conf(apr_pool_t *pool, server_rec *server)
{
    standin_conf *conf = apr_pcalloc(pool, sizeof(*conf));

    (void) server;
    conf->check = -1;
    return conf;
}

static void *
standin_merge_conf(apr_pool_t *pool, void *base, void *add)
{
    const standin_conf *above = base, *own = add;
    standin_conf *conf = apr_pcalloc(pool, sizeof(*conf));

    conf->primary_server = own->primary_server ? own->primary_server : above->primary_server;
    conf->secondary_server = own->secondary_server ? own->secondary_server : above->secondary_server;
    conf->check = own->check != -1 ? own->check : above->check;
    return conf;
}

static standin_conf *
standin_conf_of(server_rec *server)
{
    return ap_get_module_config(server->module_config, &botguard_standin_module);
}

static const char *
standin_set_primary(cmd_parms *command, void *unused, const char *value)
{
    (void) unused;
    standin_conf_of(command->server)->primary_server = value;
    return NULL;
}

static const char *
standin_set_secondary(cmd_parms *command, void *unused, const char *value)
{
    (void) unused;
    standin_conf_of(command->server)->secondary_server = value;
    return NULL;
}

static const char *
standin_set_check(cmd_parms *command, void *unused, int on)
{
    (void) unused;
    standin_conf_of(command->server)->check = on;
    return NULL;
}

static const command_rec standin_commands[] = {
    AP_INIT_TAKE1("BotGuardStandinPrimary", standin_set_primary, NULL, RSRC_CONF, "the primary check server"),
    AP_INIT_TAKE1("BotGuardStandinSecondary", standin_set_secondary, NULL, RSRC_CONF, "the secondary check server"),
    AP_INIT_FLAG("BotGuardStandinCheck", standin_set_check, NULL, RSRC_CONF, "whether requests are checked"),
    { NULL, { NULL }, NULL, 0, RAW_ARGS, NULL }
};

struct standin_text {
    char *text;
    apr_pool_t *pool;
};

static int
standin_add_line(void *request, const char *name, const char *value)
{
    struct standin_text *all = request;

    all->text = apr_pstrcat(all->pool, all->text, name, ": ", value, "\r\n", NULL);
    return 1;
}

/* The request line and the header lines, as the check API wants them. */
static char *
standin_request(request_rec *r)
{
    struct standin_text all = { apr_pstrcat(r->pool, r->the_request, "\r\n", NULL), r->pool };

    apr_table_do(standin_add_line, &all, r->headers_in, NULL);
    return apr_pstrcat(all.pool, all.text, "\r\n", NULL);
}

static int
standin_access(request_rec *r)
{
    const standin_conf *conf = standin_conf_of(r->server);
    struct check_visitor visitor;
    struct check_verdict verdict;

    /* A subrequest or an internal redirect is the request that was checked already. */
    if (conf->check != 1 || !ap_is_initial_req(r)) {
        return DECLINED;
    }
    visitor.remote_address = r->useragent_ip;
    /* A visitor behind a proxy has the port of the proxy's connection. */
    visitor.remote_port = r->useragent_addr->port ? r->useragent_addr->port : r->connection->client_addr->port;
    visitor.connection_address = r->connection->client_ip;
    visitor.tls_protocol = "Unknown";
    visitor.request = standin_request(r);
    visitor.request_length = strlen(visitor.request);
    verdict = check_visitor(conf->primary_server, conf->secondary_server, &visitor);
    apr_table_setn(r->err_headers_out, "X-BotGuard",
                   apr_pstrcat(r->pool, STANDIN_VERSION "; ", verdict.asked, "; ", verdict.mitigation, NULL));
    return verdict.forbidden ? HTTP_FORBIDDEN : DECLINED;
}

static void
standin_register_hooks(apr_pool_t *pool)
{
    (void) pool;
    ap_hook_access_checker(standin_access, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(botguard_standin) = {
    STANDARD20_MODULE_STUFF,
    NULL,
    NULL,
    standin_create_conf,
    standin_merge_conf,
    standin_commands,
    standin_register_hooks,
    0
};
