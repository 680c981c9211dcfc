/*
 * nacelle-probe: becomes what one process of a container is and tries what it can do to others. Nothing is changed and nothing that it
 * could read is told: answers are "ok" or the name of a refusal.
 *
 * It is started from a sealed memfd (descriptor 3) and reads on its standard input:
 *
 *     observer PID START          a process whose namespaces to join, on the host, and its start time from /proc/PID/stat
 *     uids R E S                  what to become; gids R E S, groups N..., caps P E I B A (hexadecimal), nnp 0|1 the same
 *     filter HEX                  its seccomp filter, an array of struct sock_filter; nothing for none
 *     try STEPS ID PID ACCESSES   PID as the observer's namespace numbers it; ACCESSES of the letters below;
 *                                 STEPS "-" or of raise, gid=N, uid=N, exec, comma-separated. Equal STEPS must stand together
 *
 * and answers "ID LETTER ok", "ID LETTER no ERRNO" or "ID LETTER unknown ERRNO" for each access, or "error WORDS" once.
 *
 *     l list  s signal (0)  a argv  e environ  r root  m memory (opened, or one byte asked at an address that is never mapped)  d descriptors
 *
 * Until it has given up every privilege that the observer has not, it is in no PID namespace where the container could see it: setns(2)
 * changes that only for children, and the child is made last. The filter comes before the change of user, as an OCI runtime does it, for loading
 * one takes a privilege; with no_new_privs it comes after. What a filter kills the probe for (SIGSYS) is an access that it refuses. The probe is
 * not dumpable, holds no descriptor of the host but its pipes, and what is executed again (step exec) is the sealed file, so whoever may trace it
 * gains nothing that it has not got already. It is found by the container's own /proc: who can put another one there gets wrong answers, and no more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

enum { SECONDS = 5 };

/* By the call that the observer would make too. */
static const char SELF_PATH[] = "/proc/self/fd/3";

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...)
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

static void answer_named(const char *id, char access, const char *word, const char *name)
{
    char line[128];
    int length = snprintf(line, sizeof line, "%.64s %c %s%s%s\n", id, access, word, *name ? " " : "", name);

    if (write(STDOUT_FILENO, line, length) < 0)
        _exit(1);
}

void answer(const char *id, char access, const char *word, int error)
{
    answer_named(id, access, word, error ? strerrorname_np(error) ?: "EINVAL" : "");
}

/* Steps */

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
            execve(SELF_PATH, arguments, environment);
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

static unsigned digit(char hex)
{
    return hex <= '9' ? hex - '0' : hex - 'a' + 10;
}

static void read_filter(const char *hex, struct sock_fprog *filter)
{
    size_t bytes = strlen(hex) / 2, size = sizeof *filter->filter;
    unsigned char *program = malloc(bytes + 1);

    errno = EINVAL;
    if (!program || bytes % size || bytes / size > BPF_MAXINSNS)
        fail("input: filter");
    for (size_t i = 0; i < bytes; i++)
        program[i] = digit(hex[2 * i]) << 4 | digit(hex[2 * i + 1]);
    filter->len = bytes / size;
    filter->filter = (struct sock_filter *)program;
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
    read_filter(expect(text, "filter "), &who->filter);
}

/* In a process of its own, so that no step is seen by another. Whether a seccomp filter killed it. */
static int try_apart(char *steps, char **words, int count)
{
    int status = 0;
    pid_t child = fork();

    if (child < 0)
        fail("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        alarm(SECONDS);
        step_and_try(steps, words, count);
        _exit(0);
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

/* Access by access, to tell which of them the filter kills for. What was answered before is answered again. */
static void try_singly(char *steps, char **words, int count)
{
    for (int i = 0; i < count; i++)
        for (const char *access = words[3 * i + 2]; *access; access++) {
            char single[2] = { *access, 0 }, *these[3] = { words[3 * i], words[3 * i + 1], single };

            if (try_apart(steps, these, 1))
                answer_named(words[3 * i], *access, "no", "SIGSYS");
        }
}

/* One process for each run of equal steps. */
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
        if (try_apart(steps, words, count))
            try_singly(steps, words, count);
    }
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
    if (!who.no_new_privs)
        filter_calls(&who.filter);
    become(&who);
    if (who.no_new_privs)
        filter_calls(&who.filter);

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
