#!/usr/bin/env bash
# Builds a cognitron that needs nothing but the C library: Swift's, OpenBLAS and all others are inside. It runs on
# Debian and similar systems with the same or a newer glibc, without Swift or a BLAS installed.
#
#     Scripts/build-static.sh [FILE]                          # by default build-static/cognitron
#     COGNITRON_MARCH=x86-64-v2 Scripts/build-static.sh       # for older processors than the default, x86-64-v3
#
# Checks the program in an empty Debian where debootstrap is installed and this is root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
output=${1:-build-static/cognitron}
mkdir -p "$(dirname "$output")"

Scripts/setup.sh

# What libarchive's own static library needs.
missing=()
for package in libacl1-dev libzstd-dev liblz4-dev libxml2-dev nettle-dev libbz2-dev liblzma-dev libgfortran-12-dev; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
    [ "$(id -u)" -eq 0 ] || { echo "Ask an administrator to run: apt-get install ${missing[*]}" >&2 && exit 1; }
    DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y "${missing[@]}" >/dev/null
fi

# A folder of static libraries alone: the linker takes a shared one where both lie in one folder.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
libraries=(openblas lapacke gfortran quadmath archive nettle acl lzma zstd lz4 bz2 z xml2 crypto png16 turbojpeg webp
    icuuc icudata stdc++)
for name in "${libraries[@]}"; do
    file=$(gcc -print-file-name="lib$name.a")
    [ -f "$file" ] || { echo "lib$name.a is missing" >&2 && exit 1; }
    ln -s "$(realpath "$file")" "$folder/lib$name.a"
done

export COGNITRON_MARCH=${COGNITRON_MARCH:-x86-64-v3}
# libarchive and OpenBLAS name what they need only in their shared forms.
needed=()
for name in nettle acl lzma zstd lz4 bz2 xml2 icuuc icudata gfortran quadmath z stdc++; do needed+=(-Xlinker "-l$name"); done
build=(swift build -c release --static-swift-stdlib --scratch-path .build-static --product cognitron
    -Xlinker "-L$folder" "${needed[@]}")
echo "Building for $COGNITRON_MARCH (some minutes)"
"${build[@]}" >"$folder/log" 2>&1 || { cat "$folder/log" >&2 && exit 1; }
binaries=$("${build[@]}" --show-bin-path)
strip -o "$output" "$binaries/cognitron"
# What the package carries lies beside the program.
for bundle in "$binaries"/*.resources; do
    rm -rf "$(dirname "$output")/$(basename "$bundle")"
    cp -r "$bundle" "$(dirname "$output")"
done
echo "Wrote $output, $(($(stat -c %s "$output") / 1048576)) MiB; it needs:"
ldd "$output" | awk '{print "    " $1}'

if [ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null; then
    system=$(mktemp -d)
    trap 'rm -rf "$folder" "$system"' EXIT
    debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$system" >"$folder/log" 2>&1 ||
        { tail -n 5 "$folder/log" >&2 && exit 1; }
    mkdir "$system/cognitron"
    cp -r "$(dirname "$output")/." "$system/cognitron"
    echo "In an empty Debian:"
    chroot "$system" /bin/sh -c "cd /tmp && /cognitron/$(basename "$output") train --model lenet --dataset shapes --epochs 1 && /cognitron/$(basename "$output") predict lenet-shapes.safetensors 0 1 2"
fi
