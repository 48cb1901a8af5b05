/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By what a query is answered, and how: enough to ask it again, and to know why something else came
 * back.
 */
#include "config.h"

#include "app/document/query-private.h"
#include "app/models/identity.h"
#include "app/models/store.h"

void
monocle_query_set_model (MonocleQuery *self, MonocleModel *model)
{
  MonocleDevice *device = monocle_model_get_device (model);

  g_free (self->model_name);
  g_free (self->model_digest);
  g_free (self->device_name);
  g_free (self->driver_name);
  g_free (self->precision_name);
  self->model_name = monocle_model_store_dup_title (monocle_model_get_directory (model));
  self->model_digest = g_strdup (monocle_identity_get (model));
  self->device_name = g_strdup (monocle_device_get_name (device));
  self->driver_name = g_strdup (monocle_device_get_driver (device));
  self->precision_name = g_strdup (monocle_model_get_precision_name (model));
}

const char *
monocle_query_get_model_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->model_name;
}

const char *
monocle_query_get_model_digest (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->model_digest;
}

const char *
monocle_query_get_device_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->device_name;
}

const char *
monocle_query_get_driver_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->driver_name;
}

const char *
monocle_query_get_precision_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->precision_name;
}

/* --- Settings --- */

const MonocleQuerySettings *
monocle_query_get_settings (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return &self->settings;
}

void
monocle_query_set_settings (MonocleQuery *self, const MonocleQuerySettings *settings)
{
  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (self->state == MONOCLE_QUERY_WAITING);

  self->settings = *settings;
}

const char *
monocle_query_get_language (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return *self->settings.language ? self->settings.language : NULL;
}

void
monocle_query_set_language (MonocleQuery *self, const char *language)
{
  const char *known;

  g_return_if_fail (MONOCLE_IS_QUERY (self));
  g_return_if_fail (self->state == MONOCLE_QUERY_WAITING);

  known = language ? monocle_languages_find (self->task->languages, language) : NULL;
  g_strlcpy (self->settings.language, known ? known : "", sizeof self->settings.language);
}

MonocleRequest
monocle_query_make_request (MonocleQuery *self, MonocleModel *model, guint num_beams)
{
  MonocleQuerySettings *settings = &self->settings;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), (MonocleRequest){ 0 });

  if (settings->is_drawn)
    settings->num_beams = 1;
  else if (settings->num_beams == 0)
    settings->num_beams = num_beams > 0 ? num_beams : monocle_model_get_num_beams (model);
  return (MonocleRequest){
    .task = self->task,
    .text = self->prompt,
    .language = *settings->language && self->task->languages ? settings->language : NULL,
    .num_beams = settings->num_beams,
    .max_tokens = settings->max_tokens,
    .sampling = settings->is_drawn ? &settings->sampling : NULL,
  };
}

MonocleQuery *
monocle_query_new_again (MonocleQuery *self, const MonocleTask *task)
{
  MonocleQuery *again;

  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  again = monocle_query_new (task ? task : self->task, self->prompt,
                             (const MonocleBox *) (gpointer) self->regions->data,
                             self->regions->len, self->source);
  again->settings = self->settings;
  return again;
}

/* Without any settings a picture is drawn with seed 0. */
MonocleQuery *
monocle_query_new_another (MonocleQuery *self, double top_p)
{
  MonocleQuery *another = monocle_query_new_again (self, NULL);
  MonocleQuerySettings *settings = &another->settings;

  if (!settings->is_drawn)
    settings->sampling = (MonocleSampling){ .temperature = 1, .top_p = top_p };
  settings->is_drawn = TRUE;
  settings->num_beams = 0;
  settings->sampling.seed = (settings->sampling.seed + 1) & G_MAXUINT32;
  return another;
}
