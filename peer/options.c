/* SPDX-License-Identifier: GPL-2.0-or-later */
/* options.c - the options of pfgpeer: one table, from which help and man page come too. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "peer/config.h"
#include "peer/sockets.h"
#include "peer/talk.h"
#include "proto/describe.h"

/* An option that is called as the member it sets. */
#define MEMBER(member, letter, kind) #member, letter, kind, PFG_OPT_AT(struct peer_config, member)
#define AT(member)                   PFG_OPT_AT(struct peer_config, member)

/* A role is called as its constant is. */
/* clang-format off */
#define ROLE(word, constant) { #word, PEER_ROLE_##constant }
/* clang-format on */

static const struct {
    const char *word;
    unsigned role;
} role_words[] = {
    ROLE(echo, ECHO),
    ROLE(frames, FRAMES),
    ROLE(plain, PLAIN),
    ROLE(all, ALL),
};

/* Calls add for each word between commas; 0, or -1 with why where one is not known. */
static int each_word(const char *value, struct peer_config *config,
                     int (*add)(struct peer_config *config, const char *word, size_t size),
                     char *why, size_t room)
{
    for (const char *at = value;; at++) {
        size_t size = strcspn(at, ",");

        if (add(config, at, size) != 0) {
            snprintf(why, room, "%.*s is not known", (int)size, at);
            return -1;
        }
        at += size;
        if (*at == '\0')
            return 0;
    }
}

static int add_role(struct peer_config *config, const char *word, size_t size)
{
    for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++) {
        if (strlen(role_words[i].word) == size && memcmp(word, role_words[i].word, size) == 0) {
            config->roles |= role_words[i].role;
            return 0;
        }
    }
    return -1;
}

static int add_refused(struct peer_config *config, const char *word, size_t size)
{
    int kind = peer_talk_kind(word, size);

    if (kind < 0 || kind >= 64)
        return -1;
    config->refused |= UINT64_C(1) << kind;
    return 0;
}

static int take_roles(const struct pfg_option *row, const char *value, void *config, char *why,
                      size_t room)
{
    (void)row;
    return each_word(value, config, add_role, why, room);
}

static int take_refused(const struct pfg_option *row, const char *value, void *config, char *why,
                        size_t room)
{
    (void)row;
    return each_word(value, config, add_refused, why, room);
}

static int take_bind(const struct pfg_option *row, const char *value, void *config, char *why,
                     size_t room)
{
    struct peer_address address;

    (void)row;
    if (peer_address_read(&address, value, 0) != 0) {
        snprintf(why, room, "not an IPv4 or IPv6 address");
        return -1;
    }
    ((struct peer_config *)config)->bind = value;
    return 0;
}

/* clang-format off */
static const struct pfg_option common_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "Sockets" },
    { MEMBER(bind, 'b', PFG_OPT_CALL), "ADDRESS", "use this local address; any is the default, of IPv4 and IPv6", .call = take_bind },
    { MEMBER(interface, 'i', PFG_OPT_STRING), "NAME", "use this network interface alone (SO_BINDTODEVICE)", .complete = PFG_COMPLETE_INTERFACE },
    { "udp-port", 0, PFG_OPT_NUMBER, AT(udp_port), "PORT", "port of frames and plain discovery over UDP; 9434 is the default", .maximum = UINT16_MAX },
    { "tcp-port", 0, PFG_OPT_NUMBER, AT(tcp_port), "PORT", "port of frames over TCP; 65432 is the default", .maximum = UINT16_MAX },
    { "unix", 0, PFG_OPT_STRING, AT(unix_path), "PATH", "frames over an AF_UNIX stream socket; @NAME is in the abstract namespace", .complete = PFG_COMPLETE_FILE },
    { "seqpacket", 0, PFG_OPT_STRING, AT(seqpacket_path), "PATH", "frames over an AF_UNIX seqpacket socket, one or more in each packet", .complete = PFG_COMPLETE_FILE },
    { .kind = PFG_OPT_HEADING, .help = "Output" },
    { "json", 'j', PFG_OPT_SET, AT(form), .set = PEER_FORM_JSON, .help = "print each message as a JSON object on one line" },
    { "tree", 't', PFG_OPT_SET, AT(form), .set = PEER_FORM_TREE, .help = "print each message as a tree, a line a field" },
    { MEMBER(verbose, 'v', PFG_OPT_COUNT), .help = "say more; a server prints each message, and tells of each connection" },
    { MEMBER(quiet, 'q', PFG_OPT_FLAG), .help = "say nothing but failures" },
    { 0 }
};

static const struct pfg_option serve_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "What is served" },
    { MEMBER(roles, 'r', PFG_OPT_CALL), "LIST", "of echo (plain bytes back), frames, plain (discovery), with commas; all is the default", .call = take_roles },
    { "echo-port", 0, PFG_OPT_NUMBER, AT(echo_port), "PORT", "port of echo, TCP and UDP; 7007 is the default, since 7 needs privilege", .maximum = UINT16_MAX },
    { "ipv4", '4', PFG_OPT_FLAG, AT(ipv4), .help = "serve over IPv4 alone" },
    { "ipv6", '6', PFG_OPT_FLAG, AT(ipv6), .help = "serve over IPv6 alone" },
    { MEMBER(name, 'n', PFG_OPT_STRING), "NAME", "what discovery calls this server; the host name is the default" },
    { MEMBER(service, 's', PFG_OPT_STRING), "NAME", "the service that discovery finds here; pfg is the default" },
    { MEMBER(answer, 'a', PFG_OPT_STRING), "TEXT", "what plain discovery is answered with; the name and the service are the default" },
    { "refuse", 0, PFG_OPT_CALL, AT(refused), "LIST", "kinds of messages, with commas, that are answered with an error", .call = take_refused },
    { .kind = PFG_OPT_HEADING, .help = "Limits" },
    { MEMBER(connections, 'c', PFG_OPT_NUMBER), "N", "connections at most; 1000 is the default", .minimum = 1, .maximum = 1000000 },
    { "idle", 0, PFG_OPT_DURATION, AT(idle_ns), "TIME", "close a connection on which nothing moves for so long; 60s is the default", .minimum = 1 },
    { MEMBER(memory, 'm', PFG_OPT_SIZE), "SIZE", "what all connections together may hold; 512M is the default", .minimum = 1 },
    { .kind = PFG_OPT_HEADING, .help = "Readiness" },
    { "ready-fd", 0, PFG_OPT_NUMBER, AT(ready_fd), "N", "write a line to this descriptor, and close it, when all sockets are open", .maximum = INT_MAX },
    { "pid-file", 0, PFG_OPT_STRING, AT(pid_file), "FILE", "write the process id there when all sockets are open; removed at the end", .complete = PFG_COMPLETE_FILE },
    { 0 }
};

static const struct pfg_option ask_options[] = {
    { .kind = PFG_OPT_HEADING, .help = "Asking" },
    { MEMBER(tcp, 'T', PFG_OPT_FLAG), .help = "ask over TCP; UDP is the default" },
    { MEMBER(checked, 'C', PFG_OPT_FLAG), .help = "set the checksum" },
    { MEMBER(count, 'c', PFG_OPT_NUMBER), "N", "ask so often, one after the other; 1 is the default" },
    { "timeout", 'w', PFG_OPT_DURATION, AT(timeout_ns), "TIME", "wait so long for each reply; 2s is the default" },
    { MEMBER(all, 'A', PFG_OPT_FLAG), .help = "print all replies that come in that time, from whomever" },
    { 0 }
};
/* clang-format on */

static const struct pfg_section sections[] = {
    { "Commands",
      "A message of kind command may say ping (ok), whoami (the server's name), uptime, counts "
      "(messages so far) or help (these words). Nothing else is done: no program is run, no file "
      "is read." },
    { "Exit status",
      "0 where it went well; 1 where it did not, or nothing answered; 2 for a mistake in the "
      "command line; 3 where the answer was an error." },
    { "Examples", "  pfgpeer serve -v --bind 127.0.0.1\n"
                  "  pfgpeer ask 127.0.0.1 echo data=hello\n"
                  "  pfgpeer ask --tcp --checked '[::1]' time data=now\n"
                  "  pfgpeer ask 127.0.0.1 record format=hiq values=12,23,451312\n"
                  "  pfgpeer ask --all 255.255.255.255 plain" },
    { NULL, NULL },
};

static const struct pfg_verb verbs[] = {
    { .name = "serve",
      .brief = "answer echo, frames and plain discovery until a signal ends it",
      .detail = "Prints a line \"listening WHAT WHERE\" for each socket. On SIGTERM or SIGINT it "
                "ends and tells what it did. The echo ports are plain; frames are answered over "
                "UDP, TCP and, where a path is given, AF_UNIX sockets.",
      .options = serve_options,
      .tag = PEER_VERB_SERVE },
    { .name = "ask",
      .brief = "send a message and print the reply",
      .words = "HOST[:PORT] KIND [FIELD=VALUE]...",
      .detail = "KIND is a kind of message (echo, time, command, discover, record, bye) or plain, "
                "for plain discovery; fields are those of the message, or of the frame's header. "
                "With --unix or --seqpacket there is no HOST. A body too long for one frame goes "
                "out in several; length, checksum or flags given by hand go out as they are.",
      .options = ask_options,
      .tag = PEER_VERB_ASK },
    { .name = NULL },
};

const struct pfg_command peer_command = {
    .name = "pfgpeer",
    .brief = "the other end: servers and a client over ordinary sockets",
    .options = common_options,
    .verbs = verbs,
    .sections = sections,
    .built_with = pfg_describe_hash,
    .see_also = "pfgcap(1), pfgsend(1)",
};

int peer_config_check(const struct peer_config *config, const struct pfg_parsed *parsed)
{
    if (config->name != NULL && strlen(config->name) > UINT8_MAX)
        return pfg_options_misused(&peer_command, parsed->verb, "--name: longer than 255 bytes");
    if (strlen(config->service) > UINT8_MAX)
        return pfg_options_misused(&peer_command, parsed->verb, "--service: longer than 255 bytes");
    if (parsed->verb->tag == PEER_VERB_SERVE && parsed->count > 0)
        return pfg_options_misused(&peer_command, parsed->verb, "%s: serve takes no words",
                                   parsed->words[0]);
    return 0;
}
