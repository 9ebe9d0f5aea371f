/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The name that somebody may have meant: what is near, and that nothing is offered where none is.
 */
#include "proto/nearest.h"

#include <string.h>

#include "proto/also.h"
#include "tests/proto/lib.h"

static unsigned distance_of(const char *a, const char *b)
{
    return pfg_edit_distance(a, strlen(a), b, strlen(b));
}

static void test_distance(void)
{
    char lengthy[1000];

    memset(lengthy, 'x', sizeof lengthy);
    CU_ASSERT_EQUAL(distance_of("", ""), 0);
    CU_ASSERT_EQUAL(distance_of("", "abc"), 3);
    CU_ASSERT_EQUAL(distance_of("kitten", "sitting"), 3);
    CU_ASSERT_EQUAL(distance_of("cuont", "count"), 1);
    CU_ASSERT_EQUAL(distance_of("abc", "abc"), 0);
    CU_ASSERT_EQUAL(pfg_edit_distance("abc", 2, "ab", 2), 0);
    CU_ASSERT_EQUAL(pfg_edit_distance(lengthy, sizeof lengthy, "", 0), 63);
}

/* The one of two names that is offered; "" none. */
static const char *offered(const char *wanted, const char *a, const char *b)
{
    struct pfg_nearest nearest = pfg_nearest_to(wanted, strlen(wanted));

    pfg_nearest_offer(&nearest, a);
    pfg_nearest_offer(&nearest, b);
    return nearest.name ? nearest.name : "";
}

static void test_near(void)
{
    static const char *const cases[][4] = {
        { "interfcae", "count", "interface", "interface" },
        { "inter", "interface", "interval", "interface" }, /* the first of two as near */
        { "in", "interface", "in", "in" },
        { "zzz", "count", "in", "" },
        { "ttttt", "type", "ttl", "" },
        { "x", "y", "z", "" }, /* all of it is wrong */
        { "", "y", "z", "" },
        /* what both have before a dot does not make them near */
        { "pfg.ttttt", "pfg.type", "pfg.text", "" },
        { "pfg.tipe", "pfg.type", "pfg.text", "pfg.type" },
        { "pgf.type", "pfg.type", "pfg.text", "pfg.type" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        same_text(cases[i][0], offered(cases[i][0], cases[i][1], cases[i][2]), cases[i][3]);
}

/* Of the definition's own names. */
static void test_definition(void)
{
    static const char *const cases[][2] = {
        { "pfg.sesion", "pfg.session" },
        { "pfg.echo.dat", "pfg.echo.data" },
        { "pfg_dns.qry.nam", "pfg_dns.qry.name" },
        { "pfg.flags_bits.moer", "pfg.flags_bits.more" },
        { "udp.prt", "udp.port" },
        { "udp.srcprt", "udp.srcport" },
        { "upd", "udp" },
        { "zzzzz", "" },
        { "pfg.ttttt", "" },
        { "", "" },
    };
    char lengthy[1000];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = pfg_refs_nearest(cases[i][0], strlen(cases[i][0]));
        same_text(cases[i][0], found ? found : "", cases[i][1]);
    }
    memset(lengthy, 'x', sizeof lengthy);
    CU_ASSERT_PTR_NULL(pfg_refs_nearest(lengthy, sizeof lengthy));
}

int main(void)
{
    static const struct test_case cases[] = {
        { "edit distance", test_distance },
        { "what is near", test_near },
        { "names of the definition", test_definition },
        { 0 },
    };

    if (pfg_registry_init() < 0)
        return 1;
    return test_run("proto/nearest", cases);
}
