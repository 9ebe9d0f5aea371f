/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS names and messages. */
#include "proto/dnsname.h"
#include "tests/proto/lib.h"

/* A name at an offset of bytes: its text, or what is wrong with it. */
static const char *name_at(const char *hex, uint32_t at, uint32_t *size, uint32_t *pointer)
{
    static uint8_t bytes[LIB_BYTES];
    struct pfg_dnsname name = { 0 };
    uint32_t all = unhex(hex, bytes);
    uint8_t *exact = malloc(all + 1u);
    struct pfg_out *out = lib_out();

    memcpy(exact, bytes, all);
    switch (pfg_dnsname_scan(exact, all, at, &name)) {
    case 0:
        pfg_dnsname_text(out, exact, all, at, false);
        break;
    case PFG_DNSNAME_TRUNCATED:
        pfg_out_string(out, "! truncated");
        break;
    case PFG_DNSNAME_LOOP:
        pfg_out_string(out, "! loop");
        break;
    default:
        pfg_out_string(out, "! label");
        break;
    }
    *size = name.size;
    *pointer = name.pointer;
    free(exact);
    return out_text(out);
}

static void test_names(void)
{
    static const struct {
        const char *hex;
        uint32_t at;
        const char *text;
        uint32_t size, pointer;
    } cases[] = {
        { "00", 0, ".", 1, UINT32_MAX },
        { "0161 00", 0, "a", 3, UINT32_MAX },
        { "03777777 076578616d706c65 03636f6d 00", 0, "www.example.com", 17, UINT32_MAX },
        { "03636f6d00 0161c000", 5, "a.com", 4, 0 },
        { "03636f6d00 0161c000 c005", 9, "a.com", 2, 5 },
        { "03636f6d00 c000 c005 c007", 9, "com", 2, 7 },
        { "00 c000", 1, ".", 2, 0 },
        /* escapes (RFC 1035, 5.1) */
        { "062e5c2228293b 02 4024 00", 0, "\\.\\\\\\\"\\(\\)\\;.\\@\\$", 11, UINT32_MAX },
        { "0420007fff 00", 0, "\\032\\000\\127\\255", 6, UINT32_MAX },
        { "04c3a97e21 00", 0, "\\195\\169~!", 6, UINT32_MAX },
        /* faults */
        { "", 0, "! truncated", 0, 0 },
        { "0161", 0, "! truncated", 0, 0 },
        { "0261", 0, "! truncated", 0, 0 },
        { "c0", 0, "! truncated", 0, 0 },
        { "c000", 0, "! loop", 0, 0 },
        { "c002 0000", 0, "! loop", 0, 0 }, /* forward */
        { "0161c000", 0, "! loop", 0, 0 },  /* to itself */
        { "0161c000", 2, "! loop", 0, 0 },  /* by way of what stands before */
        { "c002c000", 2, "! loop", 0, 0 },
        { "4061", 0, "! label", 0, 0 },
        { "8061", 0, "! label", 0, 0 },
        { "bf61", 0, "! label", 0, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t size, pointer;
        same_text(cases[i].hex, name_at(cases[i].hex, cases[i].at, &size, &pointer), cases[i].text);
        if (cases[i].size) {
            same_number(cases[i].hex, size, cases[i].size);
            same_number(cases[i].hex, pointer, cases[i].pointer);
        }
    }
}

/* Every byte at every place of labels of many sizes, in a message that ends with the name or goes
 * on, beside the same written byte by byte. */
static void check_label(unsigned size, unsigned place, unsigned byte, unsigned more)
{
    uint8_t label[64], *message = malloc(size + 2 + more);
    char text[300], *to = text;
    struct pfg_out *out = lib_out();

    memset(label, 'a' + (int)place % 26, sizeof label);
    label[place] = (uint8_t)byte;
    memset(message, '.', size + 2 + more);
    message[0] = (uint8_t)size;
    memcpy(message + 1, label, size);
    message[size + 1] = 0;
    for (unsigned i = 0; i < size; i++) {
        if (label[i] <= ' ' || label[i] >= 0x7f)
            to += sprintf(to, "\\%03u", label[i]);
        else
            to += sprintf(to, strchr(".\\\"();@$", label[i]) ? "\\%c" : "%c", label[i]);
    }
    pfg_dnsname_text(out, message, size + 2 + more, 0, false);
    same_text("label", out_text(out), text);
    free(message);
}

static void test_labels(void)
{
    static const unsigned sizes[] = { 1, 2, 7, 8, 15, 16, 17, 32, 63 };

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned place = 0; place < sizes[i]; place++)
            for (unsigned byte = 0; byte < 256; byte++)
                check_label(sizes[i], place, byte, byte % 2 ? 20 : 0);
}

/* Names of labels of one size, with one byte of any, at the end of the message or not. */
static void check_host(unsigned label, unsigned labels, unsigned place, uint8_t byte, size_t more)
{
    uint32_t size = labels * (label + 1) + 1, at = 1 + place % (size - 1);
    uint8_t *message = malloc(size + more);
    char text[600], *to = text;

    memset(message, 'x', size + more);
    for (uint32_t i = 0; i < size; i += label + 1)
        message[i] = (uint8_t)(i + 1 < size ? label : 0);
    if (at % (label + 1) && at + 1 < size)
        message[at] = byte;
    for (uint32_t i = 1; i + 1 < size; i++) {
        bool dot = i % (label + 1) == 0;
        if (!dot && byte == '.' && i == at)
            *to++ = '\\';
        *to++ = dot ? '.' : (char)message[i];
    }
    *to = 0;
    struct pfg_out *out = lib_out();
    pfg_dnsname_text(out, message, (uint32_t)(size + more), 0, false);
    same_text("host", out_text(out), text);
    free(message);
}

static void test_hosts(void)
{
    for (unsigned label = 1; label <= 40; label++)
        for (unsigned labels = 1; labels * (label + 1) < 100; labels++)
            for (unsigned place = 0; place < 100; place += 3)
                for (size_t more = 0; more < 40; more += 13)
                    check_host(label, labels, place, place % 2 ? '.' : '-', more);
}

/* 255 bytes in all and 63 in a label, on the wire and as text. */
static void test_limits(void)
{
    char text[600], label[64];
    uint8_t wire[300];
    memset(label, 'a', 63);
    label[63] = 0;
    /* 4 labels: 64 + 64 + 64 + 62 + the root = 255 */
    snprintf(text, sizeof text, "%s.%s.%s.%.61s", label, label, label, label);
    same_number("255 bytes", (uint64_t)pfg_dnsname_parse(text, strlen(text), wire), 255);
    struct pfg_dnsname name;
    same_number("scan", (uint64_t)pfg_dnsname_scan(wire, 255, 0, &name), 0);
    strcat(text, ".");
    same_number("255 bytes", (uint64_t)pfg_dnsname_parse(text, strlen(text), wire), 255);
    snprintf(text, sizeof text, "%s.%s.%s.%.62s", label, label, label, label);
    CU_ASSERT(pfg_dnsname_parse(text, strlen(text), wire) == -1);
    snprintf(text, sizeof text, "%sa.b", label);
    CU_ASSERT(pfg_dnsname_parse(text, strlen(text), wire) == -1);
    /* 256 on the wire */
    memset(wire, 'a', sizeof wire);
    wire[0] = wire[64] = wire[128] = 63;
    wire[192] = 62;
    wire[255] = 0;
    CU_ASSERT(pfg_dnsname_scan(wire, 256, 0, &name) == PFG_DNSNAME_LABEL);
    wire[192] = 61;
    wire[254] = 0;
    same_number("scan", (uint64_t)pfg_dnsname_scan(wire, 255, 0, &name), 0);
    /* the longest text fits wherever the buffer ends */
    uint8_t escaped[258] = { 0 };
    for (unsigned at = 0, labels = 0; labels < 4; labels++, at += 64) {
        escaped[at] = labels < 3 ? 63 : 58;
        memset(escaped + at + 1, 1, escaped[at]);
    }
    escaped[192 + 59] = 1;
    escaped[192 + 60] = 1;
    uint8_t message[400] = { 0, 1, 1, 0, 0, 1 };
    memcpy(message + 12, escaped, 254);
    message[12 + 254 + 1] = message[12 + 254 + 3] = 1;
    for (size_t full = 0; full < 1400; full++) {
        struct pfg_pdu *pdu = decode_bytes("pfg_dns", message, 12 + 254 + 4);
        struct pfg_out out;
        int sink = -1;
        CU_ASSERT_FATAL(pfg_out_init(&out, 8192, pfg_out_to_fd, &sink) == 0);
        out.at = out.end - full;
        pfg_json_pdu(&out, lib_decode(), pdu);
        pfg_out_free(&out);
    }
}

static void test_parse(void)
{
    static const char *const cases[][2] = {
        { ".", "00" },
        { "", "00" },
        { "a", "016100" },
        { "a.", "016100" },
        { "a.bc", "016102626300" },
        { "a\\.b", "03612e6200" },
        { "\\065\\\\", "02415c00" },
        { "\\000\\255", "0200ff00" },
        { "\xc3\xa9", "02c3a900" },
        { "..", NULL },
        { ".a", NULL },
        { "a..b", NULL },
        { "a\\", NULL },
        { "a\\25", NULL },
        { "a\\256", NULL },
        { "a\\2x5", NULL },
    };
    uint8_t wire[255];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int size = pfg_dnsname_parse(cases[i][0], strlen(cases[i][0]), wire);
        if (cases[i][1])
            same_text(cases[i][0], size < 0 ? "refused" : hex_of(wire, (uint32_t)size),
                      cases[i][1]);
        else
            CU_ASSERT(size == -1);
    }
}

/* ---- Messages ---- */

#define FLAGS(qr, aa, rd, ra, rcode, name)                                                         \
    "\"flags_bits\":{\"qr\":" qr ",\"opcode\":0,\"opcode_name\":\"QUERY\",\"aa\":" aa              \
    ",\"tc\":false,\"rd\":" rd ",\"ra\":" ra                                                       \
    ",\"z\":false,\"ad\":false,\"cd\":false,\"rcode\":" rcode ",\"rcode_name\":\"" name            \
    "\"},\"rcode\":" rcode ",\"rcode_name\":\"" name "\""

static const struct both_ways messages[] = {
    { "id=0x1234; qname=www.example.com; qtype=AAAA",
      "1234 0100 0001 0000 0000 0000 03777777076578616d706c6503636f6d00 001c 0001",
      "{\"length\":33,\"response\":false,\"id\":4660,\"flags\":256," FLAGS(
          "false", "false", "true", "false", "0",
          "NOERROR") ",\"qdcount\":1,\"ancount\":0,"
                     "\"nscount\":0,\"arcount\":0,\"qry\":[{\"name\":\"www.example.com\",\"type\":"
                     "28,"
                     "\"type_name\":\"AAAA\",\"class\":1,\"class_name\":\"IN\"}],\"answers\":[],"
                     "\"authorities\":[],\"additionals\":[]}" },
    { "id=1; flags=qr|aa|rd|ra; qname=a.example; answers[0].name=a.example; "
      "answers[0].a=192.0.2.1; "
      "answers[0].ttl=300; answers[1].name=b.A.example; answers[1].type=MX; "
      "answers[1].rdata=10 mail.example.; authorities[0].name=example; authorities[0].type=NS; "
      "authorities[0].rdata=ns.example.; additionals[0].name=.; additionals[0].type=OPT; "
      "additionals[0].class=1232",
      "0001 8580 0001 0002 0001 0001 0161 07 6578616d706c65 00 0001 0001 "
      "c00c 0001 0001 0000012c 0004 c0000201 "
      "0162 c00c 000f 0001 00000000 0010 000a 046d61696c 076578616d706c65 00 "
      "c00e 0002 0001 00000000 000c 026e73 076578616d706c65 00 "
      "00 0029 04d0 00000000 0000",
      "{\"length\":108,\"response\":true,\"id\":1,\"flags\":34176," FLAGS(
          "true", "true", "true", "true", "0",
          "NOERROR") ",\"qdcount\":1,\"ancount\":2,"
                     "\"nscount\":1,\"arcount\":1,\"qry\":[{\"name\":\"a.example\",\"type\":1,"
                     "\"type_name\":\"A\",\"class\":1,\"class_name\":\"IN\"}],"
                     "\"answers\":[{\"name\":\"a.example\",\"pointer\":12,\"type\":1,\"type_name\":"
                     "\"A\","
                     "\"class\":1,\"class_name\":\"IN\",\"ttl\":300,\"rdlength\":4,\"a\":\"192.0.2."
                     "1\"},"
                     "{\"name\":\"b.a.example\",\"pointer\":12,\"type\":15,\"type_name\":\"MX\","
                     "\"class\":1,"
                     "\"class_name\":\"IN\",\"ttl\":0,\"rdlength\":16,\"rdata\":\"10 "
                     "mail.example.\"}],"
                     "\"authorities\":[{\"name\":\"example\",\"pointer\":14,\"type\":2,\"type_"
                     "name\":\"NS\","
                     "\"class\":1,\"class_name\":\"IN\",\"ttl\":0,\"rdlength\":12,\"rdata\":\"ns."
                     "example.\"}],"
                     "\"additionals\":[{\"name\":\".\",\"type\":41,\"type_name\":\"OPT\",\"class\":"
                     "1232,"
                     "\"ttl\":0,\"rdlength\":0,\"udp_size\":1232,\"extended_rcode\":0,\"version\":"
                     "0,"
                     "\"do\":false,\"rdata\":\"\"}]}" },
    { NULL, "0002 8183 0000 0000 0000 0000",
      "{\"length\":12,\"response\":true,\"id\":2,\"flags\":33155," FLAGS(
          "true", "false", "true", "true", "3",
          "NXDOMAIN") ",\"qdcount\":0,\"ancount\":0,"
                      "\"nscount\":0,\"arcount\":0,\"qry\":[],\"answers\":[],\"authorities\":[],"
                      "\"additionals\":[]}" },
    /* names as bytes, right or wrong; a compressed name inside data */
    { "flags=0; qry[0].name=hex:c00c; qtype=255", "0000 0000 0001 0000 0000 0000 c00c 00ff 0001",
      NULL },
    { "flags=opcode=NOTIFY|rcode=5|z", "0000 2045 0000 0000 0000 0000", NULL },
};

static void test_messages(void)
{
    CHECK_BOTH("pfg_dns", messages);
    CU_ASSERT(strstr(json_of("pfg_dns", "0001 8000 0001 0001 0000 0000 03777777 03636f6d 00 0001 "
                                        "0001 c00c 0005 0001 00000000 0004 0161 c010"),
                     "\"rdata\":\"a.com.\"") != NULL);
    /* a record without data says which others are meant (RFC 2136, 2.5.2) */
    const char *update = "0001 2800 0000 0000 0003 0000 00 0001 00ff 00000000 0000 00 001c 00ff "
                         "00000000 0000 00 0001 0001 0000003c 0004 01020304";
    same_text(update, problems_of("pfg_dns", update), "");
    CU_ASSERT(strstr(json_of("pfg_dns", update), "\"rdlength\":0,\"rdata\":\"\\\\# 0\"}") != NULL);
    CU_ASSERT(strstr(json_of("pfg_dns", update), "\"a\":\"1.2.3.4\"") != NULL);
}

/* A reply with OPT, whose result has upper bits there (RFC 6891, 6.1.3). */
#define WITH_OPT(flags, ttl)                                                                       \
    "0001 " flags " 0001 0000 0000 0001 0161 00 0001 0001 00 0029 04d0 " ttl " 0000"

static void test_results(void)
{
    static const struct {
        const char *hex, *json, *line;
    } cases[] = {
        { WITH_OPT("8400", "00000000"), "\"rcode\":0,\"rcode_name\":\"NOERROR\",\"qdcount\"",
          "[aa] qry [a A] additionals [. OPT]" },
        { WITH_OPT("8003", "00000000"), "\"rcode\":3,\"rcode_name\":\"NXDOMAIN\",\"qdcount\"",
          "[rcode=NXDOMAIN] qry [a A] additionals [. OPT]" },
        { WITH_OPT("8400", "01008000"), "\"rcode\":16,\"rcode_name\":\"BADVERS\",\"qdcount\"",
          "[aa|rcode=BADVERS] qry [a A] additionals [. OPT DO]" },
        { WITH_OPT("8007", "01000000"), "\"rcode\":23,\"rcode_name\":\"BADCOOKIE\",\"qdcount\"",
          "[rcode=BADCOOKIE] qry [a A] additionals [. OPT]" },
        { WITH_OPT("8008", "01010000"), "\"rcode\":24,\"qdcount\"",
          "[rcode=24] qry [a A] additionals [. OPT version 1]" },
        { WITH_OPT("800f", "ffff8000"), "\"rcode\":4095,\"qdcount\"",
          "[rcode=4095] qry [a A] additionals [. OPT version 255 DO]" },
        { WITH_OPT("8008", "01008000"),
          "\"udp_size\":1232,\"extended_rcode\":1,\"version\":0,\"do\":true", "DO]" },
        /* the first OPT is it; another type has no such bits; the rest is not there */
        { "0001 8000 0000 0000 0000 0002 00 0029 04d0 01000000 0000 00 0029 04d0 02000000 0000",
          "\"rcode\":16,", "[rcode=BADVERS] " },
        { "0001 8000 0000 0000 0000 0001 00 0010 0001 01000000 0000", "\"rcode\":0,", "reply id" },
        { "0001 8000 0000 0000 0000 0002 00 0029 04d0 01000000 0000 00 0029 04d0", "\"rcode\":16,",
          "!truncated" },
        { "0001 8007 0000 0000 0000 0001 00 0029 04d0 0100", "\"rcode\":7,", "!truncated" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_out *out = lib_out();
        bool found = strstr(json_of("pfg_dns", cases[i].hex), cases[i].json) != NULL;
        CU_ASSERT(found);
        const struct pfg_decode *decode = lib_decode();
        pfg_line_pdu(out, decode, decode->pdus);
        found = found && strstr(out_text(out), cases[i].line) != NULL;
        CU_ASSERT(found);
        if (!found)
            printf("\n  %s\n    %s\n    %s\n", cases[i].hex, out_text(out),
                   json_of("pfg_dns", cases[i].hex));
    }
}

static void test_problems(void)
{
    static const char *const cases[][2] = {
        { "", "truncated" },
        { "0001 0100 0001 0000 0000 00", "truncated" },
        { "0001 0100 0001 0000 0000 0000", "bad_count" },
        { "0001 0100 0002 0000 0000 0000 00 0001 0001", "bad_count" },
        { "0001 0100 ffff ffff ffff ffff 00 0001 0001", "bad_count" },
        { "0001 0100 0001 0000 0000 0000 00 0001 00", "truncated" },
        { "0001 0100 0000 0000 0000 0000 00", "trailing_bytes" },
        { "0001 0100 0001 0000 0000 0000 c00c 0001 0001", "pointer_loop" },
        { "0001 0100 0001 0000 0000 0000 c0ff 0001 0001", "pointer_loop" },
        { "0001 0100 0001 0000 0000 0000 41 0001 0001", "bad_label" },
        { "0001 0100 0001 0000 0000 0000 3f", "truncated" },
        { "0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 c0000201", "truncated" },
        { "0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0003 c00002", "truncated" },
        { "0001 8000 0000 0001 0000 0000 00 0001 0001 00000000 0005 c000020100", "trailing_bytes" },
        { "0001 8000 0000 0001 0000 0000 00 0005 0001 00000000 0001 61", "bad_rdata" },
        { "0001 8000 0000 0001 0000 0000 00 1234 0001 00000000 0002 abcd", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][0], problems_of("pfg_dns", cases[i][0]), cases[i][1]);
    uint8_t bytes[256];
    uint32_t size = unhex(messages[1].hex, bytes);
    for (uint32_t cut = 0; cut < size; cut++) {
        uint32_t problems = decode_bytes("pfg_dns", bytes, cut)->problems;
        CU_ASSERT(problems != 0);
        pfg_json_pdu(lib_out(), lib_decode(), decode_bytes("pfg_dns", bytes, cut));
    }
}

/* 64 KiB that are all pointers to pointers: the work is bounded. */
static void test_pointers(void)
{
    static uint8_t bytes[65535];
    uint32_t at = 12;
    memcpy(bytes, "\0\1\1\0\x2a\xaa\0\0\0\0\0\0", 12);
    bytes[at++] = 0;
    memcpy(bytes + at, "\0\1\0\1", 4);
    at += 4;
    for (unsigned before = 12; at + 6 <= sizeof bytes; at += 6) {
        bytes[at] = (uint8_t)(0xc0 | before >> 8);
        bytes[at + 1] = (uint8_t)before;
        memcpy(bytes + at + 2, "\0\1\0\1", 4);
        before = at < 0x4000 ? at : before;
    }
    for (int i = 0; i < 20; i++) {
        struct pfg_pdu *pdu = decode_bytes("pfg_dns", bytes, at);
        same_text("hops", problems_text(pdu->problems), "pointer_loop");
    }
}

int main(void)
{
    static const struct test_case cases[] = {
        { "hosts", test_hosts },
        { "names on the wire", test_names },
        { "labels of any bytes", test_labels },
        { "the longest names", test_limits },
        { "names from text", test_parse },
        { "messages both ways", test_messages },
        { "results in two parts", test_results },
        { "problems", test_problems },
        { "pointers to pointers", test_pointers },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("dns", cases);
}
