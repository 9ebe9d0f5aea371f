/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - pfgcap: reads its options, and either tells something or runs. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/describe.h"
#include "capture/filter.h"
#include "capture/run.h"
#include "common/log.h"
#include "common/signals.h"

/* -D and -L. */
static int list(const struct capture_config *config)
{
    char why[512], name[128];
    int result;

    if (config->list_interfaces) {
        result = capture_list_interfaces(why, sizeof why);
    } else if (config->interfaces.count > 0) {
        result =
            capture_list_link_types(config->interfaces.items[0], config->monitor, why, sizeof why);
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
    if (!capture_where_bpf(where, text, sizeof text))
        text[0] = '\0';
    capture_where_free(where);
    return strdup(text);
}

/* -d: the link type is that of -y, of the file, or Ethernet's. */
static int dump_filter(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    struct capture_interfaces interfaces = { 0 };
    uint32_t link_type = PFG_LINK_ETHERNET;
    char why[1024];
    char *text = filter_text(config, parsed, why, sizeof why);
    int named, result;

    if (text == NULL && (config->filter_file != NULL || config->where != NULL))
        return pfg_fail("%s", why);
    if (config->reads.count > 0) {
        struct capture_source *source =
            capture_file_open(config->reads.items[0], false, &interfaces, why, sizeof why);

        if (source == NULL) {
            free(text);
            return pfg_fail("%s", why);
        }
        if (interfaces.count > 0)
            link_type = interfaces.list[0]->link_type;
        source->close(source);
        capture_interfaces_free(&interfaces);
    }
    named = config->link_type == NULL ? -1 : capture_link_type_by_name(config->link_type);
    if (named >= 0)
        link_type = (uint32_t)named;
    result = capture_filter_print(text == NULL ? "" : text, link_type, config->snap_length,
                                  !config->no_optimize, config->dump_filter, why, sizeof why);
    free(text);
    return result == 0 ? 0 : pfg_fail("%s", why);
}

static int run(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    struct capture_run state;
    int status;

    (void)signal(SIGPIPE, SIG_IGN); /* told by EPIPE instead, so that files are ended */
    if (pfg_signals_open(PFG_SIGNAL_STOP | PFG_SIGNAL_HANGUP | PFG_SIGNAL_USER1) != 0)
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

int main(int argc, char **argv)
{
    struct capture_config config;
    struct pfg_parsed parsed;
    char why[512];
    int status;

    pfg_log_name("pfgcap");
    capture_config_init(&config);
    status = pfg_options_run(&capture_command, &config, argc, argv, &parsed);
    if (status < 0 && capture_config_finish(&config, why, sizeof why) != 0)
        status = pfg_options_misused(&capture_command, NULL, "%s", why);
    if (status < 0)
        status = act(&config, &parsed);
    capture_config_free(&config);
    return status;
}
