/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/hit.h"

struct _MonocleHit
{
  GObject parent_instance;

  GFile *file;
  char *path, *name;
  char *read; /* (nullable) */
  MonocleSearchBand band;
  gint64 date;
  double fit, joined;
  MonocleRect region; /* empty: none */
  guint group;
};

G_DEFINE_FINAL_TYPE (MonocleHit, monocle_hit, G_TYPE_OBJECT)

MonocleHit *
monocle_hit_new (const MonocleFinding *finding)
{
  MonocleHit *self = g_object_new (MONOCLE_TYPE_HIT, NULL);

  self->file = g_file_new_for_path (finding->path);
  self->path = g_strdup (finding->path);
  self->name = g_filename_display_basename (finding->path);
  self->read = g_strdup (finding->read);
  self->band = finding->band;
  self->region = finding->region;
  self->date = finding->date;
  self->fit = finding->fit;
  self->joined = finding->joined;
  return self;
}

GFile *
monocle_hit_get_file (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), NULL);
  return self->file;
}

const char *
monocle_hit_get_path (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), NULL);
  return self->path;
}

const char *
monocle_hit_get_name (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), NULL);
  return self->name;
}

const char *
monocle_hit_get_read (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), NULL);
  return self->read;
}

MonocleSearchBand
monocle_hit_get_band (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), MONOCLE_SEARCH_REST);
  return self->band;
}

gint64
monocle_hit_get_date (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), 0);
  return self->date;
}

double
monocle_hit_get_fit (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), 0);
  return self->fit;
}

const MonocleRect *
monocle_hit_get_region (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), NULL);
  return self->region.width > 0 ? &self->region : NULL;
}

double
monocle_hit_get_joined (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), -1);
  return self->joined;
}

void
monocle_hit_set_fit (MonocleHit *self, double fit, double joined)
{
  g_return_if_fail (MONOCLE_IS_HIT (self));
  self->fit = fit;
  self->joined = joined;
}

guint
monocle_hit_get_group (MonocleHit *self)
{
  g_return_val_if_fail (MONOCLE_IS_HIT (self), 0);
  return self->group;
}

void
monocle_hit_set_group (MonocleHit *self, guint group)
{
  g_return_if_fail (MONOCLE_IS_HIT (self));
  self->group = group;
}

static void
monocle_hit_finalize (GObject *object)
{
  MonocleHit *self = MONOCLE_HIT (object);

  g_object_unref (self->file);
  g_free (self->path);
  g_free (self->name);
  g_free (self->read);
  G_OBJECT_CLASS (monocle_hit_parent_class)->finalize (object);
}

static void
monocle_hit_class_init (MonocleHitClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = monocle_hit_finalize;
}

static void
monocle_hit_init (MonocleHit *self)
{
}
