/* SPDX-License-Identifier: GPL-2.0-or-later */
/* discover.c - pfgsend discover: the question who offers a service, broadcast in both kinds, framed
 * and plain, and the answers with their round-trip times. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"
#include "common/signals.h"
#include "rawsock/asking.h"
#include "rawsock/fault.h"
#include "rawsock/pairing.h"
#include "rawsock/random.h"
#include "rawsock/verb.h"

#define COLLECT_NS (1 * PFG_NS_PER_S)

const struct pfg_option pfg_discover_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "The question" },
    { "plain", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, plain),
      .help = "ask in the plain kind, the older one" },
    { "framed", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, framed),
      .help = "ask with a frame; without either, both are asked" },
    { "service", 0, PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, service), "NAME",
      "ask for the service NAME, with a frame; * is any" },
    { 0 },
};

const struct pfg_section pfg_discover_sections[] = {
    { "Where to",
      "Without @ADDRESS the question goes to 255.255.255.255, out of every interface that is up "
      "and can broadcast, or out of -i IFACE. Answers are collected for 1s, or what --timeout "
      "says. The status is 0 when somebody answered, 9 when nobody did." },
    { "Examples", "  pfgsend discover\n"
                  "  pfgsend discover -i va --service echo\n"
                  "  pfgsend discover @10.99.0.255 --plain --timeout 3s" },
    { 0 },
};

/* One question on its way: an asking of the same index. */
struct question {
    struct pfg_decode values;
    const struct pfg_pdu *request;
    uint64_t sent_ns;
    uint8_t bytes[512]; /* the message: a header and at most a str8 */
};

struct discovery {
    const struct pfg_config *config;
    struct pfg_asking askings[PFG_ASKING_MOST];
    struct question questions[PFG_ASKING_MOST];
    size_t count;
    struct pfg_stack stack;
    struct pfg_decode answer;
    struct pfg_show show;
    uint64_t answers;
};

static const struct pfg_proto *plain_proto(void)
{
    return pfg_known(PFG_KNOWN_PLAIN_DATA)->proto;
}

static const struct pfg_proto *framed_proto(void)
{
    return pfg_known(PFG_KNOWN_TYPE)->proto;
}

/* ---- Questions ----------------------------------------------------------------------- */

/* The frame: its type is the one whose body the field of the service stands in. */
static int put_framed(struct discovery *discovery, struct pfg_fault *fault)
{
    const struct pfg_field *service = pfg_known(PFG_KNOWN_DISCOVER_SERVICE);
    struct pfg_stack *stack = &discovery->stack;
    const char *asked = discovery->config->service;

    if (pfg_stack_text(stack, 0, pfg_known(PFG_KNOWN_TYPE), service->parent->name, fault) < 0 ||
        pfg_stack_uint(stack, 0, pfg_known(PFG_KNOWN_SESSION), pfg_random32() & 0xffff, fault) <
            0 ||
        pfg_stack_uint(stack, 0, pfg_known(PFG_KNOWN_TIMESTAMP), pfg_clock_wall_ns(), fault) < 0)
        return -1;
    return asked ? pfg_stack_text(stack, 0, service, asked, fault) : 0;
}

/* Keeps the values of the question for its answers to be compared with. */
static int keep_values(struct discovery *discovery, struct question *question,
                       struct pfg_fault *fault)
{
    struct pfg_layer *layer = &discovery->stack.layers[0];
    struct pfg_writer writer = { .bytes = question->bytes, .room = sizeof question->bytes };

    if (pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, &writer, fault) < 0)
        return -1;
    question->request = pfg_decode_message(&question->values, layer->proto, writer.bytes,
                                           writer.size, writer.size, 0);
    return question->request ? 0 : pfg_fault_set(fault, "no memory");
}

/* Opens one question, of a kind, out of an interface (NULL: by route). */
static int open_question(struct discovery *discovery, const struct pfg_proto *kind,
                         const struct pfg_endpoint *to, const char *interface,
                         struct pfg_fault *fault)
{
    struct pfg_asking *asking = &discovery->askings[discovery->count];
    struct question *question = &discovery->questions[discovery->count];

    pfg_stack_clear(&discovery->stack);
    if (pfg_decode_init(&question->values) < 0)
        return pfg_fault_set(fault, "no memory");
    if (pfg_stack_insert(&discovery->stack, 0, kind, fault) < 0 ||
        (kind == framed_proto() && put_framed(discovery, fault) < 0) ||
        keep_values(discovery, question, fault) < 0) {
        pfg_decode_free(&question->values);
        return -1;
    }
    if (pfg_asking_open(asking, &discovery->stack, to, interface, fault) < 0) {
        pfg_asking_close(asking);
        pfg_decode_free(&question->values);
        return -1;
    }
    discovery->count++;
    return 0;
}

/* The kinds that were asked for. A service can be named in a frame alone. */
static int open_kinds(struct discovery *discovery, const struct pfg_endpoint *to,
                      const char *interface, struct pfg_fault *fault)
{
    const struct pfg_config *config = discovery->config;
    bool plain = config->plain || (!config->framed && !config->service);
    bool framed = config->framed || config->service || !config->plain;

    if (framed && open_question(discovery, framed_proto(), to, interface, fault) < 0)
        return -1;
    return plain ? open_question(discovery, plain_proto(), to, interface, fault) : 0;
}

/* Out of every interface that can broadcast; one that cannot at the moment is told of. */
static int open_everywhere(struct discovery *discovery, const struct pfg_endpoint *to,
                           struct pfg_fault *fault)
{
    struct pfg_link links[PFG_ASKING_MOST / 2];
    int count = pfg_links_broadcast(links, PFG_ASKING_MOST / 2, fault);

    if (count < 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (open_kinds(discovery, to, links[i].name, fault) < 0)
            pfg_note("%s is left out: %s", links[i].name, fault->text);
    if (discovery->count)
        return 0;
    return count ? -1 : pfg_fault_set(fault, "no interface is up that can broadcast");
}

static int open_all(struct discovery *discovery, const char *word, struct pfg_fault *fault)
{
    const char *interface = discovery->config->interface;
    struct pfg_endpoint to;

    if (pfg_endpoint_parse(word ? word : "255.255.255.255", plain_proto()->def->udp_ports[0], false,
                           &to, fault) < 0)
        return -1;
    if (!word && !interface)
        return open_everywhere(discovery, &to, fault);
    return open_kinds(discovery, &to, interface, fault);
}

static int send_all(struct discovery *discovery, struct pfg_fault *fault)
{
    for (size_t i = 0; i < discovery->count; i++) {
        struct pfg_asking *asking = &discovery->askings[i];
        uint32_t link = asking->engine->link_type;

        discovery->questions[i].sent_ns = pfg_clock_ns();
        if (pfg_asking_send(asking, fault) < 0)
            return -1;
        if (discovery->show.form == PFG_FORM_TREE)
            pfg_show_packet(&discovery->show, PFG_SENT, link, asking->writer.bytes,
                            asking->writer.size, pfg_clock_wall_ns(), true);
    }
    return 0;
}

/* ---- Answers ------------------------------------------------------------------------- */

/* Looks at what came to a question. */
static int take_answer(void *user, size_t which, uint32_t size, const struct pfg_endpoint *from)
{
    struct discovery *discovery = user;
    const struct question *question = &discovery->questions[which];
    uint64_t rtt_ns = pfg_clock_ns() - question->sent_ns;
    const uint8_t *bytes = discovery->askings[which].answer;
    bool framed = pfg_recognise(framed_proto(), bytes, size, false);
    const struct pfg_proto *proto = framed ? framed_proto() : plain_proto();
    char text[PFG_ENDPOINT_TEXT];
    struct pfg_pdu *pdu;

    pfg_decode_reset(&discovery->answer);
    pdu = pfg_decode_message(&discovery->answer, proto, bytes, size, size, 0);
    if (!pdu)
        return -1;
    pfg_endpoint_text(from, text);
    if (question->request->proto != proto ||
        pfg_pairing_fault(&question->values, question->request, &discovery->answer, pdu)) {
        pfg_note("a message from %s does not answer the question", text);
        return 0;
    }
    discovery->answers++;
    pfg_show_answer(&discovery->show, &discovery->answer, pdu, text, rtt_ns);
    return 0;
}

static int collect(struct discovery *discovery, struct pfg_fault *fault)
{
    const struct pfg_config *config = discovery->config;
    uint64_t deadline_ns = pfg_clock_ns() + (config->timeout_ns ? config->timeout_ns : COLLECT_NS);

    return pfg_asking_collect(discovery->askings, discovery->count, deadline_ns, take_answer,
                              discovery, fault);
}

/* ---- The verb ------------------------------------------------------------------------ */

static int run(struct discovery *discovery, const char *word)
{
    struct pfg_fault fault = { .text = "" };
    int status;

    if (open_all(discovery, word, &fault) < 0)
        return pfg_verb_failed(&fault);
    status = pfg_privilege_drop_all(true);
    if (status < 0)
        return pfg_fail("cannot give up rights: %s", strerror(-status));
    if (send_all(discovery, &fault) < 0 || collect(discovery, &fault) < 0)
        return pfg_verb_failed(&fault);
    status = discovery->answers ? PFG_EXIT_OK : PFG_EXIT_NO_REPLY;
    if (status == PFG_EXIT_NO_REPLY)
        pfg_fail("nobody answered");
    return status;
}

int pfg_verb_discover(struct pfg_config *config, const struct pfg_parsed *parsed)
{
    const char *word = parsed->count ? parsed->words[0] : NULL;
    struct discovery *discovery;
    int status;

    if (parsed->count > 1 || (word && word[0] != '@'))
        return pfg_options_misused(&pfg_send_command, parsed->verb, "at most @ADDRESS is asked");
    discovery = calloc(1, sizeof *discovery);
    if (!discovery || pfg_decode_init(&discovery->answer) < 0 ||
        pfg_signals_open(PFG_SIGNAL_STOP) < 0 ||
        pfg_show_open(&discovery->show, pfg_config_form(config, PFG_FORM_LINE), STDOUT_FILENO) < 0)
        return pfg_fail("no memory");
    discovery->config = config;
    status = run(discovery, word ? word + 1 : NULL);
    for (size_t i = 0; i < discovery->count; i++) {
        pfg_asking_close(&discovery->askings[i]);
        pfg_decode_free(&discovery->questions[i].values);
    }
    pfg_decode_free(&discovery->answer);
    if (pfg_show_close(&discovery->show) != 0)
        status = pfg_fail("cannot write the answers");
    free(discovery);
    return status;
}
