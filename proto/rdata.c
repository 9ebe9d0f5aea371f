/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Record data to master-file form: what most records have, in straight lines. What is rare is
 * rdata_show.c, the other way rdata_parse.c. */
#include "proto/rdata.h"

#include "proto/cursor.h"
#include "proto/dnsname.h"
#include "proto/render_inside.h"

/* What a field that is put down in one piece takes: a name, or bytes in quotes or as digits. */
enum { SHORT_BYTES = 256, SHOW_ROOM = PFG_TEXT_MAX + PFG_DNSNAME_TEXT_MAX };

/* Data on their way, which fit their rows. The functions take the place where the text has come,
 * and return where it is then. */
struct show {
    struct pfg_out *out;
    const char *limit; /* up to here there is SHOW_ROOM */
    const struct pfg_names *types;
    const uint8_t *message;
    enum pfg_display shown;  /* how bytes are that hang on the last value with a name */
    uint32_t pos, end, size; /* where we are; end of the data; of the readable message */
};

static __attribute__((noinline)) char *make_room(struct show *s, char *to)
{
    s->out->at = to;
    to = pfg_out_room(s->out, SHOW_ROOM);
    s->limit = s->out->end - SHOW_ROOM;
    return to;
}

/* SHOW_ROOM at to. */
static inline char *with_room(struct show *s, char *to)
{
    return to <= s->limit ? to : make_room(s, to);
}

static inline bool is_bytes(enum pfg_kind kind)
{
    return kind == PFG_BYTES || kind == PFG_DATA || kind == PFG_STRING;
}

/* Anything else than a straight line has. */
static __attribute__((noinline)) char *put_other(char *to, struct show *s,
                                                 const struct pfg_field *field)
{
    uint32_t start = s->pos + field->row->prefix, size = field->size;

    if (is_bytes(field->row->kind))
        size = pfg_rdata_extent(field, s->message + s->pos, s->end - s->pos);
    s->pos = start + size;
    s->out->at = to;
    pfg_rdata_show(s->out, s->types, field, s->message + start, size);
    return make_room(s, s->out->at);
}

/* Few bytes, in quotes or as digits. */
static inline char *put_bytes(char *to, struct show *s, const struct pfg_field *field, bool quoted)
{
    uint32_t prefix = field->row->prefix, start = s->pos + prefix;
    uint32_t size = pfg_rdata_extent(field, s->message + s->pos, s->end - s->pos);
    const uint8_t *bytes = s->message + start;

    if (size > SHORT_BYTES || (quoted && !pfg_put_plain(to + 1, bytes, size, s->size - start)))
        return put_other(to, s, field);
    s->pos = start + size;
    if (!quoted)
        return pfg_put_hex(to, bytes, size);
    *to = '"';
    to[size + 1] = '"';
    return to + size + 2;
}

static inline __attribute__((always_inline)) char *
put_integer(char *to, struct show *s, const struct pfg_field *field, bool named)
{
    uint64_t u = pfg_get_be(s->message + s->pos, field->size);
    const struct pfg_text *text =
        named ? pfg_name_text(field->names, field->names->texts, u) : NULL;

    s->pos += field->size;
    if (named)
        s->shown = text ? field->names->rows[text - field->names->texts].shown : PFG_SHOW_DEFAULT;
    return text ? pfg_put_ready(to, text->text, text->size) : pfg_put_uint(to, u);
}

static inline char *put_name(char *to, struct show *s)
{
    struct pfg_dnsname_end end = pfg_dnsname_put(to, s->message, s->size, s->pos, true);

    s->pos = end.next;
    return end.to;
}

/* Anything but an array. */
static inline __attribute__((always_inline)) char *put_field(char *to, struct show *s,
                                                             const struct pfg_field *field)
{
    switch ((enum pfg_master)field->master) {
    case PFG_MASTER_NUMBER:
        return put_integer(to, s, field, false);
    case PFG_MASTER_NAMED:
        return put_integer(to, s, field, true);
    case PFG_MASTER_NAME:
        return put_name(to, s);
    case PFG_MASTER_IPV4:
        s->pos += 4;
        return pfg_put_ipv4(to, pfg_get_be32(s->message + s->pos - 4));
    case PFG_MASTER_IPV6:
        s->pos += 16;
        return pfg_put_ipv6(to, s->message + s->pos - 16);
    case PFG_MASTER_QUOTED:
        return put_bytes(to, s, field, true);
    case PFG_MASTER_HEX:
        return put_bytes(to, s, field, false);
    case PFG_MASTER_BY_NAME:
        if (s->shown == PFG_SHOW_DEFAULT)
            return put_bytes(to, s, field, false);
        break;
    case PFG_MASTER_ARRAY:
    case PFG_MASTER_KIND:
        break;
    }
    return put_other(to, s, field);
}

/* Whether a field at the data's end shows nothing at all, so that no blank is due before it. */
static bool shows_nothing(const struct pfg_field *field)
{
    return field->row->kind != PFG_NAME && !field->row->prefix && !field->size &&
           field->row->display != PFG_QUOTED;
}

/* Fields with a character behind each but the last. arrays: what writes the arrays among them. */
static inline __attribute__((always_inline)) char *
put_fields(char *to, struct show *s, const struct pfg_table *table, char between,
           char *(*put_array)(char *, struct show *, const struct pfg_table *))
{
    const struct pfg_field *first = table->fields, *end = first + table->count;

    for (const struct pfg_field *field = first; field < end; field++) {
        if (s->pos == s->end && field > first && shows_nothing(field))
            continue;
        to = with_room(s, to);
        if (field->master != PFG_MASTER_ARRAY)
            to = put_field(to, s, field);
        else if (s->pos < s->end)
            to = put_array(to, s, &field->inside.fields->inside);
        *to++ = between;
    }
    return to - 1;
}

/* Elements, with a blank behind each but the last: of an array in another one, */
static char *put_deep(char *to, struct show *s, const struct pfg_table *element)
{
    for (; s->pos < s->end; *to++ = ' ')
        to = put_fields(to, s, element, '=', put_deep);
    return to - 1;
}

/* and of all others. */
static inline __attribute__((always_inline)) char *put_elements(char *to, struct show *s,
                                                                const struct pfg_table *element)
{
    for (; s->pos < s->end; *to++ = ' ')
        to = put_fields(to, s, element, '=', put_deep);
    return to - 1;
}

static void show_unknown(struct pfg_out *out, const uint8_t *bytes, uint32_t size)
{
    pfg_out_string(out, "\\# ");
    pfg_out_uint(out, size);
    if (size)
        pfg_out_char(out, ' ');
    pfg_out_hex(out, bytes, size);
}

char *pfg_rdata_put(struct pfg_out *out, char *to, const struct pfg_pdu *pdu,
                    const struct pfg_value *v)
{
    const struct pfg_table *table = pfg_rdata_table(v->field, v->u, v->size);
    uint32_t end = v->offset + v->size;
    struct show s = { out,
                      out->end - SHOW_ROOM,
                      v->field->names,
                      pdu->base,
                      PFG_SHOW_DEFAULT,
                      v->offset,
                      end,
                      pdu->size > end ? pdu->size : end };

    if (table && (!(pdu->problems & 1u << PFG_PROBLEM_BAD_RDATA) ||
                  pfg_rdata_fits(v->field, v->u, pdu->base, v->offset, v->size, NULL)))
        return put_fields(to, &s, table, ' ', put_elements);
    out->at = to;
    show_unknown(out, pdu->base + v->offset, v->size);
    return out->at;
}

void pfg_rdata_text(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v)
{
    out->at = pfg_rdata_put(out, out->at, pdu, v);
}
