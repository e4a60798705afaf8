#!/usr/bin/env bash
# Installs the system libraries that Cognitron builds with, where they are missing, and checks for Swift. May be run
# again and again, from any folder. Says what to do where it may not install.
#
#     Scripts/setup.sh            # what the libraries and the command line need
#     Scripts/setup.sh --all      # Open MPI too, which cognitron-mpi and the tests need
set -euo pipefail

minimum_swift=6.1
libraries=(openblas lapacke libarchive libcrypto libpng libturbojpeg libwebp)
# rsvg-convert (librsvg2-bin) writes charts as PNG; fonts-dejavu-core has the letters in them.
debian_packages=(libopenblas-dev liblapacke-dev libarchive-dev libssl-dev libpng-dev libturbojpeg0-dev libwebp-dev
    librsvg2-bin fonts-dejavu-core pkg-config)
brew_packages=(openblas libarchive openssl@3 libpng jpeg-turbo webp librsvg pkg-config)

if [ "${1:-}" = --all ]; then
    libraries+=(ompi-c)
    # The tests also make hosts of network namespaces, and ask a server by HTTPS.
    debian_packages+=(libopenmpi-dev openmpi-bin iproute2 openssl curl)
    brew_packages+=(open-mpi)
fi

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

libraries_are_here() {
    command -v pkg-config >/dev/null && pkg-config --exists "${libraries[@]}" && command -v rsvg-convert >/dev/null &&
        { [[ " ${libraries[*]} " != *" ompi-c "* ]] || command -v mpirun >/dev/null; }
}

install_on_debian() {
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null ||
            fail "Some libraries are missing and this user may not install them. Ask an administrator to run:" \
                "    apt-get install ${debian_packages[*]}"
        as_root=(sudo)
    fi
    echo "Installing ${debian_packages[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 update ||
        echo "The package lists could not be renewed; trying with the old ones." >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends -y \
        "${debian_packages[@]}" >/dev/null ||
        fail "apt-get could not install the libraries. Try:" "    apt-get install ${debian_packages[*]}"
}

if ! libraries_are_here; then
    if command -v apt-get >/dev/null; then
        install_on_debian
    elif command -v brew >/dev/null; then
        brew install "${brew_packages[@]}"
        # Homebrew keeps these out of pkg-config's way.
        echo "Add to your environment: PKG_CONFIG_PATH=$(brew --prefix openblas)/lib/pkgconfig:$(brew --prefix libarchive)/lib/pkgconfig"
    else
        fail "Some libraries are missing, and neither apt-get nor brew is here to install them:" \
            "OpenBLAS with LAPACKE, libarchive, OpenSSL's libcrypto, libpng, libjpeg-turbo and libwebp, with their headers" \
            "and pkg-config files, and rsvg-convert."
    fi
fi

command -v swift >/dev/null || fail "Swift $minimum_swift or newer is missing. Get it from https://www.swift.org/install/linux/," \
    "put its usr/bin folder into PATH and run this again."
version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1) || true
[ -n "$version" ] || fail "$(command -v swift) does not say its version. Does 'swift --version' run?"
[ "$(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1)" = "$minimum_swift" ] ||
    fail "Swift $version is too old: Cognitron needs $minimum_swift or newer. Get it from https://www.swift.org/install/linux/."
