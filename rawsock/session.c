/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/session.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/signals.h"
#include "rawsock/fault.h"
#include "rawsock/guard.h"
#include "rawsock/random.h"
#include "rawsock/segment.h"
#include "rawsock/tap.h"

enum { RECEIVE_ROOM = 1 << 17 };
#define NEIGHBOUR_TIMEOUT_NS (3 * PFG_NS_PER_S)
/* How long the peer may say again what our last acknowledgement was lost for. */
#define LINGER_NS            (100 * PFG_NS_PER_MS)

struct pfg_session {
    struct pfg_session_plan plan;
    struct pfg_endpoint local;
    struct pfg_machine machine;
    struct pfg_segment_maker *maker;
    struct pfg_engine *engine;
    int guard, tap;
    struct pfg_fault fault; /* of sending */
    bool failed;
    uint64_t progress_ns; /* when something last came in */
    uint8_t *packet;      /* RECEIVE_ROOM bytes */
    uint8_t *received;
    size_t size, room;
};

/* ---- Hooks of the machine ------------------------------------------------------------ */

static void on_send(void *user, const struct pfg_seg *segment)
{
    struct pfg_session *session = user;
    struct pfg_frame frame = { .time_ns = pfg_clock_wall_ns() };

    if (session->failed)
        return;
    if (pfg_segment_make(session->maker, segment, &frame, &session->fault) < 0 ||
        pfg_engine_send(session->engine, &frame, &session->fault) < 0) {
        session->failed = true;
        return;
    }
    if (session->plan.show)
        pfg_show_packet(session->plan.show, PFG_SENT, session->engine->link_type, frame.bytes,
                        frame.size, frame.time_ns, true);
}

static void on_receive(void *user, const uint8_t *bytes, uint32_t size)
{
    struct pfg_session *session = user;
    size_t room = session->room ? session->room : 4096;
    uint8_t *grown;

    while (room < session->size + size)
        room *= 2;
    if (room != session->room) {
        grown = realloc(session->received, room);
        if (!grown) {
            session->failed = true;
            pfg_fault_set(&session->fault, "no memory for what is received");
            return;
        }
        session->received = grown;
        session->room = room;
    }
    memcpy(session->received + session->size, bytes, size);
    session->size += size;
}

/* ---- Opening and closing ------------------------------------------------------------- */

static uint16_t mss_for(const struct pfg_path *path)
{
    uint32_t headers = (path->destination.family == 4 ? 20 : 40) + (uint32_t)sizeof(struct tcphdr);
    uint32_t mss = path->mtu > headers + 64 ? path->mtu - headers : 536;

    /* Loopback's 65536 would not leave room in an IPv4 datagram of 65535 bytes. */
    return (uint16_t)(mss > UINT16_MAX - headers ? UINT16_MAX - headers : mss);
}

/* Everything that is opened for a path; closed by pfg_session_close also after half of it. */
static int open_all(struct pfg_session *session, struct pfg_fault *fault)
{
    const struct pfg_session_plan *plan = &session->plan;
    struct pfg_way way = { .interface = plan->interface, .timeout_ns = NEIGHBOUR_TIMEOUT_NS };
    struct pfg_machine_hooks hooks = { on_send, on_receive, session };
    uint16_t mss;

    if (pfg_path_find(&plan->remote.address, plan->interface, &way.path, fault) < 0)
        return -1;
    mss = plan->mss ? plan->mss : mss_for(&way.path);
    session->local = (struct pfg_endpoint){ way.path.source, plan->source_port };
    session->local.address.scope = plan->remote.address.scope;
    if (!way.path.source.family)
        return pfg_fault_set(fault, "interface %s has no address to send from", way.path.link.name);
    session->guard = pfg_guard_tcp(&session->local, fault);
    if (session->guard < 0)
        return -1;
    session->tap = pfg_tap_open(&way.path.link, &session->local, &plan->remote, fault);
    if (session->tap < 0)
        return -1;
    session->maker = pfg_segment_maker_new(&session->local, &plan->remote, mss, fault);
    if (!session->maker)
        return -1;
    if (pfg_machine_init(&session->machine, &hooks, pfg_random32(), mss) < 0)
        return pfg_fault_set(fault, "no memory");
    session->engine = pfg_segment_engine(session->maker, &way, fault);
    return session->engine ? 0 : -1;
}

struct pfg_session *pfg_session_open(const struct pfg_session_plan *plan, struct pfg_fault *fault)
{
    struct pfg_session *session = calloc(1, sizeof *session);

    if (!session || !(session->packet = malloc(RECEIVE_ROOM))) {
        free(session);
        pfg_fault_set(fault, "no memory");
        return NULL;
    }
    session->plan = *plan;
    session->guard = session->tap = -1;
    if (open_all(session, fault) < 0) {
        pfg_session_close(session);
        return NULL;
    }
    session->progress_ns = pfg_clock_ns();
    pfg_machine_connect(&session->machine, session->progress_ns);
    return session;
}

void pfg_session_close(struct pfg_session *session)
{
    struct pfg_fault ignored;

    if (!session)
        return;
    if (session->engine && session->machine.state != PFG_TCP_TIME_WAIT)
        pfg_machine_abort(&session->machine);
    pfg_engine_close(session->engine, &ignored);
    pfg_machine_free(&session->machine);
    pfg_segment_maker_free(session->maker);
    if (session->tap >= 0)
        close(session->tap);
    if (session->guard >= 0)
        close(session->guard);
    free(session->packet);
    free(session->received);
    free(session);
}

/* ---- Going on ------------------------------------------------------------------------ */

int pfg_session_write(struct pfg_session *session, const uint8_t *bytes, size_t size,
                      struct pfg_fault *fault)
{
    if (pfg_machine_write(&session->machine, pfg_clock_ns(), bytes, size) < 0)
        return pfg_fault_set(fault, "no memory for %zu bytes to send", size);
    return 0;
}

void pfg_session_shutdown(struct pfg_session *session)
{
    pfg_machine_shutdown(&session->machine, pfg_clock_ns());
}

/* Reads what waits at the packet socket. Returns whether there was anything of ours. */
static bool read_segments(struct pfg_session *session)
{
    bool any = false, verify, good;
    struct pfg_seg segment;
    ssize_t size;

    while ((size = pfg_tap_read(session->tap, session->packet, RECEIVE_ROOM, &verify)) > 0) {
        good = pfg_segment_read(session->maker, session->packet, (uint32_t)size, verify, &segment);
        if (session->plan.show)
            pfg_show_packet(session->plan.show, PFG_RECEIVED, PFG_LINK_RAW, session->packet,
                            (uint32_t)size, pfg_clock_wall_ns(), verify);
        if (!good)
            continue;
        pfg_machine_input(&session->machine, pfg_clock_ns(), &segment);
        any = true;
    }
    return any;
}

static enum pfg_session_event fail(const struct pfg_session *session, struct pfg_fault *fault)
{
    char text[PFG_ENDPOINT_TEXT];

    pfg_endpoint_text(&session->plan.remote, text);
    if (session->failed)
        *fault = session->fault;
    else if (pfg_signals_stop())
        pfg_fault_set(fault, "interrupted");
    else if (session->machine.end == PFG_END_REFUSED)
        pfg_fault_set(fault, "%s refuses the connection", text);
    else if (session->machine.end == PFG_END_RESET)
        pfg_fault_set(fault, "%s resets the connection", text);
    else
        pfg_fault_set(fault, "no answer from %s", text);
    return PFG_SESSION_FAILED;
}

static bool has_failed(const struct pfg_session *session)
{
    return session->failed || pfg_signals_stop() || session->machine.end != PFG_END_NONE ||
           pfg_clock_ns() >= session->progress_ns + session->plan.timeout_ns;
}

enum pfg_session_event pfg_session_wait(struct pfg_session *session, uint64_t deadline_ns,
                                        struct pfg_fault *fault)
{
    struct pollfd ready[] = {
        { .fd = session->tap, .events = POLLIN },
        { .fd = pfg_signals_fd(), .events = POLLIN },
    };

    for (;;) {
        uint64_t until = pfg_machine_deadline(&session->machine);
        uint64_t stall = session->progress_ns + session->plan.timeout_ns;

        until = until < deadline_ns ? until : deadline_ns;
        until = until < stall ? until : stall;
        if (poll(ready, 2, pfg_clock_poll_ms(until)) < 0 && errno != EINTR) {
            pfg_fault_set(fault, "cannot wait: %s", strerror(errno));
            return PFG_SESSION_FAILED;
        }
        if (read_segments(session)) {
            session->progress_ns = pfg_clock_ns();
            if (!has_failed(session))
                return PFG_SESSION_MOVED;
        }
        pfg_machine_tick(&session->machine, pfg_clock_ns());
        if (has_failed(session))
            return fail(session, fault);
        if (pfg_clock_ns() >= deadline_ns)
            return PFG_SESSION_WAITED;
    }
}

const uint8_t *pfg_session_received(const struct pfg_session *session, size_t *size)
{
    *size = session->size;
    return session->received;
}

const struct pfg_machine *pfg_session_machine(const struct pfg_session *session)
{
    return &session->machine;
}

const struct pfg_endpoint *pfg_session_local(const struct pfg_session *session)
{
    return &session->local;
}

bool pfg_session_finish(struct pfg_session *session, uint64_t deadline_ns)
{
    struct pfg_fault ignored;
    bool done;

    pfg_session_shutdown(session);
    for (;;) {
        done =
            session->machine.state == PFG_TCP_TIME_WAIT || session->machine.state == PFG_TCP_CLOSED;
        if (done || pfg_clock_ns() >= deadline_ns)
            break;
        if (pfg_session_wait(session, deadline_ns, &ignored) == PFG_SESSION_FAILED)
            break;
    }
    deadline_ns = pfg_clock_ns() + LINGER_NS;
    while (session->machine.state == PFG_TCP_TIME_WAIT &&
           pfg_session_wait(session, deadline_ns, &ignored) == PFG_SESSION_MOVED)
        continue;
    return done && session->machine.end == PFG_END_NONE;
}
