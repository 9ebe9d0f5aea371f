/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * print.h - packets as text for people: a line each in tcpdump's manner, and below it, where asked
 * for, all fields as a tree and the bytes.
 */
#ifndef PFG_CAPTURE_PRINT_H
#define PFG_CAPTURE_PRINT_H

#include <net/if.h>

#include "capture/dissect.h"
#include "capture/source.h"
#include "proto/render.h"

/* tcpdump's -t, -tt, -ttt, -tttt, -ttttt. */
enum capture_time {
    CAPTURE_TIME_CLOCK, /* 16:04:00.123456, local */
    CAPTURE_TIME_NONE,
    CAPTURE_TIME_EPOCH,   /* seconds since 1970 */
    CAPTURE_TIME_DELTA,   /* since the packet before */
    CAPTURE_TIME_DATE,    /* with the date */
    CAPTURE_TIME_ELAPSED, /* since the first packet */
};

/* tcpdump's -x, -X, -A; link: with the link header, -xx -XX. */
enum capture_dump {
    CAPTURE_DUMP_NONE,
    CAPTURE_DUMP_HEX,
    CAPTURE_DUMP_HEX_ASCII,
    CAPTURE_DUMP_ASCII
};

struct capture_print_options {
    enum capture_time time;
    enum capture_dump dump;
    bool dump_link;
    bool link;       /* -e */
    bool quick;      /* --quick */
    bool tree;       /* -v */
    bool number;     /* -# */
    bool nano;       /* nine decimals */
    bool bits;       /* --bits */
    bool color;      /* --color */
    bool absolute;   /* -S: TCP numbers as they are */
    bool interfaces; /* the interface's name on each line: several are captured */
    bool live;       /* numbers of interfaces are those of this machine */
};

/* The name that belongs to an interface's number, see print_link.c; "": none is noted. */
struct capture_interface_name {
    uint32_t index;
    char name[IF_NAMESIZE];
};

/* The text of options that are laid out as some were before (proto/pattern.h): texts, with a number
 * behind each but the last. */
enum { CAPTURE_PIECES = 8, CAPTURE_PIECE = 64, CAPTURE_LAYOUTS = 16 };
struct capture_layout {
    uint32_t pattern; /* whose it is; 0 none */
    uint32_t count;   /* 0: it has none */
    struct {
        char text[CAPTURE_PIECE];
        uint32_t size, form; /* the number's form */
    } pieces[CAPTURE_PIECES];
};

struct capture_printer {
    struct capture_print_options options;
    struct pfg_out *out;
    const struct capture_interfaces *interfaces;
    const struct pfg_field *tcp_flags, *tcp_options; /* which every second packet has */
    uint64_t second_ns; /* the whole second whose text is in stamp, if any is */
    uint32_t stamp_size;
    bool stamped; /* a time is the stamp, digits and a blank */
    bool plain;   /* a line is its time, addresses, one layer and messages */
    bool below;   /* something may stand below it */
    bool any;
    uint64_t first_ns, before_ns;
    char stamp[32];
    struct capture_interface_name names[64];
    struct capture_layout layouts[CAPTURE_LAYOUTS]; /* each in the place that its pattern gives */
};

/* What is known of a packet from others: its request, see track.h. latency_ns UINT64_MAX: none. */
struct capture_pairing {
    uint64_t request_number;
    uint64_t latency_ns;
};

void capture_printer_init(struct capture_printer *printer,
                          const struct capture_print_options *options, struct pfg_out *out,
                          const struct capture_interfaces *interfaces);
void capture_print_packet(struct capture_printer *printer, const struct capture_packet *packet,
                          const struct capture_dissect *dissect,
                          const struct capture_pairing *pairing);

/* Room for what a line has before its messages: time, addresses and the longest layer. */
enum { CAPTURE_LINE_ROOM = 4096 };

/* print_time.c: the packet's time, as it is asked for, and a blank, at to. Returns its end. */
char *capture_put_time(struct capture_printer *printer, char *to, uint64_t now_ns);

/* A named value in words: "echo request"; NULL where it has no name of its own. to: room for
 * PFG_TEXT_MAX. */
static inline char *capture_put_words(char *to, const struct pfg_value *value)
{
    const struct pfg_names *names = value->field->names;
    const struct pfg_text *text = pfg_name_text(names, names->words, value->u);

    return text != NULL ? pfg_put_ready(to, text->text, text->size) : NULL;
}

/* print_layers.c: one layer in a line's part, as tcpdump has it. */
void capture_line_layer(struct capture_printer *printer, const struct capture_dissect *dissect,
                        const struct pfg_pdu *pdu);
/* TCP, where its ports are there, at to, without what is wrong with it. Returns its end. */
char *capture_put_tcp(struct capture_printer *printer, const struct capture_dissect *dissect,
                      const struct pfg_pdu *pdu, char *to);
/* print_options.c: the options of TCP, where it has some, at to. origin: of the numbers of the
 * other side in them. Returns their end. */
char *capture_put_options(struct capture_printer *printer, const struct pfg_decode *decode,
                          const struct pfg_pdu *pdu, char *to, uint32_t origin);
/* What an IP packet carries that no layer tells of: a fragment, or a protocol by its name. */
void capture_line_fragment(struct pfg_out *out, const struct pfg_flow *flow);
/* Fills in the ports of a first fragment, which has no transport layer before all are there. */
void capture_fragment_ports(struct pfg_flow *flow);

/* print_link.c: the interface, and where it is known the direction, before the line of a packet:
 * of "any", and where several interfaces are captured. */
void capture_line_interface(struct capture_printer *printer, const struct capture_packet *packet);
/* A link layer; false, and nothing written, of other layers, and of those that are cut. */
bool capture_line_link(struct pfg_out *out, const struct pfg_decode *decode,
                       const struct pfg_pdu *pdu);

/* print_icmp.c, print_igmp.c: messages that tcpdump has words for; false, and nothing written, of
 * others, and of those that are cut. */
bool capture_line_icmp(struct pfg_out *out, const struct pfg_pdu *pdu);
bool capture_line_igmp(struct pfg_out *out, const struct pfg_pdu *pdu);

/* print_below.c: a packet's trees, bits, comments and bytes, below its line. */
void capture_print_below(struct capture_printer *printer, const struct capture_packet *packet,
                         const struct capture_dissect *dissect);
/* hexdump.c: tcpdump's forms of bytes. */
void capture_hexdump(struct pfg_out *out, const uint8_t *bytes, uint32_t size,
                     enum capture_dump form);
/* bits.c: every field with its bits, under the packet's line. */
void capture_bits_pdu(struct pfg_out *out, const struct pfg_decode *decode,
                      const struct pfg_pdu *pdu);

#endif
