/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether record data fit the rows of their type. */
#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/plan.h"
#include "proto/rdata.h"

/* Data that are looked at. */
struct look {
    const uint8_t *message;
    uint32_t pos, end;
    struct pfg_known_name *known; /* NULL none */
};

/* RFC 4034, 4.1.2: windows of up to 32 bytes of bits. */
static bool bitmap_fits(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 2u + bytes[i + 1])
        if (size - i < 2 || bytes[i + 1] == 0 || bytes[i + 1] > 32 || bytes[i + 1] > size - i - 2)
            return false;
    return true;
}

static bool alpn_fits(const uint8_t *value, uint32_t size)
{
    for (uint32_t i = 0; i < size; i += 1u + value[i])
        if (value[i] > size - i - 1)
            return false;
    return true;
}

/* The values of the keys that RFC 9460, 7 defines; the shape follows from the key. */
static bool svc_value_fits(unsigned key, const uint8_t *value, uint32_t size)
{
    static const uint8_t unit[] = { 2, 0, 0, 2, 4, 0, 16 }; /* bytes of one value, by key */

    if (key < sizeof unit && unit[key] && (size == 0 || size % unit[key]))
        return false;
    if (key == PFG_SVC_PORT)
        return size == 2;
    return key != PFG_SVC_ALPN || alpn_fits(value, size);
}

static bool svc_params_fit(const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size;) {
        if (size - i < 4 || pfg_get_be16(bytes + i + 2) > size - i - 4)
            return false;
        unsigned key = pfg_get_be16(bytes + i), length = pfg_get_be16(bytes + i + 2);
        if (length && !svc_value_fits(key, bytes + i + 4, length))
            return false;
        i += 4 + length;
    }
    return true;
}

static bool bytes_fit(struct look *l, const struct pfg_field *field)
{
    uint32_t size = pfg_rdata_extent(field, l->message + l->pos, l->end - l->pos);
    const uint8_t *bytes = l->message + l->pos + field->row->prefix;

    if (size == UINT32_MAX)
        return false;
    l->pos += field->row->prefix + size;
    switch (field->row->display) {
    case PFG_TYPE_BITMAP:
        return bitmap_fits(bytes, size);
    case PFG_SVC_PARAMS:
        return svc_params_fit(bytes, size);
    case PFG_BASE32HEX: /* there is no word for none */
        return size > 0;
    default:
        return true;
    }
}

static bool name_fits(struct look *l)
{
    struct pfg_known_name none = { 0 }, *known = l->known ? l->known : &none;
    struct pfg_dnsname name = { .size = 2 };

    if (pfg_dnsname_known(l->message, l->end, l->pos, known) == UINT32_MAX &&
        pfg_dnsname_scan_noting(l->message, l->end, l->pos, &name, known) < 0)
        return false;
    l->pos += name.size;
    return true;
}

static bool table_fits(struct look *l, const struct pfg_table *table);

static bool array_fits(struct look *l, const struct pfg_field *array)
{
    const struct pfg_table *inside = &array->inside.fields->inside;

    while (l->pos < l->end)
        if (!table_fits(l, inside))
            return false;
    return true;
}

static inline bool field_fits(struct look *l, const struct pfg_field *field)
{
    switch (field->row->kind) {
    case PFG_NAME:
        return name_fits(l);
    case PFG_ARRAY:
        return array_fits(l, field);
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return bytes_fit(l, field);
    default: /* addresses, integers */
        if (field->size > l->end - l->pos || !field->size)
            return false;
        l->pos += field->size;
        return true;
    }
}

/* A table with a plain plan, which has the rows of fixed size together. */
static bool plan_fits(struct look *l, const struct pfg_op *op)
{
    for (; op->kind != PFG_OP_END; op++) {
        if (op->kind == PFG_OP_NAME  ? !name_fits(l)
            : op->kind != PFG_OP_RUN ? !bytes_fit(l, op->field)
                                     : op->run->size > l->end - l->pos)
            return false;
        l->pos += op->kind == PFG_OP_RUN ? op->run->size : 0;
    }
    return true;
}

static bool table_fits(struct look *l, const struct pfg_table *table)
{
    if (table->plan.plain)
        return plan_fits(l, table->plan.ops);
    for (const struct pfg_field *field = table->fields; field < table->fields + table->count;
         field++)
        if (!field_fits(l, field))
            return false;
    return true;
}

bool pfg_rdata_fits(const struct pfg_field *field, uint64_t type, const uint8_t *message,
                    uint32_t at, uint32_t size, struct pfg_known_name *known)
{
    const struct pfg_table *table = pfg_rdata_table(field, type, size);
    struct look l = { message, at, at + size, known };

    return !table || (table_fits(&l, table) && l.pos == l.end);
}
