/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/verb.h"

#include <stdio.h>

#include "common/log.h"
#include "proto/describe.h"

static const struct pfg_option common_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "All verbs" },
    { "interface", 'i', PFG_OPT_STRING, PFG_OPT_AT(struct pfg_config, interface), "IFACE",
      "send out of IFACE", .complete = PFG_COMPLETE_INTERFACE },
    { "timeout", 0, PFG_OPT_DURATION, PFG_OPT_AT(struct pfg_config, timeout_ns), "TIME",
      "wait TIME for an answer, such as 500ms or 2s" },
    { "json", 'j', PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, json),
      .help = "print packets as JSON, an object a line" },
    { "verbose", 'v', PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, verbose),
      .help = "print packets as trees, field by field" },
    { "quiet", 'q', PFG_OPT_FLAG, PFG_OPT_AT(struct pfg_config, quiet),
      .help = "print nothing but failures" },
    { 0 },
};

static const struct pfg_verb verbs[] = {
    { .name = "craft",
      .brief = "send packets made layer by layer",
      .words = "LAYER [FIELD=VALUE]... [/ LAYER [FIELD=VALUE]...]...",
      .options = pfg_craft_options,
      .sections = pfg_craft_sections },
    { .name = "dns",
      .brief = "ask a name server",
      .words = "NAME [TYPE] @SERVER[#PORT]",
      .options = pfg_dns_options,
      .extension = &pfg_dns_extension,
      .sections = pfg_dns_sections },
    { .name = "discover",
      .brief = "ask by broadcast who offers a service",
      .words = "[@ADDRESS[#PORT]]",
      .options = pfg_discover_options,
      .sections = pfg_discover_sections },
    { .name = "tcp",
      .brief = "hold a TCP conversation from user space",
      .words = "HOST:PORT [/ LAYER [FIELD=VALUE]...]...",
      .options = pfg_tcp_options,
      .sections = pfg_tcp_sections },
    { 0 },
};

/* In the order of verbs. */
static const pfg_verb_function functions[] = { pfg_verb_craft, pfg_verb_dns, pfg_verb_discover,
                                               pfg_verb_tcp };
_Static_assert(sizeof functions / sizeof *functions + 1 == sizeof verbs / sizeof *verbs,
               "a function for every verb");

static const struct pfg_section sections[] = {
    { "Rights",
      "Sending raw packets needs the capability CAP_NET_RAW; writing a file with -w needs none." },
    { "Exit status", "  0  done; an answer came, where one was waited for\n"
                     "  1  something failed; why is said in one line\n"
                     "  2  misuse of the command line\n"
                     "  9  no answer came" },
    { 0 },
};

const struct pfg_command pfg_send_command = {
    .name = "pfgsend",
    .brief = "make packets from the definition of the protocols, and send them",
    .options = common_options,
    .verbs = verbs,
    .built_with = pfg_describe_hash,
    .sections = sections,
    .see_also = "pfgcap(1), pfgpeer(1), dig(1), packet(7), raw(7)",
};

int pfg_verb_run(struct pfg_config *config, const struct pfg_parsed *parsed)
{
    if (config->quiet)
        pfg_log_verbosity(PFG_QUIET);
    return functions[parsed->verb - verbs](config, parsed);
}

enum pfg_form pfg_config_form(const struct pfg_config *config, enum pfg_form usual)
{
    if (config->json)
        return PFG_FORM_JSON;
    if (config->verbose)
        return PFG_FORM_TREE;
    return config->quiet ? PFG_FORM_NOTHING : usual;
}

int pfg_verb_failed(const struct pfg_fault *fault)
{
    pfg_fail("%s", fault->text);
    return PFG_EXIT_FAILED;
}

int pfg_option_time(const struct pfg_option *row, const char *value, void *user, char *why,
                    size_t room)
{
    struct pfg_config *config = user;
    struct pfg_fault fault;

    (void)row;
    /* The frame's own time is written as a person writes this one. */
    if (pfg_parse_uint(pfg_known(PFG_KNOWN_TIMESTAMP), value, strlen(value), &config->time_ns,
                       &fault) < 0) {
        snprintf(why, room, "is not a time such as 2024-05-01T12:00:00Z");
        return -1;
    }
    config->has_time = true;
    return 0;
}
