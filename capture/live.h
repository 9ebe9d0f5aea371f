/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live.h - the inside of live capture: live_open.c opens interfaces, source_live.c reads them. */
#ifndef PFG_CAPTURE_LIVE_H
#define PFG_CAPTURE_LIVE_H

#include <pcap/pcap.h>

#include "capture/source.h"

/* The kernel hands packets over after this time at the latest, in ms, even where its block is not
 * full: sooner where somebody watches. */
enum { CAPTURE_PROMPT_MS = 10, CAPTURE_HAND_OVER_MS = 100 };
static inline int capture_live_hand_over_ms(const struct capture_live_options *options)
{
    return options->prompt ? CAPTURE_PROMPT_MS : CAPTURE_HAND_OVER_MS;
}

/* An interface that is captured on, without blocking; NULL with error. Of the first packets more
 * may come than the snap length: the caller cuts them. */
pcap_t *capture_live_activate(const char *name, const struct capture_live_options *options,
                              char *error, size_t room);
/* What is known of it. */
void capture_live_describe(struct capture_interface *interface, const char *name, pcap_t *pcap,
                           const struct capture_live_options *options);

#endif
