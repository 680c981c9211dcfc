#!/bin/bash
# bench/audit.sh [ROUNDS]  nacelle audit of a Pod with 20 containers, of its manifest and while it runs (each answer tried); the whole command
#
# Prints minimum, median and maximum in milliseconds. Uses a nacelle of its own beside any other, and removes it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/setup.sh"
rounds=${1:-20}
work=$(mktemp -d /tmp/nacelle-bench-audit-XXXXXX)
. "$root/bench/measure.sh"

# measure NAME COMMAND...: the command's whole time, once before the rounds that count.
measure() {
    local name=$1 start round
    shift
    for round in $(seq 0 "$rounds"); do
        start=$(now)
        "$@" >/dev/null
        [ "$round" -eq 0 ] || echo $(($(now) - start))
    done | sort -n | awk -v name="$name" '{ v[NR] = $1 / 1000 } END {
        printf "| %-40s | %7.1f %7.1f %7.1f |\n", name, v[1], NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[NR] }'
}

# manifest: users and root in turn, filtered, each with a variable from a Secret of its own that may be missing.
manifest() {
    printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: many}\nspec:\n  shareProcessNamespace: true\n  terminationGracePeriodSeconds: 1\n  securityContext: {seccompProfile: {type: RuntimeDefault}}\n  containers:\n'
    for i in $(seq 0 19); do
        printf '  - {name: c%s, image: busybox, imagePullPolicy: IfNotPresent, command: [sleep, "1000000"], securityContext: {runAsUser: %s}, ' \
            "$i" $((i % 2 ? 0 : 1000 + i))
        printf 'env: [{name: P, valueFrom: {secretKeyRef: {name: s%s, key: k, optional: true}}}]}\n' "$i"
    done
}

clean_up() {
    set +e
    stop_nacelle
    "$nacelle_bin" down "${options[@]}" --remove-state >/dev/null 2>&1
    stop_registry "$out/test-registry" >/dev/null
    rm -rf "$work"
}

need_root
publish
start_registry "$out/test-registry"
fetch_kubectl
trap clean_up EXIT
manifest >"$work/pod.yaml"
start_nacelle
"$nacelle_bin" kubeconfig --state-dir "$work/state" >"$work/kubeconfig"
export KUBECONFIG=$work/kubeconfig
"$kubectl35" apply -f "$work/pod.yaml" >/dev/null 2>&1
"$kubectl35" wait --for=condition=Ready pod/many --timeout=60s >/dev/null

printf '| %-40s | %7s %7s %7s |\n| --- | --- |\n' "milliseconds, the whole command" minimum median maximum
measure "nacelle version (asks the server too)" "$nacelle_bin" version --run-dir "$work/run"
measure "audit -f, 20 containers (target 50)" "$nacelle_bin" audit -f "$work/pod.yaml" -o json
measure "audit POD, 20 containers (target 1000)" "$nacelle_bin" audit many --run-dir "$work/run" -o json
