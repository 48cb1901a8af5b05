/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ops as formulas. Speed does not matter here; that each line can be checked against the
 * definition does.
 */
#include "config.h"

#include "engine/nn/reference.h"

#include <math.h>
#include <string.h>

static double
gelu (double x)
{
  return 0.5 * x * (1.0 + erf (x / sqrt (2.0)));
}

/* Softmax over n scores, in place. */
static void
softmax (double *scores, guint n)
{
  double largest = -G_MAXDOUBLE, total = 0;

  for (guint i = 0; i < n; i++)
    largest = MAX (largest, scores[i]);
  for (guint i = 0; i < n; i++)
    total += scores[i] = exp (scores[i] - largest);
  for (guint i = 0; i < n; i++)
    scores[i] /= total;
}

void
monocle_reference_matmul (const float *x,
                          const float *w,
                          const float *bias,
                          const float *residual,
                          MonocleActivation activation,
                          guint m,
                          guint n,
                          guint k,
                          float *y)
{
  for (guint i = 0; i < m; i++)
    for (guint j = 0; j < n; j++)
      {
        double sum = bias ? bias[j] : 0;

        for (guint l = 0; l < k; l++)
          sum += (double) x[(gsize) i * k + l] * (double) w[(gsize) j * k + l];
        if (activation == MONOCLE_ACTIVATION_GELU)
          sum = gelu (sum);
        if (residual)
          sum += (double) residual[(gsize) i * n + j];
        y[(gsize) i * n + j] = (float) sum;
      }
}

void
monocle_reference_im2col (const float *x,
                          guint height,
                          guint width,
                          guint channels,
                          guint kernel,
                          guint stride,
                          guint padding,
                          float *y)
{
  const guint out_height = (height + 2 * padding - kernel) / stride + 1;
  const guint out_width = (width + 2 * padding - kernel) / stride + 1;
  const guint columns = (kernel * kernel * channels + 3) / 4 * 4;

  for (guint oy = 0; oy < out_height; oy++)
    for (guint ox = 0; ox < out_width; ox++)
      {
        float *row = y + (gsize) (oy * out_width + ox) * columns;

        for (guint i = 0; i < columns; i++)
          row[i] = 0;
        for (guint ky = 0; ky < kernel; ky++)
          for (guint kx = 0; kx < kernel; kx++)
            {
              const int iy = (int) (oy * stride + ky) - (int) padding;
              const int ix = (int) (ox * stride + kx) - (int) padding;

              if (iy < 0 || iy >= (int) height || ix < 0 || ix >= (int) width)
                continue;
              for (guint c = 0; c < channels; c++)
                row[(ky * kernel + kx) * channels + c]
                    = x[((gsize) iy * width + (gsize) ix) * channels + c];
            }
      }
}

void
monocle_reference_depthwise_conv (const float *x,
                                  const float *w,
                                  const float *bias,
                                  guint height,
                                  guint width,
                                  guint channels,
                                  float *y)
{
  for (int r = 0; r < (int) height; r++)
    for (int s = 0; s < (int) width; s++)
      for (guint c = 0; c < channels; c++)
        {
          const gsize at = ((gsize) r * width + (gsize) s) * channels + c;
          double sum = (double) x[at] + (double) bias[c];

          for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
              if (r + dy >= 0 && r + dy < (int) height && s + dx >= 0 && s + dx < (int) width)
                sum += (double) w[(guint) ((dy + 1) * 3 + dx + 1) * channels + c]
                       * (double) x[((gsize) (r + dy) * width + (gsize) (s + dx)) * channels + c];
          y[at] = (float) sum;
        }
}

void
monocle_reference_layer_norm (const float *x,
                              const float *weight,
                              const float *bias,
                              guint rows,
                              guint columns,
                              float eps,
                              float *y)
{
  for (guint i = 0; i < rows; i++)
    {
      const float *row = x + (gsize) i * columns;
      double mean = 0, variance = 0;

      for (guint c = 0; c < columns; c++)
        mean += (double) row[c] / columns;
      for (guint c = 0; c < columns; c++)
        variance += ((double) row[c] - mean) * ((double) row[c] - mean) / columns;
      for (guint c = 0; c < columns; c++)
        y[(gsize) i * columns + c]
            = (float) (((double) row[c] - mean) / sqrt (variance + (double) eps)
                           * (double) weight[c]
                       + (double) bias[c]);
    }
}

void
monocle_reference_window_attention (const float *qkv,
                                    const float *bias,
                                    guint height,
                                    guint width,
                                    guint n_heads,
                                    guint head_width,
                                    guint window,
                                    float *y)
{
  const guint channels = n_heads * head_width;
  const guint tokens = window * window;
  g_autofree double *scores = g_new (double, tokens);
  g_autofree const float **rows = g_new (const float *, tokens);

  for (guint top = 0; top < height; top += window)
    for (guint left = 0; left < width; left += window)
      {
        for (guint i = 0; i < tokens; i++)
          {
            const guint r = top + i / window, s = left + i % window;

            rows[i] = r < height && s < width ? qkv + ((gsize) r * width + s) * 3 * channels : bias;
          }
        for (guint h = 0; h < n_heads; h++)
          for (guint i = 0; i < tokens; i++)
            {
              const guint r = top + i / window, s = left + i % window;

              if (r >= height || s >= width)
                continue;
              for (guint j = 0; j < tokens; j++)
                {
                  scores[j] = 0;
                  for (guint c = 0; c < head_width; c++)
                    scores[j] += (double) rows[i][h * head_width + c]
                                 * (double) rows[j][channels + h * head_width + c];
                  scores[j] /= sqrt (head_width);
                }
              softmax (scores, tokens);
              for (guint c = 0; c < head_width; c++)
                {
                  double sum = 0;

                  for (guint j = 0; j < tokens; j++)
                    sum += scores[j] * (double) rows[j][2 * channels + h * head_width + c];
                  y[((gsize) r * width + s) * channels + h * head_width + c] = (float) sum;
                }
            }
      }
}

void
monocle_reference_channel_attention (
    const float *qkv, guint tokens, guint n_groups, guint width, float *y)
{
  const guint channels = n_groups * width;
  g_autofree double *scores = g_new (double, width);

  for (guint g = 0; g < n_groups; g++)
    for (guint i = 0; i < width; i++)
      {
        for (guint j = 0; j < width; j++)
          {
            scores[j] = 0;
            for (guint t = 0; t < tokens; t++)
              scores[j] += (double) qkv[(gsize) t * 3 * channels + g * width + i]
                           * (double) qkv[(gsize) t * 3 * channels + channels + g * width + j];
            scores[j] /= sqrt (tokens);
          }
        softmax (scores, width);
        for (guint t = 0; t < tokens; t++)
          {
            double sum = 0;

            for (guint j = 0; j < width; j++)
              sum += scores[j]
                     * (double) qkv[(gsize) t * 3 * channels + 2 * channels + g * width + j];
            y[(gsize) t * channels + g * width + i] = (float) sum;
          }
      }
}

void
monocle_reference_attention (const float *q,
                             const float *k,
                             const float *v,
                             const MonocleAttention *a,
                             const guint32 *lengths,
                             float *y)
{
  const guint channels = a->n_heads * a->head_width;
  g_autofree double *scores = g_new (double, a->n_keys);

  for (guint b = 0; b < a->n_batches; b++)
    for (guint h = 0; h < a->n_heads; h++)
      for (guint t = 0; t < a->n_queries; t++)
        {
          const gsize at = (gsize) b * a->kv_batch_stride + h * a->head_width;
          const float *query = q + a->q_first + (gsize) b * a->q_batch_stride
                               + (gsize) t * a->q_row_stride + h * a->head_width;
          float *result = y + ((gsize) b * a->n_queries + t) * channels + h * a->head_width;
          guint n = lengths ? MIN (lengths[b], a->n_keys) : a->n_keys;

          if (a->causal)
            n = MIN (n, t + 1);
          for (guint j = 0; j < n; j++)
            {
              scores[j] = 0;
              for (guint c = 0; c < a->head_width; c++)
                scores[j] += (double) query[c]
                             * (double) k[a->k_first + at + (gsize) j * a->kv_row_stride + c];
              scores[j] /= sqrt (a->head_width);
            }
          softmax (scores, n);
          for (guint c = 0; c < a->head_width; c++)
            {
              double sum = 0;

              for (guint j = 0; j < n; j++)
                sum += scores[j] * (double) v[a->v_first + at + (gsize) j * a->kv_row_stride + c];
              result[c] = (float) sum;
            }
        }
}

void
monocle_reference_cached_attention (const MonocleCachedAttention *a,
                                    const float *qkv,
                                    float *keys,
                                    float *values,
                                    const guint32 *ancestors,
                                    const guint32 *place,
                                    float *y)
{
  const guint channels = a->y.dims[a->y.n_dims - 1], head_width = channels / a->n_heads;
  const guint places = a->keys.dims[1], rows = a->keys.dims[0], n = a->n_tokens;
  g_autofree double *scores = g_new (double, places);

  for (guint r = 0; r < rows; r++)
    for (guint i = 0; i < n; i++)
      {
        const gsize at = ((gsize) r * places + place[r] + i) * channels;
        const float *new = qkv + ((gsize) r * n + i) * 3 * channels;

        memcpy (keys + at, new + channels, channels * sizeof *keys);
        memcpy (values + at, new + 2 * channels, channels * sizeof *values);
      }

  for (guint i = 0; i < rows * n * a->n_heads; i++)
    {
      const guint token = i / a->n_heads, r = token / n, h = i % a->n_heads;
      const guint here = place[r] + token % n;

      for (guint t = 0; t <= here; t++)
        {
          const guint row = t < place[r] ? ancestors[(gsize) r * places + t] : r;

          scores[t] = 0;
          for (guint c = h * head_width; c < (h + 1) * head_width; c++)
            scores[t] += (double) qkv[(gsize) token * 3 * channels + c]
                         * (double) keys[((gsize) row * places + t) * channels + c];
          scores[t] /= sqrt (head_width);
        }
      softmax (scores, here + 1);
      for (guint c = h * head_width; c < (h + 1) * head_width; c++)
        {
          double sum = 0;

          for (guint t = 0; t <= here; t++)
            {
              const guint row = t < place[r] ? ancestors[(gsize) r * places + t] : r;

              sum += scores[t] * (double) values[((gsize) row * places + t) * channels + c];
            }
          y[(gsize) token * channels + c] = (float) sum;
        }
    }
}

void
monocle_reference_embed (const guint32 *ids,
                         const float *table,
                         guint first_id,
                         guint n_ids,
                         const float *positions,
                         guint first_position,
                         gboolean position_per_row,
                         const guint32 *place,
                         guint tokens,
                         guint columns,
                         float *y)
{
  for (guint t = 0; t < tokens; t++)
    {
      const guint position
          = first_position + (place != NULL ? place[t] : 0) + (position_per_row ? t : 0);

      if (ids[t] < first_id || ids[t] - first_id >= n_ids)
        continue;
      for (guint c = 0; c < columns; c++)
        y[(gsize) t * columns + c] = table[(gsize) (ids[t] - first_id) * columns + c]
                                     + positions[(gsize) position * columns + c];
    }
}

void
monocle_reference_add_positions (const float *x,
                                 gboolean shared,
                                 const float *positions,
                                 guint first_position,
                                 guint n_batches,
                                 guint tokens,
                                 guint columns,
                                 guint y_first,
                                 guint y_batch_rows,
                                 float *y)
{
  for (guint b = 0; b < n_batches; b++)
    for (guint t = 0; t < tokens; t++)
      for (guint c = 0; c < columns; c++)
        y[((gsize) b * y_batch_rows + y_first + t) * columns + c]
            = x[((gsize) (shared ? 0 : b) * tokens + t) * columns + c]
              + positions[(gsize) (first_position + t) * columns + c];
}

void
monocle_reference_image_positions (const float *x,
                                   const float *columns,
                                   const float *rows,
                                   const float *temporal,
                                   guint height,
                                   guint width,
                                   guint channels,
                                   guint column_channels,
                                   float *y)
{
  for (guint r = 0; r < height; r++)
    for (guint s = 0; s < width; s++)
      for (guint c = 0; c < channels; c++)
        {
          const gsize at = ((gsize) r * width + s) * channels + c;
          const float position = c < column_channels
                                     ? columns[s * column_channels + c]
                                     : rows[r * (channels - column_channels) + c - column_channels];

          y[at] = x[at] + position + temporal[c];
        }
}

void
monocle_reference_mean_rows (const float *x, guint rows, guint columns, float *y)
{
  for (guint c = 0; c < columns; c++)
    {
      double sum = 0;

      for (guint i = 0; i < rows; i++)
        sum += (double) x[(gsize) i * columns + c];
      y[c] = (float) (sum / rows);
    }
}

void
monocle_reference_top_k (const float *logits,
                         const float *bias,
                         const guint32 *banned,
                         const guint32 *n_banned,
                         guint max_banned,
                         guint rows,
                         guint n,
                         guint k,
                         guint32 *ids,
                         float *log_probabilities)
{
  g_autofree float *values = g_new (float, n);
  g_autofree gboolean *taken = g_new (gboolean, n);

  for (guint r = 0; r < rows; r++)
    {
      double largest = -G_MAXDOUBLE, total = 0;

      for (guint i = 0; i < n; i++)
        {
          /* In float, as the op adds: equal sums must tie here too. */
          values[i] = bias ? logits[(gsize) r * n + i] + bias[i] : logits[(gsize) r * n + i];
          largest = MAX (largest, (double) values[i]);
          taken[i] = FALSE;
        }
      for (guint i = 0; i < n; i++)
        total += exp ((double) values[i] - largest);
      for (guint i = 0; i < n_banned[r]; i++)
        {
          const guint32 *range = banned + 2 * ((gsize) r * max_banned + i);

          for (guint id = range[0]; id < n && id <= range[1]; id++)
            taken[id] = TRUE;
        }

      for (guint j = 0; j < k; j++)
        {
          guint best = G_MAXUINT32;

          for (guint i = 0; i < n; i++)
            if (!taken[i] && (best == G_MAXUINT32 || values[i] > values[best]))
              best = i;
          ids[(gsize) r * k + j] = best;
          log_probabilities[(gsize) r * k + j] = -INFINITY;
          if (best != G_MAXUINT32)
            {
              taken[best] = TRUE;
              log_probabilities[(gsize) r * k + j]
                  = (float) ((double) values[best] - largest - log (total));
            }
        }
    }
}
