/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * compat.h - what differs between Wireshark 4.0, 4.4 and 4.6, so that the other files are written
 * once. Wireshark's own headers are included here in the order they want.
 */
#ifndef PFG_DISSECTOR_COMPAT_H
#define PFG_DISSECTOR_COMPAT_H

#include <stdbool.h>
#include <stdint.h>

#include <ws_version.h>

#define PFG_WIRESHARK(major, minor)                                                                \
    (WIRESHARK_VERSION_MAJOR > (major) ||                                                          \
     (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

#include <wireshark.h>

#include <epan/conversation.h>
#include <epan/expert.h>
#include <epan/packet.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/tfs.h>
#include <epan/to_str.h>

#include <epan/dissectors/packet-tcp.h>

#if PFG_WIRESHARK(4, 4)
#include <wsutil/plugins.h>
/* What a heuristic dissector returns. */
typedef bool pfg_ws_bool;
/* What a file must tell of itself beside its version. */
#define PFG_WIRESHARK_DESCRIBES 1
#else
typedef gboolean pfg_ws_bool;
#define PFG_WIRESHARK_DESCRIBES 0
#endif

#endif
