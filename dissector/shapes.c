/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shapes.c - the type, the display and the names of values that Wireshark has for a row. */
#include "dissector/plugin.h"

static enum ftenum uint_type(unsigned bytes)
{
    static const enum ftenum types[] = { FT_UINT32, FT_UINT8, FT_UINT16, FT_UINT24, FT_UINT32 };

    return bytes < array_length(types) ? types[bytes] : FT_UINT64;
}

static enum ftenum int_type(unsigned bytes)
{
    static const enum ftenum types[] = { FT_INT32, FT_INT8, FT_INT16, FT_INT24, FT_INT32 };

    return bytes < array_length(types) ? types[bytes] : FT_INT64;
}

/* Bytes that hold a field's value as it is shown. */
static unsigned value_bytes(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    if (row->scale > 1 || row->add != 0) /* more than the bytes on the wire hold */
        return 8;
    return row->bits > 0 ? (row->bits + 7u) / 8u : row->size;
}

static const void *true_false(const struct pfg_names *names)
{
    const struct pfg_name *yes = pfg_name_find(names, 1), *no = pfg_name_find(names, 0);
    true_false_string *strings;

    if (yes == NULL || no == NULL)
        return NULL;
    strings = wmem_new(wmem_epan_scope(), true_false_string);
    strings->true_string = yes->name;
    strings->false_string = no->name;
    return strings;
}

static const void *wide_names(const struct pfg_names *names)
{
    val64_string *strings = wmem_alloc0_array(wmem_epan_scope(), val64_string, names->count + 1);

    for (uint32_t i = 0; i < names->count; i++) {
        strings[i].value = names->rows[i].value;
        strings[i].strptr = names->rows[i].name;
    }
    return strings;
}

static const void *narrow_names(const struct pfg_names *names)
{
    value_string *strings = wmem_alloc0_array(wmem_epan_scope(), value_string, names->count + 1);

    for (uint32_t i = 0; i < names->count; i++) {
        strings[i].value = (uint32_t)names->rows[i].value;
        strings[i].strptr = names->rows[i].name;
    }
    return strings;
}

/* Gives an integer's shape the names of its values; a value without name is shown as it is. */
static void shape_names(struct pfg_ws_shape *shape, const struct pfg_names *names)
{
    if (names == NULL || names->count == 0)
        return;
    shape->display |= BASE_SPECIAL_VALS;
    if (shape->type == FT_UINT64 || shape->type == FT_INT64) {
        shape->display |= BASE_VAL64_STRING;
        shape->strings = wide_names(names);
    } else {
        shape->strings = narrow_names(names);
    }
}

static struct pfg_ws_shape integer_shape(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    bool hex = row->display == PFG_HEX || row->kind == PFG_FLAGS || row->kind == PFG_CHECKSUM;
    struct pfg_ws_shape shape = { uint_type(value_bytes(field)), hex ? BASE_HEX : BASE_DEC, NULL,
                                  0 };

    if (row->kind == PFG_INT) {
        shape.type = int_type(value_bytes(field));
        shape.display = BASE_DEC;
    }
    shape_names(&shape, field->names);
    return shape;
}

/* Wireshark 4.0 takes booleans of flags up to 32 bits. */
bool pfg_ws_bits_drawn(const struct pfg_field *bit)
{
    return bit->row->size <= 4;
}

/* A named bit, or a run of them, of a flags field. */
static struct pfg_ws_shape bit_shape(const struct pfg_field *field)
{
    unsigned bytes = field->row->size;
    bool drawn = pfg_ws_bits_drawn(field);
    struct pfg_ws_shape shape = { uint_type(bytes), BASE_DEC, NULL, drawn ? field->bit->mask : 0 };

    if (!field->boolean) {
        shape_names(&shape, field->names);
        return shape;
    }
    shape.type = FT_BOOLEAN;
    shape.display = drawn ? (int)(8 * bytes) : BASE_NONE;
    shape.strings = true_false(field->names);
    return shape;
}

struct pfg_ws_shape pfg_ws_shape_of(const struct pfg_field *field)
{
    if (field->bit != NULL)
        return bit_shape(field);
    if (field->boolean)
        return (struct pfg_ws_shape){ FT_BOOLEAN, BASE_NONE, true_false(field->names), 0 };
    if (field->row->fraction_bits > 0)
        return (struct pfg_ws_shape){ FT_DOUBLE, BASE_NONE, NULL, 0 };
    if (field->row->display == PFG_DATE)
        return (struct pfg_ws_shape){ FT_ABSOLUTE_TIME, ABSOLUTE_TIME_UTC, NULL, 0 };
    switch (field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
        return integer_shape(field);
    case PFG_TIME:
        return (struct pfg_ws_shape){ FT_UINT64, BASE_DEC, NULL, 0 };
    case PFG_IPV4:
        return (struct pfg_ws_shape){ FT_IPv4, BASE_NONE, NULL, 0 };
    case PFG_IPV6:
        return (struct pfg_ws_shape){ FT_IPv6, BASE_NONE, NULL, 0 };
    case PFG_MAC:
        return (struct pfg_ws_shape){ FT_ETHER, BASE_NONE, NULL, 0 };
    case PFG_BYTES:
        return (struct pfg_ws_shape){ FT_BYTES, BASE_NONE | BASE_ALLOW_ZERO, NULL, 0 };
    case PFG_MAGIC:
    case PFG_DATA:
        return (struct pfg_ws_shape){ FT_BYTES, BASE_SHOW_UTF_8_PRINTABLE | BASE_ALLOW_ZERO, NULL,
                                      0 };
    case PFG_STRING:
    case PFG_PACKED:
    case PFG_NAME:
    case PFG_RDATA:
        return (struct pfg_ws_shape){ FT_STRING, BASE_NONE, NULL, 0 };
    case PFG_END:
    case PFG_GROUP:
    case PFG_ARRAY:
    case PFG_BODY:
    case PFG_KIND_COUNT:
        break;
    }
    return (struct pfg_ws_shape){ FT_NONE, BASE_NONE, NULL, 0 };
}
