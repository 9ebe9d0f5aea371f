/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/random.h"

#include <sys/random.h>

uint32_t pfg_random32(void)
{
    uint32_t number;

    /* Requests of at most 256 bytes are neither interrupted nor cut (getrandom(2)). */
    while (getrandom(&number, sizeof number, 0) != sizeof number)
        continue;
    return number;
}

uint32_t pfg_random_between(uint32_t first, uint32_t last)
{
    return first + pfg_random32() % (last - first + 1);
}
