/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tree.c - a message's values to its tree. One walk over the list adds an item at the place of
 * each; containers become subtrees.
 */
#include "dissector/items.h"
#include "proto/render.h"

static struct pfg_ws_extent extent_of(const struct pfg_ws_message *message,
                                      const struct pfg_value *value)
{
    uint32_t end = tvb_captured_length(message->tvb);
    uint32_t start = MIN(value->offset, end);

    return (struct pfg_ws_extent){ (int)start, (int)MIN(value->size, end - start) };
}

static void add_range(struct pfg_ws_place at, const struct pfg_value *value,
                      const struct pfg_value *end);

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

static void add_container(struct pfg_ws_place at, const struct pfg_ws_item *item,
                          struct pfg_ws_extent e, const struct pfg_value *value)
{
    const struct pfg_field *field = value->field;
    tvbuff_t *tvb = at.message->tvb;
    struct pfg_ws_place inside = at;
    proto_item *shown;

    if (field->row->kind == PFG_ARRAY) {
        shown = proto_tree_add_none_format(at.tree, item->hf, tvb, e.start, e.length, "%s: %u",
                                           field->name, count_elements(value));
        if (value->u == 0 && field->by < 0) /* no heading over nothing; filters still find it */
            proto_item_set_hidden(shown);
    } else {
        const char *text = pfg_ws_wanted(at.tree, item->hf) ? summary(at.message, value) : "";

        shown = proto_tree_add_none_format(at.tree, item->hf, tvb, e.start, e.length, "%s%s%s",
                                           field->name, text[0] != '\0' ? ": " : "", text);
    }
    inside.tree = proto_item_add_subtree(shown, item->ett);
    add_range(inside, value + 1, value + 1 + value->u);
}

static bool is_container(const struct pfg_value *value)
{
    enum pfg_kind kind = value->field->row->kind;

    return value->field->bit == NULL && (kind == PFG_GROUP || kind == PFG_ARRAY);
}

/* Adds one value. Containers bring what is inside them. A reserved field that is 0, as it should
 * be, says nothing. */
static void add_value(struct pfg_ws_place at, const struct pfg_value *value)
{
    struct pfg_ws_extent e = extent_of(at.message, value);

    if (is_container(value))
        add_container(at, pfg_ws_item_of(value->field), e, value);
    else if (value->field->row->kind != PFG_RESERVED || value->u != 0)
        pfg_ws_add_leaf(at, value, e);
}

static void add_range(struct pfg_ws_place at, const struct pfg_value *value,
                      const struct pfg_value *end)
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
    struct pfg_ws_place at = { message, tree, first + MIN(count, PFG_WS_VALUES_MAX) };

    if (tree != NULL)
        add_range(at, first, first + count);
    if (count > PFG_WS_VALUES_MAX)
        pfg_ws_tell_limit(message, item, PFG_WS_VALUES_MAX, (int)count);
    add_problems(message, tree, item);
}
