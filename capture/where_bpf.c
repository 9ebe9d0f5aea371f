/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * where_bpf.c - what of an expression can be answered from fixed offsets becomes a capture filter,
 * so that the kernel sets aside what cannot pass. Packets whose layers do not stand at fixed
 * offsets (fragments, VLAN tags, tunnels, extension headers) pass it, and the expression decides.
 * Whoever is asked for one direction gets both: a reply is matched with its request, and a stream
 * read beside its other direction, whichever of them the expression lets through. So do those who
 * ask where answers come from other ports (.follow): what is at these is known by the question.
 */
#include <stdio.h>
#include <string.h>

#include "capture/where.h"
#include "proto/follow.h"
#include "proto/layers.h"

/* Text being put together; full: it did not fit; hosts: there is an address in it. */
struct text {
    char *at;
    size_t room;
    bool full, hosts;
};

static void put(struct text *text, const char *format, unsigned a, unsigned b, unsigned c,
                unsigned d)
{
    int size = snprintf(text->at, text->room, format, a, b, c, d);

    if (size < 0 || (size_t)size >= text->room) {
        text->full = true;
        return;
    }
    text->at += size;
    text->room -= (size_t)size;
}

static void put_string(struct text *text, const char *string)
{
    size_t size = strlen(string);

    if (size >= text->room) {
        text->full = true;
        return;
    }
    memcpy(text->at, string, size + 1);
    text->at += size;
    text->room -= size;
}

/* What pcap-filter(7) has a word for: the layers, and a few of their fields. */
static const struct {
    enum pfg_layer_id layer;
    const char *word;
} layer_words[] = {
    { PFG_LAYER_ARP, "(arp or rarp)" }, /* both have the rows of ARP */
    { PFG_LAYER_IP, "ip" },
    { PFG_LAYER_IP6, "ip6" },
    { PFG_LAYER_ICMP, "icmp" },
    { PFG_LAYER_ICMP6, "icmp6" },
    { PFG_LAYER_TCP, "tcp" },
    { PFG_LAYER_UDP, "udp" },
};

/* either: the field that the word speaks of as well; the same where it is one alone. */
static const struct field_word {
    enum pfg_layer_field_id field, either;
    const char *word, *many; /* many: of a range of ports, or of a network; NULL none */
    bool host;
} field_words[] = {
    { PFG_IP_SRC, PFG_IP_DST, "ip host", "ip net", true },
    { PFG_IP6_SRC, PFG_IP6_DST, "ip6 host", NULL, true },
    { PFG_UDP_SRCPORT, PFG_UDP_DSTPORT, "udp port", "udp portrange", false },
    { PFG_TCP_SRCPORT, PFG_TCP_DSTPORT, "tcp port", "tcp portrange", false },
    { PFG_ETH_SRC, PFG_ETH_DST, "ether host", NULL, true },
    { PFG_ETH_TYPE, PFG_ETH_TYPE, "ether proto", NULL, false },
};
enum { FIELD_WORD_COUNT = sizeof field_words / sizeof field_words[0] };

static const char *layer_word(const struct pfg_proto *proto)
{
    size_t i;

    for (i = 0; i < sizeof layer_words / sizeof layer_words[0]; i++) {
        if (pfg_layer(layer_words[i].layer) == proto)
            return layer_words[i].word;
    }
    return NULL;
}

/* Smaller numbers than this are a length (IEEE 802.3), of which "ether proto" says other things. */
enum { ETHER_TYPE_LEAST = 1536 };

/* ---- A test on a field that has a word ---------------------------------------------------- */

/* Whether the word speaks of this field. */
static bool speaks_of(const struct field_word *word, const struct pfg_field *field)
{
    return field == pfg_layer_field(word->field) || field == pfg_layer_field(word->either);
}

static const struct field_word *find_word(const struct where_operand *operand)
{
    const struct pfg_field *first = operand->refs.refs[0].field;
    const struct pfg_field *last = operand->refs.refs[operand->refs.count - 1].field;
    size_t i;

    for (i = 0; i < FIELD_WORD_COUNT; i++) {
        if (speaks_of(&field_words[i], first) && speaks_of(&field_words[i], last))
            return &field_words[i];
    }
    return NULL;
}

/* Whether pcap-filter's words mean the same: the bare values, any of them, beside constants. */
static bool has_words(const struct where_node *node)
{
    const struct where_operand *operand = &node->operand;

    return operand->refs.count > 0 && operand->refs.refs[0].aspect == PFG_ASPECT_VALUE &&
           operand->function == WHERE_VALUE && operand->slice_count == 0 && !operand->masked &&
           operand->first_layer == 0 && !node->all && node->other == NULL &&
           (node->op == WHERE_EQ || node->op == WHERE_IN) && node->constant_count > 0;
}

static void put_address(struct text *text, uint64_t address)
{
    put(text, " %u.%u.%u.%u", (unsigned)(address >> 24 & 255), (unsigned)(address >> 16 & 255),
        (unsigned)(address >> 8 & 255), (unsigned)(address & 255));
}

/* Addresses of Ethernet and IPv6. */
static bool put_bytes(struct text *text, const struct field_word *word,
                      const struct where_constant *constant)
{
    unsigned step = constant->low_size == 16 ? 2 : 1;
    uint32_t i;

    if (constant->prefix != 0 || constant->high_bytes != NULL)
        return false;
    put_string(text, word->word);
    for (i = 0; i < constant->low_size; i += step) {
        const char *format = i == 0 ? (step == 2 ? " %x" : " %02x") : step == 2 ? ":%x" : ":%02x";
        unsigned value = constant->low_bytes[i];

        if (step == 2)
            value = value << 8 | constant->low_bytes[i + 1];
        put(text, format, value, 0, 0, 0);
    }
    return true;
}

static bool put_constant(struct text *text, const struct field_word *word,
                         const struct where_constant *constant)
{
    bool address = pfg_layer_field(word->field)->row->kind == PFG_IPV4;
    bool many = constant->prefix != 0 || constant->low != constant->high;

    if (constant->low_bytes != NULL)
        return put_bytes(text, word, constant);
    if (many && (word->many == NULL || constant->low > constant->high ||
                 (address && constant->low != constant->high)))
        return false;
    if (word->field == PFG_ETH_TYPE && constant->low < ETHER_TYPE_LEAST)
        return false;
    put_string(text, many ? word->many : word->word);
    if (!address) {
        put(text, " %u", (unsigned)constant->low, 0, 0, 0);
        if (many)
            put(text, "-%u", (unsigned)constant->high, 0, 0, 0);
        return true;
    }
    put_address(text, many ? constant->low & (UINT64_C(0xffffffff) << (32 - constant->prefix))
                           : constant->low);
    if (many)
        put(text, "/%u", constant->prefix, 0, 0, 0);
    return true;
}

static bool field_test(const struct where_node *node, struct text *text)
{
    const struct field_word *word = has_words(node) ? find_word(&node->operand) : NULL;
    uint32_t i;

    if (word == NULL)
        return false;
    put_string(text, "(");
    text->hosts = text->hosts || word->host;
    for (i = 0; i < node->constant_count; i++) {
        if (i > 0)
            put_string(text, " or ");
        if (!put_constant(text, word, &node->constants[i]))
            return false;
    }
    put_string(text, ")");
    return !text->full;
}

/* Any other test on a protocol: at least the layer must be there, or, for messages, what may carry
 * them. A test that passes without the field (not) never comes here. */
static bool layer_test(const struct where_node *node, struct text *text)
{
    const char *word = layer_word(node->operand.proto);

    if (word == NULL && node->operand.proto->def->network)
        return false;
    put_string(text, word != NULL ? word : "(udp or tcp)");
    return !text->full;
}

/* Writes a filter that passes whatever the node can pass. False: there is none narrower than all.
 */
static bool translate(const struct capture_where *where, int32_t place, struct text *text)
{
    const struct where_node *node = &where->nodes[place];
    struct text before = *text;
    bool left, right;

    if (node->op == WHERE_NOT || node->op == WHERE_XOR)
        return false;
    if (node->op != WHERE_AND && node->op != WHERE_OR) {
        if (field_test(node, text))
            return true;
        *text = before;
        return layer_test(node, text);
    }
    put_string(text, "(");
    left = translate(where, node->left, text);
    if (!left)
        *text = before;
    if (!left && node->op == WHERE_OR)
        return false;
    if (!left)
        return translate(where, node->right, text);
    before = *text;
    put_string(text, node->op == WHERE_AND ? " and " : " or ");
    right = translate(where, node->right, text);
    if (!right && node->op == WHERE_OR)
        return false;
    if (!right)
        *text = before;
    put_string(text, ")");
    return !text->full;
}

/* ---- What passes whatever the expression says --------------------------------------------- */

/* Where a packet ends inside what a word looks at, BPF sets it aside, though another word would
 * let it pass. So those too short for addresses and ports behind the longest link header (20 bytes)
 * pass before any word is asked. */
static const char too_short[] = "(ip and (len < 44 or (ip[0] & 15 > 5 and len < 84))) or "
                                "(ip6 and len < 64) or ";

/* What is not where the words look for it. libpcap's "ip6 proto 17" would find the protocol behind
 * a fragment header as well, and its "udp port" then takes that header for ports: so the number in
 * the header itself is asked. "vlan" is the last word, since libpcap looks for all that follows it
 * behind a tag. */
static const char elsewhere[] =
    " or (ip[6:2] & 0x3fff != 0)"
    " or ip[9] = 0 or ip[9] = 4 or ip[9] = 41 or ip[9] = 43 or ip[9] = 44 or ip[9] = 58"
    " or ip[9] = 60"
    " or (ip6 and ip6[6] != 6 and ip6[6] != 17 and ip6[6] != 58) or vlan";

/* Those who ask a protocol whose answers come from other ports. */
static void put_askers(struct text *text)
{
    const struct pfg_proto *proto;
    size_t i, k;

    for (i = 0; (proto = pfg_proto_at(i)) != NULL; i++) {
        const uint16_t *ports = proto->def->udp_ports;

        for (k = 0; k < sizeof proto->def->udp_ports / sizeof *ports; k++) {
            if (pfg_follow_opens(proto, ports[k]))
                put(text, " or udp port %u", ports[k], 0, 0, 0);
        }
    }
}

/* With an address come those who ask many at once, too. */
static bool write_filter(const struct capture_where *where, struct text *text)
{
    put_string(text, too_short);
    if (!translate(where, where->root, text))
        return false;
    if (text->hosts)
        put_string(text, " or ip multicast or ip[19] = 255 or ip6 multicast");
    put_askers(text);
    put_string(text, elsewhere);
    return !text->full;
}

bool capture_where_bpf(const struct capture_where *where, char *filter, size_t room)
{
    struct text text = { .at = filter, .room = room };

    if (write_filter(where, &text))
        return true;
    filter[0] = '\0';
    return false;
}
