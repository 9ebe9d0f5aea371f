/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protocols made ready: their tables, what frames them, and what tells a reply. */
#include "proto/compile_inside.h"

#include <stdlib.h>
#include <string.h>

#include "proto/plan.h"
#include "proto/raw.h"
#include "proto/run.h"

/* "flags.reply" or "mode=4" of a protocol. */
static int compile_test(const struct pfg_proto *proto, const char *text, struct pfg_test *test)
{
    if (!text)
        return 0;
    test->field = pfg_compile_bit(&proto->table, text);
    if (!test->field)
        return pfg_registry_fail("%s: %s names no row", proto->def->name, text);
    const char *equals = strchr(text, '=');
    test->mask = UINT64_MAX;
    test->any = !equals;
    if (equals &&
        !pfg_name_value(test->field->names, equals + 1, strlen(equals + 1), &test->value)) {
        char *end;
        test->value = strtoull(equals + 1, &end, 0);
        if (end == equals + 1 || *end)
            return pfg_registry_fail("%s: %s has no number and no name behind =", proto->def->name,
                                     text);
    }
    if (test->field->bit) {
        test->mask = test->field->bit->mask;
        test->value <<= test->field->bits_shift;
        test->field = test->field->parent;
    }
    return 0;
}

static int compile_pair(struct pfg_proto *proto)
{
    for (; proto->pair_count < 4 && proto->def->pair[proto->pair_count]; proto->pair_count++) {
        const char *text = proto->def->pair[proto->pair_count];
        const char *of_request = strchr(text, '<');
        char *reply = pfg_compile_join(proto->def->name, ".", text);
        if (!reply)
            return -1;
        if (of_request)
            reply[strlen(proto->def->name) + 1 + (size_t)(of_request - text)] = 0;
        char *request =
            of_request ? pfg_compile_join(proto->def->name, ".", of_request + 1) : reply;
        if (!request)
            return -1;
        struct pfg_ref a = pfg_field_find(request, strlen(request));
        struct pfg_ref b = pfg_field_find(reply, strlen(reply));
        if (!a.field || !b.field)
            return pfg_registry_fail("%s: .pair names %s, and no row has it", proto->def->name,
                                     text);
        proto->pair[proto->pair_count].request = a.field;
        proto->pair[proto->pair_count].reply = b.field;
    }
    return 0;
}

static void find_framing(struct pfg_proto *proto)
{
    for (uint32_t i = 0; i < proto->table.count; i++) {
        const struct pfg_field *field = &proto->table.fields[i];
        enum pfg_kind kind = field->row->kind;
        if (kind == PFG_LENGTH && field->offset != UINT32_MAX && !proto->length &&
            !(field->row->bits && proto->def->network))
            proto->length = field;
        if (kind == PFG_BODY)
            proto->body = field;
        if (kind == PFG_CHECKSUM)
            proto->checksum = field;
        if (kind == PFG_MAGIC && i == 0)
            proto->magic_size = field->row->size;
        if ((kind == PFG_MAGIC || kind == PFG_CONST) && field->offset != UINT32_MAX)
            proto->marked = true;
        if (kind == PFG_DERIVED && field->row->derive == PFG_DERIVE_MATCH)
            proto->match = field;
        if (proto->body && kind != PFG_BODY)
            proto->tail_size += field->size;
        if (field->offset != UINT32_MAX && !proto->body)
            proto->header_size = field->offset + pfg_raw_advance(field);
    }
}

static int compile_error(struct pfg_proto *proto)
{
    const struct pfg_protocol *def = proto->def;
    if (!def->error_rows)
        return 0;
    if (!proto->body || !def->error)
        return pfg_registry_fail("%s: .error_rows without .error and a body", def->name);
    struct pfg_body *body = pfg_registry_alloc(1, sizeof *body);
    const struct pfg_field *bit = pfg_compile_bit(&proto->table, def->error);
    if (!body || !bit)
        return pfg_registry_fail("%s: .error names %s, and no row has it", def->name, def->error);
    struct pfg_place place = { proto, NULL, def->name, false, 0 };
    if (pfg_compile_body(place, proto->body, bit->name, bit->bit ? bit->bit->doc : NULL,
                         def->error_rows, body) < 0)
        return -1;
    ((struct pfg_field *)(uintptr_t)proto->body)->error = body;
    return 0;
}

/* The rows that tell the direction, in the runs that they are in. */
static void mark_runs(const struct pfg_proto *proto)
{
    for (uint32_t i = 0; i < proto->table.count; i++) {
        struct pfg_run *run = (struct pfg_run *)(uintptr_t)proto->table.fields[i].run;
        if (run)
            pfg_run_direction(run, &proto->reply, &proto->error);
    }
}

/* A layer's first run may be left where it stands (pdu->head), and is divided for those who write
 * it from there. 0, or -1 when memory is out. */
static int divide_head(const struct pfg_proto *proto)
{
    struct pfg_run *run = (struct pfg_run *)(uintptr_t)proto->table.fields[0].run;
    return proto->def->network && run ? pfg_parts_make(run) : 0;
}

int pfg_compile_protocol(struct pfg_proto *proto)
{
    const struct pfg_protocol *def = proto->def;
    struct pfg_place place = { proto, NULL, def->name, false, 0 };

    proto->key = pfg_compile_key(def->name, &proto->key_size);
    if (!proto->key)
        return -1;
    /* The key has two characters before the name, and two behind it. */
    proto->name = (struct pfg_text){ proto->key + 2, proto->key_size - 4 };
    if (pfg_compile_table(place, def->rows, &proto->table) < 0)
        return -1;
    find_framing(proto);
    if (def->fixed_size && def->fixed_size != proto->header_size)
        return pfg_registry_fail("%s: the rows before the first variable one take %u bytes, "
                                 ".fixed_size says %u",
                                 def->name, proto->header_size, def->fixed_size);
    if (compile_test(proto, def->reply, &proto->reply) < 0 ||
        compile_test(proto, def->error, &proto->error) < 0 ||
        compile_test(proto, def->more, &proto->more) < 0 || compile_error(proto) < 0)
        return -1;
    pfg_compile_places(proto);
    mark_runs(proto);
    pfg_plan_message(proto);
    return divide_head(proto) < 0 ? -1 : compile_pair(proto);
}
