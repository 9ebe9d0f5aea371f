/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields.h - --fields: chosen values of each packet as columns, after tshark's -T fields. */
#ifndef PFG_CAPTURE_FIELDS_H
#define PFG_CAPTURE_FIELDS_H

#include "capture/own.h"
#include "proto/also.h"
#include "proto/decode.h"
#include "proto/out.h"

/* Which of several occurrences are shown. */
enum capture_occurrence { CAPTURE_ALL, CAPTURE_FIRST, CAPTURE_LAST };

struct capture_column {
    struct pfg_refs refs;   /* count 0: whether the protocol is there, or: */
    struct capture_own own; /* what every protocol has */
    const struct pfg_field *value_fields[PFG_ALSO_FIELDS]; /* of a bit, its flags */
    const struct pfg_proto *proto;
    bool text; /* may contain what would break the columns */
    const char *name;
    size_t name_size;
};

struct capture_fields {
    struct capture_column *columns;
    size_t count;
    bool header;
    char separator, aggregator, quote; /* quote 0: none */
    enum capture_occurrence occurrence;
    struct pfg_out scratch;
};

/* list: "a,b,c", borrowed; options: -E's words. 0, or -1 with why. */
int capture_fields_init(struct capture_fields *fields, const char *list, const char *const *options,
                        size_t option_count, char *why, size_t room);
void capture_fields_free(struct capture_fields *fields);
/* The network layers that the columns are of: a bit 1 << enum pfg_layer_id each. */
uint32_t capture_fields_layers(const struct capture_fields *fields);
/* Whether a column is known only once replies are matched with their requests. */
bool capture_fields_pairs(const struct capture_fields *fields);
/* Whether a column is of what the layers bear, or needs the streams of TCP. */
bool capture_fields_messages(const struct capture_fields *fields);
/* The names of columns, for the shell, each good until the next call; NULL past the end. */
const char *capture_fields_offer(size_t index);
void capture_fields_header(const struct capture_fields *fields, struct pfg_out *out);
void capture_fields_packet(struct capture_fields *fields, struct pfg_out *out,
                           const struct pfg_decode *decode);

#endif
