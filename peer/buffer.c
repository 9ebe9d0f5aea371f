/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "peer/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
    FIRST_ROOM_BYTES = 4096,
    KEPT_ROOM_BYTES = 65536, /* an empty buffer larger than this is given back */
};

/* The room to have when need bytes must fit: doubled from the present one. */
static size_t wanted_room(size_t room, size_t need)
{
    if (room == 0)
        room = FIRST_ROOM_BYTES;
    while (room < need)
        room = room > SIZE_MAX / 2 ? need : room * 2;
    return room;
}

uint8_t *peer_buffer_room(struct peer_buffer *buffer, size_t size)
{
    size_t waiting = peer_buffer_size(buffer);
    size_t room;
    uint8_t *bytes;

    if (buffer->bytes != NULL && size <= buffer->room - buffer->end)
        return buffer->bytes + buffer->end;
    if (buffer->bytes != NULL && buffer->start > 0) {
        memmove(buffer->bytes, buffer->bytes + buffer->start, waiting);
        buffer->start = 0;
        buffer->end = waiting;
    }
    if (buffer->bytes != NULL && size <= buffer->room - buffer->end)
        return buffer->bytes + buffer->end;
    if (size > SIZE_MAX - waiting)
        return NULL;
    room = wanted_room(buffer->room, waiting + size);
    bytes = realloc(buffer->bytes, room);
    if (bytes == NULL)
        return NULL;
    buffer->bytes = bytes;
    buffer->room = room;
    return bytes + waiting;
}

void peer_buffer_added(struct peer_buffer *buffer, size_t size)
{
    buffer->end += size;
}

int peer_buffer_append(struct peer_buffer *buffer, const uint8_t *bytes, size_t size)
{
    uint8_t *room;

    if (size == 0)
        return 0;
    room = peer_buffer_room(buffer, size);
    if (room == NULL)
        return -ENOMEM;
    memcpy(room, bytes, size);
    peer_buffer_added(buffer, size);
    return 0;
}

void peer_buffer_take(struct peer_buffer *buffer, size_t size)
{
    if (size < peer_buffer_size(buffer)) {
        buffer->start += size;
        return;
    }
    buffer->start = 0;
    buffer->end = 0;
    if (buffer->room > KEPT_ROOM_BYTES)
        peer_buffer_free(buffer);
}

void peer_buffer_free(struct peer_buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct peer_buffer){ 0 };
}
