/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options_finish.c - what options say together: conditions, rings, what excludes each other. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "capture/interfaces.h"
#include "capture/options.h"
#include "common/number.h"

/* ---- Conditions: "filesize:1000" ----------------------------------------------------------- */

enum condition { NO_CONDITION, DURATION, INTERVAL, FILE_SIZE, FILES, PACKETS };

/* Reads NAME:NUMBER: ns, bytes or a number above 0. NO_CONDITION where it is none. */
static enum condition read_condition(const char *word, uint64_t *value)
{
    static const char *const names[] = { [DURATION] = "duration:",
                                         [INTERVAL] = "interval:",
                                         [FILE_SIZE] = "filesize:",
                                         [FILES] = "files:",
                                         [PACKETS] = "packets:" };
    enum condition is = DURATION;
    int error;

    while (is <= PACKETS && strncmp(word, names[is], strlen(names[is])) != 0)
        is++;
    if (is > PACKETS)
        return NO_CONDITION;
    word += strlen(names[is]);
    error = is <= INTERVAL ? pfg_duration_read(word, value) : pfg_number_read(word, value);
    if (is == FILE_SIZE && __builtin_mul_overflow(*value, 1000, value))
        return NO_CONDITION;
    if (error != 0 || *value == 0 || (is == FILES && *value > CAPTURE_FILES_MAX))
        return NO_CONDITION;
    return is;
}

static bool read_stop(struct capture_config *config, const char *word)
{
    uint64_t value = 0;

    switch (read_condition(word, &value)) {
    case DURATION:
        config->stop_duration_ns = value;
        return true;
    case FILE_SIZE:
        config->stop_bytes = value;
        return true;
    case FILES:
        config->ring.stop_files = (uint32_t)value;
        return true;
    case PACKETS:
        config->count = value;
        return true;
    case INTERVAL:
    case NO_CONDITION:
        break;
    }
    return false;
}

static bool read_ring(struct capture_ring *ring, const char *word)
{
    uint64_t value = 0;
    enum condition is = read_condition(word, &value);

    ring->numbered = true;
    switch (is) {
    case DURATION:
    case INTERVAL:
        ring->interval_ns = value;
        ring->aligned = is == INTERVAL;
        return true;
    case FILE_SIZE:
        ring->file_bytes = value;
        return true;
    case FILES:
        ring->files = (uint32_t)value;
        return true;
    case PACKETS:
        ring->file_packets = value;
        return true;
    case NO_CONDITION:
        break;
    }
    return false;
}

static int read_conditions(struct capture_config *config, char *why, size_t room)
{
    size_t i;

    for (i = 0; i < config->stops.count; i++) {
        if (!read_stop(config, config->stops.items[i])) {
            snprintf(why, room,
                     "-a %s: it is duration:SECONDS, filesize:KB, packets:N, or files:N with N up "
                     "to %d",
                     config->stops.items[i], CAPTURE_FILES_MAX);
            return -1;
        }
    }
    for (i = 0; i < config->ring_words.count; i++) {
        if (!read_ring(&config->ring, config->ring_words.items[i])) {
            snprintf(why, room,
                     "-b %s: it is duration:SECONDS, interval:SECONDS, filesize:KB, packets:N, or "
                     "files:N with N up to %d",
                     config->ring_words.items[i], CAPTURE_FILES_MAX);
            return -1;
        }
    }
    return 0;
}

/* -C, -G and -W become what -b says; with -G alone, -W is where it ends. */
static void finish_ring(struct capture_config *config)
{
    struct capture_ring *ring = &config->ring;

    if (config->rotate_bytes > 0)
        ring->file_bytes = config->rotate_bytes;
    if (config->rotate_ns > 0)
        ring->interval_ns = config->rotate_ns;
    if (ring->numbered && ring->file_bytes == 0) { /* as dumpcap has it: it ends the file alone */
        ring->file_bytes = config->stop_bytes;
        config->stop_bytes = 0;
    }
    if (config->files > 0 && config->rotate_ns > 0 && ring->file_bytes == 0)
        ring->stop_files = config->files;
    else if (config->files > 0)
        ring->files = config->files;
}

/* Whether anything but SIGHUP begins another file. */
static bool rotates(const struct capture_ring *ring)
{
    return ring->file_bytes > 0 || ring->interval_ns > 0 || ring->file_packets > 0;
}

static void finish_print(struct capture_config *config)
{
    struct capture_print_options *print = &config->print;

    print->time = (enum capture_time)(config->time > CAPTURE_TIME_ELAPSED ? CAPTURE_TIME_ELAPSED
                                                                          : config->time);
    print->dump = config->ascii > 0       ? CAPTURE_DUMP_ASCII
                  : config->hex_ascii > 0 ? CAPTURE_DUMP_HEX_ASCII
                  : config->hex > 0       ? CAPTURE_DUMP_HEX
                                          : CAPTURE_DUMP_NONE;
    print->dump_link = config->hex > 1 || config->hex_ascii > 1 || config->ascii > 1;
    print->link = config->link;
    print->quick = config->quick;
    print->tree = config->verbose > 0;
    print->bits = config->bits;
    print->number = config->number;
    print->nano = config->nano;
    print->absolute = config->absolute;
    print->color = config->color == CAPTURE_ALWAYS ||
                   (config->color == CAPTURE_AUTO && isatty(STDOUT_FILENO) == 1);
}

/* -w -: nothing else may stand between the packets. */
static const char *standard_output_conflict(const struct capture_config *config)
{
    if (rotates(&config->ring))
        return "-b, -C and -G need a file, not the standard output";
    if (config->print_too || config->summary)
        return "-w - writes packets to the standard output: --print and --summary need another "
               "FILE";
    return NULL;
}

static const char *conflict(const struct capture_config *config, size_t words)
{
    if (config->filter_file != NULL && words > 0)
        return "-F and a filter on the command line exclude each other";
    if (config->write != NULL && config->write[0] == '\0')
        return "-w: the file has no name";
    if (config->reads.count > 0 && config->interfaces.count > 0)
        return "-i and -r exclude each other: packets come from interfaces or from files";
    if (config->fields != NULL && config->mode == CAPTURE_MODE_JSON)
        return "--fields and --json exclude each other";
    if (config->field_options.count > 0 && config->fields == NULL)
        return "-E needs --fields";
    if (config->write == NULL &&
        (rotates(&config->ring) || config->ring.files > 0 || config->comment != NULL))
        return "-b, -C, -G, -W and --comment need -w FILE";
    if ((config->ring.files > 0 || config->ring.stop_files > 0) && !rotates(&config->ring))
        return "-W, -b files and -a files need -C, -G, or another -b to say when a file ends";
    if (config->markdown && config->describe == NULL)
        return "--markdown needs --describe";
    if (config->tail && config->reads.count == 0)
        return "--tail needs -r FILE";
    if (config->micro && config->nano)
        return "--micro and --nano exclude each other";
    if (config->comment != NULL && (config->format == CAPTURE_FORMAT_PCAP ||
                                    (config->format == CAPTURE_FORMAT_AUTO &&
                                     capture_format_of_name(config->write) == CAPTURE_FORMAT_PCAP)))
        return "--comment needs --format=pcapng, or a name that ends so";
    if (config->comment != NULL && strlen(config->comment) > CAPTURE_COMMENT_MAX)
        return "--comment is longer than the 65535 bytes that pcapng has room for";
    if (config->direction != NULL && strcmp(config->direction, "in") != 0 &&
        strcmp(config->direction, "out") != 0 && strcmp(config->direction, "inout") != 0)
        return "-Q is in, out, or inout";
    if (config->quiet && config->print_too)
        return "-q and --print exclude each other";
    if (config->write != NULL && strcmp(config->write, "-") == 0)
        return standard_output_conflict(config);
    return NULL;
}

int capture_config_finish(struct capture_config *config, size_t words, char *why, size_t room)
{
    const char *wrong;

    if (read_conditions(config, why, room) != 0)
        return -1;
    finish_ring(config);
    wrong = conflict(config, words);
    if (wrong != NULL) {
        snprintf(why, room, "%s", wrong);
        return -1;
    }
    config->link_number =
        config->link_type == NULL ? -1 : capture_link_type_by_name(config->link_type);
    if (config->link_type != NULL && config->link_number < 0) {
        snprintf(why, room, "-y %s: there is no such link type; -L lists the interface's",
                 config->link_type);
        return -1;
    }
    if (config->snap_length == 0)
        config->snap_length = 262144;
    if (config->fields != NULL)
        config->mode = CAPTURE_MODE_FIELDS;
    finish_print(config);
    return 0;
}
