/* SPDX-License-Identifier: GPL-2.0-or-later */
/* craft.c - pfgsend craft: a packet made layer by layer, sent or written, once or at intervals. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"
#include "common/signals.h"
#include "rawsock/craft.h"
#include "rawsock/fault.h"
#include "rawsock/listen.h"
#include "rawsock/outgoing.h"
#include "rawsock/verb.h"
#include "rawsock/words.h"

enum { BATCH = 64 };

const struct pfg_option pfg_craft_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "How often" },
    { "count", 'c', PFG_OPT_NUMBER, PFG_OPT_AT(struct pfg_config, count), "COUNT",
      "send the packet COUNT times; 0 is until interrupted" },
    { "interval", 0, PFG_OPT_DURATION, PFG_OPT_AT(struct pfg_config, interval_ns), "TIME",
      "from one packet to the next, 1s where it is not given; 0 is without a pause" },
    { "wait", 0, PFG_OPT_DURATION, PFG_OPT_AT(struct pfg_config, wait_ns), "TIME",
      "show what answers UDP packets, until TIME after the last; status 9 where nothing does" },
    { .kind = PFG_OPT_HEADING, .help = "Where to" },
    { "write", 'w', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, file), "FILE",
      "write a pcap file instead of sending; - is the standard output",
      .complete = PFG_COMPLETE_FILE },
    { "script", 0, PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, script), "FILE",
      "a packet a line out of FILE, instead of the words; - is the standard input",
      .complete = PFG_COMPLETE_FILE },
    { "append", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, append),
      .help = "add to FILE where it is there" },
    { "time", 0, PFG_OPT_CALL, .metavar = "TIME", .call = pfg_option_time,
      .help = "time of the first packet in FILE: RFC 3339, or nanoseconds since 1970" },
    { 0 },
};

const struct pfg_section pfg_craft_sections[] = {
    { "Layers",
      "A layer is the name of a protocol and what is set of its fields; layers are divided by a "
      "slash, the outermost first. pfg_dns may be called dns. pfgcap --describe=NAME lists the "
      "fields of a layer. Values: numbers, names of values, addresses, text with C escapes, "
      "hex:001122, @FILE.\n"
      "\n"
      "What is set is sent as it is set, right or wrong. What is left out is filled in: layers "
      "between those given, the route's source address, Ethernet addresses, a random source port, "
      "lengths, checksums. Where no eth layer is given the kernel routes (a raw socket), unless it "
      "would change something that was set; with eth, or where it would, frames go out as they "
      "are (a packet socket).\n"
      "\n"
      "Written with -w, packets get 192.0.2.1 or 2001:db8::1 as source, 192.0.2.2 or 2001:db8::2 "
      "as destination, 02:00:00:00:00:01 and 02:00:00:00:00:02, and source port 49152. The "
      "outermost layer, eth, sll, sll2, null or loop, is the link type of the file.\n"
      "\n"
      "With --script each line of a file is such a packet, without a shell between: words are "
      "divided by blanks, double quotes keep blanks in a word, # begins a line that is passed "
      "over." },
    { "Examples",
      "  pfgsend craft ip dst=10.99.0.2 / udp / pfg type=echo session=0x1234 seq=7 data=\"Hello\"\n"
      "  pfgsend craft -i va eth dst=ff:ff:ff:ff:ff:ff / arp tpa=10.99.0.2\n"
      "  pfgsend craft -w sample.pcap --time 2024-05-01T12:00:00Z pfg type=time" },
    { 0 },
};

/* A packet on its way. */
struct sending {
    const struct pfg_config *config;
    struct pfg_engine *engine;
    struct pfg_show show;
    struct pfg_listen listen; /* with --wait */
    struct pfg_writer writer;
    uint32_t link_type;
    uint64_t start_ns; /* of the first packet: for files since 1970, else on pfg_clock_ns */
    uint64_t sent_ns;  /* when the last batch was sent, on pfg_clock_ns */
};

/* When packet number (from 0) is due. Times follow from the start, so they do not drift. */
static uint64_t due_ns(const struct sending *sending, uint64_t number)
{
    uint64_t due;

    if (__builtin_mul_overflow(number, sending->config->interval_ns, &due) ||
        __builtin_add_overflow(due, sending->start_ns, &due))
        return UINT64_MAX;
    return due;
}

/* Sends count packets at once, from number on. Returns how many went out. */
static int send_batch(struct sending *sending, uint64_t number, unsigned count,
                      struct pfg_fault *fault)
{
    struct pfg_frame frames[BATCH];
    bool file = sending->config->file != NULL;
    int sent;

    for (unsigned i = 0; i < count; i++) {
        frames[i].bytes = sending->writer.bytes;
        frames[i].size = sending->writer.size;
        frames[i].time_ns = file ? due_ns(sending, number + i) : pfg_clock_wall_ns();
    }
    sending->sent_ns = pfg_clock_ns();
    sent = sending->engine->kind->send(sending->engine, frames, count, fault);
    for (int i = 0; i < sent; i++)
        pfg_show_packet(&sending->show, PFG_SENT, sending->link_type, frames[i].bytes,
                        frames[i].size, frames[i].time_ns, true);
    return sent;
}

/* How many may go out together: more than one where none waits for its time. */
static unsigned batch_size(const struct sending *sending, uint64_t left)
{
    bool together = sending->config->file || sending->config->interval_ns == 0;

    if (!together)
        return 1;
    return left < BATCH ? (unsigned)left : BATCH;
}

/* Lets the time pass until the next packet is due, with --wait showing what comes meanwhile.
 * Returns whether to go on. */
static bool rest_until(struct sending *sending, uint64_t due, struct pfg_fault *fault)
{
    if (!sending->config->wait_ns)
        return pfg_clock_sleep_until(due, pfg_signals_fd());
    return pfg_listen_until(&sending->listen, &sending->show, sending->sent_ns, due, fault) == 0 &&
           !pfg_signals_stop();
}

static int send_all(struct sending *sending, struct pfg_fault *fault)
{
    const struct pfg_config *config = sending->config;
    uint64_t count = config->count ? config->count : UINT64_MAX;

    for (uint64_t number = 0; number < count && !pfg_signals_stop();) {
        unsigned batch = batch_size(sending, count - number);
        int sent;

        if (!config->file && number && config->interval_ns &&
            !rest_until(sending, due_ns(sending, number), fault))
            break;
        sent = send_batch(sending, number, batch, fault);
        if (sent < (int)batch)
            return -1;
        number += batch;
    }
    if (!config->wait_ns || pfg_signals_stop())
        return 0;
    return pfg_listen_until(&sending->listen, &sending->show, sending->sent_ns,
                            pfg_clock_ns() + config->wait_ns, fault);
}

/* Opens where the packet goes. The rights that this needs are given up when it is open. */
static int open_engine(struct sending *sending, struct pfg_stack *stack, struct pfg_fault *fault)
{
    const struct pfg_config *config = sending->config;
    struct pfg_way way = {
        .interface = config->interface,
        .timeout_ns = config->timeout_ns ? config->timeout_ns : PFG_CRAFT_NEIGHBOUR_NS,
    };
    int error;

    if (config->file)
        sending->engine =
            pfg_outgoing_file(stack, config->file, config->append, &sending->writer, fault);
    else
        sending->engine = pfg_outgoing_open(stack, &way, &sending->writer, fault);
    if (!sending->engine)
        return -1;
    sending->link_type = sending->engine->link_type;
    if (config->wait_ns && pfg_listen_open(&sending->listen, sending->link_type,
                                           sending->writer.bytes, sending->writer.size, fault) < 0)
        return -1;
    error = pfg_privilege_drop_all(true);
    if (error)
        return pfg_fault_set(fault, "cannot give up rights: %s", strerror(-error));
    return 0;
}

static int craft(struct sending *sending, struct pfg_stack *stack, struct pfg_fault *fault)
{
    const struct pfg_config *config = sending->config;
    int result = open_engine(sending, stack, fault);

    if (result == 0) {
        sending->start_ns = config->file ? pfg_clock_wall_ns() : pfg_clock_ns();
        if (config->file && config->has_time)
            sending->start_ns = config->time_ns;
        result = send_all(sending, fault);
        if (config->count != 1)
            pfg_note("%llu packets, %llu bytes", (unsigned long long)sending->engine->packets,
                     (unsigned long long)sending->engine->bytes);
    }
    if (result == 0)
        return pfg_engine_close(sending->engine, fault);
    pfg_engine_close(sending->engine, &(struct pfg_fault){ .text = "" });
    return result;
}

/* What shows packets must not mix with a capture on the standard output. */
static int show_on(const struct pfg_config *config)
{
    return config->file && strcmp(config->file, "-") == 0 ? STDERR_FILENO : STDOUT_FILENO;
}

static int run(const struct pfg_config *config, struct pfg_stack *stack)
{
    struct sending sending = { .config = config,
                               .writer = pfg_writer_new(),
                               .listen = { .asking = { .guard = -1 } } };
    enum pfg_form form = config->wait_ns ? PFG_FORM_LINE : PFG_FORM_NOTHING;
    struct pfg_fault fault = { .text = "" };
    int result = -1;

    if (!sending.writer.bytes || pfg_signals_open(PFG_SIGNAL_STOP) < 0 ||
        pfg_show_open(&sending.show, pfg_config_form(config, form), show_on(config)))
        return pfg_fail("no memory");
    result = pfg_words_check(stack, &sending.writer, &fault);
    if (result == 0)
        result = craft(&sending, stack, &fault);
    if (pfg_show_close(&sending.show) != 0 && result == 0)
        result = pfg_fault_set(&fault, "cannot write the packets that are shown");
    pfg_listen_close(&sending.listen);
    free(sending.writer.bytes);
    if (result < 0)
        return pfg_verb_failed(&fault);
    if (!config->wait_ns || sending.listen.answers)
        return PFG_EXIT_OK;
    pfg_fail("no answer");
    return PFG_EXIT_NO_REPLY;
}

int pfg_verb_craft(struct pfg_config *config, const struct pfg_parsed *parsed)
{
    struct pfg_stack *stack;
    struct pfg_fault fault;
    int status;

    if (config->file && !config->count)
        return pfg_options_misused(&pfg_send_command, parsed->verb, "a file needs a count");
    if (config->wait_ns && (config->file || config->script))
        return pfg_options_misused(&pfg_send_command, parsed->verb,
                                   "--wait is for one stack that is sent");
    if (!config->file && (config->append || config->has_time))
        return pfg_options_misused(&pfg_send_command, parsed->verb,
                                   "--append and --time are for -w FILE");
    if (config->script && (parsed->count || config->count != 1))
        return pfg_options_misused(&pfg_send_command, parsed->verb,
                                   "--script takes its packets from FILE, each once");
    if (config->script)
        return pfg_craft_script(config, show_on(config));
    stack = calloc(1, sizeof *stack);
    if (!stack)
        return pfg_fail("no memory");
    if (pfg_words_read(stack, parsed->words, parsed->count, &fault) < 0)
        status = pfg_verb_failed(&fault);
    else
        status = run(config, stack);
    free(stack);
    return status;
}
