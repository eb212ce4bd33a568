// A disk that misbehaves: loaded into a program by LD_PRELOAD, it makes the Nth call that touches the
// files of one folder fail, or ends the program there. Configured by the environment:
//
//   FAULT_FOLDER  only files in and below this folder count
//   FAULT_ON      the calls that count: write, pwrite, fsync, ftruncate, rename, unlink, open, mmap; socket
//                 and getaddrinfo, which are no calls on files, count as ones in the folder
//   FAULT_AT      which of them misbehaves, from 1; 0 for none
//   FAULT_KIND    an error (ENOSPC, EIO, EINTR, EROFS, EMFILE), `short` for half of a write, `kill` for
//                 the end before the call, `torn` for the end after half of a write
//   FAULT_LASTS   set: all later calls fail as well, as on a disk that stays full
//   FAULT_LOG     a file that gets a line `call path` for each call that counts
//   FAULT_MARK    a file that is made when a call misbehaves
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_long calls;

// What the next function of that name is, the one that this file stands before.
#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

static int real_open(const char *path, int flags, mode_t mode) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

// Adds a line to a file that the environment names; makes the file in any case.
static void note(const char *variable, const char *call, const char *path) {
  const char *file = getenv(variable);
  if (!file) return;
  int descriptor = real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return;
  char line[PATH_MAX + 32];
  int length = snprintf(line, sizeof line, "%s %s\n", call, path);
  syscall(SYS_write, descriptor, line, (size_t)length);
  syscall(SYS_close, descriptor);
}

static int has_word(const char *words, const char *word) {
  size_t length = strlen(word);
  for (const char *at = words; (at = strstr(at, word)); at += length) {
    int begins = at == words || at[-1] == ',';
    if (begins && (at[length] == 0 || at[length] == ',')) return 1;
  }
  return 0;
}

enum fault { NONE, FAIL, SHORT, TORN };

// Whether this call misbehaves, and how; sets errno for one that fails.
static enum fault fault(const char *call, const char *path) {
  const char *folder = getenv("FAULT_FOLDER"), *on = getenv("FAULT_ON"), *at = getenv("FAULT_AT");
  const char *kind = getenv("FAULT_KIND");
  if (!folder || !on || !path || !has_word(on, call)) return NONE;
  if (strncmp(path, folder, strlen(folder)) != 0) return NONE;
  note("FAULT_LOG", call, path);
  long number = atomic_fetch_add(&calls, 1) + 1, wanted = at ? atol(at) : 0;
  if (!kind || wanted == 0 || number < wanted) return NONE;
  if (number > wanted && !getenv("FAULT_LASTS")) return NONE;
  note("FAULT_MARK", call, path);
  if (!strcmp(kind, "kill")) kill(getpid(), SIGKILL);
  if (!strcmp(kind, "short")) return SHORT;
  if (!strcmp(kind, "torn")) return TORN;
  errno = !strcmp(kind, "ENOSPC")   ? ENOSPC
          : !strcmp(kind, "EINTR")  ? EINTR
          : !strcmp(kind, "EROFS")  ? EROFS
          : !strcmp(kind, "EMFILE") ? EMFILE
                                    : EIO;
  return FAIL;
}

static enum fault fault_of(const char *call, int descriptor) {
  int before = errno;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  errno = before;
  if (length < 0) return NONE;
  path[length] = 0;
  return fault(call, path);
}

static enum fault fault_at(const char *call, const char *path) {
  if (path[0] == '/') return fault(call, path);
  char folder[PATH_MAX / 2], whole[PATH_MAX];
  if (!getcwd(folder, sizeof folder)) return NONE;
  snprintf(whole, sizeof whole, "%s/%.2000s", folder, path);
  return fault(call, whole);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
  switch (fault_of("write", descriptor)) {
    case NONE: return REAL(write)(descriptor, bytes, count);
    case FAIL: return -1;
    case SHORT: return REAL(write)(descriptor, bytes, count > 1 ? count / 2 : count);
    case TORN: REAL(write)(descriptor, bytes, count / 2); kill(getpid(), SIGKILL);
  }
  return -1;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off64_t offset) {
  switch (fault_of("pwrite", descriptor)) {
    case NONE: return REAL(pwrite64)(descriptor, bytes, count, offset);
    case FAIL: return -1;
    case SHORT: return REAL(pwrite64)(descriptor, bytes, count > 1 ? count / 2 : count, offset);
    case TORN: REAL(pwrite64)(descriptor, bytes, count / 2, offset); kill(getpid(), SIGKILL);
  }
  return -1;
}
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) {
  return pwrite64(descriptor, bytes, count, offset);
}

int fsync(int descriptor) {
  return fault_of("fsync", descriptor) ? -1 : REAL(fsync)(descriptor);
}
int fdatasync(int descriptor) {
  return fault_of("fsync", descriptor) ? -1 : REAL(fdatasync)(descriptor);
}

int ftruncate64(int descriptor, off64_t length) {
  return fault_of("ftruncate", descriptor) ? -1 : REAL(ftruncate64)(descriptor, length);
}
int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

int rename(const char *from, const char *to) {
  return fault_at("rename", from) ? -1 : REAL(rename)(from, to);
}

int unlink(const char *path) { return fault_at("unlink", path) ? -1 : REAL(unlink)(path); }

int open64(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | __O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return fault_at("open", path) ? -1 : real_open(path, flags, mode);
}
int open(const char *path, int flags, ...) __attribute__((alias("open64")));

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  if (descriptor >= 0 && fault_of("mmap", descriptor)) return MAP_FAILED;
  return REAL(mmap64)(address, length, protection, flags, descriptor, offset);
}
void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  return mmap64(address, length, protection, flags, descriptor, offset);
}

int socket(int domain, int type, int protocol) {
  return fault("socket", getenv("FAULT_FOLDER")) ? -1 : REAL(socket)(domain, type, protocol);
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
                struct addrinfo **found) {
  if (fault("getaddrinfo", getenv("FAULT_FOLDER"))) return EAI_FAIL;
  return REAL(getaddrinfo)(host, service, hints, found);
}

// Folders are exchanged by a call that older C libraries do not have.
long syscall(long number, ...) {
  static long (*real)(long, ...);
  if (!real) real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
  long a[6];
  va_list rest;
  va_start(rest, number);
  for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
  va_end(rest);
  if (number == SYS_renameat2 && fault_at("rename", (const char *)a[1])) return -1;
  return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
