/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of one table: what each must hold to. */
#include <string.h>

#include "proto/check_inside.h"
#include "proto/fixed.h"
#include "proto/raw.h"

static void check_names(const struct pfg_field *field)
{
    const struct pfg_names *names = field->names;
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;
    if (field->bit) /* may be widened elsewhere, as DNS response codes are */
        bits = 0;
    for (uint32_t i = 0; names && i < names->count; i++) {
        const struct pfg_name *name = &names->rows[i];
        if (bits && bits < 64 && pfg_raw_is_integer(field->row->kind) && name->value >> bits)
            pfg_check_fault(field->path, "the value %llu (%s) does not fit its %u bits",
                            (unsigned long long)name->value, name->name, bits);
        for (uint32_t k = 0; k < i; k++)
            if (names->rows[k].value == name->value)
                pfg_check_fault(field->path, "the value %llu has two names, %s and %s",
                                (unsigned long long)name->value, names->rows[k].name, name->name);
    }
}

static void check_integer(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    unsigned bits = row->bits ? row->bits : 8u * row->size;

    if (row->kind == PFG_INT && bits > 0 && bits < 64 &&
        (int64_t)row->init != (int64_t)(row->init << (64 - bits)) >> (64 - bits))
        pfg_check_fault(field->path, "the default %lld does not fit %u bits", (long long)row->init,
                        bits);
    if ((row->size == 0) == (row->bits == 0))
        pfg_check_fault(field->path, "an integer has .size (1 to 8 bytes) or .bits (1 to 64)");
    if (row->size > 8 || row->bits > 64)
        pfg_check_fault(field->path, "an integer is wider than 64 bits");
    if (bits < 64 && row->kind != PFG_INT && row->init / field->scale >> bits)
        pfg_check_fault(field->path, "the default %llu does not fit %u bits",
                        (unsigned long long)row->init, bits);
    if (row->order == PFG_LITTLE && row->bits)
        pfg_check_fault(field->path, "rows of bits have no byte order");
    if (row->max && bits < 64 && row->max >> bits)
        pfg_check_fault(field->path, "the maximum %llu does not fit %u bits",
                        (unsigned long long)row->max, bits);
    if (row->kind == PFG_CHECKSUM && row->size != (row->algorithm == PFG_INTERNET ? 2 : 4))
        pfg_check_fault(field->path, "this checksum has %d bytes",
                        row->algorithm == PFG_INTERNET ? 2 : 4);
    if (row->kind == PFG_TIME && row->unit == PFG_NTP && row->size != 8)
        pfg_check_fault(field->path, "an NTP timestamp has 8 bytes");
}

/* Fixed point. */
static void check_fraction(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    unsigned bits = row->bits ? row->bits : 8u * row->size;

    if (row->kind != PFG_UINT && row->kind != PFG_INT)
        pfg_check_fault(field->path, ".fraction_bits are of PFG_UINT and PFG_INT");
    else if (row->fraction_bits > bits || row->fraction_bits > PFG_FRACTION_BITS_MAX)
        pfg_check_fault(field->path, "%u bits of %u are a fraction; %d can be", row->fraction_bits,
                        bits, PFG_FRACTION_BITS_MAX);
    else if (row->names || row->scale || row->display || field->boolean)
        pfg_check_fault(field->path, "has a fraction, so no .names, no .scale and no .display");
}

static void check_flags(const struct pfg_field *field)
{
    uint64_t seen = 0;
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;

    if (!field->inside.count)
        pfg_check_fault(field->path, "flags need a table of bits: .flags");
    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        pfg_check_name(bit->path, bit->name);
        check_names(bit);
        if (bit->bit->mask & seen)
            pfg_check_fault(bit->path, "shares bits with another");
        if (bits < 64 && bit->bit->mask >> bits)
            pfg_check_fault(bit->path, "its mask does not fit %u bits", bits);
        if (bit->bits_mask & (bit->bits_mask + 1))
            pfg_check_fault(bit->path, "its bits do not stand beside each other");
        seen |= bit->bit->mask;
    }
}

static void check_extent(const struct pfg_field *field, bool last)
{
    const struct pfg_row *row = field->row;
    int ways = (row->size != 0) + (row->prefix != 0) + (row->zero_ended && !row->size);

    if (ways > 1)
        pfg_check_fault(field->path, "has more than one of .size, .prefix and .zero_ended");
    if (row->prefix > 2)
        pfg_check_fault(field->path, ".prefix is 1 or 2 bytes");
    if (ways == 0 && !last)
        pfg_check_fault(field->path, "takes the rest, and rows come after it");
    if (row->kind == PFG_MAGIC && (!row->size || !row->text))
        pfg_check_fault(field->path, "a magic needs .size and .text");
}

static bool is_top(const struct pfg_table *table, const struct pfg_field *field)
{
    return table->fields == field->proto->table.fields;
}

/* Lengths and checksums speak of the message or its body, so most stand in the outermost table. */
static void check_counts(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;
    const struct pfg_proto *proto = field->proto;
    bool top = is_top(table, field);

    if (row->kind == PFG_LENGTH && row->counts == PFG_COUNTS_BEFORE)
        pfg_check_fault(field->path, "a length cannot count what stands before it");
    if (row->counts == PFG_COUNTS_BODY && (!top || !proto->body))
        pfg_check_fault(field->path, "counts the body, and its table is not the one around a body");
    if (row->counts == PFG_COUNTS_BODY && top && proto->body && proto->body->index < field->index)
        pfg_check_fault(field->path, "counts the body, and stands behind it");
    if (row->kind == PFG_CHECKSUM && !top)
        pfg_check_fault(field->path, "a checksum stands in the outermost table");
    if (row->kind == PFG_CHECKSUM && top && proto->checksum != field)
        pfg_check_fault(field->path, "a second checksum; there is %s", proto->checksum->path);
}

/* A body's rows stand beside those of the table around it, or in a group beside them. */
static void check_beside(const struct pfg_field *field, const struct pfg_table *table,
                         const struct pfg_body *body)
{
    uint32_t count = body->group ? 1 : body->table.count;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = body->group ? body->group->name : body->table.fields[i].name;
        for (uint32_t k = 0; k < table->count; k++)
            if (&table->fields[k] != field && strcmp(table->fields[k].name, name) == 0)
                pfg_check_fault(field->path, "holds %s, and a row beside it has this name", name);
    }
}

static bool body_takes_rest(const struct pfg_field *field, const struct pfg_names *names);

/* Whether a table has no end of its own, but takes all bytes that are left. */
static bool takes_rest(const struct pfg_table *table)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];
        const struct pfg_row *row = field->row;
        bool bytes = row->kind == PFG_BYTES || row->kind == PFG_DATA || row->kind == PFG_STRING;
        if ((bytes && !row->size && !row->prefix && !row->zero_ended) || row->optional ||
            (row->kind == PFG_ARRAY && !row->by) || row->kind == PFG_PACKED ||
            row->kind == PFG_RDATA || (row->kind == PFG_GROUP && takes_rest(&field->inside)) ||
            (row->kind == PFG_BODY && field->by >= 0 &&
             body_takes_rest(field, table->fields[field->by].names)))
            return true;
    }
    return false;
}

static bool body_takes_rest(const struct pfg_field *field, const struct pfg_names *names)
{
    for (uint32_t i = 0; i < 2 * names->count + 1; i++)
        if (field->bodies[i].present && takes_rest(&field->bodies[i].table))
            return true;
    return false;
}

/* What may stand behind a body: anything, where the bodies inside a table end by themselves; in the
 * outermost table, whose body a length may count, rows of fixed size. */
static void check_behind(const struct pfg_field *field, const struct pfg_table *table,
                         const struct pfg_names *names)
{
    bool top = is_top(table, field), ends = !top && !body_takes_rest(field, names);
    for (uint32_t i = field->index + 1u; i < table->count && !ends; i++)
        if (!top)
            pfg_check_fault(table->fields[i].path,
                            "stands behind a body that takes all bytes that are left");
        else if (!table->fields[i].size && !table->fields[i].row->bits)
            pfg_check_fault(table->fields[i].path,
                            "stands behind a body, where only rows of fixed size in "
                            "the outermost table may stand");
}

static void check_bodies(const struct pfg_field *field, const struct pfg_table *table,
                         bool documented)
{
    const struct pfg_names *names = table->fields[field->by].names;
    if (!pfg_raw_is_integer(table->fields[field->by].row->kind))
        pfg_check_fault(field->path, ".by names %s, which is no integer", field->row->by);
    check_behind(field, table, names);
    if (is_top(table, field) && field->proto->body != field)
        pfg_check_fault(field->path, "a second body; there is %s", field->proto->body->path);
    for (uint32_t i = 0; i < 2 * names->count + 1; i++) {
        const struct pfg_body *body = &field->bodies[i];
        if (body->present)
            check_beside(field, table, body);
        if (body->present &&
            (i % 2 == 0 || body->table.fields != field->bodies[i - 1].table.fields))
            pfg_check_table(body->group ? body->group->path : field->path, &body->table,
                            documented);
    }
    if (field->error)
        pfg_check_table(field->error->group->path, &field->error->table, documented);
}

/* Rows that may be absent, and arrays that leave bytes for such rows. */
static void check_presence(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;

    if (row->leave && (row->kind != PFG_ARRAY || row->by))
        pfg_check_fault(field->path, ".leave is for arrays to the end");
    if (row->optional && row->bits && !field->bits_first)
        pfg_check_fault(field->path, "a run of bits is there as a whole or not at all");
    for (uint32_t i = field->index; row->optional && i < table->count; i++) {
        enum pfg_kind kind = table->fields[i].row->kind;
        if (kind == PFG_GROUP || kind == PFG_ARRAY || kind == PFG_BODY)
            pfg_check_fault(table->fields[i].path,
                            "holds other rows, and comes after an optional one");
    }
}

/* Names that decoders put beside those of the rows. */
static void check_reserved(const struct pfg_field *field)
{
    static const char *const pairing[] = { "response_in", "response_to", "response_time",
                                           "skipped" };

    if (strcmp(field->name, "problems") == 0)
        pfg_check_fault(field->path, "what is wrong with a message has this name");
    for (size_t i = 0; i < sizeof pairing / sizeof *pairing && !field->parent; i++)
        if (strcmp(field->name, pairing[i]) == 0)
            pfg_check_fault(field->path,
                            "decoders put a field of this name beside those of the rows");
}

static bool is_last(const struct pfg_field *field, const struct pfg_table *table)
{
    return field->index + 1u == table->count;
}

static void check_array(const struct pfg_field *field, const struct pfg_table *table,
                        bool documented)
{
    if (field->by < 0 && !is_last(field, table) && !field->row->leave)
        pfg_check_fault(field->path, "goes to the end, and rows come after it; give .by");
    if (field->by >= 0 && !pfg_raw_is_integer(table->fields[field->by].row->kind))
        pfg_check_fault(field->path, ".by names %s, which is no integer", field->row->by);
    pfg_check_table(field->path, &field->inside.fields->inside, documented);
}

/* What takes the rest in a form that another field says. */
static void check_last(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;

    if (field->by < 0)
        pfg_check_fault(field->path, "needs .by");
    else if (row->kind == PFG_PACKED && pfg_raw_is_integer(table->fields[field->by].row->kind))
        pfg_check_fault(field->path, ".by names %s, which is no text", row->by);
    if (!is_last(field, table))
        pfg_check_fault(field->path, "takes the rest, and rows come after it");
}

/* What only rows of its kind must hold to. */
static void check_kind(const struct pfg_field *field, const struct pfg_table *table,
                       bool documented)
{
    const struct pfg_row *row = field->row;

    switch (row->kind) {
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        check_counts(field, table);
        break;
    case PFG_DERIVED:
        pfg_check_derived(field, table);
        break;
    case PFG_FLAGS:
        check_flags(field);
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_MAGIC:
        check_extent(field, is_last(field, table));
        break;
    case PFG_GROUP:
        pfg_check_table(field->path, &field->inside, documented);
        break;
    case PFG_ARRAY:
        check_array(field, table, documented);
        break;
    case PFG_BODY:
        if (field->by < 0)
            pfg_check_fault(field->path, "a body needs .by, the field that chooses it");
        else
            check_bodies(field, table, documented);
        break;
    case PFG_PACKED:
    case PFG_RDATA:
        check_last(field, table);
        break;
    default:
        if (row->kind <= PFG_END || row->kind >= PFG_KIND_COUNT)
            pfg_check_fault(field->path, "its kind is none that row.h has");
        break;
    }
}

static void check_field(const struct pfg_field *field, const struct pfg_table *table,
                        bool documented)
{
    const struct pfg_row *row = field->row;

    pfg_check_name(field->path, field->name);
    check_names(field);
    if (documented && !row->doc)
        pfg_check_fault(field->path, "has no .doc");
    if (row->other && row->kind == PFG_BODY && row->rows)
        pfg_check_fault(field->path, "has .other, and .rows for all that it would name");
    if (row->other && row->kind != PFG_BODY && !row->names)
        pfg_check_fault(field->path, "has .other and no .names");
    check_presence(field, table);
    if (row->closed && !row->names)
        pfg_check_fault(field->path, "is .closed and has no .names");
    check_reserved(field);
    if (row->fraction_bits)
        check_fraction(field);
    if (pfg_raw_is_integer(row->kind))
        check_integer(field);
    else if (row->bits)
        pfg_check_fault(field->path, "only integers have .bits");
    check_kind(field, table, documented);
}

void pfg_check_table(const char *path, const struct pfg_table *table, bool documented)
{
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(table->fields[i].name, table->fields[k].name) == 0)
                pfg_check_fault(path, "two rows are called %s", table->fields[i].name);
        check_field(&table->fields[i], table, documented);
    }
}
