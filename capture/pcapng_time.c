/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng_time.c - the time of a block, which is in its interface's units and from its origin. */
#include "capture/pcapng.h"
#include "common/clock.h"

__extension__ typedef __int128 wide;

void pcapng_set_resolution(struct pcapng_clock *clock, uint8_t tsresol)
{
    unsigned power = tsresol & 0x7f;
    uint64_t ten = 1;
    unsigned i;

    clock->binary = (tsresol & 0x80) != 0;
    clock->shift = (uint8_t)(power > 63 ? 63 : power);
    clock->mul = clock->div = 1;
    for (i = power < 9 ? power : 9; i < (power < 9 ? 9 : power) && i < 28; i++)
        ten *= 10;
    if (power < 9)
        clock->mul = ten;
    else
        clock->div = ten;
}

bool pcapng_read_time(const struct pcapng_clock *clock, uint64_t units, uint64_t *ns)
{
    wide time = (wide)clock->offset_s * PFG_NS_PER_S;

    if (clock->binary)
        time += (wide)units * PFG_NS_PER_S >> clock->shift;
    else
        time += (wide)units * clock->mul / clock->div;
    *ns = time < 0 ? 0 : time > UINT64_MAX ? UINT64_MAX : (uint64_t)time;
    return *ns == time;
}
