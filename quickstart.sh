#!/bin/bash
# ./quickstart.sh         from a fresh Debian 12 with the .NET 10 SDK to the Pod of the documentation page, attached to its shell
# ./quickstart.sh --down  ends its Pods and takes everything back that it did, except packages
#
# Without a terminal it plays the page's dialogue through a pseudo-terminal, prints it and exits with 0. Run twice it works twice.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/scripts/setup.sh"
. "$root/scripts/dialogue.sh"

link=/usr/local/bin/nacelle
kubectl_link=/usr/local/bin/kubectl
unit=/etc/systemd/system/nacelle.service
registry_unit=/etc/systemd/system/nacelle-registry.service
pid_file=/run/nacelle.pid
log_file=/var/log/nacelle.log
registry="$out/registry"
user=${SUDO_USER:-$(id -un)}
home=$(getent passwd "$user" | cut -d: -f6)
kubeconfig=${KUBECONFIG:-$home/.kube/config}
kubeconfig=${kubeconfig%%:*}

has_systemd() { [ -d /run/systemd/system ]; }

running_pid() {
    local pid
    pid=$(cat "$pid_file" 2>/dev/null) && [ -n "$pid" ] && [ "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" = "$nacelle_bin" ] && echo "$pid"
}

# --- up ---------------------------------------------------------------------------------------------------------------

install_kubectl() {
    if command -v kubectl >/dev/null; then
        return 0
    fi
    fetch_kubectl
    ln -sfn "$kubectl35" "$kubectl_link"
    remember kubectl "$kubectl_link"
    hash -r
}

choose_images() {
    mirror=
    if docker_io_answers; then
        say "images come from docker.io"
    elif has_systemd && systemctl is-active --quiet nacelle-registry.service; then
        mirror=$(recall registry)
        say "images come from ${mirror#*=}, which serves those of images/ in docker.io's place"
    else
        say "docker.io does not answer: images are built from Debian packages and served on 127.0.0.1 in its place"
        start_registry "$registry"
        remember registry "$mirror"
    fi
}

start_nacelle() {
    ln -sfn "$nacelle_bin" "$link"
    remember link "$link"
    local options=()
    [ -z "$mirror" ] || options=(--registry-mirror "$mirror")
    if has_systemd; then
        start_unit "${options[@]}"
    else
        start_background "${options[@]}"
    fi
    wait_until_ready
}

# After a start of the machine the registry must be there again too.
start_registry_unit() {
    local program="$registry/program/usr/bin/docker-registry"
    stop_registry "$registry"
    cat >"$registry_unit" <<UNIT
[Unit]
Description=Images for Nacelle: ${mirror#*=}
Before=nacelle.service

[Service]
ExecStart=$program serve $registry/config.yml
Restart=on-failure

[Install]
WantedBy=multi-user.target
UNIT
    systemctl daemon-reload
    systemctl enable --quiet --now nacelle-registry.service
}

start_unit() {
    [ -z "$mirror" ] || systemctl is-active --quiet nacelle-registry.service || start_registry_unit
    cat >"$unit.new" <<UNIT
[Unit]
Description=Nacelle: Kubernetes Pods on this machine
After=network.target

[Service]
Type=notify
ExecStart=$nacelle_bin serve $*
Restart=on-failure
# Pods outlive their server: it may be stopped, upgraded and started while they run.
KillMode=process
Delegate=yes
TasksMax=infinity
LimitNOFILE=1048576

[Install]
WantedBy=multi-user.target
UNIT
    if ! cmp -s "$unit.new" "$unit" || [ "$(recall version)" != "$(cat "$out/nacelle/.sources")" ]; then
        mv "$unit.new" "$unit"
        say "starting nacelle.service"
        systemctl daemon-reload
        systemctl enable --quiet nacelle.service
        systemctl restart nacelle.service || fail "nacelle.service did not start: journalctl -u nacelle"
    else
        rm "$unit.new"
        systemctl start nacelle.service
    fi
    remember unit "$unit"
    remember version "$(cat "$out/nacelle/.sources")"
}

start_background() {
    local pid version
    version="$(cat "$out/nacelle/.sources") $*"
    if pid=$(running_pid); then
        if [ "$(recall version)" = "$version" ]; then
            say "nacelle runs already (pid $pid)"
            return 0
        fi
        say "restarting nacelle; Pods go on running"
        stop_background
    fi
    say "starting nacelle in the background (log: $log_file)"
    setsid "$nacelle_bin" serve "$@" >>"$log_file" 2>&1 </dev/null &
    echo $! >"$pid_file"
    remember version "$version"
}

stop_background() {
    local pid
    pid=$(running_pid) || return 0
    kill "$pid"
    for _ in $(seq 150); do
        running_pid >/dev/null || break
        sleep 0.1
    done
    if running_pid >/dev/null; then
        kill -KILL "$pid"
    fi
    rm -f "$pid_file"
}

wait_until_ready() {
    local config
    config=$(mktemp)
    for _ in $(seq 200); do
        if "$nacelle_bin" kubeconfig >"$config" 2>/dev/null && kubectl --kubeconfig "$config" get --raw /readyz >/dev/null 2>&1; then
            rm -f "$config"
            return 0
        fi
        has_systemd || running_pid >/dev/null || break
        sleep 0.1
    done
    rm -f "$config"
    has_systemd && fail "nacelle did not become ready: journalctl -u nacelle"
    tail -n 5 "$log_file" >&2
    fail "nacelle did not become ready: see $log_file"
}

add_context() {
    local directory
    directory=$(dirname "$kubeconfig")
    [ -d "$directory" ] || install_directory "$directory"
    "$nacelle_bin" kubeconfig --merge "$kubeconfig" || fail "could not add context nacelle to $kubeconfig"
    chown "$user": "$kubeconfig"
    remember kubeconfig "$kubeconfig"
    say "context nacelle is current in $kubeconfig"
}

install_directory() { mkdir -p "$1" && chown "$user": "$1"; }

run_the_page() {
    export KUBECONFIG=$kubeconfig
    say "kubectl apply -f examples/share-process-namespace.yaml"
    kubectl apply -f "$root/examples/share-process-namespace.yaml"
    kubectl wait --for=condition=Ready pod/nginx --timeout=120s \
        || { kubectl describe pod nginx | tail -n 15; fail "the Pod nginx did not become ready"; }
    if [ -t 0 ] && [ -t 1 ]; then
        say "kubectl attach -it nginx -c shell    (press Enter for a prompt; try: ps ax)"
        exec kubectl attach -it nginx -c shell
    fi
    play_dialogue
    say "the Pod goes on running: kubectl attach -it nginx -c shell"
}

up() {
    need_root
    publish
    install_runtime
    mount_hugetlb
    install_kubectl
    choose_images
    start_nacelle
    add_context
    run_the_page
}

# --- down -------------------------------------------------------------------------------------------------------------

down() {
    need_root
    if [ -x "$nacelle_bin" ]; then
        local known
        known=$(recall kubeconfig)
        if [ -n "$known" ] && [ -f "$known" ]; then
            "$nacelle_bin" kubeconfig --remove "$known" && chown "$user": "$known" && say "context nacelle removed from $known"
        fi
    fi
    if [ -n "$(recall unit)" ]; then
        say "stopping nacelle.service"
        systemctl disable --now --quiet nacelle.service || true
        [ ! -f "$registry_unit" ] || systemctl disable --now --quiet nacelle-registry.service || true
        rm -f "$unit" "$registry_unit"
        systemctl daemon-reload
    fi
    stop_background
    if [ -x "$nacelle_bin" ]; then
        say "ending Pods"
        "$nacelle_bin" down || fail "nacelle down failed; nothing else was removed"
    fi
    [ -z "$(recall registry)" ] || stop_registry "$registry"
    # A directory of the host may be mounted beneath: it must not be emptied.
    ! grep -q ' /\(var/lib\|run\)/nacelle/' /proc/self/mountinfo || fail "there are mounts beneath /var/lib/nacelle or /run/nacelle: unmount them, then run this again"
    rm -rf /var/lib/nacelle /run/nacelle
    rm -f "$log_file" "$pid_file"
    for name in link kubectl; do
        [ -z "$(recall $name)" ] || rm -f "$(recall $name)"
    done
    unmount_hugetlb
    rm -rf "$memory"
    say "everything is removed; the packages stay"
}

unmount_hugetlb() {
    local place
    place=$(recall hugetlb)
    if [ -n "$place" ] && mountpoint -q "$place"; then
        umount "$place" && rmdir "$place" || say "$place is in use and stays mounted"
    fi
}

case "${1:-}" in
    "") up ;;
    --down) down ;;
    -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0" ;;
    *) fail "unknown option $1; there is only --down" ;;
esac
