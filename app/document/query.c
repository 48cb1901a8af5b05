/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/id.h"
#include "app/document/query-private.h"

enum
{
  PROP_0,
  PROP_STATE,
  PROP_STAGE,
  PROP_FRACTION,
  PROP_N_TOKENS,
  PROP_STOPPING,
  PROP_TEXT,
  PROP_ELAPSED_MS,
  PROP_ANNOTATIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleQuery, monocle_query, G_TYPE_OBJECT)

static void
monocle_query_finalize (GObject *object)
{
  MonocleQuery *self = MONOCLE_QUERY (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_free (self->prompt);
  g_array_unref (self->regions);
  g_clear_object (&self->source);
  g_date_time_unref (self->created);
  g_clear_error (&self->error);
  g_free (self->model_name);
  g_free (self->device_name);
  g_free (self->precision_name);
  monocle_query_objects_free (self->objects);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->run, monocle_run_free);
  g_free (self->text);
  g_clear_pointer (&self->corrections, g_hash_table_unref);
  G_OBJECT_CLASS (monocle_query_parent_class)->finalize (object);
}

static void
monocle_query_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MonocleQuery *self = MONOCLE_QUERY (object);

  switch (id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) self->state);
      break;
    case PROP_STAGE:
      g_value_set_int (value, (int) self->stage);
      break;
    case PROP_FRACTION:
      g_value_set_double (value, self->fraction);
      break;
    case PROP_N_TOKENS:
      g_value_set_uint (value, self->n_tokens);
      break;
    case PROP_STOPPING:
      g_value_set_boolean (value, self->is_stopping);
      break;
    case PROP_TEXT:
      g_value_set_string (value, self->text);
      break;
    case PROP_ELAPSED_MS:
      g_value_set_double (value, monocle_query_get_elapsed_ms (self));
      break;
    case PROP_ANNOTATIONS:
      g_value_set_object (value, monocle_query_objects_get_list (self->objects));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
monocle_query_class_init (MonocleQueryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->finalize = monocle_query_finalize;
  object_class->get_property = monocle_query_get_property;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, MONOCLE_QUERY_WAITING,
                                             MONOCLE_QUERY_FAILED, MONOCLE_QUERY_WAITING, flags);
  properties[PROP_STAGE]
      = g_param_spec_int ("stage", NULL, NULL, MONOCLE_STAGE_PREPARING, MONOCLE_STAGE_ANSWERING,
                          MONOCLE_STAGE_PREPARING, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, 0, flags);
  properties[PROP_N_TOKENS] = g_param_spec_uint ("n-tokens", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_STOPPING] = g_param_spec_boolean ("stopping", NULL, NULL, FALSE, flags);
  properties[PROP_TEXT] = g_param_spec_string ("text", NULL, NULL, NULL, flags);
  properties[PROP_ELAPSED_MS]
      = g_param_spec_double ("elapsed-ms", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_ANNOTATIONS]
      = g_param_spec_object ("annotations", NULL, NULL, G_TYPE_LIST_MODEL, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_query_init (MonocleQuery *self)
{
  self->id = monocle_id_new ();
  self->regions = g_array_new (FALSE, FALSE, sizeof (MonocleBox));
  self->objects = monocle_query_objects_new ();
  self->created = g_date_time_new_now_local ();
}

MonocleQuery *
monocle_query_new (const MonocleTask *task,
                   const char *text,
                   const MonocleBox *regions,
                   guint n_regions,
                   MonocleAnnotation *source)
{
  MonocleQuery *self;

  g_return_val_if_fail (task, NULL);
  g_return_val_if_fail (regions || n_regions == 0, NULL);
  g_return_val_if_fail (!source || MONOCLE_IS_ANNOTATION (source), NULL);

  self = g_object_new (MONOCLE_TYPE_QUERY, NULL);
  self->task = task;
  self->prompt = g_strdup (text);
  if (n_regions > 0)
    g_array_append_vals (self->regions, regions, n_regions);
  g_set_object (&self->source, source);

  return self;
}

guint64
monocle_query_get_id (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->id;
}

const MonocleTask *
monocle_query_get_task (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->task;
}

const char *
monocle_query_get_request_text (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->prompt;
}

const MonocleBox *
monocle_query_get_regions (MonocleQuery *self, guint *n_regions)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  if (n_regions)
    *n_regions = self->regions->len;
  return (const MonocleBox *) (gpointer) self->regions->data;
}

MonocleAnnotation *
monocle_query_get_source (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->source;
}

GDateTime *
monocle_query_get_created (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->created;
}

const char *
monocle_query_get_model_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->model_name;
}

const char *
monocle_query_get_device_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->device_name;
}

const char *
monocle_query_get_precision_name (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), NULL);

  return self->precision_name;
}

guint
monocle_query_get_rotation (MonocleQuery *self)
{
  g_return_val_if_fail (MONOCLE_IS_QUERY (self), 0);

  return self->rotation;
}
