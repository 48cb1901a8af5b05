/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The window's actions that ask the model, and stop it.
 */
#include "config.h"

#include <glib/gi18n.h>

#include "ui/ask-subject.h"
#include "ui/window-private.h"

static void ask (GSimpleAction *action, GVariant *parameter, gpointer data);
static void find_similar (GSimpleAction *action, GVariant *parameter, gpointer data);
static void find_labels (GSimpleAction *action, GVariant *parameter, gpointer data);
static void ask_which (GSimpleAction *action, GVariant *parameter, gpointer data);

/* What menus and bars offer, as long as the model has such a task. */
static const struct
{
  const char *name;
  MonocleTaskKind kind;
  MonocleTaskTakes takes;
  MonocleTaskGives gives;
  void (*activate) (GSimpleAction *action, GVariant *parameter, gpointer data);
} offers[] = {
  { "ask-what", MONOCLE_TASK_ANSWER, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, ask },
  { "ask-which", MONOCLE_TASK_RANK, MONOCLE_TAKES_TEXT_AND_REGION, MONOCLE_GIVES_RANKS, ask_which },
  { "ask-describe", MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, ask },
  { "ask-outline", MONOCLE_TASK_OUTLINE, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, ask },
  { "ask-like", MONOCLE_TASK_FIND, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, ask },
  { "ask-read", MONOCLE_TASK_READ, MONOCLE_TAKES_REGION, MONOCLE_GIVES_ANYTHING, ask },
  { "describe-all", MONOCLE_TASK_DESCRIBE, MONOCLE_TAKES_NOTHING, MONOCLE_GIVES_BOXES, ask },
  { "find-similar", MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_ANYTHING, find_similar },
  { "find-labels", MONOCLE_TASK_FIND, MONOCLE_TAKES_TEXT, MONOCLE_GIVES_ANYTHING, find_labels },
};

/* (nullable): what the model can be asked by that action */
static const MonocleTask *
find_offered (MonocleWindow *self, const char *name)
{
  GPtrArray *tasks = monocle_runner_list_tasks (self->runner);

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    if (g_str_equal (offers[i].name, name))
      return monocle_tasks_find_kind (tasks, offers[i].kind, offers[i].takes, offers[i].gives);
  return NULL;
}

/* What is missing is said where it can be given; the panel must be seen for that. Where it takes
 * the picture's place it goes, unless the answer is in words. */
static void
run_created (MonocleWindow *self, MonocleQuery *query)
{
  if (query)
    {
      if (self->narrow && monocle_task_gives_objects (monocle_query_get_task (query)))
        monocle_window_show_panel (self, FALSE);
      if (!monocle_live_ask_settle (self->live, query))
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
  g_autoptr (MonocleQuery) query = NULL;

  if (monocle_side_panel_is_talking (self->side_panel))
    {
      monocle_talk_page_ask (monocle_side_panel_get_talk_page (self->side_panel));
      return;
    }
  query = monocle_ask_panel_create_query (ask, NULL);
  run_created (self, query);
}

static void
run_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleAskPanel *ask = monocle_side_panel_get_ask_panel (self->side_panel);
  const MonocleTask *task = monocle_tasks_find (monocle_runner_list_tasks (self->runner),
                                                g_variant_get_string (parameter, NULL));
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
  GListModel *queries = monocle_document_get_queries (monocle_window_get_document (self));

  for (guint i = g_list_model_get_n_items (queries); i > 0; i--)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i - 1);

      if (monocle_query_is_active (query))
        monocle_runner_stop_query (self->runner, query);
    }
  monocle_runner_stop_talk (self->runner, monocle_window_get_document (self));
  monocle_window_update_actions (self);
}

gboolean
monocle_window_is_waiting (MonocleWindow *self)
{
  MonocleDocument *document = monocle_window_get_document (self);
  GListModel *queries = document ? monocle_document_get_queries (document) : NULL;
  guint n = queries ? g_list_model_get_n_items (queries) : 0;
  MonocleSaid *said = document ? monocle_document_get_asking (document, NULL) : NULL;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      if (monocle_query_is_active (query) && !monocle_query_is_stopping (query))
        return TRUE;
    }
  return said && monocle_said_is_active (said);
}

static void
ask (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const MonocleTask *task = find_offered (self, g_action_get_name (G_ACTION (action)));
  g_auto (MonocleAskSubject) subject = { 0 };
  g_autoptr (MonocleQuery) query = NULL;

  monocle_ask_subject_find (&subject, self->presentation, task);
  query = monocle_query_new (task, NULL, (const MonocleBox *) (gpointer) subject.boxes->data,
                             subject.boxes->len, subject.source);
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
  query = monocle_query_new (find_offered (self, g_action_get_name (G_ACTION (action))),
                             monocle_annotation_get_label (objects->pdata[0]), NULL, 0,
                             objects->pdata[0]);
  monocle_window_run_query (self, query);
}

/* Which of the names of this folder each is called by; without any the words are asked for. */
static void
ask_which (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  const MonocleTask *task = find_offered (self, g_action_get_name (G_ACTION (action)));
  g_auto (GStrv) names = monocle_label_set_dup_names (self->labels);
  g_autofree char *words = g_strjoinv ("\n", names);
  g_auto (MonocleAskSubject) subject = { 0 };
  g_autoptr (MonocleQuery) query = NULL;

  if (!*names)
    {
      query = monocle_ask_panel_create_query_for (
          monocle_side_panel_get_ask_panel (self->side_panel), task, NULL);
      run_created (self, query);
      return;
    }
  monocle_ask_subject_find (&subject, self->presentation, task);
  query = monocle_query_new (task, words, (const MonocleBox *) (gpointer) subject.boxes->data,
                             subject.boxes->len, subject.source);
  monocle_window_run_query (self, query);
}

/* All that things are called in this folder. */
static void
find_labels (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  g_auto (GStrv) names = monocle_label_set_dup_names (self->labels);
  g_autofree char *words = g_strjoinv (", ", names);
  g_autoptr (MonocleQuery) query = monocle_query_new (
      find_offered (self, g_action_get_name (G_ACTION (action))), words, NULL, 0, NULL);

  monocle_window_run_query (self, query);
}

static void
focus_prompt (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_show_panel (self, TRUE);
  if (monocle_side_panel_is_talking (self->side_panel))
    monocle_side_panel_show_talk (self->side_panel);
  else
    monocle_ask_panel_start_typing (monocle_side_panel_get_ask_panel (self->side_panel), NULL);
}

/* To the conversation. */
static void
talk (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_show_panel (self, TRUE);
  monocle_side_panel_show_talk (self->side_panel);
}

static void
clear_talk (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleDocument *document = monocle_window_get_document (self);

  monocle_document_set_asking (document, NULL, 0);
  monocle_document_clear_talk (document);
  monocle_window_show_undo_toast (self, _ ("Conversation cleared"));
}

static void
choose_task (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;

  monocle_window_show_panel (self, TRUE);
  monocle_ask_panel_choose_task (monocle_side_panel_get_ask_panel (self->side_panel));
}

/* The answer that is shown stays beside the one to come. */
static void
run_again (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  MonocleWindow *self = data;
  MonocleQuery *query = monocle_presentation_get_query (self->presentation);
  g_autoptr (MonocleQuery) before = query ? g_object_ref (query) : NULL;
  g_autoptr (MonocleQuery) again = NULL;

  if (!before)
    return;
  again = monocle_query_new_again (
      before, monocle_runner_find_task (self->runner, monocle_query_get_task (before)));
  monocle_window_run_query (self, again);
  monocle_presentation_set_query (self->presentation, again);
  monocle_presentation_set_pinned (self->presentation, before);
  monocle_window_show_panel (self, TRUE);
}

static const GActionEntry actions[] = {
  { .name = "run", .activate = run },
  { .name = "run-again", .activate = run_again },
  { .name = "run-task", .activate = run_task, .parameter_type = "s" },
  { .name = "stop", .activate = stop },
  { .name = "focus-prompt", .activate = focus_prompt },
  { .name = "choose-task", .activate = choose_task },
  { .name = "talk", .activate = talk },
  { .name = "clear-talk", .activate = clear_talk },
};

void
monocle_window_add_ask_actions (MonocleWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  monocle_window_update_offers (self);
}

/* --- What the model can be asked --- */

void
monocle_window_update_offers (MonocleWindow *self)
{
  GActionMap *map = G_ACTION_MAP (self);

  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      GActionEntry entry = { .name = offers[i].name, .activate = offers[i].activate };

      if (!find_offered (self, offers[i].name))
        g_action_map_remove_action (map, offers[i].name);
      else if (!g_action_map_lookup_action (map, offers[i].name))
        g_action_map_add_action_entries (map, &entry, 1, self);
    }
  monocle_side_panel_set_can_talk (self->side_panel, monocle_runner_can_talk (self->runner));
  monocle_window_update_actions (self);
}

/* Finding what is like an object is enabled with the objects. */
void
monocle_window_enable_asking (MonocleWindow *self, gboolean has_picture, gboolean has_subject)
{
  MonocleDocument *document = monocle_window_get_document (self);

  monocle_window_enable (self, "talk", has_picture && monocle_runner_can_talk (self->runner));
  monocle_window_enable (self, "clear-talk",
                         has_picture && !monocle_window_is_waiting (self)
                             && g_list_model_get_n_items (monocle_document_get_talk (document))
                                    > 0);
  for (guint i = 0; i < G_N_ELEMENTS (offers); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), offers[i].name);

      if (action && (offers[i].activate == ask || offers[i].activate == ask_which))
        g_simple_action_set_enabled (
            G_SIMPLE_ACTION (action),
            has_picture && (has_subject || !(offers[i].takes & MONOCLE_TAKES_REGION)));
    }
}

/* --- Typing --- */

/* A character, or the first part of one: a dead key, Compose. */
static gboolean
is_text (guint keyval)
{
  gunichar c = gdk_keyval_to_unicode (keyval);

  return (c != 0 && g_unichar_isgraph (c)) || keyval == GDK_KEY_Multi_key
         || (keyval >= GDK_KEY_dead_grave && keyval <= GDK_KEY_dead_currency)
         || (keyval >= GDK_KEY_dead_a && keyval <= GDK_KEY_dead_longsolidusoverlay);
}

gboolean
monocle_window_start_typing (MonocleWindow *self,
                             GtkEventControllerKey *keys,
                             guint keyval,
                             GdkModifierType state)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_text = GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus);
  /* What takes text is still on its way into view, when keys pass it by: words go on there. */
  gboolean comes = in_text && !gtk_widget_get_mapped (focus);

  if (state & gtk_accelerator_get_default_mod_mask () & ~(guint) GDK_SHIFT_MASK
      || (!is_text (keyval) && !(comes && keyval == GDK_KEY_space)))
    return GDK_EVENT_PROPAGATE;
  if (!monocle_window_get_document (self) || self->failure)
    return GDK_EVENT_PROPAGATE;
  /* Not out of a popover, nor from what takes text itself. */
  if (focus && !comes && gtk_widget_get_mapped (focus)
      && (gtk_widget_get_native (focus) != GTK_NATIVE (self) || in_text))
    return GDK_EVENT_PROPAGATE;

  monocle_window_show_panel (self, TRUE);
  if (monocle_side_panel_is_talking (self->side_panel))
    return monocle_talk_page_forward_key (monocle_side_panel_get_talk_page (self->side_panel),
                                          keys);
  return monocle_ask_panel_forward_key (monocle_side_panel_get_ask_panel (self->side_panel), keys);
}
