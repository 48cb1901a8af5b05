/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/live-ask.h"

/* Faster than words are thought of, slower than they are typed. */
#define PAUSE_MSEC 250

struct _MonocleLiveAsk
{
  GObject parent_instance;

  MonocleAskPanel *panel;            /* not owned */
  MonoclePresentation *presentation; /* not owned */
  MonocleRunner *runner;

  MonocleDocument *document; /* (nullable): of the following */
  MonocleQuery *asked;       /* (nullable): not answered yet, and in no list */
  MonocleQuery *shown;       /* (nullable): the latest answer, which may give way to another */
  GSignalGroup *undo_signals;
  guint source;
};

G_DEFINE_FINAL_TYPE (MonocleLiveAsk, monocle_live_ask, G_TYPE_OBJECT)

static void
stop (MonocleLiveAsk *self)
{
  g_autoptr (MonocleQuery) asked = g_steal_pointer (&self->asked);

  g_clear_handle_id (&self->source, g_source_remove);
  if (!asked)
    return;
  g_signal_handlers_disconnect_by_data (asked, self);
  if (self->runner)
    monocle_runner_stop_query (self->runner, asked);
}

/* What is shown stays. */
static void
keep (MonocleLiveAsk *self)
{
  g_clear_object (&self->shown);
}

static void
drop (MonocleLiveAsk *self)
{
  if (self->shown)
    monocle_document_replace_query (self->document, self->shown, NULL);
  keep (self);
}

/* Another picture, or model: nothing of this one is asked any more. */
static void
leave (MonocleLiveAsk *self)
{
  stop (self);
  keep (self);
  g_signal_group_set_target (self->undo_signals, NULL);
  g_clear_object (&self->document);
}

static void
on_state (MonocleLiveAsk *self)
{
  g_autoptr (MonocleQuery) asked = NULL;

  if (monocle_query_is_active (self->asked))
    return;
  asked = g_steal_pointer (&self->asked);
  g_signal_handlers_disconnect_by_data (asked, self);
  /* A word that is not whole yet may be none that can be asked: nobody asked for that. */
  if (monocle_query_get_state (asked) != MONOCLE_QUERY_DONE)
    return;
  monocle_document_replace_query (self->document, self->shown, asked);
  g_set_object (&self->shown, asked);
}

static gboolean
is_same (MonocleQuery *a, MonocleQuery *b)
{
  return a && monocle_query_get_task (a) == monocle_query_get_task (b)
         && g_strcmp0 (monocle_query_get_request_text (a), monocle_query_get_request_text (b)) == 0;
}

static gboolean
can_ask (MonocleLiveAsk *self, MonocleDocument *document)
{
  return document && self->runner && monocle_runner_get_state (self->runner) == MONOCLE_RUNNER_READY
         && monocle_ask_panel_get_task (self->panel)->is_quick
         && monocle_runner_has_seen (self->runner, document);
}

static gboolean
on_due (gpointer data)
{
  MonocleLiveAsk *self = data;
  MonocleDocument *document = monocle_presentation_get_document (self->presentation);
  g_autoptr (MonocleQuery) query = NULL;

  /* Also with what was asked a letter ago and is not stopped yet. */
  if (self->runner && monocle_runner_is_busy (self->runner))
    return G_SOURCE_CONTINUE;
  self->source = 0;
  if (!can_ask (self, document) || !(query = monocle_ask_panel_try_query (self->panel))
      || is_same (self->shown, query))
    return G_SOURCE_REMOVE;

  g_set_object (&self->document, document);
  g_signal_group_set_target (self->undo_signals, monocle_document_get_undo (document));
  g_set_object (&self->asked, query);
  g_signal_connect_swapped (query, "notify::state", G_CALLBACK (on_state), self);
  monocle_runner_try (self->runner, document, query);
  return G_SOURCE_REMOVE;
}

static void
on_typed (MonocleLiveAsk *self)
{
  g_autoptr (MonocleQuery) query = NULL;

  stop (self);
  if (!self->runner)
    return;
  /* Nothing is left of the words, or they ask for something else. */
  query = monocle_ask_panel_try_query (self->panel);
  if (!query && self->shown)
    drop (self);
  if (query)
    self->source = g_timeout_add (PAUSE_MSEC, on_due, self);
}

gboolean
monocle_live_ask_settle (MonocleLiveAsk *self, MonocleQuery *query)
{
  gboolean is_there;

  g_return_val_if_fail (MONOCLE_IS_LIVE_ASK (self), FALSE);
  g_return_val_if_fail (MONOCLE_IS_QUERY (query), FALSE);

  stop (self);
  is_there = is_same (self->shown, query);
  /* Half a word is worth nothing beside the whole. */
  if (!is_there && self->shown
      && monocle_query_get_task (self->shown) == monocle_query_get_task (query))
    drop (self);
  keep (self);
  return is_there;
}

void
monocle_live_ask_set_runner (MonocleLiveAsk *self, MonocleRunner *runner)
{
  g_return_if_fail (MONOCLE_IS_LIVE_ASK (self));

  if (self->runner == runner)
    return;
  leave (self);
  if (self->runner)
    g_signal_handlers_disconnect_by_data (self->runner, self);
  g_set_object (&self->runner, runner);
  if (runner)
    g_signal_connect_swapped (runner, "notify::model", G_CALLBACK (leave), self);
}

static void
monocle_live_ask_dispose (GObject *object)
{
  MonocleLiveAsk *self = MONOCLE_LIVE_ASK (object);

  monocle_live_ask_set_runner (self, NULL);
  g_clear_object (&self->undo_signals);
  if (self->panel)
    g_signal_handlers_disconnect_by_data (self->panel, self);
  if (self->presentation)
    g_signal_handlers_disconnect_by_data (self->presentation, self);
  self->panel = NULL;
  self->presentation = NULL;

  G_OBJECT_CLASS (monocle_live_ask_parent_class)->dispose (object);
}

static void
monocle_live_ask_class_init (MonocleLiveAskClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = monocle_live_ask_dispose;
}

static void
monocle_live_ask_init (MonocleLiveAsk *self)
{
  self->undo_signals = g_signal_group_new (MONOCLE_TYPE_UNDO);
  /* Something was done to what is shown. */
  g_signal_group_connect_swapped (self->undo_signals, "notify", G_CALLBACK (keep), self);
}

MonocleLiveAsk *
monocle_live_ask_new (MonocleAskPanel *panel, MonoclePresentation *presentation)
{
  MonocleLiveAsk *self = g_object_new (MONOCLE_TYPE_LIVE_ASK, NULL);

  self->panel = panel;
  self->presentation = presentation;
  g_signal_connect_swapped (panel, "typed", G_CALLBACK (on_typed), self);
  g_signal_connect_swapped (presentation, "notify::document", G_CALLBACK (leave), self);
  return self;
}
