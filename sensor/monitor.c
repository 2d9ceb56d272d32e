#include "sensor/monitor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const int monitor_flags[MONITOR_REQUESTS] = {
    [MONITOR_READ_CAPTURE] = O_RDONLY,
    [MONITOR_READ_RULES] = O_RDONLY,
    [MONITOR_READ_FILTER] = O_RDONLY,
    [MONITOR_READ_CONFIG] = O_RDONLY,
    [MONITOR_READ_KEYS] = O_RDONLY,
    [MONITOR_FOLLOW_KEYS] = O_RDONLY | O_NONBLOCK,
    [MONITOR_WRITE_OUTPUT] = O_WRONLY | O_CREAT | O_APPEND | O_TRUNC | O_NONBLOCK,
    [MONITOR_ADD_OUTPUT] = O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK,
    [MONITOR_AWAIT_READER] = O_WRONLY,
};

enum {
    OUTPUT_MODE = 0640, /* who talks to a cluster, and how, is not for everybody */
    SOCKET_MODE = 0600,
    SOCKET_BACKLOG = 16
};

/* What a run that was ended left behind. It cannot be told by looking: somebody listens, or not. */
static void remove_stale_socket(int fd, const struct sockaddr_un *at)
{
    struct stat about;
    if (lstat(at->sun_path, &about) != 0 || !S_ISSOCK(about.st_mode))
        return;
    if (connect(fd, (const struct sockaddr *)at, sizeof *at) != 0 && errno == ECONNREFUSED)
        unlink(at->sun_path);
}

/* The mode of the descriptor becomes that of the file: nobody can come in before it is set. */
static bool bind_and_listen(int fd, const struct sockaddr_un *at)
{
    return fchmod(fd, SOCKET_MODE) == 0 && bind(fd, (const struct sockaddr *)at, sizeof *at) == 0 &&
           listen(fd, SOCKET_BACKLOG) == 0;
}

static int new_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static bool set_address(struct sockaddr_un *at, const char *path)
{
    *at = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (path[0] == '\0' || strlen(path) >= sizeof at->sun_path) {
        errno = path[0] == '\0' ? ENOENT : ENAMETOOLONG;
        return false;
    }
    strcpy(at->sun_path, path);
    return true;
}

static int close_failed(int fd)
{
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static int listen_at(const char *path)
{
    struct sockaddr_un at;
    if (!set_address(&at, path))
        return -1;
    int probe = new_socket();
    if (probe >= 0) {
        remove_stale_socket(probe, &at);
        close(probe);
    }
    int fd = new_socket();
    return fd >= 0 && !bind_and_listen(fd, &at) ? close_failed(fd) : fd;
}

static int connect_to(const char *path)
{
    struct sockaddr_un at;
    if (!set_address(&at, path))
        return -1;
    int fd = new_socket();
    return fd >= 0 && connect(fd, (const struct sockaddr *)&at, sizeof at) != 0 ? close_failed(fd) : fd;
}

const char *monitor_socket(const char *name)
{
    static const char SOCKET[] = "unix:";
    return strncmp(name, SOCKET, sizeof SOCKET - 1) == 0 ? name + sizeof SOCKET - 1 : NULL;
}

static bool is_output(enum monitor_request what)
{
    return what == MONITOR_WRITE_OUTPUT || what == MONITOR_ADD_OUTPUT;
}

int monitor_open(enum monitor_request what, const char *path)
{
    if (what == MONITOR_LISTEN_KEYS)
        return listen_at(path);
    if (what == MONITOR_CONNECT)
        return connect_to(path);
    if (strcmp(path, "-") == 0)
        return fcntl(is_output(what) ? STDOUT_FILENO : STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    return open(path, monitor_flags[what] | O_CLOEXEC | O_NOCTTY, OUTPUT_MODE);
}

FILE *monitor_read(enum monitor_request what, const char *path)
{
    int fd = monitor_open(what, path);
    if (fd < 0)
        return NULL;
    FILE *file = fdopen(fd, "r");
    if (file == NULL)
        close(fd);
    return file;
}

static bool is_regular(const char *path, struct stat *about)
{
    int got = strcmp(path, "-") == 0 ? fstat(STDIN_FILENO, about) : stat(path, about);
    return got == 0 && S_ISREG(about->st_mode);
}

bool monitor_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return is_regular(one, &a) && is_regular(other, &b) && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool monitor_is_fifo(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISFIFO(about.st_mode);
}

typedef bool (*wanted)(DIR *folder, const char *name);

static bool is_rule_file(DIR *folder, const char *name)
{
    (void)folder;
    const char *dot = strrchr(name, '.');
    return name[0] != '.' && dot != NULL && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

/* To open a pipe in a folder would wait for who writes it. */
static bool is_ordinary_file(DIR *folder, const char *name)
{
    struct stat about;
    return name[0] != '.' && fstatat(dirfd(folder), name, &about, 0) == 0 && S_ISREG(about.st_mode);
}

static bool add_name(struct monitor_names *names, const char *folder, const char *name)
{
    char **grown = realloc(names->names, (names->count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    names->names = grown;
    size_t length = strlen(folder), size = length + strlen(name) + 2;
    char *joined = malloc(size);
    if (joined == NULL)
        return false;
    bool separate = length > 0 && name[0] != '\0' && folder[length - 1] != '/';
    snprintf(joined, size, "%s%s%s", folder, separate ? "/" : "", name);
    grown[names->count++] = joined;
    return true;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool list_folder(DIR *folder, const char *path, wanted is_wanted, struct monitor_names *names)
{
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (is_wanted(folder, entry->d_name) && !add_name(names, path, entry->d_name))
            return false;
    }
    if (names->count > 0)
        qsort(names->names, names->count, sizeof *names->names, by_name);
    return true;
}

static bool list(const char *path, wanted is_wanted, struct monitor_names *names)
{
    *names = (struct monitor_names){.count = 0};
    DIR *folder = opendir(path);
    if (folder == NULL && errno != ENOTDIR)
        return false;
    bool listed = folder != NULL ? list_folder(folder, path, is_wanted, names) : add_name(names, path, "");
    if (folder != NULL)
        closedir(folder);
    if (!listed) {
        monitor_names_deinit(names);
        errno = ENOMEM;
    }
    return listed;
}

bool monitor_list_rules(const char *path, struct monitor_names *names)
{
    return list(path, is_rule_file, names);
}

bool monitor_list_captures(const char *path, struct monitor_names *names)
{
    return list(path, is_ordinary_file, names);
}

void monitor_names_deinit(struct monitor_names *names)
{
    for (size_t i = 0; i < names->count; i++)
        free(names->names[i]);
    free(names->names);
    *names = (struct monitor_names){.count = 0};
}
