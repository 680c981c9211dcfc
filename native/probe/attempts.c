/* What is tried on one process. What it could read is forgotten at once. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "probe.h"

static int refused(int error)
{
    return error == EACCES || error == EPERM || error == ENOENT || error == ESRCH || error == ENOSYS;
}

static int try_read(const char *pid, const char *name)
{
    char path[64], byte = 0;
    int file, failed;

    snprintf(path, sizeof path, "/proc/%.16s/%s", pid, name);
    if ((file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)) < 0)
        return errno;
    failed = read(file, &byte, 1) < 0 ? errno : 0;
    explicit_bzero(&byte, 1);
    close(file);
    return failed;
}

static int try_open(const char *pid, const char *name, int flags)
{
    char path[64];
    int file;

    snprintf(path, sizeof path, "/proc/%.16s/%s", pid, name);
    if ((file = open(path, flags | O_CLOEXEC)) < 0)
        return errno;
    close(file);
    return 0;
}

static int try_memory(const char *pid)
{
    char byte;
    struct iovec here = { &byte, 1 }, there = { (void *)1, 1 };

    if (try_open(pid, "mem", O_RDONLY) == 0)
        return 0;

    /* Nothing is ever mapped in the first page: the check passed when the address is what is at fault. */
    if (process_vm_readv(atoi(pid), &here, 1, &there, 1, 0) >= 0 || errno == EFAULT)
        return 0;
    return errno;
}

static int try_descriptors(const char *pid)
{
    char path[64], target[1];
    struct dirent *entry;
    int failed = ENODATA;
    DIR *directory;

    snprintf(path, sizeof path, "/proc/%.16s/fd", pid);
    if (!(directory = opendir(path)))
        return errno;
    while (failed && (entry = readdir(directory)))
        if (entry->d_name[0] != '.')
            failed = readlinkat(dirfd(directory), entry->d_name, target, sizeof target) < 0 ? errno : 0;
    closedir(directory);
    return failed;
}

void try_accesses(const char *id, const char *pid, const char *accesses)
{
    for (; *accesses; accesses++) {
        int error;

        switch (*accesses) {
        case 'l': error = try_open(pid, "", O_PATH); break;
        case 's': error = kill(atoi(pid), 0) < 0 ? errno : 0; break;
        case 'a': error = try_read(pid, "cmdline"); break;
        case 'e': error = try_read(pid, "environ"); break;
        case 'r': error = try_open(pid, "root", O_PATH | O_DIRECTORY); break;
        case 'm': error = try_memory(pid); break;
        case 'd': error = try_descriptors(pid); break;
        default: error = EINVAL;
        }
        answer(id, *accesses, error == 0 ? "ok" : refused(error) ? "no" : "unknown", error);
    }
}
