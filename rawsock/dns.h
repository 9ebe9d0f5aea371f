/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dns.h - what the files of the verb dns share: the question, made a layer; the answer, made text.
 */
#ifndef PFG_RAWSOCK_DNS_H
#define PFG_RAWSOCK_DNS_H

#include "rawsock/address.h"
#include "rawsock/stack.h"
#include "rawsock/verb.h"

/* What is asked, and whom. Texts are borrowed from the command line, but for reversed. */
struct pfg_question {
    const char *name;
    const char *type; /* NULL: A, or PTR with -x */
    struct pfg_endpoint server;
    bool has_server;
    char reversed[80]; /* the name that -x stands for */
};

/* The protocol of DNS messages. */
const struct pfg_proto *pfg_dns_proto(void);

/* Reads the words NAME [TYPE] @SERVER[#PORT] and -x. Returns 0 or -1 with *fault. */
int pfg_question_read(struct pfg_question *question, const struct pfg_config *config,
                      char *const *words, size_t count, struct pfg_fault *fault);

/* Appends the layer of the query to the stack: question, header fields, OPT record. */
int pfg_question_put(const struct pfg_question *question, const struct pfg_config *config,
                     struct pfg_stack *stack, struct pfg_fault *fault);

/* The message as master files and dig have it: a line of the header, then every section. With
 * short_form the data of the answers alone. */
void pfg_answer_write(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu, bool short_form);

#endif
