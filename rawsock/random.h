/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * random.h - numbers that an onlooker cannot guess (getrandom(2)): identifiers, source ports,
 * initial sequence numbers.
 */
#ifndef PFG_RAWSOCK_RANDOM_H
#define PFG_RAWSOCK_RANDOM_H

#include <stdint.h>

uint32_t pfg_random32(void);
/* From first to last, both included. */
uint32_t pfg_random_between(uint32_t first, uint32_t last);

#endif
