/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/model.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/models/device-choice.h"
#include "app/models/store.h"

static const struct
{
  const char *name;
  MonoclePrecision precision;
} precisions[] = {
  { "auto", MONOCLE_PRECISION_AUTO },
  { "f32", MONOCLE_PRECISION_F32 },
  { "f16", MONOCLE_PRECISION_F16 },
};

void
monocle_cli_model_add_options (MonocleCliModel *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &self->model,
      N_ ("Model directory, or name of a model of yours (default: the one that comes along)"),
      N_ ("ID|DIR") },
    { "device", 'd', 0, G_OPTION_ARG_FILENAME, &self->device,
      N_ ("Number, part of the name or UUID of a device, or auto"), N_ ("DEVICE") },
    { "precision", 'p', 0, G_OPTION_ARG_FILENAME, &self->precision, N_ ("Storage of the weights"),
      "auto|f32|f16" },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

void
monocle_cli_model_clear (MonocleCliModel *self)
{
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->precision, g_free);
}

static gboolean
find_precision (const char *name, MonoclePrecision *precision)
{
  for (guint i = 0; i < G_N_ELEMENTS (precisions); i++)
    if (strcmp (name, precisions[i].name) == 0)
      {
        *precision = precisions[i].precision;
        return TRUE;
      }
  return FALSE;
}

const char *
monocle_cli_model_check (const MonocleCliModel *self)
{
  MonoclePrecision precision;

  if (self->precision && !find_precision (self->precision, &precision))
    return _ ("--precision is auto, f32 or f16");
  if (self->model && !*self->model)
    return _ ("--model needs a directory or a name");
  if (self->device && !*self->device)
    return _ ("--device needs a number, a name or auto");
  return NULL;
}

static void
show_progress (double fraction, gpointer name)
{
  monocle_cli_progress_show (fraction, _ ("Loading %s"), (const char *) name);
}

/* Only here: in the window one is chosen. */
static void
say_how (GError *error)
{
  g_autofree char *message = g_steal_pointer (&error->message);

  error->message = g_strconcat (message, " with --model DIRECTORY", NULL);
}

static char *
find_directory (const MonocleCliModel *self, GError **error)
{
  const char *name = self ? self->model : NULL;
  char *directory = monocle_model_store_find (name, error);

  if (!directory && !name && error)
    say_how (*error);
  return directory;
}

GPtrArray *
monocle_cli_model_list_tasks (const MonocleCliModel *self, GError **error)
{
  g_autofree char *directory = find_directory (self, error);

  return directory ? monocle_model_peek_tasks (directory, error) : NULL;
}

MonocleModel *
monocle_cli_model_load (const MonocleCliModel *self, GCancellable *cancellable, GError **error)
{
  MonoclePrecision precision = MONOCLE_PRECISION_AUTO;
  MonocleCliWait wait = { 0 };
  g_autofree char *directory = find_directory (self, error);
  g_autofree char *name = NULL;
  g_autoptr (MonocleDevice) device = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  MonocleModel *model;

  if (!directory)
    return NULL;
  device = monocle_device_choice_find (self->device ? self->device : "auto", error);
  if (!device)
    return NULL;
  if (self->device && !monocle_device_choice_is_met (self->device, device))
    {
      g_autofree char *clean = monocle_cli_out_clean_line (monocle_device_get_name (device));

      fprintf (stderr, _ ("monocle-cli: note: the device %s is not there: using %s\n"), self->device,
               clean);
    }

  if (self->precision)
    find_precision (self->precision, &precision);
  name = g_path_get_basename (directory);
  monocle_model_load_async (directory, device, precision, cancellable, show_progress, name,
                            monocle_cli_wait_callback, &wait);
  result = monocle_cli_wait (&wait);
  model = monocle_model_load_finish (result, error);
  monocle_cli_progress_clear ();
  if (model && monocle_device_get_kind (device) == MONOCLE_DEVICE_SOFTWARE
      && (!self->device || strcmp (self->device, "auto") == 0))
    {
      g_autofree char *clean = monocle_cli_out_clean_line (monocle_device_get_name (device));

      fprintf (stderr, _ ("monocle-cli: note: no GPU: using %s on the CPU\n"), clean);
    }

  for (guint i = 0; model && monocle_model_get_notes (model)[i]; i++)
    fprintf (stderr, _ ("monocle-cli: note: %s\n"), monocle_model_get_notes (model)[i]);

  return model;
}
