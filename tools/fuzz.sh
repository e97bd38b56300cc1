#!/bin/sh
# Fuzzes the rulebook language: tools/fuzz.sh [EXECUTIONS [SEED]]. Builds the target with clang, libFuzzer and the address and
# undefined-behaviour sanitizers, and runs EXECUTIONS (default 1000000) from the corpus in tests/fuzz/corpus in two processes.
# What breaks a promise is left in build/fuzz/found, and so is a text that takes five minutes (so long, because a machine that is
# paused counts as time). New texts of interest are left in build/fuzz/corpus, not in the repository.
set -eu
cd "$(dirname "$0")/.."
executions=${1:-1000000}
seed=${2:-1}
script/bootstrap fuzz
if [ ! -f build/fuzz/build.ninja ]; then
    CC=clang meson setup build/fuzz --buildtype=debugoptimized -Db_sanitize=address,undefined -Db_lundef=false -Dtests=false \
        -Dfuzz=true
fi
ninja -C build/fuzz tests/fuzz/fuzz_rulebook
mkdir -p build/fuzz/corpus build/fuzz/found
# Every word of the language, and what else a text is made of.
{
    sed -n 's/^WORD([A-Z_]*, "\(.*\)")$/" \1 "/p' src/rulebook/token.def
    for word in '\x0a' '\x0a  ' '\x0asafeguard s ' '\x0aexample \"E\" ' '\x0aclear when ' ' working days (w) ' ' days after ' \
        ' rounding up ' '2026-02-28' ' a.flag ' ' a.day ' ' a.choice = x ' ' a.count ' ' a.set ' ' hub.place in ' 'ALB' ' (' ') ' \
        ' <= ' ' != ' '\"' '\\' '#' '\x00' '\xc3\xa9' '\xef\xbb\xbf' '\x0d\x0a'; do
        printf '"%s"\n' "$word"
    done
} > build/fuzz/rulebook.dict
export ASAN_OPTIONS=abort_on_error=1 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
began=$(date +%s)
pids=""
for process in 1 2; do
    echo "process $process: $((executions / 2)) executions, seed $((seed * 2 + process))"
    build/fuzz/tests/fuzz/fuzz_rulebook -runs=$((executions / 2)) -seed=$((seed * 2 + process)) -max_len=600 -timeout=300 -entropic=0 -detect_leaks=0 \
        -dict=build/fuzz/rulebook.dict -artifact_prefix=build/fuzz/found/ -print_final_stats=1 -reload=0 \
        build/fuzz/corpus tests/fuzz/corpus/rulebook > "build/fuzz/process-$process.log" 2>&1 &
    pids="$pids $!"
done
status=0
for pid in $pids; do
    wait "$pid" || status=1
done
grep -h "stat::number_of_executed_units\|stat::average_exec_per_sec\|A promise is broken\|ERROR: \|runtime error" build/fuzz/process-*.log
awk -v wanted="$executions" -v seconds="$(($(date +%s) - began))" '
    /stat::number_of_executed_units/ { done += $2 }
    END { printf "%d of %d executions in %d s\n", done, wanted, seconds; exit done < wanted - 1 }' build/fuzz/process-*.log || status=1
[ "$status" -eq 0 ] || echo "tools/fuzz.sh: a promise is broken: see build/fuzz/process-*.log and build/fuzz/found" >&2
exit $status
