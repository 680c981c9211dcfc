#!/bin/bash
# Runs inside the virtual machine of tests/vm/page.sh, as root, in /payload.
set -euo pipefail

export PATH=/payload:$PATH KUBECONFIG=/root/kubeconfig HOME=/root

say() { printf '==> [%s s] %s\n' "$(cut -d. -f1 /proc/uptime)" "$*"; }

fail() {
    say "FAILED: $*"
    journalctl -u nacelle --no-pager -n 40 || true
    exit 1
}

# Everything takes some 30 times as long here, so that every wait of the scripts that are shared with real machines has to be longer as well.
sleep() { command sleep 1; }

# until_true WHAT SECONDS COMMAND...
until_true() {
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "$what"
        command sleep 1
    done
}

[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || fail "this is no cgroup v2 machine"
[ -d /run/systemd/system ] || fail "this machine does not run systemd"
say "cgroup v2: $(cat /sys/fs/cgroup/cgroup.controllers)"

./registry.sh start /payload/registry 5000
cat >/etc/systemd/system/nacelle.service <<'UNIT'
[Unit]
Description=Nacelle: Kubernetes Pods on this machine

[Service]
Type=notify
ExecStart=/payload/nacelle serve --registry-mirror docker.io=http://127.0.0.1:5000
Restart=on-failure
TimeoutStartSec=120
KillMode=process
Delegate=yes
TasksMax=infinity
LimitNOFILE=1048576
UNIT
systemctl daemon-reload
say "starting nacelle.service"
systemctl start nacelle.service || fail "nacelle.service did not start"
until_true "no kubeconfig" 60 sh -c 'nacelle kubeconfig >/root/kubeconfig'
until_true "/readyz did not answer" 120 kubectl get --raw /readyz
say "ready; nacelle takes $(ps -o rss= -C nacelle) kB"

. ./dialogue.sh
kubectl apply -f share-process-namespace.yaml || fail "kubectl apply"
kubectl wait --for=condition=Ready pod/nginx --timeout=300s || { kubectl describe pod nginx; fail "the Pod did not become ready"; }
say "the Pod is ready"
play_dialogue
say "the page's dialogue held"

nacelle doctor || fail "doctor finds something missing"

# Each container's processes are in its own cgroup below the Pod's.
pause=$(pgrep -x pause)
[ -n "$pause" ] || fail "no /pause process"
grep -q '^0::/.*kubepods.*/pod' "/proc/$pause/cgroup" || fail "/pause is in $(cat "/proc/$pause/cgroup")"

before=$(kubectl get pod nginx -o jsonpath='{.status.podIP} {.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}')
say "killing nacelle; systemd starts it again"
systemctl kill --kill-who=main --signal=KILL nacelle.service
until_true "nacelle.service did not come back" 120 systemctl is-active --quiet nacelle.service
until_true "/readyz did not answer after the restart" 120 kubectl get --raw /readyz
kubectl wait --for=condition=Ready pod/nginx --timeout=120s || fail "the Pod is not ready after the restart"
after=$(kubectl get pod nginx -o jsonpath='{.status.podIP} {.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}')
[ "$before" = "$after" ] || fail "the Pod changed over the restart: $before / $after"
[ "$(pgrep -x pause)" = "$pause" ] || fail "/pause is another process after the restart"

say "stopping nacelle.service leaves the Pod running"
systemctl stop nacelle.service || fail "nacelle.service did not stop"
[ "$(pgrep -x pause)" = "$pause" ] || fail "/pause ended with the service"
systemctl start nacelle.service || fail "nacelle.service did not start again"
until_true "/readyz did not answer after the stop" 120 kubectl get --raw /readyz

kubectl delete pod nginx --timeout=180s || fail "kubectl delete"
until_true "/pause is still there" 60 sh -c '! pgrep -x pause'
systemctl stop nacelle.service
nacelle down || fail "nacelle down"
left=$(ls -d /sys/fs/cgroup/nacelle/kubepods/*/pod* 2>/dev/null || true; ip -o link | grep -E 'nacelle0|: nc[0-9a-f]{13}' || true; nft list tables; \
    grep -E '/run/nacelle|/var/lib/nacelle' /proc/mounts || true; pgrep -l 'conmon|crun' || true)
[ -z "$left" ] || fail "left behind: $left"
say "all held; nothing is left behind"
