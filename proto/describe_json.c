/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A protocol as JSON: rows with what hangs on them, nested as the tables are. */
#include <stdio.h>
#include <string.h>

#include "proto/describe.h"

/* An object or a list being written: whether a comma comes first. */
struct json {
    struct pfg_out *out;
    bool any;
};

static struct json open(struct pfg_out *out, char mark)
{
    pfg_out_char(out, mark);
    return (struct json){ out, false };
}

static void separate(struct json *j)
{
    if (j->any)
        pfg_out_char(j->out, ',');
    j->any = true;
}

static void key(struct json *j, const char *name)
{
    separate(j);
    pfg_out_char(j->out, '"');
    pfg_out_string(j->out, name);
    pfg_out_string(j->out, "\":");
}

static void text(struct json *j, const char *name, const char *value)
{
    if (!value)
        return;
    key(j, name);
    pfg_out_char(j->out, '"');
    pfg_out_json(j->out, value, strlen(value));
    pfg_out_char(j->out, '"');
}

static void number(struct json *j, const char *name, uint64_t value)
{
    key(j, name);
    pfg_out_uint(j->out, value);
}

static void truth(struct json *j, const char *name, bool value)
{
    if (!value)
        return;
    key(j, name);
    pfg_out_string(j->out, "true");
}

static void names_of(struct json *j, const struct pfg_names *names)
{
    key(j, "names");
    struct json list = open(j->out, '[');
    for (uint32_t i = 0; i < names->count; i++) {
        separate(&list);
        struct json one = open(j->out, '{');
        number(&one, "value", names->rows[i].value);
        text(&one, "name", names->rows[i].name);
        text(&one, "doc", names->rows[i].doc);
        pfg_out_char(j->out, '}');
    }
    pfg_out_char(j->out, ']');
}

static void bits_of(struct json *j, const struct pfg_field *flags)
{
    key(j, "bits_of");
    struct json list = open(j->out, '[');
    for (uint32_t i = 0; i < flags->inside.count; i++) {
        const struct pfg_field *bit = &flags->inside.fields[i];
        separate(&list);
        struct json one = open(j->out, '{');
        text(&one, "name", bit->name);
        text(&one, "path", bit->path);
        number(&one, "mask", bit->bit->mask);
        if (bit->names)
            names_of(&one, bit->names);
        text(&one, "doc", bit->bit->doc);
        pfg_out_char(j->out, '}');
    }
    pfg_out_char(j->out, ']');
}

static void fields_of(struct json *j, const char *name, const struct pfg_table *table);

static void bodies_of(struct json *j, const struct pfg_field *field, const struct pfg_names *names)
{
    key(j, "bodies");
    struct json list = open(j->out, '[');
    for (uint32_t i = 0; i < names->count; i++) {
        const struct pfg_body *request = &field->bodies[2 * i], *reply = request + 1;
        if (!request->present)
            continue;
        separate(&list);
        struct json one = open(j->out, '{');
        number(&one, "value", names->rows[i].value);
        text(&one, "name", names->rows[i].name);
        fields_of(&one, "fields", &request->table);
        if (reply->table.fields != request->table.fields)
            fields_of(&one, "reply_fields", &reply->table);
        pfg_out_char(j->out, '}');
    }
    pfg_out_char(j->out, ']');
    fields_of(j, "other", &field->other->table);
    if (field->error)
        fields_of(j, "error", &field->error->table);
}

static void rdata_of(struct json *j, const struct pfg_field *field)
{
    key(j, "types");
    struct json list = open(j->out, '[');
    for (uint32_t i = 0; i < field->names->count; i++) {
        if (!field->bodies[i].present)
            continue;
        separate(&list);
        struct json one = open(j->out, '{');
        number(&one, "value", field->names->rows[i].value);
        text(&one, "name", field->names->rows[i].name);
        fields_of(&one, "fields", &field->bodies[i].table);
        pfg_out_char(j->out, '}');
    }
    pfg_out_char(j->out, ']');
}

/* Where the row stands and how large it is. */
static void place_of(struct json *j, const struct pfg_field *field)
{
    if (field->offset != UINT32_MAX)
        number(j, "offset", field->offset);
    if (field->size)
        number(j, "size", field->size);
    if (field->row->bits)
        number(j, "bits", field->row->bits);
    if (field->row->prefix)
        number(j, "prefix", field->row->prefix);
    truth(j, "zero_ended", field->row->zero_ended);
    truth(j, "optional", field->row->optional);
    if (field->row->order == PFG_LITTLE)
        text(j, "order", "little");
}

static void field_of(struct pfg_out *out, const struct pfg_table *table,
                     const struct pfg_field *field)
{
    static const char *const units[] = { "ns", "us", "ms", "s", "ntp" };
    const struct pfg_row *row = field->row;
    struct json j = open(out, '{');

    text(&j, "name", field->name);
    text(&j, "path", field->path);
    text(&j, "kind", pfg_kind_name(row->kind));
    place_of(&j, field);
    if (row->kind == PFG_TIME)
        text(&j, "unit", units[row->unit]);
    if (field->scale > 1)
        number(&j, "scale", field->scale);
    if (row->fraction_bits)
        number(&j, "fraction_bits", row->fraction_bits);
    if (row->init)
        number(&j, "default", row->init);
    if (row->max)
        number(&j, "max", row->max);
    text(&j, "text", row->text);
    text(&j, "by", row->by);
    truth(&j, "closed", row->closed);
    if (field->names && row->kind != PFG_RDATA)
        names_of(&j, field->names);
    text(&j, "other_name", row->other);
    if (row->kind == PFG_FLAGS)
        bits_of(&j, field);
    if (row->kind == PFG_BODY)
        bodies_of(&j, field, table->fields[field->by].names);
    if (row->kind == PFG_RDATA)
        rdata_of(&j, field);
    if (row->kind == PFG_GROUP)
        fields_of(&j, "fields", &field->inside);
    if (row->kind == PFG_ARRAY)
        fields_of(&j, "fields", &field->inside.fields->inside);
    text(&j, "doc", row->doc);
    pfg_out_char(out, '}');
}

static void fields_of(struct json *j, const char *name, const struct pfg_table *table)
{
    key(j, name);
    struct json list = open(j->out, '[');
    for (uint32_t i = 0; i < table->count; i++) {
        separate(&list);
        field_of(j->out, table, &table->fields[i]);
    }
    pfg_out_char(j->out, ']');
}

static void ports_of(struct json *j, const char *name, const uint16_t ports[4])
{
    key(j, name);
    struct json list = open(j->out, '[');
    for (int i = 0; i < 4 && ports[i]; i++) {
        separate(&list);
        pfg_out_uint(j->out, ports[i]);
    }
    pfg_out_char(j->out, ']');
}

void pfg_describe_json(struct pfg_out *out, const struct pfg_proto *proto)
{
    const struct pfg_protocol *def = proto->def;
    struct json j = open(out, '{');

    text(&j, "name", def->name);
    text(&j, "title", def->title);
    text(&j, "doc", def->doc);
    ports_of(&j, "udp_ports", def->udp_ports);
    ports_of(&j, "tcp_ports", def->tcp_ports);
    truth(&j, "any_port", def->any_port);
    truth(&j, "network", def->network);
    number(&j, "header_size", proto->header_size);
    text(&j, "reply", def->reply);
    key(&j, "pair");
    struct json pair = open(out, '[');
    for (int i = 0; i < 4 && def->pair[i]; i++) {
        separate(&pair);
        pfg_out_char(out, '"');
        pfg_out_json(out, def->pair[i], strlen(def->pair[i]));
        pfg_out_char(out, '"');
    }
    pfg_out_char(out, ']');
    fields_of(&j, "fields", &proto->table);
    pfg_out_char(out, '}');
}
