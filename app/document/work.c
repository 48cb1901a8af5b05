/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/work.h"

#include <string.h>

/* Digest -> MonocleDocument, not owned: those that are open. */
static GHashTable *open_documents;

char *
monocle_work_dup_folder (void)
{
  return g_build_filename (g_get_user_data_dir (), "monocle", "work", NULL);
}

char *
monocle_work_digest (gconstpointer bytes, gsize n_bytes, guint page)
{
  g_autofree char *digest = g_compute_checksum_for_data (G_CHECKSUM_SHA256, bytes, n_bytes);

  return page > 0 ? g_strdup_printf ("%s-%u", digest, page) : g_steal_pointer (&digest);
}

/* A few hundred folders, as file managers and file systems like it. */
static char *
dup_path (const char *digest)
{
  g_autofree char *folder = monocle_work_dup_folder ();
  const char group[] = { digest[0], digest[1], '\0' };
  g_autofree char *name = g_strconcat (digest, ".journal", NULL);

  return g_build_filename (folder, group, name, NULL);
}

static void
on_gone (gpointer digest, GObject *document)
{
  if (g_hash_table_lookup (open_documents, digest) == (gpointer) document)
    g_hash_table_remove (open_documents, digest);
  g_free (digest);
}

static gboolean
is_of (MonocleDocument *document, GFile *file)
{
  GFile *other = monocle_document_get_file (document);

  return file && other ? g_file_equal (file, other) : file == other;
}

static MonocleDocument *
open_new (GFile *file, const char *name, MonocleImage *image, const char *digest)
{
  MonocleDocument *document = monocle_document_new (file, name, image);
  g_autofree char *path = dup_path (digest);

  monocle_document_keep_in (document, path);
  g_hash_table_insert (open_documents, g_strdup (digest), document);
  g_object_weak_ref (G_OBJECT (document), on_gone, g_strdup (digest));
  return document;
}

MonocleDocument *
monocle_work_open (GFile *file, const char *name, MonocleImage *image, const char *digest)
{
  MonocleDocument *document;

  g_return_val_if_fail (!file || G_IS_FILE (file), NULL);
  g_return_val_if_fail (name && image, NULL);
  g_return_val_if_fail (!digest || strlen (digest) > 2, NULL);

  if (!digest)
    return monocle_document_new (file, name, image);
  if (!open_documents)
    open_documents = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  document = g_hash_table_lookup (open_documents, digest);
  if (document && is_of (document, file))
    {
      if (!monocle_document_get_image (document))
        monocle_document_set_image (document, image);
      return g_object_ref (document);
    }
  /* The same picture under another name: it takes the work over, unless a window shows the first.
   */
  if (document && !monocle_document_is_shown (document))
    monocle_document_close (document);
  return open_new (file, name, image, digest);
}
