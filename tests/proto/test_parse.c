/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as a person types them. */
#include <unistd.h>

#include "tests/proto/lib.h"

static const struct pfg_field *field_called(const char *path)
{
    const struct pfg_field *field = pfg_field_find(path, strlen(path)).field;
    CU_ASSERT_PTR_NOT_NULL_FATAL(field);
    return field;
}

static void test_integers(void)
{
    static const struct {
        const char *path, *text;
        int64_t value; /* -1: a fault */
    } cases[] = {
        { "pfg.seq", "0", 0 }, { "pfg.seq", "4294967295", 4294967295 },
        { "pfg.seq", "4294967296", -1 }, { "pfg.seq", "0xFFFFFFFF", 4294967295 },
        { "pfg.seq", "0X10", 16 }, { "pfg.seq", "0b101", 5 }, { "pfg.seq", "0b102", -1 },
        { "pfg.seq", "010", 10 }, { "pfg.seq", "+7", 7 }, { "pfg.seq", "-0", 0 },
        { "pfg.seq", "-1", -1 }, { "pfg.seq", "", -1 }, { "pfg.seq", " 1", -1 },
        { "pfg.seq", "1 ", -1 }, { "pfg.seq", "1e3", -1 }, { "pfg.seq", "0x", -1 },
        { "pfg.seq", "0b", -1 }, { "pfg.seq", "--1", -1 }, { "pfg.seq", "ff", -1 },
        { "pfg.seq", "true", 1 }, { "pfg.seq", "FALSE", 0 },
        { "pfg.type", "echo", 1 }, { "pfg.type", "ECHO", 1 }, { "pfg.type", "bye", 6 },
        { "pfg.type", "9", 9 }, { "pfg.type", "256", -1 }, { "pfg.type", "ech", -1 },
        { "pfg_dns.qry.type", "AAAA", 28 }, { "pfg_dns.qry.type", "TYPE65", 65 },
        { "pfg_dns.qry.type", "type65535", 65535 }, { "pfg_dns.qry.type", "TYPE65536", -1 },
        { "pfg_dns.qry.type", "TYPE", -1 }, { "pfg_dns.qry.class", "CLASS3", 3 },
        { "pfg.flags", "reply", 0x80 }, { "pfg.flags", "reply|more", 0xa0 },
        { "pfg.flags", "reply,checked", 0x90 }, { "pfg.flags", "0x0f", 15 },
        { "pfg.flags", "replay", -1 }, { "pfg.flags", "", 0 },
        { "pfg_dns.flags", "qr|opcode=UPDATE|rcode=3", 0xa803 },
        { "pfg_dns.flags", "opcode=99", -1 },
        { "tcp.flags", "S", 2 }, { "tcp.flags", "S.", 18 }, { "tcp.flags", "FPU", 0x29 },
        { "tcp.flags", "syn|ack", 18 }, { "tcp.flags", "X", -1 }, { "tcp.flags", "4096", -1 },
        { "ip.frag_offset", "65528", 65528 }, { "ip.frag_offset", "65536", -1 },
        { "ip.src", "192.0.2.1", 0xc0000201 }, { "ip.src", "192.0.2", -1 },
        { "pfg.flags_bits.reply", "1", 1 }, { "pfg.flags_bits.reply", "true", 1 },
        { "pfg.flags_bits.reply", "2", -1 }, { "pfg_dns.flags_bits.rcode", "NXDOMAIN", 3 },
        { "pfg.timestamp", "1970-01-01T00:00:01Z", 1000000000 },
        { "pfg.timestamp", "1970-01-01 00:00:01.5", 1500000000 },
        { "pfg.timestamp", "1970-01-01T00:00:00.0000000019Z", 1 },
        { "pfg.timestamp", "1970-01-01T00:00:01", 1000000000 },
        { "pfg.timestamp", "1970-01-01T00:00:01+00:00", -1 }, { "pfg.timestamp", "today", -1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_fault fault;
        uint64_t value = 0;
        int r = pfg_parse_uint(field_called(cases[i].path), cases[i].text,
                               strlen(cases[i].text), &value, &fault);
        if (r < 0)
            value = UINT64_MAX;
        if (value != (uint64_t)cases[i].value)
            printf("\n  %s=%s: %lld\n", cases[i].path, cases[i].text, (long long)value);
        CU_ASSERT(value == (uint64_t)cases[i].value);
        /* a fault names the field */
        CU_ASSERT(r == 0 || strncmp(fault.text, cases[i].path, 3) == 0);
    }
    struct pfg_fault fault;
    uint64_t now, later;
    CU_ASSERT(pfg_parse_uint(field_called("pfg.timestamp"), "now", 3, &now, &fault) == 0);
    CU_ASSERT(pfg_parse_uint(field_called("pfg.timestamp"), "NOW", 3, &later, &fault) == 0);
    CU_ASSERT(now > UINT64_C(1700000000000000000) && later >= now);
}

static const char *bytes_of(const char *path, const char *text)
{
    static uint8_t bytes[300];
    static struct pfg_fault fault;
    int64_t size = pfg_parse_bytes(field_called(path), text, strlen(text), bytes, sizeof bytes,
                                   &fault);
    if (size < 0)
        return fault.text;
    return hex_of(bytes, (uint32_t)size);
}

static void test_bytes(void)
{
    static const char *const cases[][3] = {
        { "pfg.echo.data", "Hello", "48656c6c6f" },
        { "pfg.echo.data", "", "" },
        { "pfg.echo.data", "\\x41\\n\\t\\\\\\\"\\0\\e", "410a095c22001b" },
        { "pfg.echo.data", "\\x4", "04" },
        { "pfg.echo.data", "hex:", "" },
        { "pfg.echo.data", "hex:00 11:22-33", "00112233" },
        { "pfg.echo.data", "0x00ff", "00ff" },
        { "pfg.echo.data", "0x", "" },
        { "pfg.command.text", "0x00", "30783030" }, /* text stays text */
        { "pfg.data", "0102", "30313032" },
        { "pfg.magic", "0102", "0102" },
        { "pfg.magic", "text", "74657874" },
        { "ip.src", "192.0.2.1", "c0000201" },
        { "pfg_dns.aaaa", "2001:db8::1", "20010db8000000000000000000000001" },
        { "eth.dst", "02:00:00:0a:0b:0C", "0200000a0b0c" },
        { "eth.dst", "2-0-0-a-b-c", "0200000a0b0c" },
        { "pfg_dns.qry.name", "a.b", "0161016200" },
    };
    static const char *const faults[][3] = {
        { "pfg.echo.data", "\\", "text with a wrong escape" },
        { "pfg.echo.data", "\\x", "text with a wrong escape" },
        { "pfg.echo.data", "\\z", "text with a wrong escape" },
        { "pfg.echo.data", "hex:0", "not pairs of hex digits" },
        { "pfg.echo.data", "hex:0g", "not pairs of hex digits" },
        { "pfg.echo.data", "@/nowhere/at/all", "cannot read" },
        { "ip.src", "1.2.3", "no IPv4 address" },
        { "ip.src", "1.2.3.4.5", "no IPv4 address" },
        { "ip.src", "hex:01020304", "no IPv4 address" },
        { "pfg_dns.aaaa", ":::1", "no IPv6 address" },
        { "eth.dst", "02:00:00:00:00", "no MAC address" },
        { "eth.dst", "02:00:00:00:00:0", NULL },
        { "eth.dst", "02:00:00:00:00:00:00", "no MAC address" },
        { "eth.dst", "+2:00:00:00:00:00", "no MAC address" },
        { "eth.dst", "020000000000", "no MAC address" },
        { "pfg_dns.qry.name", "a..b", "no domain name" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][1], bytes_of(cases[i][0], cases[i][1]), cases[i][2]);
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        const char *found = bytes_of(faults[i][0], faults[i][1]);
        if (faults[i][2] && !strstr(found, faults[i][2]))
            printf("\n  %s: %s\n", faults[i][1], found);
        CU_ASSERT(!faults[i][2] || strstr(found, faults[i][2]) != NULL);
    }
}

static void test_room(void)
{
    static const char *const texts[] = { "abcdef", "hex:010203040506", "a.b.c" };
    static const char *const paths[] = { "pfg.echo.data", "pfg.echo.data", "pfg_dns.qry.name" };
    struct pfg_fault fault;
    uint8_t bytes[8];
    for (size_t i = 0; i < 3; i++)
        for (size_t room = 0; room < 8; room++) {
            uint8_t *exact = malloc(room ? room : 1);
            int64_t size = pfg_parse_bytes(field_called(paths[i]), texts[i], strlen(texts[i]),
                                           exact, room, &fault);
            CU_ASSERT((size >= 0) == (room >= (i == 2 ? 7 : 6)));
            free(exact);
        }
    CU_ASSERT(pfg_parse_bytes(field_called("ip.src"), "1.2.3.4", 7, bytes, 3, &fault) < 0);
}

static void test_file(void)
{
    char path[] = "/tmp/pfg-parse.XXXXXX", word[64];
    int fd = mkstemp(path);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT(write(fd, "\0\1\2", 3) == 3);
    close(fd);
    snprintf(word, sizeof word, "@%s", path);
    same_text("file", bytes_of("pfg.echo.data", word), "000102");
    unlink(path);
    same_text("@ alone", bytes_of("pfg.echo.data", "@"), "40");
}

/* Which field a name means, and which element. */
static void test_settings(void)
{
    static const char *const cases[][3] = {
        { "pfg", "pfg.seq=1; pfg.echo.data=a", NULL },
        { "pfg", "echo.data=a", NULL },
        { "pfg", "time.data=a", "! pfg: the field time.data (pfg.echo.data) is not part of this "
                                "message" },
        { "pfg_dns", "qry[0].name=a; qry[1].name=b; qry[1].type=MX",
          "00000100000200000000000001610000010001 0162 00 000f 0001" },
        { "pfg_dns", "qry[70000].name=a", NULL },
        { "pfg_dns", "qry[x].name=a", NULL },
        { "pfg_dns", "qdcount=5; qname=a", "00000100 0005 0000 0000 0000 0161 00 0001 0001" },
        { "pfg_dns", "flags_bits.qr=1", "0000 8100 0000 0000 0000 0000" },
        { "pfg_dns", "answers[0].a=1.2.3.4; answers[0].rdlength=9",
          "0000 0100 0000 0001 0000 0000 00 0001 0001 00000000 0009 01020304" },
        { "pfg", "echo.=a", NULL },
        { "pfg", "=a", NULL },
        { "pfg", "[0]=a", NULL },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = encode_of(cases[i][0], cases[i][1]);
        if (!cases[i][2])
            continue;
        same_text(cases[i][1], found,
                  cases[i][2][0] == '!' ? cases[i][2] : plain_hex(cases[i][2]));
    }
    /* the weak give way, and need not be used */
    struct pfg_set sets[3] = {
        { .field = pfg_known(PFG_KNOWN_SEQ), .how = PFG_SET_UINT, .number = 5, .weak = true },
        { .field = pfg_known(PFG_KNOWN_SEQ), .how = PFG_SET_UINT, .number = 6 },
        { .field = pfg_known(PFG_KNOWN_TIME_CLOCK), .how = PFG_SET_UINT, .weak = true },
    };
    uint8_t bytes[64];
    struct pfg_writer writer = { bytes, 0, sizeof bytes, false };
    struct pfg_fault fault;
    CU_ASSERT(pfg_encode_message(proto_called("pfg"), sets, 3, NULL, 0, &writer, &fault) == 0);
    same_number("strong", bytes[11], 6);
    CU_ASSERT(sets[1].used && sets[1].at == 8 && sets[1].width == 4 && !sets[2].used);
    sets[2].weak = false;
    writer.size = 0;
    CU_ASSERT(pfg_encode_message(proto_called("pfg"), sets, 3, NULL, 0, &writer, &fault) < 0);
    same_text("unused", fault.text, "pfg.time.clock is not part of this message");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "integers, names, flags, times", test_integers },
        { "bytes, texts, addresses", test_bytes },
        { "room", test_room },
        { "files", test_file },
        { "which field is set", test_settings },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("parse", cases);
}
