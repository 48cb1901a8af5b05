/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is kept of a document, with records of which every byte may be another one than was written
 * while their checks are right: read, taken back, made again, gone on with.
 *
 * An input is the records of a journal, each behind its length in four bytes.
 */
#include "config.h"

#include "fuzz.h"

#include <glib/gstdio.h>
#include <unistd.h>

#include "app/json/query.h"
#include "tests/unit/keep-fixture.h"

/* The eight bytes before the records, then length and check before each. */
#define MARK_BYTES 8
#define HEAD_BYTES 8

static char *
dup_path (const char *name)
{
  g_autofree char *own = g_strdup_printf ("monocle-fuzz-%d-%s", (int) getpid (), name);

  return g_build_filename (g_get_tmp_dir (), own, NULL);
}

static void
remove_files (const char *path)
{
  g_autofree char *damaged = g_strconcat (path, ".damaged", NULL);

  g_unlink (path);
  g_unlink (damaged);
}

/* --- From an input to a journal and back --- */

static void
append_number (GByteArray *bytes, guint32 number)
{
  number = GUINT32_TO_LE (number);
  g_byte_array_append (bytes, (const guint8 *) &number, sizeof number);
}

static void
append_record (GByteArray *journal, const guint8 *record, guint32 n)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;

  g_checksum_update (checksum, record, n);
  g_checksum_get_digest (checksum, digest, &length);
  append_number (journal, n);
  g_byte_array_append (journal, digest, 4);
  g_byte_array_append (journal, record, n);
}

static GByteArray *
make_journal (const guint8 *data, gsize size)
{
  GByteArray *journal = g_byte_array_new ();
  gsize at = 0;

  g_byte_array_append (journal, (const guint8 *) "MONOCLE1", MARK_BYTES);
  while (size - at >= 4)
    {
      guint32 n;

      memcpy (&n, data + at, sizeof n);
      at += 4;
      n = (guint32) MIN (GUINT32_FROM_LE (n), size - at);
      append_record (journal, data + at, n);
      at += n;
    }
  return journal;
}

/* The records of a journal. */
static void
add_seed (GPtrArray *seeds, const char *path)
{
  g_autoptr (GByteArray) seed = g_byte_array_new ();
  g_autofree char *bytes = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &bytes, &n, NULL));
  for (gsize at = MARK_BYTES; at < n;)
    {
      guint32 length;

      memcpy (&length, bytes + at, sizeof length);
      length = GUINT32_FROM_LE (length);
      append_number (seed, length);
      g_byte_array_append (seed, (const guint8 *) bytes + at + HEAD_BYTES, length);
      at += HEAD_BYTES + length;
    }
  fuzz_add_seed (seeds, seed->data, seed->len);
}

void
fuzz_add_seeds (GPtrArray *seeds)
{
  g_autofree char *path = dup_path ("seed");
  MonocleDocument *document = open_document (path);
  g_autoptr (GPtrArray) picked = NULL;

  picked = pick (peek (monocle_query_get_annotations (ask (document)), 1));
  g_object_unref (document);
  document = open_document (path);
  g_ptr_array_set_size (picked, 0);
  g_ptr_array_add (
      picked,
      peek (monocle_query_get_annotations (peek (monocle_document_get_queries (document), 0)), 1));
  monocle_document_keep (document, peek (monocle_document_get_queries (document), 0), picked);
  draw (document, 4);
  g_ptr_array_set_size (picked, 0);
  g_ptr_array_add (picked, peek (monocle_document_get_regions (document), 0));
  monocle_document_set_label (document, picked, "hut");
  monocle_document_set_attribute (document, picked, "age", g_variant_new_double (12));
  monocle_document_set_attribute (document, picked, "season", g_variant_new_string ("winter"));
  monocle_document_move (document, picked, 1, 2);
  monocle_document_rotate (document, 1);
  monocle_undo_undo (monocle_document_get_undo (document));
  monocle_document_remove_regions (document, picked);
  g_object_unref (document);
  add_seed (seeds, path);
  /* And as it is when it has become too long. */
  document = open_document (path);
  for (guint i = 0; i < 1000; i++)
    {
      monocle_document_rotate (document, 1);
      monocle_undo_undo (monocle_document_get_undo (document));
    }
  g_object_unref (document);
  g_object_unref (open_document (path));
  add_seed (seeds, path);
  remove_files (path);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *path = dup_path ("one");
  g_autoptr (GByteArray) journal = make_journal (data, size);
  MonocleDocument *document;
  MonocleUndo *undo;
  g_autofree char *words = NULL;

  g_assert_true (
      g_file_set_contents_full (path, (const char *) journal->data, journal->len, 0, 0600, NULL));
  document = open_document (path);
  undo = monocle_document_get_undo (document);
  while (monocle_undo_undo (undo))
    ;
  while (monocle_undo_redo (undo))
    ;
  words = describe (document);
  for (guint i = 0; i < g_list_model_get_n_items (monocle_document_get_queries (document)); i++)
    g_free (
        monocle_query_json_format (document, peek (monocle_document_get_queries (document), i)));
  draw (document, 3);
  g_object_unref (document);
  remove_files (path);
  return 0;
}
