/* Copyright (c) 2026, hosting.websec contributors
 * GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One question to the check API ("POST /v2.1/check"), asked the way the vendor's connectors ask it. Both stand-in
 * modules use this. It blocks its caller for up to three seconds for each server: good for a test, and for nothing else.
 */
#ifndef STANDIN_CHECK_API_H
#define STANDIN_CHECK_API_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define CHECK_TIME_LIMIT_MS 3000
#define CHECK_ANSWER_LIMIT 8192
#define CHECK_MITIGATION_LIMIT 64

/* A visitor: where the request came from, and the request itself, as it was received. */
struct check_visitor {
    const char *remote_address;     /* of the visitor */
    unsigned remote_port;
    const char *connection_address; /* of the peer: the visitor, or the proxy that the visitor came through */
    const char *tls_protocol;       /* "TLSv1.3" and so on, or "Unknown" */
    const char *request;            /* request line and header lines, with the empty line */
    size_t request_length;
};

struct check_verdict {
    int forbidden;
    const char *asked; /* "primary", "secondary", or "none" when nobody answered */
    char mitigation[CHECK_MITIGATION_LIMIT];
};

static long
check_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* Wait until the socket is ready; 0, or -1 when the time is over. */
static int
check_wait(int connection, short events, long deadline)
{
    struct pollfd waiting = { .fd = connection, .events = events, .revents = 0 };
    long left = deadline - check_now_ms();

    return left > 0 && poll(&waiting, 1, (int) left) == 1 ? 0 : -1;
}

/* Connect to "host" or "host:port"; return the socket, or -1. */
static int
check_connect(const char *server, long deadline)
{
    struct addrinfo hints, *found, *address;
    char host[256];
    const char *port = "80";
    char *colon;
    int connection = -1;

    if (strlen(server) >= sizeof(host)) {
        return -1;
    }
    strcpy(host, server);
    colon = strrchr(host, ':');
    if (colon != NULL) {
        *colon = '\0';
        port = colon + 1;
    }
    memset(&hints, 0, sizeof(hints));
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo(host, port, &hints, &found) != 0) {
        return -1;
    }
    for (address = found; address != NULL && connection == -1; address = address->ai_next) {
        int error = 0;
        socklen_t length = sizeof(error);

        connection = socket(address->ai_family, address->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (connection == -1) {
            continue;
        }
        if (connect(connection, address->ai_addr, address->ai_addrlen) == 0) {
            continue;
        }
        if (errno != EINPROGRESS || check_wait(connection, POLLOUT, deadline) != 0
            || getsockopt(connection, SOL_SOCKET, SO_ERROR, &error, &length) != 0 || error != 0)
        {
            close(connection);
            connection = -1;
        }
    }
    freeaddrinfo(found);
    return connection;
}

static int
check_send(int connection, const char *data, size_t length, long deadline)
{
    while (length > 0) {
        ssize_t sent = send(connection, data, length, MSG_NOSIGNAL);

        if (sent > 0) {
            data += sent;
            length -= (size_t) sent;
        } else if (sent == -1 && errno != EAGAIN && errno != EINTR) {
            return -1;
        } else if (check_wait(connection, POLLOUT, deadline) != 0) {
            return -1;
        }
    }
    return 0;
}

/* Read until the header of the answer is complete; return its length, or -1. */
static ssize_t
check_receive_header(int connection, char *answer, size_t size, long deadline)
{
    size_t length = 0;

    answer[0] = '\0';
    while (strstr(answer, "\r\n\r\n") == NULL) {
        ssize_t received;

        if (length == size - 1 || check_wait(connection, POLLIN, deadline) != 0) {
            return -1;
        }
        received = recv(connection, answer + length, size - 1 - length, 0);
        if (received <= 0) {
            return -1;
        }
        length += (size_t) received;
        answer[length] = '\0';
    }
    return (ssize_t) length;
}

/* Copy the value of a header line, if the answer has it. */
static void
check_header_value(const char *answer, const char *name, char *value, size_t size)
{
    const char *line = strstr(answer, "\r\n");

    while (line != NULL && strncmp(line, "\r\n\r\n", 4) != 0) {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':') {
            size_t length;

            line += strlen(name) + 1;
            line += strspn(line, " \t");
            length = strcspn(line, "\r\n");
            snprintf(value, size, "%.*s", (int) length, line);
            return;
        }
        line = strstr(line, "\r\n");
    }
}

/* Ask one server; return the status code of its answer, or -1 when no whole answer came in time. */
static int
check_one_server(const char *server, const struct check_visitor *visitor, char *mitigation)
{
    char header[1024], answer[CHECK_ANSWER_LIMIT];
    long deadline = check_now_ms() + CHECK_TIME_LIMIT_MS;
    int length, connection, status = -1;

    length = snprintf(header, sizeof(header),
                      "POST /v2.1/check HTTP/1.1\r\n"
                      "Host: %s\r\n"
                      "Connection: close\r\n"
                      "Content-Type: text/plain\r\n"
                      "Content-Length: %zu\r\n"
                      "BG-RemoteAddr: %s\r\n"
                      "BG-RemotePort: %u\r\n"
                      "BG-ConnAddr: %s\r\n"
                      "BG-SSLProto: %s\r\n"
                      "\r\n",
                      server, visitor->request_length, visitor->remote_address, visitor->remote_port,
                      visitor->connection_address, visitor->tls_protocol);
    if (length < 0 || (size_t) length >= sizeof(header)) {
        return -1;
    }
    connection = check_connect(server, deadline);
    if (connection == -1) {
        return -1;
    }
    if (check_send(connection, header, (size_t) length, deadline) == 0
        && check_send(connection, visitor->request, visitor->request_length, deadline) == 0
        && check_receive_header(connection, answer, sizeof(answer), deadline) > 0
        && sscanf(answer, "HTTP/%*d.%*d %d", &status) == 1)
    {
        check_header_value(answer, "BG-X-Mitigation", mitigation, CHECK_MITIGATION_LIMIT);
    }
    close(connection);
    return status;
}

/* Ask the primary server, and the secondary only when the primary could not be talked to. Who gets no answer, or one
 * that is neither 200 nor 403, lets the visitor pass. */
static struct check_verdict
check_visitor(const char *primary, const char *secondary, const struct check_visitor *visitor)
{
    struct check_verdict verdict = { .forbidden = 0, .asked = "none", .mitigation = "none" };
    int status = -1;

    if (primary != NULL) {
        verdict.asked = "primary";
        status = check_one_server(primary, visitor, verdict.mitigation);
    }
    if (status == -1 && secondary != NULL) {
        verdict.asked = "secondary";
        status = check_one_server(secondary, visitor, verdict.mitigation);
    }
    if (status == -1) {
        verdict.asked = "none";
    }
    verdict.forbidden = status == 403;
    return verdict;
}

#endif
