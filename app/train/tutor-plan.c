/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/train/tutor-plan.h"

#include <errno.h>

#include <glib/gstdio.h>

#include "app/base/error.h"

#define GROUP       "Teaching"
#define MAX_MINUTES (24 * 60)
#define MAX_KEEP    0.9

MonocleTutorPlan *
monocle_tutor_plan_copy (const MonocleTutorPlan *self)
{
  MonocleTutorPlan *copy = g_new (MonocleTutorPlan, 1);

  *copy = *self;
  copy->folders = g_strdupv (self->folders);
  copy->model = g_strdup (self->model);
  copy->device = g_strdup (self->device);
  return copy;
}

void
monocle_tutor_plan_free (MonocleTutorPlan *self)
{
  if (!self)
    return;
  g_strfreev (self->folders);
  g_free (self->model);
  g_free (self->device);
  g_free (self);
}

char *
monocle_tutor_plan_dup_folder (void)
{
  char *path = g_build_filename (g_get_user_data_dir (), "monocle", "train", NULL);

  g_mkdir_with_parents (path, 0700);
  return path;
}

static char *
dup_path (void)
{
  g_autofree char *folder = monocle_tutor_plan_dup_folder ();

  return g_build_filename (folder, "plan", NULL);
}

/* Names of folders are bytes, those of a key file text. */
static GStrv
dup_uris (const char *const *folders)
{
  g_autoptr (GStrvBuilder) uris = g_strv_builder_new ();

  for (guint i = 0; folders[i]; i++)
    {
      g_autofree char *uri = g_filename_to_uri (folders[i], NULL, NULL);

      if (uri)
        g_strv_builder_add (uris, uri);
    }
  return g_strv_builder_end (uris);
}

static GStrv
dup_folders (const char *const *uris)
{
  g_autoptr (GStrvBuilder) folders = g_strv_builder_new ();

  for (guint i = 0; uris && uris[i]; i++)
    {
      g_autofree char *folder = g_filename_from_uri (uris[i], NULL, NULL);

      if (folder)
        g_strv_builder_add (folders, folder);
    }
  return g_strv_builder_end (folders);
}

gboolean
monocle_tutor_plan_save (const MonocleTutorPlan *self, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path ();
  g_auto (GStrv) uris = dup_uris ((const char *const *) self->folders);
  g_autofree char *model = self->model ? g_filename_to_uri (self->model, NULL, NULL) : NULL;
  GError *local = NULL;

  g_key_file_set_string_list (file, GROUP, "Folders", (const char *const *) uris,
                              g_strv_length (uris));
  if (self->model)
    g_key_file_set_string (file, GROUP, model ? "ModelUri" : "Model", model ? model : self->model);
  g_key_file_set_string (file, GROUP, "Device", self->device ? self->device : "");
  g_key_file_set_boolean (file, GROUP, "Trusted", self->is_trusted);
  g_key_file_set_string (file, GROUP, "Method", monocle_training_method_get_name (self->method));
  g_key_file_set_double (file, GROUP, "Minutes", self->minutes);
  g_key_file_set_double (file, GROUP, "Keep", self->keep);
  if (g_key_file_save_to_file (file, path, &local))
    return TRUE;
  /* As all else that is written says it. */
  if (local->domain == G_FILE_ERROR)
    g_set_error_literal (error, G_IO_ERROR, g_io_error_from_file_error ((GFileError) local->code),
                         local->message);
  else
    g_set_error_literal (error, local->domain, local->code, local->message);
  g_error_free (local);
  return FALSE;
}

MonocleTutorPlan *
monocle_tutor_plan_load (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *path = dup_path (), *uri = NULL, *method = NULL;
  g_autoptr (MonocleTutorPlan) self = NULL;
  g_auto (GStrv) uris = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, NULL))
    return NULL;
  self = g_new0 (MonocleTutorPlan, 1);
  uris = g_key_file_get_string_list (file, GROUP, "Folders", NULL, NULL);
  self->folders = dup_folders ((const char *const *) uris);
  uri = g_key_file_get_string (file, GROUP, "ModelUri", NULL);
  self->model = uri ? g_filename_from_uri (uri, NULL, NULL)
                    : g_key_file_get_string (file, GROUP, "Model", NULL);
  self->device = g_key_file_get_string (file, GROUP, "Device", NULL);
  self->is_trusted = g_key_file_get_boolean (file, GROUP, "Trusted", NULL);
  method = g_key_file_get_string (file, GROUP, "Method", NULL);
  self->minutes = g_key_file_get_double (file, GROUP, "Minutes", NULL);
  self->keep = g_key_file_get_double (file, GROUP, "Keep", NULL);
  /* Earlier ones said none, as there was none to choose. */
  if (method && !monocle_training_method_find (method, &self->method))
    return NULL;
  if (!*self->folders || !(self->minutes >= 0 && self->minutes <= MAX_MINUTES)
      || !(self->keep >= 0 && self->keep <= MAX_KEEP))
    return NULL;
  return g_steal_pointer (&self);
}
