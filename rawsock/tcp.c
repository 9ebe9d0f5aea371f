/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tcp.c - pfgsend tcp: a whole TCP conversation by crafted segments. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"
#include "common/signals.h"
#include "rawsock/fault.h"
#include "rawsock/session.h"
#include "rawsock/verb.h"
#include "rawsock/words.h"

#define PROGRESS_NS (10 * PFG_NS_PER_S)
#define IDLE_NS     (1 * PFG_NS_PER_S)
enum { DATA_ROOM = 16 << 20 };

const struct pfg_option pfg_tcp_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "What is sent" },
    { "data", 'd', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, data), "DATA",
      "send DATA: text with C escapes, hex:001122, @FILE; before the layers" },
    { "source-port", 0, PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, source_port), "PORT",
      "send from PORT; any free one where it is not given", .maximum = UINT16_MAX },
    { "mss", 0, PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, mss), "BYTES",
      "largest segment; what the path's MTU allows where it is not given", .minimum = 1,
      .maximum = 65495 },
    { .kind = PFG_OPT_HEADING, .help = "What is received" },
    { "idle", 0, PFG_OPT_DURATION, PFG_OPT_AT(struct pfg_config, quiet_ns), "TIME",
      "close when nothing has come for TIME, 1s where it is not given" },
    { "output", 'o', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, output), "FILE",
      "write the bytes received to FILE; - is the standard output, and the segments go to the "
      "standard error output",
      .complete = PFG_COMPLETE_FILE },
    { 0 },
};

const struct pfg_section pfg_tcp_sections[] = {
    { "The conversation",
      "SYN, the data in segments, the reply until every message is answered, the peer closes or "
      "nothing more comes, FIN. What is lost is sent again. A listening socket that drops all it "
      "gets keeps the kernel from resetting the connection; no firewall rule is needed. The "
      "conversation is given up after 10s without progress, or what --timeout says.\n"
      "\n"
      "After a slash come the messages to send, a layer each. Those that TCP carries after their "
      "length, as DNS, get it." },
    { "Examples", "  pfgsend tcp 10.99.0.2:65432 / pfg type=echo data=hi / pfg type=bye\n"
                  "  pfgsend tcp 10.99.0.2:80 --data 'GET / HTTP/1.0\\r\\n\\r\\n' -o -\n"
                  "  pfgsend tcp '[fd00:99::2]:53' / dns qname=www.example.com" },
    { 0 },
};

/* A conversation under way. */
struct talk {
    const struct pfg_config *config;
    struct pfg_endpoint remote;
    struct pfg_stack *stack;  /* the messages to send */
    struct pfg_writer stream; /* their bytes */
    struct pfg_session *session;
    struct pfg_show show;
    struct pfg_decode decode;
    uint32_t read; /* bytes received that are messages already */
    uint64_t replies;
};

/* ---- What is sent -------------------------------------------------------------------- */

/* The bytes of --data: those of a layer of plain bytes with this value. */
static int put_data(struct talk *talk, struct pfg_fault *fault)
{
    const struct pfg_proto *raw = pfg_layer(PFG_LAYER_RAW);
    struct pfg_set set = { .field = &raw->table.fields[0],
                           .how = PFG_SET_TEXT,
                           .text = talk->config->data,
                           .size = (uint32_t)strlen(talk->config->data) };

    if (pfg_encode_message(raw, &set, 1, NULL, 0, &talk->stream, fault) == 0)
        return 0;
    return pfg_fault_prefix(fault, "--data: ");
}

/* One message; after its length where TCP carries it so. */
static int put_message(struct talk *talk, struct pfg_layer *layer, struct pfg_fault *fault)
{
    struct pfg_writer *stream = &talk->stream;
    uint32_t prefix = layer->proto->def->tcp_prefix, start = stream->size, size;

    if (prefix > stream->room - stream->size)
        return pfg_fault_set(fault, "more than %u bytes to send", stream->room);
    stream->size += prefix;
    if (pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, stream, fault) < 0)
        return -1;
    size = stream->size - start - prefix;
    for (uint32_t i = 0; i < prefix; i++)
        stream->bytes[start + i] = (uint8_t)(size >> 8 * (prefix - i - 1));
    return 0;
}

static int put_all(struct talk *talk, struct pfg_fault *fault)
{
    if (talk->config->data && put_data(talk, fault) < 0)
        return -1;
    for (size_t i = 0; i < talk->stack->count; i++)
        if (put_message(talk, &talk->stack->layers[i], fault) < 0)
            return -1;
    return 0;
}

/* ---- What comes back ----------------------------------------------------------------- */

/* The protocol of all messages, where replies to it can be told; NULL: nothing to count. */
static const struct pfg_proto *replying(const struct talk *talk)
{
    const struct pfg_proto *proto = talk->stack->count ? talk->stack->layers[0].proto : NULL;

    for (size_t i = 1; i < talk->stack->count; i++)
        if (talk->stack->layers[i].proto != proto)
            return NULL;
    return proto && !talk->config->data && proto->reply.field ? proto : NULL;
}

/* Counts the replies among the bytes received. */
static void count_replies(struct talk *talk, const struct pfg_proto *proto)
{
    size_t size;
    const uint8_t *bytes = pfg_session_received(talk->session, &size);
    uint32_t used = 0;

    pfg_decode_reset(&talk->decode);
    if (size <= talk->read ||
        pfg_decode_payload(&talk->decode, proto, NULL, 0, bytes + talk->read,
                           (uint32_t)size - talk->read, (uint32_t)size - talk->read, true, false,
                           &used) < 0)
        return;
    talk->read += used;
    for (uint32_t i = 0; i < talk->decode.pdu_count; i++)
        talk->replies += talk->decode.pdus[i].is_reply && !talk->decode.pdus[i].partial;
}

/* Waits until all is said: every message answered, the peer closed, or silence. */
static int converse(struct talk *talk, struct pfg_fault *fault)
{
    const struct pfg_machine *machine = pfg_session_machine(talk->session);
    uint64_t idle_ns = talk->config->quiet_ns ? talk->config->quiet_ns : IDLE_NS;
    const struct pfg_proto *proto = replying(talk);

    for (;;) {
        bool sent = machine->state != PFG_TCP_SYN_SENT && pfg_machine_all_acknowledged(machine);
        uint64_t deadline_ns = sent ? pfg_clock_ns() + idle_ns : PFG_NEVER;

        switch (pfg_session_wait(talk->session, deadline_ns, fault)) {
        case PFG_SESSION_WAITED:
            return 0;
        case PFG_SESSION_FAILED:
            return -1;
        case PFG_SESSION_MOVED:
            break;
        }
        if (proto)
            count_replies(talk, proto);
        if (proto && talk->replies >= talk->stack->count)
            return 0;
        if (pfg_machine_peer_closed(machine))
            return 0;
    }
}

/* Writes what came to --output. */
static int write_received(const struct talk *talk, struct pfg_fault *fault)
{
    const char *path = talk->config->output;
    size_t size, at = 0;
    const uint8_t *bytes = pfg_session_received(talk->session, &size);
    bool out = strcmp(path, "-") == 0;
    int fd = out ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    ssize_t went = fd;

    while (went >= 0 && at < size) {
        went = write(fd, bytes + at, size - at);
        at += went > 0 ? (size_t)went : 0;
    }
    if (went >= 0 && !out && close(fd) < 0)
        went = -1;
    return went < 0 ? pfg_fault_set(fault, "cannot write %s: %s", path, strerror(errno)) : 0;
}

/* ---- The verb ------------------------------------------------------------------------ */

static int hold(struct talk *talk, struct pfg_fault *fault)
{
    const struct pfg_machine *machine = pfg_session_machine(talk->session);
    uint64_t timeout_ns = talk->config->timeout_ns ? talk->config->timeout_ns : PROGRESS_NS;
    size_t size;

    if (pfg_session_write(talk->session, talk->stream.bytes, talk->stream.size, fault) < 0 ||
        converse(talk, fault) < 0)
        return -1;
    if (!pfg_session_finish(talk->session, pfg_clock_ns() + timeout_ns))
        pfg_note("the peer did not close the connection: %s",
                 pfg_machine_state_name(machine->state));
    if (talk->config->output && write_received(talk, fault) < 0)
        return -1;
    pfg_session_received(talk->session, &size);
    pfg_note("%u bytes sent, %zu received, %llu segments sent again", talk->stream.size, size,
             (unsigned long long)machine->retransmitted);
    return 0;
}

static int run(struct talk *talk)
{
    const struct pfg_config *config = talk->config;
    const struct pfg_session_plan plan = {
        .remote = talk->remote,
        .interface = config->interface,
        .source_port = config->source_port,
        .mss = config->mss,
        .timeout_ns = config->timeout_ns ? config->timeout_ns : PROGRESS_NS,
        .show = &talk->show,
    };
    struct pfg_fault fault = { .text = "" };
    int result;

    if (put_all(talk, &fault) < 0)
        return pfg_verb_failed(&fault);
    talk->session = pfg_session_open(&plan, &fault);
    if (!talk->session)
        return pfg_verb_failed(&fault);
    result = pfg_privilege_drop_all(true);
    if (result < 0)
        pfg_fault_set(&fault, "cannot give up rights: %s", strerror(-result));
    else
        result = hold(talk, &fault);
    pfg_session_close(talk->session);
    return result < 0 ? pfg_verb_failed(&fault) : PFG_EXIT_OK;
}

/* HOST:PORT [/ LAYER ...]... */
static int read_words(struct talk *talk, const struct pfg_parsed *parsed, struct pfg_fault *fault)
{
    char *const *words = parsed->words;

    if (!parsed->count)
        return pfg_fault_set(fault, "where to? say HOST:PORT");
    if (parsed->count > 1 && strcmp(words[1], "/") != 0)
        return pfg_fault_set(fault, "%s: layers come after a slash", words[1]);
    if (pfg_endpoint_parse(words[0], 0, true, &talk->remote, fault) < 0)
        return -1;
    if (!talk->remote.port)
        return pfg_fault_set(fault, "%s has no port; say HOST:PORT or HOST#PORT", words[0]);
    return parsed->count > 1 ? pfg_words_read(talk->stack, words + 2, parsed->count - 2, fault) : 0;
}

int pfg_verb_tcp(struct pfg_config *config, const struct pfg_parsed *parsed)
{
    struct talk talk = { .config = config, .stack = calloc(1, sizeof *talk.stack) };
    bool beside = config->output && strcmp(config->output, "-") == 0;
    enum pfg_form form = pfg_config_form(config, PFG_FORM_LINE);
    struct pfg_fault fault;
    int status;
    bool ready;

    talk.stream = (struct pfg_writer){ .bytes = malloc(DATA_ROOM), .room = DATA_ROOM };
    ready = talk.stack && talk.stream.bytes && pfg_decode_init(&talk.decode) == 0 &&
            pfg_signals_open(PFG_SIGNAL_STOP) == 0 &&
            pfg_show_open(&talk.show, form, beside ? STDERR_FILENO : STDOUT_FILENO) == 0;
    if (!ready)
        status = pfg_fail("no memory");
    else if (read_words(&talk, parsed, &fault) < 0)
        status = pfg_options_misused(&pfg_send_command, parsed->verb, "%s", fault.text);
    else
        status = run(&talk);
    if (ready && pfg_show_close(&talk.show) != 0 && status == PFG_EXIT_OK)
        status = pfg_fail("cannot write the segments");
    pfg_decode_free(&talk.decode);
    free(talk.stream.bytes);
    free(talk.stack);
    return status;
}
