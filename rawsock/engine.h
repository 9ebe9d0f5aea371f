/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * engine.h - where packets go: one small interface, an engine a file. A raw IP socket (the kernel
 * routes and finds the neighbour), a packet socket (whole frames, as they are), a pcap file.
 * An engine is opened by its own function and closed by pfg_engine_close, which frees it.
 */
#ifndef PFG_RAWSOCK_ENGINE_H
#define PFG_RAWSOCK_ENGINE_H

#include "proto/layers.h"
#include "rawsock/route.h"

/* One packet to go out; the bytes are the caller's. time_ns (since 1970) is for files. */
struct pfg_frame {
    const uint8_t *bytes;
    uint32_t size;
    uint64_t time_ns;
};

struct pfg_engine;
struct pfg_engine_kind {
    const char *name; /* for messages */
    /* Sends the frames in order. Returns how many went out (fewer only with *fault), or -1. */
    int (*send)(struct pfg_engine *engine, const struct pfg_frame *frames, unsigned count,
                struct pfg_fault *fault);
    /* Finishes and frees. Returns 0, or -1 with *fault where packets may be lost. */
    int (*close)(struct pfg_engine *engine, struct pfg_fault *fault);
};
/* What every engine begins with. */
struct pfg_engine {
    const struct pfg_engine_kind *kind;
    uint32_t link_type;      /* what it takes: PFG_LINK_ETHERNET, PFG_LINK_RAW (IP); files others */
    uint64_t packets, bytes; /* sent so far */
};

/* Sends one frame. Returns 0 or -1 with *fault. */
int pfg_engine_send(struct pfg_engine *engine, const struct pfg_frame *frame,
                    struct pfg_fault *fault);
int pfg_engine_close(struct pfg_engine *engine, struct pfg_fault *fault);

/* Datagrams of a family (4 or 6) to wherever their own destination says; out of interface (a name)
 * where it is not NULL. Broadcasts are allowed. NULL with *fault. */
struct pfg_engine *pfg_engine_ip_open(uint8_t family, const char *interface,
                                      struct pfg_fault *fault);
/* Whether a raw IP socket would send these bytes as they are: the kernel writes total length and
 * checksum itself, and identification and source where they are 0 (raw(7)). */
bool pfg_engine_ip_keeps(const uint8_t *bytes, uint32_t size);

/* Whole frames out of one interface: with Ethernet headers, or, where the interface has none (a
 * tunnel), IP datagrams; link_type tells. NULL with *fault. */
struct pfg_engine *pfg_engine_packet_open(const struct pfg_link *link, struct pfg_fault *fault);

/* A classic pcap file of packets of a link type (PFG_LINK_ANY: that of a file that is there, else
 * Ethernet); "-" is the standard output. append: go on with a file that is there, in its own byte
 * order and precision. NULL with *fault. */
struct pfg_engine *pfg_engine_file_open(const char *path, uint32_t link_type, bool append,
                                        struct pfg_fault *fault);

#endif
