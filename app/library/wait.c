/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calls that are waited for, and the end of a program that knows nothing of the engine's.
 */
#include "config.h"

#include "app/library/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What a driver may take to end what it is at. */
#define PATIENCE_MS 5000

void
monocle_library_wait_begin (MonocleLibraryWait *self)
{
  *self = (MonocleLibraryWait){ .context = g_main_context_new () };
  g_main_context_push_thread_default (self->context);
}

void
monocle_library_wait_callback (GObject *source, GAsyncResult *result, gpointer data)
{
  MonocleLibraryWait *self = data;

  self->result = g_object_ref (result);
}

GAsyncResult *
monocle_library_wait_end (MonocleLibraryWait *self)
{
  while (!self->result)
    g_main_context_iteration (self->context, TRUE);
  g_main_context_pop_thread_default (self->context);
  g_clear_pointer (&self->context, g_main_context_unref);
  return g_steal_pointer (&self->result);
}

/* Drivers do not survive being used while exit() takes them down. */
static void
on_end (int status, void *data)
{
  if (monocle_engine_shutdown (PATIENCE_MS))
    return;
  fflush (NULL);
  _exit (status);
}

void
monocle_library_expect_end (void)
{
  /* Behind the handlers of drivers and of the engine, which are there by now: called before them.
   * Each time, as there may be more drivers by then. */
  on_exit (on_end, NULL);
}
