/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of waiting requests beside a plain array of the same: keys that fall on the same
 * places, taken out in any order. */
#include "capture/waiting.h"

#include <stdlib.h>

#include "tests/harness.h"

enum { KEYS = 3000, STEPS = 300000, MOST = 2000 };

/* What should be there: by key, numbers of requests; age by the first of each key. */
static struct {
    uint32_t count;
    uint64_t numbers[4];
} model[KEYS];

static uint64_t random_bits(void)
{
    static uint64_t state = 3;

    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return state >> 20;
}

/* Many keys share their low bits, some all of the low half. */
static uint64_t key_of(uint32_t which)
{
    return (uint64_t)which << 32 | (which % 700) | (which % 3 == 0 ? UINT64_C(0x400) : 0);
}

/* Every request of the key is there, and no other. */
static bool same(const struct capture_waiting *waiting, uint32_t which)
{
    const struct capture_request *request = capture_waiting_find(waiting, key_of(which));
    uint32_t count = 0, i;

    for (; request != NULL; request = capture_waiting_next(waiting, request), count++) {
        for (i = 0; i < model[which].count && model[which].numbers[i] != request->number; i++)
            continue;
        if (i == model[which].count || request->key != key_of(which))
            return false;
    }
    return count == model[which].count;
}

static void add(struct capture_waiting *waiting, uint32_t which, uint64_t number)
{
    struct capture_request *request = capture_waiting_add(waiting, key_of(which));

    CU_ASSERT_PTR_NOT_NULL_FATAL(request);
    request->number = number;
    model[which].numbers[model[which].count++] = number;
}

/* Takes out the nth of a key. */
static void take_out(struct capture_waiting *waiting, uint32_t which, uint32_t nth)
{
    struct capture_request *head = capture_waiting_find(waiting, key_of(which)), *request = head;
    uint32_t i;

    while (nth-- > 0)
        request = capture_waiting_next(waiting, request);
    for (i = 0; model[which].numbers[i] != request->number; i++)
        continue;
    model[which].numbers[i] = model[which].numbers[--model[which].count];
    capture_waiting_remove(waiting, head, request);
}

static void test_random(void)
{
    struct capture_waiting *waiting = capture_waiting_new(MOST * sizeof(struct capture_request));
    uint32_t step, which, live = 0, wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting);
    for (step = 0; step < STEPS; step++) {
        which = (uint32_t)(random_bits() % KEYS);
        if (live < MOST && model[which].count < 4 && random_bits() % 2 == 0) {
            add(waiting, which, step);
            live++;
        } else if (model[which].count > 0) {
            take_out(waiting, which, (uint32_t)(random_bits() % model[which].count));
            live--;
        }
        wrong += !same(waiting, which);
        wrong += !same(waiting, (uint32_t)(random_bits() % KEYS));
        wrong += capture_waiting_full(waiting) != (live == MOST);
    }
    for (which = 0; which < KEYS; which++)
        wrong += !same(waiting, which);
    CU_ASSERT_EQUAL(wrong, 0);
    capture_waiting_free(waiting);
}

/* The order of age is that in which keys came. */
static void test_age(void)
{
    struct capture_waiting *waiting = capture_waiting_new(1);
    struct capture_request *request;
    uint64_t key;

    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting);
    CU_ASSERT_PTR_NULL(capture_waiting_oldest(waiting));
    for (key = 1; key <= 16; key++)
        CU_ASSERT_PTR_NOT_NULL_FATAL(capture_waiting_add(waiting, key));
    CU_ASSERT_TRUE(capture_waiting_full(waiting));
    request = capture_waiting_find(waiting, 1);
    capture_waiting_remove(waiting, request, request);
    request = capture_waiting_find(waiting, 5);
    capture_waiting_remove(waiting, request, request);
    CU_ASSERT_PTR_NOT_NULL_FATAL(capture_waiting_add(waiting, 1));
    request = capture_waiting_oldest(waiting);
    for (key = 2; key <= 17; key++) {
        if (key == 5)
            continue;
        CU_ASSERT_EQUAL(request->key, key == 17 ? 1 : key);
        request = capture_waiting_newer(waiting, request);
    }
    CU_ASSERT_PTR_NULL(request);
    capture_waiting_free(waiting);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "beside an array", test_random },
        { "the order of age", test_age },
        { 0 },
    };

    return test_run("capture/waiting", cases);
}
