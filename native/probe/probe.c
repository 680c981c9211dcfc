/*
 * nacelle-probe: becomes what one process of a container is and tries what it can do to others. Nothing is changed and nothing that it
 * could read is told: answers are "ok" or the name of a refusal.
 *
 * It is started from a sealed memfd (descriptor 3) and reads on its standard input:
 *
 *     observer PID START          a process whose namespaces to join, on the host, and its start time from /proc/PID/stat
 *     uids R E S                  what to become; gids R E S, groups N..., caps P E I B A (hexadecimal), nnp 0|1 the same
 *     try STEPS ID PID ACCESSES   PID as the observer's namespace numbers it; ACCESSES of the letters below;
 *                                 STEPS "-" or of raise, gid=N, uid=N, exec, comma-separated. Equal STEPS must stand together
 *
 * and answers "ID LETTER ok", "ID LETTER no ERRNO" or "ID LETTER unknown ERRNO" for each access, or "error WORDS" once.
 *
 *     l list  s signal (0)  a argv  e environ  r root  m memory (opened, or one byte asked at an address that is never mapped)  d descriptors
 *
 * Until it has given up every privilege that the observer has not, it is in no PID namespace where the container could see it: setns(2)
 * changes that only for children, and the child is made last. It is not dumpable, holds no descriptor of the host but its pipes, and what is
 * executed again (step exec) is the sealed file, so whoever may trace it gains nothing that it has not got already.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SELF = 3, PROC_MAGIC = 0x9fa0, SECONDS = 5 };

struct identity {
    uid_t uids[3];
    gid_t gids[3], *groups;
    int group_count, no_new_privs;
    unsigned long long permitted, effective, inheritable, bounding, ambient;
};

__attribute__((noreturn, format(printf, 1, 2))) static void fail(const char *format, ...)
{
    int error = errno;
    char words[300], line[400];
    va_list list;

    va_start(list, format);
    vsnprintf(words, sizeof words, format, list);
    va_end(list);
    snprintf(line, sizeof line, "error %s: %s\n", words, strerror(error));
    if (write(STDOUT_FILENO, line, strlen(line)) < 0)
        _exit(2);
    _exit(1);
}

static void answer(const char *id, char access, const char *word, int error)
{
    char line[128];
    int length = error ? snprintf(line, sizeof line, "%.64s %c %s %s\n", id, access, word, strerrorname_np(error) ?: "EINVAL")
                       : snprintf(line, sizeof line, "%.64s %c %s\n", id, access, word);

    if (write(STDOUT_FILENO, line, length) < 0)
        _exit(1);
}

/* Credentials */

static void set_capabilities(unsigned long long permitted, unsigned long long effective, unsigned long long inheritable)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = {
        { (__u32)effective, (__u32)permitted, (__u32)inheritable },
        { (__u32)(effective >> 32), (__u32)(permitted >> 32), (__u32)(inheritable >> 32) },
    };

    if (syscall(SYS_capset, &header, data) < 0)
        fail("capset");
}

static int raise_permitted(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
    return syscall(SYS_capset, &header, data);
}

static void become(const struct identity *who)
{
    uid_t uids[3];

    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
        fail("clear ambient capabilities");
    for (int capability = 0; capability < 64; capability++)
        if (!(who->bounding >> capability & 1) && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1
            && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0)
            fail("bounding set");
    if (setgroups(who->group_count, who->groups) < 0 || setresgid(who->gids[0], who->gids[1], who->gids[2]) < 0)
        fail("set groups");
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setresuid(who->uids[0], who->uids[1], who->uids[2]) < 0)
        fail("set user");
    set_capabilities(who->permitted, who->effective, who->inheritable);
    for (int capability = 0; capability < 64; capability++)
        if (who->ambient >> capability & 1)
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0);
    prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
    if (who->no_new_privs && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        fail("no_new_privs");
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 || memcmp(uids, who->uids, sizeof uids))
        fail("user was not set");

    /* The change of user has put it back to what the system's default is. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

/* Namespaces */

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

static void join(pid_t pid, unsigned long long start)
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

/* Attempts */

static int refused(int error)
{
    return error == EACCES || error == EPERM || error == ENOENT || error == ESRCH;
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

static void try_accesses(const char *id, const char *pid, const char *accesses)
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

/* Steps */

static int set_user(uid_t uid)
{
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setresuid(uid, uid, uid) < 0)
        return -1;
    return raise_permitted();
}

/* words: count triples of id, pid and accesses. Does not come back when a step is exec. */
static void step_and_try(char *steps, char **words, int count)
{
    char *rest = NULL, *step = strcmp(steps, "-") ? strtok_r(steps, ",", &rest) : NULL;

    for (; step; step = strtok_r(NULL, ",", &rest)) {
        int failed;

        if (!strcmp(step, "raise"))
            failed = raise_permitted();
        else if (!strncmp(step, "gid=", 4)) {
            gid_t gid = strtoul(step + 4, NULL, 10);
            failed = setresgid(gid, gid, gid);
        } else if (!strncmp(step, "uid=", 4))
            failed = set_user(strtoul(step + 4, NULL, 10));
        else if (!strcmp(step, "exec")) {
            char **arguments = calloc(count * 3 + 4, sizeof *arguments), *environment[] = { NULL };

            arguments[0] = "nacelle-probe";
            arguments[1] = "--then";
            arguments[2] = rest && *rest ? rest : "-";
            memcpy(arguments + 3, words, count * 3 * sizeof *words);
            fexecve(SELF, arguments, environment);
            failed = -1;
        } else {
            errno = EINVAL;
            failed = -1;
        }
        if (failed < 0) {
            int error = errno;

            for (int i = 0; i < count; i++)
                for (const char *access = words[3 * i + 2]; *access; access++)
                    answer(words[3 * i], *access, "no", error);
            return;
        }
    }

    /* A change of credentials clears both. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    for (int i = 0; i < count; i++)
        try_accesses(words[3 * i], words[3 * i + 1], words[3 * i + 2]);
}

/* Input */

static char *read_all(void)
{
    size_t size = 4096, used = 0;
    char *text = malloc(size);
    ssize_t length;

    while (text && (length = read(STDIN_FILENO, text + used, size - used - 1)) > 0) {
        used += length;
        if (used + 1 == size)
            text = realloc(text, size *= 2);
    }
    if (!text)
        fail("memory");
    text[used] = 0;
    return text;
}

static char *next_line(char **text)
{
    char *line = *text, *end = strchr(line, '\n');

    if (!end)
        return NULL;
    *end = 0;
    *text = end + 1;
    return line;
}

static char *expect(char **text, const char *name)
{
    char *line = next_line(text);
    size_t length = strlen(name);

    errno = EINVAL;
    if (!line || strncmp(line, name, length))
        fail("input: %s is missing", name);
    return line + length;
}

static void read_identity(char **text, struct identity *who)
{
    char *groups, *end;

    errno = EINVAL;
    if (sscanf(expect(text, "uids "), "%u %u %u", &who->uids[0], &who->uids[1], &who->uids[2]) != 3
        || sscanf(expect(text, "gids "), "%u %u %u", &who->gids[0], &who->gids[1], &who->gids[2]) != 3)
        fail("input: ids");
    groups = expect(text, "groups");
    who->groups = calloc(strlen(groups) + 1, sizeof *who->groups);
    for (; *groups; groups = end) {
        who->groups[who->group_count] = strtoul(groups, &end, 10);
        if (end == groups)
            break;
        who->group_count++;
    }
    if (sscanf(expect(text, "caps "), "%llx %llx %llx %llx %llx", &who->permitted, &who->effective, &who->inheritable,
               &who->bounding, &who->ambient) != 5)
        fail("input: caps");
    who->no_new_privs = atoi(expect(text, "nnp "));
}

/* One process for each run of equal steps, so that no step is seen by another. */
static void try_all(char *text)
{
    size_t lines = 0;
    char **words, *line;

    for (char *at = text; *at; at++)
        lines += *at == '\n';
    words = calloc(lines * 3 + 1, sizeof *words);
    line = next_line(&text);
    while (line) {
        char *steps = NULL;
        int count = 0;
        pid_t child;

        for (; line; line = next_line(&text)) {
            char *rest = NULL, *word = strtok_r(line, " ", &rest), *these = strtok_r(NULL, " ", &rest);

            errno = EINVAL;
            if (!word || strcmp(word, "try") || !these)
                fail("input: not an attempt");
            if (steps && strcmp(steps, these)) {
                /* Put back for the next round. */
                these[-1] = ' ';
                these[strlen(these)] = ' ';
                break;
            }
            steps = these;
            for (int i = 0; i < 3; i++)
                if (!(words[3 * count + i] = strtok_r(NULL, " ", &rest)))
                    fail("input: not an attempt");
            count++;
        }
        if ((child = fork()) < 0)
            fail("fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
            alarm(SECONDS);
            step_and_try(steps, words, count);
            _exit(0);
        }
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
}

static void check_proc(void)
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

int main(int count, char **words)
{
    struct identity who = { 0 };
    unsigned long long start;
    char *text;
    pid_t child;
    int pid;

    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    if (count > 2 && !strcmp(words[1], "--then")) {
        step_and_try(words[2], words + 3, (count - 3) / 3);
        return 0;
    }

    text = read_all();
    close(STDIN_FILENO);
    close(STDERR_FILENO);
    errno = EINVAL;
    if (sscanf(expect(&text, "observer "), "%d %llu", &pid, &start) != 2)
        fail("input: observer");
    read_identity(&text, &who);
    join(pid, start);
    become(&who);

    /* From here on there is nothing left to take: the child may be seen. */
    if ((child = fork()) < 0)
        fail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        alarm(SECONDS);
        check_proc();
        try_all(text);
        _exit(0);
    }
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
        ;
    return 0;
}
