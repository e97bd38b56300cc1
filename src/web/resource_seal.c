#include "web/resource_seal.h"

#include "format/json.h"

json_t *resource_acknowledgement(const struct acknowledgement *acknowledgement, str receipt)
{
    char leaf[SHA256_HEX_SIZE];
    json_t *object = json_object();
    sha256_hex(&acknowledgement->leaf, leaf);
    json_set_int64(object, "event", acknowledgement->event);
    json_set(object, "leaf", json_string(leaf));
    json_set(object, "state", json_string(acknowledgement_state_name(acknowledgement->state)));
    if (acknowledgement->state == ACKNOWLEDGED_IN_LOG) {
        json_set_int64(object, "entry", (int64_t)acknowledgement->entry);
    }
    if (receipt.len > 0) {
        json_set_str(object, "receipt", receipt);
    }
    return object;
}

/* --- the parts -------------------------------------------------------------------------------- */

static json_t *log_object(const struct seal_report *report)
{
    char key[NOTE_KEY_TEXT_SIZE];
    json_t *object = json_object();
    note_key_write(&report->key, key);
    json_set(object, "name", json_string(report->key.name));
    json_set(object, "key", json_string(key));
    return object;
}

static json_t *checkpoint_object(const struct seal_report *report, instant now)
{
    json_t *object = json_object();
    json_set_int64(object, "entries", (int64_t)report->checkpoint.size);
    json_set_str(object, "note", report->note);
    json_set(object, "at", json_of_instant(report->published_at));
    json_set_int64(object, "seconds",
                   (now.milliseconds - report->published_at.milliseconds) / 1000);
    return object;
}

static const char *sealing_word(const struct seal_report *report)
{
    if (!report->beating) {
        return "not_sealed";
    }
    return report->sealing.failing ? "failing" : report->late ? "late" : "good";
}

static json_t *sealing_object(const struct seal_report *report, bool whole)
{
    const struct sealing_state *sealing = &report->sealing;
    json_t *object = json_object();
    json_set(object, "state", json_string(sealing_word(report)));
    if (sealing->sealed_until.milliseconds > 0) {
        json_set(object, "until", json_of_instant(sealing->sealed_until));
    }
    if (report->beating) {
        json_set_int64(object, "beat_ms", sealing->beat_ms);
    }
    if (sealing->failing) {
        json_set(object, "since", json_of_instant(sealing->failing_since));
    }
    if (sealing->failing && whole) {
        json_set(object, "why", json_string(sealing->why));
    }
    return object;
}

static const char *witness_word(const struct seal_witness *witness)
{
    return witness->fresh ? "good" : witness->cosigned ? "stale" : "never";
}

static json_t *witnesses_object(const struct seal_report *report)
{
    json_t *object = json_object();
    json_t *list = json_array();
    for (size_t i = 0; i < report->witness_count; i++) {
        const struct seal_witness *witness = &report->witnesses[i];
        json_t *line = json_object();
        json_set_str(line, "name", witness->name);
        json_set_str(line, "key", witness->key);
        json_set(line, "state", json_string(witness_word(witness)));
        json_set_flag(line, "asked", witness->asked);
        if (witness->cosigned) {
            json_set(line, "at", json_of_instant(witness->cosigned_at));
        }
        if (witness->why[0] != '\0') {
            json_set(line, "why", json_string(witness->why));
        }
        json_add(list, line);
    }
    json_set_flag(object, "asked", report->has_policy);
    json_set_flag(object, "needed", report->quorum);
    json_set_flag(object, "enough", report->fresh);
    json_set_int64(object, "entries", (int64_t)report->witnessed.size);
    json_set(object, "list", list);
    return object;
}

static json_t *verification_object(const struct seal_report *report, bool whole)
{
    const struct verification *verification = &report->verification;
    json_t *object = json_object();
    json_set_flag(object, "known", report->verified);
    if (!report->verified) {
        return object;
    }
    json_set(object, "at", json_of_instant(verification->at));
    json_set_flag(object, "whole", verification->whole);
    if (verification->whole) {
        json_set_int64(object, "entries", verification->entries);
    }
    if (whole) {
        json_set_str(object, "by", verification->by);
        json_set_str(object, "found", verification->found);
        json_set_int64(object, "events", verification->events);
    }
    return object;
}

/* --- checking without us ---------------------------------------------------------------------- */

/* As they stand in docs/seal.md, where a test runs them. */
/* clang-format off */
static const char commands_of_checkpoint[] =
    "curl -fsS \"$url/checkpoint\" -o checkpoint\n"
    "key=$(cat log.key.pub); name=${key%%+*}; rest=${key#*+}; id=${rest%%+*}\n"
    "printf %s \"${rest#*+}\" | base64 -d > key.raw                        # a byte 01, then 32 bytes\n"
    "sed '/^$/,$d' checkpoint > text\n"
    "grep -F \"— $name \" checkpoint | sed 's/.* //' | base64 -d > line     # 4 bytes that name the key, then 64\n"
    "tail -c 64 line > signature\n"
    "{ printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; tail -c 32 key.raw; } > public.der\n"
    "openssl pkeyutl -verify -pubin -inkey public.der -keyform DER -rawin -in text -sigfile signature\n"
    "{ printf '%s\\n' \"$name\"; cat key.raw; } | sha256sum | head -c 8; echo \" is to be $id\"\n";
static const char commands_of_fetching[] =
    "fetch() {  # the 256 lines or hashes of each file: what is fetched, how many there are\n"
    "  number=0\n"
    "  while [ $((number * 256)) -lt \"$2\" ]; do\n"
    "    width=$(($2 - number * 256)); rest=$((number / 1000)); path=$(printf %03d $((number % 1000)))\n"
    "    while [ $rest -gt 0 ]; do path=$(printf x%03d $((rest % 1000)))/$path; rest=$((rest / 1000)); done\n"
    "    [ $width -ge 256 ] || path=$path.p/$width\n"
    "    curl -fsS --create-dirs -o \"public/tile/$1/$path\" \"$url/tile/$1/$path\"\n"
    "    number=$((number + 1))\n"
    "  done\n"
    "}\n"
    "mkdir -p public && cp checkpoint public/\n"
    "hashes=$(sed -n 2p checkpoint); level=0\n"
    "fetch entries \"$hashes\"\n"
    "while [ \"$hashes\" -gt 0 ]; do fetch $level \"$hashes\"; hashes=$((hashes / 256)); level=$((level + 1)); done\n";
static const char commands_of_checking[] =
    "GO111MODULE=off GOPATH=/usr/share/gocode /usr/lib/go-1.19/bin/go build -o verify tests/conformance/verify/main.go\n"
    "./verify log.key.pub public checkpoint-of-january\n";
/* clang-format on */

static void put_commands(json_t *list, const char *title, const char *begin, const char *name,
                         const char *end, const char *rest, const char *expected)
{
    json_t *object = json_object();
    json_set(object, "title", json_string(title));
    json_set(object, "commands", json_sprintf("%s%s%s%s", begin, name, end, rest));
    json_set(object, "expected", json_string(expected));
    json_add(list, object);
}

static json_t *commands_of(const struct seal_report *report)
{
    char key[NOTE_KEY_TEXT_SIZE];
    json_t *list = json_array();
    note_key_write(&report->key, key);
    put_commands(
        list, "The public key", "printf '%s\\n' '", key, "' > log.key.pub\n", "",
        "It is to be the key that you have on paper, or from wherever it was printed first.");
    put_commands(
        list, "The checkpoint, and who signed it", "url=https://", report->key.name, "\n",
        commands_of_checkpoint,
        "It says \u201cSignature Verified Successfully\u201d, and the last line the same eight "
        "digits twice.");
    put_commands(list, "All of the log", "", "", "", commands_of_fetching,
                 "It says nothing, and leaves the files in the folder public.");
    put_commands(
        list, "Every line and every hash, and whether it grew from a checkpoint that you kept", "",
        "", "", commands_of_checking,
        "It says from how many lines it grew, and \u201cwhole:\u201d. Anything else begins with "
        "\u201cFAULT\u201d, and says what is wrong. The program is built on the packages of the "
        "Go programming language\u2019s checksum database and shares no code with this register.");
    return list;
}

/* --- the whole -------------------------------------------------------------------------------- */

static json_t *wrong_of(const struct seal_report *report)
{
    json_t *list = json_array();
    const struct {
        bool wrong;
        const char *word;
    } all[] = {
        {report == NULL || !report->beating, "not_sealed"},
        {report != NULL && report->beating && report->sealing.failing, "failing"},
        {report != NULL && report->beating && report->late, "late"},
        {report != NULL && !report->fresh, "witnesses"},
        {report != NULL && report->verified && !report->verification.whole, "fault"},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (all[i].wrong) {
            json_add(list, json_string(all[i].word));
        }
    }
    return list;
}

json_t *resource_seal(const struct seal_report *report, instant now, bool whole)
{
    json_t *object = json_object();
    json_set(object, "now", json_of_instant(now));
    json_set(object, "wrong", wrong_of(report));
    if (report == NULL) {
        return object;
    }
    json_set(object, "log", log_object(report));
    json_set(object, "checkpoint", checkpoint_object(report, now));
    json_set(object, "sealing", sealing_object(report, whole));
    json_set(object, "witnesses", witnesses_object(report));
    json_set(object, "verification", verification_object(report, whole));
    json_set(object, "check", commands_of(report));
    return object;
}
