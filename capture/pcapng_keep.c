/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng_keep.c - what pcapng files say beside interfaces and packets, and what comes along when
 * they are copied: names of addresses, secrets of decryption, custom blocks, comments of sections.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/pcapng.h"
#include "common/log.h"
#include "proto/describe.h"

/* Bytes that are kept of blocks; and of those that are compared with what is kept already: blocks
 * of files that follow each other, and comments. */
#define BLOCKS_MAX   ((size_t)16 * 1024 * 1024)
#define COMPARED_MAX ((size_t)1024 * 1024)

static bool make_room(struct capture_kept *kept, size_t size, size_t most)
{
    size_t room = kept->room == 0 ? 4096 : kept->room;
    uint8_t *bytes;

    if (kept->size > most || size > most - kept->size)
        return false;
    while (room - kept->size < size)
        room *= 2;
    if (room == kept->room)
        return true;
    bytes = realloc(kept->bytes, room);
    if (bytes == NULL)
        return false;
    kept->bytes = bytes;
    kept->room = room;
    return true;
}

/* There is room. */
static void keep(struct capture_kept *kept, const void *bytes, size_t size)
{
    memcpy(kept->bytes + kept->size, bytes, size);
    kept->size += size;
}

/* Whether this very block is kept already. */
static bool has_block(const struct capture_kept *kept, const uint8_t *block, uint32_t size)
{
    size_t at;
    uint32_t other;

    for (at = 0; at < kept->size; at += other) {
        other = pcapng_get32(kept->bytes + at + 4, false);
        if (other == size && memcmp(kept->bytes + at, block, size) == 0)
            return true;
    }
    return false;
}

bool pcapng_is_kept(uint32_t type)
{
    return type == PCAPNG_NAMES || type == PCAPNG_SECRETS || type == PCAPNG_CUSTOM;
}

void pcapng_keep_block(struct capture_interfaces *interfaces, const uint8_t *block, uint32_t size,
                       bool swapped, bool again)
{
    struct capture_kept *kept = &interfaces->blocks;

    /* What is in them has a byte order too, which custom blocks tell nobody. */
    if (swapped || !make_room(kept, size, again ? COMPARED_MAX : BLOCKS_MAX))
        interfaces->left_out++;
    else if (!again || !has_block(kept, block, size))
        keep(kept, block, size);
}

static bool has_comment(const struct capture_kept *kept, const uint8_t *text, uint32_t size)
{
    struct pcapng_options options = { kept->bytes, kept->bytes + kept->size, false };
    const uint8_t *other;
    uint32_t length;
    unsigned code;

    while (kept->size > 0 && (other = pcapng_next_option(&options, &code, &length)) != NULL) {
        if (length == size && memcmp(other, text, size) == 0)
            return true;
    }
    return false;
}

static void keep_comment(struct capture_interfaces *interfaces, const uint8_t *text, uint32_t size)
{
    struct capture_kept *kept = &interfaces->comments;
    const uint16_t header[2] = { PCAPNG_COMMENT, (uint16_t)size };
    static const uint8_t zero[4];

    if (!make_room(kept, sizeof header + size + sizeof zero, COMPARED_MAX)) {
        interfaces->left_out++;
        return;
    }
    if (has_comment(kept, text, size))
        return;
    keep(kept, header, sizeof header);
    keep(kept, text, size);
    keep(kept, zero, (4 - size % 4) % 4);
}

/* A capture may say which definition of the protocols wrote it; another one reads it otherwise. */
static void check_definition(const char *file, const uint8_t *text, uint32_t size)
{
    static bool told;
    char ours[64];

    snprintf(ours, sizeof ours, "pfg %s", pfg_describe_hash());
    if (told || (size == strlen(ours) && memcmp(text, ours, size) == 0))
        return;
    pfg_note("%s was written with another definition of the protocols (%.*s; this is %s)", file,
             (int)size, (const char *)text, ours);
    told = true;
}

void pcapng_keep_comments(struct capture_interfaces *interfaces, const char *file,
                          const uint8_t *body, uint32_t size, bool swapped)
{
    static const char mark[] = "pfg definition";
    struct pcapng_options options = { body + PCAPNG_SECTION_FIXED, body + size, swapped };
    const uint8_t *option;
    uint32_t length;
    unsigned code;

    if (size < PCAPNG_SECTION_FIXED)
        return;
    while ((option = pcapng_next_option(&options, &code, &length)) != NULL) {
        if (code != PCAPNG_COMMENT)
            continue;
        if (length >= sizeof mark && memcmp(option, mark, sizeof mark - 1) == 0)
            check_definition(file, option, length);
        else
            keep_comment(interfaces, option, length);
    }
}

void capture_kept_free(struct capture_kept *kept)
{
    free(kept->bytes);
}
