/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <utime.h>

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "app/base/error.h"
#include "app/models/adapter-base.h"
#include "app/models/folder.h"
#include "app/models/manifest.h"
#include "app/models/open.h"
#include "app/models/store.h"
#include "app/train/report.h"
#include "app/train/tutor-private.h"

#define DISCARDED_SECONDS (24 * 60 * 60)
#define MAX_NAMES         1000

/* --- where it lies ------------------------------------------------------------------------ */

char *
monocle_tutor_dup_path (const char *name)
{
  g_autofree char *folder = monocle_tutor_plan_dup_folder ();

  return g_build_filename (folder, name, NULL);
}

char *
monocle_tutor_dup_result (MonocleTutor *self)
{
  return monocle_tutor_dup_path ("learnt");
}

void
monocle_tutor_remove_called (const char *name)
{
  g_autofree char *path = monocle_tutor_dup_path (name);

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    monocle_folder_remove (path, NULL, NULL);
  else
    g_remove (path);
}

gboolean
monocle_tutor_has (const char *name)
{
  g_autofree char *path = monocle_tutor_dup_path (name);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* Of a training that did not end: also what it was about. */
void
monocle_tutor_remove_state (void)
{
  monocle_tutor_remove_called ("learnt.training");
  monocle_tutor_remove_called ("plan");
}

/* --- after -------------------------------------------------------------------------------- */

static char *
dup_place (const char *name)
{
  g_autofree char *store = monocle_model_store_get_directory ();

  return g_build_filename (store, name, NULL);
}

/* What it is called until a person names it, in a record of the kind that models have. */
void
monocle_tutor_name_result (MonocleTutor *self)
{
  g_autofree char *result = monocle_tutor_dup_result (self);
  g_autoptr (MonocleManifest) manifest = monocle_manifest_new ();

  manifest->id = g_path_get_basename (result);
  /* Translators: what a model is called that was taught: %s is what it was called before */
  manifest->title = g_strdup_printf (_ ("%s, taught"), self->title ? self->title : _ ("Model"));
  /* A name is not worth more than what was learnt. */
  monocle_manifest_save (manifest, result, NULL);
}

char *
monocle_tutor_dup_name (MonocleTutor *self)
{
  g_autofree char *result = monocle_tutor_dup_result (self), *wanted = NULL;

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);

  wanted = monocle_model_store_dup_title (result);
  g_strdelimit (wanted, G_DIR_SEPARATOR_S, '-');
  for (guint i = 1; i < MAX_NAMES; i++)
    {
      g_autofree char *name = i == 1 ? g_strdup (wanted) : g_strdup_printf ("%s %u", wanted, i);
      g_autofree char *place = dup_place (name);

      if (!g_file_test (place, G_FILE_TEST_EXISTS))
        return g_steal_pointer (&name);
    }
  return g_steal_pointer (&wanted);
}

/* A folder of models holds none whose name begins with a dot. */
static gboolean
is_name (const char *name)
{
  return *name && *name != '.' && !strpbrk (name, "/\\") && strlen (name) < 200
         && g_utf8_validate (name, -1, NULL) && !g_str_has_suffix (name, ".download");
}

typedef struct
{
  char *result, *place;
  gboolean is_alone;
} Keeping;

static void
keeping_free (gpointer data)
{
  Keeping *keeping = data;

  g_free (keeping->result);
  g_free (keeping->place);
  g_free (keeping);
}

/* The report goes with it. */
static gboolean
copy_report (const Keeping *keeping, GError **error)
{
  static const char *const names[] = { "report.html", "report.json" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GFile) from = g_file_new_build_filename (keeping->result, names[i], NULL);
      g_autoptr (GFile) to = g_file_new_build_filename (keeping->place, names[i], NULL);

      if (!g_file_copy (from, to, G_FILE_COPY_NONE, NULL, NULL, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
put_alone (const Keeping *keeping, GError **error)
{
  g_autofree char *base = monocle_adapter_base_find (keeping->result, error);

  if (!base || !monocle_model_merge (base, keeping->result, keeping->place, NULL, error))
    return FALSE;
  if (copy_report (keeping, error))
    return TRUE;
  monocle_folder_remove (keeping->place, NULL, NULL);
  return FALSE;
}

static gboolean
put_beside (const Keeping *keeping, GError **error)
{
  g_autofree char *record = g_build_filename (keeping->place, MONOCLE_MANIFEST_FILE, NULL);

  if (!monocle_folder_put (keeping->result, keeping->place, FALSE, error))
    return FALSE;
  g_unlink (record);
  return TRUE;
}

static void
keep_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Keeping *keeping = data;
  GError *error = NULL;

  if (keeping->is_alone ? put_alone (keeping, &error) : put_beside (keeping, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* (transfer full) (nullable): where a model of that name is to be */
static char *
find_place (const char *name, GError **error)
{
  g_autofree char *place = NULL, *store = NULL;

  if (!is_name (name))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("A model cannot be called “%s”"), name);
      return NULL;
    }
  place = dup_place (name);
  store = monocle_model_store_get_directory ();
  if (g_file_test (place, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_BAD_REQUEST,
                   _ ("There is a model “%s” already"), name);
      return NULL;
    }
  if (g_mkdir_with_parents (store, 0777) != 0)
    {
      monocle_app_error_set_write (error, store, errno);
      return NULL;
    }
  return g_steal_pointer (&place);
}

void
monocle_tutor_keep_async (MonocleTutor *self,
                          const char *name,
                          gboolean is_alone,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Keeping *keeping;
  GError *error = NULL;
  char *place;

  g_return_if_fail (MONOCLE_IS_TUTOR (self));
  g_return_if_fail (self->state == MONOCLE_TUTOR_DONE && !self->is_keeping);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, monocle_tutor_keep_async);
  place = find_place (name, &error);
  if (!place)
    {
      g_task_return_error (task, error);
      return;
    }
  keeping = g_new (Keeping, 1);
  *keeping = (Keeping){ monocle_tutor_dup_result (self), place, is_alone };
  g_task_set_task_data (task, keeping, keeping_free);
  self->is_keeping = TRUE;
  g_task_run_in_thread (task, keep_in_thread);
}

char *
monocle_tutor_keep_finish (MonocleTutor *self, GAsyncResult *result, GError **error)
{
  const Keeping *keeping;

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  self->is_keeping = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return NULL;
  keeping = g_task_get_task_data (G_TASK (result));
  if (keeping->is_alone)
    monocle_tutor_remove_called ("learnt");
  monocle_tutor_remove_state ();
  monocle_tutor_forget_progress (self);
  monocle_tutor_forget_facts (self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_NONE);
  return g_strdup (keeping->place);
}

gboolean
monocle_tutor_discard (MonocleTutor *self, GError **error)
{
  g_autofree char *result = monocle_tutor_dup_result (self),
                  *aside = monocle_tutor_dup_path ("discarded");

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);
  g_return_val_if_fail (self->state == MONOCLE_TUTOR_DONE && !self->is_keeping, FALSE);

  if (!monocle_folder_put (result, aside, TRUE, error))
    return FALSE;
  /* From now on it has a day. */
  utime (aside, NULL);
  monocle_tutor_forget_progress (self);
  monocle_tutor_forget_facts (self);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_NONE);
  return TRUE;
}

gboolean
monocle_tutor_can_undo_discard (MonocleTutor *self)
{
  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);

  return !monocle_tutor_is_active (self) && self->state != MONOCLE_TUTOR_DONE
         && monocle_tutor_has ("discarded");
}

/* What is in the folder, as far as a person is to see it. */
static gboolean
read_result (MonocleTutor *self, GError **error)
{
  g_autofree char *result = monocle_tutor_dup_result (self);
  MonocleTrainOutcome *outcome;

  monocle_tutor_forget_progress (self);
  if (!self->plan)
    monocle_tutor_take_plan (self, monocle_tutor_plan_load ());
  self->tasks = monocle_open_list_tasks (result);
  outcome = monocle_train_report_read (result, self->tasks, error);
  if (!outcome)
    return FALSE;
  self->outcome = outcome;
  g_array_append_vals (self->rounds, outcome->curve->data, outcome->curve->len);
  monocle_tutor_set_state (self, MONOCLE_TUTOR_DONE);
  return TRUE;
}

gboolean
monocle_tutor_undo_discard (MonocleTutor *self, GError **error)
{
  g_autofree char *result = monocle_tutor_dup_result (self),
                  *aside = monocle_tutor_dup_path ("discarded");

  g_return_val_if_fail (MONOCLE_IS_TUTOR (self), FALSE);
  g_return_val_if_fail (monocle_tutor_can_undo_discard (self), FALSE);

  monocle_tutor_forget (self);
  return monocle_folder_put (aside, result, FALSE, error) && read_result (self, error);
}

/* --- from an earlier run ------------------------------------------------------------------ */

static void
sweep (MonocleTutor *self)
{
  g_autofree char *aside = monocle_tutor_dup_path ("discarded");
  g_autofree char *result = monocle_tutor_dup_result (self), *folder = NULL;
  GStatBuf about;

  folder = g_path_get_dirname (result);
  monocle_folder_sweep (folder);
  monocle_new_folder_sweep (result);
  if (g_stat (aside, &about) == 0 && about.st_mtime + DISCARDED_SECONDS < time (NULL))
    monocle_tutor_remove_called ("discarded");
}

void
monocle_tutor_restore (MonocleTutor *self)
{
  g_return_if_fail (MONOCLE_IS_TUTOR (self));

  sweep (self);
  if (monocle_tutor_has ("learnt") && read_result (self, NULL))
    return;
  monocle_tutor_take_plan (self, monocle_tutor_plan_load ());
  self->state = MONOCLE_TUTOR_INTERRUPTED;
  if (monocle_tutor_can_go_on (self))
    {
      monocle_tutor_set_state (self, MONOCLE_TUTOR_INTERRUPTED);
      return;
    }
  self->state = MONOCLE_TUTOR_NONE;
  if (!monocle_tutor_has ("discarded"))
    monocle_tutor_remove_state ();
}
