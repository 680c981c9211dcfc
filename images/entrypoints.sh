# Sourced by build.sh when the tests ask for it: one small image for each program that containers use as their first process, to see what each does where it
# is not PID 1. They go to OUTDIR/entrypoints/NAME, and registry.sh serves them as nacelle/NAME. Expects build.sh's functions and its layers base and runit.

layouts="$work/layouts/entrypoints"

download tini dumb-init catatonit s6 libskarnet2.13 libexecline2.9 libs6-2.11 sysvinit-core openrc libeinfo1 librc1 finit libite5 libuev3 libselinux1 libpcre2-8-0 \
    supervisor python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-pkg-resources libexpat1 \
    systemd systemd-sysv libsystemd-shared libacl1 libapparmor1 libaudit1 libblkid1 libcap-ng0 libcap2 libgcrypt20 libgpg-error0 libip4tc2 libkmod2 liblz4-1 \
    liblzma5 libmount1 libpam0g libseccomp2 libssl3 libzstd1

# entrypoint NAME CONFIG: packs $root as a layer and writes the image base + it.
entrypoint() {
    slim "$root"
    layer "$1" "$root"
    image "$1" "$2" base "$1"
}

# runs PROGRAM: whether base and $root together have every library of it.
runs() {
    local tree="$work/entrypoint-tree"
    rm -rf "$tree"
    cp -a "$work/base" "$tree"
    cp -a "$root/." "$tree/"
    loader=$(cd "$tree" && compgen -G 'lib*/ld-linux-*.so.*' | head -n 1)
    if chroot "$tree" "/$loader" --list "$1" | grep 'not found' >&2; then
        echo "images/entrypoints.sh: $1 misses a library; add its package to the recipe" >&2
        exit 1
    fi
}

# --- container inits: they start one program, pass signals on and reap orphans ---------------------------------------------------
for name in tini dumb-init catatonit; do
    root="$work/$name"
    package "$name" "$root"
    rm -f "$root/usr/bin/tini-static"
    entrypoint "$name" "\"Env\":[$path],\"Entrypoint\":[\"/usr/bin/$name\",\"--\"],\"Cmd\":[\"sleep\",\"1000000\"]"
done

# --- supervisors -----------------------------------------------------------------------------------------------------------------
image runsvdir "\"Env\":[$path],\"Entrypoint\":[\"runsvdir\"],\"Cmd\":[\"/etc/runit\"]" base runit

root="$work/s6"
for name in s6 libskarnet2.13 libexecline2.9 libs6-2.11; do
    package "$name" "$root"
done
mkdir -p "$root/etc/s6/sleep"
cp "$here/rootfs/s6-run" "$root/etc/s6/sleep/run"
chmod 0755 "$root/etc/s6/sleep/run"
runs /usr/bin/s6-svscan
entrypoint s6 "\"Env\":[$path],\"Cmd\":[\"s6-svscan\",\"/etc/s6\"]"

# What s6-overlay (no Debian package) does first, then s6 itself.
root="$work/s6-overlay"
mkdir -p "$root"
cp "$here/rootfs/s6-overlay-init" "$root/init"
chmod 0755 "$root/init"
layer s6-overlay "$root"
image s6-overlay "\"Env\":[$path,\"S6_BEHAVIOUR_IF_STAGE2_FAILS=2\"],\"Entrypoint\":[\"/init\"]" base s6 s6-overlay

root="$work/supervisor"
for name in supervisor python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-pkg-resources libexpat1; do
    package "$name" "$root"
done
rm -rf "$root"/usr/lib/python3.11/{test,pydoc_data,ensurepip,distutils,idlelib,lib2to3,turtledemo,sqlite3,curses} "$root"/etc/{init.d,default} "$root"/lib/systemd
cp "$here/rootfs/supervisord.conf" "$root/etc/supervisor/supervisord.conf"
entrypoint supervisor "\"Env\":[$path,\"PYTHONDONTWRITEBYTECODE=1\"],\"Entrypoint\":[\"/usr/bin/supervisord\"],\"Cmd\":[\"-n\",\"-c\",\"/etc/supervisor/supervisord.conf\"]"

# --- inits of a machine ----------------------------------------------------------------------------------------------------------
image busybox-init "\"Env\":[$path],\"Cmd\":[\"busybox\",\"init\"]" busybox

root="$work/sysvinit"
for name in sysvinit-core libselinux1 libpcre2-8-0; do
    package "$name" "$root"
done
runs /sbin/init
entrypoint sysvinit "\"Env\":[$path],\"Cmd\":[\"/sbin/init\"]"

root="$work/openrc"
for name in openrc libeinfo1 librc1 libaudit1 libcap-ng0 libpam0g libselinux1 libpcre2-8-0; do
    package "$name" "$root"
done
runs /sbin/openrc-init
entrypoint openrc "\"Env\":[$path],\"Entrypoint\":[\"/sbin/openrc-init\"]"

root="$work/finit"
for name in finit libite5 libuev3; do
    package "$name" "$root"
done
runs /sbin/finit
entrypoint finit "\"Env\":[$path],\"Entrypoint\":[\"finit\"]"

root="$work/systemd"
for name in systemd systemd-sysv libsystemd-shared libacl1 libapparmor1 libaudit1 libblkid1 libcap-ng0 libcap2 libgcrypt20 libgpg-error0 libip4tc2 libkmod2 \
    liblz4-1 liblzma5 libmount1 libpam0g libpcre2-8-0 libseccomp2 libselinux1 libssl3 libzstd1; do
    package "$name" "$root"
done
find "$root/lib/systemd" -maxdepth 1 -type f ! -name systemd ! -name systemd-executor -delete
find "$root/usr/bin" -type f -delete
rm -rf "$root"/usr/lib/*/{engines-3,ossl-modules} "$root"/usr/lib/{kernel,udev} "$root"/lib/udev
runs /lib/systemd/systemd
entrypoint systemd "\"Env\":[$path,\"container=oci\"],\"Entrypoint\":[\"/sbin/init\"],\"StopSignal\":\"SIGRTMIN+3\""
