/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pcap_write.c - packets as pcap records (draft-ietf-opsawg-pcap), in this machine's byte order. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "capture/sink.h"
#include "common/clock.h"

enum { FILE_HEADER = 24, RECORD_HEADER = 16 };

#define MAGIC_US 0xa1b2c3d4U
#define MAGIC_NS 0xa1b23c4dU
#define VERSION  (2U | 4U << 16) /* 2.4, major and minor */

/* That of the interface which keeps the most. */
static uint32_t snap_length(const struct capture_interfaces *interfaces)
{
    uint32_t most = 0, i;

    for (i = 0; i < interfaces->count; i++) {
        uint32_t one = interfaces->list[i]->snap_length;

        if (one == 0 || one > CAPTURE_PACKET_MAX)
            return CAPTURE_PACKET_MAX;
        most = one > most ? one : most;
    }
    return most == 0 ? CAPTURE_PACKET_MAX : most;
}

int capture_pcap_begin(struct capture_sink *sink)
{
    const struct capture_interface *first =
        sink->interfaces->count == 0 ? NULL : sink->interfaces->list[0];
    uint32_t header[FILE_HEADER / 4] = { 0 };
    int error = 0;
    uint8_t *room = capture_output_room(&sink->output, sizeof header, &error);

    if (room == NULL)
        return capture_sink_fail(sink, error);
    sink->link_type = first == NULL ? PFG_LINK_ETHERNET : first->link_type;
    header[0] = sink->nano ? MAGIC_NS : MAGIC_US;
    header[1] = VERSION;
    header[4] = snap_length(sink->interfaces);
    header[5] = sink->link_type;
    memcpy(room, header, sizeof header);
    capture_output_done(&sink->output, sizeof header, false);
    return 0;
}

int capture_pcap_write(struct capture_sink *sink, const struct capture_packet *packet)
{
    const struct pfg_packet *bytes = &packet->packet;
    /* Readers take more for damage, so that it would be the file's last packet. */
    uint32_t caplen = bytes->caplen < CAPTURE_PACKET_MAX ? bytes->caplen : CAPTURE_PACKET_MAX;
    size_t size = RECORD_HEADER + (size_t)caplen;
    uint32_t fraction = (uint32_t)(bytes->time_ns % PFG_NS_PER_S);
    uint32_t header[RECORD_HEADER / 4];
    int error = 0;
    uint8_t *room;

    if (bytes->link_type != sink->link_type) {
        snprintf(sink->error, sizeof sink->error,
                 "cannot write %s: a pcap file has one link type, and packets of another one came; "
                 "--format=pcapng holds both",
                 sink->path);
        return -1;
    }
    if (bytes->time_ns / PFG_NS_PER_S > UINT32_MAX) {
        snprintf(
            sink->error, sizeof sink->error,
            "cannot write %s: a pcap file has no times behind February 2106, and packet %" PRIu64
            " has one; --format=pcapng holds it",
            sink->path, bytes->number);
        return -1;
    }
    room = capture_output_room(&sink->output, size, &error);
    if (room == NULL)
        return capture_sink_fail(sink, error);
    header[0] = (uint32_t)(bytes->time_ns / PFG_NS_PER_S);
    header[1] = sink->nano ? fraction : fraction / 1000;
    header[2] = caplen;
    header[3] = bytes->len;
    memcpy(room, header, sizeof header);
    memcpy(room + sizeof header, bytes->bytes, caplen);
    capture_output_done(&sink->output, size, true);
    return 0;
}

size_t capture_pcap_record_size(const uint8_t *record, bool *packet)
{
    uint32_t word[3];

    memcpy(word, record, sizeof word);
    *packet = (word[0] != MAGIC_US && word[0] != MAGIC_NS) || word[1] != VERSION;
    return *packet ? RECORD_HEADER + (size_t)word[2] : FILE_HEADER;
}
