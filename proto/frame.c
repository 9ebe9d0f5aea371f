/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding messages in bytes: where one ends, which protocol it is, joining `more` frames. */
#include <stdlib.h>
#include <string.h>

/* Memory that is out is a fault like others, not the program's end. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "proto/decode.h"
#include "proto/raw.h"

int64_t pfg_frame_size(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    const struct pfg_field *length = proto->length;
    size_t magic = proto->magic_size < size ? proto->magic_size : size;

    if (magic && memcmp(bytes, proto->table.fields[0].row->text, magic) != 0)
        return PFG_FRAME_NOT;
    if (!length)
        return (int64_t)size;
    if (size < length->offset + pfg_raw_width(length))
        return PFG_FRAME_MORE;
    uint64_t raw = pfg_raw_get(length, bytes);
    int64_t counted = pfg_raw_counted(length, raw), whole = counted;
    if (length->row->max && raw > length->row->max)
        return PFG_FRAME_NOT;
    if (length->row->counts == PFG_COUNTS_BODY)
        whole = (int64_t)proto->header_size + counted + proto->tail_size;
    if (length->row->counts == PFG_COUNTS_REST)
        whole = (int64_t)length->offset + pfg_raw_width(length) + counted;
    if (counted < 0 || whole < (int64_t)proto->header_size + proto->tail_size ||
        whole > (int64_t)UINT32_MAX)
        return PFG_FRAME_NOT;
    return whole;
}

/* Whether one field of a header, as far as it is there, may be of the protocol. marks counts what
 * really speaks for it. */
static bool field_fits(const struct pfg_field *field, const uint8_t *bytes, size_t size,
                       unsigned *marks)
{
    const struct pfg_row *row = field->row;

    if (row->kind == PFG_MAGIC) {
        size_t there = size > field->offset ? size - field->offset : 0;
        *marks += 1;
        return memcmp(bytes + field->offset, row->text,
                      there < row->size ? there : row->size) == 0;
    }
    if (pfg_raw_width(field) == 0 || field->offset + pfg_raw_width(field) > size)
        return true;
    if (row->kind == PFG_CONST) {
        *marks += 1;
        return pfg_raw_get(field, bytes) == row->init;
    }
    if (row->closed && !pfg_name_find(field->names, pfg_raw_get(field, bytes)))
        return false;
    return !(row->kind == PFG_LENGTH && row->max && pfg_raw_get(field, bytes) > row->max);
}

bool pfg_recognise(const struct pfg_proto *proto, const uint8_t *bytes, size_t size, bool partial)
{
    unsigned marks = 0;

    if (size == 0 || (!partial && size < proto->header_size))
        return false;
    for (uint32_t i = 0; i < proto->table.count; i++) {
        const struct pfg_field *field = &proto->table.fields[i];
        if (field->offset >= size) /* UINT32_MAX too: from here on nothing is fixed */
            break;
        if (!field_fits(field, bytes, size, &marks))
            return false;
    }
    return marks > 0;
}

static bool has_port(const uint16_t ports[4], uint16_t port)
{
    for (int i = 0; i < 4 && ports[i]; i++)
        if (ports[i] == port)
            return true;
    return false;
}

const struct pfg_proto *pfg_proto_on_port(enum pfg_transport transport, uint16_t port, size_t nth)
{
    const struct pfg_proto *proto;
    for (size_t i = 0; (proto = pfg_proto_at(i)); i++) {
        const uint16_t *ports = transport == PFG_UDP ? proto->def->udp_ports
                                                     : proto->def->tcp_ports;
        if (has_port(ports, port) && nth-- == 0)
            return proto;
    }
    return NULL;
}

/* How well bytes on a default port fit a protocol: 0 not at all. A whole match is best; then the
 * exact text of a plain protocol; then its magic alone, as a damaged message has; then a protocol
 * that has no mark and takes what is left. */
static int port_score(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    if (pfg_recognise(proto, bytes, size, true))
        return 4;
    if (proto->match) {
        const char *text = proto->match->row->text;
        return size == strlen(text) && memcmp(bytes, text, size) == 0 ? 3 : 1;
    }
    if (!proto->magic_size)
        return 1;
    return size >= proto->magic_size &&
           memcmp(bytes, proto->table.fields[0].row->text, proto->magic_size) == 0 ? 2 : 0;
}

/* Default ports of all protocols, in their order. */
enum { PORTED_MAX = 256 };
static struct {
    uint16_t port;
    const struct pfg_proto *proto;
} ported[2][PORTED_MAX];
static size_t ported_count[2];

static const struct pfg_proto *best_on_port(enum pfg_transport transport, uint16_t port,
                                            const uint8_t *bytes, size_t size)
{
    const struct pfg_proto *best = NULL;
    int most = 0;
    for (size_t i = 0; i < ported_count[transport]; i++) {
        if (ported[transport][i].port != port)
            continue;
        int score = port_score(ported[transport][i].proto, bytes, size);
        if (score > most) {
            most = score;
            best = ported[transport][i].proto;
        }
    }
    return best;
}

/* One bit a port and transport that is some protocol's default, so that most packets need one
 * look; and the protocols that are looked for on every port. */
static uint8_t port_known[2][65536 / 8];
static const struct pfg_proto *anywhere[64];
static size_t anywhere_count;

static void learn_port(enum pfg_transport transport, uint16_t port, const struct pfg_proto *proto)
{
    if (!port || ported_count[transport] == PORTED_MAX)
        return;
    port_known[transport][port / 8] |= (uint8_t)(1 << port % 8);
    ported[transport][ported_count[transport]].port = port;
    ported[transport][ported_count[transport]++].proto = proto;
}

static void learn_ports(void)
{
    static bool done;
    const struct pfg_proto *proto;
    if (done)
        return;
    for (size_t i = 0; (proto = pfg_proto_at(i)); i++) {
        for (int k = 0; k < 4; k++) {
            learn_port(PFG_UDP, proto->def->udp_ports[k], proto);
            learn_port(PFG_TCP, proto->def->tcp_ports[k], proto);
        }
        if ((proto->def->any_port || proto->def->by_shape) && anywhere_count < sizeof anywhere / sizeof *anywhere)
            anywhere[anywhere_count++] = proto;
    }
    done = true;
}

const struct pfg_proto *pfg_proto_for(enum pfg_transport transport, uint16_t sport, uint16_t dport,
                                      const uint8_t *bytes, size_t size)
{
    uint16_t low = sport < dport ? sport : dport, high = sport < dport ? dport : sport;
    const struct pfg_proto *proto = NULL;

    learn_ports();
    if (size == 0)
        return NULL;
    if (port_known[transport][low / 8] >> low % 8 & 1)
        proto = best_on_port(transport, low, bytes, size);
    if (!proto && port_known[transport][high / 8] >> high % 8 & 1)
        proto = best_on_port(transport, high, bytes, size);
    for (size_t i = 0; !proto && i < anywhere_count; i++)
        if (anywhere[i]->def->by_shape ? transport == PFG_UDP &&
                                             pfg_fits_shape(anywhere[i], bytes, size)
                                       : pfg_recognise(anywhere[i], bytes, size, false))
            proto = anywhere[i];
    return proto;
}

/* ---- Joining ---- */

/* One message in parts. The key: the direction of a conversation, the protocol, and the values of
 * the fields that pair a request with its reply. */
struct part {
    struct {
        uint64_t flow, values[4];
        uint32_t proto, reply;
    } key;
    uint8_t *bytes; /* header_size bytes of room for a header, then the bodies */
    uint32_t size, room;
    UT_hash_handle hh;
};

struct pfg_joiner {
    struct part *parts; /* in order of age */
    size_t bytes, max_bytes;
    uint8_t *done; /* what the last JOIN_DONE gave */
};

struct pfg_joiner *pfg_joiner_new(size_t max_bytes)
{
    struct pfg_joiner *joiner = calloc(1, sizeof *joiner);
    if (joiner)
        joiner->max_bytes = max_bytes;
    return joiner;
}

static void drop(struct pfg_joiner *joiner, struct part *part)
{
    HASH_DEL(joiner->parts, part);
    joiner->bytes -= part->room;
    free(part->bytes);
    free(part);
}

void pfg_joiner_free(struct pfg_joiner *joiner)
{
    if (!joiner)
        return;
    while (joiner->parts)
        drop(joiner, joiner->parts);
    free(joiner->done);
    free(joiner);
}

void pfg_joiner_drop(struct pfg_joiner *joiner, uint64_t flow)
{
    struct part *part, *next;
    HASH_ITER(hh, joiner->parts, part, next)
    {
        if (part->key.flow == flow)
            drop(joiner, part);
    }
}

static uint64_t test_value(const struct pfg_test *test, const uint8_t *frame)
{
    return test->field ? pfg_raw_get(test->field, frame) : 0;
}

/* Whether a test on a field at a fixed offset passes for a frame. */
static bool test_frame(const struct pfg_test *test, const uint8_t *frame)
{
    return test->field && test->field->offset != UINT32_MAX &&
           pfg_test_passes(test, test_value(test, frame));
}

static struct part *find_part(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                              uint64_t flow, const uint8_t *frame, struct part *key)
{
    struct part *part;
    memset(&key->key, 0, sizeof key->key);
    key->key.flow = flow;
    key->key.proto = proto->index;
    key->key.reply = test_frame(&proto->reply, frame);
    for (uint32_t i = 0; i < proto->pair_count; i++) {
        const struct pfg_field *field = key->key.reply ? proto->pair[i].reply
                                                       : proto->pair[i].request;
        if (field->offset < proto->header_size && pfg_raw_width(field) && !field->parent)
            key->key.values[i] = pfg_raw_get(field, frame);
    }
    HASH_FIND(hh, joiner->parts, &key->key, sizeof key->key, part);
    return part;
}

/* Room for size bytes more in a part; gives up the oldest others where memory is short. */
static bool make_room(struct pfg_joiner *joiner, struct part *part, uint32_t size)
{
    uint64_t need = (uint64_t)part->size + size, room = part->room ? part->room : 4096;
    if (need <= part->room)
        return true;
    if (need > UINT32_MAX / 2)
        return false;
    while (room < need)
        room *= 2;
    while (joiner->bytes + room - part->room > joiner->max_bytes && joiner->parts != part)
        drop(joiner, joiner->parts);
    if (joiner->bytes + room - part->room > joiner->max_bytes)
        return false;
    uint8_t *bytes = realloc(part->bytes, room);
    if (!bytes)
        return false;
    joiner->bytes += room - part->room;
    part->bytes = bytes;
    part->room = (uint32_t)room;
    return true;
}

static bool append(struct pfg_joiner *joiner, const struct pfg_proto *proto, struct part *part,
                   const uint8_t *frame, uint32_t size)
{
    uint32_t body = size - proto->header_size;
    if (part->size - proto->header_size + (uint64_t)body > proto->def->joined_max ||
        !make_room(joiner, part, body))
        return false;
    memcpy(part->bytes + part->size, frame + proto->header_size, body);
    part->size += body;
    return true;
}

static struct part *new_part(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                             const struct part *key)
{
    struct part *part = calloc(1, sizeof *part);
    if (!part)
        return NULL;
    part->key = key->key;
    HASH_ADD(hh, joiner->parts, key, sizeof part->key, part);
    if (!part->hh.tbl) {
        free(part);
        return NULL;
    }
    if (!make_room(joiner, part, proto->header_size)) {
        drop(joiner, part);
        return NULL;
    }
    part->size = proto->header_size;
    return part;
}

enum pfg_join pfg_joiner_feed(struct pfg_joiner *joiner, const struct pfg_proto *proto,
                              uint64_t flow, const uint8_t *frame, uint32_t size,
                              const uint8_t **joined, uint32_t *joined_size)
{
    struct part key, *part;

    if (!proto->more.field || size < proto->header_size)
        return PFG_JOIN_WHOLE;
    bool more = test_frame(&proto->more, frame);
    if (!more && !joiner->parts)
        return PFG_JOIN_WHOLE;
    part = find_part(joiner, proto, flow, frame, &key);
    if (!part && !more)
        return PFG_JOIN_WHOLE;
    if (!part)
        part = new_part(joiner, proto, &key);
    if (!part)
        return PFG_JOIN_TOO_LONG;
    if (!append(joiner, proto, part, frame, size)) {
        drop(joiner, part);
        return PFG_JOIN_TOO_LONG;
    }
    if (more)
        return PFG_JOIN_PARTIAL;
    memcpy(part->bytes, frame, proto->header_size);
    free(joiner->done);
    joiner->done = part->bytes;
    *joined = part->bytes;
    *joined_size = part->size;
    part->bytes = NULL;
    drop(joiner, part);
    return PFG_JOIN_DONE;
}

void pfg_joiner_give_up(struct pfg_joiner *joiner, const struct pfg_proto *proto, uint64_t flow,
                        const uint8_t *frame, uint32_t size)
{
    struct part key, *part;
    if (!proto->more.field || size < proto->header_size || !joiner->parts)
        return;
    part = find_part(joiner, proto, flow, frame, &key);
    if (part)
        drop(joiner, part);
}

/* ---- A payload's messages ---- */

/* A joined message's bytes, kept until the decode is reset. */
struct pfg_joined {
    struct pfg_joined *next;
    uint8_t *bytes;
};

void pfg_decode_drop_joined(struct pfg_decode *decode)
{
    while (decode->joined) {
        struct pfg_joined *joined = decode->joined;
        decode->joined = joined->next;
        free(joined->bytes);
        free(joined);
    }
}

/* Hands what the joiner has just finished over to the decode. */
static int keep_joined(struct pfg_decode *decode, struct pfg_joiner *joiner)
{
    struct pfg_joined *joined = malloc(sizeof *joined);
    if (!joined)
        return -1;
    joined->next = decode->joined;
    joined->bytes = joiner->done;
    joiner->done = NULL;
    decode->joined = joined;
    return 0;
}

/* One whole frame. The frame's own faults (its checksum) are kept when its joined body is what is
 * shown. */
static int decode_frame(struct pfg_decode *decode, const struct pfg_proto *proto,
                        struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                        uint32_t size)
{
    const uint8_t *joined;
    uint32_t joined_size;
    struct pfg_pdu *pdu;
    enum pfg_join join = PFG_JOIN_WHOLE;

    if (proto->more.field && joiner)
        join = pfg_joiner_feed(joiner, proto, flow, bytes, size, &joined, &joined_size);
    else if (proto->more.field && size >= proto->header_size && test_frame(&proto->more, bytes))
        join = PFG_JOIN_PARTIAL;
    if (join == PFG_JOIN_WHOLE)
        return pfg_decode_message(decode, proto, bytes, size, size, 0) ? 1 : -1;
    pdu = pfg_decode_message(decode, proto, bytes, size, size, PFG_DECODE_HEADER_ONLY);
    if (!pdu)
        return -1;
    if (join == PFG_JOIN_TOO_LONG)
        pdu->problems |= 1u << PFG_PROBLEM_BAD_LENGTH;
    if (join != PFG_JOIN_DONE)
        return 0;
    if (keep_joined(decode, joiner) < 0)
        return -1;
    uint32_t problems = pdu->problems;
    decode->count = pdu->first;
    decode->pdu_count--;
    pdu = pfg_decode_message(decode, proto, joined, joined_size, joined_size, PFG_DECODE_JOINED);
    if (!pdu)
        return -1;
    pdu->problems |= problems;
    return 1;
}

/* A datagram's message that is not whole, or is no message: what can be read of it. The message
 * that a cut frame is one part of has a hole, and is given up. */
static int decode_rest(struct pfg_decode *decode, const struct pfg_proto *proto,
                       struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                       uint32_t size, uint32_t wire_size)
{
    bool part = size >= proto->header_size && test_frame(&proto->more, bytes);
    if (joiner)
        pfg_joiner_give_up(joiner, proto, flow, bytes, size);
    if (!pfg_decode_message(decode, proto, bytes, size, wire_size,
                            part ? PFG_DECODE_HEADER_ONLY : 0))
        return -1;
    return part ? 0 : 1;
}

/* A stream's message behind its length (DNS over TCP: RFC 1035, 4.2.2). */
static int64_t prefixed_size(const struct pfg_proto *proto, const uint8_t *bytes, uint32_t size)
{
    if (size < proto->def->tcp_prefix)
        return PFG_FRAME_MORE;
    return (int64_t)pfg_get_be(bytes, proto->def->tcp_prefix) + proto->def->tcp_prefix;
}

int pfg_decode_payload(struct pfg_decode *decode, const struct pfg_proto *proto,
                       struct pfg_joiner *joiner, uint64_t flow, const uint8_t *bytes,
                       uint32_t size, uint32_t wire_size, bool over_stream, bool final,
                       uint32_t *used)
{
    uint32_t prefix = over_stream ? proto->def->tcp_prefix : 0, at = 0;
    int messages = 0;

    while (at < size) {
        uint32_t left = size - at;
        int64_t whole = prefix ? prefixed_size(proto, bytes + at, left)
                               : pfg_frame_size(proto, bytes + at, left);
        bool cut = whole == PFG_FRAME_MORE || whole > (int64_t)left;
        int r;
        /* A message without length takes a whole datagram; behind one that has a length, bytes
         * that begin no message are the message's trailing ones. */
        if (whole == PFG_FRAME_NOT && at && final && decode->pdu_count) {
            decode->pdus[decode->pdu_count - 1].problems |= 1u << PFG_PROBLEM_TRAILING_BYTES;
            at = size;
            break;
        }
        if (cut && !final)
            break;
        if (cut || whole == PFG_FRAME_NOT) {
            uint32_t skip = prefix < left ? prefix : left;
            uint32_t wire = wire_size > at ? wire_size - at : left;
            if (whole > (int64_t)left && wire < whole)
                wire = whole > (int64_t)UINT32_MAX ? UINT32_MAX : (uint32_t)whole;
            r = decode_rest(decode, proto, joiner, flow, bytes + at + skip, left - skip,
                            wire - skip);
            at = size;
        } else {
            uint32_t wire = !proto->length && !prefix ? wire_size : (uint32_t)whole;
            r = wire > left ? decode_rest(decode, proto, joiner, flow, bytes + at, left, wire)
                            : decode_frame(decode, proto, joiner, flow, bytes + at + prefix,
                                           (uint32_t)whole - prefix);
            at += (uint32_t)whole;
        }
        if (r < 0)
            return -1;
        messages += r;
    }
    *used = at;
    return messages;
}
