# What the benchmarks share: a clock, figures, and a nacelle of their own. Sourced, after scripts/setup.sh; $work is a directory of the run.

now() { echo "${EPOCHREALTIME/./}"; }

# figure NAME MICROSECONDS: keeps one measurement.
figure() { echo "$2" >>"$work/figures.$1"; }

# statistic NAME: minimum, median and maximum in milliseconds.
statistic() { sort -n "$work/figures.$1" | awk '{ v[NR] = $1 / 1000 } END { printf "%.1f %.1f %.1f", v[1], NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[NR] }'; }

# pause: two milliseconds, without a process.
exec {never}<> <(:)
pause() { read -r -t 0.002 -u "$never" || true; }

# until_so SECONDS COMMAND...: asks every two milliseconds.
until_so() {
    local end
    end=$(($(now) + $1 * 1000000))
    shift
    until "$@"; do
        [ "$(now)" -lt "$end" ] || fail "gave up waiting for: $*"
        pause
    done
}

pid=
options=(--state-dir "$work/state" --run-dir "$work/run" --pod-logs-dir "$work/logs" --listen 127.0.0.1:16443 --kubelet-listen 127.0.0.1:20250
    --cgroup-root /nacelle-bench --bridge nacellebench --pod-cidr 10.89.240.0/20 --node-name bench)

api() { curl --silent --unix-socket "$work/run/nacelle.sock" "$@"; }

is_ready() { [ "$(api --max-time 1 http://localhost/readyz 2>/dev/null)" = ok ]; }

start_nacelle() {
    local start
    start=$(now)
    "$nacelle_bin" serve "${options[@]}" --registry-mirror "$mirror" >>"$work/log" 2>&1 </dev/null &
    pid=$!
    until_so 20 is_ready
    figure start_nacelle $(($(now) - start))
}

stop_nacelle() {
    [ -n "$pid" ] || return 0
    kill "$pid" && wait "$pid" || true
    pid=
}
