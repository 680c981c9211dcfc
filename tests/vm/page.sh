#!/bin/bash
# tests/vm/page.sh: the documentation page on a machine as users have it: Debian 12, systemd, cgroup v2, in a virtual machine. Ends with 0 when all held.
#
# Expects $NACELLE_BIN (the published executable), $NACELLE_KUBECTL (a kubectl of 1.30 or later) and $NACELLE_REGISTRY (a directory of images/registry.sh with the
# images in it). The disk is kept in out/vm. Needs root once, to make the disk.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${NACELLE_BIN:?}" "${NACELLE_KUBECTL:?}" "${NACELLE_REGISTRY:?}"
disks=${NACELLE_VM_DISKS:-$root/out/vm}
"$root/tests/vm/disk.sh" "$disks"

payload=$(mktemp -d "${TMPDIR:-/tmp}/nacelle-vm-page.XXXXXX")
trap 'rm -rf "$payload"' EXIT
mkdir -p "$payload/registry"
cp "$NACELLE_BIN" "$payload/nacelle"
cp -L "$NACELLE_KUBECTL" "$payload/kubectl"
cp -a "$NACELLE_REGISTRY/program" "$NACELLE_REGISTRY/storage" "$payload/registry/"
cp "$root/images/registry.sh" "$root/scripts/dialogue.sh" "$root/examples/share-process-namespace.yaml" "$payload/"
cp "$root/tests/vm/page-guest.sh" "$payload/run"
"$root/tests/vm/run.sh" -t "${NACELLE_VM_SECONDS:-900}" "$disks" "$payload"
