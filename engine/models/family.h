/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A model family: what an architecture must be able to do, so that everything above it need not
 * know which one it is. A family is one folder's worth of files and one row in families.c. All
 * functions run on the worker thread of the device.
 */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "engine/answer/drawn-frames.h"
#include "engine/answer/futures.h"
#include "engine/answer/reply.h"
#include "engine/answer/result.h"
#include "engine/checkpoint/adapter.h"
#include "engine/checkpoint/taught-labels.h"
#include "engine/models/training.h"
#include "engine/sound/sound.h"
#include "engine/picture/preprocess.h"
#include "engine/text/sampler.h"
#include "engine/vk/compile.h"

G_BEGIN_DECLS

/* What the session and the model want to hear. Called on the worker. */
typedef void (*MonocleFamilyProgress) (double fraction, gpointer user_data);
typedef void (*MonocleFamilyPartial) (guint index,
                                      guint n_certain,
                                      MonocleResult *partial,
                                      gpointer user_data);

typedef struct
{
  const char *directory;
  const char *adapter; /* (nullable): the folder of one, where the family takes adapters */
  MonocleVkGpu *gpu;
  gboolean f16; /* whether weights are stored in 16 bits */
  guint word_bits; /* of those of its language model: 8 or 4; 0: as the others */
  GCancellable *cancellable;
  MonocleFamilyProgress progress;
  gpointer user_data;
} MonocleFamilyLoad;

typedef struct
{
  guint64 n_parameters;
  guint num_beams;
  guint max_tokens;
  guint n_dims;        /* of vectors of pictures and texts; 0: there are none */
  double scale, bias;  /* of cosines, where each alone has a probability; 0: it has none */
  double label_scale;  /* what cosines of labels that exclude one another are multiplied with */
  double lowest_score; /* of what is worth showing, where its files do not say */
  const char *wording; /* (nullable): what labels are put into, where a question does not say */
  guint most_things, most_frames; /* of what it foresees; 0: it foresees nothing */
  double most_surprise;           /* of what it was made to foresee */
  guint frame_side;               /* of frames that it draws, in pixels; 0: it draws none */
  double least_decibels;          /* of what it was made to draw */
  guint n_together;               /* pictures that prepare_together takes at most */
  guint usual_tokens;             /* where an answer ends by the model's own settings; 0: nowhere */
  const char *const *notes;       /* (array zero-terminated=1): see monocle_model_get_notes() */
  /* (nullable): what pictures are brought to, where that is one size; lives as long as the model */
  const MonoclePreprocessSettings *pixels;
} MonocleFamilyFacts;

typedef struct
{
  const MonocleTask *task;
  /* (array length=n_prompts): one for each question; NULL where the family takes no words */
  const char *const *prompts;
  guint n_prompts;
  const char *wording;    /* (nullable): what labels are put into; NULL: the model's */
  double threshold;       /* how sure it must be, 0 to 1, of an object or a pixel */
  gboolean has_threshold; /* else it says that */
  guint num_beams;        /* 0: the model's */
  guint max_tokens;
  const MonocleSampling *sampling; /* (nullable): draws tokens, with one beam */
  guint width, height;             /* of the image */
  MonocleImage *example;           /* (nullable): what the regions lie in, if not the image */
  MonocleSound *sound; /* (nullable): what is heard; while compiling it may be missing */
  GCancellable *cancellable;
  MonocleFamilyPartial partial;
  gpointer user_data;
} MonocleFamilyQuestion;

typedef struct
{
  GPtrArray *results; /* (element-type MonocleResult): one for each prompt */
  gboolean stopped;
  guint n_tokens;
  guint n_at_once; /* prompts side by side, where there was no room for more; 0: as usual */
} MonocleFamilyAnswer;

typedef struct
{
  double preprocess_ms, encode_ms;
} MonocleFamilyTiming;

/* A turn of a conversation: what a person says and shows, and what was answered. */
typedef struct
{
  const char *text;   /* as write_prompt gave it */
  gpointer *features; /* (array length=n_features): of what is shown */
  guint n_features;   /* how much of it */
  const char *answer; /* (nullable): NULL: it is still to come */
  const guint32 *ids; /* (array length=n_ids) (nullable): its tokens, where they are known */
  guint n_ids;        /* how many */
} MonocleFamilyTurn;

typedef struct
{
  const MonocleFamilyTurn *turns; /* (array length=n_turns): the last one is to be answered */
  guint n_turns;
  guint n_forgotten; /* so many of the first are left out, but for what they show */
  guint max_tokens;
  const MonocleSampling *sampling; /* (nullable): draws tokens */
  GCancellable *cancellable;
  MonocleFamilyPartial partial; /* (nullable) */
  gpointer user_data;
} MonocleFamilyTalk;

typedef struct
{
  MonocleResult *result;
  GArray *ids; /* (element-type guint32): its tokens, as a turn wants them */
  MonocleReplyEnd end;
  guint n_forgotten;               /* turns, those of before included */
  guint n_kept, n_read, n_written; /* tokens that were there, that were read, that were written */
  double first_ms;                 /* until there was something to read for the person */
} MonocleFamilyReply;

typedef struct
{
  const MonocleTracks *const *tracks; /* (array length=n): each has its things and frames */
  guint n;
  guint n_frames;                  /* to foresee, behind the last one that was seen */
  guint n_futures;                 /* to draw */
  const MonocleSampling *sampling; /* how */
  GCancellable *cancellable;
} MonocleFamilyForesight;

typedef struct
{
  MonocleImage *seen;          /* the frame that was seen last, in the size that the facts say */
  const MonocleTracks *tracks; /* what is in it, in the last of their frames */
  const float *places;         /* (array): [n, things, 2]: where that is in those to be drawn */
  guint n;
  GCancellable *cancellable;
} MonocleFamilyFrames;

typedef struct
{
  const char *id;
  const char *title;

  /* Whether the config.json of a model directory says that it is of this family. */
  gboolean (*probe) (JsonObject *config);
  /* (nullable): what its tokenizer has, where config.json does not tell it from the family behind
   * it in the list. */
  const char *token;

  /* Whether its files are whole and go together, and every tensor is there with its shape; without
   * a device. */
  gboolean (*check) (const char *directory, GError **error);

  /* How adapters name its tensors; NULL: it takes none. */
  const MonocleAdapterNames *adapter_names;
  /* How it is taught; NULL: it is not. Where it is, it takes adapters. */
  const MonocleTraining *training;

  /* Whether labels that somebody taught can be those of a model directory; such an adapter changes
   * no tensor, and `load` reads it. NULL: it can be taught none. */
  gboolean (*check_labels) (const char *directory,
                            const MonocleTaughtLabels *labels,
                            GError **error);

  /* Whether it has a language model whose weights can be stored in 8 or 4 bits. */
  gboolean takes_few_bits;

  /* Model data; NULL with an error. */
  gpointer (*load) (const MonocleFamilyLoad *load, GError **error);
  void (*unload) (gpointer model);
  void (*get_facts) (gpointer model, MonocleFamilyFacts *facts);

  /* What models of this family can be asked, in the order of menus: the first of a kind is the one
   * that most people mean. Rows are never freed. */
  void (*list_tasks) (GPtrArray *tasks);

  /* What the model reads for a question that monocle_task_check() let pass; on any thread. NULL:
   * the family takes no words. */
  char *(*write_prompt) (const MonocleTask *task,
                         const char *text,
                         const MonocleBox *region,
                         guint width,
                         guint height,
                         GError **error);

  /* The same in a language, which is one of the task's: of those that have some. */
  char *(*write_prompt_in) (const MonocleTask *task,
                            const char *language,
                            const char *text,
                            GError **error);

  /* Makes what the device must compile for an image and this question; @progress is not called
   * where that is there already. What comes after works without it, but cannot say how long it
   * takes. */
  gboolean (*compile) (gpointer model,
                       const MonocleFamilyQuestion *question,
                       MonocleVkCompileProgress progress,
                       GError **error);

  /* Into how many pieces a side pictures are cut at most that are prepared from now on, and no
   * further than their pixels fill; 0: as the model's files say, which is how it begins. One that
   * cuts nothing looks as closely as it would at so many. NULL: the family always does the same. */
  void (*look_in_pieces) (gpointer model, guint most);

  /* Features of an image, once for all questions. */
  gpointer (*prepare) (gpointer model,
                       MonocleImage *image,
                       GCancellable *cancellable,
                       MonocleFamilyProgress progress,
                       gpointer user_data,
                       MonocleFamilyTiming *timing,
                       GError **error);
  /* The same of several images side by side, @features [n]: all of them or none. What comes of it
   * is what prepare makes of each. NULL: one after the other. */
  gboolean (*prepare_together) (gpointer model,
                                MonocleImage *const *images,
                                guint n,
                                GCancellable *cancellable,
                                gpointer *features,
                                MonocleFamilyTiming *timing,
                                GError **error);
  void (*discard) (gpointer model, gpointer features);

  /* Answers to tasks of all kinds but RANK. NULL: the family knows none of these. */
  gboolean (*generate) (gpointer model,
                        gpointer features,
                        const MonocleFamilyQuestion *question,
                        MonocleFamilyAnswer *answer,
                        GError **error);

  /* Answers to tasks of kind RANK, one for each question. NULL: the family ranks nothing. */
  gboolean (*rank) (gpointer model,
                    gpointer features,
                    const MonocleFamilyQuestion *question,
                    MonocleFamilyAnswer *answer,
                    GError **error);

  /* A conversation: what it has of the device, which is empty at first, a copy of it, and its end.
   * NULL, as the two below: the family cannot talk. */
  gpointer (*open_talk) (gpointer model, GError **error);
  gpointer (*fork_talk) (gpointer model, gpointer talk, GError **error);
  void (*close_talk) (gpointer model, gpointer talk);
  /* As compile, for a picture and a conversation that begins. */
  gboolean (*compile_talk) (gpointer model,
                            gpointer talk,
                            GCancellable *cancellable,
                            MonocleVkCompileProgress progress,
                            gpointer user_data,
                            GError **error);
  /* Answers the last turn. What was said before is not read again where it is there. Where not all
   * of it fits, the oldest turns are forgotten, and the reply says how many. */
  gboolean (*talk) (gpointer model,
                    gpointer talk,
                    const MonocleFamilyTalk *asked,
                    MonocleFamilyReply *reply,
                    GError **error);

  /* Vectors of pictures, or of texts, as the model gives them: @rows [n, dims of the facts]. NULL:
   * the family makes none. */
  gboolean (*embed_images) (gpointer model,
                            MonocleImage *const *images,
                            guint n,
                            GCancellable *cancellable,
                            float *rows,
                            GError **error);
  gboolean (*embed_texts) (gpointer model,
                           const char *const *texts,
                           guint n,
                           GCancellable *cancellable,
                           float *rows,
                           GError **error);

  /* What happens next, of things that are followed: a #MonocleFutures for each of the tracks, which
   * are within what the facts say. NULL: the family foresees nothing. */
  gboolean (*foresee) (gpointer model,
                       const MonocleFamilyForesight *asked,
                       GPtrArray *futures,
                       GError **error);

  /* Frames in which things are elsewhere. NULL: the family draws none. */
  gboolean (*draw_frames) (gpointer model,
                           const MonocleFamilyFrames *asked,
                           MonocleDrawnFrames *drawn,
                           GError **error);

  /* Writes what every stage computed; see monocle_session_inspect_async(). */
  gboolean (*inspect) (gpointer model,
                       MonocleImage *image,
                       const char *prompt,
                       const guint32 *decoder_ids,
                       guint n_decoder_ids,
                       const char *directory,
                       GCancellable *cancellable,
                       GError **error);
} MonocleFamily;

/* Whether models of this family take an adapter of that kind. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_family_takes_adapter (const MonocleFamily *family,
                                       const char *directory,
                                       const char *adapter,
                                       GError **error);

/* (transfer full) (nullable): the tensors of a model directory, with what @adapter (nullable), its
 * folder, makes of them. Errors: those of monocle_checkpoint_open() and monocle_adapter_open(); a
 * family that takes no adapters. */
MonocleCheckpoint *monocle_family_open_checkpoint (const MonocleFamily *family,
                                                   const char *directory,
                                                   const char *adapter,
                                                   GError **error);

/* Answers a question of whatever kind about @features. */
gboolean monocle_family_answer (const MonocleFamily *family,
                                gpointer model,
                                gpointer features,
                                const MonocleFamilyQuestion *question,
                                MonocleFamilyAnswer *answer,
                                GError **error);

/* Whether weights of such a model can be stored in 8 or 4 bits. Errors: UNSUPPORTED_MODEL. */
gboolean monocle_family_check_bits (const MonocleFamily *family,
                                    const char *directory,
                                    guint bits,
                                    GError **error);

/* (transfer none) (nullable): the family that a model directory belongs to */
const MonocleFamily *monocle_families_probe (const char *directory, GError **error);

/* Of the family of that id; FALSE: there is none. */
gboolean monocle_families_list_tasks_of (const char *id, GPtrArray *tasks);

/* What most models can be asked: as long as there is none. */
void monocle_families_list_usual_tasks (GPtrArray *tasks);

/* (transfer none) (nullable): of whatever family has it: the one that gives that, else any */
const MonocleTask *monocle_families_find_task (const char *id, MonocleTaskGives gives);

extern const MonocleFamily monocle_family_clip;
extern const MonocleFamily monocle_family_clipseg;
extern const MonocleFamily monocle_family_detr;
extern const MonocleFamily monocle_family_docling;
extern const MonocleFamily monocle_family_eomt;
extern const MonocleFamily monocle_family_florence2;
extern const MonocleFamily monocle_family_ofa;
extern const MonocleFamily monocle_family_ofa_drawing;
extern const MonocleFamily monocle_family_owlv2;
extern const MonocleFamily monocle_family_owlvit;
extern const MonocleFamily monocle_family_paligemma;
extern const MonocleFamily monocle_family_qwen3vl;
extern const MonocleFamily monocle_family_siglip;
extern const MonocleFamily monocle_family_smolvlm;
extern const MonocleFamily monocle_family_unifiedio;
extern const MonocleFamily monocle_family_unifiedio2;
extern const MonocleFamily monocle_family_vit;
extern const MonocleFamily monocle_family_world;

G_END_DECLS
