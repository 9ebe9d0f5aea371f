/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * proto-check: run by the build. Reads every table of the definition and stops with a sentence
 * that names the row where sizes, names, lengths or filter names do not fit together.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "proto/describe.h"
#include "proto/fixed.h"

static unsigned faults;

__attribute__((format(printf, 2, 3))) static void fault(const char *path, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "proto-check: %s: ", path);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    faults++;
}

static void check_name(const char *path, const char *name)
{
    if (!name[0] || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_")])
        fault(path, "the name \"%s\" has other characters than a-z, 0-9 and _", name);
}

static bool is_integer(enum pfg_kind kind)
{
    return kind == PFG_UINT || kind == PFG_INT || kind == PFG_FLAGS || kind == PFG_TIME ||
           kind == PFG_CONST || kind == PFG_RESERVED || kind == PFG_LENGTH || kind == PFG_CHECKSUM;
}

static void check_names(const struct pfg_field *field)
{
    const struct pfg_names *names = field->names;
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;
    if (field->bit) /* may be widened elsewhere, as DNS response codes are */
        bits = 0;
    for (uint32_t i = 0; names && i < names->count; i++) {
        const struct pfg_name *name = &names->rows[i];
        if (bits && bits < 64 && is_integer(field->row->kind) && name->value >> bits)
            fault(field->path, "the value %llu (%s) does not fit its %u bits",
                  (unsigned long long)name->value, name->name, bits);
        for (uint32_t k = 0; k < i; k++)
            if (names->rows[k].value == name->value)
                fault(field->path, "the value %llu has two names, %s and %s",
                      (unsigned long long)name->value, names->rows[k].name, name->name);
    }
}

static void check_integer(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    unsigned bits = row->bits ? row->bits : 8u * row->size;

    if (row->kind == PFG_INT && bits > 0 && bits < 64 &&
        (int64_t)row->init != (int64_t)(row->init << (64 - bits)) >> (64 - bits))
        fault(field->path, "the default %lld does not fit %u bits", (long long)row->init, bits);
    if ((row->size == 0) == (row->bits == 0))
        fault(field->path, "an integer has .size (1 to 8 bytes) or .bits (1 to 64)");
    if (row->size > 8 || row->bits > 64)
        fault(field->path, "an integer is wider than 64 bits");
    if (bits < 64 && row->kind != PFG_INT && row->init / field->scale >> bits)
        fault(field->path, "the default %llu does not fit %u bits", (unsigned long long)row->init,
              bits);
    if (row->order == PFG_LITTLE && row->bits)
        fault(field->path, "rows of bits have no byte order");
    if (row->max && bits < 64 && row->max >> bits)
        fault(field->path, "the maximum %llu does not fit %u bits", (unsigned long long)row->max,
              bits);
    if (row->kind == PFG_CHECKSUM && row->size != (row->algorithm == PFG_INTERNET ? 2 : 4))
        fault(field->path, "this checksum has %d bytes", row->algorithm == PFG_INTERNET ? 2 : 4);
    if (row->kind == PFG_TIME && row->unit == PFG_NTP && row->size != 8)
        fault(field->path, "an NTP timestamp has 8 bytes");
}

/* Fixed point. */
static void check_fraction(const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    unsigned bits = row->bits ? row->bits : 8u * row->size;

    if (row->kind != PFG_UINT && row->kind != PFG_INT)
        fault(field->path, ".fraction_bits are of PFG_UINT and PFG_INT");
    else if (row->fraction_bits > bits || row->fraction_bits > PFG_FRACTION_BITS_MAX)
        fault(field->path, "%u bits of %u are a fraction; %d can be", row->fraction_bits, bits,
              PFG_FRACTION_BITS_MAX);
    else if (row->names || row->scale || row->display || field->boolean)
        fault(field->path, "has a fraction, so no .names, no .scale and no .display");
}

static void check_flags(const struct pfg_field *field)
{
    uint64_t seen = 0;
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;

    if (!field->inside.count)
        fault(field->path, "flags need a table of bits: .flags");
    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        check_name(bit->path, bit->name);
        check_names(bit);
        if (bit->bit->mask & seen)
            fault(bit->path, "shares bits with another");
        if (bits < 64 && bit->bit->mask >> bits)
            fault(bit->path, "its mask does not fit %u bits", bits);
        if (bit->bits_mask & (bit->bits_mask + 1))
            fault(bit->path, "its bits do not stand beside each other");
        seen |= bit->bit->mask;
    }
}

static void check_extent(const struct pfg_field *field, bool last)
{
    const struct pfg_row *row = field->row;
    int ways = (row->size != 0) + (row->prefix != 0) + (row->zero_ended && !row->size);

    if (ways > 1)
        fault(field->path, "has more than one of .size, .prefix and .zero_ended");
    if (row->prefix > 2)
        fault(field->path, ".prefix is 1 or 2 bytes");
    if (ways == 0 && !last)
        fault(field->path, "takes the rest, and rows come after it");
    if (row->kind == PFG_MAGIC && (!row->size || !row->text))
        fault(field->path, "a magic needs .size and .text");
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
        fault(field->path, "a length cannot count what stands before it");
    if (row->counts == PFG_COUNTS_BODY && (!top || !proto->body))
        fault(field->path, "counts the body, and its table is not the one around a body");
    if (row->counts == PFG_COUNTS_BODY && top && proto->body && proto->body->index < field->index)
        fault(field->path, "counts the body, and stands behind it");
    if (row->kind == PFG_CHECKSUM && !top)
        fault(field->path, "a checksum stands in the outermost table");
    if (row->kind == PFG_CHECKSUM && top && proto->checksum != field)
        fault(field->path, "a second checksum; there is %s", proto->checksum->path);
}

static void check_derived(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;
    const struct pfg_field *by = field->by >= 0 ? &table->fields[field->by] : NULL;

    switch (row->derive) {
    case PFG_DERIVE_CODE:
        if (!field->proto->def->network)
            fault(field->path, "no code sets this value; give .derive");
        break;
    case PFG_DERIVE_SIZE:
        if (!is_top(table, field) ||
            (field->index && table->fields[field->index - 1].row->kind != PFG_DERIVED))
            fault(field->path, "the message's size stands first in the outermost table");
        break;
    case PFG_DERIVE_POINTER:
        if (!by || by->row->kind != PFG_NAME || by->index > field->index)
            fault(field->path, ".by names no earlier domain name");
        break;
    case PFG_DERIVE_BIT:
        if (!by || !field->when || (!field->when->bit && !is_integer(by->row->kind)))
            fault(field->path, ".by names no bit");
        break;
    case PFG_DERIVE_MATCH:
        if (!by || !row->text || is_integer(by->row->kind))
            fault(field->path, "needs .by, a field of bytes, and .text");
        break;
    }
}

static void check_table(const char *path, const struct pfg_table *table, bool documented);

/* A body's rows stand beside those of the table around it, or in a group beside them. */
static void check_beside(const struct pfg_field *field, const struct pfg_table *table,
                         const struct pfg_body *body)
{
    uint32_t count = body->group ? 1 : body->table.count;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = body->group ? body->group->name : body->table.fields[i].name;
        for (uint32_t k = 0; k < table->count; k++)
            if (&table->fields[k] != field && strcmp(table->fields[k].name, name) == 0)
                fault(field->path, "holds %s, and a row beside it has this name", name);
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
            fault(table->fields[i].path, "stands behind a body that takes all bytes that are left");
        else if (!table->fields[i].size && !table->fields[i].row->bits)
            fault(table->fields[i].path, "stands behind a body, where only rows of fixed size in "
                                         "the outermost table may stand");
}

static void check_bodies(const struct pfg_field *field, const struct pfg_table *table,
                         bool documented)
{
    const struct pfg_names *names = table->fields[field->by].names;
    if (!is_integer(table->fields[field->by].row->kind))
        fault(field->path, ".by names %s, which is no integer", field->row->by);
    check_behind(field, table, names);
    if (is_top(table, field) && field->proto->body != field)
        fault(field->path, "a second body; there is %s", field->proto->body->path);
    for (uint32_t i = 0; i < 2 * names->count + 1; i++) {
        const struct pfg_body *body = &field->bodies[i];
        if (body->present)
            check_beside(field, table, body);
        if (body->present &&
            (i % 2 == 0 || body->table.fields != field->bodies[i - 1].table.fields))
            check_table(body->group ? body->group->path : field->path, &body->table, documented);
    }
    if (field->error)
        check_table(field->error->group->path, &field->error->table, documented);
}

/* Rows that may be absent, and arrays that leave bytes for such rows. */
static void check_presence(const struct pfg_field *field, const struct pfg_table *table)
{
    const struct pfg_row *row = field->row;

    if (row->leave && (row->kind != PFG_ARRAY || row->by))
        fault(field->path, ".leave is for arrays to the end");
    if (row->optional && row->bits && !field->bits_first)
        fault(field->path, "a run of bits is there as a whole or not at all");
    for (uint32_t i = field->index; row->optional && i < table->count; i++) {
        enum pfg_kind kind = table->fields[i].row->kind;
        if (kind == PFG_GROUP || kind == PFG_ARRAY || kind == PFG_BODY)
            fault(table->fields[i].path, "holds other rows, and comes after an optional one");
    }
}

/* Names that decoders put beside those of the rows. */
static void check_reserved(const struct pfg_field *field)
{
    static const char *const pairing[] = { "response_in", "response_to", "response_time",
                                           "skipped" };

    if (strcmp(field->name, "problems") == 0)
        fault(field->path, "what is wrong with a message has this name");
    for (size_t i = 0; i < sizeof pairing / sizeof *pairing && !field->parent; i++)
        if (strcmp(field->name, pairing[i]) == 0)
            fault(field->path, "decoders put a field of this name beside those of the rows");
}

static void check_field(const struct pfg_field *field, const struct pfg_table *table,
                        bool documented)
{
    const struct pfg_row *row = field->row;
    bool last = field->index + 1u == table->count;

    check_name(field->path, field->name);
    check_names(field);
    if (documented && !row->doc)
        fault(field->path, "has no .doc");
    if (row->other && row->kind == PFG_BODY && row->rows)
        fault(field->path, "has .other, and .rows for all that it would name");
    if (row->other && row->kind != PFG_BODY && !row->names)
        fault(field->path, "has .other and no .names");
    check_presence(field, table);
    if (row->closed && !row->names)
        fault(field->path, "is .closed and has no .names");
    check_reserved(field);
    if (row->fraction_bits)
        check_fraction(field);
    if (is_integer(row->kind))
        check_integer(field);
    else if (row->bits)
        fault(field->path, "only integers have .bits");
    switch (row->kind) {
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        check_counts(field, table);
        break;
    case PFG_DERIVED:
        check_derived(field, table);
        break;
    case PFG_FLAGS:
        check_flags(field);
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
    case PFG_MAGIC:
        check_extent(field, last);
        break;
    case PFG_GROUP:
        check_table(field->path, &field->inside, documented);
        break;
    case PFG_ARRAY:
        if (field->by < 0 && !last && !row->leave)
            fault(field->path, "goes to the end, and rows come after it; give .by");
        if (field->by >= 0 && !is_integer(table->fields[field->by].row->kind))
            fault(field->path, ".by names %s, which is no integer", row->by);
        check_table(field->path, &field->inside.fields->inside, documented);
        break;
    case PFG_BODY:
        if (field->by < 0)
            fault(field->path, "a body needs .by, the field that chooses it");
        else
            check_bodies(field, table, documented);
        break;
    case PFG_PACKED:
    case PFG_RDATA:
        if (field->by < 0)
            fault(field->path, "needs .by");
        else if (row->kind == PFG_PACKED && is_integer(table->fields[field->by].row->kind))
            fault(field->path, ".by names %s, which is no text", row->by);
        if (!last)
            fault(field->path, "takes the rest, and rows come after it");
        break;
    default:
        if (row->kind <= PFG_END || row->kind >= PFG_KIND_COUNT)
            fault(field->path, "its kind is none that row.h has");
        break;
    }
}

static void check_table(const char *path, const struct pfg_table *table, bool documented)
{
    for (uint32_t i = 0; i < table->count; i++) {
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(table->fields[i].name, table->fields[k].name) == 0)
                fault(path, "two rows are called %s", table->fields[i].name);
        check_field(&table->fields[i], table, documented);
    }
}

/* Rows that share a filter name are one field to who filters, so they are of one kind. Network
 * layers are exempt: their options share names, and Wireshark has them from itself. */
static void check_shared(const struct pfg_table *table)
{
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);

    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];
        const struct pfg_field *first = field->id < count ? ids[field->id] : NULL;
        bool bodies = field->bodies && field->row->kind == PFG_BODY;
        if (first && field->row->kind != PFG_BODY &&
            (first->row->kind != field->row->kind ||
             (is_integer(field->row->kind) && first->size != field->size)))
            fault(field->path, "another row of another kind or size has this filter name");
        if (field->row->kind == PFG_GROUP)
            check_shared(&field->inside);
        if (field->row->kind == PFG_ARRAY)
            check_shared(&field->inside.fields->inside);
        for (uint32_t k = 0; bodies && k < 2 * table->fields[field->by].names->count + 1; k++)
            if (field->bodies[k].present)
                check_shared(&field->bodies[k].table);
    }
}

/* What the protocol as a whole says of itself. */
static void check_protocol(const struct pfg_proto *proto)
{
    const struct pfg_protocol *def = proto->def;
    bool marked = false;

    for (uint32_t i = 0; i < proto->table.count; i++) {
        enum pfg_kind kind = proto->table.fields[i].row->kind;
        marked |=
            (kind == PFG_MAGIC || kind == PFG_CONST) && proto->table.fields[i].offset != UINT32_MAX;
    }
    if (def->any_port && !marked)
        fault(def->name, ".any_port needs a magic or a constant at a fixed place");
    if (def->error && !def->reply)
        fault(def->name, ".error without .reply");
    if (def->tcp_prefix > 4)
        fault(def->name, ".tcp_prefix is at most 4 bytes");
    if (def->more && (!proto->length || !proto->body || !def->joined_max || proto->tail_size ||
                      proto->more.field->offset == UINT32_MAX))
        fault(def->name, ".more needs .joined_max, a length and its bit at fixed places, and a "
                         "body with nothing behind it");
    if (def->joined_max > 1u << 30)
        fault(def->name, ".joined_max is more than 1 GiB");
}

/* Companions must not meet fields: NAME_name, NAME_text, NAME_bits. */
static void check_companions(void)
{
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);
    char path[256];

    for (size_t i = 0; i < count; i++) {
        static const char *const endings[] = { "_name", "_text", "_bits" };
        bool has[] = { pfg_field_has_name(ids[i]), pfg_field_has_text(ids[i]),
                       ids[i]->row->kind == PFG_FLAGS && !ids[i]->bit };
        for (size_t k = 0; k < 3; k++) {
            snprintf(path, sizeof path, "%s%s", ids[i]->path, endings[k]);
            struct pfg_ref ref = pfg_field_find(path, strlen(path));
            if (has[k] && ref.field && ref.aspect == PFG_ASPECT_VALUE)
                fault(ref.field->path, "is also what stands beside %s", ids[i]->path);
        }
    }
}

/* The hash as a constant for the compiler. */
static int write_header(const char *path)
{
    FILE *file = fopen(path, "w");
    if (file)
        fprintf(file, "/* Generated by proto-check. */\n#define PFG_DEFINITION \"%s\"\n",
                pfg_describe_hash());
    if (file && fclose(file) == 0)
        return 0;
    fprintf(stderr, "proto-check: cannot write %s\n", path);
    return 1;
}

/* proto-check [HEADER]: writes HEADER where all fits together. */
int main(int argc, char **argv)
{
    const struct pfg_proto *proto;
    size_t count, protocols = 0;

    if (pfg_registry_init() < 0) {
        fprintf(stderr, "proto-check: %s\n", pfg_registry_fault());
        return 1;
    }
    for (; (proto = pfg_proto_at(protocols)); protocols++) {
        check_name(proto->def->name, proto->def->name);
        if (!proto->def->title)
            fault(proto->def->name, "has no .title");
        check_protocol(proto);
        check_table(proto->def->name, &proto->table, true);
        if (!proto->def->network)
            check_shared(&proto->table);
    }
    check_companions();
    pfg_registry_ids(&count);
    if (!faults)
        printf("proto-check: %zu protocols, %zu fields, definition %08x\n", protocols, count,
               (unsigned)pfg_registry_hash());
    if (faults)
        return 1;
    return argc > 1 ? write_header(argv[1]) : 0;
}
