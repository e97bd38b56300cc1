#include "system/stream.h"

#include "system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITE_BUFFER_BYTES = 256 * 1024 };

/* --- reading --- */

result read_file_open(const char *path, struct read_file *ret_file, struct err *err)
{
    struct read_file file = {.descriptor = -1};
    struct stat status;
    if (strlen(path) >= sizeof file.path) {
        return system_refused(path, "opened", ENAMETOOLONG, err);
    }
    file.descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (file.descriptor < 0) {
        return system_refused(path, "opened", errno, err);
    }
    if (fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file.descriptor);
        result_ignore(err_set(err, ERROR_INPUT, "%s is not a file", path), "the hint follows");
        return err_hint(err, "It is read twice, so it cannot be a pipe. Save it as a file first.");
    }
    memcpy(file.path, path, strlen(path) + 1);
    file.size = status.st_size;
    *ret_file = file;
    return result_ok();
}

result read_file_next(struct read_file *file, char *bytes, size_t capacity, size_t *ret_size,
                      struct err *err)
{
    ssize_t got;
    do {
        got = read(file->descriptor, bytes, capacity);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return system_refused(file->path, "read", errno, err);
    }
    *ret_size = (size_t)got;
    return result_ok();
}

result read_file_rewind(struct read_file *file, struct err *err)
{
    return lseek(file->descriptor, 0, SEEK_SET) == 0
               ? result_ok()
               : system_refused(file->path, "read", errno, err);
}

void read_file_close(struct read_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    file->descriptor = -1;
}

/* --- writing --- */

result written_open(const char *path, unsigned mode, struct arena *arena,
                    struct written_file *ret_file, struct err *err)
{
    struct written_file file = {.descriptor = -1};
    bool found = false;
    TRY(system_find_file(path, &found, err));
    const int len = snprintf(file.part, sizeof file.part, "%s.part", path);
    if (len < 0 || (size_t)len >= sizeof file.part) {
        return system_refused(path, "written", ENAMETOOLONG, err);
    }
    memcpy(file.path, path, strlen(path) + 1);
    file.buffer = ARENA_NEW(arena, char, WRITE_BUFFER_BYTES);
    if (file.buffer == NULL) {
        return arena_full(err);
    }
    const int flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW;
    file.descriptor = open(file.part, flags, (mode_t)mode);
    if (file.descriptor < 0) {
        return system_refused(file.part, "written", errno, err);
    }
    *ret_file = file;
    return result_ok();
}

static void put_bytes(struct written_file *file, const char *bytes, size_t size)
{
    size_t done = 0;
    while (!file->failed && done < size) {
        const ssize_t put = write(file->descriptor, bytes + done, size - done);
        if (put < 0 && errno != EINTR) {
            file->failed = true;
            file->error_number = errno;
        }
        done += put > 0 ? (size_t)put : 0;
    }
}

static void flush(struct written_file *file)
{
    put_bytes(file, file->buffer, file->filled);
    file->filled = 0;
}

void written_put(struct written_file *file, str text)
{
    if (text.len > WRITE_BUFFER_BYTES - file->filled) {
        flush(file);
    }
    if (text.len > WRITE_BUFFER_BYTES) {
        put_bytes(file, text.at, text.len);
    } else if (text.len > 0) {
        memcpy(file->buffer + file->filled, text.at, text.len);
        file->filled += text.len;
    }
}

static result sync_folder(const char *path, struct err *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    const size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    memcpy(folder, path, len);
    folder[len] = '\0';
    const char *named = len == 0 ? "." : folder;
    const int descriptor = open(named, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return system_refused(named, "opened", errno, err);
    }
    const bool synced = fsync(descriptor) == 0;
    const int error_number = errno;
    close(descriptor);
    return synced ? result_ok() : system_refused(named, "synced", error_number, err);
}

result written_finish(struct written_file *file, struct err *err)
{
    flush(file);
    if (!file->failed && fsync(file->descriptor) != 0) {
        file->failed = true;
        file->error_number = errno;
    }
    if (file->failed) {
        return system_refused(file->part, "written", file->error_number, err);
    }
    if (rename(file->part, file->path) != 0) {
        return system_refused(file->path, "written", errno, err);
    }
    close(file->descriptor);
    file->descriptor = -1;
    return sync_folder(file->path, err);
}

void written_abandon(struct written_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
        unlink(file->part);
    }
    file->descriptor = -1;
}
