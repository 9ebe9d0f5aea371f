/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_stack.c - words to layers, what is filled in for files, and the bytes that come of it;
 * expected bytes are written from the specifications. */
#include <stdlib.h>
#include <string.h>

#include "rawsock/dns.h"
#include "rawsock/engine.h"
#include "rawsock/fill.h"
#include "rawsock/words.h"
#include "tests/harness.h"

enum { WORDS = 32 };

static struct pfg_stack stack;
static struct pfg_writer writer;
static struct pfg_fault fault;

/* Words divided by blanks to a packet for a file, as hex in text. */
static const char *made(const char *command)
{
    static char hex[4096];
    char copy[1024], *words[WORDS], *rest = copy, *word;
    size_t count = 0;

    pfg_stack_clear(&stack);
    fault.text[0] = hex[0] = '\0';
    snprintf(copy, sizeof copy, "%s", command);
    while (count < WORDS && (word = strsep(&rest, " ")) != NULL)
        words[count++] = word;
    if (pfg_words_read(&stack, words, count, &fault) < 0 ||
        pfg_words_check(&stack, &writer, &fault) < 0 || pfg_fill_for_file(&stack, &fault) < 0 ||
        pfg_stack_build(&stack, &writer, &fault) < 0)
        return fault.text;
    for (uint32_t i = 0; i < writer.size && i < sizeof hex / 2 - 1; i++)
        snprintf(hex + 2 * i, 3, "%02x", writer.bytes[i]);
    return hex;
}

static void is(const char *command, const char *wanted)
{
    const char *got = made(command);

    CU_ASSERT(strcmp(got, wanted) == 0);
    if (strcmp(got, wanted) != 0)
        printf("\n%s\n    got:    %s\n    wanted: %s\n", command, got, wanted);
}

static void has(const char *command, const char *part)
{
    const char *got = made(command);

    CU_ASSERT(strstr(got, part) != NULL);
    if (!strstr(got, part))
        printf("\n%s\n    got:    %s\n    wanted: %s\n", command, got, part);
}

/* PROTOCOL.md's example, inside all that is filled in. */
static void test_example(void)
{
    is("pfg type=echo session=0x1234 seq=7 data=Hello,\\x20world", "020000000002"
                                                                   "020000000001"
                                                                   "0800"
                                                                   "450000440000000040"
                                                                   "11f6a5c0000201c0000202"
                                                                   "c00024da00308bb4"
                                                                   "70666701010012340000000700"
                                                                   "00000c0000000000000000000000"
                                                                   "0048656c6c6f2c20776f726c64");
}

static void test_filled_layers(void)
{
    has("eth / pfg type=bye", "080045");
    has("ip / dns qname=a", "c0000035"); /* UDP between, and DNS' port */
    has("eth / udp dport=9", "c0000009");
    has("icmp6", "86dd60");
    has("ip6 / udp / pfg type=bye", "20010db8000000000000000000000001"
                                    "20010db8000000000000000000000002");
    has("tcp dport=7", "c0000007");
    has("arp tpa=192.0.2.9", "ffffffffffff020000000001"
                             "08060001080006040001020000000001c0000201000000000000c0000209");
    has("vlan id=7 / ip / icmp", "020000000002020000000001810000070800");
    has("ip dst=255.255.255.255 / plain", "ffffffffffff0200");
    has("ip dst=224.129.2.3 / plain", "01005e0102030200");
    has("ip6 dst=ff02::1:2 / plain", "3333000100020200");
    has("ip proto=253 / raw hex:0102", "fd");
    has("pfg type=echo data=a / pfg type=bye", "61706667010600");
}

static void test_what_is_set_stays(void)
{
    has("eth src=00:00:00:00:00:07 type=0x1234 / ip", "0000000000071234");
    has("ip src=198.51.100.1 ttl=3 id=9 checksum=0xabcd len=7 / udp", "4500000700090000"
                                                                      "0311abcdc6336401");
    has("udp sport=1 dport=2 length=3 checksum=4", "0001000200030004");
    has("pfg type=echo length=99 data=a", "00000063");
}

static void test_faults(void)
{
    has("", "unknown layer");
    has("udpp", "did you mean udp?");
    has("udp /", "after the last /");
    has("/ udp", "before the /");
    has("udp / / ip", "before the /");
    has("udp sport", "FIELD=VALUE");
    has("udp =1", "FIELD=VALUE");
    has("udp spotr=1", "no field spotr");
    has("udp sport=65536", "65536");
    has("ip dst=1.2.3", "1.2.3");
    has("ip dst=fd00::1", "fd00::1");
    has("frame / ip", "eth can be first");
}

/* What a raw socket would send otherwise than it is. */
static void test_kept_by_raw_socket(void)
{
    static const struct {
        const char *command;
        bool kept;
    } rows[] = {
        { "eth / ip id=1 / udp", true },
        { "eth / ip / udp", false },
        { "eth / ip id=1 len=5 / udp", false },
        { "eth / ip id=1 checksum=5 / udp", false },
        { "eth / ip id=1 src=0.0.0.0 / udp", false },
        { "eth / ip6 / udp", true },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        made(rows[i].command);
        CU_ASSERT_EQUAL(pfg_engine_ip_keeps(writer.bytes + 14, writer.size - 14), rows[i].kept);
    }
    CU_ASSERT_FALSE(pfg_engine_ip_keeps(writer.bytes, 0));
    CU_ASSERT_FALSE(pfg_engine_ip_keeps((const uint8_t *)"\x45", 1));
}

static void test_dns_query(void)
{
    static const uint8_t begins[] = { 0x5c, 0x6d, 0x01, 0x00, 0x00, 0x01, 0x00, 0x00,
                                      0x00, 0x00, 0x00, 0x00, 0x03, 0x77, 0x77, 0x77 };
    struct pfg_config config = { .file = "-", .edns_size = 4096, .dnssec = true };
    static const uint8_t opt[] = {
        0x00, 0x00, 0x29, 0x10, 0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00
    };
    char *words[] = { (char[]){ "www.example.com" }, (char[]){ "a" } };
    struct pfg_question question;
    struct pfg_layer *layer = &stack.layers[0];

    config.header[config.header_count].field = pfg_known(PFG_KNOWN_DNS_ID);
    config.header[config.header_count++].number = 0x5c6d;
    pfg_stack_clear(&stack);
    CU_ASSERT_EQUAL_FATAL(pfg_question_read(&question, &config, words, 2, &fault), 0);
    CU_ASSERT_EQUAL_FATAL(pfg_question_put(&question, &config, &stack, &fault), 0);
    writer.size = 0;
    CU_ASSERT_EQUAL_FATAL(
        pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, &writer, &fault), 0);
    CU_ASSERT_EQUAL_FATAL(writer.size, 33 + sizeof opt);
    CU_ASSERT(memcmp(writer.bytes, begins, 10) == 0);
    CU_ASSERT_EQUAL(writer.bytes[11], 1); /* the OPT record is counted */
    CU_ASSERT(memcmp(writer.bytes + 12, begins + 12, 4) == 0);
    CU_ASSERT(memcmp(writer.bytes + 33, opt, sizeof opt) == 0);
}

static void test_dns_words(void)
{
    struct pfg_config config = { .reverse = "10.99.0.2" };
    char *words[] = { (char[]){ "@10.99.0.1#5353" }, (char[]){ "a" }, (char[]){ "b" },
                      (char[]){ "c" } };
    struct pfg_question question;

    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words, 1, &fault), 0);
    CU_ASSERT_STRING_EQUAL(question.name, "2.0.99.10.in-addr.arpa");
    CU_ASSERT_EQUAL(question.server.port, 5353);
    config.reverse = "fd00:99::2";
    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words, 1, &fault), 0);
    CU_ASSERT_STRING_EQUAL(question.name, "2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.9.9.0.0."
                                          "0.0.d.f.ip6.arpa");
    config.reverse = "example";
    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words, 1, &fault), -1);
    config.reverse = NULL;
    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words, 4, &fault), -1);
    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words, 1, &fault), -1);
    CU_ASSERT_EQUAL(pfg_question_read(&question, &config, words + 1, 1, &fault), -1);
}

static void test_endpoints(void)
{
    static const struct {
        const char *text, *written;
    } rows[] = {
        { "10.99.0.2", "10.99.0.2:9" },
        { "10.99.0.2#53", "10.99.0.2:53" },
        { "10.99.0.2:53", "10.99.0.2:53" },
        { "fd00:99::2", "[fd00:99::2]:9" },
        { "fd00:99::2#53", "[fd00:99::2]:53" },
        { "[fd00:99::2]:53", "[fd00:99::2]:53" },
        { "[::1]", "[::1]:9" },
        { "10.99.0", NULL },
        { "10.99.0.2:", NULL },
        { "10.99.0.2:65536", NULL },
        { "10.99.0.2:0", NULL },
        { "[::1]53", NULL },
        { "", NULL },
        { "example", NULL },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pfg_endpoint endpoint, back;
        struct sockaddr_storage name;
        char text[PFG_ENDPOINT_TEXT];
        int result = pfg_endpoint_parse(rows[i].text, 9, false, &endpoint, &fault);

        CU_ASSERT_EQUAL(result, rows[i].written ? 0 : -1);
        if (result < 0)
            continue;
        CU_ASSERT_STRING_EQUAL(pfg_endpoint_text(&endpoint, text), rows[i].written);
        pfg_endpoint_to_socket(&endpoint, &name);
        CU_ASSERT_EQUAL(pfg_endpoint_from_socket(&name, &back), 0);
        CU_ASSERT(pfg_address_equal(&endpoint.address, &back.address));
        CU_ASSERT_EQUAL(endpoint.port, back.port);
    }
}

int main(void)
{
    static const struct test_case cases[] = {
        { "the specification's frame", test_example },
        { "layers filled in", test_filled_layers },
        { "what is set stays", test_what_is_set_stays },
        { "faults", test_faults },
        { "kept by a raw socket", test_kept_by_raw_socket },
        { "a DNS query", test_dns_query },
        { "words of a DNS query", test_dns_words },
        { "addresses and ports", test_endpoints },
        { 0 },
    };
    int status;

    writer = pfg_writer_new();
    if (pfg_registry_init() < 0 || !writer.bytes)
        return 1;
    status = test_run("rawsock/stack", cases);
    free(writer.bytes);
    return status;
}
