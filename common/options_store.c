/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_store.c - from the text of a value to the member of the config that holds it. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "common/number.h"
#include "common/options_rows.h"

/* Stores the low size bytes. Returns whether the value fits an unsigned integer of that size. */
static bool store_integer(void *member, size_t size, uint64_t value)
{
    uint8_t value8 = (uint8_t)value;
    uint16_t value16 = (uint16_t)value;
    uint32_t value32 = (uint32_t)value;

    switch (size) {
    case sizeof(value8):
        memcpy(member, &value8, sizeof(value8));
        return value8 == value;
    case sizeof(value16):
        memcpy(member, &value16, sizeof(value16));
        return value16 == value;
    case sizeof(value32):
        memcpy(member, &value32, sizeof(value32));
        return value32 == value;
    case sizeof(value):
        memcpy(member, &value, sizeof(value));
        return true;
    }
    return false;
}

static uint64_t load_integer(const void *member, size_t size)
{
    uint64_t value = 0;
    uint8_t value8;
    uint16_t value16;
    uint32_t value32;

    if (size == sizeof(value8)) {
        memcpy(&value8, member, sizeof(value8));
        value = value8;
    } else if (size == sizeof(value16)) {
        memcpy(&value16, member, sizeof(value16));
        value = value16;
    } else if (size == sizeof(value32)) {
        memcpy(&value32, member, sizeof(value32));
        value = value32;
    } else {
        memcpy(&value, member, sizeof(value));
    }
    return value;
}

/* The text where a value cannot be read. */
static int unreadable(const struct pfg_option *row, int error, char *why, size_t room)
{
    const char *what = "a number";

    if (row->kind == PFG_OPT_SIZE)
        what = "a number of bytes, such as 512, 64k or 1M";
    else if (row->kind == PFG_OPT_DURATION)
        what = "a duration, such as 2s, 1.5ms or 100us";
    if (error == -ERANGE)
        snprintf(why, room, "is too large");
    else
        snprintf(why, room, "is not %s", what);
    return -1;
}

static int store_unsigned(const struct pfg_option *row, const char *text, void *member, char *why,
                          size_t room)
{
    uint64_t value = 0;
    int error = 0;

    if (row->kind == PFG_OPT_SIZE)
        error = pfg_size_read(text, &value);
    else if (row->kind == PFG_OPT_DURATION)
        error = pfg_duration_read(text, &value);
    else
        error = pfg_number_read(text, &value);
    if (error != 0)
        return unreadable(row, error, why, room);

    bool bounded = row->maximum != 0;

    if (value < row->minimum || (bounded && value > row->maximum)) {
        if (row->kind == PFG_OPT_DURATION)
            snprintf(why, room, "is too %s", value < row->minimum ? "short" : "long");
        else if (bounded)
            snprintf(why, room, "is not within %" PRIu64 " to %" PRIu64, row->minimum,
                     row->maximum);
        else
            snprintf(why, room, "is less than %" PRIu64, row->minimum);
        return -1;
    }
    if (!store_integer(member, row->size, value))
        return unreadable(row, -ERANGE, why, room);
    return 0;
}

static int store_double(const struct pfg_option *row, const char *text, void *member, char *why,
                        size_t room)
{
    double value = 0;
    int error = pfg_double_read(text, &value);

    if (error != 0)
        return unreadable(row, error, why, room);
    if (value < (double)row->minimum || (row->maximum != 0 && value > (double)row->maximum)) {
        snprintf(why, room, row->maximum == 0 ? "is less than %g" : "is not within %g to %g",
                 (double)row->minimum, (double)row->maximum);
        return -1;
    }
    memcpy(member, &value, sizeof(value));
    return 0;
}

/* "is none of line, tree, json". */
static void none_of(const struct pfg_choice *choices, char *why, size_t room)
{
    size_t used = (size_t)snprintf(why, room, "is none of");

    for (const char *between = " "; choices->name != NULL && used < room; choices++) {
        used += (size_t)snprintf(why + used, room - used, "%s%s", between, choices->name);
        between = ", ";
    }
}

static int store_choice(const struct pfg_option *row, const char *text, void *member, char *why,
                        size_t room)
{
    for (const struct pfg_choice *choice = row->choices; choice->name != NULL; choice++) {
        if (strcmp(choice->name, text) == 0) {
            store_integer(member, row->size, (uint64_t)choice->value);
            return 0;
        }
    }
    none_of(row->choices, why, room);
    return -1;
}

int pfg_words_add(struct pfg_words *words, const char *word)
{
    if (words->count == words->room) {
        size_t room = words->room == 0 ? 8 : 2 * words->room;
        const char **items = reallocarray(words->items, room, sizeof(*items));

        if (items == NULL)
            return -ENOMEM;
        words->items = items;
        words->room = room;
    }
    words->items[words->count++] = word;
    return 0;
}

void pfg_words_free(struct pfg_words *words)
{
    free(words->items);
    *words = (struct pfg_words){ 0 };
}

int pfg_option_store(const struct pfg_option *row, const char *value, void *config, char *why,
                     size_t room)
{
    void *member = (char *)config + row->offset;
    bool flag = row->kind == PFG_OPT_FLAG;

    switch (row->kind) {
    case PFG_OPT_FLAG:
    case PFG_OPT_CLEAR:
        memcpy(member, &flag, sizeof(flag));
        return 0;
    case PFG_OPT_COUNT:
        store_integer(member, row->size, load_integer(member, row->size) + 1);
        return 0;
    case PFG_OPT_SET:
        store_integer(member, row->size, (uint64_t)row->set);
        return 0;
    case PFG_OPT_STRING:
        memcpy(member, &value, sizeof(value));
        return 0;
    case PFG_OPT_NUMBER:
    case PFG_OPT_SIZE:
    case PFG_OPT_DURATION:
        return store_unsigned(row, value, member, why, room);
    case PFG_OPT_DOUBLE:
        return store_double(row, value, member, why, room);
    case PFG_OPT_CHOICE:
        return store_choice(row, value, member, why, room);
    case PFG_OPT_LIST:
        if (pfg_words_add(member, value) == 0)
            return 0;
        snprintf(why, room, "is one too many: out of memory");
        return -1;
    case PFG_OPT_CALL:
        return row->call(row, value, config, why, room);
    case PFG_OPT_END:
    case PFG_OPT_HEADING:
    case PFG_OPT_KIND_COUNT:
        break;
    }
    return 0;
}
