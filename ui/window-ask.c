/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that ask the model, and stop it.
 */
#include "config.h"

#include "ui/window-private.h"

static MonocleDocument *
get_document (MonocleWindow *self)
{
  return monocle_presentation_get_document (self->presentation);
}

/* What is missing is said where it can be given; the panel must be seen for that. Where it takes
 * the picture's place it goes, unless the answer is in words. */
static void
run_created (MonocleWindow *self, MonocleQuery *query)
{
  if (query)
    {
      if (self->narrow && monocle_query_get_task (query)->overlay != MONOCLE_OVERLAY_NONE)
        monocle_window_show_panel (self, FALSE);
      monocle_window_run_query (self, query);
    }
  else
    monocle_window_show_panel (self, TRUE);
}

static void
run (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);
  g_autoptr (MonocleQuery) query = monocle_ask_panel_create_query (ask, NULL);

  run_created (self, query);
}

static void
run_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);
  const MonocleTask *task = monocle_task_find (g_variant_get_string (parameter, NULL));
  g_autoptr (MonocleQuery) query = NULL;

  if (!task)
    return;
  query = monocle_ask_panel_create_query_for (ask, task, NULL);
  run_created (self, query);
}

/* What this picture waits for, the latest first, so that nothing else of it begins in between;
 * other windows go on. */
static void
stop (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  GListModel *queries = monocle_document_get_queries (get_document (self));

  for (guint i = g_list_model_get_n_items (queries); i > 0; i--)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i - 1);

      if (monocle_query_is_active (query))
        monocle_runner_stop_query (self->runner, query);
    }
}

gboolean
monocle_window_is_waiting (MonocleWindow *self)
{
  MonocleDocument *document = get_document (self);
  GListModel *queries = document ? monocle_document_get_queries (document) : NULL;
  guint n = queries ? g_list_model_get_n_items (queries) : 0;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (monocle_query_is_active (query))
        return TRUE;
    }
  return FALSE;
}

/* Regions that are selected; else the places of the objects that are; else all regions. */
static void
ask_region (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const MonocleTask *task = monocle_task_find (g_variant_get_string (parameter, NULL));
  g_autoptr (GPtrArray) regions = monocle_presentation_get_selected_regions (self->presentation);
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (GArray) boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  g_autoptr (MonocleQuery) query = NULL;
  MonocleAnnotation *source = NULL;
  MonocleDocument *document = get_document (self);

  if (!task || task->input != MONOCLE_TASK_INPUT_REGION)
    return;
  if (regions->len == 0 && objects->len == 0)
    {
      g_clear_pointer (&regions, g_ptr_array_unref);
      regions = monocle_presentation_get_asked_regions (self->presentation);
    }
  for (guint i = 0; i < regions->len; i++)
    {
      MonocleBox box = monocle_region_get_box (regions->pdata[i]);

      g_array_append_val (boxes, box);
      source = monocle_region_get_source (regions->pdata[i]);
    }
  for (guint i = 0; regions->len == 0 && i < objects->len; i++)
    {
      MonocleBox box
          = monocle_annotation_get_box (objects->pdata[i], monocle_document_get_width (document),
                                        monocle_document_get_height (document));

      g_array_append_val (boxes, box);
      source = objects->pdata[i];
    }
  if (boxes->len == 0)
    return;

  query = monocle_query_new (task, NULL, (const MonocleBox *) (gpointer) boxes->data, boxes->len,
                             boxes->len == 1 ? source : NULL);
  monocle_window_run_query (self, query);
}

static void
find_similar (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_autoptr (GPtrArray) objects = monocle_presentation_get_selected_objects (self->presentation);
  g_autoptr (MonocleQuery) query = NULL;

  if (objects->len == 0 || !*monocle_annotation_get_label (objects->pdata[0]))
    return;
  query = monocle_query_new (monocle_task_find ("open-vocabulary-detection"),
                             monocle_annotation_get_label (objects->pdata[0]), NULL, 0,
                             objects->pdata[0]);
  monocle_window_run_query (self, query);
}

static void
focus_prompt (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_show_panel (self, TRUE);
  monocle_ask_panel_start_typing (monocle_side_panel_get_ask_panel (self->side_panel), NULL);
}

static void
choose_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_show_panel (self, TRUE);
  monocle_ask_panel_choose_task (monocle_side_panel_get_ask_panel (self->side_panel));
}

static const GActionEntry actions[] = {
  { .name = "run", .activate = run },
  { .name = "run-task", .activate = run_task, .parameter_type = "s" },
  { .name = "stop", .activate = stop },
  { .name = "ask-region", .activate = ask_region, .parameter_type = "s" },
  { .name = "find-similar", .activate = find_similar },
  { .name = "focus-prompt", .activate = focus_prompt },
  { .name = "choose-task", .activate = choose_task },
};

void
monocle_window_add_ask_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}
