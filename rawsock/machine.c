/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/machine_inside.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"

#define RTO_FIRST_NS (1 * PFG_NS_PER_S)    /* RFC 6298, 2.1 */
#define RTO_LEAST_NS (200 * PFG_NS_PER_MS) /* as kernels have it; 2.4 would have a second */
#define RTO_MOST_NS  (60 * PFG_NS_PER_S)
const char *pfg_machine_state_name(enum pfg_machine_state state)
{
    static const char *const names[] = {
        [PFG_TCP_CLOSED] = "CLOSED",           [PFG_TCP_SYN_SENT] = "SYN-SENT",
        [PFG_TCP_ESTABLISHED] = "ESTABLISHED", [PFG_TCP_FIN_WAIT_1] = "FIN-WAIT-1",
        [PFG_TCP_FIN_WAIT_2] = "FIN-WAIT-2",   [PFG_TCP_CLOSE_WAIT] = "CLOSE-WAIT",
        [PFG_TCP_CLOSING] = "CLOSING",         [PFG_TCP_LAST_ACK] = "LAST-ACK",
        [PFG_TCP_TIME_WAIT] = "TIME-WAIT",
    };

    return names[state];
}

int pfg_machine_init(struct pfg_machine *machine, const struct pfg_machine_hooks *hooks,
                     uint32_t initial, uint16_t mss)
{
    *machine = (struct pfg_machine){
        .hooks = *hooks,
        .initial = initial,
        .una = initial,
        .next = initial,
        .sent_max = initial,
        .mss = mss,
        .mss_offered = mss,
        .congestion = (uint32_t)mss * PFG_FIRST_SEGMENTS,
        .threshold = UINT32_MAX / 2,
        .timer_ns = PFG_NEVER,
        .rto_ns = RTO_FIRST_NS,
        .received = malloc(PFG_MACHINE_RING),
        .present = calloc(PFG_MACHINE_RING, sizeof(bool)),
    };
    if (machine->received && machine->present)
        return 0;
    pfg_machine_free(machine);
    return -1;
}

void pfg_machine_free(struct pfg_machine *machine)
{
    free(machine->data);
    free(machine->received);
    free(machine->present);
    machine->data = machine->received = NULL;
    machine->present = NULL;
}

/* ---- Sending ------------------------------------------------------------------------- */

bool pfg_machine_may_send(const struct pfg_machine *machine)
{
    switch (machine->state) {
    case PFG_TCP_ESTABLISHED:
    case PFG_TCP_FIN_WAIT_1:
    case PFG_TCP_CLOSE_WAIT:
    case PFG_TCP_CLOSING:
    case PFG_TCP_LAST_ACK:
        return true;
    case PFG_TCP_CLOSED:
    case PFG_TCP_SYN_SENT:
    case PFG_TCP_FIN_WAIT_2:
    case PFG_TCP_TIME_WAIT:
        return false;
    }
    return false;
}

void pfg_machine_send_control(struct pfg_machine *machine, uint8_t flags, uint32_t seq)
{
    const struct pfg_seg segment = {
        .seq = seq,
        .ack = flags & PFG_SEG_ACK ? machine->expected : 0,
        .flags = flags,
        .window = PFG_MACHINE_WINDOW,
        .mss = flags & PFG_SEG_SYN ? (uint16_t)machine->mss_offered : 0,
    };

    machine->hooks.send(machine->hooks.user, &segment);
}

void pfg_machine_acknowledge(struct pfg_machine *machine)
{
    pfg_machine_send_control(machine, PFG_SEG_ACK, machine->sent_max);
}

/* Data from seq on; the last segment of what there is asks to be pushed. */
void pfg_machine_send_data(struct pfg_machine *machine, uint32_t seq, uint32_t size)
{
    const struct pfg_seg segment = {
        .seq = seq,
        .ack = machine->expected,
        .flags = (uint8_t)(PFG_SEG_ACK | (seq + size == data_end(machine) ? PFG_SEG_PSH : 0)),
        .window = PFG_MACHINE_WINDOW,
        .bytes = machine->data + (seq - machine->initial - 1),
        .size = size,
    };

    machine->hooks.send(machine->hooks.user, &segment);
}

/* Notes that everything up to end was sent once more or for the first time. One segment at a time
 * is measured, and none that was sent twice (RFC 6298, 3). */
void pfg_machine_sent(struct pfg_machine *machine, uint64_t now_ns, uint32_t end)
{
    machine->next = end;
    if (!before(machine->sent_max, end)) {
        machine->retransmitted++;
        machine->timing = false;
    } else {
        machine->sent_max = end;
        if (!machine->timing) {
            machine->timing = true;
            machine->timed_seq = end;
            machine->timed_ns = now_ns;
        }
    }
    if (machine->timer_ns == PFG_NEVER)
        machine->timer_ns = now_ns + machine->rto_ns;
}

static void enter_closing(struct pfg_machine *machine)
{
    if (machine->state == PFG_TCP_ESTABLISHED)
        machine->state = PFG_TCP_FIN_WAIT_1;
    else if (machine->state == PFG_TCP_CLOSE_WAIT)
        machine->state = PFG_TCP_LAST_ACK;
}

void pfg_machine_output(struct pfg_machine *machine, uint64_t now_ns)
{
    uint32_t end = data_end(machine);
    uint32_t limit = machine->una + least(machine->window, machine->congestion);

    if (!pfg_machine_may_send(machine))
        return;
    while (before(machine->next, end) && before(machine->next, limit)) {
        uint32_t left = end - machine->next;
        uint32_t size = least(least(machine->mss, left), limit - machine->next);

        /* No silly little segments while others are on their way (RFC 9293, 3.8.6.2.1). */
        if (size < machine->mss && size < left && machine->next != machine->una)
            break;
        pfg_machine_send_data(machine, machine->next, size);
        pfg_machine_sent(machine, now_ns, machine->next + size);
    }
    if (machine->closing && machine->next == end) {
        pfg_machine_send_control(machine, PFG_SEG_FIN | PFG_SEG_ACK, end);
        pfg_machine_sent(machine, now_ns, end + 1);
        enter_closing(machine);
    }
    /* A closed window is asked again and again whether it has opened (3.8.6.1). */
    if (before(machine->next, end) && machine->timer_ns == PFG_NEVER)
        machine->timer_ns = now_ns + machine->rto_ns;
}

void pfg_machine_connect(struct pfg_machine *machine, uint64_t now_ns)
{
    machine->state = PFG_TCP_SYN_SENT;
    pfg_machine_send_control(machine, PFG_SEG_SYN, machine->initial);
    pfg_machine_sent(machine, now_ns, machine->initial + 1);
}

int pfg_machine_write(struct pfg_machine *machine, uint64_t now_ns, const uint8_t *bytes,
                      size_t size)
{
    if (machine->closing || size > INT32_MAX - machine->size)
        return -1;
    if (size > machine->room - machine->size) {
        size_t room = machine->room ? machine->room : 4096;
        uint8_t *grown;

        while (room < machine->size + size)
            room *= 2;
        grown = realloc(machine->data, room);
        if (!grown)
            return -1;
        machine->data = grown;
        machine->room = room;
    }
    if (size)
        memcpy(machine->data + machine->size, bytes, size);
    machine->size += size;
    pfg_machine_output(machine, now_ns);
    return 0;
}

void pfg_machine_shutdown(struct pfg_machine *machine, uint64_t now_ns)
{
    machine->closing = true;
    pfg_machine_output(machine, now_ns);
}

void pfg_machine_abort(struct pfg_machine *machine)
{
    if (machine->state != PFG_TCP_CLOSED && machine->state != PFG_TCP_SYN_SENT)
        pfg_machine_send_control(machine, PFG_SEG_RST | PFG_SEG_ACK, machine->next);
    machine->state = PFG_TCP_CLOSED;
    machine->timer_ns = PFG_NEVER;
}

/* ---- Timers -------------------------------------------------------------------------- */

void pfg_machine_measured(struct pfg_machine *machine, uint64_t rtt_ns)
{
    uint64_t differs;

    if (!machine->srtt_ns) {
        machine->srtt_ns = rtt_ns;
        machine->rttvar_ns = rtt_ns / 2;
    } else {
        differs = machine->srtt_ns > rtt_ns ? machine->srtt_ns - rtt_ns : rtt_ns - machine->srtt_ns;
        machine->rttvar_ns = (3 * machine->rttvar_ns + differs) / 4;
        machine->srtt_ns = (7 * machine->srtt_ns + rtt_ns) / 8;
    }
    machine->rto_ns = machine->srtt_ns + 4 * machine->rttvar_ns;
    if (machine->rto_ns < RTO_LEAST_NS)
        machine->rto_ns = RTO_LEAST_NS;
}

void pfg_machine_finish(struct pfg_machine *machine, enum pfg_machine_end why)
{
    machine->state = PFG_TCP_CLOSED;
    machine->end = why;
    machine->timer_ns = PFG_NEVER;
}

/* The segment that was not acknowledged goes out again, and with it the window is small again
 * (RFC 5681, 3.1); a closed window gets a byte to answer to. */
static void retransmit(struct pfg_machine *machine, uint64_t now_ns)
{
    uint32_t flight = machine->sent_max - machine->una;

    if (machine->state == PFG_TCP_SYN_SENT) {
        pfg_machine_send_control(machine, PFG_SEG_SYN, machine->initial);
        pfg_machine_sent(machine, now_ns, machine->initial + 1);
        return;
    }
    machine->threshold = flight / 2 > 2 * machine->mss ? flight / 2 : 2 * machine->mss;
    machine->congestion = machine->mss;
    machine->next = machine->una;
    if (!machine->window && before(machine->next, data_end(machine))) {
        pfg_machine_send_data(machine, machine->next, 1);
        pfg_machine_sent(machine, now_ns, machine->next + 1);
        return;
    }
    pfg_machine_output(machine, now_ns);
}

void pfg_machine_tick(struct pfg_machine *machine, uint64_t now_ns)
{
    if (machine->state == PFG_TCP_CLOSED || now_ns < machine->timer_ns)
        return;
    if (machine->retries++ >= PFG_MACHINE_RETRIES) {
        pfg_machine_finish(machine, PFG_END_TIMED_OUT);
        return;
    }
    machine->rto_ns = machine->rto_ns * 2 < RTO_MOST_NS ? machine->rto_ns * 2 : RTO_MOST_NS;
    machine->timer_ns = now_ns + machine->rto_ns;
    retransmit(machine, now_ns);
}

uint64_t pfg_machine_deadline(const struct pfg_machine *machine)
{
    return machine->timer_ns;
}

bool pfg_machine_all_acknowledged(const struct pfg_machine *machine)
{
    return !before(machine->una, data_end(machine));
}

bool pfg_machine_peer_closed(const struct pfg_machine *machine)
{
    return machine->has_peer_fin && before(machine->peer_fin, machine->expected);
}
