/* SPDX-License-Identifier: GPL-2.0-or-later */
/* print_options.c - the options of TCP in a line, in tcpdump's words. Most are laid out as some
 * were before: then there are texts ready, and only numbers are written. */
#include <string.h>

#include "capture/print.h"
#include "proto/pattern.h"

/* The blocks of a selective acknowledgment (RFC 2018), which are numbers of the other side. */
static char *put_blocks(char *to, const struct pfg_value *blocks, uint32_t origin)
{
    const struct pfg_value *block = blocks + 1, *end = block + blocks->u;
    const struct pfg_value *value;
    unsigned count = 0;

    for (; block < end; block += 1 + block->u)
        count++;
    *to = ' ';
    to = pfg_put_uint(to + 1, count);
    *to++ = ' ';
    for (block = blocks + 1; block < end; block += 1 + block->u) {
        for (value = block + 1; value <= block + block->u; value++) {
            *to = value == block + 1 ? '{' : ':';
            to = pfg_put_uint(to + 1, (uint32_t)(value->u - origin));
        }
        *to++ = '}';
    }
    return to;
}

/* A value of an option that is no number. */
static __attribute__((noinline)) char *put_option_value(char *to, struct pfg_out *out,
                                                        const struct pfg_pdu *pdu,
                                                        const struct pfg_value *value)
{
    if (value->field->row->kind == PFG_BYTES)
        to = pfg_put_text(to, "0x");
    out->at = to;
    pfg_value_plain(out, pdu, value, PFG_ASPECT_VALUE);
    return out->at;
}

/* An option: its kind, and what belongs to it. origin: of the numbers in it. */
static inline char *put_option(char *to, struct pfg_out *out, const struct pfg_pdu *pdu,
                               const struct pfg_value *value, const struct pfg_value *end,
                               uint32_t origin)
{
    char *words = capture_put_words(to, value);

    to = words != NULL ? words : pfg_put_uint(pfg_put_text(to, "unknown-"), value->u);
    for (value++; value < end; value++) {
        const struct pfg_field *field = value->field;

        if (field->line == PFG_LINE_ARRAY)
            return put_blocks(to, value, origin);
        if (field->line == PFG_LINE_NEVER || value->size == 0)
            continue;
        *to = ' '; /* and a label, where it has one */
        to = pfg_put_ready(to + 1, field->label, field->label_size);
        to = field->line == PFG_LINE_NUMBER ? pfg_put_uint(to, value->u)
                                            : put_option_value(to, out, pdu, value);
    }
    return to;
}

static char *put_values(char *to, struct pfg_out *out, const struct pfg_pdu *pdu,
                        const struct pfg_value *options, uint32_t origin)
{
    const struct pfg_value *option = options + 1, *end = option + options->u, *next;

    to = pfg_put_text(to, ", options [");
    for (; option < end; option = next) {
        next = option + 1 + option->u;
        if (next > option + 1)
            to = put_option(to, out, pdu, option + 1, next, origin);
        *to++ = ',';
    }
    to[-1] = ']';
    return to;
}

/* ---- Layouts ------------------------------------------------------------------------------ */

/* Adds a text to the last piece. False: there is no room. */
static bool add_text(struct capture_layout *layout, const char *text, size_t size)
{
    char *at = layout->pieces[layout->count].text + layout->pieces[layout->count].size;

    if (size > CAPTURE_PIECE - layout->pieces[layout->count].size)
        return false;
    memcpy(at, text, size);
    layout->pieces[layout->count].size += (uint32_t)size;
    return true;
}

/* An option whose values are numbers; form: of the one at value. False: it has others, or too many.
 */
static bool add_option(struct capture_layout *layout, const struct pfg_value *value,
                       const struct pfg_value *end, uint32_t form)
{
    char words[PFG_TEXT_MAX + PFG_KEY_BLOCK];
    char *behind = capture_put_words(words, value);

    if (behind == NULL || !add_text(layout, words, (size_t)(behind - words)))
        return false;
    for (value++, form++; value < end; value++, form++) {
        const struct pfg_field *field = value->field;

        if (field->line == PFG_LINE_NEVER || value->size == 0)
            continue;
        if (field->line != PFG_LINE_NUMBER || layout->count + 1 == CAPTURE_PIECES ||
            !add_text(layout, " ", 1) || !add_text(layout, field->label, field->label_size))
            return false;
        layout->pieces[layout->count].form = form;
        layout->pieces[++layout->count].size = 0;
    }
    return true;
}

/* What options of a pattern look like, from the values of one. */
static void make_layout(struct capture_layout *layout, const struct pfg_value *options)
{
    const struct pfg_value *option = options + 1, *end = option + options->u, *next;
    bool good;

    layout->count = 0;
    layout->pieces[0].size = 0;
    good = add_text(layout, ", options [", 11);
    for (; good && option < end; option = next) {
        next = option + 1 + option->u;
        good = next > option + 1 &&
               add_option(layout, option + 1, next, (uint32_t)(option + 1 - options)) &&
               add_text(layout, next < end ? "," : "]", 1);
    }
    layout->count = good ? layout->count + 1 : 0;
}

static inline char *put_layout(char *to, const struct capture_layout *layout,
                               const struct pfg_pattern *pattern, const uint8_t *bytes)
{
    uint32_t last = layout->count - 1, i;

    for (i = 0; i < last; i++) {
        to = pfg_put_ready(to, layout->pieces[i].text, layout->pieces[i].size);
        to = pfg_put_uint(to, pfg_form_number(&pattern->forms[layout->pieces[i].form], bytes));
    }
    return pfg_put_ready(to, layout->pieces[last].text, layout->pieces[last].size);
}

/* The options' value, which stands first behind the head; NULL: there are none. */
static inline const struct pfg_value *options_of(const struct capture_printer *printer,
                                                 const struct pfg_decode *decode,
                                                 const struct pfg_pdu *pdu)
{
    const struct pfg_value *first = decode->values + pdu->first;

    if (pdu->head == NULL)
        return pfg_pdu_find(decode, pdu, printer->tcp_options);
    return pdu->count > 0 && first->field == printer->tcp_options ? first : NULL;
}

/* Options of a pattern, value by value: of those that are not numbers alone, and of all once, to
 * make a layout. */
static __attribute__((noinline)) char *put_pattern(char *to, struct capture_printer *printer,
                                                   struct capture_layout *layout,
                                                   const struct pfg_pdu *pdu, uint32_t origin)
{
    const struct pfg_pattern *pattern = pdu->pattern;
    struct pfg_value values[PFG_PATTERN_VALUES];

    pfg_pattern_put(values, pattern->forms, pattern->forms + pattern->count, pdu->base,
                    pdu->head->size);
    if (layout->pattern != pattern->serial)
        make_layout(layout, values);
    layout->pattern = pattern->serial;
    return values->u > 0 ? put_values(to, printer->out, pdu, values, origin) : to;
}

char *capture_put_options(struct capture_printer *printer, const struct pfg_decode *decode,
                          const struct pfg_pdu *pdu, char *to, uint32_t origin)
{
    const struct pfg_pattern *pattern = pdu->pattern;
    const struct pfg_value *options;

    if (pattern != NULL) {
        struct capture_layout *layout = &printer->layouts[pattern->serial % CAPTURE_LAYOUTS];

        return layout->pattern == pattern->serial && layout->count > 0
                   ? put_layout(to, layout, pattern, pdu->base + pdu->head->size)
                   : put_pattern(to, printer, layout, pdu, origin);
    }
    options = options_of(printer, decode, pdu);
    return options != NULL && options->u > 0 ? put_values(to, printer->out, pdu, options, origin)
                                             : to;
}
