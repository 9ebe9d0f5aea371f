/* SPDX-License-Identifier: GPL-2.0-or-later */
/* main.c - pfgpeer: the choice between serving and asking. */
#include <limits.h>
#include <signal.h>

#include "common/clock.h"
#include "common/log.h"
#include "peer/config.h"
#include "proto/registry.h"

int main(int argc, char **argv)
{
    struct peer_config config = {
        .service = "pfg",
        .echo_port = 7007,
        .udp_port = 9434,
        .tcp_port = 65432,
        .connections = 1000,
        .idle_ns = 60 * PFG_NS_PER_S,
        .memory = (size_t)512 << 20,
        .ready_fd = UINT_MAX,
        .count = 1,
        .timeout_ns = 2 * PFG_NS_PER_S,
    };
    struct pfg_parsed parsed;
    int status;

    pfg_log_name(peer_command.name);
    if (pfg_registry_init() != 0)
        return pfg_fail("the definition does not fit together: %s", pfg_registry_fault());
    status = pfg_options_run(&peer_command, &config, argc, argv, &parsed);
    if (status >= 0)
        return status;
    status = peer_config_check(&config, &parsed);
    if (status != 0)
        return status;
    pfg_log_verbosity(config.quiet ? PFG_QUIET : (int)config.verbose);
    signal(SIGPIPE, SIG_IGN); /* a closed standard output is an error of writing */
    return parsed.verb->tag == PEER_VERB_SERVE ? peer_serve(&config) : peer_ask(&config, &parsed);
}
