/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What senses: a tower that is recorded once, for all patches that there may be. Those that count
 * come first, and no others are sensed. Its rows lie in memory of their own then, behind those of
 * what was sensed before.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/models/parts/rows.h"
#include "engine/vk/staging.h"

static const MonocleUnifiedio2Tower *
get_tower (const MonocleUnifiedio2Config *config, MonocleUnifiedio2Sense sense)
{
  return sense == MONOCLE_UNIFIEDIO2_IMAGE ? &config->image : &config->audio;
}

guint
monocle_unifiedio2_count_patches (const MonocleUnifiedio2Config *config,
                                  MonocleUnifiedio2Sense sense)
{
  const MonocleUnifiedio2Tower *tower = get_tower (config, sense);

  return tower->rows * tower->columns;
}

/* --- recording ---------------------------------------------------------------------------- */

static gboolean
read_places (MonocleUnifiedio2 *self,
             MonocleUnifiedio2Sense sense,
             MonocleWeights *weights,
             GError **error)
{
  const MonocleUnifiedio2Tower *tower = get_tower (&self->config, sense);
  const guint n = monocle_unifiedio2_count_leading (sense)
                  + monocle_unifiedio2_count_patches (&self->config, sense);
  const MonocleCheckpointTensor *tensor = monocle_weights_leave (
      weights, monocle_unifiedio2_get_places (sense).path, tower->n_places, tower->channels, error);
  g_autofree float *table = NULL;

  if (!tensor)
    return FALSE;
  table = g_new (float, (gsize) tower->n_places * tower->channels);
  monocle_checkpoint_tensor_read_f32 (tensor, 0, (guint64) tower->n_places * tower->channels,
                                      table);
  self->organs[sense].known = g_new (float, (gsize) n * tower->channels);
  monocle_unifiedio2_spread_places (&self->config, sense, table, self->organs[sense].known);
  return TRUE;
}

gboolean
monocle_unifiedio2_organ_write (MonocleUnifiedio2 *self,
                                MonocleUnifiedio2Sense sense,
                                MonocleWeights *weights,
                                GError **error)
{
  const MonocleUnifiedio2Tower *tower = get_tower (&self->config, sense);
  const guint n = monocle_unifiedio2_count_patches (&self->config, sense);
  const guint n_leading = monocle_unifiedio2_count_leading (sense);
  const gboolean is_image = sense == MONOCLE_UNIFIEDIO2_IMAGE;
  MonocleGraph *g = self->organs[sense].recording.graph
      = monocle_graph_new (is_image ? "vision" : "hearing", MONOCLE_FORMAT_F32);
  MonocleUnifiedio2Look look;
  MonocleValue x;

  monocle_graph_set_params (g, monocle_weights_get_params (weights), MONOCLE_PARAM_FOR_MANY_ROWS);
  look = (MonocleUnifiedio2Look){
    .patches = monocle_input (g, "patches", MONOCLE_FORMAT_F32, MONOCLE_DIMS (n, tower->patch)),
    .places = monocle_input (g, "places", MONOCLE_FORMAT_F32,
                             MONOCLE_DIMS (n_leading + n, tower->channels)),
    .picks = monocle_input (g, "picks", MONOCLE_FORMAT_U32, MONOCLE_DIMS (2 * n)),
    .lengths = monocle_input (g, "lengths", MONOCLE_FORMAT_U32, MONOCLE_DIMS (1)),
  };
  x = monocle_unifiedio2_look (g, &self->config, sense, &look);
  monocle_name (g, x, "image_embeds");
  monocle_keep (g, x);
  return read_places (self, sense, weights, error);
}

gboolean
monocle_unifiedio2_organ_record (MonocleUnifiedio2 *self,
                                 MonocleUnifiedio2Sense sense,
                                 GError **error)
{
  MonocleUnifiedio2Organ *organ = &self->organs[sense];
  const MonocleRecordingTensor tensors[] = {
    { "patches", &organ->patches }, { "places", &organ->places },     { "picks", &organ->picks },
    { "lengths", &organ->lengths }, { "image_embeds", &organ->rows },
  };

  return monocle_recording_record (&organ->recording, self->gpu, self->buffer,
                                   sense == MONOCLE_UNIFIEDIO2_IMAGE ? "vision" : "hearing",
                                   tensors, G_N_ELEMENTS (tensors), error);
}

void
monocle_unifiedio2_organ_clear (MonocleUnifiedio2Organ *self)
{
  monocle_recording_clear (&self->recording);
  g_clear_pointer (&self->known, g_free);
}

/* --- sensing ------------------------------------------------------------------------------ */

static gboolean
upload (const MonocleTensor *tensor, const guint32 *values, GError **error)
{
  return monocle_vk_upload (tensor->buffer, tensor->offset, values,
                            monocle_tensor_get_size_bytes (tensor), error);
}

/* All that the tower is told, before each run: its memory serves others meanwhile. */
static gboolean
tell (MonocleUnifiedio2 *self, const MonocleUnifiedio2Sensed *sensed, GError **error)
{
  const MonocleUnifiedio2Organ *organ = &self->organs[sensed->sense];
  const guint n_leading = monocle_unifiedio2_count_leading (sensed->sense);
  const guint n = monocle_unifiedio2_count_patches (&self->config, sensed->sense);
  const guint c = get_tower (&self->config, sensed->sense)->channels;
  const guint32 length = n_leading + sensed->n;
  g_autofree guint32 *picks = g_new (guint32, 2 * n);
  g_autofree float *places = g_new0 (float, (gsize) (n_leading + n) * c);

  monocle_unifiedio2_fill_picks (sensed->sense, n, picks);
  memcpy (places, organ->known, (gsize) n_leading * c * sizeof *places);
  for (guint i = 0; i < sensed->n; i++)
    memcpy (places + (gsize) (n_leading + i) * c,
            organ->known + (gsize) (n_leading + sensed->places[i]) * c, c * sizeof *places);
  return monocle_tensor_write (&organ->patches, sensed->patches, error)
         && monocle_tensor_write (&organ->places, places, error)
         && upload (&organ->picks, picks, error) && upload (&organ->lengths, &length, error);
}

/* The rows that count, in memory of their own. */
static gboolean
keep (MonocleUnifiedio2 *self,
      const MonocleUnifiedio2Sensed *sensed,
      MonocleUnifiedio2Seen *seen,
      GError **error)
{
  MonocleTensor rows = self->organs[sensed->sense].rows;
  const MonocleTensor *before
      = sensed->before && sensed->before->n > 0 ? &sensed->before->rows : NULL;
  const guint64 behind = before ? monocle_tensor_get_size_bytes (before) : 0;

  seen->rows = rows;
  seen->rows.dims[0] = seen->n;
  rows.dims[0] = sensed->n;
  return monocle_rows_alloc (&seen->rows, self->gpu, "image features", &seen->buffer, error)
         && (!before
             || monocle_rows_copy (before, self->gpu, "image features", seen->buffer, 0, error))
         && monocle_rows_copy (&rows, self->gpu, "image features", seen->buffer, behind, error);
}

void
monocle_unifiedio2_discard (gpointer model, gpointer features)
{
  MonocleUnifiedio2Seen *seen = features;

  if (!seen)
    return;
  monocle_vk_buffer_free (seen->buffer);
  g_free (seen->places);
  g_free (seen);
}

MonocleUnifiedio2Seen *
monocle_unifiedio2_sense (MonocleUnifiedio2 *self,
                          const MonocleUnifiedio2Sensed *sensed,
                          GCancellable *cancellable,
                          MonocleFamilyProgress progress,
                          gpointer user_data,
                          GError **error)
{
  const guint n_before = sensed->before ? sensed->before->n : 0;
  MonocleUnifiedio2Seen *seen = g_new0 (MonocleUnifiedio2Seen, 1);

  seen->n = n_before + sensed->n;
  seen->n_heard = sensed->sense == MONOCLE_UNIFIEDIO2_AUDIO ? sensed->n : 0;
  seen->places = g_new (guint32, seen->n);
  if (n_before > 0)
    memcpy (seen->places, sensed->before->places, n_before * sizeof *seen->places);
  memcpy (seen->places + n_before, sensed->places, sensed->n * sizeof *seen->places);
  /* Of a thread there may be nothing to see. */
  if (sensed->n == 0
      || (tell (self, sensed, error)
          && monocle_commands_submit (self->organs[sensed->sense].recording.commands, cancellable,
                                      progress, user_data, error)
          && keep (self, sensed, seen, error)))
    return seen;
  monocle_unifiedio2_discard (self, seen);
  return NULL;
}
