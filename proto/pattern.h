/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern.h - inside proto/, and for who writes lines: what stands in the same places again and
 * again, as the options of TCP do, or all of a DNS message behind the name that it asks for. Of
 * such bytes it is remembered which of their bits decided what stands where and that nothing was
 * wrong (kinds, lengths, counts), and where their values stood. Others with the same bits there
 * have the same values in the same places: they are read in one go.
 */
#ifndef PFG_PROTO_PATTERN_H
#define PFG_PROTO_PATTERN_H

#include "proto/cursor.h"
#include "proto/decode_inside.h"

/* Patterns are of bytes from LEAST to MOST, and of so many values at most. */
enum { PFG_PATTERN_LEAST = 8, PFG_PATTERN_MOST = 128, PFG_PATTERN_VALUES = 64, PFG_WORD = 8 };

/* A value: its number is ((eight bytes that end where it ends) >> shift & mask) * scale + fixed. */
struct pfg_form {
    const struct pfg_field *field;
    uint64_t mask;
    uint32_t scale, fixed;
    uint8_t offset, size, shift; /* bytes from the pattern's beginning; bytes; bits */
};

/* What an array, or a message behind its first name, was like. */
struct pfg_pattern {
    const void *of;  /* the array or the protocol; NULL none */
    uint32_t serial; /* of all patterns that ever were; from 1 */
    uint32_t size, words, count;
    uint32_t named; /* the first forms, of a message, which stand where the name does */
    enum pfg_view view;
    /* Bits that are as in expect: of a message's first and last eight bytes before the name; of the
     * words of the pattern's bytes, the last of which is the last eight bytes. */
    uint64_t head_must[2], head_expect[2];
    uint64_t must[PFG_PATTERN_MOST / PFG_WORD], expect[PFG_PATTERN_MOST / PFG_WORD];
    struct pfg_form forms[PFG_PATTERN_VALUES];
};

/* ---- Arrays ------------------------------------------------------------------------------ */

/* Whether an array may have patterns: there is nothing in its elements whose size or rightness
 * hangs on more than single numbers. Its plan is made. */
bool pfg_pattern_may(const struct pfg_field *array);
/* Reads all of an array to the walk's limit, with its own value. False, and nothing has happened:
 * there is no such pattern. */
bool pfg_pattern_read(struct pfg_walk *w, const struct pfg_field *array);
/* Remembers an array that was read to the walk's limit without a fault; its own value is the one at
 * index at, those inside it stand behind it. */
void pfg_pattern_learn(const struct pfg_walk *w, uint32_t at);

/* ---- Messages ---------------------------------------------------------------------------- */

/* The same of a message whose head, of head bytes, is read, and behind it a name of name bytes
 * without pointer, which is the walk's known one. Returns the place behind the values that it puts
 * to v; NULL: there is no such pattern. */
struct pfg_value *pfg_pattern_message(const struct pfg_walk *w, uint32_t head, uint32_t name,
                                      struct pfg_value *v);
/* Remembers a message that was read without a fault; v to end are the values behind its head. */
void pfg_pattern_learn_message(const struct pfg_walk *w, const struct pfg_run *head, uint32_t name,
                               const struct pfg_value *v, const struct pfg_value *end);

/* ---- What both share --------------------------------------------------------------------- */

/* A pattern for so many bytes, to be filled in; NULL: it is not to be learnt this time. */
struct pfg_pattern *pfg_pattern_new(uint32_t size);
/* The bits of a number that must be the same again; mask: all of its bits. */
uint64_t pfg_pattern_steering(const struct pfg_field *field, uint64_t mask);
/* Says that bits of the size bytes at at must be as they are in the pattern's bytes. */
void pfg_pattern_must(struct pfg_pattern *p, const uint8_t *bytes, uint32_t at, uint32_t size,
                      uint64_t bits);
/* Appends the form of a value that is a container, a number or bytes, and begins at at. False: it
 * is not of a few bytes. */
bool pfg_pattern_form(struct pfg_pattern *p, const struct pfg_value *v, const uint8_t *bytes,
                      uint32_t at);
/* The pattern of the bytes; NULL: there is none. head: a message's, or NULL. */
const struct pfg_pattern *pfg_pattern_find(const void *of, enum pfg_view view, uint32_t size,
                                           const uint8_t *bytes, const uint8_t *head,
                                           uint32_t head_size);

/* The number of a form whose pattern's bytes begin at bytes; eight bytes before them can be read.
 */
static inline uint64_t pfg_form_number(const struct pfg_form *form, const uint8_t *bytes)
{
    uint64_t raw = pfg_get_be64(bytes + form->offset + form->size - PFG_WORD);
    return (raw >> form->shift & form->mask) * form->scale + form->fixed;
}

/* Puts values that stand at pos, where their pattern's bytes begin, to v; eight bytes before them
 * can be read. */
static inline struct pfg_value *pfg_pattern_put(struct pfg_value *v, const struct pfg_form *form,
                                                const struct pfg_form *end, const uint8_t *base,
                                                uint32_t pos)
{
    for (; form < end; form++, v++) {
        v->field = form->field;
        v->u = pfg_form_number(form, base + pos);
        v->offset = pos + form->offset;
        v->size = form->size;
    }
    return v;
}

#endif
