#include "system/confine.h"

#include "base/sanitizer.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* --- files ------------------------------------------------------------------------------------ */

/* Later than the headers of Debian 12: ABI 2 and ABI 3. */
#ifndef LANDLOCK_ACCESS_FS_REFER
#define LANDLOCK_ACCESS_FS_REFER (UINT64_C(1) << 13)
#endif
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (UINT64_C(1) << 14)
#endif

/* ABI 4: a longer attribute, and rules about ports. */
#define ACCESS_NET_CONNECT_TCP (UINT64_C(1) << 1)
#define RULE_NET_PORT          2
struct ruleset {
    uint64_t handled_access_fs;
    uint64_t handled_access_net;
};
struct net_port {
    uint64_t allowed_access;
    uint64_t port;
};

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                                LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                                LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER |
                                LANDLOCK_ACCESS_FS_TRUNCATE;
/* Allowed nowhere. */
static const uint64_t never = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                              LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                              LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;
/* What may be allowed of a file that is no folder. */
static const uint64_t of_files =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE;

static result refuse_confinement(struct err *err)
{
    return err_set(err, ERROR_STORAGE, "The process cannot be confined: %s", strerror(errno));
}

static uint64_t known_to(long abi)
{
    uint64_t known = reading | writing | never;
    known &= abi < 2 ? ~LANDLOCK_ACCESS_FS_REFER : known;
    known &= abi < 3 ? ~LANDLOCK_ACCESS_FS_TRUNCATE : known;
    return known;
}

static bool allow_path(int rules, const struct confine_path *path, uint64_t known)
{
    struct stat found;
    const int opened = open(path->path, O_PATH | O_CLOEXEC);
    if (opened < 0) {
        return errno == ENOENT || errno == EACCES || errno == ENOTDIR;
    }
    struct landlock_path_beneath_attr beneath = {
        .allowed_access = (reading | (path->writes ? writing : 0)) & known, .parent_fd = opened};
    bool allowed = fstat(opened, &found) == 0;
    if (allowed && !S_ISDIR(found.st_mode)) {
        beneath.allowed_access &= of_files;
    }
    allowed = allowed &&
              syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    close(opened);
    return allowed;
}

static bool allow_port(int rules, uint16_t port)
{
    const struct net_port allowed = {.allowed_access = ACCESS_NET_CONNECT_TCP, .port = port};
    return syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &allowed, 0) == 0;
}

static bool allow_all(int rules, const struct confinement *confinement, uint64_t known, bool ports)
{
    bool done = true;
    for (size_t i = 0; i < confinement->path_count && done; i++) {
        done = allow_path(rules, &confinement->paths[i], known);
    }
    for (size_t i = 0; ports && i < confinement->port_count && done; i++) {
        done = allow_port(rules, confinement->ports[i]);
    }
    return done;
}

result confine_files(const struct confinement *confinement, bool *ret_confined, struct err *err)
{
    const long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    const uint64_t known = known_to(abi);
    const bool ports = abi >= 4 && !confinement->any_port;
    const struct ruleset handled = {.handled_access_fs = known,
                                    .handled_access_net = ports ? ACCESS_NET_CONNECT_TCP : 0};
    const size_t size = abi >= 4 ? sizeof handled : sizeof handled.handled_access_fs;
    *ret_confined = false;
    if (abi < 1) {
        return result_ok();
    }
    const int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (rules < 0) {
        return refuse_confinement(err);
    }
    const bool done = allow_all(rules, confinement, known, ports) &&
                      prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                      syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    const result confined = done ? result_ok() : refuse_confinement(err);
    close(rules);
    *ret_confined = done;
    return confined;
}

/* --- calls ------------------------------------------------------------------------------------ */

/* Everything the program does once it serves. What is not here does not exist for it (ENOSYS): so
 * the C library falls back from a call that is newer than this list to one that is on it. */
static const char *const allowed[] = {
    /* connections that came in */
    "accept",
    "accept4",
    "getpeername",
    "getsockname",
    "getsockopt",
    "recvfrom",
    "recvmsg",
    "sendmsg",
    "sendto",
    "setsockopt",
    "shutdown",
    /* waiting */
    "epoll_create1",
    "epoll_ctl",
    "epoll_pwait",
    "epoll_wait",
    "eventfd2",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    /* files, where Landlock lets it */
    "access",
    "close",
    "creat",
    "dup",
    "dup3",
    "faccessat",
    "faccessat2",
    "fadvise64",
    "fallocate",
    "fchmod",
    "fchown",
    "fcntl",
    "fdatasync",
    "flock",
    "fstat",
    "fstatfs",
    "fsync",
    "ftruncate",
    "getcwd",
    "getdents64",
    "lseek",
    "lstat",
    "mkdir",
    "mkdirat",
    "newfstatat",
    "open",
    "openat",
    "pread64",
    "preadv",
    "pwrite64",
    "pwritev",
    "read",
    "readlink",
    "readlinkat",
    "readv",
    "rename",
    "renameat",
    "renameat2",
    "rmdir",
    "stat",
    "statfs",
    "statx",
    "umask",
    "unlink",
    "unlinkat",
    "utimensat",
    "write",
    "writev",
    /* memory */
    "brk",
    "madvise",
    "mlock",
    "mlock2",
    "mremap",
    "msync",
    "munlock",
    "munmap",
    /* threads and signals */
    "exit",
    "exit_group",
    "futex",
    "get_robust_list",
    "getrusage",
    "gettid",
    "membarrier",
    "prctl",
    "restart_syscall",
    "rseq",
    "rt_sigaction",
    "rt_sigpending",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigsuspend",
    "rt_sigtimedwait",
    "sched_getaffinity",
    "sched_getparam",
    "sched_getscheduler",
    "sched_yield",
    "set_robust_list",
    "sigaltstack",
    "signalfd4",
    "tgkill",
    /* who it is, what time it is */
    "clock_getres",
    "clock_gettime",
    "clock_nanosleep",
    "getegid",
    "geteuid",
    "getgid",
    "getpid",
    "getppid",
    "getpriority",
    "getrandom",
    "getrlimit",
    "gettimeofday",
    "getuid",
    "nanosleep",
    "prlimit64",
    "sysinfo",
    "time",
    "times",
    "uname",
};

/* A pair of sockets is how libcurl waits for a name to be found. */
static const char *const connecting[] = {"socket", "connect", "socketpair", "sendmmsg", "recvmmsg"};

/* What other programs can be started with, or changed by, whatever the list above says: also beside
 * a sanitizer, which needs more calls than the program does. */
static const char *const forbidden[] = {
    "execve",           "execveat",          "fork",         "vfork",
    "process_vm_readv", "process_vm_writev", "pidfd_getfd",  "bpf",
    "io_uring_setup",   "userfaultfd",       "memfd_create", "bind",
    "listen",
};

/* A call of this architecture that does not exist here is not there to be decided about. */
static bool decide(scmp_filter_ctx filter, uint32_t action, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int call = seccomp_syscall_resolve_name(names[i]);
        if (call >= 0 && seccomp_rule_add(filter, action, call, 0) != 0) {
            return false;
        }
    }
    return true;
}

/* Memory that is run was loaded before; clone makes threads; whether an output is a terminal may be
 * asked of it. */
static bool allow_by_argument(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp runs_not = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
    const struct scmp_arg_cmp thread = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD);
    const struct scmp_arg_cmp terminal = SCMP_A1(SCMP_CMP_EQ, TCGETS, 0);
    const struct scmp_arg_cmp waiting = SCMP_A1(SCMP_CMP_EQ, FIONREAD, 0);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, runs_not) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, runs_not) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, thread) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, terminal) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, waiting) == 0;
}

static bool allow_what_is_needed(scmp_filter_ctx filter, bool connects)
{
    return decide(filter, SCMP_ACT_ALLOW, allowed, sizeof allowed / sizeof allowed[0]) &&
           (!connects ||
            decide(filter, SCMP_ACT_ALLOW, connecting, sizeof connecting / sizeof connecting[0])) &&
           allow_by_argument(filter);
}

/* Beside a sanitizer everything else stays: it looks for leaks from a process that traces this one,
 * and its runtime may call whatever it likes. clone3, whose arguments no filter sees, is said not
 * to exist, upon which the C library takes clone. */
static bool forbid_some(scmp_filter_ctx filter, bool connects)
{
    const struct scmp_arg_cmp runs = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
    return (connects || decide(filter, SCMP_ACT_ERRNO(ENOSYS), connecting, 3)) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(mmap), 1, runs) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(mprotect), 1, runs) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

result confine_calls(bool connects, struct err *err)
{
    /* AddressSanitizer looks for leaks from a process beside this one, which traces it. */
    const bool sanitized = UNDER_ASAN != 0;
    scmp_filter_ctx filter = seccomp_init(sanitized ? SCMP_ACT_ALLOW : SCMP_ACT_ERRNO(ENOSYS));
    const bool made =
        filter != NULL && seccomp_attr_set(filter, SCMP_FLTATR_CTL_TSYNC, 1) == 0 &&
        decide(filter, SCMP_ACT_ERRNO(EPERM), forbidden, sizeof forbidden / sizeof forbidden[0]) &&
        (sanitized ? forbid_some(filter, connects) : allow_what_is_needed(filter, connects)) &&
        seccomp_load(filter) == 0;
    seccomp_release(filter);
    return made ? result_ok() : refuse_confinement(err);
}
