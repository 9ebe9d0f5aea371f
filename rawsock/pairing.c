/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/pairing.h"

#include <strings.h>

#include "proto/render.h"

/* A value as text, ended by a zero; an absent one is empty. */
static int write_value(struct pfg_out *out, const struct pfg_decode *decode,
                       const struct pfg_pdu *pdu, const struct pfg_field *field)
{
    const struct pfg_value *value = pfg_pdu_find(decode, pdu, field);

    if (pfg_out_init(out, 4096, NULL, NULL) < 0)
        return -1;
    if (value)
        pfg_value_plain(out, pdu, value, PFG_ASPECT_VALUE);
    pfg_out_char(out, '\0');
    return 0;
}

const struct pfg_field *pfg_pairing_fault(const struct pfg_decode *request_values,
                                          const struct pfg_pdu *request,
                                          const struct pfg_decode *reply_values,
                                          const struct pfg_pdu *reply)
{
    const struct pfg_proto *proto = request->proto;

    if (!reply->is_reply && proto->reply.field)
        return proto->reply.field;
    for (uint32_t i = 0; i < proto->pair_count; i++) {
        struct pfg_out asked, answered;
        bool same;

        if (write_value(&asked, request_values, request, proto->pair[i].request) < 0)
            return proto->pair[i].request;
        if (write_value(&answered, reply_values, reply, proto->pair[i].reply) < 0) {
            pfg_out_free(&asked);
            return proto->pair[i].reply;
        }
        same = strcasecmp(asked.start, answered.start) == 0;
        pfg_out_free(&asked);
        pfg_out_free(&answered);
        if (!same)
            return proto->pair[i].reply;
    }
    return NULL;
}
