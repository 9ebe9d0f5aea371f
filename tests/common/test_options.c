/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/options.h"
#include "tests/harness.h"

enum form { LINE, JSON, TREE };

struct config {
    bool promiscuous, resolve;
    unsigned verbose;
    uint8_t ttl;
    uint64_t count, size_bytes, wait_ns;
    const char *interface;
    const char *color, *columns;
    enum form form;
    double loss;
    struct pfg_words names;
    uint64_t called;
    const char *field, *value;
};

static const struct pfg_choice forms[] = {
    { "line", LINE, "one line a packet" },
    { "json", JSON, "one object a packet" },
    { "tree", TREE, NULL },
    { 0 },
};

static int call(const struct pfg_option *row, const char *value, void *config, char *why,
                size_t room)
{
    if (strcmp(value, "bad") == 0) {
        snprintf(why, room, "is not what --%s wants", row->name);
        return -1;
    }
    ((struct config *)config)->called++;
    return 0;
}

static const char *offer_column(size_t index)
{
    static const char *const columns[] = { "ip.src", "ip.dst", "udp.port" };

    return index < sizeof columns / sizeof *columns ? columns[index] : NULL;
}

/* clang-format off */
static const struct pfg_option rows[] = {
    { .kind = PFG_OPT_HEADING, .help = "Input" },
    { "interface", 'i', PFG_OPT_STRING, PFG_OPT_AT(struct config, interface), "NAME",
      "capture live on NAME", .complete = PFG_COMPLETE_INTERFACE },
    { "promiscuous", 'p', PFG_OPT_FLAG, PFG_OPT_AT(struct config, promiscuous),
      .help = "see what is for others too" },
    { "no-resolve", 'n', PFG_OPT_CLEAR, PFG_OPT_AT(struct config, resolve),
      .help = "show numbers" },
    { "columns", 0, PFG_OPT_STRING, PFG_OPT_AT(struct config, columns), "A,B", "which columns",
      .complete = PFG_COMPLETE_LIST, .offer = offer_column },
    { "count", 'c', PFG_OPT_NUMBER, PFG_OPT_AT(struct config, count), "N",
      "stop after N packets, of which there may be so many that this help is wrapped", .minimum = 1 },
    { "size", 's', PFG_OPT_SIZE, PFG_OPT_AT(struct config, size_bytes), "BYTES", "snap length" },
    { "wait", 'w', PFG_OPT_DURATION, PFG_OPT_AT(struct config, wait_ns), "TIME", "wait so long",
      .maximum = 10000000000 },
    { "loss", 0, PFG_OPT_DOUBLE, PFG_OPT_AT(struct config, loss), "SHARE", "lose so many",
      .maximum = 1 },
    { .kind = PFG_OPT_HEADING, .help = "Output" },
    { "form", 'f', PFG_OPT_CHOICE, PFG_OPT_AT(struct config, form), NULL, "how it is shown",
      .choices = forms },
    { "json", 'j', PFG_OPT_SET, PFG_OPT_AT(struct config, form), .help = "as --form=json",
      .set = JSON },
    { "color", 0, PFG_OPT_STRING, PFG_OPT_AT(struct config, color), "WHEN", "colours",
      .implied = "auto" },
    { "name", 0, PFG_OPT_LIST, PFG_OPT_AT(struct config, names), "NAME", "one more" },
    { "verbose", 'v', PFG_OPT_COUNT, PFG_OPT_AT(struct config, verbose), .help = "say more" },
    { "call", 0, PFG_OPT_CALL, .metavar = "WORD", .help = "call", .call = call },
    { NULL, 'O', PFG_OPT_FLAG, PFG_OPT_AT(struct config, resolve), .help = "a letter alone" },
    { NULL, 'F', PFG_OPT_STRING, PFG_OPT_AT(struct config, columns), "FILE", "a letter with a value",
      .complete = PFG_COMPLETE_FILE },
    { "secret", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct config, resolve), .help = "x", .hidden = true },
    { 0 },
};

static const struct pfg_option dns_rows[] = {
    { "ttl", 't', PFG_OPT_NUMBER, PFG_OPT_AT(struct config, ttl), "N", "time to live" },
    { 0 },
};
/* clang-format on */

/* An extension of two fields: id, which has a value, and rd, which has none. */
static enum pfg_taken take(const struct pfg_verb *verb, const char *name, const char *value,
                           void *config, char *why, size_t room)
{
    struct config *to = config;

    CU_ASSERT_STRING_EQUAL(verb->name, "dns");
    if (strcmp(name, "id") != 0 && strcmp(name, "rd") != 0)
        return PFG_TAKEN_NOT;
    to->field = name[0] == 'i' ? "id" : "rd";
    if (name[0] == 'r')
        return PFG_TAKEN_ALONE;
    if (value == NULL) {
        snprintf(why, room, "needs a value");
        return PFG_TAKEN_WRONG;
    }
    to->value = value;
    return PFG_TAKEN_VALUE;
}

static bool extension_row(const struct pfg_verb *verb, size_t index, struct pfg_option *row)
{
    static const char *const names[] = { "id", "rd" };

    (void)verb;
    if (index >= 2)
        return false;
    row->name = names[index];
    row->kind = index == 0 ? PFG_OPT_NUMBER : PFG_OPT_FLAG;
    row->help = "a field of the message";
    return true;
}

static const struct pfg_extension extension = { "Fields", take, extension_row };
static const char *const types[] = { "A", "AAAA", NULL };
static const struct pfg_section sections[] = {
    { "Examples", "Ask:\n\n  pfgtest dns example.org\n\nand so on." },
    { 0 },
};

static const struct pfg_verb verbs[] = {
    { .name = "dns",
      .brief = "ask a name server",
      .words = "NAME",
      .options = dns_rows,
      .extension = &extension,
      .offers = types,
      .tag = 7 },
    { .name = "discover", .brief = "look for peers" },
    { .name = "replay", .brief = "send a capture", .words = "FILE", .complete = PFG_COMPLETE_FILE },
    { 0 },
};

static const struct pfg_command plain = {
    .name = "pfgtest",
    .brief = "test options",
    .words = "[WORD]...",
    .options = rows,
    .sections = sections,
    .detail = "First.\n\nSecond.",
    .see_also = "pfgcap(1)",
};
static const struct pfg_command with_verbs = {
    .name = "pfgtest",
    .brief = "test options",
    .options = rows,
    .verbs = verbs,
};

#define MOST 16
static struct config config;
static struct pfg_parsed parsed;
static char *arguments[MOST + 1];

/* Parses the words of a line, divided by single blanks. */
static enum pfg_outcome parse(const struct pfg_command *command, const char *line)
{
    static char copy[400];
    int count = 0;

    pfg_words_free(&config.names);
    config = (struct config){ .resolve = true, .count = 5 };
    snprintf(copy, sizeof(copy), "%s", line);
    arguments[count++] = (char *)"pfgtest";
    for (char *word = strtok(copy, " "); word != NULL && count < MOST; word = strtok(NULL, " "))
        arguments[count++] = word;
    arguments[count] = NULL;
    return pfg_options_parse(command, &config, count, arguments, &parsed);
}

static void test_tables_fit(void)
{
    static const struct pfg_option twice[] = {
        { "a", 'a', PFG_OPT_FLAG, PFG_OPT_AT(struct config, resolve), .help = "x" },
        { "b", 'a', PFG_OPT_FLAG, PFG_OPT_AT(struct config, resolve), .help = "x" },
        { 0 },
    };
    static const struct pfg_option misfit[] = {
        { "a", 0, PFG_OPT_FLAG, PFG_OPT_AT(struct config, count), .help = "x" },
        { 0 },
    };
    struct pfg_command command = plain;
    char why[200];

    CU_ASSERT_EQUAL(pfg_options_check(&plain, why, sizeof(why)), 0);
    CU_ASSERT_EQUAL(pfg_options_check(&with_verbs, why, sizeof(why)), 0);
    command.options = twice;
    CU_ASSERT_EQUAL(pfg_options_check(&command, why, sizeof(why)), -1);
    CU_ASSERT_STRING_EQUAL(why, "pfgtest: -a stands in the tables twice");
    command.options = misfit;
    CU_ASSERT_EQUAL(pfg_options_check(&command, why, sizeof(why)), -1);
}

static void test_spelling(void)
{
    CU_ASSERT_EQUAL(parse(&plain, "--interface=lo -c 12 one --size 64k -w1.5ms two"), PFG_PARSED);
    CU_ASSERT_STRING_EQUAL(config.interface, "lo");
    CU_ASSERT_EQUAL(config.count, 12);
    CU_ASSERT_EQUAL(config.size_bytes, 65536);
    CU_ASSERT_EQUAL(config.wait_ns, 1500000);
    CU_ASSERT_EQUAL(parsed.count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.words[0], "one");
    CU_ASSERT_STRING_EQUAL(parsed.words[1], "two");
    CU_ASSERT_PTR_NULL(parsed.words[2]);

    CU_ASSERT_EQUAL(parse(&plain, "-vvpni lo -vj - -- -x --"), PFG_PARSED);
    CU_ASSERT_EQUAL(config.verbose, 3);
    CU_ASSERT_TRUE(config.promiscuous);
    CU_ASSERT_FALSE(config.resolve);
    CU_ASSERT_STRING_EQUAL(config.interface, "lo");
    CU_ASSERT_EQUAL(config.form, JSON);
    CU_ASSERT_EQUAL(parsed.count, 3);
    CU_ASSERT_STRING_EQUAL(parsed.words[0], "-");
    CU_ASSERT_STRING_EQUAL(parsed.words[1], "-x");
    CU_ASSERT_STRING_EQUAL(parsed.words[2], "--");
}

static void test_kinds(void)
{
    CU_ASSERT_EQUAL(parse(&plain, "--form tree --loss 5% --name a --name=b --call x --color w"),
                    PFG_PARSED);
    CU_ASSERT_EQUAL(config.form, TREE);
    CU_ASSERT_DOUBLE_EQUAL(config.loss, 0.05, 1e-12);
    CU_ASSERT_EQUAL(config.names.count, 2);
    CU_ASSERT_STRING_EQUAL(config.names.items[1], "b");
    CU_ASSERT_EQUAL(config.called, 1);
    CU_ASSERT_STRING_EQUAL(config.color, "auto");
    CU_ASSERT_STRING_EQUAL(parsed.words[0], "w");
    CU_ASSERT_EQUAL(parse(&plain, "--color=never --interface="), PFG_PARSED);
    CU_ASSERT_STRING_EQUAL(config.color, "never");
    CU_ASSERT_STRING_EQUAL(config.interface, "");
    pfg_words_free(&config.names);
}

static void expect_error(const struct pfg_command *command, const char *line, const char *error)
{
    CU_ASSERT_EQUAL(parse(command, line), PFG_MISUSED);
    CU_ASSERT_STRING_EQUAL(parsed.error, error);
    if (strcmp(parsed.error, error) != 0)
        fprintf(stderr, "'%s' gives: %s\n", line, parsed.error);
}

static void test_mistakes(void)
{
    expect_error(&plain, "--cuont 3", "there is no option --cuont; the nearest is --count");
    expect_error(&plain, "--zzzzz", "there is no option --zzzzz; --help lists them");
    expect_error(&plain, "-vX", "there is no option -X");
    expect_error(&plain, "--count", "--count needs a value");
    expect_error(&plain, "-c", "-c needs a value");
    expect_error(&plain, "--verbose=2", "--verbose takes no value");
    expect_error(&plain, "-c 0", "-c: '0' is less than 1");
    expect_error(&plain, "-c 1x", "-c: '1x' is not a number");
    expect_error(&plain, "-c 99999999999999999999", "-c: '99999999999999999999' is too large");
    expect_error(&plain, "--wait 11s", "--wait: '11s' is too long");
    expect_error(&plain, "--wait soon",
                 "--wait: 'soon' is not a duration, such as 2s, 1.5ms or 100us");
    expect_error(&plain, "--loss 2", "--loss: '2' is not within 0 to 1");
    expect_error(&plain, "--form jsn", "--form: 'jsn' is none of line, json, tree");
    expect_error(&plain, "--call bad", "--call: 'bad' is not what --call wants");
    expect_error(&with_verbs, "dns --ttl 256", "--ttl: '256' is too large");
    expect_error(&with_verbs, "dsn", "there is no verb dsn; the nearest is dns");
    expect_error(&with_verbs, "discover it", "'it' is one word too many");
    expect_error(&with_verbs, "--ttl 5 dns", "there is no option --ttl; --help lists them");
}

static void test_verbs(void)
{
    CU_ASSERT_EQUAL(parse(&with_verbs, "-v dns --ttl 64 -c 3 dns -- -y"), PFG_PARSED);
    CU_ASSERT_EQUAL(parsed.verb->tag, 7);
    CU_ASSERT_EQUAL(config.ttl, 64);
    CU_ASSERT_EQUAL(config.count, 3);
    CU_ASSERT_EQUAL(config.verbose, 1);
    CU_ASSERT_EQUAL(parsed.count, 2);
    CU_ASSERT_STRING_EQUAL(parsed.words[0], "dns");
    CU_ASSERT_STRING_EQUAL(parsed.words[1], "-y");
    CU_ASSERT_EQUAL(parse(&with_verbs, ""), PFG_PARSED);
    CU_ASSERT_PTR_NULL(parsed.verb);
    CU_ASSERT_EQUAL(parse(&with_verbs, "--help dns --bogus"), PFG_WANTS_HELP);
    CU_ASSERT_STRING_EQUAL(parsed.verb->name, "dns");
}

static void test_extension(void)
{
    CU_ASSERT_EQUAL(parse(&with_verbs, "dns --id 0x5c6d name"), PFG_PARSED);
    CU_ASSERT_STRING_EQUAL(config.field, "id");
    CU_ASSERT_STRING_EQUAL(config.value, "0x5c6d");
    CU_ASSERT_EQUAL(parsed.count, 1);
    CU_ASSERT_EQUAL(parse(&with_verbs, "dns --id=7 --rd name"), PFG_PARSED);
    CU_ASSERT_STRING_EQUAL(config.field, "rd");
    CU_ASSERT_STRING_EQUAL(config.value, "7");
    CU_ASSERT_EQUAL(parsed.count, 1);
    expect_error(&with_verbs, "dns --id", "--id: needs a value");
    expect_error(&with_verbs, "dns --rd=1", "--rd takes no value");
    expect_error(&with_verbs, "dns --idd 1", "there is no option --idd; the nearest is --id");
}

static void test_stops_at_word(void)
{
    struct pfg_command command = plain;

    command.stops_at_word = true;
    CU_ASSERT_EQUAL(parse(&command, "-v program -v --count"), PFG_PARSED);
    CU_ASSERT_EQUAL(config.verbose, 1);
    CU_ASSERT_EQUAL(parsed.count, 3);
}

static void test_builtin(void)
{
    CU_ASSERT_EQUAL(parse(&plain, "-h --bogus"), PFG_WANTS_HELP);
    CU_ASSERT_EQUAL(parse(&plain, "-V"), PFG_WANTS_VERSION);
    CU_ASSERT_EQUAL(parse(&plain, "--man"), PFG_WANTS_MAN);
    CU_ASSERT_EQUAL(parse(&plain, "--completion=bash"), PFG_WANTS_COMPLETION);
    expect_error(&plain, "--completion=fish", "--completion: 'fish' is none of bash");
}

/* What a printer writes; to be freed. */
static char *printed(const struct pfg_command *command,
                     void (*print)(const struct pfg_command *command, FILE *out))
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    print(command, out);
    fclose(out);
    return text;
}

static void print_help(const struct pfg_command *command, FILE *out)
{
    pfg_options_help(command, NULL, out);
}

static void test_help(void)
{
    char *text = printed(&plain, print_help);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Usage: pfgtest [OPTION]... [WORD]...\nTest options.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nFirst.\n\nSecond.\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nInput:\n  -i, --interface=NAME      capture live"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  -f, --form=line|json|tree\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "      --color[=WHEN]        colours\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nExamples:\nAsk:\n\n  pfgtest dns example.org\n\nand"));
    CU_ASSERT_PTR_NULL(strstr(text, "secret"));
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        CU_ASSERT_TRUE(strlen(line) < 80);
    free(text);
    text = printed(&with_verbs, print_help);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "Usage: pfgtest VERB [OPTION]"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "  dns                       ask a name server\n"));
    free(text);
}

static void test_man(void)
{
    char *text = printed(&with_verbs, pfg_options_man);

    CU_ASSERT_PTR_NOT_NULL(strstr(text, ".SH \"NAME\"\npfgtest \\- test options\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, ".TP\n\\fB\\-t\\fR, \\fB\\-\\-ttl\\fR=\\fIN\\fR\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\\fB\\-\\-id\\fR"));
    CU_ASSERT_PTR_NULL(strstr(text, "secret"));
    free(text);
}

/* Runs bash on the script with the words of a command line, the last one being completed, and
 * compares what it offers, divided by single blanks. */
static void expect_offers(const char *script, const char *words, const char *offers)
{
    char path[] = "/tmp/pfg-completion-XXXXXX";
    char line[400], answer[400] = "";
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    FILE *bash;

    CU_ASSERT_PTR_NOT_NULL_FATAL(file);
    fprintf(file,
            "%s\nCOMP_WORDS=(%s)\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_pfgtest\n"
            "echo \"${COMPREPLY[*]}\"\n",
            script, words);
    fclose(file);
    snprintf(line, sizeof(line), "bash %s", path);
    bash = popen(line, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(bash);
    if (fgets(answer, sizeof(answer), bash) != NULL)
        answer[strcspn(answer, "\n")] = '\0';
    CU_ASSERT_EQUAL(pclose(bash), 0);
    unlink(path);
    CU_ASSERT_STRING_EQUAL(answer, offers);
    if (strcmp(answer, offers) != 0)
        fprintf(stderr, "(%s) offers: %s\n", words, answer);
}

static void test_completion(void)
{
    char *script = printed(&with_verbs, pfg_options_completion);

    expect_offers(script, "pfgtest d", "dns discover");
    expect_offers(script, "pfgtest dns A", "A AAAA");
    expect_offers(script, "pfgtest dns --t", "--ttl=");
    expect_offers(script, "pfgtest dns --i", "--id= --interface=");
    expect_offers(script, "pfgtest discover --t", "");
    expect_offers(script, "pfgtest dns --form ''", "line json tree");
    expect_offers(script, "pfgtest dns --form =", "line json tree");
    expect_offers(script, "pfgtest dns --form = j", "json");
    expect_offers(script, "pfgtest dns -f t", "tree");
    expect_offers(script, "pfgtest dns -i l", "lo");
    expect_offers(script, "pfgtest dns --count ''", "");
    expect_offers(script, "pfgtest replay /proc/self/cmdl", "/proc/self/cmdline");
    expect_offers(script, "pfgtest dns --columns = ip", "ip.src ip.dst");
    expect_offers(script, "pfgtest dns --columns udp.port,ip.s", "udp.port,ip.src");
    expect_offers(script, "pfgtest dns --columns udp.port,x", "");
    expect_offers(script, "pfgtest --hel", "--help");
    expect_offers(script, "pfgtest dns -O", "-O");
    expect_offers(script, "pfgtest discover -F", "-F");
    expect_offers(script, "pfgtest dns -F /proc/self/cmdl", "/proc/self/cmdline");
    free(script);
}

int main(void)
{
    static const struct test_case cases[] = {
        { "tables fit together", test_tables_fit },
        { "spelling", test_spelling },
        { "kinds", test_kinds },
        { "mistakes", test_mistakes },
        { "verbs", test_verbs },
        { "extension", test_extension },
        { "stop at the first word", test_stops_at_word },
        { "built-in options", test_builtin },
        { "help", test_help },
        { "manual page", test_man },
        { "completion", test_completion },
        { 0 },
    };
    int status = test_run("common/options", cases);

    pfg_words_free(&config.names);
    return status;
}
