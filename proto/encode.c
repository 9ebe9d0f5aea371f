/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to bytes: one walk over a protocol's table. Fields of bytes are encode_bytes.c. */
#include "proto/encode.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/checksum.h"
#include "proto/cursor.h"
#include "proto/encode_inside.h"
#include "proto/raw.h"

/* What a field makes of the bytes that follow it does not fit it. */
static int fail_wide(struct pfg_enc *e, const struct pfg_field *field, uint64_t value)
{
    snprintf(e->fault->text, sizeof e->fault->text, "%s: %llu is more than it can bear",
             field->path, (unsigned long long)value);
    return -1;
}

static uint64_t most_of(const struct pfg_field *field)
{
    unsigned bits = field->row->bits ? field->row->bits : 8u * field->row->size;
    return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

static int encode_table(struct pfg_enc *e, const struct pfg_table *table, struct pfg_path path,
                        const struct pfg_told *outer);

/* Puts an integer of a field at offset at of the writer; for rows of bits, that of their run. */
static void put_integer(struct pfg_enc *e, const struct pfg_field *field, uint32_t at, uint64_t raw)
{
    uint8_t *to = e->w->bytes + at;

    if (e->w->overflow)
        return;
    if (field->row->bits) {
        uint64_t held = pfg_get_be(to, field->bits_run);
        held &= ~(field->bits_mask << field->bits_shift);
        held |= (raw & field->bits_mask) << field->bits_shift;
        pfg_put_be(to, held, field->bits_run);
    } else if (field->row->order == PFG_LITTLE) {
        pfg_put_le(to, raw, field->row->size);
    } else {
        pfg_put_be(to, raw, field->row->size);
    }
}

/* Fills up with zeros what is counted: to the least that its length can tell, and to its units. */
static void pad(struct pfg_enc *e, const struct pfg_field *field, uint32_t counted)
{
    int64_t over = (int64_t)counted - field->row->add, scale = (int64_t)field->scale;
    int64_t due = over < 0 ? -over : (scale - over % scale) % scale;
    uint8_t *zeros = due ? pfg_writer_take(e->w, (uint32_t)due) : NULL;
    if (zeros)
        memset(zeros, 0, (size_t)due);
}

/* The elements that settings give an array that counts on this field; false: nothing counts. */
static bool counted_by(struct pfg_enc *e, const struct pfg_table *table,
                       const struct pfg_field *field, struct pfg_path path, uint64_t *count)
{
    for (uint32_t i = field->index + 1u; i < table->count; i++) {
        const struct pfg_field *array = &table->fields[i];
        if (array->row->kind != PFG_ARRAY || array->by != (int16_t)field->index)
            continue;
        *count = pfg_sets_elements(&e->sets, array, path);
        return true;
    }
    return false;
}

/* Bits set one by one: flags.reply=1, or reply=1. */
static int apply_bits(struct pfg_enc *e, const struct pfg_field *flags, struct pfg_path path,
                      uint64_t *u)
{
    for (uint32_t i = 0; i < flags->inside.count; i++) {
        const struct pfg_field *bit = &flags->inside.fields[i];
        struct pfg_set *set = pfg_sets_bit(&e->sets, flags, bit, path);
        uint64_t value;
        if (!set)
            continue;
        if (pfg_set_uint(set, bit, &value, e->fault) < 0)
            return -1;
        *u = (*u & ~bit->bit->mask) | (value & bit->bits_mask) << bit->bits_shift;
        set->used = true;
    }
    return 0;
}

/* Whether the direction is told by this field, and which it is. */
static void note_direction(struct pfg_enc *e, const struct pfg_field *field, uint64_t u)
{
    if (field == e->proto->reply.field)
        e->is_reply = pfg_test_passes(&e->proto->reply, u);
    if (field == e->proto->error.field)
        e->is_error = e->is_reply && pfg_test_passes(&e->proto->error, u);
}

static int encode_integer(struct pfg_enc *e, const struct pfg_table *table,
                          const struct pfg_field *field, struct pfg_path path,
                          struct pfg_told *told)
{
    const struct pfg_row *row = field->row;
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint64_t u = row->init;

    if (row->bits && field->bits_first) {
        told->at[field->index] = e->w->size;
        uint8_t *run = pfg_writer_take(e->w, field->bits_run);
        if (run)
            memset(run, 0, field->bits_run);
    } else if (row->bits) {
        told->at[field->index] = told->at[field->index - 1];
    } else {
        told->at[field->index] = e->w->size;
        pfg_writer_take(e->w, row->size);
    }
    if (set && pfg_set_uint(set, field, &u, e->fault) < 0)
        return -1;
    if (!set && row->kind == PFG_UINT)
        counted_by(e, table, field, path, &u);
    if (row->kind == PFG_FLAGS && apply_bits(e, field, path, &u) < 0)
        return -1;
    told->u[field->index] = u;
    told->length_due[field->index] = row->kind == PFG_LENGTH && !set;
    if (row->kind == PFG_CHECKSUM && !set) {
        e->checksum = field;
        e->checksum_at = told->at[field->index];
        e->checksum_due = true;
    }
    uint64_t raw = row->kind == PFG_UINT || row->kind == PFG_LENGTH ? u / field->scale : u;
    if (set && set->how == PFG_SET_TEXT && raw * field->scale != u &&
        (row->kind == PFG_UINT || row->kind == PFG_LENGTH)) {
        snprintf(e->fault->text, sizeof e->fault->text,
                 "%s: counts in units of %u, and %llu is "
                 "none",
                 field->path, field->scale, (unsigned long long)u);
        return -1;
    }
    if ((!set || set->weak) && row->kind != PFG_INT && raw > most_of(field))
        return fail_wide(e, field, u);
    put_integer(e, field, told->at[field->index], raw);
    if (set)
        pfg_set_done(set, told->at[field->index], row->bits ? field->bits_run : row->size);
    note_direction(e, field, u);
    return 0;
}

static int encode_array(struct pfg_enc *e, const struct pfg_field *array, struct pfg_path path)
{
    uint64_t count = pfg_sets_elements(&e->sets, array, path);
    for (uint64_t i = 0; i < count; i++) {
        struct pfg_path inside = pfg_path_into(path, array, (uint32_t)i);
        if (inside.depth == 0)
            return pfg_encode_fail(e, array, "groups are nested too deep");
        if (encode_table(e, &array->inside.fields->inside, inside, NULL) < 0)
            return -1;
    }
    return 0;
}

static const struct pfg_body *choose_body(const struct pfg_enc *e, const struct pfg_field *body,
                                          const struct pfg_field *by, uint64_t value)
{
    if (e->is_error && body->error)
        return body->error;
    const struct pfg_name *name = pfg_name_find(by->names, value);
    if (name) {
        const struct pfg_body *chosen =
            &body->bodies[2 * (size_t)(name - by->names->rows) + (e->is_reply ? 1 : 0)];
        if (chosen->present)
            return chosen;
    }
    return body->other;
}

static int encode_body(struct pfg_enc *e, const struct pfg_table *table,
                       const struct pfg_field *field, struct pfg_path path,
                       const struct pfg_told *told)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    bool top = field == e->proto->body;
    int r;

    if (top)
        e->body_start = e->w->size;
    if (set) {
        uint32_t at = e->w->size, size;
        r = pfg_encode_setting(e, field, set, &size);
        pfg_set_done(set, at, size);
    } else {
        const struct pfg_body *body =
            choose_body(e, field, &table->fields[field->by], told->u[field->by]);
        if (body->group)
            path = pfg_path_into(path, body->group, 0);
        r = encode_table(e, &body->table, path, told);
    }
    /* Padding belongs to the body where a length counts it in larger units. */
    for (uint32_t i = 0; top && i < table->count; i++)
        if (told->length_due[i] && table->fields[i].row->counts == PFG_COUNTS_BODY)
            pad(e, &table->fields[i], e->w->size - e->body_start);
    if (top)
        e->body_end = e->w->size;
    return r;
}

static int encode_field(struct pfg_enc *e, const struct pfg_table *table,
                        const struct pfg_field *field, struct pfg_path path, struct pfg_told *told,
                        const struct pfg_told *outer)
{
    switch (field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_FLAGS:
    case PFG_TIME:
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
        return encode_integer(e, table, field, path, told);
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        return pfg_encode_address(e, field, path);
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return pfg_encode_bytes(e, field, path, told);
    case PFG_MAGIC:
        return pfg_encode_magic(e, field, path);
    case PFG_GROUP:
        return encode_table(e, &field->inside, pfg_path_into(path, field, 0), NULL);
    case PFG_ARRAY:
        return encode_array(e, field, path);
    case PFG_BODY:
        return encode_body(e, table, field, path, told);
    case PFG_PACKED:
        return pfg_encode_packed(e, field, path, told);
    case PFG_NAME:
        return pfg_encode_name(e, field, path);
    case PFG_RDATA:
        return pfg_encode_rdata(e, field, path, outer ? outer : told);
    case PFG_DERIVED:
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
    return 0;
}

/* The length of a table that is now whole. */
static int finish_length(struct pfg_enc *e, const struct pfg_field *field,
                         const struct pfg_told *told, uint32_t start)
{
    uint32_t at = told->at[field->index], counted = 0;

    switch (field->row->counts) {
    case PFG_COUNTS_BODY:
        counted = e->body_end - e->body_start;
        break;
    case PFG_COUNTS_REST:
        at += pfg_raw_width(field);
        pad(e, field, e->w->size - at);
        counted = e->w->size - at;
        at = told->at[field->index];
        break;
    case PFG_COUNTS_ALL:
    case PFG_COUNTS_BEFORE:
        pad(e, field, e->w->size - start);
        counted = e->w->size - start;
        break;
    }
    uint64_t raw = (uint64_t)((int64_t)counted - field->row->add) / field->scale;
    /* What is to be split into frames may be longer than one can tell. */
    bool split = field == e->proto->length && e->proto->more.field;
    if (raw > most_of(field) && !split && !e->w->overflow)
        return fail_wide(e, field, counted);
    put_integer(e, field, at, raw);
    return 0;
}

/* Whether a row, or one of those after it, is set: an optional row is written only then. */
static bool wanted_from(struct pfg_enc *e, const struct pfg_table *table, uint32_t first,
                        struct pfg_path path)
{
    for (uint32_t i = first; i < table->count; i++)
        if (pfg_sets_find(&e->sets, &table->fields[i], path))
            return true;
    return false;
}

static int encode_table(struct pfg_enc *e, const struct pfg_table *table, struct pfg_path path,
                        const struct pfg_told *outer)
{
    struct pfg_told told;
    uint32_t start = e->w->size;

    memset(told.length_due, 0, sizeof told.length_due);
    for (uint32_t i = 0; i < table->count; i++) {
        told.at[i] = e->w->size;
        told.size[i] = 0;
        told.u[i] = 0;
        if (table->fields[i].row->optional && !wanted_from(e, table, i, path))
            break;
        if (encode_field(e, table, &table->fields[i], path, &told, outer) < 0)
            return -1;
    }
    for (uint32_t i = 0; i < table->count; i++)
        if (told.length_due[i] && finish_length(e, &table->fields[i], &told, start) < 0)
            return -1;
    return 0;
}

/* Whether the bit that the checksum hangs on is set in what was written. */
static bool checksum_wanted(const struct pfg_enc *e)
{
    const struct pfg_field *bit = e->checksum->when;
    if (!bit)
        return true;
    const struct pfg_field *holder = bit->bit ? bit->parent : bit;
    if (holder->offset == UINT32_MAX || e->w->overflow)
        return false;
    return pfg_raw_bit_set(bit, pfg_raw_get(holder, e->w->bytes + e->start));
}

/* The checksum over the whole message, once all else is in its place. */
static void finish_checksum(struct pfg_enc *e, uint32_t end)
{
    const struct pfg_row *row = e->checksum->row;
    uint32_t from = e->start, to = end, at = e->checksum_at;

    if (!checksum_wanted(e) || e->w->overflow)
        return;
    if (row->counts == PFG_COUNTS_BODY) {
        from = e->body_start;
        to = e->body_end;
    }
    if (row->counts == PFG_COUNTS_REST)
        from = at + row->size;
    if (row->counts == PFG_COUNTS_BEFORE)
        to = at;
    put_integer(e, e->checksum, at,
                pfg_checksum(row->algorithm, e->w->bytes, from, to, at, row->size));
}

int pfg_encode_message(const struct pfg_proto *proto, struct pfg_set *sets, size_t count,
                       const uint8_t *payload, uint32_t payload_size, struct pfg_writer *writer,
                       struct pfg_fault *fault)
{
    struct pfg_dnsname_table names = { .count = 0 };
    struct pfg_enc e = {
        .proto = proto,
        .sets = { proto, sets, count },
        .w = writer,
        .fault = fault,
        .start = writer->size,
        .names = &names,
    };
    struct pfg_path top = { .depth = 0 };

    for (size_t i = 0; i < count; i++)
        sets[i].used = false;
    fault->text[0] = 0;
    if (encode_table(&e, &proto->table, top, NULL) < 0)
        return -1;
    uint32_t end = writer->size;
    pfg_writer_bytes(writer, payload, payload_size);
    if (proto->body) /* a message with a body: what is carried behind belongs to it */
        end = writer->size;
    if (e.checksum_due)
        finish_checksum(&e, end);
    if (writer->overflow) {
        snprintf(fault->text, sizeof fault->text, "%s: the message is longer than %u bytes",
                 proto->def->name, writer->room);
        return -1;
    }
    return pfg_sets_all_used(&e.sets, fault);
}

/* The length field's value in a frame with so many bytes of body. */
static uint64_t length_of_part(const struct pfg_field *length, uint32_t header, uint32_t body)
{
    int64_t counted = body;
    if (length->row->counts == PFG_COUNTS_ALL)
        counted += header;
    if (length->row->counts == PFG_COUNTS_REST)
        counted += header - length->offset - pfg_raw_width(length);
    return (uint64_t)(counted - length->row->add) / length->scale;
}

int pfg_encode_split(const struct pfg_proto *proto, const uint8_t *message, uint32_t size,
                     uint32_t body_max, struct pfg_writer *writer, struct pfg_fault *fault)
{
    uint32_t header = proto->header_size, at = header;
    const struct pfg_field *more = proto->more.field;
    int frames = 0;

    if (!body_max && proto->length)
        body_max = (uint32_t)proto->length->row->max;
    if (size < header || !body_max || !proto->length || (size - header > body_max && !more)) {
        snprintf(fault->text, sizeof fault->text, "%s: messages of %u bytes cannot be split",
                 proto->def->name, size);
        return -1;
    }
    struct pfg_enc e = { .proto = proto, .w = writer, .fault = fault, .checksum = proto->checksum };
    do {
        uint32_t body = size - at < body_max ? size - at : body_max;
        e.start = writer->size;
        e.body_start = e.start + header;
        e.body_end = e.body_start + body;
        pfg_writer_bytes(writer, message, header);
        pfg_writer_bytes(writer, message + at, body);
        at += body;
        if (writer->overflow)
            break;
        if (more && at < size)
            put_integer(&e, more, e.start + more->offset,
                        pfg_raw_get(more, message) | proto->more.mask);
        put_integer(&e, proto->length, e.start + proto->length->offset,
                    length_of_part(proto->length, header, body));
        if (e.checksum) {
            e.checksum_at = e.start + e.checksum->offset;
            finish_checksum(&e, writer->size);
        }
        frames++;
    } while (at < size);
    if (!writer->overflow)
        return frames;
    snprintf(fault->text, sizeof fault->text, "%s: the frames are longer than %u bytes",
             proto->def->name, writer->room);
    return -1;
}
