/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The definition made ready: names, companions, what C code names, the hash. */
#include "proto/also.h"
#include "tests/proto/lib.h"

static struct pfg_ref find(const char *path)
{
    return pfg_field_find(path, strlen(path));
}

static void test_paths(void)
{
    static const struct {
        const char *path;
        enum pfg_kind kind; /* PFG_END: there is no such field */
        enum pfg_aspect aspect;
    } cases[] = {
        { "pfg.magic", PFG_MAGIC, PFG_ASPECT_VALUE },
        { "pfg.type", PFG_UINT, PFG_ASPECT_VALUE },
        { "pfg.type_name", PFG_UINT, PFG_ASPECT_NAME },
        { "pfg.flags", PFG_FLAGS, PFG_ASPECT_VALUE },
        { "pfg.flags_bits.reply", PFG_FLAGS, PFG_ASPECT_VALUE },
        { "pfg.echo", PFG_GROUP, PFG_ASPECT_VALUE },
        { "pfg.echo.data", PFG_DATA, PFG_ASPECT_VALUE },
        { "pfg.echo.data_text", PFG_DATA, PFG_ASPECT_TEXT },
        { "pfg.time.clock", PFG_TIME, PFG_ASPECT_VALUE },
        { "pfg.discover.address", PFG_IPV4, PFG_ASPECT_VALUE },
        { "pfg.record.values", PFG_PACKED, PFG_ASPECT_VALUE },
        { "pfg.error.code_name", PFG_UINT, PFG_ASPECT_NAME },
        { "pfg.data", PFG_DATA, PFG_ASPECT_VALUE }, /* what an unknown type leaves */
        { "pfg_plain.request", PFG_DERIVED, PFG_ASPECT_VALUE },
        { "pfg_dns.length", PFG_DERIVED, PFG_ASPECT_VALUE },
        { "pfg_dns.response", PFG_DERIVED, PFG_ASPECT_VALUE },
        { "pfg_dns.qry", PFG_ARRAY, PFG_ASPECT_VALUE },
        { "pfg_dns.qry.name", PFG_NAME, PFG_ASPECT_VALUE },
        { "pfg_dns.rr.pointer", PFG_DERIVED, PFG_ASPECT_VALUE },
        { "pfg_dns.rr.type_name", PFG_UINT, PFG_ASPECT_NAME },
        { "pfg_dns.rr.rdata", PFG_RDATA, PFG_ASPECT_VALUE },
        { "pfg_dns.a", PFG_IPV4, PFG_ASPECT_VALUE },
        { "pfg_dns.aaaa", PFG_IPV6, PFG_ASPECT_VALUE },
        { "pfg_dns.flags_bits.opcode_name", PFG_FLAGS, PFG_ASPECT_NAME },
        { "frame.time", PFG_DERIVED, PFG_ASPECT_VALUE },
        { "ip.frag_offset", PFG_UINT, PFG_ASPECT_VALUE },
        { "ip6_frag.mf", PFG_UINT, PFG_ASPECT_VALUE },
        { "tcp.options.mss", PFG_UINT, PFG_ASPECT_VALUE },
        { "pfg", PFG_END, 0 },
        { "pfg.", PFG_END, 0 },
        { "pfg.echo.data_name", PFG_END, 0 }, /* data have no names */
        { "pfg.seq_name", PFG_END, 0 },
        { "pfg.seq_text", PFG_END, 0 },
        { "pfg_dns.rr.serial", PFG_END, 0 }, /* rows of record data have no names outside */
        { "_name", PFG_END, 0 },
        { "", PFG_END, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pfg_ref ref = find(cases[i].path);
        if (cases[i].kind == PFG_END) {
            if (ref.field)
                printf("\n  %s is found\n", cases[i].path);
            CU_ASSERT_PTR_NULL(ref.field);
            continue;
        }
        if (!ref.field)
            printf("\n  %s is not found\n", cases[i].path);
        CU_ASSERT_PTR_NOT_NULL_FATAL(ref.field);
        same_number(cases[i].path, ref.field->row->kind, cases[i].kind);
        same_number(cases[i].path, ref.aspect, cases[i].aspect);
    }
}

static void test_ids(void)
{
    size_t count;
    const struct pfg_field *const *ids = pfg_registry_ids(&count);

    CU_ASSERT(count > 200);
    for (size_t i = 0; i < count; i++) {
        same_number(ids[i]->path, ids[i]->id, i);
        CU_ASSERT_PTR_EQUAL(find(ids[i]->path).field, ids[i]);
        CU_ASSERT_PTR_NOT_NULL(ids[i]->proto);
        size_t prefix = strlen(ids[i]->proto->def->name);
        CU_ASSERT(strncmp(ids[i]->path, ids[i]->proto->def->name, prefix) == 0 &&
                  ids[i]->path[prefix] == '.');
        CU_ASSERT(ids[i]->key_size == strlen(ids[i]->name) + 4);
    }
}

static void test_known(void)
{
    for (unsigned i = 0; i < PFG_KNOWN_COUNT; i++) {
        const struct pfg_field *field = pfg_known((enum pfg_known)i);
        CU_ASSERT_PTR_NOT_NULL_FATAL(field);
        same_text("known", field->path, pfg_known_path((enum pfg_known)i));
    }
    CU_ASSERT(pfg_known(PFG_KNOWN_REPLY)->bit->mask == 0x80);
    CU_ASSERT_PTR_EQUAL(pfg_known(PFG_KNOWN_REPLY)->parent, pfg_known(PFG_KNOWN_FLAGS));
}

static void test_layers(void)
{
    static const char *const names[PFG_LAYER_COUNT] = {
        "frame",   "eth",     "vlan",      "arp",      "ip",  "ip6",  "icmp",
        "icmp6",   "igmp",    "tcp",       "udp",      "sll", "sll2", "null",
        "ip6_hop", "ip6_dst", "ip6_route", "ip6_frag", "raw", "loop",
    };
    static const char *const paths[PFG_LAYER_FIELD_COUNT] = {
        [PFG_ETH_DST] = "eth.dst",           [PFG_VLAN_ID] = "vlan.id",
        [PFG_ARP_TPA] = "arp.tpa",           [PFG_IP_LEN] = "ip.len",
        [PFG_IP_CHECKSUM] = "ip.checksum",   [PFG_IP6_HLIM] = "ip6.hlim",
        [PFG_TCP_FLAGS] = "tcp.flags",       [PFG_TCP_WINDOW] = "tcp.window",
        [PFG_SLL_PACKET] = "sll.packet",     [PFG_SLL2_ADDRESS] = "sll2.address",
        [PFG_VLAN_DEI] = "vlan.dei",         [PFG_UDP_LENGTH] = "udp.length",
        [PFG_UDP_CHECKSUM] = "udp.checksum", [PFG_ICMP6_TYPE] = "icmp6.type",
    };
    for (unsigned i = 0; i < PFG_LAYER_COUNT; i++)
        same_text("layer", pfg_layer((enum pfg_layer_id)i)->def->name, names[i]);
    for (unsigned i = 0; i < PFG_LAYER_FIELD_COUNT; i++)
        if (paths[i])
            same_text("field", pfg_layer_field((enum pfg_layer_field_id)i)->path, paths[i]);
}

static struct pfg_refs refs_of(const char *path)
{
    return pfg_refs_find(path, strlen(path));
}

/* Names beside those of the rows. */
static void test_also(void)
{
    struct pfg_refs refs = refs_of("udp.port");

    CU_ASSERT_EQUAL_FATAL(refs.count, 2);
    same_text("first", refs.refs[0].field->path, "udp.srcport");
    same_text("second", refs.refs[1].field->path, "udp.dstport");
    refs = refs_of("ipv6.addr");
    CU_ASSERT_EQUAL_FATAL(refs.count, 2);
    same_text("first", refs.refs[0].field->path, "ip6.src");
    refs = refs_of("icmpv6.type_name");
    CU_ASSERT_EQUAL_FATAL(refs.count, 1);
    CU_ASSERT_EQUAL(refs.refs[0].aspect, PFG_ASPECT_NAME);
    same_text("its field", refs.refs[0].field->path, "icmp6.type");
    refs = refs_of("tcp.flags.syn");
    CU_ASSERT_EQUAL_FATAL(refs.count, 1);
    same_text("a bit", refs.refs[0].field->path, "tcp.flags_bits.syn");
    CU_ASSERT_EQUAL(refs_of("tcp.seq").count, 1);
    CU_ASSERT_EQUAL(refs_of("udp.prt").count, 0);
    CU_ASSERT_EQUAL(refs_of("udp.").count, 0);
    CU_ASSERT_EQUAL(refs_of(".port").count, 0);
    CU_ASSERT_EQUAL(refs_of("").count, 0);
    CU_ASSERT_PTR_EQUAL(pfg_also_proto("ipv6", 4), pfg_proto_find("ip6", 3));
    CU_ASSERT_PTR_EQUAL(pfg_also_proto("udp", 3), pfg_proto_find("udp", 3));
    CU_ASSERT_PTR_NULL(pfg_also_proto("ipv", 3));
    for (size_t i = 0; pfg_also_at(i); i++) {
        CU_ASSERT(refs_of(pfg_also_at(i)).count > 0);
        CU_ASSERT_PTR_NULL(find(pfg_also_at(i)).field);
    }
    CU_ASSERT_PTR_NULL(pfg_also_at(100000));
}

static void test_protocols(void)
{
    const struct pfg_proto *pfg = proto_called("pfg"), *dns = proto_called("pfg_dns");

    same_number("header", pfg->header_size, 28);
    same_number("tail", pfg->tail_size, 0);
    same_number("magic", pfg->magic_size, 3);
    same_text("length", pfg->length->name, "length");
    same_text("checksum", pfg->checksum->name, "checksum");
    same_number("pairs", pfg->pair_count, 3);
    same_number("DNS header", dns->header_size, 12);
    CU_ASSERT_PTR_NULL(dns->length);
    same_text("reply", dns->reply.field->path, "pfg_dns.flags");
    same_number("reply", dns->reply.mask, 0x8000);
    CU_ASSERT(pfg_test_passes(&dns->reply, 0x8180) && !pfg_test_passes(&dns->reply, 0x0100));
    const struct pfg_proto *plain = proto_called("pfg_plain");
    CU_ASSERT(pfg_test_passes(&plain->reply, 0) && !pfg_test_passes(&plain->reply, 1));
    CU_ASSERT_PTR_NULL(pfg_proto_find("pf", 2));
    CU_ASSERT_PTR_EQUAL(pfg_proto_of(pfg->def), pfg);
    CU_ASSERT_PTR_EQUAL(pfg_proto_at(pfg->index), pfg);
    CU_ASSERT_PTR_NULL(pfg_proto_at(1000));
    /* by ports */
    CU_ASSERT_PTR_EQUAL(pfg_proto_on_port(PFG_UDP, 9434, 0), pfg);
    CU_ASSERT_PTR_EQUAL(pfg_proto_on_port(PFG_UDP, 9434, 1), plain);
    CU_ASSERT_PTR_NULL(pfg_proto_on_port(PFG_UDP, 9434, 2));
    CU_ASSERT_PTR_EQUAL(pfg_proto_on_port(PFG_TCP, 65432, 0), pfg);
    CU_ASSERT_PTR_EQUAL(pfg_proto_on_port(PFG_TCP, 53, 0), dns);
    CU_ASSERT_PTR_NULL(pfg_proto_on_port(PFG_TCP, 9434, 0));
    CU_ASSERT_PTR_EQUAL(pfg_proto_on_port(PFG_UDP, 5355, 0), dns);
    CU_ASSERT_PTR_NULL(pfg_proto_on_port(PFG_UDP, 5355, 1));
    CU_ASSERT_PTR_NULL(pfg_proto_on_port(PFG_UDP, 65432, 0));
    CU_ASSERT_PTR_NULL(pfg_proto_on_port(PFG_UDP, 0, 0));
    /* on every port, in their order */
    const struct pfg_proto *proto;
    size_t found = 0;
    for (size_t i = 0; (proto = pfg_proto_at(i)); i++)
        if (proto->def->any_port || proto->def->by_shape)
            CU_ASSERT_PTR_EQUAL(pfg_proto_anywhere(found++), proto);
    CU_ASSERT(found >= 2);
    CU_ASSERT_PTR_NULL(pfg_proto_anywhere(found));
}

static void test_names(void)
{
    const struct pfg_names *types = find("pfg_dns.qry.type").field->names;
    uint64_t value;

    same_text("1", pfg_name_find(types, 1)->name, "A");
    same_text("257", pfg_name_find(types, 257)->name, "CAA");
    same_text("32769", pfg_name_find(types, 32769)->name, "DLV");
    CU_ASSERT_PTR_NULL(pfg_name_find(types, 0));
    CU_ASSERT_PTR_NULL(pfg_name_find(types, 65535));
    CU_ASSERT_PTR_NULL(pfg_name_find(types, UINT64_MAX));
    CU_ASSERT_PTR_NULL(pfg_name_find(NULL, 1));
    CU_ASSERT(pfg_name_value(types, "nsec3", 5, &value) && value == 50);
    CU_ASSERT(pfg_name_value(types, "NSEC3x", 4, &value) && value == 47);
    CU_ASSERT(!pfg_name_value(types, "NSE", 3, &value));
    CU_ASSERT(!pfg_name_value(types, "", 0, &value));
    CU_ASSERT(!pfg_name_value(NULL, "A", 1, &value));
}

static void test_again(void)
{
    uint32_t hash = pfg_registry_hash();
    size_t before, after;

    pfg_registry_ids(&before);
    same_number("init again", (uint64_t)pfg_registry_init(), 0);
    pfg_registry_ids(&after);
    same_number("fields", after, before);
    same_number("hash", pfg_registry_hash(), hash);
    CU_ASSERT(hash != 0);
    same_text("fault", pfg_registry_fault(), "");
}

int main(void)
{
    static const struct test_case cases[] = {
        { "dotted names and companions", test_paths },
        { "one id a path", test_ids },
        { "fields that C code names", test_known },
        { "layers", test_layers },
        { "names beside those of rows", test_also },
        { "protocols", test_protocols },
        { "named values", test_names },
        { "the hash, and init again", test_again },
        { NULL, NULL },
    };
    lib_decode();
    return test_run("registry", cases);
}
