#pragma once
#include <stdint.h>

/// Calls of malloc, calloc, realloc, aligned_alloc and posix_memalign by this thread so far.
uint64_t allocations_so_far(void);
