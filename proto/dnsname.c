/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/dnsname.h"

#include <ctype.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "proto/cursor.h"
#include "proto/put.h"

/* A name has at most 127 labels, and a pointer is of use only before one of them or the root: more
 * pointers than that are there to cost time. */
enum {
    NAME_MAX_BYTES = 255,
    LABEL_MAX = 63,
    POINTER = 0xc0,
    POINTER_REACH = 0x4000,
    HOPS_MAX = 128,
    BLOCK = 16
};

/* labels: as in struct pfg_known_name, of what stands before the first pointer; NULL: not asked
 * for.
 */
static inline int scan(const uint8_t *message, uint32_t size, uint32_t at, struct pfg_dnsname *name,
                       uint64_t *labels)
{
    uint32_t start = at, length = 0, pos = at, hops = 0;
    bool jumped = false;

    name->pointer = UINT32_MAX;
    for (;;) {
        if (pos >= size)
            return PFG_DNSNAME_TRUNCATED;
        uint8_t c = message[pos];
        if (c >= POINTER) {
            if (pos + 2 > size)
                return PFG_DNSNAME_TRUNCATED;
            uint32_t to = (uint32_t)(c & ~POINTER) << 8 | message[pos + 1];
            if (!jumped) {
                name->size = pos + 2 - at;
                name->pointer = to;
                jumped = true;
            }
            if (to >= start || ++hops > HOPS_MAX)
                return PFG_DNSNAME_LOOP;
            start = pos = to;
            continue;
        }
        if (c > LABEL_MAX)
            return PFG_DNSNAME_LABEL;
        length += c + 1u;
        if (length > NAME_MAX_BYTES)
            return PFG_DNSNAME_LABEL;
        if (labels && c && !jumped && pos - at < 64)
            *labels |= UINT64_C(1) << (pos - at);
        pos += c + 1u;
        if (c == 0)
            break;
    }
    if (!jumped)
        name->size = pos - at;
    return 0;
}

int pfg_dnsname_scan(const uint8_t *message, uint32_t size, uint32_t at, struct pfg_dnsname *name)
{
    return scan(message, size, at, name, NULL);
}

int pfg_dnsname_scan_noting(const uint8_t *message, uint32_t size, uint32_t at,
                            struct pfg_dnsname *name, struct pfg_known_name *known)
{
    uint64_t labels = 0;

    if (known->labels)
        return scan(message, size, at, name, NULL);
    int r = scan(message, size, at, name, &labels);
    if (r == 0 && name->pointer == UINT32_MAX)
        *known = (struct pfg_known_name){ at, name->size, labels };
    return r;
}

uint32_t pfg_dnsname_size(const uint8_t *message, uint32_t size, uint32_t at)
{
    struct pfg_dnsname name;
    return pfg_dnsname_scan(message, size, at, &name) < 0 ? 0 : name.size;
}

/* Whether a byte of a label stands for itself (RFC 1035, 5.1): a bit a byte. */
static inline bool is_plain(uint8_t c)
{
    static const uint64_t special[4] = {
        UINT64_C(0x1ffffffff) | UINT64_C(1) << '"' | UINT64_C(1) << '$' | UINT64_C(1) << '(' |
            UINT64_C(1) << ')' | UINT64_C(1) << '.' | UINT64_C(1) << ';',
        UINT64_C(1) << ('@' - 64) | UINT64_C(1) << ('\\' - 64) | UINT64_C(1) << (0x7f - 64),
        UINT64_MAX,
        UINT64_MAX,
    };
    return !(special[c >> 6] >> (c & 63) & 1);
}

static char *put_escaped(char *to, uint8_t c)
{
    *to++ = '\\';
    if (c > ' ' && c < 0x7f) {
        *to++ = (char)c;
        return to;
    }
    return pfg_put_3(to, c);
}

#ifdef __SSE2__
/* All bits but one. */
#define BUT(bit)    ~(UINT32_C(1) << (bit))
#define BUT_4(bit)  BUT(bit), BUT((bit) + 1), BUT((bit) + 2), BUT((bit) + 3)
#define BUT_16(bit) BUT_4(bit), BUT_4((bit) + 4), BUT_4((bit) + 8), BUT_4((bit) + 12)
static const uint32_t other_bits[2 * BLOCK] = { BUT_16(0), BUT_16(16) };
#undef BUT_16
#undef BUT_4
#undef BUT

/* Of the BLOCK characters at from a bit each: that it is none of a host's name (RFC 1123, 2.1): no
 * letter, digit, hyphen or underscore. They are written at to as they are. */
static inline unsigned copy_block(char *to, const uint8_t *from)
{
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)from);
    __m128i lower = _mm_or_si128(c, _mm_set1_epi8(0x20));
    /* Sums wrap, so that what is in the range is the lowest of signed numbers. */
    __m128i letter =
        _mm_cmplt_epi8(_mm_add_epi8(lower, _mm_set1_epi8(128 - 'a')), _mm_set1_epi8(-128 + 26));
    __m128i digit =
        _mm_cmplt_epi8(_mm_add_epi8(c, _mm_set1_epi8(128 - '0')), _mm_set1_epi8(-128 + 10));
    __m128i mark =
        _mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8('-')), _mm_cmpeq_epi8(c, _mm_set1_epi8('_')));

    _mm_storeu_si128((__m128i *)(void *)to, c);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(letter, digit), mark)) ^ 0xffff;
}
#endif

/* A label of size bytes; left: bytes that can be read. */
static char *put_label(char *to, const uint8_t *label, unsigned size, uint32_t left)
{
#ifdef __SSE2__
    if (size <= BLOCK && left >= BLOCK && !(copy_block(to, label) & ((1u << size) - 1)))
        return to + size;
#else
    (void)left;
#endif
    for (unsigned i = 0; i < size; i++) {
        *to = (char)label[i];
        to = is_plain(label[i]) ? to + 1 : put_escaped(to, label[i]);
    }
    return to;
}

/* The labels at pos, each with a dot behind it, whatever is in them. */
static __attribute__((noinline)) struct pfg_dnsname_end put_labels(char *to, const uint8_t *message,
                                                                   uint32_t size, uint32_t pos)
{
    while (message[pos] - 1u < LABEL_MAX) {
        unsigned c = message[pos++];
        to = put_label(to, message + pos, c, pos < size ? size - pos : 0);
        *to++ = '.';
        pos += c;
    }
    return (struct pfg_dnsname_end){ to, pos };
}

#ifdef __SSE2__
/* The same where they are a host's, and short: two blocks are written with the sizes of labels in
 * them, and dots over these. left: bytes that can be read behind the first size. .to NULL: they are
 * not so. */
static inline struct pfg_dnsname_end put_host(char *to, const uint8_t *message, uint32_t at,
                                              uint32_t left)
{
    const uint8_t *text = message + at + 1;
    uint32_t next = left - BLOCK < BLOCK ? left - BLOCK : BLOCK, size = 0, odd;
    unsigned c = text[-1];

    if (left < BLOCK)
        return (struct pfg_dnsname_end){ NULL, at };
    odd = copy_block(to, text);
    odd |= copy_block(to + next, text + next) << next;
    do {
        size += c;
        if (size >= next + BLOCK)
            return (struct pfg_dnsname_end){ NULL, at };
        c = text[size];
        to[size] = '.';
        odd &= other_bits[size++];
    } while (c - 1 < LABEL_MAX);
    if (odd << (2 * BLOCK - size))
        return (struct pfg_dnsname_end){ NULL, at };
    return (struct pfg_dnsname_end){ to + size, at + size };
}
#endif

/* The labels at at, and where they end. */
static inline struct pfg_dnsname_end put_part(char *to, const uint8_t *message, uint32_t size,
                                              uint32_t at)
{
    struct pfg_dnsname_end end = { NULL, at };

    if (message[at] - 1u >= LABEL_MAX)
        return (struct pfg_dnsname_end){ to, at };
#ifdef __SSE2__
    end = put_host(to, message, at, at < size ? size - at - 1 : 0);
#endif
    return end.to ? end : put_labels(to, message, size, at);
}

struct pfg_dnsname_end pfg_dnsname_put(char *to, const uint8_t *message, uint32_t size, uint32_t at,
                                       bool absolute)
{
    struct pfg_dnsname_end part = put_part(to, message, size, at);
    uint32_t next = part.next + 1;

    if (message[part.next]) {
        next++;
        do {
            at = (uint32_t)(message[part.next] & ~POINTER) << 8 | message[part.next + 1];
            part = put_part(part.to, message, size, at);
        } while (message[part.next]);
    }
    if (part.to == to)
        *part.to++ = '.';
    else if (!absolute)
        part.to--;
    return (struct pfg_dnsname_end){ part.to, next };
}

void pfg_dnsname_text(struct pfg_out *out, const uint8_t *message, uint32_t size, uint32_t at,
                      bool absolute)
{
    char *to = pfg_out_room(out, PFG_DNSNAME_TEXT_MAX);

    out->at = pfg_dnsname_put(to, message, size, at, absolute).to;
}

/* One character of text, escapes resolved (RFC 1035, 5.1: \. and \DDD). -1: a wrong escape. */
static int text_char(const char **at, const char *end)
{
    if (**at != '\\')
        return (uint8_t) * (*at)++;
    (*at)++;
    if (*at == end)
        return -1;
    if (!isdigit((unsigned char)**at))
        return (uint8_t) * (*at)++;
    if (end - *at < 3 || !isdigit((unsigned char)(*at)[1]) || !isdigit((unsigned char)(*at)[2]))
        return -1;
    int c = ((*at)[0] - '0') * 100 + ((*at)[1] - '0') * 10 + ((*at)[2] - '0');
    *at += 3;
    return c > 255 ? -1 : c;
}

int pfg_dnsname_parse(const char *text, size_t size, uint8_t wire[255])
{
    const char *at = text, *end = text + size;
    unsigned used = 1, label = 0; /* label: where its length stands */

    if (size == 0 || (size == 1 && *text == '.')) {
        wire[0] = 0;
        return 1;
    }
    while (at < end) {
        if (*at == '.') {
            if (used == label + 1)
                return -1;
            at++;
            wire[label] = (uint8_t)(used - label - 1);
            label = used++;
            if (used > NAME_MAX_BYTES)
                return -1;
            continue;
        }
        int c = text_char(&at, end);
        if (c < 0 || used == NAME_MAX_BYTES || used - label > LABEL_MAX)
            return -1;
        wire[used++] = (uint8_t)c;
    }
    wire[label] = (uint8_t)(used - label - 1);
    if (wire[label] == 0)
        return (int)used;
    if (used == NAME_MAX_BYTES)
        return -1;
    wire[used++] = 0;
    return (int)used;
}

/* Whether the name at offset at of the message is wire[0..size), case ignored (RFC 4343). */
static bool same_name(const uint8_t *message, uint32_t at, const uint8_t *wire, uint32_t size)
{
    uint32_t i = 0;
    while (i < size) {
        uint8_t c = message[at];
        if (c >= POINTER) {
            at = (uint32_t)(c & ~POINTER) << 8 | message[at + 1];
            continue;
        }
        if (c != wire[i])
            return false;
        for (uint32_t j = 1; j <= c; j++)
            if (tolower(message[at + j]) != tolower(wire[i + j]))
                return false;
        if (c == 0)
            return true;
        at += c + 1u;
        i += c + 1u;
    }
    return false;
}

void pfg_dnsname_write(struct pfg_writer *writer, uint32_t start, const uint8_t *wire,
                       uint32_t size, struct pfg_dnsname_table *table)
{
    uint32_t i = 0, before = table ? table->count : 0; /* this name itself is not yet whole */
    while (i < size && wire[i] && !writer->overflow) {
        for (uint32_t k = 0; k < before; k++) {
            if (!same_name(writer->bytes + start, table->at[k], wire + i, size - i))
                continue;
            pfg_writer_be(writer, (uint64_t)POINTER << 8 | table->at[k], 2);
            return;
        }
        uint32_t at = writer->size - start;
        pfg_writer_bytes(writer, wire + i, wire[i] + 1u);
        if (table && table->count < sizeof table->at / sizeof *table->at && at < POINTER_REACH &&
            !writer->overflow)
            table->at[table->count++] = (uint16_t)at;
        i += wire[i] + 1u;
    }
    pfg_writer_be(writer, 0, 1);
}
