#include "system/growing.h"

#include "system/system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

result growing_open(const char *path, bool writing, struct growing_file *ret_file, struct err *err)
{
    struct growing_file file = {.descriptor = -1};
    struct stat status;
    if (strlen(path) >= sizeof file.path) {
        return system_refused(path, "opened", ENAMETOOLONG, err);
    }
    file.descriptor = open(path, (writing ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC, 0644);
    if (file.descriptor < 0) {
        return system_refused(path, "opened", errno, err);
    }
    if (fstat(file.descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(file.descriptor);
        return system_refused(path, "opened", EINVAL, err);
    }
    memcpy(file.path, path, strlen(path) + 1);
    file.size = (uint64_t)status.st_size;
    *ret_file = file;
    return result_ok();
}

result growing_read(const struct growing_file *file, uint64_t at, void *bytes, size_t size,
                    struct err *err)
{
    char *to = bytes;
    while (size > 0) {
        const ssize_t got = pread(file->descriptor, to, size, (off_t)at);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return system_refused(file->path, "read", errno, err);
        }
        if (got == 0) {
            return err_set(err, ERROR_STORAGE, "%s is shorter than it should be", file->path);
        }
        to += got;
        at += (uint64_t)got;
        size -= (size_t)got;
    }
    return result_ok();
}

void growing_expect(const struct growing_file *file, uint64_t at, size_t size)
{
    /* Advice: whether it is taken or not, reading gives the same. */
    (void)posix_fadvise(file->descriptor, (off_t)at, (off_t)size, POSIX_FADV_WILLNEED);
}

result growing_append(struct growing_file *file, const void *bytes, size_t size, struct err *err)
{
    const char *from = bytes;
    uint64_t at = file->size;
    while (size > 0) {
        const ssize_t put = pwrite(file->descriptor, from, size, (off_t)at);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return system_refused(file->path, "written", errno, err);
        }
        from += put;
        at += (uint64_t)put;
        size -= (size_t)put;
    }
    file->size = at;
    return result_ok();
}

result growing_cut(struct growing_file *file, uint64_t size, struct err *err)
{
    if (ftruncate(file->descriptor, (off_t)size) != 0) {
        return system_refused(file->path, "cut", errno, err);
    }
    file->size = size;
    file->synced = file->synced < size ? file->synced : size;
    return result_ok();
}

result growing_sync(struct growing_file *file, struct err *err)
{
    if (file->synced < file->size && fdatasync(file->descriptor) != 0) {
        return system_refused(file->path, "written", errno, err);
    }
    file->synced = file->size;
    return result_ok();
}

void growing_close(struct growing_file *file)
{
    if (file->descriptor >= 0) {
        close(file->descriptor);
    }
    file->descriptor = -1;
}

result growing_sync_folder(const char *path, struct err *err)
{
    const int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        return system_refused(path, "opened", errno, err);
    }
    const int error_number = fsync(folder) == 0 ? 0 : errno;
    close(folder);
    return error_number == 0 ? result_ok() : system_refused(path, "written", error_number, err);
}

result growing_lock(struct growing_file *file, struct err *err)
{
    if (flock(file->descriptor, LOCK_EX | LOCK_NB) == 0) {
        return result_ok();
    }
    return errno == EWOULDBLOCK
               ? err_set(err, ERROR_CONFLICT, "Another process holds %s", file->path)
               : system_refused(file->path, "locked", errno, err);
}
