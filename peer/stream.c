/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/stream.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "proto/decode.h"

#include "peer/frames.h"

enum {
    READ_BYTES = 65536,           /* taken from one connection before another has its turn */
    SMALL_BYTES = 2 * READ_BYTES, /* a connection that holds less is never closed for its memory */
};
static const uint64_t closing_ns = PFG_NS_PER_S;
static const uint64_t pause_ns = 100 * PFG_NS_PER_MS;

/* ---- Lists of connections ----------------------------------------------------------------- */

static struct peer_conns *list_of(const struct peer_conn *conn)
{
    struct peer_streams *streams = conn->from->streams;

    return conn->closing ? &streams->closing : &streams->open;
}

static void unlink_conn(struct peer_conn *conn)
{
    struct peer_conns *list = list_of(conn);

    if (conn->before == NULL)
        list->first = conn->after;
    else
        conn->before->after = conn->after;
    if (conn->after == NULL)
        list->last = conn->before;
    else
        conn->after->before = conn->before;
    conn->before = NULL;
    conn->after = NULL;
}

static void link_last(struct peer_conn *conn, uint64_t deadline_ns)
{
    struct peer_conns *list = list_of(conn);

    conn->deadline_ns = deadline_ns;
    conn->before = list->last;
    if (list->last == NULL)
        list->first = conn;
    else
        list->last->after = conn;
    list->last = conn;
}

/* ---- The end of a connection -------------------------------------------------------------- */

static void close_conn(struct peer_conn *conn, const char *why)
{
    struct peer_streams *streams = conn->from->streams;

    pfg_info("%s %s: closed: %s", conn->from->what, conn->whom, why);
    unlink_conn(conn);
    peer_loop_remove(streams->loop, &conn->watch);
    close(conn->watch.fd);
    streams->held -= conn->held;
    streams->count--;
    peer_buffer_free(&conn->in);
    peer_buffer_free(&conn->out);
    peer_joins_free(&conn->joins);
    conn->after = streams->dead;
    streams->dead = conn;
    if (streams->full && streams->count + streams->count / 8 < streams->limit) {
        pfg_note("connections are accepted again; %llu were turned away so far",
                 (unsigned long long)streams->turned_away);
        streams->full = false;
    }
}

/* Frees connections that were closed in this round: until its end an event may point to them. */
static void free_dead(struct peer_streams *streams)
{
    while (streams->dead != NULL) {
        struct peer_conn *next = streams->dead->after;

        free(streams->dead);
        streams->dead = next;
    }
}

/*
 * All is sent: says so to the other end and waits a moment for it to close. Closing at once,
 * with bytes unread, would be a reset, which may overtake the last answer.
 */
static void begin_closing(struct peer_conn *conn)
{
    struct peer_streams *streams = conn->from->streams;

    shutdown(conn->watch.fd, SHUT_WR);
    unlink_conn(conn);
    conn->closing = true;
    link_last(conn, streams->loop->now_ns + closing_ns);
    peer_buffer_free(&conn->in);
    peer_loop_want(streams->loop, &conn->watch, EPOLLIN);
}

/* ---- Reading and writing ------------------------------------------------------------------ */

/* Bytes to make room for: of packets the whole next one, since what does not fit is lost. */
static size_t next_size(const struct peer_conn *conn)
{
    ssize_t size;

    if (!conn->from->packets)
        return READ_BYTES;
    size = recv(conn->watch.fd, NULL, 0, MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT);
    return size > READ_BYTES ? (size_t)size : READ_BYTES;
}

/* Reads once. Returns NULL, or why the connection must be closed. */
static const char *read_some(struct peer_conn *conn)
{
    size_t want = next_size(conn);
    uint8_t *room = peer_buffer_room(&conn->in, want);
    ssize_t size;

    if (room == NULL)
        return "out of memory";
    size = recv(conn->watch.fd, room, want, 0);
    if (size < 0)
        return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
    if (size == 0)
        conn->ended = true;
    peer_buffer_added(&conn->in, (size_t)size);
    conn->moved += (uint64_t)size;
    return NULL;
}

/* Bytes that go into one send: all, or one frame where packets are sent. */
static size_t send_size(const struct peer_conn *conn)
{
    size_t waiting = peer_buffer_size(&conn->out);
    int64_t frame;

    if (!conn->from->packets)
        return waiting;
    frame = pfg_frame_size(peer_frames_proto(), peer_buffer_front(&conn->out), waiting);
    return frame > 0 && (uint64_t)frame < waiting ? (size_t)frame : waiting;
}

/* Writes until the socket takes no more. Returns NULL, or why the connection must be closed. */
static const char *write_some(struct peer_conn *conn)
{
    while (peer_buffer_size(&conn->out) > 0) {
        ssize_t size =
            send(conn->watch.fd, peer_buffer_front(&conn->out), send_size(conn), MSG_NOSIGNAL);

        if (size < 0)
            return errno == EAGAIN || errno == EINTR ? NULL : strerror(errno);
        peer_buffer_take(&conn->out, (size_t)size);
        conn->moved += (uint64_t)size;
    }
    return NULL;
}

/* Lets the role work on what came, and sends, until neither moves anything. */
static const char *work_and_write(struct peer_conn *conn)
{
    size_t before;
    bool waited; /* the role had to wait until answers were fetched */

    do {
        before = peer_buffer_size(&conn->in);
        waited = peer_buffer_size(&conn->out) >= PEER_OUT_HIGH;
        if (!conn->ending && !waited) {
            switch (conn->from->work(conn)) {
            case PEER_WORKED_ON:
                break;
            case PEER_WORKED_END:
                conn->ending = true;
                break;
            case PEER_WORKED_FAIL:
                return "out of memory";
            }
        }
        const char *why = write_some(conn);
        if (why != NULL)
            return why;
    } while (!conn->ending && (peer_buffer_size(&conn->in) != before ||
                               (waited && peer_buffer_size(&conn->out) < PEER_OUT_HIGH)));
    return NULL;
}

/* Counts what the connection holds. Returns NULL, or why it must be closed. */
static const char *count_held(struct peer_conn *conn)
{
    struct peer_streams *streams = conn->from->streams;
    size_t holds = conn->in.room + conn->out.room + conn->joins.bytes;

    streams->held = streams->held - conn->held + holds;
    conn->held = holds;
    if (streams->held <= streams->memory || holds <= SMALL_BYTES)
        return NULL;
    pfg_warn("%s %s: closed: all connections together hold %zu bytes, more than --memory",
             conn->from->what, conn->whom, streams->held);
    return "the memory limit was reached";
}

/* What to wait for: bytes, while they can be taken, and room for what waits to be sent. */
static uint32_t wanted_events(const struct peer_conn *conn)
{
    size_t out = peer_buffer_size(&conn->out);
    bool reads = !conn->ended && !conn->ending && out < PEER_OUT_HIGH;

    return (reads ? (uint32_t)EPOLLIN : 0U) | (out > 0 ? (uint32_t)EPOLLOUT : 0U);
}

/* Reads, works, writes. Returns NULL, or why the connection must be closed. */
static const char *serve_conn(struct peer_conn *conn, uint32_t events)
{
    const char *why = NULL;

    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && !conn->ended && !conn->ending)
        why = read_some(conn);
    if (why == NULL)
        why = work_and_write(conn);
    if (why == NULL)
        why = count_held(conn);
    if (why == NULL && (events & (EPOLLHUP | EPOLLERR)) != 0 && (conn->ended || conn->ending))
        why = "the other end is gone";
    return why;
}

static void conn_ready(struct peer_watch *watch, uint32_t events)
{
    struct peer_conn *conn = (struct peer_conn *)watch;
    struct peer_streams *streams = conn->from->streams;
    uint64_t moved = conn->moved;
    const char *why;

    if (conn->closing) {
        char rest[4096];
        ssize_t size = recv(watch->fd, rest, sizeof rest, 0);

        if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
            close_conn(conn, "done");
        return;
    }
    why = serve_conn(conn, events);
    if (why != NULL) {
        close_conn(conn, why);
        return;
    }
    if ((conn->ended || conn->ending) && peer_buffer_size(&conn->out) == 0) {
        if (conn->ended)
            close_conn(conn, "the other end closed");
        else
            begin_closing(conn);
        return;
    }
    if (conn->moved != moved) {
        unlink_conn(conn);
        link_last(conn, streams->loop->now_ns + streams->idle_ns);
    }
    peer_loop_want(streams->loop, watch, wanted_events(conn));
}

/* ---- The beginning of a connection -------------------------------------------------------- */

/* Takes over fd. */
static void open_conn(struct peer_listener *listener, int fd, const struct peer_address *from)
{
    struct peer_streams *streams = listener->streams;
    struct peer_conn *conn = calloc(1, sizeof *conn);
    const int on = 1;

    if (conn == NULL) {
        pfg_warn("%s: a connection was closed: out of memory", listener->what);
        close(fd);
        return;
    }
    conn->watch = (struct peer_watch){ .fd = fd, .events = EPOLLIN, .ready = conn_ready };
    conn->from = listener;
    conn->serial = ++streams->serial;
    peer_address_text(from, conn->whom);
    peer_address_local(&conn->local, fd);
    if (from->storage.ss_family != AF_UNIX)
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (peer_loop_add(streams->loop, &conn->watch) != 0) {
        close(fd);
        free(conn);
        return;
    }
    streams->count++;
    streams->accepted++;
    link_last(conn, streams->loop->now_ns + streams->idle_ns);
    pfg_info("%s %s: connected", listener->what, conn->whom);
}

/* There is no place for one more: tells of it once, and closes it. */
static void turn_away(struct peer_streams *streams, int fd)
{
    if (!streams->full)
        pfg_warn("%zu connections are open, the limit; new ones are turned away; raise "
                 "--connections or lower --idle",
                 streams->count);
    streams->full = true;
    streams->turned_away++;
    close(fd);
}

/* The system has no descriptor or memory for one more: looks again after a moment, since the
 * listener would stay ready and keep the loop busy. */
static void pause_accepting(struct peer_listener *listener, int error)
{
    struct peer_streams *streams = listener->streams;

    if (streams->paused_until_ns == 0)
        pfg_warn("%s: no connection can be accepted: %s", listener->what, strerror(error));
    streams->paused_until_ns = streams->loop->now_ns + pause_ns;
    for (struct peer_listener *at = streams->listeners; at != NULL; at = at->next)
        peer_loop_want(streams->loop, &at->watch, 0);
}

static void listener_ready(struct peer_watch *watch, uint32_t events)
{
    struct peer_listener *listener = (struct peer_listener *)watch;
    struct peer_streams *streams = listener->streams;

    (void)events;
    for (unsigned i = 0; i < 64; i++) {
        struct peer_address from = { .size = sizeof from.storage };
        int fd = accept4(watch->fd, (struct sockaddr *)&from.storage, &from.size,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);

        if (fd >= 0 && streams->count < streams->limit)
            open_conn(listener, fd, &from);
        else if (fd >= 0)
            turn_away(streams, fd);
        else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            pause_accepting(listener, errno);
        if (fd < 0 && errno != ECONNABORTED && errno != EINTR)
            return;
    }
}

int peer_listener_start(struct peer_listener *listener, struct peer_streams *streams)
{
    listener->streams = streams;
    listener->watch.events = EPOLLIN;
    listener->watch.ready = listener_ready;
    listener->next = streams->listeners;
    streams->listeners = listener;
    return peer_loop_add(streams->loop, &listener->watch);
}

void peer_streams_free(struct peer_streams *streams)
{
    while (streams->open.first != NULL)
        close_conn(streams->open.first, "this server ends");
    while (streams->closing.first != NULL)
        close_conn(streams->closing.first, "this server ends");
    free_dead(streams);
    for (struct peer_listener *at = streams->listeners; at != NULL; at = at->next)
        close(at->watch.fd);
    streams->listeners = NULL;
}

uint64_t peer_streams_tick(struct peer_streams *streams, uint64_t now_ns)
{
    uint64_t next_ns = PFG_NEVER;

    while (streams->open.first != NULL && streams->open.first->deadline_ns <= now_ns)
        close_conn(streams->open.first, "nothing moved for the idle time");
    while (streams->closing.first != NULL && streams->closing.first->deadline_ns <= now_ns)
        close_conn(streams->closing.first, "done");
    free_dead(streams);
    if (streams->paused_until_ns != 0 && streams->paused_until_ns <= now_ns) {
        streams->paused_until_ns = 0;
        for (struct peer_listener *at = streams->listeners; at != NULL; at = at->next)
            peer_loop_want(streams->loop, &at->watch, EPOLLIN);
    }
    if (streams->open.first != NULL)
        next_ns = streams->open.first->deadline_ns;
    if (streams->closing.first != NULL && streams->closing.first->deadline_ns < next_ns)
        next_ns = streams->closing.first->deadline_ns;
    if (streams->paused_until_ns != 0 && streams->paused_until_ns < next_ns)
        next_ns = streams->paused_until_ns;
    return next_ns;
}
