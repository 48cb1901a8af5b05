/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/models/shipped.h"

#include <glib/gi18n-lib.h>

#include "app/base/data-dir.h"

static const MonocleShippedModel models[] = {
  { MONOCLE_SHIPPED_DEFAULT, "model", N_ ("Default model"),
    N_ ("Drawings and a few dozen things") },
  { MONOCLE_SHIPPED_WORDS, "model-words", N_ ("Model for labels and search"),
    N_ ("Ranks your own words, and finds pictures by words: drawings and a few dozen things") },
  /* Asked about no picture: behind those that are. */
  { MONOCLE_SHIPPED_WORLD, "model-world", N_ ("Model of what happens next"),
    N_ ("Balls in a box: where they were, and where they go") },
  { MONOCLE_SHIPPED_DRAW, "model-draw", N_ ("Model that draws"),
    N_ ("A toy: coloured shapes and a few things, from a few words") },
};

#define N_FOR_PICTURES 2

const MonocleShippedModel *
monocle_shipped_list (guint *n)
{
  *n = N_FOR_PICTURES;
  return models;
}

const MonocleShippedModel *
monocle_shipped_find (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    if (g_str_equal (models[i].id, id))
      return &models[i];
  return NULL;
}

const MonocleShippedModel *
monocle_shipped_recognise (const char *directory)
{
  g_autofree char *path = g_canonicalize_filename (directory, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (models); i++)
    {
      g_autofree char *ours = monocle_shipped_dup_directory (&models[i]);
      g_autofree char *canonical = g_canonicalize_filename (ours, NULL);

      if (g_str_equal (path, canonical))
        return &models[i];
    }
  return NULL;
}

char *
monocle_shipped_dup_directory (const MonocleShippedModel *self)
{
  return g_build_filename (monocle_data_dir_get (), self->folder, NULL);
}
