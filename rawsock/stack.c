/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/stack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rawsock/fault.h"

/* ---- Layers -------------------------------------------------------------------------- */

enum pfg_role pfg_role_of(const struct pfg_proto *proto)
{
    static const struct {
        enum pfg_layer_id layer;
        enum pfg_role role;
    } roles[] = {
        { PFG_LAYER_FRAME, PFG_ROLE_LINK },
        { PFG_LAYER_ETH, PFG_ROLE_LINK },
        { PFG_LAYER_SLL, PFG_ROLE_LINK },
        { PFG_LAYER_SLL2, PFG_ROLE_LINK },
        { PFG_LAYER_NULL, PFG_ROLE_LINK },
        { PFG_LAYER_LOOP, PFG_ROLE_LINK },
        { PFG_LAYER_VLAN, PFG_ROLE_TAG },
        { PFG_LAYER_ARP, PFG_ROLE_TAG },
        { PFG_LAYER_IP, PFG_ROLE_NETWORK },
        { PFG_LAYER_IP6, PFG_ROLE_NETWORK },
        { PFG_LAYER_IP6_HOP, PFG_ROLE_EXTENSION },
        { PFG_LAYER_IP6_DST, PFG_ROLE_EXTENSION },
        { PFG_LAYER_IP6_ROUTE, PFG_ROLE_EXTENSION },
        { PFG_LAYER_IP6_FRAG, PFG_ROLE_EXTENSION },
        { PFG_LAYER_ICMP, PFG_ROLE_TRANSPORT },
        { PFG_LAYER_ICMP6, PFG_ROLE_TRANSPORT },
        { PFG_LAYER_IGMP, PFG_ROLE_TRANSPORT },
        { PFG_LAYER_TCP, PFG_ROLE_TRANSPORT },
        { PFG_LAYER_UDP, PFG_ROLE_TRANSPORT },
    };

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        if (pfg_layer(roles[i].layer) == proto)
            return roles[i].role;
    return PFG_ROLE_CONTENT;
}

uint32_t pfg_stack_link_type(const struct pfg_stack *stack)
{
    static const struct {
        enum pfg_layer_id layer;
        uint32_t link_type;
    } types[] = {
        { PFG_LAYER_ETH, PFG_LINK_ETHERNET }, { PFG_LAYER_SLL, PFG_LINK_LINUX_SLL },
        { PFG_LAYER_NULL, PFG_LINK_NULL },    { PFG_LAYER_SLL2, PFG_LINK_LINUX_SLL2 },
        { PFG_LAYER_LOOP, PFG_LINK_LOOP },    { PFG_LAYER_IP, PFG_LINK_RAW },
        { PFG_LAYER_IP6, PFG_LINK_RAW },
    };

    for (size_t i = 0; stack->count && i < sizeof types / sizeof *types; i++)
        if (stack->layers[0].proto == pfg_layer(types[i].layer))
            return types[i].link_type;
    return PFG_LINK_ANY;
}

void pfg_stack_clear(struct pfg_stack *stack)
{
    stack->count = 0;
    stack->stored = 0;
}

int pfg_stack_insert(struct pfg_stack *stack, size_t place, const struct pfg_proto *proto,
                     struct pfg_fault *fault)
{
    if (stack->count == PFG_STACK_LAYERS)
        return pfg_fault_set(fault, "more than %d layers", PFG_STACK_LAYERS);
    memmove(&stack->layers[place + 1], &stack->layers[place],
            (stack->count - place) * sizeof *stack->layers);
    stack->layers[place] = (struct pfg_layer){ .proto = proto, .sets = stack->sets[stack->count] };
    stack->count++;
    return 0;
}

int pfg_stack_find(const struct pfg_stack *stack, const struct pfg_proto *proto)
{
    for (size_t i = 0; i < stack->count; i++)
        if (stack->layers[i].proto == proto)
            return (int)i;
    return -1;
}

int pfg_stack_role(const struct pfg_stack *stack, enum pfg_role role)
{
    for (size_t i = 0; i < stack->count; i++)
        if (pfg_role_of(stack->layers[i].proto) == role)
            return (int)i;
    return -1;
}

/* ---- Fields -------------------------------------------------------------------------- */

static bool is_called(const struct pfg_set *set, const char *name)
{
    return name && strlen(name) == set->name_size && memcmp(set->name, name, set->name_size) == 0;
}

static bool is_of(const struct pfg_set *set, const struct pfg_field *field)
{
    if (set->field)
        return set->field->id == field->id;
    return is_called(set, field->name) || is_called(set, field->row->alias) ||
           is_called(set, field->path);
}

struct pfg_set *pfg_stack_given(const struct pfg_stack *stack, size_t layer,
                                const struct pfg_field *field)
{
    const struct pfg_layer *in = &stack->layers[layer];

    for (size_t i = 0; i < in->count; i++)
        if (is_of(&in->sets[i], field))
            return &in->sets[i];
    return NULL;
}

/* One more setting of a layer, all zeros; NULL with *fault. */
static struct pfg_set *add_set(struct pfg_stack *stack, size_t layer, struct pfg_fault *fault)
{
    struct pfg_layer *in = &stack->layers[layer];

    if (in->count == PFG_STACK_SETS) {
        pfg_fault_set(fault, "more than %d fields set in %s", PFG_STACK_SETS, in->proto->def->name);
        return NULL;
    }
    in->sets[in->count] = (struct pfg_set){ .how = PFG_SET_TEXT };
    return &in->sets[in->count++];
}

/* The setting of a field, or a new one. */
static struct pfg_set *set_of(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                              struct pfg_fault *fault)
{
    struct pfg_set *set = pfg_stack_given(stack, layer, field);

    if (!set)
        set = add_set(stack, layer, fault);
    if (set) {
        set->field = field;
        set->name = NULL;
        set->name_size = 0;
    }
    return set;
}

/* Keeps a copy of bytes as long as the stack; NULL with *fault. */
static char *keep(struct pfg_stack *stack, const void *bytes, size_t size, struct pfg_fault *fault)
{
    char *copy = stack->store + stack->stored;

    if (size > sizeof stack->store - stack->stored) {
        pfg_fault_set(fault, "more is set than a packet can bear here");
        return NULL;
    }
    memcpy(copy, bytes, size);
    stack->stored += size;
    return copy;
}

static int give_bytes(struct pfg_stack *stack, struct pfg_set *set, const uint8_t *bytes,
                      size_t size, struct pfg_fault *fault)
{
    set->text = keep(stack, bytes, size, fault);
    if (!set->text)
        return -1;
    set->how = PFG_SET_BYTES;
    set->size = (uint32_t)size;
    return 0;
}

int pfg_stack_uint(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                   uint64_t number, struct pfg_fault *fault)
{
    struct pfg_set *set = set_of(stack, layer, field, fault);

    if (!set)
        return -1;
    set->how = PFG_SET_UINT;
    set->number = number;
    return 0;
}

int pfg_stack_bytes(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                    const uint8_t *bytes, size_t size, struct pfg_fault *fault)
{
    struct pfg_set *set = set_of(stack, layer, field, fault);

    return set ? give_bytes(stack, set, bytes, size, fault) : -1;
}

int pfg_stack_borrow(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                     const uint8_t *bytes, size_t size, struct pfg_fault *fault)
{
    struct pfg_set *set = set_of(stack, layer, field, fault);

    if (!set)
        return -1;
    set->how = PFG_SET_BYTES;
    set->text = (const char *)bytes;
    set->size = (uint32_t)size;
    return 0;
}

int pfg_stack_text(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                   const char *text, struct pfg_fault *fault)
{
    struct pfg_set *set = set_of(stack, layer, field, fault);

    if (!set)
        return -1;
    set->how = PFG_SET_TEXT;
    set->text = text;
    set->size = (uint32_t)strlen(text);
    return 0;
}

int pfg_stack_named(struct pfg_stack *stack, size_t layer, const char *name, size_t name_size,
                    const char *text, struct pfg_fault *fault)
{
    struct pfg_set *set = add_set(stack, layer, fault);

    if (!set)
        return -1;
    set->name = name;
    set->name_size = (uint32_t)name_size;
    set->text = text;
    set->size = (uint32_t)strlen(text);
    return 0;
}

/* A new setting called "array[element].field". */
static struct pfg_set *add_element(struct pfg_stack *stack, size_t layer,
                                   const struct pfg_field *array, unsigned element,
                                   const struct pfg_field *field, struct pfg_fault *fault)
{
    char name[128];
    int size = snprintf(name, sizeof name, "%s[%u].%s", array->name, element, field->name);
    struct pfg_set *set = add_set(stack, layer, fault);

    if (!set)
        return NULL;
    set->name = keep(stack, name, (size_t)size, fault);
    set->name_size = (uint32_t)size;
    return set->name ? set : NULL;
}

int pfg_stack_element(struct pfg_stack *stack, size_t layer, const struct pfg_field *array,
                      unsigned element, const struct pfg_field *field, uint64_t number,
                      struct pfg_fault *fault)
{
    struct pfg_set *set = add_element(stack, layer, array, element, field, fault);

    if (!set)
        return -1;
    set->how = PFG_SET_UINT;
    set->number = number;
    return 0;
}

int pfg_stack_element_bytes(struct pfg_stack *stack, size_t layer, const struct pfg_field *array,
                            unsigned element, const struct pfg_field *field, const uint8_t *bytes,
                            size_t size, struct pfg_fault *fault)
{
    struct pfg_set *set = add_element(stack, layer, array, element, field, fault);

    return set ? give_bytes(stack, set, bytes, size, fault) : -1;
}

/* ---- Bytes --------------------------------------------------------------------------- */

int pfg_stack_build(struct pfg_stack *stack, struct pfg_writer *writer, struct pfg_fault *fault)
{
    writer->size = 0;
    writer->overflow = false;
    return pfg_layers_build(stack->layers, stack->count, writer, fault);
}

struct pfg_writer pfg_writer_new(void)
{
    return (struct pfg_writer){ .bytes = malloc(PFG_PACKET_ROOM), .room = PFG_PACKET_ROOM };
}
