/* SPDX-License-Identifier: GPL-2.0-or-later */
/* live_open.c - an interface becomes a handle of libpcap. */
#include <arpa/inet.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "capture/interfaces.h"
#include "capture/live.h"
#include "common/clock.h"
#include "common/privilege.h"

/* The kernel's buffer where none is asked for. libpcap's own 2 MiB hold eight packets of the
 * greatest length when each is handed over at once. */
#define BUFFER_BYTES           (16 << 20)
#define IMMEDIATE_BUFFER_BYTES (64 << 20)
/* The greatest that libpcap knows. */
#define SNAP_LENGTH_MAX        262144

/* What pcap_activate's codes mean, and what to do about it. */
static void explain(const char *name, int code, pcap_t *pcap, char *error, size_t room)
{
    char advice[256];
    bool denied = code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED;

    /* Without the right to look, libpcap says of any name that it has none. */
    if (code == PCAP_ERROR_NO_SUCH_DEVICE ||
        (denied && strcmp(name, "any") != 0 && if_nametoindex(name) == 0))
        snprintf(error, room, "interface %s: there is no such interface; pfgcap -D lists them",
                 name);
    else if (denied)
        snprintf(error, room, "interface %s: no right to capture; %s", name,
                 pfg_privilege_advice(CAP_NET_RAW, advice, sizeof advice));
    else if (code == PCAP_ERROR_IFACE_NOT_UP)
        snprintf(error, room, "interface %s: it is down; ip link set %s up", name, name);
    else if (code == PCAP_ERROR)
        snprintf(error, room, "interface %s: %s", name, pcap_geterr(pcap));
    else
        snprintf(error, room, "interface %s: %s", name, pcap_statustostr(code));
}

static bool has_filter(const struct capture_live_options *options)
{
    return options->filter != NULL && options->filter[0] != '\0';
}

/* libpcap puts packets through the filter itself that came before the kernel had it, and does so
 * with what was kept of them: that must be all, and is cut later. */
static int snap_length(const struct capture_live_options *options)
{
    return has_filter(options) ? SNAP_LENGTH_MAX : (int)options->snap_length;
}

static int set_up(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                  char *error, size_t room)
{
    int type;

    pcap_set_snaplen(pcap, snap_length(options));
    pcap_set_promisc(pcap, !options->no_promiscuous && strcmp(name, "any") != 0);
    pcap_set_timeout(pcap, capture_live_hand_over_ms(options));
    pcap_set_buffer_size(pcap, options->immediate ? IMMEDIATE_BUFFER_BYTES : BUFFER_BYTES);
    pcap_set_immediate_mode(pcap, options->immediate);
    if (options->monitor)
        pcap_set_rfmon(pcap, 1);
    if (options->buffer_bytes > 0)
        pcap_set_buffer_size(pcap, options->buffer_bytes > INT32_MAX ? INT32_MAX
                                                                     : (int)options->buffer_bytes);
    if (!options->micro)
        (void)pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO);
    if (options->time_stamp_type == NULL)
        return 0;
    type = pcap_tstamp_type_name_to_val(options->time_stamp_type);
    if (type >= 0 && pcap_set_tstamp_type(pcap, type) == 0)
        return 0;
    snprintf(error, room, "interface %s: it cannot take time stamps of type %s", name,
             options->time_stamp_type);
    return -1;
}

static int set_direction(pcap_t *pcap, const char *direction)
{
    if (direction == NULL || strcmp(direction, "inout") == 0)
        return 0;
    return pcap_setdirection(pcap, strcmp(direction, "in") == 0 ? PCAP_D_IN : PCAP_D_OUT);
}

/* How many bytes of a packet a filter's step looks at; the greatest number where that hangs on what
 * it finds there, but for the size of an IPv4 header. */
static uint32_t reach_of(const struct bpf_insn *at)
{
    enum { WORD = 4, IPV4_HEADER_MAX = 60 };

    if ((BPF_CLASS(at->code) == BPF_MISC && BPF_MISCOP(at->code) == BPF_TAX) ||
        (BPF_CLASS(at->code) == BPF_LDX && BPF_MODE(at->code) != BPF_MSH))
        return SNAP_LENGTH_MAX;
    if ((BPF_CLASS(at->code) != BPF_LD && BPF_CLASS(at->code) != BPF_LDX) || at->k > INT32_MAX)
        return 0; /* offsets below 0 are the kernel's own figures */
    if (BPF_MODE(at->code) == BPF_ABS || BPF_MODE(at->code) == BPF_MSH)
        return at->k + WORD;
    return BPF_MODE(at->code) == BPF_IND ? at->k + IPV4_HEADER_MAX + WORD : 0;
}

/* How much is to be kept of a packet, so that libpcap can put it through the filter, see
 * snap_length(). */
static uint32_t kept_for(const struct bpf_program *program, uint32_t snap_length)
{
    const struct bpf_insn *at = program->bf_insns, *end = at + program->bf_len;
    uint32_t kept = snap_length;

    for (; at < end; at++) {
        uint32_t reach = reach_of(at);

        kept = reach > kept ? reach : kept;
    }
    return kept < SNAP_LENGTH_MAX ? kept : SNAP_LENGTH_MAX;
}

/* What a filter returns is how much the kernel keeps. */
static void set_kept(struct bpf_program *program, uint32_t kept)
{
    struct bpf_insn *at = program->bf_insns, *end = at + program->bf_len;

    for (; at < end; at++) {
        if (at->code == (BPF_RET | BPF_K) && at->k != 0)
            at->k = kept;
    }
}

static int compile(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                   struct bpf_program *program, char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    bpf_u_int32 network, mask;

    if (pcap_lookupnet(name, &network, &mask, message) != 0)
        mask = 0; /* as tcpdump: "ip broadcast" is then 255.255.255.255 */
    /* The mask comes in network order, and is compared with what BPF loads, which is in ours. */
    if (pcap_compile(pcap, program, options->filter, options->optimize, ntohl(mask)) == 0) {
        set_kept(program, options->snap_length);
        return 0;
    }
    snprintf(error, room, "capture filter \"%s\": %s", options->filter, pcap_geterr(pcap));
    return -1;
}

static int set_filter(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                      char *error, size_t room)
{
    struct bpf_program program;
    int result;

    if (!has_filter(options))
        return 0;
    if (compile(pcap, options, name, &program, error, room) != 0)
        return options->filter_optional ? 0 : -1;
    set_kept(&program, kept_for(&program, options->snap_length));
    result = pcap_setfilter(pcap, &program);
    pcap_freecode(&program);
    if (result != 0)
        snprintf(error, room, "capture filter \"%s\": %s", options->filter, pcap_geterr(pcap));
    return result;
}

/* The link type that was asked for; of "any" the one that tells the interface too. */
static int set_link_type(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                         char *error, size_t room)
{
    if (options->link_type >= 0 && pcap_set_datalink(pcap, options->link_type) != 0) {
        snprintf(error, room, "interface %s: %s; pfgcap -i %s -L lists its link types", name,
                 pcap_geterr(pcap), name);
        return -1;
    }
    if (options->link_type < 0 && strcmp(name, "any") == 0)
        (void)pcap_set_datalink(pcap, DLT_LINUX_SLL2);
    return 0;
}

/* After activation. */
static int finish_set_up(pcap_t *pcap, const struct capture_live_options *options, const char *name,
                         char *error, size_t room)
{
    char message[PCAP_ERRBUF_SIZE];

    if (set_link_type(pcap, options, name, error, room) != 0 ||
        set_filter(pcap, options, name, error, room) != 0)
        return -1;
    if (set_direction(pcap, options->direction) != 0) {
        snprintf(error, room, "interface %s: %s", name, pcap_geterr(pcap));
        return -1;
    }
    if (pcap_setnonblock(pcap, 1, message) != 0) {
        snprintf(error, room, "interface %s: %s", name, message);
        return -1;
    }
    return 0;
}

void capture_live_describe(struct capture_interface *interface, const char *name, pcap_t *pcap,
                           const struct capture_live_options *options)
{
    int link_type = pcap_datalink(pcap);

    snprintf(interface->name, sizeof interface->name, "%s", name);
    if (options->filter != NULL)
        interface->filter = strdup(options->filter);
    interface->link_type = link_type == DLT_RAW ? PFG_LINK_RAW : (uint32_t)link_type;
    interface->snap_length = options->snap_length;
    interface->nano = pcap_get_tstamp_precision(pcap) == PCAP_TSTAMP_PRECISION_NANO;
    interface->counts.known = CAPTURE_COUNT_LIVE;
    interface->begun_ns = pfg_clock_wall_ns();
}

/* Opens the interface; NULL with error. */
static pcap_t *activate(const char *name, const struct capture_live_options *options, char *error,
                        size_t room)
{
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *pcap = pcap_create(name, message);
    int result;

    if (pcap == NULL) {
        snprintf(error, room, "interface %s: %s", name, message);
        return NULL;
    }
    if (set_up(pcap, options, name, error, room) == 0) {
        result = pcap_activate(pcap);
        if (result >= 0)
            return pcap;
        explain(name, result, pcap, error, room);
    }
    pcap_close(pcap);
    return NULL;
}

pcap_t *capture_live_activate(const char *name, const struct capture_live_options *options,
                              char *error, size_t room)
{
    pcap_t *pcap = activate(name, options, error, room);

    if (pcap == NULL || finish_set_up(pcap, options, name, error, room) == 0)
        return pcap;
    pcap_close(pcap);
    return NULL;
}

int capture_live_print_filter(const struct capture_live_options *options, unsigned form,
                              char *error, size_t room)
{
    char numbered[128];
    const char *name = capture_interface_name(options->names[0], numbered, sizeof numbered);
    struct bpf_program program;
    pcap_t *pcap = activate(name, options, error, room);
    int result = -1;

    if (pcap == NULL)
        return -1;
    if (set_link_type(pcap, options, name, error, room) == 0 &&
        compile(pcap, options, name, &program, error, room) == 0) {
        bpf_dump(&program, (int)form);
        pcap_freecode(&program);
        result = 0;
    }
    pcap_close(pcap);
    return result;
}
