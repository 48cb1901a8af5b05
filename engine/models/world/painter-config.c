/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/base/json.h"
#include "engine/models/parts/causal-config.h"
#include "engine/models/parts/model-config.h"
#include "engine/models/parts/vqgan-config.h"
#include "engine/models/world/painter-private.h"

#define MAX_SIDE 512

static gboolean
read_text (MonocleWorldPaints *paints, JsonObject *section, const char *where, GError **error)
{
  MonocleCausalText text = { .channels = 64,
                             .hidden = 112,
                             .n_layers = 3,
                             .n_heads = 4,
                             .n_words = 1,
                             .n_positions = 49,
                             .epsilon = 1e-5,
                             .base = 10000,
                             .activation = "silu" };

  if (!monocle_causal_text_read (&text, section, where, error))
    return FALSE;
  if (!g_str_equal (text.activation, "silu"))
    return monocle_config_refuse (where, "“hidden_act” must be “silu”", error);
  if (!monocle_causal_text_take (&text, MONOCLE_ACTIVATION_SILU, where, &paints->text, error))
    return FALSE;
  paints->text.has_pairs = TRUE;
  return TRUE;
}

/* Three numbers of each, one colour after the other. */
static gboolean
read_colours (MonocleWorldPaints *paints, JsonObject *section, const char *where, GError **error)
{
  g_autoptr (GArray) numbers = NULL;

  if (!monocle_json_get_ints (section, where, "colours", MONOCLE_JSON_REQUIRED, 0, 255, &numbers,
                              error))
    return FALSE;
  if (numbers->len == 0 || numbers->len % 3 != 0 || numbers->len > 3 * MONOCLE_WORLD_MAX_COLOURS)
    return monocle_config_refuse (where, "“colours” must be three numbers each, of 1 to 16", error);
  paints->n_colours = numbers->len / 3;
  for (guint i = 0; i < numbers->len; i++)
    paints->colours[i / 3][i % 3] = g_array_index (numbers, gint64, i) / 255.0f;
  return TRUE;
}

static gboolean
check (MonocleWorldPainter *self, const char *where, GError **error)
{
  const guint patch = monocle_vqgan_get_patch (&self->paints.vqgan);

  if (self->paints.side % patch != 0)
    return monocle_config_refuse (where, "“pixels” must be a multiple of what a code stands for",
                                  error);
  self->n_squares = (self->paints.side / patch) * (self->paints.side / patch);
  if (!(self->paints.least_decibels >= 0))
    return monocle_config_refuse (where, "“least_decibels” must be at least 0", error);
  if (monocle_world_painter_count_words (self) > self->paints.text.n_words)
    return monocle_config_refuse (where, "“vocab_size” has too few words for these codes", error);
  if (monocle_world_painter_count_all_tokens (self) > self->paints.text.n_positions)
    return monocle_config_refuse (
        where, "“max_position_embeddings” has too few places for two frames", error);
  return TRUE;
}

gboolean
monocle_world_painter_read (MonocleWorldPainter *self,
                            JsonObject *section,
                            const char *where,
                            GError **error)
{
  MonocleWorldPaints *paints = &self->paints;
  g_autofree char *inner = g_strconcat (where, ": vqgan", NULL);
  JsonObject *shape = NULL;
  gint64 side = 0;

  if (!read_text (paints, section, where, error) || !read_colours (paints, section, where, error)
      || !monocle_json_get_int (section, where, "pixels", MONOCLE_JSON_REQUIRED, 1, MAX_SIDE, &side,
                                error)
      || !monocle_json_get_double (section, where, "least_decibels", MONOCLE_JSON_REQUIRED,
                                   &paints->least_decibels, error)
      || !monocle_json_get_object (section, where, "vqgan", MONOCLE_JSON_REQUIRED, &shape, error)
      || !monocle_vqgan_config_read (&paints->vqgan, shape, inner, error))
    return FALSE;
  paints->side = (guint) side;
  return check (self, where, error);
}
