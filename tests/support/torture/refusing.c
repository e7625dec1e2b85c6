/* A library, loaded before the system's, that counts calls about files below one folder and refuses one of them.
 *
 * It shares a block of memory with the test: what to refuse, how, and how many calls there were. The numbers of
 * `kind` are the order of KINDS in refusing.py. A negative `error` is a signal that the process gets instead.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { OPEN_READ, OPEN_WRITE, READ, WRITE, SYNC, RENAME, CLOSE, MKDIR, TRUNCATE };
#define MOST 1000000

struct control {
    int64_t armed, count, at, error, stays, owner;
    char root[1024];
    char refused[1024];
    unsigned char kinds[MOST];
};

static struct control *control;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("REFUSING_CONTROL");
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (found != MAP_FAILED) control = found;
}

/* The process that judges the runs is never refused anything. */
static int watches(void) { return control && control->armed && getpid() != control->owner; }

static int below(const char *path) {
    size_t length = strlen(control->root);
    return strncmp(path, control->root, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* Whether a kind of call needs room on the disk: one that does not is never answered that there is none. */
static int takes_room(enum kind kind) {
    return kind == OPEN_WRITE || kind == WRITE || kind == SYNC || kind == RENAME || kind == MKDIR || kind == TRUNCATE;
}

static int refuse(enum kind kind, const char *path) {
    int64_t number = __atomic_fetch_add(&control->count, 1, __ATOMIC_SEQ_CST);
    if (number < MOST) control->kinds[number] = (unsigned char)kind;
    int64_t at = control->at, error = control->error;
    if (at < 0 || number < at || (number > at && !(control->stays && takes_room(kind)))) return 0;
    if (number == at) snprintf(control->refused, sizeof control->refused, "%d %s", kind, path);
    if (error < 0) {
        if (number == at) kill(getpid(), (int)-error);
        return 0;
    }
    errno = (int)error;
    return 1;
}

static int refuses_path(enum kind kind, int folder, const char *path) {
    char whole[PATH_MAX * 2], place[PATH_MAX];
    if (!path || !watches()) return 0;
    if (path[0] == '/') return below(path) && refuse(kind, path);
    if (folder == AT_FDCWD) {
        if (syscall(SYS_getcwd, place, sizeof place) < 0) return 0;
    } else {
        char name[64];
        snprintf(name, sizeof name, "/proc/self/fd/%d", folder);
        ssize_t length = readlink(name, place, sizeof place - 1);
        if (length < 0) return 0;
        place[length] = 0;
    }
    snprintf(whole, sizeof whole, "%s/%s", place, path);
    return below(whole) && refuse(kind, whole);
}

static int refuses_file(enum kind kind, int file) {
    char name[64], place[PATH_MAX];
    if (file < 0 || !watches()) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, place, sizeof place - 1);
    if (length < 0) return 0;
    place[length] = 0;
    return below(place) && refuse(kind, place);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static enum kind opening(int flags) { return (flags & (O_ACCMODE | O_CREAT)) ? OPEN_WRITE : OPEN_READ; }

static mode_t mode_of(int flags, va_list rest) {
    return (flags & (O_CREAT | O_TMPFILE)) ? (mode_t)va_arg(rest, int) : 0;
}

#define OPENS(name)                                              \
    int name(const char *path, int flags, ...) {                 \
        va_list rest;                                            \
        va_start(rest, flags);                                   \
        mode_t mode = mode_of(flags, rest);                      \
        va_end(rest);                                            \
        if (refuses_path(opening(flags), AT_FDCWD, path)) return -1; \
        return NEXT(name)(path, flags, mode);                    \
    }
OPENS(open)
OPENS(open64)

#define OPENS_AT(name)                                           \
    int name(int folder, const char *path, int flags, ...) {     \
        va_list rest;                                            \
        va_start(rest, flags);                                   \
        mode_t mode = mode_of(flags, rest);                      \
        va_end(rest);                                            \
        if (refuses_path(opening(flags), folder, path)) return -1; \
        return NEXT(name)(folder, path, flags, mode);            \
    }
OPENS_AT(openat)
OPENS_AT(openat64)

#define ON_FILE(type, kind, name, parameters, arguments)         \
    type name parameters {                                       \
        if (refuses_file(kind, file)) return -1;                 \
        return NEXT(name) arguments;                             \
    }
ON_FILE(ssize_t, READ, read, (int file, void *to, size_t size), (file, to, size))
ON_FILE(ssize_t, READ, pread, (int file, void *to, size_t size, off_t at), (file, to, size, at))
ON_FILE(ssize_t, READ, pread64, (int file, void *to, size_t size, off64_t at), (file, to, size, at))
ON_FILE(ssize_t, READ, preadv, (int file, const struct iovec *to, int count, off_t at), (file, to, count, at))
ON_FILE(ssize_t, READ, preadv64, (int file, const struct iovec *to, int count, off64_t at), (file, to, count, at))
ON_FILE(ssize_t, WRITE, write, (int file, const void *from, size_t size), (file, from, size))
ON_FILE(ssize_t, WRITE, pwrite, (int file, const void *from, size_t size, off_t at), (file, from, size, at))
ON_FILE(ssize_t, WRITE, pwrite64, (int file, const void *from, size_t size, off64_t at), (file, from, size, at))
ON_FILE(ssize_t, WRITE, writev, (int file, const struct iovec *from, int count), (file, from, count))
ON_FILE(ssize_t, WRITE, pwritev, (int file, const struct iovec *from, int count, off_t at), (file, from, count, at))
ON_FILE(ssize_t, WRITE, pwritev64, (int file, const struct iovec *from, int count, off64_t at), (file, from, count, at))
ON_FILE(ssize_t, WRITE, sendfile, (int file, int from, off_t *at, size_t size), (file, from, at, size))
ON_FILE(ssize_t, WRITE, sendfile64, (int file, int from, off64_t *at, size_t size), (file, from, at, size))
ON_FILE(int, SYNC, fsync, (int file), (file))
ON_FILE(int, SYNC, fdatasync, (int file), (file))
ON_FILE(int, TRUNCATE, ftruncate, (int file, off_t size), (file, size))
ON_FILE(int, TRUNCATE, ftruncate64, (int file, off64_t size), (file, size))

ssize_t copy_file_range(int from, off64_t *start, int file, off64_t *at, size_t size, unsigned flags) {
    if (refuses_file(WRITE, file)) return -1;
    return NEXT(copy_file_range)(from, start, file, at, size, flags);
}

int close(int file) {
    int refused = refuses_file(CLOSE, file), error = errno;
    int result = NEXT(close)(file);
    if (!refused) return result;
    errno = error;
    return -1;
}

int rename(const char *from, const char *to) {
    if (refuses_path(RENAME, AT_FDCWD, to)) return -1;
    return NEXT(rename)(from, to);
}

int renameat(int from_folder, const char *from, int folder, const char *to) {
    if (refuses_path(RENAME, folder, to)) return -1;
    return NEXT(renameat)(from_folder, from, folder, to);
}

int mkdir(const char *path, mode_t mode) {
    if (refuses_path(MKDIR, AT_FDCWD, path)) return -1;
    return NEXT(mkdir)(path, mode);
}
