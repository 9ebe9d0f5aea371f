/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test_options.c - the tables of pfgsend's options, and that no field is named by text: every
 * string of rawsock/ is compared with the names of the tables. */
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "proto/registry.h"
#include "rawsock/verb.h"
#include "tests/harness.h"

static void test_tables(void)
{
    char why[400] = "";

    CU_ASSERT_EQUAL(pfg_options_check(&pfg_send_command, why, sizeof why), 0);
    if (why[0])
        printf("%s ", why);
}

/* Whether the text is the name, alias or path of a field. */
static bool names_field(const char *text, size_t size)
{
    size_t count;
    const struct pfg_field *const *fields = pfg_registry_ids(&count);

    for (size_t i = 0; i < count; i++) {
        const char *names[] = { fields[i]->name, fields[i]->path, fields[i]->row->alias };

        for (size_t k = 0; k < 3; k++)
            if (names[k] && strlen(names[k]) == size && memcmp(names[k], text, size) == 0)
                return true;
    }
    return false;
}

/* Options and verbs have names of their own, which may be those of fields. */
static bool may_name(const char *line)
{
    return strstr(line, "PFG_OPT_") || strstr(line, ".name = ") || strstr(line, "#include");
}

/* Strings of one line of C; how many are fields' names. */
static unsigned look_at_line(const char *path, const char *line)
{
    unsigned found = 0;
    const char *at = line;

    while (!may_name(line) && (at = strchr(at, '"')) != NULL) {
        const char *end = ++at;

        while (*end && *end != '"')
            end += end[0] == '\\' && end[1] ? 2 : 1;
        if (names_field(at, (size_t)(end - at))) {
            printf("%s: %s", path, line);
            found++;
        }
        at = *end ? end + 1 : end;
    }
    return found;
}

static void test_no_field_by_text(void)
{
    const char *source = getenv("PFG_SOURCE");
    char pattern[4096], line[1024];
    unsigned found = 0;
    glob_t files;

    snprintf(pattern, sizeof pattern, "%s/rawsock/*.[ch]", source ? source : ".");
    CU_ASSERT_EQUAL_FATAL(glob(pattern, 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        FILE *file = fopen(files.gl_pathv[i], "r");

        CU_ASSERT_FATAL(file != NULL);
        while (fgets(line, sizeof line, file))
            found += look_at_line(files.gl_pathv[i], line);
        fclose(file);
    }
    globfree(&files);
    CU_ASSERT_EQUAL(found, 0);
    /* The comparison itself finds what it should. */
    CU_ASSERT_EQUAL(look_at_line("this, which is meant to be found", "set(\"dstport\")\n"), 1);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "option tables", test_tables },
        { "no field by text", test_no_field_by_text },
        { 0 },
    };

    if (pfg_registry_init() < 0)
        return 1;
    return test_run("rawsock/options", cases);
}
