/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dnsname.h - DNS domain names on the wire and as text (RFC 1035, 3.1, 4.1.4 and 5.1).
 */
#ifndef PFG_PROTO_DNSNAME_H
#define PFG_PROTO_DNSNAME_H

#include "proto/encode.h"
#include "proto/out.h"

enum { PFG_DNSNAME_TRUNCATED = -1, PFG_DNSNAME_LOOP = -2, PFG_DNSNAME_LABEL = -3 };

struct pfg_dnsname {
    uint32_t size;    /* bytes where it stands, up to and with the root or the first pointer */
    uint32_t pointer; /* where the first pointer leads; UINT32_MAX: not compressed */
};

/* Reads over the name at offset at of message[0..size). Pointers must lead strictly back, and
 * there may be 128 of them, so that no name is followed for ever. Returns 0 or one of the errors
 * above. */
int pfg_dnsname_scan(const uint8_t *message, uint32_t size, uint32_t at, struct pfg_dnsname *name);

/* A name of a message that was read and has no pointer: most that have point into it. labels: a bit
 * for each of its labels, 1 << bytes from at, as far as there are bits; 0: no name is known yet. */
struct pfg_known_name {
    uint32_t at, size;
    uint64_t labels;
};
/* The same as pfg_dnsname_scan; where no name is known yet, this one may be it from now on. */
int pfg_dnsname_scan_noting(const uint8_t *message, uint32_t size, uint32_t at,
                            struct pfg_dnsname *name, struct pfg_known_name *known);
/* Where the name at at leads to, if it is nothing but a pointer into the known one; there is no
 * need to read that again. UINT32_MAX: it is another. */
static inline uint32_t pfg_dnsname_known(const uint8_t *message, uint32_t size, uint32_t at,
                                         const struct pfg_known_name *known)
{
    if (size - at < 2 || at > size || message[at] < 0xc0)
        return UINT32_MAX;
    uint32_t to = (uint32_t)(message[at] & 0x3f) << 8 | message[at + 1], behind = to - known->at;
    return to < at && behind < 64 && known->labels >> behind & 1 ? to : UINT32_MAX;
}

/* Bytes of the same where it stands; 0: it is none. */
uint32_t pfg_dnsname_size(const uint8_t *message, uint32_t size, uint32_t at);

/* Bytes of the longest name's text: each of 255 bytes escaped, and some more. */
enum { PFG_DNSNAME_TEXT_MAX = 1100 };
/* The name at offset at of message[0..size) as text without the last dot ("www.example.com", the
 * root is "."), special characters escaped as RFC 1035, 5.1 has it. The name must have passed
 * pfg_dnsname_scan; size says only how far it is sure that bytes can be read. absolute: with the
 * last dot, as master files have it. to has room for PFG_DNSNAME_TEXT_MAX bytes. */
struct pfg_dnsname_end {
    char *to;      /* behind the text */
    uint32_t next; /* behind the name where it stands */
};
struct pfg_dnsname_end pfg_dnsname_put(char *to, const uint8_t *message, uint32_t size, uint32_t at,
                                       bool absolute);
void pfg_dnsname_text(struct pfg_out *out, const uint8_t *message, uint32_t size, uint32_t at,
                      bool absolute);

/* Text to wire form, uncompressed, at most 255 bytes into wire. Returns its size, or -1. */
int pfg_dnsname_parse(const char *text, size_t size, uint8_t wire[255]);

/* Where names already stand in a message being written, for compression. */
struct pfg_dnsname_table {
    uint32_t count;
    uint16_t at[512];
};
/* Appends the name in wire form, compressed against those written since start (the message's
 * first byte) where table is not NULL. */
void pfg_dnsname_write(struct pfg_writer *writer, uint32_t start, const uint8_t *wire,
                       uint32_t size, struct pfg_dnsname_table *table);

#endif
