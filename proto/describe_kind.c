/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a row is, in words and as a name for programs; the definition's hash. */
#include <stdarg.h>
#include <stdio.h>

#include "proto/describe.h"

enum { TEXT_MAX = 512 };

void pfg_describe_print(struct pfg_out *out, const char *format, ...)
{
    char text[TEXT_MAX];
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pfg_out_bytes(out, text, size < (int)sizeof text ? (size_t)size : sizeof text - 1);
}

const char *pfg_describe_hash(void)
{
    static char text[32];
    if (!text[0] && pfg_registry_init() == 0)
        snprintf(text, sizeof text, "definition %08x", (unsigned)pfg_registry_hash());
    return text;
}

const char *pfg_kind_name(enum pfg_kind kind)
{
    static const char *const names[PFG_KIND_COUNT] = {
        [PFG_END] = "end",           [PFG_UINT] = "uint",         [PFG_INT] = "int",
        [PFG_FLAGS] = "flags",       [PFG_TIME] = "time",         [PFG_IPV4] = "ipv4",
        [PFG_IPV6] = "ipv6",         [PFG_MAC] = "mac",           [PFG_BYTES] = "bytes",
        [PFG_DATA] = "data",         [PFG_STRING] = "string",     [PFG_MAGIC] = "magic",
        [PFG_CONST] = "const",       [PFG_RESERVED] = "reserved", [PFG_LENGTH] = "length",
        [PFG_CHECKSUM] = "checksum", [PFG_GROUP] = "group",       [PFG_ARRAY] = "array",
        [PFG_BODY] = "body",         [PFG_PACKED] = "packed",     [PFG_NAME] = "name",
        [PFG_RDATA] = "rdata",       [PFG_DERIVED] = "derived",
    };
    return kind < PFG_KIND_COUNT ? names[kind] : "";
}

static const char *counted(enum pfg_counts counts)
{
    static const char *const words[] = {
        [PFG_COUNTS_ALL] = "all",
        [PFG_COUNTS_BODY] = "the body",
        [PFG_COUNTS_REST] = "what follows",
        [PFG_COUNTS_BEFORE] = "what stands before",
    };
    return words[counts];
}

static void describe_length(struct pfg_out *out, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;
    pfg_describe_print(out, "length of %s", counted(row->counts));
    if (field->scale > 1)
        pfg_describe_print(out, ", in units of %u bytes", field->scale);
    if (row->add)
        pfg_describe_print(out, ", %d %s", row->add < 0 ? -row->add : row->add,
                           row->add < 0 ? "less" : "more");
    if (row->max)
        pfg_describe_print(out, ", at most %llu", (unsigned long long)row->max);
}

static void describe_checksum(struct pfg_out *out, const struct pfg_field *field)
{
    static const char *const algorithms[] = { "CRC-32C", "CRC-32", "Internet checksum" };
    pfg_describe_print(out, "%s of %s", algorithms[field->row->algorithm],
                       counted(field->row->counts));
    if (field->row->when)
        pfg_describe_print(out, ", where %s is set", field->row->when);
}

static void describe_time(struct pfg_out *out, const struct pfg_field *field)
{
    static const char *const units[] = { "ns since 1970", "µs since 1970", "ms since 1970",
                                         "s since 1970", "NTP timestamp" };
    pfg_out_string(out, units[field->row->unit]);
}

static void describe_derived(struct pfg_out *out, const struct pfg_row *row)
{
    switch (row->derive) {
    case PFG_DERIVE_CODE:
        pfg_out_string(out, "not in the bytes");
        break;
    case PFG_DERIVE_SIZE:
        pfg_out_string(out, "bytes of the message");
        break;
    case PFG_DERIVE_POINTER:
        pfg_describe_print(out, "pointer in %s", row->by);
        break;
    case PFG_DERIVE_BIT:
        pfg_describe_print(out, "the bit %s", row->by);
        break;
    case PFG_DERIVE_PART:
        pfg_describe_print(out, "bits 0x%llx of %s", (unsigned long long)row->mask, row->by);
        break;
    case PFG_DERIVE_JOIN:
        pfg_describe_print(out, "the bits %s, with others above them", row->by);
        break;
    case PFG_DERIVE_MATCH:
        pfg_describe_print(out, "whether %s is \"%s\"", row->by, row->text);
        break;
    }
}

/* How bytes and texts end. */
static void describe_extent(struct pfg_out *out, const struct pfg_row *row, const char *what)
{
    pfg_out_string(out, what);
    if (row->prefix)
        pfg_describe_print(out, " after its length in %u byte%s", row->prefix,
                           row->prefix > 1 ? "s" : "");
    else if (row->size && row->zero_ended)
        pfg_out_string(out, ", filled up with zeros");
    else if (row->zero_ended)
        pfg_out_string(out, " up to a zero byte");
    else if (!row->size)
        pfg_out_string(out, ", the rest");
}

static void describe_integer(struct pfg_out *out, const struct pfg_field *field, const char *what)
{
    pfg_out_string(out, field->boolean ? "boolean" : what);
    if (field->scale > 1)
        pfg_describe_print(out, ", in units of %u", field->scale);
    if (field->row->fraction_bits)
        pfg_describe_print(out, ", its lowest %u bits a fraction", field->row->fraction_bits);
}

/* The kind alone; byte order and presence are added by the caller. */
/* A kind that no more is to be said of. */
static const char *plain_kind(enum pfg_kind kind)
{
    switch (kind) {
    case PFG_IPV4:
        return "IPv4 address";
    case PFG_IPV6:
        return "IPv6 address";
    case PFG_MAC:
        return "MAC address";
    case PFG_NAME:
        return "domain name";
    default:
        return pfg_kind_name(kind);
    }
}

static void describe_array(struct pfg_out *out, const struct pfg_row *row)
{
    pfg_describe_print(out, row->by ? "array, as often as %s says" : "array, to the end", row->by);
    if (row->leave)
        pfg_describe_print(out, " but for %u bytes", row->leave);
}

static void describe_row(struct pfg_out *out, const struct pfg_field *field)
{
    const struct pfg_row *row = field->row;

    switch (row->kind) {
    case PFG_UINT:
        describe_integer(out, field, "unsigned");
        break;
    case PFG_INT:
        describe_integer(out, field, "signed");
        break;
    case PFG_TIME:
        describe_time(out, field);
        break;
    case PFG_BYTES:
        describe_extent(out, row, "bytes");
        break;
    case PFG_DATA:
        describe_extent(out, row, "data");
        break;
    case PFG_STRING:
        describe_extent(out, row, "text");
        break;
    case PFG_MAGIC:
        pfg_out_string(out, "always \"");
        pfg_out_escaped(out, row->text, row->size);
        pfg_out_char(out, '"');
        break;
    case PFG_CONST:
        pfg_describe_print(out, "always %llu", (unsigned long long)row->init);
        break;
    case PFG_LENGTH:
        describe_length(out, field);
        break;
    case PFG_CHECKSUM:
        describe_checksum(out, field);
        break;
    case PFG_ARRAY:
        describe_array(out, row);
        break;
    case PFG_BODY:
        pfg_describe_print(out, "chosen by %s", row->by);
        break;
    case PFG_PACKED:
        pfg_describe_print(out, "values packed by %s", row->by);
        break;
    case PFG_RDATA:
        pfg_describe_print(out, "record data of %s", row->by);
        break;
    case PFG_DERIVED:
        describe_derived(out, row);
        break;
    case PFG_FLAGS:
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
    case PFG_RESERVED:
    case PFG_GROUP:
    case PFG_NAME:
    case PFG_END:
    case PFG_KIND_COUNT:
        pfg_out_string(out, plain_kind(row->kind));
        break;
    }
}

void pfg_describe_kind(struct pfg_out *out, const struct pfg_field *field)
{
    describe_row(out, field);
    if (field->row->order == PFG_LITTLE)
        pfg_out_string(out, ", little-endian");
    if (field->row->optional)
        pfg_out_string(out, ", may be absent");
}
