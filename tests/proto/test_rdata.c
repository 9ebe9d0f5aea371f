/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DNS record data, from master-file form to bytes and back, of every type that has rows. */
#include "tests/proto/lib.h"

/* A response with one record of a type and these data. */
static const char *record(unsigned type, const char *rdata_hex)
{
    static char hex[LIB_BYTES];
    static uint8_t bytes[LIB_BYTES];
    snprintf(hex, sizeof hex, "0001 8000 0000 0001 0000 0000 00 %04x 0001 00000000 %04x %s", type,
             unhex(rdata_hex, bytes), rdata_hex);
    return hex;
}

/* The data's text, or the message's problems. */
static const char *text_of(unsigned type, const char *rdata_hex)
{
    struct pfg_pdu *pdu = decode_hex("pfg_dns", record(type, rdata_hex));
    static const struct pfg_field *field;
    struct pfg_out *out = lib_out();
    field = pfg_field_find("pfg_dns.rr.rdata", 16).field;
    const struct pfg_value *v = pfg_pdu_find(lib_decode(), pdu, field);
    if (pdu->problems) {
        pfg_out_string(out, problems_text(pdu->problems));
        pfg_out_char(out, ' ');
    }
    if (v)
        pfg_value_plain(out, pdu, v, PFG_ASPECT_VALUE);
    return out_text(out);
}

static const char *bytes_of(unsigned type, const char *text)
{
    static char words[4096];
    snprintf(words, sizeof words, "answers[0].type=%u; rdata=%s", type, text);
    const char *hex = encode_of("pfg_dns", words);
    return *hex == '!' ? hex : hex + 2 * (12 + 11);
}

/* clang-format off */
/* The bytes were put together by another program from the RFCs. */
static const struct {
    unsigned type;
    const char *text, *hex;
} both[] = {
        { 5, "www.example.com.", "03777777076578616d706c6503636f6d00" },
        { 2, "ns1.example.com.", "036e7331076578616d706c6503636f6d00" },
        { 12, "host.example.com.", "04686f7374076578616d706c6503636f6d00" },
        { 39, "example.net.", "076578616d706c65036e657400" },
        { 15, "10 mail.example.com.", "000a046d61696c076578616d706c6503636f6d00" },
        { 18, "1 afs.example.com.", "000103616673076578616d706c6503636f6d00" },
        { 36, "5 kx.example.com.", "0005026b78076578616d706c6503636f6d00" },
        { 16, "\"v=spf1 -all\"", "0b763d73706631202d616c6c" },
        { 16, "\"two \\\"words\\\"\" \"\\\\\" \"\\000\\200\\\"\" \"\"", "0b74776f2022776f72647322015c0300c82200" },
        { 99, "\"spf\"", "03737066" },
        { 13, "\"x86-64\" \"Linux\"", "067838362d3634054c696e7578" },
        { 17, "admin.example.com. txt.example.com.", "0561646d696e076578616d706c6503636f6d0003747874076578616d706c6503636f6d00" },
        { 6, "ns.example.com. root.example.com. 2025112001 7200 3600 1209600 300", "026e73076578616d706c6503636f6d0004726f6f74076578616d706c6503636f6d0078b4c1c100001c2000000e10001275000000012c" },
        { 33, "0 5 5060 sip.example.com.", "0000000513c403736970076578616d706c6503636f6d00" },
        { 257, "0 issue \"ca.example.net;policy=ev\"", "0005697373756563612e6578616d706c652e6e65743b706f6c6963793d6576" },
        { 257, "128 iodef \"\"", "8005696f646566" },
        { 35, "100 50 \"s\" \"http+I2L\" \"!^.*$!sip:\\\\1!\" _http._tcp.example.com.", "00640032017308687474702b49324c0d215e2e2a24217369703a5c3121055f68747470045f746370076578616d706c6503636f6d00" },
        { 256, "10 1 \"ftp://ftp.example.com/\"", "000a00016674703a2f2f6674702e6578616d706c652e636f6d2f" },
        { 43, "60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118", "ec4505012bb183af5f22588179a53b0a98631fad1a292118" },
        { 59, "60485 5 1 00", "ec45050100" },
        { 48, "257 3 8 AwEAAaz/tAm8yTn4Mfeh", "0101030803010001acffb409bcc939f831f7a1" },
        { 48, "256 3 13 AA==", "0100030d00" },
        { 46, "A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WNGv+l", "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa5" },
        { 46, "TYPE65280 8 2 300 20380119031408 19700101000000 1 . AAAA", "ff0008020000012c8000000000000000000100000000" },
        { 47, "host.example.com. A MX RRSIG NSEC TYPE1234", "04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020" },
        { 47, ".", "00" },
        { 50, "1 1 12 aabbccdd 2VPTU5TIMAMQTTGL4LUU9KG21E0AA0M1 MX RRSIG", "0101000c04aabbccdd1417f3df17b2b2adaef615257de4d2020b80a502c10006000100000002" },
        { 51, "1 0 0 -", "0100000000" },
        { 51, "1 0 10 abcd", "0100000a02abcd" },
        { 52, "3 1 1 d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971", "030101d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971" },
        { 53, "0 0 0 ff", "000000ff" },
        { 44, "4 2 123456", "0402123456" },
        { 64, "0 svc.example.com.", "000003737663076578616d706c6503636f6d00" },
        { 65, "1 . alpn=h2,h3 port=443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1", "000100000100060268320268330003000201bb00040008c0000201c00002020006001020010db8000000000000000000000001" },
        { 41, "", "" },
        { 41, "NSID= COOKIE=0102030405060708 65001=ff", "00030000000a00080102030405060708fde90001ff" },
        { 41, "EDE=18(Prohibited)", "000f00020012" },
        { 41, "EDE=15(Blocked):\"by \\\"us\\\" \\195\\169\" NSID=", "000f000c000f62792022757322 20c3a9 00030000" },
        { 41, "EDE=4711:\"\" EDE=00", "000f00021267 000f000100" },
        { 41, "ECS=192.0.2.0/24/0 ECS=10.0.0.0/7/32", "0008000700011800c00002 00080005000107200a" },
        { 41, "ECS=2001:db8::/32/64 ECS=0.0.0.0/0/0", "00080008000220 4020010db8 0008000400010000" },
        { 41, "ECS=0001180000 ECS=00030000 ECS=00012100c000020101", "000800050001180000 0008000400030000 0008000900012100c000020101" },
        { 41, "NSID=\"ns1.example\" NSID=00ff", "0003000b6e73312e6578616d706c65 0003000200ff" },
        { 41, "KEEPALIVE=60.0s KEEPALIVE=6553.5s KEEPALIVE= KEEPALIVE=01", "000b00020258 000b0002ffff 000b0000 000b000101" },
        { 41, "PADDING=12bytes PADDING=0001 PADDING=", "000c000c000000000000000000000000 000c00020001 000c0000" },
        { 65280, "\\# 3 abcdef", "abcdef" },
        { 65280, "\\# 0", "" },
        { 29, "\\# 1 00", "00" },
};
/* clang-format on */

static void test_both_ways(void)
{
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        same_text(both[i].hex, text_of(both[i].type, both[i].hex), both[i].text);
        same_text(both[i].text, bytes_of(both[i].type, both[i].text), plain_hex(both[i].hex));
    }
}

/* Any data of any type can be given as RFC 3597 has it, and what does not fit its type is shown so.
 */
static void test_generic(void)
{
    static const struct {
        unsigned type;
        const char *hex, *text;
    } cases[] = {
        { 5, "0377", "bad_rdata \\# 2 0377" },
        { 5, "00ff", "bad_rdata \\# 2 00ff" },
        { 5, "c0", "bad_rdata \\# 1 c0" },
        { 15, "000a", "bad_rdata \\# 2 000a" },
        { 16, "05616263", "bad_rdata \\# 4 05616263" },
        { 6, "0000 00000001", "bad_rdata \\# 6 000000000001" },
        { 47, "00 0000", "bad_rdata \\# 3 000000" },
        { 47, "00 0021 00", "bad_rdata \\# 4 00002100" },
        { 50, "01 00 0000 05 aa", "bad_rdata \\# 6 0100000005aa" },
        { 65, "0001 00 0003 0001 00", "bad_rdata \\# 8 0001000003000100" },
        { 65, "0001 00 0004 0003 000000", "bad_rdata \\# 10 00010000040003000000" },
        { 65, "0001 00 0001 0002 0561", "bad_rdata \\# 9 000100000100020561" },
        { 41, "0003 0002 aa", "bad_rdata \\# 5 00030002aa" },
        { 43, "0001 05", "bad_rdata \\# 3 000105" },
        { 5, "", "\\# 0" },
        { 16, "", "" },
        { 1, "c00002", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (cases[i].text)
            same_text(cases[i].hex, text_of(cases[i].type, cases[i].hex), cases[i].text);
        if (cases[i].text && strstr(cases[i].text, "\\#"))
            same_text(cases[i].hex, bytes_of(cases[i].type, strstr(cases[i].text, "\\#")),
                      plain_hex(cases[i].hex));
    }
    same_text("an address cut", problems_of("pfg_dns", record(1, "c00002")), "truncated");
    same_text("an address too long", problems_of("pfg_dns", record(1, "c000020100")),
              "trailing_bytes");
}

/* One record that does not fit beside one that does: each is shown as what it is. */
static void test_beside(void)
{
    struct pfg_pdu *pdu =
        decode_hex("pfg_dns", "0001 8000 0000 0002 0000 0000 00 0005 0001 00000000 0002 0377"
                              "00 0010 0001 00000000 0003 026f6b");
    const struct pfg_field *field = pfg_field_find("pfg_dns.rr.rdata", 16).field;
    const struct pfg_value *first = pfg_pdu_find(lib_decode(), pdu, field);
    struct pfg_out *out = lib_out();

    same_text("problems", problems_text(pdu->problems), "bad_rdata");
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    pfg_value_plain(out, pdu, first, PFG_ASPECT_VALUE);
    pfg_out_char(out, ' ');
    first = pfg_pdu_next(lib_decode(), pdu, field, first);
    CU_ASSERT_PTR_NOT_NULL_FATAL(first);
    pfg_value_plain(out, pdu, first, PFG_ASPECT_VALUE);
    same_text("both", out_text(out), "\\# 2 0377 \"ok\"");
}

/* Other spellings of the same. */
static void test_spellings(void)
{
    static const struct {
        unsigned type;
        const char *text, *hex;
    } cases[] = {
        { 5, "www.example.com", "03777777076578616d706c6503636f6d00" },
        { 16, "bare words \"and quoted\"", "046261726505776f7264730a616e642071756f746564" },
        { 46, "TYPE1 5 3 86400 1048354263 1045762263 2642 example.com. oJB1 W6WN Gv+l",
          "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1aff a5" },
        { 43, "1 ECDSAP256SHA256 2 AB cd", "00010d02abcd" },
        { 65, "1 . alpn=\"h2,h3\" port=\"53\"", "000100 00010006 02683202 6833 00030002 0035" },
        { 65, "1 . alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", "000100 0001000c 08665c6f6f2c626172 026832" },
        { 65, "1 . mandatory=alpn,key667 key667=\"a b\" no-default-alpn ech=AAAA",
          "000100 00000004 0001029b 029b0003 612062 00020000 00050003 000000" },
        { 65, "16 foo.example.org.", "001003666f6f076578616d706c65036f726700" },
        { 65280, "\\# 4 ab cd ef 01", "abcdef01" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i].text, bytes_of(cases[i].type, cases[i].text), plain_hex(cases[i].hex));
    same_text("shown again", text_of(65, "000100 0001000c 08665c6f6f2c626172 026832"),
              "1 . alpn=f\\\\\\\\oo\\\\,bar,h2");
    same_text("shown again", text_of(65, "000100 029b0003 612062"), "1 . key667=\"a b\"");
}

static void test_faults(void)
{
    static const struct {
        unsigned type;
        const char *text, *fault;
    } cases[] = {
        { 15, "10", "! record data: a domain name is missing: \"\"" },
        { 15, "x mail.", "! record data: not a value of its field: \"x\"" },
        { 15, "65536 mail.", "! record data: not a value of its field: \"65536\"" },
        { 15, "1 mail. more", "! record data: more words than the type has: \"more\"" },
        { 5, "a..b", "! record data: not a domain name: \"a..b\"" },
        { 16, "\"\\300\"", "! record data: not a value of its field: \"\\300\"" },
        { 43, "1 1 1 abc", "! record data: not a value of its field: \"abc\"" },
        { 48, "1 1 1 *", "! record data: not a value of its field: \"*\"" },
        { 47, "a. NOTYPE", "! record data: not a type: \"NOTYPE\"" },
        { 47, "a. TYPE65536", "! record data: not a type: \"TYPE65536\"" },
        { 47, "a. TYPE1x", "! record data: not a type: \"TYPE1x\"" },
        { 46, "A 1 1 1 2025 1 1 . AA=", NULL },
        { 46, "A 1 1 1 20251332000000 1 1 . AA=",
          "! record data: not a value of its field: \"20251332000000\"" },
        { 41, "NOOPTION=00", "! record data: not CODE=HEX: \"NOOPTION=00\"" },
        { 41, "NSID=0", "! record data: not hex: \"0\"" },
        { 41, "EDE=65536:\"a\"", "! record data: not hex: \"65536:\"a\"\"" },
        { 41, "EDE=1(a", "! record data: not hex: \"1(a\"" },
        { 41, "ECS=192.0.2.1/33/0", "! record data: not hex: \"192.0.2.1/33/0\"" },
        { 41, "KEEPALIVE=6553.6s", "! record data: not hex: \"6553.6s\"" },
        { 41, "65001=\"a\"", "! record data: not hex: \"\"a\"\"" },
        { 65, "1 . port=65536", "! record data: not a service parameter: \"port=65536\"" },
        { 65, "1 . nokey=1", "! record data: not a service parameter: \"nokey=1\"" },
        { 65, "1 . alpn=,", "! record data: not a service parameter: \"alpn=,\"" },
        { 65, "1 . ipv4hint=1.2.3", "! record data: not a service parameter: \"ipv4hint=1.2.3\"" },
        { 65280, "word", "! record data: this type's data are given as \\# SIZE HEX: \"word\"" },
        { 65280, "\\# 2 ab", "! record data: not of the size it says: \"\"" },
        { 65280, "\\# x ab", "! record data: not a size: \"x\"" },
        { 65280, "\\#", "! record data: the size is missing: \"\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (cases[i].fault)
            same_text(cases[i].text, bytes_of(cases[i].type, cases[i].text), cases[i].fault);
}

/* Cut and damaged data of every type: nothing is read past the end, and text comes of it. */
static void test_damaged(void)
{
    static uint8_t bytes[LIB_BYTES];
    for (size_t i = 0; i < sizeof both / sizeof *both; i++) {
        uint32_t size = unhex(record(both[i].type, both[i].hex), bytes);
        for (uint32_t at = 23; at < size; at++) {
            for (unsigned bit = 0; bit < 8; bit++) {
                bytes[at] ^= (uint8_t)(1u << bit);
                struct pfg_pdu *pdu = decode_bytes("pfg_dns", bytes, size);
                pfg_json_pdu(lib_out(), lib_decode(), pdu);
                bytes[at] ^= (uint8_t)(1u << bit);
            }
            decode_bytes("pfg_dns", bytes, at);
        }
    }
}

int main(void)
{
    static const struct test_case cases[] = {
        { "every type both ways", test_both_ways },
        { "what does not fit its type", test_generic },
        { "one beside another", test_beside },
        { "other spellings", test_spellings },
        { "what cannot be read", test_faults },
        { "damaged data", test_damaged },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("rdata", cases);
}
