/* The transparency log, and what it is held against (seal.py runs them, and says what each is):
 *
 *   seal append FOLDER ENTRIES    a log that grows by so many entries at once, synced and signed
 *   seal beats FOLDER ENTRIES     the same, 4,096 entries a beat; the memory that it takes
 *   seal messages ENTRIES         the messages of that tree, each hashed once
 *   seal bytes ENTRIES            their bytes, hashed once from beginning to end
 *   seal proofs FOLDER ENTRIES N  N proofs from a log of so many entries
 *   seal audit FOLDER             the whole log on the disk, every entry and every hash
 */
#include "base/random.h"
#include "clients.h"
#include "log/log.h"
#include "seal/receipt.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum {
    ARENA_BYTES = 64 * 1024 * 1024,
    BEAT_ENTRIES = 4096,
    LEAF_MESSAGE = 1 + LEAF_ENTRY_SIZE,
    NODE_MESSAGE = 1 + 2 * SHA256_SIZE,
};

struct room {
    struct arena arena;
    struct signer signer;
    struct log *log;
    char folder[200];
    char key[220];
};

static uint64_t number_of(const char *text)
{
    struct err err;
    int64_t number = 0;
    stop_on(str_to_int64(str_from_c(text), &number, &err), &err);
    return (uint64_t)number;
}

static double cpu_seconds(void)
{
    struct timespec used;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

static long memory_kib(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Entries are of chance; making them is not measured. */
static struct sha256 commitment_of(uint64_t index)
{
    struct sha256 commitment;
    struct random random;
    random_seed(&random, index);
    for (size_t i = 0; i < SHA256_SIZE; i += 8) {
        const uint64_t word = random_next(&random);
        memcpy(commitment.bytes + i, &word, 8);
    }
    return commitment;
}

static void room_open(struct room *room, const char *folder)
{
    struct err err;
    struct note_key key;
    stop_on(arena_open(&room->arena, ARENA_BYTES, &err), &err);
    snprintf(room->folder, sizeof room->folder, "%s", folder);
    snprintf(room->key, sizeof room->key, "%s.key", folder);
    if (!system_file_exists(room->key)) {
        stop_on(signer_make(room->key, STR("bench.example/log"), system_machine(), room->arena,
                            &key, &err),
                &err);
    }
    stop_on(signer_open(room->key, room->arena, &room->signer, &err), &err);
}

static void log_open_in(struct room *room)
{
    struct err err;
    stop_on(log_open(room->folder, &room->signer, &room->log, &err), &err);
}

static void room_close(struct room *room)
{
    log_close(room->log);
    signer_close(&room->signer);
    arena_close(&room->arena);
}

static void grow(struct room *room, const struct sha256 *commitments, uint64_t count)
{
    struct err err;
    stop_on(log_batch_begin(room->log, log_last_position(room->log) + 1, &err), &err);
    for (uint64_t i = 0; i < count; i++) {
        stop_on(log_append(room->log, &commitments[i], true, &err), &err);
    }
    stop_on(log_publish(room->log, &err), &err);
}

/* --- growing ---------------------------------------------------------------------------------- */

static int append_all(const char *folder, uint64_t count)
{
    struct err err;
    struct arena memory;
    struct room room = {.log = NULL};
    stop_on(arena_open(&memory, count * SHA256_SIZE + 64, &err), &err);
    struct sha256 *commitments = ARENA_NEW(&memory, struct sha256, count);
    for (uint64_t i = 0; i < count; i++) {
        commitments[i] = commitment_of(i);
    }
    room_open(&room, folder);
    log_open_in(&room);
    const double begin = seconds_now();
    const double cpu = cpu_seconds();
    grow(&room, commitments, count);
    printf("seconds %.4f cpu %.4f\n", seconds_now() - begin, cpu_seconds() - cpu);
    room_close(&room);
    arena_close(&memory);
    return 0;
}

static int grow_in_beats(const char *folder, uint64_t count)
{
    static struct sha256 commitments[BEAT_ENTRIES];
    struct room room = {.log = NULL};
    room_open(&room, folder);
    log_open_in(&room);
    const double begin = seconds_now();
    for (uint64_t done = 0; done < count; done += BEAT_ENTRIES) {
        for (uint64_t i = 0; i < BEAT_ENTRIES; i++) {
            commitments[i] = commitment_of(done + i);
        }
        grow(&room, commitments, BEAT_ENTRIES);
    }
    printf("seconds %.2f entries %llu kib %ld\n", seconds_now() - begin,
           (unsigned long long)log_size(room.log), memory_kib());
    room_close(&room);
    return 0;
}

/* --- hashing ---------------------------------------------------------------------------------- */

static int hash_messages(uint64_t count, bool each)
{
    struct err err;
    struct arena memory;
    const size_t leaves = count * LEAF_MESSAGE;
    const size_t size = leaves + (count - 1) * NODE_MESSAGE;
    stop_on(arena_open(&memory, size + 64, &err), &err);
    char *bytes = ARENA_NEW(&memory, char, size);
    struct random random;
    random_seed(&random, 1);
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)random_next(&random);
    }
    uint8_t sum = 0;
    const double begin = seconds_now();
    const double cpu = cpu_seconds();
    for (size_t at = 0; each && at < size;) {
        const size_t len = at < leaves ? LEAF_MESSAGE : NODE_MESSAGE;
        sum ^= sha256_of((str){.at = bytes + at, .len = len}).bytes[0];
        at += len;
    }
    if (!each) {
        sum ^= sha256_of((str){.at = bytes, .len = size}).bytes[0];
    }
    printf("seconds %.4f cpu %.4f bytes %zu sum %u\n", seconds_now() - begin, cpu_seconds() - cpu,
           size, (unsigned)sum);
    arena_close(&memory);
    return 0;
}

/* --- proofs ----------------------------------------------------------------------------------- */

/* A log of so many entries, of which the disk holds what is asked for: every hash of the tree is
 * calculated, those of the lowest level and the entries are written only where a proof is to come
 * from. Elsewhere these two files have holes. */
struct making {
    struct room *room;
    int levels[TILE_LEVELS];
    int entries;
    const uint64_t *asked;
    size_t asked_count;
};

static bool is_asked(const struct making *making, uint64_t tile)
{
    for (size_t i = 0; i < making->asked_count; i++) {
        if (making->asked[i] / TILE_WIDTH == tile) {
            return true;
        }
    }
    return false;
}

static void write_at(int descriptor, const void *bytes, size_t size, uint64_t at)
{
    if (pwrite(descriptor, bytes, size, (off_t)at) != (ssize_t)size) {
        perror("bench: pwrite");
        _exit(1);
    }
}

static void write_hashes(const struct making *making, unsigned level, uint64_t number,
                         const struct sha256 *hashes, size_t count)
{
    if (level > 0 || is_asked(making, number)) {
        write_at(making->levels[level], hashes, count * SHA256_SIZE,
                 number * TILE_WIDTH * SHA256_SIZE);
    }
}

static result write_tile(void *context, unsigned level, uint64_t number,
                         const struct sha256 hashes[TILE_WIDTH], struct err *err)
{
    (void)err;
    write_hashes(context, level, number, hashes, TILE_WIDTH);
    return result_ok();
}

static void write_entry(const struct making *making, uint64_t index, const uint8_t *entry)
{
    uint8_t frame[ENTRY_FRAME_SIZE] = {0, LEAF_ENTRY_SIZE};
    memcpy(frame + 2, entry, LEAF_ENTRY_SIZE);
    write_at(making->entries, frame, sizeof frame, index * ENTRY_FRAME_SIZE);
}

static int open_file(const struct room *room, const char *name)
{
    char path[260];
    snprintf(path, sizeof path, "%s/%s", room->folder, name);
    const int descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        perror(path);
        _exit(1);
    }
    return descriptor;
}

static void make_file_size(int descriptor, uint64_t size)
{
    if (ftruncate(descriptor, (off_t)size) != 0) {
        perror("bench: ftruncate");
        _exit(1);
    }
}

static void make_tree(const struct making *making, struct tile_builder *builder, uint64_t count)
{
    struct err err;
    for (uint64_t i = 0; i < count; i++) {
        uint8_t entry[LEAF_ENTRY_SIZE];
        const struct sha256 commitment = commitment_of(i);
        leaf_entry(&commitment, entry);
        const struct sha256 leaf = tree_leaf((str){.at = (const char *)entry, .len = sizeof entry});
        if (is_asked(making, i / TILE_WIDTH)) {
            write_entry(making, i, entry);
        }
        stop_on(tile_builder_add(builder, &leaf, write_tile, (void *)(uintptr_t)making, &err),
                &err);
    }
}

static void finish_log(const struct making *making, const struct tile_builder *builder)
{
    struct err err;
    struct room *room = making->room;
    const struct checkpoint checkpoint = {.size = builder->size,
                                          .root = tile_builder_root(builder)};
    str note;
    char path[260];
    make_file_size(making->entries, builder->size * ENTRY_FRAME_SIZE);
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        const uint64_t hashes = tile_hashes(builder->size, level);
        const size_t width = hashes % TILE_WIDTH;
        if (width > 0) {
            write_at(making->levels[level], builder->tiles[level], width * SHA256_SIZE,
                     (hashes - width) * SHA256_SIZE);
        }
        make_file_size(making->levels[level], hashes * SHA256_SIZE);
        fsync(making->levels[level]);
    }
    stop_on(checkpoint_sign(&checkpoint, &room->signer.key, &room->signer.secret, &room->arena,
                            &note, &err),
            &err);
    snprintf(path, sizeof path, "%s/checkpoint", room->folder);
    stop_on(system_write_file(path, note, 0644, &err), &err);
}

/* Nothing of the files is in memory afterwards, as far as the kernel can be asked. */
static void forget_files(const struct making *making)
{
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        posix_fadvise(making->levels[level], 0, 0, POSIX_FADV_DONTNEED);
    }
    fsync(making->entries);
    posix_fadvise(making->entries, 0, 0, POSIX_FADV_DONTNEED);
}

static int compare_doubles(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;
    return a < b ? -1 : a > b ? 1 : 0;
}

static void prove_all(const struct making *making, const char *name)
{
    struct err err;
    struct log *log = NULL;
    double times[1000];
    const struct room *room = making->room;
    stop_on(log_open_published(room->folder, &room->signer.key, &log, &err), &err);
    for (size_t i = 0; i < making->asked_count; i++) {
        struct arena scratch = room->arena;
        struct receipt receipt;
        struct checkpoint checkpoint;
        str text;
        const double begin = seconds_now();
        stop_on(log_prove_entry(log, making->asked[i], &scratch, &text, &err), &err);
        times[i] = (seconds_now() - begin) * 1e6;
        stop_on(receipt_check(text, &room->signer.key, &receipt, &checkpoint, &err), &err);
    }
    qsort(times, making->asked_count, sizeof times[0], compare_doubles);
    printf("%s_p50 %.1f %s_most %.1f ", name, times[making->asked_count / 2], name,
           times[making->asked_count - 1]);
    log_close(log);
}

static int prove(const char *folder, uint64_t count, size_t proofs)
{
    static struct tile_builder builder;
    static uint64_t asked[1000];
    struct err err;
    struct room room = {.log = NULL};
    struct random random;
    struct making making = {.room = &room, .asked = asked, .asked_count = proofs};
    random_seed(&random, 1);
    for (size_t i = 0; i < proofs; i++) {
        asked[i] = random_next(&random) % count;
    }
    stop_on(system_make_folder(folder, 0755, &err), &err);
    room_open(&room, folder);
    making.entries = open_file(&room, "entries");
    open_file(&room, "batches-2");
    for (unsigned level = 0; level < TILE_LEVELS; level++) {
        char name[16];
        snprintf(name, sizeof name, "hashes.%u", level);
        making.levels[level] = open_file(&room, name);
    }
    make_tree(&making, &builder, count);
    finish_log(&making, &builder);
    forget_files(&making);
    prove_all(&making, "cold");
    prove_all(&making, "warm");
    printf("kib %ld\n", memory_kib());
    return 0;
}

/* --- auditing --------------------------------------------------------------------------------- */

static int audit_folder(const char *folder)
{
    struct err err;
    struct room room = {.log = NULL};
    struct log *log = NULL;
    struct audit_outcome outcome;
    room_open(&room, folder);
    stop_on(log_open_published(folder, &room.signer.key, &log, &err), &err);
    const struct published published = {.read = log_read, .context = log};
    const struct audit audit = {.published = &published, .key = &room.signer.key};
    const double begin = seconds_now();
    const double cpu = cpu_seconds();
    stop_on(audit_log(&audit, &outcome, &err), &err);
    printf("seconds %.4f cpu %.4f entries %llu kib %ld\n", seconds_now() - begin,
           cpu_seconds() - cpu, (unsigned long long)outcome.checkpoint.size, memory_kib());
    log_close(log);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (argc == 4 && strcmp(what, "append") == 0) {
        return append_all(argv[2], number_of(argv[3]));
    }
    if (argc == 4 && strcmp(what, "beats") == 0) {
        return grow_in_beats(argv[2], number_of(argv[3]));
    }
    if (argc == 3 && strcmp(what, "messages") == 0) {
        return hash_messages(number_of(argv[2]), true);
    }
    if (argc == 3 && strcmp(what, "bytes") == 0) {
        return hash_messages(number_of(argv[2]), false);
    }
    if (argc == 5 && strcmp(what, "proofs") == 0) {
        return prove(argv[2], number_of(argv[3]), (size_t)number_of(argv[4]));
    }
    if (argc == 3 && strcmp(what, "audit") == 0) {
        return audit_folder(argv[2]);
    }
    fprintf(stderr, "usage: see bench/seal.c\n");
    return 2;
}
