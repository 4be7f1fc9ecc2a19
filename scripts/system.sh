# shellcheck shell=bash
# What ./run, ./test and .ci/run share: what the system has to have, and a screen where there is none.

screen_pid=

say() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
    say "$*"
    exit 1
}

is_linux() {
    [ "$(uname -s)" = Linux ]
}

has_display() {
    ! is_linux || [ -n "${DISPLAY:-}" ] || [ -n "${WAYLAND_DISPLAY:-}" ]
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "this needs root, and there is no sudo. As root: $*"
    fi
}

# need_packages WHAT_FOR PACKAGE…: installs on Debian and Ubuntu what is missing of these; elsewhere it only names them.
need_packages() {
    local what_for=$1 package
    local missing=()
    shift
    is_linux || return 0
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "packages are installed on Debian and Ubuntu only. Needed $what_for, by their names there: $*"
        return 0
    fi
    for package in "$@"; do
        # A package of several architectures has several lines.
        if ! dpkg-query --show --showformat='${db:Status-Status}\n' "$package" 2>/dev/null | grep -x installed >/dev/null; then
            missing+=("$package")
        fi
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "installing $what_for: ${missing[*]}"
    as_root apt-get -qq update
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends "${missing[@]}" >/dev/null
}

# Libraries that the program opens while it runs, so that no compiler asks for them.
need_window_packages() {
    need_packages "what opens and draws the window" \
        libegl1 libgl1 libgl1-mesa-dri \
        libfontconfig1 \
        libwayland-client0 libwayland-cursor0 libwayland-egl1 \
        libx11-6 libx11-xcb1 libxcursor1 libxi6 libxkbcommon0 libxkbcommon-x11-0 libxrandr2
}

# Cargo, and the C compiler that the ring crate is built with.
need_compilers() {
    local cargo_env="${CARGO_HOME:-$HOME/.cargo}/env"
    if ! command -v cargo >/dev/null && [ -f "$cargo_env" ]; then
        # shellcheck source=/dev/null
        . "$cargo_env"
    fi
    command -v cargo >/dev/null ||
        die "Rust is missing. Install it as https://rustup.rs says, open a new terminal, and start this again."
    command -v cc >/dev/null || need_packages "a C compiler for the cryptography" gcc libc6-dev
}

# Starts a virtual screen with drawing in software; it ends with the script.
start_screen() {
    local number_file number=
    command -v Xvfb >/dev/null || die "Xvfb is missing, which makes a screen where there is none."
    number_file=$(mktemp)
    Xvfb -displayfd 3 -screen 0 1600x1200x24 -nolisten tcp 3>"$number_file" >/dev/null 2>&1 &
    screen_pid=$!
    trap stop_screen EXIT
    for _ in {1..100}; do
        [ -s "$number_file" ] && break
        kill -0 "$screen_pid" 2>/dev/null || break
        sleep 0.1
    done
    read -r number <"$number_file" || true
    rm -f "$number_file"
    [ -n "$number" ] || die "the virtual screen (Xvfb) did not start."
    export DISPLAY=":$number" LIBGL_ALWAYS_SOFTWARE=1
    unset WAYLAND_DISPLAY WAYLAND_SOCKET
}

stop_screen() {
    [ -n "$screen_pid" ] || return 0
    kill "$screen_pid" 2>/dev/null || true
    wait "$screen_pid" 2>/dev/null || true
    screen_pid=
}
