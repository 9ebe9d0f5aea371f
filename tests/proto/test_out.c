/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way out: numbers, addresses, times, escapes, buffers. */
#include <errno.h>
#include <math.h>

#include "proto/put.h"
#include "tests/proto/lib.h"

static void test_numbers(void)
{
    static const uint64_t values[] = { 0,   1,    9,     10,         99,          100,       101,
                                       999, 1000, 65535, 4294967295, 10000000000, UINT64_MAX };
    char expected[40];
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct pfg_out *out = lib_out();
        pfg_out_uint(out, values[i]);
        snprintf(expected, sizeof expected, "%llu", (unsigned long long)values[i]);
        same_text("uint", out_text(out), expected);
        out = lib_out();
        pfg_out_int(out, (int64_t)values[i]);
        snprintf(expected, sizeof expected, "%lld", (long long)values[i]);
        same_text("int", out_text(out), expected);
    }
    struct pfg_out *out = lib_out();
    pfg_out_int(out, INT64_MIN);
    same_text("least", out_text(out), "-9223372036854775808");
    out = lib_out();
    pfg_out_hex_uint(out, 0xabcd, 6);
    pfg_out_digits(out, 42, 5);
    same_text("digits", out_text(out), "00abcd00042");
}

static void check_number(uint64_t value)
{
    char text[PFG_PUT_ROOM], want[40];

    *pfg_put_uint(text, value) = 0;
    sprintf(want, "%llu", (unsigned long long)value);
    same_text("number", text, want);
    if (value > UINT16_MAX)
        return;
    *pfg_put_16(text, (uint32_t)value) = 0;
    same_text("number of 16 bits", text, want);
}

/* All short numbers, and those about each power of ten. */
static void test_any_number(void)
{
    uint64_t power = 1;

    for (uint64_t value = 0; value <= UINT16_MAX; value++)
        check_number(value);
    for (unsigned i = 0; i < 20; i++, power *= 10) {
        for (uint64_t more = 0; more < 3; more++) {
            check_number(power - 1 + more);
            check_number(power * 3 + more);
            check_number(power / 7 + more);
        }
    }
}

/* Texts of every size, with any byte at every place, at the end of what can be read or not. */
static void test_plain_texts(void)
{
    for (size_t size = 0; size < 70; size++) {
        for (size_t more = 0; more < 20; more += 5) {
            uint8_t *bytes = malloc(size + more + 1);
            char text[100];
            memset(bytes, '"', size + more);
            memset(bytes, 'a' + (int)size % 20, size);
            CU_ASSERT(pfg_put_plain(text, bytes, size, size + more));
            CU_ASSERT(memcmp(text, bytes, size) == 0);
            for (unsigned c = 0; c < 256 && size; c++) {
                size_t at = c * 7 % size;
                uint8_t before = bytes[at];
                bytes[at] = (uint8_t)c;
                CU_ASSERT(pfg_put_plain(text, bytes, size, size + more) ==
                          (c >= ' ' && c < 0x7f && c != '"' && c != '\\'));
                bytes[at] = before;
            }
            free(bytes);
        }
    }
}

static void test_doubles(void)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        { 0, "0" },
        { -0.0, "-0" },
        { 0.1, "0.1" },
        { 1.5, "1.5" },
        { 1e21, "1e+21" },
        { 40, "40" },
        { -770, "-770" },
        { 1e15, "1000000000000000" },
        { 1e16, "1e+16" },
        { 1.0 / 3, "0.3333333333333333" },
        { 4.9406564584124654e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e+308" },
        { 123456789.125, "123456789.125" },
        { (double)INFINITY, "inf" },
        { -(double)INFINITY, "-inf" },
        { (double)NAN, "nan" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_out *out = lib_out();
        pfg_out_double(out, cases[i].value);
        same_text("double", out_text(out), cases[i].text);
    }
}

/* RFC 5952, 4 and 5. */
static void test_addresses(void)
{
    static const char *const cases[][2] = {
        { "00000000000000000000000000000000", "::" },
        { "00000000000000000000000000000001", "::1" },
        { "20010db8000000000000000000000001", "2001:db8::1" },
        { "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1" },
        { "20010000000000010000000000000001", "2001:0:0:1::1" },
        { "20010db8000000000001000000000001", "2001:db8::1:0:0:1" },
        { "00010002000300040005000600070000", "1:2:3:4:5:6:7:0" },
        { "00010002000300040005000600000000", "1:2:3:4:5:6::" },
        { "0000000000000000ffff000000000000", "::ffff:0:0:0" },
        { "00000000000000000000ffffc0000201", "::ffff:192.0.2.1" },
        { "fe80abcd000000000000000000000001", "fe80:abcd::1" },
        { "ffffffffffffffffffffffffffffffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff" },
    };
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_out *out = lib_out();
        unhex(cases[i][0], bytes);
        pfg_out_ipv6(out, bytes);
        same_text(cases[i][0], out_text(out), cases[i][1]);
    }
    struct pfg_out *out = lib_out();
    pfg_out_ipv4(out, 0xffffffff);
    pfg_out_char(out, ' ');
    pfg_out_ipv4(out, 0x0a000109);
    pfg_out_char(out, ' ');
    pfg_out_mac(out, (const uint8_t *)"\x02\x00\xab\xcd\xef\x01");
    same_text("others", out_text(out), "255.255.255.255 10.0.1.9 02:00:ab:cd:ef:01");
}

/* The same, written step by step: what addresses of any pattern of zeros are compared with. */
static void plain_ipv6(char *to, const uint8_t address[16])
{
    unsigned start = 8, longest = 1;
    bool mapped;

    for (unsigned i = 0; i < 8; i++) {
        unsigned size = 0;
        while (i + size < 8 && address[2 * (i + size)] == 0 && address[2 * (i + size) + 1] == 0)
            size++;
        if (size > longest) {
            longest = size;
            start = i;
        }
    }
    mapped = start == 0 && longest == 5 && address[10] == 0xff && address[11] == 0xff;
    for (unsigned i = 0; i < 8; i++) {
        if (i == start) {
            to += sprintf(to, "::");
            i += longest - 1;
            continue;
        }
        to += sprintf(to, "%s%x", i == 0 || i == start + longest ? "" : ":",
                      address[2 * i] << 8 | address[2 * i + 1]);
        if (mapped && i == 5) {
            sprintf(to, ":%u.%u.%u.%u", address[12], address[13], address[14], address[15]);
            return;
        }
    }
}

static void test_any_address(void)
{
    uint32_t random = 1;

    for (unsigned i = 0; i < 20000; i++) {
        uint8_t address[16] = { 0 };
        char text[64], want[64];
        for (unsigned k = 0; k < 8; k++) { /* i says which groups are 0; sizes are by chance */
            random = random * 1664525 + 1013904223;
            uint32_t group = i >> k & 1 ? (random >> 8 & 0xffff) >> (random >> 28) : 0;
            address[2 * k] = (uint8_t)(group >> 8);
            address[2 * k + 1] = (uint8_t)group;
        }
        if (i % 1024 == 7)
            memcpy(address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12);
        *pfg_put_ipv6(text, address) = 0;
        plain_ipv6(want, address);
        same_text("address", text, want);
    }
}

static void test_octets_and_hex(void)
{
    uint8_t bytes[40];
    char text[100], want[100];

    for (unsigned i = 0; i < 256; i++) {
        *pfg_put_ipv4(text, i << 24 | (255 - i) << 16 | (i ^ 0x55) << 8 | i) = 0;
        sprintf(want, "%u.%u.%u.%u", i, 255 - i, i ^ 0x55, i);
        same_text("octets", text, want);
        for (unsigned k = 0; k < sizeof bytes; k++)
            bytes[k] = (uint8_t)(i + 7 * k);
        for (unsigned size = 0; size <= sizeof bytes; size++) {
            *pfg_put_hex(text, bytes, size) = 0;
            for (unsigned k = 0; k < size; k++)
                sprintf(want + 2 * k, "%02x", bytes[k]);
            want[2 * size] = 0;
            same_text("hex", text, want);
        }
    }
}

static void test_times(void)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        { 0, "1970-01-01T00:00:00.000000000Z" },
        { 951782399999999999, "2000-02-28T23:59:59.999999999Z" },
        { 951782400000000000, "2000-02-29T00:00:00.000000000Z" },
        { 951868800000000001, "2000-03-01T00:00:00.000000001Z" },
        { 1763654640123456789, "2025-11-20T16:04:00.123456789Z" },
        { 1763654641000000000, "2025-11-20T16:04:01.000000000Z" },
        { 1763654640999999999, "2025-11-20T16:04:00.999999999Z" },
        { 1763741040999999999, "2025-11-21T16:04:00.999999999Z" },
        { 4107542399000000000, "2100-02-28T23:59:59.000000000Z" },
        { 4107542400000000000, "2100-03-01T00:00:00.000000000Z" },
        { UINT64_MAX, "2554-07-21T23:34:33.709551615Z" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_out *out = lib_out();
        pfg_out_time(out, cases[i].ns);
        same_text("time", out_text(out), cases[i].text);
    }
}

/* RFC 3629: what is UTF-8, and JSON strings of what is not. */
static void test_utf8(void)
{
    static const struct {
        const char *bytes, *json;
        bool valid;
    } cases[] = {
        { "", "", true },
        { "plain", "plain", true },
        { "quote\" back\\ slash/", "quote\\\" back\\\\ slash/", true },
        { "\b\f\n\r\t\x01\x1f\x7f", "\\u0008\\u000c\\n\\r\\t\\u0001\\u001f\\u007f", true },
        { "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", true },
        { "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf", "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf",
          true },
        /* what a terminal may take for a command, and what turns a line around */
        { "a\xc2\x9b[\xc2\x80\xc2\x9f\xc2\xa0", "a\\u009b[\\u0080\\u009f\xc2\xa0", true },
        { "\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\u061c\xd8\x9d", true },
        { "\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90",
          "\xe2\x80\x8d\\u200e\\u200f\xe2\x80\x90", true },
        { "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xaf",
          "\xe2\x80\xa7\\u2028\\u202e\xe2\x80\xaf", true },
        { "\xe2\x81\xa5\xe2\x81\xa6\xe2\x81\xaf\xe2\x81\xb0",
          "\xe2\x81\xa5\\u2066\\u206f\xe2\x81\xb0", true },
        { "\x80", "\xef\xbf\xbd", false },
        { "a\xffz", "a\xef\xbf\xbdz", false },
        { "\xc3(", "\xef\xbf\xbd(", false },
        { "\xc0\x80", "\xef\xbf\xbd\xef\xbf\xbd", false }, /* over-long */
        { "\xe0\x9f\xbf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", false },
        { "\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", false }, /* a surrogate */
        { "\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", false },
        { "\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", false }, /* cut */
        { "\xf5", "\xef\xbf\xbd", false },
        { "12345678\xff"
          "12345678",
          "12345678\xef\xbf\xbd"
          "12345678",
          false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_out *out = lib_out();
        size_t size = strlen(cases[i].bytes);
        pfg_out_json(out, cases[i].bytes, size);
        same_text("JSON", out_text(out), cases[i].json);
        CU_ASSERT(!pfg_utf8_valid((const uint8_t *)cases[i].bytes, size) == !cases[i].valid);
    }
    struct pfg_out *out = lib_out();
    pfg_out_json(out, "\0", 1);
    pfg_out_escaped(out, "\0\x1b\n\"", 4);
    same_text("zero", out_text(out), "\\u0000\\x00\\x1b\\n\\\"");
    out = lib_out();
    pfg_out_escaped(out, "1234567\xc2\x9b\xe2\x80\xae\xc3\xa9\xc2", 15);
    same_text("commands", out_text(out), "1234567\\xc2\\x9b\\xe2\\x80\\xae\xc3\xa9\xef\xbf\xbd");
    /* wherever in eight bytes at once */
    for (size_t at = 0; at < 24; at++) {
        uint8_t bytes[24];
        memset(bytes, 'a', sizeof bytes);
        bytes[at] = 0xc3;
        CU_ASSERT(!pfg_utf8_valid(bytes, sizeof bytes));
        if (at < 23)
            bytes[at + 1] = 0xa9;
        CU_ASSERT(pfg_utf8_valid(bytes, sizeof bytes) == (at < 23));
    }
}

static void test_encodings(void)
{
    static const char *const cases[][3] = {
        { "", "", "" },
        { "66", "Zg==", "CO" },
        { "666f", "Zm8=", "CPNG" },
        { "666f6f", "Zm9v", "CPNMU" },
        { "666f6f62", "Zm9vYg==", "CPNMUOG" },
        { "666f6f626172", "Zm9vYmFy", "CPNMUOJ1E8" },
        { "ffffff", "////", "VVVVU" },
    };
    uint8_t bytes[16];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t size = unhex(cases[i][0], bytes);
        struct pfg_out *out = lib_out();
        pfg_out_base64(out, bytes, size);
        same_text("base64", out_text(out), cases[i][1]);
        out = lib_out();
        pfg_out_base32hex(out, bytes, size);
        same_text("base32hex", out_text(out), cases[i][2]);
    }
}

/* ---- Buffers ---- */

struct sink {
    char text[200000];
    size_t size;
    int fail_after;
};

static int take(void *user, const char *bytes, size_t size)
{
    struct sink *sink = user;
    if (sink->fail_after && --sink->fail_after == 0)
        return -ENOSPC;
    memcpy(sink->text + sink->size, bytes, size);
    sink->size += size;
    return 0;
}

static void test_buffers(void)
{
    static struct sink sink;
    struct pfg_out out;
    CU_ASSERT_FATAL(pfg_out_init(&out, 1, take, &sink) == 0); /* made as large as the least */
    for (unsigned i = 0; i < 20000; i++)
        pfg_out_digits(&out, i, 5);
    char lengthy[20001];
    memset(lengthy, 'x', sizeof lengthy);
    pfg_out_bytes(&out, lengthy, 20000);
    pfg_out_hex(&out, (const uint8_t *)lengthy, 20000);
    CU_ASSERT(pfg_out_flush(&out) == 0);
    same_number("all of it", sink.size, 100000 + 20000 + 40000);
    CU_ASSERT(memcmp(sink.text + 5 * 12345, "12345", 5) == 0);
    CU_ASSERT(memcmp(sink.text + 120000, "7878", 4) == 0);
    pfg_out_free(&out);

    /* the first error sticks, and what comes after is dropped */
    memset(&sink, 0, sizeof sink);
    sink.fail_after = 2;
    CU_ASSERT_FATAL(pfg_out_init(&out, 1, take, &sink) == 0);
    for (unsigned i = 0; i < 20000; i++)
        pfg_out_digits(&out, i, 5);
    CU_ASSERT(pfg_out_flush(&out) == -ENOSPC && out.error == -ENOSPC && sink.size <= 8192);
    pfg_out_free(&out);

    /* in memory it grows */
    CU_ASSERT_FATAL(pfg_out_init(&out, 1, NULL, NULL) == 0);
    for (unsigned i = 0; i < 20000; i++)
        pfg_out_digits(&out, i, 5);
    same_number("size", (uint64_t)(out.at - out.start), 100000);
    pfg_out_free(&out);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "numbers", test_numbers },
        { "any number", test_any_number },
        { "plain texts", test_plain_texts },
        { "doubles", test_doubles },
        { "addresses", test_addresses },
        { "any address", test_any_address },
        { "octets and hex", test_octets_and_hex },
        { "times", test_times },
        { "UTF-8 and JSON strings", test_utf8 },
        { "base64 and base32hex", test_encodings },
        { "buffers", test_buffers },
        { NULL, NULL },
    };
    return test_run("out", cases);
}
