/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcapng_options.c - walking and copying the options of pcapng blocks, in either byte order. */
#include <string.h>

#include "capture/pcapng.h"

static uint16_t get16(const uint8_t *bytes, bool swapped)
{
    uint16_t value;

    memcpy(&value, bytes, sizeof value);
    return swapped ? __builtin_bswap16(value) : value;
}

uint32_t pcapng_get32(const uint8_t *bytes, bool swapped)
{
    uint32_t value;

    memcpy(&value, bytes, sizeof value);
    return swapped ? __builtin_bswap32(value) : value;
}

uint64_t pcapng_get64(const uint8_t *bytes, bool swapped)
{
    uint64_t value;

    memcpy(&value, bytes, sizeof value);
    return swapped ? __builtin_bswap64(value) : value;
}

const uint8_t *pcapng_next_option(struct pcapng_options *options, unsigned *code, uint32_t *size)
{
    const uint8_t *option = options->at;
    size_t padded;

    if (options->end - option < PCAPNG_OPTION_HEADER)
        return NULL;
    *code = get16(option, options->swapped);
    *size = get16(option + 2, options->swapped);
    option += PCAPNG_OPTION_HEADER;
    if (*code == PCAPNG_END_OF_OPTIONS || *size > (size_t)(options->end - option))
        return NULL;
    padded = ((size_t)*size + 3) & ~(size_t)3;
    options->at = (size_t)(options->end - option) < padded ? options->end : option + padded;
    return option;
}

bool capture_packet_comment(const struct capture_packet *packet, uint32_t *at, const char **text,
                            uint32_t *size)
{
    struct pcapng_options options = { packet->options, packet->options, packet->options_swapped };
    const uint8_t *value;
    unsigned code;

    if (packet->options == NULL)
        return false;
    options.at += *at;
    options.end += packet->options_size;
    while ((value = pcapng_next_option(&options, &code, size)) != NULL) {
        *at = (uint32_t)(options.at - packet->options);
        *text = (const char *)value;
        if (code == PCAPNG_COMMENT)
            return true;
    }
    return false;
}

/* Copies a packet's option out of the other byte order. False: what is in it is not known. */
static bool copy_swapped(uint8_t *to, unsigned code, const uint8_t *value, uint32_t size)
{
    uint32_t word;
    uint64_t number;

    switch (code) {
    case PCAPNG_COMMENT:
    case PCAPNG_EPB_HASH:
    case PCAPNG_EPB_VERDICT:
        memcpy(to, value, size);
        return true;
    case PCAPNG_EPB_FLAGS:
    case PCAPNG_EPB_QUEUE:
        word = size == sizeof word ? pcapng_get32(value, true) : 0;
        memcpy(to, &word, size == sizeof word ? size : 0);
        return size == sizeof word;
    case PCAPNG_EPB_DROPPED:
    case PCAPNG_EPB_PACKET_ID:
        number = size == sizeof number ? pcapng_get64(value, true) : 0;
        memcpy(to, &number, size == sizeof number ? size : 0);
        return size == sizeof number;
    default:
        return false;
    }
}

size_t pcapng_copy_options(uint8_t *to, const struct capture_packet *packet)
{
    struct pcapng_options options = { packet->options, packet->options + packet->options_size,
                                      packet->options_swapped };
    uint8_t *at = to;
    const uint8_t *value;
    uint32_t size;
    unsigned code;

    while ((value = pcapng_next_option(&options, &code, &size)) != NULL) {
        uint16_t header[2] = { (uint16_t)code, (uint16_t)size };

        if (!options.swapped)
            memcpy(at + sizeof header, value, size);
        else if (!copy_swapped(at + sizeof header, code, value, size))
            continue;
        memcpy(at, header, sizeof header);
        memset(at + sizeof header + size, 0, (4 - size % 4) % 4);
        at += sizeof header + size + (4 - size % 4) % 4;
    }
    if (at == to)
        return 0;
    memset(at, 0, PCAPNG_OPTION_HEADER);
    return (size_t)(at - to) + PCAPNG_OPTION_HEADER;
}
