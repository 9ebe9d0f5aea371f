/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wire.h - packets laid down byte by byte, without any of the code under test, so that a mistake
 * of a decoder is not made here as well. All functions append to a packet; it is finished by
 * wire_end, which fills lengths and checksums.
 */
#ifndef PFG_BENCH_WIRE_H
#define PFG_BENCH_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_ROOM = 2048, WIRE_TCP = 6, WIRE_UDP = 17 };

/* Bits of a TCP header's flags (RFC 9293, 3.1). */
enum { WIRE_FIN = 1, WIRE_SYN = 2, WIRE_RST = 4, WIRE_PSH = 8, WIRE_ACK = 16 };

struct wire {
    uint8_t bytes[WIRE_ROOM];
    uint32_t size;
    uint32_t network, transport; /* where these headers begin */
    uint8_t family, protocol;
};

/* Who speaks with whom. Hosts are numbers; an address is made of them. */
struct wire_ends {
    uint8_t family; /* 4 or 6 */
    uint8_t protocol;
    uint32_t source, destination;
    uint16_t sport, dport;
};

struct wire_tcp {
    uint32_t seq, ack, clock; /* clock: of the time stamps option */
    uint8_t flags;
};

void wire_u8(struct wire *wire, unsigned value);
void wire_u16(struct wire *wire, unsigned value);
void wire_u32(struct wire *wire, uint32_t value);
void wire_bytes(struct wire *wire, const void *bytes, uint32_t size);

/* Link, network and transport header; tcp is NULL for UDP. */
void wire_begin(struct wire *wire, const struct wire_ends *ends, const struct wire_tcp *tcp);
void wire_end(struct wire *wire);

/* A name, its labels divided by dots. */
void wire_name(struct wire *wire, const char *name);

/* A frame header of the pfg framing (28 bytes). */
void wire_frame(struct wire *wire, unsigned type, unsigned flags, unsigned session, uint32_t seq,
                uint32_t length);

/* Numbers that are the same in each run (splitmix64). */
uint64_t wire_random(uint64_t *state);

#endif
