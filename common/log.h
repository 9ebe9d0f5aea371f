/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * log.h - what a tool says on the standard error output. A message is one line, written by one
 * system call: "pfgcap: what failed: why; what to do". Line ends and control characters inside a
 * message are shown as spaces and question marks, since names in it come from outside.
 */
#ifndef PFG_COMMON_LOG_H
#define PFG_COMMON_LOG_H

#include <stdbool.h>

/* How much is said. */
enum pfg_verbosity {
    PFG_QUIET = -1, /* failures alone */
    PFG_NORMAL = 0, /* warnings and notes too */
    PFG_VERBOSE = 1,
    PFG_DEBUG = 2,
};

/* The name before each message; borrowed. Call once, first: it also keeps standard descriptors that
 * are closed from being taken by files. */
void pfg_log_name(const char *name);
const char *pfg_log_get_name(void);
void pfg_log_verbosity(int verbosity); /* more than PFG_DEBUG is PFG_DEBUG */
bool pfg_log_shows(int verbosity);     /* for messages that are costly to make */

/* A failure, always said: "what failed: why; what to do". Returns 1, the status to exit with, so
 * that a failing function can end with: return pfg_fail("..."). */
int pfg_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A failure whose why is an errno value, positive or negative, and what to do about it, NULL where
 * nothing is known: pfg_fail_errno(errno, "see ip link", "interface %s", name). Returns 1. */
int pfg_fail_errno(int error, const char *what_to_do, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void pfg_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));  /* normal */
void pfg_note(const char *format, ...) __attribute__((format(printf, 1, 2)));  /* normal */
void pfg_info(const char *format, ...) __attribute__((format(printf, 1, 2)));  /* verbose */
void pfg_debug(const char *format, ...) __attribute__((format(printf, 1, 2))); /* debug */

#endif
