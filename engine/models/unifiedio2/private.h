/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of Unified-IO 2 share: the loaded model, what was seen and heard, both kinds of
 * answers. The parts: formulas, tower and places (the model), configuration, vocabulary (tokens),
 * organ, look and hear (pictures and sounds to rows), writing (questions to decoder), tasks (what
 * can be asked), answer, cover (where pictures lie), inspect, and unifiedio2, which loads.
 */
#pragma once

#include "engine/models/cross-asking.h"
#include "engine/models/family.h"
#include "engine/models/parts/drawing.h"
#include "engine/models/parts/extra-places.h"
#include "engine/models/unifiedio2/formulas.h"

G_BEGIN_DECLS

/* Places along a side of the square that pictures are brought to. */
#define MONOCLE_UNIFIEDIO2_N_BINS 1000

typedef struct _MonocleUnifiedio2 MonocleUnifiedio2;

/* --- vocabulary.c --- */

/* Numbers of tokens that are places. */
extern const MonocleExtraPlaces monocle_unifiedio2_places;

/**
 * MonocleUnifiedio2Tokens:
 * @start: what answers begin with, and what texts are filled up with
 * @end: of an answer
 * @first_place: of %MONOCLE_UNIFIEDIO2_N_BINS, of which the last is the top left
 */
typedef struct
{
  guint32 start, end, first_place;
} MonocleUnifiedio2Tokens;

/**
 * monocle_unifiedio2_vocabulary_load:
 * @directory: of the model
 * @n_words: that it has rows for
 * @tokens: (out caller-allocates)
 * @error: return location
 *
 * LLaMA's, which is not published with the model: `tokenizer.model`, or `tokenizer.json`.
 *
 * Errors: %MONOCLE_ENGINE_ERROR_BAD_FILE where it is missing, saying what belongs there;
 * %MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL where it is another one.
 *
 * Returns: (transfer full) (nullable)
 */
MonocleTokenizer *monocle_unifiedio2_vocabulary_load (const char *directory,
                                                      guint n_words,
                                                      MonocleUnifiedio2Tokens *tokens,
                                                      GError **error);

/* Whether there is one of either file. */
gboolean monocle_unifiedio2_vocabulary_is_there (const char *directory);

/* --- the model --- */

/**
 * MonocleUnifiedio2Fit:
 * @width, @height: what a picture is brought to
 * @left, @top: where it lies in a square
 * @scale: by how much it was made larger
 */
typedef struct
{
  guint width, height, left, top;
  float scale;
} MonocleUnifiedio2Fit;

/**
 * MonocleUnifiedio2Seen:
 * @n: patches that hold something of the picture, or of the sound behind it
 * @n_heard: so many of them of a sound
 * @places: [n]: which ones
 * @rows: [n, d_model], as the encoder reads them
 * @buffer: (nullable): what they lie in; none where there are none
 */
typedef struct
{
  guint n, n_heard;
  guint32 *places;
  MonocleTensor rows;
  MonocleVkBuffer *buffer;
} MonocleUnifiedio2Seen;

/**
 * MonocleUnifiedio2Writing:
 * @model: whose it is
 * @kind: of the answers
 * @angles: of their places, in @buffer
 * @are_there: whether those were written
 * @seen: (nullable): what is asked about
 * @prompt: inputs of the encoder that was recorded last
 * @asker: asks
 *
 * Answers of one kind on their way.
 */
typedef struct
{
  MonocleUnifiedio2 *model;
  MonocleUnifiedio2Kind kind;
  MonocleVkBuffer *buffer;
  MonocleTensor angles;
  gboolean are_there;
  const MonocleUnifiedio2Seen *seen;
  MonocleUnifiedio2Writer writer;
  MonocleUnifiedio2Prompt prompt;
  MonocleCrossAsker asker;
} MonocleUnifiedio2Writing;

/* A tower, recorded for all patches. */
typedef struct
{
  MonocleRecording recording;
  MonocleTensor patches, places, picks, lengths, rows;
  float *known; /* what is added to its tokens, in the order of all patches */
} MonocleUnifiedio2Organ;

struct _MonocleUnifiedio2
{
  MonocleVkGpu *gpu;
  MonocleUnifiedio2Config config;
  MonocleTokenizer *tokenizer;
  MonocleUnifiedio2Tokens tokens;
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleVkBuffer *buffer; /* activations of all that is recorded here */
  MonocleUnifiedio2Organ organs[MONOCLE_UNIFIEDIO2_N_SENSES]; /* of what hears: if it does */
  MonocleDrawing drawing;
  MonocleUnifiedio2Writing writings[MONOCLE_UNIFIEDIO2_N_KINDS];
};

/* --- cover.c --- */

MonocleUnifiedio2Fit monocle_unifiedio2_fit (guint width, guint height, guint side);

/* How what is drawn lies on a picture of that size. @side: of what is drawn */
MonocleDrawingCover monocle_unifiedio2_find_cover (guint width, guint height, guint side);

/* Bins of a box, x, y, x, y; and back to pixels, of bins y, x, y, x. @side: of the square. Returns:
 * whether there is something between them */
void monocle_unifiedio2_bin_box (
    const MonocleBox *box, guint width, guint height, guint side, guint *bins);
gboolean monocle_unifiedio2_unbin_box (
    const guint *bins, guint width, guint height, guint side, double *edges);

/* Adds an object of all that is light in @drawn, called @label. */
void monocle_unifiedio2_add_mask (
    MonocleResult *result, MonocleImage *drawn, const char *label, guint width, guint height);

/* (transfer full) (nullable): the same without colours. */
MonocleImage *monocle_unifiedio2_drop_colours (MonocleImage *drawn, GError **error);

/* --- organ.c --- */

guint monocle_unifiedio2_count_patches (const MonocleUnifiedio2Config *config,
                                        MonocleUnifiedio2Sense sense);

/* Writes the tower as formulas, and keeps its places. */
gboolean monocle_unifiedio2_organ_write (MonocleUnifiedio2 *self,
                                         MonocleUnifiedio2Sense sense,
                                         MonocleWeights *weights,
                                         GError **error);
gboolean monocle_unifiedio2_organ_record (MonocleUnifiedio2 *self,
                                          MonocleUnifiedio2Sense sense,
                                          GError **error);
void monocle_unifiedio2_organ_clear (MonocleUnifiedio2Organ *self);

/**
 * MonocleUnifiedio2Sensed:
 * @sense: of what
 * @n: patches that count
 * @places: [n]: which ones
 * @patches: [all, numbers of a patch]: those first
 * @before: (nullable): what comes before them
 *
 * What is to be sensed.
 */
typedef struct
{
  MonocleUnifiedio2Sense sense;
  guint n;
  const guint32 *places;
  const float *patches;
  const MonocleUnifiedio2Seen *before;
} MonocleUnifiedio2Sensed;

/* (transfer full) (nullable) */
MonocleUnifiedio2Seen *monocle_unifiedio2_sense (MonocleUnifiedio2 *self,
                                                 const MonocleUnifiedio2Sensed *sensed,
                                                 GCancellable *cancellable,
                                                 MonocleFamilyProgress progress,
                                                 gpointer user_data,
                                                 GError **error);
void monocle_unifiedio2_discard (gpointer model, gpointer features);

/* --- hear.c --- */

/* Whether its spectrograms are those that are made here. */
gboolean monocle_unifiedio2_can_hear (const MonocleUnifiedio2Config *config);

/* How many patches of @sound (nullable) hold something; of none: all. */
guint monocle_unifiedio2_count_heard (const MonocleUnifiedio2Config *config,
                                      const MonocleSound *sound);

/* (transfer full) (nullable): rows of @sound behind those of @before (nullable). Errors:
 * BAD_REQUEST where it is silent, or the model's files have nothing that hears. */
MonocleUnifiedio2Seen *monocle_unifiedio2_hear (MonocleUnifiedio2 *self,
                                                const MonocleSound *sound,
                                                const MonocleUnifiedio2Seen *before,
                                                GCancellable *cancellable,
                                                GError **error);

/* --- look.c --- */

/* Pixels of a side of the square. */
guint monocle_unifiedio2_get_side (const MonocleUnifiedio2Config *config);

/* Which patches hold something of a picture. @places: (out caller-allocates) (optional) (array): as
 * many as there are. Returns: how many */
guint monocle_unifiedio2_list_patches (const MonocleUnifiedio2Config *config,
                                       guint width,
                                       guint height,
                                       guint32 *places);

/* @patches: (out) (optional) (transfer full): [n, numbers of a patch] */
MonocleUnifiedio2Seen *monocle_unifiedio2_see (MonocleUnifiedio2 *self,
                                               MonocleImage *image,
                                               GCancellable *cancellable,
                                               MonocleFamilyProgress progress,
                                               gpointer user_data,
                                               MonocleFamilyTiming *timing,
                                               float **patches,
                                               GError **error);

/* --- writing.c --- */

void monocle_unifiedio2_writing_init (MonocleUnifiedio2Writing *self,
                                      MonocleUnifiedio2 *model,
                                      MonocleUnifiedio2Kind kind);
gboolean monocle_unifiedio2_writing_record (MonocleUnifiedio2Writing *self, GError **error);
/* Once all else is loaded. */
void monocle_unifiedio2_writing_prepare (MonocleUnifiedio2Writing *self);
void monocle_unifiedio2_writing_clear (MonocleUnifiedio2Writing *self);
/* What is going to be asked about; %NULL: nothing. */
void monocle_unifiedio2_writing_show (MonocleUnifiedio2Writing *self,
                                      const MonocleUnifiedio2Seen *seen);

/* --- tasks.c --- */

void monocle_unifiedio2_list_tasks (GPtrArray *tasks);
char *monocle_unifiedio2_write_prompt (const MonocleTask *task,
                                       const char *text,
                                       const MonocleBox *region,
                                       guint width,
                                       guint height,
                                       GError **error);

/**
 * MonocleUnifiedio2Form:
 * @MONOCLE_UNIFIEDIO2_WORDS: words
 * @MONOCLE_UNIFIEDIO2_BOXES: boxes, with words behind each
 * @MONOCLE_UNIFIEDIO2_BOX: one box
 * @MONOCLE_UNIFIEDIO2_NEW: a picture of its own
 * @MONOCLE_UNIFIEDIO2_PHOTO: one that lies on what was seen, as a photograph does
 * @MONOCLE_UNIFIEDIO2_MAP: one whose colours mean something: none is mixed of others
 * @MONOCLE_UNIFIEDIO2_GREY: likewise, without colours
 * @MONOCLE_UNIFIEDIO2_MASK: what is light is a thing
 *
 * What an answer is.
 */
typedef enum
{
  MONOCLE_UNIFIEDIO2_WORDS,
  MONOCLE_UNIFIEDIO2_BOXES,
  MONOCLE_UNIFIEDIO2_BOX,
  MONOCLE_UNIFIEDIO2_NEW,
  MONOCLE_UNIFIEDIO2_PHOTO,
  MONOCLE_UNIFIEDIO2_MAP,
  MONOCLE_UNIFIEDIO2_GREY,
  MONOCLE_UNIFIEDIO2_MASK,
} MonocleUnifiedio2Form;

/**
 * MonocleUnifiedio2Manner:
 * @form: what comes back
 * @share: where places have more than that of all tokens together one of them comes; 0: whatever
 * @temperature, @top_p: how a picture is drawn, where nobody says it
 * @is_guided: whether it is led away from a picture of nothing
 *
 * How a task is answered.
 */
typedef struct
{
  MonocleUnifiedio2Form form;
  double share, temperature, top_p;
  gboolean is_guided;
} MonocleUnifiedio2Manner;

const MonocleUnifiedio2Manner *monocle_unifiedio2_task_get_manner (const MonocleTask *task);
MonocleUnifiedio2Kind monocle_unifiedio2_task_get_kind (const MonocleTask *task);
/* (transfer full): of a prompt, the words that were asked for */
char *monocle_unifiedio2_task_find_words (const MonocleTask *task, const char *prompt);

/* What pictures are led away from. */
extern const char monocle_unifiedio2_nothing[];
/* What prompts begin with that want a picture. */
extern const char monocle_unifiedio2_for_picture[];

/* --- answer.c and inspect.c: of the family's table --- */

gboolean monocle_unifiedio2_compile (gpointer model,
                                     const MonocleFamilyQuestion *question,
                                     MonocleVkCompileProgress progress,
                                     GError **error);
gboolean monocle_unifiedio2_generate (gpointer model,
                                      gpointer features,
                                      const MonocleFamilyQuestion *question,
                                      MonocleFamilyAnswer *answer,
                                      GError **error);
gboolean monocle_unifiedio2_inspect (gpointer model,
                                     MonocleImage *image,
                                     const char *prompt,
                                     const guint32 *decoder_ids,
                                     guint n_decoder_ids,
                                     const char *directory,
                                     GCancellable *cancellable,
                                     GError **error);

G_END_DECLS
