/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A protocol as tables: its bytes, its values, its bodies. */
#include "proto/describe.h"

#include <stdio.h>
#include <string.h>

#include "proto/fixed.h"

enum { SEEN_MAX = 256, CELL = 512 };

/* A description on its way. */
struct page {
    struct pfg_out *out;
    const struct pfg_proto *proto;
    enum pfg_describe form;
    const void *seen[SEEN_MAX]; /* tables of names that were described already */
    size_t seen_count;
};

/* ---- Tables ---- */

static void heading(struct page *page, const char *format, const char *name, const char *more)
{
    char text[CELL];
    snprintf(text, sizeof text, format, name, more);
    pfg_out_string(page->out, page->form == PFG_DESCRIBE_MARKDOWN ? "\n### " : "\n");
    pfg_out_string(page->out, text);
    pfg_out_string(page->out, page->form == PFG_DESCRIBE_MARKDOWN ? "\n\n" : "\n");
}

/* A line of a table. widths: of the columns in text; the last is as long as it is. */
static void line(struct page *page, const char *const cells[], const int widths[], int count)
{
    struct pfg_out *out = page->out;
    bool markdown = page->form == PFG_DESCRIBE_MARKDOWN;

    pfg_out_string(out, markdown ? "|" : " ");
    for (int i = 0; i < count; i++) {
        size_t shown = 0;
        pfg_out_char(out, ' ');
        for (const char *c = cells[i] ? cells[i] : ""; *c; c++) {
            if (markdown && *c == '|')
                pfg_out_char(out, '\\');
            pfg_out_char(out, *c);
            shown += (*c & 0xc0) != 0x80;
        }
        if (markdown)
            pfg_out_string(out, " |");
        for (; !markdown && i + 1 < count && shown < (size_t)widths[i]; shown++)
            pfg_out_char(out, ' ');
    }
    pfg_out_char(out, '\n');
}

static void rule(struct page *page, int count)
{
    if (page->form != PFG_DESCRIBE_MARKDOWN)
        return;
    for (int i = 0; i < count; i++)
        pfg_out_string(page->out, "|---");
    pfg_out_string(page->out, "|\n");
}

/* A text made by the functions above, as a cell. */
static const char *cell(char text[CELL], struct pfg_out *scratch)
{
    size_t size = (size_t)(scratch->at - scratch->start);
    size = size < CELL ? size : CELL - 1;
    memcpy(text, scratch->start, size);
    text[size] = 0;
    return text;
}

static void size_text(char text[32], const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    text[0] = 0;
    if (row->bits)
        snprintf(text, 32, "%u bit%s", row->bits, row->bits > 1 ? "s" : "");
    else if (field->size)
        snprintf(text, 32, "%u", field->size);
    else if (row->prefix)
        snprintf(text, 32, "%u+n", row->prefix);
    else if (row->kind != PFG_DERIVED)
        snprintf(text, 32, row->zero_ended ? "n+1" : "n");
}

static const int field_widths[] = { 6, 8, 28, 40, 0 };
enum { FIELD_COLUMNS = 5 };

static void describe_default(struct pfg_out *out, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    pfg_out_string(out, ", ");
    if (row->fraction_bits)
        pfg_out_fixed(out, row->init, row->kind == PFG_INT, row->fraction_bits);
    else if (row->kind == PFG_INT)
        pfg_out_int(out, (int64_t)row->init);
    else
        pfg_out_uint(out, row->init);
    pfg_out_string(out, " where not given");
}

static void field_line(struct page *page, const struct pfg_field *field)
{
    char offset[16] = "", size[32], kind[CELL];
    struct pfg_out scratch;

    if (pfg_out_init(&scratch, 4096, NULL, NULL) < 0)
        return;
    if (field->offset != UINT32_MAX && field->row->kind != PFG_DERIVED)
        snprintf(offset, sizeof offset, "%u", field->offset);
    size_text(size, field);
    pfg_describe_kind(&scratch, field);
    if (field->row->init && field->row->kind != PFG_CONST)
        describe_default(&scratch, field);
    const char *cells[] = { offset, size, field->path, cell(kind, &scratch), field->row->doc };
    line(page, cells, field_widths, FIELD_COLUMNS);
    pfg_out_free(&scratch);
}

static void describe_table(struct page *page, const struct pfg_table *table);

static void fields_of(struct page *page, const struct pfg_table *table)
{
    static const char *const titles[] = { "offset", "size", "field", "what", "meaning" };

    if (!table->count) {
        pfg_out_string(page->out, "  No bytes.\n");
        return;
    }
    line(page, titles, field_widths, FIELD_COLUMNS);
    rule(page, FIELD_COLUMNS);
    for (uint32_t i = 0; i < table->count; i++)
        field_line(page, &table->fields[i]);
}

static bool first_time(struct page *page, const void *table)
{
    for (size_t i = 0; i < page->seen_count; i++)
        if (page->seen[i] == table)
            return false;
    if (page->seen_count < SEEN_MAX)
        page->seen[page->seen_count++] = table;
    return true;
}

static void describe_names(struct page *page, const struct pfg_field *field)
{
    static const char *const titles[] = { "value", "name", "meaning" };
    static const int widths[] = { 10, 20, 0 };

    if (!field->names || !first_time(page, field->names))
        return;
    heading(page, "Values of %s%s", field->path, field->row->closed ? "; no others" : "");
    line(page, titles, widths, 3);
    rule(page, 3);
    for (uint32_t i = 0; i < field->names->count; i++) {
        const struct pfg_name *name = &field->names->rows[i];
        char value[32];
        snprintf(value, sizeof value, field->row->display == PFG_HEX ? "0x%llx" : "%llu",
                 (unsigned long long)name->value);
        const char *cells[] = { value, name->name, name->doc };
        line(page, cells, widths, 3);
    }
    if (field->row->other && !field->bit) {
        const char *cells[] = { "any other", field->row->other, NULL };
        line(page, cells, widths, 3);
    }
}

static void describe_bits(struct page *page, const struct pfg_field *flags)
{
    static const char *const titles[] = { "mask", "field", "meaning" };
    static const int widths[] = { 10, 36, 0 };

    heading(page, "Bits of %s%s", flags->path, "");
    line(page, titles, widths, 3);
    rule(page, 3);
    for (uint32_t i = 0; i < flags->inside.count; i++) {
        const struct pfg_field *bit = &flags->inside.fields[i];
        char mask[24];
        snprintf(mask, sizeof mask, "0x%0*llx", 2 * flags->row->size,
                 (unsigned long long)bit->bit->mask);
        const char *cells[] = { mask, bit->path, bit->bit->doc };
        line(page, cells, widths, 3);
    }
    for (uint32_t i = 0; i < flags->inside.count; i++)
        describe_names(page, &flags->inside.fields[i]);
}

static void body_of(struct page *page, const struct pfg_body *body, const char *format,
                    const char *name, const char *doc)
{
    heading(page, format, name, page->proto->def->name);
    if (doc) {
        pfg_out_string(page->out, page->form == PFG_DESCRIBE_MARKDOWN ? "" : "  ");
        pfg_out_string(page->out, doc);
        pfg_out_string(page->out, page->form == PFG_DESCRIBE_MARKDOWN ? "\n\n" : "\n");
    }
    describe_table(page, &body->table);
}

/* All bodies that a field chooses between. Values with the same rows are described once. */
static void describe_bodies(struct page *page, const struct pfg_field *field,
                            const struct pfg_names *names)
{
    for (uint32_t i = 0; i < names->count; i++) {
        const struct pfg_name *name = &names->rows[i];
        const struct pfg_body *request = &field->bodies[2 * i], *reply = request + 1;
        bool differ = name->reply && name->reply != name->body;
        if (!request->present || !first_time(page, name->body))
            continue;
        body_of(page, request, differ ? "%s, the request" : "%s", name->name, name->doc);
        if (differ)
            body_of(page, reply, "%s, the reply", name->name, NULL);
    }
    if (field->row->rows || field->row->other)
        body_of(page, field->other, "%s, for other values", field->name, NULL);
    if (field->error)
        body_of(page, field->error, "%s: a reply that says what failed", field->error->group->name,
                NULL);
}

/* Record data: the fields of each type in one line, as master files have them. */
static void describe_rdata(struct page *page, const struct pfg_field *field)
{
    static const char *const titles[] = { "type", "fields" };
    static const int widths[] = { 12, 0 };

    if (!first_time(page, field->names))
        return;
    heading(page, "%s: fields of each type, in the order of master files%s", field->path, "");
    line(page, titles, widths, 2);
    rule(page, 2);
    for (uint32_t i = 0; i < field->names->count; i++) {
        char text[CELL] = "";
        const struct pfg_table *table = &field->bodies[i].table;
        for (uint32_t k = 0; field->bodies[i].present && k < table->count; k++) {
            size_t at = strlen(text);
            snprintf(text + at, sizeof text - at, "%s%s", k ? " " : "", table->fields[k].name);
        }
        const char *cells[] = { field->names->rows[i].name, text };
        if (text[0])
            line(page, cells, widths, 2);
    }
}

static void describe_inside(struct page *page, const struct pfg_table *table,
                            const struct pfg_field *field)
{
    describe_names(page, field->row->kind == PFG_RDATA ? table->fields : field);
    if (field->row->kind == PFG_FLAGS)
        describe_bits(page, field);
    if (field->row->kind == PFG_BODY)
        describe_bodies(page, field, table->fields[field->by].names);
    if (field->row->kind == PFG_RDATA)
        describe_rdata(page, field);
    if (field->row->kind == PFG_GROUP) {
        heading(page, "%s%s", field->path, "");
        describe_table(page, &field->inside);
    }
    if (field->row->kind == PFG_ARRAY && first_time(page, field->row->rows)) {
        heading(page, "%s: each element%s", field->path, "");
        describe_table(page, &field->inside.fields->inside);
    }
}

static void describe_table(struct page *page, const struct pfg_table *table)
{
    fields_of(page, table);
    for (uint32_t i = 0; i < table->count; i++)
        describe_inside(page, table, &table->fields[i]);
}

/* ---- The protocol ---- */

/* Names beside those of the rows. */
static void describe_also(struct page *page)
{
    static const char *const titles[] = { "name", "field" };
    static const int widths[] = { 36, 0 };
    const struct pfg_protocol *def = page->proto->def;

    if (!def->also)
        return;
    heading(page, "More names in --where and --fields%s%s", "", "");
    line(page, titles, widths, 2);
    rule(page, 2);
    for (const struct pfg_also *also = def->also; also->name; also++) {
        char name[CELL], fields[CELL];
        snprintf(name, sizeof name, "%s.%s", def->name, also->name);
        snprintf(fields, sizeof fields, also->fields[1] ? "%s.%s, %s.%s" : "%s.%s", def->name,
                 also->fields[0], def->name, also->fields[1] ? also->fields[1] : "");
        const char *cells[] = { name, fields };
        line(page, cells, widths, 2);
    }
}

static void ports(struct pfg_out *out, const uint16_t list[4], const char *transport, bool *any)
{
    for (int i = 0; i < 4 && list[i]; i++) {
        pfg_describe_print(out, "%s%u/%s", *any ? ", " : "Ports: ", list[i], transport);
        *any = true;
    }
}

static void facts(struct pfg_out *out, const struct pfg_protocol *def)
{
    bool any = false;
    ports(out, def->udp_ports, "udp", &any);
    ports(out, def->tcp_ports, "tcp", &any);
    if (any)
        pfg_out_string(out, def->any_port ? ", and any other by its looks.\n" : ".\n");
    if (def->tcp_prefix)
        pfg_describe_print(out, "Over TCP each message comes after its length in %u bytes.\n",
                           def->tcp_prefix);
    if (def->follow)
        pfg_out_string(out, "Answers may come from another port than was asked.\n");
    if (def->reply)
        pfg_describe_print(out, "A reply is told by %s", def->reply);
    for (int i = 0; def->reply && i < 4 && def->pair[i]; i++)
        pfg_describe_print(out, "%s%s", i ? ", " : ", matched with its request by ", def->pair[i]);
    if (def->reply)
        pfg_out_string(out, ".\n");
    if (def->more)
        pfg_describe_print(out, "Where %s is set, the body goes on in the next message.\n",
                           def->more);
}

void pfg_describe_protocol(struct pfg_out *out, const struct pfg_proto *proto,
                           enum pfg_describe form)
{
    struct page page = { .out = out, .proto = proto, .form = form };
    const struct pfg_protocol *def = proto->def;
    bool markdown = form == PFG_DESCRIBE_MARKDOWN;

    pfg_describe_print(out, markdown ? "## %s: %s\n\n" : "%s: %s\n", def->name, def->title);
    if (def->doc)
        pfg_describe_print(out, "%s\n", def->doc);
    facts(out, def);
    if (markdown)
        pfg_out_char(out, '\n');
    describe_table(&page, &proto->table);
    describe_also(&page);
}
