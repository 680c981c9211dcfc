#!/bin/bash
# tests/vm/page.sh: quickstart.sh and the documentation page on a machine as users have it: Debian 12, systemd, cgroup v2, in a virtual machine whose power is
# cut in the middle of writing. Ends with 0 when all held.
#
# Expects what test.sh has made in out/ (the published executable, kubectl, the images) and $NACELLE_REGISTRY, a directory of images/registry.sh with the images in
# it. The disk is kept in out/vm. Needs root once, to make the disk.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
: "${NACELLE_REGISTRY:?}"
disks=${NACELLE_VM_DISKS:-$root/out/vm}
"$root/tests/vm/disk.sh" "$disks"

work=$(mktemp -d "${TMPDIR:-/tmp}/nacelle-vm-page.XXXXXX")
trap 'rm -rf "$work"' EXIT
payload=$work/payload
mkdir -p "$payload/nacelle/out/registry"
(cd "$root" && tar -c --exclude=./out --exclude=bin --exclude=obj --exclude=./.git .) | tar -x -C "$payload/nacelle"
cp -aL "$root/out/nacelle" "$root/out/kubectl" "$root/out/images" "$payload/nacelle/out/"
cp -a "$NACELLE_REGISTRY/program" "$NACELLE_REGISTRY/storage" "$payload/nacelle/out/registry/"
cp "$root/tests/vm/page-guest.sh" "$payload/run"

# boot OPTIONS...: the machine's next start; its output is shown and kept.
boot() { "$root/tests/vm/run.sh" -t "${NACELLE_VM_SECONDS:-600}" -m "$work/machine" "$@" "$disks" "$payload" | tee "$work/output"; }

names() { sed -n "s/^$1 //p" "$work/output" | sort; }

boot -u 'acknowledged written-40'
acknowledged=$(names acknowledged)
[ "$(wc -l <<<"$acknowledged")" -ge 40 ] || { echo "the power was not cut while the machine wrote" >&2; exit 1; }
echo "==> the power is cut; starting the machine again"
boot
lost=$(comm -23 <(echo "$acknowledged") <(names kept))
[ -z "$lost" ] || { printf 'acknowledged before the power cut, and lost:\n%s\n' "$lost" >&2; exit 1; }
echo "==> $(wc -l <<<"$acknowledged") acknowledged writes survived the power cut"
