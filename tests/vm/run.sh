#!/bin/bash
# tests/vm/run.sh [-t SECONDS] [-m MACHINE] [-u TEXT] DISKS PAYLOAD: boots the disk of DISKS (made by disk.sh) in a virtual machine, runs PAYLOAD/run as root
# in it, prints what that prints and ends with its exit code; 124 when SECONDS (900) are over, 125 when the machine ended without an exit code.
#
# PAYLOAD is a directory; its copy is mounted at /payload, writable. With -m the machine's two disks stay in the directory MACHINE, and its next start finds
# what it wrote; without it they are thrown away. With -u the machine's power is cut (0) as soon as it has printed a line TEXT. The processor is emulated, some 30
# times slower than a real one, so that it runs where there is no usable /dev/kvm: take native programs only and be patient. The console is kept in
# DISKS/console.log. Needs qemu-system-x86 and e2fsprogs, and no root.
set -euo pipefail

seconds=900 machine= unplug_at=
while getopts t:m:u: option; do
    case $option in
        t) seconds=$OPTARG ;;
        m) machine=$OPTARG ;;
        u) unplug_at=$OPTARG ;;
        *) exit 2 ;;
    esac
done
shift $((OPTIND - 1))
disks=${1:?usage: run.sh [-t SECONDS] [-m MACHINE] [-u TEXT] DISKS PAYLOAD}
payload=${2:?usage: run.sh [-t SECONDS] [-m MACHINE] [-u TEXT] DISKS PAYLOAD}
[ -x "$payload/run" ] || { echo "$payload/run is missing or not executable" >&2; exit 2; }

work=$(mktemp -d "${TMPDIR:-/tmp}/nacelle-vm-run.XXXXXX")
qemu=
trap 'if [ -n "$qemu" ]; then kill -KILL "$qemu" 2>/dev/null || true; fi; rm -rf "$work"' EXIT
: "${machine:=$work}"
mkdir -p "$machine"
if [ ! -f "$machine/disk.img" ]; then
    cp --sparse=always "$disks/disk.img" "$machine/disk.img"
    size=$(($(du -sk --apparent-size "$payload" | cut -f1) * 5 / 4 / 1024 + 128))
    truncate -s "${size}M" "$machine/payload.img"
    mke2fs -q -t ext4 -F -d "$payload" "$machine/payload.img"
fi

mkfifo "$work/serial"
qemu-system-x86_64 -machine q35 -accel tcg,thread=multi -cpu max -smp 2 -m 1536 \
    -display none -monitor none -no-reboot -nic user,model=virtio-net-pci,restrict=on \
    -kernel "$disks/vmlinuz" -initrd "$disks/initrd.img" -append 'root=/dev/vda rw console=ttyS0 quiet' \
    -drive "file=$machine/disk.img,format=raw,if=virtio" -drive "file=$machine/payload.img,format=raw,if=virtio" \
    -serial "file:$disks/console.log" -serial stdio </dev/null >"$work/serial" &
qemu=$!

code=125 end=$((SECONDS + seconds))
while IFS= read -r -t $((end - SECONDS > 0 ? end - SECONDS : 1)) line || { [ $? -gt 128 ] && code=124 && break; }; do
    case $line in
        '@@exit '*) code=${line#@@exit } ;;
        *) printf '%s\n' "$line" ;;
    esac
    if [ -n "$unplug_at" ] && [ "$line" = "$unplug_at" ]; then
        kill -KILL "$qemu"
        code=0
    fi
done <"$work/serial"
[ "$code" -ne 124 ] || kill -KILL "$qemu"
wait "$qemu" 2>/dev/null || true
qemu=

if [ "$code" -ge 124 ]; then
    echo "the virtual machine gave no exit code ($code); the end of its console:" >&2
    tail -n 20 "$disks/console.log" >&2
fi
exit "$code"
