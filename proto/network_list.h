/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network_list.h - the protocols that network.h defines; for the registry alone. */
#ifndef PFG_PROTO_NETWORK_LIST_H
#define PFG_PROTO_NETWORK_LIST_H

#include "proto/row.h"

extern const struct pfg_protocol *const pfg_network_protocols[];
extern const size_t pfg_network_count;

#endif
