#!/bin/sh
# build.sh OUTPUT_DIRECTORY: compiles the probe of the exposure audit, static and small.
set -e
here=$(dirname "$0")
mkdir -p "$1"
${CC:-gcc} -std=gnu11 -Os -static -Wall -Wextra -Werror -fno-asynchronous-unwind-tables -Wl,--gc-sections,-s -o "$1/probe" \
    "$here/probe.c" "$here/identity.c" "$here/namespaces.c" "$here/attempts.c"
