/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * number.h - numbers as people write them, with units. Each function reads the whole text and
 * returns 0, -EINVAL where it is no such number, or -ERANGE where it does not fit. Fractions are
 * exact: 1.5M is 1500000, and what is left of a fraction below one is an error.
 */
#ifndef PFG_COMMON_NUMBER_H
#define PFG_COMMON_NUMBER_H

#include <stdint.h>

/* 12, 0x1f, 10k, 1.5M, 2G, 1T (powers of 1000). */
int pfg_number_read(const char *text, uint64_t *value);
/* Bytes: 12, 64k, 1M, 1MiB (powers of 1024), 1kB, 1MB (powers of 1000), 12B. */
int pfg_size_read(const char *text, uint64_t *bytes);
/* Nanoseconds: 10ns, 5us, 1.5ms, 2s, 3m or 3min, 1h, 1d; a bare number is seconds. */
int pfg_duration_read(const char *text, uint64_t *duration_ns);
/* A finite number; 50% is 0.5. */
int pfg_double_read(const char *text, double *value);

#endif
