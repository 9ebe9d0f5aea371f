/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wire.c - bytes of packets. */
#include "bench/wire.h"

#include <string.h>

enum { ETHERNET_BYTES = 14, MSS = 1460 };

uint64_t wire_random(uint64_t *state)
{
    uint64_t value = *state += UINT64_C(0x9e3779b97f4a7c15);

    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

void wire_u8(struct wire *wire, unsigned value)
{
    wire->bytes[wire->size++] = (uint8_t)value;
}

void wire_u16(struct wire *wire, unsigned value)
{
    wire_u8(wire, value >> 8 & 0xff);
    wire_u8(wire, value & 0xff);
}

void wire_u32(struct wire *wire, uint32_t value)
{
    wire_u16(wire, value >> 16);
    wire_u16(wire, value & 0xffff);
}

void wire_bytes(struct wire *wire, const void *bytes, uint32_t size)
{
    memcpy(wire->bytes + wire->size, bytes, size);
    wire->size += size;
}

/* 10.x.y.z, or fd00:bec::host. */
static void address(struct wire *wire, uint8_t family, uint32_t host)
{
    if (family == 6) {
        wire_u32(wire, 0xfd000bec);
        wire_u32(wire, 0);
        wire_u32(wire, 0);
    }
    wire_u32(wire, family == 6 ? host : 10U << 24 | (host & 0xffffff));
}

static void ethernet(struct wire *wire, const struct wire_ends *ends)
{
    wire_u16(wire, 0x0200);
    wire_u32(wire, ends->destination);
    wire_u16(wire, 0x0200);
    wire_u32(wire, ends->source);
    wire_u16(wire, ends->family == 6 ? 0x86dd : 0x0800);
}

/* Lengths and the checksum stay 0 until the end. */
static void internet(struct wire *wire, const struct wire_ends *ends)
{
    wire->network = wire->size;
    if (ends->family == 6) {
        wire_u32(wire, 0x60000000);
        wire_u16(wire, 0);
        wire_u8(wire, ends->protocol);
        wire_u8(wire, 64);
    } else {
        wire_u16(wire, 0x4500);
        wire_u16(wire, 0);
        wire_u16(wire, (ends->sport ^ ends->source) & 0xffff);
        wire_u16(wire, 0x4000);
        wire_u8(wire, 64);
        wire_u8(wire, ends->protocol);
        wire_u16(wire, 0);
    }
    address(wire, ends->family, ends->source);
    address(wire, ends->family, ends->destination);
    wire->transport = wire->size;
}

/* MSS, SACK permitted, time stamps, no operation, window scale; or time stamps alone. */
static void tcp_options(struct wire *wire, const struct wire_tcp *tcp)
{
    if ((tcp->flags & WIRE_SYN) != 0) {
        wire_u32(wire, 0x02040000 | MSS);
        wire_u16(wire, 0x0402);
    } else {
        wire_u16(wire, 0x0101);
    }
    wire_u16(wire, 0x080a);
    wire_u32(wire, tcp->clock);
    wire_u32(wire, tcp->ack == 0 ? 0 : tcp->clock - 1);
    if ((tcp->flags & WIRE_SYN) != 0)
        wire_u32(wire, 0x01030307);
}

static void tcp_header(struct wire *wire, const struct wire_tcp *tcp)
{
    wire_u32(wire, tcp->seq);
    wire_u32(wire, tcp->ack);
    wire_u8(wire, (tcp->flags & WIRE_SYN) != 0 ? 0xa0 : 0x80);
    wire_u8(wire, tcp->flags);
    wire_u16(wire, 502);
    wire_u32(wire, 0);
    tcp_options(wire, tcp);
}

void wire_begin(struct wire *wire, const struct wire_ends *ends, const struct wire_tcp *tcp)
{
    wire->size = 0;
    wire->family = ends->family;
    wire->protocol = ends->protocol;
    ethernet(wire, ends);
    internet(wire, ends);
    wire_u16(wire, ends->sport);
    wire_u16(wire, ends->dport);
    if (tcp != NULL)
        tcp_header(wire, tcp);
    else
        wire_u32(wire, 0);
}

static void put_u16(struct wire *wire, uint32_t at, uint32_t value)
{
    wire->bytes[at] = (uint8_t)(value >> 8);
    wire->bytes[at + 1] = (uint8_t)value;
}

/* RFC 1071. */
static uint32_t sum(const struct wire *wire, uint32_t from, uint32_t to, uint32_t total)
{
    uint32_t at;

    for (at = from; at + 1 < to; at += 2)
        total += (uint32_t)(wire->bytes[at] << 8 | wire->bytes[at + 1]);
    if (at < to)
        total += (uint32_t)wire->bytes[at] << 8;
    return total;
}

static uint32_t folded(uint32_t total)
{
    while (total >> 16 != 0)
        total = (total & 0xffff) + (total >> 16);
    return ~total & 0xffff;
}

void wire_end(struct wire *wire)
{
    uint32_t size = wire->size - wire->transport;
    uint32_t addresses = wire->network + (wire->family == 6 ? 8 : 12);
    uint32_t at = wire->transport + (wire->protocol == WIRE_TCP ? 16 : 6);
    uint32_t total;

    if (wire->family == 6) {
        put_u16(wire, wire->network + 4, size);
    } else {
        put_u16(wire, wire->network + 2, wire->size - wire->network);
        put_u16(wire, wire->network + 10, folded(sum(wire, wire->network, wire->transport, 0)));
    }
    if (wire->protocol == WIRE_UDP)
        put_u16(wire, wire->transport + 4, size);
    total = sum(wire, addresses, wire->transport, size + wire->protocol);
    total = folded(sum(wire, wire->transport, wire->size, total));
    put_u16(wire, at, total == 0 ? 0xffff : total);
}

void wire_name(struct wire *wire, const char *name)
{
    while (*name != '\0') {
        size_t size = strcspn(name, ".");

        wire_u8(wire, (unsigned)size);
        wire_bytes(wire, name, (uint32_t)size);
        name += size;
        name += *name == '.';
    }
    wire_u8(wire, 0);
}

void wire_frame(struct wire *wire, unsigned type, unsigned flags, unsigned session, uint32_t seq,
                uint32_t length)
{
    wire_bytes(wire, "pfg\1", 4);
    wire_u8(wire, type);
    wire_u8(wire, flags);
    wire_u16(wire, session);
    wire_u32(wire, seq);
    wire_u32(wire, length);
    wire_u32(wire, 0); /* no time, no checksum */
    wire_u32(wire, 0);
    wire_u32(wire, 0);
}
