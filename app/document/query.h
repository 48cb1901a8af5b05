/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query: one question about a picture and what came back: task, text, regions, the model that was
 * asked, its answers as they arrive. An item of the document's history. The runner drives it; the
 * window watches its properties.
 *
 * Properties, all read-only and notified: state (MonocleQueryState as int), stage (MonocleStage as
 * int), fraction (double), n-tokens (uint), stopping (boolean), text (string), elapsed-ms (double),
 * annotations (GListModel).
 */
#pragma once

#include <gio/gio.h>

#include "app/document/annotation.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/**
 * MonocleQueryState:
 * @MONOCLE_QUERY_WAITING: for the model, or for queries before it
 * @MONOCLE_QUERY_RUNNING: being answered
 * @MONOCLE_QUERY_DONE: answered
 * @MONOCLE_QUERY_STOPPED: stopped by the person; what there was by then is kept
 * @MONOCLE_QUERY_FAILED: see monocle_query_get_error()
 */
typedef enum
{
  MONOCLE_QUERY_WAITING,
  MONOCLE_QUERY_RUNNING,
  MONOCLE_QUERY_DONE,
  MONOCLE_QUERY_STOPPED,
  MONOCLE_QUERY_FAILED,
} MonocleQueryState;

#define MONOCLE_TYPE_QUERY (monocle_query_get_type ())
G_DECLARE_FINAL_TYPE (MonocleQuery, monocle_query, MONOCLE, QUERY, GObject)

/**
 * monocle_query_new:
 * @task: what is asked
 * @text: (nullable): for tasks that take a text
 * @regions: (array length=n_regions) (nullable): copied; pixels of the upright picture
 * @n_regions: how many
 * @source: (nullable): the object of an earlier answer that it asks about
 */
MonocleQuery *monocle_query_new (const MonocleTask *task,
                                 const char *text,
                                 const MonocleBox *regions,
                                 guint n_regions,
                                 MonocleAnnotation *source);

/* What it is called in files; never 0, and no other thing has it. */
guint64 monocle_query_get_id (MonocleQuery *self);
const MonocleTask *monocle_query_get_task (MonocleQuery *self);
/* (nullable) */
const char *monocle_query_get_request_text (MonocleQuery *self);
/* In pixels of the upright picture. */
const MonocleBox *monocle_query_get_regions (MonocleQuery *self, guint *n_regions);
/* (nullable) */
MonocleAnnotation *monocle_query_get_source (MonocleQuery *self);

MonocleQueryState monocle_query_get_state (MonocleQuery *self);
gboolean monocle_query_is_active (MonocleQuery *self); /* waiting or running */
/* Answered, or stopped with something to be kept. */
gboolean monocle_query_is_whole (MonocleQuery *self);
MonocleStage monocle_query_get_stage (MonocleQuery *self);
/* Part of the stage, 0 to 1; -1 where the end is not known. */
double monocle_query_get_fraction (MonocleQuery *self);
/* Steps of the stage where it has some, and how many of them are done; else 0. */
guint monocle_query_get_n_steps (MonocleQuery *self, guint *n_done);
guint monocle_query_get_n_tokens (MonocleQuery *self);
/* Whether it was told to stop, and has not done so yet. */
gboolean monocle_query_is_stopping (MonocleQuery *self);
/* Since it began to run; fixed once it ended. */
double monocle_query_get_elapsed_ms (MonocleQuery *self);
/* (nullable) */
const GError *monocle_query_get_error (MonocleQuery *self);
/* When it was asked, in local time. */
GDateTime *monocle_query_get_created (MonocleQuery *self);
/* What answered: (nullable) before it runs. Names as a person knows them. */
const char *monocle_query_get_model_name (MonocleQuery *self);
const char *monocle_query_get_device_name (MonocleQuery *self);
const char *monocle_query_get_precision_name (MonocleQuery *self);
/* Name and version. */
const char *monocle_query_get_driver_name (MonocleQuery *self);
/* See monocle_identity_get(). */
const char *monocle_query_get_model_digest (MonocleQuery *self);

/**
 * MonocleQuerySettings:
 * @language: code of the one that it is answered in; empty: as is usual
 * @num_beams: how many answers were looked at beside each other; 0: nobody knows
 * @max_tokens: the longest answer; 0: as the task says
 * @is_drawn: tokens were drawn by chance
 * @sampling: how, with the seed
 *
 * How a question is answered besides what it says.
 */
typedef struct
{
  char language[MONOCLE_LANGUAGE_SIZE];
  guint num_beams;
  guint max_tokens;
  gboolean is_drawn;
  MonocleSampling sampling;
} MonocleQuerySettings;

const MonocleQuerySettings *monocle_query_get_settings (MonocleQuery *self);
/* (nullable): code of the language that it is answered in; of tasks without languages none */
const char *monocle_query_get_language (MonocleQuery *self);

/**
 * monocle_query_new_again:
 * @task: (nullable): what is asked by now of another model; %NULL: the same
 *
 * Returns: (transfer full): the same question with the same settings, not asked yet
 */
MonocleQuery *monocle_query_new_again (MonocleQuery *self, const MonocleTask *task);

/**
 * monocle_query_new_another:
 * @self: of a picture that was drawn
 * @top_p: of the likeliest tokens that together have that share, where it does not say it
 *
 * Returns: (transfer full): the same question, drawn with the next seed, not asked yet
 */
MonocleQuery *monocle_query_new_another (MonocleQuery *self, double top_p);

/* (transfer none) (element-type MonocleAnnotation): grows while it runs; a GListStore. An item
 * stays the same object as long as what it holds is what the model says. */
GListModel *monocle_query_get_annotations (MonocleQuery *self);
/* (transfer none) (nullable) (element-type MonocleResult): one for each region, or one; the latest
 * partial ones while it runs (an element can be NULL then). In pixels of the upright picture. */
GPtrArray *monocle_query_get_results (MonocleQuery *self);
/* Quarter turns clockwise by which the picture was shown, and the model saw it, when it was asked:
 * 0 to 3. The tokens of the results speak of that. */
guint monocle_query_get_rotation (MonocleQuery *self);
/* Preprocess, encode, decode in ms, tokens; 0 before the end. (nullable) before that. */
const MonocleRun *monocle_query_get_run (MonocleQuery *self);

/**
 * monocle_query_get_text:
 *
 * Returns: (nullable): for tasks that answer in words, the answer so far (of several regions one a
 *   line, "1. ..."); %NULL for the others
 */
const char *monocle_query_get_text (MonocleQuery *self);
/* (nullable): the answer about region @index alone */
const char *monocle_query_get_region_text (MonocleQuery *self, guint index);
/* Index for monocle_palette_get(), of the region @index: of what is said of it, as of any label. */
guint monocle_query_get_region_colour (MonocleQuery *self, guint index);

/* Longer ones are not kept, in bytes. */
#define MONOCLE_CORRECTION_MAX_BYTES 65536

/**
 * monocle_query_get_correction:
 * @place: of an answer in words the region that it is about, from 0; of objects what
 *   monocle_query_find_object() says
 *
 * Returns: (nullable): what a person wrote in place of what the model said; all others but
 *   monocle_query_get_said() and monocle_query_get_results() say that, too
 */
const char *monocle_query_get_correction (MonocleQuery *self, guint place);
/* (nullable): what the model said there, corrected or not */
const char *monocle_query_get_said (MonocleQuery *self, guint place);
/* Whether anything of it is. */
gboolean monocle_query_is_corrected (MonocleQuery *self);
/* (transfer full) (element-type guint): places that are corrected, in order */
GArray *monocle_query_list_corrected (MonocleQuery *self);

/* Whether there were objects in the answer, those that a person deleted since among them. */
gboolean monocle_query_has_found (MonocleQuery *self);

/* (transfer full): "Caption", "Caption (French)": with the language, where it is not the one that
 * is always meant. @language: (nullable): its code. Translated */
char *monocle_query_dup_task_title (const MonocleTask *task, const char *language);
/* (transfer full): the same with the words: "Find Objects", "Find by Name: red car": translated */
char *monocle_query_dup_title (MonocleQuery *self);
/* (transfer full): one line: "12 objects", the beginning of a text, "No objects found", "Stopped",
 * the stage while there is nothing yet, the error's message: translated */
char *monocle_query_dup_summary (MonocleQuery *self);

/* --- For the runner and the document --- */

/* @model: (nullable): nobody knows. Can be called again, after monocle_query_requeue(). */
void monocle_query_start (MonocleQuery *self, MonocleModel *model, guint rotation);
/* Settings of one that is new. */
void monocle_query_set_settings (MonocleQuery *self, const MonocleQuerySettings *settings);
/* @language: (nullable): of its task; another one is as none. Of one that is new. */
void monocle_query_set_language (MonocleQuery *self, const char *language);
/* It runs: what is asked of @model, and how, which is remembered; regions are the caller's.
 * @num_beams: as the person has set it; 0: as the model says. Valid as long as the query is. */
MonocleRequest
monocle_query_make_request (MonocleQuery *self, MonocleModel *model, guint num_beams);
/* It waits again: what it ran on is gone. */
void monocle_query_requeue (MonocleQuery *self);
void monocle_query_update (MonocleQuery *self, const MonocleUpdate *update);
/* It runs and was told to stop. */
void monocle_query_stop (MonocleQuery *self);
void monocle_query_finish (MonocleQuery *self, MonocleRun *run);   /* (transfer full) */
void monocle_query_fail (MonocleQuery *self, const GError *error); /* cancelled: STOPPED */

/* --- Heat maps --- */

/* (transfer none) (nullable): what the model says of that word; %NULL behind the last one */
MonocleHeat *monocle_query_get_heat (MonocleQuery *self, guint index);
/* Whether heat maps can be cut there: above nothing, up to what is certain. */
gboolean monocle_query_takes_cut (double cut);
/* Above what likelihood its objects are there; 0 where it has no heat maps. */
double monocle_query_get_cut (MonocleQuery *self);
/* How much of its heat maps is an object, as it is looked at: what the model said stays. */
void monocle_query_set_cut (MonocleQuery *self, double cut);
/* Whether there are heat maps, and not all of what they come to has been kept or deleted. */
gboolean monocle_query_can_cut (MonocleQuery *self);

/* What a person made of its objects, which may still arrive: see query-objects.h. */
guint monocle_query_find_object (MonocleQuery *self, MonocleAnnotation *annotation);
GVariant *monocle_query_store_object (MonocleQuery *self, guint object);
void monocle_query_restore_object (MonocleQuery *self, guint object, GVariant *state);
void monocle_query_update_objects (MonocleQuery *self);
/* @text: (nullable): what the model said, again. For the document. */
void monocle_query_correct (MonocleQuery *self, guint place, const char *text);
/* Labels have other colours since. */
void monocle_query_recolour (MonocleQuery *self);

/**
 * monocle_query_store:
 * @self: one that was answered, or stopped
 *
 * Returns: (transfer floating): a dictionary with what was asked, by what it was answered, and all
 *   that came back, to be kept in a file
 */
GVariant *monocle_query_store (MonocleQuery *self);

/**
 * monocle_query_new_stored:
 * @id: what it is called
 * @stored: of monocle_query_store(), from a file perhaps
 *
 * Returns: (transfer full) (nullable): the query, answered; %NULL where @stored is none, or nobody
 *   knows any more what was asked
 */
MonocleQuery *monocle_query_new_stored (guint64 id, GVariant *stored);

G_END_DECLS
