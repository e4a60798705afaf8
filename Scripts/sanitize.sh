#!/usr/bin/env bash
# Builds and runs the tests under a sanitizer of the compiler, and counts what it reports.
#
#     Scripts/sanitize.sh address|thread [--filter SUITE …]
#
# Builds into .build-address or .build-thread. Exit status 0 only where the tests pass and nothing is reported.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-}
case "$kind" in
address) export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" ;;
thread) export TSAN_OPTIONS="suppressions=$PWD/Scripts/thread-sanitizer.supp${TSAN_OPTIONS:+:$TSAN_OPTIONS}" ;;
*)
    echo "usage: Scripts/sanitize.sh address|thread [--filter SUITE …]" >&2
    exit 2
    ;;
esac
shift
Scripts/setup.sh --all
folder=".build-$kind"
swift build --build-tests --sanitize "$kind" --scratch-path "$folder"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
# Without random addresses, at which the thread sanitizer may find no room for its own memory.
setarch -R "$(swift build --scratch-path "$folder" --show-bin-path)/CognitronPackageTests.xctest" \
    --testing-library swift-testing "$@" >"$log" 2>&1 || status=$?
grep -E "Test run with|Fatal error|✘" "$log" | tail -20 || true
reports=$(grep -cE "WARNING: ThreadSanitizer|ERROR: AddressSanitizer" "$log" || true)
echo "$reports reports of the $kind sanitizer"
if [ "$reports" -gt 0 ]; then
    # The functions that are named first.
    grep -A4 -E "WARNING: ThreadSanitizer|ERROR: AddressSanitizer" "$log" | grep -E "#[0-2] " |
        sed -E 's/^ +#[0-9]+ //; s/ \(.*//' | sort | uniq -c | sort -rn | head -20
    exit 1
fi
exit "$status"
