/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pairing.h - whether a message answers a request, by what the tables say: the reply's mark and
 * the fields that pair them.
 */
#ifndef PFG_RAWSOCK_PAIRING_H
#define PFG_RAWSOCK_PAIRING_H

#include "proto/decode.h"

/*
 * NULL where the reply answers the request. Otherwise the field that differs, or, where the
 * message is no reply at all, the field that would say so. Letters of names are compared without
 * case (RFC 4343). Both pdus are of the same protocol.
 */
const struct pfg_field *pfg_pairing_fault(const struct pfg_decode *request_values,
                                          const struct pfg_pdu *request,
                                          const struct pfg_decode *reply_values,
                                          const struct pfg_pdu *reply);

#endif
