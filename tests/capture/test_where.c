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
    const struct where_packet packet = { .decode = &decode, .bytes = frame, .size = sizeof frame };
    int result = where == NULL ? -1 : capture_where_passes(where, &packet);

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
        { "udp.port == 40000", 1 },
        { "udp.port == 9434", 1 },
        { "udp.port == 53", 0 },
        { "udp.port != 9434", 0 },
        { "udp.port !== 9434", 1 },
        { "udp.port === 9434", 0 },
        { "udp.port all_ne 53 and udp.port any_eq 9434", 1 },
        { "all udp.port > 9000", 1 },
        { "all udp.port > 10000", 0 },
        { "any udp.port != 9434", 1 },
        { "all tcp.port == 1", 0 },
        { "udp.port not in {1..10}", 1 },
        { "tcp.port not in {1..10}", 1 },
        { "ip.addr == 10.99.0.2 && eth.addr == 02:00:00:00:00:02", 1 },
        { "ip.addr in {10.98.0.0/16, 10.99.0.2}", 1 },
        { "ipv6.addr", 0 },
        { "ipv6 or icmpv6.type == 3", 0 },
        { "udp ^^ pfg", 0 },
        { "udp xor tcp", 1 },
        { "udp xor tcp or pfg", 1 },
        { "pfg.session & 0xff00 == 0x1200", 1 },
        { "{pfg.session & 0xff00} == 0x1300", 0 },
        { "(pfg.session & 0xff00) == 0x1200 and pfg", 1 },
        { "(pfg.session & 0x1000)", 1 },
        { "ip.src & 255.255.0.0 == 10.99.0.0", 1 },
        { "udp.srcport > udp.dstport", 1 },
        { "ip.src == ip.dst", 0 },
        { "any ip.addr == ip.dst", 1 },
        { "all ip.addr == ip.dst", 0 },
        { "ip.src != tcp.srcport", -1 },
        { "eth.src[0:3] == 02:00:00", 1 },
        { "eth.src[-1] == 1", 1 },
        { "eth.src[4:] == 00:01", 1 },
        { "eth.src[:2] == 02:00", 1 },
        { "eth.src[0,5] == 02:01", 1 },
        { "eth.src[1-2] == 00:00", 1 },
        { "eth.src[6] == 0", 0 },
        { "eth.src[4:3] == 0", 0 },
        { "frame[12:2] == 08:00", 1 },
        { "frame[-6:] == \" world\"", 1 },
        { "frame[-5:] == \"world\"", 1 },
        { "ip[0] & f0 == 40", 1 },
        { "ip[6:2] & 40:00", 0 },
        { "ip.src[0] == 0a", 1 },
        { "udp contains \"pfg\" and ip contains \"Hello\"", 1 },
        { "frame matches \"WORLD$\"", 1 },
        { "udp[0:2] == udp[0:2]", 1 },
        { "upper(pfg.type_name) == \"ECHO\"", 1 },
        { "lower(pfg.echo.data_text) contains \"hello\"", 1 },
        { "upper(pfg.echo.data_text)[0] == \"H\"", -1 },
        { "upper(pfg.echo.data_text[0:4]) == \"HELL\"", 1 },
        { "string(udp.port) matches \"^94\"", 1 },
        { "len(pfg.echo.data) == 12", 1 },
        { "len(ip) == 20 and len(frame) == 82", 1 },
        { "len(ip.src) == 4", 1 },
        { "count(udp.port) == 2", 1 },
        { "count(tcp.port) == 0", 0 },
        { "ip.addr#1 == 10.99.0.1", 1 },
        { "ip#2", 0 },
        { "ip.addr#[1-2] == 10.99.0.1", 1 },
        { "pfg.type == pfg.seq", 0 },
        { "pfg.echo.data contains pfg", 0 },
        { "pfg.echo.data matches r\"^h\\w+, \\w+$\"", 1 },
        { "pfg.echo.data matches \"\\\\d\"", 0 },
        { "pfg.echo.data matches \"^\\w{5},\\s(?=W)\"", 1 },
        { "pfg.echo.data matches \"(?-i)^hello\"", 0 },
        { "pfg.echo.data matches hello", 1 },
        { "pfg.echo.data matches R'l{2}'", 1 },
        { "frame matches r\"\\x00{3}\\x0cHello|\\x00{4}Hello\"", 1 }, /* over zero bytes */
        { "tcp matches \"\"", 0 },
        { "pfg.echo.data == r\"Hello, world\"", 1 },
        { "pfg.echo.data contains r\"\\x48\"", 0 },
        { "pfg.echo.data contains \"\\x48\"", 1 },
        { "pfg.echo.data contains \"\\110ello\"", 1 },
        { "pfg.echo.data contains \"110ello\"", 0 },
        { "frame.len > 0122", 0 }, /* 82 in octal */
        { "frame.len == 0122", 1 },
        { "frame.len == 0b1010010", 1 },
        { "len(frame) == 0122 and len(frame) == 0B1010010", 1 },
        { "pfg.session & 010000", 1 },
        { "pfg.seq in {07..0x9}", 1 },
        { "pfg.problems", 0 },
        { "pfg.response_to == 1", 0 },
        { "not pfg.problem.truncated", 1 },
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
        { "udp.prt == 3", "the nearest is udp.port" },
        { "ip.adr", "the nearest is ip.addr" },
        { "zzzzz", "there is no such field; --describe lists them" },
        { "udp.port ==", "missing" },
        { "any udp.port", "comparison is missing" },
        { "all", "at character 4" },
        { "udp.port not contains 3", ">>>contains<<<" },
        { "udp.port & x", ">>>x<<<" },
        { "udp & 3", ">>>&<<<" },
        { "{udp.port & 3 == 1", "closing brace" },
        { "eth.src[", "does not end" },
        { "eth.src[]", "a slice is" },
        { "eth.src[x] == 1", ">>>x<<<" },
        { "eth.src[0:0] == 1", ">>>0:0<<<" },
        { "eth.src[3-1] == 1", ">>>3-1<<<" },
        { "eth.src[0,1,2,3,4,5,6,7,8] == 1", "at most 8" },
        { "udp.port[0] == 1", "not of numbers" },
        { "frame[0] & 010203040506070809 == 1", "1 to 8 bytes" },
        { "frame[0:9] & 01", "at most 8 bytes" },
        { "ip#0", ">>>0<<<" },
        { "ip#[2-1]", ">>>2-1<<<" },
        { "ip#x", ">>>x<<<" },
        { "len(udp.port == 1", "closing bracket" },
        { "len(udp.port) == x", ">>>x<<<" },
        { "upper(udp) == 1", "for fields" },
        { "count() == 1", ">>>)<<<" },
        { "ip.src == udp.port", "compared with each other" },
        { "udp.port in {1..}", "missing" },
        { "pfg.echo.data matches r\"a(\"", "behind 2 of its characters" },
        { "pfg.echo.data matches r\"a(\"", ">>>r\"a(\"<<<" },
        { "pfg.echo.data matches \"(*UTF)x\"", "disabled" },
        { "pfg.echo.data matches r\"a", "quotation does not end" },
        { "pfg.echo.data matches r\"a\\\"", "quotation does not end" },
        { "pfg.echo.data matches", "missing" },
        { "udp.port in {5..1}", ">>>1<<<" },
        { "ip.src in {10.0.0.2 .. 10.0.0.1}", ">>>10.0.0.1<<<" },
        { "eth.src in {02:00:00:00:00:02 .. 02:00:00:00:00:01}", ">>>02:00:00:00:00:01<<<" },
        { "frame.len > 089", ">>>089<<<" },
        { "frame.len > 0b12", ">>>0b12<<<" },
        { "udp.port == 0400000", ">>>0400000<<<" },
        { "upper(ip.ttl) == \"A\"", ">>>ip.ttl<<<" },
        { "lower(eth.src) == \"A\"", ">>>eth.src<<<" },
        { "upper(pfg.problem.truncated)", ">>>pfg.problem.truncated<<<" },
        { "pfg.problem.truncated == 1", ">>>==<<<" },
        { "pfg.response_time > 1.", ">>>1.<<<" },
        { "pfg.response_time & 1", ">>>&<<<" },
        { "pfg.response_time == pfg.seq", "compared with each other" },
        { "len(pfg.response_time) == 8", "no length" },
        { "udp.port in {}", ">>>}<<<" },
        { "udp.port = 3", ">>>=<<<" },
        { "exists", ">>><<<" },
        { "exists udp.prt", ">>>udp.prt<<<" },
        { "exists(udp.port", "closing bracket" },
        { "exists udp.port == 3", ">>>==<<<" },
        { "udp.port == 3 ^ tcp", ">>>^<<<" },
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

/* What the kernel is asked first. */
static void test_filters(void)
{
    static const struct {
        const char *text, *filter; /* NULL: nothing narrower than all packets */
    } cases[] = {
        { "udp.port == 53", "(udp port 53) or " },
        { "udp.dstport in {53, 9000..9434}", "(udp port 53 or udp portrange 9000-9434) or " },
        { "tcp.port == 80 and ip.addr == 10.1.2.3", "((tcp port 80) and (ip host 10.1.2.3)) or " },
        { "ip.src == 10.1.2.3/9 || ip.dst in {10.0.0.0/8}",
          "((ip net 10.0.0.0/9) or (ip net 10.0.0.0/8)) or " },
        { "ipv6.addr == fd00::1", "(ip6 host fd00:0:0:0:0:0:0:1) or " },
        { "eth.addr == 02:00:00:00:00:01", "(ether host 02:00:00:00:00:01) or " },
        { "eth.src == 02:00:00:00:00:01", "(ether host 02:00:00:00:00:01) or " },
        { "udp.port != 53", "udp or " },
        { "all udp.port == 53", "udp or " },
        { "udp.port & 1", "udp or " },
        { "ip.addr#2 == 10.0.0.1", "ip or " },
        { "count(tcp.port) == 2 and pfg_dns", "(tcp and (udp or tcp)) or " },
        { "udp.srcport == udp.dstport", "udp or " },
        { "not udp.port == 53", NULL },
        { "udp xor tcp", NULL },
        { "frame[0] == 2", NULL },
        { "eth.type == 0x800", "(ether proto 2048) or " },
        { "eth.type == 100", NULL }, /* to libpcap an LSAP */
        { "arp", "(arp or rarp) or " },
        { "udp.port == 53 or eth.src[0] == 2", NULL },
    };
    char why[2048], filter[4096];
    size_t i;

    for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct capture_where *where = capture_where_new(cases[i].text, why, sizeof why);
        bool narrower;

        CU_ASSERT_PTR_NOT_NULL_FATAL(where);
        narrower = capture_where_bpf(where, filter, sizeof filter);
        CU_ASSERT_EQUAL(narrower, cases[i].filter != NULL);
        if (narrower && cases[i].filter != NULL) {
            const char *behind = "(ip6 and len < 64) or ";
            const char *own = strstr(filter, behind);

            CU_ASSERT_PTR_NOT_NULL_FATAL(own);
            own += strlen(behind);
            if (strncmp(own, cases[i].filter, strlen(cases[i].filter)) != 0)
                printf("\n    %s gives %s", cases[i].text, filter);
            CU_ASSERT_NSTRING_EQUAL(own, cases[i].filter, strlen(cases[i].filter));
        }
        capture_where_free(where);
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
        { "filters for the kernel", test_filters },
        { "nesting is bounded", test_deep },
        { "the table of options", test_options },
        { 0 },
    };

    if (pfg_registry_init() != 0)
        return 1;
    return test_run("capture/where", cases);
}
