/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * message.h - one random valid message: as settings for the encoder, as words for pfgsend craft,
 * and as what decoders must find. values.c makes the values of single rows, generate.c walks
 * tables.
 */
#ifndef PFG_TESTS_DEFINITION_MESSAGE_H
#define PFG_TESTS_DEFINITION_MESSAGE_H

#include "proto/encode.h"
#include "proto/out.h"
#include "tests/definition/random.h"

enum { MESSAGE_SETS = 60, MESSAGE_STORE = 1 << 16, MESSAGE_NAME = 160 };

struct message {
    const struct pfg_proto *proto;
    struct random_source *random;
    struct pfg_set sets[MESSAGE_SETS]; /* typed, where a type is better than text */
    size_t count;
    char store[MESSAGE_STORE]; /* what the settings point to */
    size_t stored;
    struct pfg_out words;  /* " name=value" of each setting */
    struct pfg_out values; /* ["filter name","value"],... */
    int chosen; /* row of the names of the field that chooses the top body; -1: another */
    bool reply, error;
};

/* Bytes that texts and bytes may have. */
struct extent {
    uint32_t least, most;
};

/* Each sets the field called name; and the value that it chose, where the caller needs it. */
void message_uint(struct message *m, const char *name, const struct pfg_field *field, uint64_t u);
uint64_t message_random_uint(struct message *m, const struct pfg_field *field);
void message_flags(struct message *m, const char *name, const struct pfg_field *field, uint64_t u);
void message_address(struct message *m, const char *name, const struct pfg_field *field);
void message_bytes(struct message *m, const char *name, const struct pfg_field *field,
                   struct extent extent);
void message_name(struct message *m, const char *name, const struct pfg_field *field);
void message_rdata(struct message *m, const char *name, const struct pfg_field *field,
                   uint64_t type);
/* The format and its values. */
void message_packed(struct message *m, const char *format_name, const struct pfg_field *format,
                    const char *name, const struct pfg_field *field);
/* What a decoder must find. */
void message_expect(struct message *m, const char *path, const char *ending, const char *value,
                    size_t size);

#endif
