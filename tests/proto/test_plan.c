/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Plans and patterns beside the walk over rows: the same values and the same faults, whatever bit
 * of a message that was seen before is another one. */
#include "proto/pattern.h"
#include "tests/proto/lib.h"

/* A question with a cookie, and an answer with two addresses, an alias and a cookie; messages of a
 * header, of which one is in parts and one is checked; TCP with timestamps, and with two blocks. */
static const struct {
    const char *proto, *hex;
    unsigned flags;
} messages[] = {
    { "pfg_dns",
      "46580120 0001 0000 0000 0001 03777777077369746531303407 6578616d706c65036e657400 0001 0001"
      "00 0029 04d0 00000000 000c 000a 0008 0123456789abcdef",
      0 },
    { "pfg_dns",
      "a8218180 0001 0003 0000 0001 03777777077369746531303407 6578616d706c65036e657400 0001 0001"
      "c00c 0001 0001 0000012c 0004 ba254845 c00c 0001 0001 0000012c 0004 d89c5326"
      "c00c 0005 0001 0000012c 0002 c00c 00 0029 04d0 00000000 000c 000a 0008 0123456789abcdef",
      0 },
    { "pfg",
      "706667 01 01 00 1234 00000007 0000000c 0000000000000000 00000000"
      "48656c6c6f2c20776f726c64",
      0 },
    { "pfg",
      "706667 01 02 80 0025 00000000 0000001f 0000000000000000 00000000"
      "1887654321abcdef 12 467269204e6f7620323720303020303a3031 70696e67",
      0 },
    { "tcp", "85110035 00000001 00000002 8018 01f6 0000 0000 01 01 08 0a 000000b3 000000b2",
      PFG_DECODE_NO_CHECKSUM | PFG_DECODE_HEAD },
    { "tcp",
      "85110035 00000001 00000002 d010 01f6 0000 0000"
      "01 01 08 0a 000000b3 000000b2 01 01 05 12 00000010 00000020 00000040 00000080",
      PFG_DECODE_NO_CHECKSUM | PFG_DECODE_HEAD },
};
enum { MESSAGES = sizeof messages / sizeof messages[0], LEARNT = 40 };

static bool same_values(const struct pfg_decode *a, const struct pfg_decode *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (memcmp(&a->values[i], &b->values[i], sizeof a->values[i]) != 0)
            return false;
    return a->count == b->count;
}

/* Decodes a message, which stands alone in its block, both ways. */
static bool same_both_ways(const char *name, const uint8_t *bytes, uint32_t size, unsigned flags)
{
    static struct pfg_decode plans, rows;
    const struct pfg_proto *proto;
    bool same;

    lib_decode();
    proto = proto_called(name);
    if (!plans.values && (pfg_decode_init(&plans) < 0 || pfg_decode_init(&rows) < 0))
        exit(1);
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, bytes, size);
    pfg_decode_reset(&plans);
    pfg_decode_reset(&rows);
    const struct pfg_pdu *a = pfg_decode_message(&plans, proto, exact, size, size, flags);
    const struct pfg_pdu *b =
        pfg_decode_message(&rows, proto, exact, size, size, flags | PFG_DECODE_WALK);
    same = a->size == b->size && a->problems == b->problems && a->is_reply == b->is_reply &&
           a->is_error == b->is_error && !a->head == !b->head && same_values(&plans, &rows);
    free(exact);
    return same;
}

/* Sees a message so often that it is known. */
static uint32_t learn(unsigned which, uint8_t *bytes)
{
    uint32_t size = unhex(messages[which].hex, bytes);

    for (unsigned i = 0; i < LEARNT; i++)
        CU_ASSERT(same_both_ways(messages[which].proto, bytes, size, messages[which].flags));
    return size;
}

static void test_bits(void)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        uint8_t bytes[512];
        uint32_t size = learn(i, bytes), wrong = 0;
        for (uint32_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
            wrong += !same_both_ways(messages[i].proto, bytes, size, messages[i].flags);
            bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        same_number(messages[i].hex, wrong, 0);
    }
}

/* Cut anywhere, and with bytes behind it. */
static void test_sizes(void)
{
    for (unsigned i = 0; i < MESSAGES; i++) {
        uint8_t bytes[512] = { 0 };
        uint32_t size = learn(i, bytes), wrong = 0;
        for (uint32_t cut = 0; cut < size + 9; cut++)
            wrong += !same_both_ways(messages[i].proto, bytes, cut, messages[i].flags);
        same_number(messages[i].hex, wrong, 0);
    }
}

/* Names of every length before what is known. */
static void test_names(void)
{
    for (unsigned i = 0; i < 2; i++) {
        enum { HEAD = 12, NAME = 25 };
        uint8_t bytes[512], other[1024];
        uint32_t size = learn(i, bytes), wrong = 0;
        for (uint32_t length = 1; length < 300; length++) {
            uint32_t at = HEAD, left = length;
            memcpy(other, bytes, HEAD);
            for (; left > 1; left -= other[at] + 1u, at += other[at] + 1u) {
                other[at] = (uint8_t)(left - 2 < 63 ? left - 2 : 63);
                if (!other[at])
                    break;
                memset(other + at + 1, 'a', other[at]);
            }
            other[at++] = 0;
            memcpy(other + at, bytes + HEAD + NAME, size - HEAD - NAME);
            wrong += !same_both_ways(messages[i].proto, other, at + size - HEAD - NAME, 0);
        }
        same_number(messages[i].hex, wrong, 0);
    }
}

/* What was seen often is read by its pattern. */
static void test_found(void)
{
    uint8_t bytes[512];
    uint32_t size = learn(4, bytes);
    const struct pfg_proto *proto = proto_called("tcp");
    struct pfg_decode *decode = lib_decode();

    bytes[27] ^= 1; /* a timestamp */
    pfg_decode_reset(decode);
    const struct pfg_pdu *pdu = pfg_decode_patterned(decode, proto, bytes, size, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu->pattern);
    CU_ASSERT_EQUAL(pdu->pattern->count, 10);
    bytes[22] ^= 1; /* a kind */
    pfg_decode_reset(decode);
    CU_ASSERT_PTR_NULL(pfg_decode_patterned(decode, proto, bytes, size, true));
    CU_ASSERT_EQUAL(decode->pdu_count, 0);
    size = learn(0, bytes);
    CU_ASSERT_PTR_NOT_NULL(
        pfg_pattern_find(proto_called("pfg_dns"), PFG_VIEW_ALL, size - 37, bytes + 37, bytes, 12));
    bytes[5] = 2; /* a count */
    CU_ASSERT_PTR_NULL(
        pfg_pattern_find(proto_called("pfg_dns"), PFG_VIEW_ALL, size - 37, bytes + 37, bytes, 12));
}

/* A pattern that a pdu has is not given up for those that are met meanwhile. */
static void test_lent(void)
{
    static const char marks[10];
    uint8_t bytes[512];
    uint32_t size = learn(4, bytes);
    struct pfg_decode *decode = lib_decode();

    pfg_decode_reset(decode);
    const struct pfg_pdu *pdu =
        pfg_decode_patterned(decode, proto_called("tcp"), bytes, size, true);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu);
    const struct pfg_pattern *pattern = pdu->pattern;
    uint32_t serial = pattern->serial;
    for (unsigned i = 0; i < sizeof marks; i++) {
        struct pfg_pattern *new = NULL;
        while (!new)
            new = pfg_pattern_new(size - 20);
        new->of = &marks[i];
        CU_ASSERT_PTR_EQUAL(
            pfg_pattern_find(&marks[i], PFG_VIEW_ALL, size - 20, bytes + 20, NULL, 0), new);
    }
    CU_ASSERT_EQUAL(pattern->serial, serial);
}

/* Views leave values out, but none that pairs or that a line shows. */
static void test_views(void)
{
    static const enum pfg_view views[] = { PFG_VIEW_ALL, PFG_VIEW_LINE, PFG_VIEW_PAIRS };
    static const uint32_t counts[] = { 52, 32, 16 };
    static char lines[3][2000];
    struct pfg_decode decode;
    uint8_t bytes[512];
    uint32_t size = unhex(messages[1].hex, bytes);

    lib_decode();
    CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&decode), 0);
    for (unsigned i = 0; i < 3; i++) {
        struct pfg_out *out = lib_out();
        const struct pfg_pdu *pdu = NULL;
        decode.view = views[i];
        for (unsigned k = 0; k < LEARNT; k++) {
            pfg_decode_reset(&decode);
            pdu = pfg_decode_message(&decode, proto_called("pfg_dns"), bytes, size, size, 0);
        }
        same_number("values", pdu->count, counts[i]);
        CU_ASSERT_PTR_NOT_NULL(pfg_pdu_find(&decode, pdu, pfg_known(PFG_KNOWN_DNS_QRY_NAME)));
        CU_ASSERT_PTR_NOT_NULL(pfg_pdu_find(&decode, pdu, pfg_known(PFG_KNOWN_DNS_QRY_TYPE)));
        pfg_line_pdu(out, &decode, pdu);
        snprintf(lines[i], sizeof lines[i], "%s", out_text(out));
    }
    same_text("a line", lines[1], lines[0]);
    pfg_decode_free(&decode);
}

/* The same line as one of all values, whatever a line leaves out of those that are known. */
static void test_hidden(void)
{
    static char line[2000];
    struct pfg_decode decode;
    uint8_t bytes[512];
    uint32_t size = unhex(messages[0].hex, bytes), wrong = 0;

    CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&decode), 0);
    decode.view = PFG_VIEW_LINE;
    for (unsigned k = 0; k < LEARNT; k++) {
        pfg_decode_reset(&decode);
        pfg_decode_message(&decode, proto_called("pfg_dns"), bytes, size, size, 0);
    }
    for (uint32_t bit = 0; bit < 8 * size; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        struct pfg_out *out = lib_out();
        pfg_decode_reset(&decode);
        pfg_line_pdu(out, &decode,
                     pfg_decode_message(&decode, proto_called("pfg_dns"), bytes, size, size, 0));
        snprintf(line, sizeof line, "%s", out_text(out));
        out = lib_out();
        pfg_decode_reset(&decode);
        pfg_line_pdu(out, &decode,
                     pfg_decode_message(&decode, proto_called("pfg_dns"), bytes, size, size,
                                        PFG_DECODE_WALK));
        wrong += strcmp(line, out_text(out)) != 0;
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    same_number("lines", wrong, 0);
    pfg_decode_free(&decode);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "any bit is another one", test_bits },
        { "cut, and longer", test_sizes },
        { "names of any length", test_names },
        { "patterns are found", test_found },
        { "a pattern that is in use stays", test_lent },
        { "views", test_views },
        { "hidden values", test_hidden },
        { NULL, NULL },
    };
    return test_run("proto/plan", cases);
}
