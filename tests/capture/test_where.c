/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "capture/options.h"
#include "capture/where.h"
#include "proto/layers.h"
#include "tests/harness.h"

/* An echo request "Hello, world", session 0x1234, seq 7, over UDP from 10.99.0.1.40000. */
static const uint8_t frame[] = {
    0x02, 0,    0,    0,    0,   2,   0x02, 0,    0,    0,   0,   1,   0x08, 0x00, 0x45, 0,    0,
    68,   0,    1,    0,    0,   64,  17,   0x65, 0xe0, 10,  99,  0,   1,    10,   99,   0,    2,
    0x9c, 0x40, 0x24, 0xda, 0,   48,  0,    0,    'p',  'f', 'g', 1,   1,    0,    0x12, 0x34, 0,
    0,    0,    7,    0,    0,   0,   12,   0,    0,    0,   0,   0,   0,    0,    0,    0,    0,
    0,    0,    'H',  'e',  'l', 'l', 'o',  ',',  ' ',  'w', 'o', 'r', 'l',  'd',
};

static struct pfg_decode decode;

static void decode_frame(void)
{
    struct pfg_packet packet = {
        .bytes = frame,
        .caplen = sizeof frame,
        .len = sizeof frame,
        .link_type = PFG_LINK_ETHERNET,
        .number = 3,
    };
    struct pfg_flow flow;
    uint32_t used;

    CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&decode), 0);
    CU_ASSERT_EQUAL_FATAL(pfg_layers_decode(&decode, &packet, &flow), 0);
    CU_ASSERT_EQUAL_FATAL(pfg_decode_payload(&decode, pfg_known(PFG_KNOWN_TYPE)->proto, NULL, 1,
                                             flow.payload, flow.payload_size, flow.payload_wire,
                                             false, true, &used),
                          1);
}

/* Whether the packet passes; -1: the expression is wrong. */
static int passes(const char *text)
{
    char why[2048];
    struct capture_where *where = capture_where_new(text, why, sizeof why);
    int result = where == NULL ? -1 : capture_where_passes(where, &decode);

    capture_where_free(where);
    return result;
}

static void test_answers(void)
{
    static const struct {
        const char *text;
        int passes;
    } cases[] = {
        { "pfg", 1 },
        { "tcp", 0 },
        { "pfg.seq", 1 },
        { "pfg.seq == 7", 1 },
        { "pfg.seq != 7", 0 },
        { "pfg.seq eq 7 and pfg.session == 0x1234", 1 },
        { "pfg.seq ge 8 || pfg.seq lt 8", 1 },
        { "!(pfg.seq > 6)", 0 },
        { "not pfg.seq > 7 && udp", 1 },
        { "pfg.type == echo", 1 },
        { "pfg.type == \"echo\"", 1 },
        { "pfg.type_name == \"echo\"", 1 },
        { "pfg.type in {time, 6}", 0 },
        { "pfg.type in {time, 1}", 1 },
        { "udp.srcport in {1..39999, 40000 .. 50000}", 1 },
        { "udp.srcport in {1..39999}", 0 },
        { "ip.src == 10.99.0.1", 1 },
        { "ip.src == 10.99.0.0/24 && ip.dst != 10.98.0.0/16", 1 },
        { "eth.src == 02:00:00:00:00:01", 1 },
        { "eth.src < 02:00:00:00:00:01", 0 },
        { "pfg.echo.data contains \"lo, w\"", 1 },
        { "pfg.echo.data contains 6c:6f", 1 },
        { "pfg.echo.data contains \"lo,w\"", 0 },
        { "pfg.echo.data matches \"^hel+o\"", 1 },
        { "pfg.echo.data ~ \"^w\"", 0 },
        { "pfg.echo.data_text == \"Hello, world\"", 1 },
        { "pfg.flags & 0x80", 0 },
        { "pfg.session & 0x0030", 1 },
        { "frame.number == 3", 1 },
        { "pfg_dns.id", 0 },
        { "pfg_dns.id != 3", 0 },
    };
    size_t i;

    decode_frame();
    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int got = passes(cases[i].text);

        if (got != cases[i].passes)
            printf("\n    %s gives %d", cases[i].text, got);
        CU_ASSERT_EQUAL(got, cases[i].passes);
    }
    pfg_decode_free(&decode);
}

static void test_errors(void)
{
    static const struct {
        const char *text, *part;
    } cases[] = {
        { "pfg.sesion == 3", "pfg.session" },
        { "pfg.seq == 7 && pfg.sesion", "at character 17" },
        { "pfg.seq = 7", ">>>=<<<" },
        { "pfg.seq == ", "missing" },
        { "pfg.type == bogus", ">>>bogus<<<" },
        { "pfg.seq contains 3", "is a number" },
        { "(pfg", "closing bracket" },
        { "pfg == 3", "protocol" },
        { "pfg.seq == 7 pfg", ">>>pfg<<<" },
        { "pfg.echo.data == \"x", "quotation" },
        { "pfg.echo.data matches \"(\"", "regular expression" },
        { "ip.src == 10.99.0", ">>>10.99.0<<<" },
        { "ip.src == 10.0.0.0/33", ">>>10.0.0.0/33<<<" },
        { "pfg.type in 3", "braces" },
        { "", "missing" },
        { "! ! ! ! !", "missing" },
    };
    char why[2048];
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CU_ASSERT_PTR_NULL(capture_where_new(cases[i].text, why, sizeof why));
        if (strstr(why, cases[i].part) == NULL)
            printf("\n    %s says: %s", cases[i].text, why);
        CU_ASSERT_PTR_NOT_NULL(strstr(why, cases[i].part));
    }
}

static void test_deep(void)
{
    static char text[4000];

    memset(text, '(', sizeof text - 1);
    CU_ASSERT_EQUAL(passes(text), -1);
    memset(text, '!', sizeof text - 1);
    CU_ASSERT_EQUAL(passes(text), -1);
}

static void test_options(void)
{
    char why[512] = "";

    CU_ASSERT_EQUAL(pfg_options_check(&capture_command, why, sizeof why), 0);
    CU_ASSERT_STRING_EQUAL(why, "");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "answers", test_answers },
        { "errors point at the word", test_errors },
        { "nesting is bounded", test_deep },
        { "the table of options", test_options },
        { 0 },
    };

    if (pfg_registry_init() != 0)
        return 1;
    return test_run("capture/where", cases);
}
