/* SPDX-License-Identifier: GPL-2.0-or-later */
/* craft.h - inside the verb craft: what its two files share. */
#ifndef PFG_RAWSOCK_CRAFT_H
#define PFG_RAWSOCK_CRAFT_H

#include "common/clock.h"
#include "rawsock/verb.h"

/* How long a neighbour's Ethernet address is waited for. */
#define PFG_CRAFT_NEIGHBOUR_NS (3 * PFG_NS_PER_S)

/* Sends or writes the packets of config->script. Returns the status to exit with. */
int pfg_craft_script(const struct pfg_config *config, int show_on);

#endif
