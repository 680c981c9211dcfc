#!/bin/bash
# images/registry.sh: Debian's registry program on loopback, with the images of images/build.sh in it, as docker.io's mirror.
#
#   registry.sh start DIR [PORT]       run it on 127.0.0.1:PORT (5000) with its storage in DIR; does nothing if it runs already
#   registry.sh stop DIR               end the one that start has started for DIR
#   registry.sh push DIR LAYOUTS       put the images in LAYOUTS (made by build.sh) into DIR's storage; it may run or not
#
# The docker-registry package is downloaded and unpacked into DIR, not installed: no service of the distribution is started.
# DIR holds registry.pid, registry.log, config.yml and storage/. Exit status 0 when what was asked for is so.
set -euo pipefail

fail() { echo "images/registry.sh: $*" >&2; exit 1; }
say() { echo "registry: $*"; }

# answers PORT: whether a registry answers there.
answers() {
    local line=""
    { exec 9<>"/dev/tcp/127.0.0.1/$1"; } 2>/dev/null || return 1
    printf 'GET /v2/ HTTP/1.0\r\n\r\n' >&9
    IFS= read -r -t 5 line <&9 || true
    exec 9>&-
    [[ $line == "HTTP/1."*" 200 "* ]]
}

# running DIR: whether DIR's registry runs; its pid is not somebody else's by now.
running() {
    local pid
    pid=$(cat "$1/registry.pid" 2>/dev/null) || return 1
    [ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$1/program/usr/bin/docker-registry" ]
}

program() {
    [ -x "$1/program/usr/bin/docker-registry" ] && return
    say "downloading docker-registry"
    rm -rf "$1/program.new"
    mkdir -p "$1/program.new"
    (
        cd "$1/program.new"
        apt-get download -q=2 -o APT::Sandbox::User=root docker-registry >/dev/null 2>&1 \
            || { apt-get update -q=2 >/dev/null && apt-get download -q=2 -o APT::Sandbox::User=root docker-registry >/dev/null; }
        dpkg -x docker-registry_*.deb .
        rm docker-registry_*.deb
    ) || fail "can't download Debian's package docker-registry"
    rm -rf "$1/program"
    mv "$1/program.new" "$1/program"
}

start() {
    local dir port
    mkdir -p "$1/storage"
    dir=$(cd "$1" && pwd -P)
    port=${2:-5000}
    if running "$dir"; then
        if [ "$(cat "$dir/registry.port")" = "$port" ]; then
            say "runs already on 127.0.0.1:$port"
            return
        fi
        stop "$dir"
    fi
    { : <>"/dev/tcp/127.0.0.1/$port"; } 2>/dev/null && fail "port $port on 127.0.0.1 is taken by another program"
    program "$dir"
    cat >"$dir/config.yml" <<EOF
version: 0.1
log:
  level: warn
storage:
  filesystem:
    rootdirectory: $dir/storage
  delete:
    enabled: true
http:
  addr: 127.0.0.1:$port
EOF
    setsid "$dir/program/usr/bin/docker-registry" serve "$dir/config.yml" >"$dir/registry.log" 2>&1 </dev/null &
    echo $! >"$dir/registry.pid"
    echo "$port" >"$dir/registry.port"
    for _ in $(seq 100); do
        if answers "$port"; then
            say "runs on 127.0.0.1:$port"
            return
        fi
        running "$dir" || kill -0 "$(cat "$dir/registry.pid")" 2>/dev/null || fail "the registry ended: $(tail -n 1 "$dir/registry.log")"
        sleep 0.1
    done
    fail "the registry doesn't answer on 127.0.0.1:$port; see $dir/registry.log"
}

stop() {
    local dir pid
    dir=$(cd "$1" 2>/dev/null && pwd -P) || return 0
    if running "$dir"; then
        pid=$(cat "$dir/registry.pid")
        kill "$pid"
        for _ in $(seq 100); do
            running "$dir" || break
            sleep 0.05
        done
        running "$dir" && kill -9 "$pid"
        say "stopped"
    fi
    rm -f "$dir/registry.pid" "$dir/registry.port"
}

digest_in() { sed -n 's/.*"manifests":\[{[^]]*"digest":"sha256:\([0-9a-f]\{64\}\)".*/\1/p' "$1"; }

# link FILE DIGEST: writes one of the registry's pointers; the last of them makes a tag visible.
link() {
    mkdir -p "$(dirname "$1")"
    printf 'sha256:%s' "$2" >"$1.tmp$$"
    mv "$1.tmp$$" "$1"
}

# put STORAGE LAYOUT NAME TAG: writes an image in the registry's own storage format, blobs before what points to them.
put() {
    local root="$1/docker/registry/v2" repo="$1/docker/registry/v2/repositories/$3" blob digest manifest target
    manifest=$(digest_in "$2/index.json")
    [ -n "$manifest" ] || fail "$2 is no OCI layout of one image"
    for blob in "$2"/blobs/sha256/*; do
        digest=$(basename "$blob")
        target="$root/blobs/sha256/${digest:0:2}/$digest"
        if [ ! -f "$target/data" ]; then
            mkdir -p "$target"
            cp "$blob" "$target/data.tmp$$"
            mv "$target/data.tmp$$" "$target/data"
        fi
        [ "$digest" = "$manifest" ] || link "$repo/_layers/sha256/$digest/link" "$digest"
    done
    link "$repo/_manifests/revisions/sha256/$manifest/link" "$manifest"
    link "$repo/_manifests/tags/$4/index/sha256/$manifest/link" "$manifest"
    link "$repo/_manifests/tags/$4/current/link" "$manifest"
}

push() {
    local layouts=$2 name tags tag storage
    mkdir -p "$1/storage"
    storage=$(cd "$1/storage" && pwd -P)
    while read -r name layout tags; do
        [ -d "$layouts/$layout" ] || fail "$layouts/$layout is missing; run images/build.sh $layouts"
        for tag in $tags; do
            put "$storage" "$layouts/$layout" "$name" "$tag"
        done
        say "has $name:{${tags// /,}}"
    done <<'EOF'
library/busybox busybox latest 1.28 1.36 stable
library/nginx nginx latest 1.14.2 1.22 stable
nacelle/runit runit latest
nacelle/user1000 user1000 latest
nacelle/no-command no-command latest
nacelle/distroless distroless latest
EOF
    for layout in "$layouts"/entrypoints/*/; do
        [ -d "$layout" ] || continue
        name=nacelle/$(basename "$layout")
        put "$storage" "${layout%/}" "$name" latest
        say "has $name"
    done
}

case "${1:-}:$#" in
    start:2 | start:3) start "${@:2}" ;;
    stop:2) stop "$2" ;;
    push:3) push "$2" "$3" ;;
    *)
        sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
