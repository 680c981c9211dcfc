/* What the files of nacelle-probe share. */
#ifndef PROBE_H
#define PROBE_H

#include <linux/filter.h>
#include <sys/types.h>

/* What to become. Capability sets are bit masks; a filter of length 0 is none. */
struct identity {
    uid_t uids[3];
    gid_t gids[3], *groups;
    int group_count, no_new_privs;
    unsigned long long permitted, effective, inheritable, bounding, ambient;
    struct sock_fprog filter;
};

/* Says "error WORDS: ERRNO's TEXT" and ends. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

/* One line of answer; error 0 for none. */
void answer(const char *id, char access, const char *word, int error);

/* identity.c */
void become(const struct identity *who);
void filter_calls(const struct sock_fprog *filter);
int raise_permitted(void);
int set_user(uid_t uid);

/* namespaces.c */
void join(pid_t pid, unsigned long long start);
void check_proc(void);

/* attempts.c */
void try_accesses(const char *id, const char *pid, const char *accesses);

#endif
