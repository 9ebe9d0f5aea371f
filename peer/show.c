/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/show.h"

#include <unistd.h>

#include "proto/render.h"

enum { ROOM_BYTES = 65536 };

int peer_show_init(struct peer_show *show, enum peer_form form)
{
    show->fd = STDOUT_FILENO;
    show->form = form;
    return pfg_out_init(&show->out, ROOM_BYTES, pfg_out_to_fd, &show->fd);
}

void peer_show_free(struct peer_show *show)
{
    peer_show_flush(show);
    pfg_out_free(&show->out);
}

void peer_show_message(void *user, const char *whom, const struct pfg_decode *decode,
                       const struct pfg_pdu *pdu)
{
    struct peer_show *show = user;
    struct pfg_out *out = &show->out;

    switch (show->form) {
    case PEER_FORM_JSON:
        pfg_json_packet(out, decode);
        return;
    case PEER_FORM_LINE:
        pfg_out_string(out, whom);
        pfg_out_char(out, ' ');
        pfg_line_pdu(out, decode, pdu);
        pfg_out_char(out, '\n');
        return;
    case PEER_FORM_TREE:
        pfg_out_string(out, whom);
        pfg_out_char(out, '\n');
        pfg_tree_pdu(out, decode, pdu, 1);
        return;
    }
}

int peer_show_flush(struct peer_show *show)
{
    return pfg_out_flush(&show->out);
}
