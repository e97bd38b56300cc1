#include "disk.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

/* Memory of the disk is taken from the system as it grows; when there is none, the test ends. */
static void *grown(void *at, size_t size)
{
    void *more = realloc(at, size);
    if (more == NULL) {
        abort();
    }
    return more;
}

/* --- bytes ------------------------------------------------------------------------------------ */

static void bytes_resize(struct disk_bytes *bytes, size_t size)
{
    if (size > bytes->capacity) {
        bytes->capacity = size * 2;
        bytes->at = grown(bytes->at, bytes->capacity);
    }
    if (size > bytes->size) {
        memset(bytes->at + bytes->size, 0, size - bytes->size);
    }
    bytes->size = size;
}

static void bytes_write(struct disk_bytes *bytes, size_t offset, const uint8_t *from, size_t size)
{
    if (offset + size > bytes->size) {
        bytes_resize(bytes, offset + size);
    }
    if (size > 0) {
        memcpy(bytes->at + offset, from, size);
    }
}

static void bytes_copy(struct disk_bytes *to, const struct disk_bytes *from)
{
    if (to == from) {
        return;
    }
    to->size = 0;
    bytes_write(to, 0, from->at, from->size);
}

/* --- changes ---------------------------------------------------------------------------------- */

static struct disk_change change_copy(const struct disk_change *change)
{
    struct disk_change copy = *change;
    if (change->kind == DISK_WRITE && change->size > 0) {
        copy.bytes = grown(NULL, change->size);
        memcpy(copy.bytes, change->bytes, change->size);
    } else {
        copy.bytes = NULL;
    }
    return copy;
}

static void changes_add(struct disk_changes *changes, const struct disk_change *change)
{
    if (changes->count == changes->capacity) {
        changes->capacity = changes->capacity * 2 + 16;
        changes->items = grown(changes->items, changes->capacity * sizeof changes->items[0]);
    }
    changes->items[changes->count++] = change_copy(change);
}

static void changes_clear(struct disk_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        free(changes->items[i].bytes);
    }
    changes->count = 0;
}

static void change_apply(struct disk_bytes *bytes, const struct disk_change *change)
{
    if (change->kind == DISK_WRITE) {
        bytes_write(bytes, (size_t)change->offset, change->bytes, change->size);
    } else if (change->kind == DISK_TRUNCATE) {
        bytes_resize(bytes, (size_t)change->offset);
    }
}

/* --- disks ------------------------------------------------------------------------------------ */

void disk_init(struct disk *disk)
{
    *disk = (struct disk){.epoch = 1};
}

static void file_forget(struct disk_file *file)
{
    changes_clear(&file->pending);
    file->visible.size = 0;
    file->durable.size = 0;
    file->exists = false;
    file->was_durable = false;
    file->path[0] = '\0';
}

void disk_done(struct disk *disk)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        struct disk_file *file = &disk->files[i];
        file_forget(file);
        free(file->pending.items);
        free(file->visible.at);
        free(file->durable.at);
    }
    changes_clear(&disk->log);
    free(disk->log.items);
    *disk = (struct disk){.epoch = disk->epoch};
}

static void file_settle(struct disk_file *file)
{
    changes_clear(&file->pending);
    bytes_copy(&file->durable, &file->visible);
    file->was_durable = file->exists;
}

void disk_copy(struct disk *to, const struct disk *from)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        struct disk_file *file = &to->files[i];
        memcpy(file->path, from->files[i].path, sizeof file->path);
        bytes_copy(&file->visible, &from->files[i].visible);
        file->exists = from->files[i].exists;
        file_settle(file);
    }
    changes_clear(&to->log);
    to->epoch++;
    to->dead = false;
    to->fault = DISK_FAULT_NONE;
    to->fault_in = 0;
}

/* What never became durable leaves no trace; what did stays until the removal does. */
static void file_remove(struct disk_file *file)
{
    changes_clear(&file->pending);
    file->visible.size = 0;
    file->exists = false;
    changes_add(&file->pending, &(struct disk_change){.kind = DISK_REMOVE});
}

static void file_sync(struct disk_file *file)
{
    for (size_t i = 0; i < file->pending.count; i++) {
        const struct disk_change *change = &file->pending.items[i];
        file->durable.size = change->kind == DISK_REMOVE ? 0 : file->durable.size;
        change_apply(&file->durable, change);
    }
    changes_clear(&file->pending);
    file->was_durable = file->exists;
}

/* As with Linux: the pages count as clean from now on, and no later sync writes them. Names and
 * sizes are in the journal of the file system. */
static void file_fail_sync(struct disk_file *file)
{
    size_t kept = 0;
    for (size_t i = 0; i < file->pending.count; i++) {
        if (file->pending.items[i].kind == DISK_WRITE) {
            free(file->pending.items[i].bytes);
        } else {
            file->pending.items[kept++] = file->pending.items[i];
        }
    }
    file->pending.count = kept;
}

void disk_apply(struct disk *disk, const struct disk_change *change)
{
    struct disk_file *file = &disk->files[change->file];
    switch (change->kind) {
    case DISK_CREATE:
        file->exists = true;
        changes_add(&file->pending, change);
        break;
    case DISK_WRITE:
    case DISK_TRUNCATE:
        change_apply(&file->visible, change);
        changes_add(&file->pending, change);
        break;
    case DISK_SYNC:
        file_sync(file);
        break;
    case DISK_REMOVE:
        file_remove(file);
        break;
    }
}

/* --- power ------------------------------------------------------------------------------------ */

static void write_sectors(struct disk_bytes *bytes, const struct disk_change *change,
                          struct random *random)
{
    size_t done = 0;
    while (done < change->size) {
        const size_t offset = (size_t)change->offset + done;
        const size_t left = DISK_SECTOR - offset % DISK_SECTOR;
        const size_t part = left < change->size - done ? left : change->size - done;
        if (random_below(random, 2) == 0) {
            bytes_write(bytes, offset, change->bytes + done, part);
        }
        done += part;
    }
}

/* The last write up to some sector, in order, as a drive that loses its power in the middle. */
static void write_beginning(struct disk_bytes *bytes, const struct disk_change *change,
                            struct random *random)
{
    const size_t sectors = change->size / DISK_SECTOR;
    const size_t part = (size_t)random_below(random, sectors + 1) * DISK_SECTOR;
    bytes_write(bytes, (size_t)change->offset, change->bytes, part);
}

/* Applies what reaches the disk of one change. */
static void reach(struct disk_bytes *bytes, const struct disk_change *change, bool last,
                  enum disk_loss loss, struct random *random)
{
    switch (loss) {
    case DISK_LOSES_ALL:
    case DISK_LOSSES:
        return;
    case DISK_LOSES_NOTHING:
        break;
    case DISK_LOSES_SOME:
    case DISK_REORDERS:
        if (random_below(random, 2) == 0) {
            return;
        }
        break;
    case DISK_LOSES_SECTORS:
        if (change->kind == DISK_WRITE) {
            write_sectors(bytes, change, random);
            return;
        }
        if (random_below(random, 2) == 0) {
            return;
        }
        break;
    case DISK_LOSES_LAST:
        if (last && change->kind == DISK_WRITE) {
            write_beginning(bytes, change, random);
            return;
        }
        if (last) {
            return;
        }
        break;
    }
    change_apply(bytes, change);
}

static bool chance_of(enum disk_loss loss, struct random *random)
{
    return loss == DISK_LOSES_NOTHING || loss == DISK_LOSES_LAST ||
           (loss != DISK_LOSES_ALL && random_below(random, 2) == 0);
}

static bool has_removal(const struct disk_changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        if (changes->items[i].kind == DISK_REMOVE) {
            return true;
        }
    }
    return false;
}

/* A removal that reached the disk took what was there; then the new file begins. */
static void file_lose_power(struct disk_file *file, enum disk_loss loss, struct random *random)
{
    struct disk_bytes *bytes = &file->durable;
    const struct disk_changes *pending = &file->pending;
    const bool backwards = loss == DISK_REORDERS && !has_removal(pending);
    bool there = file->was_durable;
    for (size_t k = 0; k < pending->count; k++) {
        const size_t i = backwards ? pending->count - 1 - k : k;
        const struct disk_change *change = &pending->items[i];
        if (change->kind == DISK_REMOVE) {
            if (!chance_of(loss, random)) {
                break; /* the name still leads to the old file: nothing later is under it */
            }
            there = false;
            bytes->size = 0;
        } else if (change->kind == DISK_CREATE) {
            there = there || chance_of(loss, random);
        } else {
            reach(bytes, change, i + 1 == pending->count, loss, random);
        }
    }
    bytes->size = there ? bytes->size : 0;
    file->exists = there;
    bytes_copy(&file->visible, bytes);
    file_settle(file);
}

static void file_clone(struct disk_file *to, const struct disk_file *from)
{
    memcpy(to->path, from->path, sizeof to->path);
    to->exists = from->exists;
    to->was_durable = from->was_durable;
    bytes_copy(&to->visible, &from->visible);
    bytes_copy(&to->durable, &from->durable);
    changes_clear(&to->pending);
    for (size_t i = 0; i < from->pending.count; i++) {
        changes_add(&to->pending, &from->pending.items[i]);
    }
}

static void begin_again(struct disk *disk)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        if (disk->files[i].path[0] == '?') {
            file_forget(&disk->files[i]);
        }
    }
    disk->epoch++;
    disk->dead = false;
    disk->fault = DISK_FAULT_NONE;
    disk->fault_in = 0;
}

void disk_lose_power(struct disk *to, const struct disk *from, enum disk_loss loss,
                     struct random *random)
{
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        if (to != from) {
            file_clone(&to->files[i], &from->files[i]);
        }
        file_lose_power(&to->files[i], loss, random);
    }
    begin_again(to);
}

void disk_kill(struct disk *disk)
{
    begin_again(disk);
}

static uint64_t mix(uint64_t digest, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    size_t i = 0;
    for (; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, at + i, sizeof word);
        digest = (digest ^ word) * 0x9E3779B97F4A7C15U;
        digest ^= digest >> 29;
    }
    for (; i < size; i++) {
        digest = (digest ^ at[i]) * 0x100000001B3U;
    }
    return digest ^ (digest >> 32);
}

uint64_t disk_digest(const struct disk *disk)
{
    uint64_t digest = 0xCBF29CE484222325U;
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        const struct disk_file *file = &disk->files[i];
        const uint64_t head[] = {i, file->exists, file->visible.size};
        digest = mix(digest, head, sizeof head);
        digest = mix(digest, file->visible.at, file->visible.size);
    }
    return digest;
}

/* --- the VFS ---------------------------------------------------------------------------------- */

enum { SHM_LOCKS = 8, SHM_REGIONS_MAX = 64 };

/* What open files share, by slot of the disk's files. */
struct shared {
    int readers; /* SHARED locks */
    const void *reserved;
    const void *exclusive;
    void *regions[SHM_REGIONS_MAX];
    size_t region_count;
    size_t mapped; /* how many have the regions */
    int shm_readers[SHM_LOCKS];
    const void *shm_writer[SHM_LOCKS];
};

/* The VFS of the process. SQLite gives no way to hand a context to a file but through it. */
static struct vfs_state {
    pthread_mutex_t mutex;
    struct disk *disk;
    struct shared shared[DISK_FILES_MAX];
    sqlite3_vfs vfs;
    bool installed;
} state = {.mutex = PTHREAD_MUTEX_INITIALIZER};

struct handle {
    sqlite3_file base;
    size_t file;
    uint64_t epoch;
    int lock;
    bool temporary;
    bool mapped;
    bool shm_shared[SHM_LOCKS];
};

static void enter(void)
{
    pthread_mutex_lock(&state.mutex);
}

static int leave(int code)
{
    pthread_mutex_unlock(&state.mutex);
    return code;
}

static struct handle *handle_of(sqlite3_file *file)
{
    return (struct handle *)(void *)file;
}

/* After a power failure or a kill whoever was at work finds nothing. */
static bool is_dead(const struct handle *handle)
{
    return state.disk->dead || handle->epoch != state.disk->epoch;
}

static struct disk_file *file_of(const struct handle *handle)
{
    return &state.disk->files[handle->file];
}

static bool fault_strikes(enum disk_fault fault)
{
    struct disk *disk = state.disk;
    return disk->fault == fault && disk->fault_in > 0 && --disk->fault_in == 0;
}

/* Before every change: does the power fail here? */
static bool power_fails(void)
{
    if (fault_strikes(DISK_FAULT_POWER)) {
        state.disk->dead = true;
    }
    return state.disk->dead;
}

static void change(const struct disk_change *made)
{
    struct disk *disk = state.disk;
    if (disk->keeps_log) {
        changes_add(&disk->log, made);
    }
    if (made->kind == DISK_SYNC && disk->lies_about_syncs) {
        return;
    }
    disk_apply(disk, made);
}

size_t disk_log_count(const struct disk *disk)
{
    enter();
    const size_t count = disk->log.count;
    leave(SQLITE_OK);
    return count;
}

/* --- files */

static void release_locks(struct handle *handle);

static int vfs_close(sqlite3_file *file)
{
    struct handle *handle = handle_of(file);
    enter();
    if (handle->epoch == state.disk->epoch) {
        release_locks(handle);
        if (handle->temporary) {
            file_forget(file_of(handle));
        }
    }
    return leave(SQLITE_OK);
}

static int vfs_read(sqlite3_file *file, void *into, int amount, sqlite3_int64 offset)
{
    const struct handle *handle = handle_of(file);
    enter();
    if (is_dead(handle) || fault_strikes(DISK_FAULT_READ)) {
        return leave(SQLITE_IOERR_READ);
    }
    const struct disk_bytes *bytes = &file_of(handle)->visible;
    const size_t from = (size_t)offset;
    const size_t there = from >= bytes->size ? 0 : bytes->size - from;
    const size_t part = there < (size_t)amount ? there : (size_t)amount;
    memset(into, 0, (size_t)amount);
    if (part > 0) {
        memcpy(into, bytes->at + from, part);
    }
    return leave(part == (size_t)amount ? SQLITE_OK : SQLITE_IOERR_SHORT_READ);
}

static void write_part(const struct handle *handle, const void *from, size_t size, int64_t offset)
{
    if (handle->temporary) {
        bytes_write(&file_of(handle)->visible, (size_t)offset, from, size);
        return;
    }
    uint8_t *bytes = grown(NULL, size + 1);
    memcpy(bytes, from, size);
    change(&(struct disk_change){
        .kind = DISK_WRITE, .file = handle->file, .offset = offset, .size = size, .bytes = bytes});
    free(bytes);
}

static int vfs_write(sqlite3_file *file, const void *from, int amount, sqlite3_int64 offset)
{
    const struct handle *handle = handle_of(file);
    enter();
    if (is_dead(handle) || fault_strikes(DISK_FAULT_WRITE)) {
        return leave(SQLITE_IOERR_WRITE);
    }
    if (fault_strikes(DISK_FAULT_SHORT_WRITE)) {
        write_part(handle, from, (size_t)amount / 2, offset);
        return leave(SQLITE_FULL);
    }
    const bool last = !handle->temporary && power_fails();
    write_part(handle, from, (size_t)amount, offset); /* the last may be torn */
    return leave(last ? SQLITE_IOERR_WRITE : SQLITE_OK);
}

static int vfs_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    const struct handle *handle = handle_of(file);
    enter();
    if (is_dead(handle) || (!handle->temporary && power_fails())) {
        return leave(SQLITE_IOERR_TRUNCATE);
    }
    if (handle->temporary) {
        bytes_resize(&file_of(handle)->visible, (size_t)size);
    } else {
        change(&(struct disk_change){.kind = DISK_TRUNCATE, .file = handle->file, .offset = size});
    }
    return leave(SQLITE_OK);
}

static int vfs_sync(sqlite3_file *file, int flags)
{
    (void)flags;
    const struct handle *handle = handle_of(file);
    enter();
    if (is_dead(handle) || (!handle->temporary && power_fails())) {
        return leave(SQLITE_IOERR_FSYNC);
    }
    if (handle->temporary) {
        return leave(SQLITE_OK);
    }
    if (fault_strikes(DISK_FAULT_SYNC)) {
        file_fail_sync(file_of(handle));
        return leave(SQLITE_IOERR_FSYNC);
    }
    change(&(struct disk_change){.kind = DISK_SYNC, .file = handle->file});
    return leave(SQLITE_OK);
}

static int vfs_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
    const struct handle *handle = handle_of(file);
    enter();
    if (is_dead(handle)) {
        return leave(SQLITE_IOERR_FSTAT);
    }
    *ret_size = (sqlite3_int64)file_of(handle)->visible.size;
    return leave(SQLITE_OK);
}

/* --- locks */

static void release_locks(struct handle *handle)
{
    struct shared *shared = &state.shared[handle->file];
    shared->readers -= handle->lock >= SQLITE_LOCK_SHARED ? 1 : 0;
    shared->reserved = shared->reserved == handle ? NULL : shared->reserved;
    shared->exclusive = shared->exclusive == handle ? NULL : shared->exclusive;
    handle->lock = SQLITE_LOCK_NONE;
}

static bool may_lock(const struct shared *shared, const struct handle *handle, int lock)
{
    const bool other_exclusive = shared->exclusive != NULL && shared->exclusive != handle;
    const bool other_reserved = shared->reserved != NULL && shared->reserved != handle;
    const int others = shared->readers - (handle->lock >= SQLITE_LOCK_SHARED ? 1 : 0);
    return !other_exclusive && (lock < SQLITE_LOCK_RESERVED || !other_reserved) &&
           (lock < SQLITE_LOCK_EXCLUSIVE || others == 0);
}

static int vfs_lock(sqlite3_file *file, int lock)
{
    struct handle *handle = handle_of(file);
    enter();
    struct shared *shared = &state.shared[handle->file];
    if (is_dead(handle)) {
        return leave(SQLITE_IOERR_LOCK);
    }
    if (lock <= handle->lock) {
        return leave(SQLITE_OK);
    }
    if (!may_lock(shared, handle, lock)) {
        return leave(SQLITE_BUSY);
    }
    shared->readers += handle->lock < SQLITE_LOCK_SHARED ? 1 : 0;
    shared->reserved = lock >= SQLITE_LOCK_RESERVED ? handle : shared->reserved;
    shared->exclusive = lock >= SQLITE_LOCK_EXCLUSIVE ? handle : shared->exclusive;
    handle->lock = lock;
    return leave(SQLITE_OK);
}

static int vfs_unlock(sqlite3_file *file, int lock)
{
    struct handle *handle = handle_of(file);
    enter();
    if (handle->epoch == state.disk->epoch && lock < handle->lock) {
        struct shared *shared = &state.shared[handle->file];
        release_locks(handle);
        shared->readers += lock >= SQLITE_LOCK_SHARED ? 1 : 0;
        handle->lock = lock;
    }
    return leave(SQLITE_OK);
}

static int vfs_check_reserved(sqlite3_file *file, int *ret_reserved)
{
    const struct handle *handle = handle_of(file);
    enter();
    *ret_reserved = state.shared[handle->file].reserved != NULL;
    return leave(SQLITE_OK);
}

static int vfs_control(sqlite3_file *file, int operation, void *argument)
{
    (void)file;
    (void)operation;
    (void)argument;
    return SQLITE_NOTFOUND;
}

static int vfs_sector_size(sqlite3_file *file)
{
    (void)file;
    return 4096;
}

/* What SQLite assumes of a real disk, too: bytes that are not written to are not harmed. */
static int vfs_characteristics(sqlite3_file *file)
{
    (void)file;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

/* --- memory shared by connections */

static int vfs_shm_map(sqlite3_file *file, int index, int size, int extend, void volatile **ret_at)
{
    struct handle *handle = handle_of(file);
    enter();
    struct shared *shared = &state.shared[handle->file];
    *ret_at = NULL;
    if (is_dead(handle)) {
        return leave(SQLITE_IOERR_SHMMAP);
    }
    if (!handle->mapped) {
        handle->mapped = true;
        shared->mapped++;
    }
    while (extend != 0 && shared->region_count <= (size_t)index) {
        void *region = grown(NULL, (size_t)size);
        memset(region, 0, (size_t)size);
        shared->regions[shared->region_count++] = region;
    }
    if ((size_t)index < shared->region_count) {
        *ret_at = shared->regions[index];
    }
    return leave(SQLITE_OK);
}

static bool shm_is_free(const struct shared *shared, const struct handle *handle, int first,
                        int count, bool exclusive)
{
    for (int i = first; i < first + count; i++) {
        const int others = shared->shm_readers[i] - (handle->shm_shared[i] ? 1 : 0);
        const bool written = shared->shm_writer[i] != NULL && shared->shm_writer[i] != handle;
        if (written || (exclusive && others > 0)) {
            return false;
        }
    }
    return true;
}

static void shm_set(struct shared *shared, struct handle *handle, int i, bool locks, bool exclusive)
{
    if (exclusive) {
        shared->shm_writer[i] = locks ? handle : NULL;
    } else if (handle->shm_shared[i] != locks) {
        handle->shm_shared[i] = locks;
        shared->shm_readers[i] += locks ? 1 : -1;
    }
}

static int vfs_shm_lock(sqlite3_file *file, int first, int count, int flags)
{
    struct handle *handle = handle_of(file);
    const bool locks = (flags & SQLITE_SHM_LOCK) != 0;
    const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    enter();
    struct shared *shared = &state.shared[handle->file];
    if (handle->epoch != state.disk->epoch) {
        return leave(locks ? SQLITE_IOERR_SHMLOCK : SQLITE_OK);
    }
    if (locks && state.disk->dead) {
        return leave(SQLITE_IOERR_SHMLOCK);
    }
    if (locks && !shm_is_free(shared, handle, first, count, exclusive)) {
        return leave(SQLITE_BUSY);
    }
    for (int i = first; i < first + count; i++) {
        shm_set(shared, handle, i, locks, exclusive);
    }
    return leave(SQLITE_OK);
}

static void vfs_shm_barrier(sqlite3_file *file)
{
    (void)file;
    enter();
    leave(SQLITE_OK);
}

static void shm_free(struct shared *shared)
{
    for (size_t i = 0; i < shared->region_count; i++) {
        free(shared->regions[i]);
    }
    shared->region_count = 0;
}

static int vfs_shm_unmap(sqlite3_file *file, int removes)
{
    (void)removes;
    struct handle *handle = handle_of(file);
    enter();
    struct shared *shared = &state.shared[handle->file];
    if (handle->mapped) {
        handle->mapped = false;
        for (int i = 0; i < SHM_LOCKS && handle->epoch == state.disk->epoch; i++) {
            shm_set(shared, handle, i, false, false);
            shared->shm_writer[i] = shared->shm_writer[i] == handle ? NULL : shared->shm_writer[i];
        }
        shared->mapped--;
        if (shared->mapped == 0) {
            shm_free(shared);
        }
    }
    return leave(SQLITE_OK);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = vfs_close,
    .xRead = vfs_read,
    .xWrite = vfs_write,
    .xTruncate = vfs_truncate,
    .xSync = vfs_sync,
    .xFileSize = vfs_file_size,
    .xLock = vfs_lock,
    .xUnlock = vfs_unlock,
    .xCheckReservedLock = vfs_check_reserved,
    .xFileControl = vfs_control,
    .xSectorSize = vfs_sector_size,
    .xDeviceCharacteristics = vfs_characteristics,
    .xShmMap = vfs_shm_map,
    .xShmLock = vfs_shm_lock,
    .xShmBarrier = vfs_shm_barrier,
    .xShmUnmap = vfs_shm_unmap,
};

/* --- names */

/* The slot of this name; a free one when there is none and it may be made. */
static size_t find_slot(const char *path, bool make)
{
    size_t unused = DISK_FILES_MAX;
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        const char *name = state.disk->files[i].path;
        if (name[0] != '?' && name[0] != '\0' && strcmp(name, path) == 0) {
            return i;
        }
        unused = name[0] == '\0' && unused == DISK_FILES_MAX ? i : unused;
    }
    if (!make || unused == DISK_FILES_MAX) {
        return DISK_FILES_MAX;
    }
    snprintf(state.disk->files[unused].path, sizeof state.disk->files[unused].path, "%s", path);
    return unused;
}

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                    int *ret_flags)
{
    (void)vfs;
    struct handle *handle = handle_of(file);
    enter();
    *handle = (struct handle){.epoch = state.disk->epoch, .temporary = path == NULL};
    handle->file = find_slot(path == NULL ? "?" : path, true);
    if (handle->file == DISK_FILES_MAX || state.disk->dead) {
        return leave(SQLITE_CANTOPEN);
    }
    struct disk_file *opened = file_of(handle);
    if (handle->temporary) {
        opened->exists = true;
    } else if (!opened->exists) {
        change(&(struct disk_change){.kind = DISK_CREATE, .file = handle->file});
    }
    handle->base.pMethods = &methods;
    if (ret_flags != NULL) {
        *ret_flags = flags;
    }
    return leave(SQLITE_OK);
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    (void)vfs;
    (void)sync_folder;
    enter();
    const size_t slot = find_slot(path, false);
    if (slot == DISK_FILES_MAX || !state.disk->files[slot].exists) {
        return leave(SQLITE_IOERR_DELETE_NOENT);
    }
    if (state.disk->dead || power_fails()) {
        return leave(SQLITE_IOERR_DELETE);
    }
    change(&(struct disk_change){.kind = DISK_REMOVE, .file = slot});
    return leave(SQLITE_OK);
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *ret_yes)
{
    (void)vfs;
    (void)flags;
    enter();
    const size_t slot = find_slot(path, false);
    *ret_yes = slot != DISK_FILES_MAX && state.disk->files[slot].exists;
    return leave(SQLITE_OK);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full)
{
    (void)vfs;
    return snprintf(full, (size_t)size, "%s", path) < size ? SQLITE_OK : SQLITE_CANTOPEN;
}

/* The same numbers in every run: SQLite's generator is seeded by the test. */
static int vfs_randomness(sqlite3_vfs *vfs, int size, char *bytes)
{
    (void)vfs;
    memset(bytes, 7, (size_t)size);
    return size;
}

/* Nobody waits: there is nobody else. */
static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return microseconds;
}

static int vfs_time(sqlite3_vfs *vfs, sqlite3_int64 *ret_milliseconds)
{
    (void)vfs;
    *ret_milliseconds = 212000000000000;
    return SQLITE_OK;
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *text)
{
    (void)vfs;
    (void)size;
    (void)text;
    return 0;
}

static void install(void)
{
    state.vfs = (sqlite3_vfs){.iVersion = 2,
                              .szOsFile = sizeof(struct handle),
                              .mxPathname = 255,
                              .zName = "disk",
                              .xOpen = vfs_open,
                              .xDelete = vfs_delete,
                              .xAccess = vfs_access,
                              .xFullPathname = vfs_full_path,
                              .xRandomness = vfs_randomness,
                              .xSleep = vfs_sleep,
                              .xCurrentTimeInt64 = vfs_time,
                              .xGetLastError = vfs_last_error};
    if (sqlite3_vfs_register(&state.vfs, 1) != SQLITE_OK) {
        abort();
    }
    state.installed = true;
}

void disk_mount(struct disk *disk)
{
    enter();
    state.disk = disk;
    for (size_t i = 0; i < DISK_FILES_MAX; i++) {
        shm_free(&state.shared[i]);
        state.shared[i] = (struct shared){.readers = 0};
    }
    const bool install_now = !state.installed;
    leave(SQLITE_OK);
    if (install_now) {
        install();
    }
}
