// What Linux can do and Swift's Glibc module does not show.
#include <errno.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

long syscall(long number, ...);

/// Swaps two folders or files at once; -1 with `errno` where the file system cannot.
static inline int fl_exchange(const char *left, const char *right) {
#ifdef SYS_renameat2
  return (int)syscall(SYS_renameat2, AT_FDCWD, left, AT_FDCWD, right, 1u << 1 /* RENAME_EXCHANGE */);
#else
  errno = ENOSYS;
  return -1;
#endif
}

/// Gives the calling thread a name of at most 15 bytes, as tools show it.
static inline void fl_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

/// Has the processor fetch what stands at an address that will be read soon; any address will do.
static inline void fl_prefetch(const void *address) { __builtin_prefetch(address); }
