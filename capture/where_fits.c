/* SPDX-License-Identifier: GPL-2.0-or-later */
/* where_fits.c - which operands, operators and masks go together. */
#include "capture/where_inside.h"

static bool is_number(const struct where_operand *operand)
{
    return operand->kind == WHERE_NUMBER || operand->kind == WHERE_SIGNED;
}

bool where_suits(struct where_parser *parser, const struct where_operand *operand, enum where_op op)
{
    if (operand->kind == WHERE_THERE) {
        where_wrong(parser, "this is there or not, and has no value to compare");
        return false;
    }
    if (is_number(operand) && (op == WHERE_CONTAINS || op == WHERE_MATCHES)) {
        where_wrong(parser, "this is a number, and the operator is for text and bytes");
        return false;
    }
    if (operand->refs.count > 0 || operand->own.kind != CAPTURE_OWN_NONE || op == WHERE_CONTAINS ||
        op == WHERE_MATCHES || operand->function != WHERE_VALUE || operand->slice_count > 0)
        return true;
    where_wrong(parser, "a protocol is there or not; it has no value to compare but its bytes: "
                        "\"contains\", \"matches\", a slice");
    return false;
}

/* Whether the operand is a number of ns, and not of what a field counts. */
static bool is_time(const struct where_operand *operand)
{
    return operand->own.kind == CAPTURE_OWN_RESPONSE_TIME && operand->function == WHERE_VALUE;
}

bool where_alike(const struct where_operand *left, const struct where_operand *right)
{
    const struct pfg_field *one = left->refs.refs[0].field, *other = right->refs.refs[0].field;
    bool addresses = left->kind == WHERE_NUMBER && left->function == WHERE_VALUE &&
                     right->function == WHERE_VALUE && one != NULL && other != NULL &&
                     (one->row->kind == PFG_IPV4 || other->row->kind == PFG_IPV4);

    if (left->kind == WHERE_THERE || right->kind == WHERE_THERE || is_time(left) != is_time(right))
        return false;
    if (is_number(left) || is_number(right))
        return left->kind == right->kind && (!addresses || one->row->kind == other->row->kind);
    return true;
}

bool where_can_be_masked(const struct where_operand *operand)
{
    uint64_t size = 0;
    uint32_t i;

    if (operand->function != WHERE_VALUE || is_time(operand))
        return false;
    for (i = 0; i < operand->slice_count; i++)
        size += operand->slices[i].to_end ? UINT32_MAX : operand->slices[i].length;
    return size == 0 ? is_number(operand) : size <= sizeof operand->mask;
}
