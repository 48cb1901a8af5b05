/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of OFA share: the loaded model, questions in front of the encoder. The parts:
 * formulas, encoder, step and distances (the model), look (pictures), prompts (questions to
 * decoder), tasks (what can be asked), answer, parse (answers to objects), trie (what an answer may
 * be), names (of tensors), inspect, and ofa, which loads; drawing (how codes become pictures) and
 * drawer, of those that do nothing else.
 */
#pragma once

#include "engine/models/family.h"
#include "engine/models/ofa/formulas.h"
#include "engine/models/ofa/parse.h"
#include "engine/models/ofa/trie.h"
#include "engine/models/cross-asking.h"
#include "engine/models/parts/drawing.h"
#include "engine/models/sight.h"
#include "engine/picture/preprocess.h"

G_BEGIN_DECLS

/* Of the published tasks. */
#define MONOCLE_OFA_USUAL_BEAMS 5

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleOfaConfig config;
  MonoclePreprocessSettings pixels;
  MonocleTokenizer *tokenizer;
  MonocleOfaTokens tokens;
  MonocleOfaTrie *answers;  /* (nullable): of questions, all there are */
  MonocleFormatId format;   /* of activations */
  guint rows, columns;      /* of a picture, in places */
  MonocleVqganConfig vqgan; /* of one that draws */
  double guidance;          /* how much further it is led away from no words; 0: it is not */
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleVkBuffer *buffer;       /* activations of the three below */
  MonocleDrawing drawing;        /* of one that draws */
  MonocleSight sight;            /* of one that sees */
  MonocleRecording placing;      /* "places" to all of the below */
  MonocleTensor placing_ids;     /* U32 [n] */
  MonocleVkBuffer *known_buffer; /* where tokens of answers are */
  MonocleOfaPlaces known;
  gboolean is_placed;
  MonocleOfaWriter writer;

  MonocleOfaPrompt prompt; /* inputs of the encoder that was recorded last */
  MonocleCrossAsker asker;
} MonocleOfa;

/* --- look.c --- */

/* Writes what sees a picture, and what is known of the places of answers, as formulas. */
void monocle_ofa_write_graphs (MonocleOfa *self, MonocleWeights *weights);
/* Once they are planned, all is uploaded and there is memory for it. */
gboolean monocle_ofa_record (gpointer model, GError **error);

/* --- answers.c --- */

/* What may stand beside a model: an answer a line, of all that questions have. */
#define MONOCLE_OFA_ANSWERS_FILE "answers.txt"

/* Once tokens are known. Errors: BAD_FILE. */
gboolean monocle_ofa_load_answers (MonocleOfa *self, const char *directory, GError **error);
/* (transfer full): @answers (array zero-terminated=1), as they are written */
MonocleOfaTrie *monocle_ofa_make_trie (const MonocleOfa *self, const char *const *answers);

/* --- ofa.c: of the tables of both families, of those that see and those that draw --- */

gboolean monocle_ofa_check (const char *directory, GError **error);
gpointer monocle_ofa_load (const MonocleFamilyLoad *load, GError **error);
void monocle_ofa_unload (gpointer model);

/* --- drawing.c --- */

/* What its config.json says of how codes become a picture, and, where it is there, its
 * generation_config.json of how far it is led. */
gboolean monocle_ofa_drawing_read (MonocleOfa *self, const char *directory, GError **error);
void monocle_ofa_drawing_write (MonocleOfa *self, MonocleParams *params);

/* --- prompts.c --- */

/* Once all else is loaded. */
void monocle_ofa_prompts_prepare (MonocleOfa *self);

/* --- names.c --- */

/* (transfer full): what the first publication calls the tensor of that name. */
char *monocle_ofa_rename_to_fairseq (const char *name);

/* --- tasks.c --- */

/* (transfer full): as the reference cleans what it asks: lower case, one blank between words */
char *monocle_ofa_clean (const char *text);
void monocle_ofa_list_tasks (GPtrArray *tasks);
char *monocle_ofa_write_prompt (const MonocleTask *task,
                                const char *text,
                                const MonocleBox *region,
                                guint width,
                                guint height,
                                GError **error);

/* How its answers are searched for and read. */
typedef struct
{
  MonocleOfaForm form;
  guint n_tokens;  /* that an answer has, the end aside; 0: any */
  guint no_repeat; /* n-grams of this size do not occur twice; 0: may */
  double length_penalty;
  const char *const *answers; /* (nullable) (array zero-terminated=1): all there are */
  gboolean is_closed;         /* they are those that the model comes with, if it does */
} MonocleOfaManner;

const MonocleOfaManner *monocle_ofa_task_get_manner (const MonocleTask *task);
/* (transfer full): of a prompt, what it asks where */
char *monocle_ofa_task_find_phrase (const MonocleTask *task, const char *prompt);

/* --- answer.c and inspect.c: of the family's table --- */

gboolean monocle_ofa_compile (gpointer model,
                              const MonocleFamilyQuestion *question,
                              MonocleVkCompileProgress progress,
                              GError **error);
gboolean monocle_ofa_generate (gpointer model,
                               gpointer features,
                               const MonocleFamilyQuestion *question,
                               MonocleFamilyAnswer *answer,
                               GError **error);
gboolean monocle_ofa_inspect (gpointer model,
                              MonocleImage *image,
                              const char *prompt,
                              const guint32 *decoder_ids,
                              guint n_decoder_ids,
                              const char *directory,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS
