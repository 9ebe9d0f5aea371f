/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to text for people: one line. One value is render_text.c. */
#include <string.h>

#include "proto/cache.h"
#include "proto/dnsname.h"
#include "proto/rdata.h"
#include "proto/render.h"
#include "proto/render_inside.h"
#include "proto/scratch.h"

/* VALUE_ROOM: what a value that is put down in one piece takes with all before it: a direction, a
 * label, and a name, whose text is longer than a number or an address. */
enum {
    LINE_BYTES_MAX = 64,
    ARRAYS_MAX = 8, /* one in another: as many as tables */
    VALUE_ROOM = 3 * PFG_TEXT_MAX + PFG_DNSNAME_TEXT_MAX
};

/* Where values end that a line goes through, and the array that they are an element of; NULL: of
 * none. */
struct level {
    const struct pfg_value *end, *end_array;
};

/* A line on its way. Its functions take the place where it has come, and return where it is then.
 * What parts two values is written behind each, and taken back where none follows: so room is made
 * only where something is written. */
struct line {
    struct pfg_out *out;
    const char *limit; /* up to here there is VALUE_ROOM */
    const struct pfg_pdu *pdu;
    char between[2]; /* fields: " ", or ", " as tcpdump has it for network layers; written and read
                        as one, so that the processor need not wait */
    bool any, directed;
    size_t between_size;
    struct level outer[ARRAYS_MAX]; /* around the array that the line is in */
    uint32_t name_at, name_size; /* the first name, which most pointers lead to; UINT32_MAX none */
    const char *name;            /* its text in the buffer, until room is made there */
    uint32_t made;
};

static __attribute__((noinline)) char *make_room(struct line *l, char *to)
{
    l->out->at = to;
    to = pfg_out_room(l->out, VALUE_ROOM);
    l->limit = l->out->end - VALUE_ROOM;
    return to;
}

/* VALUE_ROOM at to. */
static inline char *with_room(struct line *l, char *to)
{
    return to <= l->limit ? to : make_room(l, to);
}

/* Sets what parts a value from the next one: */
static inline void set_between(struct line *l, bool wide)
{
    memcpy(l->between, wide ? ", " : "  ", 2);
    l->between_size = 1 + wide;
}

/* and writes it. */
static inline char *put_between(char *to, struct line *l)
{
    memcpy(to, l->between, 2);
    l->any = true;
    return to + l->between_size;
}

char *pfg_put_letters(char *to, const struct pfg_field *field, uint64_t flags)
{
    uint64_t left = flags & field->flags_known;

    to = pfg_put_text(to, "Flags [");
    if (!left)
        to = pfg_put_text(to, "none");
    for (; left; left &= left - 1)
        *to++ = field->letters[__builtin_ctzll(left)];
    *to = ']';
    return to + 1;
}

/* "request", "reply" or "error", once, behind what comes first. */
static char *put_direction(char *to, struct line *l)
{
    const struct pfg_text *word = pfg_direction_name(l->pdu->is_error ? 2 : l->pdu->is_reply);

    l->directed = true;
    return put_between(pfg_put_ready(to, word->text, word->size), l);
}

/* The bits of flags that "reply" and "error" have said already. */
static uint64_t told_by_direction(const struct pfg_proto *proto, const struct pfg_field *flags)
{
    uint64_t mask = proto->reply.field == flags && proto->reply.any ? proto->reply.mask : 0;
    return proto->error.field == flags && proto->error.any ? mask | proto->error.mask : mask;
}

/* Flags in brackets, written and kept: few of their values come again and again. */
static __attribute__((noinline)) char *new_flags(char *to, struct line *l,
                                                 const struct pfg_field *field, uint64_t flags)
{
    struct pfg_out *text = pfg_scratch();

    pfg_out_char(text, '[');
    pfg_flags_text(text, field, flags);
    pfg_out_char(text, ']');
    size_t size = (size_t)(text->at - text->start);
    l->out->at = to;
    pfg_out_bytes(l->out, text->start, size);
    pfg_cache_keep(&field->flags_known, field->id, flags, text->start, size);
    return make_room(l, l->out->at);
}

/* The flags that "reply" and "error" have not told. */
static inline char *put_flags(char *to, struct line *l, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    uint64_t upper = field->joined ? v[1].u >> field->joined << PFG_UPPER_SHIFT : 0;
    uint64_t left = (v->u & field->flags_known & ~told_by_direction(l->pdu->proto, field)) | upper;
    const struct pfg_cached *cached;

    if (!(v->u | upper))
        return to;
    to = with_room(l, to);
    if (!l->directed)
        to = put_direction(to, l);
    if (!left)
        return to;
    cached = pfg_cache_find(&field->flags_known, field->id, left);
    to = cached ? pfg_put_ready(to, cached->text, cached->size) : new_flags(to, l, field, left);
    return put_between(to, l);
}

/* A value that takes any room, or is rare. */
static __attribute__((noinline)) char *put_other(char *to, struct line *l,
                                                 const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    const char *other = field->line == PFG_LINE_NAMED ? pfg_value_name(field, v->u) : NULL;

    l->out->at = to;
    if (other)
        pfg_out_string(l->out, other);
    else
        pfg_label_text(l->out, l->pdu, v, LINE_BYTES_MAX);
    return make_room(l, l->out->at);
}

/* A value by its name. */
static inline char *put_named(char *to, struct line *l, const struct pfg_value *v,
                              const struct pfg_names *names)
{
    const struct pfg_text *text = pfg_name_text(names, names->texts, v->u);
    return text ? pfg_put_ready(to, text->text, text->size) : put_other(to, l, v);
}

/* A text that is short and as it is; others are rare. */
static inline char *put_text(char *to, struct line *l, const struct pfg_value *v)
{
    const struct pfg_pdu *pdu = l->pdu;
    uint32_t left = pdu->size - v->offset; /* that can be read, where the value is inside */

    if (v->size > LINE_BYTES_MAX ||
        !pfg_put_plain(to + 1, pfg_value_bytes(pdu, v), v->size,
                       v->offset + v->size <= pdu->size ? left : v->size))
        return put_other(to, l, v);
    *to = '"';
    to += v->size + 1;
    *to = '"';
    return to + 1;
}

/* A domain name. */
static inline char *put_dnsname(char *to, struct line *l, const struct pfg_value *v)
{
    const struct pfg_pdu *pdu = l->pdu;

    /* a pointer and nothing before it */
    if (v->u - 1 == l->name_at && v->size == 2 && l->made == l->out->made)
        return pfg_put_ready(to, l->name, l->name_size);
    if (!*pfg_value_bytes(pdu, v)) { /* the root */
        *to = '.';
        return to + 1;
    }
    char *end = pfg_dnsname_put(to, pdu->base, pdu->size, v->offset, false).to;
    if (l->name_at == UINT32_MAX) {
        l->name = to;
        l->name_at = v->offset;
        l->name_size = (uint32_t)(end - to);
        l->made = l->out->made;
    }
    return end;
}

/* A value of one of the forms that stand behind a label. */
static inline __attribute__((always_inline)) char *put_value(char *to, struct line *l,
                                                             const struct pfg_value *v,
                                                             const struct pfg_field *field,
                                                             enum pfg_line form)
{
    switch (form) {
    case PFG_LINE_KIND:
        return put_other(to, l, v);
    case PFG_LINE_NUMBER:
        return pfg_put_uint(to, v->u);
    case PFG_LINE_HEX:
        to = pfg_put_text(to, "0x");
        return field->hex_digits == 4 ? pfg_put_hex_4(to, v->u)
                                      : pfg_put_hex_uint(to, v->u, field->hex_digits);
    case PFG_LINE_NAMED:
        return put_named(to, l, v, field->names);
    case PFG_LINE_TEXT:
        return put_text(to, l, v);
    case PFG_LINE_DNSNAME:
        return put_dnsname(to, l, v);
    case PFG_LINE_IPV4:
        return pfg_put_ipv4(to, (uint32_t)v->u);
    case PFG_LINE_IPV6:
        return pfg_put_ipv6(to, pfg_value_bytes(l->pdu, v));
    case PFG_LINE_NEVER:
    case PFG_LINE_RDATA:
    case PFG_LINE_FLAGS:
    case PFG_LINE_GROUP:
    case PFG_LINE_ARRAY:
    case PFG_LINE_SOMETIMES:
        break;
    }
    __builtin_unreachable();
}

/* Before a value: its label, where it has one. */
static inline char *put_label(char *to, struct line *l, const struct pfg_field *field)
{
    to = with_room(l, to);
    if (!field->label_size)
        return to;
    if (!l->directed)
        to = put_direction(to, l);
    return pfg_put_ready(to, field->label, field->label_size);
}

static inline __attribute__((always_inline)) char *put_labelled(char *to, struct line *l,
                                                                const struct pfg_value *v,
                                                                const struct pfg_field *field,
                                                                enum pfg_line form)
{
    to = put_label(to, l, field);
    return put_between(put_value(to, l, v, field, form), l);
}

static inline char *put_rdata(char *to, struct line *l, const struct pfg_value *v)
{
    if (!v->size && v->field->row->bare && pfg_rdata_table(v->field, v->u, 0))
        return to; /* all its fields may be absent; of other types it is said that there are none */
    to = pfg_rdata_put(l->out, put_label(to, l, v->field), l->pdu, v);
    l->limit = l->out->end - VALUE_ROOM; /* it may be another buffer now */
    return put_between(with_room(l, to), l);
}

/* A value that may be left out. */
static __attribute__((noinline)) char *put_sometimes(char *to, struct line *l,
                                                     const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    unsigned hide = field->hide;

    if (hide & PFG_HIDE_ALWAYS || (hide & PFG_HIDE_ZERO && v->u == 0) ||
        (hide & PFG_HIDE_EMPTY && v->size == 0))
        return to;
    return put_labelled(to, l, v, field, field->line);
}

/* Before an array's elements, which stand in brackets. Inside them the line is like those of
 * messages, and tells no direction. */
static inline char *begin_array(char *to, struct line *l, const struct pfg_field *array)
{
    to = put_label(to, l, array);
    *to = '[';
    set_between(l, false);
    l->any = false;
    return to + 1;
}

/* Between two elements, or behind the last one. */
static inline char *end_element(char *to, struct line *l, bool last)
{
    to = with_room(l, to - l->any);
    *to++ = last ? ']' : ',';
    *to = ' ';
    l->any = false;
    return to + !last;
}

/* A value of another form than those behind a label. Those inside one that is left out are, too. */
static inline char *put_special(char *to, struct line *l, const struct pfg_value **v, unsigned form)
{
    const struct pfg_value *value = *v;

    if (form == PFG_LINE_RDATA)
        return put_rdata(to, l, value);
    if (form == PFG_LINE_FLAGS)
        return put_flags(to, l, value);
    if (form != PFG_LINE_SOMETIMES)
        return to;
    if (value->field->line >= PFG_LINE_GROUP)
        *v += value->u;
    return put_sometimes(to, l, value);
}

/* Values from v on. Those of a group stand behind it, and follow as if there were none. An array's
 * elements are gone through in turn: each has its own end. */
static char *put_values(char *to, struct line *l, const struct pfg_value *v,
                        const struct pfg_value *end)
{
    bool wide = l->between_size > 1;
    const struct pfg_value *end_array = NULL;
    unsigned depth = 0, sparse = l->pdu->sparse;

    for (;;) {
        while (v < end) {
            const struct pfg_field *field = v->field;
            unsigned form = field->form;

            if (form < PFG_LINE_NEVER) {
                to = put_labelled(to, l, v, field, (enum pfg_line)form);
            } else if (form == PFG_LINE_ARRAY && v->u) {
                to = begin_array(to, l, field);
                l->outer[depth++] = (struct level){ end, end_array };
                end_array = v + 1 + v->u;
                end = v + 2 + v[1].u;
                v += 2;
                continue;
            } else {
                to = put_special(to, l, &v, form);
            }
            v += field->step[sparse]; /* or into a group */
        }
        if (!end_array)
            return to;
        v = end;
        to = end_element(to, l, v == end_array);
        if (v < end_array) {
            end = v + 1 + v->u;
            v++;
            continue;
        }
        end = l->outer[--depth].end;
        end_array = l->outer[depth].end_array;
        if (!depth)
            set_between(l, wide);
        to = put_between(to, l);
    }
}

void pfg_line_problems(struct pfg_out *out, uint32_t problems)
{
    for (unsigned i = 0; problems && i < PFG_PROBLEM_COUNT; i++) {
        if (!(problems & 1u << i))
            continue;
        pfg_out_string(out, " !");
        pfg_out_string(out, pfg_problem_name((enum pfg_problem)i));
    }
}

/* The flags of a layer that have letters; NULL where there are none. */
static const struct pfg_value *lettered(const struct pfg_value *v, const struct pfg_value *end)
{
    while (v < end && !v->field->letters)
        v++;
    return v < end ? v : NULL;
}

void pfg_line_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    const struct pfg_value *first = decode->values + pdu->first, *end = first + pdu->count;
    bool network = pdu->proto->def->network;
    const struct pfg_value *flags = network ? lettered(first, end) : NULL;
    struct line l;
    char *to;

    l.out = out;
    l.pdu = pdu;
    set_between(&l, network);
    l.directed = !pdu->proto->reply.field;
    l.name_at = UINT32_MAX;
    l.limit = out->end - VALUE_ROOM;
    to = with_room(&l, out->at);
    if (flags)
        to = pfg_put_letters(to, flags->field, flags->u);
    else
        to = pfg_put_ready(to, pdu->proto->name.text, pdu->proto->name.size);
    to = put_values(put_between(to, &l), &l, first, end);
    if (!l.directed)
        to = put_direction(with_room(&l, to), &l);
    out->at = to - l.between_size;
    pfg_line_problems(out, pdu->problems);
}
