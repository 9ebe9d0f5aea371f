/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rawsock/fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/privilege.h"

int pfg_fault_set(struct pfg_fault *fault, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    return -1;
}

int pfg_fault_prefix(struct pfg_fault *fault, const char *format, ...)
{
    struct pfg_fault before = *fault;
    va_list arguments;
    size_t used;

    va_start(arguments, format);
    vsnprintf(fault->text, sizeof fault->text, format, arguments);
    va_end(arguments);
    used = strlen(fault->text);
    memccpy(fault->text + used, before.text, '\0', sizeof fault->text - used);
    fault->text[sizeof fault->text - 1] = '\0';
    return -1;
}

int pfg_fault_socket(struct pfg_fault *fault, const char *what, int error)
{
    char advice[sizeof fault->text];

    if (error != EPERM && error != EACCES)
        return pfg_fault_set(fault, "cannot open a %s: %s", what, strerror(error));
    pfg_privilege_advice(CAP_NET_RAW, advice, sizeof advice);
    return pfg_fault_set(fault, "a %s needs the capability CAP_NET_RAW: %s", what, advice);
}
