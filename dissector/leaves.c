/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * leaves.c - single values to items. The companions (NAME_name, NAME_text) are hidden in the tree,
 * where the label tells the same, but stand in filters and in every export.
 */
#include "dissector/items.h"
#include "proto/fixed.h"
#include "proto/render.h"

#include <inttypes.h>

/* A value's text in the one buffer. */
static const char *plain(const struct pfg_ws_message *message, const struct pfg_value *value,
                         enum pfg_aspect aspect)
{
    struct pfg_out *out = pfg_ws_text();

    if (out == NULL)
        return "";
    pfg_value_plain(out, message->pdu, value, aspect);
    return pfg_ws_text_end();
}

bool pfg_ws_wanted(proto_tree *tree, int hf)
{
    return hf != -1 && proto_field_is_referenced(tree, hf);
}

void pfg_ws_tell_limit(const struct pfg_ws_message *message, proto_item *item, int shown, int count)
{
    expert_field expert = message->ws->problems[PFG_PROBLEM_TOO_MANY];

    expert_add_info_format(message->pinfo, item, &expert,
                           "only the first %d of %d values are shown", shown, count);
}

/* ---- Integers ---------------------------------------------------------------------------- */

static bool is_64bit(int hf)
{
    enum ftenum type = proto_registrar_get_ftype(hf);

    return type == FT_UINT64 || type == FT_INT64;
}

static proto_item *add_unsigned(struct pfg_ws_place at, int hf, struct pfg_ws_extent e, uint64_t u)
{
    tvbuff_t *tvb = at.message->tvb;

    if (is_64bit(hf))
        return proto_tree_add_uint64(at.tree, hf, tvb, e.start, e.length, u);
    return proto_tree_add_uint(at.tree, hf, tvb, e.start, e.length, (uint32_t)u);
}

static proto_item *add_signed(struct pfg_ws_place at, int hf, struct pfg_ws_extent e, int64_t i)
{
    tvbuff_t *tvb = at.message->tvb;

    if (is_64bit(hf))
        return proto_tree_add_int64(at.tree, hf, tvb, e.start, e.length, i);
    return proto_tree_add_int(at.tree, hf, tvb, e.start, e.length, (int32_t)i);
}

/* A time: the number, with the date in its label. */
static proto_item *add_time(struct pfg_ws_place at, int hf, struct pfg_ws_extent e,
                            const struct pfg_value *value)
{
    struct pfg_out *out = pfg_ws_wanted(at.tree, hf) ? pfg_ws_text() : NULL;

    if (out != NULL)
        pfg_value_label(out, at.message->pdu, value);
    return proto_tree_add_uint64_format_value(at.tree, hf, at.message->tvb, e.start, e.length,
                                              value->u, "%s", out != NULL ? pfg_ws_text_end() : "");
}

/* A time that is shown as a date everywhere; 0, not given, is 1970. */
static void add_date(struct pfg_ws_place at, int hf, struct pfg_ws_extent e,
                     const struct pfg_value *value)
{
    nstime_t time = NSTIME_INIT_ZERO;
    uint64_t ns;
    bool known = pfg_time_ns(value->field, value->u, &ns);
    proto_item *shown;

    if (known) {
        time.secs = (time_t)(ns / 1000000000);
        time.nsecs = (int)(ns % 1000000000);
    }
    shown = proto_tree_add_time(at.tree, hf, at.message->tvb, e.start, e.length, &time);
    if (!known && value->u != 0)
        proto_item_append_text(shown, " (%" PRIu64 " has no date)", value->u);
}

/* Fixed point: Wireshark has the double, the label all decimals. */
static void add_fixed(struct pfg_ws_place at, int hf, struct pfg_ws_extent e,
                      const struct pfg_value *value)
{
    const struct pfg_row *row = value->field->row;
    double number = pfg_fixed_double(value->u, row->kind == PFG_INT, row->fraction_bits);

    proto_tree_add_double_format_value(at.tree, hf, at.message->tvb, e.start, e.length, number,
                                       "%s", plain(at.message, value, PFG_ASPECT_VALUE));
}

static void add_name(struct pfg_ws_place at, const struct pfg_field *field, struct pfg_ws_extent e,
                     uint64_t u)
{
    int hf = pfg_ws_item_of(field)->hf_name;
    const char *name = hf != -1 ? pfg_value_name(field, u) : NULL;

    if (name == NULL)
        return;
    proto_item_set_hidden(
        proto_tree_add_string(at.tree, hf, at.message->tvb, e.start, e.length, name));
}

/* The named bits of a flags value. Where they are drawn, Wireshark shifts and masks for itself. */
static void add_bits(struct pfg_ws_place at, const struct pfg_value *value, struct pfg_ws_extent e)
{
    const struct pfg_table *bits = &value->field->inside;

    for (uint32_t i = 0; i < bits->count; i++) {
        const struct pfg_field *bit = &bits->fields[i];
        uint64_t u = value->u >> bit->bits_shift & bit->bits_mask;
        uint64_t given = pfg_ws_bits_drawn(bit) ? value->u : u;
        int hf = pfg_ws_item_of(bit)->hf;

        if (bit->boolean) {
            proto_tree_add_boolean(at.tree, hf, at.message->tvb, e.start, e.length,
                                   (uint32_t)given);
        } else {
            add_unsigned(at, hf, e, given);
            add_name(at, bit, e, u);
        }
    }
}

static void add_flags(struct pfg_ws_place at, const struct pfg_ws_item *item,
                      struct pfg_ws_extent e, const struct pfg_value *value)
{
    proto_item *shown = add_unsigned(at, item->hf, e, value->u);
    struct pfg_ws_place inside = { at.message, proto_item_add_subtree(shown, item->ett), at.limit };

    add_name(at, value->field, e, value->u);
    add_bits(inside, value, e);
}

static void add_integer(struct pfg_ws_place at, const struct pfg_ws_item *item,
                        struct pfg_ws_extent e, const struct pfg_value *value)
{
    proto_item *shown = value->field->row->kind == PFG_INT
                            ? add_signed(at, item->hf, e, (int64_t)value->u)
                            : add_unsigned(at, item->hf, e, value->u);

    if (value->field->row->kind == PFG_DERIVED)
        proto_item_set_generated(shown);
    /* Wireshark's tables of names have none for all other values. */
    if (value->field->row->other != NULL && pfg_name_find(value->field->names, value->u) == NULL)
        proto_item_append_text(shown, " (%s)", value->field->row->other);
    add_name(at, value->field, e, value->u);
}

static void add_boolean(struct pfg_ws_place at, const struct pfg_ws_item *item,
                        struct pfg_ws_extent e, const struct pfg_value *value)
{
    proto_item *shown = proto_tree_add_boolean(at.tree, item->hf, at.message->tvb, e.start,
                                               e.length, value->u != 0);

    if (value->field->row->kind == PFG_DERIVED)
        proto_item_set_generated(shown);
}

/* ---- Addresses, bytes, text -------------------------------------------------------------- */

static void add_address(struct pfg_ws_place at, const struct pfg_ws_item *item,
                        struct pfg_ws_extent e, const struct pfg_value *value)
{
    const uint8_t *bytes = pfg_value_bytes(at.message->pdu, value);
    tvbuff_t *tvb = at.message->tvb;
    ws_in6_addr ip6;

    switch (value->field->row->kind) {
    case PFG_IPV4:
        proto_tree_add_ipv4(at.tree, item->hf, tvb, e.start, e.length, g_htonl((uint32_t)value->u));
        break;
    case PFG_IPV6:
        memcpy(&ip6, bytes, sizeof ip6);
        proto_tree_add_ipv6(at.tree, item->hf, tvb, e.start, e.length, &ip6);
        break;
    default:
        proto_tree_add_ether(at.tree, item->hf, tvb, e.start, e.length, bytes);
        break;
    }
}

static void add_bytes(struct pfg_ws_place at, const struct pfg_ws_item *item,
                      struct pfg_ws_extent e, const struct pfg_value *value)
{
    const uint8_t *bytes = pfg_value_bytes(at.message->pdu, value);

    proto_tree_add_bytes_with_length(at.tree, item->hf, at.message->tvb, e.start, e.length, bytes,
                                     (int)value->size);
    if (!pfg_ws_wanted(at.tree, item->hf_text) || !pfg_utf8_valid(bytes, value->size))
        return;
    proto_item_set_hidden(proto_tree_add_string(at.tree, item->hf_text, at.message->tvb, e.start,
                                                e.length,
                                                plain(at.message, value, PFG_ASPECT_TEXT)));
}

static void add_text(struct pfg_ws_place at, const struct pfg_ws_item *item, struct pfg_ws_extent e,
                     const struct pfg_value *value)
{
    if (pfg_ws_wanted(at.tree, item->hf))
        proto_tree_add_string(at.tree, item->hf, at.message->tvb, e.start, e.length,
                              plain(at.message, value, PFG_ASPECT_VALUE));
}

/* One item for each packed value, each over the bytes of them all. */
struct packed {
    struct pfg_ws_place at;
    int hf;
    struct pfg_ws_extent e;
    int count;
    proto_item *last;
};

static void add_packed_one(void *user, const char *text, size_t size)
{
    struct packed *packed = user;
    struct pfg_out *out = packed->count++ < PFG_WS_PACKED_MAX ? pfg_ws_text() : NULL;

    if (out == NULL)
        return;
    pfg_out_bytes(out, text, size);
    packed->last = proto_tree_add_string(packed->at.tree, packed->hf, packed->at.message->tvb,
                                         packed->e.start, packed->e.length, pfg_ws_text_end());
}

static void add_packed(struct pfg_ws_place at, const struct pfg_ws_item *item,
                       struct pfg_ws_extent e, const struct pfg_value *value)
{
    struct packed packed = { at, item->hf, e, 0, NULL };

    if (!pfg_ws_wanted(at.tree, item->hf))
        return;
    /* Values that do not fit their format are shown as bytes, in one item. */
    if (pfg_packed_each(at.message->pdu, value, add_packed_one, &packed) < 0)
        add_text(at, item, e, value);
    if (packed.count > PFG_WS_PACKED_MAX)
        pfg_ws_tell_limit(at.message, packed.last, PFG_WS_PACKED_MAX, packed.count);
}

void pfg_ws_add_leaf(struct pfg_ws_place at, const struct pfg_value *value, struct pfg_ws_extent e)
{
    const struct pfg_ws_item *item = pfg_ws_item_of(value->field);

    if (value->field->row->display == PFG_DATE) {
        add_date(at, item->hf, e, value);
        return;
    }
    if (value->field->row->fraction_bits > 0) {
        add_fixed(at, item->hf, e, value);
        return;
    }
    if (value->field->boolean) {
        add_boolean(at, item, e, value);
        return;
    }
    switch (value->field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        add_integer(at, item, e, value);
        break;
    case PFG_FLAGS:
        add_flags(at, item, e, value);
        break;
    case PFG_TIME:
        add_time(at, item->hf, e, value);
        break;
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        add_address(at, item, e, value);
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_MAGIC:
        add_bytes(at, item, e, value);
        break;
    case PFG_STRING:
    case PFG_NAME:
    case PFG_RDATA:
        add_text(at, item, e, value);
        break;
    case PFG_PACKED:
        add_packed(at, item, e, value);
        break;
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_END:
    case PFG_BODY:
    case PFG_KIND_COUNT:
        break;
    }
}
