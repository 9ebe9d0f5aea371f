/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fixed.h - fixed-point numbers: integers whose lowest bits are a fraction. NTP's root delay of 32
 * bits with 16 of fraction (RFC 5905, 6: "NTP short format") is 0x00018000 for 1.5.
 */
#ifndef PFG_PROTO_FIXED_H
#define PFG_PROTO_FIXED_H

#include <stdbool.h>

#include "proto/out.h"

enum { PFG_FRACTION_BITS_MAX = 32 };

/* The number, all of it: it has as many decimals as it needs, at most fraction_bits. u is signed
 * (two's complement) where is_signed. */
void pfg_out_fixed(struct pfg_out *out, uint64_t u, bool is_signed, unsigned fraction_bits);

/* The same as a double, rounded where 53 bits are too few. */
double pfg_fixed_double(uint64_t u, bool is_signed, unsigned fraction_bits);

/* The nearest number to a decimal one ("-1.25", "3", ".5"), halves away from 0: *value, two's
 * complement where *negative. False: it is none, or does not fit 64 bits. */
bool pfg_fixed_parse(const char *text, size_t size, unsigned fraction_bits, uint64_t *value,
                     bool *negative);

#endif
