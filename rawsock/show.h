/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.h - packets that were sent or received, shown: nothing, a line, a tree or a JSON object
 * each, by the renderers of proto/. Messages over TCP are shown with the segment that completes
 * them.
 */
#ifndef PFG_RAWSOCK_SHOW_H
#define PFG_RAWSOCK_SHOW_H

#include <stdbool.h>

#include "proto/layers.h"
#include "proto/render.h"
#include "proto/stream.h"

enum pfg_form { PFG_FORM_NOTHING, PFG_FORM_LINE, PFG_FORM_TREE, PFG_FORM_JSON };
enum pfg_direction { PFG_SENT, PFG_RECEIVED };

/* A way to show packets; all members are this module's. */
struct pfg_show {
    enum pfg_form form;
    int fd;
    struct pfg_out out;
    struct pfg_decode decode;
    struct pfg_streams *streams;
    uint64_t number;                  /* of the last packet */
    uint16_t port;                    /* what is to or from this port is read as expected, */
    const struct pfg_proto *expected; /* where that is not NULL */
};

/* Shows on the file descriptor. Returns 0 or -1 (memory is out). */
int pfg_show_open(struct pfg_show *show, enum pfg_form form, int fd);
/* Hands over what is still there and frees. Returns 0 or a negative errno of writing. */
int pfg_show_close(struct pfg_show *show);

/* Content to or from the port is of the protocol, whatever it looks like. */
void pfg_show_expect(struct pfg_show *show, uint16_t port, const struct pfg_proto *proto);

/* One packet of a link type (PFG_LINK_); verify: whether its checksums are on the wire as they
 * are here (the kernel leaves them to the hardware in packets of this machine). */
void pfg_show_packet(struct pfg_show *show, enum pfg_direction direction, uint32_t link_type,
                     const uint8_t *bytes, uint32_t size, uint64_t time_ns, bool verify);

/* One message alone, in the form; what stands around it is the caller's. */
void pfg_show_pdu(struct pfg_show *show, const struct pfg_decode *decode,
                  const struct pfg_pdu *pdu);

/* A message that answers, with who sent it and how long it took; as an object of its own in JSON:
 * {"from":"10.99.0.2:9434","rtt_ns":412000,"pfg":[{...}]}. Handed over at once. */
void pfg_show_answer(struct pfg_show *show, const struct pfg_decode *decode,
                     const struct pfg_pdu *pdu, const char *from, uint64_t rtt_ns);

/* A duration in milliseconds with three decimals: "0.412 ms". */
void pfg_show_duration(struct pfg_out *out, uint64_t duration_ns);

#endif
