#include "peer_sqlite.h"

#include "clients.h"

#include "base/random.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
    SEALED_BYTES = 157,
    LEAF_BYTES = 32,
    CLIENT_ID_BYTES = 16,
    CLOCK_BYTES = 6,
    FACTS_BYTES = 108
};

enum statement { BEGIN, EVENT, COMMAND, FACT, CASELOAD, COMMIT, STATEMENTS };

static const char *const texts[STATEMENTS] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [EVENT] = "INSERT INTO event (subject_kind, subject, kind, effective_on, recorded_at, actor,"
              " client_id, sealed, leaf) VALUES (1, ?1, 6, 20000, ?2, 1, ?3, ?4, ?5)",
    [COMMAND] = "INSERT INTO command VALUES (?1, ?2)",
    [FACT] = "INSERT INTO fact VALUES (1, ?1, 'person.language', 20000, ?2, 'Arabic',"
             " 'interview with an interpreter', ?3, 1, 0, 0)",
    [CASELOAD] = "UPDATE caseload SET recorded_until = ?2, facts = ?3 WHERE person = ?1",
    [COMMIT] = "COMMIT",
};

struct peer {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    int64_t people;
    int64_t now;
    unsigned char bytes[256];
};

static void stop(struct peer *peer)
{
    fprintf(stderr, "bench: SQLite: %s\n", sqlite3_errmsg(peer->db));
    _exit(1);
}

static void step(struct peer *peer, enum statement which)
{
    if (sqlite3_step(peer->statements[which]) != SQLITE_DONE ||
        sqlite3_reset(peer->statements[which]) != SQLITE_OK) {
        stop(peer);
    }
}

static void bind_bytes(const struct peer *peer, enum statement which, int at, int size)
{
    sqlite3_bind_blob(peer->statements[which], at, peer->bytes, size, SQLITE_STATIC);
}

static void one_command(void *context, size_t client, uint64_t number, uint64_t random,
                        struct arena *arena)
{
    struct peer *peer = context;
    const int64_t person = 1 + (int64_t)(random % (uint64_t)peer->people);
    (void)client;
    (void)number;
    (void)arena;
    for (size_t i = 0; i < CLOCK_BYTES; i++) { /* its client ids rise with time, as ours */
        peer->bytes[i] = (unsigned char)(peer->now >> 8 * (CLOCK_BYTES - 1 - i));
    }
    memcpy(peer->bytes + CLOCK_BYTES, &random, sizeof random);
    peer->now++;
    step(peer, BEGIN);
    sqlite3_bind_int64(peer->statements[EVENT], 1, person);
    sqlite3_bind_int64(peer->statements[EVENT], 2, peer->now);
    bind_bytes(peer, EVENT, 3, CLIENT_ID_BYTES);
    bind_bytes(peer, EVENT, 4, SEALED_BYTES);
    bind_bytes(peer, EVENT, 5, LEAF_BYTES);
    step(peer, EVENT);
    const int64_t position = sqlite3_last_insert_rowid(peer->db);
    bind_bytes(peer, COMMAND, 1, CLIENT_ID_BYTES);
    sqlite3_bind_int64(peer->statements[COMMAND], 2, position);
    step(peer, COMMAND);
    sqlite3_bind_int64(peer->statements[FACT], 1, person);
    sqlite3_bind_int64(peer->statements[FACT], 2, position);
    sqlite3_bind_int64(peer->statements[FACT], 3, peer->now);
    step(peer, FACT);
    sqlite3_bind_int64(peer->statements[CASELOAD], 1, person);
    sqlite3_bind_int64(peer->statements[CASELOAD], 2, peer->now);
    bind_bytes(peer, CASELOAD, 3, FACTS_BYTES);
    step(peer, CASELOAD);
    step(peer, COMMIT);
}

static int64_t count_people(struct peer *peer)
{
    sqlite3_stmt *count = NULL;
    if (sqlite3_prepare_v2(peer->db, "SELECT MAX(person) FROM caseload", -1, &count, NULL) !=
            SQLITE_OK ||
        sqlite3_step(count) != SQLITE_ROW) {
        stop(peer);
    }
    const int64_t people = sqlite3_column_int64(count, 0);
    sqlite3_finalize(count);
    return people;
}

int peer_sqlite(const char *path, double seconds)
{
    struct peer peer = {.now = (int64_t)(seconds_now() * 1000)};
    if (sqlite3_open_v2(path, &peer.db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK ||
        sqlite3_exec(peer.db,
                     "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                     "PRAGMA wal_autocheckpoint = 65536; PRAGMA cache_size = -65536;",
                     NULL, NULL, NULL) != SQLITE_OK) {
        stop(&peer);
    }
    for (size_t i = 0; i < STATEMENTS; i++) {
        if (sqlite3_prepare_v3(peer.db, texts[i], -1, SQLITE_PREPARE_PERSISTENT,
                               &peer.statements[i], NULL) != SQLITE_OK) {
            stop(&peer);
        }
    }
    peer.people = count_people(&peer);
    clients_run(1, seconds, one_command, &peer);
    for (size_t i = 0; i < STATEMENTS; i++) {
        sqlite3_finalize(peer.statements[i]);
    }
    sqlite3_close(peer.db);
    return 0;
}
