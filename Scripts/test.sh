#!/usr/bin/env bash
# Installs what is missing, Open MPI included, and runs every test. May be run again and again, from any folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

Scripts/setup.sh --all
swift test "$@"
