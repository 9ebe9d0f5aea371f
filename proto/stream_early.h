/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream_early.h - bytes of a direction that came before what precedes them. They stand in blocks
 * of sequence numbers, with a bit for each byte that is there: so pieces that touch are one,
 * however many there were and in whatever order they came, and to add one costs no more when there
 * are many others. Only stream*.c include this file.
 */
#ifndef PFG_PROTO_STREAM_EARLY_H
#define PFG_PROTO_STREAM_EARLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pfg_early_node;

/* All that is kept of a direction; zeroed at first. Every byte in it is less than 2^31 ahead of the
 * next one that is expected, so sequence numbers have one order, from there on. */
struct pfg_early {
    struct pfg_early_node *root;
    uint32_t blocks; /* 0: nothing is kept */
    uint32_t nodes;
};

/* Bytes of memory that it takes. */
size_t pfg_early_memory(const struct pfg_early *early);
/* Keeps those bytes that are not there yet; behind them stand cut bytes that the capture left out.
 * False: memory is out. */
bool pfg_early_add(struct pfg_early *early, uint32_t seq, const uint8_t *bytes, uint32_t size,
                   uint32_t cut, uint64_t now_ns);

/* The first that is kept from next on, bytes or such as the capture left out: where it is, and when
 * the first byte of its block came. There is one. */
uint32_t pfg_early_first(const struct pfg_early *early, uint32_t next);
uint64_t pfg_early_since(const struct pfg_early *early, uint32_t next);

/* What is kept at next: size bytes, or, where bytes is NULL, so many that the capture left out;
 * size is 0 where there is nothing. Bytes go on in the block behind. */
struct pfg_early_run {
    const uint8_t *bytes;
    uint32_t size;
};
struct pfg_early_run pfg_early_at(const struct pfg_early *early, uint32_t next);
/* Forgets what is before next; all of it was at from or behind that. */
void pfg_early_forget(struct pfg_early *early, uint32_t from, uint32_t next);
void pfg_early_drop(struct pfg_early *early);

#endif
