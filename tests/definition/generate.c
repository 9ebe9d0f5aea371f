/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * generate: random valid messages of every kind of every protocol that is no network layer, made by
 * a walk over the definition's rows.
 *
 *     definition_generate SEED COUNT FOLDER
 *
 * writes FOLDER/script (a line a packet for pfgsend craft --script), FOLDER/bytes (what the
 * encoder makes of the same values, in hex) and FOLDER/expected (a JSON line a message: its
 * protocol, how many packets it takes and what a decoder must find, field by field). A share of the
 * messages goes over TCP, in connections of their own, whole or cut into segments. Lengths, counts,
 * checksums and constants are left to the encoders. Exit status 1: the encoder refused a valid
 * message.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/definition/message.h"

enum {
    DATAGRAM_MAX = 1400,
    ELEMENTS_MAX = 3,
    TCP_SHARE = 3, /* one in so many, of those that can */
    SEGMENT_MAX = 200,
};

/* Where the walk is. */
struct place {
    const char *prefix; /* of the settings' names: "qry[0]." */
    struct extent rest; /* bounds of bytes that take the rest */
};

static void walk(struct message *m, const struct pfg_table *table, struct place place);

static void join(char text[MESSAGE_NAME], const char *prefix, const char *name)
{
    if (snprintf(text, MESSAGE_NAME, "%s%s", prefix, name) >= MESSAGE_NAME)
        abort();
}

/* ---- Which body ---- */

/* The body that a value of the field by chooses, as the rows say. */
static const struct pfg_body *body_of(const struct message *m, const struct pfg_field *body,
                                      const struct pfg_field *by, uint64_t u)
{
    if (m->error && body->error)
        return body->error;
    for (uint32_t i = 0; i < by->names->count; i++)
        if (by->names->rows[i].value == u && body->bodies[2 * i].present)
            return &body->bodies[2 * i + (m->reply ? 1 : 0)];
    return body->other;
}

/* The body of a table that the field chooses; NULL none. */
static const struct pfg_field *chooses(const struct pfg_table *table, const struct pfg_field *field)
{
    for (uint32_t i = field->index + 1u; i < table->count; i++)
        if (table->fields[i].row->kind == PFG_BODY && table->fields[i].by == (int)field->index)
            return &table->fields[i];
    return NULL;
}

/* A value that chooses a body which has rows. */
static uint64_t choosing_value(struct message *m, const struct pfg_field *field,
                               const struct pfg_field *body)
{
    const struct pfg_names *names = field->names;

    if (body == m->proto->body && m->chosen >= 0)
        return names->rows[m->chosen].value;
    for (;;) {
        uint64_t u = body->row->rows && random_one_in(m->random, 4)
                         ? random_value(m->random, field->bits_mask ? field->bits_mask : 255)
                         : names->rows[random_below(m->random, names->count)].value;
        if (body->row->rows || body_of(m, body, field, u) != body->other)
            return u;
    }
}

/* ---- Integers ---- */

static bool counts_an_array(const struct pfg_table *table, const struct pfg_field *field)
{
    for (uint32_t i = field->index + 1u; i < table->count; i++)
        if (table->fields[i].row->kind == PFG_ARRAY && table->fields[i].by == (int)field->index)
            return true;
    return false;
}

/* Random bits, but those that say what the message is as it was asked for. */
static uint64_t flags_value(struct message *m, const struct pfg_field *field)
{
    const struct pfg_proto *proto = m->proto;
    uint64_t u = 0;

    for (uint32_t i = 0; i < field->inside.count; i++) {
        const struct pfg_field *bit = &field->inside.fields[i];
        u |= message_random_uint(m, bit) << __builtin_ctzll(bit->bit->mask) & bit->bit->mask;
    }
    if (proto->more.field == field)
        u &= ~proto->more.mask;
    if (proto->error.field == field)
        u = (u & ~proto->error.mask) | (m->error ? proto->error.mask : 0);
    if (proto->reply.field == field && proto->reply.any)
        u = (u & ~proto->reply.mask) | (m->reply ? proto->reply.mask : 0);
    return u;
}

static uint64_t integer(struct message *m, const struct pfg_table *table,
                        const struct pfg_field *field, const char *name)
{
    const struct pfg_field *body = chooses(table, field);
    uint64_t u;

    if (field->row->kind == PFG_FLAGS) {
        u = flags_value(m, field);
        message_flags(m, name, field, u);
        return u;
    }
    u = body ? choosing_value(m, field, body) : message_random_uint(m, field);
    if (field == m->proto->reply.field)
        m->reply = pfg_test_passes(&m->proto->reply, u);
    message_uint(m, name, field, u);
    return u;
}

/* ---- Bytes ---- */

static struct extent extent_of(const struct pfg_field *field, struct place place)
{
    const struct pfg_row *row = field->row;
    struct extent extent = { 0, 300 };

    if (row->size && row->zero_ended)
        extent.most = row->size;
    else if (row->size)
        extent.least = extent.most = row->size;
    else if (row->prefix == 1)
        extent.most = 255;
    else if (!row->prefix && !row->zero_ended)
        extent = place.rest;
    if (row->optional && !extent.least)
        extent.least = 1; /* no bytes would be no field */
    return extent;
}

/* ---- Tables ---- */

static void array(struct message *m, const struct pfg_field *field, struct place place)
{
    uint32_t count = random_below(m->random, ELEMENTS_MAX), i;
    char prefix[MESSAGE_NAME];

    /* What comes after an array must fit into what it leaves, and an element must not. */
    if (field->row->leave)
        place.rest = (struct extent){ field->row->leave, field->row->leave + 40u };
    for (i = 0; i < count && m->count < MESSAGE_SETS / 2; i++) {
        snprintf(prefix, sizeof prefix, "%s%s[%u].", place.prefix, field->name, i);
        walk(m, &field->inside.fields->inside, (struct place){ prefix, place.rest });
    }
}

static void chosen_body(struct message *m, const struct pfg_table *table,
                        const struct pfg_field *field, uint64_t u, struct place place)
{
    const struct pfg_body *body = body_of(m, field, &table->fields[field->by], u);
    char prefix[MESSAGE_NAME];

    if (body->group) {
        snprintf(prefix, sizeof prefix, "%s%s.", place.prefix, body->group->name);
        place.prefix = prefix;
    }
    walk(m, &body->table, place);
}

/* The type of record data stands in the table around it, and was chosen last. */
static uint64_t type_of(const struct message *m)
{
    for (size_t i = m->count; i-- > 0;) {
        const struct pfg_set *set = &m->sets[i];
        if (set->how == PFG_SET_UINT && set->name_size > 5 &&
            memcmp(set->name + set->name_size - 5, ".type", 5) == 0)
            return set->number;
    }
    return 0;
}

static void field_of(struct message *m, const struct pfg_table *table,
                     const struct pfg_field *field, uint64_t *seen, struct place place)
{
    char name[MESSAGE_NAME], format[MESSAGE_NAME];

    join(name, place.prefix, field->name);
    switch (field->row->kind) {
    case PFG_UINT:
    case PFG_INT:
    case PFG_TIME:
    case PFG_FLAGS:
        if (!counts_an_array(table, field))
            seen[field->index] = integer(m, table, field, name);
        break;
    case PFG_IPV4:
    case PFG_IPV6:
    case PFG_MAC:
        message_address(m, name, field);
        break;
    case PFG_BYTES:
    case PFG_DATA:
    case PFG_STRING:
        if (field->index + 1u < table->count &&
            table->fields[field->index + 1].row->kind == PFG_PACKED)
            break; /* set with its values */
        message_bytes(m, name, field, extent_of(field, place));
        break;
    case PFG_GROUP:
        strcat(name, ".");
        walk(m, &field->inside, (struct place){ name, place.rest });
        break;
    case PFG_ARRAY:
        array(m, field, place);
        break;
    case PFG_BODY:
        chosen_body(m, table, field, seen[field->by], place);
        break;
    case PFG_PACKED:
        join(format, place.prefix, table->fields[field->by].name);
        message_packed(m, format, &table->fields[field->by], name, field);
        break;
    case PFG_NAME:
        message_name(m, name, field);
        break;
    case PFG_RDATA:
        message_rdata(m, name, field, type_of(m));
        break;
    case PFG_MAGIC: /* as the rows say, or as the rest makes them */
    case PFG_CONST:
    case PFG_RESERVED:
    case PFG_LENGTH:
    case PFG_CHECKSUM:
    case PFG_DERIVED:
    case PFG_END:
    case PFG_KIND_COUNT:
        break;
    }
}

static void walk(struct message *m, const struct pfg_table *table, struct place place)
{
    uint64_t seen[64] = { 0 };
    uint32_t left = 0; /* bytes that an array left for the rows after it */

    for (uint32_t i = 0; i < table->count; i++) {
        const struct pfg_field *field = &table->fields[i];
        if (field->row->optional && random_one_in(m->random, 3))
            return;
        if (left)
            place.rest = (struct extent){ 1, left - (field->size < left ? field->size : 0) };
        field_of(m, table, field, seen, place);
        if (left)
            left -= field->size < left ? field->size : 0;
        if (field->row->leave)
            left = field->row->leave;
    }
}

/* ---- Messages ---- */

/* What messages there are: one for each value that chooses the top body, each direction, errors. */
struct shape {
    const struct pfg_proto *proto;
    int chosen;
    bool reply, error;
};

static size_t add_shapes(struct shape *shapes, size_t count, const struct pfg_proto *proto)
{
    const struct pfg_field *body = proto->body;
    const struct pfg_names *names = body ? proto->table.fields[body->by].names : NULL;
    bool asked = proto->reply.field && proto->reply.any; /* a bit tells the direction */

    if (!body) {
        shapes[count++] = (struct shape){ proto, -1, false, false };
        return count;
    }
    for (uint32_t i = 0; i < names->count; i++) {
        if (!body->bodies[2 * i].present)
            continue;
        for (int reply = 0; reply <= asked; reply++)
            shapes[count++] = (struct shape){ proto, (int)i, reply != 0, false };
        if (body->error)
            shapes[count++] = (struct shape){ proto, (int)i, true, true };
    }
    return count;
}

static void begin(struct message *m, const struct shape *shape)
{
    m->proto = shape->proto;
    m->chosen = shape->chosen;
    m->reply = shape->reply;
    m->error = shape->error;
    m->count = 0;
    m->stored = 0;
    m->words.at = m->words.start;
    m->values.at = m->values.start;
}

static int encode(struct message *m, struct pfg_writer *writer)
{
    struct pfg_fault fault;

    writer->size = 0;
    writer->overflow = false;
    if (pfg_encode_message(m->proto, m->sets, m->count, NULL, 0, writer, &fault) == 0)
        return 0;
    fprintf(stderr, "generate: %s\n%s%.*s\n", fault.text, m->proto->def->name,
            (int)(m->words.at - m->words.start), m->words.start);
    return -1;
}

/* The message's own words, in whatever carries it. */
static void put_words(const struct message *m, FILE *script)
{
    fprintf(script, "%s%.*s\n", m->proto->def->name, (int)(m->words.at - m->words.start),
            m->words.start);
}

static void put_hex(FILE *file, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        fprintf(file, "%02x", bytes[i]);
}

/* One message in a connection of its own: its beginning, and the message in one segment as pfgsend
 * makes it, or its bytes in several. Returns how many packets that is. */
static uint64_t put_segments(struct message *m, const char *ends, const uint8_t *bytes,
                             uint32_t size, FILE *script)
{
    uint32_t at = 0, packets = 1;

    fprintf(script, "%s flags=S seq=1000\n", ends);
    if (random_one_in(m->random, 2)) {
        fprintf(script, "%s flags=P. seq=1001 / ", ends);
        put_words(m, script);
        return 2;
    }
    for (; at < size; packets++) {
        uint32_t part = 1 + random_below(m->random, SEGMENT_MAX);
        part = part < size - at ? part : size - at;
        fprintf(script, "%s flags=P. seq=%u / raw hex:", ends, 1001 + at);
        put_hex(script, bytes + at, part);
        fputc('\n', script);
        at += part;
    }
    return packets;
}

/* Over UDP, or TCP where the protocol can; each from an address of its own, so that no message
 * answers another; and from a port that is no protocol's. Returns how many packets that is. */
static uint64_t put_message(struct message *m, uint64_t number, const struct pfg_writer *writer,
                            FILE *files[3])
{
    const struct pfg_protocol *def = m->proto->def;
    bool tcp = def->tcp_ports[0] && random_one_in(m->random, TCP_SHARE);
    uint8_t stream[DATAGRAM_MAX + 4];
    uint32_t prefix = tcp ? def->tcp_prefix : 0;
    uint64_t packets = 1;
    char ends[128];

    for (uint32_t i = 0; i < prefix; i++)
        stream[i] = (uint8_t)(writer->size >> 8 * (prefix - 1 - i));
    memcpy(stream + prefix, writer->bytes, writer->size);
    snprintf(ends, sizeof ends, "ip src=10.%u.%u.%u / %s sport=55555 dport=%u",
             (unsigned)(number >> 16 & 255), (unsigned)(number >> 8 & 255),
             (unsigned)(number & 255), tcp ? "tcp" : "udp",
             tcp ? def->tcp_ports[0] : def->udp_ports[0]);
    if (tcp) {
        packets = put_segments(m, ends, stream, prefix + writer->size, files[0]);
    } else {
        fprintf(files[0], "%s / ", ends);
        put_words(m, files[0]);
    }
    put_hex(files[1], stream, prefix + writer->size);
    fputc('\n', files[1]);
    fprintf(files[2], "{\"protocol\":\"%s\",\"packets\":%llu,\"values\":[%.*s]}\n", def->name,
            (unsigned long long)packets, (int)(m->values.at - m->values.start), m->values.start);
    return packets;
}

static int generate(struct random_source *random, uint64_t count, FILE *files[3])
{
    static struct shape shapes[4096];
    static struct message m;
    static uint8_t bytes[DATAGRAM_MAX];
    struct pfg_writer writer = { .bytes = bytes, .room = sizeof bytes };
    const struct pfg_proto *proto;
    size_t shape_count = 0;

    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        if (!proto->def->network)
            shape_count = add_shapes(shapes, shape_count, proto);
    m.random = random;
    pfg_out_init(&m.words, 1 << 16, NULL, NULL);
    pfg_out_init(&m.values, 1 << 16, NULL, NULL);
    for (uint64_t i = 0; i < count; i++) {
        const struct shape *shape = &shapes[i % shape_count];
        struct place top = { "", { shape->proto->header_size ? 0 : 1, 300 } };
        begin(&m, shape);
        walk(&m, &shape->proto->table, top);
        if (encode(&m, &writer) < 0)
            return 1;
        put_message(&m, i, &writer, files);
    }
    printf("%zu kinds of message\n", shape_count);
    return 0;
}

int main(int argc, char **argv)
{
    static const char *const names[] = { "script", "bytes", "expected" };
    struct random_source random;
    FILE *files[3];
    char path[4096];
    int status;

    if (argc != 4 || pfg_registry_init() < 0) {
        fprintf(stderr, "generate SEED COUNT FOLDER\n%s\n", pfg_registry_fault());
        return 2;
    }
    random.state = strtoull(argv[1], NULL, 0);
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", argv[3], names[i]);
        files[i] = fopen(path, "w");
        if (!files[i]) {
            perror(path);
            return 2;
        }
    }
    status = generate(&random, strtoull(argv[2], NULL, 0), files);
    for (int i = 0; i < 3; i++)
        if (fclose(files[i]) != 0)
            status = 2;
    return status;
}
