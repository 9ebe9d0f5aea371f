/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine.h - one TCP connection from the side that opens it (RFC 9293), as a machine without a
 * network: segments go in, segments come out by a hook, time is a number that the caller gives.
 * Retransmission timer by RFC 6298, congestion window and fast retransmit by RFC 5681, answers
 * to blind resets by RFC 5961. No options but MSS; no urgent data; no simultaneous open.
 *
 * The machine owns copies of all bytes to send and a window of received ones.
 */
#ifndef PFG_RAWSOCK_MACHINE_H
#define PFG_RAWSOCK_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control bits (RFC 9293, 3.1). */
enum {
    PFG_SEG_FIN = 0x01,
    PFG_SEG_SYN = 0x02,
    PFG_SEG_RST = 0x04,
    PFG_SEG_PSH = 0x08,
    PFG_SEG_ACK = 0x10,
};

/* A segment; the bytes are borrowed. mss: of the option, 0 where there is none. */
struct pfg_seg {
    uint32_t seq, ack;
    uint8_t flags;
    uint16_t window, mss;
    const uint8_t *bytes;
    uint32_t size;
};

enum pfg_machine_state {
    PFG_TCP_CLOSED,
    PFG_TCP_SYN_SENT,
    PFG_TCP_ESTABLISHED,
    PFG_TCP_FIN_WAIT_1,
    PFG_TCP_FIN_WAIT_2,
    PFG_TCP_CLOSE_WAIT,
    PFG_TCP_CLOSING,
    PFG_TCP_LAST_ACK,
    PFG_TCP_TIME_WAIT,
};
const char *pfg_machine_state_name(enum pfg_machine_state state);

enum pfg_machine_end { PFG_END_NONE, PFG_END_REFUSED, PFG_END_RESET, PFG_END_TIMED_OUT };

struct pfg_machine_hooks {
    /* Sends a segment. Whether it arrives is the machine's concern. */
    void (*send)(void *user, const struct pfg_seg *segment);
    /* Bytes in the order of the stream, each once. */
    void (*receive)(void *user, const uint8_t *bytes, uint32_t size);
    void *user;
};

struct pfg_machine {
    struct pfg_machine_hooks hooks;
    enum pfg_machine_state state;
    enum pfg_machine_end end; /* why it is closed, where it did not close in order */
    /* Sending: sequence numbers as in RFC 9293, 3.3.1; sent_max is the highest ever sent. */
    uint32_t initial, una, next, sent_max, window, window_seq, window_ack;
    uint32_t mss, mss_offered;
    uint32_t congestion, threshold; /* bytes */
    unsigned duplicates;
    uint8_t *data; /* all that was written; the first byte has the number initial + 1 */
    size_t size, room;
    bool closing; /* FIN follows the data */
    /* Receiving. */
    uint32_t expected;
    uint32_t peer_fin; /* number of the peer's FIN, where has_peer_fin */
    bool has_peer_fin;
    uint8_t *received; /* a ring of PFG_MACHINE_RING bytes, and which of them are there */
    bool *present;
    /* Timers, in ns of the caller's clock; UINT64_MAX: not running. */
    uint64_t timer_ns, rto_ns, srtt_ns, rttvar_ns, timed_ns;
    uint32_t timed_seq;
    bool timing;
    unsigned retries;
    uint64_t retransmitted; /* segments, for reports */
};

enum {
    PFG_MACHINE_RING = 65536,
    PFG_MACHINE_WINDOW = 65535,
    PFG_MACHINE_RETRIES = 6, /* of one segment, before the peer is given up */
};

/* A closed machine. initial: the initial sequence number; mss: bytes of a segment that we can
 * receive and send. Returns 0 or -1 (memory is out). */
int pfg_machine_init(struct pfg_machine *machine, const struct pfg_machine_hooks *hooks,
                     uint32_t initial, uint16_t mss);
void pfg_machine_free(struct pfg_machine *machine);

/* Sends SYN. */
void pfg_machine_connect(struct pfg_machine *machine, uint64_t now_ns);
/* Bytes to send when the connection is there, and as the windows allow. -1: memory is out. */
int pfg_machine_write(struct pfg_machine *machine, uint64_t now_ns, const uint8_t *bytes,
                      size_t size);
/* FIN after all data. */
void pfg_machine_shutdown(struct pfg_machine *machine, uint64_t now_ns);
/* RST now; the machine is closed. */
void pfg_machine_abort(struct pfg_machine *machine);
/* A segment came. */
void pfg_machine_input(struct pfg_machine *machine, uint64_t now_ns, const struct pfg_seg *segment);
/* Does what is due; call at pfg_machine_deadline at the latest. */
void pfg_machine_tick(struct pfg_machine *machine, uint64_t now_ns);
uint64_t pfg_machine_deadline(const struct pfg_machine *machine);

/* Whether all that was written has been acknowledged. */
bool pfg_machine_all_acknowledged(const struct pfg_machine *machine);
/* Whether the peer has sent its last byte. */
bool pfg_machine_peer_closed(const struct pfg_machine *machine);

#endif
