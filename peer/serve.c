/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * serve.c - the server: opens the sockets that the options ask for, says that it is ready, runs
 * the loop until a signal ends it, and tells what it did.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/log.h"
#include "common/privilege.h"
#include "common/signals.h"
#include "peer/config.h"
#include "peer/roles.h"
#include "peer/show.h"

enum {
    SOCKETS_MAX = 4,       /* of each kind: two families, or two kinds of AF_UNIX */
    SPARE_DESCRIPTORS = 64 /* that are no connections */
};

struct serving {
    const struct peer_config *config;
    struct peer_loop loop;
    struct peer_streams streams;
    struct peer_server server;
    struct peer_show show;
    struct peer_listener listeners[2 * SOCKETS_MAX];
    struct peer_datagrams datagrams[2 * SOCKETS_MAX];
    size_t listener_count, datagrams_count;
    char host_name[256], plain_answer[640];
    bool has_unix_path, has_seqpacket_path; /* made by us, to be removed */
};

/* Says where the server can be reached, on the standard output: scripts wait for these lines.
 * With --json that is for objects alone, and they are notes. */
static void tell_listening(const struct serving *serving, const char *what, const char *where)
{
    if (serving->config->form == PEER_FORM_JSON) {
        pfg_note("listening %s %s", what, where);
        return;
    }
    printf("listening %s %s\n", what, where);
    fflush(stdout);
}

/* ---- Sockets ------------------------------------------------------------------------------ */

/* A socket to be opened: for connections, work is set; for datagrams, ready. */
struct plan {
    const char *what;
    int type;
    uint16_t port;
    enum peer_worked (*work)(struct peer_conn *conn);
    void (*ready)(struct peer_watch *watch, uint32_t events);
};

static int start_listener(struct serving *serving, const struct plan *plan, int fd)
{
    struct peer_listener *listener = &serving->listeners[serving->listener_count++];

    *listener = (struct peer_listener){
        .watch.fd = fd,
        .what = plan->what,
        .packets = plan->type == SOCK_SEQPACKET,
        .work = plan->work,
        .user = &serving->server,
    };
    return peer_listener_start(listener, &serving->streams);
}

static int start_datagrams(struct serving *serving, const struct plan *plan, int fd, uint16_t port)
{
    struct peer_datagrams *socket = &serving->datagrams[serving->datagrams_count++];

    *socket = (struct peer_datagrams){
        .watch = { .fd = fd, .events = EPOLLIN, .ready = plan->ready },
        .server = &serving->server,
        .port = port,
    };
    return peer_loop_add(&serving->loop, &socket->watch);
}

/* Opens one socket at one address. Returns 0 or a negative errno; port becomes what it is. */
static int open_at(struct serving *serving, const struct plan *plan,
                   const struct peer_address *address, const char *path, uint16_t *port)
{
    int fd = peer_socket_serve(address, plan->type, serving->config->interface);
    char text[PEER_ADDRESS_TEXT];
    struct peer_address local;
    int error;

    if (fd < 0)
        return fd;
    peer_address_local(&local, fd);
    if (port != NULL)
        *port = peer_address_port(&local);
    error = plan->work != NULL ? start_listener(serving, plan, fd)
                               : start_datagrams(serving, plan, fd, peer_address_port(&local));
    if (error == 0)
        tell_listening(serving, plan->what, path != NULL ? path : peer_address_text(&local, text));
    return error;
}

/* What to do about an error of opening a socket. */
static const char *advice_for(int error)
{
    switch (error) {
    case -EADDRINUSE:
        return "another server has this port; choose another one, or end that server";
    case -EACCES:
        return "ports below 1024 need CAP_NET_BIND_SERVICE; choose another one";
    case -ENODEV:
        return "-i names no interface that is here; see: ip link";
    case -EPERM:
        return "-i needs CAP_NET_RAW";
    case -EADDRNOTAVAIL:
        return "no interface has this address; see: ip address";
    default:
        return NULL;
    }
}

/* Opens a plan's sockets: at --bind, or at all addresses of both families. A machine without
 * IPv6 is served by IPv4 alone. Returns 0, or the exit status. */
static int open_plan(struct serving *serving, const struct plan *plan, uint16_t *port)
{
    const struct peer_config *config = serving->config;
    const bool any_family = config->ipv4 == config->ipv6;
    struct peer_address address;
    int error;

    *port = plan->port;
    if (config->bind != NULL) {
        peer_address_read(&address, config->bind, *port);
        error = open_at(serving, plan, &address, NULL, port);
        return error == 0 ? 0
                          : pfg_fail_errno(error, advice_for(error), "%s %s port %u", plan->what,
                                           config->bind, plan->port);
    }
    if (any_family || config->ipv4) {
        peer_address_any(&address, AF_INET, *port);
        error = open_at(serving, plan, &address, NULL, port);
        if (error != 0)
            return pfg_fail_errno(error, advice_for(error), "%s port %u", plan->what, plan->port);
    }
    if (!any_family && !config->ipv6)
        return 0;
    if (!any_family && config->ipv4)
        return 0;
    peer_address_any(&address, AF_INET6, *port);
    error = open_at(serving, plan, &address, NULL, port);
    if ((error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL) && any_family) {
        pfg_info("%s: this machine has no IPv6", plan->what);
        return 0;
    }
    return error == 0 ? 0
                      : pfg_fail_errno(error, advice_for(error), "%s port %u over IPv6", plan->what,
                                       plan->port);
}

/* Opens a socket at a path. Returns 0, or the exit status. */
static int open_path(struct serving *serving, const struct plan *plan, const char *path, bool *made)
{
    struct peer_address address;
    int error;

    if (path == NULL)
        return 0;
    error = peer_address_unix(&address, path);
    if (error == 0)
        error = open_at(serving, plan, &address, path, NULL);
    *made = error == 0;
    return error == 0 ? 0
                      : pfg_fail_errno(error, "another server may have this path", "%s %s",
                                       plan->what, path);
}

static int open_sockets(struct serving *serving)
{
    const struct peer_config *config = serving->config;
    const unsigned roles = serving->server.roles;
    const struct plan echo_tcp = { "tcp echo", SOCK_STREAM, config->echo_port,
                                   .work = peer_echo_work };
    const struct plan echo_udp = { "udp echo", SOCK_DGRAM, config->echo_port,
                                   .ready = peer_echo_datagrams };
    const struct plan frames_tcp = { "tcp frames", SOCK_STREAM, config->tcp_port,
                                     .work = peer_frames_work };
    const struct plan frames_udp = { (roles & PEER_ROLE_FRAMES) == 0  ? "udp plain"
                                     : (roles & PEER_ROLE_PLAIN) == 0 ? "udp frames"
                                                                      : "udp frames,plain",
                                     SOCK_DGRAM, config->udp_port, .ready = peer_frames_datagrams };
    const struct plan unix_stream = { "unix frames", SOCK_STREAM, .work = peer_frames_work };
    const struct plan unix_packets = { "seqpacket frames", SOCK_SEQPACKET,
                                       .work = peer_frames_work };
    uint16_t port;

    if ((roles & PEER_ROLE_ECHO) != 0 &&
        (open_plan(serving, &echo_tcp, &port) != 0 || open_plan(serving, &echo_udp, &port) != 0))
        return 1;
    if ((roles & PEER_ROLE_FRAMES) != 0 &&
        (open_plan(serving, &frames_tcp, &serving->server.service_port) != 0 ||
         open_path(serving, &unix_stream, config->unix_path, &serving->has_unix_path) != 0 ||
         open_path(serving, &unix_packets, config->seqpacket_path, &serving->has_seqpacket_path) !=
             0))
        return 1;
    if ((roles & (PEER_ROLE_FRAMES | PEER_ROLE_PLAIN)) != 0)
        return open_plan(serving, &frames_udp, &port);
    return 0;
}

static void close_sockets(struct serving *serving)
{
    peer_streams_free(&serving->streams);
    for (size_t i = 0; i < serving->datagrams_count; i++)
        close(serving->datagrams[i].watch.fd);
    if (serving->has_unix_path)
        unlink(serving->config->unix_path);
    if (serving->has_seqpacket_path)
        unlink(serving->config->seqpacket_path);
}

/* ---- Readiness ---------------------------------------------------------------------------- */

/* Tells those who wait that all sockets are open. Returns 0, or the exit status. */
static int tell_ready(const struct peer_config *config)
{
    static const char ready[] = "ready\n";

    if (config->pid_file != NULL) {
        FILE *file = fopen(config->pid_file, "we");

        if (file == NULL || fprintf(file, "%ld\n", (long)getpid()) < 0 || fclose(file) != 0)
            return pfg_fail_errno(errno, NULL, "%s", config->pid_file);
    }
    if (config->ready_fd != UINT_MAX) {
        if (write((int)config->ready_fd, ready, sizeof ready - 1) < 0)
            return pfg_fail_errno(errno, "the descriptor must be open, as by 3>file",
                                  "--ready-fd %u", config->ready_fd);
        close((int)config->ready_fd);
    }
    return 0;
}

/* ---- The whole ---------------------------------------------------------------------------- */

static uint64_t serving_tick(void *user, uint64_t now_ns)
{
    struct serving *serving = user;

    peer_show_flush(&serving->show);
    return peer_streams_tick(&serving->streams, now_ns);
}

/* As many connections as were asked for and the system allows. */
static size_t connection_limit(size_t wanted)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur < SPARE_DESCRIPTORS + 1)
        return 1;
    if (wanted <= limit.rlim_cur - SPARE_DESCRIPTORS)
        return wanted;
    pfg_warn("--connections %zu: the system allows %llu; see: ulimit -n", wanted,
             (unsigned long long)(limit.rlim_cur - SPARE_DESCRIPTORS));
    return (size_t)limit.rlim_cur - SPARE_DESCRIPTORS;
}

/* Who this server says that it is. */
static void set_names(struct serving *serving)
{
    const struct peer_config *config = serving->config;
    struct peer_talk *talk = &serving->server.talk;

    if (gethostname(serving->host_name, sizeof serving->host_name - 1) != 0)
        serving->host_name[0] = '\0';
    talk->name = config->name != NULL ? config->name : serving->host_name;
    talk->service = config->service;
    snprintf(serving->plain_answer, sizeof serving->plain_answer, "%s offers %s", talk->name,
             talk->service);
    serving->server.plain_answer = config->answer != NULL ? config->answer : serving->plain_answer;
}

/* Everything but sockets. Returns 0, or the exit status. */
static int set_up(struct serving *serving)
{
    const struct peer_config *config = serving->config;
    struct peer_server *server = &serving->server;
    int error = pfg_signals_open(PFG_SIGNAL_STOP);

    if (error == 0)
        error = peer_loop_init(&serving->loop);
    if (error != 0)
        return pfg_fail_errno(error, NULL, "cannot wait for signals and sockets");
    serving->loop.tick = serving_tick;
    serving->loop.user = serving;
    serving->streams = (struct peer_streams){
        .loop = &serving->loop,
        .limit = connection_limit(config->connections),
        .memory = config->memory,
        .idle_ns = config->idle_ns,
    };
    server->datagram_room = malloc(PEER_DATAGRAM_MAX);
    if (peer_show_init(&serving->show, (enum peer_form)config->form) != 0 ||
        peer_talk_init(&server->talk) != 0 || server->datagram_room == NULL)
        return pfg_fail("out of memory");
    server->roles = config->roles == 0 ? PEER_ROLE_ALL : config->roles;
    server->service_port = config->tcp_port;
    server->talk.refused = config->refused;
    if (config->verbose > 0 || config->form != PEER_FORM_LINE) {
        server->talk.show = peer_show_message;
        server->talk.user = &serving->show;
    }
    set_names(serving);
    return 0;
}

static void tell_counts(const struct serving *serving)
{
    const struct peer_server *server = &serving->server;
    const struct peer_counts *counts = &server->talk.counts;

    pfg_note("served %llu requests: %llu replies, %llu errors, %llu passed over; %llu ignored; "
             "%llu connections, %llu turned away; %llu datagrams, %llu answers not sent",
             (unsigned long long)counts->requests, (unsigned long long)counts->replies,
             (unsigned long long)counts->errors, (unsigned long long)counts->silent,
             (unsigned long long)counts->ignored, (unsigned long long)serving->streams.accepted,
             (unsigned long long)serving->streams.turned_away,
             (unsigned long long)server->datagrams, (unsigned long long)server->unsent);
}

static void tear_down(struct serving *serving)
{
    close_sockets(serving);
    peer_loop_free(&serving->loop);
    peer_show_free(&serving->show);
    peer_talk_free(&serving->server.talk);
    peer_joins_free(&serving->server.joins);
    peer_buffer_free(&serving->server.replies);
    free(serving->server.datagram_room);
    pfg_signals_close();
}

int peer_serve(const struct peer_config *config)
{
    static struct serving serving; /* zeros, and too large for the stack */
    int status, error;

    serving.config = config;
    status = set_up(&serving);
    if (status == 0)
        status = open_sockets(&serving);
    if (status == 0)
        status = tell_ready(config);
    if (status != 0) {
        close_sockets(&serving);
        return status;
    }
    /* Files of root must stay removable at the end. */
    error = pfg_privilege_drop_all(serving.has_unix_path || serving.has_seqpacket_path ||
                                   config->pid_file != NULL);
    if (error != 0)
        return pfg_fail_errno(error, NULL, "cannot give up privileges");
    error = peer_loop_run(&serving.loop);
    if (config->pid_file != NULL)
        unlink(config->pid_file);
    tell_counts(&serving);
    tear_down(&serving);
    return error == 0 ? 0 : pfg_fail_errno(error, NULL, "cannot wait for sockets");
}
