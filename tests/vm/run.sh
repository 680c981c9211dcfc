#!/bin/bash
# tests/vm/run.sh [-t SECONDS] DISKS PAYLOAD: boots the disk of DISKS (made by disk.sh) in a virtual machine, runs PAYLOAD/run as root in it, prints what
# that prints and ends with its exit code; 124 when SECONDS (900) are over, 125 when the machine ended without an exit code.
#
# PAYLOAD is a directory; its copy is mounted at /payload, writable. What it leaves in /payload/results is copied to DISKS/results afterwards. The disk itself
# is never changed. The processor is emulated, some 30 times slower than a real one, so that it runs where there is no usable /dev/kvm: take native programs only and be patient. The
# console is kept in DISKS/console.log. Needs qemu-system-x86 and e2fsprogs, and no root.
set -euo pipefail

seconds=900
while getopts t: option; do
    case $option in
        t) seconds=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
disks=${1:?usage: run.sh [-t SECONDS] DISKS PAYLOAD}
payload=${2:?usage: run.sh [-t SECONDS] DISKS PAYLOAD}
[ -x "$payload/run" ] || { echo "$payload/run is missing or not executable" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/nacelle-vm-run.XXXXXX")
trap 'rm -rf "$work"' EXIT
size=$(($(du -sk --apparent-size "$payload" | cut -f1) * 5 / 4 / 1024 + 128))
truncate -s "${size}M" "$work/payload.img"
mke2fs -q -t ext4 -F -d "$payload" "$work/payload.img"

rm -rf "$disks/console.log" "$disks/results"
code=0
timeout --kill-after=10 "$seconds" qemu-system-x86_64 -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 1536 \
    -display none -monitor none -no-reboot -nic user,model=virtio-net-pci,restrict=on \
    -kernel "$disks/vmlinuz" -initrd "$disks/initrd.img" -append 'root=/dev/vda rw console=ttyS0 quiet' \
    -drive "file=$disks/disk.img,format=raw,if=virtio,snapshot=on" -drive "file=$work/payload.img,format=raw,if=virtio" \
    -serial "file:$disks/console.log" -serial stdio </dev/null | tee "$work/output" | sed --unbuffered '/^@@exit [0-9]*$/d' || code=$?

if debugfs -R 'stat results' "$work/payload.img" 2>/dev/null | grep -q '^Inode'; then
    debugfs -R "rdump results $disks" "$work/payload.img" 2>/dev/null
fi

if exit_line=$(grep -a '^@@exit [0-9]*$' "$work/output" | tail -n 1) && [ -n "$exit_line" ]; then
    exit "${exit_line#@@exit }"
fi
[ "$code" -eq 124 ] || code=125
echo "the virtual machine gave no exit code ($code); the end of its console:" >&2
tail -n 20 "$disks/console.log" >&2
exit "$code"
