/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "proto/fragment.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

static const uint8_t from[16] = { 10, 0, 0, 1 }, to[16] = { 10, 0, 0, 2 };
static struct pfg_datagram joined;
static uint32_t vlans;
static uint8_t family = 4;
static uint64_t now_ns;

static enum pfg_fragment_result add(struct pfg_fragments *fragments, uint32_t id, uint32_t offset,
                                    const char *text, bool more)
{
    struct pfg_fragment fragment = {
        .family = family,
        .protocol = 17,
        .more = more,
        .src = from,
        .dst = to,
        .vlans = vlans,
        .id = id,
        .offset = offset,
        .bytes = (const uint8_t *)text,
        .size = (uint32_t)strlen(text),
        .wire_size = (uint32_t)strlen(text),
        .time_ns = now_ns,
    };

    return pfg_fragments_add(fragments, &fragment, &joined);
}

static void is_joined(const char *text)
{
    CU_ASSERT_EQUAL_FATAL(joined.size, strlen(text));
    CU_ASSERT_EQUAL(joined.wire_size, joined.size);
    CU_ASSERT_EQUAL(memcmp(joined.bytes, text, joined.size), 0);
    CU_ASSERT_EQUAL(joined.protocol, 17);
}

static struct pfg_fragments *begin(size_t memory)
{
    family = 4;
    now_ns = 1000;
    return pfg_fragments_new(memory, 30000000000U);
}

static void test_orders(void)
{
    struct pfg_fragments *fragments = begin(1 << 20);

    CU_ASSERT_EQUAL(add(fragments, 1, 0, "01234567", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "89abcdef", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 1, 16, "end", false), PFG_FRAGMENT_DONE);
    is_joined("0123456789abcdefend");
    CU_ASSERT_EQUAL(add(fragments, 2, 16, "end", false), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 3, 0, "ABCDEFGH", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 2, 8, "89abcdef", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 2, 8, "89abcdef", true), PFG_FRAGMENT_REPEATED);
    CU_ASSERT_EQUAL(add(fragments, 2, 0, "01234567", true), PFG_FRAGMENT_DONE);
    is_joined("0123456789abcdefend");
    pfg_fragments_free(fragments);
}

static void test_overlaps(void)
{
    struct pfg_fragments *fragments = begin(1 << 20);

    CU_ASSERT_EQUAL(add(fragments, 1, 8, "89abcdef", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 1, 0, "01234567XXXXXXXX", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "YYYYYYYYend", false), PFG_FRAGMENT_DONE);
    is_joined("0123456789abcdefend");
    family = 6; /* RFC 5722: the datagram is given up, and what comes after is no new one */
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "89abcdef", true), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 1, 0, "01234567XXXXXXXX", true), PFG_FRAGMENT_BAD);
    CU_ASSERT_EQUAL(add(fragments, 1, 16, "end", false), PFG_FRAGMENT_BAD);
    pfg_fragments_free(fragments);
}

static void test_nonsense(void)
{
    struct pfg_fragments *fragments = begin(1 << 20);

    CU_ASSERT_EQUAL(add(fragments, 1, 0, "odd", true), PFG_FRAGMENT_BAD);
    CU_ASSERT_EQUAL(add(fragments, 2, 65528, "01234567", false), PFG_FRAGMENT_BAD);
    CU_ASSERT_EQUAL(add(fragments, 3, 8, "end", false), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 3, 16, "another", false), PFG_FRAGMENT_BAD);
    CU_ASSERT_EQUAL(add(fragments, 4, 8, "end", false), PFG_FRAGMENT_KEPT);
    CU_ASSERT_EQUAL(add(fragments, 4, 16, "01234567", true), PFG_FRAGMENT_BAD);
    CU_ASSERT_EQUAL(add(fragments, 5, 0, "", false), PFG_FRAGMENT_BAD);
    pfg_fragments_free(fragments);
}

/* The same addresses and number in another network. */
static void test_networks(void)
{
    struct pfg_fragments *fragments = begin(1 << 20);

    vlans = 6;
    CU_ASSERT_EQUAL(add(fragments, 1, 0, "01234567", true), PFG_FRAGMENT_KEPT);
    vlans = 7;
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "other", false), PFG_FRAGMENT_KEPT);
    vlans = 5 << 16 | 6;
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "other", false), PFG_FRAGMENT_KEPT);
    vlans = 6;
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "end", false), PFG_FRAGMENT_DONE);
    is_joined("01234567end");
    vlans = 0;
    pfg_fragments_free(fragments);
}

static void test_timeout(void)
{
    struct pfg_fragments *fragments = begin(1 << 20);
    struct pfg_fragments_figures figures;

    CU_ASSERT_EQUAL(add(fragments, 1, 0, "01234567", true), PFG_FRAGMENT_KEPT);
    now_ns += 31000000000U;
    CU_ASSERT_EQUAL(add(fragments, 1, 8, "end", false), PFG_FRAGMENT_KEPT);
    pfg_fragments_figures(fragments, &figures);
    CU_ASSERT_EQUAL(figures.timed_out, 1);
    pfg_fragments_free(fragments);
}

static void test_bound(void)
{
    struct pfg_fragments *fragments = begin(100000);
    struct pfg_fragments_figures figures;
    uint32_t id;

    for (id = 0; id < 10000; id++)
        CU_ASSERT_EQUAL(add(fragments, id, 8 * (id % 100), "01234567", true), PFG_FRAGMENT_KEPT);
    pfg_fragments_figures(fragments, &figures);
    CU_ASSERT_TRUE(figures.memory <= 110000);
    CU_ASSERT_TRUE(figures.evicted > 9000);
    pfg_fragments_free(fragments);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "any order", test_orders },
        { "overlaps", test_overlaps },
        { "nonsense", test_nonsense },
        { "timeout", test_timeout },
        { "memory is bounded", test_bound },
        { "networks", test_networks },
        { 0 },
    };

    return test_run("proto/fragment", cases);
}
