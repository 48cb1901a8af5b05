/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/cli/model.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "app/cli/out.h"
#include "app/cli/progress.h"
#include "app/cli/wait.h"
#include "app/models/adapter-base.h"
#include "app/models/device-choice.h"
#include "app/models/device-memory.h"
#include "app/models/open.h"
#include "app/models/store.h"

void
monocle_cli_model_add_options (MonocleCliModel *self, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "model", 'm', 0, G_OPTION_ARG_FILENAME, &self->model,
      N_ ("Model directory, or name of a model of yours (default: the one that comes along)"),
      N_ ("ID|DIR") },
    { "adapter", 0, 0, G_OPTION_ARG_FILENAME, &self->adapter,
      N_ ("What the model has learnt since: the folder of an adapter"), N_ ("DIR") },
    { "device", 'd', 0, G_OPTION_ARG_FILENAME, &self->device,
      N_ ("Number, part of the name or UUID of a device, or auto"), N_ ("DEVICE") },
    { "precision", 'p', 0, G_OPTION_ARG_FILENAME, &self->precision, N_ ("Storage of the weights"),
      "auto|f32|f16|q8|q4" },
    { "trust-device", 0, 0, G_OPTION_ARG_NONE, &self->is_trusted,
      N_ ("Use the device even if its self-check fails"), NULL },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

void
monocle_cli_model_clear (MonocleCliModel *self)
{
  g_clear_pointer (&self->model, g_free);
  g_clear_pointer (&self->adapter, g_free);
  g_clear_pointer (&self->device, g_free);
  g_clear_pointer (&self->precision, g_free);
}

const char *
monocle_cli_model_check (const MonocleCliModel *self)
{
  MonoclePrecision precision;

  if (self->precision && !monocle_precision_find (self->precision, &precision))
    return _ ("--precision is auto, f32, f16, q8 or q4");
  if (self->model && !*self->model)
    return _ ("--model needs a directory or a name");
  if (self->adapter && !*self->adapter)
    return _ ("--adapter needs a directory");
  if (self->device && !*self->device)
    return _ ("--device needs a number, a name or auto");
  return NULL;
}

static void
show_progress (MonocleDevice *checking, double fraction, gpointer name)
{
  if (checking)
    monocle_cli_progress_show (fraction, _ ("Getting %s ready, once"),
                               monocle_device_get_name (checking));
  else
    monocle_cli_progress_show (fraction, _ ("Loading %s"), (const char *) name);
}

/* Only here: in the window one is chosen. */
static void
say_how (GError *error)
{
  g_autofree char *message = g_steal_pointer (&error->message);

  error->message = g_strconcat (message, " with --model DIRECTORY", NULL);
}

/* A model's directory, or an adapter's that stands for both. */
static char *
find_named (const MonocleCliModel *self, GError **error)
{
  const char *name = self ? self->model : NULL;
  const char *standard = self && self->standard ? self->standard : MONOCLE_SHIPPED_DEFAULT;
  char *directory = name ? NULL : monocle_model_store_find_shipped (standard, NULL);

  if (!name && self && self->adapter)
    return monocle_adapter_base_find (self->adapter, error);
  /* Whoever packs the program may leave out the others. */
  if (!directory)
    directory = monocle_model_store_find (name, error);

  if (!directory && !name && error)
    say_how (*error);
  return directory;
}

char *
monocle_cli_model_find (const MonocleCliModel *self, GError **error)
{
  g_autofree char *directory = find_named (self, error);
  g_autofree char *adapter = NULL;

  return directory && monocle_adapter_base_split (&directory, &adapter, error)
             ? g_steal_pointer (&directory)
             : NULL;
}

GPtrArray *
monocle_cli_model_list_tasks (const MonocleCliModel *self, GError **error)
{
  g_autofree char *directory = monocle_cli_model_find (self, error);

  return directory ? monocle_model_peek_tasks (directory, error) : NULL;
}

gboolean
monocle_cli_model_check_embeds (const MonocleCliModel *self, GError **error)
{
  g_autofree char *directory = monocle_cli_model_find (self, NULL);
  g_autoptr (GPtrArray) tasks = directory ? monocle_model_peek_tasks (directory, NULL) : NULL;

  if (!tasks || monocle_model_peek_embeds (directory))
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
               _ ("%s makes no vectors of pictures and texts"), directory);
  return FALSE;
}

static void print_note (const char *format, ...) G_GNUC_PRINTF (1, 2);

static void
print_note (const char *format, ...)
{
  g_autofree char *text = NULL, *clean = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  clean = monocle_cli_out_clean_line (text);
  fprintf (stderr, _ ("monocle-cli: note: %s\n"), clean);
}

/* What is used, where that is not what was asked for, or may not be what was hoped for. */
static void
print_notes (const MonocleCliModel *self, MonocleModel *model)
{
  MonocleDevice *device = monocle_model_get_device (model);
  const char *name = monocle_device_get_name (device);
  g_autofree char *fault = NULL;

  if (self->device && !monocle_device_choice_is_met (self->device, device))
    print_note (_ ("the device %s is not there: using %s"), self->device, name);
  if (self->is_trusted
      && monocle_device_memory_recall (device, monocle_model_get_precision (model), &fault)
             == MONOCLE_VERDICT_WRONG)
    print_note (_ ("used all the same: %s"), fault);
  if (monocle_device_get_kind (device) == MONOCLE_DEVICE_SOFTWARE
      && (!self->device || strcmp (self->device, "auto") == 0))
    print_note (_ ("no GPU: using %s on the CPU"), name);
  for (guint i = 0; monocle_model_get_notes (model)[i]; i++)
    print_note ("%s", monocle_model_get_notes (model)[i]);
}

MonocleModel *
monocle_cli_model_load (const MonocleCliModel *self, GCancellable *cancellable, GError **error)
{
  MonocleOpenRequest request = { .device = self->device ? self->device : "auto",
                                 .precision = MONOCLE_PRECISION_AUTO,
                                 .may_talk = self->may_talk,
                                 .is_trusted = self->is_trusted };
  MonocleCliWait wait = { 0 };
  g_autofree char *directory = find_named (self, error);
  g_autofree char *name = NULL, *note = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  MonocleModel *model;

  if (!directory)
    return NULL;
  if (self->precision)
    monocle_precision_find (self->precision, &request.precision);
  request.name = directory;
  request.adapter = self->adapter;
  name = g_path_get_basename (directory);
  monocle_open_model_async (&request, cancellable, show_progress, name, monocle_cli_wait_callback,
                            &wait);
  result = monocle_cli_wait (&wait);
  model = monocle_open_model_finish (result, error);
  monocle_cli_progress_clear ();
  note = model ? monocle_open_model_dup_note (result) : NULL;
  if (note)
    print_note ("%s", note);
  if (model)
    print_notes (self, model);
  return model;
}
