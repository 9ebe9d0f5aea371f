/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger.c - the figures, and how they are told. */
#include "capture/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "capture/source.h"
#include "common/log.h"

void capture_wrapped_read(struct capture_wrapped *counter, uint32_t now)
{
    counter->total += (uint32_t)(now - counter->last);
    counter->last = now;
}

static void print_interface(const struct capture_interface *interface)
{
    const struct capture_counts *counts = &interface->counts;
    uint64_t accounted = counts->kept + counts->dropped_kernel;
    uint64_t aside = counts->received > accounted ? counts->received - accounted : 0;

    pfg_note("interface %s: %" PRIu64 " received by the filter, %" PRIu64 " kept, %" PRIu64
             " dropped by the kernel, %" PRIu64
             " set aside (the other direction, or not yet fetched), %" PRIu64
             " dropped by the interface",
             interface->name, counts->received, counts->kept, counts->dropped_kernel, aside,
             counts->dropped_interface);
}

void capture_ledger_print(const struct capture_ledger *ledger,
                          const struct capture_interfaces *interfaces, bool live)
{
    uint32_t i;

    for (i = 0; live && i < interfaces->count; i++)
        print_interface(interfaces->list[i]);
    pfg_note("%" PRIu64 " packets: %" PRIu64 " filtered out, %" PRIu64 " shown, %" PRIu64
             " written, %" PRIu64 " lost in writing, %" PRIu64 " left at the end",
             ledger->read, ledger->filtered, ledger->shown, ledger->written, ledger->lost,
             ledger->left);
}
