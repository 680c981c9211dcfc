#!/bin/bash
# tests/vm/disk.sh DIR: a Debian 12 with systemd and cgroup v2 as users have it, for tests/vm/run.sh: DIR/disk.img, DIR/vmlinuz, DIR/initrd.img.
#
# Made of Debian's packages alone, once (about a minute); made again when this script changes. Needs root, mmdebstrap and e2fsprogs.
set -euo pipefail

dir=${1:?usage: disk.sh DIR}
packages=linux-image-cloud-amd64,initramfs-tools,systemd-sysv,udev,dbus,kmod,crun,conmon,nftables,iproute2,procps,util-linux,ca-certificates,curl,jq,tmux

stamp=$(sha256sum "${BASH_SOURCE[0]}" | cut -c1-64)
if [ "$(cat "$dir/stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

mkdir -p "$dir"
rm -f "$dir/stamp"
work=$(mktemp -d "${TMPDIR:-/tmp}/nacelle-vm.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
root=$work/root

echo "==> installing Debian 12 into a directory"
mmdebstrap --quiet --mode=root --variant=apt --include="$packages" \
    --aptopt='Acquire::Languages "none"' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --dpkgopt='path-exclude=/usr/share/locale/*' bookworm "$root" http://deb.debian.org/debian >"$dir/mmdebstrap.log" 2>&1 \
    || { tail -n 20 "$dir/mmdebstrap.log" >&2; exit 1; }

echo nacelle-vm >"$root/etc/hostname"
printf '127.0.0.1 localhost nacelle-vm\n' >"$root/etc/hosts"
echo 'nameserver 10.0.2.3' >"$root/etc/resolv.conf"
printf '/dev/vda / ext4 defaults 0 1\n/dev/vdb /payload ext4 defaults 0 0\n' >"$root/etc/fstab"
mkdir -p "$root/payload"

cat >"$root/etc/systemd/network/10-ether.network" <<'NETWORK'
[Match]
Type=ether
Driver=virtio_net

[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
NETWORK

# Emulated, every unit costs seconds; nothing waits for a login or a timer here.
cat >"$root/etc/systemd/system/payload.service" <<'UNIT'
[Unit]
Description=What the virtual machine was started for
After=network.target dbus.service

[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=/usr/local/sbin/payload

[Install]
WantedBy=multi-user.target
UNIT

cat >"$root/usr/local/sbin/payload" <<'PAYLOAD'
#!/bin/sh
# The second disk holds a program `run`. What it prints goes to the second serial port, byte for byte, and its exit code after it.
stty -F /dev/ttyS1 raw -echo
exec >/dev/ttyS1 2>&1 </dev/null
cd /payload && ./run
echo "@@exit $?"
cd /
sync
sleep 0.2
exec systemctl poweroff --force
PAYLOAD
chmod 0755 "$root/usr/local/sbin/payload"

ln -s /lib/systemd/system/systemd-networkd.service "$root/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
ln -s ../payload.service "$root/etc/systemd/system/multi-user.target.wants/payload.service"
for unit in getty@tty1.service serial-getty@ttyS0.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer \
    fstrim.timer systemd-networkd-wait-online.service nftables.service; do
    ln -sf /dev/null "$root/etc/systemd/system/$unit"
done

cp -L "$root/vmlinuz" "$dir/vmlinuz"
cp -L "$root/initrd.img" "$dir/initrd.img"
rm -rf "$root/var/cache/apt/archives" "$root/var/lib/apt/lists"

echo "==> making the disk"
rm -f "$dir/disk.img"
truncate -s 2G "$dir/disk.img"
mke2fs -q -t ext4 -F -L nacelle-vm -d "$root" "$dir/disk.img"
echo "$stamp" >"$dir/stamp"
