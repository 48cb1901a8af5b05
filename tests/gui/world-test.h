/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What tests of What Happens Next share: the page, its state, what is dropped there.
 */
#pragma once

#include "tests/gui/harness.h"
#include "ui/dialogs.h"
#include "ui/world-page.h"
#include "ui/world-view.h"

/* What a window can always be made. */
#define NARROWEST 360
/* So many take little of whatever device there is. */
#define N_FUTURES 4

/* Where numbers are chosen, from the top. */
enum
{
  FROM,
  FRAME_RATE,
  NUMBER,
  FUTURES,
};

/* --- the page ----------------------------------------------------------------------------- */

static inline MonocleWorldPage *
peek_page (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (MONOCLE_IS_WORLD_PAGE (toplevel) && gtk_widget_get_mapped (toplevel))
        return MONOCLE_WORLD_PAGE (toplevel);
    }
  return NULL;
}

static inline gboolean
has_page (gpointer data)
{
  return (peek_page () != NULL) == GPOINTER_TO_INT (data);
}

static inline MonocleWorldPage *
open_page (void)
{
  gui_act (gui_open_empty (), "app.what-happens-next", NULL);
  gui_wait_for ("the page", has_page, GINT_TO_POINTER (TRUE));
  monocle_world_stage_set_futures (monocle_world_page_get_stage (peek_page ()), N_FUTURES);
  return peek_page ();
}

static inline gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* It is gone, with all that it had. */
static inline void
close_page (MonocleWorldPage *page)
{
  GtkWidget *weak = NULL;

  g_set_weak_pointer (&weak, GTK_WIDGET (page));
  gtk_window_close (GTK_WINDOW (page));
  gui_wait_for ("the page to be gone", is_null, &weak);
  gui_close_all ();
}

static inline MonocleWorldStage *
get_stage (void)
{
  return monocle_world_page_get_stage (peek_page ());
}

static inline MonocleSeer *
get_seer (void)
{
  return monocle_world_stage_get_seer (get_stage ());
}

static inline gboolean
is_in_state (gpointer state)
{
  return monocle_seer_get_state (get_seer ()) == (MonocleSeerState) GPOINTER_TO_INT (state);
}

static inline void
expect_state (const char *what, MonocleSeerState state)
{
  gui_wait_for (what, is_in_state, GINT_TO_POINTER ((int) state));
  gui_settle ();
}

static inline void
act (MonocleWorldPage *page, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (page), action, NULL));
  gui_settle ();
}

static inline GtkWidget *
get_view (MonocleWorldPage *page)
{
  return gui_find (page, MONOCLE_TYPE_WORLD_VIEW);
}

/* Where a thing is in the view, in the last frame that is shown. */
static inline void
locate (MonocleWorldPage *page, guint thing, double *x, double *y)
{
  const MonocleTracks *tracks = monocle_world_stage_get_tracks (get_stage ());
  const float *place
      = tracks->places + ((gsize) (tracks->n_frames - 1) * tracks->n_things + thing) * 2;
  GtkWidget *view = get_view (page);
  const double width = gtk_widget_get_width (view), height = gtk_widget_get_height (view);
  const double side = MIN (width, height);

  *x = (width - side) / 2 + (double) place[0] * side;
  *y = (height - side) / 2 + (double) place[1] * side;
}

static inline gboolean
has_come_to (gpointer frame)
{
  return monocle_world_stage_get_frame (get_stage ()) >= GPOINTER_TO_UINT (frame);
}

static inline gboolean
is_thrown (gpointer data)
{
  return monocle_world_stage_is_thrown (get_stage ()) == GPOINTER_TO_INT (data);
}

/* With which thing, from 1; 0: nobody does. */
static inline gboolean
is_aimed_with (gpointer thing)
{
  MonocleThrow aim;

  return monocle_world_stage_get_aim (get_stage (), &aim)
             ? aim.thing + 1 == GPOINTER_TO_UINT (thing)
             : thing == NULL;
}

static inline gboolean
has_number (gpointer number)
{
  return monocle_world_stage_get_number (get_stage ()) == GPOINTER_TO_UINT (number);
}

static inline void
set_scheme (AdwColorScheme scheme)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
  gui_settle ();
}

static inline void
drop (MonocleWorldPage *page, const char *path)
{
  GFile *file = g_file_new_for_path (path);
  GSList *files = g_slist_prepend (NULL, file);
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (files));
  g_assert_true (gui_drop (GTK_WIDGET (page), &value));
  g_slist_free_full (files, g_object_unref);
}

static inline gboolean
has_own (gpointer data)
{
  return !monocle_world_stage_has_scene (get_stage ())
         && (is_in_state (GINT_TO_POINTER (MONOCLE_SEER_DONE))
             || is_in_state (GINT_TO_POINTER (MONOCLE_SEER_UNKNOWN)));
}

/* (nullable): what says so */
static inline GtkWidget *
find_window_with (const char *text)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (!gui_has_text (toplevel, text))
        continue;
#if MONOCLE_HAS_ADW_DIALOG
      if (MONOCLE_IS_WORLD_PAGE (toplevel))
        return (GtkWidget *) adw_window_get_visible_dialog (ADW_WINDOW (toplevel));
#endif
      return toplevel;
    }
  return NULL;
}
