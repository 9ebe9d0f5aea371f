/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * where_bpf.c - what of an expression can be answered from fixed offsets becomes a capture filter,
 * so that the kernel sets aside what cannot pass. Packets whose layers do not stand at fixed
 * offsets (fragments, VLAN tags, tunnels, extension headers) pass it, and the expression decides.
 */
#include <stdio.h>
#include <string.h>

#include "capture/where.h"
#include "proto/layers.h"

/* Text being put together; full: it did not fit. */
struct text {
    char *at;
    size_t room;
    bool full;
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
    { PFG_LAYER_ARP, "arp" },   { PFG_LAYER_IP, "ip" },       { PFG_LAYER_IP6, "ip6" },
    { PFG_LAYER_ICMP, "icmp" }, { PFG_LAYER_ICMP6, "icmp6" }, { PFG_LAYER_TCP, "tcp" },
    { PFG_LAYER_UDP, "udp" },
};

static const struct {
    enum pfg_layer_field_id field;
    const char *word;
    bool address;
} field_words[] = {
    { PFG_IP_SRC, "ip src host", true },        { PFG_IP_DST, "ip dst host", true },
    { PFG_UDP_SRCPORT, "udp src port", false }, { PFG_UDP_DSTPORT, "udp dst port", false },
    { PFG_TCP_SRCPORT, "tcp src port", false }, { PFG_TCP_DSTPORT, "tcp dst port", false },
    { PFG_ETH_TYPE, "ether proto", false },
};

static const char *layer_word(const struct pfg_proto *proto)
{
    size_t i;

    for (i = 0; i < sizeof layer_words / sizeof layer_words[0]; i++) {
        if (pfg_layer(layer_words[i].layer) == proto)
            return layer_words[i].word;
    }
    return NULL;
}

static bool put_value(struct text *text, const char *word, bool address, uint64_t value)
{
    put_string(text, word);
    if (address)
        put(text, " %u.%u.%u.%u", (unsigned)(value >> 24 & 255), (unsigned)(value >> 16 & 255),
            (unsigned)(value >> 8 & 255), (unsigned)(value & 255));
    else
        put(text, " %u", (unsigned)value, 0, 0, 0);
    return !text->full;
}

/* A test on a field that has a word of its own. */
static bool field_test(const struct where_node *node, struct text *text)
{
    size_t i;
    uint32_t k;

    for (i = 0; i < sizeof field_words / sizeof field_words[0]; i++) {
        if (pfg_layer_field(field_words[i].field)->id == node->ref.field->id)
            break;
    }
    if (i == sizeof field_words / sizeof field_words[0] || node->ref.aspect != PFG_ASPECT_VALUE ||
        (node->op != WHERE_EQ && node->op != WHERE_IN))
        return false;
    put_string(text, "(");
    for (k = 0; k < node->constant_count; k++) {
        const struct where_constant *constant = &node->constants[k];

        if (constant->prefix != 0 || constant->low != constant->high)
            return false;
        if (k > 0)
            put_string(text, " or ");
        if (!put_value(text, field_words[i].word, field_words[i].address, constant->low))
            return false;
    }
    put_string(text, ")");
    return node->constant_count > 0 && !text->full;
}

/* Any other test on a protocol: at least the layer must be there, or, for messages, what may carry
 * them. A test that passes without the field (not) never comes here. */
static bool layer_test(const struct where_node *node, struct text *text)
{
    const char *word = layer_word(node->proto);

    if (word == NULL && node->proto->def->network)
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

    if (node->op == WHERE_NOT)
        return false;
    if (node->op != WHERE_AND && node->op != WHERE_OR) {
        if (node->ref.field != NULL && field_test(node, text))
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

bool capture_where_bpf(const struct capture_where *where, char *filter, size_t room)
{
    struct text text = { .at = filter, .room = room };

    if (!translate(where, where->root, &text))
        return false;
    put_string(&text,
               " or (ip[6:2] & 0x3fff != 0) or ip proto 4 or ip proto 41 or "
               "(ip6 and not ip6 proto 6 and not ip6 proto 17 and not ip6 proto 58) or vlan");
    return !text.full;
}
