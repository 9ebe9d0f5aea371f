/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * verb.h - the verbs of pfgsend and what the command line said. A verb is a file: it reads the
 * config and the words, and returns the status to exit with.
 */
#ifndef PFG_RAWSOCK_VERB_H
#define PFG_RAWSOCK_VERB_H

#include "common/options.h"
#include "proto/encode.h"
#include "rawsock/show.h"

/* Status to exit with; misuse is 2 (common/options.h). */
enum {
    PFG_EXIT_OK = 0,
    PFG_EXIT_FAILED = 1,
    PFG_EXIT_NO_REPLY = 9, /* as dig has it */
};

enum { PFG_HEADER_SETS = 32 };

/* What the options said; see the rows in main.c and the verbs' own tables. */
struct pfg_config {
    const char *interface;
    bool quiet, verbose, json;
    uint64_t timeout_ns; /* of a wait for an answer; 0: the verb's own */
    /* craft */
    uint64_t count;
    uint64_t interval_ns;
    uint64_t wait_ns; /* for answers; 0: not at all */
    const char *file;
    const char *script;
    bool append;
    bool has_time;
    uint64_t time_ns; /* of the first packet in a file */
    /* dns */
    bool tcp, short_form, dnssec, ignore_truncation;
    uint16_t port, edns_size;
    uint64_t retries;
    const char *reverse, *dns_class;
    struct {
        const struct pfg_field *field;
        uint64_t number;
    } header[PFG_HEADER_SETS]; /* --FIELD VALUE */
    size_t header_count;
    /* discover */
    bool plain, framed;
    const char *service;
    /* tcp */
    const char *data;
    uint64_t quiet_ns;
    uint16_t source_port, mss;
    const char *output;
};

/* The tool as its options have it. */
extern const struct pfg_command pfg_send_command;
/* Does what the command line says. Returns the status to exit with. */
int pfg_verb_run(struct pfg_config *config, const struct pfg_parsed *parsed);

typedef int (*pfg_verb_function)(struct pfg_config *config, const struct pfg_parsed *parsed);
int pfg_verb_craft(struct pfg_config *config, const struct pfg_parsed *parsed);
int pfg_verb_dns(struct pfg_config *config, const struct pfg_parsed *parsed);
int pfg_verb_discover(struct pfg_config *config, const struct pfg_parsed *parsed);
int pfg_verb_tcp(struct pfg_config *config, const struct pfg_parsed *parsed);

extern const struct pfg_option pfg_craft_options[], pfg_dns_options[], pfg_discover_options[],
    pfg_tcp_options[];
extern const struct pfg_section pfg_craft_sections[], pfg_dns_sections[], pfg_discover_sections[],
    pfg_tcp_sections[];
extern const struct pfg_extension pfg_dns_extension;

/* How packets are shown: as JSON, as trees, or, where neither was asked for, usual. */
enum pfg_form pfg_config_form(const struct pfg_config *config, enum pfg_form usual);

/* Prints a fault. Returns PFG_EXIT_FAILED. */
int pfg_verb_failed(const struct pfg_fault *fault);

/* --time: RFC 3339, "now", or nanoseconds since 1970. */
int pfg_option_time(const struct pfg_option *row, const char *value, void *user, char *why,
                    size_t room);

#endif
