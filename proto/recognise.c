/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which protocol bytes are a message of: by their marks, and by port. */
#include <string.h>

#include "proto/compile.h"
#include "proto/decode.h"
#include "proto/raw.h"
#include "proto/recognise.h"

/* Whether one field of a header, as far as it is there, may be of the protocol. marks counts what
 * really speaks for it. */
static bool field_fits(const struct pfg_field *field, const uint8_t *bytes, size_t size,
                       unsigned *marks)
{
    const struct pfg_row *row = field->row;

    if (row->kind == PFG_MAGIC) {
        size_t there = size > field->offset ? size - field->offset : 0;
        *marks += 1;
        return memcmp(bytes + field->offset, row->text, there < row->size ? there : row->size) == 0;
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

/* The same of whole headers: marks that stand in the first eight bytes are one look at these, and
 * the other rows are left. */
static struct header {
    uint64_t must, expect; /* (the first eight bytes ^ expect) & must is 0 */
    uint32_t size;         /* bytes that all this looks at, 8 at least */
    uint32_t marks;
    uint32_t left_count;
    struct left {
        const struct pfg_field *field; /* NULL: a number that is only to be one of few, which is */
        const struct pfg_names
            *closed; /* eight bytes >> shift & mask; NULL: it need not have a name */
        uint64_t mask, most;
        uint32_t at, shift;
    } * left;
} headers[PFG_PROTOS_MAX];

/* A row of a header as far as it is there. */
static bool header_fits(const struct pfg_proto *proto, const uint8_t *bytes, size_t size)
{
    unsigned marks = 0;

    for (uint32_t i = 0; i < proto->tell_count && proto->tells[i]->offset < size; i++)
        if (!field_fits(proto->tells[i], bytes, size, &marks))
            return false;
    return marks > 0;
}

bool pfg_recognise(const struct pfg_proto *proto, const uint8_t *bytes, size_t size, bool partial)
{
    const struct header *header = &headers[proto->index];
    unsigned marks = header->marks;

    if (!proto->marked || size == 0 || (!partial && size < proto->header_size))
        return false;
    if (size < header->size)
        return header_fits(proto, bytes, size);
    if ((pfg_get_be64(bytes) ^ header->expect) & header->must)
        return false; /* nearly everything that is another protocol's */
    for (const struct left *left = header->left, *end = left + header->left_count; left < end;
         left++) {
        uint64_t value = pfg_get_be64(bytes + left->at) >> left->shift & left->mask;
        if (left->field
                ? !field_fits(left->field, bytes, size, &marks)
                : (left->closed && !pfg_name_find(left->closed, value)) || value > left->most)
            return false;
    }
    return marks > 0;
}

/* Bytes that field_fits() looks at. */
static uint32_t width_of(const struct pfg_field *field)
{
    return field->row->kind == PFG_MAGIC ? field->row->size : pfg_raw_width(field);
}

/* Takes one tell into the look at the first eight bytes; false: it is no mark, or not in them. */
static bool take_mark(struct header *header, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    uint32_t width = width_of(field);

    if ((row->kind != PFG_MAGIC && (row->kind != PFG_CONST || row->order != PFG_BIG)) ||
        width == 0 || field->offset + width > 8 || (row->kind == PFG_MAGIC && !row->text))
        return false; /* without a text the definition is refused */
    uint64_t expect =
        row->kind == PFG_CONST ? row->init : pfg_get_be((const uint8_t *)row->text, width);
    uint64_t mask = row->bits ? field->bits_mask : UINT64_MAX >> (64 - 8 * width);
    uint32_t shift = 8 * (8 - field->offset - width) + (row->bits ? field->bits_shift : 0u);
    if (expect & ~mask)
        return false;
    header->must |= mask << shift;
    header->expect |= expect << shift;
    header->marks++;
    return true;
}

/* What is left to look at of a header. */
static void leave(struct header *header, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    uint32_t width = width_of(field), at = field->offset;
    struct left *left = &header->left[header->left_count++];

    if (row->kind == PFG_MAGIC || row->kind == PFG_CONST || row->order != PFG_BIG || width == 0 ||
        width > 8 || (row->closed && !field->names)) {
        left->field = field;
        return;
    }
    left->at = at < header->size - 8 ? at : header->size - 8;
    left->shift = 8 * (8 - (at - left->at) - width) + (row->bits ? field->bits_shift : 0u);
    left->mask = row->bits ? field->bits_mask : UINT64_MAX >> (64 - 8 * width);
    left->most = row->kind == PFG_LENGTH && row->max ? row->max : UINT64_MAX;
    left->closed = row->closed ? field->names : NULL;
}

/* 0, or -1 when memory is out. */
static int learn_header(const struct pfg_proto *proto)
{
    struct header *header = &headers[proto->index];

    header->left = pfg_registry_alloc(proto->tell_count + (size_t)1, sizeof *header->left);
    if (!header->left)
        return -1;
    header->size = 8;
    for (uint32_t i = 0; i < proto->tell_count; i++)
        if (proto->tells[i]->offset + width_of(proto->tells[i]) > header->size)
            header->size = proto->tells[i]->offset + width_of(proto->tells[i]);
    for (uint32_t i = 0; i < proto->tell_count; i++)
        if (!take_mark(header, proto->tells[i]))
            leave(header, proto->tells[i]);
    return 0;
}

/* ---- By port ---- */

/* Default ports of all protocols, so many of each a transport: those of one port stand together, in
 * the protocols' order. */
enum { PORTS = 4, PORTED_MAX = PORTS * PFG_PROTOS_MAX };
static struct ported {
    uint16_t port;
    const struct pfg_proto *proto;
} ported[2][PORTED_MAX];
static size_t ported_count[2];

/* One bit a port and transport that is some protocol's default, so that most packets need one
 * look; and the protocols that are looked for on every port. */
static uint8_t port_known[2][65536 / 8];
static struct anywhere {
    const struct pfg_proto *proto;
    const struct pfg_shape *shape; /* NULL: known by a mark, of which the first eight bytes tell: */
    uint64_t must, expect;         /* see struct header */
} anywhere[PFG_PROTOS_MAX];
static size_t anywhere_count;

static void learn_port(enum pfg_transport transport, uint16_t port, const struct pfg_proto *proto)
{
    struct ported *list = ported[transport];
    size_t at = ported_count[transport];

    if (!port)
        return;
    for (; at > 0 && list[at - 1].port > port; at--)
        list[at] = list[at - 1];
    list[at] = (struct ported){ port, proto };
    ported_count[transport]++;
    port_known[transport][port / 8] |= (uint8_t)(1 << port % 8);
}

/* Whether some values of a field do not fit, see field_fits(). */
static bool tells(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    if (field->offset == UINT32_MAX)
        return false;
    return row->kind == PFG_MAGIC || row->kind == PFG_CONST || row->closed ||
           (row->kind == PFG_LENGTH && row->max);
}

int pfg_recognise_learn(struct pfg_proto *proto)
{
    proto->tells = pfg_registry_alloc(proto->table.count, sizeof *proto->tells);
    if (!proto->tells)
        return -1;
    for (uint32_t i = 0; i < proto->table.count; i++)
        if (tells(&proto->table.fields[i]))
            proto->tells[proto->tell_count++] = &proto->table.fields[i];
    if (learn_header(proto) < 0)
        return -1;
    const struct pfg_shape *shape = pfg_shape_learn(proto);
    for (int k = 0; k < PORTS; k++) {
        learn_port(PFG_UDP, proto->def->udp_ports[k], proto);
        learn_port(PFG_TCP, proto->def->tcp_ports[k], proto);
    }
    if (proto->def->any_port || proto->def->by_shape)
        anywhere[anywhere_count++] = (struct anywhere){
            proto,
            proto->def->by_shape ? shape : NULL,
            headers[proto->index].must,
            headers[proto->index].expect,
        };
    return 0;
}

const struct pfg_proto *pfg_proto_anywhere(size_t nth)
{
    return nth < anywhere_count ? anywhere[nth].proto : NULL;
}

static bool is_known(enum pfg_transport transport, uint16_t port)
{
    return port_known[transport][port / 8] >> port % 8 & 1;
}

/* The first of a known port. */
static const struct ported *first_on_port(enum pfg_transport transport, uint16_t port)
{
    const struct ported *at = ported[transport];

    while (at->port != port)
        at++;
    return at;
}

const struct pfg_proto *pfg_proto_on_port(enum pfg_transport transport, uint16_t port, size_t nth)
{
    const struct ported *at, *end = ported[transport] + ported_count[transport];

    if (!is_known(transport, port))
        return NULL;
    at = first_on_port(transport, port);
    return nth < (size_t)(end - at) && at[nth].port == port ? at[nth].proto : NULL;
}

/* Whether what stands behind a magic goes on like a text that only begins so: with a character, or
 * not at all. A version of a header, or what else stands there, is a small number. */
static bool reads_on(const uint8_t *bytes, size_t size, size_t magic)
{
    return size <= magic || bytes[magic] >= ' ' || (bytes[magic] >= '\t' && bytes[magic] <= '\r');
}

/* How well bytes on a default port fit a protocol: 0 not at all. A whole match is best; then the
 * exact text of a plain protocol; then a magic alone, as a damaged message has; then a protocol
 * that has no mark and takes what is left; then a magic that free text may as well begin with. */
enum { WHOLE_MATCH = 5 };
static int port_score(const struct pfg_proto *proto, enum pfg_transport transport,
                      const uint8_t *bytes, size_t size)
{
    size_t magic = proto->magic_size;

    if (pfg_recognise(proto, bytes, size, true)) /* of a stream, more may come */
        return transport == PFG_UDP && size <= magic ? 1 : WHOLE_MATCH;
    if (proto->match) {
        const char *text = proto->match->row->text;
        return size == strlen(text) && memcmp(bytes, text, size) == 0 ? 4 : 2;
    }
    if (!magic)
        return 2;
    if (size < magic || memcmp(bytes, proto->table.fields[0].row->text, magic) != 0)
        return 0;
    return reads_on(bytes, size, magic) ? 1 : 3;
}

static const struct pfg_proto *best_on_port(enum pfg_transport transport, uint16_t port,
                                            const uint8_t *bytes, size_t size)
{
    const struct ported *at = first_on_port(transport, port);
    const struct ported *end = ported[transport] + ported_count[transport];
    const struct pfg_proto *best = NULL;
    int most = 0;

    if ((at + 1 == end || at[1].port != port) && (!at->proto->magic_size || at->proto->match))
        return at->proto; /* nobody else's, and whatever the bytes are, they are worth something */
    for (; at < end && at->port == port && most < WHOLE_MATCH; at++) {
        int score = port_score(at->proto, transport, bytes, size);
        if (score > most) {
            most = score;
            best = at->proto;
        }
    }
    return best;
}

/* Whether bytes may be what is looked for: as far as the first eight of them tell, or the counts.
 */
static inline bool may_be(const struct anywhere *at, enum pfg_transport transport,
                          const uint8_t *bytes, size_t size)
{
    if (at->shape)
        return transport == PFG_UDP && pfg_shape_counts_fit(at->shape, bytes, size);
    return size < 8 || !((pfg_get_be64(bytes) ^ at->expect) & at->must);
}

/* From one that may be it on. */
__attribute__((noinline)) static const struct pfg_proto *find_from(const struct anywhere *at,
                                                                   enum pfg_transport transport,
                                                                   const uint8_t *bytes,
                                                                   size_t size)
{
    for (; at < anywhere + anywhere_count; at++)
        if (at->shape ? transport == PFG_UDP && pfg_fits_shape(at->proto, bytes, size)
                      : pfg_recognise(at->proto, bytes, size, false))
            return at->proto;
    return NULL;
}

/* What is looked for on every port. What is rare stands by itself, here and below, so that nearly
 * all bytes are sent away without a register saved. */
static inline const struct pfg_proto *find_anywhere(enum pfg_transport transport,
                                                    const uint8_t *bytes, size_t size)
{
    for (const struct anywhere *at = anywhere, *end = at + anywhere_count; at < end; at++)
        if (may_be(at, transport, bytes, size))
            return find_from(at, transport, bytes, size);
    return NULL;
}

/* Of both ports, the lower first, of which one at least is known. */
__attribute__((noinline)) static const struct pfg_proto *
find_on_ports(enum pfg_transport transport, uint16_t sport, uint16_t dport, const uint8_t *bytes,
              size_t size)
{
    uint16_t low = sport < dport ? sport : dport, high = sport < dport ? dport : sport;
    const struct pfg_proto *proto = NULL;

    if (is_known(transport, low))
        proto = best_on_port(transport, low, bytes, size);
    if (!proto && is_known(transport, high))
        proto = best_on_port(transport, high, bytes, size);
    return proto ? proto : find_anywhere(transport, bytes, size);
}

const struct pfg_proto *pfg_proto_for(enum pfg_transport transport, uint16_t sport, uint16_t dport,
                                      const uint8_t *bytes, size_t size)
{
    if (size == 0)
        return NULL;
    if (is_known(transport, sport) || is_known(transport, dport))
        return find_on_ports(transport, sport, dport, bytes, size);
    return find_anywhere(transport, bytes, size);
}
