/* SPDX-License-Identifier: GPL-2.0-or-later */
/* engine_file.c - frames into a classic pcap file (draft-ietf-opsawg-pcap): little-endian with
 * nanoseconds where the file is new, as the file has it where it is gone on with. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/clock.h"
#include "proto/layers.h"
#include "rawsock/engine.h"
#include "rawsock/fault.h"
#include "rawsock/stack.h"

#define MAGIC_US UINT32_C(0xa1b2c3d4)
#define MAGIC_NS UINT32_C(0xa1b23c4d)
enum {
    VERSION_MAJOR = 2,
    VERSION_MINOR = 4,
    SNAP_LENGTH = 262144,
    LINK_TYPE_BITS = 0xffff, /* above them stands whether frames have check sequences */
};

/* The header of a file and of a record, 24 and 16 bytes, each number in the file's order. */
struct file_header {
    uint32_t magic;
    uint16_t major, minor;
    uint32_t zone, accuracy, snap_length, link_type;
};
struct record_header {
    uint32_t seconds, fraction, caplen, len;
};

struct engine_file {
    struct pfg_engine base;
    FILE *stream;
    char *path; /* a copy, for messages */
    bool big;   /* order of the file */
    bool nanoseconds;
};

static uint32_t ordered32(const struct engine_file *engine, uint32_t value)
{
    return engine->big ? htobe32(value) : htole32(value);
}

static uint16_t ordered16(const struct engine_file *engine, uint16_t value)
{
    return engine->big ? htobe16(value) : htole16(value);
}

static int write_failed(const struct engine_file *engine, struct pfg_fault *fault)
{
    return pfg_fault_set(fault, "cannot write %s: %s", engine->path, strerror(errno));
}

static int file_send(struct pfg_engine *base, const struct pfg_frame *frames, unsigned count,
                     struct pfg_fault *fault)
{
    struct engine_file *engine = (struct engine_file *)base;

    for (unsigned i = 0; i < count; i++) {
        const struct pfg_frame *frame = &frames[i];
        uint64_t below = frame->time_ns % PFG_NS_PER_S, seconds = frame->time_ns / PFG_NS_PER_S;
        const struct record_header record = {
            .seconds = ordered32(engine, (uint32_t)seconds),
            .fraction =
                ordered32(engine, (uint32_t)(engine->nanoseconds ? below : below / PFG_NS_PER_US)),
            .caplen = ordered32(engine, frame->size),
            .len = ordered32(engine, frame->size),
        };

        if (seconds > UINT32_MAX) {
            pfg_fault_set(fault, "cannot write %s: a pcap file has no times after 2106-02-07",
                          engine->path);
            return (int)i;
        }
        if (fwrite(&record, sizeof record, 1, engine->stream) != 1 ||
            fwrite(frame->bytes, 1, frame->size, engine->stream) != frame->size) {
            write_failed(engine, fault);
            return (int)i;
        }
        base->packets++;
        base->bytes += frame->size;
    }
    return (int)count;
}

static int file_close(struct pfg_engine *base, struct pfg_fault *fault)
{
    struct engine_file *engine = (struct engine_file *)base;
    int result = fclose(engine->stream) == 0 ? 0 : write_failed(engine, fault);

    free(engine->path);
    free(engine);
    return result;
}

static const struct pfg_engine_kind engine_file_kind = {
    .name = "capture file",
    .send = file_send,
    .close = file_close,
};

static int write_header(struct engine_file *engine, struct pfg_fault *fault)
{
    if (engine->base.link_type == PFG_LINK_ANY)
        engine->base.link_type = PFG_LINK_ETHERNET;

    const struct file_header header = {
        .magic = ordered32(engine, MAGIC_NS),
        .major = ordered16(engine, VERSION_MAJOR),
        .minor = ordered16(engine, VERSION_MINOR),
        .snap_length = ordered32(engine, SNAP_LENGTH),
        .link_type = ordered32(engine, engine->base.link_type),
    };

    engine->nanoseconds = true;
    if (fwrite(&header, sizeof header, 1, engine->stream) != 1)
        return write_failed(engine, fault);
    return 0;
}

/* Goes to the end of the file, record by record: what is put behind one that was cut is lost. */
static int find_end(struct engine_file *engine, struct pfg_fault *fault)
{
    off_t at = sizeof(struct file_header), end;
    struct record_header record;
    ssize_t got = 0;
    int fd = fileno(engine->stream);

    while ((got = pread(fd, &record, sizeof record, at)) == (ssize_t)sizeof record)
        at += (off_t)sizeof record + ordered32(engine, record.caplen);
    end = lseek(fd, 0, SEEK_END);
    if (got < 0 || end < 0 || fseeko(engine->stream, end, SEEK_SET) < 0)
        return write_failed(engine, fault);
    if (at != end)
        return pfg_fault_set(fault, "%s is truncated or damaged; nothing can be appended to it",
                             engine->path);
    return 0;
}

/* Takes order and precision from the header of the file that is there. */
static int read_header(struct engine_file *engine, struct pfg_fault *fault)
{
    struct file_header header;
    uint32_t magic, link_type;

    if (fread(&header, sizeof header, 1, engine->stream) != 1)
        return pfg_fault_set(fault, "%s is not a capture: it is shorter than a header",
                             engine->path);
    magic = le32toh(header.magic);
    if (magic != MAGIC_US && magic != MAGIC_NS) {
        magic = be32toh(header.magic);
        engine->big = true;
    }
    if (magic != MAGIC_US && magic != MAGIC_NS)
        return pfg_fault_set(fault, "%s is not a classic pcap file; pcapng cannot be appended to",
                             engine->path);
    engine->nanoseconds = magic == MAGIC_NS;
    link_type = ordered32(engine, header.link_type) & LINK_TYPE_BITS;
    if (engine->base.link_type == PFG_LINK_ANY)
        engine->base.link_type = link_type;
    if (engine->base.link_type != link_type)
        return pfg_fault_set(fault, "%s has packets of link type %u, and these are of %u",
                             engine->path, link_type, engine->base.link_type);
    return find_end(engine, fault);
}

static bool has_content(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 && about.st_size > 0;
}

static int open_stream(struct engine_file *engine, bool append, struct pfg_fault *fault)
{
    bool out = strcmp(engine->path, "-") == 0;
    bool going_on = append && !out && has_content(engine->path);

    if (out && isatty(STDOUT_FILENO))
        return pfg_fault_set(fault, "a capture is not written to a terminal; say -w FILE");
    if (out)
        engine->stream = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "wb");
    else
        engine->stream = fopen(engine->path, going_on ? "r+be" : "wbe");
    if (!engine->stream)
        return pfg_fault_set(fault, "cannot open %s: %s", engine->path, strerror(errno));
    return going_on ? read_header(engine, fault) : write_header(engine, fault);
}

struct pfg_engine *pfg_engine_file_open(const char *path, uint32_t link_type, bool append,
                                        struct pfg_fault *fault)
{
    struct engine_file *engine = calloc(1, sizeof *engine);

    if (!engine || !(engine->path = strdup(path))) {
        free(engine);
        pfg_fault_set(fault, "no memory");
        return NULL;
    }
    engine->base.kind = &engine_file_kind;
    engine->base.link_type = link_type;
    if (open_stream(engine, append, fault) == 0)
        return &engine->base;
    if (engine->stream)
        fclose(engine->stream);
    free(engine->path);
    free(engine);
    return NULL;
}
