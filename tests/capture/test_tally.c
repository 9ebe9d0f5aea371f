/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lists of the summary: each key leads to its own entry, whatever was looked for before it; and
 * what the words of keys tell apart. */
#include "capture/tally.h"

#include <string.h>

#include "tests/harness.h"

enum { KEYS = 5000 };

static struct capture_secret secret;

static struct capture_identity key_of(uint64_t number)
{
    return capture_number_key(&secret, (struct capture_number){ number, 0 });
}

/* Kinds and numbers in turn: the same numbers come in several kinds. */
static struct capture_number number_of(uint32_t which)
{
    return (struct capture_number){ which / 3, which % 3 };
}

static struct capture_identity bytes_of(const char *bytes, size_t size, bool fold)
{
    return fold ? capture_identity_name(&secret, (const uint8_t *)bytes, size)
                : capture_identity_bytes(&secret, (const uint8_t *)bytes, size);
}

static bool same(struct capture_identity a, struct capture_identity b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* ---- Lists ------------------------------------------------------------------------------- */

static struct capture_tally *add(struct capture_list *list, struct capture_arena *arena,
                                 uint32_t which, struct pfg_out *text)
{
    struct capture_identity key = capture_number_key(&secret, number_of(which));

    text->at = text->start;
    pfg_out_uint(text, which);
    return capture_list_add(list, arena, &key, text, CAPTURE_WITH_COUNTS);
}

/* Far more keys than are remembered lately, in several orders. */
static void test_list(void)
{
    struct capture_arena arena = { .max_bytes = 64 << 20 };
    struct capture_list list = { 0 };
    struct capture_tally *entries[KEYS];
    struct pfg_out text;
    uint32_t i, wrong = 0;

    CU_ASSERT_EQUAL_FATAL(pfg_out_init(&text, 256, NULL, NULL), 0);
    for (i = 0; i < KEYS; i++) {
        wrong += capture_list_find_number(&list, &secret, number_of(i)) != NULL;
        entries[i] = add(&list, &arena, i, &text);
        CU_ASSERT_PTR_NOT_NULL_FATAL(entries[i]);
        wrong += capture_list_find_number(&list, &secret, number_of(i)) != entries[i];
        wrong += capture_list_find_number(&list, &secret, number_of(i / 2)) != entries[i / 2];
    }
    for (i = 0; i < 10 * KEYS; i++) {
        uint32_t which = i * 7 % (2 * KEYS);
        struct capture_tally *there = which < KEYS ? entries[which] : NULL;
        struct capture_identity key = capture_number_key(&secret, number_of(which));

        wrong += capture_list_find_number(&list, &secret, number_of(which)) != there;
        wrong += capture_list_find(&list, &key) != there;
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(capture_list_count(&list), KEYS);
    CU_ASSERT_STRING_EQUAL(entries[4321]->text, "4321");
    capture_list_free(&list);
    capture_arena_free(&arena);
    pfg_out_free(&text);
}

/* At the bound nothing is added, and it is counted. */
static void test_bound(void)
{
    struct capture_arena arena = { .max_bytes = 65536 };
    struct capture_list list = { 0 };
    struct pfg_out text;
    uint32_t i, added = 0;

    CU_ASSERT_EQUAL_FATAL(pfg_out_init(&text, 256, NULL, NULL), 0);
    for (i = 0; i < KEYS; i++)
        added += add(&list, &arena, i, &text) != NULL;
    CU_ASSERT(added > 50 && added < 65536 / sizeof(struct capture_tally));
    CU_ASSERT_EQUAL(list.beyond, KEYS - added);
    CU_ASSERT(arena.used <= arena.max_bytes);
    capture_list_free(&list);
    capture_arena_free(&arena);
    pfg_out_free(&text);
}

/* ---- Keys -------------------------------------------------------------------------------- */

/* Of any two of these, the identities differ. */
static void test_words(void)
{
    static const char zeros[32], many[1200];
    struct capture_identity keys[120];
    uint32_t count = 0, i, j, met = 0;

    for (i = 0; i <= sizeof zeros; i++)
        keys[count++] = bytes_of(zeros, i, false);
    for (i = 270; i < 300; i++) /* at the end of a block */
        keys[count++] = bytes_of(many, i, false);
    for (i = 0; i < 8; i++) /* and of others */
        keys[count++] = bytes_of(many, 557 + i, false);
    for (i = 0; i < 3; i++) {
        keys[count++] = bytes_of("\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 5 + i, false);
        keys[count++] = bytes_of("\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0", 8 + i, false);
    }
    for (i = 0; i < count; i++) {
        for (j = 0; j < i; j++)
            met += same(keys[i], keys[j]);
    }
    CU_ASSERT_EQUAL(met, 0);
}

static void test_numbers(void)
{
    static const uint64_t numbers[] = { 0,
                                        1,
                                        UINT32_MAX,
                                        UINT64_C(1) << 32,
                                        (UINT64_C(1) << 59) - 1,
                                        UINT64_C(1) << 59,
                                        (UINT64_C(1) << 59) + 1,
                                        UINT64_C(3) << 58,
                                        UINT64_C(1) << 63,
                                        UINT64_MAX };
    const struct capture_identity other =
        capture_number_key(&secret, (struct capture_number){ 0, 1 });
    uint32_t i, j, met = 0;

    for (i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        met += same(key_of(numbers[i]), other);
        for (j = 0; j < i; j++)
            met += same(key_of(numbers[i]), key_of(numbers[j]));
    }
    CU_ASSERT_EQUAL(met, 0);
}

/* Letters of names have no case; other bytes do not change. */
static void test_fold(void)
{
    CU_ASSERT(
        same(bytes_of("\3wWw\7EXAMPLE\3com", 16, true), bytes_of("\3www\7example\3com", 16, true)));
    CU_ASSERT(!same(bytes_of("\3wWw\7EXAMPLE\3com", 16, false),
                    bytes_of("\3www\7example\3com", 16, false)));
    CU_ASSERT(!same(bytes_of("@[`{", 4, true), bytes_of("`{`{", 4, true)));
    CU_ASSERT(same(bytes_of("A", 1, true), bytes_of("a", 1, true)));
}

/* In bytes of any size, each letter is without case, and each byte counts: beside the same with one
 * byte changed. */
static void test_each_byte(void)
{
    static const size_t sizes[] = { 1,  6,  7,   8,   9,   13,  14,  15,  16,  21,  22,
                                    28, 29, 255, 279, 280, 281, 294, 295, 560, 561, 900 };
    char small[1000], changed[1000];
    uint32_t s, wrong = 0;
    size_t at;

    for (at = 0; at < sizeof small; at++)
        small[at] = (char)('a' + at % 26);
    for (s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (at = 0; at < sizes[s]; at++) {
            memcpy(changed, small, sizeof small);
            changed[at] = (char)(small[at] - 'a' + 'A');
            wrong += !same(bytes_of(small, sizes[s], true), bytes_of(changed, sizes[s], true));
            wrong += same(bytes_of(small, sizes[s], false), bytes_of(changed, sizes[s], false));
            changed[at] = (char)(small[at] ^ 0x40);
            wrong += same(bytes_of(small, sizes[s], true), bytes_of(changed, sizes[s], true));
        }
    }
    CU_ASSERT_EQUAL(wrong, 0);
}

/* An address of four bytes is not one of sixteen, and each bit of both counts. */
static void test_addresses(void)
{
    uint8_t address[16] = { 0 };
    struct capture_identity keys[162];
    uint32_t count = 0, i, j, met = 0;

    for (i = 0; i <= 128; i++) {
        if (i > 0)
            address[(i - 1) / 8] = (uint8_t)(1 << (i - 1) % 8);
        if (i <= 32)
            keys[count++] = capture_identity_address(&secret, 4, address);
        keys[count++] = capture_identity_address(&secret, 6, address);
        memset(address, 0, sizeof address);
    }
    for (i = 0; i < count; i++) {
        for (j = 0; j < i; j++)
            met += same(keys[i], keys[j]);
    }
    CU_ASSERT_EQUAL(count, 162);
    CU_ASSERT_EQUAL(met, 0);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "a list", test_list },         { "a list at its bound", test_bound },
        { "keys of bytes", test_words }, { "keys of numbers", test_numbers },
        { "keys of names", test_fold },  { "each byte", test_each_byte },
        { "addresses", test_addresses }, { NULL, NULL },
    };

    capture_secret_draw(&secret);
    return test_run("tally", cases);
}
