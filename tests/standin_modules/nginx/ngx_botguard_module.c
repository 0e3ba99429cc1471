/* Copyright (c) 2026, hosting.websec contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stand-in of the vendor's NGINX module, for tests. It takes the directives that the vendor's module is known to take,
 * in the contexts in which they were seen, asks the check API about every request, and says so in the answer:
 *
 *     X-BotGuard: <version of this module>; primary|secondary|none; <mitigation>
 *
 * STANDIN_VERSION         the version that it says it has.
 * STANDIN_SERVERS_ANYWHERE  when defined, the servers may be given in a server block too. Whether the vendor's module
 *                         allows that is not known.
 */
#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>

#include "../check_api.h"

#ifdef STANDIN_SERVERS_ANYWHERE
#define STANDIN_SERVERS_CONTEXT (NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF)
#else
#define STANDIN_SERVERS_CONTEXT NGX_HTTP_MAIN_CONF
#endif

/* What is not checked unless botguard_skip says otherwise. */
#define STANDIN_SKIP "\\.(css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|eot|otf|mp[34]|webm|ogg)$"

typedef struct {
    ngx_str_t     primary_server;
    ngx_str_t     secondary_server;
    ngx_flag_t    check;
    ngx_flag_t    cache_results;    /* taken, and without effect: nothing is cached here */
    ngx_regex_t  *skip;
} standin_conf_t;

static ngx_int_t standin_init(ngx_conf_t *cf);
static void *standin_create_conf(ngx_conf_t *cf);
static char *standin_merge_conf(ngx_conf_t *cf, void *parent, void *child);
static char *standin_skip(ngx_conf_t *cf, ngx_command_t *cmd, void *conf);

static ngx_command_t  standin_commands[] = {

    { ngx_string("botguard_primary_server"),
      STANDIN_SERVERS_CONTEXT|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(standin_conf_t, primary_server),
      NULL },

    { ngx_string("botguard_secondary_server"),
      STANDIN_SERVERS_CONTEXT|NGX_CONF_TAKE1,
      ngx_conf_set_str_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(standin_conf_t, secondary_server),
      NULL },

    { ngx_string("botguard_check"),
      NGX_HTTP_MAIN_CONF|NGX_HTTP_SRV_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(standin_conf_t, check),
      NULL },

    { ngx_string("botguard_cache_results"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_FLAG,
      ngx_conf_set_flag_slot,
      NGX_HTTP_SRV_CONF_OFFSET,
      offsetof(standin_conf_t, cache_results),
      NULL },

    { ngx_string("botguard_skip"),
      NGX_HTTP_MAIN_CONF|NGX_CONF_TAKE1,
      standin_skip,
      NGX_HTTP_SRV_CONF_OFFSET,
      0,
      NULL },

    ngx_null_command
};

static ngx_http_module_t  standin_module_context = {
    NULL,                   /* preconfiguration */
    standin_init,           /* postconfiguration */
    NULL,                   /* create main configuration */
    NULL,                   /* init main configuration */
    standin_create_conf,    /* create server configuration */
    standin_merge_conf,     /* merge server configuration */
    NULL,                   /* create location configuration */
    NULL                    /* merge location configuration */
};

ngx_module_t  ngx_botguard_module = {
    NGX_MODULE_V1,
    &standin_module_context,
    standin_commands,
    NGX_HTTP_MODULE,
    NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    NGX_MODULE_V1_PADDING
};

/* A copy that ends with a zero byte, for what is not from nginx. */
static char *
standin_text(ngx_pool_t *pool, const ngx_str_t *text)
{
    u_char  *copy = ngx_pnalloc(pool, text->len + 1);

    if (copy != NULL) {
        ngx_cpystrn(copy, text->data, text->len + 1);
    }
    return (char *) copy;
}

/* The value of a variable, or the other text when it has none. */
static char *
standin_variable(ngx_http_request_t *r, const char *name, const char *otherwise)
{
    ngx_str_t                   wanted = { ngx_strlen(name), (u_char *) name };
    ngx_http_variable_value_t  *value;

    value = ngx_http_get_variable(r, &wanted, ngx_hash_key(wanted.data, wanted.len));
    if (value == NULL || value->not_found || value->len == 0) {
        return (char *) otherwise;
    }

    ngx_str_t  text = { value->len, value->data };

    return standin_text(r->pool, &text);
}

/* The request line and the header lines, as the check API wants them. */
static ngx_int_t
standin_request(ngx_http_request_t *r, ngx_str_t *request)
{
    ngx_list_part_t  *part;
    ngx_table_elt_t  *line;
    ngx_uint_t        i;
    u_char           *end;
    size_t            length = r->request_line.len + 4;

    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        line = part->elts;
        for (i = 0; i < part->nelts; i++) {
            length += line[i].key.len + line[i].value.len + 4;
        }
    }
    request->data = end = ngx_pnalloc(r->pool, length);
    if (end == NULL) {
        return NGX_ERROR;
    }
    end = ngx_cpymem(end, r->request_line.data, r->request_line.len);
    end = ngx_cpymem(end, "\r\n", 2);
    for (part = &r->headers_in.headers.part; part != NULL; part = part->next) {
        line = part->elts;
        for (i = 0; i < part->nelts; i++) {
            end = ngx_cpymem(end, line[i].key.data, line[i].key.len);
            end = ngx_cpymem(end, ": ", 2);
            end = ngx_cpymem(end, line[i].value.data, line[i].value.len);
            end = ngx_cpymem(end, "\r\n", 2);
        }
    }
    end = ngx_cpymem(end, "\r\n", 2);
    request->len = (size_t) (end - request->data);
    return NGX_OK;
}

static ngx_int_t
standin_mark(ngx_http_request_t *r, const struct check_verdict *verdict)
{
    ngx_table_elt_t  *header = ngx_list_push(&r->headers_out.headers);
    size_t            size = sizeof(STANDIN_VERSION "; secondary; ") + CHECK_MITIGATION_LIMIT;

    if (header == NULL) {
        return NGX_ERROR;
    }
    ngx_memzero(header, sizeof(*header));
    header->hash = 1;
    ngx_str_set(&header->key, "X-BotGuard");
    header->value.data = ngx_pnalloc(r->pool, size);
    if (header->value.data == NULL) {
        header->hash = 0;
        return NGX_ERROR;
    }
    header->value.len = (size_t) (ngx_snprintf(header->value.data, size, "%s; %s; %s", STANDIN_VERSION,
                                               verdict->asked, verdict->mitigation)
                                  - header->value.data);
    return NGX_OK;
}

static ngx_int_t
standin_handler(ngx_http_request_t *r)
{
    standin_conf_t        *conf = ngx_http_get_module_srv_conf(r, ngx_botguard_module);
    struct check_visitor   visitor;
    struct check_verdict   verdict;
    ngx_str_t              request;

    /* An internal redirect is the request that was checked already. */
    if (!conf->check || r != r->main || r->internal || ngx_regex_exec(conf->skip, &r->uri, NULL, 0) >= 0) {
        return NGX_DECLINED;
    }
    if (standin_request(r, &request) != NGX_OK) {
        return NGX_ERROR;
    }
    visitor.remote_address = standin_text(r->pool, &r->connection->addr_text);
    /* A visitor behind a proxy has the port of the proxy's connection, unless the proxy says another. */
    visitor.remote_port = ngx_inet_get_port(r->connection->sockaddr);
    if (visitor.remote_port == 0) {
        visitor.remote_port = (unsigned) atoi(standin_variable(r, "realip_remote_port", "0"));
    }
    visitor.connection_address = standin_variable(r, "realip_remote_addr", visitor.remote_address);
    visitor.tls_protocol = standin_variable(r, "ssl_protocol", "Unknown");
    visitor.request = (char *) request.data;
    visitor.request_length = request.len;
    verdict = check_visitor(conf->primary_server.len ? standin_text(r->pool, &conf->primary_server) : NULL,
                            conf->secondary_server.len ? standin_text(r->pool, &conf->secondary_server) : NULL,
                            &visitor);
    if (standin_mark(r, &verdict) != NGX_OK) {
        return NGX_ERROR;
    }
    return verdict.forbidden ? NGX_HTTP_FORBIDDEN : NGX_DECLINED;
}

static ngx_int_t
standin_init(ngx_conf_t *cf)
{
    ngx_http_core_main_conf_t  *core = ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module);
    ngx_http_handler_pt        *handler = ngx_array_push(&core->phases[NGX_HTTP_ACCESS_PHASE].handlers);

    if (handler == NULL) {
        return NGX_ERROR;
    }
    *handler = standin_handler;
    return NGX_OK;
}

static void *
standin_create_conf(ngx_conf_t *cf)
{
    standin_conf_t  *conf = ngx_pcalloc(cf->pool, sizeof(standin_conf_t));

    if (conf != NULL) {
        conf->check = NGX_CONF_UNSET;
        conf->cache_results = NGX_CONF_UNSET;
        conf->skip = NGX_CONF_UNSET_PTR;
    }
    return conf;
}

static ngx_regex_t *
standin_compile(ngx_conf_t *cf, ngx_str_t pattern)
{
    ngx_regex_compile_t  compile;
    u_char               error[NGX_MAX_CONF_ERRSTR];

    ngx_memzero(&compile, sizeof(compile));
    compile.pattern = pattern;
    compile.pool = cf->pool;
    compile.options = NGX_REGEX_CASELESS;
    compile.err.len = NGX_MAX_CONF_ERRSTR;
    compile.err.data = error;
    if (ngx_regex_compile(&compile) != NGX_OK) {
        ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "%V", &compile.err);
        return NULL;
    }
    return compile.regex;
}

static char *
standin_merge_conf(ngx_conf_t *cf, void *parent, void *child)
{
    standin_conf_t  *above = parent;
    standin_conf_t  *conf = child;
    ngx_str_t        usual = ngx_string(STANDIN_SKIP);

    if (above->skip == NGX_CONF_UNSET_PTR) {
        above->skip = standin_compile(cf, usual);
        if (above->skip == NULL) {
            return NGX_CONF_ERROR;
        }
    }
    ngx_conf_merge_str_value(conf->primary_server, above->primary_server, "");
    ngx_conf_merge_str_value(conf->secondary_server, above->secondary_server, "");
    ngx_conf_merge_value(conf->check, above->check, 0);
    ngx_conf_merge_value(conf->cache_results, above->cache_results, 0);
    ngx_conf_merge_ptr_value(conf->skip, above->skip, NULL);
    return NGX_CONF_OK;
}

static char *
standin_skip(ngx_conf_t *cf, ngx_command_t *cmd, void *conf)
{
    standin_conf_t  *own = conf;
    ngx_str_t       *value = cf->args->elts;

    (void) cmd;
    if (own->skip != NGX_CONF_UNSET_PTR) {
        return "is duplicate";
    }
    own->skip = standin_compile(cf, value[1]);
    return own->skip == NULL ? NGX_CONF_ERROR : NGX_CONF_OK;
}
