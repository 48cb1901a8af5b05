/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Unified-IO 2's encoder and decoder are to whoever asks it: where words and patches are is
 * filled in beside them. Words and pictures are written by one decoder, of two tables.
 */
#include "config.h"

#include "engine/models/unifiedio2/private.h"

#include <string.h>

#include "engine/models/parts/rows.h"

void
monocle_unifiedio2_writing_init (MonocleUnifiedio2Writing *self,
                                 MonocleUnifiedio2 *model,
                                 MonocleUnifiedio2Kind kind)
{
  const MonocleUnifiedio2Config *config = &model->config;

  self->model = model;
  self->kind = kind;
  self->angles = (MonocleTensor){
    .n_dims = 2,
    .dims = { monocle_unifiedio2_count_answer (config, kind), config->head_width },
    .format = MONOCLE_FORMAT_F32,
    .name = "places of an answer",
  };
  self->writer = (MonocleUnifiedio2Writer){ config, kind, &self->angles, 0 };
}

gboolean
monocle_unifiedio2_writing_record (MonocleUnifiedio2Writing *self, GError **error)
{
  return monocle_rows_alloc (&self->angles, self->model->gpu, "places", &self->buffer, error);
}

void
monocle_unifiedio2_writing_clear (MonocleUnifiedio2Writing *self)
{
  monocle_cross_asker_clear (&self->asker);
  g_clear_pointer (&self->buffer, monocle_vk_buffer_free);
}

void
monocle_unifiedio2_writing_show (MonocleUnifiedio2Writing *self, const MonocleUnifiedio2Seen *seen)
{
  self->seen = seen;
  self->asker.n_image = seen ? seen->n : 0;
}

/* Places of answers are told of when the first one begins. */
static gboolean
ensure_places (MonocleUnifiedio2Writing *self, GError **error)
{
  const MonocleUnifiedio2Config *config = &self->model->config;
  g_autofree float *angles = NULL;

  if (self->are_there)
    return TRUE;
  angles = g_new (float, monocle_tensor_get_n_elements (&self->angles));
  if (self->kind == MONOCLE_UNIFIEDIO2_TEXT)
    monocle_unifiedio2_turn_line (config, self->angles.dims[0], angles);
  else
    monocle_unifiedio2_turn_grid (config, config->n_codes, config->n_codes, 1, angles);
  self->are_there = monocle_tensor_write (&self->angles, angles, error);
  return self->are_there;
}

/* --- questions ---------------------------------------------------------------------------- */

static MonocleCrossModel
get_decoder (gconstpointer family)
{
  const MonocleUnifiedio2Writing *self = family;

  return monocle_unifiedio2_get_cross_model (&self->writer);
}

static MonocleValue
encode (MonocleGraph *g, gpointer family, const MonocleCrossInputs *inputs, MonocleValue *places)
{
  MonocleUnifiedio2Writing *self = family;
  const MonocleUnifiedio2Config *config = &self->model->config;
  const guint n_prompts = monocle_graph_get_shape (g, inputs->lengths)->dims[0];

  self->prompt = (MonocleUnifiedio2Prompt){
    .seen = inputs->image,
    .ids = inputs->ids,
    .lengths = inputs->lengths,
    .angles = monocle_input (g, "angles", MONOCLE_FORMAT_F32,
                             MONOCLE_DIMS (n_prompts * inputs->n_rows, config->head_width)),
    .n_rows = inputs->n_rows,
  };
  self->writer.state_angles = self->prompt.angles;
  return monocle_unifiedio2_encode (g, config, &self->prompt);
}

/* Where what was seen is, and what was heard behind it. (out caller-allocates) */
static void
turn_seen (const MonocleUnifiedio2Config *config, const MonocleUnifiedio2Seen *seen, float *angles)
{
  const MonocleUnifiedio2Tower *towers[] = { &config->image, &config->audio };
  const guint width = config->head_width, ends[] = { seen->n - seen->n_heard, seen->n };
  guint i = 0;

  for (guint k = 0; k < G_N_ELEMENTS (towers); k++)
    {
      const guint rows = towers[k]->rows, columns = towers[k]->columns;
      g_autofree float *grid = g_new (float, (gsize) rows * columns * width);

      monocle_unifiedio2_turn_grid (config, rows, columns, config->step, grid);
      for (; i < ends[k]; i++)
        memcpy (angles + (gsize) i * width, grid + (gsize) seen->places[i] * width,
                width * sizeof *angles);
    }
}

/* Of each prompt patches, and words behind them. */
static gboolean
upload_places (gpointer family,
               const MonoclePlan *plan,
               const MonocleCrossPrompts *prompts,
               GError **error)
{
  MonocleUnifiedio2Writing *self = family;
  const MonocleUnifiedio2Config *config = &self->model->config;
  const MonocleTensor tensor = monocle_plan_get_tensor (plan, self->prompt.angles);
  const guint n_image = self->asker.n_image, n = prompts->n_rows, width = config->head_width;
  g_autofree float *angles = g_new (float, monocle_tensor_get_n_elements (&tensor));

  if (n_image > 0)
    turn_seen (config, self->seen, angles);
  monocle_unifiedio2_turn_line (config, n - n_image, angles + (gsize) n_image * width);
  for (guint i = 1; i < prompts->n_prompts; i++)
    memcpy (angles + (gsize) i * n * width, angles, (gsize) n * width * sizeof *angles);
  return ensure_places (self, error) && monocle_tensor_write (&tensor, angles, error);
}

static const MonocleCrossVerbs verbs = {
  .title = "encoder",
  .get_decoder = get_decoder,
  .encode = encode,
  .upload = upload_places,
};

void
monocle_unifiedio2_writing_prepare (MonocleUnifiedio2Writing *self)
{
  const MonocleUnifiedio2 *model = self->model;

  self->asker = (MonocleCrossAsker){
    .verbs = &verbs,
    .family = self,
    .gpu = model->gpu,
    .params = model->params,
    .tokenizer = model->tokenizer,
    .format = MONOCLE_FORMAT_F32,
    .most_tokens = model->config.n_text_places,
    .pad = model->tokens.start,
  };
}
