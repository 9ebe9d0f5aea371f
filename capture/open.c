/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open.c - sources, filter, file and output of a run, and rights given up in between. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/interfaces.h"
#include "capture/run.h"
#include "common/clock.h"
#include "common/log.h"
#include "common/privilege.h"

/* Memory for fragments and for messages of several frames: what attackers may make us hold. */
#define FRAGMENT_MEMORY     (16U << 20)
#define JOIN_MEMORY         (64U << 20)
#define FRAGMENT_TIMEOUT_NS (30 * PFG_NS_PER_S) /* as Linux has it */
#define OUT_BYTES           ((size_t)64 * 1024) /* it stays in the processor's cache */

static struct capture_source *open_files(struct capture_run *run, char *why, size_t room)
{
    const struct pfg_words *reads = &run->config->reads;
    struct capture_source **list = calloc(reads->count, sizeof(struct capture_source *));
    struct capture_source *source = NULL;
    size_t i;

    for (i = 0; list != NULL && i < reads->count; i++) {
        list[i] =
            run->config->tail
                ? capture_tail_open(reads->items[i], &run->interfaces, why, room)
                : capture_file_open(reads->items[i], false, NULL, &run->interfaces, why, room);
        if (list[i] == NULL)
            break;
    }
    if (list != NULL && i == reads->count && i > 1)
        source = capture_merge_open(list, i, &run->interfaces, why, room);
    else if (list != NULL && i == reads->count)
        source = list[0];
    else
        while (i-- > 0)
            list[i]->close(list[i]);
    free(list);
    return source;
}

void capture_live_words(const struct capture_config *config, struct capture_live_options *options)
{
    *options = (struct capture_live_options){
        .names = config->interfaces.items,
        .count = config->interfaces.count,
        .snap_length = config->snap_length,
        .buffer_bytes = config->buffer_kib * 1024,
        .no_promiscuous = config->no_promiscuous,
        .monitor = config->monitor,
        .immediate = config->immediate,
        .prompt = config->line_buffered || config->packet_buffered || isatty(STDOUT_FILENO) == 1 ||
                  (config->write != NULL && strcmp(config->write, "-") == 0),
        .optimize = !config->no_optimize,
        .micro = config->micro,
        .link_type = config->link_number,
        .direction = config->direction,
        .time_stamp_type = config->time_stamp_type,
    };
}

static struct capture_source *open_live(struct capture_run *run, char *why, size_t room)
{
    struct capture_live_options options;
    char name[128] = "";
    const char *first = name;

    capture_live_words(run->config, &options);
    options.filter = run->filter_text;
    options.filter_optional = run->filter_derived;
    if (options.count == 0) {
        if (!capture_default_interface(name, sizeof name)) {
            snprintf(why, room, "no interface to capture on; name one with -i, or a file with -r");
            return NULL;
        }
        options.names = &first;
        options.count = 1;
    }
    return capture_live_open(&options, &run->interfaces, why, room);
}

/* Live, without a capture filter: the kernel answers what it can of --where. */
static char *filter_of_where(const struct capture_where *where)
{
    char text[4096];

    if (where == NULL || !capture_where_bpf(where, text, sizeof text))
        return NULL;
    return strdup(text);
}

static int open_filter(struct capture_run *run, char *const *words, size_t count, char *why,
                       size_t room)
{
    const char *path = run->config->filter_file;

    if (path != NULL) {
        run->filter_text = capture_filter_read(path, why, room);
        if (run->filter_text == NULL)
            return -1;
    } else {
        run->filter_text = capture_filter_join(words, count);
        if (run->filter_text == NULL && run->live) {
            run->filter_text = filter_of_where(run->where);
            run->filter_derived = true;
        }
    }
    if (run->filter_text == NULL || run->live)
        return 0;
    run->filter = capture_filter_new(run->filter_text, !run->config->no_optimize);
    return run->filter == NULL ? -1 : 0;
}

/* A filter that does not compile is told before the first packet. */
static int check_filter(struct capture_run *run, char *why, size_t room)
{
    struct pfg_packet none = { .link_type = PFG_LINK_ETHERNET };
    uint8_t bytes[64] = { 0 };

    if (run->filter == NULL)
        return 0;
    if (run->interfaces.count > 0)
        none.link_type = run->interfaces.list[0]->link_type;
    none.bytes = bytes;
    none.caplen = none.len = sizeof bytes;
    return capture_filter_passes(run->filter, &none, why, room) < 0 ? -1 : 0;
}

/* Whether the file to be written is one of those that are read: it would be lost at once. */
static bool writes_over_input(const struct capture_config *config)
{
    struct stat written, read;
    size_t i;

    if (strcmp(config->write, "-") == 0 || stat(config->write, &written) != 0 ||
        !S_ISREG(written.st_mode))
        return false;
    for (i = 0; i < config->reads.count; i++) {
        const char *path = config->reads.items[i];
        int result = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, &read) : stat(path, &read);

        if (result == 0 && read.st_dev == written.st_dev && read.st_ino == written.st_ino)
            return true;
    }
    return false;
}

static int open_sink(struct capture_run *run)
{
    const struct capture_config *config = run->config;
    struct capture_sink_options options = {
        .path = config->write,
        .format = config->format,
        .ring = config->ring,
        .comment = config->comment,
        .packet_buffered = config->packet_buffered,
        .micro = config->micro,
    };

    if (writes_over_input(run->config))
        return pfg_fail("-w %s is a file that is read; write to another one", options.path);
    if (capture_sink_init(&run->sink, &options, &run->interfaces) != 0)
        return pfg_fail("%s", run->sink.error);
    /* Files of a capture begin with it; what is read from files tells only with its first packet
     * which interfaces it has. */
    if (run->live && capture_sink_begin(&run->sink, pfg_clock_wall_ns()) != 0)
        return pfg_fail("%s", run->sink.error);
    return 0;
}

static int drop_rights(void)
{
    int error = pfg_privilege_drop_all(false);

    return error == 0 ? 0 : pfg_fail_errno(error, NULL, "cannot give up rights");
}

/* The layers that --where looks at. */
static uint32_t layers_of_where(const struct capture_run *run)
{
    return run->where == NULL ? 0 : capture_where_layers(run->where);
}

/* Whether packets are shown as plain lines, and nobody looks at other layers than the transport. */
static bool shows_lines(const struct capture_run *run)
{
    const struct capture_config *config = run->config;
    const struct capture_print_options *print = &config->print;
    const uint32_t transport = 1U << PFG_LAYER_TCP | 1U << PFG_LAYER_UDP;

    return run->shows && config->mode == CAPTURE_MODE_TEXT && !config->checksums && !print->tree &&
           !print->bits && !print->link && print->dump == CAPTURE_DUMP_NONE &&
           (layers_of_where(run) & ~transport) == 0;
}

/* The layers that somebody looks at; --fields adds its own when it is read. JSON is written from
 * the packet's bytes as far as it can be. */
static struct pfg_layers_ask layers_looked_at(const struct capture_run *run)
{
    const struct pfg_layers_ask all = { .values = PFG_LAYERS_ALL };
    struct pfg_layers_ask ask = { .values = layers_of_where(run) };

    if (run->config->checksums ||
        (run->shows && run->config->mode == CAPTURE_MODE_TEXT && !shows_lines(run)))
        return all;
    if (run->shows && run->config->mode == CAPTURE_MODE_JSON)
        ask.heads = PFG_LAYERS_ALL;
    return ask;
}

/* What somebody looks at of messages. */
static enum pfg_view view_of_messages(const struct capture_run *run)
{
    const struct capture_config *config = run->config;

    if (config->where != NULL || (run->shows && (config->mode != CAPTURE_MODE_TEXT ||
                                                 config->print.tree || config->print.bits)))
        return PFG_VIEW_ALL;
    return run->shows ? PFG_VIEW_LINE : PFG_VIEW_PAIRS;
}

static int out_to_fd(void *user, const char *bytes, size_t size)
{
    const int *fd = user;
    size_t written;

    return capture_write(*fd, (const uint8_t *)bytes, size, &written);
}

static int open_decoder(struct capture_run *run)
{
    struct capture_dissect_options options = {
        .stream_memory = (size_t)run->config->stream_memory,
        .fragment_memory = FRAGMENT_MEMORY,
        .join_memory = JOIN_MEMORY,
        .fragment_timeout_ns = FRAGMENT_TIMEOUT_NS,
        .checksums = run->config->checksums,
        .layers = layers_looked_at(run),
        .view = view_of_messages(run),
        .line_only = shows_lines(run),
    };

    if (capture_dissect_init(&run->dissect, &options) != 0 ||
        pfg_out_init(&run->out, OUT_BYTES, out_to_fd, &run->out_fd) != 0)
        return pfg_fail("cannot begin: out of memory");
    return 0;
}

static void tell_listening(const struct capture_run *run)
{
    uint32_t i;

    for (i = 0; i < run->interfaces.count; i++) {
        const struct capture_interface *interface = run->interfaces.list[i];
        const char *type = capture_link_type_name(interface->link_type);

        pfg_note("listening on %s, link type %s, snapshot length %u", interface->name,
                 type == NULL ? "?" : type, interface->snap_length);
    }
}

int capture_run_open(struct capture_run *run, const struct capture_config *config,
                     char *const *words, size_t count)
{
    char why[1024] = "out of memory";
    int status;

    memset(run, 0, sizeof *run);
    run->config = config;
    run->live = config->reads.count == 0;
    run->writes = config->write != NULL;
    run->shows = config->print_too || (!run->writes && !config->summary && !config->quiet);
    run->out_fd = STDOUT_FILENO;
    if (config->where != NULL) {
        run->where = capture_where_new(config->where, why, sizeof why);
        if (run->where == NULL)
            return pfg_fail("%s", why);
    }
    if (open_filter(run, words, count, why, sizeof why) != 0)
        return pfg_fail("%s", why);
    run->source = run->live ? open_live(run, why, sizeof why) : open_files(run, why, sizeof why);
    if (run->source == NULL || check_filter(run, why, sizeof why) != 0)
        return pfg_fail("%s", why);
    status = drop_rights();
    if (status == 0)
        status = open_decoder(run);
    if (status == 0)
        status = capture_show_begin(run);
    if (status == 0 && run->writes)
        status = open_sink(run);
    if (status == 0 && run->live)
        tell_listening(run);
    return status;
}

void capture_run_close(struct capture_run *run)
{
    if (run->source != NULL)
        run->source->close(run->source);
    if (run->dissect.streams != NULL)
        capture_dissect_free(&run->dissect);
    if (run->sink.interfaces != NULL)
        (void)capture_sink_close(&run->sink);
    if (run->out.start != NULL)
        pfg_out_free(&run->out);
    capture_fields_free(&run->fields);
    capture_track_free(run->track);
    capture_track_free(run->pairs);
    capture_summary_free(run->summary);
    capture_where_free(run->where);
    capture_filter_free(run->filter);
    free(run->filter_text);
    capture_interfaces_free(&run->interfaces);
}
