#!/usr/bin/env bash
# Installs what is missing and runs every test. May be run again and again, from any folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

Scripts/setup.sh
swift test "$@"
