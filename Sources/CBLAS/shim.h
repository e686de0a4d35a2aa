#pragma once
#include <cblas.h>
#include <stddef.h>

// How many vectors of sixteen floats wide a tile of a product is: its sums fit the registers of this processor. 0 where
// a fused multiplication and addition takes more than one instruction.
#if defined(__AVX512F__)
#define PRODUCT_TILE_VECTORS 2
#elif defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define PRODUCT_TILE_VECTORS 1
#else
#define PRODUCT_TILE_VECTORS 0
#endif

// LAPACK is in OpenBLAS's library, but Debian's package has no header for it. The last arguments are the lengths of
// the strings, which Fortran passes unseen.

// Eigenvalues and eigenvectors of a general matrix.
void dgeev_(const char *left, const char *right, const blasint *n, double *a, const blasint *a_stride, double *real,
            double *imaginary, double *left_vectors, const blasint *left_stride, double *right_vectors,
            const blasint *right_stride, double *work, const blasint *work_count, blasint *info, size_t left_length,
            size_t right_length);

// Eigenvalues, ascending, and eigenvectors of a symmetric matrix.
void dsyev_(const char *vectors, const char *triangle, const blasint *n, double *a, const blasint *a_stride,
            double *values, double *work, const blasint *work_count, blasint *info, size_t vectors_length,
            size_t triangle_length);

// Solves a x = b for a symmetric positive definite a, by Cholesky's decomposition.
void dposv_(const char *triangle, const blasint *n, const blasint *columns, double *a, const blasint *a_stride,
            double *b, const blasint *b_stride, blasint *info, size_t triangle_length);
