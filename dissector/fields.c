/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields.c - rows to registered items. One walk over the registry's ids gives Wireshark every
 * field's name, filter, type, names of values and documentation; nothing here knows a field.
 * What is allocated lives in wmem_epan_scope(), as long as Wireshark does.
 */
#include "dissector/plugin.h"

#include <assert.h>

/* Items on their way to proto_register_field_array. */
struct hf_list {
    hf_register_info *items;
    int count, room;
};

static struct pfg_ws_item *items; /* one for each id of the registry */
static struct pfg_ws_proto *protos;
static size_t proto_count;

struct pfg_ws_proto *pfg_ws_proto_at(size_t index)
{
    return index < proto_count ? &protos[index] : NULL;
}

struct pfg_ws_proto *pfg_ws_proto_of(const struct pfg_proto *proto)
{
    for (size_t i = 0; i < proto_count; i++) {
        if (protos[i].proto == proto)
            return &protos[i];
    }
    return NULL;
}

const struct pfg_ws_item *pfg_ws_item_of(const struct pfg_field *field)
{
    return &items[field->id];
}

/* ---- The walk ---------------------------------------------------------------------------- */

static void add_hf(struct hf_list *list, int *id, const char *name, const char *abbrev,
                   struct pfg_ws_shape shape, const char *doc)
{
    header_field_info info = { name,          abbrev,     shape.type, shape.display,
                               shape.strings, shape.mask, doc,        HFILL };

    if (list->count == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 64;
        list->items =
            wmem_realloc(wmem_epan_scope(), list->items, (size_t)list->room * sizeof *list->items);
    }
    list->items[list->count].p_id = id;
    list->items[list->count].hfinfo = info;
    list->count++;
}

/* The filter name of a field, or of its companion: the path below the protocol's own prefix. */
static const char *abbrev_of(const struct pfg_ws_proto *ws, const struct pfg_field *field,
                             const char *ending)
{
    const char *below = field->path + strlen(ws->proto->def->name);

    return wmem_strdup_printf(wmem_epan_scope(), "%s%s%s", ws->filter, below, ending);
}

/* What stands in the tree: the row's label with its name beside it, or the name alone. */
static const char *label_of(const struct pfg_field *field)
{
    if (field->bit != NULL || field->row->label == NULL)
        return field->name;
    return wmem_strdup_printf(wmem_epan_scope(), "%s (%s)", field->row->label, field->name);
}

static const char *doc_of(const struct pfg_field *field)
{
    const char *doc = field->bit != NULL ? field->bit->doc : field->row->doc;

    return doc != NULL && doc[0] != '\0' ? doc : NULL;
}

static void add_field(struct hf_list *list, const struct pfg_ws_proto *ws,
                      const struct pfg_field *field)
{
    static const struct pfg_ws_shape text = { FT_STRING, BASE_NONE, NULL, 0 };
    struct pfg_ws_item *item = &items[field->id];
    const char *label = label_of(field);

    add_hf(list, &item->hf, label, abbrev_of(ws, field, ""), pfg_ws_shape_of(field), doc_of(field));
    if (pfg_field_has_name(field))
        add_hf(list, &item->hf_name, wmem_strdup_printf(wmem_epan_scope(), "%s, name", label),
               abbrev_of(ws, field, "_name"), text, doc_of(field));
    if (pfg_field_has_text(field))
        add_hf(list, &item->hf_text, wmem_strdup_printf(wmem_epan_scope(), "%s, text", label),
               abbrev_of(ws, field, "_text"), text, doc_of(field));
}

/* What every protocol has beside its fields. */
static void add_own(struct hf_list *list, struct pfg_ws_proto *ws)
{
    static const struct {
        const char *ending, *name, *doc;
        size_t at;
        struct pfg_ws_shape shape;
    } own[] = {
        { "problems",
          "Problem",
          "What is wrong with the message.",
          offsetof(struct pfg_ws_proto, hf_problems),
          { FT_STRING, BASE_NONE, NULL, 0 } },
        { "skipped",
          "Skipped bytes",
          "Bytes of a stream that begin no message.",
          offsetof(struct pfg_ws_proto, hf_skipped),
          { FT_BYTES, BASE_NONE, NULL, 0 } },
        { "response_in",
          "Reply in",
          "The reply to this request is in this packet.",
          offsetof(struct pfg_ws_proto, hf_response_in),
          { FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_RESPONSE), 0 } },
        { "response_to",
          "Request in",
          "This is a reply to the request in this packet.",
          offsetof(struct pfg_ws_proto, hf_response_to),
          { FT_FRAMENUM, BASE_NONE, FRAMENUM_TYPE(FT_FRAMENUM_REQUEST), 0 } },
        { "response_time",
          "Time",
          "Between the request and this reply.",
          offsetof(struct pfg_ws_proto, hf_response_time),
          { FT_RELATIVE_TIME, BASE_NONE, NULL, 0 } },
    };

    for (size_t i = 0; i < array_length(own); i++) {
        int *id = (int *)(void *)((char *)ws + own[i].at);

        *id = -1;
        add_hf(list, id, own[i].name,
               wmem_strdup_printf(wmem_epan_scope(), "%s.%s", ws->filter, own[i].ending),
               own[i].shape, own[i].doc);
    }
}

/* Registers the ids of one protocol and gives each that may have a subtree its own. */
static void register_items(struct pfg_ws_proto *ws)
{
    struct hf_list list = { NULL, 0, 0 };
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);
    int **subtrees = wmem_alloc_array(wmem_epan_scope(), int *, count + 1);
    int subtree_count = 0;

    subtrees[subtree_count++] = &ws->ett;
    for (size_t i = 0; i < count; i++) {
        if (ids[i]->proto != ws->proto)
            continue;
        add_field(&list, ws, ids[i]);
        subtrees[subtree_count++] = &items[i].ett;
    }
    add_own(&list, ws);
    proto_register_field_array(ws->id, list.items, list.count);
    proto_register_subtree_array(subtrees, subtree_count);
}

/* ---- Problems as expert infos ------------------------------------------------------------ */

static const struct {
    int group, severity;
} grades[] = {
    [PFG_PROBLEM_TRUNCATED] = { PI_MALFORMED, PI_WARN },
    [PFG_PROBLEM_BAD_CHECKSUM] = { PI_CHECKSUM, PI_ERROR },
    [PFG_PROBLEM_UNKNOWN_TYPE] = { PI_UNDECODED, PI_WARN },
    [PFG_PROBLEM_RESERVED_BITS] = { PI_PROTOCOL, PI_NOTE },
    [PFG_PROBLEM_TRAILING_BYTES] = { PI_PROTOCOL, PI_NOTE },
    [PFG_PROBLEM_BAD_LENGTH] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_UTF8] = { PI_MALFORMED, PI_WARN },
    [PFG_PROBLEM_POINTER_LOOP] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_LABEL] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_COUNT] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_CONSTANT] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_FORMAT] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_BAD_RDATA] = { PI_MALFORMED, PI_ERROR },
    [PFG_PROBLEM_TOO_MANY] = { PI_UNDECODED, PI_WARN },
    [PFG_PROBLEM_NOT_JOINED] = { PI_REASSEMBLE, PI_WARN },
};
static_assert(array_length(grades) == PFG_PROBLEM_COUNT, "a problem without its grade");

static void describe_expert(ei_register_info *info, expert_field *id, const char *name, int group,
                            int severity, const char *summary)
{
    static const expert_field unset = EI_INIT;
    expert_field_info field = { name, group, severity, summary, EXPFILL };

    *id = unset;
    info->ids = id;
    info->eiinfo = field;
}

static void register_problems(struct pfg_ws_proto *ws)
{
    ei_register_info *infos =
        wmem_alloc0_array(wmem_epan_scope(), ei_register_info, PFG_PROBLEM_COUNT + 1);

    for (unsigned i = 0; i < PFG_PROBLEM_COUNT; i++) {
        const char *name = pfg_problem_name((enum pfg_problem)i);

        describe_expert(&infos[i], &ws->problems[i],
                        wmem_strdup_printf(wmem_epan_scope(), "%s.problem.%s", ws->filter, name),
                        grades[i].group, grades[i].severity, name);
    }
    describe_expert(&infos[PFG_PROBLEM_COUNT], &ws->skipped,
                    wmem_strdup_printf(wmem_epan_scope(), "%s.problem.skipped", ws->filter),
                    PI_SEQUENCE, PI_WARN, "bytes that begin no message");
    expert_register_field_array(expert_register_protocol(ws->id), infos, PFG_PROBLEM_COUNT + 1);
}

/* ---- Protocols --------------------------------------------------------------------------- */

static void register_protocol(struct pfg_ws_proto *ws, const struct pfg_proto *proto)
{
    const struct pfg_protocol *def = proto->def;

    ws->proto = proto;
    ws->filter = def->name;
    ws->ett = -1;
    ws->id = proto_register_protocol(wmem_strdup_printf(wmem_epan_scope(), "%s (%s)", def->title,
                                                        ws->filter),
                                     ws->filter, ws->filter);
    register_items(ws);
    register_problems(ws);
}

/* The name of what Wireshark has already, a protocol or a field, or NULL. */
static const char *taken_name(void)
{
    const struct pfg_proto *proto;
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);

    for (size_t i = 0; (proto = pfg_proto_at(i)) != NULL; i++) {
        const char *name = proto->def->name;

        if (!proto->def->network && (proto_get_id_by_filter_name(name) != -1 ||
                                     proto_registrar_get_byname(name) != NULL ||
                                     find_dissector(name) != NULL))
            return name;
    }
    for (size_t i = 0; i < count; i++) {
        if (!ids[i]->proto->def->network && proto_registrar_get_byname(ids[i]->path) != NULL)
            return ids[i]->path;
    }
    return NULL;
}

bool pfg_ws_names_free(void)
{
    const char *name = taken_name();

    if (name == NULL)
        return true;
    g_warning("pfg: the plugin is not loaded: %s: Wireshark has this name already; rename the "
              "protocol or the row, for example to pfg_%s", name, name);
    return false;
}

void pfg_ws_register_fields(void)
{
    static const struct pfg_ws_item none = { -1, -1, -1, -1 };
    const struct pfg_proto *proto;
    size_t count;

    (void)pfg_registry_ids(&count);
    items = wmem_alloc_array(wmem_epan_scope(), struct pfg_ws_item, count);
    for (size_t i = 0; i < count; i++)
        items[i] = none;
    for (count = 0; pfg_proto_at(count) != NULL; count++)
        ;
    protos = wmem_alloc0_array(wmem_epan_scope(), struct pfg_ws_proto, count);
    for (size_t i = 0; (proto = pfg_proto_at(i)) != NULL; i++) {
        if (!proto->def->network)
            register_protocol(&protos[proto_count++], proto);
    }
}
