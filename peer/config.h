/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * config.h - what the options of pfgpeer set. Strings are borrowed from the command line.
 */
#ifndef PFG_PEER_CONFIG_H
#define PFG_PEER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/options.h"

/* Bits of peer_config.roles. */
enum peer_role {
    PEER_ROLE_ECHO = 1,   /* plain bytes back, TCP and UDP */
    PEER_ROLE_FRAMES = 2, /* the pfg framing, TCP, UDP and AF_UNIX */
    PEER_ROLE_PLAIN = 4,  /* plain discovery, UDP */
    PEER_ROLE_ALL = 7,
};

/* How ask prints a reply. */
enum peer_form { PEER_FORM_LINE, PEER_FORM_TREE, PEER_FORM_JSON };

struct peer_config {
    /* Both verbs. */
    unsigned verbose;
    bool quiet;
    unsigned form;                          /* enum peer_form */
    const char *interface;                  /* NULL: any */
    const char *bind;                       /* NULL: any address */
    const char *unix_path, *seqpacket_path; /* NULL: none */
    /* serve */
    unsigned roles; /* bits of enum peer_role; 0: all */
    const char *name, *service;
    const char *answer; /* to plain discovery; NULL: made of name and service */
    bool ipv4, ipv6;    /* neither: both */
    uint16_t echo_port, udp_port, tcp_port;
    uint64_t refused; /* bits 1 << type */
    size_t connections;
    uint64_t idle_ns;
    size_t memory;     /* bytes that all connections together may hold */
    unsigned ready_fd; /* UINT_MAX: none */
    const char *pid_file;
    /* ask */
    bool tcp, checked, all;
    uint64_t count;
    uint64_t timeout_ns;
};

enum { PEER_VERB_SERVE, PEER_VERB_ASK }; /* tags of the verbs */

/* The options of pfgpeer. pfg_registry_init comes before they are read. */
extern const struct pfg_command peer_command;

/* Checks what the table cannot say of single options. Returns 0, or the exit status. */
int peer_config_check(const struct peer_config *config, const struct pfg_parsed *parsed);

/* Serves until a signal asks for the end. Returns the exit status. */
int peer_serve(const struct peer_config *config);

/* Sends what the words say and prints what comes back. Returns the exit status. */
int peer_ask(const struct peer_config *config, const struct pfg_parsed *parsed);

#endif
