/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buffer.h - bytes that wait: appended at the end, taken from the front. The buffer owns its
 * memory, doubles it when it must, and gives it back when the last byte of a large one is taken.
 * All sizes are bytes.
 */
#ifndef PFG_PEER_BUFFER_H
#define PFG_PEER_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct peer_buffer {
    uint8_t *bytes;
    size_t start, end; /* what waits is bytes[start..end) */
    size_t room;
};

/* How many bytes wait. */
static inline size_t peer_buffer_size(const struct peer_buffer *buffer)
{
    return buffer->end - buffer->start;
}

/* The first byte that waits; NULL in a buffer that never held one. */
static inline uint8_t *peer_buffer_front(const struct peer_buffer *buffer)
{
    return buffer->bytes == NULL ? NULL : buffer->bytes + buffer->start;
}

/* Where size more bytes may be written, to be followed by peer_buffer_added. NULL: no memory. */
uint8_t *peer_buffer_room(struct peer_buffer *buffer, size_t size);
/* Says how many bytes were written into that room. */
void peer_buffer_added(struct peer_buffer *buffer, size_t size);
/* Copies bytes to the end. Returns 0 or -ENOMEM. */
int peer_buffer_append(struct peer_buffer *buffer, const uint8_t *bytes, size_t size);
/* Takes size bytes, at most all, from the front. */
void peer_buffer_take(struct peer_buffer *buffer, size_t size);
void peer_buffer_free(struct peer_buffer *buffer);

#endif
