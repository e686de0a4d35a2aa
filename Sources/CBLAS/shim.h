#pragma once
#include <cblas.h>
#include <stddef.h>

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
