/*
 * nacelle-sandbox: starts /pause in namespaces of its own and outlives whoever started it, so that the end of /pause is
 * known later too.
 *
 *   nacelle-sandbox [OPTION VALUE]...
 *     --id ID                what it is called by ps, and the name of its exit file
 *     --root DIR             the directory that becomes /pause's root; it holds the program /pause
 *     --exit-dir DIR         where the file ID is written (renamed into) when /pause has ended
 *     --netns PATH           the network namespace to join; without it the starter's
 *     --hostname NAME        makes a UTS namespace with this name; without it the starter's
 *     --ipc new              makes an IPC namespace
 *     --pid new              makes a PID namespace, /pause is its PID 1
 *     --sysctl PATH=VALUE    written beneath /proc/sys inside the namespaces; may be repeated
 *     --cgroup FILE          a cgroup.procs file to enter; may be repeated
 *     --oom-score-adj N      of /pause and of this program (a refusal is ignored)
 *     --uid N --gid N        who /pause runs as
 *     --groups N,N           its supplementary groups
 *
 * Descriptor 3 gets "PID\n" once /pause runs, or "error: ...\n", and is then closed.
 * The exit file: "code=C signal=S time=NANOSECONDS" and, when /pause told it, a second line with what it was sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* READY is the starter's, GIVEN that of /pause, which has the same number because READY is closed by then. */
enum { READY = 3, GIVEN = 3, MANY = 64 };

static const char *id, *root, *exit_dir, *netns, *host;
static const char *sysctls[MANY], *cgroups[MANY];
static int sysctl_count, cgroup_count, has_oom;
static const char *oom_score;
static unsigned long uid, gid;
static gid_t groups[MANY];
static int group_count;
static int flags = CLONE_NEWNS;

/* Both processes answer on the same descriptor; whichever fails says it and ends. */
static int answer = READY;

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    int error = errno;
    char words[400], line[512];
    va_list list;

    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);

    /* One write, so that the other process passes it on whole. */
    snprintf(line, sizeof line, "error: %s%s%s\n", words, error ? ": " : "", error ? strerror(error) : "");
    if (write(answer, line, strlen(line)) < 0)
        _exit(2);
    _exit(1);
}

static int write_file(const char *path, const char *text)
{
    int file = open(path, O_WRONLY | O_CLOEXEC);
    ssize_t length = strlen(text), written;

    if (file < 0)
        return -1;
    written = write(file, text, length);
    close(file);
    return written == length ? 0 : -1;
}

static void add(const char **list, int *count, const char *value)
{
    errno = 0;
    if (*count == MANY)
        fail("too many options");
    list[(*count)++] = value;
}

static unsigned long number(const char *text)
{
    char *end;
    unsigned long value;

    errno = 0;
    value = strtoul(text, &end, 10);
    if (errno || *end || end == text)
        fail("not a number: %s", text);
    return value;
}

static void parse_groups(char *text)
{
    char *rest = NULL, *part;

    for (part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
        errno = 0;
        if (group_count == MANY)
            fail("too many groups");
        groups[group_count++] = number(part);
    }
}

static void parse(int count, char **words)
{
    for (int i = 1; i < count; i += 2) {
        const char *name = words[i];
        char *value = i + 1 < count ? words[i + 1] : NULL;

        errno = 0;
        if (!value)
            fail("%s needs a value", name);
        if (!strcmp(name, "--id"))
            id = value;
        else if (!strcmp(name, "--root"))
            root = value;
        else if (!strcmp(name, "--exit-dir"))
            exit_dir = value;
        else if (!strcmp(name, "--netns"))
            netns = value;
        else if (!strcmp(name, "--hostname"))
            host = value, flags |= CLONE_NEWUTS;
        else if (!strcmp(name, "--ipc"))
            flags |= CLONE_NEWIPC;
        else if (!strcmp(name, "--pid"))
            flags |= CLONE_NEWPID;
        else if (!strcmp(name, "--sysctl"))
            add(sysctls, &sysctl_count, value);
        else if (!strcmp(name, "--cgroup"))
            add(cgroups, &cgroup_count, value);
        else if (!strcmp(name, "--oom-score-adj"))
            oom_score = value, has_oom = 1;
        else if (!strcmp(name, "--uid"))
            uid = number(value);
        else if (!strcmp(name, "--gid"))
            gid = number(value);
        else if (!strcmp(name, "--groups"))
            parse_groups(value);
        else
            fail("unknown option %s", name);
    }
    errno = 0;
    if (!id || !root || !exit_dir)
        fail("--id, --root and --exit-dir are needed");
}

/* Keys come as a.b.c or a/b/c; the runtime has checked that they are namespaced ones. */
static void write_sysctls(void)
{
    char path[512];

    for (int i = 0; i < sysctl_count; i++) {
        const char *equals = strchr(sysctls[i], '=');

        errno = 0;
        if (!equals)
            fail("sysctl %s has no value", sysctls[i]);
        snprintf(path, sizeof path, "/proc/sys/%.*s", (int)(equals - sysctls[i]), sysctls[i]);
        if (write_file(path, equals + 1) < 0)
            fail("sysctl %s", sysctls[i]);
    }
}

/* The root becomes a read-only directory with nothing in it but the program. */
static void enter_root(void)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        fail("make mounts private");
    if (mount(root, root, NULL, MS_BIND, NULL) < 0)
        fail("bind %s", root);
    if (mount(NULL, root, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) < 0)
        fail("remount %s", root);
    if (chdir(root) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
        fail("pivot_root %s", root);
    if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
        fail("leave the old root");
}

/*
 * Descriptor 3 of /pause: the /proc of its namespace, for it to see who ends it. Not mounted anywhere. Whoever may look into /pause may
 * open it, too (/proc/1/fd/3), so there is nothing in it but processes, as in any container's /proc, and nothing can be written: kernels
 * before 5.8, which would show all the rest, give none.
 */
static void give_processes(void)
{
    int context = syscall(SYS_fsopen, "proc", FSOPEN_CLOEXEC), mounted = -1;

    if (context < 0)
        return;
    if (syscall(SYS_fsconfig, context, FSCONFIG_SET_STRING, "subset", "pid", 0) == 0
        && syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
        mounted = syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC,
                          MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
    close(context);
    if (mounted == GIVEN)
        fcntl(mounted, F_SETFD, 0);
    else if (mounted >= 0) {
        dup2(mounted, GIVEN);
        close(mounted);
    }
}

static void drop_privileges(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct none[2];

    for (int capability = 0; capability < 64; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    if (setgroups(group_count, groups) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
        fail("become user %lu:%lu", uid, gid);
    memset(none, 0, sizeof none);
    if (syscall(SYS_capset, &header, none) < 0)
        fail("drop capabilities");
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/* Runs in the new namespaces. */
__attribute__((noreturn)) static void become_pause(int netns_fd, int words)
{
    static char *const arguments[] = { "/pause", NULL };
    static char *const environment[] = { NULL };

    if (netns_fd >= 0 && setns(netns_fd, CLONE_NEWNET) < 0)
        fail("enter network namespace %s", netns);
    if (host && sethostname(host, strlen(host)) < 0)
        fail("set hostname %s", host);
    write_sysctls();
    enter_root();
    if (dup2(words, STDOUT_FILENO) < 0)
        fail("dup2");
    if (flags & CLONE_NEWPID)
        give_processes();
    drop_privileges();
    execve("/pause", arguments, environment);
    fail("exec %s/pause", root);
}

/* Nothing but the exit directory and the pipe stays open, so that no mount or file of the starter is held. */
static void let_go(int words, int directory)
{
    for (int fd = 0; fd < 64; fd++)
        if (fd != words && fd != directory)
            close(fd);
    if (chdir("/") < 0)
        _exit(1);
}

static void record(int directory, const siginfo_t *info, const char *words)
{
    char temporary[300];
    struct timespec now;
    int file, by_signal = info->si_code != CLD_EXITED;

    clock_gettime(CLOCK_REALTIME, &now);
    snprintf(temporary, sizeof temporary, ".%s", id);
    file = openat(directory, temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        _exit(1);
    dprintf(file, "code=%d signal=%d time=%lld%09ld\n%s", by_signal ? 128 + info->si_status : info->si_status,
            by_signal ? info->si_status : 0, (long long)now.tv_sec, now.tv_nsec, words);
    close(file);
    renameat(directory, temporary, directory, id);
}

int main(int count, char **words)
{
    int directory, said[2], started[2], netns_fd = -1;
    char text[4096], name[32];
    ssize_t length;
    siginfo_t info;
    pid_t child;

    umask(022);
    parse(count, words);
    fcntl(READY, F_SETFD, FD_CLOEXEC);
    if ((directory = open(exit_dir, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
        fail("open %s", exit_dir);
    if (netns && (netns_fd = open(netns, O_RDONLY | O_CLOEXEC)) < 0)
        fail("open %s", netns);
    for (int i = 0; i < cgroup_count; i++)
        if (write_file(cgroups[i], "0") < 0)
            fail("enter %s", cgroups[i]);
    if (has_oom && write_file("/proc/self/oom_score_adj", oom_score) < 0 && errno != EPERM && errno != EACCES)
        fail("oom_score_adj %s", oom_score);
    if (pipe2(said, O_CLOEXEC) < 0 || pipe2(started, O_CLOEXEC) < 0)
        fail("pipe");

    child = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
    if (child < 0)
        fail("clone");
    if (child == 0) {
        answer = started[1];
        close(READY);
        become_pause(netns_fd, said[1]);
    }

    /* The child's end of "started" closes by its exec: silence means that it runs. */
    close(started[1]);
    close(said[1]);
    length = read(started[0], text, sizeof text);
    if (length > 0) {
        if (write(READY, text, length) < 0)
            _exit(1);
        _exit(1);
    }
    dprintf(READY, "%d\n", child);
    let_go(said[0], directory);

    /* Shown by ps on the host; signals of whoever tidies up a terminal don't end it. */
    snprintf(name, sizeof name, "sandbox:%.7s", id);
    prctl(PR_SET_NAME, name, 0, 0, 0);
    signal(SIGHUP, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);

    while (waitid(P_PID, child, &info, WEXITED) < 0)
        if (errno != EINTR)
            return 1;
    length = read(said[0], text, sizeof text - 1);
    text[length > 0 ? length : 0] = 0;
    record(directory, &info, text);
    return 0;
}
