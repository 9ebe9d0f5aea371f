/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * summary_inside.h - the inside of summary.h, for the summary's own files: summary.c packets,
 * summary_talkers.c who sent them, summary_tcp.c connections, summary_messages.c kinds and DNS,
 * summary_discovery.c, summary_show.c what is told of them, summary_text.c and summary_json.c.
 */
#ifndef PFG_CAPTURE_SUMMARY_INSIDE_H
#define PFG_CAPTURE_SUMMARY_INSIDE_H

#include "capture/connection.h"
#include "capture/summary.h"
#include "capture/tally.h"

/* Lists of entries that have a text; connections have a list of their own. */
enum capture_section {
    CAPTURE_TALKERS,
    CAPTURE_KINDS,
    CAPTURE_DNS_TYPES,
    CAPTURE_DNS_RESULTS,
    CAPTURE_DNS_NAMES,
    CAPTURE_DNS_SERVERS,
    CAPTURE_ASKED,
    CAPTURE_DISCOVERED,
    CAPTURE_PROBLEMS,
    CAPTURE_SECTIONS
};

/* A TCP connection and its ends: [0] is the client. */
struct capture_watched {
    alignas(64) struct capture_connection connection;
    struct capture_tally *talkers[2]; /* the entries of its ends; NULL not known yet */
    struct capture_watched *next;     /* in the order of appearance */
    uint8_t family;
    uint16_t port[2];
    uint8_t address[2][16];
};

/* The two ends of a packet: who sent it, and to whom. */
struct capture_ends {
    struct capture_tally *talkers[2]; /* their entries; NULL not found yet */
    bool no_room[2];                  /* it has none, which was counted */
    struct capture_identity keys[2];  /* what these are found by, where has_keys */
    bool has_keys;
    uint8_t family;
    uint8_t sender;                  /* which end of the connection sent the packet */
    struct capture_watched *watched; /* the packet's connection; NULL none */
    uint8_t address[2][16];          /* and bytes: of a packet that is to be counted */
    uint32_t bytes;
};

/* A name that a message asks for, on the way to being counted. Where all of it stands in its own
 * bytes it is copied: the next message asks for its entry, since by then it is known where the
 * search begins, and the one after that counts it. */
enum { CAPTURE_NAMES = 2 };
struct capture_name {
    bool waits; /* there is one that is still to be counted */
    bool copied;
    uint8_t way; /* 0 of a request, 1 of a reply */
    struct capture_identity key;
    struct pfg_pdu pdu; /* what of it is asked for to write the name */
    struct pfg_value value;
    uint8_t bytes[256];
};

/* What of messages is looked at, found once. */
enum { CAPTURE_SAID = 6 };
struct capture_looked_at {
    const struct pfg_proto *dns, *frame, *plain;
    const struct pfg_field *name, *type, *result; /* of DNS */
    const struct pfg_field *kind;                 /* of frames */
    uint64_t discover;                            /* the kind that this is */
    uint8_t *said; /* by the id of a field: 1 and its place among what a discovery says, 0 none */
};

struct capture_tcp {
    struct capture_watched *first, *last;
    uint64_t connections, segments, retransmitted, out_of_order, keep_alives;
    uint64_t beyond; /* connections that found no room, or came back when they had
                        been forgotten; and gaps that found none */
    struct capture_exchange *handshakes;
};

struct capture_summary {
    struct capture_arena arena;
    struct capture_list lists[CAPTURE_SECTIONS];
    struct capture_tcp tcp;
    const struct capture_secret *secret; /* what keys are made with */
    struct capture_looked_at looked_at;
    struct pfg_out scratch; /* where the text of an entry is put together */
    uint64_t packets, bytes, first_ns, last_ns, messages;
    struct capture_ends ends; /* of the packet */
    struct capture_ends late; /* of one before it that is still to be counted, where it
                                 has keys */
    struct capture_name names[CAPTURE_NAMES]; /* of the last messages, until they are counted */
    unsigned name;                            /* which of them is the last */
    struct capture_exchange *discovered;      /* of the last answer to a discovery */
};

/* How a section is told. */
enum capture_matched {
    CAPTURE_MATCHED_NOT,
    CAPTURE_MATCHED_REQUESTS, /* what became of requests */
    CAPTURE_MATCHED_ASKS,     /* the same, and how soon the first answer came */
    CAPTURE_MATCHED_REPLIES   /* how soon they came */
};
struct capture_form {
    const char *title, *key;
    const char *counts[2]; /* what the two counts are; NULL: not told */
    bool bytes, errors;
    enum capture_matched matched;
};
/* summary_show.c: the forms of all sections, and what they have in common. */
extern const struct capture_form capture_forms[CAPTURE_SECTIONS];
/* The first most of a section's entries, the weightiest first. The caller frees. NULL: none, or no
 * memory. */
struct capture_tally **capture_summary_sorted(const struct capture_summary *summary,
                                              enum capture_section section, size_t most);
/* The connections, those with the most bytes first, in the same way. */
struct capture_watched **capture_summary_connections(const struct capture_summary *summary,
                                                     size_t most);
/* "10.0.0.1.40000 > 10.0.0.2.80" */
void capture_put_connection(struct pfg_out *out, const struct capture_watched *watched);
/* What the fate of a connection is called in JSON and, with blanks for underscores, in text. */
extern const char *const capture_fate_names[CAPTURE_FATE_COUNT];
/* How many connections ended in each way, and the bytes of all that were never seen. */
struct capture_fates {
    uint64_t count[CAPTURE_FATE_COUNT];
    uint64_t middle; /* of all: begun before the capture */
    uint64_t lost_bytes;
};
struct capture_fates capture_summary_fates(const struct capture_summary *summary);
/* How often something was not counted, since memory was at its bound. */
uint64_t capture_summary_beyond(const struct capture_summary *summary);

/* The entry of a key in a section; NULL: there is none. And a new one; NULL: there is no room. */
static inline struct capture_tally *capture_summary_find(struct capture_summary *summary,
                                                         enum capture_section section,
                                                         const struct capture_identity *key)
{
    return capture_list_find(&summary->lists[section], key);
}
static inline struct capture_tally *capture_summary_add(struct capture_summary *summary,
                                                        enum capture_section section,
                                                        const struct capture_identity *key,
                                                        const struct pfg_out *text,
                                                        enum capture_with with)
{
    return capture_list_add(&summary->lists[section], &summary->arena, key, text, with);
}
/* Counts a message under an entry, and gives what its requests are counted in, or NULL. tally: NULL
 * none. */
static inline struct capture_exchange *capture_tally_message(struct capture_tally *tally,
                                                             const struct pfg_pdu *pdu)
{
    unsigned way = pdu->is_reply ? 1 : 0;

    if (tally == NULL)
        return NULL;
    tally->count[way]++;
    tally->bytes[way] += pdu->size;
    if (pdu->is_error)
        tally->errors++;
    return tally->exchange;
}

/* summary_messages.c: fills summary->looked_at. -1: memory is out. */
int capture_summary_look_at(struct capture_summary *summary);
/* summary_discovery.c: the same for what a discovery says. */
int capture_summary_look_at_discovery(struct capture_looked_at *looked_at);
bool capture_summary_is_discovery(const struct capture_looked_at *looked_at,
                                  const struct capture_dissect *dissect, const struct pfg_pdu *pdu);
void capture_summary_discovery(struct capture_summary *summary,
                               const struct capture_dissect *dissect, const struct pfg_pdu *pdu,
                               struct capture_owners *owners);
/* An empty buffer for a text. */
struct pfg_out *capture_summary_blank(struct capture_summary *summary);
/* summary_talkers.c: nothing leads to the entries of the packet's ends: asks for where the search
 * for them begins, or, where that was done and they are looked for soon, for themselves. */
void capture_summary_approach_ends(struct capture_summary *summary, const struct pfg_flow *flow,
                                   bool soon);
/* The entry of who sent the packet (way 0) or was sent it (1); NULL: there is none, and no room. */
struct capture_tally *capture_summary_talker(struct capture_summary *summary,
                                             const struct pfg_flow *flow, unsigned way);
/* Counts a packet of so many bytes under an end; tally: NULL none. */
static inline void capture_tally_packet(struct capture_tally *tally, unsigned way, uint32_t bytes)
{
    if (tally == NULL)
        return;
    tally->count[way]++;
    tally->bytes[way] += bytes;
}
/* The same under both, which are to be found. near: much was done since they were asked for. */
void capture_summary_find_ends(struct capture_summary *summary, const struct pfg_flow *flow,
                               uint32_t bytes, bool near);
static inline void capture_summary_count_ends(struct capture_summary *summary,
                                              const struct pfg_flow *flow, uint32_t bytes,
                                              bool near)
{
    struct capture_tally *const *talkers = summary->ends.talkers;

    if (talkers[0] == NULL || talkers[1] == NULL) {
        capture_summary_find_ends(summary, flow, bytes, near);
        return;
    }
    capture_tally_packet(talkers[0], 0, bytes);
    capture_tally_packet(talkers[1], 1, bytes);
}
/* Counts the packet that was put off, where there is one. */
void capture_summary_late(struct capture_summary *summary);
/* All packets have been: nothing is put off any longer, and what still waits is unanswered. */
void capture_summary_end(struct capture_summary *summary, struct capture_track *track);
/* The packet is at its end: a name that was not copied is counted now. */
void capture_summary_name(struct capture_summary *summary);
/* Counts all names that wait. */
void capture_summary_names(struct capture_summary *summary);
/* Finds the connection of a stream, as that of the packet at hand; none where it is not known. */
void capture_summary_find_segment(struct capture_summary *summary, const struct pfg_stream *stream);
/* Counts a TCP segment. */
void capture_summary_segment(struct capture_summary *summary, const struct capture_dissect *dissect,
                             const struct pfg_packet *packet);

#endif
