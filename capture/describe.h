/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.h - pfgcap --describe: prints the definition instead of capturing. */
#ifndef PFG_CAPTURE_DESCRIBE_H
#define PFG_CAPTURE_DESCRIBE_H

#include "capture/options.h"

/* Returns the status to exit with. */
int capture_describe(const struct capture_config *config, const struct pfg_parsed *parsed);

#endif
