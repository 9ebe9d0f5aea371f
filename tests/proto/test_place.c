/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a value is looked for first (compile_place.c) beside a search from the front, in messages
 * that are right, cut anywhere, and damaged. */
#include "tests/proto/lib.h"

/* Two questions and two records; with a name that the first question does not have to itself. */
static const char dns[] = "1234 8180 0002 0001 0000 0001"
                          "03777777 07 6578616d706c65 03636f6d 00 0001 0001"
                          "c00c 001c 0001"
                          "c00c 0001 0001 0000003c 0004 0a000001"
                          "00 0029 1000 00000000 0000";
static const char frame[] = "706667 01 01 00 abcd 00000007 00000004 0000000000000000 00000000"
                            "61626364";

/* Looks for every field that there is. */
static void compare(const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    size_t count, i;
    const struct pfg_field *const *fields = pfg_registry_ids(&count);
    bool same = true;

    for (i = 0; i < count; i++)
        same = same &&
               pfg_pdu_find(decode, pdu, fields[i]) == pfg_pdu_next(decode, pdu, fields[i], NULL);
    CU_ASSERT(same);
}

static void decode_one(const char *name, const uint8_t *bytes, uint32_t size, uint32_t wire)
{
    static struct pfg_decode decode;
    const struct pfg_pdu *pdu;

    if (decode.values == NULL)
        CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&decode), 0);
    pfg_decode_reset(&decode);
    pdu = pfg_decode_message(&decode, pfg_proto_find(name, strlen(name)), bytes, size, wire, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu);
    compare(&decode, pdu);
}

static void try_all(const char *name, const char *hex)
{
    uint8_t bytes[512], damaged[512];
    uint32_t size = unhex(hex, bytes), at;
    unsigned bit;

    for (at = 0; at <= size; at++) {
        decode_one(name, bytes, at, at);
        decode_one(name, bytes, at, size);
    }
    for (at = 0; at < size; at++) {
        for (bit = 0; bit < 8; bit++) {
            memcpy(damaged, bytes, size);
            damaged[at] ^= (uint8_t)(1U << bit);
            decode_one(name, damaged, size, size);
        }
    }
}

static void test_messages(void)
{
    try_all("pfg_dns", dns);
    try_all("pfg", frame);
}

/* The first question's fields are found where they are expected. */
static void test_places(void)
{
    static const enum pfg_known placed[] = { PFG_KNOWN_DNS_ID, PFG_KNOWN_DNS_FLAGS,
                                             PFG_KNOWN_DNS_QRY_NAME, PFG_KNOWN_DNS_QRY_TYPE };
    struct pfg_decode decode;
    const struct pfg_pdu *pdu;
    uint8_t bytes[512];
    uint32_t size = unhex(dns, bytes);
    size_t i;

    CU_ASSERT_EQUAL_FATAL(pfg_decode_init(&decode), 0);
    pdu = pfg_decode_message(&decode, pfg_known(PFG_KNOWN_DNS_ID)->proto, bytes, size, size, 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(pdu);
    CU_ASSERT_EQUAL(pdu->problems, 0);
    for (i = 0; i < sizeof placed / sizeof placed[0]; i++) {
        const struct pfg_field *field = pfg_known(placed[i]);

        CU_ASSERT(field->place > 0);
        CU_ASSERT_PTR_EQUAL(decode.values[pdu->first + field->place].field, field);
    }
    /* of these, nobody knows where they are */
    CU_ASSERT_EQUAL(pfg_known(PFG_KNOWN_DNS_RR_TYPE)->place, 0);
    CU_ASSERT_EQUAL(pfg_known(PFG_KNOWN_ECHO_DATA)->place, 0);
    pfg_decode_free(&decode);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "the first of each field is found", test_messages },
        { "a value is where it is looked for first", test_places },
        { NULL, NULL },
    };

    if (pfg_registry_init() != 0)
        return 1;
    return test_run("place", cases);
}
