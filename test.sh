#!/bin/bash
# ./test.sh  sets the machine up as quickstart.sh does, publishes nacelle once and runs every test; under 20 minutes on two cores
#
# The last line is `N passed, N failed, N skipped`, over all runners; the exit status is 0 only when nothing failed.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$root/scripts/setup.sh"
cd "$root"

passed=0 failed=0 skipped=0 failures=

# run_tests PROJECT: runs one test program and adds its closing line to the sums. A runner that ends without one has failed.
run_tests() {
    local project=$1 log="$out/$1.log" summary
    say "running $project"
    dotnet "tests/$project/bin/Release/net10.0/$project.dll" -noColor >"$log" 2>&1 || true
    summary=$(sed -n "s/^ *$project  *Total: \([0-9]*\), Errors: \([0-9]*\), Failed: \([0-9]*\), Skipped: \([0-9]*\), Not Run: \([0-9]*\).*/\1 \2 \3 \4 \5/p" "$log")
    if [ -z "$summary" ]; then
        tail -n 40 "$log"
        say "$project ended without a summary: see $log"
        failed=$((failed + 1)) failures+="$project (no summary)"$'\n'
        return
    fi
    sed -n '/\[FAIL\]\|\[SKIP\]/p' "$log"
    # "Not run" are the explicit tests, which the total counts.
    local total errors fails skips unrun
    read -r total errors fails skips unrun <<<"$summary"
    if [ $((errors + fails)) -gt 0 ]; then
        sed -n '/\[FAIL\]/,$p' "$log" | head -n 400 || true
        failures+=$(grep -A 8 '\[FAIL\]' "$log" | cut -c 1-300 || true)$'\n'
    fi
    tail -n 1 "$log" | sed 's/^ *//'
    passed=$((passed + total - fails - skips - unrun))
    failed=$((failed + fails + errors))
    skipped=$((skipped + skips))
}

# check WHAT COMMAND...: one thing that is right or wrong, counted as a test.
check() {
    local what=$1
    shift
    say "$what"
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1)) failures+="$what"$'\n'
        say "FAILED: $what"
    fi
}

scripts_are_sound() { for script in quickstart.sh test.sh scripts/*.sh images/*.sh tests/vm/*.sh .ci/run; do bash -n "$script" || return 1; done; }

# kubectls: every kubectl that the page is run with, as VERSION=PATH separated by colons: those that a dispatching kubectl carries, and 1.35.
kubectls() {
    local folder version list=
    folder=$(dirname "$(readlink -f "$(command -v kubectl)")")
    for version in 1.30 1.31 1.32 1.33; do
        [ ! -x "$folder/kubectl.$version" ] || list+="$version=$folder/kubectl.$version:"
    done
    echo "${list}1.35=$kubectl35"
}

# page_in_a_virtual_machine: some five minutes, nearly all of them the emulated processor's.
page_in_a_virtual_machine() {
    NACELLE_REGISTRY="$out/suite-registry" tests/vm/page.sh >"$out/vm-page.log" 2>&1 || { tail -n 60 "$out/vm-page.log"; return 1; }
}

need_root
need_dotnet
install_runtime
install_packages nftables iptables iproute2 runc busybox-static util-linux qemu-system-x86 mmdebstrap e2fsprogs
mount_hugetlb
fetch_kubectl
command -v kubectl >/dev/null || PATH="$PATH:$(dirname "$kubectl35")"
publish

say "building the tests"
dotnet build Nacelle.slnx -c Release -v q -nologo -clp:NoSummary || fail "the build failed"

start_registry "$out/suite-registry" entrypoints
trap 'stop_registry "$out/suite-registry" >/dev/null' EXIT

export NACELLE_BIN="$nacelle_bin" NACELLE_REGISTRY_MIRROR="$mirror" NACELLE_KUBECTLS
NACELLE_KUBECTLS=$(kubectls)

check "shell scripts parse" scripts_are_sound
check "code is formatted (dotnet format)" dotnet format Nacelle.slnx --verify-no-changes --no-restore --verbosity quiet
run_tests Nacelle.UnitTests
run_tests Nacelle.IntegrationTests
run_tests Nacelle.EndToEndTests
check "quickstart.sh and the page in a virtual machine with systemd and cgroup v2, over a power cut" page_in_a_virtual_machine

[ -z "$failures" ] || printf '==> what failed:\n%s' "$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
