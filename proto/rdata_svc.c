/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Service parameters of SVCB and HTTPS records from text (RFC 9460, 2.1 and appendix A). */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "proto/cursor.h"
#include "proto/rdata.h"

/* A decimal number up to 65535; -1: none. */
static int64_t number(const char *text, size_t size)
{
    int64_t value = 0;
    if (size == 0 || size > 5)
        return -1;
    for (size_t i = 0; i < size; i++) {
        if (!isdigit((unsigned char)text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value > 65535 ? -1 : value;
}

/* A key by its name or as keyNNNNN. */
static int64_t key_of(const struct pfg_field *params, const char *text, size_t size)
{
    uint64_t value;
    if (pfg_name_value(params->names, text, size, &value))
        return (int64_t)value;
    size_t word = strlen(params->row->other);
    if (size <= word || strncasecmp(text, params->row->other, word) != 0)
        return -1;
    return number(text + word, size - word);
}

/* Alpn's list: commas between, a comma or backslash in an item behind a backslash. */
static int put_alpn(const char *value, size_t size, struct pfg_writer *w)
{
    for (size_t i = 0; i < size; i++) {
        uint32_t start = w->size, length = 0;
        pfg_writer_take(w, 1);
        for (; i < size && value[i] != ','; i++, length++) {
            if (value[i] == '\\' && ++i == size)
                return -1;
            pfg_writer_bytes(w, value + i, 1);
        }
        if (length == 0 || length > 255 || (i + 1 == size && value[i] == ','))
            return -1;
        if (!w->overflow)
            w->bytes[start] = (uint8_t)length;
    }
    return 0;
}

/* One item of a list. */
static int put_item(const struct pfg_field *params, int64_t key, const char *item, size_t size,
                    struct pfg_writer *w)
{
    char copy[64];
    uint8_t address[16];
    int64_t value;

    switch (key) {
    case PFG_SVC_MANDATORY:
    case PFG_SVC_PORT:
        value = key == PFG_SVC_PORT ? number(item, size) : key_of(params, item, size);
        pfg_writer_be(w, (uint64_t)value, 2);
        return value < 0 ? -1 : 0;
    default:
        if (size >= sizeof copy)
            return -1;
        memcpy(copy, item, size);
        copy[size] = 0;
        if (inet_pton(key == PFG_SVC_IPV4HINT ? AF_INET : AF_INET6, copy, address) != 1)
            return -1;
        pfg_writer_bytes(w, address, key == PFG_SVC_IPV4HINT ? 4 : 16);
        return 0;
    }
}

static int put_list(const struct pfg_field *params, int64_t key, const char *value, size_t size,
                    struct pfg_writer *w)
{
    const char *end = value + size;
    for (;;) {
        const char *comma = memchr(value, ',', (size_t)(end - value));
        const char *item_end = comma && key != PFG_SVC_PORT ? comma : end;
        if (put_item(params, key, value, (size_t)(item_end - value), w) < 0)
            return -1;
        if (item_end == end)
            return 0;
        value = item_end + 1;
    }
}

int pfg_svc_parse(const struct pfg_field *params, const char *name, size_t name_size,
                  const char *value, size_t size, struct pfg_writer *w)
{
    int64_t key = key_of(params, name, name_size);
    uint32_t length;
    int r = 0;

    if (key < 0)
        return -1;
    pfg_writer_be(w, (uint64_t)key, 2);
    length = w->size;
    pfg_writer_take(w, 2);
    if (key == PFG_SVC_ALPN)
        r = put_alpn(value, size, w);
    else if (size && (key == PFG_SVC_MANDATORY || key == PFG_SVC_PORT || key == PFG_SVC_IPV4HINT ||
                      key == PFG_SVC_IPV6HINT))
        r = put_list(params, key, value, size, w);
    else if (size && key == PFG_SVC_ECH)
        r = pfg_rdata_base64(value, size, w);
    else
        pfg_writer_bytes(w, value, (uint32_t)size);
    if (r < 0 || (w->size - length - 2) >> 16)
        return -1;
    if (!w->overflow)
        pfg_put_be(w->bytes + length, w->size - length - 2, 2);
    return 0;
}
