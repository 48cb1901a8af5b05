/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "hashed-golden.h"

#include <math.h>

guint32 *
hashed_golden_read_ids (JsonObject *golden, const char *key, guint *n)
{
  JsonArray *array = json_object_get_array_member (golden, key);
  guint32 *ids = g_new (guint32, json_array_get_length (array));

  *n = json_array_get_length (array);
  for (guint i = 0; i < *n; i++)
    ids[i] = (guint32) json_array_get_int_element (array, i);
  return ids;
}

/* As many of @found as are wanted. */
static void
check_part (const char *what, const float *found, JsonArray *wanted, double bound)
{
  for (guint i = 0; i < json_array_get_length (wanted); i++)
    {
      const double number = json_array_get_double_element (wanted, i);

      if (!(fabs ((double) found[i] - number) <= bound))
        g_error ("%s: element %u is %.8g, expected %.8g", what, i, (double) found[i], number);
    }
}

void
hashed_golden_check_numbers (const char *what,
                             const float *values,
                             gsize rows,
                             gsize columns,
                             JsonObject *golden,
                             double bound,
                             double part)
{
  const gsize n = rows * columns;
  JsonArray *last = json_object_get_array_member (golden, "last");
  const double abs_sum = json_object_get_double_member (golden, "abs_sum");
  const double most = part * bound * abs_sum / (double) n;
  double sum = 0, size = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += (double) values[i];
      size += fabs ((double) values[i]);
    }
  sum = fabs (sum - json_object_get_double_member (golden, "sum")) / abs_sum;
  size = fabs (size - abs_sum) / abs_sum;
  g_test_message ("%s: sum off by %.1e, sum of sizes by %.1e", what, sum, size);
  check_part (what, values, json_object_get_array_member (golden, "first"), most);
  check_part (what, values + rows / 2 * columns, json_object_get_array_member (golden, "middle"),
              most);
  check_part (what, values + n - json_array_get_length (last), last, most);
  if (!(sum <= bound && size <= bound))
    g_error ("%s: sums are off by %g and %g", what, sum, size);
}

float *
hashed_golden_answer (MonocleCrossDecoder *decoder, const guint32 *ids, guint n, guint n_words)
{
  const guint32 source = 0;
  float *logits = g_new (float, (gsize) n *n_words);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    {
      const MonocleDecoderStep step = { .tokens = &ids[i], .sources = &source };
      MonocleCandidate candidate;

      monocle_cross_decoder_step (decoder, &step, &candidate, &error);
      g_assert_no_error (error);
      monocle_cross_decoder_read_logits (decoder, logits + (gsize) i * n_words, &error);
      g_assert_no_error (error);
    }
  return logits;
}
