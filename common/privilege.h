/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * privilege.h - rights a tool needs for a moment at its start, and how it gives them up.
 * Capabilities are the CAP_ numbers of <linux/capability.h>.
 */
#ifndef PFG_COMMON_PRIVILEGE_H
#define PFG_COMMON_PRIVILEGE_H

#include <linux/capability.h>
#include <stdbool.h>
#include <stddef.h>

/* Whether this process has the capability now (effective). */
bool pfg_privilege_have(int capability);

/* What to do when it is missing, for the end of a message: "run as root, or: sudo setcap
 * cap_net_raw+ep /usr/bin/pfgcap". Returns text, which has room bytes. */
const char *pfg_privilege_advice(int capability, char *text, size_t room);

/* Gives up every capability for good, here and in programs started later; sets no_new_privs.
 * Where keep_uid is false and root came by sudo, the process also becomes the user who called
 * sudo (SUDO_UID, SUDO_GID); with keep_uid the files of root stay writable. Call once all that
 * needs rights is open, and before other threads start. Returns 0 or a negative errno; after an
 * error do not go on. */
int pfg_privilege_drop_all(bool keep_uid);

#endif
