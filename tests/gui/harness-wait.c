/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Waiting: for what is said, and until all has happened that is due.
 */
#include "config.h"

#include "tests/gui/harness.h"

/* Shaders are compiled meanwhile, by several programs at a time perhaps. */
#define PATIENCE_S 600
/* Frames that never come are not waited for for ever. */
#define MAX_FRAME_MS 2000

static gboolean
set_flag (gpointer flag)
{
  *(gboolean *) flag = TRUE;
  return G_SOURCE_REMOVE;
}

void
gui_wait_for (const char *what, GuiPredicate predicate, gpointer data)
{
  gboolean late = FALSE;
  guint timeout = g_timeout_add_seconds (PATIENCE_S, set_flag, &late);
  gboolean tick = FALSE;

  while (!predicate (data) && !late)
    {
      /* Some things change without an event of their own. */
      tick = FALSE;
      g_timeout_add (5, set_flag, &tick);
      while (!tick)
        g_main_context_iteration (NULL, TRUE);
    }
  if (late)
    g_error ("waited %d s in vain for: %s", PATIENCE_S, what);
  g_source_remove (timeout);
}

static void
run_for (guint ms)
{
  gboolean done = FALSE;

  g_timeout_add (ms, set_flag, &done);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
}

static void
dispatch_all (void)
{
  while (g_main_context_pending (NULL))
    if (!g_main_context_iteration (NULL, FALSE))
      break;
}

typedef struct
{
  GdkSurface *surface;
  GdkFrameClock *clock; /* outlives its surface, which can close meanwhile */
  gboolean is_painted;
} Frame;

static void
on_painted (GdkFrameClock *clock, gpointer frame)
{
  ((Frame *) frame)->is_painted = TRUE;
}

static void
frame_free (gpointer data)
{
  Frame *frame = data;

  g_signal_handlers_disconnect_by_func (frame->clock, on_painted, frame);
  g_object_unref (frame->clock);
  g_object_unref (frame->surface);
  g_free (frame);
}

/* (transfer full) (element-type Frame): the next frame of each window that is seen */
static GPtrArray *
request_frames (void)
{
  GListModel *windows = gtk_window_get_toplevels ();
  GPtrArray *frames = g_ptr_array_new_with_free_func (frame_free);

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkNative) window = g_list_model_get_item (windows, i);
      GdkSurface *surface = gtk_native_get_surface (window);
      GdkFrameClock *clock = surface ? gdk_surface_get_frame_clock (surface) : NULL;
      Frame *frame;

      if (!clock || !gdk_surface_get_mapped (surface))
        continue;
      frame = g_new0 (Frame, 1);
      frame->surface = g_object_ref (surface);
      frame->clock = g_object_ref (clock);
      g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), frame);
      gdk_frame_clock_request_phase (clock, GDK_FRAME_CLOCK_PHASE_FLUSH_EVENTS
                                                | GDK_FRAME_CLOCK_PHASE_AFTER_PAINT);
      g_ptr_array_add (frames, frame);
    }
  return frames;
}

/* However slow the machine is, what the server was told has come to the widgets after this, all
 * that was due has happened, and what is seen is drawn: the server has done all it was told when it
 * answers, and GDK keeps motions, and what follows on them, until a frame begins. */
static void
catch_up (guint ms)
{
  g_autoptr (GPtrArray) frames = NULL;

  gdk_display_sync (gdk_display_get_default ());
  frames = request_frames ();
  run_for (ms);
  for (guint i = 0; i < frames->len; i++)
    {
      const Frame *frame = frames->pdata[i];

      for (guint k = 0;
           k < MAX_FRAME_MS / 4 && !frame->is_painted && gdk_surface_get_mapped (frame->surface);
           k++)
        run_for (4);
    }
  dispatch_all ();
}

void
gui_wait_ms (guint ms)
{
  run_for (ms);
  catch_up (0);
}

void
gui_settle (void)
{
  for (guint i = 0; i < 3; i++)
    catch_up (30);
}
