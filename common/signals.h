/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * signals.h - signals as flags and as a descriptor that can be polled. A handler sets a flag and
 * makes the descriptor readable, so a signal that comes between looking at the flag and going to
 * sleep is not lost: poll the descriptor beside the others. Blocking calls end with EINTR. One
 * set for the process; any thread may look at it.
 */
#ifndef PFG_COMMON_SIGNALS_H
#define PFG_COMMON_SIGNALS_H

#include <stdbool.h>

enum pfg_signal {
    PFG_SIGNAL_STOP = 0x01,   /* SIGINT, SIGTERM; the third SIGINT ends the process at once */
    PFG_SIGNAL_HANGUP = 0x02, /* SIGHUP */
    PFG_SIGNAL_USER1 = 0x04,
    PFG_SIGNAL_USER2 = 0x08,
    PFG_SIGNAL_ALARM = 0x10,
    PFG_SIGNAL_CHILD = 0x20,
};

/* Takes over the wanted signals, several enum pfg_signal joined. Returns 0 or a negative errno. */
int pfg_signals_open(unsigned wanted);

/* A descriptor that poll finds readable (POLLIN) while signals wait to be taken; -1 before
 * pfg_signals_open. Do not read it. */
int pfg_signals_fd(void);

/* Whether a stop was asked for. Cheap, and stays true after pfg_signals_take. */
bool pfg_signals_stop(void);

/* The signals that came since the last call, joined; 0 where none did. */
unsigned pfg_signals_take(void);

/* As if the signals had come: for a tool that ends itself, and for tests. */
void pfg_signals_raise(unsigned signals);

/* Gives the signals back to what they did before, and closes the descriptor. */
void pfg_signals_close(void);

#endif
