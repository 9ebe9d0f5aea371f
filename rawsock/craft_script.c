/* SPDX-License-Identifier: GPL-2.0-or-later */
/* craft_script.c - pfgsend craft --script: a packet a line, into one file or on their way. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"
#include "common/signals.h"
#include "rawsock/craft.h"
#include "rawsock/fault.h"
#include "rawsock/fill.h"
#include "rawsock/lines.h"
#include "rawsock/outgoing.h"
#include "rawsock/words.h"

/* A script on its way. The stack is used for one line after the other. */
struct script {
    const struct pfg_config *config;
    struct pfg_lines lines;
    struct pfg_stack *stack;
    struct pfg_engine *engine; /* a file's: one for all lines */
    struct pfg_show show;
    struct pfg_writer writer;
    uint64_t start_ns, packets, bytes;
};

/* The first packet, or the end of a script without one, opens the file. */
static int open_file(struct script *script, uint32_t link_type, struct pfg_fault *fault)
{
    const struct pfg_config *config = script->config;

    script->engine = pfg_engine_file_open(config->file, link_type, config->append, fault);
    if (!script->engine)
        return -1;
    return pfg_privilege_drop_all(true) == 0 ? 0 : pfg_fault_set(fault, "cannot give up rights");
}

static int build_for_file(struct script *script, struct pfg_fault *fault)
{
    uint32_t link_type;

    if (pfg_fill_for_file(script->stack, fault) < 0 ||
        pfg_stack_build(script->stack, &script->writer, fault) < 0)
        return -1;
    link_type = pfg_stack_link_type(script->stack);
    if (!script->engine)
        return open_file(script, link_type, fault);
    if (link_type != script->engine->link_type)
        return pfg_fault_set(fault, "%s has packets of link type %u, and this one is of %u",
                             script->config->file, script->engine->link_type, link_type);
    return 0;
}

/* Each line has a route of its own, so the rights to open one are kept until the end. */
static int build_to_send(struct script *script, struct pfg_fault *fault)
{
    struct pfg_way way = {
        .interface = script->config->interface,
        .timeout_ns =
            script->config->timeout_ns ? script->config->timeout_ns : PFG_CRAFT_NEIGHBOUR_NS,
    };

    script->engine = pfg_outgoing_open(script->stack, &way, &script->writer, fault);
    return script->engine ? 0 : -1;
}

static int send_one(struct script *script, struct pfg_fault *fault)
{
    struct pfg_frame frame = { .bytes = script->writer.bytes, .size = script->writer.size };
    bool file = script->config->file != NULL;

    frame.time_ns = file ? script->start_ns + script->packets * script->config->interval_ns
                         : pfg_clock_wall_ns();
    if (script->engine->kind->send(script->engine, &frame, 1, fault) != 1)
        return -1;
    script->packets++;
    script->bytes += frame.size;
    pfg_show_packet(&script->show, PFG_SENT, script->engine->link_type, frame.bytes, frame.size,
                    frame.time_ns, true);
    return 0;
}

static int close_engine(struct script *script, struct pfg_fault *fault)
{
    int result = script->engine ? pfg_engine_close(script->engine, fault) : 0;

    script->engine = NULL;
    return result;
}

/* Waits until the next line is due. False: asked to stop. */
static bool wait_for_turn(const struct script *script)
{
    if (!script->config->file && script->packets && script->config->interval_ns)
        return pfg_clock_sleep_until(
            script->start_ns + script->packets * script->config->interval_ns, pfg_signals_fd());
    return !pfg_signals_stop();
}

static int send_line(struct script *script, struct pfg_fault *fault)
{
    bool file = script->config->file != NULL;
    int result;

    pfg_stack_clear(script->stack);
    result = pfg_words_read(script->stack, script->lines.words, script->lines.count, fault);
    if (result == 0)
        result = file ? build_for_file(script, fault) : build_to_send(script, fault);
    if (result == 0)
        result = send_one(script, fault);
    if (!file && close_engine(script, result == 0 ? fault : &(struct pfg_fault){ .text = "" }) < 0)
        result = -1;
    if (result < 0)
        pfg_fault_prefix(fault, "%s, line %llu: ", script->lines.name,
                         (unsigned long long)script->lines.number);
    return result;
}

static int send_lines(struct script *script, struct pfg_fault *fault)
{
    const struct pfg_config *config = script->config;
    int more;

    script->start_ns = config->file ? pfg_clock_wall_ns() : pfg_clock_ns();
    if (config->file && config->has_time)
        script->start_ns = config->time_ns;
    while ((more = pfg_lines_next(&script->lines, fault)) > 0 && wait_for_turn(script))
        if (send_line(script, fault) < 0)
            return -1;
    if (more < 0 || (config->file && !script->engine && open_file(script, PFG_LINK_ANY, fault) < 0))
        return -1;
    pfg_note("%llu packets, %llu bytes", (unsigned long long)script->packets,
             (unsigned long long)script->bytes);
    return close_engine(script, fault);
}

int pfg_craft_script(const struct pfg_config *config, int show_on)
{
    struct script script = { .config = config, .writer = pfg_writer_new() };
    struct pfg_fault fault = { .text = "" };
    int result;

    script.stack = calloc(1, sizeof *script.stack);
    if (!script.writer.bytes || !script.stack || pfg_signals_open(PFG_SIGNAL_STOP) < 0 ||
        pfg_show_open(&script.show, pfg_config_form(config, PFG_FORM_NOTHING), show_on))
        return pfg_fail("no memory");
    result = pfg_lines_open(&script.lines, config->script, &fault);
    if (result == 0)
        result = send_lines(&script, &fault);
    close_engine(&script, &(struct pfg_fault){ .text = "" });
    pfg_lines_close(&script.lines);
    if (pfg_show_close(&script.show) != 0 && result == 0)
        result = pfg_fault_set(&fault, "cannot write the packets that are shown");
    free(script.writer.bytes);
    free(script.stack);
    return result == 0 ? PFG_EXIT_OK : pfg_verb_failed(&fault);
}
