/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - pfgsend: its verbs and the options that all of them take. */
#include "common/log.h"
#include "proto/registry.h"
#include "rawsock/verb.h"

int main(int argc, char **argv)
{
    struct pfg_config config = { .count = 1, .interval_ns = UINT64_C(1000000000), .retries = 2 };
    struct pfg_parsed parsed;
    int status;

    pfg_log_name(pfg_send_command.name);
    if (pfg_registry_init() < 0)
        return pfg_fail("the definition of the protocols does not fit together: %s",
                        pfg_registry_fault());
    status = pfg_options_run(&pfg_send_command, &config, argc, argv, &parsed);
    if (status >= 0)
        return status;
    return pfg_verb_run(&config, &parsed);
}
