/*
 * subject: makes processes with chosen credentials and lets them try what they can do to each other. It shares no code with the probe and looks
 * differently where it can (ptrace instead of process_vm_readv), so that the two can be held against each other.
 *
 * It is PID 1 of a PID namespace with a /proc of its own. Standard input:
 *
 *     spawn RUID EUID SUID RGID EGID SGID PERMITTED EFFECTIVE INHERITABLE BOUNDING NNP DUMPABLE [SYSCALL ACTION]...
 *                               answers the new process's PID; each SYSCALL (its number) is kept from it by a seccomp filter of its own
 *     ask OBSERVER TARGET       answers seven digits, 1 or 0, for list, signal, argv, environ, root, memory, descriptors
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 4096 };
static int requests[MANY], answers[MANY];

static void die(const char *what)
{
    perror(what);
    _exit(1);
}

static int opens(int pid, const char *name)
{
    char path[64], byte;
    int file, good;

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    if ((file = open(path, O_RDONLY)) < 0)
        return 0;
    good = !strcmp(name, "mem") || read(file, &byte, 1) >= 0;
    close(file);
    return good;
}

/* In a process of its own, which ends: the target is let go without having been stopped. */
static int attaches(int pid)
{
    int status;
    pid_t child = fork();

    if (child == 0)
        _exit(ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0 ? 0 : 1);
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int sees_root(int pid)
{
    char path[64], target[64];

    snprintf(path, sizeof path, "/proc/%d/root", pid);
    return readlink(path, target, sizeof target) > 0;
}

static int sees_descriptors(int pid)
{
    char path[64], target[64];

    snprintf(path, sizeof path, "/proc/%d/fd/0", pid);
    return readlink(path, target, sizeof target) > 0;
}

static void look(int pid)
{
    char path[32], line[16];
    struct stat status;

    snprintf(path, sizeof path, "/proc/%d", pid);
    snprintf(line, sizeof line, "%d%d%d%d%d%d%d\n", stat(path, &status) == 0, kill(pid, 0) == 0, opens(pid, "cmdline"), opens(pid, "environ"),
             sees_root(pid), opens(pid, "mem") || attaches(pid), sees_descriptors(pid));
    if (write(1, line, strlen(line)) < 0)
        _exit(1);
}

/* Returns the rest of the words. */
static const char *skip(const char *words, int count)
{
    for (; words && count > 0; count--)
        words = strchr(words + 1, ' ');
    return words;
}

/* Needs a privilege: before the change of user. */
static void filter(const char *words)
{
    unsigned call, action;

    for (; words && sscanf(words, "%u %x", &call, &action) == 2; words = skip(words, 2)) {
        struct sock_filter program[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, action),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog loaded = { sizeof program / sizeof *program, program };

        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &loaded) < 0)
            die("seccomp");
    }
}

static void become(const char *words, int *dumpable)
{
    unsigned uids[3], gids[3];
    unsigned long long permitted, effective, inheritable, bounding;
    int no_new_privs;
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };

    if (sscanf(words, "%u %u %u %u %u %u %llx %llx %llx %llx %d %d", &uids[0], &uids[1], &uids[2], &gids[0], &gids[1], &gids[2], &permitted,
               &effective, &inheritable, &bounding, &no_new_privs, dumpable) != 12)
        die("spawn");
    for (int capability = 0; capability < 64; capability++)
        if (!(bounding >> capability & 1))
            prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setgroups(0, NULL) < 0 || setresgid(gids[0], gids[1], gids[2]) < 0 || setresuid(uids[0], uids[1], uids[2]) < 0)
        die("ids");
    struct __user_cap_data_struct data[2] = {
        { (__u32)effective, (__u32)permitted, (__u32)inheritable },
        { (__u32)(effective >> 32), (__u32)(permitted >> 32), (__u32)(inheritable >> 32) },
    };
    if (syscall(SYS_capset, &header, data) < 0)
        die("capset");
    if (no_new_privs)
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

static pid_t spawn(const char *words)
{
    int request[2], answer[2], dumpable;
    char target[32];
    pid_t child;

    if (pipe(request) < 0 || pipe(answer) < 0)
        die("pipe");
    if ((child = fork()) < 0)
        die("fork");
    if (child == 0) {
        dup2(request[0], 0);
        dup2(answer[1], 1);
        for (int file = 3; file < 1024; file++)
            close(file);
        filter(skip(words, 12));
        become(words, &dumpable);

        /* 1 is what exec would have set, 0 what a change of user leaves. */
        if (dumpable)
            prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
        else
            prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
        if (write(1, "ready\n", 6) < 0)
            _exit(1);
        while (fgets(target, sizeof target, stdin))
            look(atoi(target));
        _exit(0);
    }
    close(request[0]);
    close(answer[1]);
    requests[child] = request[1];
    answers[child] = answer[0];
    return child;
}

static void relay(int from)
{
    char byte;

    do {
        if (read(from, &byte, 1) != 1 || write(1, &byte, 1) != 1)
            die("relay");
    } while (byte != '\n');
}

int main(void)
{
    char line[512];
    int observer, target;

    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0)
        die("mount");
    while (fgets(line, sizeof line, stdin)) {
        if (!strncmp(line, "spawn ", 6)) {
            char byte;
            pid_t child = spawn(line + 6);

            do {
                if (read(answers[child], &byte, 1) != 1)
                    die("spawn");
            } while (byte != '\n');
            dprintf(1, "%d\n", child);
        } else if (sscanf(line, "ask %d %d", &observer, &target) == 2) {
            dprintf(requests[observer], "%d\n", target);
            relay(answers[observer]);
        }
    }
    return 0;
}
