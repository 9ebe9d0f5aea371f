/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine_inside.h - what the two halves of the TCP machine share: machine.c sends and times,
 * machine_input.c receives.
 */
#ifndef PFG_RAWSOCK_MACHINE_INSIDE_H
#define PFG_RAWSOCK_MACHINE_INSIDE_H

#include "rawsock/machine.h"

enum {
    PFG_FIRST_SEGMENTS = 10, /* RFC 6928 */
    PFG_MSS_DEFAULT = 536,   /* where the peer says none: RFC 9293, 3.7.1 */
    PFG_DUPLICATES = 3,      /* RFC 5681, 3.2 */
};

/* Sequence numbers are compared modulo 2^32 (RFC 9293, 3.4). */
static inline bool before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Number of the byte after all data: that of FIN. */
static inline uint32_t data_end(const struct pfg_machine *machine)
{
    return machine->initial + 1 + (uint32_t)machine->size;
}

/* Whether the state allows to send data and FIN. */
bool pfg_machine_may_send(const struct pfg_machine *machine);
/* A segment without data. */
void pfg_machine_send_control(struct pfg_machine *machine, uint8_t flags, uint32_t seq);
void pfg_machine_acknowledge(struct pfg_machine *machine);
/* Size bytes of data from seq on, which must be there. */
void pfg_machine_send_data(struct pfg_machine *machine, uint32_t seq, uint32_t size);
/* Notes that everything up to end was sent, once more or for the first time; starts the timer. */
void pfg_machine_sent(struct pfg_machine *machine, uint64_t now_ns, uint32_t end);
/* Sends what the windows allow. */
void pfg_machine_output(struct pfg_machine *machine, uint64_t now_ns);
/* A round trip was measured: RFC 6298, 2. */
void pfg_machine_measured(struct pfg_machine *machine, uint64_t rtt_ns);
/* Closes out of order. */
void pfg_machine_finish(struct pfg_machine *machine, enum pfg_machine_end why);

#endif
