/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - values to items. One walk over a message's list of values adds an item at the place of
 * each; containers become subtrees. The companions (NAME_name, NAME_text) are hidden in the tree,
 * where the label tells the same, but stand in filters and in every export.
 */
#include "dissector/plugin.h"
#include "proto/render.h"

/* Wireshark gives up a packet of a million items, of which a value may take several (its name, its
 * bits). So no more than so many values of a message, and packed ones of a field, are shown. */
enum { VALUES_MAX = 100000, PACKED_MAX = 100000 };

/* Where items go: the message, and the subtree at hand. */
struct place {
    const struct pfg_ws_message *message;
    proto_tree *tree;
    const struct pfg_value *limit; /* values from here on are not shown */
};

/* A value's extent in the tvb; what lies outside (nothing should) is cut. */
struct extent {
    int start, length;
};

static struct extent extent_of(const struct pfg_ws_message *message, const struct pfg_value *value)
{
    uint32_t end = tvb_captured_length(message->tvb);
    uint32_t start = MIN(value->offset, end);

    return (struct extent){ (int)start, (int)MIN(value->size, end - start) };
}

/* Whether an item would be seen or asked for; otherwise its text need not be made. */
static bool wanted(proto_tree *tree, int hf)
{
    return hf != -1 && proto_field_is_referenced(tree, hf);
}

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

/* Says that not all values are shown. */
static void tell_limit(const struct pfg_ws_message *message, proto_item *item, int shown, int count)
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

static proto_item *add_unsigned(struct place at, int hf, struct extent e, uint64_t u)
{
    tvbuff_t *tvb = at.message->tvb;

    if (is_64bit(hf))
        return proto_tree_add_uint64(at.tree, hf, tvb, e.start, e.length, u);
    return proto_tree_add_uint(at.tree, hf, tvb, e.start, e.length, (uint32_t)u);
}

static proto_item *add_signed(struct place at, int hf, struct extent e, int64_t i)
{
    tvbuff_t *tvb = at.message->tvb;

    if (is_64bit(hf))
        return proto_tree_add_int64(at.tree, hf, tvb, e.start, e.length, i);
    return proto_tree_add_int(at.tree, hf, tvb, e.start, e.length, (int32_t)i);
}

/* A time: the number, with the date in its label. */
static proto_item *add_time(struct place at, int hf, struct extent e, const struct pfg_value *value)
{
    struct pfg_out *out = wanted(at.tree, hf) ? pfg_ws_text() : NULL;

    if (out != NULL)
        pfg_value_label(out, at.message->pdu, value);
    return proto_tree_add_uint64_format_value(at.tree, hf, at.message->tvb, e.start, e.length,
                                              value->u, "%s", out != NULL ? pfg_ws_text_end() : "");
}

/* A time that is shown as a date everywhere; 0, not given, is 1970. */
static void add_date(struct place at, int hf, struct extent e, const struct pfg_value *value)
{
    nstime_t time = NSTIME_INIT_ZERO;
    uint64_t ns;

    if (pfg_time_ns(value->field, value->u, &ns)) {
        time.secs = (time_t)(ns / 1000000000);
        time.nsecs = (int)(ns % 1000000000);
    }
    proto_tree_add_time(at.tree, hf, at.message->tvb, e.start, e.length, &time);
}

static void add_name(struct place at, const struct pfg_field *field, struct extent e, uint64_t u)
{
    int hf = pfg_ws_item_of(field)->hf_name;
    const char *name = hf != -1 ? pfg_value_name(field, u) : NULL;

    if (name == NULL)
        return;
    proto_item_set_hidden(
        proto_tree_add_string(at.tree, hf, at.message->tvb, e.start, e.length, name));
}

/* The named bits of a flags value. Where they are drawn, Wireshark shifts and masks for itself. */
static void add_bits(struct place at, const struct pfg_value *value, struct extent e)
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

static void add_flags(struct place at, const struct pfg_ws_item *item, struct extent e,
                      const struct pfg_value *value)
{
    proto_item *shown = add_unsigned(at, item->hf, e, value->u);
    struct place inside = { at.message, proto_item_add_subtree(shown, item->ett), at.limit };

    add_name(at, value->field, e, value->u);
    add_bits(inside, value, e);
}

static void add_integer(struct place at, const struct pfg_ws_item *item, struct extent e,
                        const struct pfg_value *value)
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

static void add_boolean(struct place at, const struct pfg_ws_item *item, struct extent e,
                        const struct pfg_value *value)
{
    proto_item *shown = proto_tree_add_boolean(at.tree, item->hf, at.message->tvb, e.start,
                                               e.length, value->u != 0);

    if (value->field->row->kind == PFG_DERIVED)
        proto_item_set_generated(shown);
}

/* ---- Addresses, bytes, text -------------------------------------------------------------- */

static void add_address(struct place at, const struct pfg_ws_item *item, struct extent e,
                        const struct pfg_value *value)
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

static void add_bytes(struct place at, const struct pfg_ws_item *item, struct extent e,
                      const struct pfg_value *value)
{
    const uint8_t *bytes = pfg_value_bytes(at.message->pdu, value);

    proto_tree_add_bytes_with_length(at.tree, item->hf, at.message->tvb, e.start, e.length, bytes,
                                     (int)value->size);
    if (!wanted(at.tree, item->hf_text) || !pfg_utf8_valid(bytes, value->size))
        return;
    proto_item_set_hidden(proto_tree_add_string(at.tree, item->hf_text, at.message->tvb, e.start,
                                                e.length,
                                                plain(at.message, value, PFG_ASPECT_TEXT)));
}

static void add_text(struct place at, const struct pfg_ws_item *item, struct extent e,
                     const struct pfg_value *value)
{
    if (wanted(at.tree, item->hf))
        proto_tree_add_string(at.tree, item->hf, at.message->tvb, e.start, e.length,
                              plain(at.message, value, PFG_ASPECT_VALUE));
}

/* One item for each packed value, each over the bytes of them all. */
struct packed {
    struct place at;
    int hf;
    struct extent e;
    int count;
    proto_item *last;
};

static void add_packed_one(void *user, const char *text, size_t size)
{
    struct packed *packed = user;
    struct pfg_out *out = packed->count++ < PACKED_MAX ? pfg_ws_text() : NULL;

    if (out == NULL)
        return;
    pfg_out_bytes(out, text, size);
    packed->last = proto_tree_add_string(packed->at.tree, packed->hf, packed->at.message->tvb,
                                         packed->e.start, packed->e.length, pfg_ws_text_end());
}

static void add_packed(struct place at, const struct pfg_ws_item *item, struct extent e,
                       const struct pfg_value *value)
{
    struct packed packed = { at, item->hf, e, 0, NULL };

    if (!wanted(at.tree, item->hf))
        return;
    /* Values that do not fit their format are shown as bytes, in one item. */
    if (pfg_packed_each(at.message->pdu, value, add_packed_one, &packed) < 0)
        add_text(at, item, e, value);
    if (packed.count > PACKED_MAX)
        tell_limit(at.message, packed.last, PACKED_MAX, packed.count);
}

/* ---- Containers -------------------------------------------------------------------------- */

static void add_range(struct place at, const struct pfg_value *value, const struct pfg_value *end);

/* What a group holds, shortly: the values of its rows that stand bare in the one-line form. */
static const char *summary(const struct pfg_ws_message *message, const struct pfg_value *group)
{
    const struct pfg_value *value = group + 1, *end = value + group->u;
    struct pfg_out *out = pfg_ws_text();

    for (; out != NULL && value < end; value++) {
        if (!value->field->row->bare || value->field->parent != group->field)
            continue;
        if (out->at > out->start)
            pfg_out_char(out, ' ');
        pfg_value_plain(out, message->pdu, value,
                        pfg_field_has_name(value->field) &&
                                pfg_value_name(value->field, value->u) != NULL
                            ? PFG_ASPECT_NAME
                            : PFG_ASPECT_VALUE);
    }
    return pfg_ws_text_end();
}

/* The number of elements among the values inside an array. */
static unsigned count_elements(const struct pfg_value *array)
{
    const struct pfg_value *value = array + 1, *end = value + array->u;
    unsigned count = 0;

    for (; value < end; value += 1 + value->u)
        count++;
    return count;
}

static void add_container(struct place at, const struct pfg_ws_item *item, struct extent e,
                          const struct pfg_value *value)
{
    const struct pfg_field *field = value->field;
    tvbuff_t *tvb = at.message->tvb;
    struct place inside = at;
    proto_item *shown;

    if (field->row->kind == PFG_ARRAY) {
        shown = proto_tree_add_none_format(at.tree, item->hf, tvb, e.start, e.length, "%s: %u",
                                           field->name, count_elements(value));
    } else {
        const char *text = wanted(at.tree, item->hf) ? summary(at.message, value) : "";

        shown = proto_tree_add_none_format(at.tree, item->hf, tvb, e.start, e.length, "%s%s%s",
                                           field->name, text[0] != '\0' ? ": " : "", text);
    }
    inside.tree = proto_item_add_subtree(shown, item->ett);
    add_range(inside, value + 1, value + 1 + value->u);
}

/* Adds one value. Containers bring what is inside them. A reserved field that is 0, as it should
 * be, says nothing. */
static void add_value(struct place at, const struct pfg_value *value)
{
    const struct pfg_ws_item *item = pfg_ws_item_of(value->field);
    struct extent e = extent_of(at.message, value);

    if (value->field->row->kind == PFG_RESERVED && value->u == 0)
        return;
    if (value->field->row->display == PFG_DATE) {
        add_date(at, item->hf, e, value);
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
        add_container(at, item, e, value);
        break;
    case PFG_END:
    case PFG_BODY:
    case PFG_KIND_COUNT:
        break;
    }
}

static bool is_container(const struct pfg_value *value)
{
    enum pfg_kind kind = value->field->row->kind;

    return value->field->bit == NULL && (kind == PFG_GROUP || kind == PFG_ARRAY);
}

static void add_range(struct place at, const struct pfg_value *value, const struct pfg_value *end)
{
    while (value < end && value < at.limit) {
        add_value(at, value);
        value += is_container(value) ? 1 + value->u : 1;
    }
}

/* ---- The message ------------------------------------------------------------------------- */

static void add_problems(const struct pfg_ws_message *message, proto_tree *tree, proto_item *item)
{
    const struct pfg_ws_proto *ws = message->ws;

    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        expert_field expert = ws->problems[i];

        if ((message->pdu->problems & 1u << i) == 0)
            continue;
        proto_item_set_generated(proto_tree_add_string(tree, ws->hf_problems, message->tvb, 0, 0,
                                                       pfg_problem_name((enum pfg_problem)i)));
        expert_add_info(message->pinfo, item, &expert);
    }
}

void pfg_ws_add_values(const struct pfg_ws_message *message, proto_tree *tree, proto_item *item)
{
    const struct pfg_value *first = message->decode->values + message->pdu->first;
    uint32_t count = message->pdu->count;
    struct place at = { message, tree, first + MIN(count, VALUES_MAX) };

    if (tree != NULL)
        add_range(at, first, first + count);
    if (count > VALUES_MAX)
        tell_limit(message, item, VALUES_MAX, (int)count);
    add_problems(message, tree, item);
}
