/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The row language: protocols of this test's own, of every kind and extent, both ways. */
#include "tests/proto/lib.h"

/* clang-format off */

/* ---- Integers of all sizes ---- */

static const struct pfg_row integer_rows[] = {
    { "u1", PFG_UINT, .size = 1 }, { "u3", PFG_UINT, .size = 3 }, { "u5", PFG_UINT, .size = 5, .order = PFG_LITTLE },
    { "u8", PFG_UINT, .size = 8, .order = PFG_LITTLE },
    { "i1", PFG_INT, .size = 1 }, { "i2", PFG_INT, .size = 2 }, { "i3", PFG_INT, .size = 3, .order = PFG_LITTLE },
    { "i4", PFG_INT, .size = 4 }, { "i5", PFG_INT, .size = 5 }, { "i6", PFG_INT, .size = 6, .order = PFG_LITTLE },
    { "i7", PFG_INT, .size = 7 }, { "i8", PFG_INT, .size = 8 },
    { "scaled", PFG_UINT, .size = 1, .scale = 100 },
    { "given", PFG_UINT, .size = 2, .init = 0xbeef, .display = PFG_HEX },
    { 0 }
};
static const struct pfg_protocol integers = { .name = "integers", .title = "t", .rows = integer_rows, .fixed_size = 56 };

/* ---- Bits ---- */

static const struct pfg_name colours[] = { { 0, "red" }, { 5, "blue" }, { 0 } };
static const struct pfg_bit marks[] = { { "low", 0x1 }, { "level", 0x1e, .names = colours }, { "high", 0x80 }, { 0 } };
static const struct pfg_row bits_rows[] = {
    { "one",    PFG_UINT, .bits = 1 },
    { "signed", PFG_INT,  .bits = 7 },
    { "a", PFG_UINT, .bits = 3, .names = colours, .closed = true }, { "b", PFG_UINT, .bits = 13 },
    { "fixed", PFG_CONST, .bits = 4, .init = 9 }, { "spare", PFG_RESERVED, .bits = 4 },
    { "marks", PFG_FLAGS, .bits = 8, .flags = marks },
    { "wide",  PFG_UINT, .bits = 64 },
    { 0 }
};
static const struct pfg_protocol bits = { .name = "bits", .title = "t", .rows = bits_rows, .fixed_size = 13, .reply = "marks.level=blue" };

/* ---- Extents, addresses and times ---- */

static const struct pfg_row extent_rows[] = {
    { "fixed",  PFG_BYTES,  .size = 3 },
    { "name",   PFG_STRING, .size = 6, .zero_ended = true },
    { "short",  PFG_DATA,   .prefix = 1 },
    { "long",   PFG_STRING, .prefix = 2, .order = PFG_LITTLE },
    { "zero",   PFG_STRING, .zero_ended = true, .text = "default" },
    { "mac",    PFG_MAC }, { "v4", PFG_IPV4 }, { "v6", PFG_IPV6 },
    { "rest",   PFG_BYTES },
    { 0 }
};
static const struct pfg_protocol extents = { .name = "extents", .title = "t", .rows = extent_rows, .fixed_size = 9 };

static const struct pfg_row fixed_rows[] = {
    { "a", PFG_UINT, .size = 4, .fraction_bits = 16, .init = 0x18000 }, { "b", PFG_INT, .size = 4, .fraction_bits = 12, .order = PFG_LITTLE },
    { "c", PFG_UINT, .size = 8, .fraction_bits = 32 }, { "d", PFG_INT, .bits = 12, .fraction_bits = 4 }, { "e", PFG_UINT, .bits = 4, .fraction_bits = 4 },
    { 0 }
};
static const struct pfg_protocol fixeds = { .name = "fixeds", .title = "t", .rows = fixed_rows, .fixed_size = 18 };

static const struct pfg_row time_rows[] = {
    { "ns", PFG_TIME, .size = 8 }, { "us", PFG_TIME, .size = 8, .unit = PFG_US, .display = PFG_DATE },
    { "ms", PFG_TIME, .size = 6, .unit = PFG_MS, .order = PFG_LITTLE, .display = PFG_DATE },
    { "s",  PFG_TIME, .size = 4, .unit = PFG_SECONDS, .display = PFG_DATE }, { "ntp", PFG_TIME, .size = 8, .unit = PFG_NTP, .display = PFG_DATE },
    { 0 }
};
static const struct pfg_protocol times = { .name = "times", .title = "t", .rows = time_rows, .fixed_size = 34 };

/* ---- Framing: all of the message in units, and a checksum behind the body ---- */

static const struct pfg_row text_rows[] = { { "text", PFG_STRING }, { 0 } };
static const struct pfg_row pair_rows[] = { { "x", PFG_UINT, .size = 1 }, { "y", PFG_INT, .size = 1 }, { 0 } };
static const struct pfg_row list_rows[] = {
    { "count", PFG_UINT, .size = 1 }, { "pairs", PFG_ARRAY, .by = "count", .rows = pair_rows },
    { "more", PFG_ARRAY, .rows = pair_rows },
    { 0 }
};
static const struct pfg_row empty_rows[] = { { 0 } };
static const struct pfg_name tail_kinds[] = {
    { 1, "text", .body = text_rows }, { 2, "list", .body = list_rows, .reply = pair_rows }, { 3, "none", .body = empty_rows }, { 0 }
};
static const struct pfg_row tail_rows[] = {
    { "mark",  PFG_MAGIC,    .size = 2, .text = "TR" },
    { "whole", PFG_LENGTH,   .size = 2, .order = PFG_LITTLE },
    { "kind",  PFG_UINT,     .size = 1, .names = tail_kinds },
    { "body",  PFG_BODY,     .by = "kind" },
    { "crc",   PFG_CHECKSUM, .size = 4, .algorithm = PFG_CRC32, .counts = PFG_COUNTS_BEFORE },
    { 0 }
};
static const struct pfg_protocol tail = { .name = "tail", .title = "t", .rows = tail_rows, .any_port = true };

static const struct pfg_row words_rows[] = {
    { "version", PFG_CONST, .bits = 4, .init = 2 }, { "words", PFG_LENGTH, .bits = 12, .scale = 4, .add = 4, .counts = PFG_COUNTS_BODY, .max = 100 },
    { "answer", PFG_UINT, .bits = 1 }, { "kind", PFG_UINT, .bits = 7, .names = tail_kinds },
    { "body",  PFG_BODY, .by = "kind", .flat = true },
    { "end",   PFG_UINT, .size = 1, .init = 0xee },
    { 0 }
};
static const struct pfg_protocol words = { .name = "words", .title = "t", .rows = words_rows, .reply = "answer" };

static const struct pfg_bit sum_flags[] = { { "summed", 0x80 }, { 0 } };
static const struct pfg_row rest_rows[] = {
    { "flags", PFG_FLAGS, .bits = 8, .flags = sum_flags },
    { "sum",   PFG_CHECKSUM, .size = 2, .algorithm = PFG_INTERNET, .counts = PFG_COUNTS_REST, .when = "flags.summed" },
    { "text",  PFG_STRING, .prefix = 1 },
    { 0 }
};
static const struct pfg_protocol rest = { .name = "rest", .title = "t", .rows = rest_rows };

static const struct pfg_row inner_rows[] = { { "data", PFG_DATA }, { 0 } };
static const struct pfg_name inner_kinds[] = { { 1, "inner", .body = inner_rows }, { 0 } };
static const struct pfg_row body_rows[] = {
    { "summed", PFG_UINT, .bits = 1 }, { "kind", PFG_UINT, .bits = 7, .init = 1, .names = inner_kinds },
    { "size",  PFG_LENGTH, .size = 1, .counts = PFG_COUNTS_BODY },
    { "crc",   PFG_CHECKSUM, .size = 4, .counts = PFG_COUNTS_BODY, .when = "summed", .order = PFG_LITTLE },
    { "body",  PFG_BODY, .by = "kind", .flat = true },
    { "end",   PFG_UINT, .size = 1 },
    { 0 }
};
static const struct pfg_protocol body = { .name = "body", .title = "t", .rows = body_rows };

/* ---- Rows that may be absent, an array that leaves some, a group, a name for the rest ---- */

static const struct pfg_row leave_rows[] = {
    { "pairs", PFG_ARRAY, .rows = pair_rows, .leave = 3 },
    { "last",  PFG_UINT, .size = 3 },
    { 0 }
};
static const struct pfg_protocol leave = { .name = "leave", .title = "t", .rows = leave_rows };

static const struct pfg_row optional_rows[] = {
    { "both", PFG_GROUP, .rows = pair_rows },
    { "colour", PFG_UINT, .size = 1, .names = colours, .other = "grey" },
    { "a", PFG_UINT, .size = 2, .optional = true }, { "b", PFG_STRING, .optional = true },
    { 0 }
};
static const struct pfg_protocol optional = { .name = "optional", .title = "t", .rows = optional_rows };

/* clang-format on */

/* These stand in place of the build's own protocols. */
size_t pfg_user_protocols(const struct pfg_protocol **list, size_t room)
{
    static const struct pfg_protocol *const all[] = {
        &integers, &bits, &extents, &times, &tail, &words, &rest, &body, &leave, &optional,
        &fixeds
    };
    for (size_t i = 0; i < sizeof all / sizeof *all && i < room; i++)
        list[i] = all[i];
    return sizeof all / sizeof *all;
}

static void test_integers(void)
{
    static const struct both_ways cases[] = {
        { "u1=255; u3=0x010203; u5=0x0102030405; u8=18446744073709551615; i1=-128; i2=-2; "
          "i3=-3; i4=-2147483648; i5=-5; i6=140737488355327; i7=-7; i8=-9223372036854775808; "
          "scaled=25500",
          "ff 010203 0504030201 ffffffffffffffff 80 fffe fdffff 80000000 fffffffffb ffffffffff7f "
          "fffffffffffff9 8000000000000000 ff beef",
          "{\"u1\":255,\"u3\":66051,\"u5\":4328719365,\"u8\":18446744073709551615,\"i1\":-128,"
          "\"i2\":-2,\"i3\":-3,\"i4\":-2147483648,\"i5\":-5,\"i6\":140737488355327,\"i7\":-7,"
          "\"i8\":-9223372036854775808,\"scaled\":25500,\"given\":48879}" },
        { "i1=127; i8=9223372036854775807; i3=8388607",
          "00 000000 0000000000 0000000000000000 7f 0000 ffff7f 00000000 0000000000 000000000000 "
          "00000000000000 7fffffffffffffff 00 beef",
          NULL },
        { "i1=128", NULL, NULL },
    };
    check_both("integers", cases, 2);
    static const char *const faults[][2] = {
        { "i1=128", "! integers.i1: \"128\" is out of its range" },
        { "i1=-129", "! integers.i1: \"-129\" is out of its range" },
        { "i8=9223372036854775808", "! integers.i8: \"9223372036854775808\" is out of its range" },
        { "u3=16777216", "! integers.u3: \"16777216\" is too large for its bits" },
        { "u8=18446744073709551616", "! integers.u8: \"18446744073709551616\" is not a number" },
        { "u8=-1", "! integers.u8: \"-1\" is negative, and the field is not" },
        { "scaled=150", "! integers.scaled: counts in units of 100, and 150 is none" },
        { "scaled=25600", "! integers.scaled: \"25600\" is too large for its bits" },
    };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        same_text(faults[i][0], encode_of("integers", faults[i][0]), faults[i][1]);
}

static void test_fixed(void)
{
    static const struct both_ways cases[] = {
        { "a=1.5; b=-1.250244140625; c=7.5; d=-0.0625; e=.5",
          "00018000 ffebffff 00000007 80000000 fff 8",
          "{\"a\":1.5,\"b\":-1.250244140625,\"c\":7.5,\"d\":-0.0625,\"e\":0.5}" },
        { "a=65535.99999; b=-524288; c=4294967295.99999999976716935634613037109375; d=127.9375; "
          "e=0.9375",
          "ffffffff 00000080 ffffffffffffffff 7ff f",
          "{\"a\":65535.9999847412109375,\"b\":-524288,"
          "\"c\":4294967295.99999999976716935634613037109375,\"d\":127.9375,\"e\":0.9375}" },
        /* to the nearest; a half goes away from 0; what is not given */
        { "b=0.1; c=0.00000000011641532182693481445312; d=+3.; e=0.03125",
          "00018000 9a010000 0000000000000000 030 1", NULL },
        { "a=0.0000152587890625; c=0.000000000116415321826934814453125; d=-0.03125",
          "00000001 00000000 0000000000000001 fff 0",
          "{\"a\":0.0000152587890625,\"b\":0,\"c\":0.00000000023283064365386962890625,"
          "\"d\":-0.0625,\"e\":0}" },
    };
    static const char *const faults[][2] = {
        { "a=65536", "! fixeds.a: \"65536\" is too large for its bits" },
        { "a=65535.999999", "! fixeds.a: \"65535.999999\" is too large for its bits" },
        { "a=-1", "! fixeds.a: \"-1\" is negative, and the field is not" },
        { "b=-524288.0002", "! fixeds.b: \"-524288.0002\" is out of its range" },
        { "b=524288", "! fixeds.b: \"524288\" is out of its range" },
        { "c=4294967296", "! fixeds.c: \"4294967296\" is not a decimal number that fits" },
        { "c=4294967295.9999999999", "! fixeds.c: \"4294967295.9999999999\" is not a decimal "
                                     "number that fits" },
        { "e=1", "! fixeds.e: \"1\" is too large for its bits" },
        { "a=0x10", "! fixeds.a: \"0x10\" is not a decimal number that fits" },
        { "a=1.2.3", "! fixeds.a: \"1.2.3\" is not a decimal number that fits" },
        { "a=.", "! fixeds.a: \".\" is not a decimal number that fits" },
        { "a=-", "! fixeds.a: \"-\" is not a decimal number that fits" },
    };
    CHECK_BOTH("fixeds", cases);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        same_text(faults[i][0], encode_of("fixeds", faults[i][0]), faults[i][1]);
}

static void test_bits(void)
{
    static const struct both_ways cases[] = {
        { "one=1; signed=-64; a=blue; b=0x1234; marks=low|high|level=5; wide=0x0123456789abcdef",
          "c0 b234 90 8b 0123456789abcdef",
          "{\"one\":true,\"signed\":-64,\"a\":5,\"a_name\":\"blue\",\"b\":4660,\"fixed\":9,"
          "\"marks\":139,\"marks_bits\":{\"low\":true,\"level\":5,\"level_name\":\"blue\","
          "\"high\":true},\"wide\":81985529216486895}" },
        { "marks.level=red; marks.high=1; spare=3", "00 0000 93 80 0000000000000000",
          "{\"one\":false,\"signed\":0,\"a\":0,\"a_name\":\"red\",\"b\":0,\"fixed\":9,\"spare\":3,"
          "\"marks\":128,\"marks_bits\":{\"low\":false,\"level\":0,\"level_name\":\"red\","
          "\"high\":true},\"wide\":0,\"problems\":[\"reserved_bits\"]}" },
    };
    CHECK_BOTH("bits", cases);
    CU_ASSERT(decode_hex("bits", cases[0].hex)->is_reply);
    CU_ASSERT(!decode_hex("bits", cases[1].hex)->is_reply);
    same_text("closed", problems_of("bits", "00 2000 90 00 0000000000000000"), "unknown_type");
    same_text("flags", problems_of("bits", "00 0000 90 60 0000000000000000"), "reserved_bits");
    same_text("constant", problems_of("bits", "00 0000 80 00 0000000000000000"), "bad_constant");
    same_text("cut", problems_of("bits", "00 00"), "truncated");
    same_text("behind", problems_of("bits", "00 0000 90 00 0000000000000000 00"), "trailing_bytes");
}

static void test_extents(void)
{
    static const struct both_ways cases[] = {
        { "fixed=hex:0a0b; name=ab; short=hi; long=\xc3\xa9; mac=2:0:0:0:0:ff; v4=192.0.2.1; "
          "v6=2001:db8::1; rest=0x99",
          "0a0b00 616200000000 02 6869 0200 c3a9 64656661756c7400 0200000000ff c0000201 "
          "20010db8000000000000000000000001 99",
          "{\"fixed\":\"0a0b00\",\"name\":\"ab\",\"short\":\"6869\",\"short_text\":\"hi\","
          "\"long\":\"\xc3\xa9\",\"zero\":\"default\",\"mac\":\"02:00:00:00:00:ff\","
          "\"v4\":\"192.0.2.1\",\"v6\":\"2001:db8::1\",\"rest\":\"99\"}" },
        { "name=abcdef; zero=",
          "000000 616263646566 00 0000 00 000000000000 00000000 "
          "00000000000000000000000000000000",
          "{\"fixed\":\"000000\",\"name\":\"abcdef\",\"short\":\"\",\"short_text\":\"\","
          "\"long\":\"\",\"zero\":\"\",\"mac\":\"00:00:00:00:00:00\",\"v4\":\"0.0.0.0\","
          "\"v6\":\"::\",\"rest\":\"\"}" },
    };
    CHECK_BOTH("extents", cases);
    same_text("too long", encode_of("extents", "name=abcdefg"),
              "! extents.name: longer than the field");
    same_text("no end", problems_of("extents", "000000 616263646566 00 0000 6161"), "truncated");
    same_text("cut", problems_of("extents", "000000 616263646566 02 00"), "truncated");
    same_text("cut", problems_of("extents", "000000 616263646566 00 01"), "truncated");
    uint8_t bytes[128];
    uint32_t size = unhex(cases[0].hex, bytes);
    for (uint32_t cut = 0; cut + 1 < size; cut++)
        same_text("cut", problems_text(decode_bytes("extents", bytes, cut)->problems), "truncated");
}

static void test_times(void)
{
    static const struct both_ways cases[] = {
        { "ns=2025-11-20T16:04:00.123456789Z; us=2025-11-20T16:04:00.123456Z; "
          "ms=2025-11-20T16:04:00.123Z; s=2025-11-20T16:04:00Z; ntp=2025-11-20T16:04:00.5Z",
          "1879c28d0b072d15 00064408d854be40 fb2102a29a01 691f3bf0 ecc9ba7080000000",
          "{\"ns\":1763654640123456789,\"us\":\"2025-11-20T16:04:00.123456000Z\","
          "\"ms\":\"2025-11-20T16:04:00.123000000Z\",\"s\":\"2025-11-20T16:04:00.000000000Z\","
          "\"ntp\":\"2025-11-20T16:04:00.500000000Z\"}" },
        { "s=5; us=0", "0000000000000000 0000000000000000 000000000000 00000005 0000000000000000",
          "{\"ns\":0,\"us\":\"1970-01-01T00:00:00.000000000Z\","
          "\"ms\":\"1970-01-01T00:00:00.000000000Z\",\"s\":\"1970-01-01T00:00:05.000000000Z\","
          "\"ntp\":0}" },
        { NULL, "ffffffffffffffff ffffffffffffffff ffffffffffff ffffffff 83aa7e8000000000",
          "{\"ns\":18446744073709551615,\"us\":18446744073709551615,"
          "\"ms\":281474976710655,\"s\":\"2106-02-07T06:28:15.000000000Z\","
          "\"ntp\":\"1970-01-01T00:00:00.000000000Z\"}" },
    };
    CHECK_BOTH("times", cases);
    static const char *const faults[] = { "s=2107-01-01T00:00:00Z",      "ns=2600-01-01T00:00:00Z",
                                          "s=1969-12-31T23:59:59Z",      "s=2025-02-30T00:00:00Z",
                                          "s=2025-11-20T16:04:00+01:00", "s=2025-11-20" };
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        CU_ASSERT(encode_of("times", faults[i])[0] == '!');
}

/* A length of all, little-endian; a body with rows behind it; CRC-32 of what is before. */
static void test_tail(void)
{
    static const struct both_ways cases[] = {
        { "kind=text; text=abc", "5452 0c00 01 616263 051fe505",
          "{\"mark\":\"5452\",\"whole\":12,\"kind\":1,\"kind_name\":\"text\","
          "\"text\":{\"text\":\"abc\"},\"crc\":85976325}" },
        { "kind=list; list.pairs[1].x=7; list.pairs[0].y=-1; list.more[0].x=9",
          "5452 1000 02 02 00ff 0700 0900 00000000", NULL },
    };
    static char hex[2 * LIB_BYTES + 1];
    snprintf(hex, sizeof hex, "%s", encode_of("tail", cases[0].words));
    CU_ASSERT(strncmp(hex, "54520c0001616263", 16) == 0);
    same_text("text", problems_of("tail", hex), "");
    hex[15]++;
    same_text("damaged", problems_of("tail", hex), "bad_checksum");
    snprintf(hex, sizeof hex, "%s", encode_of("tail", cases[1].words));
    CU_ASSERT(strncmp(hex,
                      "545210000202"
                      "00ff07000900",
                      24) == 0);
    struct pfg_pdu *pdu = decode_hex("tail", hex);
    same_text("list", problems_text(pdu->problems), "");
    CU_ASSERT(strstr(json_of("tail", hex),
                     "\"list\":{\"count\":2,\"pairs\":[{\"x\":0,\"y\":-1},"
                     "{\"x\":7,\"y\":0}],\"more\":[{\"x\":9,\"y\":0}]}") != NULL);
    /* counted arrays: too few bytes, none at all */
    same_text("count", problems_of("tail", "5452 0b00 02 09 00 00000000"), "truncated");
    same_text("count", problems_of("tail", "5452 0c00 02 09 0000 00000000"), "bad_count");
    same_text("half an element", problems_of("tail", "5452 0b00 02 00 00 00000000"), "truncated");
    /* the length: too small for its own table, more than there is */
    same_text("small", problems_of("tail", "5452 0800 03 00000000"), "bad_length");
    same_text("great", problems_of("tail", "5452 0a00 03 00000000"), "truncated");
    same_text("zero", problems_of("tail", "5452 0000 03 00000000"), "bad_length");
    same_text("unknown", problems_of("tail", encode_of("tail", "kind=9; body=hex:aabb")),
              "unknown_type");
    same_text("trailing", problems_of("tail", encode_of("tail", "kind=none; body=hex:aabb")),
              "trailing_bytes");
    /* framing */
    const struct pfg_proto *proto = proto_called("tail");
    uint8_t bytes[16];
    unhex("5452 0c00 01", bytes);
    same_number("frame", (uint64_t)pfg_frame_size(proto, bytes, 5), 12);
    same_number("frame", (uint64_t)pfg_frame_size(proto, bytes, 3), PFG_FRAME_MORE);
    bytes[2] = 8;
    CU_ASSERT(pfg_frame_size(proto, bytes, 5) == PFG_FRAME_NOT);
    CU_ASSERT(pfg_recognise(proto, bytes, 1, true) && !pfg_recognise(proto, bytes, 1, false));
    bytes[1] = 'S';
    CU_ASSERT(pfg_frame_size(proto, bytes, 2) == PFG_FRAME_NOT);
    CU_ASSERT(!pfg_recognise(proto, bytes, 5, true));
}

/* A length in a run of bits, in words of which one is not counted; flat bodies, also a reply's. */
static void test_words(void)
{
    static const struct both_ways cases[] = {
        { "kind=text; text=abcde", "2001 01 6162636465000000 ee",
          "{\"version\":2,\"words\":4,\"answer\":false,\"kind\":1,\"kind_name\":\"text\","
          "\"text\":\"abcde\\u0000\\u0000\\u0000\",\"end\":238}" },
        { "kind=text", "2000 01 00000000 ee", NULL },
        { "kind=list; answer=1; x=1; y=-1", "2000 82 01ff0000 ee",
          "{\"version\":2,\"words\":0,\"answer\":true,\"kind\":2,\"kind_name\":\"list\",\"x\":1,"
          "\"y\":-1,\"end\":238,\"problems\":[\"trailing_bytes\"]}" },
        { "kind=list; words=8; pairs[0].x=1", "2002 02 01 0100 00 ee", NULL },
    };
    check_both("words", cases, 3);
    same_text("words", encode_of("words", "kind=none; words=8"), "200203ee");
    same_text("units", encode_of("words", "kind=none; words=6"),
              "! words.words: counts in units of 4, and 6 is none");
    same_text("max", problems_of("words", "2065 03 ee"), "truncated trailing_bytes bad_length");
    uint8_t bytes[4] = { 0x20, 0x01, 0x01, 0 };
    same_number("frame", (uint64_t)pfg_frame_size(proto_called("words"), bytes, 3), 12);
    CU_ASSERT(pfg_frame_size(proto_called("words"), bytes, 1) == PFG_FRAME_MORE);
}

static void test_checksums(void)
{
    same_text("rest", encode_of("rest", "flags=summed; text=hello"), "8028bc0568656c6c6f");
    same_text("rest", problems_of("rest", "8028bc0568656c6c6f"), "");
    same_text("rest", problems_of("rest", "8028bb0568656c6c6f"), "bad_checksum");
    same_text("unset", encode_of("rest", "text=hello"), "0000000568656c6c6f");
    same_text("unset", problems_of("rest", "0028bb0568656c6c6f"), "");
    same_text("body", encode_of("body", "summed=1; data=123456789; end=127"),
              "8109839206e33132333435363738397f");
    same_text("body", problems_of("body", "8109839206e33132333435363738397f"), "");
    same_text("behind the body", problems_of("body", "8109839206e331323334353637383980"), "");
    same_text("body", problems_of("body", "8109839206e33132333435363738387f"), "bad_checksum");
    same_text("unset", problems_of("body", "0109000000003132333435363738397f"), "");
    same_text("cut", problems_of("body", "8109839206e3313233"), "truncated");
    same_text("too long", encode_of("body", "data=@/dev/null"), "01000000000000");
}

static void test_absent(void)
{
    static const struct both_ways leaves[] = {
        { "last=5", "000005", "{\"last\":5}" },
        { "pairs[1].x=2; last=5", "0000 0200 000005",
          "{\"pairs\":[{\"x\":0,\"y\":0},{\"x\":2,\"y\":0}],\"last\":5}" },
    };
    static const struct both_ways cases[] = {
        { "both.x=1", "0100 00",
          "{\"both\":{\"x\":1,\"y\":0},\"colour\":0,\"colour_name\":\"red\"}" },
        { "colour=7; a=9", "0000 07 0009",
          "{\"both\":{\"x\":0,\"y\":0},\"colour\":7,\"colour_name\":\"grey\",\"a\":9}" },
        { "b=end", "0000 00 0000 656e64",
          "{\"both\":{\"x\":0,\"y\":0},\"colour\":0,\"colour_name\":\"red\",\"a\":0,"
          "\"b\":\"end\"}" },
    };
    CHECK_BOTH("leave", leaves);
    CHECK_BOTH("optional", cases);
    same_text("cut", problems_of("leave", "0000"), "truncated");
    same_text("cut", problems_of("leave", "00000000"), "truncated");
    same_text("cut", problems_of("optional", "0000 00 00"), "truncated");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "integers of 1 to 8 bytes, signed, both orders, scaled", test_integers },
        { "fixed point", test_fixed },
        { "rows of bits and flags", test_bits },
        { "extents and addresses", test_extents },
        { "times", test_times },
        { "a length of all, chosen bodies, arrays, CRC-32", test_tail },
        { "a length in bits, in units", test_words },
        { "checksums and their ranges", test_checksums },
        { "rows that may be absent", test_absent },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("rows", cases);
}
