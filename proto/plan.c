/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables to plans. */
#include "proto/plan.h"

#include "proto/compile.h"
#include "proto/decode_inside.h"
#include "proto/raw.h"

enum { OPS_MAX = 16, START_UNKNOWN = INT32_MIN };

/* A plan on its way. */
struct making {
    struct pfg_op ops[OPS_MAX];
    uint32_t count;
    uint32_t values; /* at most */
    const struct pfg_table *table;
    const struct pfg_field
        *chooser;                 /* what chose the flat body that the table is; NULL: it is none */
    const struct pfg_run *around; /* the run right before the flat body that it is; or NULL */
    bool sized;                   /* a length was there */
};

static struct pfg_op *add_op(struct making *m, enum pfg_op_kind kind, uint32_t values)
{
    if (m->count == OPS_MAX)
        return NULL;
    struct pfg_op *op = &m->ops[m->count++];
    *op = (struct pfg_op){ .kind = (uint8_t)kind };
    m->values += values;
    return op;
}

/* Has the value of a row noted, which is in the last run. */
static bool note_chooser(struct making *m, const struct pfg_field *chooser)
{
    struct pfg_op *op = m->ops + m->count;

    while (op > m->ops && !op[-1].run)
        op--;
    if (op == m->ops)
        return false;
    op--;
    if (op->notes)
        return op->run->steps[op->note].field == chooser;
    for (uint8_t k = 0; k < op->run->count; k++) {
        if (op->run->steps[k].field != chooser)
            continue;
        op->note = k;
        op->notes = true;
        return true;
    }
    return false;
}

/* ---- Runs -------------------------------------------------------------------------------- */

/* Where a run's length says that all ends. start: where its table begins, from the run's beginning.
 */
static bool make_sized(struct making *m, struct pfg_op *op, int32_t start)
{
    const struct pfg_run *run = op->run;
    const struct pfg_step *step = &run->steps[run->length];
    const struct pfg_row *row = step->field->row;
    uint32_t behind = step->at + pfg_raw_advance(step->field);

    if (m->sized || row->bits || row->max || row->size > 4 || row->counts == PFG_COUNTS_BODY ||
        (row->counts == PFG_COUNTS_ALL && start == START_UNKNOWN))
        return false;
    m->sized = true;
    op->kind = PFG_OP_SIZED;
    op->add = row->add + (row->counts == PFG_COUNTS_REST ? (int32_t)behind : start);
    return true;
}

static bool add_run(struct making *m, const struct pfg_run *run, int32_t start)
{
    struct pfg_op *op = add_op(m, PFG_OP_RUN, run->count);

    if (!op || run->checksum != PFG_RUN_NONE || run->derived != PFG_RUN_NONE)
        return false;
    op->run = run;
    op->bare = !run->check_count && run->closed == PFG_RUN_NONE;
    return run->length == PFG_RUN_NONE || make_sized(m, op, start);
}

/* ---- Rows -------------------------------------------------------------------------------- */

/* A name, with the row of where it points to, if that is the next one. */
static bool add_name(struct making *m, uint32_t *at)
{
    const struct pfg_field *field = &m->table->fields[*at], *next = field + 1;
    struct pfg_op *op = add_op(m, PFG_OP_NAME, 2);

    if (!op)
        return false;
    op->field = field;
    if (*at + 1 < m->table->count && next->row->kind == PFG_DERIVED &&
        next->row->derive == PFG_DERIVE_POINTER && next->by == field->index) {
        op->pointer = next;
        ++*at;
    }
    return true;
}

static bool add_bytes(struct making *m, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    struct pfg_op *op = add_op(m, row->prefix ? PFG_OP_PREFIXED : PFG_OP_REST, 1);

    if (!op || row->size || row->zero_ended || (row->prefix && row->order == PFG_LITTLE))
        return false;
    op->field = field;
    return true;
}

/* Record data: what chooses them stands in this table, or in the one around a flat body, where it
 * has to be what chose that. */
static bool add_rdata(struct making *m, const struct pfg_field *field)
{
    bool inside = field->parent && field->parent->inside.fields == m->table->fields;
    struct pfg_op *op = add_op(m, PFG_OP_RDATA, 1);

    if (!op || (inside ? !note_chooser(m, &m->table->fields[field->by])
                       : !m->chooser || m->chooser->index != (uint32_t)field->by))
        return false;
    op->field = field;
    return true;
}

/* The part of a number that stands in the run before the flat body that the table is. */
static bool make_part(struct pfg_part_step *step, const struct making *m,
                      const struct pfg_field *field)
{
    for (uint32_t k = 0; k < m->around->count; k++) {
        const struct pfg_field *number = m->around->steps[k].field;
        if (number->index != (uint32_t)field->by)
            continue;
        const struct pfg_value at = { number, 0, 0, number->size };
        const struct pfg_value part = pfg_part_value(field, &at);
        *step = (struct pfg_part_step){ field,
                                        field->bits_mask,
                                        (uint8_t)(m->around->count - k + field->index),
                                        field->bits_shift,
                                        (uint8_t)part.offset,
                                        (uint8_t)part.size,
                                        field->row->upper_of != NULL };
        return true;
    }
    return false;
}

/* Bits of numbers, with which a flat body begins. */
static bool add_parts(struct making *m, uint32_t *at)
{
    const struct pfg_field *field = &m->table->fields[*at];
    struct pfg_op *op = add_op(m, PFG_OP_PARTS, 0);
    struct pfg_part_step *steps = pfg_registry_alloc(m->table->count, sizeof *steps);

    if (!op || !steps || !m->around || *at > 0)
        return false;
    op->parts = steps;
    for (; field->row->kind == PFG_DERIVED; field++) {
        if (field->row->derive != PFG_DERIVE_PART || !make_part(&steps[op->note++], m, field))
            return false;
        m->values++;
        if (field->index + 1u == m->table->count)
            break;
    }
    *at = op->note - 1u;
    return true;
}

static bool add_array(struct making *m, const struct pfg_field *array)
{
    struct pfg_op *op = add_op(m, PFG_OP_ARRAY, 1);

    if (!op || array->by >= 0 || array->row->leave || !array->inside.fields->inside.plan.ops)
        return false;
    op->field = array;
    return true;
}

static bool make_plans(struct making *m, const struct pfg_field *number,
                       const struct pfg_field *body, struct pfg_op *op);

/* A flat body: nothing stands behind it. */
static bool add_body(struct making *m, const struct pfg_field *body)
{
    struct pfg_op *op = add_op(m, PFG_OP_CHOOSE, 0);

    return op && body->row->flat && body->index + 1u == m->table->count && !m->chooser &&
           note_chooser(m, &m->table->fields[body->by]) && make_plans(m, NULL, body, op);
}

static bool add_row(struct making *m, uint32_t *at)
{
    const struct pfg_field *field = &m->table->fields[*at];

    if (field->row->optional)
        return false;
    switch (field->row->kind) {
    case PFG_NAME:
        return add_name(m, at);
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        return add_bytes(m, field);
    case PFG_RDATA:
        return add_rdata(m, field);
    case PFG_ARRAY:
        return add_array(m, field);
    case PFG_BODY:
        return add_body(m, field);
    case PFG_DERIVED:
        return add_parts(m, at);
    default:
        return false;
    }
}

static bool add_rows(struct making *m, uint32_t first, int32_t start)
{
    for (uint32_t i = first; i < m->table->count; i++) {
        const struct pfg_run *run = m->table->fields[i].run;
        if (run ? !add_run(m, run, start) : !add_row(m, &i))
            return false;
        i += run ? run->count - 1u : 0;
        start = START_UNKNOWN;
    }
    return true;
}

/* ---- Plans ------------------------------------------------------------------------------- */

/* The steps, when all are there. Without memory, there is no plan. */
static void finish(struct pfg_plan *plan, struct making *m, enum pfg_op_kind end)
{
    struct pfg_op *ops = add_op(m, end, 0) ? pfg_registry_alloc(m->count, sizeof *ops) : NULL;

    if (ops)
        memcpy(ops, m->ops, m->count * sizeof *ops);
    plan->ops = ops;
    plan->plain = end == PFG_OP_END;
    for (uint32_t i = 0; i + 1 < m->count; i++)
        plan->plain &= m->ops[i].kind == PFG_OP_RUN || m->ops[i].kind == PFG_OP_NAME ||
                       m->ops[i].kind == PFG_OP_REST || m->ops[i].kind == PFG_OP_PREFIXED;
    plan->room = (m->values + 1) * (uint32_t)sizeof(struct pfg_value); /* the group's own too */
}

/* The run right before the last step, which chooses a body; NULL: there is none. */
static const struct pfg_run *run_before(const struct making *m)
{
    return m->count > 1 ? m->ops[m->count - 2].run : NULL;
}

/* The plan of one body. before: what was read before it. number: which is read with it; or NULL,
 * where it was read. */
static void make_chosen(struct pfg_plan *plan, const struct making *before,
                        const struct pfg_field *number, const struct pfg_field *body,
                        const struct pfg_table *table, bool last)
{
    struct making m = { .table = table,
                        .chooser = &before->table->fields[body->by],
                        .around = run_before(before),
                        .sized = before->sized };
    const struct pfg_run *run = number ? pfg_run_with(number, table) : NULL;

    if (number && (!run || !add_run(&m, run, (int32_t)number->size)))
        return;
    if (add_rows(&m, run ? run->count - 1u : 0, run ? START_UNKNOWN : 0))
        finish(plan, &m, last ? PFG_OP_LAST : PFG_OP_END);
}

static uint32_t most_values(const struct pfg_plan *plans, uint32_t count)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < count; i++)
        most = plans[i].room > most ? plans[i].room : most;
    return most / (uint32_t)sizeof(struct pfg_value);
}

/* The plans of a body, by the names of what chooses it. False: it cannot be planned. */
static bool make_plans(struct making *m, const struct pfg_field *number,
                       const struct pfg_field *body, struct pfg_op *op)
{
    const struct pfg_names *names = m->table->fields[body->by].names;
    struct pfg_plan *plans = pfg_registry_alloc(names->count + (size_t)1, sizeof *plans);
    bool others = body->row->rows != NULL; /* without rows, a value that has none is a fault */

    if (!plans)
        return false;
    op->names = names;
    op->plans = plans;
    for (uint32_t i = 0; i < names->count; i++) {
        const struct pfg_body *request = &body->bodies[2 * i], *reply = request + 1;
        const struct pfg_name *name = &names->rows[i];
        if (name->is_reply || (name->stop && !number))
            return false;
        if (!request->present && others)
            make_chosen(&plans[i], m, number, body, &body->other->table, name->stop);
        else if (request->present && request->table.fields == reply->table.fields)
            make_chosen(&plans[i], m, number, body, &request->table, name->stop);
    }
    if (others)
        make_chosen(&plans[names->count], m, number, body, &body->other->table, false);
    m->values += most_values(plans, names->count + 1);
    return true;
}

/* A number and the body that it chooses: both are read in one run. */
static bool is_choice(const struct pfg_table *table)
{
    const struct pfg_field *number = &table->fields[0], *body = &table->fields[1];

    return table->count == 2 && body->row->kind == PFG_BODY && body->row->flat && body->by == 0 &&
           !body->row->optional && number->run && number->row->kind == PFG_UINT &&
           !number->row->bits && number->scale == 1 && !number->row->closed;
}

void pfg_plan_make(struct pfg_table *table)
{
    struct making m = { .table = table };
    const struct pfg_names *names = table->count ? table->fields[0].names : NULL;

    if (table->derives || table->sized)
        return;
    if (is_choice(table)) {
        struct pfg_op *op = add_op(&m, PFG_OP_AHEAD, 0);
        op->field = &table->fields[0];
        if (make_plans(&m, op->field, &table->fields[1], op))
            finish(&table->plan, &m, PFG_OP_END);
    } else if (!(names && names->stops) && add_rows(&m, 0, 0)) {
        finish(&table->plan, &m, PFG_OP_END);
    }
}
