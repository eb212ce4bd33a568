// What Thread Sanitizer cannot see by itself: a `Mutex` of Swift is taken and let go in code of its own where two
// threads meet at it, in the library Synchronization, which is not built with the sanitizer. Without this it takes
// every such meeting for a race. Loaded before a program by LD_PRELOAD, the two functions say to the sanitizer what
// they do; in a program that is not built with it they do nothing more.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

// Synchronization._MutexHandle._lockSlow(_: UInt32) and ._unlockSlow().
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

typedef SWIFT void (*lock_type)(uint32_t, SELF void *);
typedef SWIFT void (*unlock_type)(SELF void *);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
  ((lock_type)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
  if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) {
  if (__tsan_release) __tsan_release(mutex);
  ((unlock_type)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}
