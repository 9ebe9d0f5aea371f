/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * harness.h - the main function of a CUnit program: a table of cases, ended by a row of zeros.
 */
#ifndef PFG_TESTS_HARNESS_H
#define PFG_TESTS_HARNESS_H

#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <stdio.h>

struct test_case {
    const char *name;
    void (*run)(void);
};

/* Runs all cases, and prints CUnit's summary. Returns the status to exit with: 0 where all
 * passed. */
static inline int test_run(const char *suite_name, const struct test_case *cases)
{
    CU_pSuite suite;
    unsigned failures;

    if (CU_initialize_registry() != CUE_SUCCESS)
        return 1;
    suite = CU_add_suite(suite_name, NULL, NULL);
    for (; suite != NULL && cases->name != NULL; cases++) {
        if (CU_add_test(suite, cases->name, cases->run) == NULL)
            suite = NULL;
    }
    if (suite == NULL) {
        fprintf(stderr, "%s\n", CU_get_error_msg());
        CU_cleanup_registry();
        return 1;
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    failures = CU_get_number_of_failures();
    CU_cleanup_registry();
    return failures == 0 ? 0 : 1;
}

#endif
