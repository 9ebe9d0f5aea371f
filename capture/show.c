/* SPDX-License-Identifier: GPL-2.0-or-later */
/* show.c - packets as lines, trees, JSON or fields. */
#include "capture/run.h"

#include "common/log.h"

int capture_show_begin(struct capture_run *run)
{
    struct capture_print_options print = run->config->print;

    print.interfaces = run->config->interfaces.count > 1;
    capture_printer_init(&run->printer, &print, &run->out, &run->interfaces);
    run->decodes = run->shows;
    return 0;
}

void capture_show_packet(struct capture_run *run, const struct capture_packet *packet)
{
    switch (run->config->mode) {
    case CAPTURE_MODE_TEXT:
        capture_print_packet(&run->printer, packet, &run->dissect, NULL);
        break;
    case CAPTURE_MODE_JSON:
        pfg_json_packet(&run->out, &run->dissect.decode);
        break;
    case CAPTURE_MODE_FIELDS:
        break;
    }
    run->ledger.shown++;
    if (run->config->line_buffered)
        (void)pfg_out_flush(&run->out);
}
