/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print_icmp.c - messages of ICMP (RFC 792, 1191), ICMPv6 (RFC 4443), neighbour discovery (RFC
 * 4861) and multicast listeners (RFC 2710, 3810) in tcpdump's words. Each is a sentence with places
 * for what the message says, and for the packet that it speaks of, whose beginning it bears.
 */
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <stddef.h>

#include "capture/print.h"
#include "proto/cursor.h"

enum { ANY_CODE = 256, MLD2_REPORT = 143 };

/* Places in sentences: %d %s destination and source of the packet that is spoken of, %p its
 * protocol, %u its port; %c the code, %o the octet, %w the octet in 32 bits, %m the MTU in
 * brackets, %g the gateway, %t the target, %r where to be redirected from, %l a delay, %n records.
 */
static const struct sentence {
    uint8_t type;
    uint16_t code;
    const char *text;
} sentences[] = {
    { ICMP_DEST_UNREACH, ICMP_NET_UNREACH, "net %d unreachable" },
    { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, "host %d unreachable" },
    { ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, "%d protocol %p unreachable" },
    { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, "%d %u unreachable" },
    { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, "%d unreachable - need to frag%m" },
    { ICMP_DEST_UNREACH, ICMP_SR_FAILED, "%d unreachable - source route failed" },
    { ICMP_DEST_UNREACH, ICMP_NET_UNKNOWN, "net %d unreachable - unknown" },
    { ICMP_DEST_UNREACH, ICMP_HOST_UNKNOWN, "host %d unreachable - unknown" },
    { ICMP_DEST_UNREACH, ICMP_HOST_ISOLATED, "%d unreachable - source host isolated" },
    { ICMP_DEST_UNREACH, ICMP_NET_ANO, "net %d unreachable - admin prohibited" },
    { ICMP_DEST_UNREACH, ICMP_HOST_ANO, "host %d unreachable - admin prohibited" },
    { ICMP_DEST_UNREACH, ICMP_NET_UNR_TOS, "net %d unreachable - tos prohibited" },
    { ICMP_DEST_UNREACH, ICMP_HOST_UNR_TOS, "host %d unreachable - tos prohibited" },
    { ICMP_DEST_UNREACH, ICMP_PKT_FILTERED, "host %d unreachable - admin prohibited filter" },
    { ICMP_DEST_UNREACH, ICMP_PREC_VIOLATION, "host %d unreachable - host precedence violation" },
    { ICMP_DEST_UNREACH, ICMP_PREC_CUTOFF, "host %d unreachable - precedence cutoff" },
    { ICMP_DEST_UNREACH, ANY_CODE, "%d unreachable - #%c" },
    { ICMP_REDIRECT, ICMP_REDIR_NET, "redirect %d to net %g" },
    { ICMP_REDIRECT, ICMP_REDIR_HOST, "redirect %d to host %g" },
    { ICMP_REDIRECT, ICMP_REDIR_NETTOS, "redirect-tos %d to net %g" },
    { ICMP_REDIRECT, ICMP_REDIR_HOSTTOS, "redirect-tos %d to host %g" },
    { ICMP_REDIRECT, ANY_CODE, "redirect-#%c %d to %g" },
    { ICMP_ROUTERSOLICIT, ANY_CODE, "router solicitation" },
    { ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, "time exceeded in-transit" },
    { ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, "ip reassembly time exceeded" },
    { ICMP_TIME_EXCEEDED, ANY_CODE, "time exceeded-#%c" },
    { ICMP_PARAMETERPROB, 0, "parameter problem - octet %o" },
    { ICMP_PARAMETERPROB, ANY_CODE, "parameter problem - code %c" },
}, sentences6[] = {
    { ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOROUTE,
      "destination unreachable, unreachable route %d" },
    { ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADMIN,
      "destination unreachable, unreachable prohibited %d" },
    { ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_BEYONDSCOPE,
      "destination unreachable, beyond scope %d, source address %s" },
    { ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_ADDR,
      "destination unreachable, unreachable address %d" },
    { ICMP6_DST_UNREACH, ICMP6_DST_UNREACH_NOPORT,
      "destination unreachable, unreachable port, %d %u" },
    { ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_TRANSIT, "time exceeded in-transit for %d" },
    { ICMP6_TIME_EXCEEDED, ICMP6_TIME_EXCEED_REASSEMBLY, "time exceeded in-transit (reassembly)" },
    { ICMP6_TIME_EXCEEDED, ANY_CODE, "time exceeded in-transit, unknown code (%c)" },
    { ICMP6_PARAM_PROB, ICMP6_PARAMPROB_HEADER, "parameter problem, erroneous - octet %w" },
    { ICMP6_PARAM_PROB, ICMP6_PARAMPROB_NEXTHEADER, "parameter problem, next header - octet %w" },
    { ICMP6_PARAM_PROB, ICMP6_PARAMPROB_OPTION, "parameter problem, option - octet %w" },
    { MLD_LISTENER_QUERY, ANY_CODE, "multicast listener query max resp delay: %l addr: %t" },
    { MLD_LISTENER_REPORT, ANY_CODE, "multicast listener report max resp delay: %l addr: %t" },
    { MLD_LISTENER_REDUCTION, ANY_CODE, "multicast listener done max resp delay: %l addr: %t" },
    { MLD2_REPORT, ANY_CODE, "multicast listener report v2, %n group record(s)" },
    { ND_ROUTER_SOLICIT, ANY_CODE, "router solicitation" },
    { ND_ROUTER_ADVERT, ANY_CODE, "router advertisement" },
    { ND_NEIGHBOR_SOLICIT, ANY_CODE, "neighbor solicitation, who has %t" },
    { ND_NEIGHBOR_ADVERT, ANY_CODE, "neighbor advertisement, tgt is %t" },
    { ND_REDIRECT, ANY_CODE, "redirect, %r to %t" },
};

/* A message, and the packet that it speaks of, as far as that is there. */
struct message {
    const uint8_t *bytes;
    uint32_t size;
    bool six;
    bool speaks;                     /* the header of IP in it is whole: */
    const uint8_t *packet, *address; /* it, its destination; */
    const uint8_t *transport;
    uint32_t left; /* bytes from transport on */
    uint8_t protocol;
};

static const struct sentence *find_sentence(const struct message *message)
{
    const struct sentence *list = message->six ? sentences6 : sentences;
    size_t count = (message->six ? sizeof sentences6 : sizeof sentences) / sizeof *list;
    size_t i;

    for (i = 0; i < count; i++) {
        if (list[i].type == message->bytes[0] &&
            (list[i].code == message->bytes[1] || list[i].code == ANY_CODE))
            return &list[i];
    }
    return NULL;
}

/* Looks for the packet behind the message's 8 bytes. */
static void find_spoken(struct message *message)
{
    bool six = message->six;
    const struct pfg_proto *ip = pfg_layer(six ? PFG_LAYER_IP6 : PFG_LAYER_IP);
    uint32_t header = ip->def->fixed_size;
    uint32_t size = message->size - ICMP_MINLEN;
    const uint8_t *packet = message->bytes + ICMP_MINLEN;

    if (size < header || packet[0] >> 4 != (six ? 6 : 4))
        return;
    if (!six && (packet[0] & 0x0fU) * 4 > header) /* with options (RFC 791, 3.1) */
        header = (packet[0] & 0x0fU) * 4;
    message->speaks = true;
    message->packet = packet;
    message->address = packet + pfg_layer_field(six ? PFG_IP6_DST : PFG_IP_DST)->offset;
    message->protocol = packet[pfg_layer_field(six ? PFG_IP6_NEXT : PFG_IP_PROTO)->offset];
    message->left = header < size ? size - header : 0;
    message->transport = packet + (message->left > 0 ? header : 0);
}

static void put_address(struct pfg_out *out, const struct message *message, const uint8_t *address)
{
    pfg_out_address(out, message->six ? 6 : 4, address);
}

/* "udp port 53"; UDP and TCP have their ports at the same place. Of others, "protocol 50". */
static void put_port(struct pfg_out *out, const struct message *message)
{
    const struct pfg_field *port = pfg_layer_field(PFG_UDP_DSTPORT);
    bool tcp = message->protocol == IPPROTO_TCP;

    if ((!tcp && message->protocol != IPPROTO_UDP) || message->left < port->offset + port->size) {
        pfg_out_string(out, "protocol ");
        pfg_out_uint(out, message->protocol);
        return;
    }
    pfg_out_string(out, pfg_layer(tcp ? PFG_LAYER_TCP : PFG_LAYER_UDP)->def->name);
    pfg_out_bytes(out, " port ", 6);
    pfg_out_uint(out, pfg_get_be16(message->transport + port->offset));
}

static void put_mtu(struct pfg_out *out, const struct message *message)
{
    uint16_t mtu = pfg_get_be16(message->bytes + offsetof(struct icmphdr, un.frag.mtu));

    if (mtu == 0)
        return;
    pfg_out_bytes(out, " (mtu ", 6);
    pfg_out_uint(out, mtu);
    pfg_out_char(out, ')');
}

/* Whether the message has all that its sentence tells. */
static bool has_all(const char *text, const struct message *message)
{
    for (; *text != '\0'; text++) {
        if (*text != '%')
            continue;
        text++;
        if ((*text == 'd' || *text == 's' || *text == 'p' || *text == 'u') && !message->speaks)
            return false;
        if (*text == 't' && message->size < sizeof(struct nd_neighbor_solicit))
            return false;
        if (*text == 'r' && message->size < sizeof(struct nd_redirect))
            return false;
    }
    return true;
}

/* What stands in one place; all messages have their first 8 bytes. */
static void put_place(struct pfg_out *out, char place, const struct message *message)
{
    const uint8_t *bytes = message->bytes;

    switch (place) {
    case 'd':
        put_address(out, message, message->address);
        break;
    case 's':
        put_address(out, message, message->packet + pfg_layer_field(PFG_IP6_SRC)->offset);
        break;
    case 'p':
        pfg_out_uint(out, message->protocol);
        break;
    case 'u':
        put_port(out, message);
        break;
    case 'c':
        pfg_out_uint(out, bytes[1]);
        break;
    case 'o':
        pfg_out_uint(out, bytes[offsetof(struct icmphdr, un)]);
        break;
    case 'w':
        pfg_out_uint(out, pfg_get_be32(bytes + offsetof(struct icmp6_hdr, icmp6_pptr)));
        break;
    case 'm':
        put_mtu(out, message);
        break;
    case 'g':
        put_address(out, message, bytes + offsetof(struct icmphdr, un.gateway));
        break;
    case 't':
        pfg_out_ipv6(out, bytes + offsetof(struct nd_neighbor_solicit, nd_ns_target));
        break;
    case 'r':
        pfg_out_ipv6(out, bytes + offsetof(struct nd_redirect, nd_rd_dst));
        break;
    case 'l':
        pfg_out_uint(out, pfg_get_be16(bytes + offsetof(struct icmp6_hdr, icmp6_maxdelay)));
        break;
    case 'n':
        pfg_out_uint(out, pfg_get_be16(bytes + offsetof(struct icmp6_hdr, icmp6_seq)));
        break;
    }
}

bool capture_line_icmp(struct pfg_out *out, const struct pfg_pdu *pdu)
{
    struct message message = { .bytes = pdu->base, .size = pdu->size };
    const struct sentence *sentence;
    const char *text;

    message.six = pdu->proto == pfg_layer(PFG_LAYER_ICMP6);
    if (message.size < ICMP_MINLEN)
        return false;
    sentence = find_sentence(&message);
    if (sentence == NULL)
        return false;
    find_spoken(&message);
    if (!has_all(sentence->text, &message))
        return false;
    for (text = sentence->text; *text != '\0'; text++) {
        if (*text == '%')
            put_place(out, *++text, &message);
        else
            pfg_out_char(out, *text);
    }
    return true;
}
