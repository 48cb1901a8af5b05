/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What came back of a question, and the annotated picture.
 */
#include "config.h"

#include "app/library/private.h"

#include "app/draw/picture-format.h"
#include "app/json/answer.h"
#include "app/json/text.h"

struct _MonocleAnswer
{
  GObject parent_instance;

  MonocleModel *model;
  MonoclePicture *picture;
  MonocleRequest *request;
  MonocleRun *run;
  double min_score;
};

G_DEFINE_FINAL_TYPE (MonocleAnswer, monocle_answer, G_TYPE_OBJECT)

static void
monocle_answer_finalize (GObject *object)
{
  MonocleAnswer *self = MONOCLE_ANSWER (object);

  g_clear_object (&self->model);
  g_clear_object (&self->picture);
  g_clear_pointer (&self->request, monocle_request_free);
  g_clear_pointer (&self->run, monocle_run_free);

  G_OBJECT_CLASS (monocle_answer_parent_class)->finalize (object);
}

static void
monocle_answer_class_init (MonocleAnswerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_answer_finalize;
}

static void
monocle_answer_init (MonocleAnswer *self)
{
}

MonocleAnswer *
monocle_library_answer_new (MonocleModel *model,
                            MonoclePicture *picture,
                            MonocleRequest *request,
                            MonocleRun *run,
                            double min_score)
{
  MonocleAnswer *self = g_object_new (MONOCLE_TYPE_ANSWER, NULL);

  self->model = g_object_ref (model);
  self->picture = g_object_ref (picture);
  self->request = request;
  self->run = run;
  self->min_score = min_score;
  for (guint i = 0; i < run->results->len; i++)
    {
      MonocleResult *all = run->results->pdata[i];

      run->results->pdata[i] = monocle_result_filter (all, min_score);
      monocle_result_unref (all);
    }
  return self;
}

MonoclePicture *
monocle_answer_get_picture (MonocleAnswer *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANSWER (self), NULL);

  return self->picture;
}

guint
monocle_answer_get_n_results (MonocleAnswer *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANSWER (self), 0);

  return self->run->results->len;
}

MonocleResult *
monocle_answer_get_result (MonocleAnswer *self, guint index)
{
  g_return_val_if_fail (MONOCLE_IS_ANSWER (self), NULL);
  g_return_val_if_fail (index < self->run->results->len, NULL);

  return self->run->results->pdata[index];
}

gboolean
monocle_answer_is_stopped (MonocleAnswer *self)
{
  g_return_val_if_fail (MONOCLE_IS_ANSWER (self), FALSE);

  return self->run->stopped;
}

/* --- as a file --- */

char *
monocle_answer_dup_json (MonocleAnswer *self, guint index)
{
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *name = NULL;
  MonocleAnswerFacts facts;

  g_return_val_if_fail (MONOCLE_IS_ANSWER (self), NULL);
  g_return_val_if_fail (index < self->run->results->len, NULL);

  facts = (MonocleAnswerFacts){ .file = monocle_library_picture_get_original (self->picture),
                                .min_score = self->min_score };
  name = facts.file ? g_file_get_parse_name (facts.file) : NULL;
  facts.image = name ? name : "";
  node = monocle_answer_json_build_run (&facts, self->model,
                                        monocle_library_picture_get_image (self->picture),
                                        self->request, self->run, index, NULL);
  return monocle_json_text (node);
}

static MonocleScene *
draw (MonocleAnswer *self)
{
  return monocle_scene_new_from_results (monocle_library_picture_get_image (self->picture),
                                         self->request, self->run->results,
                                         monocle_library_picture_get_original (self->picture));
}

static const MonoclePictureFormat *
find_format (const MonoclePictureFormat *format, const char *name, GError **error)
{
  g_autofree char *extensions = NULL;

  if (format)
    return format;
  extensions = monocle_picture_format_dup_extensions ();
  g_set_error (error, MONOCLE_ERROR, MONOCLE_ERROR_WRITE, "%s: pictures are written as %s", name,
               extensions);
  return NULL;
}

GBytes *
monocle_answer_encode (MonocleAnswer *self, const char *format, GError **error)
{
  const MonoclePictureFormat *found;
  g_autoptr (MonocleScene) scene = NULL;
  GBytes *file;

  g_return_val_if_fail (MONOCLE_IS_ANSWER (self) && format, NULL);

  found = find_format (monocle_picture_format_find (format), format, error);
  if (!found)
    return NULL;
  scene = draw (self);
  file = monocle_picture_format_encode (found, scene, MONOCLE_PICTURE_FORMAT_QUALITY, error);
  monocle_library_error_adapt (error);
  return file;
}

static gboolean
write_scene (const MonocleScene *scene, const char *path, GError **error)
{
  const MonoclePictureFormat *format
      = find_format (monocle_picture_format_find_for_path (path), path, error);

  if (!format)
    return FALSE;
  if (monocle_picture_format_write (format, scene, path, error))
    return TRUE;
  monocle_library_error_adapt (error);
  return FALSE;
}

gboolean
monocle_answer_save (MonocleAnswer *self, const char *path, GError **error)
{
  g_autoptr (MonocleScene) scene = NULL;

  g_return_val_if_fail (MONOCLE_IS_ANSWER (self) && path, FALSE);

  scene = draw (self);
  return write_scene (scene, path, error);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer scene, GCancellable *cancellable)
{
  const char *path = g_object_get_data (G_OBJECT (task), "path");
  GError *error = NULL;

  if (write_scene (scene, path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
monocle_answer_save_async (MonocleAnswer *self,
                           const char *path,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (MONOCLE_IS_ANSWER (self) && path);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, monocle_answer_save_async);
  g_task_set_task_data (task, draw (self), (GDestroyNotify) monocle_scene_unref);
  g_object_set_data_full (G_OBJECT (task), "path", g_strdup (path), g_free);
  g_task_run_in_thread (task, save_in_thread);
}

gboolean
monocle_answer_save_finish (MonocleAnswer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
