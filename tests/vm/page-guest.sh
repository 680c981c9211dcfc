#!/bin/bash
# Runs inside the virtual machine of tests/vm/page.sh, as root, in /payload: before the power cut and, started again, after it.
set -euo pipefail

export KUBECONFIG=/root/.kube/config HOME=/root

say() { printf '==> [%s s] %s\n' "$(cut -d. -f1 /proc/uptime)" "$*"; }

fail() {
    say "FAILED: $*"
    journalctl -u nacelle --no-pager -n 40 || true
    kubectl get events || true
    exit 1
}

# Everything takes some 30 times as long here, so that every wait of the scripts that are shared with real machines has to be longer as well.
sleep() { command sleep 1; }
export -f sleep

# until_true WHAT SECONDS COMMAND...
until_true() {
    local what=$1 end=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $end ] || fail "$what"
        command sleep 1
    done
}

quickstart() { nacelle/quickstart.sh "$@" 2>&1 || fail "quickstart.sh $*"; }

identity() { kubectl get pod nginx -o jsonpath='{.status.podIP} {.status.containerStatuses[*].containerID} {.status.containerStatuses[*].restartCount}'; }

restarts() { kubectl get pod nginx -o jsonpath='{.status.containerStatuses[*].restartCount} {.status.conditions[?(@.type=="Ready")].status}'; }

# --- before the power cut -------------------------------------------------------------------------------------------------

first_boot() {
    say "cgroup v2: $(cat /sys/fs/cgroup/cgroup.controllers)"
    quickstart
    say "quickstart.sh has played the page; nacelle takes $(ps -o rss= -C nacelle) kB"
    [ "$(systemctl show -P Delegate,KillMode nacelle.service | paste -sd' ')" = "yes process" ] || fail "the unit lacks Delegate=yes or KillMode=process"
    [ "$(systemctl is-enabled nacelle.service)" = enabled ] || fail "the unit does not start at boot"
    [ "$(kubectl config current-context)" = nacelle ] || fail "the context nacelle is not current"
    nacelle doctor || fail "doctor finds something missing"

    # Each container's processes are in its own cgroup below the Pod's.
    local pause before worker
    pause=$(pgrep -x pause)
    [ -n "$pause" ] || fail "no /pause process"
    grep -q '^0::/.*kubepods.*/pod' "/proc/$pause/cgroup" || fail "/pause is in $(cat "/proc/$pause/cgroup")"

    say "a Pod that uses what a Pod can ask for"
    kubectl apply -f nacelle/tests/Shared/features.yaml || fail "kubectl apply"
    until_true "the Pod features did not end" 120 eval '[ "$(kubectl get pod features -o jsonpath={.status.phase})" = Failed ]'
    kubectl logs features | diff nacelle/tests/Shared/features.expected - || fail "what the Pod found inside is not what it asked for"
    kubectl delete -f nacelle/tests/Shared/features.yaml || fail "kubectl delete"

    say "processes, a signal, a file and an audit"
    kubectl get processes -o wide || fail "kubectl get processes"
    [ "$(kubectl get processes -o name | grep -c '/nginx:')" -ge 4 ] || fail "the page's four processes are not listed"
    worker=$(kubectl get processes -o name --field-selector status.user=nginx)
    nacelle signal nginx -c nginx HUP || fail "nacelle signal"
    until_true "nginx has no new worker" 60 eval '! kubectl get processes -o name --field-selector status.user=nginx | grep -qFx "$worker"'
    nacelle files cat nginx:nginx:/etc/nginx/nginx.conf | grep -q '^user  nginx;' || fail "nacelle files cat"
    nacelle audit nginx -o json >audit.json || fail "nacelle audit"
    grep -q '"verified": *true' audit.json || fail "the audit proved nothing: $(cat audit.json)"
    ! grep -q '"verified": *false' audit.json || fail "the kernel contradicts the audit: $(cat audit.json)"
    nacelle tree nginx || fail "nacelle tree"

    before=$(identity)
    say "killing nacelle; systemd starts it again"
    systemctl kill --kill-who=main --signal=KILL nacelle.service
    until_true "nacelle.service did not come back" 120 systemctl is-active --quiet nacelle.service
    until_true "/readyz did not answer after the restart" 120 kubectl get --raw /readyz
    kubectl wait --for=condition=Ready pod/nginx --timeout=120s || fail "the Pod is not ready after the restart"
    [ "$before" = "$(identity)" ] || fail "the Pod changed over the restart: $before / $(identity)"
    [ "$(pgrep -x pause)" = "$pause" ] || fail "/pause is another process after the restart"

    say "stopping nacelle.service leaves the Pod running"
    systemctl stop nacelle.service || fail "nacelle.service did not stop"
    [ "$(pgrep -x pause)" = "$pause" ] || fail "/pause ended with the service"
    say "quickstart.sh works a second time, and starts it again"
    quickstart
    [ "$(pgrep -x pause)" = "$pause" ] || fail "/pause ended with the second quickstart.sh"

    touch second-boot
    sync
    say "writing until the power is cut"
    local i=0 code
    while i=$((i + 1)); do
        code=$(curl --silent --unix-socket /run/nacelle/nacelle.sock --output /dev/null --write-out '%{http_code}' --header 'Content-Type: application/json' \
            --data '{"metadata":{"name":"written-'$i'"},"data":{"number":"'$i'"}}' http://localhost/api/v1/namespaces/default/configmaps)
        [ "$code" = 201 ] || fail "writing answered $code"
        echo "acknowledged written-$i"
    done
}

# --- after it -------------------------------------------------------------------------------------------------------------

second_boot() {
    until_true "nacelle.service did not start at boot" 120 systemctl is-active --quiet nacelle.service
    until_true "/readyz did not answer after the boot" 120 kubectl get --raw /readyz
    say "started at boot"
    kubectl get configmaps -o name | sed -n 's|^configmap/written|kept written|p'
    until_true "the Pod did not start again, each container counted once: $(restarts)" 180 eval '[ "$(restarts)" = "1 1 True" ]'
    say "the Pod runs again, and each container counts a restart"
    quickstart
    say "the page again"

    quickstart --down
    # shellcheck disable=SC2009 # A name alone would not do.
    left=$(find /sys/fs/cgroup -name '*kubepods*' 2>/dev/null; ip -o link | grep -E 'nacelle0|: nc[0-9a-f]{13}' || true; nft list tables; \
        grep -E '/run/nacelle|/var/lib/nacelle' /proc/mounts || true; pgrep -l 'conmon|crun|nacelle|docker-registry' || true; \
        ls -d /var/lib/nacelle* /run/nacelle* /etc/systemd/system/nacelle* /usr/local/bin/nacelle /usr/local/bin/kubectl 2>/dev/null || true)
    [ -z "$left" ] || fail "left behind: $left"
    ! grep -q nacelle "$KUBECONFIG" || fail "the kubeconfig still has the context: $(cat "$KUBECONFIG")"
    say "all held; nothing is left behind"
}

[ "$(stat -f -c %T /sys/fs/cgroup)" = cgroup2fs ] || fail "this is no cgroup v2 machine"
[ -d /run/systemd/system ] || fail "this machine does not run systemd"
if [ -f second-boot ]; then
    second_boot
else
    first_boot
fi
