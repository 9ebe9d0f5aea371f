/* SPDX-License-Identifier: GPL-2.0-or-later */
/* machine_input.c - what a segment does to the TCP machine (RFC 9293, 3.10.7). */
#include "common/clock.h"
#include "rawsock/machine_inside.h"

enum { RING_MASK = PFG_MACHINE_RING - 1 };

/* ---- Acknowledgements --------------------------------------------------------------- */

/* Our FIN was acknowledged. */
static void fin_acknowledged(struct pfg_machine *machine)
{
    if (machine->state == PFG_TCP_FIN_WAIT_1)
        machine->state = PFG_TCP_FIN_WAIT_2;
    else if (machine->state == PFG_TCP_CLOSING)
        machine->state = PFG_TCP_TIME_WAIT;
    else if (machine->state == PFG_TCP_LAST_ACK)
        machine->state = PFG_TCP_CLOSED;
}

/* Something new was acknowledged. */
static void advance(struct pfg_machine *machine, uint64_t now_ns, uint32_t ack)
{
    uint32_t bytes = ack - machine->una;

    if (machine->timing && !before(ack, machine->timed_seq)) {
        pfg_machine_measured(machine, now_ns - machine->timed_ns);
        machine->timing = false;
    }
    if (machine->congestion < machine->threshold) /* slow start, then congestion avoidance */
        machine->congestion += least(bytes, machine->mss);
    else
        machine->congestion += machine->mss * machine->mss / machine->congestion + 1;
    machine->una = ack;
    if (before(machine->next, ack))
        machine->next = ack;
    machine->duplicates = 0;
    machine->retries = 0;
    machine->timer_ns = ack == machine->sent_max ? PFG_NEVER : now_ns + machine->rto_ns;
    if (machine->closing && ack == data_end(machine) + 1)
        fin_acknowledged(machine);
}

/* The third duplicate says that a segment was lost: it is sent at once (RFC 5681, 3.2). */
static void duplicate(struct pfg_machine *machine, uint64_t now_ns)
{
    uint32_t flight = machine->sent_max - machine->una;
    uint32_t left = data_end(machine) - machine->una, kept = machine->next;

    if (++machine->duplicates != PFG_DUPLICATES || !left || !pfg_machine_may_send(machine))
        return;
    machine->threshold = flight / 2 > 2 * machine->mss ? flight / 2 : 2 * machine->mss;
    machine->congestion = machine->threshold + PFG_DUPLICATES * machine->mss;
    pfg_machine_send_data(machine, machine->una, least(machine->mss, left));
    pfg_machine_sent(machine, now_ns, machine->una + least(machine->mss, left));
    if (before(machine->next, kept))
        machine->next = kept;
}

static void take_acknowledgement(struct pfg_machine *machine, uint64_t now_ns,
                                 const struct pfg_seg *segment)
{
    bool same_window = segment->window == machine->window;

    if (before(machine->sent_max, segment->ack)) { /* of what was never sent */
        pfg_machine_acknowledge(machine);
        return;
    }
    if (before(machine->una, segment->ack))
        advance(machine, now_ns, segment->ack);
    else if (segment->ack == machine->una && !segment->size && same_window &&
             !(segment->flags & PFG_SEG_FIN) && machine->sent_max != machine->una)
        duplicate(machine, now_ns);
    if (!segment->window) /* a peer that says so is alive (RFC 9293, 3.8.6.1) */
        machine->retries = 0;
    /* Only a newer segment speaks of the window (RFC 9293, 3.10.7.4). */
    if (before(machine->window_seq, segment->seq) ||
        (machine->window_seq == segment->seq && !before(segment->ack, machine->window_ack))) {
        if (!machine->window && segment->window) /* it opens: the probe goes out with the rest */
            machine->next = machine->una;
        machine->window = segment->window;
        machine->window_seq = segment->seq;
        machine->window_ack = segment->ack;
    }
}

/* ---- Data --------------------------------------------------------------------------- */

/* Puts the bytes that are inside the window into the ring. */
static void store(struct pfg_machine *machine, const struct pfg_seg *segment)
{
    for (uint32_t i = 0; i < segment->size; i++) {
        uint32_t number = segment->seq + i;

        if (before(number, machine->expected) ||
            !before(number, machine->expected + PFG_MACHINE_WINDOW))
            continue;
        machine->received[number & RING_MASK] = segment->bytes[i];
        machine->present[number & RING_MASK] = true;
    }
}

/* Hands over what is in order now. */
static void deliver(struct pfg_machine *machine)
{
    while (machine->present[machine->expected & RING_MASK]) {
        uint32_t first = machine->expected & RING_MASK, size = 0;

        while (first + size < PFG_MACHINE_RING && machine->present[first + size])
            machine->present[first + size++] = false;
        machine->expected += size;
        machine->hooks.receive(machine->hooks.user, machine->received + first, size);
    }
}

static void peer_finished(struct pfg_machine *machine)
{
    machine->expected++;
    if (machine->state == PFG_TCP_ESTABLISHED)
        machine->state = PFG_TCP_CLOSE_WAIT;
    else if (machine->state == PFG_TCP_FIN_WAIT_1)
        machine->state = PFG_TCP_CLOSING;
    else if (machine->state == PFG_TCP_FIN_WAIT_2)
        machine->state = PFG_TCP_TIME_WAIT;
}

/* Data and FIN. Returns whether they ask for an acknowledgement. */
static bool take_data(struct pfg_machine *machine, const struct pfg_seg *segment)
{
    bool fin = segment->flags & PFG_SEG_FIN;

    uint32_t last = segment->seq + segment->size;

    if (!segment->size && !fin)
        return segment->seq != machine->expected; /* a keep-alive, or out of the window */
    if (fin && !machine->has_peer_fin && last - machine->expected <= PFG_MACHINE_WINDOW) {
        machine->peer_fin = last;
        machine->has_peer_fin = true;
    }
    store(machine, segment);
    deliver(machine);
    if (machine->has_peer_fin && machine->expected == machine->peer_fin)
        peer_finished(machine);
    return true;
}

/* ---- Segments --------------------------------------------------------------------- */

static void input_syn_sent(struct pfg_machine *machine, uint64_t now_ns,
                           const struct pfg_seg *segment)
{
    bool ack = segment->flags & PFG_SEG_ACK;

    if (ack && segment->ack != machine->initial + 1) {
        if (!(segment->flags & PFG_SEG_RST))
            pfg_machine_send_control(machine, PFG_SEG_RST, segment->ack);
        return;
    }
    if (ack && (segment->flags & PFG_SEG_RST)) {
        pfg_machine_finish(machine, PFG_END_REFUSED);
        return;
    }
    if (!ack || !(segment->flags & PFG_SEG_SYN))
        return;
    machine->expected = segment->seq + 1;
    machine->window = segment->window;
    machine->window_seq = segment->seq;
    machine->window_ack = segment->ack;
    machine->mss = least(machine->mss_offered, segment->mss ? segment->mss : PFG_MSS_DEFAULT);
    machine->congestion = machine->mss * PFG_FIRST_SEGMENTS;
    machine->state = PFG_TCP_ESTABLISHED;
    advance(machine, now_ns, segment->ack);
    pfg_machine_acknowledge(machine);
    pfg_machine_output(machine, now_ns);
}

/* RFC 5961, 3.2: exactly the expected number resets; others in the window are asked back. */
static void take_reset(struct pfg_machine *machine, const struct pfg_seg *segment)
{
    if (segment->seq == machine->expected)
        pfg_machine_finish(machine, PFG_END_RESET);
    else if (before(machine->expected, segment->seq) &&
             before(segment->seq, machine->expected + PFG_MACHINE_WINDOW))
        pfg_machine_acknowledge(machine);
}

void pfg_machine_input(struct pfg_machine *machine, uint64_t now_ns, const struct pfg_seg *segment)
{
    bool answer;

    if (machine->state == PFG_TCP_CLOSED)
        return;
    if (machine->state == PFG_TCP_SYN_SENT) {
        input_syn_sent(machine, now_ns, segment);
        return;
    }
    if (segment->flags & PFG_SEG_RST) {
        take_reset(machine, segment);
        return;
    }
    if (segment->flags & PFG_SEG_SYN) { /* RFC 5961, 4.2; also a second SYN/ACK */
        pfg_machine_acknowledge(machine);
        return;
    }
    if (!(segment->flags & PFG_SEG_ACK))
        return;
    take_acknowledgement(machine, now_ns, segment);
    answer = take_data(machine, segment);
    if (answer && machine->state != PFG_TCP_CLOSED)
        pfg_machine_acknowledge(machine);
    pfg_machine_output(machine, now_ns);
}
