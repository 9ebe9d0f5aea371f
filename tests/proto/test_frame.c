/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of the pfg framing and plain discovery, both ways, and what may be wrong with them. */
#include "tests/proto/lib.h"

#define BITS(reply, error, more, checked)                                                          \
    "\"flags_bits\":{\"reply\":" reply ",\"error\":" error ",\"more\":" more                       \
    ",\"checked\":" checked "}"
#define NO_BITS BITS("false", "false", "false", "false")
#define REPLY BITS("true", "false", "false", "false")
#define HEAD "{\"magic\":\"706667\",\"version\":1,"
#define PLAIN_END ",\"timestamp\":0,\"checksum\":0"

/* One of each kind, the bytes computed by another program from PROTOCOL.md. */
static const struct both_ways kinds[] = {
    { "type=echo; session=0x1234; seq=7; data=Hello, world",
      "70666701 01001234 00000007 0000000c 00000000 00000000 00000000 48656c6c 6f2c2077 6f726c64",
      HEAD "\"type\":1,\"type_name\":\"echo\",\"flags\":0," NO_BITS
           ",\"session\":4660,\"seq\":7,\"length\":12" PLAIN_END
           ",\"echo\":{\"data\":\"48656c6c6f2c20776f726c64\",\"data_text\":\"Hello, world\"}}" },
    { "type=echo; flags.reply=1; flags.checked=1; session=0x1234; seq=7; "
      "timestamp=1763654640123456789; data=Hello",
      "706667010190123400000007000000051879c28d0b072d1561dcea9948656c6c6f",
      HEAD "\"type\":1,\"type_name\":\"echo\",\"flags\":144," BITS(
          "true", "false", "false", "true") ",\"session\":4660,\"seq\":7,\"length\":5,"
           "\"timestamp\":1763654640123456789,\"checksum\":1641867929,"
           "\"echo\":{\"data\":\"48656c6c6f\",\"data_text\":\"Hello\"}}" },
    { "type=time; session=1", "70666701020000010000000000000000000000000000000000000000",
      HEAD "\"type\":2,\"type_name\":\"time\",\"flags\":0," NO_BITS
           ",\"session\":1,\"seq\":0,\"length\":0" PLAIN_END
           ",\"time\":{\"data\":\"\",\"data_text\":\"\"}}" },
    { "type=2; flags=reply; session=1; clock=1763654640000000001; "
      "time.text=Thu Nov 20 16:04:00 2025; time.data=hex:ff00",
      "706667010280000100000000000000230000000000000000000000001879c28d03ab600118546875204e6f7620"
      "32302031363a30343a30302032303235ff00",
      HEAD "\"type\":2,\"type_name\":\"time\",\"flags\":128," REPLY
           ",\"session\":1,\"seq\":0,\"length\":35" PLAIN_END
           ",\"time\":{\"clock\":1763654640000000001,\"text\":\"Thu Nov 20 16:04:00 2025\","
           "\"data\":\"ff00\"}}" },
    { "type=command; session=65535; seq=4294967295; text=r\xc3\xa9"
      "boot \"now\"",
      "706667010300ffffffffffff0000000d00000000000000000000000072c3a9626f6f7420226e6f7722",
      HEAD "\"type\":3,\"type_name\":\"command\",\"flags\":0," NO_BITS
           ",\"session\":65535,\"seq\":4294967295,\"length\":13" PLAIN_END
           ",\"command\":{\"text\":\"r\xc3\xa9"
           "boot \\\"now\\\"\"}}" },
    { "type=command; reply=true; session=0xffff; seq=0xffffffff",
      "706667010380ffffffffffff0000000400000000000000000000000000006f6b",
      HEAD "\"type\":3,\"type_name\":\"command\",\"flags\":128," REPLY
           ",\"session\":65535,\"seq\":4294967295,\"length\":4" PLAIN_END
           ",\"command\":{\"status\":0,\"status_name\":\"ok\",\"text\":\"ok\"}}" },
    { "type=discover; session=2; seq=1",
      "70666701040000020000000100000002000000000000000000000000012a",
      HEAD "\"type\":4,\"type_name\":\"discover\",\"flags\":0," NO_BITS
           ",\"session\":2,\"seq\":1,\"length\":2" PLAIN_END ",\"discover\":{\"service\":\"*\"}}" },
    { "type=discover; flags=0x80; session=2; seq=1; address=192.0.2.7; port=9434; service=echo; "
      "name=host",
      "70666701048000020000000100000010000000000000000000000000c000020724da046563686f04686f7374",
      HEAD "\"type\":4,\"type_name\":\"discover\",\"flags\":128," REPLY
           ",\"session\":2,\"seq\":1,\"length\":16" PLAIN_END
           ",\"discover\":{\"address\":\"192.0.2.7\",\"port\":9434,\"service\":\"echo\","
           "\"name\":\"host\"}}" },
    { "type=record; session=3; format=i; values=1234566",
      "70666701050000030000000000000006000000000000000000000000016986d61200",
      HEAD "\"type\":5,\"type_name\":\"record\",\"flags\":0," NO_BITS
           ",\"session\":3,\"seq\":0,\"length\":6" PLAIN_END
           ",\"record\":{\"format\":\"i\",\"values\":[1234566]}}" },
    { "type=record; flags=reply; session=3; format=hiq; values=12,23,451312",
      "70666701058000030000000000000014000000000000000000000000 03686971"
      "0c00000017000000f0e2060000000000",
      HEAD "\"type\":5,\"type_name\":\"record\",\"flags\":128," REPLY
           ",\"session\":3,\"seq\":0,\"length\":20" PLAIN_END
           ",\"record\":{\"format\":\"hiq\",\"values\":[12,23,451312]}}" },
    { "type=bye; session=9; seq=9", "70666701060000090000000900000000000000000000000000000000",
      HEAD "\"type\":6,\"type_name\":\"bye\",\"flags\":0," NO_BITS
           ",\"session\":9,\"seq\":9,\"length\":0" PLAIN_END ",\"bye\":{}}" },
    { "type=discover; flags=reply|error; session=2; seq=1; code=refused; text=no",
      "7066670104c00002000000010000000400000000000000000000000000056e6f",
      HEAD "\"type\":4,\"type_name\":\"discover\",\"flags\":192," BITS(
          "true", "true", "false",
          "false") ",\"session\":2,\"seq\":1,\"length\":4" PLAIN_END
                   ",\"error\":{\"code\":5,\"code_name\":\"refused\",\"text\":\"no\"}}" },
    /* an error without reply is the request's own body */
    { "type=bye; flags=error", "70666701064000000000000000000000000000000000000000000000",
      HEAD "\"type\":6,\"type_name\":\"bye\",\"flags\":64," BITS(
          "false", "true", "false", "false") ",\"session\":0,\"seq\":0,\"length\":0" PLAIN_END
                                             ",\"bye\":{}}" },
    { "type=echo; flags=reply,more,checked; session=1; seq=1; data=x",
      "7066670101b00001000000010000000100000000000000009ffaa49778", NULL },
    { "type=echo; session=1; seq=1; flags=0x0f; data=x",
      "70666701010f0001000000010000000100000000000000000000000078",
      HEAD "\"type\":1,\"type_name\":\"echo\",\"flags\":15," NO_BITS
           ",\"session\":1,\"seq\":1,\"length\":1" PLAIN_END
           ",\"echo\":{\"data\":\"78\",\"data_text\":\"x\"},\"problems\":[\"reserved_bits\"]}" },
    /* the body as it is, whatever the type */
    { "type=9; body=hex:0102", "7066670109000000000000000000000200000000000000000000000001 02",
      HEAD "\"type\":9,\"flags\":0," NO_BITS ",\"session\":0,\"seq\":0,\"length\":2" PLAIN_END
           ",\"data\":\"0102\",\"data_text\":\"\\u0001\\u0002\",\"problems\":[\"unknown_type\"]}" },
    /* set right or wrong */
    { "type=bye; length=1; checksum=0xdead; magic=hex:70", /* fixed bytes are filled up */
      "70000001060000000000000000000001000000000000000 00000dead", NULL },
};

static void test_kinds(void)
{
    CHECK_BOTH("pfg", kinds);
}

static const struct both_ways plain[] = {
    { "data=pfg_ip_broadcast_cl", "7066675f69705f62726f6164636173745f636c",
      "{\"request\":true,\"data\":\"7066675f69705f62726f6164636173745f636c\","
      "\"data_text\":\"pfg_ip_broadcast_cl\"}" },
    { "", "7066675f69705f62726f6164636173745f636c", NULL },
    { "data=I am here", "4920616d2068657265",
      "{\"request\":false,\"data\":\"4920616d2068657265\",\"data_text\":\"I am here\"}" },
    { NULL, "", "{\"request\":false,\"data\":\"\",\"data_text\":\"\"}" },
};

static void test_plain(void)
{
    CHECK_BOTH("pfg_plain", plain);
    CU_ASSERT(!decode_hex("pfg_plain", plain[0].hex)->is_reply);
    CU_ASSERT(decode_hex("pfg_plain", plain[2].hex)->is_reply);
}

static void test_problems(void)
{
    static const char *const cases[][2] = {
        /* bytes, problems */
        { "", "truncated" },
        { "70", "truncated" },
        { "70666701010000000000000000000000000000000000000000000000", "" },
        { "7066680101000000000000000000000000000000000000000000000000", "bad_constant" },
        { "7066670201000000000000000000000000000000000000000000000000", "bad_constant" },
        { "706667010000000000000000000000000000000000000000 00000000", "unknown_type" },
        { "706667010700000000000000000000000000000000000000 00000000", "unknown_type" },
        /* the length beyond what is there, and behind it something else */
        { "706667010100000000000000000000040000000000000000 00000000 61", "truncated" },
        { "706667010100000000000000000000000000000000000000 00000000 61", "" },
        { "706667010100000000000000 00100001 0000000000000000 00000000", "truncated bad_length" },
        { "706667010100000000000000 ffffffff 0000000000000000 00000000", "truncated bad_length" },
        /* checksums */
        { "706667010110000100000001000000010000000000000000aba9228c79", "bad_checksum" },
        { "706667010110000100000001000000010000000000000000aba9228c78", "" },
        { "70666701011000010000000100000001000000000000000000000000 78", "bad_checksum" },
        { "70666701010000010000000100000001 0000000000000000aba9228c79", "" },
        /* bodies */
        { "7066670106000000000000000000000100000000000000000000000000", "trailing_bytes" },
        { "706667010400000000000000000000010000000000000000 00000000 02", "truncated" },
        { "706667010400000000000000000000030000000000000000 00000000 01 2a 00", "trailing_bytes" },
        { "706667010400000000000000000000020000000000000000 00000000 01 ff", "bad_utf8" },
        { "706667010300000000000000000000020000000000000000 00000000 c3 28", "bad_utf8" },
        { "706667010380000000000000000000010000000000000000 00000000 00", "truncated" },
        { "706667010480000000000000000000070000000000000000 00000000 7f000001 0050 05",
          "truncated" },
        { "706667010500000000000000000000050000000000000000 00000000 0169 010000", "bad_format" },
        { "706667010500000000000000000000050000000000000000 00000000 017a 010000", "bad_format" },
        { "7066670105000000000000000000000100000000000000 0000000000 00", "" },
        /* all at once */
        { "70666701090f00000000000000000001 0000000000000000 00000000 61",
          "unknown_type reserved_bits" },
        { "7066670104df 0000 00000000 00000003 0000000000000000 00000000 0005 ff",
          "bad_checksum reserved_bits bad_utf8" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][0], problems_of("pfg", cases[i][0]), cases[i][1]);
}

/* What stands before the fault is there. */
static void test_kept(void)
{
    same_text("cut in seq", json_of("pfg", "706667010100 1234 0000"),
              HEAD "\"type\":1,\"type_name\":\"echo\",\"flags\":0," NO_BITS
                   ",\"session\":4660,\"problems\":[\"truncated\"]}");
    same_text("cut in a text", json_of("pfg", "706667010480 0000 00000000 00000007 "
                                              "0000000000000000 00000000 7f000001 0050 05"),
              HEAD "\"type\":4,\"type_name\":\"discover\",\"flags\":128," REPLY
                   ",\"session\":0,\"seq\":0,\"length\":7" PLAIN_END
                   ",\"discover\":{\"address\":\"127.0.0.1\",\"port\":80},"
                   "\"problems\":[\"truncated\"]}");
    same_text("another magic", json_of("pfg", "70666801"),
              "{\"magic\":\"706668\",\"problems\":[\"bad_constant\"]}");
}

/* Every beginning of every message: no fault of ours, and "truncated" where it is cut. */
static void test_cut(void)
{
    uint8_t bytes[256];
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        uint32_t size = unhex(kinds[i].hex, bytes);
        if (bytes[1] != 'f')
            continue; /* not a frame to begin with */
        for (uint32_t cut = 0; cut < size; cut++) {
            struct pfg_pdu *pdu = decode_bytes("pfg", bytes, cut);
            CU_ASSERT(pdu->size <= cut);
            CU_ASSERT(pdu->problems & 1u << PFG_PROBLEM_TRUNCATED);
            struct pfg_out *out = lib_out();
            pfg_json_pdu(out, lib_decode(), pdu);
            pfg_line_pdu(out, lib_decode(), pdu);
            pfg_tree_pdu(out, lib_decode(), pdu, 0);
        }
    }
}

/* What cannot be encoded, and why. */
static void test_faults(void)
{
    static const char *const cases[][2] = {
        { "sesion=1", "! pfg has no field sesion; the nearest is session" },
        { "echo.dta=1", "! pfg has no field echo.dta; the nearest is echo.data" },
        { "type=time; clok=1", "! pfg has no field clok; the nearest is clock" },
        { "ttttt=1", "! pfg has no field ttttt; pfgcap --describe pfg lists its fields" },
        { "session=65536", "! pfg.session: \"65536\" is too large for its bits" },
        { "session=-1", "! pfg.session: \"-1\" is negative, and the field is not" },
        { "session=x", "! pfg.session: \"x\" is not a number" },
        { "type=ehco", "! pfg.type: \"ehco\" is no number and none of its names" },
        { "flags=reply|nothing", "! pfg.flags: \"reply|nothing\" is no number and no names of its bits" },
        { "flags.reply=2", "! pfg.flags_bits.reply: \"2\" is too large for its bits" },
        { "seq=1; seq=2", "! pfg: the field seq is set twice" },
        { "type=bye; data=x",
          "! pfg: the field data (pfg.echo.data) is not part of this message" },
        { "type=discover; reply=1; address=1.2.3",
          "! pfg.discover.address: \"1.2.3\" is no IPv4 address (192.0.2.1)" },
        { "type=record; format=i; values=1,2", "! pfg.record.values: more values than the format has: \"2\"" },
        { "type=record; format=b; values=128", "! pfg.record.values: out of the range of its code: \"128\"" },
        { "type=record; format=z; values=1", "! pfg.record.format: not a format of packed values: \"z\"" },
        { "magic=hex:70666770", "! pfg.magic: longer than the field" },
        { "data=\\q", "! pfg.echo.data: \"\\q\" is text with a wrong escape (write \\\\ for a "
                      "backslash)" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][0], encode_of("pfg", cases[i][0]), cases[i][1]);

    char lengthy[400] = "type=discover; service=";
    memset(lengthy + strlen(lengthy), 'a', 256);
    same_text("256 bytes in a str8", encode_of("pfg", lengthy),
              "! pfg.discover.service: longer than 255 bytes, which its length can tell");
    struct pfg_fault fault;
    uint8_t small[30];
    CU_ASSERT(encode_into(small, sizeof small, "pfg", "data=abc", &fault) < 0);
    same_text("no room", fault.text, "pfg.echo.data: \"abc\" is too long");
    CU_ASSERT(encode_into(small, sizeof small, "pfg", "data=ab", &fault) == 30);
    CU_ASSERT(encode_into(small, 20, "pfg", "type=bye", &fault) < 0);
}

/* Each value is where its bytes are. */
static void test_places(void)
{
    struct pfg_pdu *pdu = decode_hex("pfg", kinds[7].hex);
    static const struct {
        enum pfg_known known;
        uint32_t offset, size;
    } cases[] = {
        { PFG_KNOWN_TYPE, 4, 1 },           { PFG_KNOWN_FLAGS, 5, 1 },
        { PFG_KNOWN_SESSION, 6, 2 },        { PFG_KNOWN_SEQ, 8, 4 },
        { PFG_KNOWN_LENGTH, 12, 4 },        { PFG_KNOWN_TIMESTAMP, 16, 8 },
        { PFG_KNOWN_DISCOVER_ADDRESS, 28, 4 }, { PFG_KNOWN_DISCOVER_PORT, 32, 2 },
        { PFG_KNOWN_DISCOVER_SERVICE, 35, 4 }, { PFG_KNOWN_DISCOVER_NAME, 40, 4 },
    };
    CU_ASSERT(pdu->is_reply && !pdu->is_error && !pdu->partial && pdu->size == 44);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct pfg_value *v = pfg_pdu_find(lib_decode(), pdu, pfg_known(cases[i].known));
        CU_ASSERT_PTR_NOT_NULL_FATAL(v);
        same_number(v->field->path, v->offset, cases[i].offset);
        same_number(v->field->path, v->size, cases[i].size);
    }
    same_number("a bit", pfg_pdu_uint(lib_decode(), pdu, pfg_known(PFG_KNOWN_REPLY), 7), 1);
    same_number("a bit", pfg_pdu_uint(lib_decode(), pdu, pfg_known(PFG_KNOWN_MORE), 7), 0);
    same_number("absent", pfg_pdu_uint(lib_decode(), pdu, pfg_known(PFG_KNOWN_TIME_CLOCK), 7), 7);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "every kind of message, both ways", test_kinds },
        { "plain discovery", test_plain },
        { "problems", test_problems },
        { "what stands before a fault is kept", test_kept },
        { "cut at every byte", test_cut },
        { "what cannot be encoded", test_faults },
        { "where values stand", test_places },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("frame", cases);
}
