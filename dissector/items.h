/* SPDX-License-Identifier: GPL-2.0-or-later */
/* items.h - what tree.c and leaves.c share: a place in the tree where items go. */
#ifndef PFG_DISSECTOR_ITEMS_H
#define PFG_DISSECTOR_ITEMS_H

#include "dissector/plugin.h"

/* Wireshark gives up a packet of a million items, of which a value may take several (its name, its
 * bits). So no more than so many values of a message, and packed ones of a field, are shown. */
enum { PFG_WS_VALUES_MAX = 100000, PFG_WS_PACKED_MAX = 100000 };

/* Where items go: the message, and the subtree at hand. */
struct pfg_ws_place {
    const struct pfg_ws_message *message;
    proto_tree *tree;
    const struct pfg_value *limit; /* values from here on are not shown */
};

/* A value's extent in the tvb; what lies outside (nothing should) is cut. */
struct pfg_ws_extent {
    int start, length;
};

/* Whether an item would be seen or asked for; otherwise its text need not be made. */
bool pfg_ws_wanted(proto_tree *tree, int hf);
/* Says that not all values are shown. */
void pfg_ws_tell_limit(const struct pfg_ws_message *message, proto_item *item, int shown,
                       int count);
/* Adds the items of a value that holds no others. */
void pfg_ws_add_leaf(struct pfg_ws_place at, const struct pfg_value *value, struct pfg_ws_extent e);

#endif
