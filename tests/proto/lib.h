/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lib.h - what the tests of proto/ share: bytes as hex, messages as words and as JSON. Each
 * function gives a text in its own buffer, valid until its next call.
 */
#ifndef PFG_TESTS_PROTO_LIB_H
#define PFG_TESTS_PROTO_LIB_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "proto/decode.h"
#include "proto/encode.h"
#include "proto/layers.h"
#include "proto/render.h"
#include "tests/harness.h"

enum { LIB_BYTES = 1 << 17, LIB_TEXT = 1 << 20, LIB_SETS = 64 };

/* Compares texts, and shows both where they differ. */
static inline void same_text(const char *what, const char *found, const char *expected)
{
    bool same = strcmp(found, expected) == 0;
    if (!same)
        printf("\n  %s\n    found    %s\n    expected %s\n", what, found, expected);
    CU_ASSERT(same);
}

static inline void same_number(const char *what, uint64_t found, uint64_t expected)
{
    if (found != expected)
        printf("\n  %s: found %llu (0x%llx), expected %llu\n", what, (unsigned long long)found,
               (unsigned long long)found, (unsigned long long)expected);
    CU_ASSERT(found == expected);
}

/* Hex digits, blanks ignored, to bytes; returns how many. */
static inline uint32_t unhex(const char *hex, uint8_t *bytes)
{
    uint32_t digits = 0;
    for (; *hex; hex++) {
        const char *at = strchr("0123456789abcdef", *hex);
        if (*hex == ' ' || *hex == '\n' || !at)
            continue;
        unsigned value = (unsigned)(at - "0123456789abcdef");
        bytes[digits / 2] = (uint8_t)(digits % 2 ? bytes[digits / 2] | value : value << 4);
        digits++;
    }
    return digits / 2;
}

static inline void put_hex_text(char *text, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        snprintf(text + 2 * (size_t)i, 3, "%02x", bytes[i]);
    text[2 * (size_t)size] = 0;
}

static inline const char *hex_of(const uint8_t *bytes, uint32_t size)
{
    static char text[2 * LIB_BYTES + 1];
    put_hex_text(text, bytes, size);
    return text;
}

/* hex without its blanks. */
static inline const char *plain_hex(const char *hex)
{
    static uint8_t bytes[LIB_BYTES];
    static char text[2 * LIB_BYTES + 1];
    put_hex_text(text, bytes, unhex(hex, bytes));
    return text;
}

static inline const struct pfg_proto *proto_called(const char *name)
{
    const struct pfg_proto *proto = pfg_proto_find(name, strlen(name));
    if (!proto) {
        printf("there is no protocol %s: %s\n", name, pfg_registry_fault());
        exit(1);
    }
    return proto;
}

static inline struct pfg_decode *lib_decode(void)
{
    static struct pfg_decode decode;
    if (!decode.values && (pfg_registry_init() < 0 || pfg_decode_init(&decode) < 0)) {
        printf("%s\n", pfg_registry_fault());
        exit(1);
    }
    return &decode;
}

/* An emptied buffer for text. */
static inline struct pfg_out *lib_out(void)
{
    static struct pfg_out out;
    if (!out.start && pfg_out_init(&out, LIB_TEXT, NULL, NULL) < 0)
        exit(1);
    out.at = out.start;
    return &out;
}

static inline const char *out_text(struct pfg_out *out)
{
    *pfg_out_room(out, 1) = 0;
    return out->start;
}

static inline const char *problems_text(uint32_t problems)
{
    static char text[512];
    text[0] = 0;
    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        if (!(problems & 1u << i))
            continue;
        strcat(text, text[0] ? " " : "");
        strcat(text, pfg_problem_name((enum pfg_problem)i));
    }
    return text;
}

/* A message in bytes just as large as it is, so that a sanitizer sees what reads past it. */
static inline struct pfg_pdu *decode_bytes(const char *proto, const uint8_t *bytes, uint32_t size)
{
    static uint8_t *exact;
    struct pfg_decode *decode = lib_decode();
    free(exact);
    exact = malloc(size ? size : 1);
    memcpy(exact, bytes, size);
    pfg_decode_reset(decode);
    return pfg_decode_message(decode, proto_called(proto), exact, size, size, 0);
}

static inline struct pfg_pdu *decode_hex(const char *proto, const char *hex)
{
    static uint8_t bytes[LIB_BYTES];
    lib_decode();
    return decode_bytes(proto, bytes, unhex(hex, bytes));
}

/* A message's JSON object. */
static inline const char *json_of(const char *proto, const char *hex)
{
    struct pfg_pdu *pdu = decode_hex(proto, hex);
    struct pfg_out *out = lib_out();
    pfg_json_pdu(out, lib_decode(), pdu);
    return out_text(out);
}

static inline const char *problems_of(const char *proto, const char *hex)
{
    return problems_text(decode_hex(proto, hex)->problems);
}

/* "name=value; name=value" to settings; returns how many. The text is cut up. */
static inline size_t split_words(char *words, struct pfg_set *sets)
{
    size_t count = 0;
    while (*words && count < LIB_SETS) {
        char *end = strstr(words, "; "), *next = end ? end + 2 : words + strlen(words);
        if (end)
            *end = 0;
        char *equals = strchr(words, '=');
        if (!equals)
            break;
        memset(&sets[count], 0, sizeof sets[count]);
        sets[count].name = words;
        sets[count].name_size = (uint32_t)(equals - words);
        sets[count].how = PFG_SET_TEXT;
        sets[count].text = equals + 1;
        sets[count++].size = (uint32_t)strlen(equals + 1);
        words = next;
    }
    return count;
}

/* A message of words as bytes; returns its size, or -1 with the fault. */
static inline int64_t encode_into(uint8_t *bytes, uint32_t room, const char *proto,
                                  const char *words, struct pfg_fault *fault)
{
    static char copy[LIB_BYTES];
    struct pfg_set sets[LIB_SETS];
    struct pfg_writer writer = { bytes, 0, room, false };
    lib_decode();
    snprintf(copy, sizeof copy, "%s", words);
    size_t count = split_words(copy, sets);
    if (pfg_encode_message(proto_called(proto), sets, count, NULL, 0, &writer, fault) < 0)
        return -1;
    return writer.size;
}

/* A message of words as hex, or "! " and why not. */
static inline const char *encode_of(const char *proto, const char *words)
{
    static uint8_t bytes[LIB_BYTES];
    static char why[300];
    struct pfg_fault fault;
    int64_t size = encode_into(bytes, sizeof bytes, proto, words, &fault);
    if (size >= 0)
        return hex_of(bytes, (uint32_t)size);
    snprintf(why, sizeof why, "! %s", fault.text);
    return why;
}

/* One message both ways: its words give the bytes, the bytes give the JSON. */
struct both_ways {
    const char *words, *hex, *json;
};
static inline void check_both(const char *proto, const struct both_ways *cases, size_t count)
{
    static char hex[2 * LIB_BYTES + 1];
    for (size_t i = 0; i < count; i++) {
        const char *plain = plain_hex(cases[i].hex);
        size_t size = strlen(plain);
        CU_ASSERT_FATAL(size < sizeof hex);
        memcpy(hex, plain, size + 1);
        if (cases[i].words)
            same_text(cases[i].words, encode_of(proto, cases[i].words), hex);
        if (cases[i].json)
            same_text(cases[i].hex, json_of(proto, hex), cases[i].json);
    }
}
#define CHECK_BOTH(proto, cases) check_both(proto, cases, sizeof(cases) / sizeof *(cases))

#endif
