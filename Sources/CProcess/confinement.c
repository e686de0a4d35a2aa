// What a chapter's program may do to files, processes and the network, as far as the kernel can hold it back.
#define _GNU_SOURCE
#include "include/CProcess.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// The headers of a distribution may be older than its kernel: these are the kernel's own numbers.
#define RIGHT_WRITE_FILE (1ULL << 1)
#define RIGHT_READ_FILE (1ULL << 2)
#define RIGHT_READ_DIR (1ULL << 3)
#define RIGHTS_OF_FOLDERS (0x1fffULL & ~(1ULL | RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_READ_DIR))
#define RIGHT_REFER (1ULL << 13)
#define RIGHT_TRUNCATE (1ULL << 14)
#define RIGHT_IOCTL_DEVICE (1ULL << 15)
#define RIGHTS_OF_TCP 3ULL
#define SCOPE_ABSTRACT_SOCKETS (1ULL << 0)
#define SCOPE_SIGNALS (1ULL << 1)
#define RULE_PATH_BENEATH 1
#define VERSION_QUESTION 1U

struct rules {
  uint64_t files, network, scopes;
};

struct __attribute__((packed)) rule {
  uint64_t allowed;
  int32_t folder;
};

int process_landlock_version(void) {
#ifdef SYS_landlock_create_ruleset
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, VERSION_QUESTION);
#else
  return -1;
#endif
}

#ifdef SYS_landlock_create_ruleset
// Allows something below a folder, or for one file as far as it makes sense for a file.
static void allow(int rules, const char *path, uint64_t allowed) {
  struct rule rule = {.allowed = allowed, .folder = open(path, O_PATH | O_CLOEXEC)};
  if (rule.folder < 0) return;
  struct stat status;
  if (fstat(rule.folder, &status) == 0 && !S_ISDIR(status.st_mode))
    rule.allowed &= RIGHT_WRITE_FILE | RIGHT_READ_FILE | RIGHT_TRUNCATE | RIGHT_IOCTL_DEVICE;
  if (rule.allowed) syscall(SYS_landlock_add_rule, rules, RULE_PATH_BENEATH, &rule, 0);
  close(rule.folder);
}
#endif

// Also root gives up all powers but that over files, which Landlock holds.
static void give_up_powers(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct powers[2] = {{0}};
  if (syscall(SYS_capget, &header, powers) != 0) return;
  uint32_t kept = 1u << CAP_DAC_OVERRIDE | 1u << CAP_DAC_READ_SEARCH | 1u << CAP_FOWNER;
  powers[0].effective &= kept;
  powers[0].permitted &= kept;
  powers[0].inheritable = powers[1].effective = powers[1].permitted = powers[1].inheritable = 0;
  syscall(SYS_capset, &header, powers);
}

int process_confine(
    const char *const *writable, int writable_count, const char *const *readable, int readable_count) {
#ifdef SYS_landlock_create_ruleset
  give_up_powers();
  int version = process_landlock_version();
  if (version < 1) return -1;
  // Making devices is handled and allowed nowhere; without the right to refer nothing could be moved between the folders.
  uint64_t writing = RIGHT_WRITE_FILE | RIGHTS_OF_FOLDERS;
  if (version >= 2) writing |= RIGHT_REFER;
  if (version >= 3) writing |= RIGHT_TRUNCATE;
  if (version >= 5) writing |= RIGHT_IOCTL_DEVICE;
  uint64_t making_devices = (1ULL << 6) | (1ULL << 11);
  uint64_t reading = readable_count > 0 ? RIGHT_READ_FILE | RIGHT_READ_DIR : 0;
  struct rules attributes = {.files = writing | reading};
  if (version >= 4) attributes.network = RIGHTS_OF_TCP;
  if (version >= 6) attributes.scopes = SCOPE_ABSTRACT_SOCKETS | SCOPE_SIGNALS;
  size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
  if (rules < 0) return -1;
  for (int index = 0; index < writable_count; index++)
    allow(rules, writable[index], (writing & ~making_devices) | reading);
  for (int index = 0; index < readable_count; index++) allow(rules, readable[index], reading);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
  close(rules);
  return result;
#else
  (void)writable, (void)writable_count, (void)readable, (void)readable_count;
  return -1;
#endif
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

#ifdef ARCHITECTURE
// What changes a file other than by writing to it, which Landlock does not handle; and the ways around the filter.
static const int refused[] = {
#ifdef SYS_chmod
    SYS_chmod, SYS_chown, SYS_lchown, SYS_utime, SYS_utimes, SYS_futimesat, SYS_mknod,
#endif
    SYS_fchmod, SYS_fchmodat, SYS_fchown, SYS_fchownat, SYS_utimensat, SYS_mknodat, SYS_setxattr, SYS_lsetxattr,
    SYS_fsetxattr, SYS_removexattr, SYS_lremovexattr, SYS_fremovexattr,
    452 /* fchmodat2 */, 463 /* setxattrat */, 466 /* removexattrat */, 469 /* file_setattr */,
    425 /* io_uring_setup */,
};
#endif

int process_refuse_file_attributes(void) {
#ifdef ARCHITECTURE
  enum { count = sizeof refused / sizeof refused[0] };
  struct sock_filter filter[2 * count + 8];
  int length = 0;
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
  // Another instruction set has other numbers.
  filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
#if defined(__x86_64__)
  filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
#endif
  for (int index = 0; index < count; index++) {
    filter[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[index], 0, 1);
    filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  }
  filter[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
  struct sock_fprog program = {.len = (unsigned short)length, .filter = filter};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program);
#else
  return -1;
#endif
}
