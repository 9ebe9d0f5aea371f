/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip6.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#include "rawsock/fault.h"

enum { PROGRAM_ROOM = 32, WHOLE = 0x40000 };

/* A filter being written. A test that fails leaves by the last instruction. */
struct program {
    struct sock_filter code[PROGRAM_ROOM];
    unsigned size;
};

static void put(struct program *program, uint16_t code, uint32_t k)
{
    program->code[program->size++] = (struct sock_filter)BPF_STMT(code, k);
}

/* Goes on where A is k; the jump's length is filled in at the end. */
static void expect(struct program *program, uint32_t k)
{
    program->code[program->size++] =
        (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 1);
}

/* Whether the 4 or 16 bytes at offset are the address. */
static void expect_address(struct program *program, uint32_t offset,
                           const struct pfg_address *address)
{
    uint32_t word;

    for (uint32_t i = 0; i < pfg_address_size(address); i += 4) {
        memcpy(&word, address->bytes + i, sizeof word);
        put(program, BPF_LD | BPF_W | BPF_ABS, offset + i);
        expect(program, ntohl(word));
    }
}

/* TCP without options of IPv6, or behind any IPv4 header; fragments have no ports to look at. */
static void expect_tcp(struct program *program, uint8_t family)
{
    if (family == 6) {
        put(program, BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip6_hdr, ip6_nxt));
        expect(program, IPPROTO_TCP);
        put(program, BPF_LDX | BPF_IMM, sizeof(struct ip6_hdr));
        return;
    }
    put(program, BPF_LD | BPF_B | BPF_ABS, offsetof(struct ip, ip_p));
    expect(program, IPPROTO_TCP);
    put(program, BPF_LD | BPF_H | BPF_ABS, offsetof(struct ip, ip_off));
    put(program, BPF_ALU | BPF_AND | BPF_K, IP_MF | IP_OFFMASK);
    expect(program, 0);
    put(program, BPF_LDX | BPF_B | BPF_MSH, 0); /* X = bytes of the IPv4 header */
}

static void write_program(struct program *program, const struct pfg_endpoint *local,
                          const struct pfg_endpoint *remote)
{
    bool v4 = remote->address.family == 4;

    expect_address(program, v4 ? offsetof(struct ip, ip_src) : offsetof(struct ip6_hdr, ip6_src),
                   &remote->address);
    expect_address(program, v4 ? offsetof(struct ip, ip_dst) : offsetof(struct ip6_hdr, ip6_dst),
                   &local->address);
    expect_tcp(program, remote->address.family);
    put(program, BPF_LD | BPF_H | BPF_IND, offsetof(struct tcphdr, th_sport));
    expect(program, remote->port);
    put(program, BPF_LD | BPF_H | BPF_IND, offsetof(struct tcphdr, th_dport));
    expect(program, local->port);
    put(program, BPF_RET | BPF_K, WHOLE);
    for (unsigned i = 0; i < program->size; i++)
        if (BPF_CLASS(program->code[i].code) == BPF_JMP)
            program->code[i].jf = (uint8_t)(program->size - i - 1);
    put(program, BPF_RET | BPF_K, 0);
}

static int attach(int fd, const struct pfg_link *link, const struct pfg_endpoint *local,
                  const struct pfg_endpoint *remote)
{
    const struct sockaddr_ll there = {
        .sll_family = AF_PACKET,
        .sll_protocol = htons(remote->address.family == 4 ? ETH_P_IP : ETH_P_IPV6),
        .sll_ifindex = (int)link->index,
    };
    struct program program = { .size = 0 };
    struct sock_fprog filter;
    const int on = 1;

    write_program(&program, local, remote);
    filter = (struct sock_fprog){ .len = (unsigned short)program.size, .filter = program.code };
    /* The filter stands before the socket is bound, so nothing else ever comes in. */
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) < 0 ||
        setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof on) < 0)
        return -1;
    return bind(fd, (const struct sockaddr *)&there, sizeof there);
}

int pfg_tap_open(const struct pfg_link *link, const struct pfg_endpoint *local,
                 const struct pfg_endpoint *remote, struct pfg_fault *fault)
{
    int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return pfg_fault_socket(fault, "packet socket", errno);
    if (attach(fd, link, local, remote) < 0) {
        pfg_fault_set(fault, "cannot watch interface %s: %s", link->name, strerror(errno));
        close(fd);
        return -1;
    }
    return fd;
}

ssize_t pfg_tap_read(int fd, uint8_t *bytes, size_t room, bool *verify)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
    struct iovec part = { .iov_base = bytes, .iov_len = room };
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control
    };
    ssize_t size = recvmsg(fd, &message, 0);
    struct tpacket_auxdata about;

    *verify = true;
    if (size < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    for (struct cmsghdr *one = CMSG_FIRSTHDR(&message); one; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level != SOL_PACKET || one->cmsg_type != PACKET_AUXDATA)
            continue;
        memcpy(&about, CMSG_DATA(one), sizeof about);
        *verify = !(about.tp_status & TP_STATUS_CSUMNOTREADY);
    }
    return size;
}
