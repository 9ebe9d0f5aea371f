/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of bytes: texts, data, magics, names, packed values, record data. */
#include <string.h>

#include "proto/cursor.h"
#include "proto/decode_inside.h"
#include "proto/dnsname.h"
#include "proto/out.h"
#include "proto/pack.h"
#include "proto/rdata.h"

void pfg_read_bytes(struct pfg_walk *w, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    uint32_t size = row->size, skip = 0;

    if (row->prefix) {
        if (!pfg_walk_have(w, row->prefix))
            return;
        size = (uint32_t)(row->order == PFG_LITTLE ? pfg_get_le(w->base + w->pos, row->prefix)
                                                   : pfg_get_be(w->base + w->pos, row->prefix));
        if (size > w->limit - w->pos - row->prefix) {
            pfg_walk_halt(w, PFG_PROBLEM_TRUNCATED);
            return;
        }
        w->pos += row->prefix;
    } else if (row->zero_ended && !row->size) {
        const uint8_t *end = memchr(w->base + w->pos, 0, w->limit - w->pos);
        if (!end) {
            pfg_walk_halt(w, PFG_PROBLEM_TRUNCATED);
            return;
        }
        size = (uint32_t)(end - (w->base + w->pos));
        skip = 1;
    } else if (!size) {
        size = w->limit - w->pos;
    } else if (!pfg_walk_have(w, size)) {
        return;
    } else if (row->zero_ended) {
        const uint8_t *end = memchr(w->base + w->pos, 0, size);
        skip = end ? size - (uint32_t)(end - (w->base + w->pos)) : 0;
        size -= skip;
    }
    pfg_walk_add(w, field, 0, w->pos, size);
    if (row->kind == PFG_STRING && !pfg_utf8_valid(w->base + w->pos, size))
        pfg_walk_fault(w, PFG_PROBLEM_BAD_UTF8);
    w->pos += size + skip;
}

void pfg_read_magic(struct pfg_walk *w, const struct pfg_field *field)
{
    uint32_t size = field->row->size;
    if (!pfg_walk_have(w, size))
        return;
    pfg_walk_add(w, field, 0, w->pos, size);
    if (memcmp(w->base + w->pos, field->row->text, size) != 0)
        pfg_walk_halt(w, PFG_PROBLEM_BAD_CONSTANT);
    w->pos += size;
}

void pfg_read_name(struct pfg_walk *w, const struct pfg_field *field)
{
    struct pfg_dnsname name;
    int r = pfg_dnsname_scan(w->base, w->limit, w->pos, &name);
    if (r < 0) {
        pfg_walk_halt(w, r == PFG_DNSNAME_LOOP    ? PFG_PROBLEM_POINTER_LOOP
                         : r == PFG_DNSNAME_LABEL ? PFG_PROBLEM_BAD_LABEL
                                                  : PFG_PROBLEM_TRUNCATED);
        return;
    }
    pfg_walk_add(w, field, name.pointer == UINT32_MAX ? 0 : (uint64_t)name.pointer + 1, w->pos,
                 name.size);
    w->pos += name.size;
}

void pfg_read_packed(struct pfg_walk *w, const struct pfg_field *field, const struct pfg_seen *seen)
{
    const struct pfg_value *format = &w->decode->values[seen->at[field->by]];
    uint32_t size = w->limit - w->pos;
    uint64_t where = (uint64_t)format->offset << 32 | format->size;

    if (pfg_pack_check((const char *)w->base + format->offset, format->size, w->base + w->pos,
                       size) < 0)
        pfg_walk_fault(w, PFG_PROBLEM_BAD_FORMAT);
    pfg_walk_add(w, field, where, w->pos, size);
    w->pos += size;
}

void pfg_read_rdata(struct pfg_walk *w, const struct pfg_field *field, const struct pfg_seen *outer)
{
    uint64_t type = w->decode->values[outer->at[field->by]].u;
    uint32_t size = w->limit - w->pos;

    if (!pfg_rdata_fits(field, type, w->base, w->pos, size, NULL))
        pfg_walk_fault(w, PFG_PROBLEM_BAD_RDATA);
    pfg_walk_add(w, field, type, w->pos, size);
    w->pos = w->limit;
}
