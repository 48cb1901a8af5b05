/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * sound/spectrogram: against what the reference's definitions give (reference/make_spectrogram.py),
 * tones and clicks of which it can be said beforehand; parts, silence, what is no number.
 */
#include "config.h"

#include <glib.h>
#include <math.h>
#include <string.h>

#include "engine/sound/spectrogram.h"

#define RATE    MONOCLE_SPECTROGRAM_RATE
#define SAMPLES MONOCLE_SPECTROGRAM_SAMPLES
#define TIMES   MONOCLE_SPECTROGRAM_N_TIMES
#define MELS    MONOCLE_SPECTROGRAM_N_MELS

/* Of a click, in every band: its power in every bin, of which one is 15.625 Hz wide. */
#define CLICK (1024.0 / RATE)

/* Of nothing at all. */
#define SILENCE (4.26 / 9.14)

/* Printed by the script: every 18th band. */
static const struct
{
  guint time;
  double bands[8];
} expected[] = {
  { 0, { 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083 } },
  { 60, { 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083, 0.466083 } },
  { 61, { -0.197329, -0.119084, 0.221558, -0.160829, -0.366879, -0.480874, -0.587849, -0.682846 } },
  { 64, { -0.222961, -0.081562, 0.997817, -0.148222, -0.237732, -0.216225, -0.277997, -0.313548 } },
  { 128,
    { -0.446758, -0.450064, 0.992768, -0.384409, -0.372025, -0.204340, -0.295007, -0.350464 } },
  { 200,
    { -0.450798, -0.432409, 0.992942, -0.385411, -0.394955, -0.303148, -0.395641, -0.339309 } },
  { 254, { -0.074239, -0.000544, 1.008621, 0.062692, -0.048406, 0.315882, -0.192126, -0.307909 } },
  { 255, { 0.070829, 0.157184, 1.037519, 0.204929, 0.096679, 0.466744, -0.053846, -0.198091 } },
};
#define EXPECTED_SUM (-2437.6862)

/* As the script makes it. */
static float *
make_sound (void)
{
  float *sound = g_new0 (float, SAMPLES);

  for (guint32 i = RATE; i < SAMPLES; i++)
    {
      guint32 mixed = i * 2654435761u;

      mixed = (mixed ^ mixed >> 15) * 2221713035u;
      mixed ^= mixed >> 16;
      sound[i] = (float) (0.4 * sin (2 * G_PI * i * (100 + i / 40.0) / RATE) + 0.3 * sin (i / 3.0)
                          + 0.02 * ((mixed >> 8) / 16777216.0 - 0.5));
    }
  return sound;
}

static void
test_reference (void)
{
  g_autofree float *sound = make_sound ();
  g_autofree float *picture = g_new (float, TIMES *MELS);
  guint8 is_heard[TIMES];
  double sum = 0;

  monocle_spectrogram_make (sound, SAMPLES, 0, picture, is_heard);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    for (guint j = 0; j < 8; j++)
      g_assert_cmpfloat_with_epsilon ((double) picture[expected[i].time * MELS + 18 * j],
                                      expected[i].bands[j], 2e-5);
  for (guint i = 0; i < TIMES * MELS; i++)
    sum += (double) picture[i];
  g_assert_cmpfloat_with_epsilon (sum, EXPECTED_SUM, 0.05);
  /* The window of the time 60 ends at the sample 15872, that of 61 at 16128. */
  for (guint time = 0; time < TIMES; time++)
    g_assert_cmpuint (is_heard[time], ==, time >= 61);
}

/* A higher tone is in a higher band. */
static void
test_tones (void)
{
  g_autofree float *sound = g_new (float, SAMPLES);
  g_autofree float *picture = g_new (float, TIMES *MELS);
  guint last = 0;

  for (double hz = 150; hz < 7000; hz *= 1.5)
    {
      guint loudest = 0;

      for (guint i = 0; i < SAMPLES; i++)
        sound[i] = (float) (0.25 * sin (2 * G_PI * hz * i / RATE));
      monocle_spectrogram_make (sound, SAMPLES, 0, picture, NULL);
      for (guint band = 1; band < MELS; band++)
        if (picture[100 * MELS + band] > picture[100 * MELS + loudest])
          loudest = band;
      g_assert_cmpuint (loudest, >, last);
      last = loudest;
    }
  /* 5767 Hz are 40.5 units of the scale, of which a band's middle is 0.351 above the one before. */
  g_assert_cmpuint (last, ==, 114);
}

/* A click in the middle of a window has the same power in every bin: 1 by the window's height. What
 * a band of area 1 has of that is one over what a bin is wide. */
static void
test_click (void)
{
  g_autofree float *sound = g_new0 (float, SAMPLES);
  g_autofree float *picture = g_new (float, TIMES *MELS);

  sound[100 * 256] = 1;
  monocle_spectrogram_make (sound, SAMPLES, 0, picture, NULL);
  for (guint band = 40; band < MELS; band++)
    g_assert_cmpfloat_with_epsilon ((double) picture[100 * MELS + band],
                                    (log (CLICK) + 4.26) / 9.14, 0.01);
  for (guint band = 0; band < MELS; band++)
    {
      g_assert_cmpfloat_with_epsilon ((double) picture[97 * MELS + band], SILENCE, 1e-6);
      g_assert_cmpfloat_with_epsilon ((double) picture[103 * MELS + band], SILENCE, 1e-6);
    }
}

static void
test_parts (void)
{
  g_autofree float *sound = make_sound ();
  g_autofree float *twice = g_new (float, 2 * SAMPLES);
  g_autofree float *first = g_new (float, TIMES *MELS), *second = g_new (float, TIMES *MELS);
  guint8 is_heard[TIMES];

  g_assert_cmpuint (monocle_spectrogram_count_parts (0), ==, 0);
  g_assert_cmpuint (monocle_spectrogram_count_parts (1), ==, 1);
  g_assert_cmpuint (monocle_spectrogram_count_parts (SAMPLES), ==, 1);
  g_assert_cmpuint (monocle_spectrogram_count_parts (SAMPLES + SAMPLES / 2 + 1600), ==, 1);
  g_assert_cmpuint (monocle_spectrogram_count_parts (SAMPLES + SAMPLES / 2 + 1601), ==, 2);
  g_assert_cmpuint (monocle_spectrogram_count_parts (3 * SAMPLES), ==, 3);

  memcpy (twice, sound, SAMPLES * sizeof (float));
  memcpy (twice + SAMPLES, sound, SAMPLES * sizeof (float));
  monocle_spectrogram_make (sound, SAMPLES, 0, first, NULL);
  monocle_spectrogram_make (twice, 2 * SAMPLES, 1, second, NULL);
  g_assert_cmpmem (first, TIMES * MELS * sizeof (float), second, TIMES * MELS * sizeof (float));

  /* What is not there is silence: of half a part, and behind all. */
  monocle_spectrogram_make (twice, SAMPLES + SAMPLES / 2, 1, second, is_heard);
  g_assert_cmpmem (first, 100 * MELS * sizeof (float), second, 100 * MELS * sizeof (float));
  for (guint time = 0; time < TIMES; time++)
    g_assert_cmpuint (is_heard[time], ==, time >= 61 && time <= 129);
  monocle_spectrogram_make (twice, 2 * SAMPLES, 2, second, is_heard);
  for (guint i = 0; i < TIMES * MELS; i++)
    g_assert_cmpfloat_with_epsilon ((double) second[i], SILENCE, 1e-6);
}

static void
test_no_numbers (void)
{
  g_autofree float *sound = make_sound ();
  g_autofree float *picture = g_new (float, TIMES *MELS);

  for (guint i = 0; i < SAMPLES; i += 7)
    sound[i] = i % 2 == 0 ? (float) NAN : i % 3 == 0 ? (float) INFINITY : -3e38f;
  monocle_spectrogram_make (sound, SAMPLES, 0, picture, NULL);
  for (guint i = 0; i < TIMES * MELS; i++)
    {
      g_assert_true (isfinite (picture[i]));
      g_assert_cmpfloat (fabsf (picture[i]), <, 2);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/spectrogram/reference", test_reference);
  g_test_add_func ("/spectrogram/tones", test_tones);
  g_test_add_func ("/spectrogram/click", test_click);
  g_test_add_func ("/spectrogram/parts", test_parts);
  g_test_add_func ("/spectrogram/no-numbers", test_no_numbers);
  return g_test_run ();
}
