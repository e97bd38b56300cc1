#include "system/system.h"

#include "base/buf.h"
#include "base/random.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void close_descriptor(const int *descriptor)
{
    if (*descriptor >= 0) {
        close(*descriptor);
    }
}

static void close_folder(DIR **folder)
{
    if (*folder != NULL) {
        closedir(*folder);
    }
}

#define OWN_DESCRIPTOR __attribute__((cleanup(close_descriptor)))
#define OWN_FOLDER     __attribute__((cleanup(close_folder)))

result system_user(struct arena *arena, str *ret_name, struct err *err)
{
    char room[4096];
    struct passwd entry;
    struct passwd *found = NULL;
    const uid_t user = geteuid();
    const bool known = getpwuid_r(user, &entry, room, sizeof room, &found) == 0 && found != NULL;
    *ret_name = known ? arena_copy(arena, str_from_c(entry.pw_name))
                      : arena_format(arena, "user %u", (unsigned)user);
    return ret_name->at == NULL ? arena_full(err) : result_ok();
}

/* Clock and entropy. */

static instant machine_now(void *context)
{
    (void)context;
    struct timespec time;
    ASSERT(clock_gettime(CLOCK_REALTIME, &time) == 0);
    return (instant){.milliseconds = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000};
}

static void machine_entropy(void *context, void *bytes, size_t size)
{
    (void)context;
    unsigned char *at = bytes;
    size_t left = size;
    while (left > 0) {
        const ssize_t got = getrandom(at, left, 0);
        ASSERT(got >= 0 || errno == EINTR);
        if (got > 0) {
            at += got;
            left -= (size_t)got;
        }
    }
}

const struct system *system_machine(void)
{
    static const struct system machine = {.now = machine_now, .entropy = machine_entropy};
    return &machine;
}

static instant fake_now(void *context)
{
    const struct system_fake *fake = context;
    return fake->time;
}

static void fake_entropy(void *context, void *bytes, size_t size)
{
    struct system_fake *fake = context;
    struct random random;
    memcpy(random.state, fake->sequence, sizeof random.state);
    unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        at[i] = (unsigned char)(random_next(&random) >> 56);
    }
    memcpy(fake->sequence, random.state, sizeof random.state);
}

void system_fake_init(struct system_fake *fake, instant time, uint64_t seed)
{
    struct random random;
    random_seed(&random, seed);
    *fake = (struct system_fake){
        .system = {.context = fake, .now = fake_now, .entropy = fake_entropy},
        .time = time,
    };
    memcpy(fake->sequence, random.state, sizeof fake->sequence);
}

/* Files. */

static const struct refusal_row {
    int error_number;
    const char *hint;
} refusal_rows[] = {
    {ENOENT, "Check the path; a folder that is not there is made by hand (mkdir -p)."},
    {ENOTDIR, "Check the path: a part of it is a file."},
    {EACCES, "Check who owns it and the folder it is in, and as whom this runs."},
    {EPERM, "Check who owns it and the folder it is in, and as whom this runs."},
    {EROFS, "What is mounted there is for reading alone: choose another place."},
    {ENOSPC, "Make room there and run it again."},
    {EDQUOT, "Make room there and run it again."},
};

result system_refused(const char *path, const char *doing, int error_number, struct err *err)
{
    const bool missing = error_number == ENOENT || error_number == ENOTDIR;
    const char *why = strerrordesc_np(error_number);
    const result refused =
        err_set(err, missing ? ERROR_NOT_FOUND : ERROR_STORAGE, "%s could not be %s: %s", path,
                doing, why == NULL ? "unknown error" : why);
    for (size_t i = 0; i < sizeof refusal_rows / sizeof refusal_rows[0]; i++) {
        if (refusal_rows[i].error_number == error_number) {
            return err_hint(err, "%s", refusal_rows[i].hint);
        }
    }
    return refused;
}

static result read_all(int descriptor, const char *path, struct buf *buf, struct err *err)
{
    char chunk[16 * 1024];
    for (;;) {
        const ssize_t got = read(descriptor, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return system_refused(path, "read", errno, err);
        }
        if (got == 0) {
            return result_ok();
        }
        if ((size_t)got > buf->len_max - buf->len) {
            return err_set(err, ERROR_LIMIT, "%s is larger than the %zu bytes allowed", path,
                           buf->len_max);
        }
        buf_put(buf, (str){.at = chunk, .len = (size_t)got});
        if (buf->failed) {
            return err_set(err, ERROR_LIMIT, "There is not enough memory set aside to read %s",
                           path);
        }
    }
}

result system_read_file(const char *path, size_t size_max, struct arena *arena, str *ret_text,
                        struct err *err)
{
    OWN_DESCRIPTOR const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_refused(path, "opened", errno, err);
    }
    struct buf buf;
    buf_init(&buf, arena, size_max);
    TRY(read_all(descriptor, path, &buf, err));
    return buf_finish(&buf, ret_text, err);
}

result system_check_secret_file(const char *path, struct err *err)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return system_refused(path, "looked at", errno, err);
    }
    if ((status.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
        return result_ok();
    }
    result_ignore(
        err_set(err, ERROR_STORAGE, "%s is a key, and others may read or change it", path),
        "the hint returns the failure");
    return err_hint(err, "Leave it to the account that runs returnhub: chmod 600 %s", path);
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode)                    ? "a folder"
           : S_ISFIFO(mode)                 ? "a pipe"
           : S_ISSOCK(mode)                 ? "a socket"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
           : S_ISLNK(mode)                  ? "a link that leads nowhere"
                                            : "something else";
}

static result refuse_kind(const char *folder, const char *name, mode_t mode, struct err *err)
{
    return err_set(err, ERROR_STORAGE, "%s%s%s is %s, not a file", folder,
                   folder[0] != '\0' ? "/" : "", name, kind_of(mode));
}

result system_find_file(const char *path, bool *ret_found, struct err *err)
{
    struct stat status;
    bool there = stat(path, &status) == 0;
    if (!there && errno != ENOENT && errno != ENOTDIR) {
        return system_refused(path, "looked for", errno, err);
    }
    there = there || lstat(path, &status) == 0;
    if (there && !S_ISREG(status.st_mode)) {
        return refuse_kind("", path, status.st_mode, err);
    }
    *ret_found = there;
    return result_ok();
}

/* The folder that holds `path`, into `folder`. */
static result folder_of(const char *path, char folder[PATH_MAX], struct err *err)
{
    const char *slash = strrchr(path, '/');
    const str whole = str_from_c(path);
    str part = slash == NULL ? STR(".") : str_slice(whole, 0, (size_t)(slash - path));
    part = slash == path ? STR("/") : part;
    if (part.len >= PATH_MAX) {
        return system_refused(path, "used", ENAMETOOLONG, err);
    }
    memcpy(folder, part.at, part.len);
    folder[part.len] = '\0';
    return result_ok();
}

/* A new or renamed file is only safe once the folder that names it has been synced. */
static result sync_folder_of(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    TRY(folder_of(path, folder, err));
    OWN_DESCRIPTOR const int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_refused(folder, "opened", errno, err);
    }
    return fsync(descriptor) == 0 ? result_ok() : system_refused(folder, "synced", errno, err);
}

static result write_all(int descriptor, const char *path, str text, struct err *err)
{
    size_t written = 0;
    while (written < text.len) {
        const ssize_t put = write(descriptor, text.at + written, text.len - written);
        if (put < 0 && errno != EINTR) {
            return system_refused(path, "written", errno, err);
        }
        written += put > 0 ? (size_t)put : 0;
    }
    return fsync(descriptor) == 0 ? result_ok() : system_refused(path, "synced", errno, err);
}

/* Under the name `beside` of its own; whoever asked knows it as `path`. */
static result write_new_file(const char *beside, const char *path, str text, unsigned mode,
                             struct err *err)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
    OWN_DESCRIPTOR const int descriptor = open(beside, flags, (mode_t)mode);
    if (descriptor < 0) {
        return system_refused(path, "created", errno, err);
    }
    return write_all(descriptor, path, text, err);
}

result system_write_file(const char *path, str text, unsigned mode, struct err *err)
{
    bool found = false;
    TRY(system_find_file(path, &found, err));
    /* Two writers of one path must not share the new file. */
    uint64_t unique;
    machine_entropy(NULL, &unique, sizeof unique);
    char beside[PATH_MAX];
    const int len = snprintf(beside, sizeof beside, "%s.%016" PRIx64 ".new", path, unique);
    if (len < 0 || (size_t)len >= sizeof beside) {
        return system_refused(path, "written", ENAMETOOLONG, err);
    }
    result done = write_new_file(beside, path, text, mode, err);
    if (done.ok && rename(beside, path) != 0) {
        done = system_refused(path, "replaced", errno, err);
    }
    if (!done.ok) {
        unlink(beside);
        return done;
    }
    return sync_folder_of(path, err);
}

result system_replace_file(const char *path, str text, struct err *err)
{
    char resolved[PATH_MAX];
    struct stat status;
    if (realpath(path, resolved) == NULL || stat(resolved, &status) != 0) {
        return system_refused(path, "replaced", errno, err);
    }
    return system_write_file(resolved, text, status.st_mode & 0777U, err);
}

result system_file_written_at(const char *path, instant *ret_at, struct err *err)
{
    struct stat status;
    if (stat(path, &status) != 0) {
        return system_refused(path, "looked for", errno, err);
    }
    *ret_at = (instant){.milliseconds = (int64_t)status.st_mtim.tv_sec * 1000 +
                                        status.st_mtim.tv_nsec / 1000000};
    return result_ok();
}

bool system_file_exists(const char *path)
{
    bool found = false;
    return system_find_file(path, &found, NULL).ok && found;
}

bool system_is_same_file(const char *path, const char *other)
{
    struct stat one;
    struct stat another;
    return stat(path, &one) == 0 && stat(other, &another) == 0 && one.st_dev == another.st_dev &&
           one.st_ino == another.st_ino;
}

/* Folders. */

struct name_link {
    struct name_link *next;
    str name;
};

static bool is_wanted(str name, str suffix)
{
    return str_ends(name, suffix) && !str_equal(name, STR(".")) && !str_equal(name, STR(".."));
}

/* Nobody would wait for ever to read a pipe that has a name in a folder of files. */
static result refuse_no_file(DIR *folder, const char *path, const char *name, struct err *err)
{
    struct stat status;
    const bool other = fstatat(dirfd(folder), name, &status, 0) == 0 && !S_ISREG(status.st_mode) &&
                       !S_ISDIR(status.st_mode);
    return other ? refuse_kind(path, name, status.st_mode, err) : result_ok();
}

static result read_names(DIR *folder, const char *path, str suffix, struct arena *arena,
                         struct name_link **ret_links, size_t *ret_count, struct err *err)
{
    struct name_link *links = NULL;
    size_t count = 0;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (entry == NULL && errno != 0) {
            return system_refused(path, "listed", errno, err);
        }
        if (entry == NULL) {
            break;
        }
        if (!is_wanted(str_from_c(entry->d_name), suffix)) {
            continue;
        }
        TRY(refuse_no_file(folder, path, entry->d_name, err));
        struct name_link *link = ARENA_NEW(arena, struct name_link, 1);
        const str name = arena_copy(arena, str_from_c(entry->d_name));
        if (link == NULL || name.at == NULL) {
            return arena_full(err);
        }
        *link = (struct name_link){.next = links, .name = name};
        links = link;
        count++;
    }
    *ret_links = links;
    *ret_count = count;
    return result_ok();
}

static int compare_names(const void *a, const void *b)
{
    return str_compare(*(const str *)a, *(const str *)b);
}

result system_list_folder(const char *path, str suffix, struct arena *arena, const str **ret_names,
                          size_t *ret_count, struct err *err)
{
    OWN_FOLDER DIR *folder = opendir(path);
    if (folder == NULL) {
        return system_refused(path, "opened", errno, err);
    }
    struct name_link *links = NULL;
    size_t count = 0;
    TRY(read_names(folder, path, suffix, arena, &links, &count, err));
    str *names = ARENA_NEW(arena, str, count);
    if (names == NULL) {
        return arena_full(err);
    }
    size_t index = 0;
    for (const struct name_link *link = links; link != NULL; link = link->next) {
        names[index++] = link->name;
    }
    ASSERT(index == count);
    qsort(names, count, sizeof names[0], compare_names);
    *ret_names = names;
    *ret_count = count;
    return result_ok();
}

static result make_one_folder(const char *path, unsigned mode, struct err *err)
{
    if (mkdir(path, (mode_t)mode) == 0) {
        return sync_folder_of(path, err);
    }
    const int error_number = errno;
    struct stat status;
    const bool there = stat(path, &status) == 0 && S_ISDIR(status.st_mode);
    return there ? result_ok() : system_refused(path, "made", error_number, err);
}

result system_make_folder(const char *path, unsigned mode, struct err *err)
{
    const size_t len = strlen(path);
    char part[PATH_MAX];
    if (len == 0 || len >= sizeof part) {
        return system_refused(path, "made", len == 0 ? EINVAL : ENAMETOOLONG, err);
    }
    memcpy(part, path, len + 1);
    for (size_t i = 1; i < len; i++) {
        if (part[i] == '/') {
            part[i] = '\0';
            TRY(make_one_folder(part, mode, err));
            part[i] = '/';
        }
    }
    return make_one_folder(part, mode, err);
}
