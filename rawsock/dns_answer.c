/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns_answer.c - a DNS message as text, in the manner of dig: a walk over its values. */
#include <string.h>

#include "proto/render.h"
#include "rawsock/dns.h"

enum {
    TYPE_OPT = 41, /* RFC 6891, 6.1.1 */
    ANSWERS = 1,   /* the sections are the message's arrays: questions, answers, ... */
    VERSION_SHIFT = 16,
    EXTENDED_SHIFT = 24, /* in OPT's TTL: RFC 6891, 6.1.3 */
    EDNS_DO = 0x8000,
};

/* A message being written. */
struct writing {
    struct pfg_out *out;
    const struct pfg_decode *decode;
    const struct pfg_pdu *pdu;
    bool short_form;
};

static const struct pfg_value *value_at(const struct writing *w, uint32_t place)
{
    return &w->decode->values[w->pdu->first + place];
}

/* Values that stand behind this one and belong to it. */
static uint32_t size_of(const struct pfg_value *value)
{
    bool container = value->field->row->kind == PFG_GROUP || value->field->row->kind == PFG_ARRAY;

    return container ? (uint32_t)value->u : 0;
}

static bool is_called_as(const struct pfg_value *value, enum pfg_known known)
{
    return strcmp(value->field->name, pfg_known(known)->name) == 0;
}

static void write_plain(const struct writing *w, const struct pfg_value *value)
{
    pfg_value_plain(w->out, w->pdu, value, PFG_ASPECT_VALUE);
}

/* A domain name with the dot that makes it whole (RFC 1035, 5.1). */
static void write_name(const struct writing *w, const struct pfg_value *value)
{
    write_plain(w, value);
    if (w->out->at == w->out->start || w->out->at[-1] != '.')
        pfg_out_char(w->out, '.');
}

/* A type or class: its mnemonic, or TYPE65 and CLASS7 (RFC 3597, 5). */
static void write_mnemonic(const struct writing *w, const struct pfg_value *value,
                           const char *generic)
{
    const struct pfg_name *name =
        value->field->names ? pfg_name_find(value->field->names, value->u) : NULL;

    if (name) {
        pfg_out_string(w->out, name->name);
        return;
    }
    pfg_out_string(w->out, generic);
    pfg_out_uint(w->out, value->u);
}

/* ---- Header -------------------------------------------------------------------------- */

/* The names of the bits that are set, and of the values in runs of bits. */
static void write_flags(const struct writing *w, const struct pfg_value *value)
{
    const struct pfg_table *bits = &value->field->inside;

    for (uint32_t i = 0; i < bits->count; i++) {
        const struct pfg_field *bit = &bits->fields[i];
        uint64_t number = pfg_pdu_uint(w->decode, w->pdu, bit, 0);
        const struct pfg_name *name = bit->names ? pfg_name_find(bit->names, number) : NULL;

        if (bit->boolean && !number)
            continue;
        pfg_out_char(w->out, ' ');
        if (bit->boolean || !name)
            pfg_out_string(w->out, bit->name);
        if (!bit->boolean && !name)
            pfg_out_uint(w->out, number);
        else if (name)
            pfg_out_string(w->out, name->name);
    }
}

static void write_header(const struct writing *w)
{
    const char *before = ";; ";

    for (uint32_t i = 0; i < w->pdu->count; i += 1 + size_of(value_at(w, i))) {
        const struct pfg_value *value = value_at(w, i);
        enum pfg_kind kind = value->field->row->kind;

        if (value->field->bit || (kind != PFG_UINT && kind != PFG_FLAGS))
            continue;
        pfg_out_string(w->out, before);
        pfg_out_string(w->out, value->field->name);
        if (kind == PFG_FLAGS) {
            write_flags(w, value);
        } else {
            pfg_out_char(w->out, ' ');
            write_plain(w, value);
        }
        before = ", ";
    }
    pfg_out_char(w->out, '\n');
}

/* ---- Records ------------------------------------------------------------------------- */

/* The parts of a record or question; data: place of the first value of its data. */
struct record {
    const struct pfg_value *name, *type, *class, *ttl;
    uint32_t data, end;
};

static struct record read_record(const struct writing *w, uint32_t first, uint32_t end)
{
    struct record record = { .data = end, .end = end };

    for (uint32_t i = first; i < end; i += 1 + size_of(value_at(w, i))) {
        const struct pfg_value *value = value_at(w, i);

        if (value->field->row->kind == PFG_LENGTH) {
            record.data = i + 1;
            break;
        }
        if (is_called_as(value, PFG_KNOWN_DNS_RR_NAME))
            record.name = value;
        else if (is_called_as(value, PFG_KNOWN_DNS_RR_TYPE))
            record.type = value;
        else if (is_called_as(value, PFG_KNOWN_DNS_QRY_CLASS))
            record.class = value;
        else if (is_called_as(value, PFG_KNOWN_DNS_RR_TTL))
            record.ttl = value;
    }
    return record;
}

/* The data, value after value; before: what stands before each. */
static void write_data(const struct writing *w, const struct record *record, const char *before)
{
    for (uint32_t i = record->data; i < record->end; i++) {
        const struct pfg_value *value = value_at(w, i);

        if (value->field->row->kind == PFG_GROUP || value->field->row->kind == PFG_ARRAY)
            continue;
        pfg_out_string(w->out, before);
        write_plain(w, value);
        before = " ";
    }
}

/* OPT's class and TTL are no class and TTL (RFC 6891, 6.1.3). */
static void write_opt(const struct writing *w, const struct record *record)
{
    uint64_t ttl = record->ttl ? record->ttl->u : 0;

    pfg_out_string(w->out, "; EDNS version ");
    pfg_out_uint(w->out, ttl >> VERSION_SHIFT & 0xff);
    pfg_out_string(w->out, ttl & EDNS_DO ? ", do, udp " : ", udp ");
    pfg_out_uint(w->out, record->class ? record->class->u : 0);
    if (ttl >> EXTENDED_SHIFT) {
        pfg_out_string(w->out, ", extended rcode ");
        pfg_out_uint(w->out, ttl >> EXTENDED_SHIFT);
    }
    write_data(w, record, ", ");
    pfg_out_char(w->out, '\n');
}

static void write_record(const struct writing *w, const struct record *record)
{
    if (record->type && record->type->u == TYPE_OPT && record->ttl) {
        write_opt(w, record);
        return;
    }
    if (!record->ttl) /* a question */
        pfg_out_char(w->out, ';');
    if (record->name)
        write_name(w, record->name);
    if (record->ttl) {
        pfg_out_char(w->out, '\t');
        write_plain(w, record->ttl);
    }
    if (record->class) {
        pfg_out_char(w->out, '\t');
        write_mnemonic(w, record->class, "CLASS");
    }
    if (record->type) {
        pfg_out_char(w->out, '\t');
        write_mnemonic(w, record->type, "TYPE");
    }
    write_data(w, record, "\t");
    pfg_out_char(w->out, '\n');
}

/* One section: an array whose elements are records. */
static void write_section(const struct writing *w, uint32_t place, unsigned number)
{
    uint32_t end = place + 1 + size_of(value_at(w, place));

    if (end == place + 1 || (w->short_form && number != ANSWERS))
        return;
    if (!w->short_form) {
        pfg_out_string(w->out, "\n;; ");
        pfg_out_string(w->out, value_at(w, place)->field->name);
        pfg_out_char(w->out, '\n');
    }
    for (uint32_t i = place + 1; i < end; i += 1 + size_of(value_at(w, i))) {
        struct record record = read_record(w, i + 1, i + 1 + size_of(value_at(w, i)));

        if (!w->short_form) {
            write_record(w, &record);
        } else {
            write_data(w, &record, "");
            pfg_out_char(w->out, '\n');
        }
    }
}

static void write_problems(const struct writing *w)
{
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if (!(w->pdu->problems & 1U << i))
            continue;
        pfg_out_string(w->out, "\n;; wrong: ");
        pfg_out_string(w->out, pfg_problem_name((enum pfg_problem)i));
        pfg_out_char(w->out, '\n');
    }
}

void pfg_answer_write(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu, bool short_form)
{
    const struct writing w = { out, decode, pdu, short_form };
    unsigned section = 0;

    if (!short_form)
        write_header(&w);
    for (uint32_t i = 0; i < pdu->count; i += 1 + size_of(value_at(&w, i)))
        if (value_at(&w, i)->field->row->kind == PFG_ARRAY)
            write_section(&w, i, section++);
    if (!short_form)
        write_problems(&w);
}
