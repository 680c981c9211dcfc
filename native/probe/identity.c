/* Credentials: becoming what the observer is, and the steps that it can take by itself. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "probe.h"

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

int raise_permitted(void)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];

    if (syscall(SYS_capget, &header, data) < 0)
        return -1;
    data[0].effective = data[0].permitted;
    data[1].effective = data[1].permitted;
    return syscall(SYS_capset, &header, data);
}

void filter_calls(const struct sock_fprog *filter)
{
    if (filter->len > 0 && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter) < 0)
        fail("seccomp");
}

static unsigned long long joined(__u32 low, __u32 high)
{
    return low | (unsigned long long)high << 32;
}

/* A filter may let a call fail and say that it did not: nothing is taken on trust. What is asked for is not what is there before. */
static void check_identity(const struct identity *who)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2];
    uid_t uids[3] = { -1, -1, -1 };
    gid_t gids[3] = { -1, -1, -1 };

    memset(data, 0xff, sizeof data);
    errno = EPERM;
    if (getresuid(&uids[0], &uids[1], &uids[2]) < 0 || memcmp(uids, who->uids, sizeof uids))
        fail("user was not set");
    if (getresgid(&gids[0], &gids[1], &gids[2]) < 0 || memcmp(gids, who->gids, sizeof gids) || getgroups(0, NULL) != who->group_count)
        fail("groups were not set");
    if (syscall(SYS_capget, &header, data) < 0
        || joined(data[0].permitted, data[1].permitted) != who->permitted
        || joined(data[0].effective, data[1].effective) != who->effective
        || joined(data[0].inheritable, data[1].inheritable) != who->inheritable)
        fail("capabilities were not set");
    for (int capability = 0; capability < 64; capability++) {
        int bounding = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);

        /* -1 with EINVAL is one that this kernel does not know; the first 38 every kernel knows. */
        if (bounding < 0 ? errno != EINVAL || capability <= CAP_AUDIT_READ : bounding != (int)(who->bounding >> capability & 1))
            fail("bounding set was not set");
    }
    errno = EPERM;
    if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
        fail("it can be dumped");
}

void become(const struct identity *who)
{
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

    /* The change of user has put it back to what the system's default is. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    check_identity(who);
}

int set_user(uid_t uid)
{
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    if (setresuid(uid, uid, uid) < 0)
        return -1;
    return raise_permitted();
}
