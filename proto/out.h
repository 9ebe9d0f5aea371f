/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * out.h - text on its way out: a large buffer that is handed to a function when it is full.
 * The fast path is a bounds check and a copy. Errors stick: after one, everything is dropped.
 */
#ifndef PFG_PROTO_OUT_H
#define PFG_PROTO_OUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "proto/put.h"

struct pfg_out {
    char *at, *end, *start;
    /* Takes size bytes; returns 0, or a negative errno, which sticks in error. NULL: the buffer
     * grows instead, and start..at is the text. */
    int (*flush)(void *user, const char *bytes, size_t size);
    void *user;
    int error;
    uint32_t made; /* how often room was made: what stood in the buffer is elsewhere since */
};

/* A buffer of room bytes (at least 4096) that goes to flush; flush NULL: in memory, growing.
 * Returns 0 or -ENOMEM. */
int pfg_out_init(struct pfg_out *out, size_t room, int (*flush)(void *, const char *, size_t),
                 void *user);
void pfg_out_free(struct pfg_out *out);
/* A flush function that writes to the file descriptor behind user (an int *). */
int pfg_out_to_fd(void *user, const char *bytes, size_t size);
/* Hands over what is there. Returns 0 or the error that stuck. */
int pfg_out_flush(struct pfg_out *out);
/* Makes room for size bytes (size <= 4096 always can be had). Returns where to write. */
char *pfg_out_make_room(struct pfg_out *out, size_t size) __attribute__((cold));

static inline char *pfg_out_room(struct pfg_out *out, size_t size)
{
    return size <= (size_t)(out->end - out->at) ? out->at : pfg_out_make_room(out, size);
}
void pfg_out_long(struct pfg_out *out, const char *bytes, size_t size) __attribute__((cold));
static inline void pfg_out_bytes(struct pfg_out *out, const char *bytes, size_t size)
{
    if (size > (size_t)(out->end - out->at)) {
        pfg_out_long(out, bytes, size);
        return;
    }
    memcpy(out->at, bytes, size);
    out->at += size;
}
static inline void pfg_out_char(struct pfg_out *out, char c)
{
    *pfg_out_room(out, 1) = c;
    out->at++;
}
static inline void pfg_out_string(struct pfg_out *out, const char *text)
{
    pfg_out_bytes(out, text, strlen(text));
}
static inline void pfg_out_uint(struct pfg_out *out, uint64_t value)
{
    out->at = pfg_put_uint(pfg_out_room(out, PFG_PUT_ROOM), value);
}
void pfg_out_int(struct pfg_out *out, int64_t value);
void pfg_out_hex_uint(struct pfg_out *out, uint64_t value, unsigned digits); /* no 0x */
void pfg_out_digits(struct pfg_out *out, uint64_t value, unsigned digits);   /* with zeros */
void pfg_out_hex(struct pfg_out *out, const uint8_t *bytes, size_t size);
void pfg_out_base64(struct pfg_out *out, const uint8_t *bytes, size_t size);
void pfg_out_base32hex(struct pfg_out *out, const uint8_t *bytes, size_t size);
void pfg_out_ipv4(struct pfg_out *out, uint32_t address);          /* first byte highest */
void pfg_out_ipv6(struct pfg_out *out, const uint8_t address[16]); /* RFC 5952 */
/* family: 4 or 6, of which the address has the bytes. */
void pfg_out_address(struct pfg_out *out, unsigned family, const uint8_t *address);
void pfg_out_mac(struct pfg_out *out, const uint8_t address[6]);
void pfg_out_double(struct pfg_out *out, double value); /* shortest form that reads back */
/* RFC 3339 in UTC with nine decimals, from ns since 1970. */
void pfg_out_time(struct pfg_out *out, uint64_t time_ns);
/* The inside of a JSON string: escaped; bytes that are not UTF-8 become U+FFFD. */
void pfg_out_json(struct pfg_out *out, const char *bytes, size_t size);
/* Text for people: control characters, quotes and backslashes escaped as in C, and byte by byte
 * what pfg_command_size tells of, which in JSON stands as \u and its number. */
void pfg_out_escaped(struct pfg_out *out, const char *bytes, size_t size);

/* Bytes before the first one that pfg_out_escaped and pfg_out_json write in another way. */
size_t pfg_plain_size(const uint8_t *bytes, size_t size);
/* Bytes of the character beyond ASCII at bytes if a terminal may take it for a command, or for one
 * to turn or break the line around it (C1, U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to
 * U+206F); 0 if it is none of these. */
unsigned pfg_command_size(const uint8_t *bytes, size_t size);
/* Whether the bytes are UTF-8 (RFC 3629: no surrogates, nothing over-long). */
int pfg_utf8_valid(const uint8_t *bytes, size_t size);

#endif
