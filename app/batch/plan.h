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
#define MONOCLE_TYPE_PLAN_ITEM (monocle_plan_item_get_type ())
G_DECLARE_FINAL_TYPE (MonoclePlanItem, monocle_plan_item, MONOCLE, PLAN_ITEM, GObject)

/* @page: of a PDF, from 0; @name: what is shown */
MonoclePlanItem *monocle_plan_item_new (GFile *file, guint page, const char *name);
GFile *monocle_plan_item_get_file (MonoclePlanItem *self);
guint monocle_plan_item_get_page (MonoclePlanItem *self);
const char *monocle_plan_item_get_name (MonoclePlanItem *self);
/* Whether it is answered, or failed. */
gboolean monocle_plan_item_is_passed (MonoclePlanItem *self);
/* (nullable): what was answered, in one line: "12 objects" */
const char *monocle_plan_item_get_summary (MonoclePlanItem *self);
/* (nullable): why it could not be asked about, in words */
const char *monocle_plan_item_get_error (MonoclePlanItem *self);

/**
 * MonoclePlan:
 * @task: what is asked
 * @text: (nullable): for tasks that take a text
 * @asks_again: also about pictures that have this answer already
 * @begun: when, in microseconds since 1970
 * @items: (element-type MonoclePlanItem): about which pictures, in their order
 */
typedef struct
{
  const MonocleTask *task;
  char *text;
  gboolean asks_again;
  gint64 begun;
  GPtrArray *items;

  /*< private >*/
  MonocleJournal *journal; /* (nullable): while it is kept */
} MonoclePlan;

MonoclePlan *monocle_plan_new (const MonocleTask *task, const char *text, gboolean asks_again);
/* What is kept stays. */
void monocle_plan_free (MonoclePlan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonoclePlan, monocle_plan_free)

/**
 * monocle_plan_keep:
 * @self: a plan with its pictures
 *
 * From now on it is kept, instead of another one that was. Errors: of files.
 */
gboolean monocle_plan_keep (MonoclePlan *self, GError **error);
/* (transfer full) (nullable): the one that is kept, if there is one that is not done; it is kept
 * on. What is damaged is as if it were not there. */
MonoclePlan *monocle_plan_restore (void);
/* It is over: nothing is kept any more. */
void monocle_plan_drop (MonoclePlan *self);

/**
 * monocle_plan_pass:
 * @index: of items
 * @summary: (nullable): what was answered
 * @problem: (nullable): why it was not
 * @error: return location
 *
 * That picture is done with, and that is kept. Errors: of files; it is done with all the same.
 */
gboolean monocle_plan_pass (
    MonoclePlan *self, guint index, const char *summary, const char *problem, GError **error);

G_END_DECLS
