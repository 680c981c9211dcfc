/*
 * /pause: the process that a Pod's sandbox consists of.
 *
 * In a process namespace of its own it is PID 1: it reaps every orphan. Elsewhere (the host's namespace) it reaps nothing.
 * INT and TERM end it with status 0, HUP is ignored. Before it ends by a signal it says on its standard output who sent it:
 *
 *     signal=15 pid=42 uid=0
 *
 * with the sender's PID as this namespace sees it, 0 from outside. One write(2), so the line is whole or absent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#error "Add this machine's AUDIT_ARCH."
#endif

#define ALLOW(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/* What it does all its life needs six system calls; the rest is refused, more strictly than any runtime's default profile. */
static void confine(void)
{
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        ALLOW(SYS_rt_sigtimedwait),
        ALLOW(SYS_wait4),
        ALLOW(SYS_write),
        ALLOW(SYS_exit_group),
        ALLOW(SYS_rt_sigreturn),
        ALLOW(SYS_restart_syscall),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    };
    struct sock_fprog program = { sizeof filter / sizeof *filter, filter };

    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static char *put_text(char *at, const char *text)
{
    size_t length = strlen(text);

    memcpy(at, text, length);
    return at + length;
}

static char *put_number(char *at, unsigned long number)
{
    char digits[24];
    int count = 0;

    do
        digits[count++] = '0' + number % 10;
    while (number /= 10);
    while (count)
        *at++ = digits[--count];
    return at;
}

static void report(const siginfo_t *info)
{
    char line[128], *at = line;

    at = put_number(put_text(at, "signal="), info->si_signo);
    at = put_number(put_text(at, " pid="), info->si_pid);
    at = put_number(put_text(at, " uid="), info->si_uid);
    *at++ = '\n';
    if (write(STDOUT_FILENO, line, at - line) < 0)
        return; /* Nobody listens any more: the end itself is still seen. */
}

static void reap(void)
{
    while (waitpid(-1, NULL, WNOHANG) > 0)
        ;
}

int main(void)
{
    int init = getpid() == 1;
    sigset_t set;
    siginfo_t info;

    signal(SIGHUP, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    if (init)
        sigaddset(&set, SIGCHLD);

    /* Blocked and then waited for: that way no signal is lost between two steps, nor dropped because this is an init. */
    sigprocmask(SIG_BLOCK, &set, NULL);
    confine();
    if (init)
        reap();
    for (;;) {
        if (sigwaitinfo(&set, &info) < 0)
            continue;
        if (info.si_signo == SIGCHLD) {
            reap();
            continue;
        }
        report(&info);
        return 0;
    }
}
