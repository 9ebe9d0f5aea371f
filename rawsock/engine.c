/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/engine.h"

int pfg_engine_send(struct pfg_engine *engine, const struct pfg_frame *frame,
                    struct pfg_fault *fault)
{
    return engine->kind->send(engine, frame, 1, fault) == 1 ? 0 : -1;
}

int pfg_engine_close(struct pfg_engine *engine, struct pfg_fault *fault)
{
    return engine ? engine->kind->close(engine, fault) : 0;
}
