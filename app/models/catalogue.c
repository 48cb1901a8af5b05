/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/catalogue.h"

#include <glib/gi18n-lib.h>

#include "app/base/data-dir.h"

#define FORMAT    1
#define MAX_BYTES (G_GUINT64_CONSTANT (1) << 50)

/* What rows say of models, word for word: those who translate read no data files. */
static const char *const lines[] = {
  N_ ("Photographs: finds, outlines, describes and reads; the smaller one"),
  N_ ("Photographs: as the smaller one, tuned further on published tasks: better captions and "
      "references"),
  N_ ("Photographs: finds, outlines, describes and reads; the more precise one"),
  N_ ("Photographs: as the more precise one, tuned further on published tasks: better captions and "
      "references"),
  N_ ("Photographs: ranks your own words, and searches folders by words; the quick one"),
  N_ ("Photographs: ranks your own words, and searches folders by words; the usual one"),
  N_ ("Photographs: ranks your own words, and searches folders by words; the more precise one"),
  N_ ("Photographs: ranks your own words in many languages, and searches folders by words"),
  N_ ("Photographs: outlines whatever you name"),
  N_ ("Photographs: finds objects of eighty kinds"),
  N_ ("Photographs: divides pictures into things and what is around them; the quick one"),
  N_ ("Photographs: divides pictures into things and what is around them; the usual one"),
  N_ ("Photographs: divides pictures into things and what is around them; the more precise one"),
  N_ ("Photographs: describes, answers, and finds what you describe; the quick one"),
  N_ ("Photographs: describes, answers, and finds what you describe; the usual one"),
  N_ ("Photographs: describes, answers, and finds what you describe; the more precise one"),
  N_ ("Photographs: describes, answers, finds, outlines, tells depth, and draws; the quick one"),
  N_ ("Photographs: describes, answers, finds, outlines, tells depth, and draws; the usual one"),
  N_ ("Photographs: describes, answers, finds, outlines, tells depth, and draws; the more precise "
      "one"),
  N_ ("Photographs: describes, answers, finds, outlines, tells depth, draws, and changes them; "
      "needs "
      "LLaMA's tokenizer.model beside it"),
  N_ ("Photographs and pages: describes, reads, answers and talks about them; the quick one"),
  N_ ("Photographs and pages: describes, reads, answers and talks about them; the usual one"),
  N_ ("Photographs and pages of any size: describes, finds, reads, answers and talks about them; "
      "the "
      "quick one"),
  N_ ("Photographs and pages of any size: describes, finds, reads, answers and talks about them; "
      "the "
      "more precise one"),
  N_ ("Pages: reads them as Markdown, with headings, lists, tables, formulas and where each is"),
  N_ ("Photographs: finds what is named or shown; the quick one"),
  N_ ("Photographs: finds what is named or shown, and whatever looks like a thing; the smaller "
      "one"),
  N_ ("Photographs: finds what is named or shown, and whatever looks like a thing; the more "
      "precise "
      "one"),
  NULL,
};

struct _MonocleCatalogue
{
  JsonObject *root;
  const char *address;
  GPtrArray *models;
};

const char *const *
monocle_catalogue_list_lines (void)
{
  return lines;
}

static void
model_free (gpointer data)
{
  MonocleCatalogueModel *model = data;

  monocle_manifest_unref (model->manifest);
  g_free (model->family);
  g_strfreev (model->languages);
  g_free (model);
}

void
monocle_catalogue_free (MonocleCatalogue *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->models);
  g_clear_pointer (&self->root, json_object_unref);
  g_free (self);
}

static gboolean
read_bytes (JsonObject *object, const char *where, const char *key, guint64 *bytes, GError **error)
{
  gint64 value;

  if (!monocle_json_get_int (object, where, key, MONOCLE_JSON_REQUIRED, 1, (gint64) MAX_BYTES,
                             &value, error))
    return FALSE;
  *bytes = (guint64) value;
  return TRUE;
}

static MonocleCatalogueModel *
read_model (JsonObject *object, const char *where, GError **error)
{
  MonocleCatalogueModel *model = g_new0 (MonocleCatalogueModel, 1);
  JsonObject *memory = NULL;
  const char *family = NULL, *about = NULL;

  model->complete = TRUE;
  model->manifest = monocle_manifest_read (object, where, error);
  if (model->manifest
      && monocle_json_get_string (object, where, "family", MONOCLE_JSON_REQUIRED, &family, error)
      && monocle_json_get_string (object, where, "about", MONOCLE_JSON_REQUIRED, &about, error)
      && monocle_json_get_strings (object, where, "languages", MONOCLE_JSON_REQUIRED,
                                   &model->languages, error)
      && read_bytes (object, where, "parameters", &model->n_parameters, error)
      && monocle_json_get_object (object, where, "memory", MONOCLE_JSON_REQUIRED, &memory, error)
      && read_bytes (memory, where, "f32", &model->f32_bytes, error)
      && read_bytes (memory, where, "f16", &model->f16_bytes, error)
      && monocle_json_get_bool (object, where, "complete", MONOCLE_JSON_OPTIONAL, &model->complete,
                                error))
    {
      if (model->manifest->title && model->manifest->repository && model->manifest->revision
          && model->manifest->licence)
        {
          model->family = g_strdup (family);
          model->about = _ (about);
          return model;
        }
      monocle_file_set_error (error, where,
                              "it lacks “title”, “repository”, “revision” or “licence”");
    }
  if (model->manifest)
    model_free (model);
  else
    g_free (model);
  return NULL;
}

static gboolean
read_all (MonocleCatalogue *self, const char *path, GError **error)
{
  JsonArray *models = NULL;
  gint64 format;

  if (!monocle_json_get_int (self->root, path, "format", MONOCLE_JSON_REQUIRED, FORMAT, FORMAT,
                             &format, error)
      || !monocle_json_get_string (self->root, path, "address", MONOCLE_JSON_REQUIRED,
                                   &self->address, error)
      || !monocle_json_get_array (self->root, path, "models", MONOCLE_JSON_REQUIRED, &models,
                                  error))
    return FALSE;
  for (guint i = 0; i < json_array_get_length (models); i++)
    {
      JsonNode *node = json_array_get_element (models, i);
      g_autofree char *where = g_strdup_printf ("%s: model %u", path, i + 1);
      MonocleCatalogueModel *model;

      if (!JSON_NODE_HOLDS_OBJECT (node))
        return monocle_file_set_error (error, where, "it is no object");
      model = read_model (json_node_get_object (node), where, error);
      if (!model)
        return FALSE;
      if (monocle_catalogue_find (self, model->manifest->id))
        {
          monocle_file_set_error (error, where, "“%s” comes twice", model->manifest->id);
          model_free (model);
          return FALSE;
        }
      g_ptr_array_add (self->models, model);
    }
  return TRUE;
}

MonocleCatalogue *
monocle_catalogue_load_file (const char *path, GError **error)
{
  MonocleCatalogue *self = g_new0 (MonocleCatalogue, 1);

  self->models = g_ptr_array_new_with_free_func (model_free);
  self->root = monocle_json_load (path, error);
  if (self->root && read_all (self, path, error))
    return self;
  monocle_catalogue_free (self);
  return NULL;
}

MonocleCatalogue *
monocle_catalogue_load (GError **error)
{
  g_autofree char *path = g_build_filename (monocle_data_dir_get (), "models.json", NULL);

  return monocle_catalogue_load_file (path, error);
}

const char *
monocle_catalogue_get_address (const MonocleCatalogue *self)
{
  return self->address;
}

guint
monocle_catalogue_get_n (const MonocleCatalogue *self)
{
  return self->models->len;
}

const MonocleCatalogueModel *
monocle_catalogue_get (const MonocleCatalogue *self, guint i)
{
  return self->models->pdata[i];
}

const MonocleCatalogueModel *
monocle_catalogue_find (const MonocleCatalogue *self, const char *name)
{
  for (guint i = 0; i < self->models->len; i++)
    {
      const MonocleCatalogueModel *model = self->models->pdata[i];

      if (g_ascii_strcasecmp (model->manifest->id, name) == 0
          || g_ascii_strcasecmp (model->manifest->repository, name) == 0)
        return model;
    }
  return NULL;
}
