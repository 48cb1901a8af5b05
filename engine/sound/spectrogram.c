/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/sound/spectrogram.h"

#include <complex.h>
#include <math.h>
#include <string.h>

#define RATE      MONOCLE_SPECTROGRAM_RATE
#define N_SAMPLES MONOCLE_SPECTROGRAM_SAMPLES
#define N_TIMES   MONOCLE_SPECTROGRAM_N_TIMES
#define N_MELS    MONOCLE_SPECTROGRAM_N_MELS

/* Of a window, in samples; as a power of two; from one to the next. */
#define WINDOW      1024
#define WINDOW_BITS 10
#define HOP         256
#define N_BINS      (WINDOW / 2 + 1)

/* A last part counts that has half of itself, and this many samples. */
#define LEAST_REST (RATE / 10)

#define LEAST_POWER 1e-5
#define MOST_POWER  1e5
#define MEAN        (-4.26)
#define DEVIATION   9.14

/* The Slaney scale: straight up to here, logarithmic behind that. */
#define STRAIGHT_HZ    1000.0
#define STRAIGHT_STEP  (200.0 / 3)
#define STRAIGHT_MELS  (STRAIGHT_HZ / STRAIGHT_STEP)
#define MELS_OF_FACTOR 27.0
#define FACTOR         6.4

guint
monocle_spectrogram_count_parts (gsize n_samples)
{
  const gsize n = n_samples / N_SAMPLES, rest = n_samples % N_SAMPLES;

  if (rest > N_SAMPLES / 2 + LEAST_REST || (n == 0 && rest > 0))
    return (guint) MIN (n + 1, G_MAXUINT);
  return (guint) MIN (n, G_MAXUINT);
}

/* --- bands -------------------------------------------------------------------------------- */

static double
get_mel (double hz)
{
  if (hz < STRAIGHT_HZ)
    return hz / STRAIGHT_STEP;
  return STRAIGHT_MELS + log (hz / STRAIGHT_HZ) / log (FACTOR) * MELS_OF_FACTOR;
}

static double
get_hz (double mel)
{
  if (mel < STRAIGHT_MELS)
    return mel * STRAIGHT_STEP;
  return STRAIGHT_HZ * pow (FACTOR, (mel - STRAIGHT_MELS) / MELS_OF_FACTOR);
}

/* Of each band a triangle over the two beside it, of area 1. */
typedef struct
{
  double window[WINDOW];
  double complex turns[WINDOW / 2];
  guint first[N_MELS], end[N_MELS]; /* the bins of which a band has something */
  double weights[N_MELS][N_BINS];
} Tables;

static void
fill_band (Tables *tables, guint band, const double hz[3])
{
  tables->first[band] = N_BINS;
  for (guint bin = 0; bin < N_BINS; bin++)
    {
      const double at = (double) bin * RATE / WINDOW;
      const double up = (at - hz[0]) / (hz[1] - hz[0]), down = (hz[2] - at) / (hz[2] - hz[1]);
      const double weight = MAX (MIN (up, down), 0) * 2 / (hz[2] - hz[0]);

      tables->weights[band][bin] = weight;
      if (weight > 0)
        {
          tables->first[band] = MIN (tables->first[band], bin);
          tables->end[band] = bin + 1;
        }
    }
}

static Tables *
make_tables (void)
{
  Tables *tables = g_new0 (Tables, 1);
  const double step = get_mel (RATE / 2.0) / (N_MELS + 1);

  for (guint i = 0; i < WINDOW; i++)
    tables->window[i] = 0.5 - 0.5 * cos (2 * G_PI * i / (WINDOW - 1));
  for (guint i = 0; i < WINDOW / 2; i++)
    tables->turns[i] = CMPLX (cos (2 * G_PI * i / WINDOW), -sin (2 * G_PI * i / WINDOW));
  for (guint band = 0; band < N_MELS; band++)
    fill_band (
        tables, band,
        (double[]){ get_hz (step * band), get_hz (step * (band + 1)), get_hz (step * (band + 2)) });
  return tables;
}

/* --- windows ------------------------------------------------------------------------------ */

/* Where a sample goes so that halves of halves lie together. */
static guint
reverse (guint index)
{
  guint reversed = 0;

  for (guint bit = 0; bit < WINDOW_BITS; bit++)
    reversed |= (index >> bit & 1) << (WINDOW_BITS - 1 - bit);
  return reversed;
}

/* The Fourier transform of what lies in the order of reverse(), in place. */
static void
transform (const Tables *tables, double complex *values)
{
  for (guint half = 1; half < WINDOW; half *= 2)
    for (guint start = 0; start < WINDOW; start += 2 * half)
      for (guint i = 0; i < half; i++)
        {
          const double complex low = values[start + i];
          const double complex high
              = values[start + half + i] * tables->turns[i * (WINDOW / 2 / half)];

          values[start + i] = low + high;
          values[start + half + i] = low - high;
        }
}

/* The part of which a window may be wanted, mirrored at its ends. */
static double
get_sample (const double *part, int at)
{
  if (at < 0)
    at = -at;
  else if (at >= N_SAMPLES)
    at = 2 * (N_SAMPLES - 1) - at;
  return part[at];
}

/* Returns: whether there is anything but silence */
static gboolean
measure_powers (const Tables *tables, const double *part, guint time, double powers[N_BINS])
{
  double complex values[WINDOW];
  gboolean is_heard = FALSE;

  for (guint i = 0; i < WINDOW; i++)
    {
      const double sample
          = get_sample (part, (int) (time * HOP + i) - WINDOW / 2) * tables->window[i];

      values[reverse (i)] = sample;
      is_heard = is_heard || sample < 0 || sample > 0;
    }
  if (!is_heard)
    {
      memset (powers, 0, sizeof (double) * N_BINS);
      return FALSE;
    }
  transform (tables, values);
  for (guint bin = 0; bin < N_BINS; bin++)
    powers[bin]
        = creal (values[bin]) * creal (values[bin]) + cimag (values[bin]) * cimag (values[bin]);
  return TRUE;
}

static float
measure_band (const Tables *tables, guint band, const double powers[N_BINS])
{
  double power = 0;

  for (guint bin = tables->first[band]; bin < tables->end[band]; bin++)
    power += tables->weights[band][bin] * powers[bin];
  if (power > 0)
    power = log (CLAMP (power, LEAST_POWER, MOST_POWER));
  return (float) ((power - MEAN) / DEVIATION);
}

void
monocle_spectrogram_make (
    const float *samples, gsize n_samples, guint part, float *picture, guint8 *is_heard)
{
  const gsize start = MIN ((gsize) part * N_SAMPLES, n_samples);
  const gsize n = MIN (n_samples - start, N_SAMPLES);
  g_autofree double *own = g_new0 (double, N_SAMPLES);
  g_autofree Tables *tables = make_tables ();
  double powers[N_BINS];

  for (gsize i = 0; i < n; i++)
    own[i] = isfinite (samples[start + i]) ? (double) samples[start + i] : 0;
  for (guint time = 0; time < N_TIMES; time++)
    {
      const gboolean heard = measure_powers (tables, own, time, powers);

      if (is_heard)
        is_heard[time] = heard ? 1 : 0;
      for (guint band = 0; band < N_MELS; band++)
        picture[time * N_MELS + band] = measure_band (tables, band, powers);
    }
}
