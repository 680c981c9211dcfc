#!/bin/sh
# build.sh OUTPUT_DIRECTORY: compiles /pause and nacelle-sandbox, static and small.
set -e
here=$(dirname "$0")
mkdir -p "$1"
for name in pause sandbox; do
    ${CC:-gcc} -std=gnu11 -Os -static -Wall -Wextra -Werror -fno-asynchronous-unwind-tables -Wl,--gc-sections,-s \
        -o "$1/$name" "$here/$name.c"
done
