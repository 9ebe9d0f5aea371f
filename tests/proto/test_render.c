/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as lines and trees. */
#include <errno.h>

#include "tests/proto/lib.h"

/* Names of sizes about those that a line keeps, told twice. */
static void test_long_names(void)
{
    static const uint8_t head[] = { 0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0 };
    static const uint8_t record[] = { 0, 1, 0, 1,  0xc0, 12, 0, 1, 0, 1,
                                      0, 0, 0, 60, 0,    4,  1, 2, 3, 4 };

    for (unsigned size = 40; size < 63; size++) {
        for (unsigned more = 0; more < 60; more += 7) {
            uint8_t bytes[200] = { 0 }, *at = bytes + sizeof head;
            char name[140], want[400];
            struct pfg_out *out;
            memcpy(bytes, head, sizeof head);
            *at++ = (uint8_t)size;
            memset(at, more ? 'a' : '.', size);
            at += size;
            *at++ = (uint8_t)(more + 1);
            memset(at, 'b', more + 1);
            at += more + 1;
            memcpy(at + 1, record, sizeof record);
            struct pfg_pdu *pdu =
                decode_bytes("pfg_dns", bytes, (uint32_t)(at + 1 + sizeof record - bytes));
            for (unsigned i = 0; i < size && !more; i++)
                memcpy(name + 2 * i, "\\.", 2);
            if (more)
                memset(name, 'a', size);
            snprintf(name + (more ? size : 2 * size), 70, ".%.*s", more + 1,
                     "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
            out = lib_out();
            pfg_line_pdu(out, lib_decode(), pdu);
            snprintf(want, sizeof want,
                     "pfg_dns reply id 0x0001 [rd|ra] qry [%s A] answers [%s A 1.2.3.4]", name,
                     name);
            same_text("a name told twice", out_text(out), want);
        }
    }
}

static void test_lines(void)
{
    static const char *const cases[][3] = {
        { "pfg", "706667010100123400000007000000050000000000000000000000 0048656c6c6f",
          "pfg echo request session 0x1234 seq 7 data \"Hello\"" },
        { "pfg", "7066670104c00002000000010000000400000000000000000000000000056e6f",
          "pfg discover error session 0x0002 seq 1 code refused text \"no\"" },
        { "pfg",
          "70666701058000030000000000000014000000000000000000000000 036869710c00000017000000"
          "f0e2060000000000",
          "pfg record reply session 0x0003 seq 0 format \"hiq\" values 12,23,451312" },
        /* values that their format does not fit are no text, whatever they look like */
        { "pfg", "706667010500000300000000000000040000000000000000 00000000 016961 62",
          "pfg record request session 0x0003 seq 0 format \"i\" values 6162 !bad_format" },
        { "pfg", "7066670101000001000000000000000300000000000000000000000061220a",
          "pfg echo request session 0x0001 seq 0 data \"a\\\"\\n\"" },
        { "pfg", "7066670101200001", "pfg echo request [more] session 0x0001 !truncated" },
        { "pfg", "7066670101300001", "pfg echo request [more|checked] session 0x0001 !truncated" },
        { "pfg", "7066670101b00001", "pfg echo reply [more|checked] session 0x0001 !truncated" },
        { "pfg_plain", "7066675f69705f62726f6164636173745f636c",
          "pfg_plain request data \"pfg_ip_broadcast_cl\"" },
        { "pfg_plain", "ff00", "pfg_plain reply data ff00" },
        { "pfg_dns",
          "0001 8180 0001 0001 0000 0000 0161 00 0001 0001 c00c 0001 0001 0000003c "
          "0004 c0000201",
          "pfg_dns reply id 0x0001 [rd|ra] qry [a A] answers [a A 192.0.2.1]" },
        /* no data: that is told, but not of types whose data may be nothing */
        { "pfg_dns",
          "0001 8180 0000 0003 0000 0001 0161 00 0005 0001 00000005 0000 c00c ff78 0001 00000005 "
          "0000 c00c 0010 0001 00000005 0000 00 0029 1000 00000000 0000",
          "pfg_dns reply id 0x0001 [rd|ra] answers [a CNAME \\# 0, a 65400 \\# 0, a TXT] "
          "additionals [. OPT]" },
        /* the whole question's name, a part of it, with a label before it, by two pointers */
        { "pfg_dns",
          "0001 8180 0001 0004 0000 0000 03777777 0161 076578616d706c65 00 0001 0001 "
          "c00c 0001 0001 0000003c 0004 c0000201 c010 0001 0001 0000003c 0004 c0000202 "
          "0178 c00c 0001 0001 0000003c 0004 c0000203 c01f 0001 0001 0000003c 0004 c0000204",
          "pfg_dns reply id 0x0001 [rd|ra] qry [www.a.example A] answers "
          "[www.a.example A 192.0.2.1, a.example A 192.0.2.2, x.www.a.example A 192.0.2.3, "
          "www.a.example A 192.0.2.4]" },
    };
    /* Twice: what is kept of the first time is found the second time. */
    for (size_t k = 0; k < 2 * (sizeof cases / sizeof *cases); k++) {
        size_t i = k % (sizeof cases / sizeof *cases);
        struct pfg_pdu *pdu = decode_hex(cases[i][0], cases[i][1]);
        struct pfg_out *out = lib_out();
        pfg_line_pdu(out, lib_decode(), pdu);
        same_text(cases[i][1], out_text(out), cases[i][2]);
    }
}

static void test_tree(void)
{
    struct pfg_pdu *pdu =
        decode_hex("pfg", "7066670104c000020000000100000004000000000000000000000000 0005 6e6f00");
    struct pfg_out *out = lib_out();
    pfg_tree_pdu(out, lib_decode(), pdu, 1);
    same_text("tree", out_text(out),
              "  pfg: pfg framing\n    magic: 706667\n    version: 1\n    type: discover (4)\n"
              "    flags: 0xc0 [reply|error]\n      reply: true\n      error: true\n"
              "      more: false\n      checked: false\n    session: 0x0002\n    seq: 1\n"
              "    length: 4\n    timestamp: 0\n    checksum: 0x00000000\n    error\n"
              "      code: refused (5)\n      text: \"no\"\n");
    /* an array to the end has no heading where it is empty, one with a count tells of none */
    pdu = decode_hex("ip", "4500001400000000401100000a0000010a000002");
    out = lib_out();
    pfg_tree_pdu(out, lib_decode(), pdu, 0);
    CU_ASSERT_PTR_NULL(strstr(out_text(out), "options"));
    pdu = decode_hex("ip", "4600001800000000401100000a0000010a00000294040000");
    out = lib_out();
    pfg_tree_pdu(out, lib_decode(), pdu, 0);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(out_text(out), "\n  options\n    options\n      kind: router_alert"));
    pdu = decode_hex("pfg_dns", "000101000000000000000000");
    out = lib_out();
    pfg_tree_pdu(out, lib_decode(), pdu, 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(out_text(out), "\n  answers\n"));
}

/* A long value is cut in lines at a character's beginning; plainly it is whole. */
static void test_bounded(void)
{
    char words[300] = "type=command; text=";
    for (int i = 0; i < 40; i++)
        strcat(words, "\xc3\xa9");
    strcat(words, "x");
    struct pfg_pdu *pdu = decode_hex("pfg", encode_of("pfg", words));
    struct pfg_out *out = lib_out();
    pfg_line_pdu(out, lib_decode(), pdu);
    CU_ASSERT(strstr(out_text(out), "\xc3\xa9\"\xe2\x80\xa6 (81 bytes)") != NULL);
    out = lib_out();
    pfg_value_plain(out, pdu, pfg_pdu_find(lib_decode(), pdu, pfg_known(PFG_KNOWN_COMMAND_TEXT)),
                    PFG_ASPECT_VALUE);
    same_number("whole", strlen(out_text(out)), 81);
    /* what is no UTF-8 */
    pdu = decode_hex("pfg", "706667010300000000000000 00000003 0000000000000000 00000000 61ff62");
    out = lib_out();
    pfg_value_plain(out, pdu, pfg_pdu_find(lib_decode(), pdu, pfg_known(PFG_KNOWN_COMMAND_TEXT)),
                    PFG_ASPECT_VALUE);
    same_text("replaced", out_text(out),
              "a\xef\xbf\xbd"
              "b");
}

/* Text that is handed over piece by piece. */
struct pieces {
    char text[1 << 16];
    size_t size;
};

static int take_piece(void *user, const char *bytes, size_t size)
{
    struct pieces *pieces = user;
    memcpy(pieces->text + pieces->size, bytes, size);
    pieces->size += size;
    return 0;
}

typedef void (*renderer)(struct pfg_out *, const struct pfg_decode *, const struct pfg_pdu *);

static void render_tree(struct pfg_out *out, const struct pfg_decode *decode,
                        const struct pfg_pdu *pdu)
{
    pfg_tree_pdu(out, decode, pdu, 1);
}

/* The text of a pdu behind before bytes of others, in a buffer of the least size. */
static void render_behind(struct pieces *pieces, renderer render, const struct pfg_pdu *pdu,
                          size_t before)
{
    static const char filling[8192];
    struct pfg_out out;

    pieces->size = 0;
    CU_ASSERT_FATAL(pfg_out_init(&out, 0, take_piece, pieces) == 0);
    pfg_out_bytes(&out, filling, before);
    render(&out, lib_decode(), pdu);
    CU_ASSERT(pfg_out_flush(&out) == 0);
    pfg_out_free(&out);
}

/* Wherever the buffer ends, the text is the same. */
static void check_every_end(const struct pfg_pdu *pdu)
{
    static const renderer renders[] = { pfg_json_pdu, pfg_line_pdu, render_tree };
    static struct pieces plain, cut;

    for (size_t i = 0; i < sizeof renders / sizeof *renders; i++) {
        render_behind(&plain, renders[i], pdu, 0);
        for (size_t before = 8192 - 4096 - 2048; before <= 8192; before++) {
            render_behind(&cut, renders[i], pdu, before);
            CU_ASSERT_FATAL(cut.size == plain.size + before);
            CU_ASSERT_FATAL(memcmp(cut.text + before, plain.text, plain.size) == 0);
        }
    }
}

static void test_every_end(void)
{
    static const char *const cases[][2] = {
        /* an answer with a name that needs escapes, and record data of three kinds */
        { "pfg_dns", "0001 8580 0001 0003 0000 0000 05612e622263 076578616d706c65 00 0001 0001"
                     "c00c 0001 0001 0000012c 0004 c0000201 c00c 001c 0001 0000012c 0010"
                     "20010db8000000000000000000000001 c00c 0010 0001 0000012c 0006 "
                     "0568656c6c6f" },
        /* options, one of them empty, and a record without data */
        { "pfg_dns", "0002 0100 0000 0000 0000 0002 00 0029 1000 00000000 000c 000a 0004 01020304 "
                     "0003 0000 00 0010 0001 00000000 0000" },
        { "pfg", "7066670102a00001 0000000200000015 0000000000000000 00000000 "
                 "0000000000000000 03616263 64656667 68696a6b6c" },
        /* no value, or none that is shown, behind which what parts values is taken back */
        { "pfg_dns", "00" },
        { "tcp", "00" },
        { "ip", "50" },
        { "tcp", "0035 1000 00000001 00000002 7018 01f6 0000 0000 0101080a 00000001 00000002" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check_every_end(decode_hex(cases[i][0], cases[i][1]));
}

int main(void)
{
    static const struct test_case cases[] = {
        { "every end of a buffer", test_every_end },
        { "lines", test_lines },
        { "long names", test_long_names },
        { "trees", test_tree },
        { "long values", test_bounded },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("render", cases);
}
