/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What Florence-2's encoder and decoder are to whoever asks it.
 */
#include "config.h"

#include "engine/models/florence2/private.h"

#include "engine/models/parts/bart-encoder.h"
#include "engine/models/parts/bart-step.h"

static MonocleCrossModel
get_decoder (gconstpointer family)
{
  const MonocleFlorence2 *self = family;

  return monocle_bart_get_cross_model (&self->bart);
}

static MonocleValue
encode (MonocleGraph *g, gpointer family, const MonocleCrossInputs *inputs, MonocleValue *places)
{
  MonocleFlorence2 *self = family;

  return monocle_bart_encode (g, &self->bart, inputs->image, inputs->ids, inputs->lengths,
                              inputs->n_rows);
}

static const MonocleCrossVerbs verbs
    = { .title = "text encoder", .get_decoder = get_decoder, .encode = encode };

void
monocle_florence2_prompts_prepare (MonocleFlorence2 *self)
{
  self->asker = (MonocleCrossAsker){
    .verbs = &verbs,
    .family = self,
    .gpu = self->gpu,
    .params = self->params,
    .tokenizer = self->tokenizer,
    .format = self->format,
    .n_image = self->n_image,
    .most_tokens = self->config.text.n_positions - self->n_image,
    .pad = self->config.generation.pad,
  };
}
