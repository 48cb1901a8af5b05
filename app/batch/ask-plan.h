/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question about many pictures as it is kept: what is asked, about which pictures, and which of
 * them are done with, so that it is gone on with whatever ended the program.
 */
#pragma once

#include "app/document/journal.h"
#include "engine/engine.h"

G_BEGIN_DECLS

/* A picture of a plan. Properties: file (GFile), name (string), summary (string, nullable), error
 * (string, nullable). */
#define MONOCLE_TYPE_ASK_ITEM (monocle_ask_item_get_type ())
G_DECLARE_FINAL_TYPE (MonocleAskItem, monocle_ask_item, MONOCLE, ASK_ITEM, GObject)

/* @page: of a PDF, from 0; @name: what is shown */
MonocleAskItem *monocle_ask_item_new (GFile *file, guint page, const char *name);
GFile *monocle_ask_item_get_file (MonocleAskItem *self);
guint monocle_ask_item_get_page (MonocleAskItem *self);
const char *monocle_ask_item_get_name (MonocleAskItem *self);
/* Whether it is answered, or failed. */
gboolean monocle_ask_item_is_passed (MonocleAskItem *self);
/* (nullable): what was answered, in one line: "12 objects" */
const char *monocle_ask_item_get_summary (MonocleAskItem *self);
/* (nullable): why it could not be asked about, in words */
const char *monocle_ask_item_get_error (MonocleAskItem *self);

/**
 * MonocleAskPlan:
 * @task: what is asked
 * @text: (nullable): for tasks that take a text
 * @language: code of the one that is answered in, of tasks with languages; empty: as is usual
 * @asks_again: also about pictures that have this answer already
 * @begun: when, in microseconds since 1970
 * @items: (element-type MonocleAskItem): about which pictures, in their order
 * @is_paused: nothing more is asked until somebody says so
 */
typedef struct
{
  const MonocleTask *task;
  char *text;
  char language[MONOCLE_LANGUAGE_SIZE];
  gboolean asks_again;
  gint64 begun;
  GPtrArray *items;
  gboolean is_paused;

  /*< private >*/
  MonocleJournal *journal; /* (nullable): while it is kept */
} MonocleAskPlan;

MonocleAskPlan *
monocle_ask_plan_new (const MonocleTask *task, const char *text, gboolean asks_again);
/* @language: (nullable): of the task */
void monocle_ask_plan_set_language (MonocleAskPlan *self, const char *language);
/* What is kept stays. */
void monocle_ask_plan_free (MonocleAskPlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleAskPlan, monocle_ask_plan_free)

/**
 * monocle_ask_plan_keep:
 * @self: a plan with its pictures
 *
 * From now on it is kept, instead of another one that was. Errors: of files.
 */
gboolean monocle_ask_plan_keep (MonocleAskPlan *self, GError **error);
/* (transfer full) (nullable): the one that is kept, if there is one that is not done; it is kept
 * on. What is damaged is as if it were not there. */
MonocleAskPlan *monocle_ask_plan_restore (void);
/* It is over: nothing is kept any more. */
void monocle_ask_plan_drop (MonocleAskPlan *self);

/**
 * monocle_ask_plan_pass:
 * @index: of items
 * @summary: (nullable): what was answered
 * @problem: (nullable): why it was not
 * @error: return location
 *
 * That picture is done with, and that is kept. Errors: of files; it is done with all the same.
 */
gboolean monocle_ask_plan_pass (
    MonocleAskPlan *self, guint index, const char *summary, const char *problem, GError **error);

/* Nothing more is asked, or it is gone on with: that is kept too. Errors: of files. */
gboolean monocle_ask_plan_pause (MonocleAskPlan *self, gboolean is_paused, GError **error);

G_END_DECLS
