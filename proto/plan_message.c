/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Protocols to plans of their messages. */
#include "proto/compile.h"
#include "proto/plan.h"

enum { OPS_MAX = 16 };

/* The value of a field in a run; PFG_RUN_NONE: it is not there. */
static uint8_t step_of(const struct pfg_run *run, const struct pfg_field *field)
{
    for (uint8_t i = 0; i < run->count; i++)
        if (run->steps[i].field == field)
            return i;
    return PFG_RUN_NONE;
}

/* Values that follow from others of the run: sizes, which stand first, and bits. */
static bool plan_derived(struct pfg_message_plan *plan)
{
    const struct pfg_run *run = plan->run;

    for (uint8_t i = 0; i < run->count; i++) {
        const struct pfg_field *field = run->steps[i].field;
        if (field->row->kind != PFG_DERIVED)
            continue;
        if (field->row->derive == PFG_DERIVE_SIZE && plan->sizes == i) {
            plan->sizes++;
            continue;
        }
        if ((field->row->derive != PFG_DERIVE_BIT && field->row->derive != PFG_DERIVE_JOIN) ||
            !field->when || !field->when->bit ||
            (field->row->derive == PFG_DERIVE_BIT && !field->when->boolean) ||
            plan->bit_count == sizeof plan->bits / sizeof plan->bits[0])
            return false;
        uint8_t by = step_of(run, field->when->parent);
        if (by == PFG_RUN_NONE)
            return false;
        plan->bits[plan->bit_count++] =
            (struct pfg_bit_step){ i, by, field->when->bits_shift, field->when->bits_mask };
    }
    return true;
}

/* A checksum that a bit of the run says whether it is there: where it is, the message is walked. */
static bool plan_checksum(struct pfg_message_plan *plan)
{
    const struct pfg_run *run = plan->run;

    if (run->checksum == PFG_RUN_NONE)
        return true;
    plan->checked = run->steps[run->checksum].field->when;
    if (!plan->checked)
        return false;
    plan->checked_by = step_of(run, plan->checked->bit ? plan->checked->parent : plan->checked);
    return plan->checked_by != PFG_RUN_NONE;
}

/* The length of a message, if it has one, and its direction. */
static bool is_plannable(const struct pfg_proto *proto, const struct pfg_run *run)
{
    const struct pfg_row *length =
        run->length == PFG_RUN_NONE ? NULL : run->steps[run->length].field->row;

    if (length && (length->bits || length->max > UINT32_MAX || length->size > 4 ||
                   length->counts == PFG_COUNTS_REST || run->size != proto->header_size))
        return false;
    if ((proto->reply.field != NULL) != (run->reply != PFG_RUN_NONE) ||
        (proto->error.field != NULL) != (run->error != PFG_RUN_NONE))
        return false;
    return run->error == PFG_RUN_NONE || run->error >= run->reply;
}

/* A row behind the run. */
static bool plan_row(struct pfg_op *op, const struct pfg_proto *proto, const struct pfg_run *run,
                     const struct pfg_field *field)
{
    op->field = field;
    if (field->row->optional || field->by < 0)
        return false;
    op->note = step_of(run, &proto->table.fields[field->by]);
    if (op->note == PFG_RUN_NONE)
        return false;
    if (field->row->kind == PFG_ARRAY) {
        op->kind = PFG_OP_ARRAY;
        return field->inside.fields->inside.plan.ops != NULL;
    }
    op->kind = PFG_OP_CHOOSE;
    if (field->row->kind != PFG_BODY || field->row->flat || field->index + 1u != proto->table.count)
        return false;
    const struct pfg_names *names = proto->table.fields[field->by].names;
    for (uint32_t i = 0; i < names->count; i++)
        if (names->rows[i].is_reply)
            return false;
    return true;
}

void pfg_plan_message(struct pfg_proto *proto)
{
    const struct pfg_table *table = &proto->table;
    const struct pfg_run *run = table->count ? table->fields[0].run : NULL;
    struct pfg_op *ops = pfg_registry_alloc(OPS_MAX, sizeof *ops);
    struct pfg_message_plan *plan = pfg_registry_alloc(1, sizeof *plan);

    if (!run || !ops || !plan || proto->def->network || table->count - run->count >= OPS_MAX)
        return;
    plan->run = run;
    plan->ops = ops; /* ended by PFG_OP_END, which is 0 */
    if (!is_plannable(proto, run) || !plan_derived(plan) || !plan_checksum(plan))
        return;
    plan->more = proto->more.field ? step_of(run, proto->more.field) : 0;
    if (plan->more == PFG_RUN_NONE)
        return;
    for (uint32_t i = run->count; i < table->count; i++)
        if (!plan_row(&ops[i - run->count], proto, run, &table->fields[i]))
            return;
    plan->named = run->size >= 8 && ops->kind == PFG_OP_ARRAY && !proto->body &&
                  ops->field->inside.fields->inside.plan.ops->kind == PFG_OP_NAME;
    proto->plan = plan;
}
