// What Swift's Glibc module leaves out, for programs that run a chapter.
#pragma once
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline void process_buffer_output_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

// Zero, or else what was printed could not be written.
static inline int process_flush_output(void) { return fflush(stdout); }

// The kernel ends this process when its parent ends, whatever ended the parent.
static inline void process_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static inline pid_t process_copy(void) { return fork(); }

static inline int process_stack(void **addresses, int capacity) { return backtrace(addresses, capacity); }

// Where the program lies in memory: its program headers say where they were meant to be.
static inline uintptr_t process_base(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  for (unsigned long index = 0; index < getauxval(AT_PHNUM); index++)
    if (headers[index].p_type == PT_PHDR) return (uintptr_t)headers - headers[index].p_vaddr;
  return 0;
}

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>

static inline int process_landlock_version(void) {
  return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

// Whether the kernel can restrict where a process writes (Landlock came with Linux 5.13).
static inline bool process_can_restrict_writing(void) { return process_landlock_version() > 0; }

// From now on this process may create and change files only below some folders; those must exist. Gives 0, or -1 where
// the kernel can't restrict it.
static inline int process_write_only_below(const char *const *folders, int count) {
  __u64 writing = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                        LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
                        LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM |
                        LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SOCK;
#ifdef LANDLOCK_ACCESS_FS_REFER
  // Without it nothing could be moved from one of the folders to another.
  if (process_landlock_version() >= 2) writing |= LANDLOCK_ACCESS_FS_REFER;
#endif
  struct landlock_ruleset_attr attributes = {.handled_access_fs = writing};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (rules < 0) return -1;
  for (int index = 0; index < count; index++) {
    struct landlock_path_beneath_attr rule = {.allowed_access = writing};
    rule.parent_fd = open(folders[index], O_RDONLY | O_CLOEXEC);
    if (rule.parent_fd < 0) continue;
    syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
  }
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  int result = (int)syscall(SYS_landlock_restrict_self, rules, 0);
  close(rules);
  return result;
}
#else
static inline bool process_can_restrict_writing(void) { return false; }

static inline int process_write_only_below(const char *const *folders, int count) {
  (void)folders;
  (void)count;
  return -1;
}
#endif
