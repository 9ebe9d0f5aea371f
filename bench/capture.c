/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * capture.c - bench_capture: a capture of made-up conversations, on the standard output (pcap,
 * nanoseconds). The same words give the same bytes.
 *
 *   bench_capture mixed PACKETS     what a network has: DNS, TCP, UDP, frames
 *   bench_capture endless PACKETS   TCP connections one after the other, a fifth as many as
 * packets, that nobody closes, and questions of ever other names
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/conversation.h"

enum { AT_ONCE = 512, BLOCK_BYTES = 1 << 20, RECORD_BYTES = 16 };

struct capture {
    struct conversation talks[AT_ONCE];
    enum conversation_kind (*kind)(uint64_t *random);
    uint32_t begun;
    uint64_t random, time_ns;
    uint8_t *block;
    size_t size;
};

/* Two thirds are connections of four packets each, left open; half of these lose their first bytes.
 * One third are questions with their answers. */
static enum conversation_kind endless(uint64_t *random)
{
    static const enum conversation_kind kinds[] = { CONVERSATION_PROBE, CONVERSATION_HOLE,
                                                    CONVERSATION_DNS };

    return kinds[wire_random(random) % 3];
}

static void flush(struct capture *capture)
{
    size_t at = 0;

    while (at < capture->size) {
        ssize_t got = write(STDOUT_FILENO, capture->block + at, capture->size - at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            fprintf(stderr, "bench_capture: cannot write: %s\n", strerror(errno));
            exit(1);
        }
        at += (size_t)got;
    }
    capture->size = 0;
}

static void put(struct capture *capture, const void *bytes, size_t size)
{
    if (capture->size + size > BLOCK_BYTES)
        flush(capture);
    memcpy(capture->block + capture->size, bytes, size);
    capture->size += size;
}

static void put_packet(struct capture *capture, const struct wire *wire)
{
    uint32_t record[4] = { (uint32_t)(capture->time_ns / 1000000000),
                           (uint32_t)(capture->time_ns % 1000000000), wire->size, wire->size };

    put(capture, record, sizeof record);
    put(capture, wire->bytes, wire->size);
    capture->time_ns += 2000 + wire_random(&capture->random) % 16000;
}

static void begin(struct capture *capture, struct conversation *talk)
{
    conversation_begin(talk, capture->kind(&capture->random), capture->begun++);
    if (capture->kind == endless) {
        talk->client = 0x10000 + talk->number;
        talk->site = talk->number;
    }
}

static void run(struct capture *capture, uint64_t packets)
{
    struct wire wire;
    uint32_t i;

    for (i = 0; i < AT_ONCE; i++)
        begin(capture, &capture->talks[i]);
    while (packets-- > 0) {
        struct conversation *talk = &capture->talks[wire_random(&capture->random) % AT_ONCE];
        bool more = conversation_step(talk, &wire);

        put_packet(capture, &wire);
        if (!more)
            begin(capture, talk);
    }
    flush(capture);
}

int main(int argc, char **argv)
{
    static struct capture capture = { .time_ns = UINT64_C(1767268800000000000), .random = 1 };
    const uint32_t header[] = { 0xa1b23c4d, 4U << 16 | 2, 0, 0, 262144, 1 };
    uint64_t packets = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;

    if (packets == 0 || (strcmp(argv[1], "mixed") != 0 && strcmp(argv[1], "endless") != 0)) {
        fprintf(stderr, "Usage: bench_capture mixed|endless PACKETS\n");
        return 2;
    }
    capture.kind = strcmp(argv[1], "mixed") == 0 ? conversation_mixed : endless;
    capture.block = malloc(BLOCK_BYTES);
    if (capture.block == NULL)
        return 1;
    put(&capture, header, sizeof header);
    run(&capture, packets);
    free(capture.block);
    return 0;
}
