# The page's dialogue through a pseudo-terminal, for who has none; sourced by quickstart.sh. util-linux's `script` makes the terminal, this types as a
# person would, and every answer is checked. Expects say, fail and $root.

transcript=

# play_dialogue: attaches to the shell, looks around, signals nginx, reads its configuration, and detaches by closing the terminal, which leaves the
# shell running. Prints the transcript.
play_dialogue() {
    say "no terminal here: playing the page's dialogue through a pseudo-terminal"
    transcript=$(mktemp)
    printf '$ kubectl version\n%s\n$ kubectl get pods\n%s\n$ kubectl attach -it nginx -c shell\n' "$(kubectl version 2>&1)" "$(kubectl get pods)"
    coproc typist { exec script --quiet --flush --command 'stty rows 40 cols 110; exec kubectl attach -it nginx -c shell' "$transcript" >/dev/null 2>&1; }
    local script_pid=$typist_PID keyboard=${typist[1]}
    trap 'kill "$script_pid" 2>/dev/null || true; rm -f "$transcript"' EXIT

    # kubectl says so itself: a prompt that was printed before shows again after Enter.
    expect_kubectl "$script_pid"
    type_line ""
    type_line "ps ax"
    local master worker worker_now
    master=$(process_id 'nginx: master process')
    worker=$(process_id 'nginx: worker process')
    answer | grep -q ' 1 root .*/pause' || dialogue_failed "PID 1 is not /pause"
    [ -n "$master" ] && [ -n "$worker" ] || dialogue_failed "nginx is not among the processes"

    type_line "kill -HUP $master"
    # The new worker needs a moment, as on the page.
    for _ in $(seq 20); do
        sleep 0.3
        type_line "ps ax"
        worker_now=$(process_id 'nginx: worker process')
        [ "$worker_now" = "$worker" ] || [ -z "$worker_now" ] || break
    done
    [ "$(process_id 'nginx: master process')" = "$master" ] || dialogue_failed "nginx's master is another one after the signal"
    [ "$worker_now" != "$worker" ] && [ -n "$worker_now" ] || dialogue_failed "nginx's worker was not replaced"

    type_line "head /proc/$master/root/etc/nginx/nginx.conf"
    answer | grep -q '^user  *nginx;' || dialogue_failed "nginx's configuration was not readable"

    kill "$script_pid" 2>/dev/null || true
    wait "$script_pid" 2>/dev/null || true
    trap - EXIT
    screen | sed '/^Script \(started\|done\)/d'
    echo
    rm -f "$transcript"
}

# screen: the transcript as text, without carriage returns and control sequences.
screen() { sed -e 's/\r//g' -e 's/\x1b\[[0-9;?]*[A-Za-z]//g' "$transcript"; }

# type_line TEXT: types a line and waits until its prompt has come.
type_line() {
    local before
    before=$(prompts)
    printf '%s\r' "$1" >&"$keyboard"
    for _ in $(seq 200); do
        [ "$(prompts)" -gt "$before" ] && at_prompt && return 0
        kill -0 "$script_pid" 2>/dev/null || dialogue_failed "kubectl attach ended"
        sleep 0.05
    done
    dialogue_failed "no prompt came back after '$1'"
}

prompts() { screen | grep -c '^/ # ' || true; }

# at_prompt: the last line ends with a prompt; the shell prints it once more on the same line when the terminal's size comes.
at_prompt() { [[ $(screen | tail -n 1) =~ ^(.*\ )?/\ #\ $ ]]; }

expect_kubectl() {
    for _ in $(seq 200); do
        screen | grep -v '^Script started' | grep -q . && return 0
        kill -0 "$1" 2>/dev/null || dialogue_failed "kubectl attach ended"
        sleep 0.05
    done
    dialogue_failed "kubectl attach showed nothing"
}

# answer: what the last command printed.
answer() { screen | tac | sed -e '1d' -e '/^\/ # /q' | tac; }

# process_id NAME: the PID that the last `ps ax` shows for a command.
process_id() { answer | awk -v name="$1" 'index($0, name) { print $1; exit }'; }

dialogue_failed() {
    screen
    echo
    kill "$script_pid" 2>/dev/null || true
    fail "the page's dialogue went wrong: $1"
}
