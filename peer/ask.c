/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ask.c - the client: sends a request over a kernel socket, waits for the reply that bears its
 * session, seq and type, and prints it.
 */
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "peer/config.h"
#include "peer/request.h"
#include "peer/roles.h"
#include "peer/show.h"
#include "peer/sockets.h"

/* How the asking went, as an exit status. */
enum { ASKED = 0, NO_ANSWER = 1, ANSWERED_ERROR = 3 };

struct asking {
    const struct peer_config *config;
    int fd;
    int type; /* of the socket */
    bool connected;
    struct peer_address to;
    char whom[PEER_ADDRESS_TEXT];
    struct peer_request request;
    struct peer_show show;
    struct pfg_decode decode;
    struct peer_joins joins;
    struct peer_buffer in;
    uint64_t replies, errors;
};

/* Waits until the socket is ready for events. Returns 0, -ETIMEDOUT, or -EINTR after a signal. */
static int wait_for(const struct asking *asking, short events, uint64_t deadline_ns)
{
    struct pollfd polled[] = {
        { .fd = asking->fd, .events = events },
        { .fd = pfg_signals_fd(), .events = POLLIN },
    };
    int count = poll(polled, 2, pfg_clock_poll_ms(deadline_ns));

    if (pfg_signals_stop())
        return -EINTR;
    return count > 0 ? 0 : -ETIMEDOUT;
}

/* ---- Sending ------------------------------------------------------------------------------ */

/* Sends size bytes in one call. Returns how many went, or a negative errno. */
static ssize_t send_once(const struct asking *asking, const uint8_t *bytes, size_t size)
{
    ssize_t sent = asking->connected
                       ? send(asking->fd, bytes, size, MSG_NOSIGNAL)
                       : sendto(asking->fd, bytes, size, MSG_NOSIGNAL,
                                (const struct sockaddr *)&asking->to.storage, asking->to.size);

    return sent < 0 ? -errno : sent;
}

/* Sends the request: a stream's bytes, or a datagram or packet a frame. */
static int send_request(struct asking *asking, uint64_t deadline_ns)
{
    const uint8_t *bytes = asking->request.bytes;
    size_t size = asking->request.size;

    while (size > 0) {
        size_t part = size;
        ssize_t sent;
        int error;

        if (asking->type != SOCK_STREAM && !asking->request.plain) {
            int64_t frame = pfg_frame_size(peer_frames_proto(), bytes, size);

            part = frame > 0 && (uint64_t)frame < size ? (size_t)frame : size;
        }
        sent = send_once(asking, bytes, part);
        if (sent == -EAGAIN || sent == -ENOTCONN) {
            error = wait_for(asking, POLLOUT, deadline_ns);
            if (error != 0)
                return error;
            continue;
        }
        if (sent < 0)
            return (int)sent;
        bytes += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* ---- Receiving ---------------------------------------------------------------------------- */

/* Whether this is the reply to what was asked. */
static bool is_ours(const struct asking *asking, const struct peer_header *header)
{
    const struct peer_header *asked = &asking->request.header;

    return header->reply && header->session == asked->session && header->seq == asked->seq &&
           header->type == asked->type;
}

/* Takes one frame; returns whether a reply to the request is complete, and shows it. */
static bool take_frame(struct asking *asking, const char *whom, const uint8_t *frame, size_t size)
{
    const struct pfg_proto *proto = peer_frames_proto();
    const uint8_t *message = frame;
    uint32_t message_size = (uint32_t)size;
    const struct pfg_pdu *pdu;
    struct peer_header header;
    enum pfg_join join = pfg_joiner_feed(asking->joins.joiner, proto, 0, frame, (uint32_t)size,
                                         &message, &message_size);

    if (join == PFG_JOIN_PARTIAL || join == PFG_JOIN_TOO_LONG)
        return false;
    pfg_decode_reset(&asking->decode);
    pdu = pfg_decode_message(&asking->decode, proto, message, message_size, message_size,
                             join == PFG_JOIN_DONE ? PFG_DECODE_JOINED : 0);
    if (pdu == NULL)
        return false;
    header = peer_header_of(&asking->decode, pdu);
    if (!is_ours(asking, &header))
        return false;
    asking->replies++;
    asking->errors += header.error ? 1 : 0;
    peer_show_message(&asking->show, whom, &asking->decode, pdu);
    return true;
}

/* Takes a plain answer; the question itself, come back by broadcast, is none. */
static bool take_plain(struct asking *asking, const char *whom, const uint8_t *bytes, size_t size)
{
    const struct pfg_pdu *pdu;

    pfg_decode_reset(&asking->decode);
    pdu = pfg_decode_message(&asking->decode, pfg_known(PFG_KNOWN_PLAIN_DATA)->proto, bytes,
                             (uint32_t)size, (uint32_t)size, 0);
    if (pdu == NULL ||
        pfg_pdu_uint(&asking->decode, pdu, pfg_known(PFG_KNOWN_PLAIN_REQUEST), 0) != 0)
        return false;
    asking->replies++;
    peer_show_message(&asking->show, whom, &asking->decode, pdu);
    return true;
}

/* Takes what of asking->in is whole. Returns whether the reply is complete. */
static bool take_frames(struct asking *asking, const char *whom)
{
    bool found = false;

    while (!found && peer_buffer_size(&asking->in) > 0) {
        size_t waiting = peer_buffer_size(&asking->in);
        int64_t frame =
            pfg_frame_size(peer_frames_proto(), peer_buffer_front(&asking->in), waiting);

        if (frame == PFG_FRAME_NOT) {
            peer_buffer_take(&asking->in, waiting);
            return false;
        }
        if (frame == PFG_FRAME_MORE || (uint64_t)frame > waiting)
            break;
        found = take_frame(asking, whom, peer_buffer_front(&asking->in), (size_t)frame);
        peer_buffer_take(&asking->in, (size_t)frame);
    }
    if (asking->type != SOCK_STREAM)
        peer_buffer_take(&asking->in, peer_buffer_size(&asking->in));
    return found;
}

/* Reads once. Returns the bytes that came, which are in asking->in, 0 at the end, or a negative
 * errno. */
static ssize_t receive(struct asking *asking, char *whom)
{
    struct peer_address from = { .size = sizeof from.storage };
    size_t want = 4 * (size_t)PEER_DATAGRAM_MAX;
    uint8_t *room = peer_buffer_room(&asking->in, want);
    ssize_t size;

    if (room == NULL)
        return -ENOMEM;
    size = recvfrom(asking->fd, room, want, 0, (struct sockaddr *)&from.storage, &from.size);
    if (size < 0)
        return -errno;
    peer_buffer_added(&asking->in, (size_t)size);
    if (asking->type == SOCK_DGRAM)
        peer_address_text(&from, whom);
    return size;
}

/* Waits for the reply, or, with --all, for all that come in time. Returns 0 or a negative
 * errno. */
static int await_reply(struct asking *asking, uint64_t deadline_ns)
{
    char whom[PEER_ADDRESS_TEXT];
    uint64_t before = asking->replies;
    bool found;

    snprintf(whom, sizeof whom, "%s", asking->whom);
    for (;;) {
        int error = wait_for(asking, POLLIN, deadline_ns);
        ssize_t size;

        if (error != 0)
            return error == -ETIMEDOUT && asking->replies > before ? 0 : error;
        size = receive(asking, whom);
        if (size == -EAGAIN)
            continue;
        if (size < 0)
            return (int)size;
        if (size == 0 && asking->type != SOCK_DGRAM)
            return -ECONNRESET;
        if (asking->request.plain) {
            found = take_plain(asking, whom, peer_buffer_front(&asking->in), (size_t)size);
            peer_buffer_take(&asking->in, (size_t)size);
        } else {
            found = take_frames(asking, whom);
        }
        if (found && !asking->config->all)
            return 0;
    }
}

/* ---- The whole ---------------------------------------------------------------------------- */

/* Whether replies come from addresses that were not asked. */
static bool is_broadcast(const struct peer_address *to)
{
    const struct sockaddr_in *ipv4 = (const struct sockaddr_in *)&to->storage;
    const struct sockaddr_in6 *ipv6 = (const struct sockaddr_in6 *)&to->storage;

    if (to->storage.ss_family == AF_INET)
        return ntohl(ipv4->sin_addr.s_addr) == INADDR_BROADCAST ||
               IN_MULTICAST(ntohl(ipv4->sin_addr.s_addr));
    return to->storage.ss_family == AF_INET6 && IN6_IS_ADDR_MULTICAST(&ipv6->sin6_addr);
}

/* Finds out whom to ask, by the first word or the options. Returns how many words that took, or
 * a negative exit status. */
static int find_whom(struct asking *asking, const struct pfg_parsed *parsed)
{
    const struct peer_config *config = asking->config;
    const char *path = config->unix_path != NULL ? config->unix_path : config->seqpacket_path;
    const char *why;

    asking->type = config->unix_path != NULL        ? SOCK_STREAM
                   : config->seqpacket_path != NULL ? SOCK_SEQPACKET
                   : config->tcp                    ? SOCK_STREAM
                                                    : SOCK_DGRAM;
    if (path != NULL) {
        if (peer_address_unix(&asking->to, path) != 0)
            return -pfg_fail("%s: not a path for a socket: longer than 107 bytes, or empty", path);
        peer_address_text(&asking->to, asking->whom);
        return 0;
    }
    if (peer_address_find(&asking->to, parsed->words[0],
                          config->tcp ? config->tcp_port : config->udp_port, asking->type,
                          &why) != 0)
        return -pfg_fail("%s: %s", parsed->words[0], why);
    peer_address_text(&asking->to, asking->whom);
    return 1;
}

static int open_socket(struct asking *asking)
{
    const struct peer_config *config = asking->config;
    struct peer_address from;
    int fd;

    if (config->bind != NULL)
        peer_address_read(&from, config->bind, 0);
    asking->connected = asking->type != SOCK_DGRAM || (!config->all && !is_broadcast(&asking->to));
    fd = peer_socket_ask(&asking->to, config->bind == NULL ? NULL : &from, asking->type,
                         config->interface, asking->connected);
    if (fd < 0)
        return pfg_fail_errno(fd, NULL, "%s", asking->whom);
    asking->fd = fd;
    return 0;
}

/* One request and its reply. Returns 0, or the exit status having told why. */
static int ask_once(struct asking *asking, uint64_t nth)
{
    const uint32_t frame_max = asking->type == SOCK_STREAM  ? UINT32_MAX
                               : asking->type == SOCK_DGRAM ? (uint32_t)PEER_UDP_FRAME_MAX
                                                            : (uint32_t)PEER_PACKET_FRAME_MAX;
    uint64_t deadline_ns = pfg_clock_ns() + asking->config->timeout_ns;
    struct pfg_fault fault;
    int error;

    if (peer_request_make(&asking->request, nth, asking->config->checked, frame_max, &fault) != 0)
        return pfg_fail("%s", fault.text);
    error = send_request(asking, deadline_ns);
    if (error == 0)
        error = await_reply(asking, deadline_ns);
    peer_show_flush(&asking->show);
    switch (error) {
    case 0:
        return 0;
    case -ETIMEDOUT:
        pfg_fail("%s: no answer in %.3g s", asking->whom,
                 (double)asking->config->timeout_ns / (double)PFG_NS_PER_S);
        return NO_ANSWER;
    case -EINTR:
        return NO_ANSWER;
    default:
        pfg_fail_errno(error, error == -ECONNREFUSED ? "is there a server at that port?" : NULL,
                       "%s", asking->whom);
        return NO_ANSWER;
    }
}

static int ask_all(struct asking *asking)
{
    const uint64_t count = asking->config->count;
    const uint64_t started_ns = pfg_clock_ns();
    int status = 0;

    for (uint64_t i = 0; i < count && status == 0; i++)
        status = ask_once(asking, i);
    if (count > 1)
        pfg_note("%llu replies to %llu requests in %.3f s", (unsigned long long)asking->replies,
                 (unsigned long long)count,
                 (double)(pfg_clock_ns() - started_ns) / (double)PFG_NS_PER_S);
    if (status == 0 && asking->errors > 0)
        return ANSWERED_ERROR;
    return status;
}

/* Makes what the asking decodes into. Returns 0, or the exit status. */
static int set_up(struct asking *asking)
{
    const size_t most = peer_frames_proto()->def->joined_max;

    if (peer_show_init(&asking->show, (enum peer_form)asking->config->form) != 0 ||
        pfg_decode_init(&asking->decode) != 0)
        return pfg_fail("out of memory");
    asking->joins.joiner = pfg_joiner_new(2 * (most + peer_frames_proto()->header_size));
    if (asking->joins.joiner == NULL)
        return pfg_fail("out of memory");
    return 0;
}

int peer_ask(const struct peer_config *config, const struct pfg_parsed *parsed)
{
    struct asking asking = { .config = config, .fd = -1 };
    const bool has_path = config->unix_path != NULL || config->seqpacket_path != NULL;
    const size_t first = has_path ? 0 : 1;
    struct pfg_fault fault;
    int status;

    if (parsed->count < first + 1)
        return pfg_options_misused(&peer_command, parsed->verb,
                                   "say %swhat kind of message to send",
                                   has_path ? "" : "whom to ask, and ");
    if (find_whom(&asking, parsed) < 0 || pfg_signals_open(PFG_SIGNAL_STOP) != 0)
        return 1;
    if (peer_request_read(&asking.request, parsed->words + first, parsed->count - first, &fault) !=
        0)
        return pfg_fail("%s", fault.text);
    status = set_up(&asking);
    if (status == 0)
        status = open_socket(&asking);
    if (status == 0)
        status = ask_all(&asking);
    if (asking.fd >= 0)
        close(asking.fd);
    peer_request_free(&asking.request);
    peer_joins_free(&asking.joins);
    peer_buffer_free(&asking.in);
    pfg_decode_free(&asking.decode);
    peer_show_free(&asking.show);
    return status;
}
