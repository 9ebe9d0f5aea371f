/* SPDX-License-Identifier: GPL-2.0-or-later */
/* describe.c - pfgcap --describe: one protocol, several, or all that are no network layers. */
#include "capture/describe.h"

#include <string.h>
#include <unistd.h>

#include "common/log.h"
#include "proto/also.h"
#include "proto/describe.h"
#include "proto/nearest.h"

/* What is printed, and whether something was before it. */
struct description {
    const struct capture_config *config;
    struct pfg_out *out;
    bool any;
};

static void describe(struct description *description, const struct pfg_proto *proto)
{
    const struct capture_config *config = description->config;
    bool json = config->mode == CAPTURE_MODE_JSON;

    if (description->any)
        pfg_out_string(description->out, json ? "," : "\n");
    description->any = true;
    if (json)
        pfg_describe_json(description->out, proto);
    else
        pfg_describe_protocol(description->out, proto,
                              config->markdown ? PFG_DESCRIBE_MARKDOWN : PFG_DESCRIBE_TEXT);
}

static int describe_named(struct description *description, const char *name)
{
    const struct pfg_proto *proto = pfg_also_proto(name, strlen(name));
    struct pfg_nearest nearest = pfg_nearest_to(name, strlen(name));

    if (proto != NULL) {
        describe(description, proto);
        return 0;
    }
    for (size_t i = 0; (proto = pfg_proto_at(i)) != NULL; i++)
        pfg_nearest_offer(&nearest, proto->def->name);
    if (nearest.name != NULL)
        return pfg_fail("there is no protocol %s; did you mean %s?", name, nearest.name);
    return pfg_fail("there is no protocol %s; --describe lists them", name);
}

static int describe_all(struct description *description)
{
    const struct pfg_proto *proto;

    for (size_t i = 0; (proto = pfg_proto_at(i)) != NULL; i++) {
        if (!proto->def->network)
            describe(description, proto);
    }
    return 0;
}

static int describe_asked(struct description *description, const struct pfg_parsed *parsed)
{
    const char *name = description->config->describe;
    int status = 0;

    if (name[0] == '\0' && parsed->count == 0)
        return describe_all(description);
    if (name[0] != '\0')
        status = describe_named(description, name);
    for (size_t i = 0; i < parsed->count && status == 0; i++)
        status = describe_named(description, parsed->words[i]);
    return status;
}

int capture_describe(const struct capture_config *config, const struct pfg_parsed *parsed)
{
    struct pfg_out out;
    struct description description = { config, &out, false };
    bool json = config->mode == CAPTURE_MODE_JSON;
    int fd = STDOUT_FILENO, status;

    if (pfg_out_init(&out, 1 << 16, pfg_out_to_fd, &fd) != 0)
        return pfg_fail("no memory");
    if (json) {
        pfg_out_string(&out, "{\"definition\":\"");
        pfg_out_hex_uint(&out, pfg_registry_hash(), 8);
        pfg_out_string(&out, "\",\"protocols\":[");
    }
    status = describe_asked(&description, parsed);
    if (json)
        pfg_out_string(&out, "]}\n");
    if (status != 0)
        out.at = out.start; /* nothing but the failure is said */
    else if (pfg_out_flush(&out) != 0)
        status = pfg_fail_errno(out.error, NULL, "cannot write");
    pfg_out_free(&out);
    return status;
}
