/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of Qwen3-VL share: the loaded model, what was seen of a picture, questions in
 * front of the decoder. The parts: pixels (the size of a picture), pass (pixels to rows, of
 * pictures of one size), look (of any), gguf (all that such files say), prompt (questions to
 * tokens), thoughts (what comes before
 * answers), parse (answers to objects), answer, inspect, and qwen3vl, which loads and lists them.
 */
#pragma once

#include "engine/models/causal-asking.h"
#include "engine/models/family.h"
#include "engine/models/parts/causal-decoder.h"
#include "engine/models/parts/recording.h"
#include "engine/models/qwen3vl/configuration.h"
#include "engine/picture/preprocess.h"
#include "engine/text/tokenizer.h"

G_BEGIN_DECLS

/**
 * MonocleQwen3vlPixels:
 * @settings: what becomes of pixels beside their size
 * @side: of what a token is of a picture, in pixels
 * @least, @most: pixels of a picture
 * @limit: tokens of a picture at most
 * @most_tokens: from now on
 */
typedef struct
{
  MonoclePreprocessSettings settings;
  guint side, least, most, limit, most_tokens;
} MonocleQwen3vlPixels;

/**
 * MonocleQwen3vlPass:
 * @n_rows, @n_columns: patches of a picture
 * @recording: "pixels" to "image_embeds" and what layers have of their own
 * @pixels, @positions, @angles: what it is given
 * @has_positions: whether it is given the second of these
 * @windows: of its tokens; none where there is no first
 * @ids, @lengths, @back, @zeros: theirs
 * @made: (array length=n_made): [tokens, channels] each: the rows, and those of each layer
 * @n_made: how many
 *
 * From pixels to rows, for pictures of one size.
 */
typedef struct
{
  guint n_rows, n_columns;
  MonocleRecording recording;
  MonocleTensor pixels, positions, angles;
  gboolean has_positions;
  MonocleLayerWindows windows;
  MonocleTensor ids, lengths, back, zeros;
  MonocleTensor made[1 + MONOCLE_QWEN3VL_MAX_DEEP];
  guint n_made;
} MonocleQwen3vlPass;

typedef struct
{
  MonocleVkGpu *gpu;
  MonocleQwen3vlConfig config;
  MonocleQwen3vlPixels pixels;
  MonocleTokenizer *tokenizer;
  guint32 image_id;  /* the token that rows of a picture stand for */
  gboolean thinks;   /* before it answers */
  guint32 closes_id; /* the token that ends its thoughts */
  char *directory;
  MonocleWeightsRename rename; /* (nullable): from our names of tensors to those of its files */
  guint64 n_parameters;
  GPtrArray *notes; /* of strings; NULL at the end */

  MonocleParams *params;
  MonocleCausal causal;
  float *positions; /* (nullable): [side * side, channels] of the tower */

  GPtrArray *passes; /* of MonocleQwen3vlPass: of the last sizes */
  MonocleVkBuffer *buffer;
  guint64 n_bytes; /* of it */

  guint n_seen; /* rows of a picture at most */
  MonocleVkBuffer *seen_buffer;
  MonocleTensor seen;      /* [rows, channels]: what the decoder reads, see there */
  guint64 n_looks;         /* pictures so far */
  guint n_rows, n_columns; /* tokens of the picture of the question */
  MonocleCausalAsker asker;
} MonocleQwen3vl;

/* What was seen of a picture. */
typedef struct
{
  guint64 look;            /* which picture that was */
  guint width, height;     /* of it */
  guint n_rows, n_columns; /* tokens */
  MonocleVkBuffer *buffer; /* [(1 + n_deep) * tokens, channels] */
} MonocleQwen3vlSeen;

/* --- gguf.c --- */

/* The tensors of a directory, in whatever files. */
MonocleCheckpoint *monocle_qwen3vl_open_checkpoint (const char *path, GError **error);
/* All that GGUF files say; and what they call tensors. */
gboolean monocle_qwen3vl_read_gguf (MonocleQwen3vl *self,
                                    const char *path,
                                    const MonocleCheckpoint *files,
                                    GError **error);
/* What was joined is not read as it lies there. */
void monocle_qwen3vl_ignore_frames (MonocleWeights *weights);

/* --- pixels.c --- */

gboolean monocle_qwen3vl_load_pixels (MonocleQwen3vl *self, const char *directory, GError **error);
/* The same of what a preprocessor_config.json holds, which changes by that. */
gboolean monocle_qwen3vl_read_pixels (MonocleQwen3vl *self,
                                      JsonObject *root,
                                      const char *path,
                                      GError **error);
void monocle_qwen3vl_look_in_pieces (gpointer model, guint most);
/* A software device is given less. */
void monocle_qwen3vl_limit_pixels (MonocleQwen3vl *self);

/* Tokens of a large picture now. */
guint monocle_qwen3vl_count_tokens (const MonocleQwen3vlPixels *self);

/* Tokens of any picture, a whole number of %MONOCLE_CAUSAL_SEEN. */
guint monocle_qwen3vl_count_most_tokens (const MonocleQwen3vlPixels *self);

/* What a picture is brought to. Errors: BAD_REQUEST. */
gboolean monocle_qwen3vl_fit (const MonocleQwen3vlPixels *self,
                              guint width,
                              guint height,
                              guint *fit_width,
                              guint *fit_height,
                              GError **error);

/* --- pass.c --- */

/* Parameters are declared by writing it. */
MonocleQwen3vlPass *monocle_qwen3vl_pass_new (const MonocleQwen3vlConfig *config,
                                              MonocleParams *params,
                                              guint n_rows,
                                              guint n_columns);
void monocle_qwen3vl_pass_free (MonocleQwen3vlPass *self);
gboolean monocle_qwen3vl_pass_record (MonocleQwen3vlPass *self,
                                      MonocleVkGpu *gpu,
                                      MonocleVkBuffer *buffer,
                                      GError **error);
/* @table: positions of the tower; @pixels: [rows, columns, 3] */
gboolean monocle_qwen3vl_pass_run (MonocleQwen3vlPass *self,
                                   const MonocleQwen3vlConfig *config,
                                   const float *table,
                                   const float *pixels,
                                   GCancellable *cancellable,
                                   MonocleFamilyProgress progress,
                                   gpointer user_data,
                                   GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleQwen3vlPass, monocle_qwen3vl_pass_free)

/* --- look.c --- */

/* Where the decoder reads rows. */
gboolean monocle_qwen3vl_alloc_seen (MonocleQwen3vl *self, GError **error);
/* (transfer none) (nullable): for pictures of that size */
MonocleQwen3vlPass *
monocle_qwen3vl_find_pass (MonocleQwen3vl *self, guint width, guint height, GError **error);

/* @planes: (out) (optional): the normalised pixels [3, @height, @width] */
MonocleQwen3vlSeen *monocle_qwen3vl_look (MonocleQwen3vl *self,
                                          MonocleImage *image,
                                          GCancellable *cancellable,
                                          MonocleFamilyProgress progress,
                                          gpointer user_data,
                                          MonocleFamilyTiming *timing,
                                          float **planes,
                                          GError **error);
void monocle_qwen3vl_discard (gpointer model, gpointer features);
/* Puts it where the decoder reads it. */
gboolean monocle_qwen3vl_show (gpointer model, gconstpointer features, GError **error);

/* --- prompt.c --- */

void monocle_qwen3vl_list_tasks (GPtrArray *tasks);
char *monocle_qwen3vl_write_prompt (const MonocleTask *task,
                                    const char *text,
                                    const MonocleBox *region,
                                    guint width,
                                    guint height,
                                    GError **error);
char *monocle_qwen3vl_write_prompt_in (const MonocleTask *task,
                                       const char *language,
                                       const char *text,
                                       GError **error);

/* Whether the tokenizer has what prompts are made of. */
gboolean monocle_qwen3vl_check_tokens (MonocleQwen3vl *self, GError **error);

/* (transfer full) (element-type guint32): its rows are ids from the number of words on */
GArray *monocle_qwen3vl_write_picture (const MonocleQwen3vl *self, guint n_tokens);
GArray *monocle_qwen3vl_write_words (const MonocleQwen3vl *self, const char *words);
/* What stands before the first picture. */
GArray *monocle_qwen3vl_write_start (const MonocleQwen3vl *self);

/* What stands before the words of a person, and between a question and its answer, and that and
 * what is said next. */
#define MONOCLE_QWEN3VL_BEGINS  "<|im_start|>user\n"
#define MONOCLE_QWEN3VL_ROLE    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
#define MONOCLE_QWEN3VL_ANSWERS "<|im_end|>\n<|im_start|>assistant\n"
#define MONOCLE_QWEN3VL_GOES_ON "<|im_end|>\n<|im_start|>user\n"

/* --- thoughts.c --- */

/* What thoughts begin with, of editions that have any, behind %MONOCLE_QWEN3VL_ANSWERS. */
#define MONOCLE_QWEN3VL_THOUGHTS "<think>\n"

/* Tokens of thoughts at most, where there is room for so many. */
#define MONOCLE_QWEN3VL_MOST_THOUGHTS 4096

/* Whether the model thinks, by the template of its conversations; FALSE as long as there is none.
 */
void monocle_qwen3vl_load_template (MonocleQwen3vl *self, const char *directory);
void monocle_qwen3vl_read_template (MonocleQwen3vl *self, const char *template);

/* How many of the tokens that were written come before the answer, with what is between; all, where
 * it has not begun. */
guint monocle_qwen3vl_count_thoughts (gpointer model, const guint32 *ids, guint n);

/* --- answer.c and inspect.c: of the family's table --- */

extern const MonocleCausalAskingVerbs monocle_qwen3vl_asking;

/* (transfer full) (element-type guint32): what all questions about a picture of so many tokens
 * begin with */
GArray *monocle_qwen3vl_write_beginning (const MonocleQwen3vl *self, guint n_tokens);

gboolean monocle_qwen3vl_compile (gpointer model,
                                  const MonocleFamilyQuestion *question,
                                  MonocleVkCompileProgress progress,
                                  GError **error);
gboolean monocle_qwen3vl_generate (gpointer model,
                                   gpointer features,
                                   const MonocleFamilyQuestion *question,
                                   MonocleFamilyAnswer *answer,
                                   GError **error);
gboolean monocle_qwen3vl_inspect (gpointer model,
                                  MonocleImage *image,
                                  const char *prompt,
                                  const guint32 *decoder_ids,
                                  guint n_decoder_ids,
                                  const char *directory,
                                  GCancellable *cancellable,
                                  GError **error);

G_END_DECLS
