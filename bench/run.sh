#!/bin/bash
# bench/run.sh [ROUNDS]  the same work done by nacelle and by podman in one run, taking turns; medians, minima and the ratio
#
# Prints a table and writes out/bench.json. Ratios decide; the absolute figures are this machine's. Installs Debian's podman, and runs a nacelle of its
# own beside any other.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/scripts/setup.sh"
rounds=${1:-20}
work=$(mktemp -d /tmp/nacelle-bench-XXXXXX)
podman_config="$work/containers.conf"

. "$root/bench/measure.sh"

both_wrote() { [ -s "$work/shared/nginx" ] && [ -s "$work/shared/shell" ]; }

# --- nacelle ------------------------------------------------------------------------------------------------------------

gone() { [ "$(api --output /dev/null --write-out '%{http_code}' http://localhost/api/v1/namespaces/default/pods/bench)" = 404 ]; }

nacelle_post() {
    local start
    rm -f "$work"/shared/*
    start=$(now)
    api --output "$work/answer" --header 'Content-Type: application/yaml' --data-binary "@$work/pod.yaml" http://localhost/api/v1/namespaces/default/pods
    until_so 60 both_wrote
    figure page_nacelle $(($(now) - start))
    "$kubectl35" wait --for=condition=Ready pod/bench --timeout=30s >/dev/null
}

nacelle_delete() {
    local start
    start=$(now)
    api --output /dev/null --request DELETE http://localhost/api/v1/namespaces/default/pods/bench
    until_so 60 gone
    figure delete_nacelle $(($(now) - start))
}

nacelle_kubectl() {
    local start
    start=$(now)
    "$kubectl35" apply -f "$work/pod.yaml" >/dev/null
    "$kubectl35" wait --for=condition=Ready pod/bench --timeout=60s >/dev/null
    figure kubectl_nacelle $(($(now) - start))
    # The same two commands with nothing left to do: what kubectl itself takes.
    start=$(now)
    "$kubectl35" apply -f "$work/pod.yaml" >/dev/null
    "$kubectl35" wait --for=condition=Ready pod/bench --timeout=60s >/dev/null
    figure kubectl_idle $(($(now) - start))
}

# parts: where the time of a start went, from nacelle's trace lines of the rounds that count: the median of each part.
parts() {
    sed -n 's/.*pod default\/bench started, ms: //p' "$work/log" | tail -n $((rounds * 2)) | tr ' ' '\n' | sort -t= -k1,1 -k2,2n \
        | awk -F= '{ v[$1, ++n[$1]] = $2; if (!($1 in at)) { at[$1] = ++m; names[m] = $1 } }
            END { for (i = 1; i <= m; i++) { k = names[i]; printf "%s%s=%s", (i > 1 ? " " : ""), k, v[k, int((n[k] + 1) / 2)] } }'
}

# --- podman -------------------------------------------------------------------------------------------------------------

podman_play() {
    local start child
    rm -f "$work"/shared/*
    start=$(now)
    podman kube play "$work/pod.yaml" >"$work/podman" 2>&1 &
    child=$!
    until_so 60 both_wrote
    figure page_podman $(($(now) - start))
    wait "$child" || { cat "$work/podman" >&2; fail "podman kube play failed"; }
}

podman_down() {
    local start
    start=$(now)
    podman kube down "$work/pod.yaml" >/dev/null 2>&1
    figure delete_podman $(($(now) - start))
}

prepare_podman() {
    install_packages podman netavark catatonit
    # Where the hard limits can't be raised, podman's own defaults make crun refuse.
    printf '[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]\n' >"$podman_config"
    export CONTAINERS_CONF=$podman_config
    local name
    for name in nginx busybox; do
        # podman makes a name of the path, and a name has no capital letters.
        podman tag "$(cd "$out/images" && podman pull --quiet "oci:$name")" "docker.io/library/$name:latest"
    done
}

# --- the run ------------------------------------------------------------------------------------------------------------

clean_up() {
    set +e
    podman kube down "$work/pod.yaml" >/dev/null 2>&1
    stop_nacelle
    "$nacelle_bin" down "${options[@]}" >/dev/null 2>&1
    stop_registry "$out/test-registry" >/dev/null
    rm -rf "$work"
}

memory_of() { awk -v what="$1:" '$1 == what { print $2 }' "/proc/$pid/status"; }

row() {
    local name=$1 nacelle=$2 podman=${3:-} target=${4:-} ours theirs
    read -r _ ours _ <<<"$(statistic "$nacelle")"
    if [ -z "$podman" ]; then
        printf '| %-46s | %24s | %24s | %5s | %6s |\n' "$name" "$(statistic "$nacelle")" "" "" ""
        json+="${json:+,}\"$nacelle\":{\"median_ms\":$ours}"
        return
    fi
    read -r _ theirs _ <<<"$(statistic "$podman")"
    ratio=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')
    printf '| %-46s | %24s | %24s | %5s | %6s |\n' "$name" "$(statistic "$nacelle")" "$(statistic "$podman")" "$ratio" "$target"
    json+="${json:+,}\"$nacelle\":{\"median_ms\":$ours,\"podman_median_ms\":$theirs,\"ratio\":$ratio,\"target\":$target}"
}

need_root
publish
install_packages curl
start_registry "$out/test-registry"
# kubectl itself, not what a machine may have put before it under that name.
fetch_kubectl
mkdir -p "$work/shared"
sed "s|BENCH_DIRECTORY|$work/shared|" "$root/bench/pod.yaml" >"$work/pod.yaml"
trap clean_up EXIT
prepare_podman
for _ in 1 2 3 4 5; do
    stop_nacelle
    start_nacelle
done
"$nacelle_bin" kubeconfig --state-dir "$work/state" >"$work/kubeconfig"
export KUBECONFIG=$work/kubeconfig
sleep 2
idle_anonymous=$(memory_of RssAnon) idle_resident=$(memory_of VmRSS)

say "$rounds rounds, taking turns (and one before them that does not count)"
for round in $(seq 0 "$rounds"); do
    nacelle_post
    nacelle_delete
    podman_play
    podman_down
    nacelle_kubectl
    "$kubectl35" delete pod bench >/dev/null
    [ "$round" -gt 0 ] || rm -f "$work"/figures.{page,delete,kubectl}_*
done

json=
printf '| %-46s | %24s | %24s | %5s | %6s |\n' "milliseconds: minimum median maximum" nacelle podman ratio target
printf '| --- | --- | --- | --- | --- |\n'
row "page's Pod: asked for until both have written" page_nacelle page_podman 0.30
row "the same with kubectl apply and kubectl wait" kubectl_nacelle page_podman 0.90
row "of that, kubectl's own (nothing left to do)" kubectl_idle
row "Pod that ends on TERM: asked to end until gone" delete_nacelle delete_podman 0.60
row "nacelle serve until /readyz" start_nacelle
printf 'nacelle serve idle: %s KB anonymous (target 40960), %s KB resident (target 87040)\n' "$idle_anonymous" "$idle_resident"
printf 'the parts of a start, medians in milliseconds: %s\n' "$(parts)"
printf '{"rounds":%s,%s,"idle_anonymous_kb":%s,"idle_resident_kb":%s}\n' "$rounds" "$json" "$idle_anonymous" "$idle_resident" >"$out/bench.json"
