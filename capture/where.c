/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where.c - an expression answered from a packet's values. */
#include "capture/where.h"

#include <stdlib.h>
#include <string.h>

#include "proto/layers.h"

void capture_where_free(struct capture_where *where)
{
    int32_t i;
    uint32_t k;

    if (where == NULL)
        return;
    for (i = 0; i < where->count; i++) {
        struct where_node *node = &where->nodes[i];

        for (k = 0; k < node->constant_count; k++) {
            free(node->constants[k].low_bytes);
            free(node->constants[k].high_bytes);
        }
        free(node->constants);
        free(node->other);
        where_regex_free(node->regex);
    }
    for (i = 0; i < WHERE_SCRATCH_COUNT; i++) {
        if (where->scratch[i].start != NULL)
            pfg_out_free(&where->scratch[i]);
    }
    free(where->nodes);
    free(where);
}

/* ---- One value ---------------------------------------------------------------------------- */

/* Less than 0, 0, more than 0. */
static int compare_numbers(const struct where_node *node, uint64_t value, uint64_t constant)
{
    if (node->operand.kind == WHERE_SIGNED)
        return ((int64_t)value > (int64_t)constant) - ((int64_t)value < (int64_t)constant);
    return (value > constant) - (value < constant);
}

static int compare_bytes(const uint8_t *value, uint32_t size, const uint8_t *constant,
                         uint32_t constant_size)
{
    uint32_t least = size < constant_size ? size : constant_size;
    int order = least == 0 ? 0 : memcmp(value, constant, least);

    return order != 0 ? order : (size > constant_size) - (size < constant_size);
}

/* Whether the first bits of two addresses are the same. */
static bool same_prefix(const uint8_t *value, const uint8_t *constant, unsigned bits)
{
    unsigned whole = bits / 8, rest = bits % 8;

    if (memcmp(value, constant, whole) != 0)
        return false;
    return rest == 0 || ((value[whole] ^ constant[whole]) >> (8 - rest)) == 0;
}

bool capture_where_is_backwards(enum where_kind kind, const struct where_constant *range)
{
    if (range->low_bytes != NULL)
        return compare_bytes(range->low_bytes, range->low_size, range->high_bytes,
                             range->high_size) > 0;
    return kind == WHERE_SIGNED ? (int64_t)range->low > (int64_t)range->high
                                : range->low > range->high;
}

static bool answers(enum where_op op, int order)
{
    switch (op) {
    case WHERE_EQ:
        return order == 0;
    case WHERE_NE:
        return order != 0;
    case WHERE_GT:
        return order > 0;
    case WHERE_LT:
        return order < 0;
    case WHERE_GE:
        return order >= 0;
    case WHERE_LE:
        return order <= 0;
    case WHERE_AND:
    case WHERE_OR:
    case WHERE_XOR:
    case WHERE_NOT:
    case WHERE_EXISTS:
    case WHERE_SET:
    case WHERE_CONTAINS:
    case WHERE_MATCHES:
    case WHERE_IN:
        break;
    }
    return false;
}

static bool number_passes(const struct where_node *node, uint64_t value)
{
    const struct where_constant *constant = node->constants;
    uint32_t i;

    if (constant->prefix != 0 && node->op != WHERE_IN) {
        uint64_t mask = UINT32_MAX << (32 - constant->prefix);

        return answers(node->op, compare_numbers(node, value & mask, constant->low & mask));
    }
    if (node->op != WHERE_IN)
        return answers(node->op, compare_numbers(node, value, constant->low));
    for (i = 0; i < node->constant_count; i++) {
        uint64_t mask = UINT64_MAX;

        constant = &node->constants[i];
        if (constant->prefix != 0)
            mask = UINT32_MAX << (32 - constant->prefix);
        if (compare_numbers(node, value & mask, constant->low & mask) >= 0 &&
            compare_numbers(node, value & mask, constant->high & mask) <= 0)
            return true;
    }
    return false;
}

static bool in_bytes(const struct where_node *node, const uint8_t *value, uint32_t size)
{
    uint32_t i;

    for (i = 0; i < node->constant_count; i++) {
        const struct where_constant *constant = &node->constants[i];
        const uint8_t *high =
            constant->high_bytes != NULL ? constant->high_bytes : constant->low_bytes;
        uint32_t high_size =
            constant->high_bytes != NULL ? constant->high_size : constant->low_size;

        if (constant->prefix != 0 && size == 16) {
            if (same_prefix(value, constant->low_bytes, constant->prefix))
                return true;
        } else if (compare_bytes(value, size, constant->low_bytes, constant->low_size) >= 0 &&
                   compare_bytes(value, size, high, high_size) <= 0) {
            return true;
        }
    }
    return false;
}

static bool bytes_pass(struct capture_where *where, const struct where_node *node,
                       const uint8_t *value, uint32_t size)
{
    const struct where_constant *constant = node->constants;

    if (node->op == WHERE_MATCHES)
        return where_regex_matches(node->regex, value, size, &where->given_up);
    if (node->op == WHERE_CONTAINS)
        return constant->low_size == 0 ||
               (size > 0 && memmem(value, size, constant->low_bytes, constant->low_size) != NULL);
    if (node->op == WHERE_IN)
        return in_bytes(node, value, size);
    if (constant->prefix != 0 && size == 16 && (node->op == WHERE_EQ || node->op == WHERE_NE))
        return same_prefix(value, constant->low_bytes, constant->prefix) == (node->op == WHERE_EQ);
    return answers(node->op, compare_bytes(value, size, constant->low_bytes, constant->low_size));
}

static bool is_number(enum where_kind kind)
{
    return kind == WHERE_NUMBER || kind == WHERE_SIGNED;
}

/* Whether a value passes the constants. */
static bool item_passes(struct capture_where *where, const struct where_node *node,
                        const struct where_item *item)
{
    if (node->op == WHERE_EXISTS)
        return true;
    if (node->op == WHERE_SET)
        return item->u != 0;
    if (is_number(node->operand.kind))
        return number_passes(node, item->u);
    return bytes_pass(where, node, item->bytes, item->size);
}

static bool pair_passes(const struct where_node *node, const struct where_item *left,
                        const struct where_item *right)
{
    if (is_number(node->operand.kind))
        return answers(node->op, compare_numbers(node, left->u, right->u));
    if (node->op == WHERE_CONTAINS)
        return right->size == 0 || (left->size > 0 && memmem(left->bytes, left->size, right->bytes,
                                                             right->size) != NULL);
    return answers(node->op, compare_bytes(left->bytes, left->size, right->bytes, right->size));
}

/* ---- A test ------------------------------------------------------------------------------- */

/* Whether a value passes beside any, or all, of another operand's. */
static bool others_pass(struct capture_where *where, const struct where_node *node,
                        const struct where_packet *packet, const struct where_item *left)
{
    struct where_cursor cursor = { 0 };
    struct where_item right;
    bool there = false;

    while (capture_where_next(node->other, packet, &where->scratch[WHERE_RIGHT], &cursor, &right)) {
        there = true;
        if (pair_passes(node, left, &right) != node->all)
            return !node->all;
    }
    return there && node->all;
}

static bool test_passes(struct capture_where *where, const struct where_node *node,
                        const struct where_packet *packet)
{
    struct where_cursor cursor = { 0 };
    struct where_item item = { 0 };
    bool there = false;

    while (
        capture_where_next(&node->operand, packet, &where->scratch[WHERE_LEFT], &cursor, &item)) {
        bool passes = node->other != NULL ? others_pass(where, node, packet, &item)
                                          : item_passes(where, node, &item);

        there = true;
        if (passes != node->all)
            return !node->all;
    }
    return there && node->all;
}

/* ---- The expression ----------------------------------------------------------------------- */

static bool node_passes(struct capture_where *where, int32_t place,
                        const struct where_packet *packet)
{
    const struct where_node *node = &where->nodes[place];

    if (node->op == WHERE_NOT)
        return !node_passes(where, node->left, packet);
    if (node->op == WHERE_AND)
        return node_passes(where, node->left, packet) && node_passes(where, node->right, packet);
    if (node->op == WHERE_OR)
        return node_passes(where, node->left, packet) || node_passes(where, node->right, packet);
    if (node->op == WHERE_XOR)
        return node_passes(where, node->left, packet) != node_passes(where, node->right, packet);
    return test_passes(where, node, packet);
}

static uint32_t layer_of(const struct where_operand *operand)
{
    return operand == NULL || operand->proto == NULL ? 0 : pfg_layer_bit(operand->proto);
}

uint32_t capture_where_layers(const struct capture_where *where)
{
    uint32_t layers = 0;
    int32_t i;

    for (i = 0; i < where->count; i++)
        layers |= layer_of(&where->nodes[i].operand) | layer_of(where->nodes[i].other);
    return layers;
}

static bool pairs(const struct where_operand *operand)
{
    return operand != NULL && capture_own_pairs(&operand->own);
}

bool capture_where_pairs(const struct capture_where *where)
{
    int32_t i;

    for (i = 0; i < where->count; i++) {
        if (pairs(&where->nodes[i].operand) || pairs(where->nodes[i].other))
            return true;
    }
    return false;
}

bool capture_where_passes(struct capture_where *where, const struct where_packet *packet)
{
    return node_passes(where, where->root, packet);
}
