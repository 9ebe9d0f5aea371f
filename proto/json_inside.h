/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json_inside.h - an object on its way out; shared by json_value.c, which writes values of each
 * kind, json_member.c, which writes objects and their members, and render_json.c, which writes
 * packets, alone.
 */
#ifndef PFG_PROTO_JSON_INSIDE_H
#define PFG_PROTO_JSON_INSIDE_H

#include "proto/decode.h"
#include "proto/render_inside.h"

/* An object being written. Every member begins with lead: '{' the first one, ',' the others. */
struct pfg_object {
    struct pfg_out *out;
    const struct pfg_decode *decode;
    const struct pfg_pdu *pdu;
    char lead;
};

/* A key, which begins with a comma, at to, with what leads there. */
static inline char *pfg_json_key_at(char *to, const char *key, uint32_t size, char lead)
{
    char *end = pfg_put_ready(to, key, size);
    *to = lead;
    return end;
}

static inline void pfg_json_key(struct pfg_object *o, const struct pfg_field *field)
{
    char *to = pfg_out_room(o->out, field->key_size + (size_t)PFG_KEY_BLOCK);
    o->out->at = pfg_json_key_at(to, field->key, field->key_size, o->lead);
    o->lead = ',';
}

/* The end of an object, which may have had no members. */
static inline void pfg_json_end(struct pfg_object *o)
{
    if (o->lead == '{')
        pfg_out_char(o->out, '{');
    pfg_out_char(o->out, '}');
}

/* A value of its kind, behind its key, and the companions that it has. */
void pfg_json_value(struct pfg_object *o, const struct pfg_value *v);
/* A value of kind PFG_JSON_REPEATED with its key. */
void pfg_json_repeated(struct pfg_object *o, const struct pfg_field *field, uint64_t u);
/* The members that values v to end are, with all that is inside them. */
void pfg_json_values(struct pfg_object *o, const struct pfg_value *v, const struct pfg_value *end);

#endif
