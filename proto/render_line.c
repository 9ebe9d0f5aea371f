/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values to text for people: one line, a tree. One value is render_text.c. */
#include <string.h>

#include "proto/cache.h"
#include "proto/dnsname.h"
#include "proto/rdata.h"
#include "proto/render.h"
#include "proto/render_inside.h"
#include "proto/scratch.h"

/* VALUE_ROOM: what a value that is put down in one piece takes with all before it: a label, and a
 * name, whose text is longer than a number or an address. */
enum { LINE_BYTES_MAX = 64, NAME_KEPT = 64, VALUE_ROOM = 2 * PFG_TEXT_MAX + PFG_DNSNAME_TEXT_MAX };

/* A line on its way. */
struct line {
    struct pfg_out *out;
    const struct pfg_pdu *pdu;
    const char *between; /* fields: " ", or ", " as tcpdump has it for network layers */
    uint32_t between_size;
    bool any, directed;
    uint32_t name_at, name_size; /* the first name, where it is short: most pointers lead to it; */
    char name[NAME_KEPT];        /* UINT32_MAX none */
};

static inline bool is_hidden(const struct pfg_value *v)
{
    unsigned hide = v->field->hide;
    return hide & PFG_HIDE_ALWAYS || (hide & PFG_HIDE_ZERO && v->u == 0) ||
           (hide & PFG_HIDE_EMPTY && v->size == 0);
}

/* What parts a value from the one before, at to. */
static inline char *put_between(char *to, struct line *l)
{
    memcpy(to, l->between, 2); /* it has two characters, or one and its end */
    to += l->any ? l->between_size : 0;
    l->any = true;
    return to;
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
static void direction(struct line *l)
{
    if (l->directed || !l->pdu->proto->reply.field)
        return;
    l->directed = true;
    const struct pfg_text *word = pfg_direction_name(l->pdu->is_error ? 2 : l->pdu->is_reply);
    char *to = put_between(pfg_out_room(l->out, VALUE_ROOM), l);
    l->out->at = pfg_put_ready(to, word->text, word->size);
}

/* The bits of flags that "reply" and "error" have said already. */
static uint64_t told_by_direction(const struct pfg_proto *proto, const struct pfg_field *flags)
{
    uint64_t mask = proto->reply.field == flags && proto->reply.any ? proto->reply.mask : 0;
    return proto->error.field == flags && proto->error.any ? mask | proto->error.mask : mask;
}

/* Flags in brackets, written and kept: few of their values come again and again. */
static void line_new_flags(struct line *l, const struct pfg_field *field, uint64_t flags)
{
    struct pfg_out *text = pfg_scratch();

    pfg_out_char(text, '[');
    pfg_flags_text(text, field, flags);
    pfg_out_char(text, ']');
    size_t size = (size_t)(text->at - text->start);
    pfg_out_bytes(l->out, text->start, size);
    pfg_cache_keep(&field->flags_known, field->id, flags, text->start, size);
}

/* The flags that "reply" and "error" have not told. */
static void line_flags(struct line *l, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    uint64_t left = v->u & field->flags_known & ~told_by_direction(l->pdu->proto, field);
    const struct pfg_cached *cached;
    char *to;

    if (!left)
        return;
    to = put_between(pfg_out_room(l->out, VALUE_ROOM), l);
    cached = pfg_cache_find(&field->flags_known, field->id, left);
    if (cached)
        to = pfg_put_ready(to, cached->text, cached->size);
    l->out->at = to;
    if (!cached)
        line_new_flags(l, field, left);
}

/* A value's name at to; NULL: it has none of its own. */
static inline char *put_name(char *to, const struct pfg_names *names, uint64_t u)
{
    const struct pfg_text *text = pfg_name_text(names, names->texts, u);
    return text ? pfg_put_ready(to, text->text, text->size) : NULL;
}

/* A domain name. */
static char *put_dnsname(char *to, struct line *l, const struct pfg_value *v)
{
    if (v->u && v->u - 1 == l->name_at && v->size == 2) /* a pointer and nothing before it */
        return pfg_put_ready(to, l->name, l->name_size);
    char *end = pfg_dnsname_put(to, l->pdu->base, l->pdu->size, v->offset, false);
    if (l->name_at == UINT32_MAX && end - to <= NAME_KEPT) {
        memcpy(l->name, to, NAME_KEPT);
        l->name_at = v->offset;
        l->name_size = (uint32_t)(end - to);
    }
    return end;
}

/* A value with VALUE_ROOM at to; NULL: it is one that takes more, or is rare. */
static inline char *put_value(char *to, struct line *l, const struct pfg_value *v)
{
    switch ((enum pfg_line)v->field->line) {
    case PFG_LINE_NUMBER:
        return pfg_put_uint(to, v->u);
    case PFG_LINE_HEX:
        return pfg_put_hex_uint(pfg_put_text(to, "0x"), v->u, v->field->hex_digits);
    case PFG_LINE_NAMED:
        return put_name(to, v->field->names, v->u);
    case PFG_LINE_DNSNAME:
        return put_dnsname(to, l, v);
    case PFG_LINE_IPV4:
        return pfg_put_ipv4(to, (uint32_t)v->u);
    case PFG_LINE_IPV6:
        return pfg_put_ipv6(to, pfg_value_bytes(l->pdu, v));
    case PFG_LINE_KIND:
    case PFG_LINE_NEVER:
    case PFG_LINE_RDATA:
    case PFG_LINE_FLAGS:
    case PFG_LINE_GROUP:
    case PFG_LINE_ARRAY:
        break;
    }
    return NULL;
}

/* A value that takes any room, or is rare. */
static void line_other(struct line *l, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    const char *other = field->line == PFG_LINE_NAMED ? pfg_value_name(field, v->u) : NULL;

    if (field->line == PFG_LINE_RDATA)
        pfg_rdata_text(l->out, l->pdu, v);
    else if (other)
        pfg_out_string(l->out, other);
    else
        pfg_label_text(l->out, l->pdu, v, LINE_BYTES_MAX);
}

/* The label, where it has one, and the value. */
static void line_value(struct line *l, const struct pfg_value *v)
{
    const struct pfg_field *field = v->field;
    char *to = put_between(pfg_out_room(l->out, VALUE_ROOM), l), *end;

    to = pfg_put_ready(to, field->label, field->label_size);
    end = put_value(to, l, v);
    l->out->at = end ? end : to;
    if (!end)
        line_other(l, v);
}

static void line_array(struct line *l, const struct pfg_value *v);

/* Values from v on. Those of a group stand behind it, and follow as if there were none. */
static inline void line_values(struct line *l, const struct pfg_value *v,
                               const struct pfg_value *end)
{
    for (const struct pfg_value *next; v < end; v = next) {
        const struct pfg_field *field = v->field;
        enum pfg_line line = (enum pfg_line)field->line;

        next = v + 1;
        if (line == PFG_LINE_NEVER)
            continue;
        if (field->hide && is_hidden(v)) {
            next += line >= PFG_LINE_GROUP ? v->u : 0;
            continue;
        }
        if (line == PFG_LINE_GROUP)
            continue;
        if (!l->directed && (field->label_size || line == PFG_LINE_FLAGS))
            direction(l);
        if (line == PFG_LINE_ARRAY) {
            line_array(l, v);
            next += v->u;
        } else if (line == PFG_LINE_FLAGS) {
            line_flags(l, v);
        } else {
            line_value(l, v);
        }
    }
}

/* Elements in brackets. Inside them the line is like those of messages, and tells no direction. */
static void line_array(struct line *l, const struct pfg_value *v)
{
    const struct pfg_value *end = v + 1 + v->u;
    const char *between = l->between;
    uint32_t between_size = l->between_size;
    bool directed = l->directed;
    char *to = put_between(pfg_out_room(l->out, VALUE_ROOM), l);

    to = pfg_put_ready(to, v->field->label, v->field->label_size);
    *to = '[';
    l->out->at = to + 1;
    l->between = " ";
    l->between_size = 1;
    l->directed = true;
    for (const struct pfg_value *e = v + 1; e < end; e += 1 + e->u) {
        if (e > v + 1)
            pfg_out_bytes(l->out, ", ", 2);
        l->any = false;
        line_values(l, e + 1, e + 1 + e->u);
    }
    pfg_out_char(l->out, ']');
    l->between = between;
    l->between_size = between_size;
    l->directed = directed;
    l->any = true;
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
    char *to = pfg_out_room(out, VALUE_ROOM);
    struct line l;

    l.out = out;
    l.pdu = pdu;
    l.between = network ? ", " : " ";
    l.between_size = network ? 2 : 1;
    l.any = true;
    l.directed = false;
    l.name_at = UINT32_MAX; /* name is not filled before it is known */

    if (flags)
        out->at = pfg_put_letters(to, flags->field, flags->u);
    else
        out->at = pfg_put_ready(to, pdu->proto->name.text, pdu->proto->name.size);
    line_values(&l, first, end);
    direction(&l);
    pfg_line_problems(out, pdu->problems);
}

/* ---- A tree ---- */

static void indent(struct pfg_out *out, unsigned depth)
{
    while (depth-- > 0)
        pfg_out_string(out, "  ");
}

static void tree_bits(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                      unsigned depth)
{
    for (uint32_t i = 0; i < v->field->inside.count; i++) {
        const struct pfg_field *bit = &v->field->inside.fields[i];
        struct pfg_value value = { bit, v->u >> bit->bits_shift & bit->bits_mask, v->offset,
                                   v->size };
        (void)pdu;
        indent(out, depth);
        pfg_out_string(out, bit->name);
        pfg_out_string(out, ": ");
        pfg_integer_label(out, &value);
        pfg_out_char(out, '\n');
    }
}

static void tree_values(struct pfg_out *out, const struct pfg_pdu *pdu, const struct pfg_value *v,
                        const struct pfg_value *end, unsigned depth)
{
    for (; v < end; v++) {
        enum pfg_kind kind = v->field->row->kind;
        /* A reserved field that is 0, and an array to the end that has nothing, say nothing. */
        if (v->u == 0 && (kind == PFG_RESERVED || (kind == PFG_ARRAY && v->field->by < 0)))
            continue;
        indent(out, depth);
        pfg_out_string(out, v->field->name);
        if (kind == PFG_GROUP || kind == PFG_ARRAY) {
            pfg_out_string(out, "\n");
            tree_values(out, pdu, v + 1, v + 1 + v->u, depth + 1);
            v += v->u;
            continue;
        }
        pfg_out_string(out, ": ");
        pfg_value_label(out, pdu, v);
        pfg_out_char(out, '\n');
        if (kind == PFG_FLAGS)
            tree_bits(out, pdu, v, depth + 1);
    }
}

void pfg_tree_pdu(struct pfg_out *out, const struct pfg_decode *decode, const struct pfg_pdu *pdu,
                  unsigned depth)
{
    const struct pfg_value *first = decode->values + pdu->first;

    indent(out, depth);
    pfg_out_string(out, pdu->proto->def->name);
    pfg_out_string(out, ": ");
    pfg_out_string(out, pdu->proto->def->title);
    if (pdu->joined)
        pfg_out_string(out, ", joined");
    if (pdu->partial)
        pfg_out_string(out, ", goes on in the next frame");
    pfg_out_char(out, '\n');
    tree_values(out, pdu, first, first + pdu->count, depth + 1);
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if (!(pdu->problems & 1u << i))
            continue;
        indent(out, depth + 1);
        pfg_out_string(out, "problem: ");
        pfg_out_string(out, pfg_problem_name((enum pfg_problem)i));
        pfg_out_char(out, '\n');
    }
}
