//go:build ignore

// What C reaches: each rule as a loop of AVX2 intrinsics with OpenMP over all
// weights, in one array whatever the number of tensors, by descent's formulas.
// It speaks the protocol of protocol/protocol.go; the conductor compiles it:
//
//	cc -O3 -march=native -fopenmp -Wall -Wextra limit.c -o limit -lm
#include <immintrin.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static float *w, *g, *m, *v; // weights, gradients, states
static long weights, tensors, n, t;

static __m256 all(double x) { return _mm256_set1_ps((float)x); }

static void sgd(void) {
	const __m256 lr = all(0.01);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < n; i += 8)
		_mm256_store_ps(w + i, _mm256_fnmadd_ps(lr, _mm256_load_ps(g + i), _mm256_load_ps(w + i)));
}

static void momentum(void) {
	const __m256 lr = all(0.01), mu = all(0.9);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < n; i += 8) {
		__m256 x = _mm256_fnmadd_ps(lr, _mm256_load_ps(g + i), _mm256_mul_ps(mu, _mm256_load_ps(v + i)));
		_mm256_store_ps(v + i, x);
		_mm256_store_ps(w + i, _mm256_add_ps(_mm256_load_ps(w + i), x));
	}
}

static void rmsprop(void) {
	const __m256 lr = all(0.001), beta = all(0.9), rest = all(1 - 0.9), eps = all(1e-8);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < n; i += 8) {
		__m256 x = _mm256_load_ps(g + i);
		__m256 y = _mm256_fmadd_ps(_mm256_mul_ps(rest, x), x, _mm256_mul_ps(beta, _mm256_load_ps(v + i)));
		__m256 step = _mm256_div_ps(_mm256_mul_ps(lr, x), _mm256_sqrt_ps(_mm256_add_ps(y, eps)));
		_mm256_store_ps(v + i, y);
		_mm256_store_ps(w + i, _mm256_sub_ps(_mm256_load_ps(w + i), step));
	}
}

static void adagrad(void) {
	const __m256 lr = all(0.01), eps = all(1e-7);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < n; i += 8) {
		__m256 x = _mm256_load_ps(g + i);
		__m256 y = _mm256_fmadd_ps(x, x, _mm256_load_ps(v + i));
		__m256 step = _mm256_div_ps(_mm256_mul_ps(lr, x), _mm256_sqrt_ps(_mm256_add_ps(y, eps)));
		_mm256_store_ps(v + i, y);
		_mm256_store_ps(w + i, _mm256_sub_ps(_mm256_load_ps(w + i), step));
	}
}

// moments moves eight of adam's two averages.
static void moments(long i, __m256 *x, __m256 *y) {
	const __m256 beta1 = all(0.9), rest1 = all(1 - 0.9), beta2 = all(0.999), rest2 = all(1 - 0.999);
	__m256 grad = _mm256_load_ps(g + i);
	*x = _mm256_fmadd_ps(rest1, grad, _mm256_mul_ps(beta1, _mm256_load_ps(m + i)));
	*y = _mm256_fmadd_ps(_mm256_mul_ps(rest2, grad), grad, _mm256_mul_ps(beta2, _mm256_load_ps(v + i)));
	_mm256_store_ps(m + i, *x);
	_mm256_store_ps(v + i, *y);
}

// direction is factor*x / (sqrt(y)*root + eps), with one division.
static __m256 direction(__m256 x, __m256 y, __m256 factor, __m256 root, __m256 eps) {
	return _mm256_div_ps(_mm256_mul_ps(factor, x), _mm256_fmadd_ps(_mm256_sqrt_ps(y), root, eps));
}

static void adam(void) {
	const __m256 lr = all(0.001 / (1 - pow(0.9, t))), root = all(1 / sqrt(1 - pow(0.999, t))), eps = all(1e-8);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < n; i += 8) {
		__m256 x, y;
		moments(i, &x, &y);
		_mm256_store_ps(w + i, _mm256_sub_ps(_mm256_load_ps(w + i), direction(x, y, lr, root, eps)));
	}
}

// squares adds eight squares to eight sums in double precision.
static void squares(__m256d sum[2], __m256 x) {
	__m256d low = _mm256_cvtps_pd(_mm256_castps256_ps128(x)), high = _mm256_cvtps_pd(_mm256_extractf128_ps(x, 1));
	sum[0] = _mm256_fmadd_pd(low, low, sum[0]);
	sum[1] = _mm256_fmadd_pd(high, high, sum[1]);
}

static double total(__m256d sum[2]) {
	double x[4];
	_mm256_storeu_pd(x, _mm256_add_pd(sum[0], sum[1]));
	return x[0] + x[1] + x[2] + x[3];
}

// lamb makes two passes over a tensor: the averages and both norms, then the
// weights with the direction made again, which is cheaper than keeping it.
static void lamb(void) {
	const __m256 one = all(1 / (1 - pow(0.9, t))), root = all(1 / sqrt(1 - pow(0.999, t))), eps = all(1e-6);
	const long pad = n / tensors;
	for (long k = 0; k < tensors; k++) {
		const long low = k * pad, high = low + pad;
		double of_w = 0, of_u = 0;
#pragma omp parallel reduction(+ : of_w, of_u)
		{
			__m256d sum_w[2] = {_mm256_setzero_pd(), _mm256_setzero_pd()}, sum_u[2] = {sum_w[0], sum_w[0]};
#pragma omp for schedule(static)
			for (long i = low; i < high; i += 8) {
				__m256 x, y;
				moments(i, &x, &y);
				squares(sum_w, _mm256_load_ps(w + i));
				squares(sum_u, direction(x, y, one, root, eps));
			}
			of_w += total(sum_w);
			of_u += total(sum_u);
		}
		const __m256 lr = all(0.001 * (of_w > 0 && of_u > 0 ? sqrt(of_w / of_u) : 1) / (1 - pow(0.9, t)));
#pragma omp parallel for schedule(static)
		for (long i = low; i < high; i += 8) {
			__m256 u = direction(_mm256_load_ps(m + i), _mm256_load_ps(v + i), lr, root, eps);
			_mm256_store_ps(w + i, _mm256_sub_ps(_mm256_load_ps(w + i), u));
		}
	}
}

static const struct {
	const char *name;
	void (*step)(void);
	int states;
} rules[] = {{"sgd", sgd, 0}, {"momentum", momentum, 1}, {"rmsprop", rmsprop, 1}, {"adagrad", adagrad, 1}, {"adam", adam, 2}, {"lamb", lamb, 2}};
static void (*step)(void);

// The i-th weight's place: every tensor begins at a multiple of eight.
static long place(long i) { return i / weights * (n / tensors) + i % weights; }
static float start(long i) { return (float)((double)(i * 7919 % 1013 - 506) / 1013); }
static float gradient(long i) {
	float x = (float)(0.1 + (double)(i * 7907 % 1009) / 1009);
	return i % 3 == 0 ? -x : x;
}

static void drop(void) {
	free(w), free(g), free(m), free(v);
	w = g = m = v = NULL;
}

// zeros is an array of n zeros whose pages the threads that use them touch first.
static float *zeros(void) {
	float *x = aligned_alloc(64, (size_t)(n + 15) / 16 * 64);
#pragma omp parallel for schedule(static)
	for (long i = 0; i < (x ? n : 0); i++)
		x[i] = 0;
	return x;
}

static const char *prepare(const char *rule, int threads) {
	const size_t count = sizeof rules / sizeof *rules;
	size_t k = 0;
	while (k < count && strcmp(rules[k].name, rule))
		k++;
	if (k == count)
		return "no no such rule";
	omp_set_num_threads(threads);
	drop();
	n = (weights + 7) / 8 * 8 * tensors, t = 0, step = rules[k].step;
	w = zeros(), g = zeros(), v = rules[k].states > 0 ? zeros() : NULL, m = rules[k].states > 1 ? zeros() : NULL;
	if (!w || !g || (rules[k].states > 0 && !v) || (rules[k].states > 1 && !m))
		return "no memory";
#pragma omp parallel for schedule(static)
	for (long i = 0; i < weights * tensors; i++)
		w[place(i)] = start(i), g[place(i)] = gradient(i);
	return "ok";
}

static double run(long steps) {
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (; steps > 0; steps--)
		t++, step();
	clock_gettime(CLOCK_MONOTONIC, &b);
	return 1e9 * (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec);
}

static double moved(void) {
	double sum = 0;
	for (long i = 0; i < weights * tensors; i++)
		sum += fabs((double)w[place(i)] - (double)start(i));
	return sum / (double)(weights * tensors);
}

int main(void) {
	char line[200], rule[50];
	int threads;
	long steps;
	float factor;
	while (fgets(line, sizeof line, stdin)) {
		if (sscanf(line, "prepare %49s %ld %ld %d", rule, &weights, &tensors, &threads) == 4)
			puts(prepare(rule, threads));
		else if (sscanf(line, "run %ld", &steps) == 1)
			printf("ns %.0f\n", run(steps));
		else if (sscanf(line, "scale %f", &factor) == 1) {
			for (long i = 0; i < n; i++)
				g[i] *= factor;
			puts("ok");
		} else if (!strncmp(line, "moved", 5))
			printf("moved %.9g\n", moved());
		else if (!strncmp(line, "drop", 4))
			drop(), puts("ok");
		else
			puts("no such line");
		fflush(stdout);
	}
}
