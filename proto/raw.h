/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * raw.h - inside proto/: integers of fields where they stand in bytes, before scale and sign.
 */
#ifndef PFG_PROTO_RAW_H
#define PFG_PROTO_RAW_H

#include "proto/cursor.h"

/* Whether rows of a kind stand on the wire as integers. */
static inline bool pfg_raw_is_integer(enum pfg_kind kind)
{
    return kind == PFG_UINT || kind == PFG_INT || kind == PFG_FLAGS || kind == PFG_TIME ||
           kind == PFG_CONST || kind == PFG_RESERVED || kind == PFG_LENGTH || kind == PFG_CHECKSUM;
}

/* Bytes that an integer field is read from: for a row of bits, its whole run. */
static inline uint32_t pfg_raw_width(const struct pfg_field *field)
{
    return field->row->bits ? field->bits_run : field->size;
}

/* Bytes from a field's place to that of the row behind it: 0 within a run of bits. */
static inline uint32_t pfg_raw_advance(const struct pfg_field *field)
{
    return field->bits_last ? field->bits_run : field->size;
}

/* The wire's value of an integer field, at its fixed offset from bytes. */
static inline uint64_t pfg_raw_get(const struct pfg_field *field, const uint8_t *bytes)
{
    if (field->row->bits)
        return pfg_get_be(bytes + field->offset, field->bits_run) >> field->bits_shift &
               field->bits_mask;
    return field->row->order == PFG_LITTLE ? pfg_get_le(bytes + field->offset, field->row->size)
                                           : pfg_get_be(bytes + field->offset, field->row->size);
}

/* Whether the condition .when or .by = "flags.bit" (or a row of one bit) holds for the field's
 * value. */
static inline bool pfg_raw_bit_set(const struct pfg_field *condition, uint64_t value)
{
    return (condition->bit ? value & condition->bit->mask : value) != 0;
}

/* Whether a test on a field at a fixed offset passes for a message. */
static inline bool pfg_raw_passes(const struct pfg_test *test, const uint8_t *message)
{
    return test->field && test->field->offset != UINT32_MAX &&
           pfg_test_passes(test, pfg_raw_get(test->field, message));
}

/* The bytes that a PFG_LENGTH of this raw value counts; -1 where no message can be so long. */
static inline int64_t pfg_raw_counted(const struct pfg_field *field, uint64_t raw)
{
    if (raw > (UINT64_C(1) << 40) / field->scale)
        return -1;
    return (int64_t)(raw * field->scale) + field->row->add;
}

#endif
