/* SPDX-License-Identifier: GPL-2.0-or-later */
/* also.c - names beside those of the rows. Looked up when options are read, never for a packet. */
#include "proto/also.h"

#include <stdio.h>
#include <string.h>

#include "proto/compile.h"
#include "proto/nearest.h"

enum { ALSO_MAX = 256, PATH_MAX_BYTES = 256 };

static struct name {
    const char *path;
    struct pfg_refs refs;
} names[ALSO_MAX];
static size_t name_count;

static int resolve(const struct pfg_proto *proto, const struct pfg_also *also, struct name *name)
{
    const char *protocol = proto->def->name;
    char path[PATH_MAX_BYTES];

    for (size_t i = 0; i < PFG_ALSO_FIELDS && also->fields[i]; i++) {
        int size = snprintf(path, sizeof path, "%s.%s", protocol, also->fields[i]);
        struct pfg_ref ref = pfg_field_find(path, (size_t)size);
        if (!ref.field || ref.field->proto != proto)
            return pfg_registry_fail("%s.%s: .also names %s, and no row has it", protocol,
                                     also->name, path);
        name->refs.refs[name->refs.count++] = ref;
    }
    if (name->refs.count == 0)
        return pfg_registry_fail("%s.%s: .also names no field", protocol, also->name);
    const struct pfg_ref *refs = name->refs.refs;
    if (name->refs.count > 1 && (refs[0].field->row->kind != refs[1].field->row->kind ||
                                 refs[0].field->row->size != refs[1].field->row->size))
        return pfg_registry_fail("%s.%s: .also names two fields of different kinds", protocol,
                                 also->name);
    return 0;
}

static int add_name(const struct pfg_proto *proto, const struct pfg_also *also)
{
    struct name *name = &names[name_count];
    size_t size = strlen(proto->def->name) + strlen(also->name) + 2;
    char *path = pfg_registry_alloc(1, size);

    if (!path)
        return -1;
    if (name_count == ALSO_MAX)
        return pfg_registry_fail("more than %d names of .also", ALSO_MAX);
    snprintf(path, size, "%s.%s", proto->def->name, also->name);
    if (pfg_refs_find(path, size - 1).count > 0)
        return pfg_registry_fail("%s: .also has a name that is taken", path);
    name->path = path;
    if (resolve(proto, also, name) < 0)
        return -1;
    name_count++;
    return 0;
}

int pfg_also_init(void)
{
    const struct pfg_proto *proto;

    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        for (const struct pfg_also *also = proto->def->also; also && also->name; also++)
            if (add_name(proto, also) < 0)
                return -1;
    return 0;
}

const char *pfg_also_at(size_t index)
{
    return index < name_count ? names[index].path : NULL;
}

static struct pfg_refs find(const char *path, size_t size)
{
    struct pfg_refs refs = { .refs[0] = pfg_field_find(path, size) };

    if (refs.refs[0].field) {
        refs.count = 1;
        return refs;
    }
    for (size_t i = 0; i < name_count; i++)
        if (strlen(names[i].path) == size && memcmp(names[i].path, path, size) == 0)
            return names[i].refs;
    return refs;
}

const struct pfg_proto *pfg_also_proto(const char *name, size_t size)
{
    const struct pfg_proto *proto = pfg_proto_find(name, size);

    if (proto)
        return proto;
    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        if (proto->def->known_as && strlen(proto->def->known_as) == size &&
            memcmp(proto->def->known_as, name, size) == 0)
            return proto;
    return NULL;
}

struct pfg_refs pfg_refs_find(const char *path, size_t size)
{
    struct pfg_refs refs = find(path, size);
    const char *dot = memchr(path, '.', size);
    char own[PATH_MAX_BYTES];

    if (refs.count > 0 || !dot)
        return refs;
    const struct pfg_proto *proto = pfg_also_proto(path, (size_t)(dot - path));
    int length = proto ? snprintf(own, sizeof own, "%s%.*s", proto->def->name,
                                  (int)(size - (size_t)(dot - path)), dot)
                       : -1;
    return length > 0 && (size_t)length < sizeof own ? find(own, (size_t)length) : refs;
}

const char *pfg_refs_nearest(const char *path, size_t size)
{
    struct pfg_nearest nearest = pfg_nearest_to(path, size);
    const struct pfg_field *const *ids;
    const struct pfg_proto *proto;
    size_t count;
    const char *name;

    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        pfg_nearest_offer(&nearest, proto->def->name);
    ids = pfg_registry_ids(&count);
    for (size_t i = 0; i < count; i++)
        pfg_nearest_offer(&nearest, ids[i]->path);
    for (size_t i = 0; (name = pfg_also_at(i)); i++)
        pfg_nearest_offer(&nearest, name);
    return nearest.name;
}
