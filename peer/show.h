/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * show.h - messages on the standard output, as they pass: a line each, or a JSON object each.
 */
#ifndef PFG_PEER_SHOW_H
#define PFG_PEER_SHOW_H

#include "peer/config.h"
#include "proto/decode.h"
#include "proto/out.h"

struct peer_show {
    struct pfg_out out;
    int fd;
    enum peer_form form;
};

/* Returns 0 or -ENOMEM. */
int peer_show_init(struct peer_show *show, enum peer_form form);
void peer_show_free(struct peer_show *show);

/* Shows one message that went to or came from whom. user is a struct peer_show; the signature is
 * that of peer_talk.show. */
void peer_show_message(void *user, const char *whom, const struct pfg_decode *decode,
                       const struct pfg_pdu *pdu);

/* Writes out what was shown. Returns 0 or a negative errno. */
int peer_show_flush(struct peer_show *show);

#endif
