/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/search/drawn.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "app/document/work.h"

#define ENDING      ".journal"
#define HEX_DIGITS  "0123456789abcdef"
#define DIGEST_SIZE 64 /* of a SHA-256 in hexadecimal */

struct _MonocleDrawn
{
  GHashTable *journals; /* GBytes of the beginning of a digest -> path */
};

/* --- Which there are --- */

/* (transfer full) (nullable): of a journal about a picture that is no page of a file */
static GBytes *
read_name (const char *name)
{
  guint8 digest[MONOCLE_INDEX_DIGEST_BYTES];

  if (strspn (name, HEX_DIGITS) != DIGEST_SIZE || strcmp (name + DIGEST_SIZE, ENDING) != 0)
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (digest); i++)
    digest[i] = (guint8) (16 * g_ascii_xdigit_value (name[2 * i])
                          + g_ascii_xdigit_value (name[2 * i + 1]));
  return g_bytes_new (digest, sizeof digest);
}

static void
list_group (MonocleDrawn *self, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      GBytes *digest = read_name (name);

      if (digest)
        g_hash_table_replace (self->journals, digest, g_build_filename (path, name, NULL));
    }
}

MonocleDrawn *
monocle_drawn_new (void)
{
  MonocleDrawn *self = g_new0 (MonocleDrawn, 1);
  g_autofree char *folder = monocle_work_dup_folder ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  self->journals
      = g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, g_free);
  while (dir && (name = g_dir_read_name (dir)))
    if (strlen (name) == 2)
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        list_group (self, path);
      }
  return self;
}

void
monocle_drawn_free (MonocleDrawn *self)
{
  if (!self)
    return;
  g_hash_table_unref (self->journals);
  g_free (self);
}

/* --- What is in one --- */

static const char *
find (MonocleDrawn *self, const guint8 *digest)
{
  g_autoptr (GBytes) key = g_bytes_new_static (digest, MONOCLE_INDEX_DIGEST_BYTES);

  return g_hash_table_lookup (self->journals, key);
}

guint32
monocle_drawn_get_stamp (MonocleDrawn *self, const guint8 *digest)
{
  const char *path = find (self, digest);
  GStatBuf status;
  gint64 facts[3];

  if (!path || g_stat (path, &status) != 0 || !S_ISREG (status.st_mode))
    return 0;
  facts[0] = status.st_size;
  facts[1] = status.st_mtim.tv_sec;
  facts[2] = status.st_mtim.tv_nsec;
  return MAX (monocle_crc32 (0, (const guint8 *) facts, sizeof facts), 1);
}

GArray *
monocle_drawn_list (MonocleDrawn *self, const guint8 *digest)
{
  const char *path = find (self, digest);
  g_autoptr (MonocleDocument) document = path ? monocle_document_new_read (path, NULL) : NULL;
  GListModel *things = document ? monocle_document_get_regions (document) : NULL;
  GArray *boxes = g_array_new (FALSE, FALSE, sizeof (MonocleBox));

  for (guint i = 0; things && i < g_list_model_get_n_items (things); i++)
    {
      g_autoptr (MonocleAnnotation) thing = g_list_model_get_item (things, i);
      const MonocleRect bounds = monocle_annotation_get_bounds (thing);
      const MonocleBox box
          = { (float) floor (bounds.x), (float) floor (bounds.y),
              (float) ceil (bounds.x + bounds.width), (float) ceil (bounds.y + bounds.height) };

      g_array_append_val (boxes, box);
    }
  return boxes;
}
