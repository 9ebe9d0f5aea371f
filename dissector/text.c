/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way from the renderers into Wireshark's items and columns. */
#include "dissector/plugin.h"
#include "proto/render.h"

/* UTF-8 of U+2400, the picture of a zero byte. */
static const char zero_shown[] = "\xe2\x90\x80";

static struct pfg_out text;
static struct pfg_out shown; /* text once more, where it has zero bytes */

/* Empties a buffer, and makes it at its first use. */
static struct pfg_out *begin(struct pfg_out *out)
{
    if (out->start == NULL && pfg_out_init(out, 4096, NULL, NULL) != 0)
        return NULL;
    out->at = out->start;
    out->error = 0;
    return out;
}

struct pfg_out *pfg_ws_text(void)
{
    return begin(&text);
}

/* Copies text to shown with its zero bytes made visible. */
static const char *without_zeros(void)
{
    const char *at = text.start;

    if (begin(&shown) == NULL)
        return "";
    while (at < text.at) {
        const char *zero = memchr(at, 0, (size_t)(text.at - at));
        const char *end = zero == NULL ? text.at : zero;

        pfg_out_bytes(&shown, at, (size_t)(end - at));
        if (zero != NULL)
            pfg_out_string(&shown, zero_shown);
        at = zero == NULL ? end : end + 1;
    }
    pfg_out_char(&shown, '\0');
    return shown.error == 0 ? shown.start : "";
}

const char *pfg_ws_text_end(void)
{
    if (text.start == NULL || text.error != 0)
        return "";
    if (memchr(text.start, 0, (size_t)(text.at - text.start)) != NULL)
        return without_zeros();
    pfg_out_char(&text, '\0');
    return text.error == 0 ? text.start : "";
}

const char *pfg_ws_line(const struct pfg_decode *decode, const struct pfg_pdu *pdu)
{
    const char *name = pdu->proto->def->name, *line;
    struct pfg_out *out = pfg_ws_text();

    if (out == NULL)
        return "";
    pfg_line_pdu(out, decode, pdu);
    line = pfg_ws_text_end();
    if (strncmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ' ')
        line += strlen(name) + 1;
    return line;
}
