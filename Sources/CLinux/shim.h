// What Linux can do and Swift's Glibc module does not show.
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

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

/// Has the C library take 192 MiB of addresses for its heap at once and Linux back them with huge pages, as
/// far as they are used. One heap serves all threads then, and gives little back before the end.
static inline void fl_prepare_heap(void) {
  const uintptr_t huge = 2u << 20, stretch = 192u << 20;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, (int)stretch);
  // More than is left of the heap, so that it grows by the stretch; it must not be left out as useless.
  void *block = malloc(1 << 20);
  __asm__ volatile("" : : "r"(block) : "memory");
  free(block);
  mallopt(M_TOP_PAD, 1 << 20);
  uintptr_t last = (uintptr_t)sbrk(0) & -huge;
  uintptr_t first = (last - stretch + huge) & -huge;
  madvise((void *)first, last - first, MADV_HUGEPAGE);
}
