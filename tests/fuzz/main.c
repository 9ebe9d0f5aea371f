/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In place of libFuzzer: gives each file of the folders and files named to the fuzzer once. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/fuzz/fuzz.h"

/* One file, in memory just as large as it is. Returns 0, or -1 where it cannot be read. */
static int replay(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) < 0) {
        perror(path);
        return -1;
    }
    size_t size = (size_t)about.st_size;
    uint8_t *data = malloc(size ? size : 1);
    int r = data && fread(data, 1, size, file) == size ? LLVMFuzzerTestOneInput(data, size) : -1;
    free(data);
    fclose(file);
    return r;
}

static int replay_folder(const char *path, unsigned *count)
{
    DIR *folder = opendir(path);
    struct dirent *entry;
    char inside[4096];
    int r = 0;
    if (!folder) {
        *count += 1;
        return replay(path);
    }
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        r |= replay(inside);
        *count += 1;
    }
    closedir(folder);
    return r;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    int r = 0;
    for (int i = 1; i < argc; i++)
        r |= replay_folder(argv[i], &count);
    printf("%u inputs\n", count);
    return r == 0 && count > 0 ? 0 : 1;
}
