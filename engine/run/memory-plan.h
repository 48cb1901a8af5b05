/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model takes of a device, known before any of it is there: it is loaded and asked on paper
 * (vk/paper), by the same code that does it in earnest. Whatever a family allocates is counted, and
 * no family has to say anything of it.
 */
#pragma once

#include "engine/run/model.h"

G_BEGIN_DECLS

/* Tokens of a conversation about a picture, beside those of the picture, as most are. */
#define MONOCLE_MEMORY_TALK_TOKENS 2048

/**
 * MonocleMemoryQuestion:
 * @n_pictures: that are looked at side by side, where the family has a way to, and as many as it
 *   takes: see monocle_together_look_async(); 0: one
 * @n_regions: that are asked about at once; 0: the picture
 * @num_beams: 0: as the model says
 * @max_tokens: of the answer; 0: as many as most have
 * @n_talk_tokens: of a conversation that comes then, beside those of its picture; 0: none comes
 *
 * What a model is asked, as far as that takes memory.
 */
typedef struct
{
  guint n_pictures;
  guint n_regions;
  guint num_beams;
  guint max_tokens;
  guint n_talk_tokens;
} MonocleMemoryQuestion;

/**
 * MonocleMemoryPlan:
 * @weights_bytes: of the model
 * @workspace_bytes: what a picture is computed in
 * @answer_bytes: what texts are computed in, and what is kept of earlier tokens
 * @staging_bytes: bytes on their way, where the host does not see the device's memory
 * @talk_bytes: what a conversation takes besides; 0: none was asked for, the model has none, or the
 *   device cannot hold it
 * @peak_bytes: most that is taken of the device at once before that: these and what blocks leave
 *   over
 * @own_bytes: the same of a card's own memory alone
 * @talk_own_bytes: and of @talk_bytes
 * @free_bytes: what the device had left then, less a margin
 *
 * What it takes, in bytes.
 */
typedef struct
{
  guint64 weights_bytes, workspace_bytes, answer_bytes, staging_bytes;
  guint64 talk_bytes, talk_own_bytes;
  guint64 peak_bytes, own_bytes, free_bytes;
} MonocleMemoryPlan;

/**
 * monocle_memory_plan_make:
 * @self: (out caller-allocates): the plan
 * @directory: of a model
 * @device: where it would be
 * @precision: how its weights are stored; not AUTO
 * @question: (nullable): what it would be asked; %NULL: one thing, as most people do
 * @error: return location
 *
 * Reads all of a model's files but its weights, and computes nothing; takes about as long as a
 * blink of an eye for each second of loading. On any thread.
 *
 * Errors: as monocle_model_load_finish() has them; %MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY only where a
 * single piece is larger than the device allows.
 *
 * Returns: whether it could be planned
 */
gboolean monocle_memory_plan_make (MonocleMemoryPlan *self,
                                   const char *directory,
                                   MonocleDevice *device,
                                   MonoclePrecision precision,
                                   const MonocleMemoryQuestion *question,
                                   GError **error);

G_END_DECLS
