/* A main() for the harnesses without libFuzzer: each file of the harness' seed folder is one test, told as TAP.
 *
 *     tests/fuzz/NAME [FILE|FOLDER ...]      the default is $srcdir/tests/fuzz/seeds/NAME */
#include <dirent.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

static unsigned tests, failures;

static void told(bool ok, const char *what)
{
    printf("%s %u - %s\n", ok ? "ok" : "not ok", ++tests, what);
    fflush(stdout);
    failures += !ok;
}

/* The bytes are copied into a block of just their size, so that a read behind them is seen. */
static void run(const char *path, const uint8_t *bytes, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, size);
    printf("# %s\n", path);
    fflush(stdout); /* before a crash, the file that made it */
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    told(true, path);
}

static void run_file(const char *path)
{
    static uint8_t bytes[INPUT_MAX];
    FILE *file = fopen(path, "rb");
    if (!file) {
        told(false, path);
        return;
    }
    size_t size = fread(bytes, 1, sizeof bytes, file);
    bool good = !ferror(file) && size < sizeof bytes;
    fclose(file);
    if (good)
        run(path, bytes, size);
    else
        told(false, path);
}

static void run_path(const char *path)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        run_file(path);
        return;
    }
    struct dirent **entries;
    int count = scandir(path, &entries, NULL, alphasort);
    if (count < 0) {
        told(false, path);
        return;
    }
    for (int i = 0; i < count; i++) {
        char inside[PATH_MAX];
        snprintf(inside, sizeof inside, "%s/%s", path, entries[i]->d_name);
        if (entries[i]->d_name[0] != '.')
            run_file(inside);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    const char *slash = strrchr(argv[0], '/'), *srcdir = getenv("srcdir");
    char seeds[PATH_MAX];
    snprintf(seeds, sizeof seeds, "%s/tests/fuzz/seeds/%s", srcdir ? srcdir : ".", slash ? slash + 1 : argv[0]);
    run("no bytes", (const uint8_t *)"", 0);
    for (int i = 1; i < argc; i++)
        run_path(argv[i]);
    if (argc < 2)
        run_path(seeds);
    if (tests < 2)
        told(false, "there are no seeds");
    printf("1..%u\n", tests);
    return failures ? 1 : 0;
}
