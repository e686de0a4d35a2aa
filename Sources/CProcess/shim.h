// What Swift's Glibc module leaves out, for programs that run a chapter.
#pragma once
#define _GNU_SOURCE
#include <execinfo.h>
#include <link.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static inline void process_buffer_output_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

static inline void process_flush_output(void) { fflush(stdout); }

// The kernel ends this process when its parent ends, whatever ended the parent.
static inline void process_end_with_parent(void) { prctl(PR_SET_PDEATHSIG, SIGKILL); }

static inline pid_t process_copy(void) { return fork(); }

static inline int process_stack(void **addresses, int capacity) { return backtrace(addresses, capacity); }

static inline int process_take_base(struct dl_phdr_info *info, size_t size, void *base) {
  (void)size;
  *(uintptr_t *)base = info->dlpi_addr;
  return 1;
}

// Where the program, the first object that the loader lists, lies in memory.
static inline uintptr_t process_base(void) {
  uintptr_t base = 0;
  dl_iterate_phdr(process_take_base, &base);
  return base;
}
