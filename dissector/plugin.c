/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What Wireshark looks for in pfg.so, and the order in which the plugin's parts come up. */
#include "dissector/plugin.h"

#include <epan/proto.h>
#include <pfg_definition.h>

/* Wireshark refuses a plugin of another series by these; a build of its own gets them from make. */
WS_DLL_PUBLIC_DEF const char plugin_version[] = PFG_VERSION ", " PFG_DEFINITION;
WS_DLL_PUBLIC_DEF const int plugin_want_major = WIRESHARK_VERSION_MAJOR;
WS_DLL_PUBLIC_DEF const int plugin_want_minor = WIRESHARK_VERSION_MINOR;

WS_DLL_PUBLIC void plugin_register(void);
#if PFG_WIRESHARK_DESCRIBES
WS_DLL_PUBLIC uint32_t plugin_describe(void);

uint32_t plugin_describe(void)
{
    return WS_PLUGIN_DESC_DISSECTOR;
}
#endif

static bool ready; /* the definition fits together */

static void register_all(void)
{
    if (pfg_registry_init() != 0) {
        g_warning("pfg: the protocol definition does not fit together: %s", pfg_registry_fault());
        return;
    }
    ready = pfg_ws_names_free() && pfg_ws_messages_init();
    if (!ready)
        return;
    pfg_ws_register_fields();
    pfg_ws_register_records();
    pfg_ws_register_pairs();
    pfg_ws_register_streams();
    pfg_ws_register_frames();
    pfg_ws_register_dns();
}

static void hand_off_all(void)
{
    if (!ready)
        return;
    pfg_ws_handoff_frames();
    pfg_ws_handoff_dns();
}

void plugin_register(void)
{
    static proto_plugin plugin;

    plugin.register_protoinfo = register_all;
    plugin.register_handoff = hand_off_all;
    proto_register_plugin(&plugin);
}
