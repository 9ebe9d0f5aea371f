/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Percentiles beside those of the sorted times themselves. */
#include "capture/latency.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"

enum { MANY = 20000 };

static uint64_t buckets[CAPTURE_LATENCY_BUCKETS];
static uint64_t times[MANY];

static struct capture_latency empty(void)
{
    memset(buckets, 0, sizeof buckets);
    return (struct capture_latency){ .buckets = buckets };
}

static uint64_t random_bits(void)
{
    static uint64_t state = 1;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 11;
}

static int by_size(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

    return (a > b) - (a < b);
}

/* Adds the first count of times, then compares each percentile with the sorted list. */
static void compare(size_t count)
{
    struct capture_latency latency = empty();
    uint64_t sum = 0;
    unsigned percent;
    size_t i;

    for (i = 0; i < count; i++) {
        capture_latency_add(&latency, times[i]);
        sum += times[i];
    }
    qsort(times, count, sizeof *times, by_size);
    CU_ASSERT_EQUAL(latency.count, count);
    CU_ASSERT_EQUAL(latency.min_ns, times[0]);
    CU_ASSERT_EQUAL(latency.max_ns, times[count - 1]);
    CU_ASSERT_EQUAL(capture_latency_average(&latency), sum / count);
    for (percent = 1; percent <= 100; percent++) {
        uint64_t exact = times[(count * percent + 99) / 100 - 1];
        uint64_t told = capture_latency_percentile(&latency, percent);

        CU_ASSERT_TRUE(told >= exact);
        CU_ASSERT_TRUE(told - exact <= exact / 32);
    }
}

/* Every bucket goes on where the one before it ended, and none is wider than its share. */
static void test_buckets(void)
{
    uint64_t first = 0, end;
    uint32_t bucket;

    for (bucket = 0; bucket < CAPTURE_LATENCY_BUCKETS; bucket++) {
        end = capture_latency_bucket_end(bucket);
        CU_ASSERT_EQUAL(capture_latency_bucket(first), bucket);
        CU_ASSERT_EQUAL(capture_latency_bucket(end), bucket);
        CU_ASSERT_TRUE(end - first <= first / 32);
        first = end + 1;
    }
    CU_ASSERT_EQUAL(first, UINT64_C(1) << CAPTURE_LATENCY_TOP);
    CU_ASSERT_EQUAL(capture_latency_bucket(first), CAPTURE_LATENCY_BUCKETS - 1);
    CU_ASSERT_EQUAL(capture_latency_bucket(UINT64_MAX), CAPTURE_LATENCY_BUCKETS - 1);
}

static void test_even(void)
{
    size_t i;

    for (i = 0; i < MANY; i++)
        times[i] = 1000 + random_bits() % 100000000;
    compare(MANY);
}

/* From nanoseconds to an hour, as many in each power of two. */
static void test_wide(void)
{
    size_t i;

    for (i = 0; i < MANY; i++)
        times[i] = random_bits() >> (12 + random_bits() % 41);
    compare(MANY);
}

static void test_few(void)
{
    size_t count, i;

    for (count = 1; count <= 120; count++) {
        for (i = 0; i < count; i++)
            times[i] = random_bits() % 50000;
        compare(count);
    }
}

static void test_exact_below_64(void)
{
    struct capture_latency latency = empty();
    uint64_t ns;

    for (ns = 1; ns <= 50; ns++)
        capture_latency_add(&latency, ns);
    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 50), 25);
    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 90), 45);
    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 99), 50);
}

static void test_ends(void)
{
    struct capture_latency latency = empty(), plain = { 0 };

    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 50), 0);
    CU_ASSERT_EQUAL(capture_latency_average(&latency), 0);
    capture_latency_add(&latency, UINT64_C(1) << 50);
    capture_latency_add(&latency, 7);
    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 50), 7);
    CU_ASSERT_EQUAL(capture_latency_percentile(&latency, 99), UINT64_C(1) << 50);
    capture_latency_add(&plain, 12);
    CU_ASSERT_EQUAL(plain.max_ns, 12);
    CU_ASSERT_EQUAL(capture_latency_percentile(&plain, 50), 0);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "buckets", test_buckets },
        { "percentiles of times spread evenly", test_even },
        { "percentiles of times of all sizes", test_wide },
        { "percentiles of few", test_few },
        { "exact below 64 ns", test_exact_below_64 },
        { "nothing, one, and too long", test_ends },
        { 0 },
    };

    return test_run("capture/latency", cases);
}
