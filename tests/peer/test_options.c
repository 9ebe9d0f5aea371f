/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "common/options.h"
#include "peer/config.h"
#include "proto/registry.h"
#include "tests/harness.h"

static void test_table(void)
{
    char why[256] = "";

    CU_ASSERT_EQUAL(pfg_options_check(&peer_command, why, sizeof why), 0);
    CU_ASSERT_STRING_EQUAL(why, "");
}

/* Parses a command line whose words have blanks between them. */
static enum pfg_outcome parse(const char *line, struct peer_config *config,
                              struct pfg_parsed *parsed)
{
    static char words[256];
    char *argv[16];
    int argc = 0;

    snprintf(words, sizeof words, "%s", line);
    for (char *word = strtok(words, " "); word != NULL && argc < 15; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    *config = (struct peer_config){ 0 };
    return pfg_options_parse(&peer_command, config, argc, argv, parsed);
}

static void test_roles(void)
{
    struct peer_config config;
    struct pfg_parsed parsed;

    CU_ASSERT_EQUAL(parse("pfgpeer serve --roles=echo,plain --refuse bye,command", &config,
                          &parsed),
                    PFG_PARSED);
    CU_ASSERT_EQUAL(config.roles, PEER_ROLE_ECHO | PEER_ROLE_PLAIN);
    CU_ASSERT_EQUAL(config.refused, 1 << 3 | 1 << 6);
}

static void test_wrong_words(void)
{
    struct peer_config config;
    struct pfg_parsed parsed;

    CU_ASSERT_EQUAL(parse("pfgpeer serve --roles=echo,tea", &config, &parsed), PFG_MISUSED);
    CU_ASSERT_PTR_NOT_NULL(strstr(parsed.error, "tea"));
    CU_ASSERT_EQUAL(parse("pfgpeer serve --bind=somewhere", &config, &parsed), PFG_MISUSED);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "table", test_table },
        { "roles", test_roles },
        { "wrong words", test_wrong_words },
        { NULL, NULL },
    };

    return pfg_registry_init() == 0 ? test_run("options", cases) : 1;
}
