/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dns.c - pfgsend dns: a question by a crafted datagram, its answer checked and shown; over TCP,
 * by our own TCP, where that is asked for or the answer was cut. */
#include "rawsock/dns.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/signals.h"
#include "rawsock/asking.h"
#include "rawsock/fault.h"
#include "rawsock/pairing.h"
#include "rawsock/random.h"
#include "rawsock/session.h"

#define ANSWER_TIMEOUT_NS (2 * PFG_NS_PER_S)
/* For the end of a TCP connection, when the answer is there. */
#define FINISH_NS         (500 * PFG_NS_PER_MS)

const struct pfg_option pfg_dns_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "The question" },
    { "reverse", 'x', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, reverse), "ADDRESS",
      "ask for the name of ADDRESS" },
    { "class", 0, PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, dns_class), "CLASS",
      "class of the question, IN where it is not given" },
    { "edns", 0, PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, edns_size), "BYTES",
      "say in an OPT record that answers may have BYTES" },
    { "do", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, dnssec),
      .help = "ask for DNSSEC records, with an OPT record" },
    { .kind = PFG_OPT_HEADING, .help = "How it is asked" },
    { "port", 'p', PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, port), "PORT",
      "port of the server, 53 where it is not given", .minimum = 1, .maximum = UINT16_MAX },
    { "tcp", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, tcp), .help = "ask over TCP" },
    { "ignore", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, ignore_truncation),
      .help = "do not ask again over TCP when the answer was cut" },
    { "retries", 0, PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, retries), "N",
      "ask N times more where no answer comes, 2 where it is not given", .maximum = 100 },
    { "write", 'w', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, file), "FILE",
      "write the query to a pcap file instead of asking; - is the standard output",
      .complete = PFG_COMPLETE_FILE },
    { "append", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, append),
      .help = "add to FILE where it is there" },
    { "time", 0, PFG_OPT_CALL, .metavar = "TIME", .call = pfg_option_time,
      .help = "time of the packet in FILE: RFC 3339, or nanoseconds since 1970" },
    { .kind = PFG_OPT_HEADING, .help = "What is shown" },
    { "short", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, short_form),
      .help = "the data of the answers alone" },
    { 0 },
};

const struct pfg_section pfg_dns_sections[] = {
    { "Answers",
      "An answer counts only when it comes from the server and bears the question's id, name and "
      "type. Each try waits 2s, or what --timeout says. The status is 0 when an answer came, "
      "whatever its rcode, and 9 when none did." },
    { "Examples", "  pfgsend dns www.example.com A @10.99.0.2\n"
                  "  pfgsend dns example.com MX @10.99.0.2#5353 --edns 4096 --do\n"
                  "  pfgsend dns www.example.com A --id 0x5c6d -w query.pcap\n"
                  "  pfgsend dns -x 10.99.0.2 @fd00:99::2 --no-rd --cd" },
    { 0 },
};

/* A query under way. */
struct query {
    const struct pfg_config *config;
    struct pfg_question question;
    struct pfg_stack *stack;
    struct pfg_writer message; /* the query itself */
    struct pfg_decode asked, answered;
    const struct pfg_pdu *request;
    struct pfg_show show;
    enum pfg_form form;
    uint64_t sent_ns;
};

enum result { ANSWERED, CUT, NO_REPLY, FAILED };

/* ---- Answers ------------------------------------------------------------------------- */

static void write_footer(struct query *query, uint32_t size, const struct pfg_endpoint *from,
                         bool tcp)
{
    struct pfg_out *out = &query->show.out;
    char text[PFG_ENDPOINT_TEXT];

    pfg_out_string(out, "\n;; ");
    pfg_out_uint(out, size);
    pfg_out_string(out, tcp ? " bytes by TCP from " : " bytes by UDP from ");
    pfg_out_string(out, pfg_endpoint_text(from, text));
    pfg_out_string(out, " in ");
    pfg_show_duration(out, pfg_clock_ns() - query->sent_ns);
    pfg_out_char(out, '\n');
}

static void show_answer(struct query *query, const struct pfg_pdu *reply,
                        const struct pfg_endpoint *from, bool tcp)
{
    switch (query->form) {
    case PFG_FORM_NOTHING:
        break;
    case PFG_FORM_LINE:
        pfg_answer_write(&query->show.out, &query->answered, reply, query->config->short_form);
        if (!query->config->short_form)
            write_footer(query, reply->size, from, tcp);
        break;
    case PFG_FORM_TREE:
        pfg_show_pdu(&query->show, &query->answered, reply);
        break;
    case PFG_FORM_JSON:
        pfg_json_packet(&query->show.out, &query->answered);
        break;
    }
}

/* Looks at a message that came: shows it where it is the answer. */
static enum result take_message(struct query *query, const uint8_t *bytes, uint32_t size,
                                const struct pfg_endpoint *from, bool tcp)
{
    const struct pfg_field *differs;
    char text[PFG_ENDPOINT_TEXT];
    struct pfg_pdu *reply;

    pfg_decode_reset(&query->answered);
    reply = pfg_decode_message(&query->answered, pfg_dns_proto(), bytes, size, size, 0);
    if (!reply)
        return FAILED;
    differs = pfg_pairing_fault(&query->asked, query->request, &query->answered, reply);
    if (differs) {
        pfg_note("a message from %s is not the answer: its %s is another",
                 pfg_endpoint_text(from, text), differs->path);
        return NO_REPLY;
    }
    if (!tcp && !query->config->ignore_truncation &&
        pfg_pdu_uint(&query->answered, reply, pfg_known(PFG_KNOWN_DNS_TC), 0)) {
        pfg_note("the answer was cut, asking again over TCP");
        return CUT;
    }
    show_answer(query, reply, from, tcp);
    return ANSWERED;
}

static bool is_server(const struct query *query, const struct pfg_endpoint *from)
{
    const struct pfg_endpoint *server = &query->question.server;
    char text[PFG_ENDPOINT_TEXT];

    /* Multicast DNS answers from the responder's own address (RFC 6762, 6.7). */
    if (pfg_address_is_multicast(&server->address) ||
        (pfg_address_equal(&server->address, &from->address) && server->port == from->port))
        return true;
    pfg_note("a message came from %s, which was not asked", pfg_endpoint_text(from, text));
    return false;
}

/* ---- UDP ----------------------------------------------------------------------------- */

/* Waits for the answer to one try. */
static enum result wait_udp(struct query *query, struct pfg_asking *asking, uint64_t deadline_ns,
                            struct pfg_fault *fault)
{
    char text[PFG_ENDPOINT_TEXT];
    struct pfg_endpoint from;
    enum result result;
    uint32_t size;
    size_t which;
    int error;

    for (;;) {
        switch (pfg_asking_wait(asking, 1, deadline_ns, &which, &size, &from, &error)) {
        case PFG_ASKING_ANSWER:
            if (!is_server(query, &from))
                break;
            result = take_message(query, asking->answer, size, &from, false);
            if (result == FAILED)
                pfg_fault_set(fault, "no memory");
            if (result != NO_REPLY)
                return result;
            break;
        case PFG_ASKING_REFUSED:
            pfg_note("%s: %s", pfg_endpoint_text(&query->question.server, text), strerror(error));
            return NO_REPLY;
        case PFG_ASKING_WAITED:
            return NO_REPLY;
        case PFG_ASKING_STOPPED:
            pfg_fault_set(fault, "interrupted");
            return FAILED;
        }
    }
}

static enum result ask_udp(struct query *query, struct pfg_fault *fault)
{
    const struct pfg_config *config = query->config;
    uint64_t wait_ns = config->timeout_ns ? config->timeout_ns : ANSWER_TIMEOUT_NS;
    enum result result = FAILED;
    struct pfg_asking asking;

    if (pfg_asking_open(&asking, query->stack, &query->question.server, config->interface, fault) ==
        0) {
        uint32_t link = asking.engine->link_type;

        result = NO_REPLY;
        for (uint64_t i = 0; i <= config->retries && result == NO_REPLY; i++) {
            query->sent_ns = pfg_clock_ns();
            if (pfg_asking_send(&asking, fault) < 0) {
                result = FAILED;
                break;
            }
            if (query->form == PFG_FORM_TREE)
                pfg_show_packet(&query->show, PFG_SENT, link, asking.writer.bytes,
                                asking.writer.size, pfg_clock_wall_ns(), true);
            result = wait_udp(query, &asking, query->sent_ns + wait_ns, fault);
        }
    }
    pfg_asking_close(&asking);
    return result;
}

/* ---- TCP ----------------------------------------------------------------------------- */

/* The message after its length, as TCP carries it (RFC 1035, 4.2.2). */
static int write_prefixed(const struct query *query, struct pfg_session *session,
                          struct pfg_fault *fault)
{
    uint32_t size = query->message.size;
    const uint8_t prefix[2] = { (uint8_t)(size >> 8), (uint8_t)size };

    return pfg_session_write(session, prefix, sizeof prefix, fault) ||
           pfg_session_write(session, query->message.bytes, size, fault);
}

/* Waits until a whole message is there. */
static enum result wait_tcp(struct query *query, struct pfg_session *session,
                            struct pfg_fault *fault)
{
    for (;;) {
        size_t size;
        const uint8_t *bytes = pfg_session_received(session, &size);
        size_t whole = size < 2 ? SIZE_MAX : (size_t)(bytes[0] << 8 | bytes[1]) + 2;

        if (size >= whole)
            return take_message(query, bytes + 2, (uint32_t)whole - 2, &query->question.server,
                                true);
        if (pfg_machine_peer_closed(pfg_session_machine(session))) {
            pfg_fault_set(fault, "the server closed the connection without an answer");
            return NO_REPLY;
        }
        if (pfg_session_wait(session, PFG_NEVER, fault) == PFG_SESSION_FAILED)
            return NO_REPLY;
    }
}

static enum result ask_tcp(struct query *query, struct pfg_fault *fault)
{
    const struct pfg_config *config = query->config;
    const struct pfg_session_plan plan = {
        .remote = query->question.server,
        .interface = config->interface,
        .timeout_ns = config->timeout_ns ? config->timeout_ns : 5 * PFG_NS_PER_S,
        .show = query->form == PFG_FORM_TREE ? &query->show : NULL,
    };
    struct pfg_session *session;
    enum result result = FAILED;

    query->sent_ns = pfg_clock_ns();
    session = pfg_session_open(&plan, fault);
    if (!session)
        return FAILED;
    if (write_prefixed(query, session, fault) == 0)
        result = wait_tcp(query, session, fault);
    if (result == ANSWERED)
        pfg_session_finish(session, pfg_clock_ns() + FINISH_NS);
    if (result == NO_REPLY)
        pfg_note("%s", fault->text);
    pfg_session_close(session);
    return result;
}

/* ---- The verb ------------------------------------------------------------------------ */

/* An id where none was given, and the message's own bytes, to send by TCP and to compare with. */
static int prepare(struct query *query, struct pfg_fault *fault)
{
    struct pfg_layer *layer = &query->stack->layers[0];

    if (!pfg_stack_given(query->stack, 0, pfg_known(PFG_KNOWN_DNS_ID)) &&
        pfg_stack_uint(query->stack, 0, pfg_known(PFG_KNOWN_DNS_ID), pfg_random32() & 0xffff,
                       fault) < 0)
        return -1;
    query->message.size = 0;
    if (pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, &query->message,
                           fault) < 0)
        return -1;
    query->request = pfg_decode_message(&query->asked, layer->proto, query->message.bytes,
                                        query->message.size, query->message.size, 0);
    return query->request ? 0 : pfg_fault_set(fault, "no memory");
}

static int no_reply(const struct query *query)
{
    char text[PFG_ENDPOINT_TEXT];

    pfg_fail("no answer from %s", pfg_endpoint_text(&query->question.server, text));
    return PFG_EXIT_NO_REPLY;
}

static int ask(struct query *query, struct pfg_fault *fault)
{
    enum result result = CUT;

    if (prepare(query, fault) < 0)
        return pfg_verb_failed(fault);
    if (!query->config->tcp)
        result = ask_udp(query, fault);
    if (result == CUT)
        result = ask_tcp(query, fault);
    switch (result) {
    case ANSWERED:
        return PFG_EXIT_OK;
    case CUT:
    case NO_REPLY:
        return no_reply(query);
    case FAILED:
        break;
    }
    return pfg_verb_failed(fault);
}

/* Writes the query to a file; a server that was named becomes its destination. */
static int write_query(struct query *query, struct pfg_fault *fault)
{
    const struct pfg_config *config = query->config;
    const struct pfg_endpoint *server = &query->question.server;
    bool v6 = query->question.has_server && server->address.family == 6;
    struct pfg_stack *stack = query->stack;
    struct pfg_frame frame = { .time_ns =
                                   config->has_time ? config->time_ns : pfg_clock_wall_ns() };
    struct pfg_engine *engine;

    if (prepare(query, fault) < 0 ||
        pfg_stack_insert(stack, 0, pfg_layer(PFG_LAYER_UDP), fault) < 0 ||
        pfg_stack_insert(stack, 0, pfg_layer(v6 ? PFG_LAYER_IP6 : PFG_LAYER_IP), fault) < 0)
        return -1;
    if (query->question.has_server &&
        (pfg_stack_bytes(stack, 0, pfg_layer_field(v6 ? PFG_IP6_DST : PFG_IP_DST),
                         server->address.bytes, pfg_address_size(&server->address), fault) < 0 ||
         pfg_stack_uint(stack, 1, pfg_layer_field(PFG_UDP_DSTPORT), server->port, fault) < 0))
        return -1;
    engine = pfg_outgoing_file(stack, config->file, config->append, &query->message, fault);
    if (!engine)
        return -1;
    frame.bytes = query->message.bytes;
    frame.size = query->message.size;
    if (pfg_engine_send(engine, &frame, fault) < 0) {
        pfg_engine_close(engine, &(struct pfg_fault){ .text = "" });
        return -1;
    }
    return pfg_engine_close(engine, fault);
}

static int run(struct query *query)
{
    struct pfg_fault fault = { .text = "" };

    if (pfg_question_put(&query->question, query->config, query->stack, &fault) < 0)
        return pfg_verb_failed(&fault);
    if (query->config->file)
        return write_query(query, &fault) < 0 ? pfg_verb_failed(&fault) : PFG_EXIT_OK;
    return ask(query, &fault);
}

int pfg_verb_dns(struct pfg_config *config, const struct pfg_parsed *parsed)
{
    struct query query = { .config = config, .form = pfg_config_form(config, PFG_FORM_LINE) };
    struct pfg_fault fault;
    int status;
    bool ready;

    if (pfg_question_read(&query.question, config, parsed->words, parsed->count, &fault) < 0)
        return pfg_options_misused(&pfg_send_command, parsed->verb, "%s", fault.text);
    query.stack = calloc(1, sizeof *query.stack);
    query.message = pfg_writer_new();
    ready = query.stack && query.message.bytes && pfg_decode_init(&query.asked) == 0 &&
            pfg_decode_init(&query.answered) == 0 && pfg_signals_open(PFG_SIGNAL_STOP) == 0 &&
            pfg_show_open(&query.show, query.form, STDOUT_FILENO) == 0;
    if (ready)
        pfg_show_expect(&query.show, query.question.server.port, pfg_dns_proto());
    status = ready ? run(&query) : pfg_fail("no memory");
    if (ready && pfg_show_close(&query.show) != 0 && status == PFG_EXIT_OK)
        status = pfg_fail("cannot write the answer");
    pfg_decode_free(&query.asked);
    pfg_decode_free(&query.answered);
    free(query.message.bytes);
    free(query.stack);
    return status;
}
