/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conversation.c - who says what. */
#include "bench/conversation.h"

#include <stdio.h>
#include <string.h>

enum { CLIENT = 0, SERVER = 1 };
enum { SEGMENT_MAX = 1448, NAMES = 20000 };
enum { TYPE_A = 1, TYPE_SOA = 6, TYPE_MX = 15, TYPE_TXT = 16, TYPE_AAAA = 28, TYPE_OPT = 41 };
/* Pointers to the question's name and to the name behind its first label ("www." or "abc."). */
enum { NAME_AT = 0xc00c, DOMAIN_AT = 0xc010 };

static uint32_t below(struct conversation *talk, uint32_t bound)
{
    return (uint32_t)(wire_random(&talk->random) % bound);
}

static void random_bytes(struct conversation *talk, struct wire *wire, uint32_t size)
{
    while (size > 0) {
        uint64_t value = wire_random(&talk->random);
        uint32_t part = size < sizeof value ? size : (uint32_t)sizeof value;

        wire_bytes(wire, &value, part);
        size -= part;
    }
}

/* ---- DNS ---------------------------------------------------------------------------------- */

static unsigned query_type(const struct conversation *talk)
{
    static const uint16_t types[] = { TYPE_A, TYPE_A,  TYPE_A,    TYPE_AAAA,
                                      TYPE_A, TYPE_MX, TYPE_AAAA, TYPE_TXT };

    return types[talk->number / 3 % 8];
}

static void question(const struct conversation *talk, struct wire *wire, unsigned flags,
                     unsigned answers, unsigned authorities)
{
    char name[64];

    wire_u16(wire, (talk->number * 40503U + talk->step / 2) & 0xffff);
    wire_u16(wire, flags);
    wire_u16(wire, 1);
    wire_u16(wire, answers);
    wire_u16(wire, authorities);
    wire_u16(wire, 1);
    snprintf(name, sizeof name, "www.site%u.example.net", talk->site);
    wire_name(wire, name);
    wire_u16(wire, query_type(talk));
    wire_u16(wire, 1);
}

static void edns(struct wire *wire)
{
    wire_u8(wire, 0);
    wire_u16(wire, TYPE_OPT);
    wire_u16(wire, 1232);
    wire_u32(wire, 0x8000);
    wire_u16(wire, 12);
    wire_u16(wire, 10); /* a cookie */
    wire_u16(wire, 8);
    wire_u32(wire, 0x01234567);
    wire_u32(wire, 0x89abcdef);
}

static void record(struct wire *wire, unsigned owner, unsigned type, unsigned size)
{
    wire_u16(wire, owner);
    wire_u16(wire, type);
    wire_u16(wire, 1);
    wire_u32(wire, 300);
    wire_u16(wire, size);
}

static void answer_record(struct conversation *talk, struct wire *wire)
{
    static const char text[] = "v=spf1 include:_spf.example.net ip4:192.0.2.0/24 -all";

    switch (query_type(talk)) {
    case TYPE_AAAA:
        record(wire, NAME_AT, TYPE_AAAA, 16);
        wire_u32(wire, 0x20010db8);
        random_bytes(talk, wire, 12);
        return;
    case TYPE_MX:
        record(wire, NAME_AT, TYPE_MX, 9);
        wire_u16(wire, 10);
        wire_bytes(wire, "\4mail", 5);
        wire_u16(wire, DOMAIN_AT);
        return;
    case TYPE_TXT:
        record(wire, NAME_AT, TYPE_TXT, sizeof text);
        wire_u8(wire, sizeof text - 1);
        wire_bytes(wire, text, sizeof text - 1);
        return;
    default:
        record(wire, NAME_AT, TYPE_A, 4);
        random_bytes(talk, wire, 4);
    }
}

static void no_such_name(struct wire *wire)
{
    record(wire, DOMAIN_AT, TYPE_SOA, 4 + 12 + 20);
    wire_bytes(wire, "\2ns\300\20", 5);
    wire_bytes(wire, "\10hostmast\300\20", 11);
    wire_u32(wire, 2026112000);
    wire_u32(wire, 7200);
    wire_u32(wire, 3600);
    wire_u32(wire, 1209600);
    wire_u32(wire, 300);
}

/* The message of this step: even steps ask, odd ones answer. */
static void dns_message(struct conversation *talk, struct wire *wire, bool answer)
{
    unsigned answers = 1 + talk->number % 3, i;
    bool negative = talk->number % 10 == 9;

    if (!answer)
        question(talk, wire, 0x0120, 0, 0);
    else if (negative)
        question(talk, wire, 0x8183, 0, 1);
    else
        question(talk, wire, 0x8180, answers, 0);
    if (answer && negative)
        no_such_name(wire);
    for (i = 0; answer && !negative && i < answers; i++)
        answer_record(talk, wire);
    edns(wire);
}

/* ---- Frames ------------------------------------------------------------------------------- */

static void text8(struct wire *wire, const char *text)
{
    wire_u8(wire, (unsigned)strlen(text));
    wire_bytes(wire, text, (uint32_t)strlen(text));
}

static void echo(struct conversation *talk, struct wire *wire, unsigned flags, uint32_t seq)
{
    static const char words[] = "the quick brown fox jumps over the lazy dog, again and again";
    uint32_t size = 8 + (talk->number * 7 + seq) % (sizeof words - 8);

    wire_frame(wire, 1, flags, talk->number & 0xffff, seq, size);
    wire_bytes(wire, words, size);
}

static void frame_message(struct conversation *talk, struct wire *wire, uint32_t seq, bool reply)
{
    unsigned flags = reply ? 0x80 : 0, session = talk->number & 0xffff;

    switch ((talk->number + seq) % 4) {
    case 0:
        wire_frame(wire, 4, flags, session, seq, reply ? 6 + 5 + 6 : 2);
        if (reply) {
            wire_u32(wire, 0x0a000001);
            wire_u16(wire, 65432);
            text8(wire, "echo");
            text8(wire, "host1");
        } else {
            text8(wire, "*");
        }
        return;
    case 1:
        wire_frame(wire, 2, flags, session, seq, reply ? 8 + 25 + 4 : 4);
        if (reply) {
            wire_u32(wire, 0x17979cfe);
            wire_u32(wire, 0x362a0000);
            text8(wire, "Tue Nov 14 22:13:20 2023");
        }
        wire_bytes(wire, "ping", 4);
        return;
    default:
        echo(talk, wire, flags, seq);
    }
}

/* ---- Conversations ------------------------------------------------------------------------ */

static bool over_tcp(const struct conversation *talk)
{
    return talk->kind != CONVERSATION_DNS && talk->kind != CONVERSATION_FRAMES &&
           talk->kind != CONVERSATION_DATAGRAMS;
}

static void begin(struct conversation *talk, struct wire *wire, int side, unsigned flags)
{
    struct wire_ends ends = { talk->family,      over_tcp(talk) ? WIRE_TCP : WIRE_UDP,
                              talk->client,      talk->server,
                              talk->client_port, talk->server_port };
    struct wire_tcp tcp = { talk->seq[side], (flags & WIRE_ACK) != 0 ? talk->seq[1 - side] : 0,
                            talk->number + talk->step, (uint8_t)flags };

    if (side == SERVER) {
        ends.source = talk->server;
        ends.destination = talk->client;
        ends.sport = talk->server_port;
        ends.dport = talk->client_port;
    }
    wire_begin(wire, &ends, over_tcp(talk) ? &tcp : NULL);
}

/* Ends a TCP segment: the next one goes on behind it. */
static void end(struct conversation *talk, struct wire *wire, int side, uint32_t header,
                unsigned flags)
{
    talk->seq[side] += wire->size - header + ((flags & (WIRE_SYN | WIRE_FIN)) != 0);
    wire_end(wire);
}

static void empty(struct conversation *talk, struct wire *wire, int side, unsigned flags)
{
    begin(talk, wire, side, flags);
    end(talk, wire, side, wire->size, flags);
}

/* What a TCP connection says in its nth segment with data; even ones are the client's. */
static void said(struct conversation *talk, struct wire *wire, uint32_t nth)
{
    bool server = nth % 2 == 1;
    uint32_t at;

    switch (talk->kind) {
    case CONVERSATION_FRAMES_TCP:
        frame_message(talk, wire, nth / 2, server);
        return;
    case CONVERSATION_DNS_TCP:
        at = wire->size;
        wire_u16(wire, 0);
        dns_message(talk, wire, server);
        wire->bytes[at] = (uint8_t)((wire->size - at - 2) >> 8);
        wire->bytes[at + 1] = (uint8_t)(wire->size - at - 2);
        return;
    case CONVERSATION_PROBE:
    case CONVERSATION_HOLE:
        random_bytes(talk, wire, 40);
        return;
    default:
        random_bytes(talk, wire, server ? 300 + below(talk, SEGMENT_MAX - 300) : 180);
    }
}

/* Three packets to open; then segments and acknowledgements in turn; three to close. */
static void tcp_step(struct conversation *talk, struct wire *wire)
{
    uint32_t left = talk->steps - talk->step, nth = talk->step - 3;
    bool closes = talk->kind != CONVERSATION_PROBE && talk->kind != CONVERSATION_HOLE;

    if (talk->step < 3) {
        static const uint8_t flags[] = { WIRE_SYN, WIRE_SYN | WIRE_ACK, WIRE_ACK };

        empty(talk, wire, talk->step == 1 ? SERVER : CLIENT, flags[talk->step]);
        if (talk->kind == CONVERSATION_HOLE && talk->step == 2)
            talk->seq[CLIENT] += 100;
    } else if (closes && left <= 3) {
        empty(talk, wire, left == 2 ? SERVER : CLIENT, left == 1 ? WIRE_ACK : WIRE_FIN | WIRE_ACK);
    } else if (closes && nth % 3 == 2) {
        empty(talk, wire, nth / 3 % 2 == 0 ? SERVER : CLIENT, WIRE_ACK);
    } else {
        uint32_t which = closes ? nth / 3 * 2 + nth % 3 : 0;
        int side = which % 2 == 0 ? CLIENT : SERVER;
        uint32_t header;

        begin(talk, wire, side, WIRE_PSH | WIRE_ACK);
        header = wire->size;
        said(talk, wire, which);
        end(talk, wire, side, header, 0);
    }
}

static void datagram_step(struct conversation *talk, struct wire *wire)
{
    bool answer = talk->step % 2 == 1;

    begin(talk, wire, answer ? SERVER : CLIENT, 0);
    if (talk->kind == CONVERSATION_DNS)
        dns_message(talk, wire, answer);
    else if (talk->kind == CONVERSATION_FRAMES)
        frame_message(talk, wire, talk->step / 2, answer);
    else
        random_bytes(talk, wire, answer ? 200 + below(talk, 1000) : 60 + below(talk, 60));
    wire_end(wire);
}

bool conversation_step(struct conversation *talk, struct wire *wire)
{
    if (over_tcp(talk))
        tcp_step(talk, wire);
    else
        datagram_step(talk, wire);
    return ++talk->step < talk->steps;
}

static void choose_length(struct conversation *talk)
{
    static const uint16_t ports[] = { 53, 5201, 9434, 65432, 53, 4433, 5201, 5201 };

    talk->server_port = ports[talk->kind];
    switch (talk->kind) {
    case CONVERSATION_DNS:
        talk->steps = talk->number % 50 == 49 ? 1 : 2; /* some are never answered */
        return;
    case CONVERSATION_FRAMES:
    case CONVERSATION_DATAGRAMS:
        talk->steps = 2 * (1 + below(talk, 8));
        return;
    case CONVERSATION_DNS_TCP:
        talk->steps = 6 + 3;
        return;
    case CONVERSATION_PROBE:
    case CONVERSATION_HOLE:
        talk->steps = 4;
        return;
    default:
        talk->steps = 6 + 3 * (1 + below(talk, 8));
    }
}

void conversation_begin(struct conversation *talk, enum conversation_kind kind, uint32_t number)
{
    memset(talk, 0, sizeof *talk);
    talk->kind = kind;
    talk->number = number;
    talk->random = number;
    talk->site = number % NAMES;
    talk->family = below(talk, 5) == 0 ? 6 : 4;
    talk->client = 0x10000 + number % 4000;
    talk->server = 0x20000 + below(talk, 500);
    talk->client_port = (uint16_t)(32768 + number * 7 % 28000);
    talk->seq[CLIENT] = below(talk, UINT32_MAX);
    talk->seq[SERVER] = below(talk, UINT32_MAX);
    choose_length(talk);
}

enum conversation_kind conversation_mixed(uint64_t *random)
{
    /* Of a hundred conversations; DNS is short, so most of them are. */
    static const uint8_t share[] = { 72, 9, 6, 3, 4, 6 };
    uint32_t value = (uint32_t)(wire_random(random) % 100);
    unsigned kind;

    for (kind = 0; value >= share[kind]; kind++)
        value -= share[kind];
    return (enum conversation_kind)kind;
}
