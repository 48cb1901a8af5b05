/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/paligemma/masks.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/checkpoint/npy.h"
#include "engine/checkpoint/zip.h"
#include "engine/answer/between.h"

/* The published one has 8.5 MB. */
#define MAX_BYTES (64 << 20)

#define SIDE       4   /* of the grid of codes */
#define CODE_WIDTH 512 /* numbers of a code */
#define WIDTH      128 /* channels of what is made of them */
#define N_BLOCKS   2
#define N_UPS      4

/* A convolution: each tap is a matrix [inputs, outputs]. */
typedef struct
{
  guint kernel, n_in, n_out;
  float *weight; /* [kernel * kernel, n_in, n_out] */
  float *bias;   /* [n_out] */
} Convolution;

/* Which of the two sides of a stored kernel is the input's. */
typedef enum
{
  OUTPUT_FIRST,
  INPUT_FIRST,
} Order;

struct _MonoclePaligemmaMasks
{
  float *codes; /* [codes, CODE_WIDTH] */
  Convolution first, blocks[N_BLOCKS][3], ups[N_UPS], last;
};

static void
convolution_clear (Convolution *convolution)
{
  g_free (convolution->weight);
  g_free (convolution->bias);
}

void
monocle_paligemma_masks_free (MonoclePaligemmaMasks *self)
{
  if (!self)
    return;
  g_free (self->codes);
  convolution_clear (&self->first);
  for (guint i = 0; i < N_BLOCKS; i++)
    for (guint k = 0; k < 3; k++)
      convolution_clear (&self->blocks[i][k]);
  for (guint i = 0; i < N_UPS; i++)
    convolution_clear (&self->ups[i]);
  convolution_clear (&self->last);
  g_free (self);
}

/* --- reading ------------------------------------------------------------------------------ */

typedef struct
{
  MonocleZip *zip;
  const char *path;
} Archive;

/* (transfer full) (nullable): an array of that shape */
static MonocleNpy *
read_array (
    const Archive *archive, const char *name, guint n_dims, const guint *dims, GError **error)
{
  g_autofree char *entry = g_strconcat (name, ".npy", NULL);
  g_autofree char *where = g_strdup_printf ("%s: %s", archive->path, name);
  g_autoptr (MonocleNpy) array = NULL;
  const guint8 *data;
  gsize size;
  gboolean fits;

  if (!monocle_zip_read (archive->zip, entry, &data, &size, error))
    return NULL;
  array = monocle_npy_parse (data, size, where, error);
  if (!array)
    return NULL;
  fits = array->type == MONOCLE_NPY_F32 && array->n_dims == n_dims;
  for (guint i = 0; fits && i < n_dims; i++)
    fits = array->dims[i] == dims[i];
  if (fits)
    return g_steal_pointer (&array);
  monocle_file_set_error (error, where,
                          "has another shape or type than the network that makes "
                          "masks of codes");
  return NULL;
}

static gboolean
read_convolution (const Archive *archive,
                  const char *name,
                  Order order,
                  guint kernel,
                  guint n_in,
                  guint n_out,
                  Convolution *convolution,
                  GError **error)
{
  g_autofree char *weight_name = g_strconcat (name, ".weight", NULL);
  g_autofree char *bias_name = g_strconcat (name, ".bias", NULL);
  const guint dims[] = { order == INPUT_FIRST ? n_in : n_out, order == INPUT_FIRST ? n_out : n_in,
                         kernel, kernel };
  g_autoptr (MonocleNpy) weight
      = read_array (archive, weight_name, G_N_ELEMENTS (dims), dims, error);
  g_autoptr (MonocleNpy) bias = weight ? read_array (archive, bias_name, 1, &n_out, error) : NULL;
  const gsize n_taps = (gsize) kernel * kernel;

  if (!bias)
    return FALSE;
  *convolution = (Convolution){ .kernel = kernel,
                                .n_in = n_in,
                                .n_out = n_out,
                                .weight = g_new (float, n_taps * n_in * n_out),
                                .bias = g_steal_pointer (&bias->f32) };
  for (gsize i = 0; i < n_in; i++)
    for (gsize o = 0; o < n_out; o++)
      {
        const gsize at = order == INPUT_FIRST ? i * n_out + o : o * n_in + i;

        for (gsize tap = 0; tap < n_taps; tap++)
          convolution->weight[(tap * n_in + i) * n_out + o] = weight->f32[at * n_taps + tap];
      }
  return TRUE;
}

static gboolean
read_block (const Archive *archive, guint index, Convolution *parts, GError **error)
{
  for (guint k = 0; k < 3; k++)
    {
      g_autofree char *name = g_strdup_printf ("decoder.%u.net.%u", 2 + index, 2 * k);

      if (!read_convolution (archive, name, OUTPUT_FIRST, k < 2 ? 3 : 1, WIDTH, WIDTH, &parts[k],
                             error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_all (MonoclePaligemmaMasks *self, const Archive *archive, GError **error)
{
  static const guint widths[N_UPS + 1] = { WIDTH, 128, 64, 32, 16 };
  const guint code_dims[] = { MONOCLE_PALIGEMMA_CODES, CODE_WIDTH };
  g_autoptr (MonocleNpy) codes = read_array (archive, "_vq_vae._embedding", 2, code_dims, error);

  if (!codes
      || !read_convolution (archive, "decoder.0", OUTPUT_FIRST, 1, CODE_WIDTH, WIDTH, &self->first,
                            error))
    return FALSE;
  self->codes = g_steal_pointer (&codes->f32);
  for (guint i = 0; i < N_BLOCKS; i++)
    if (!read_block (archive, i, self->blocks[i], error))
      return FALSE;
  for (guint i = 0; i < N_UPS; i++)
    {
      g_autofree char *name = g_strdup_printf ("decoder.%u", 4 + 2 * i);

      if (!read_convolution (archive, name, INPUT_FIRST, 4, widths[i], widths[i + 1], &self->ups[i],
                             error))
        return FALSE;
    }
  return read_convolution (archive, "decoder.12", OUTPUT_FIRST, 1, widths[N_UPS], 1, &self->last,
                           error);
}

MonoclePaligemmaMasks *
monocle_paligemma_masks_load (const char *path, GError **error)
{
  g_autoptr (MonoclePaligemmaMasks) self = g_new0 (MonoclePaligemmaMasks, 1);
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_BYTES, error);
  g_autoptr (MonocleZip) zip = bytes ? monocle_zip_open (bytes, path, error) : NULL;
  const Archive archive = { .zip = zip, .path = path };

  return zip && read_all (self, &archive, error) ? g_steal_pointer (&self) : NULL;
}

/* --- codes to a map ----------------------------------------------------------------------- */

/* One input to all outputs of a tap. */
static void
add_tap (const Convolution *c, guint tap, const float *x, float *y)
{
  const float *weight = c->weight + (gsize) tap * c->n_in * c->n_out;

  for (guint i = 0; i < c->n_in; i++, weight += c->n_out)
    for (guint o = 0; o < c->n_out; o++)
      y[o] += x[i] * weight[o];
}

/* (transfer full): [side, side, outputs], as much of the picture as there is around it being 0 */
static float *
convolve (const Convolution *c, const float *x, guint side)
{
  const int n = (int) side, kernel = (int) c->kernel, reach = kernel / 2;
  float *y = g_new (float, (gsize) side * side * c->n_out);

  for (int row = 0; row < n; row++)
    for (int column = 0; column < n; column++)
      {
        float *out = y + (gsize) (row * n + column) * c->n_out;

        memcpy (out, c->bias, c->n_out * sizeof *out);
        for (int tap = 0; tap < kernel * kernel; tap++)
          {
            const int from_row = row + tap / kernel - reach;
            const int from_column = column + tap % kernel - reach;

            if (from_row >= 0 && from_row < n && from_column >= 0 && from_column < n)
              add_tap (c, (guint) tap, x + (gsize) (from_row * n + from_column) * c->n_in, out);
          }
      }
  return y;
}

/* (transfer full): [2 side, 2 side, outputs]: each pixel adds to four by four, of which one each
 * way lies before it */
static float *
spread (const Convolution *c, const float *x, guint side)
{
  const int n = (int) side, kernel = (int) c->kernel;
  float *y = g_new (float, (gsize) 4 * side * side * c->n_out);

  for (gsize i = 0; i < (gsize) 4 * side * side; i++)
    memcpy (y + i * c->n_out, c->bias, c->n_out * sizeof *y);
  for (int row = 0; row < n; row++)
    for (int column = 0; column < n; column++)
      for (int tap = 0; tap < kernel * kernel; tap++)
        {
          const int to_row = 2 * row - 1 + tap / kernel, to_column = 2 * column - 1 + tap % kernel;

          if (to_row >= 0 && to_row < 2 * n && to_column >= 0 && to_column < 2 * n)
            add_tap (c, (guint) tap, x + (gsize) (row * n + column) * c->n_in,
                     y + (gsize) (to_row * 2 * n + to_column) * c->n_out);
        }
  return y;
}

static void
rectify (float *x, gsize n)
{
  for (gsize i = 0; i < n; i++)
    x[i] = MAX (x[i], 0);
}

/* x + three convolutions of it */
static void
go_through_block (const Convolution *parts, float *x)
{
  const gsize n = (gsize) SIDE * SIDE * WIDTH;
  g_autofree float *a = convolve (&parts[0], x, SIDE);
  g_autofree float *b = NULL;
  g_autofree float *c = NULL;

  rectify (a, n);
  b = convolve (&parts[1], a, SIDE);
  rectify (b, n);
  c = convolve (&parts[2], b, SIDE);
  for (gsize i = 0; i < n; i++)
    x[i] += c[i];
}

float *
monocle_paligemma_masks_decode (const MonoclePaligemmaMasks *self,
                                const guint codes[MONOCLE_PALIGEMMA_MASK_CODES])
{
  g_autofree float *grid = g_new (float, SIDE * SIDE * CODE_WIDTH);
  g_autofree float *x = NULL;
  guint side = SIDE;

  G_STATIC_ASSERT (SIDE * SIDE == MONOCLE_PALIGEMMA_MASK_CODES);
  G_STATIC_ASSERT (SIDE << N_UPS == MONOCLE_PALIGEMMA_MASK_SIDE);

  for (guint i = 0; i < SIDE * SIDE; i++)
    memcpy (grid + i * CODE_WIDTH, self->codes + (gsize) codes[i] * CODE_WIDTH,
            CODE_WIDTH * sizeof *grid);
  x = convolve (&self->first, grid, side);
  rectify (x, (gsize) side * side * WIDTH);
  for (guint i = 0; i < N_BLOCKS; i++)
    go_through_block (self->blocks[i], x);
  for (guint i = 0; i < N_UPS; i++)
    {
      float *wider = spread (&self->ups[i], x, side);

      side *= 2;
      rectify (wider, (gsize) side * side * self->ups[i].n_out);
      g_free (x);
      x = wider;
    }
  return convolve (&self->last, x, side);
}

/* --- a map to pixels ---------------------------------------------------------------------- */

typedef struct
{
  GArray *counts; /* of gint64 */
  gboolean inside;
  gint64 run;
} Runs;

static void
runs_add (Runs *runs, gboolean inside, guint64 n)
{
  if (n > 0 && inside != runs->inside)
    {
      g_array_append_val (runs->counts, runs->run);
      runs->run = 0;
      runs->inside = inside;
    }
  runs->run += (gint64) n;
}

/* Whole pixels [from, to) of a side. */
static void
cut_edges (double first, double last, guint side, guint *from, guint *to)
{
  *from = (guint) CLAMP (first, 0, side);
  *to = (guint) CLAMP (last, 0, side);
}

MonocleMaskRuns *
monocle_paligemma_masks_cut (const MonoclePaligemmaMasks *self,
                             const guint codes[MONOCLE_PALIGEMMA_MASK_CODES],
                             const double edges[4],
                             guint width,
                             guint height)
{
  const guint side = MONOCLE_PALIGEMMA_MASK_SIDE;
  g_autoptr (GArray) counts = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree float *map = NULL;
  g_autofree MonocleBetween *across = NULL;
  g_autofree MonocleBetween *down = NULL;
  Runs runs = { .counts = counts };
  guint left, right, top, bottom;

  cut_edges (edges[0], edges[2], width, &left, &right);
  cut_edges (edges[1], edges[3], height, &top, &bottom);
  if (left >= right || top >= bottom || (guint64) width * height > MONOCLE_MASK_MAX_PIXELS)
    return NULL;
  map = monocle_paligemma_masks_decode (self, codes);
  across = monocle_between_new (side, right - left);
  down = monocle_between_new (side, bottom - top);
  runs_add (&runs, FALSE, (guint64) left * height);
  for (guint x = 0; x < right - left; x++)
    {
      runs_add (&runs, FALSE, top);
      for (guint y = 0; y < bottom - top; y++)
        {
          const float above = monocle_between (&across[x], map + (gsize) down[y].before * side, 1);
          const float below = monocle_between (&across[x], map + (gsize) down[y].after * side, 1);

          runs_add (&runs, above + (below - above) * down[y].part > 0, 1);
        }
      runs_add (&runs, FALSE, height - bottom);
    }
  runs_add (&runs, FALSE, (guint64) (width - right) * height);
  g_array_append_val (counts, runs.run);
  if (counts->len == 1)
    return NULL;
  return monocle_mask_runs_new_from_counts ((const gint64 *) (gconstpointer) counts->data,
                                            counts->len, width, height);
}
