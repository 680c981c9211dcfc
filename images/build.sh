#!/bin/bash
# images/build.sh OUTDIR [entrypoints]: makes the images that quickstart.sh and the tests use where docker.io can't be reached. With "entrypoints" also those
# of entrypoints.sh, which tests alone need.
#
# Each is assembled from Debian's own packages, which are downloaded and unpacked but never installed on this machine, and
# written as an OCI image layout to OUTDIR/NAME. The same packages give the same digests. Needs root (owners of files),
# apt-get, dpkg, tar and gzip. Images and what they are for: images/README.md. A second run does nothing.
set -euo pipefail

[ $# -eq 1 ] || { [ $# -eq 2 ] && [ "$2" = entrypoints ]; } || { echo "usage: images/build.sh OUTDIR [entrypoints]" >&2; exit 2; }
[ "$(id -u)" -eq 0 ] || { echo "images/build.sh: must run as root (files in images have owners)" >&2; exit 1; }
for tool in apt-get dpkg tar gzip sha256sum; do
    command -v "$tool" >/dev/null || { echo "images/build.sh: $tool is missing" >&2; exit 1; }
done

umask 022
export LC_ALL=C TZ=UTC
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
out=$(cd "$1" && pwd)
arch=$(dpkg --print-architecture)
work=$(mktemp -d "$out/.work.XXXXXX")
trap 'rm -rf "$work"' EXIT

recipe=$(cat "$here/build.sh" "$here/entrypoints.sh" "$here"/rootfs/* | sha256sum | cut -c1-64)
if [ "$(cat "$out/.recipe" 2>/dev/null)" = "$recipe" ] && { [ $# -eq 1 ] || [ "$(cat "$out/entrypoints/.recipe" 2>/dev/null)" = "$recipe" ]; }; then
    echo "images: up to date in $out"
    exit 0
fi

# Where image() writes to.
layouts="$work/layouts"

say() { echo "images: $*"; }

# download NAME...: fetches those of the packages that are not there yet in one go; what that misses, package() fetches or complains about.
download() {
    local name missing=()
    mkdir -p "$out/packages"
    for name in "$@"; do
        compgen -G "$out/packages/${name}_*.deb" >/dev/null || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "downloading ${#missing[@]} packages"
    (cd "$out/packages" && apt-get download -q=2 -o APT::Sandbox::User=root "${missing[@]}" >/dev/null 2>&1) || true
}

# package NAME DIR: unpacks a Debian package into DIR, downloading it first.
package() {
    mkdir -p "$out/packages" "$2"
    if ! compgen -G "$out/packages/$1_*.deb" >/dev/null; then
        say "downloading $1"
        fetch "$1" || { apt-get update -q=2 >/dev/null && fetch "$1"; } || { echo "images/build.sh: can't download package $1" >&2; exit 1; }
    fi
    dpkg -x "$(compgen -G "$out/packages/$1_*.deb" | tail -n 1)" "$2"
}

fetch() { (cd "$out/packages" && apt-get download -q=2 -o APT::Sandbox::User=root "$1" >/dev/null 2>"$work/apt.err") || { cat "$work/apt.err" >&2; return 1; }; }

# slim DIR: drops documentation (licences stay), translations and what only package tools need.
slim() {
    rm -rf "$1"/usr/share/{man,info,locale,lintian,bug,doc-base,initramfs-tools,bash-completion,menu,apport,vim} "$1"/usr/lib/*/gconv "$1"/usr/lib/*/audit
    find "$1/usr/share/doc" -type f ! -name copyright -delete 2>/dev/null || true
    find "$1" -depth -type d -empty -path '*/usr/share/*' -delete
}

# layer NAME DIR [TAR OPTION...]: packs DIR reproducibly; leaves NAME.tar.gz, NAME.diff and NAME.digest in $work.
layer() {
    local name=$1 dir=$2
    shift 2
    tar --create --sort=name --format=posix --pax-option=delete=atime,delete=ctime,exthdr.name=%d/PaxHeaders/%f \
        --mtime=@1700000000 --numeric-owner --owner=0 --group=0 "$@" --directory "$dir" . >"$work/$name.tar"
    sha "$work/$name.tar" >"$work/$name.diff"
    gzip --no-name -6 <"$work/$name.tar" >"$work/$name.tar.gz"
    rm "$work/$name.tar"
}

sha() { sha256sum "$1" | cut -c1-64; }

# blob LAYOUT FILE: copies FILE into the layout and prints its digest.
blob() {
    local digest
    digest=$(sha "$2")
    cp "$2" "$1/blobs/sha256/$digest"
    echo "$digest"
}

# image NAME CONFIG LAYER...: writes one OCI image layout. CONFIG is the inside of the configuration's "config" member.
image() {
    local name=$1 config=$2 layout layers="" diffs="" digest size
    shift 2
    layout="$layouts/$name"
    mkdir -p "$layout/blobs/sha256"
    for part in "$@"; do
        digest=$(blob "$layout" "$work/$part.tar.gz")
        size=$(stat -c %s "$work/$part.tar.gz")
        layers+="${layers:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$digest\",\"size\":$size}"
        diffs+="${diffs:+,}\"sha256:$(cat "$work/$part.diff")\""
    done
    printf '{"created":"2023-11-14T22:13:20Z","architecture":"%s","os":"linux","config":{%s},"rootfs":{"type":"layers","diff_ids":[%s]}}' \
        "$arch" "$config" "$diffs" >"$work/config.json"
    digest=$(blob "$layout" "$work/config.json")
    size=$(stat -c %s "$work/config.json")
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%s","size":%s},"layers":[%s]}' \
        "$digest" "$size" "$layers" >"$work/manifest.json"
    digest=$(blob "$layout" "$work/manifest.json")
    size=$(stat -c %s "$work/manifest.json")
    printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,"platform":{"architecture":"%s","os":"linux"}}]}' \
        "$digest" "$size" "$arch" >"$layout/index.json"
    echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
    say "made $name ($(du -sk "$layout" | cut -f1) KB)"
}

path='"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"'

# applets BUSYBOX DIR: a link in DIR for each of busybox's commands that isn't there yet. Hard links, as in the official image.
applets() {
    local name
    for name in $("$1" --list); do
        [ -e "$2/$name" ] || ln "$1" "$2/$name"
    done
}

# --- busybox: every applet in /bin -------------------------------------------------------------------------------------------
root="$work/busybox"
package busybox-static "$work/busybox-package"
mkdir -p "$root"/{bin,dev,etc,home,proc,root,sys,tmp,usr/bin,usr/sbin,var/spool/mail,var/www,usr/share/doc/busybox}
cp "$work/busybox-package/bin/busybox" "$root/bin/"
cp "$work/busybox-package/usr/share/doc/busybox-static/copyright" "$root/usr/share/doc/busybox/"
applets "$root/bin/busybox" "$root/bin"
ln -s ../../bin/env "$root/usr/bin/env"
cp "$here/rootfs/busybox.passwd" "$root/etc/passwd"
cp "$here/rootfs/busybox.group" "$root/etc/group"
chmod 0700 "$root/root"
chmod 1777 "$root/tmp"
layer busybox "$root"

# --- base: what Debian images share here: the C library, bash, and busybox for the everyday commands --------------------------
root="$work/base"
for name in libc6 libcrypt1 libtinfo6 zlib1g bash; do
    package "$name" "$root"
done
slim "$root"
rm -rf "$root"/etc/skel "$root"/usr/share/{menu,debianutils}
mkdir -p "$root"/{bin,dev,etc,home,proc,root,run,sys,tmp,usr/bin,usr/sbin,usr/local/bin,usr/local/sbin,var/lib,var/log,var/tmp,usr/share/doc/busybox}
cp "$work/busybox-package/bin/busybox" "$root/bin/"
cp "$work/busybox-package/usr/share/doc/busybox-static/copyright" "$root/usr/share/doc/busybox/"
applets "$root/bin/busybox" "$root/bin"
ln -s ../../bin/env "$root/usr/bin/env"
ln -s ../run "$root/var/run"
cp "$here/rootfs/base.passwd" "$root/etc/passwd"
cp "$here/rootfs/base.group" "$root/etc/group"
chmod 0700 "$root/root"
chmod 1777 "$root/tmp" "$root/var/tmp"
layer base "$root"

# --- nginx ------------------------------------------------------------------------------------------------------------------
root="$work/nginx"
for name in nginx nginx-common libpcre2-8-0 libssl3; do
    package "$name" "$root"
done
slim "$root"
rm -rf "$root"/etc/{nginx/{sites-*,modules-*,snippets,nginx.conf},default,init.d,logrotate.d,ufw} "$root"/lib/systemd "$root"/usr/lib/nginx "$root"/usr/lib/*/{engines-3,ossl-modules} "$root"/usr/share/nginx/modules*
mkdir -p "$root"/etc/nginx/conf.d "$root"/var/cache/nginx "$root"/var/lib/nginx "$root"/var/log/nginx
cp "$here/rootfs/nginx.conf" "$root/etc/nginx/nginx.conf"
cp "$here/rootfs/nginx-default.conf" "$root/etc/nginx/conf.d/default.conf"
cp "$here/rootfs/nginx.passwd" "$root/etc/passwd"
cp "$here/rootfs/nginx.group" "$root/etc/group"
ln -s /dev/stdout "$root/var/log/nginx/access.log"
ln -s /dev/stderr "$root/var/log/nginx/error.log"
chmod 0755 "$root/var/log/nginx" "$root/var/lib/nginx"
layer nginx "$root"
nginx_version=$(basename "$(compgen -G "$out/packages/nginx_*.deb" | tail -n 1)" | sed 's/^nginx_\([0-9.]*\).*/\1/')

# --- runit: a process supervisor that refuses to be anything but PID 1 ----------------------------------------------------------
root="$work/runit"
package runit "$work/runit-package"
mkdir -p "$root"/etc/runit "$root"/sbin "$root"/usr/share/doc/runit
find "$work/runit-package" -type f \( -name runit -o -name runsvdir -o -name runsv -o -name sv \) -path '*bin/*' -exec cp {} "$root/sbin/" \;
cp "$work/runit-package/usr/share/doc/runit/copyright" "$root/usr/share/doc/runit/"
for stage in 1 2 3; do
    cp "$here/rootfs/runit.$stage" "$root/etc/runit/$stage"
    chmod 0755 "$root/etc/runit/$stage"
done
layer runit "$root"

# --- distroless: one program and its data, no shell, no tool -----------------------------------------------------------------------
# busybox acts by the name it is started with, and has no other name here.
root="$work/distroless"
mkdir -p "$root"/{dev,etc,proc,sys,tmp,srv,usr/share/doc/busybox}
cp "$work/busybox-package/bin/busybox" "$root/sleep"
cp "$work/busybox-package/usr/share/doc/busybox-static/copyright" "$root/usr/share/doc/busybox/"
echo 'nobody:x:65534:65534:nobody:/:/none' >"$root/etc/passwd"
echo 'greeting = hello' >"$root/srv/settings"
ln -s /srv/settings "$root/etc/settings"
layer distroless "$root"

# Whoever starts nginx with a library missing should learn it here.
tree="$work/tree"
mkdir "$tree"
for part in base nginx; do
    tar --extract --gzip --file "$work/$part.tar.gz" --directory "$tree"
done
loader=$(cd "$tree" && compgen -G 'lib*/ld-linux-*.so.*' | head -n 1)
if chroot "$tree" "/$loader" --list /usr/sbin/nginx | grep 'not found' >&2; then
    echo "images/build.sh: nginx misses a library; add its package to the recipe" >&2
    exit 1
fi

image busybox "\"Env\":[\"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"],\"Cmd\":[\"sh\"]" busybox
image nginx "\"Env\":[$path,\"NGINX_VERSION=$nginx_version\"],\"Cmd\":[\"nginx\",\"-g\",\"daemon off;\"],\"ExposedPorts\":{\"80/tcp\":{}},\"StopSignal\":\"SIGQUIT\"" base nginx
image runit "\"Env\":[$path],\"Cmd\":[\"/sbin/runit\"]" base runit
image user1000 "\"Env\":[$path,\"COLOUR=green\"],\"User\":\"1000:1000\",\"WorkingDir\":\"/home\",\"Volumes\":{\"/data\":{}},\"Labels\":{\"dev.nacelle.test\":\"user\"},\"Entrypoint\":[\"/bin/sh\",\"-c\"],\"Cmd\":[\"id; exec sleep 1000000\"]" busybox
image distroless "\"User\":\"65534:65534\",\"Entrypoint\":[\"/sleep\",\"1000000\"]" distroless
image no-command "\"Env\":[$path]" busybox

if [ $# -eq 2 ]; then
    . "$here/entrypoints.sh"
    echo "$recipe" >"$work/layouts/entrypoints/.recipe"
fi

for layout in "$work"/layouts/*; do
    rm -rf "${out:?}/$(basename "$layout")"
    mv "$layout" "$out/"
done
echo "$recipe" >"$out/.recipe"
