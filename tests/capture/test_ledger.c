/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures beyond 32 bits: counters of the kernel that wrap, the lines for people, and the
 * statistics of a pcapng file, whose bytes are read here by hand. */
#include "capture/ledger.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture/sink.h"
#include "common/log.h"
#include "tests/harness.h"

#define BEYOND (UINT64_C(1) << 32)

static void test_wrapped(void)
{
    struct capture_wrapped counter = { 0 };
    uint64_t total = 0;
    unsigned turn;

    for (turn = 0; turn < 50; turn++) { /* 50 steps of 3/8 of what 32 bits hold: 18 times around */
        total += 3 * (BEYOND / 8);
        capture_wrapped_read(&counter, (uint32_t)total);
        CU_ASSERT_EQUAL(counter.total, total);
    }
    capture_wrapped_read(&counter, (uint32_t)total);
    CU_ASSERT_EQUAL(counter.total, total);
    capture_wrapped_read(&counter, (uint32_t)total - 1); /* as many as go, short of nothing */
    CU_ASSERT_EQUAL(counter.total, total + UINT32_MAX);
}

static struct capture_interface *add_interface(struct capture_interfaces *interfaces)
{
    struct capture_interface *interface = capture_interfaces_add(interfaces);

    CU_ASSERT_PTR_NOT_NULL_FATAL(interface);
    snprintf(interface->name, sizeof interface->name, "eth0");
    interface->link_type = PFG_LINK_ETHERNET;
    interface->nano = true;
    interface->begun_ns = 1;
    interface->counts = (struct capture_counts){
        .received = 7 * BEYOND + 6,
        .kept = 4 * BEYOND + 1,
        .dropped_kernel = 2 * BEYOND + 2,
        .dropped_interface = 5 * BEYOND + 4,
        .seen = 9 * BEYOND + 9,
        .known = CAPTURE_COUNT_LIVE | CAPTURE_COUNT_SEEN,
        .time_ns = 3 * BEYOND + 5,
    };
    return interface;
}

/* What the ledger says on the standard error output. */
static char *printed(const struct capture_ledger *ledger,
                     const struct capture_interfaces *interfaces)
{
    static char text[4096];
    FILE *file = tmpfile();
    int before = dup(STDERR_FILENO);
    size_t size;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    capture_ledger_print(ledger, interfaces, true);
    fflush(stderr);
    dup2(before, STDERR_FILENO);
    close(before);
    rewind(file);
    size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void expect_figure(const char *text, uint64_t figure, const char *what)
{
    char part[128];

    snprintf(part, sizeof part, " %" PRIu64 " %s", figure, what);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, part));
    if (strstr(text, part) == NULL)
        fprintf(stderr, "not there: '%s' in: %s", part, text);
}

static void test_lines(void)
{
    struct capture_interfaces interfaces = { 0 };
    struct capture_ledger ledger = { .read = 4 * BEYOND + 1,
                                     .filtered = BEYOND + 1,
                                     .shown = BEYOND + 2,
                                     .written = 2 * BEYOND - 3,
                                     .lost = BEYOND + 3,
                                     .left = BEYOND + 4 };
    const char *text;

    add_interface(&interfaces);
    text = printed(&ledger, &interfaces);
    expect_figure(text, 7 * BEYOND + 6, "received");
    expect_figure(text, 4 * BEYOND + 1, "kept");
    expect_figure(text, 2 * BEYOND + 2, "dropped by the kernel");
    expect_figure(text, BEYOND + 3, "set aside"); /* received - kept - dropped */
    expect_figure(text, 5 * BEYOND + 4, "dropped by the interface");
    expect_figure(text, 4 * BEYOND + 1, "packets: ");
    expect_figure(text, BEYOND + 1, "filtered out");
    expect_figure(text, BEYOND + 2, "shown");
    expect_figure(text, 2 * BEYOND - 3, "written");
    expect_figure(text, BEYOND + 3, "lost in writing");
    expect_figure(text, BEYOND + 4, "left at the end");
    capture_interfaces_free(&interfaces);
}

/* An option of the block that stands at body (behind its fixed part), of 8 bytes. */
static uint64_t option_u64(const uint8_t *at, const uint8_t *end, uint16_t wanted)
{
    uint16_t head[2];
    uint64_t value = UINT64_MAX;

    for (; end - at >= 4; at += 4 + ((head[1] + 3) & ~3)) {
        memcpy(head, at, sizeof head);
        if (head[0] == wanted && head[1] == sizeof value)
            memcpy(&value, at + 4, sizeof value);
        if (head[0] == 0)
            break;
    }
    return value;
}

/* The first block of a type in a file; *size: its length. */
static const uint8_t *find_block(const uint8_t *at, const uint8_t *end, uint32_t type,
                                 uint32_t *size)
{
    uint32_t head[2];

    for (; end - at >= 12; at += head[1]) {
        memcpy(head, at, sizeof head);
        *size = head[1];
        if (head[0] == type)
            return at;
    }
    return NULL;
}

static void test_statistics(void)
{
    enum { STATISTICS = 5, FIXED = 8 + 12, TRAILER = 4 };
    char path[] = "/tmp/pfg-ledger-XXXXXX";
    struct capture_interfaces interfaces = { 0 };
    struct capture_sink_options options = { .path = path, .format = CAPTURE_FORMAT_PCAPNG };
    struct capture_sink *sink = calloc(1, sizeof *sink);
    uint8_t bytes[4096];
    const uint8_t *block;
    uint32_t size = 0, time[2];
    size_t read;
    int fd = mkstemp(path);
    FILE *file;

    CU_ASSERT_FATAL(fd >= 0 && sink != NULL);
    close(fd);
    add_interface(&interfaces);
    CU_ASSERT_EQUAL(capture_sink_init(sink, &options, &interfaces), 0);
    CU_ASSERT_EQUAL(capture_sink_begin(sink, 0), 0);
    CU_ASSERT_EQUAL(capture_sink_close(sink), 0);
    free(sink);
    capture_interfaces_free(&interfaces);
    file = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    read = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    unlink(path);
    block = find_block(bytes, bytes + read, STATISTICS, &size);
    CU_ASSERT_PTR_NOT_NULL_FATAL(block);
    memcpy(time, block + 12, sizeof time); /* the higher word first */
    CU_ASSERT_EQUAL((uint64_t)time[0] << 32 | time[1], 3 * BEYOND + 5);
    CU_ASSERT_EQUAL(option_u64(block + FIXED, block + size - TRAILER, 4), 9 * BEYOND + 9);
    CU_ASSERT_EQUAL(option_u64(block + FIXED, block + size - TRAILER, 5), 5 * BEYOND + 4);
    CU_ASSERT_EQUAL(option_u64(block + FIXED, block + size - TRAILER, 6), 7 * BEYOND + 6);
    CU_ASSERT_EQUAL(option_u64(block + FIXED, block + size - TRAILER, 7), 2 * BEYOND + 2);
    CU_ASSERT_EQUAL(option_u64(block + FIXED, block + size - TRAILER, 8), 4 * BEYOND + 1);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "counters that wrap", test_wrapped },
        { "lines", test_lines },
        { "statistics of pcapng", test_statistics },
        { 0 },
    };

    return test_run("capture/ledger", cases);
}
