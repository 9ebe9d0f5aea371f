/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Elements that are a number and what it chooses, as options are, where all of it is one run. */
#include "proto/cursor.h"
#include "proto/decode_inside.h"

/* Where a whole ends that begins at pos; 0 where its length does not fit. */
static inline uint32_t end_of(const struct pfg_walk *w, const struct pfg_whole *whole, uint32_t pos,
                              bool spare)
{
    const struct pfg_run *run = whole->run;
    uint32_t end = pos + run->size;

    if (run->length == PFG_RUN_NONE)
        return end;
    const struct pfg_step *step = &run->steps[run->length];
    uint64_t raw = pfg_step_raw(step, w->base + pos, spare);
    if (raw > UINT32_MAX / step->scale)
        return 0;
    int64_t said = (int64_t)pos + (int64_t)(raw * step->scale) + whole->add;
    return said > (int64_t)w->limit || (whole->rest ? said < (int64_t)end : said != (int64_t)end)
               ? 0
               : (uint32_t)said;
}

/* Reads one whole at pos, and appends its values. Returns where it ends; 0: nothing has happened.
 */
static inline __attribute__((always_inline)) uint32_t read_whole(struct pfg_walk *w,
                                                                 const struct pfg_field *group,
                                                                 const struct pfg_whole *whole,
                                                                 uint32_t pos, bool spare)
{
    const struct pfg_run *run = whole->run;
    struct pfg_value *v = w->decode->values + w->decode->count;

    if (!pfg_run_right(run, w->base + pos, spare))
        return 0;
    uint32_t end = end_of(w, whole, pos, spare), inside = run->count;
    if (!end)
        return 0;
    pfg_walk_steps(v + 1, run, w->base, pos, spare);
    if (whole->rest) {
        uint32_t at = pos + run->size;
        v[1 + inside++] = (struct pfg_value){ whole->rest, 0, at, end - at };
    }
    v[0] = (struct pfg_value){ group, inside, pos, end - pos };
    w->decode->count += 1 + inside;
    return end;
}

uint64_t pfg_walk_wholes(struct pfg_walk *w, const struct pfg_field *array, uint64_t most)
{
    const struct pfg_field *group = array->inside.fields, *number = group->inside.fields;
    const struct pfg_whole *wholes = group->inside.wholes;
    uint32_t leave = array->by < 0 ? array->row->leave : 0;
    uint64_t i = 0;

    for (; i < most; i++) {
        uint32_t left = w->limit - w->pos;
        if (left <= leave || left < number->size)
            break;
        uint64_t u = pfg_get_be(w->base + w->pos, number->size);
        const struct pfg_name *name = pfg_name_find(number->names, u);
        const struct pfg_whole *whole =
            &wholes[name ? name - number->names->rows : number->names->count];
        if (!whole->run || left < whole->run->size ||
            w->room - w->decode->count < whole->run->count + 2u)
            break;
        uint32_t end = left >= whole->run->size + 8u ? read_whole(w, group, whole, w->pos, true)
                                                     : read_whole(w, group, whole, w->pos, false);
        if (!end)
            break;
        w->pos = end;
        if (name && name->stop && array->by < 0)
            w->pos = w->limit; /* and what is left is passed over */
    }
    return i;
}
