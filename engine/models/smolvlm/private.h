/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of SmolVLM share: the loaded model, views of a picture, questions in front of the
 * decoder. The parts: pixels (a picture to views), look (views to rows), prompt (questions to
 * tokens), answer, talk (conversations), inspect, smolvlm, which loads and lists them, and docling:
 * models that read pages.
 */
#pragma once

#include "engine/models/causal-asking.h"
#include "engine/models/family.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/models/sight.h"
#include "engine/models/smolvlm/configuration.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleSmolvlmTurns:
 * @start: the token that a conversation begins with
 * @end: and that with which a person or the model has said all
 * @role: (nullable): and that behind the name of who speaks
 * @begins: what stands before the first words, or pictures, of a person
 * @answers: behind them, before an answer
 * @goes_on: and between an answer and the next words
 * @blank: before words that no picture is before, and before an answer
 *
 * What a conversation is made of.
 */
typedef struct
{
  const char *start, *end, *role;
  const char *begins, *answers, *goes_on;
  const char *blank;
} MonocleSmolvlmTurns;

/* SmolVLM's own, and those of models whose words are Granite's. */
extern const MonocleSmolvlmTurns monocle_smolvlm_turns_of_names;
extern const MonocleSmolvlmTurns monocle_smolvlm_turns_of_roles;

/* A task, and what is asked where the person says nothing. */
typedef struct
{
  MonocleTask task;
  const char *prompt; /* (nullable): the person's own words */
} MonocleSmolvlmRow;

/**
 * MonocleSmolvlmPixels:
 * @settings: what becomes of the pixels of a view
 * @longest: what the longer side of a picture is brought to
 * @splits: whether it is cut into views; else all of it is one
 * @most: views a side at most, and no more than its pixels fill; 0: whatever @longest makes
 */
typedef struct
{
  MonoclePreprocessSettings settings;
  guint longest;
  gboolean splits;
  guint most;
} MonocleSmolvlmPixels;

/**
 * MonocleSmolvlmGrid:
 * @first_width, @first_height: what a picture is brought to first
 * @width, @height: and then, so that it can be cut
 * @rows, @columns: of views; 0: it is one view alone
 */
typedef struct
{
  guint first_width, first_height;
  guint width, height;
  guint rows, columns;
} MonocleSmolvlmGrid;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleSmolvlmConfig config;
  MonocleSmolvlmPixels pixels;
  MonocleTokenizer *tokenizer;
  const MonocleSmolvlmTurns *turns;
  guint32 image_id;            /* the token that rows of a picture stand for */
  MonocleWeightsRename rename; /* (nullable): from our names of tensors to those of its files */
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleCausal causal;

  MonocleSight sight;           /* of a view */
  MonocleVkBuffer *view_buffer; /* activations */

  MonocleVkBuffer *seen_buffer;
  MonocleTensor seen; /* [rows of most views, channels]: what the decoder reads */
  guint64 n_looks;    /* pictures so far */
  MonocleCausalAsker asker;
} MonocleSmolvlm;

/* What was seen of a picture. */
typedef struct
{
  guint64 look; /* which picture that was */
  MonocleSmolvlmGrid grid;
  MonocleVkBuffer *buffer;
  MonocleTensor rows; /* [rows of all views, channels] */
} MonocleSmolvlmSeen;

/* --- gguf.c --- */

/* All that the files of a directory say, where they are GGUF; and what they call tensors. */
gboolean monocle_smolvlm_read_gguf (MonocleSmolvlm *self, const char *path, GError **error);

/* --- pixels.c --- */

gboolean monocle_smolvlm_load_pixels (MonocleSmolvlm *self, const char *directory, GError **error);
/* The same of what a preprocessor_config.json holds, which changes by that. */
gboolean monocle_smolvlm_read_pixels (MonocleSmolvlm *self,
                                      JsonObject *root,
                                      const char *path,
                                      GError **error);

/* Views of a picture; of any. */
MonocleSmolvlmGrid
monocle_smolvlm_plan_views (const MonocleSmolvlmPixels *pixels, guint width, guint height);
guint monocle_smolvlm_count_views (const MonocleSmolvlmGrid *grid);
guint monocle_smolvlm_count_most_views (const MonocleSmolvlmPixels *pixels);

/* (transfer full) (nullable) (element-type MonocleImage): row by row, all of it last */
GPtrArray *monocle_smolvlm_cut_views (const MonocleSmolvlmPixels *pixels,
                                      const MonocleSmolvlmGrid *grid,
                                      MonocleImage *image,
                                      GError **error);

/* --- look.c --- */

/* Operations that a view takes: additions and products. */
double monocle_smolvlm_count_view_work (const MonocleSmolvlmConfig *config);
/* Writes tower and connector as formulas. */
void monocle_smolvlm_write_view (MonocleSmolvlm *self, MonocleWeights *weights);
/* What a view takes; then, once all is uploaded, the memory and the recording. */
gboolean monocle_smolvlm_plan_view (MonocleSmolvlm *self,
                                    const char *directory,
                                    guint64 *bytes,
                                    GError **error);
gboolean monocle_smolvlm_record_view (MonocleSmolvlm *self, guint64 bytes, GError **error);

/* @planes: (out) (optional): the normalised pixels [views, 3, side, side] */
MonocleSmolvlmSeen *monocle_smolvlm_look (MonocleSmolvlm *self,
                                          MonocleImage *image,
                                          GCancellable *cancellable,
                                          MonocleFamilyProgress progress,
                                          gpointer user_data,
                                          MonocleFamilyTiming *timing,
                                          float **planes,
                                          GError **error);
void monocle_smolvlm_discard (gpointer model, gpointer features);

/* --- prompt.c --- */

void monocle_smolvlm_list_tasks (GPtrArray *tasks);
char *monocle_smolvlm_write_prompt (const MonocleTask *task,
                                    const char *text,
                                    const MonocleBox *region,
                                    guint width,
                                    guint height,
                                    GError **error);

/* The same for what a row of any family here asks. */
char *monocle_smolvlm_write_row (const MonocleSmolvlmRow *row, const char *text, GError **error);

/* Whether the tokenizer has what prompts are made of; says what turns are made of. */
gboolean monocle_smolvlm_check_tokens (MonocleSmolvlm *self, const char *directory, GError **error);

/* (transfer full) (element-type guint32): its rows are ids from the number of words on */
GArray *monocle_smolvlm_write_picture (const MonocleSmolvlm *self, const MonocleSmolvlmGrid *grid);
GArray *monocle_smolvlm_write_words (const MonocleSmolvlm *self, const char *words);
/* (transfer full) (element-type guint32): what all questions about a picture begin with */
GArray *monocle_smolvlm_write_beginning (const MonocleSmolvlm *self,
                                         const MonocleSmolvlmGrid *grid);
/* (transfer full) (element-type guint32): a question, up to where the answer begins */
GArray *monocle_smolvlm_write_question (const MonocleSmolvlm *self, const char *prompt);

/* --- answer.c and inspect.c: of the family's table --- */

extern const MonocleCausalAskingVerbs monocle_smolvlm_asking;

/* (transfer full) (element-type MonocleCausalPiece): in talk.c */
GPtrArray *
monocle_smolvlm_write_turns (gpointer model, const MonocleFamilyTalk *asked, guint n_forgotten);

gboolean monocle_smolvlm_compile (gpointer model,
                                  const MonocleFamilyQuestion *question,
                                  MonocleVkCompileProgress progress,
                                  GError **error);
gboolean monocle_smolvlm_generate (gpointer model,
                                   gpointer features,
                                   const MonocleFamilyQuestion *question,
                                   MonocleFamilyAnswer *answer,
                                   GError **error);
gboolean monocle_smolvlm_inspect (gpointer model,
                                  MonocleImage *image,
                                  const char *prompt,
                                  const guint32 *decoder_ids,
                                  guint n_decoder_ids,
                                  const char *directory,
                                  GCancellable *cancellable,
                                  GError **error);

/* --- docling.c --- */

/**
 * monocle_docling_read_answer:
 * @self: a model
 * @question: what was asked
 * @whole: whether no more comes
 * @ids: (array length=n_ids): of tokens, of which the first belongs to the question
 * @log_probs: (array length=n_ids): how likely each was
 * @n_ids: how many
 *
 * Returns: (transfer full): the page that they are the markup of
 */
MonocleResult *monocle_docling_read_answer (const MonocleSmolvlm *self,
                                            const MonocleFamilyQuestion *question,
                                            gboolean whole,
                                            const guint32 *ids,
                                            const float *log_probs,
                                            guint n_ids);
/* Whether that is what a model was made for. */
gboolean monocle_docling_reads_pages (const MonocleSmolvlm *self);
/* Whether answers to a task are such. */
gboolean monocle_docling_has_task (const MonocleTask *task);

/* --- smolvlm.c: of the table of either family --- */

gboolean monocle_smolvlm_check (const char *directory, GError **error);
gpointer monocle_smolvlm_load (const MonocleFamilyLoad *load, GError **error);
void monocle_smolvlm_unload (gpointer model);
void monocle_smolvlm_get_facts (gpointer model, MonocleFamilyFacts *facts);
void monocle_smolvlm_look_in_pieces (gpointer model, guint most);
gpointer monocle_smolvlm_prepare (gpointer model,
                                  MonocleImage *image,
                                  GCancellable *cancellable,
                                  MonocleFamilyProgress progress,
                                  gpointer user_data,
                                  MonocleFamilyTiming *timing,
                                  GError **error);

/* --- talk.c: of the family's table --- */

gpointer monocle_smolvlm_open_talk (gpointer model, GError **error);
gpointer monocle_smolvlm_fork_talk (gpointer model, gpointer talk, GError **error);
void monocle_smolvlm_close_talk (gpointer model, gpointer talk);
gboolean monocle_smolvlm_compile_talk (gpointer model,
                                       gpointer talk,
                                       GCancellable *cancellable,
                                       MonocleVkCompileProgress progress,
                                       gpointer user_data,
                                       GError **error);
gboolean monocle_smolvlm_talk (gpointer model,
                               gpointer talk,
                               const MonocleFamilyTalk *asked,
                               MonocleFamilyReply *reply,
                               GError **error);

G_END_DECLS
