#!/bin/bash
# bench/processes.sh [ROUNDS]  what processes as a resource cost: 500 of them in 100 Pods, listed and watched; a signal
#
# Prints a table and writes out/bench-processes.json. The list is compared with one plain read of the same files in C#, taking turns. Runs a nacelle of
# its own beside any other.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/setup.sh"
rounds=${1:-20}
work=$(mktemp -d /tmp/nacelle-bench-XXXXXX)
. "$root/bench/measure.sh"

inspect=http://localhost/apis/inspect.nacelle.dev/v1alpha1

clean_up() {
    set +e
    stop_nacelle
    ip netns delete "nacelle-bench-$$" 2>/dev/null
    "$nacelle_bin" down "${options[@]}" >/dev/null 2>&1
    stop_registry "$out/test-registry" >/dev/null
    rm -rf "$work"
}

# Four processes and the sandbox's own: five a Pod.
pods() {
    local i
    for i in $(seq 100); do
        printf '%s\n' '---' 'apiVersion: v1' 'kind: Pod' "metadata: {name: many-$i, labels: {app: many}}" 'spec:' '  terminationGracePeriodSeconds: 0' '  containers:' \
            '  - {name: c, image: docker.io/library/busybox:latest, imagePullPolicy: IfNotPresent, command: [sh, -c, "sleep 1000000 & sleep 1000000 & sleep 1000000 & wait"]}'
    done
}

microseconds_of_cpu() { awk -v ticks="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000000 / ticks) }' "/proc/$pid/stat"; }

list_table() {
    local start
    start=$(now)
    api --output "$work/table" --header 'Accept: application/json;as=Table;v=v1;g=meta.k8s.io' "$inspect/namespaces/default/processes?labelSelector=app%3Dmany"
    figure list $(($(now) - start))
}

host_pids() { api "$inspect/namespaces/default/processes?labelSelector=app%3Dmany" | tr ',' '\n' | sed -n 's/"hostPID"://p'; }

# used_in SECONDS: how much of one core nacelle uses, in thousandths.
used_in() {
    local before
    before=$(microseconds_of_cpu)
    sleep "$1"
    echo $((($(microseconds_of_cpu) - before) / ($1 * 1000)))
}

# watched NAME: what a watch costs beside what is used without one.
watched() {
    local idle watching watcher
    idle=$(used_in 15)
    curl --silent --no-buffer --unix-socket "$work/run/nacelle.sock" "$inspect/processes?watch=1&resourceVersion=0" >/dev/null &
    watcher=$!
    sleep 3
    watching=$(used_in 15)
    kill "$watcher"
    wait "$watcher" || true
    awk -v a="$idle" -v b="$watching" 'BEGIN { printf "%.1f", (b - a) / 10 }'
}

need_root
publish
install_packages curl iproute2
dotnet build "$root/bench/process-reads.cs" -c Release -v q -nologo -clp:NoSummary --output "$work/reads"
start_registry "$out/test-registry"
trap clean_up EXIT
start_nacelle
fetch_kubectl
"$nacelle_bin" kubeconfig --state-dir "$work/state" >"$work/kubeconfig"
export KUBECONFIG=$work/kubeconfig
pods | "$kubectl35" apply -f - >/dev/null
"$kubectl35" wait --for=condition=Ready pod --all --timeout=180s >/dev/null
mapfile -t pids < <(host_pids)
say "${#pids[@]} processes in 100 Pods, $rounds rounds"

for round in $(seq 0 "$rounds"); do
    list_table
    "$work/reads/process-reads" 1 "${pids[@]}" >>"$work/figures.reads"
    start=$(now)
    "$nacelle_bin" signal many-1 CONT --run-dir "$work/run"
    figure signal $(($(now) - start))
    [ "$round" -gt 0 ] || rm -f "$work"/figures.{list,reads,signal}
done

connector=$(watched)
# The process connector is there in the machine's first network namespace only.
stop_nacelle
ip netns add "nacelle-bench-$$"
ip -n "nacelle-bench-$$" link set lo up
# Not "ip netns exec", which hides the control groups behind another /sys.
nsenter --net="/run/netns/nacelle-bench-$$" "$nacelle_bin" serve "${options[@]}" >>"$work/log" 2>&1 </dev/null &
pid=$!
until_so 20 is_ready
sleep 3
polled=$(watched)
grep -q 'processes are polled' "$work/log" || fail "the process connector was used where it is thought not to be there"

row() { printf '| %-52s | %22s | %8s |\n' "$1" "$2" "$3"; }
read -r _ list _ <<<"$(statistic list)"
read -r _ reads _ <<<"$(statistic reads)"
read -r _ signal _ <<<"$(statistic signal)"
ratio=$(awk -v a="$list" -v b="$reads" 'BEGIN { printf "%.2f", a / b }')
row "milliseconds: minimum median maximum" figure target
printf '| --- | --- | --- |\n'
row "Table of ${#pids[@]} processes, over the API's socket" "$(statistic list)" ""
row "the same files read once in C#" "$(statistic reads)" ""
row "ratio" "$ratio" "3"
row "nacelle signal, the whole command" "$(statistic signal)" "30"
row "an idle watch, process connector: % of a core" "$connector" "1"
row "an idle watch, polling: % of a core" "$polled" "2"
printf '{"rounds":%s,"list_ms":%s,"reads_ms":%s,"ratio":%s,"signal_ms":%s,"watch_percent":%s,"polling_percent":%s}\n' \
    "$rounds" "$list" "$reads" "$ratio" "$signal" "$connector" "$polled" >"$out/bench-processes.json"
