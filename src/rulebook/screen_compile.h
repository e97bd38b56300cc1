/* screen_compile: from conditions to operations on planes. Internal to rulebook/. */
#ifndef RETURNHUB_RULEBOOK_SCREEN_COMPILE_H
#define RETURNHUB_RULEBOOK_SCREEN_COMPILE_H

#include "rulebook/screen_plan.h"

/* A condition as far as it is compiled: the same for everybody, or a part. */
struct lowered {
    bool constant;
    enum truth truth;
    struct part part;
};

/* A value: the same for everybody, or a buffer of numbers between least and greatest. */
struct lowered_value {
    bool constant;
    struct value value;
    struct worth worth;
    int64_t least;
    int64_t greatest;
};

struct known_lowered {
    bool is_there;
    struct lowered lowered;
};

/* A condition that was compiled, by the node where it stands first. */
struct compiled {
    node_index node;
    struct lowered lowered;
};

/* What was compiled already in one plan, so that a part that occurs twice is computed once. */
struct pass {
    struct plan *plan;
    struct compiled *compiled; /* a table of hashes; compiled_capacity is a power of two */
    bool *is_compiled;         /* which of its places hold something */
    size_t compiled_capacity;
    struct known_lowered *expired; /* of clocks */
};

struct compiler {
    struct common common;
    const struct columns *columns;
    struct screen *screen;
    struct pass main;
    struct pass members;
    struct pass *pass;
    const uint64_t *hashes; /* of the trees of the rulebook's nodes */
    struct arena *arena;
    bool full; /* the arena: what is compiled from here on is not used */
};

/* --- emitting (screen_emit.c) --- */

struct lowered lowered_constant(enum truth truth);
struct lowered lowered_part(struct part part);
struct lowered lowered_not(struct lowered lowered);
struct part part_of(struct lowered lowered);

uint32_t emit_full_plane(struct compiler *compiler, const uint64_t *plane);
struct lowered emit_all(struct compiler *compiler, const struct lowered *list, size_t count);
struct lowered emit_any(struct compiler *compiler, const struct lowered *list, size_t count);
struct lowered emit_choose(struct compiler *compiler, struct lowered when, struct lowered then,
                           struct lowered otherwise);
struct lowered emit_known(struct compiler *compiler, const struct column *column);
/* True where the number of a column whose cells are numbers lies in from..until, false where
 * `known` and it does not. */
struct lowered emit_range(struct compiler *compiler, const struct column *column, int64_t from,
                          int64_t until, uint32_t known);
/* Of a choice or a country: true where `member` of its number. */
typedef bool is_member(const void *context, int64_t number);
struct lowered emit_members(struct compiler *compiler, const struct column *column,
                            size_t choice_count, is_member *member, const void *context);
void emit_keep(struct compiler *compiler, struct lowered lowered, uint32_t family);
void emit_tell(struct compiler *compiler, struct lowered lowered, uint32_t safeguard);
/* A new operation with one part as its answer; NULL when the arena is full. */
struct operation *emit(struct compiler *compiler, enum operation_kind kind, size_t part_count);
struct operation *emit_with_part(struct compiler *compiler, enum operation_kind kind,
                                 size_t part_count);
struct operation *emit_with_worth(struct compiler *compiler, enum operation_kind kind);

/* --- values (screen_value.c) --- */

struct lowered_value lower_value(struct compiler *compiler, node_index value);
/* The last day by a line of a clock, from its start. */
struct lowered_value lower_run(struct compiler *compiler, uint32_t clock, uint32_t run);
struct lowered lower_compared(struct compiler *compiler, struct lowered_value a,
                              struct lowered_value b, const bool true_when[3]);
/* A country in a set, and two sets that are the same, when a person's set is among them. */
struct lowered lower_in_set(struct compiler *compiler, node_index country, node_index set);
struct lowered lower_same_set(struct compiler *compiler, node_index a, node_index b);

/* --- conditions (screen_compile.c) --- */

struct lowered lower_condition(struct compiler *compiler, node_index condition);

#endif
