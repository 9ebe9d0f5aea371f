/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of bytes: texts, data, addresses, names, packed values, record data, magics. */
#include <stdio.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/encode_inside.h"
#include "proto/pack.h"
#include "proto/rdata.h"

int pfg_encode_fail(struct pfg_enc *e, const struct pfg_field *field, const char *what)
{
    snprintf(e->fault->text, sizeof e->fault->text, "%s: %s", field->path, what);
    return -1;
}

/* Appends the bytes of a setting, or of the row's default; *size is how many. */
int pfg_encode_setting(struct pfg_enc *e, const struct pfg_field *field, const struct pfg_set *set,
                       uint32_t *size)
{
    uint32_t room = e->w->room - e->w->size;
    int64_t n;

    *size = 0;
    if (set && set->how == PFG_SET_BYTES) {
        pfg_writer_bytes(e->w, set->text, set->size);
        *size = set->size;
        return 0;
    }
    if (set && set->how == PFG_SET_UINT)
        return pfg_encode_fail(e, field, "is bytes, and a number was given");
    const char *text = set ? set->text : field->row->text;
    if (!text)
        return 0;
    n = pfg_parse_bytes(field, text, set ? set->size : strlen(text), e->w->bytes + e->w->size, room,
                        e->fault);
    if (n < 0)
        return -1;
    e->w->size += (uint32_t)n;
    *size = (uint32_t)n;
    return 0;
}

/* Fixed bytes: shorter ones are filled with zeros, longer ones are a fault. */
static int fill_fixed(struct pfg_enc *e, const struct pfg_field *field, uint32_t size)
{
    uint32_t whole = field->size;
    if (size > whole)
        return pfg_encode_fail(e, field, "longer than the field");
    uint8_t *rest = pfg_writer_take(e->w, whole - size);
    if (rest)
        memset(rest, 0, whole - size);
    return 0;
}

int pfg_encode_bytes(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                     struct pfg_told *told)
{
    const struct pfg_row *row = field->row;
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint32_t prefix = e->w->size, size;

    pfg_writer_take(e->w, row->prefix);
    told->at[field->index] = e->w->size;
    if (pfg_encode_setting(e, field, set, &size) < 0)
        return -1;
    told->size[field->index] = size;
    if (set)
        pfg_set_done(set, told->at[field->index], size);
    if (row->prefix && size >> (8 * row->prefix))
        return pfg_encode_fail(e, field,
                               row->prefix == 1
                                   ? "longer than 255 bytes, which its length can tell"
                                   : "longer than 65535 bytes, which its length can tell");
    if (row->prefix && !e->w->overflow)
        (row->order == PFG_LITTLE ? pfg_put_le : pfg_put_be)(e->w->bytes + prefix, size,
                                                             row->prefix);
    if (row->zero_ended && !row->size)
        pfg_writer_be(e->w, 0, 1);
    if (row->size)
        return fill_fixed(e, field, size);
    return 0;
}

int pfg_encode_address(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint32_t at = e->w->size, size = 0;

    if (set && set->how == PFG_SET_UINT && field->row->kind == PFG_IPV4)
        pfg_writer_be(e->w, set->number, 4);
    else if (pfg_encode_setting(e, field, set, &size) < 0 || fill_fixed(e, field, size) < 0)
        return -1;
    if (set)
        pfg_set_done(set, at, field->size);
    return 0;
}

int pfg_encode_name(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint8_t wire[255] = { 0 };
    uint32_t at = e->w->size;
    int64_t size = 1;

    if (set && set->how == PFG_SET_BYTES) {
        pfg_writer_bytes(e->w, set->text, set->size);
    } else {
        const char *text = set ? set->text : field->row->text;
        size_t length = set ? set->size : text ? strlen(text) : 0;
        if (length > 4 && strncmp(text, "hex:", 4) == 0) { /* as it is, right or wrong */
            uint32_t raw;
            if (pfg_encode_setting(e, field, set, &raw) < 0)
                return -1;
        } else {
            size = pfg_parse_bytes(field, text ? text : "", length, wire, sizeof wire, e->fault);
            if (size < 0)
                return -1;
            pfg_dnsname_write(e->w, e->start, wire, (uint32_t)size, e->names);
        }
    }
    if (set)
        pfg_set_done(set, at, e->w->size - at);
    return 0;
}

/* Says whose fault it is: the field's, or that of the format's, where it is none. */
static int packed_fail(struct pfg_enc *e, const struct pfg_field *field, const char *format,
                       uint32_t format_size)
{
    struct pfg_fault what = *e->fault;
    bool formed = pfg_pack_size(format, format_size) >= 0;
    const struct pfg_field *named = formed ? field : field - field->index + field->by;

    snprintf(e->fault->text, sizeof e->fault->text, "%s: %.200s", named->path, what.text);
    return -1;
}

int pfg_encode_packed(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                      const struct pfg_told *told)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint32_t at = e->w->size, format_size = told->size[field->by];
    const char *format = (const char *)e->w->bytes + told->at[field->by];
    int n = 0;

    if (set && set->how == PFG_SET_BYTES) {
        pfg_writer_bytes(e->w, set->text, set->size);
    } else if (set && set->size > 4 && strncmp(set->text, "hex:", 4) == 0) {
        uint32_t raw;
        if (pfg_encode_setting(e, field, set, &raw) < 0)
            return -1;
    } else if (!e->w->overflow) {
        n = pfg_pack_text(format, format_size, set ? set->text : "", set ? set->size : 0,
                          e->w->bytes + at, e->w->room - at, e->fault);
        if (n < 0)
            return packed_fail(e, field, format, format_size);
        e->w->size += (uint32_t)n;
    }
    if (set)
        pfg_set_done(set, at, e->w->size - at);
    return 0;
}

int pfg_encode_rdata(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path,
                     const struct pfg_told *outer)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint32_t at = e->w->size;

    if (!set)
        return 0;
    if (set->how == PFG_SET_BYTES)
        pfg_writer_bytes(e->w, set->text, set->size);
    else if (pfg_rdata_parse(field, outer->u[field->by], set->text, set->size, e->w, e->fault) < 0)
        return -1;
    pfg_set_done(set, at, e->w->size - at);
    return 0;
}

int pfg_encode_magic(struct pfg_enc *e, const struct pfg_field *field, struct pfg_path path)
{
    struct pfg_set *set = pfg_sets_find(&e->sets, field, path);
    uint32_t at = e->w->size, size;
    if (!set) {
        pfg_writer_bytes(e->w, field->row->text, field->row->size);
        return 0;
    }
    if (pfg_encode_setting(e, field, set, &size) < 0)
        return -1;
    pfg_set_done(set, at, size);
    return fill_fixed(e, field, size);
}
