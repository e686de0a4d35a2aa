// The process of a chapter's program, and the one that looks after it.
#define _GNU_SOURCE
#include "include/CProcess.h"

#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

void process_buffer_output_by_line(void) { setvbuf(stdout, NULL, _IOLBF, 0); }

// What is freed is asked for again soon: recordings of a megabyte, thousands of times. Fresh pages would cost more than what is
// written to them.
void process_keep_memory(void) {
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

int process_flush_output(void) { return fflush(stdout); }

struct copied {
  void (*body)(void *);
  void *context;
};

static void *run_copied(void *argument) {
  struct copied *copied = argument;
  copied->body(copied->context);
  _exit(0);
}

pid_t process_copy(void (*body)(void *), void *context) {
  process_pause_reads();
  pid_t child = fork();
  process_resume_reads();
  if (child != 0) return child;
  struct copied copied = {body, context};
  struct rlimit stack;
  size_t size = getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur != RLIM_INFINITY ? stack.rlim_cur : 8 << 20;
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, size < 1 << 20 ? 1 << 20 : size);
  if (pthread_create(&thread, &attributes, run_copied, &copied) != 0) _exit(128 + SIGABRT);
  for (;;) pause();
}

int process_stack(void **addresses, int capacity) { return backtrace(addresses, capacity); }

uintptr_t process_base(void) {
  const ElfW(Phdr) *headers = (const ElfW(Phdr) *)getauxval(AT_PHDR);
  for (unsigned long index = 0; index < getauxval(AT_PHNUM); index++)
    if (headers[index].p_type == PT_PHDR) return (uintptr_t)headers - headers[index].p_vaddr;
  return 0;
}

// Ends the children of this process. What they had begun comes to it in their place, until nothing is left.
static void end_children(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  for (;;) {
    FILE *list = fopen(path, "r");
    if (list) {
      int child;
      while (fscanf(list, "%d", &child) == 1) kill(child, SIGKILL);
      fclose(list);
    } else {
      // A kernel without lists of children: at least those of the same session.
      kill(0, SIGKILL);
    }
    if (waitpid(-1, NULL, 0) < 0 && errno == ECHILD) return;
    while (waitpid(-1, NULL, WNOHANG) > 0) {
    }
  }
}

// Waits for the program, and ends as it ended.
static void look_after(pid_t program, const sigset_t *watched) {
  bool is_ended = false;
  int status = 0;
  while (!is_ended) {
    siginfo_t info;
    int number = sigwaitinfo(watched, &info);
    if (number < 0) continue;
    if (number != SIGCHLD) {
      end_children();
      _exit(128 + number);
    }
    pid_t child;
    int ended;
    while ((child = waitpid(-1, &ended, WNOHANG)) > 0)
      if (child == program) (is_ended = true, status = ended);
  }
  end_children();
  if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
  // The same end, without a core of its own.
  struct rlimit none = {0, 0};
  setrlimit(RLIMIT_CORE, &none);
  int number = WTERMSIG(status);
  signal(number, SIG_DFL);
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  raise(number);
  _exit(128 + number);
}

// Says that the program is the child.
static const char supervised[] = "NEURONBOOK_SUPERVISED";

int process_supervise(char **arguments) {
  if (getenv(supervised)) return unsetenv(supervised);
  pid_t parent = getppid();
  sigset_t watched, before;
  sigemptyset(&watched);
  sigaddset(&watched, SIGCHLD);
  sigaddset(&watched, SIGTERM);
  sigaddset(&watched, SIGINT);
  sigaddset(&watched, SIGHUP);
  // Before the first child, so that no end is missed: to set what is done with a signal drops one that has come.
  signal(SIGCHLD, SIG_DFL);
  sigprocmask(SIG_BLOCK, &watched, &before);
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  // The parent may have ended before that.
  if (getppid() != parent || parent == 1) _exit(128 + SIGTERM);
  pid_t self = getpid();
  pid_t program = fork();
  if (program < 0) return -1;
  if (program > 0) look_after(program, &watched);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != self) _exit(128 + SIGKILL);
  sigprocmask(SIG_SETMASK, &before, NULL);
  // Anew, not as a copy: Swift's locks know a thread by the number that it had when it first took one, and that of a copy is its
  // parent's. Two threads that then wait for one lock would do so for ever.
  if (setenv(supervised, "1", 1) != 0) return -1;
  // By its own path, from which the process has its name.
  char path[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
  if (length < 0) return -1;
  path[length] = 0;
  execv(path, arguments);
  return -1;
}
