// What the compiled Swift asks of a C library, and no more. Memory is given out and never taken back: a page makes each of its
// models once.
#include <stddef.h>
#include <stdint.h>

extern unsigned char __heap_base;
static uintptr_t next;

int posix_memalign(void **result, size_t alignment, size_t size) {
  if (next == 0) next = (uintptr_t)&__heap_base;
  uintptr_t start = (next + alignment - 1) & ~(uintptr_t)(alignment - 1);
  uintptr_t end = start + size;
  uintptr_t available = __builtin_wasm_memory_size(0) * 65536;
  if (end < start) return 12;
  if (end > available && __builtin_wasm_memory_grow(0, (end - available + 65535) / 65536) == (size_t)-1) return 12;
  next = end;
  *result = (void *)start;
  return 0;
}

void free(void *pointer) { (void)pointer; }

void *memset(void *target, int value, size_t count) {
  for (size_t i = 0; i < count; i++) ((unsigned char *)target)[i] = (unsigned char)value;
  return target;
}

void *memmove(void *target, const void *source, size_t count) {
  unsigned char *to = target;
  const unsigned char *from = source;
  if (to <= from) {
    for (size_t i = 0; i < count; i++) to[i] = from[i];
  } else {
    for (size_t i = count; i > 0; i--) to[i - 1] = from[i - 1];
  }
  return target;
}

void *memcpy(void *target, const void *source, size_t count) { return memmove(target, source, count); }
