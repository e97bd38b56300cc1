/* engine: returnhub's column engine on the screening workload, compiled from the text of
 * screening.rules. Arguments: PEOPLE RULES. Understands `run COUNT HOW`, where HOW is one of
 *
 * - screen LEVEL THREADS: everybody. Written are a plane of the barred and one of the unknown for
 *   each safeguard, a plane of the clear and one of the barred: what planes.c writes
 * - compile: from the text of the rulebook to a screen, at the best level
 * - what-if: the same of a changed text, over the people that are loaded, and everybody screened by
 *   it
 * - stream: only reads the columns, all of them, as they are packed
 * - stream-write: reads them and writes as much as `screen` does
 */
#include "contest.h"
#include "people.h"
#include "rulebook/screen.h"
#include "system/system.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum {
    THREADS_MAX = 64,
    WORK_BYTES = 512 * 1024 * 1024,
    CACHE_LINE = 64,
    OUTPUT_PLANES = 2 * WORKLOAD_SAFEGUARDS + 2,
    DETENTION_SAFEGUARD = 22,
    DETENTION_DAYS_CHANGED = 90,
};

enum task { TASK_SCREEN, TASK_COMPILE, TASK_WHAT_IF, TASK_STREAM, TASK_STREAM_WRITE };

static const char *const task_names[] = {"screen", "compile", "what-if", "stream", "stream-write"};
enum { TASK_COUNT = sizeof task_names / sizeof task_names[0] };

/* A rulebook and a screen made from it. */
struct program {
    const struct rulebook *rulebook;
    struct columns columns;
    uint32_t safeguards[WORKLOAD_SAFEGUARDS];
    const struct screen *screen;
};

struct team;

struct member {
    struct team *team;
    int place; /* in the team; the one that asks has the first */
};

struct engine {
    struct team *team;
    str text;
    str text_changed;
    const struct rulebook *rulebook;
    struct columns columns;
    const struct screen *screens[SCREEN_LEVEL_COUNT];
    uint32_t safeguards[WORKLOAD_SAFEGUARDS];
    struct screen_answers answers;
    struct screen_answers answers_changed;
    uint64_t barred_when_changed; /* by the safeguard that was changed, counted beforehand */
    void *scratch[THREADS_MAX];
    size_t scratch_size;
    struct arena work; /* for one run */
    struct arena load_scratch;
    void *output; /* for stream-write */
    uint64_t sum;
    enum task task;
    enum screen_level level;
};

static void load_text(struct engine *engine, str text, struct arena *arena,
                      const struct rulebook **ret_rulebook)
{
    struct err err;
    struct diagnostics diagnostics;
    const struct rulebook_file file = {.name = STR("screening.rules"), .text = text};
    contest_must(diagnostics_init(&diagnostics, arena, &err), &err);
    contest_must(
        rulebook_load(&file, 1, arena, engine->load_scratch, ret_rulebook, &diagnostics, &err),
        &err);
}

static const struct screen *compile(const struct rulebook *rulebook, const struct columns *columns,
                                    uint32_t *safeguards, enum screen_level level,
                                    struct arena *arena)
{
    struct err err;
    const struct screen *screen = NULL;
    const struct step *step = &rulebook->steps[0];
    ASSERT(step->safeguard_count == WORKLOAD_SAFEGUARDS);
    memcpy(safeguards, step->safeguards, WORKLOAD_SAFEGUARDS * sizeof *safeguards);
    const struct screen_question question = {.safeguards = safeguards,
                                             .safeguard_count = WORKLOAD_SAFEGUARDS,
                                             .today = {WORKLOAD_TODAY}};
    contest_must(screen_compile(columns, &question, level, arena, &screen, &err), &err);
    return screen;
}

static void load_people(struct engine *engine, size_t people, struct arena *arena)
{
    struct err err;
    struct workload_row *rows = NULL;
    struct arena row_arena = contest_arena(people);
    struct columns_builder *builder = NULL;
    struct people_facts facts;
    contest_must(people_find_facts(engine->rulebook, &facts, &err), &err);
    contest_must(workload_rows(people, &row_arena, &rows, &err), &err);
    contest_must(columns_begin(engine->rulebook, NULL, people, arena, &builder, &err), &err);
    for (size_t row = 0; row < people; row++) {
        struct value values[PEOPLE_FACTS];
        people_values(&rows[row], values);
        for (size_t i = 0; i < PEOPLE_FACTS; i++) {
            if (values[i].known) {
                contest_must(columns_set(builder, row, facts.indices[i], &values[i], &err), &err);
            }
        }
        engine->barred_when_changed +=
            rows[row].detained == 1 && rows[row].detention_days > DETENTION_DAYS_CHANGED;
    }
    contest_must(columns_finish(builder, NULL, &engine->columns, &err), &err);
    arena_close(&row_arena);
}

/* Screening by several threads. They are there before the clock starts, as a server's are, and wait
 * for the next screening without sleeping. Each has one stretch of the people: with short turns in
 * between each other the cores fetch ahead into, and so take from each other, the lines that the
 * other is about to write. */
struct team {
    const struct engine *engine;
    const struct screen *screen;
    int size; /* with the thread that asks; 0: there is none */
    pthread_t threads[THREADS_MAX];
    struct member members[THREADS_MAX];
    atomic_uint screenings; /* begun */
    atomic_int finished;    /* members, of the last one */
    atomic_bool dismissed;
};

static void screen_stretch(const struct team *team, int place)
{
    const size_t blocks = screen_block_count(team->screen);
    const size_t size = (size_t)team->size;
    const size_t first = blocks * (size_t)place / size;
    const size_t end = blocks * (size_t)(place + 1) / size;
    screen_run(team->screen, first, end - first, team->engine->scratch[place],
               &team->engine->answers);
}

static void *help(void *context)
{
    const struct member *member = context;
    struct team *team = member->team;
    unsigned seen = 0;
    while (!atomic_load(&team->dismissed)) {
        if (atomic_load(&team->screenings) == seen) {
            continue;
        }
        seen++;
        screen_stretch(team, member->place);
        atomic_fetch_add(&team->finished, 1);
    }
    return NULL;
}

static void team_dismiss(struct team *team)
{
    atomic_store(&team->dismissed, true);
    for (int i = 1; i < team->size; i++) {
        ASSERT(pthread_join(team->threads[i], NULL) == 0);
    }
    team->size = 0;
}

static void team_gather(struct team *team, struct engine *engine, int size)
{
    team->engine = engine;
    team->size = size;
    atomic_store(&team->screenings, 0);
    atomic_store(&team->dismissed, false);
    for (int i = 1; i < size; i++) {
        team->members[i] = (struct member){.team = team, .place = i};
        ASSERT(pthread_create(&team->threads[i], NULL, help, &team->members[i]) == 0);
    }
}

static void run_team(struct team *team, const struct screen *screen)
{
    ASSERT(screen_scratch_size(screen) <= team->engine->scratch_size);
    team->screen = screen;
    atomic_store(&team->finished, 0);
    atomic_fetch_add(&team->screenings, 1);
    screen_stretch(team, 0);
    while (atomic_load(&team->finished) < team->size - 1) {
    }
}

static void run_screen(struct engine *engine)
{
    struct err err;
    const struct screen *screen = engine->screens[engine->level];
    if (engine->team->size == 0) {
        contest_must(screen_all(screen, engine->work, &engine->answers, &err), &err);
    } else {
        run_team(engine->team, screen);
    }
}

static void run_compile(struct engine *engine)
{
    struct arena arena = engine->work;
    const struct rulebook *rulebook = NULL;
    struct columns columns;
    struct err err;
    uint32_t safeguards[WORKLOAD_SAFEGUARDS];
    load_text(engine, engine->text, &arena, &rulebook);
    contest_must(columns_under(&engine->columns, rulebook, &arena, &columns, &err), &err);
    compile(rulebook, &columns, safeguards, screen_best_level(), &arena);
}

static uint64_t count_bits(const uint64_t *plane, size_t words)
{
    uint64_t count = 0;
    for (size_t i = 0; i < words; i++) {
        count += (uint64_t)__builtin_popcountll(plane[i]);
    }
    return count;
}

static void run_what_if(struct engine *engine)
{
    struct arena arena = engine->work;
    const struct rulebook *rulebook = NULL;
    struct columns columns;
    struct err err;
    uint32_t safeguards[WORKLOAD_SAFEGUARDS];
    load_text(engine, engine->text_changed, &arena, &rulebook);
    contest_must(columns_under(&engine->columns, rulebook, &arena, &columns, &err), &err);
    const struct screen *screen =
        compile(rulebook, &columns, safeguards, screen_best_level(), &arena);
    contest_must(screen_all(screen, arena, &engine->answers_changed, &err), &err);
    ASSERT(count_bits(engine->answers_changed.each_barred[DETENTION_SAFEGUARD],
                      columns.word_count) == engine->barred_when_changed);
}

static uint64_t read_all(const void *memory, size_t bytes)
{
    const uint64_t *words = memory;
    uint64_t sum = 0;
    for (size_t i = 0; i < bytes / 8; i++) {
        sum ^= words[i];
    }
    return sum;
}

static size_t plane_count(const struct engine *engine, size_t fact)
{
    switch (engine->columns.columns[fact].kind) {
    case COLUMN_FLAG:
        return 2;
    case COLUMN_CHOICE:
        return engine->rulebook->facts[fact].choice_count;
    case COLUMN_NONE:
    case COLUMN_CELLS_8:
    case COLUMN_CELLS_16:
    case COLUMN_CELLS_32:
    case COLUMN_CELLS_64:
    case COLUMN_SETS:
    case COLUMN_TEXT:
        return 0;
    }
    return 0;
}

static size_t cell_size(enum column_kind kind)
{
    switch (kind) {
    case COLUMN_CELLS_8:
        return 1;
    case COLUMN_CELLS_16:
        return 2;
    case COLUMN_CELLS_32:
    case COLUMN_SETS:
        return 4;
    case COLUMN_CELLS_64:
        return 8;
    case COLUMN_NONE:
    case COLUMN_FLAG:
    case COLUMN_CHOICE:
    case COLUMN_TEXT:
        return 0;
    }
    return 0;
}

/* Reads a column and returns its bytes. */
static size_t stream_column(const struct engine *engine, size_t fact, uint64_t *sum)
{
    const struct column *column = &engine->columns.columns[fact];
    const size_t plane_bytes = engine->columns.word_count * 8;
    const size_t cell_bytes = cell_size(column->kind) * engine->columns.row_count;
    const size_t planes = plane_count(engine, fact);
    size_t bytes = 0;
    if (column->kind != COLUMN_NONE && column->kind != COLUMN_FLAG) {
        *sum ^= read_all(column->known, plane_bytes); /* a flag is known where it is yes or no */
        bytes += plane_bytes;
    }
    for (size_t i = 0; i < planes; i++) {
        *sum ^= read_all(column->planes[i], plane_bytes);
    }
    if (cell_bytes > 0) {
        *sum ^= read_all(column->cells, cell_bytes);
    }
    return bytes + planes * plane_bytes + cell_bytes;
}

static size_t run_stream(struct engine *engine)
{
    size_t bytes = 0;
    for (size_t fact = 0; fact < engine->rulebook->fact_count; fact++) {
        bytes += stream_column(engine, fact, &engine->sum);
    }
    if (engine->task == TASK_STREAM_WRITE) {
        memset(engine->output, (int)(engine->sum & 1),
               engine->columns.word_count * 8 * OUTPUT_PLANES);
    }
    return bytes;
}

static double run(void *context)
{
    struct engine *engine = context;
    switch (engine->task) {
    case TASK_SCREEN:
        run_screen(engine);
        break;
    case TASK_COMPILE:
        run_compile(engine);
        break;
    case TASK_WHAT_IF:
        run_what_if(engine);
        break;
    case TASK_STREAM:
    case TASK_STREAM_WRITE:
        run_stream(engine);
        break;
    }
    return -1;
}

static bool choose_level(struct engine *engine, const char *name)
{
    for (int level = SCREEN_PLAIN; level < SCREEN_LEVEL_COUNT; level++) {
        if (strcmp(name, screen_level_name((enum screen_level)level)) == 0) {
            engine->level = (enum screen_level)level;
            return engine->screens[level] != NULL;
        }
    }
    return false;
}

static bool choose(void *context, const char *how)
{
    struct engine *engine = context;
    char task[32] = "";
    char level[32] = "";
    int threads = 0;
    const int read = sscanf(how, "%31s %31s %d", task, level, &threads);
    int chosen = 0;
    while (chosen < TASK_COUNT && strcmp(task, task_names[chosen]) != 0) {
        chosen++;
    }
    const bool screens = chosen == TASK_SCREEN;
    if (chosen == TASK_COUNT || (screens && (read != 3 || threads < 1 || threads > THREADS_MAX ||
                                             !choose_level(engine, level)))) {
        return false;
    }
    team_dismiss(engine->team);
    if (screens && threads > 1) {
        team_gather(engine->team, engine, threads);
    }
    engine->task = (enum task)chosen;
    return true;
}

static void answer(const void *context, size_t person, uint32_t *bars, uint32_t *unknown)
{
    const struct engine *engine = context;
    *bars = 0;
    *unknown = 0;
    for (unsigned k = 0; k < WORKLOAD_SAFEGUARDS; k++) {
        *bars |= (uint32_t)plane_bit(engine->answers.each_barred[k], person) << k;
        *unknown |= (uint32_t)plane_bit(engine->answers.each_unknown[k], person) << k;
    }
    const enum clearance verdict = screen_clearance(&engine->answers, person);
    ASSERT((verdict == CLEARANCE_BARRED) == (*bars != 0));
    ASSERT((verdict == CLEARANCE_CLEAR) == (*bars == 0 && *unknown == 0));
}

/* The text with a shorter time of detention. */
static str changed_text(str text, struct arena *arena)
{
    static const char old[] = "detention.days > 180";
    const char *at = memmem(text.at, text.len, old, sizeof old - 1);
    ASSERT(at != NULL);
    const size_t before = (size_t)(at - text.at);
    const size_t after = before + sizeof old - 1;
    return arena_format(arena, "%.*sdetention.days > %d%.*s", (int)before, text.at,
                        DETENTION_DAYS_CHANGED, (int)(text.len - after), text.at + after);
}

static void prepare(struct engine *engine, struct arena *arena)
{
    struct err err;
    for (int level = SCREEN_PLAIN; level < SCREEN_LEVEL_COUNT; level++) {
        if (screen_level_is_there((enum screen_level)level)) {
            engine->screens[level] = compile(engine->rulebook, &engine->columns, engine->safeguards,
                                             (enum screen_level)level, arena);
            const size_t size = screen_scratch_size(engine->screens[level]);
            engine->scratch_size = size > engine->scratch_size ? size : engine->scratch_size;
        }
    }
    const struct screen *plain = engine->screens[SCREEN_PLAIN];
    contest_must(screen_answers_init(plain, true, arena, &engine->answers, &err), &err);
    contest_must(screen_answers_init(plain, true, arena, &engine->answers_changed, &err), &err);
    for (size_t i = 0; i < THREADS_MAX; i++) {
        engine->scratch[i] = arena_take(arena, 1, engine->scratch_size, CACHE_LINE);
        ASSERT(engine->scratch[i] != NULL);
    }
    engine->output = workload_take(arena, engine->columns.word_count * 8 * OUTPUT_PLANES);
}

/* "returnhub, 20.1 bytes a person, levels plain AVX2", the best level last. */
static str describe(struct engine *engine, struct arena *arena)
{
    const double bytes = (double)run_stream(engine) / (double)engine->columns.row_count;
    str text = arena_format(arena, "returnhub, %.1f bytes a person, levels", bytes);
    for (int level = SCREEN_PLAIN; level <= (int)screen_best_level(); level++) {
        if (engine->screens[level] != NULL) {
            text = arena_format(arena, "%.*s %s", STR_ARG(text),
                                screen_level_name((enum screen_level)level));
        }
    }
    return text;
}

int main(int argc, char **argv)
{
    struct err err;
    const size_t people = contest_people(argc, argv);
    struct arena arena = contest_arena(people);
    static struct team team;
    struct engine engine = {.task = TASK_STREAM, .team = &team};
    if (argc != 3) {
        fprintf(stderr, "usage: engine PEOPLE RULES\n");
        return 2;
    }
    contest_must(arena_open(&engine.work, WORK_BYTES, &err), &err);
    contest_must(arena_open(&engine.load_scratch, WORK_BYTES, &err), &err);
    contest_must(system_read_file(argv[2], RULEBOOK_FILE_BYTES_MAX, &arena, &engine.text, &err),
                 &err);
    engine.text_changed = changed_text(engine.text, &arena);
    load_text(&engine, engine.text, &arena, &engine.rulebook);
    load_people(&engine, people, &arena);
    prepare(&engine, &arena);
    const str about = describe(&engine, &arena);
    const struct contestant contestant = {.context = &engine,
                                          .count = people,
                                          .about = about.at,
                                          .choose = choose,
                                          .run = run,
                                          .answer = answer};
    contest_serve(&contestant, arena);
    arena_close(&engine.load_scratch);
    arena_close(&engine.work);
    arena_close(&arena);
    return 0;
}
