/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "common/options_text.h"

#include <string.h>

#define LINE_END 79

unsigned pfg_text_columns(const char *text, size_t size)
{
    unsigned columns = 0;

    for (size_t i = 0; i < size; i++)
        columns +=
            ((unsigned char)text[i] & 0xc0) != 0x80; /* not a byte that continues (RFC 3629) */
    return columns;
}

void pfg_text_fill(FILE *out, const char *text, unsigned at, unsigned indent)
{
    unsigned column = at;
    unsigned begin = at; /* of the words of this line */

    for (text += strspn(text, " \n"); *text != '\0'; text += strspn(text, " \n")) {
        size_t size = strcspn(text, " \n");
        unsigned columns = pfg_text_columns(text, size);

        if (column > begin && column + 1 + columns > LINE_END) {
            fprintf(out, "\n%*s", (int)indent, "");
            column = begin = indent;
        }
        if (column > begin) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, size, out);
        column += columns;
        text += size;
    }
    fputc('\n', out);
}

/* Bytes up to the end of the paragraph: an empty line, or a line that begins with a blank. */
static size_t paragraph_size(const char *text)
{
    size_t size = 0;

    if (*text == '\n')
        return 0;
    for (;;) {
        size += strcspn(text + size, "\n");
        if (text[size] == '\0' || text[size + 1] == '\n' || text[size + 1] == ' ' ||
            text[size + 1] == '\0')
            return size;
        size++;
    }
}

void pfg_text_paragraphs(FILE *out, const char *text,
                         void (*line)(FILE *out, const char *text, size_t size, int verbatim))
{
    while (*text != '\0') {
        int verbatim = *text == ' ';
        size_t size = verbatim ? strcspn(text, "\n") : paragraph_size(text);

        line(out, text, size, verbatim);
        text += size;
        text += *text == '\n';
    }
}
