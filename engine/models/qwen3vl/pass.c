/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From pixels to rows that the language model reads: a tower whose tokens know where they are by
 * turning, and from a table of places besides; four neighbours are joined to one row, at the end
 * and behind some layers. Patches are in reading order; the reference has neighbours in a row,
 * which is the same to attention without a mask.
 */
#include "config.h"

#include <math.h>

#include "engine/models/qwen3vl/private.h"
#include "engine/nn/block/linear.h"
#include "engine/vk/staging.h"

/* Of the slowest turn; it is written nowhere. */
#define BASE 10000

/* --- formulas ----------------------------------------------------------------------------- */

/* A patch's neighbours become its channels: what the columns of a convolution are. */
static MonocleValue
join (MonocleGraph *g, const MonocleQwen3vlPass *self, guint factor, MonocleValue x)
{
  const guint c = monocle_tensor_get_columns (monocle_graph_get_shape (g, x));

  x = monocle_reshape (g, x, MONOCLE_DIMS (self->n_rows, self->n_columns, c));
  return monocle_im2col (g, x, factor, factor, 0);
}

/* Neighbours to one row. At the end each is normalised by itself, else all that are joined. */
static MonocleValue
merge (MonocleGraph *g,
       const MonocleQwen3vlPass *self,
       const MonocleQwen3vlConfig *config,
       MonocleScope scope,
       gboolean is_end,
       MonocleValue x)
{
  const gboolean is_older = config->is_older;
  const MonocleScope norm = monocle_scope_enter (scope, is_older ? "ln_q" : "norm");
  const guint wide = config->channels * config->factor * config->factor;

  if (is_older)
    x = monocle_norm_rms (g, norm, x, 0, config->layers.epsilon);
  else if (is_end)
    x = monocle_norm (g, norm, x, config->layers.epsilon);
  x = join (g, self, config->factor, x);
  if (!is_end)
    x = monocle_norm (g, norm, x, config->layers.epsilon);
  x = monocle_linear_with (
      g, monocle_scope_enter (scope, is_older ? "mlp.0" : "linear_fc1"), x,
      &(MonocleLinearArgs){ .n = wide, .activation = MONOCLE_ACTIVATION_GELU });
  return monocle_linear (g, monocle_scope_enter (scope, is_older ? "mlp.2" : "linear_fc2"), x,
                         config->text.channels);
}

static void
keep (MonocleGraph *g, MonocleValue x, guint index)
{
  g_autofree char *name = g_strdup_printf ("rows%u", index);

  monocle_name (g, x, name);
  monocle_keep (g, x);
}

/* --- windows ------------------------------------------------------------------------------ */

/* How many there are side by side over @n patches; the last ones have what is left. */
static guint
count_windows (guint n, guint window)
{
  return (n + window - 1) / window;
}

static void
write_windows (MonocleQwen3vlPass *self, const MonocleQwen3vlConfig *config)
{
  MonocleGraph *g = self->recording.graph;
  const guint side = config->window;
  MonocleLayerWindows *windows = &self->windows;

  windows->n = count_windows (self->n_rows, side) * count_windows (self->n_columns, side);
  windows->n_each = side * side;
  windows->ids = monocle_input (g, "windows", MONOCLE_FORMAT_U32,
                                MONOCLE_DIMS (windows->n * windows->n_each));
  windows->lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (windows->n));
  windows->back = monocle_input (g, "back", MONOCLE_FORMAT_U32,
                                 MONOCLE_DIMS (self->n_rows * self->n_columns));
  windows->zeros
      = monocle_input (g, "zeros", MONOCLE_FORMAT_F32, MONOCLE_DIMS (1, 3 * config->channels));
}

static MonocleValue
write_layers_in_windows (MonocleQwen3vlPass *self,
                         const MonocleQwen3vlConfig *config,
                         MonocleScope blocks,
                         const MonocleLayersConfig *plain,
                         MonocleValue x)
{
  MonocleLayersConfig layers = *plain;

  write_windows (self, config);
  layers.n_layers = 1;
  for (guint i = 0; i < plain->n_layers; i++)
    {
      layers.first = i;
      layers.windows = config->sees_all[i] ? NULL : &self->windows;
      x = monocle_layers (self->recording.graph, blocks, &layers, 1, x);
    }
  return x;
}

static gboolean
write_ids (const MonocleTensor *tensor, const guint32 *ids, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, ids,
                            monocle_tensor_get_n_elements (tensor) * sizeof *ids, error);
}

/* What lies in each window, and where each patch lies among all of these. */
static gboolean
fill_windows (MonocleQwen3vlPass *self, const MonocleQwen3vlConfig *config, GError **error)
{
  const MonocleLayerWindows *windows = &self->windows;
  const guint side = config->window, n_across = count_windows (self->n_columns, side);
  g_autofree guint32 *ids = g_new0 (guint32, (gsize) windows->n * windows->n_each);
  g_autofree guint32 *lengths = g_new0 (guint32, windows->n);
  g_autofree guint32 *back = g_new (guint32, (gsize) self->n_rows * self->n_columns);
  g_autofree float *zeros = g_new0 (float, (gsize) 3 * config->channels);

  for (guint y = 0; y < self->n_rows; y++)
    for (guint x = 0; x < self->n_columns; x++)
      {
        const guint window = y / side * n_across + x / side;
        const guint place = window * windows->n_each + lengths[window]++;

        ids[place] = y * self->n_columns + x;
        back[y * self->n_columns + x] = place;
      }
  return write_ids (&self->ids, ids, error) && write_ids (&self->lengths, lengths, error)
         && write_ids (&self->back, back, error)
         && monocle_tensor_write (&self->zeros, zeros, error);
}

/* --- all of it ---------------------------------------------------------------------------- */

static void
write_graph (MonocleQwen3vlPass *self, const MonocleQwen3vlConfig *config)
{
  MonocleGraph *g = self->recording.graph;
  const MonocleScope scope = monocle_scope_enter (MONOCLE_SCOPE_ROOT, "model.visual");
  const MonocleScope blocks = monocle_scope_enter (scope, "blocks");
  const MonocleScope deep = monocle_scope_enter (scope, "deepstack_merger_list");
  const guint n = self->n_rows * self->n_columns, c = config->channels;
  MonocleLayersConfig layers = config->layers;
  MonocleValue pixels = monocle_input (
      g, "pixels", MONOCLE_FORMAT_F32,
      MONOCLE_DIMS (self->n_rows * config->patch, self->n_columns * config->patch, 3));
  MonocleValue x;

  layers.angles = monocle_input (g, "angles", MONOCLE_FORMAT_F32,
                                 MONOCLE_DIMS (n, c / config->layers.n_heads));
  x = monocle_patches_of_frames (g, monocle_scope_enter (scope, "patch_embed.proj"), pixels, c,
                                 config->patch, config->frames, !config->is_older);
  x = monocle_reshape (g, x, MONOCLE_DIMS (n, c));
  if (config->side > 0)
    x = monocle_add_positions (
        g, x, monocle_input (g, "positions", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, c)), 0, 1, n);
  if (config->window > 0)
    {
      x = write_layers_in_windows (self, config, blocks, &layers, x);
      keep (g, merge (g, self, config, monocle_scope_enter (scope, "merger"), TRUE, x), 0);
      return;
    }
  for (guint i = 0; i <= config->n_deep; i++)
    {
      const guint end = i < config->n_deep ? config->deep[i] + 1 : config->layers.n_layers;

      layers.first = i > 0 ? config->deep[i - 1] + 1 : 0;
      layers.n_layers = end - layers.first;
      x = monocle_layers (g, blocks, &layers, 1, x);
      if (i < config->n_deep)
        {
          const guint index = config->has_deep_by_layer ? config->deep[i] : i;

          keep (g, merge (g, self, config, monocle_scope_enter_index (deep, index), FALSE, x),
                1 + i);
        }
    }
  keep (g, merge (g, self, config, monocle_scope_enter (scope, "merger"), TRUE, x), 0);
}

MonocleQwen3vlPass *
monocle_qwen3vl_pass_new (const MonocleQwen3vlConfig *config,
                          MonocleParams *params,
                          guint n_rows,
                          guint n_columns)
{
  MonocleQwen3vlPass *self = g_new0 (MonocleQwen3vlPass, 1);

  self->n_rows = n_rows;
  self->n_columns = n_columns;
  self->n_made = 1 + config->n_deep;
  self->has_positions = config->side > 0;
  self->recording.graph = monocle_graph_new ("vision", MONOCLE_FORMAT_F32);
  monocle_graph_set_params (self->recording.graph, params, MONOCLE_PARAM_FOR_MANY_ROWS);
  write_graph (self, config);
  return self;
}

void
monocle_qwen3vl_pass_free (MonocleQwen3vlPass *self)
{
  if (!self)
    return;
  monocle_recording_clear (&self->recording);
  g_free (self);
}

gboolean
monocle_qwen3vl_pass_record (MonocleQwen3vlPass *self,
                             MonocleVkGpu *gpu,
                             MonocleVkBuffer *buffer,
                             GError **error)
{
  static const char *const names[1 + MONOCLE_QWEN3VL_MAX_DEEP]
      = { "rows0", "rows1", "rows2", "rows3", "rows4", "rows5", "rows6", "rows7", "rows8" };
  const MonocleRecordingTensor inputs[] = {
    { "pixels", &self->pixels }, { "angles", &self->angles },   { "positions", &self->positions },
    { "windows", &self->ids },   { "lengths", &self->lengths }, { "back", &self->back },
    { "zeros", &self->zeros },
  };
  MonocleRecordingTensor tensors[G_N_ELEMENTS (inputs) + G_N_ELEMENTS (names)];
  guint n = 0;

  for (guint i = 0; i < G_N_ELEMENTS (inputs); i++)
    if (i < 2 || (i == 2 ? self->has_positions : self->windows.n > 0))
      tensors[n++] = inputs[i];
  for (guint i = 0; i < self->n_made; i++)
    tensors[n++] = (MonocleRecordingTensor){ names[i], &self->made[i] };
  return monocle_recording_record (&self->recording, gpu, buffer, "vision", tensors, n, error);
}

/* --- where patches are -------------------------------------------------------------------- */

/* A place of a table of @side, whose ends are those of @n places; and how far it is to the next. */
static guint
find_place (guint i, guint n, guint side, float *beyond)
{
  const float at = n > 1 ? (float) (i * (side - 1)) / (float) (n - 1) : 0;
  const guint first = (guint) floorf (at);

  *beyond = at - (float) first;
  return first;
}

/* [n_rows * n_columns, channels]: those of the table between which it lies, in parts. */
static float *
make_positions (const MonocleQwen3vlPass *self,
                const MonocleQwen3vlConfig *config,
                const float *table)
{
  const gsize c = config->channels, side = config->side;
  float *positions = g_new (float, (gsize) self->n_rows * self->n_columns * c);

  for (guint y = 0; y < self->n_rows; y++)
    for (guint x = 0; x < self->n_columns; x++)
      {
        float down, across;
        const gsize row = find_place (y, self->n_rows, config->side, &down);
        const gsize column = find_place (x, self->n_columns, config->side, &across);
        const float *first = table + (row * side + column) * c;
        const float *below = table + (MIN (row + 1, side - 1) * side + column) * c;
        const gsize next = column + 1 < side ? c : 0;
        float *position = positions + ((gsize) y * self->n_columns + x) * c;

        for (gsize k = 0; k < c; k++)
          position[k] = (1 - down) * ((1 - across) * first[k] + across * first[next + k])
                        + down * ((1 - across) * below[k] + across * below[next + k]);
      }
  return positions;
}

/* [n_rows * n_columns, width]: one half of the pairs turns by the row, the other by the column. */
static float *
make_angles (const MonocleQwen3vlPass *self, guint width)
{
  const guint n_each = width / 4;
  float *angles = g_new (float, (gsize) self->n_rows * self->n_columns * width);
  float *angle = angles;

  for (guint y = 0; y < self->n_rows; y++)
    for (guint x = 0; x < self->n_columns; x++)
      for (guint i = 0; i < 2 * n_each; i++)
        {
          const double turn = (i < n_each ? y : x) * pow (BASE, -1.0 * (i % n_each) / n_each);

          *angle++ = (float) cos (turn);
          *angle++ = (float) sin (turn);
        }
  return angles;
}

/* The memory of inputs serves others during a run: all are written before each. */
gboolean
monocle_qwen3vl_pass_run (MonocleQwen3vlPass *self,
                          const MonocleQwen3vlConfig *config,
                          const float *table,
                          const float *pixels,
                          GCancellable *cancellable,
                          MonocleFamilyProgress progress,
                          gpointer user_data,
                          GError **error)
{
  g_autofree float *positions = config->side > 0 ? make_positions (self, config, table) : NULL;
  g_autofree float *angles = make_angles (self, config->channels / config->layers.n_heads);

  return monocle_tensor_write (&self->pixels, pixels, error)
         && (!positions || monocle_tensor_write (&self->positions, positions, error))
         && (config->window == 0 || fill_windows (self, config, error))
         && monocle_tensor_write (&self->angles, angles, error)
         && monocle_commands_submit (self->recording.commands, cancellable, progress, user_data,
                                     error);
}
