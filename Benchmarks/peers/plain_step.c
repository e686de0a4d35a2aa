// Training steps of the Seq2Seq in plain C, in the manner of llm.c: loops that a reader follows and a compiler vectorises,
// rows shared out by OpenMP, everything allocated once. Timed on request.
//
// Arguments: units words batch encoder-steps decoder-steps. For each line read, a number n: n steps, and their times in
// milliseconds as one line of JSON. Teacher-forced, Adam, mean cross-entropy; the GRU of the paper (hard sigmoid, reset
// before the product). With a sixth argument it compares gradients with finite differences instead.
//
//   cc -O3 -march=native -ffast-math -fopenmp plain_step.c -o plain_step -lm
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int U, V, B, ES, DS;

// out[rows, n] (+)= a[rows, k] w[k, n]
static void multiply(float *restrict out, const float *restrict a, const float *restrict w, int rows, int k, int n) {
#pragma omp parallel for
  for (int r = 0; r < rows; r++) {
    float *o = out + r * n;
    for (int i = 0; i < k; i++) {
      float x = a[r * k + i];
      const float *row = w + i * n;
      for (int j = 0; j < n; j++) o[j] += x * row[j];
    }
  }
}

// da[rows, k] += dout[rows, n] w[k, n]ᵀ
static void backward_input(float *restrict da, const float *restrict dout, const float *restrict w, int rows, int k, int n) {
#pragma omp parallel for
  for (int r = 0; r < rows; r++)
    for (int i = 0; i < k; i++) {
      float sum = 0;
      for (int j = 0; j < n; j++) sum += dout[r * n + j] * w[i * n + j];
      da[r * k + i] += sum;
    }
}

// dw[k, n] += a[rows, k]ᵀ dout[rows, n]
static void backward_weight(float *restrict dw, const float *restrict a, const float *restrict dout, int rows, int k, int n) {
#pragma omp parallel for
  for (int i = 0; i < k; i++)
    for (int r = 0; r < rows; r++) {
      float x = a[r * k + i];
      for (int j = 0; j < n; j++) dw[i * n + j] += x * dout[r * n + j];
    }
}

static float *floats(size_t n) {
  float *p = aligned_alloc(64, (n * sizeof(float) + 63) / 64 * 64);
  if (!p) abort();
  memset(p, 0, n * sizeof(float));
  return p;
}

// The parameters of one side lie in one buffer, and so do their gradients.
typedef struct { float *embedding, *wg, *wc, *ug, *uc, *bg, *bc; } Side;

static size_t side_count(void) { return (size_t)V * U + 6 * (size_t)U * U + 3 * U; }

static Side side_at(float *p) {
  Side s;
  s.embedding = p, p += V * U;
  s.wg = p, p += 2 * U * U;
  s.wc = p, p += U * U;
  s.ug = p, p += 2 * U * U;
  s.uc = p, p += U * U;
  s.bg = p, p += 2 * U;
  s.bc = p;
  return s;
}

// What a pass over one side keeps: x[t, b, U], gates[t, b, 2U], c[t, b, U], rh[t, b, U], h[t + 1, b, U].
typedef struct { float *x, *gates, *c, *rh, *h, *dgates, *dc, *dx; } Tape;

static Tape tape(int steps) {
  size_t n = (size_t)steps * B * U;
  return (Tape){floats(n), floats(2 * n), floats(n), floats(n), floats(n + (size_t)B * U), floats(2 * n), floats(n), floats(n)};
}

static void forward(Side p, Tape t, const int *tokens, int steps) {
  int rows = steps * B;
#pragma omp parallel for
  for (int r = 0; r < rows; r++) {
    memcpy(t.x + r * U, p.embedding + tokens[r] * U, U * sizeof(float));
    memcpy(t.gates + r * 2 * U, p.bg, 2 * U * sizeof(float));
    memcpy(t.c + r * U, p.bc, U * sizeof(float));
  }
  multiply(t.gates, t.x, p.wg, rows, U, 2 * U);
  multiply(t.c, t.x, p.wc, rows, U, U);
  for (int s = 0; s < steps; s++) {
    float *g = t.gates + s * B * 2 * U, *c = t.c + s * B * U, *rh = t.rh + s * B * U, *h = t.h + s * B * U, *next = h + B * U;
    multiply(g, h, p.ug, B, U, 2 * U);
#pragma omp parallel for
    for (int b = 0; b < B; b++) {
      for (int j = 0; j < 2 * U; j++) g[b * 2 * U + j] = fminf(fmaxf(0.2f * g[b * 2 * U + j] + 0.5f, 0), 1);
      for (int j = 0; j < U; j++) rh[b * U + j] = g[b * 2 * U + U + j] * h[b * U + j];
    }
    multiply(c, rh, p.uc, B, U, U);
#pragma omp parallel for
    for (int b = 0; b < B; b++)
      for (int j = 0; j < U; j++) {
        float z = g[b * 2 * U + j];
        c[b * U + j] = tanhf(c[b * U + j]);
        next[b * U + j] = z * h[b * U + j] + (1 - z) * c[b * U + j];
      }
  }
}

static float slope(float s) { return s > 0 && s < 1 ? 0.2f : 0; }

// dh[B, U] is the gradient by the last state, and in the end by the first; dout[t, b, U], if any, that by each state.
static void backward(Side p, Side d, Tape t, const int *tokens, int steps, float *dh, const float *dout) {
  float *drh = floats((size_t)B * U);
  for (int s = steps - 1; s >= 0; s--) {
    float *g = t.gates + s * B * 2 * U, *c = t.c + s * B * U, *h = t.h + s * B * U;
    float *dg = t.dgates + s * B * 2 * U, *dc = t.dc + s * B * U;
#pragma omp parallel for
    for (int b = 0; b < B; b++)
      for (int j = 0; j < U; j++) {
        int i = b * U + j;
        float z = g[b * 2 * U + j];
        if (dout) dh[i] += dout[s * B * U + i];
        dg[b * 2 * U + j] = dh[i] * (h[i] - c[i]) * slope(z);
        dc[i] = dh[i] * (1 - z) * (1 - c[i] * c[i]);
        dh[i] *= z;
        drh[i] = 0;
      }
    backward_input(drh, dc, p.uc, B, U, U);
#pragma omp parallel for
    for (int b = 0; b < B; b++)
      for (int j = 0; j < U; j++) {
        int i = b * U + j;
        float r = g[b * 2 * U + U + j];
        dg[b * 2 * U + U + j] = drh[i] * h[i] * slope(r);
        dh[i] += drh[i] * r;
      }
    backward_input(dh, dg, p.ug, B, U, 2 * U);
  }
  int rows = steps * B;
  backward_weight(d.ug, t.h, t.dgates, rows, U, 2 * U);
  backward_weight(d.uc, t.rh, t.dc, rows, U, U);
  backward_weight(d.wg, t.x, t.dgates, rows, U, 2 * U);
  backward_weight(d.wc, t.x, t.dc, rows, U, U);
  memset(t.dx, 0, (size_t)rows * U * sizeof(float));
  backward_input(t.dx, t.dgates, p.wg, rows, U, 2 * U);
  backward_input(t.dx, t.dc, p.wc, rows, U, U);
  for (int r = 0; r < rows; r++) {
    for (int j = 0; j < 2 * U; j++) d.bg[j] += t.dgates[r * 2 * U + j];
    for (int j = 0; j < U; j++) d.bc[j] += t.dc[r * U + j];
    for (int j = 0; j < U; j++) d.embedding[tokens[r] * U + j] += t.dx[r * U + j];
  }
  free(drh);
}

static size_t count;
static float *parameters, *gradients, *first, *second, *logits, *dout, *dh;
static int *inputs, *fed, *targets, updates;
static Tape encoder, decoder;

// The mean cross-entropy, whose gradient is then in `gradients`.
static double loss(void) {
  size_t n = side_count();
  Side e = side_at(parameters), d = side_at(parameters + n), ge = side_at(gradients), gd = side_at(gradients + n);
  float *w = parameters + 2 * n, *bias = w + U * V, *dw = gradients + 2 * n, *dbias = dw + U * V;
  memset(gradients, 0, count * sizeof(float));
  forward(e, encoder, inputs, ES);
  memcpy(decoder.h, encoder.h + ES * B * U, B * U * sizeof(float));
  forward(d, decoder, fed, DS);
  int rows = DS * B;
  for (int r = 0; r < rows; r++) memcpy(logits + r * V, bias, V * sizeof(float));
  multiply(logits, decoder.h + B * U, w, rows, U, V);
  double sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (int r = 0; r < rows; r++) {
    float *l = logits + r * V, most = l[0], total = 0;
    for (int j = 1; j < V; j++) most = fmaxf(most, l[j]);
    float target = l[targets[r]];
    for (int j = 0; j < V; j++) total += l[j] = expf(l[j] - most);
    sum += logf(total) + most - target;
    for (int j = 0; j < V; j++) l[j] /= total * rows;
    l[targets[r]] -= 1.0f / rows;
  }
  backward_weight(dw, decoder.h + B * U, logits, rows, U, V);
  for (int r = 0; r < rows; r++)
    for (int j = 0; j < V; j++) dbias[j] += logits[r * V + j];
  memset(dout, 0, (size_t)rows * U * sizeof(float));
  backward_input(dout, logits, w, rows, U, V);
  memset(dh, 0, (size_t)B * U * sizeof(float));
  backward(d, gd, decoder, fed, DS, dh, dout);
  backward(e, ge, encoder, inputs, ES, dh, NULL);
  return sum / rows;
}

static double step(void) {
  double value = loss();
  updates++;
  float rate = 1e-3f * sqrtf(1 - powf(0.999f, updates)) / (1 - powf(0.9f, updates));
  for (size_t i = 0; i < count; i++) {
    float g = gradients[i];
    first[i] = 0.9f * first[i] + 0.1f * g;
    second[i] = 0.999f * second[i] + 0.001f * g * g;
    parameters[i] -= rate * first[i] / (sqrtf(second[i]) + 1e-7f);
  }
  return value;
}

static int *tokens(int n) {
  int *t = malloc(n * sizeof(int));
  for (int i = 0; i < n; i++) t[i] = 1 + rand() % (V - 1);
  return t;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  U = atoi(argv[1]), V = atoi(argv[2]), B = atoi(argv[3]), ES = atoi(argv[4]), DS = atoi(argv[5]);
  count = 2 * side_count() + (size_t)U * V + V;
  parameters = floats(count), gradients = floats(count), first = floats(count), second = floats(count);
  logits = floats((size_t)DS * B * V), dout = floats((size_t)DS * B * U), dh = floats((size_t)B * U);
  encoder = tape(ES), decoder = tape(DS);
  inputs = tokens(ES * B), fed = tokens(DS * B), targets = tokens(DS * B);
  for (size_t i = 0; i < count; i++) parameters[i] = ((float)rand() / RAND_MAX * 2 - 1) / sqrtf(U);
  if (argc > 6) {
    loss();
    float *exact = floats(count), worst = 0;
    memcpy(exact, gradients, count * sizeof(float));
    for (int k = 0; k < 200; k++) {
      size_t i = rand() % count;
      float old = parameters[i];
      parameters[i] = old + 2e-2f;
      double up = loss();
      parameters[i] = old - 2e-2f;
      double slope = (up - loss()) / 4e-2;
      parameters[i] = old;
      worst = fmaxf(worst, fabsf((float)slope - exact[i]));
    }
    double start = 0, end = 0;
    for (int k = 0; k < 300; k++) k ? (end = step()) : (start = step());
    printf("largest difference from finite differences %.2g, loss %.3f to %.3f\n", worst, start, end);
    return 0;
  }
  for (int i = 0; i < 3; i++) step();
  printf("{\"version\": \"gcc %s\"}\n", __VERSION__);
  fflush(stdout);
  int n;
  while (scanf("%d", &n) == 1) {
    printf("[");
    for (int i = 0; i < n; i++) {
      double start = now();
      step();
      printf("%s%.6f", i ? ", " : "", now() - start);
    }
    printf("]\n");
    fflush(stdout);
  }
}
