/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tiny model that talks, with so many places for tokens as a test needs.
 */
#pragma once

#include <unistd.h>

#include "tests/gui/harness.h"

#define TALKER "smolvlm/idefics3"

/* The tiny model with so much room: it has no table of places. */
static inline char *
changed_model (const char *name, const char *places)
{
  g_autofree char *source = gui_fixture (TALKER);
  char *model = gui_temporary (name);
  g_autofree char *config = g_build_filename (source, "config.json", NULL);
  g_autofree char *changed = g_build_filename (model, "config.json", NULL);
  g_autofree char *contents = NULL, *wanted = NULL;
  g_autoptr (GDir) dir = g_dir_open (source, 0, NULL);
  g_autoptr (GString) text = NULL;
  const char *file;

  g_assert_cmpint (g_mkdir_with_parents (model, 0700), ==, 0);
  while ((file = g_dir_read_name (dir)))
    {
      g_autofree char *from = g_canonicalize_filename (file, source);
      g_autofree char *to = g_build_filename (model, file, NULL);

      if (!g_str_equal (file, "config.json"))
        g_assert_cmpint (symlink (from, to), ==, 0);
    }
  g_assert_true (g_file_get_contents (config, &contents, NULL, NULL));
  text = g_string_new (contents);
  wanted = g_strconcat ("\"max_position_embeddings\": ", places, NULL);
  g_assert_cmpuint (g_string_replace (text, "\"max_position_embeddings\": 256", wanted, 1), ==, 1);
  g_assert_true (g_file_set_contents (changed, text->str, -1, NULL));
  return model;
}
