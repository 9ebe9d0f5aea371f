/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - pfgcap: reads its options, and either tells something or runs. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/describe.h"
#include "capture/filter.h"
#include "capture/interfaces.h"
#include "capture/run.h"
#include "common/log.h"
#include "common/signals.h"

/* -D and -L. */
static int list(const struct capture_config *config)
{
    char why[512], name[128];
    const char *word = config->interfaces.count > 0 ? config->interfaces.items[0] : NULL;
    int result;

    if (config->list_interfaces) {
        result = capture_list_interfaces(why, sizeof why);
    } else if (config->interfaces.count > 0) {
        result = capture_list_link_types(capture_interface_name(word, name, sizeof name),
                                         config->monitor, why, sizeof why);
    } else if (capture_default_interface(name, sizeof name)) {
        result = capture_list_link_types(name, config->monitor, why, sizeof why);
    } else {
        snprintf(why, sizeof why, "no interface; name one with -i");
        result = -1;
    }
    return result == 0 ? 0 : pfg_fail("%s", why);
}

/* The capture filter of the command line, or, where there is none, of --where. NULL with why. */
static char *filter_text(const struct capture_config *config, const struct pfg_parsed *parsed,
                         char *why, size_t room)
{
    struct capture_where *where;
    char text[4096] = "";

    if (config->filter_file != NULL)
        return capture_filter_read(config->filter_file, why, room);
    if (parsed->count > 0 || config->where == NULL)
        return capture_filter_join(parsed->words, parsed->count);
    where = capture_where_new(config->where, why, room);
    if (where == NULL)
        return NULL;
    if (capture_where_bpf(where, text, sizeof text))
        pfg_note("--where, first asked of the kernel: %s", text);
    else
        pfg_note("--where: there is nothing in it that the kernel can answer");
    capture_where_free(where);
    return strdup(text);
}

/* The link type of the first packet of the files that are read; -1 with why. */
static int link_type_of_file(const struct capture_config *config, char *why, size_t room)
{
    struct capture_interfaces interfaces = { 0 };
    struct capture_source *source =
        capture_file_open(config->reads.items[0], false, NULL, &interfaces, why, room);
    struct capture_packet packet = { 0 };
    int link_type = PFG_LINK_ETHERNET;

    if (source == NULL)
        return -1;
    while (interfaces.count == 0 && source->next(source, &packet) == CAPTURE_IDLE)
        source->wait(source, -1, -1);
    if (interfaces.count > 0)
        link_type = (int)interfaces.list[0]->link_type;
    source->close(source);
    capture_interfaces_free(&interfaces);
    return link_type;
}

/* -d for an interface, as the kernel has it; for a file; or for the link type of -y or Ethernet's.
 */
static int print_filter(const struct capture_config *config, const char *text, char *why,
                        size_t room)
{
    struct capture_live_options live;
    int link_type = PFG_LINK_ETHERNET;

    capture_live_words(config, &live);
    live.filter = text;
    if (live.count > 0)
        return capture_live_print_filter(&live, config->dump_filter, why, room);
    if (live.link_type >= 0)
        link_type = live.link_type;
    else if (config->reads.count > 0)
        link_type = link_type_of_file(config, why, room);
    if (link_type < 0)
        return -1;
    return capture_filter_print(text, (uint32_t)link_type, config->snap_length,
                                !config->no_optimize, config->dump_filter, why, room);
}

static int dump_filter(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    char why[1024];
    char *text = filter_text(config, parsed, why, sizeof why);
    int result;

    if (text == NULL && (config->filter_file != NULL || config->where != NULL))
        return pfg_fail("%s", why);
    result = print_filter(config, text == NULL ? "" : text, why, sizeof why);
    free(text);
    if (result == 0 && (fflush(stdout) != 0 || ferror(stdout)))
        return pfg_fail("cannot write the standard output");
    return result == 0 ? 0 : pfg_fail("%s", why);
}

/* Without a file to rotate, SIGHUP means that the terminal is gone: the end, unless nohup(1) was
 * asked to see to it that it is not. */
static bool hears_hangup(const struct capture_config *config)
{
    struct sigaction now;

    return config->write != NULL || sigaction(SIGHUP, NULL, &now) != 0 || now.sa_handler != SIG_IGN;
}

static int run(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    struct capture_run state;
    int status;

    (void)signal(SIGPIPE, SIG_IGN); /* told by EPIPE instead, so that files are ended */
    (void)signal(SIGXFSZ, SIG_IGN); /* and by EFBIG */
    if (pfg_signals_open(PFG_SIGNAL_STOP | PFG_SIGNAL_USER1 |
                         (hears_hangup(config) ? PFG_SIGNAL_HANGUP : 0)) != 0)
        return pfg_fail("cannot take signals");
    status = capture_run_open(&state, config, parsed->words, parsed->count);
    if (status == 0)
        status = capture_run_loop(&state);
    capture_run_close(&state);
    return status;
}

static int act(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    if (pfg_registry_init() != 0)
        return pfg_fail("the protocol definition does not fit together: %s", pfg_registry_fault());
    if (config->describe != NULL)
        return capture_describe(config, parsed);
    if (config->list_interfaces || config->list_link_types)
        return list(config);
    if (config->dump_filter > 0)
        return dump_filter(config, parsed);
    return run(config, parsed);
}

/* Tables that have grown give back memory that is as large as what is taken soon after. Kept, it
 * need not come from the kernel, which clears it, page by page, each time anew. */
static void keep_memory(void)
{
    enum { LARGEST = 64 << 20 };

    (void)mallopt(M_MMAP_THRESHOLD, LARGEST / 2);
    (void)mallopt(M_TRIM_THRESHOLD, LARGEST);
}

int main(int argc, char **argv)
{
    struct capture_config config;
    struct pfg_parsed parsed;
    char why[512];
    int status;

    pfg_log_name("pfgcap");
    keep_memory();
    capture_config_init(&config);
    status = pfg_options_run(&capture_command, &config, argc, argv, &parsed);
    if (status < 0 && capture_config_finish(&config, parsed.count, why, sizeof why) != 0)
        status = pfg_options_misused(&capture_command, NULL, "%s", why);
    if (status < 0)
        status = act(&config, &parsed);
    capture_config_free(&config);
    return status;
}
