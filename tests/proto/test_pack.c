/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packed values: every code, order and alignment, against the bytes that python3's struct.pack gave
 * on x86-64 Linux. */
#include "proto/pack.h"
#include "tests/proto/lib.h"

static const char *pack(const char *format, const char *text)
{
    static uint8_t bytes[4096];
    static char why[300];
    struct pfg_fault fault;
    int size =
        pfg_pack_text(format, strlen(format), text, strlen(text), bytes, sizeof bytes, &fault);
    if (size >= 0)
        return hex_of(bytes, (uint32_t)size);
    snprintf(why, sizeof why, "! %s", fault.text);
    return why;
}

static const char *unpack(const char *format, const char *hex, bool json)
{
    static uint8_t bytes[4096];
    struct pfg_out *out = lib_out();
    struct pfg_pack walk;
    struct pfg_pack_item item;
    bool any = false;

    if (pfg_pack_check(format, strlen(format), bytes, unhex(hex, bytes)) < 0)
        return "does not fit";
    pfg_pack_begin(&walk, format, strlen(format));
    pfg_out_string(out, json ? "[" : "");
    for (; pfg_pack_next(&walk, &item) > 0; any = true) {
        pfg_out_string(out, any ? "," : "");
        if (json)
            pfg_pack_json(out, &item, bytes);
        else
            pfg_pack_plain(out, &item, bytes);
    }
    pfg_out_string(out, json ? "]" : "");
    return out_text(out);
}

static void test_codes(void)
{
    /* clang-format off */
    static const struct {
        const char *format, *text, *hex, *json;
    } cases[] = {
        { "c", "A", "41", "[\"A\"]" },
        { "b", "-128", "80", "[-128]" },
        { "B", "255", "ff", "[255]" },
        { "?", "true", "01", "[true]" },
        { "??", "false,7", "0001", "[false,true]" },
        { "h", "-2", "feff", "[-2]" },
        { ">h", "-2", "fffe", "[-2]" },
        { "H", "65535", "ffff", "[65535]" },
        { "i", "-2147483648", "00000080", "[-2147483648]" },
        { "!I", "0xdeadbeef", "deadbeef", "[3735928559]" },
        { "l", "-3", "fdffffffffffffff", "[-3]" },
        { "=l", "-3", "fdffffff", "[-3]" },
        { "L", "18446744073709551615", "ffffffffffffffff", "[18446744073709551615]" },
        { "<L", "4294967295", "ffffffff", "[4294967295]" },
        { "q", "-9223372036854775808", "0000000000000080", "[-9223372036854775808]" },
        { ">Q", "1", "0000000000000001", "[1]" },
        { "f", "1.5", "0000c03f", "[1.5]" },
        { ">d", "-0.1", "bfb999999999999a", "[-0.1]" },
        { "<d", "1e300", "9c7500883ce4377e", "[1e+300]" },
        { "<f", "0.1", "cdcccc3d", "[0.10000000149011612]" },
        { "5s", "abc", "6162630000", "[\"abc\"]" },
        { "0s", "", "", "[\"\"]" },
        { "5p", "abc", "0361626300", "[\"abc\"]" },
        { "3p", "ab", "026162", "[\"ab\"]" },
        { "bxxh", "1,2", "010000000200", "[1,2]" },
        { "<bh", "1,2", "010200", "[1,2]" },
        { "bi", "1,2", "0100000002000000", "[1,2]" },
        { "bq", "1,2", "01000000000000000200000000000000", "[1,2]" },
        { "=bq", "1,2", "010200000000000000", "[1,2]" },
        { "bhbi", "1,2,3,4", "010002000300000004000000", "[1,2,3,4]" },
        { "@bf", "1,0.5", "010000000000003f", "[1,0.5]" },
        { "3h", "1,2,3", "010002000300", "[1,2,3]" },
        { "2i b", "1,2,3", "010000000200000003", "[1,2,3]" },
        { "b0i", "1", "01000000", "[1]" },
        { "b0q", "1", "0100000000000000", "[1]" },
        { "hiq", "12,23,451312", "0c00000017000000f0e2060000000000", "[12,23,451312]" },
        { "0hb", "1", "01", "[1]" },
        { "", "", "", "[]" },
        { "4x", "", "00000000", "[]" },
        { "b3sh", "1,xyz,2", "0178797a0200", "[1,\"xyz\",2]" },
    };
    /* clang-format on */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        same_text(cases[i].format, pack(cases[i].format, cases[i].text), cases[i].hex);
        same_text(cases[i].format, unpack(cases[i].format, cases[i].hex, true), cases[i].json);
        same_number(cases[i].format,
                    (uint64_t)pfg_pack_size(cases[i].format, strlen(cases[i].format)),
                    strlen(cases[i].hex) / 2);
    }
}

/* What JSON cannot bear, bytes that are no text, booleans that are not 1. */
static void test_shown(void)
{
    static const char *const cases[][4] = {
        /* format, bytes, JSON, plainly */
        { "<f", "0000807f", "[\"inf\"]", "inf" },
        { "<f", "000080ff", "[\"-inf\"]", "-inf" },
        { "<d", "000000000000f87f", "[\"nan\"]", "nan" },
        { "<d", "0000000000000080", "[-0]", "-0" },
        { "<d", "0100000000000000", "[5e-324]", "5e-324" },
        { "<f", "ffff7f7f", "[3.4028234663852886e+38]", "3.4028234663852886e+38" },
        { "?", "02", "[true]", "true" },
        { "c", "22", "[\"\\\"\"]", "\"" },
        { "c", "ff", "[\"ff\"]", "ff" },
        { "4s", "61006200", "[\"a\\u0000b\"]", NULL },
        { "3s", "c3a900", "[\"\xc3\xa9\"]", "\xc3\xa9" },
        { "2s", "c3c3", "[\"c3c3\"]", "c3c3" },
        { "4p", "09616263", "[\"abc\"]", "abc" }, /* the length goes past the field */
        { "4p", "00616263", "[\"\"]", "" },
        { "0p", "", "[\"\"]", "" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        same_text(cases[i][0], unpack(cases[i][0], cases[i][1], true), cases[i][2]);
        if (cases[i][3])
            same_text(cases[i][0], unpack(cases[i][0], cases[i][1], false), cases[i][3]);
    }
}

static void test_not_formats(void)
{
    static const char *const cases[] = { "z",
                                         "3",
                                         "b3",
                                         "n",
                                         "@@b",
                                         "b<h",
                                         "3 b",
                                         "-1b",
                                         "b\x80",
                                         "16777217x",
                                         "99999999999999999999b",
                                         "16777216x16777216x",
                                         "9999999q" };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (pfg_pack_size(cases[i], strlen(cases[i])) >= 0)
            printf("\n  %s\n", cases[i]);
        CU_ASSERT(pfg_pack_size(cases[i], strlen(cases[i])) < 0);
    }
    same_number("white space", (uint64_t)pfg_pack_size(" b\th ", 5), 4);
    same_number("a great one", (uint64_t)pfg_pack_size("16777216x", 9), 16777216);
    uint8_t byte = 0;
    CU_ASSERT(pfg_pack_check("16777216x", 9, &byte, 1) < 0);
    CU_ASSERT(pfg_pack_check("bb", 2, &byte, 1) < 0);
    CU_ASSERT(pfg_pack_check("", 0, &byte, 1) < 0);
}

static void test_faults(void)
{
    static const char *const cases[][3] = {
        { "b", "128", "! out of the range of its code: \"128\"" },
        { "b", "-129", "! out of the range of its code: \"-129\"" },
        { "B", "256", "! out of the range of its code: \"256\"" },
        { "B", "-1", "! out of the range of its code: \"-1\"" },
        { "q", "9223372036854775808", "! out of the range of its code: \"9223372036854775808\"" },
        { "Q", "18446744073709551616", "! out of the range of its code: \"18446744073709551616\"" },
        { "i", "", "! fewer values than the format has: \"i\"" },
        { "ii", "1", "! fewer values than the format has: \"ii\"" },
        { "ii", "1,", "! not a number: \"\"" },
        { "i", "1,2", "! more values than the format has: \"2\"" },
        { "", "1", "! more values than the format has: \"1\"" },
        { "i", "x", "! not a number: \"x\"" },
        { "i", "1x", "! not a number: \"1x\"" },
        { "i", "0x", "! not a number: \"0x\"" },
        { "i", "--1", "! not a number: \"--1\"" },
        { "d", "x", "! not a number: \"x\"" },
        { "d", "", "! fewer values than the format has: \"d\"" },
        { "f", "1e39", "! not a number: \"1e39\"" },
        { "3s", "abcd", "! a text does not fit its place in the format: \"abcd\"" },
        { "3p", "abc", "! a text does not fit its place in the format: \"abc\"" },
        { "c", "ab", "! a text does not fit its place in the format: \"ab\"" },
        { "9999s", "a", "! the packed values are too long: \"9999s\"" },
        { "zz", "1", "! not a format of packed values: \"zz\"" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][0], pack(cases[i][0], cases[i][1]), cases[i][2]);
    /* decimal, whatever zeros stand before; blanks behind commas */
    same_text("010", pack("B", "010"), "0a");
    same_text("blanks", pack("<hh", "1, -2"), "0100feff");
    same_text("+", pack("B", "+5"), "05");
    same_text("inf", pack("<f", "inf"), "0000807f");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "every code, order and alignment", test_codes },
        { "how values are shown", test_shown },
        { "what is no format", test_not_formats },
        { "what cannot be packed", test_faults },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("pack", cases);
}
