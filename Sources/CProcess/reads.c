// Writes down what a program reads, by whatever library it does so: this library comes before the C library where the
// names of functions are looked up, notes what it is asked, and asks the C library.
#define _GNU_SOURCE
#include "include/CProcess.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// The function of this name that comes after ours.
#define THE_NEXT(name)                                                   \
  static __typeof__(name) *next;                                         \
  if (!next) next = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

// The kernel itself, past what stands below.
static long kernel(long number, long a, long b, long c, long d) {
  static long (*next)(long, long, long, long, long, long, long);
  if (!next) next = (long (*)(long, long, long, long, long, long, long))dlsym(RTLD_NEXT, "syscall");
  return next(number, a, b, c, d, 0, 0);
}

static int opened(const char *path, int flags, int mode) {
  return (int)kernel(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, mode);
}

// MARK: What was seen

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int record = -1;
static struct stat record_status;
static char record_path[PATH_MAX];
static char **passed_over;
static int passed_over_count;
static int current_cell;
static __thread int paused;

// What was written down, or made by the program itself: chains by the hash of a letter and a path.
struct seen {
  struct seen *next;
  char what[];
};
static struct seen *table[4096];

static unsigned hash(const char *text) {
  unsigned value = 2166136261u;
  for (; *text; text++) value = (value ^ (unsigned char)*text) * 16777619u;
  return value % (sizeof table / sizeof table[0]);
}

static bool is_seen(const char *what) {
  for (struct seen *entry = table[hash(what)]; entry; entry = entry->next)
    if (strcmp(entry->what, what) == 0) return true;
  return false;
}

static void see(const char *what) {
  struct seen *entry = malloc(sizeof *entry + strlen(what) + 1);
  if (!entry) return;
  strcpy(entry->what, what);
  struct seen **chain = &table[hash(what)];
  entry->next = *chain;
  *chain = entry;
}

static bool is_watching(void) { return record >= 0 && paused == 0; }

// A path from the root, without `.` and `..` and double slashes; as the text says, whatever links there are.
static bool absolute(int folder, const char *path, char *result) {
  char whole[2 * PATH_MAX];
  size_t length = 0;
  if (path[0] != '/') {
    if (folder == AT_FDCWD) {
      if (!getcwd(whole, PATH_MAX)) return false;
      length = strlen(whole);
    } else {
      char link[64];
      snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
      ssize_t count = kernel(SYS_readlinkat, AT_FDCWD, (long)link, (long)whole, PATH_MAX - 1);
      if (count <= 0 || whole[0] != '/') return false;
      length = (size_t)count;
    }
    whole[length++] = '/';
  }
  if (length + strlen(path) >= sizeof whole) return false;
  strcpy(whole + length, path);
  size_t end = 0;
  for (const char *part = whole; *part;) {
    while (*part == '/') part++;
    size_t size = strcspn(part, "/");
    if (size == 2 && part[0] == '.' && part[1] == '.') {
      while (end > 0 && result[--end] != '/') {
      }
    } else if (size > 0 && !(size == 1 && part[0] == '.')) {
      if (end + size + 2 > PATH_MAX) return false;
      result[end++] = '/';
      memcpy(result + end, part, size);
      end += size;
    }
    part += size;
  }
  if (end == 0) result[end++] = '/';
  result[end] = 0;
  return true;
}

static bool is_passed_over(const char *path) {
  for (int index = 0; index < passed_over_count; index++) {
    size_t length = strlen(passed_over[index]);
    if (strncmp(path, passed_over[index], length) == 0 && (path[length] == '/' || path[length] == 0)) return true;
  }
  return false;
}

// The program may have closed what it did not open, and opened something else in its place.
static bool has_record(void) {
  struct stat status;
  if (fstat(record, &status) == 0 && status.st_ino == record_status.st_ino &&
      status.st_dev == record_status.st_dev)
    return true;
  record = opened(record_path, O_WRONLY | O_APPEND, 0);
  return record >= 0 && fstat(record, &record_status) == 0;
}

static void note(char kind, const char *path, const struct stat *status) {
  char key[PATH_MAX + 2];
  if (strlen(path) >= PATH_MAX) return;
  key[0] = kind;
  strcpy(key + 1, path);
  int error = errno;
  pthread_mutex_lock(&lock);
  // What the program made by itself is no input.
  char made[PATH_MAX + 2];
  made[0] = 'w';
  strcpy(made + 1, path);
  if (!is_seen(key) && !is_seen(made) && has_record()) {
    char line[PATH_MAX + 200];
    int length =
        snprintf(line, sizeof line, "%c %d %lld %lld %lld %lld %lld %s", kind, current_cell,
                 status ? (long long)status->st_dev : 0, status ? (long long)status->st_ino : 0,
                 status ? (long long)status->st_size : 0, status ? (long long)status->st_mtim.tv_sec : 0,
                 status ? (long long)status->st_mtim.tv_nsec : 0, path);
    if (length > 0 && (size_t)length < sizeof line && write(record, line, (size_t)length + 1) == length + 1)
      see(key);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
}

static void note_made(int folder, const char *path) {
  if (!is_watching() || !path) return;
  char whole[PATH_MAX];
  if (!absolute(folder, path, whole)) return;
  char key[PATH_MAX + 2];
  key[0] = 'w';
  strcpy(key + 1, whole);
  pthread_mutex_lock(&lock);
  if (!is_seen(key)) see(key);
  pthread_mutex_unlock(&lock);
}

// Whether code belongs to a library that draws, multiplies or hands out work for ours, often in threads of its own: what those ask
// the clock or the system is nothing that a cell depends on.
static bool is_of_helpers(const void *code) {
  static const char *const helpers[] = {
      "libglib", "libgobject", "libgio", "libgmodule", "libpango", "libfontconfig", "libfreetype", "libharfbuzz",
      "libfribidi", "libcairo", "libpixman", "libthai", "libgraphite", "libexpat", "libX11", "libxcb",
      "libopenblas", "libblas", "liblapack", "libgomp", "libgfortran", "libdispatch",
  };
  Dl_info information;
  if (!code || !dladdr(code, &information) || !information.dli_fname) return false;
  // Swift's `DispatchWallTime.now()`, which asks for the cell.
  if (information.dli_sname && strcmp(information.dli_sname, "dispatch_walltime") == 0) return false;
  const char *slash = strrchr(information.dli_fname, '/');
  const char *name = slash ? slash + 1 : information.dli_fname;
  for (size_t index = 0; index < sizeof helpers / sizeof helpers[0]; index++)
    if (strncmp(name, helpers[index], strlen(helpers[index])) == 0) return true;
  return false;
}

static void note_unfollowed_by(const void *caller, const char *what) {
  if (is_watching() && !is_of_helpers(caller)) note('u', what, NULL);
}

// Of the one who called the function that this stands in.
#define NOTE_UNFOLLOWED(what) note_unfollowed_by(__builtin_return_address(0), what)

static const char random_numbers[] = "random numbers of the system";

// Notes something by what it is; without a state it is not there.
static void note_state(int folder, const char *path, const struct stat *status) {
  char whole[PATH_MAX];
  if (!is_watching() || !path || !*path) return;
  int before = errno;
  if (absolute(folder, path, whole)) {
    if (!is_passed_over(whole)) {
      if (!status)
        note('m', whole, NULL);
      else if (S_ISREG(status->st_mode))
        note('f', whole, status);
      else if (S_ISDIR(status->st_mode))
        note('e', whole, NULL);
      else if (S_ISLNK(status->st_mode))
        note('l', whole, NULL);
    }
  }
  errno = before;
}

static void note_folder(int folder, const char *path, char kind, bool is_there) {
  char whole[PATH_MAX];
  if (!is_watching() || !path) return;
  int before = errno;
  if (absolute(folder, path, whole) && !is_passed_over(whole)) note(is_there ? kind : 'm', whole, NULL);
  errno = before;
}

static bool is_missing(int error) { return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP; }

// What an opening gave.
static void note_opened(const void *caller, int folder, const char *path, int flags, int descriptor) {
  if (!is_watching()) return;
  int before = errno;
  bool is_writing = (flags & O_ACCMODE) != O_RDONLY;
  if (descriptor < 0) {
    if (!is_writing && is_missing(before)) note_state(folder, path, NULL);
  } else if (is_writing && (flags & (O_TRUNC | O_CREAT))) {
    note_made(folder, path);
  } else if ((flags & O_ACCMODE) != O_WRONLY) {
    struct stat status;
    if (fstat(descriptor, &status) == 0) {
      char whole[PATH_MAX];
      if (!absolute(folder, path, whole)) whole[0] = 0;
      bool is_random = strcmp(whole, "/dev/urandom") == 0 || strcmp(whole, "/dev/random") == 0;
      bool is_device = S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode) || S_ISFIFO(status.st_mode);
      if (is_random)
        note_unfollowed_by(caller, random_numbers);
      else if (is_device && strncmp(whole, "/dev/", 5) != 0)
        note_unfollowed_by(caller, "a device or a pipe");
      note_state(folder, path, &status);
    }
  }
  errno = before;
}

// MARK: For the program

void process_record_reads(const char *path, const char *const *left_out, int count) {
  pthread_mutex_lock(&lock);
  snprintf(record_path, sizeof record_path, "%s", path);
  passed_over = calloc((size_t)count, sizeof *passed_over);
  passed_over_count = passed_over ? count : 0;
  for (int index = 0; index < passed_over_count; index++) passed_over[index] = strdup(left_out[index]);
  record = opened(path, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (record >= 0) fstat(record, &record_status);
  pthread_mutex_unlock(&lock);
}

void process_reads_of_cell(int cell) { current_cell = cell; }

int64_t process_reads_anew(void) {
  pthread_mutex_lock(&lock);
  for (size_t index = 0; index < sizeof table / sizeof table[0]; index++) {
    struct seen **link = &table[index];
    while (*link) {
      struct seen *entry = *link;
      // What the program made stays its own.
      if (entry->what[0] == 'w') {
        link = &entry->next;
      } else {
        *link = entry->next;
        free(entry);
      }
    }
  }
  struct stat status;
  int64_t length = record >= 0 && fstat(record, &status) == 0 ? status.st_size : 0;
  pthread_mutex_unlock(&lock);
  return length;
}

void process_note_read(char kind, const char *path) {
  if (!is_watching()) return;
  struct stat status;
  int descriptor = opened(path, O_PATH, 0);
  bool is_there = descriptor >= 0 && fstat(descriptor, &status) == 0;
  if (descriptor >= 0) close(descriptor);
  note(kind, path, is_there ? &status : NULL);
}

void process_pause_reads(void) { paused++; }
void process_resume_reads(void) { paused--; }

// MARK: Opening

#define MODE_ARGUMENT                         \
  mode_t mode = 0;                            \
  if (flags & (O_CREAT | __O_TMPFILE)) {      \
    va_list rest;                             \
    va_start(rest, flags);                    \
    mode = (mode_t)va_arg(rest, unsigned int); \
    va_end(rest);                             \
  }

#define OPENING(name)                                \
  int name(const char *path, int flags, ...) {       \
    MODE_ARGUMENT                                    \
    THE_NEXT(name);                                  \
    int descriptor = next(path, flags, mode);        \
    note_opened(__builtin_return_address(0), AT_FDCWD, path, flags, descriptor);  \
    return descriptor;                               \
  }
OPENING(open)
OPENING(open64)

#define OPENING_AT(name)                                    \
  int name(int folder, const char *path, int flags, ...) {  \
    MODE_ARGUMENT                                           \
    THE_NEXT(name);                                         \
    int descriptor = next(folder, path, flags, mode);       \
    note_opened(__builtin_return_address(0), folder, path, flags, descriptor);           \
    return descriptor;                                      \
  }
OPENING_AT(openat)
OPENING_AT(openat64)

static int flags_of(const char *mode) {
  int writing = mode[0] == 'r' ? 0 : O_CREAT;
  return strchr(mode, '+') ? O_RDWR | writing : mode[0] == 'r' ? O_RDONLY : O_WRONLY | writing;
}

#define OPENING_STREAM(name)                                                              \
  FILE *name(const char *path, const char *mode) {                                        \
    THE_NEXT(name);                                                                       \
    FILE *file = next(path, mode);                                                        \
    note_opened(__builtin_return_address(0), AT_FDCWD, path, flags_of(mode), file ? fileno(file) : -1);                \
    return file;                                                                          \
  }
OPENING_STREAM(fopen)
OPENING_STREAM(fopen64)

#define REOPENING_STREAM(name)                                                            \
  FILE *name(const char *path, const char *mode, FILE *stream) {                          \
    THE_NEXT(name);                                                                       \
    FILE *file = next(path, mode, stream);                                                \
    if (path) note_opened(__builtin_return_address(0), AT_FDCWD, path, flags_of(mode), file ? fileno(file) : -1);      \
    return file;                                                                          \
  }
REOPENING_STREAM(freopen)
REOPENING_STREAM(freopen64)

// MARK: Listing

DIR *opendir(const char *path) {
  THE_NEXT(opendir);
  DIR *folder = next(path);
  note_folder(AT_FDCWD, path, 'd', folder != NULL);
  return folder;
}

DIR *fdopendir(int descriptor) {
  THE_NEXT(fdopendir);
  DIR *folder = next(descriptor);
  if (folder) note_folder(descriptor, ".", 'd', true);
  return folder;
}

#define SCANNING(name, entry)                                                                            \
  int name(const char *path, struct entry ***list, int (*filter)(const struct entry *),                  \
           int (*compare)(const struct entry **, const struct entry **)) {                               \
    THE_NEXT(name);                                                                                      \
    int count = next(path, list, filter, compare);                                                       \
    note_folder(AT_FDCWD, path, 'd', count >= 0);                                                        \
    return count;                                                                                        \
  }
SCANNING(scandir, dirent)
SCANNING(scandir64, dirent64)

#define WALKING(name, type, entry)                                                                     \
  type *name(char *const *paths, int options, int (*compare)(const entry **, const entry **)) {        \
    THE_NEXT(name);                                                                                    \
    for (char *const *path = paths; *path; path++) {                                                   \
      struct stat status;                                                                              \
      int result = (int)kernel(SYS_newfstatat, AT_FDCWD, (long)*path, (long)&status, 0);                         \
      note_folder(AT_FDCWD, *path, 't', result == 0);                                                  \
    }                                                                                                  \
    return next(paths, options, compare);                                                              \
  }
#ifdef SYS_newfstatat
WALKING(fts_open, FTS, FTSENT)
WALKING(fts64_open, FTS64, FTSENT64)
#endif

int nftw(const char *path, __nftw_func_t function, int descriptors, int flags) {
  THE_NEXT(nftw);
  note_folder(AT_FDCWD, path, 't', true);
  return next(path, function, descriptors, flags);
}

int ftw(const char *path, __ftw_func_t function, int descriptors) {
  THE_NEXT(ftw);
  note_folder(AT_FDCWD, path, 't', true);
  return next(path, function, descriptors);
}

// A pattern is followed as the folder before its first sign.
int glob(const char *pattern, int flags, int (*error)(const char *, int), glob_t *result) {
  THE_NEXT(glob);
  char folder[PATH_MAX];
  if (is_watching() && strlen(pattern) < sizeof folder) {
    strcpy(folder, pattern);
    folder[strcspn(folder, "*?[{~")] = 0;
    char *end = strrchr(folder, '/');
    if (end)
      *(end == folder ? end + 1 : end) = 0;
    else
      strcpy(folder, ".");
    note_folder(AT_FDCWD, folder, 't', true);
  }
  return next(pattern, flags, error, result);
}

// MARK: Looking

#define LOOKING(name, type)                                                                     \
  int name(const char *path, struct type *status) {                                             \
    THE_NEXT(name);                                                                             \
    int result = next(path, status);                                                            \
    if (result == 0 || is_missing(errno))                                                       \
      note_state(AT_FDCWD, path, result == 0 ? (struct stat *)status : NULL);            \
    return result;                                                                              \
  }
LOOKING(stat, stat)
LOOKING(stat64, stat64)
LOOKING(lstat, stat)
LOOKING(lstat64, stat64)

#define LOOKING_AT(name, type)                                                                  \
  int name(int folder, const char *path, struct type *status, int flags) {                      \
    THE_NEXT(name);                                                                             \
    int result = next(folder, path, status, flags);                                             \
    if (result == 0 || is_missing(errno))                                                       \
      note_state(folder, path, result == 0 ? (struct stat *)status : NULL);              \
    return result;                                                                              \
  }
LOOKING_AT(fstatat, stat)
LOOKING_AT(fstatat64, stat64)

// For those that say only whether something is there.
static void note_presence(int folder, const char *path) {
  if (!is_watching() || !path || !*path) return;
  int before = errno;
  char whole[PATH_MAX];
  struct stat status;
  if (absolute(folder, path, whole)) {
    int descriptor = opened(whole, O_PATH, 0);
    bool is_there = descriptor >= 0 && fstat(descriptor, &status) == 0;
    if (descriptor >= 0) close(descriptor);
    note_state(AT_FDCWD, whole, is_there ? &status : NULL);
  }
  errno = before;
}

int statx(int folder, const char *restrict path, int flags, unsigned int mask, struct statx *restrict status) {
  THE_NEXT(statx);
  int result = next(folder, path, flags, mask, status);
  note_presence(folder, path);
  return result;
}

int access(const char *path, int mode) {
  THE_NEXT(access);
  int result = next(path, mode);
  note_presence(AT_FDCWD, path);
  return result;
}

int faccessat(int folder, const char *path, int mode, int flags) {
  THE_NEXT(faccessat);
  int result = next(folder, path, mode, flags);
  note_presence(folder, path);
  return result;
}

int euidaccess(const char *path, int mode) {
  THE_NEXT(euidaccess);
  int result = next(path, mode);
  note_presence(AT_FDCWD, path);
  return result;
}

int eaccess(const char *path, int mode) {
  THE_NEXT(eaccess);
  int result = next(path, mode);
  note_presence(AT_FDCWD, path);
  return result;
}

ssize_t readlink(const char *restrict path, char *restrict text, size_t size) {
  THE_NEXT(readlink);
  ssize_t result = next(path, text, size);
  note_folder(AT_FDCWD, path, 'l', result >= 0 || errno == EINVAL);
  return result;
}

ssize_t readlinkat(int folder, const char *restrict path, char *restrict text, size_t size) {
  THE_NEXT(readlinkat);
  ssize_t result = next(folder, path, text, size);
  note_folder(folder, path, 'l', result >= 0 || errno == EINVAL);
  return result;
}

char *realpath(const char *restrict path, char *restrict resolved) {
  THE_NEXT(realpath);
  char *result = next(path, resolved);
  if (path) note_folder(AT_FDCWD, path, 'l', result != NULL);
  return result;
}

// MARK: Making

int rename(const char *from, const char *to) {
  THE_NEXT(rename);
  int result = next(from, to);
  if (result == 0) note_made(AT_FDCWD, to);
  return result;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  THE_NEXT(renameat);
  int result = next(from_folder, from, to_folder, to);
  if (result == 0) note_made(to_folder, to);
  return result;
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned int flags) {
  THE_NEXT(renameat2);
  int result = next(from_folder, from, to_folder, to, flags);
  if (result == 0) note_made(to_folder, to);
  return result;
}

int mkdir(const char *path, mode_t mode) {
  THE_NEXT(mkdir);
  int result = next(path, mode);
  if (result == 0) note_made(AT_FDCWD, path);
  return result;
}

int symlink(const char *target, const char *path) {
  THE_NEXT(symlink);
  int result = next(target, path);
  if (result == 0) note_made(AT_FDCWD, path);
  return result;
}

int link(const char *from, const char *path) {
  THE_NEXT(link);
  int result = next(from, path);
  if (result == 0) note_made(AT_FDCWD, path);
  return result;
}

// MARK: What can't be followed

static const char time_of_day[] = "the time of day";

int clock_gettime(clockid_t clock, struct timespec *time) {
  THE_NEXT(clock_gettime);
  if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE || clock == CLOCK_TAI) NOTE_UNFOLLOWED(time_of_day);
  return next(clock, time);
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  THE_NEXT(gettimeofday);
  NOTE_UNFOLLOWED(time_of_day);
  return next(time, zone);
}

time_t time(time_t *result) {
  THE_NEXT(time);
  NOTE_UNFOLLOWED(time_of_day);
  return next(result);
}

ssize_t getrandom(void *bytes, size_t count, unsigned int flags) {
  THE_NEXT(getrandom);
  NOTE_UNFOLLOWED(random_numbers);
  return next(bytes, count, flags);
}

int getentropy(void *bytes, size_t count) {
  THE_NEXT(getentropy);
  NOTE_UNFOLLOWED(random_numbers);
  return next(bytes, count);
}

#if __GLIBC_PREREQ(2, 36)
uint32_t arc4random(void) {
  THE_NEXT(arc4random);
  NOTE_UNFOLLOWED(random_numbers);
  return next();
}

void arc4random_buf(void *bytes, size_t count) {
  THE_NEXT(arc4random_buf);
  NOTE_UNFOLLOWED(random_numbers);
  next(bytes, count);
}

uint32_t arc4random_uniform(uint32_t limit) {
  THE_NEXT(arc4random_uniform);
  NOTE_UNFOLLOWED(random_numbers);
  return next(limit);
}
#endif

// Swift's own generator asks the kernel without a name.
long syscall_noting(long number, long a, long b, long c, long d, long e, long f) __asm__("syscall");
long syscall_noting(long number, long a, long b, long c, long d, long e, long f) {
  static long (*next)(long, long, long, long, long, long, long);
  if (!next) next = (long (*)(long, long, long, long, long, long, long))dlsym(RTLD_NEXT, "syscall");
  long result = next(number, a, b, c, d, e, f);
  if (!is_watching()) return result;
  if (number == SYS_getrandom) NOTE_UNFOLLOWED(random_numbers);
  if (number == SYS_openat) note_opened(__builtin_return_address(0), (int)a, (const char *)b, (int)c, (int)result);
#ifdef SYS_open
  if (number == SYS_open) note_opened(__builtin_return_address(0), AT_FDCWD, (const char *)a, (int)b, (int)result);
#endif
  return result;
}

int connect(int socket, __CONST_SOCKADDR_ARG address, socklen_t length) {
  THE_NEXT(connect);
  const struct sockaddr *to = address.__sockaddr__;
  bool is_network = to && length >= sizeof to->sa_family && (to->sa_family == AF_INET || to->sa_family == AF_INET6);
  if (is_network && to->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
    // Foundation wakes its own threads so.
    int kind = 0;
    socklen_t size = sizeof kind;
    bool is_datagram = getsockopt(socket, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 && kind == SOCK_DGRAM;
    is_network = !is_datagram || ntohl(((const struct sockaddr_in *)to)->sin_addr.s_addr) >> 24 != 127;
  }
  if (is_network) NOTE_UNFOLLOWED("the network");
  return next(socket, address, length);
}

int getaddrinfo(
    const char *restrict node, const char *restrict service, const struct addrinfo *restrict hints,
    struct addrinfo **restrict result) {
  THE_NEXT(getaddrinfo);
  NOTE_UNFOLLOWED("the network");
  return next(node, service, hints, result);
}

static const char other_programs[] = "what other programs read";

pid_t fork(void) {
  THE_NEXT(fork);
  NOTE_UNFOLLOWED(other_programs);
  return next();
}

int posix_spawn(
    pid_t *restrict child, const char *restrict path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
  THE_NEXT(posix_spawn);
  NOTE_UNFOLLOWED(other_programs);
  return next(child, path, actions, attributes, arguments, environment);
}

int posix_spawnp(
    pid_t *restrict child, const char *restrict path, const posix_spawn_file_actions_t *actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
  THE_NEXT(posix_spawnp);
  NOTE_UNFOLLOWED(other_programs);
  return next(child, path, actions, attributes, arguments, environment);
}

FILE *popen(const char *command, const char *mode) {
  THE_NEXT(popen);
  NOTE_UNFOLLOWED(other_programs);
  return next(command, mode);
}

int system(const char *command) {
  THE_NEXT(system);
  NOTE_UNFOLLOWED(other_programs);
  return next(command);
}
