#include "sensor/key_logs.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "sensor/config.h"
#include "sensor/monitor.h"

static int reopen(void *owner, const char *name)
{
    (void)owner;
    return monitor_open(MONITOR_FOLLOW_KEYS, name);
}

struct key_sources *key_logs_new(const struct options *o, const struct hash_secret *secret, size_t memory,
                                 struct log *log)
{
    return key_sources_new(&(struct key_sources_options){
        .secret = secret, .memory = memory, .follow = options_live(o), .reopen = {.open = reopen}, .log = log});
}

static bool open_one(struct key_sources *s, const char *name, const struct options *o, struct log *log)
{
    char place[CONFIG_PLACE];
    const char *socket = monitor_socket(name);
    int fd = socket != NULL ? monitor_open(MONITOR_LISTEN_KEYS, socket)
                            : monitor_open(options_live(o) ? MONITOR_FOLLOW_KEYS : MONITOR_READ_KEYS, name);
    if (fd >= 0)
        return key_sources_add(s, name, fd);
    int why = errno;
    log_error(log, "%s%s: %s, expected a TLS key log", config_place(o, "tls-keys", place), name, strerror(why));
    return false;
}

/* Nothing of the keys is to leave the process: no core dump, no other process that looks into it, no swap where the
 * limit on locked memory is none. Under a limit all that is asked for behind it would fail. */
static void protect(struct log *log)
{
    const struct rlimit none = {0};
    struct rlimit locked;
    if (setrlimit(RLIMIT_CORE, &none) != 0)
        log_note(log, "core dumps cannot be turned off: %s; one would hold keys", strerror(errno));
#ifndef KAPIWATCH_CHECK /* the leak checker attaches to the process */
    prctl(PR_SET_DUMPABLE, 0);
#endif
    if (getrlimit(RLIMIT_MEMLOCK, &locked) == 0 && locked.rlim_cur == RLIM_INFINITY)
        mlockall(MCL_CURRENT | MCL_FUTURE);
}

bool key_logs_read(struct key_sources *s, const struct options *o, struct log *log)
{
    bool good = true;
    if (o->key_log_count > 0)
        protect(log);
    for (size_t i = 0; i < o->key_log_count; i++)
        good = open_one(s, o->key_logs[i], o, log) && good;
    return good && key_sources_read_all(s);
}
