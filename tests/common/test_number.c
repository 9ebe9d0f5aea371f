/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "common/number.h"
#include "tests/harness.h"

struct row {
    const char *text;
    int error;
    uint64_t value;
};

/* clang-format off */
static const struct row numbers[] = {
    { "0", 0, 0 },
    { "18446744073709551615", 0, UINT64_MAX },
    { "18446744073709551616", -ERANGE, 0 },
    { "10k", 0, 10000 },
    { "1.5M", 0, 1500000 },
    { "1.50000000000000000000000000M", 0, 1500000 },
    { "20000000T", -ERANGE, 0 },
    { "0x5c6d", 0, 0x5c6d },
    { "0XFFffFFffFFffFFff", 0, UINT64_MAX },
    { "0x10000000000000000", -ERANGE, 0 },
    { "0x", -EINVAL, 0 },
    { "0x1g", -EINVAL, 0 },
    { "", -EINVAL, 0 },
    { "-1", -EINVAL, 0 },
    { " 1", -EINVAL, 0 },
    { "1 ", -EINVAL, 0 },
    { "1.", -EINVAL, 0 },
    { ".5", -EINVAL, 0 },
    { "1.5", -EINVAL, 0 },
    { "0.0001k", -EINVAL, 0 },
    { "1kk", -EINVAL, 0 },
    { "1.00000000000000000001k", -EINVAL, 0 },
    { NULL, 0, 0 },
};

static const struct row sizes[] = {
    { "512", 0, 512 },
    { "12B", 0, 12 },
    { "64k", 0, 65536 },
    { "1.5K", 0, 1536 },
    { "1kB", 0, 1000 },
    { "1MiB", 0, 1048576 },
    { "2GB", 0, 2000000000 },
    { "0.3k", -EINVAL, 0 },
    { NULL, 0, 0 },
};

static const struct row durations[] = {
    { "10ns", 0, 10 },
    { "5us", 0, 5000 },
    { "1.5ms", 0, 1500000 },
    { "2", 0, 2000000000 },
    { "0.25", 0, 250000000 },
    { "0.000000001", 0, 1 },
    { "0.0000000001", -EINVAL, 0 },
    { "3m", 0, UINT64_C(180000000000) },
    { "1d", 0, UINT64_C(86400000000000) },
    { "1.5ns", -EINVAL, 0 },
    { "300000d", -ERANGE, 0 },
    { NULL, 0, 0 },
};
/* clang-format on */

static void check(const struct row *row, int (*read)(const char *, uint64_t *))
{
    for (; row->text != NULL; row++) {
        uint64_t value = 0;
        int error = read(row->text, &value);

        CU_ASSERT_EQUAL(error, row->error);
        if (row->error == 0)
            CU_ASSERT_EQUAL(value, row->value);
        if (error != row->error || (error == 0 && value != row->value))
            fprintf(stderr, "'%s' gives %d, %llu\n", row->text, error, (unsigned long long)value);
    }
}

static void test_numbers(void)
{
    check(numbers, pfg_number_read);
}

static void test_sizes(void)
{
    check(sizes, pfg_size_read);
}

static void test_durations(void)
{
    check(durations, pfg_duration_read);
}

static void test_doubles(void)
{
    double value = 0;

    CU_ASSERT_EQUAL(pfg_double_read("0.5", &value), 0);
    CU_ASSERT_DOUBLE_EQUAL(value, 0.5, 0);
    CU_ASSERT_EQUAL(pfg_double_read("50%", &value), 0);
    CU_ASSERT_DOUBLE_EQUAL(value, 0.5, 0);
    CU_ASSERT_EQUAL(pfg_double_read("-1e3", &value), 0);
    CU_ASSERT_DOUBLE_EQUAL(value, -1000, 0);
    CU_ASSERT_EQUAL(pfg_double_read("", &value), -EINVAL);
    CU_ASSERT_EQUAL(pfg_double_read("inf", &value), -EINVAL);
    CU_ASSERT_EQUAL(pfg_double_read("0x1p3", &value), -EINVAL);
    CU_ASSERT_EQUAL(pfg_double_read("5%%", &value), -EINVAL);
    CU_ASSERT_EQUAL(pfg_double_read("1e999", &value), -ERANGE);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "numbers with units of 1000", test_numbers },
        { "sizes with units of 1024", test_sizes },
        { "durations", test_durations },
        { "doubles and per cent", test_doubles },
        { 0 },
    };

    return test_run("common/number", cases);
}
