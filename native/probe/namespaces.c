/* The namespaces of the observer. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "probe.h"

enum { PROC_MAGIC = 0x9fa0 };

static unsigned long long start_time(pid_t pid)
{
    char path[64], text[1024], *at;
    unsigned long long start = 0;
    ssize_t length;
    int file;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    if ((file = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return 0;
    length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return 0;
    text[length] = 0;

    /* The name may hold anything; start time is the 20th field after its closing parenthesis. */
    if (!(at = strrchr(text, ')')))
        return 0;
    for (int field = 0; at && field < 20; field++)
        at = strchr(at + 1, ' ');
    if (at)
        start = strtoull(at + 1, NULL, 10);
    return start;
}

static int differs(pid_t pid, const char *name)
{
    char path[64];
    struct stat own, other;

    snprintf(path, sizeof path, "/proc/self/ns/%s", name);
    if (stat(path, &own) < 0)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, name);
    return stat(path, &other) == 0 && (own.st_ino != other.st_ino || own.st_dev != other.st_dev);
}

void join(pid_t pid, unsigned long long start)
{
    static const struct { const char *name; int flag; } kinds[] = {
        { "cgroup", CLONE_NEWCGROUP }, { "ipc", CLONE_NEWIPC }, { "mnt", CLONE_NEWNS },
        { "net", CLONE_NEWNET }, { "pid", CLONE_NEWPID }, { "uts", CLONE_NEWUTS },
    };
    int flags = 0, process = syscall(SYS_pidfd_open, pid, 0);

    if (process < 0)
        fail("pidfd_open");
    errno = ESRCH;
    if (start_time(pid) != start)
        fail("the observer has ended");
    errno = ENOTSUP;
    if (differs(pid, "user"))
        fail("the observer has a user namespace of its own");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (differs(pid, kinds[i].name))
            flags |= kinds[i].flag;
    if (flags && setns(process, flags) < 0)
        fail("setns");
    close(process);
}

void check_proc(void)
{
    char number[32], own[32];
    struct statfs mount;
    ssize_t length;

    if (statfs("/proc", &mount) < 0)
        fail("/proc");
    length = readlink("/proc/self", number, sizeof number - 1);
    number[length > 0 ? length : 0] = 0;
    snprintf(own, sizeof own, "%d", getpid());
    errno = ENOTSUP;
    if (mount.f_type != PROC_MAGIC || strcmp(number, own))
        fail("the observer's /proc is not that of its PID namespace");
}
