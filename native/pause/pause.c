/*
 * /pause: the process that a Pod's sandbox consists of.
 *
 * In a process namespace of its own it is PID 1: it reaps every orphan. Elsewhere (the host's namespace) it reaps nothing.
 * INT and TERM end it with status 0, HUP is ignored. Before it ends by a signal it says on its standard output who sent it:
 *
 *     signal=15 pid=42 uid=0 command=kill\x001 cgroup=/pods/1/c
 *
 * with the sender's PID as this namespace sees it, 0 from outside. The last two words are there when descriptor 3 is a /proc of this
 * namespace and the sender could still be read: the beginning of its command line and of its cgroup, chosen by the sender's side and so
 * never trusted: cut to a fixed length, and every byte that is not a plain character written as \xHH. One write(2), so the line is whole
 * or absent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
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

enum {
    PROC = 3,
    COMMAND = 200,
    CGROUP = 512,
    /* Escaped, a byte takes four; together less than PIPE_BUF. */
    LINE = 128 + 4 * (COMMAND + CGROUP),
};

#define ALLOW(call) \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (call), 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

/*
 * What it does all its life needs nine system calls; the rest is refused, more strictly than any runtime's default profile. Files are
 * opened beneath descriptor 3 only, and only to be read.
 */
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
        ALLOW(SYS_read),
        ALLOW(SYS_close),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 5),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PROC, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, O_RDONLY, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
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

static char *put_escaped(char *at, const char *bytes, size_t count)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < count; i++) {
        unsigned char byte = bytes[i];

        if (byte > ' ' && byte < 0x7f && byte != '\\') {
            *at++ = byte;
            continue;
        }
        *at++ = '\\';
        *at++ = 'x';
        *at++ = digits[byte >> 4];
        *at++ = digits[byte & 15];
    }
    return at;
}

/* The beginning of /proc/PID/NAME; 0 when there is nothing to read (any more). */
static size_t read_about(pid_t pid, const char *name, char *into, size_t size)
{
    char path[64];
    size_t length = 0;
    ssize_t count;
    int file;

    *put_text(put_text(put_number(path, pid), "/"), name) = 0;
    file = syscall(SYS_openat, PROC, path, O_RDONLY, 0);
    if (file < 0)
        return 0;
    while (length < size && (count = read(file, into + length, size - length)) > 0)
        length += count;
    close(file);
    return length;
}

/* Of the lines "ID:CONTROLLERS:PATH" the longest path: with several hierarchies a process may be at the root of some. */
static char *put_cgroup(char *at, pid_t pid)
{
    char text[4096];
    const char *line = text, *end = text + read_about(pid, "cgroup", text, sizeof text), *best = NULL;
    size_t longest = 0;

    while (line < end) {
        const char *stop = memchr(line, '\n', end - line), *path = memchr(line, ':', end - line);

        if (!stop)
            stop = end;
        path = path && path < stop ? memchr(path + 1, ':', stop - path - 1) : NULL;
        if (path && (size_t)(stop - path - 1) > longest) {
            longest = stop - path - 1;
            best = path + 1;
        }
        line = stop + 1;
    }
    return best ? put_escaped(put_text(at, " cgroup="), best, longest < CGROUP ? longest : CGROUP) : at;
}

static char *put_sender(char *at, pid_t pid)
{
    char command[COMMAND];
    size_t length = read_about(pid, "cmdline", command, sizeof command);

    if (length)
        at = put_escaped(put_text(at, " command="), command, length);
    return put_cgroup(at, pid);
}

static void report(const siginfo_t *info)
{
    char line[LINE], *at = line;

    at = put_number(put_text(at, "signal="), info->si_signo);
    at = put_number(put_text(at, " pid="), info->si_pid);
    at = put_number(put_text(at, " uid="), info->si_uid);
    if (info->si_pid > 0)
        at = put_sender(at, info->si_pid);
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
