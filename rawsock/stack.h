/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stack.h - the layers of a packet to build, outermost first, with what was set of each. A stack
 * keeps copies of the bytes and composed names that it is given by this module's functions; the
 * texts of words are borrowed. Fields are named by the tables' descriptors, never by text here.
 */
#ifndef PFG_RAWSOCK_STACK_H
#define PFG_RAWSOCK_STACK_H

#include "proto/layers.h"

enum {
    PFG_STACK_LAYERS = 16,
    PFG_STACK_SETS = 64,       /* fields set in one layer */
    PFG_STACK_STORE = 4096,    /* bytes and names kept */
    PFG_PACKET_ROOM = 1 << 18, /* the longest packet that is built: a snap length */
};

struct pfg_stack {
    struct pfg_layer layers[PFG_STACK_LAYERS];
    size_t count;
    struct pfg_set sets[PFG_STACK_LAYERS][PFG_STACK_SETS]; /* in the order of creation */
    char store[PFG_STACK_STORE];
    size_t stored;
};

/* What a protocol is in a stack. */
enum pfg_role {
    PFG_ROLE_LINK,      /* the outermost */
    PFG_ROLE_TAG,       /* directly inside a link layer: VLAN, ARP */
    PFG_ROLE_NETWORK,   /* IPv4, IPv6 */
    PFG_ROLE_EXTENSION, /* of IPv6 */
    PFG_ROLE_TRANSPORT, /* inside a network layer: UDP, TCP, ICMP, IGMP */
    PFG_ROLE_CONTENT,   /* applications, bytes */
};
enum pfg_role pfg_role_of(const struct pfg_proto *proto);

/* The link type (PFG_LINK_) of packets with the stack's outermost layer; PFG_LINK_ANY: none. */
enum { PFG_LINK_ANY = 0x7fffffff };
uint32_t pfg_stack_link_type(const struct pfg_stack *stack);

void pfg_stack_clear(struct pfg_stack *stack);
/* Puts a layer before the one at place (count: after all). Returns 0 or -1 with *fault. */
int pfg_stack_insert(struct pfg_stack *stack, size_t place, const struct pfg_proto *proto,
                     struct pfg_fault *fault);
/* Place of the first layer of the protocol or role; -1 where there is none. */
int pfg_stack_find(const struct pfg_stack *stack, const struct pfg_proto *proto);
int pfg_stack_role(const struct pfg_stack *stack, enum pfg_role role);

/* What the layer was given for a field, by its name, alias or descriptor; NULL: nothing. */
struct pfg_set *pfg_stack_given(const struct pfg_stack *stack, size_t layer,
                                const struct pfg_field *field);

/* Sets a field, over what it was given before. Bytes are copied, each time anew. Returns 0 or -1
 * with *fault. */
int pfg_stack_uint(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                   uint64_t number, struct pfg_fault *fault);
int pfg_stack_bytes(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                    const uint8_t *bytes, size_t size, struct pfg_fault *fault);
/* The same, but the bytes are borrowed. */
int pfg_stack_borrow(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                     const uint8_t *bytes, size_t size, struct pfg_fault *fault);
/* As a person types it; the text is borrowed. */
int pfg_stack_text(struct pfg_stack *stack, size_t layer, const struct pfg_field *field,
                   const char *text, struct pfg_fault *fault);
/* By name; name and text are borrowed. */
int pfg_stack_named(struct pfg_stack *stack, size_t layer, const char *name, size_t name_size,
                    const char *text, struct pfg_fault *fault);
/* A field inside element number of an array. */
int pfg_stack_element(struct pfg_stack *stack, size_t layer, const struct pfg_field *array,
                      unsigned element, const struct pfg_field *field, uint64_t number,
                      struct pfg_fault *fault);
int pfg_stack_element_bytes(struct pfg_stack *stack, size_t layer, const struct pfg_field *array,
                            unsigned element, const struct pfg_field *field, const uint8_t *bytes,
                            size_t size, struct pfg_fault *fault);

/* The packet's bytes into writer, from its start. Returns 0 or -1 with *fault. */
int pfg_stack_build(struct pfg_stack *stack, struct pfg_writer *writer, struct pfg_fault *fault);

/* A writer of PFG_PACKET_ROOM bytes; bytes NULL where memory is out. Free with free(3). */
struct pfg_writer pfg_writer_new(void);

#endif
