/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of waiting requests beside a plain array of the same, taken out in any order; and what
 * its keys are made of. */
#include <string.h>

#include "capture/waiting.h"

#include <stdlib.h>

#include "tests/harness.h"

enum { KEYS = 3000, STEPS = 300000, MOST = 2000, EACH = sizeof(struct capture_request) + 64 };

static const struct capture_secret *secret;

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

static struct capture_identity key_of(uint32_t which)
{
    const uint8_t bytes[4] = { (uint8_t)which, (uint8_t)(which >> 8), (uint8_t)(which >> 16), 0 };

    return capture_identity_bytes(secret, bytes, sizeof bytes);
}

static bool same_identity(const struct capture_identity *a, const struct capture_identity *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

static struct capture_request *find(const struct capture_waiting *waiting, uint32_t which)
{
    const struct capture_identity key = key_of(which);

    return capture_waiting_find(waiting, &key);
}

static struct capture_request *add_key(struct capture_waiting *waiting, uint32_t which)
{
    const struct capture_identity key = key_of(which);

    return capture_waiting_add(waiting, capture_waiting_find(waiting, &key), &key);
}

static bool is_of(const struct capture_request *request, uint32_t which)
{
    const struct capture_identity key = key_of(which);

    return same_identity(&request->key, &key);
}

static struct capture_waiting *begin(size_t max_bytes)
{
    struct capture_waiting *waiting = capture_waiting_new(max_bytes);

    CU_ASSERT_PTR_NOT_NULL_FATAL(waiting);
    secret = capture_waiting_secret(waiting);
    return waiting;
}

/* Every request of the key is there, and no other. */
static bool same(const struct capture_waiting *waiting, uint32_t which)
{
    const struct capture_request *request = find(waiting, which);
    uint32_t count = 0, i;

    for (; request != NULL; request = capture_waiting_next(waiting, request), count++) {
        for (i = 0; i < model[which].count && model[which].numbers[i] != request->number; i++)
            continue;
        if (i == model[which].count || !is_of(request, which))
            return false;
    }
    return count == model[which].count;
}

static void add(struct capture_waiting *waiting, uint32_t which, uint64_t number)
{
    struct capture_request *request = add_key(waiting, which);

    CU_ASSERT_PTR_NOT_NULL_FATAL(request);
    request->number = number;
    model[which].numbers[model[which].count++] = number;
}

/* Takes out the nth of a key. */
static void take_out(struct capture_waiting *waiting, uint32_t which, uint32_t nth)
{
    struct capture_request *head = find(waiting, which), *request = head;
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
    struct capture_waiting *waiting = begin((size_t)MOST * EACH);
    uint32_t step, which, live = 0, wrong = 0;

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
    struct capture_waiting *waiting = begin(1);
    struct capture_request *request;
    uint32_t which;

    CU_ASSERT_PTR_NULL(capture_waiting_oldest(waiting));
    for (which = 1; which <= 16; which++)
        CU_ASSERT_PTR_NOT_NULL_FATAL(add_key(waiting, which));
    CU_ASSERT_TRUE(capture_waiting_full(waiting));
    request = find(waiting, 1);
    capture_waiting_remove(waiting, request, request);
    request = find(waiting, 5);
    capture_waiting_remove(waiting, request, request);
    CU_ASSERT_PTR_NOT_NULL_FATAL(add_key(waiting, 1));
    request = capture_waiting_oldest(waiting);
    for (which = 2; which <= 17; which++) {
        if (which == 5)
            continue;
        CU_ASSERT_TRUE(is_of(request, which == 17 ? 1 : which));
        request = capture_waiting_newer(request);
    }
    CU_ASSERT_PTR_NULL(request);
    capture_waiting_free(waiting);
}

static struct capture_identity name_key(const char *name, bool fold)
{
    return fold ? capture_identity_name(secret, (const uint8_t *)name, strlen(name))
                : capture_identity_bytes(secret, (const uint8_t *)name, strlen(name));
}

static bool same_names(const char *a, const char *b, bool fold)
{
    const struct capture_identity left = name_key(a, fold), right = name_key(b, fold);

    return same_identity(&left, &right);
}

/* What differs in any byte, in its size or where one part ends has another identity; the case of
 * letters does not matter to names, that of no other byte does. */
static void test_identities(void)
{
    const char *const name = "\3www\7example\3org";
    const uint8_t bytes[16] = { 0xff, 0xff, 1, 2, 3, 4 }, others[16] = { 0xff, 0xff, 1, 2, 3, 5 };
    struct capture_waiting *waiting = begin(1);
    struct capture_identity one, other;
    size_t at;

    for (at = 0; at < strlen(name); at++) {
        char changed[32];

        strcpy(changed, name);
        changed[at] ^= 1;
        CU_ASSERT_FALSE(same_names(name, changed, true));
        changed[at] = '\0';
        CU_ASSERT_FALSE(same_names(name, changed, true));
    }
    CU_ASSERT_TRUE(same_names(name, "\3WWw\7EXAMPLE\3oRg", true));
    CU_ASSERT_FALSE(same_names(name, "\3WWw\7EXAMPLE\3oRg", false));
    CU_ASSERT_TRUE(same_names("AZaz", "azAZ", true));
    CU_ASSERT_FALSE(same_names("@[", "`{", true));
    CU_ASSERT_FALSE(same_names("\xc1", "\xe1", true));
    one = capture_identity_address(secret, 6, bytes);
    other = capture_identity_address(secret, 6, others);
    CU_ASSERT_FALSE(same_identity(&one, &other));
    other = capture_identity_address(secret, 4, bytes);
    CU_ASSERT_FALSE(same_identity(&one, &other));
    capture_waiting_free(waiting);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "beside an array", test_random },
        { "the order of age", test_age },
        { "identities", test_identities },
        { 0 },
    };

    return test_run("capture/waiting", cases);
}
