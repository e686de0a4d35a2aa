// Products whose last bits depend on their shapes, as those of OpenBLAS do from processor to processor.
//
// Kernels treat the rows at the edge of a block in another order of sums. Which rows these are depends on the processor,
// so that a test which expects one row's bits from two batches may pass here and fail elsewhere. This library, loaded before
// OpenBLAS, moves each number of a product by up to two units in its last place, by a hash of the shapes and of its
// place: equal shapes give equal bits, and no two shapes do.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>

typedef int Order;
typedef void Product(Order, Order, Order, int, int, int, float, const float *, int, const float *, int, float, float *, int);

static uint32_t hash(uint32_t h) {
  h ^= h >> 16;
  h *= 0x7feb352dU;
  h ^= h >> 15;
  h *= 0x846ca68bU;
  return h ^ h >> 16;
}

void cblas_sgemm(Order order, Order ta, Order tb, int m, int n, int k, float alpha, const float *a, int lda,
                 const float *b, int ldb, float beta, float *c, int ldc) {
  static Product *product;
  if (!product) product = (Product *)dlsym(RTLD_NEXT, "cblas_sgemm");
  // The product alone, shaken, and then added: what was there before is not.
  float *fresh = malloc(sizeof(float) * (size_t)(m * n + 1));
  if (!fresh) abort();
  product(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, 0, fresh, n);
  const float ulp = 1.1920929e-7f;
  uint32_t shape = hash((uint32_t)m * 73856093U ^ (uint32_t)n * 19349663U ^ (uint32_t)k * 83492791U);
  for (int i = 0; i < m; i++)
    for (int j = 0; j < n; j++) {
      int steps = (int)(hash(shape ^ (uint32_t)i * 2654435761U ^ (uint32_t)j * 40503U) % 5) - 2;
      float *at = c + (int64_t)i * ldc + j;
      *at = fresh[(int64_t)i * n + j] * (1 + (float)steps * ulp) + (beta == 0 ? 0 : beta * *at);
    }
  free(fresh);
}
