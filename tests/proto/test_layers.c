/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Link, network and transport layers: taken apart, put together, cut and damaged. */
#include "tests/proto/layer_cases.h"
#include "tests/proto/lib.h"

enum { CASES = sizeof layer_cases / sizeof *layer_cases };

static struct pfg_flow flow;

/* Decodes a packet of which caplen bytes were captured, in bytes just as large. */
static void decode_packet(const struct layer_case *c, const uint8_t *bytes, uint32_t caplen,
                          uint32_t len)
{
    static uint8_t *exact;
    free(exact);
    exact = malloc(caplen ? caplen : 1);
    memcpy(exact, bytes, caplen);
    struct pfg_packet packet = { exact, caplen, len, c->link, 1763654640123456789, 1, true };
    pfg_decode_reset(lib_decode());
    CU_ASSERT(pfg_layers_decode(lib_decode(), &packet, &flow) == 0);
    CU_ASSERT(flow.payload_size <= flow.payload_wire);
    CU_ASSERT(!flow.payload ||
              (flow.payload >= exact && flow.payload + flow.payload_size <= exact + caplen));
}

/* All problems of all layers, and their names. */
static const char *layers_text(void)
{
    static char text[1000];
    text[0] = 0;
    for (uint32_t i = 1; i < lib_decode()->pdu_count; i++) {
        const struct pfg_pdu *pdu = &lib_decode()->pdus[i];
        strcat(text, i > 1 ? " " : "");
        strcat(text, pdu->proto->def->name);
        if (pdu->problems)
            strcat(strcat(text, "!"), problems_text(pdu->problems));
    }
    return text;
}

/* The first value of a dotted name in the packet, plainly. */
static const char *value_of(const char *path)
{
    static char number[32];
    struct pfg_ref ref = pfg_field_find(path, strlen(path));
    struct pfg_out *out = lib_out();

    if (strcmp(path, "payload") == 0 || strcmp(path, "fragment") == 0) {
        snprintf(number, sizeof number, "%u",
                 *path == 'p' ? flow.payload_wire : flow.fragment_offset);
        return *path == 'p' || flow.fragment ? number : "no fragment";
    }
    for (uint32_t i = 0; ref.field && i < lib_decode()->pdu_count; i++) {
        const struct pfg_pdu *pdu = &lib_decode()->pdus[i];
        const struct pfg_value *v = pfg_pdu_find(lib_decode(), pdu, ref.field);
        if (!v)
            continue;
        pfg_value_plain(out, pdu, v, ref.aspect);
        return out_text(out);
    }
    return "absent";
}

static void test_decode(void)
{
    uint8_t bytes[1000];
    for (size_t i = 0; i < CASES; i++) {
        const struct layer_case *c = &layer_cases[i];
        char fields[1000], *rest = fields;
        uint32_t size = unhex(c->hex, bytes);
        decode_packet(c, bytes, size, size);
        same_text(c->name, layers_text(), c->layers);
        snprintf(fields, sizeof fields, "%s", c->fields);
        for (char *word; (word = strtok_r(rest, " ", &rest));) {
            char *equals = strchr(word, '=');
            *equals = 0;
            same_text(word, value_of(word), equals + 1);
        }
    }
}

/* A layer's words: its protocol, then settings. */
static void layer_of(char *words, struct pfg_layer *layer, struct pfg_set *sets)
{
    char *blank = strchr(words, ' ');
    if (blank)
        *blank = 0;
    layer->proto = proto_called(words);
    layer->sets = sets;
    layer->count = blank ? split_words(blank + 1, sets) : 0;
}

static const char *build(const char *text)
{
    static uint8_t bytes[LIB_BYTES];
    static char why[300];
    static struct pfg_set sets[8][LIB_SETS];
    struct pfg_layer layers[8];
    struct pfg_writer writer = { bytes, 0, sizeof bytes, false };
    struct pfg_fault fault;
    char copy[2000], *at = copy;
    size_t count = 0;

    snprintf(copy, sizeof copy, "%s", text);
    while (at) {
        char *next = strstr(at, " / ");
        if (next)
            *next = 0;
        layer_of(at, &layers[count], sets[count]);
        count++;
        at = next ? next + 3 : NULL;
    }
    if (pfg_layers_build(layers, count, &writer, &fault) == 0)
        return hex_of(bytes, writer.size);
    snprintf(why, sizeof why, "! %s", fault.text);
    return why;
}

static void test_build(void)
{
    for (size_t i = 0; i < CASES; i++)
        if (layer_cases[i].words)
            same_text(layer_cases[i].name, build(layer_cases[i].words), layer_cases[i].hex);
}

/* Applications on top: ports, lengths and checksums follow. */
static void test_stacks(void)
{
    static const struct {
        const char *words, *layers, *fields;
    } cases[] = {
        { "ip src=192.0.2.1; dst=192.0.2.2 / udp / pfg data=hi", "ip udp",
          "udp.dstport=9434 udp.length=38 ip.len=58 ip.proto=17 payload=30" },
        { "ip src=192.0.2.1; dst=192.0.2.2 / tcp flags=P. / pfg data=hi", "ip tcp",
          "tcp.dstport=65432 tcp.offset=20 tcp.len=30" },
        { "ip6 src=::1; dst=::1 / udp / pfg_dns qname=a", "ip6 udp", "udp.dstport=53 payload=19" },
        { "ip src=1.2.3.4; dst=1.2.3.4 / tcp / pfg_dns qname=a / pfg_dns qname=b", "ip tcp",
          "tcp.dstport=53 payload=42" },
        { "ip src=192.0.2.1; dst=192.0.2.2 / udp udp.checksum=0 / pfg", "ip udp",
          "udp.checksum=0x0000" },
        { "ip src=192.0.2.1; dst=192.0.2.2; ip.len=20 / udp", "ip udp!truncated", "ip.len=20" },
        { "ip src=192.0.2.1; dst=192.0.2.2; checksum=1 / udp", "ip!bad_checksum udp",
          "ip.checksum=0x0001" },
        { "ip src=192.0.2.1; dst=192.0.2.2 / udp checksum=1", "ip udp!bad_checksum", "" },
        { "ip src=192.0.2.1; dst=192.0.2.2; proto=99 / udp", "ip", "ip.proto=99 payload=8" },
        { "ip src=192.0.2.1; dst=192.0.2.2 / udp length=4", "ip udp!bad_length", "" },
    };
    static const struct layer_case raw = { "", PFG_LINK_RAW, NULL, NULL, NULL, NULL };
    static uint8_t bytes[LIB_BYTES];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char fields[300], *rest = fields;
        const char *hex = build(cases[i].words);
        CU_ASSERT_FATAL(*hex != '!');
        uint32_t size = unhex(hex, bytes);
        decode_packet(&raw, bytes, size, size);
        same_text(cases[i].words, layers_text(), cases[i].layers);
        snprintf(fields, sizeof fields, "%s", cases[i].fields);
        for (char *word; (word = strtok_r(rest, " ", &rest));) {
            char *equals = strchr(word, '=');
            *equals = 0;
            same_text(cases[i].words, value_of(word), equals + 1);
        }
    }
    same_text("too long", build("ip / udp / raw data=@/dev/zero"),
              "! raw.data: \"/dev/zero\" is a file too long for this field");
    same_text("no field", build("ip sorce=1.2.3.4"), "! ip has no field sorce; the nearest is src");
}

/* A datagram of UDP whose checksum would be 0 bears ffff (RFC 768). */
static void test_zero_sum(void)
{
    char words[100];
    uint8_t bytes[200];
    for (unsigned port = 0; port < 65536; port++) {
        snprintf(words, sizeof words, "ip src=0.0.0.0; dst=0.0.0.0 / udp sport=%u; dport=1", port);
        if (port < 65535 - 17 - 8 - 8 - 8 || port > 65535 - 17)
            continue;
        unhex(build(words), bytes);
        CU_ASSERT(bytes[26] != 0 || bytes[27] != 0);
    }
}

/* Cut at every byte, as a capture does: nothing is read past the end, nothing is called damaged. */
static void test_cut(void)
{
    uint8_t bytes[1000];
    for (size_t i = 0; i < CASES; i++) {
        const struct layer_case *c = &layer_cases[i];
        uint32_t size = unhex(c->hex, bytes);
        for (uint32_t cut = 0; cut < size; cut++) {
            decode_packet(c, bytes, cut, size);
            pfg_json_packet(lib_out(), lib_decode());
            for (uint32_t k = 0; k < lib_decode()->pdu_count; k++) {
                const struct pfg_pdu *pdu = &lib_decode()->pdus[k];
                uint32_t other = pdu->problems & ~(1u << PFG_PROBLEM_TRUNCATED);
                if (other)
                    printf("\n  %s cut at %u: %s\n", c->name, cut, layers_text());
                CU_ASSERT(other == 0);
                pfg_line_pdu(lib_out(), lib_decode(), pdu);
                pfg_tree_pdu(lib_out(), lib_decode(), pdu, 0);
            }
            /* and the same bytes as all there is */
            decode_packet(c, bytes, cut, cut);
        }
    }
}

/* Every bit turned: no fault of ours. */
static void test_damaged(void)
{
    uint8_t bytes[1000];
    for (size_t i = 0; i < CASES; i++) {
        uint32_t size = unhex(layer_cases[i].hex, bytes);
        for (uint32_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            decode_packet(&layer_cases[i], bytes, size, size);
            pfg_json_packet(lib_out(), lib_decode());
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

static bool same_flow(const struct pfg_flow *a, const struct pfg_flow *b)
{
    return a->family == b->family && a->protocol == b->protocol && a->has_ports == b->has_ports &&
           a->fragment == b->fragment && a->more_fragments == b->more_fragments &&
           a->tcp_flags == b->tcp_flags && a->sport == b->sport && a->dport == b->dport &&
           a->src == b->src && a->dst == b->dst && a->fragment_id == b->fragment_id &&
           a->fragment_offset == b->fragment_offset && a->tcp_seq == b->tcp_seq &&
           a->tcp_ack == b->tcp_ack && a->tcp_window == b->tcp_window && a->tcp_urgent == b->tcp_urgent && a->payload == b->payload &&
           a->payload_size == b->payload_size && a->payload_wire == b->payload_wire;
}

/* A packet's JSON with the heads of its layers left where they are must be that of their values. */
static void read_heads(const struct layer_case *c, const struct pfg_packet *packet)
{
    static char values[1 << 16];
    const struct pfg_layers_ask heads = { .heads = PFG_LAYERS_ALL };
    struct pfg_out *out = lib_out();

    pfg_decode_reset(lib_decode());
    CU_ASSERT_FATAL(pfg_layers_decode(lib_decode(), packet, &flow) == 0);
    pfg_json_packet(out, lib_decode());
    snprintf(values, sizeof values, "%s", out_text(out));
    out = lib_out();
    pfg_decode_reset(lib_decode());
    CU_ASSERT_FATAL(pfg_layers_some(lib_decode(), packet, &flow, heads) == 0);
    pfg_json_packet(out, lib_decode());
    same_text(c->name, out_text(out), values);
}

/* Reads a packet with and without the values of its layers: who speaks with whom must be the same.
 */
static void read_lightly(const struct layer_case *c, const uint8_t *bytes, uint32_t size,
                         uint32_t wire)
{
    static const struct pfg_layers_ask wanted[] = {
        { 0, 0 },
        { 1u << PFG_LAYER_IP, 0 },
        { 1u << PFG_LAYER_UDP | 1, 1u << PFG_LAYER_IP },
        { 0, PFG_LAYERS_ALL },
    };
    struct pfg_packet packet = { bytes, size, wire, c->link, 0, 1, false };
    struct pfg_flow full, light, ahead;

    pfg_decode_reset(lib_decode());
    CU_ASSERT_FATAL(pfg_layers_decode(lib_decode(), &packet, &full) == 0);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        pfg_decode_reset(lib_decode());
        CU_ASSERT_FATAL(pfg_layers_some(lib_decode(), &packet, &light, wanted[i]) == 0);
        if (!same_flow(&full, &light))
            printf("\n  %s, %u of %u bytes, layers %#x, heads %#x: another flow\n", c->name, size,
                   wire, wanted[i].values, wanted[i].heads);
        CU_ASSERT(same_flow(&full, &light));
    }
    pfg_decode_reset(lib_decode());
    CU_ASSERT_FATAL(pfg_layers_line(lib_decode(), &packet, &light, 0) == 0);
    CU_ASSERT(same_flow(&full, &light));
    pfg_layers_ahead(bytes, size, wire, c->link, &ahead);
    packet.ahead = &ahead;
    pfg_decode_reset(lib_decode());
    CU_ASSERT_FATAL(pfg_layers_line(lib_decode(), &packet, &light, 0) == 0);
    CU_ASSERT(same_flow(&full, &light));
    packet.ahead = NULL;
    read_heads(c, &packet);
}

/* Layers that nobody looks at, in whole packets, cut ones and those with a bit turned. */
static void test_light(void)
{
    uint8_t bytes[1000];
    for (size_t i = 0; i < CASES; i++) {
        uint32_t size = unhex(layer_cases[i].hex, bytes);
        for (uint32_t cut = 0; cut <= size; cut++) {
            read_lightly(&layer_cases[i], bytes, cut, size);
            read_lightly(&layer_cases[i], bytes, cut, cut);
        }
        for (uint32_t bit = 0; bit < 8 * size; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            read_lightly(&layer_cases[i], bytes, size, size);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
    }
}

/* What lengths say wrongly. */
static void test_lengths(void)
{
    static const struct {
        const char *name;
        uint32_t at;
        uint8_t value;
        const char *layers;
        uint32_t payload;
    } cases[] = {
        { "udp", 14, 0x40, "eth ip!bad_length", 0 },            /* IHL 0 */
        { "udp", 14, 0x44, "eth ip!bad_length", 0 },            /* 16 bytes */
        { "udp", 14, 0x4f, "eth ip!truncated bad_length", 0 },  /* more than the packet */
        { "udp", 17, 19, "eth ip!bad_checksum bad_length", 0 }, /* total length below the header */
        { "udp", 17, 200, "eth ip!truncated bad_checksum udp", 5 },
        { "udp", 39, 7, "eth ip udp!bad_checksum bad_length", 5 },
        { "udp", 39, 200, "eth ip udp!truncated bad_checksum", 5 },
        { "tcp", 46, 0x00, "eth ip tcp!bad_length", 0 },
        { "tcp", 46, 0x40, "eth ip tcp!bad_length", 0 },
        { "tcp", 46, 0xf0, "eth ip tcp!truncated bad_checksum bad_length", 0 },
        { "tcp", 55, 0, "eth ip tcp!bad_checksum bad_length", 0 }, /* an option's length */
        { "tcpdata", 57, 1, "eth ip tcp!bad_checksum bad_length", 4 },
        { "ipopt", 35, 1, "eth ip!bad_length udp", 1 },
    };
    uint8_t bytes[1000];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct layer_case *c = layer_cases;
        while (strcmp(c->name, cases[i].name) != 0)
            c++;
        uint32_t size = unhex(c->hex, bytes);
        bytes[cases[i].at] = cases[i].value;
        decode_packet(c, bytes, size, size);
        same_text(cases[i].name, layers_text(), cases[i].layers);
        if (strstr(cases[i].layers, "udp") || cases[i].payload)
            same_number(cases[i].layers, flow.payload_size, cases[i].payload);
    }
}

/* Layers without end, and what no table has. */
static void test_endless(void)
{
    uint8_t bytes[4000];
    static const struct layer_case raw = { "", PFG_LINK_RAW, NULL, NULL, NULL, NULL };
    static const struct layer_case odd = { "", 147, NULL, NULL, NULL, NULL };
    for (unsigned i = 0; i < 200; i++) {
        memset(bytes + 20 * i, 0, 20);
        bytes[20 * i] = 0x45;
        bytes[20 * i + 9] = 4;
    }
    decode_packet(&raw, bytes, sizeof bytes, sizeof bytes);
    CU_ASSERT(lib_decode()->pdu_count < 40);
    decode_packet(&odd, bytes, 20, 20);
    same_text("an unknown link type", layers_text(), "");
    same_number("its payload", flow.payload_size, 20);
    decode_packet(&raw, bytes, 0, 0);
    same_text("nothing", layers_text(), "");
    CU_ASSERT(pfg_link_known(1) && pfg_link_known(276) && !pfg_link_known(147));
}

int main(void)
{
    static const struct test_case cases[] = {
        { "taken apart", test_decode },
        { "put together", test_build },
        { "with applications on top", test_stacks },
        { "UDP's zero", test_zero_sum },
        { "cut at every byte", test_cut },
        { "every bit turned", test_damaged },
        { "layers that nobody looks at", test_light },
        { "wrong lengths", test_lengths },
        { "without end", test_endless },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("layers", cases);
}
