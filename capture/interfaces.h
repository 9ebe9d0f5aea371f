/* SPDX-License-Identifier: GPL-2.0-or-later */
/* interfaces.h - what there is to capture on, and names: of interfaces and of link types. */
#ifndef PFG_CAPTURE_INTERFACES_H
#define PFG_CAPTURE_INTERFACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* -D: interfaces; -L: link types of an interface; in tcpdump's form on the standard output. 0, or
 * -1 with a sentence in error. */
int capture_list_interfaces(char *error, size_t room);
int capture_list_link_types(const char *interface, bool monitor, char *error, size_t room);
/* The interface that word names: word itself, or, where it is a number of -D's list and no name,
 * that one's name in name. */
const char *capture_interface_name(const char *word, char *name, size_t room);
/* The interface to capture on when none is named; false: none. */
bool capture_default_interface(char *name, size_t room);
/* A DLT_ by its name, -1 none; a name for a LINKTYPE_, or NULL. */
int capture_link_type_by_name(const char *name);
const char *capture_link_type_name(uint32_t link_type);

#endif
