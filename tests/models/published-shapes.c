/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "published-shapes.h"

#include <gio/gio.h>
#include <string.h>

#include "model-test.h"
#include "tests/fixture.h"

static char *
read_text (const char *name)
{
  g_autoptr (GBytes) bytes = fixture_read (name);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* Rows: original name, shape, native name, native shape, note. */
GPtrArray *
published_shapes_read (const PublishedShapes *self)
{
  g_autofree char *relative = g_build_filename ("florence-2", self->list, NULL);
  g_autofree char *text = read_text (relative);
  g_auto (GStrv) lines = g_strsplit (g_strchomp (text), "\n", -1);
  GPtrArray *shapes = tensor_shapes_new ();

  for (guint i = 1; lines[i]; i++)
    {
      g_auto (GStrv) cells = g_strsplit (lines[i], "\t", -1);
      const char *name = cells[self->native ? 2 : 0];
      g_autofree char *dims = g_strdup (cells[self->native ? 3 : 1]);

      g_assert_cmpuint (g_strv_length (cells), ==, 5);
      if (g_str_equal (name, "-") || strstr (cells[4], "absent from published"))
        continue;
      if (self->positions && strstr (name, "embed_positions"))
        {
          g_autofree char *width = g_strdup (strchr (dims, 'x'));

          g_free (dims);
          dims = g_strconcat (self->positions, width, NULL);
        }
      tensor_shapes_add_text (shapes, name, dims);
    }

  return shapes;
}

static void
link_file (const char *from_folder, const char *name, const char *to_folder)
{
  g_autofree char *from = g_build_filename (from_folder, name, NULL);
  g_autofree char *to = g_build_filename (to_folder, name, NULL);
  g_autoptr (GFile) link = g_file_new_for_path (to);
  g_autoptr (GError) error = NULL;

  g_file_make_symbolic_link (link, from, NULL, &error);
  g_assert_no_error (error);
}

void
published_shapes_link (const PublishedShapes *self, const char *folder)
{
  g_autofree char *relative = g_build_filename ("florence-2", self->directory, NULL);
  g_autofree char *directory = test_fixture (relative);
  g_autofree char *config_relative
      = g_build_filename ("florence-2", self->config ? self->config : self->directory, NULL);
  g_autofree char *config = test_fixture (config_relative);
  g_autofree char *florence = test_fixture ("florence-2");

  link_file (config, "config.json", folder);
  link_file (directory, "preprocessor_config.json", folder);
  link_file (directory, "generation_config.json", folder);
  link_file (florence, "tokenizer.json", folder);
}
