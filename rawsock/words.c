/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/words.h"

#include <stdio.h>
#include <string.h>

#include "proto/nearest.h"
#include "rawsock/fault.h"

/* The protocol whose name ends with "_word", where there is just one. */
static const struct pfg_proto *find_by_end(const char *word)
{
    const struct pfg_proto *found = NULL, *proto;
    size_t size = strlen(word);

    for (size_t i = 0; (proto = pfg_proto_at(i)); i++) {
        const char *name = proto->def->name;
        size_t name_size = strlen(name);

        if (name_size <= size || name[name_size - size - 1] != '_' ||
            strcmp(name + name_size - size, word) != 0)
            continue;
        if (found)
            return NULL;
        found = proto;
    }
    return found;
}

/* All layers there are, cut where they are too many for a message. */
static void list_layers(char *text, size_t room)
{
    const struct pfg_proto *proto;
    size_t used = 0;

    *text = '\0';
    for (size_t i = 0; (proto = pfg_proto_at(i)) && used < room; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%s", i ? " " : "", proto->def->name);
}

const struct pfg_proto *pfg_words_layer(const char *word, struct pfg_fault *fault)
{
    const struct pfg_proto *proto = pfg_proto_find(word, strlen(word));
    struct pfg_nearest nearest = pfg_nearest_to(word, strlen(word));
    char all[sizeof fault->text - 64];

    if (!proto)
        proto = find_by_end(word);
    if (proto)
        return proto;
    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        pfg_nearest_offer(&nearest, proto->def->name);
    if (nearest.name)
        pfg_fault_set(fault, "unknown layer %s; did you mean %s?", word, nearest.name);
    else {
        list_layers(all, sizeof all);
        pfg_fault_set(fault, "unknown layer %.30s; there are %s", word, all);
    }
    return NULL;
}

/* The only field of a layer that has bytes of its own, or NULL. */
static const struct pfg_field *only_field(const struct pfg_proto *proto)
{
    const struct pfg_field *only = NULL;

    for (uint32_t i = 0; i < proto->table.count; i++) {
        const struct pfg_field *field = &proto->table.fields[i];

        if (field->row->kind == PFG_DERIVED)
            continue;
        if (only)
            return NULL;
        only = field;
    }
    return only;
}

/* One word inside a layer: field=value. */
static int read_field(struct pfg_stack *stack, const char *word, struct pfg_fault *fault)
{
    const struct pfg_proto *proto = stack->layers[stack->count - 1].proto;
    const struct pfg_field *only = only_field(proto);
    const char *equals = strchr(word, '=');

    if (equals && equals != word)
        return pfg_stack_named(stack, stack->count - 1, word, (size_t)(equals - word), equals + 1,
                               fault);
    if (only && !equals)
        return pfg_stack_text(stack, stack->count - 1, only, word, fault);
    return pfg_fault_set(fault, "%s, in the layer %s, is not FIELD=VALUE; layers are divided by /",
                         word, proto->def->name);
}

int pfg_words_read(struct pfg_stack *stack, char *const *words, size_t count,
                   struct pfg_fault *fault)
{
    const struct pfg_proto *proto;
    bool begins = true;

    for (size_t i = 0; i < count; i++) {
        bool divides = strcmp(words[i], "/") == 0;

        if (begins && divides)
            return pfg_fault_set(fault, "a layer is missing before the / that is word %zu", i + 1);
        if (divides) {
            begins = true;
            continue;
        }
        if (!begins) {
            if (read_field(stack, words[i], fault) < 0)
                return -1;
            continue;
        }
        proto = pfg_words_layer(words[i], fault);
        if (!proto || pfg_stack_insert(stack, stack->count, proto, fault) < 0)
            return -1;
        begins = false;
    }
    if (begins)
        return pfg_fault_set(fault,
                             count ? "a layer is missing after the last /" : "no layer is given");
    return 0;
}

int pfg_words_check(struct pfg_stack *stack, struct pfg_writer *writer, struct pfg_fault *fault)
{
    for (size_t i = 0; i < stack->count; i++) {
        const struct pfg_layer *layer = &stack->layers[i];

        writer->size = 0;
        writer->overflow = false;
        if (pfg_encode_message(layer->proto, layer->sets, layer->count, NULL, 0, writer, fault) < 0)
            return -1;
    }
    return 0;
}
