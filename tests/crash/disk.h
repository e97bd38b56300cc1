/* disk: a disk in memory, for SQLite, that remembers what has reached it and what has not.
 *
 * What a program wrote is visible at once and durable only after a sync of the same file, as on a
 * real machine. When the power fails, of the writes, truncations and removals that were not synced
 * any may have reached the disk and any may not, and a write may have reached it in part, sector by
 * sector: disk_lose_power makes such a state. A new file is durable with its first sync (SQLite
 * syncs the folder then, too); a removal never has to be.
 *
 * Every change can be kept in a log and replayed on another disk, so that every moment of a run can
 * be the moment of the failure.
 *
 * A disk holds any number of files, addressed by their whole path. There is one VFS; which disk it
 * works on is said by disk_mount. Files without a name (SQLite's temporary ones) are the mounted
 * disk's, too, and never durable. */
#ifndef RETURNHUB_TESTS_CRASH_DISK_H
#define RETURNHUB_TESTS_CRASH_DISK_H

#include "base/random.h"

#include <stddef.h>

enum { DISK_FILES_MAX = 12, DISK_SECTOR = 512 };

enum disk_change_kind { DISK_CREATE, DISK_WRITE, DISK_TRUNCATE, DISK_SYNC, DISK_REMOVE };

struct disk_change {
    enum disk_change_kind kind;
    size_t file;
    int64_t offset; /* of a truncation: the new size */
    size_t size;
    uint8_t *bytes; /* of a write */
};

struct disk_changes {
    struct disk_change *items;
    size_t count;
    size_t capacity;
};

/* What one call of SQLite asks of the disk, and how it can be refused. */
enum disk_fault {
    DISK_FAULT_NONE,
    DISK_FAULT_READ,        /* a read fails */
    DISK_FAULT_WRITE,       /* a write fails, and nothing of it is done */
    DISK_FAULT_SHORT_WRITE, /* the disk is full after half of the write */
    DISK_FAULT_SYNC,        /* a sync fails; what it was for never becomes durable by itself */
    DISK_FAULT_POWER,       /* the power fails at this write, truncation, sync or removal */
    DISK_FAULTS,
};

struct disk_bytes {
    uint8_t *at;
    size_t size;
    size_t capacity;
};

struct disk_file {
    char path[256]; /* "" for a slot that is free, and "?" for a temporary file */
    bool exists;
    bool was_durable; /* after a power failure the file is certainly there, as `durable` */
    struct disk_bytes visible;
    struct disk_bytes durable;
    struct disk_changes pending; /* in the order they were made */
};

struct disk {
    struct disk_file files[DISK_FILES_MAX];
    bool keeps_log;
    struct disk_changes log;
    uint64_t epoch; /* files opened before the last power failure or kill are dead */
    bool dead;      /* the power has failed: nothing works until disk_lose_power or disk_kill */
    enum disk_fault fault;
    int64_t fault_in;      /* at the n-th such call from now, from 1; 0: none is planned */
    bool lies_about_syncs; /* a control: every sync is said to be done, and is not */
};

void disk_init(struct disk *disk);
void disk_done(struct disk *disk);
/* The disk that SQLite works on from now on. Installs the VFS the first time. */
void disk_mount(struct disk *disk);

/* A copy of everything that is there, as if it had all been synced. */
void disk_copy(struct disk *to, const struct disk *from);
/* Replays one change of another disk's log. */
void disk_apply(struct disk *disk, const struct disk_change *change);

/* How much of what was not synced reaches the disk. */
enum disk_loss {
    DISK_LOSES_ALL,     /* nothing that was not synced */
    DISK_LOSES_NOTHING, /* all of it */
    DISK_LOSES_SOME,    /* each change by itself, or not */
    DISK_LOSES_SECTORS, /* each sector of each write by itself, or not */
    DISK_LOSES_LAST,    /* all but a part of the last change */
    DISK_REORDERS,      /* some, the later ones before the earlier ones */
    DISK_LOSSES,
};

/* The power fails and comes back: `to` is what is found then. `to` may be `from`. */
void disk_lose_power(struct disk *to, const struct disk *from, enum disk_loss loss,
                     struct random *random);
/* The program is killed: everything it wrote is there. */
void disk_kill(struct disk *disk);

/* How many changes the log of the mounted disk has, while others may make more. */
size_t disk_log_count(const struct disk *disk);
/* A number that tells states of disks apart. */
uint64_t disk_digest(const struct disk *disk);

#endif
