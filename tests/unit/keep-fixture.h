/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents that are kept in a journal of their own, what can be done to them, and all of them in
 * words.
 */
#pragma once

#include <glib/gstdio.h>

#include "app/document/attributes.h"
#include "app/document/document.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

#define WIDTH  70
#define HEIGHT 50

typedef struct
{
  char *folder;
  char *path;
  MonocleDocument *document;
} Fixture;

static inline MonocleDocument *
open_document (const char *path)
{
  g_autofree guint8 *pixels = g_malloc0 (WIDTH * HEIGHT * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (WIDTH, HEIGHT, WIDTH * 3, pixels, NULL);
  g_autoptr (GFile) file = g_file_new_for_path ("/pictures/street.jpg");
  MonocleDocument *document = monocle_document_new (file, "street.jpg", image);

  monocle_document_keep_in (document, path);
  return document;
}

static inline void
set_up (Fixture *f, gconstpointer data)
{
  f->folder = g_dir_make_tmp ("monocle-keep-XXXXXX", NULL);
  f->path = g_build_filename (f->folder, "deep", "one.journal", NULL);
  f->document = open_document (f->path);
  g_assert_no_error (monocle_document_get_trouble (f->document));
}

static inline void
tear_down (Fixture *f, gconstpointer data)
{
  g_autofree char *deep = g_path_get_dirname (f->path);
  g_autofree char *damaged = g_strconcat (f->path, ".damaged", NULL);

  g_clear_object (&f->document);
  g_unlink (f->path);
  g_unlink (damaged);
  g_rmdir (deep);
  g_assert_cmpint (g_rmdir (f->folder), ==, 0);
  g_free (f->folder);
  g_free (f->path);
}

static inline void
reopen (Fixture *f)
{
  g_assert_finalize_object (f->document);
  f->document = open_document (f->path);
  g_assert_no_error (monocle_document_get_trouble (f->document));
}

/* --- What is done --- */

static inline MonocleAnnotation *
draw (MonocleDocument *document, float x)
{
  const MonocleBox box = { x, 1, x + 2, 3 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (document, region);
  return region;
}

static inline MonocleShape *
make_triangle (double x)
{
  const double points[] = { x, 1, x + 8, 2, x + 3, 9 };
  const MonocleRing ring = { points, 3, MONOCLE_RING_OUTER };

  return monocle_shape_new_rings (&ring, 1);
}

/* Whole, and in the journal. */
static inline MonocleQuery *
ask (MonocleDocument *document)
{
  static const guint32 ids[] = { 2, 0, 50000, 2 };
  const MonocleBox box = { 1, 2, 30, 40.5f };
  g_autoptr (MonocleShape) triangle = make_triangle (3);
  const MonocleObject objects[]
      = { box_object ("Baum", 0, 0, 1, 2),
          { .label = (char *) "caf\303\251", .shape = triangle, .score = 0.25f },
          box_object ("", 2, 0, 3, 5) };
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, &box, 1, NULL);
  MonocleResult *result = answer_with (objects, G_N_ELEMENTS (objects));

  monocle_result_take_text (result, g_strdup ("a tree"));
  monocle_result_add_rank (result, "tree", 12.5f, 0.75f);
  monocle_result_set_tokens (result, ids, G_N_ELEMENTS (ids), g_strdup ("</s><s>tree</s>"));
  monocle_result_set_score (result, 0.5f);
  monocle_document_add_query (document, query);
  monocle_query_start (query, NULL, monocle_document_get_rotation (document));
  finish_one (query, result);
  return query;
}

static inline guint
count_items (GListModel *list)
{
  return g_list_model_get_n_items (list);
}

/* (transfer none): the document keeps it */
static inline gpointer
peek (GListModel *list, guint index)
{
  g_autoptr (GObject) item = g_list_model_get_item (list, index);

  return item;
}

static inline GPtrArray *
pick (MonocleAnnotation *one)
{
  GPtrArray *array = g_ptr_array_new ();

  g_ptr_array_add (array, one);
  return array;
}

static inline void
describe_annotation (GString *text, MonocleAnnotation *annotation)
{
  g_autoptr (GVariant) shape
      = g_variant_ref_sink (monocle_shape_store (monocle_annotation_get_shape (annotation)));
  g_autofree char *place = g_variant_print (shape, FALSE);
  g_autofree char *said
      = monocle_attributes_format (monocle_annotation_get_attributes (annotation));

  g_string_append_printf (text, " %u “%s” %g %s%s%s\n", monocle_annotation_get_number (annotation),
                          monocle_annotation_get_label (annotation),
                          (double) monocle_annotation_get_score (annotation), place,
                          said ? " " : "", said ? said : "");
}

static inline void
describe_query (GString *text, MonocleQuery *query)
{
  GListModel *objects = monocle_query_get_annotations (query);
  g_autofree char *title = monocle_query_dup_title (query);
  g_autofree char *summary = monocle_query_dup_summary (query);
  GPtrArray *results = monocle_query_get_results (query);

  g_string_append_printf (text, "query %" G_GINT64_MODIFIER "x %s: %s, %d\n",
                          monocle_query_get_id (query), title, summary,
                          monocle_query_get_state (query));
  for (guint i = 0; i < count_items (objects); i++)
    describe_annotation (text, peek (objects, i));
  if (monocle_query_get_correction (query, 0))
    g_string_append_printf (text, " rather: %s\n", monocle_query_get_correction (query, 0));
  for (guint i = 0; results && i < results->len; i++)
    {
      g_autoptr (GVariant) result = g_variant_ref_sink (monocle_result_store (results->pdata[i]));
      g_autofree char *all = g_variant_print (result, FALSE);

      g_string_append_printf (text, " %s\n", all);
    }
}

/* All of it, in words. */
static inline char *
describe (MonocleDocument *document)
{
  GString *text = g_string_new (NULL);
  GListModel *regions = monocle_document_get_regions (document);
  GListModel *queries = monocle_document_get_queries (document);
  GListModel *talk = monocle_document_get_talk (document);

  g_string_append_printf (text, "turned %u%s\n", monocle_document_get_rotation (document),
                          monocle_document_is_done (document) ? ", done" : "");
  for (guint i = 0; i < count_items (regions); i++)
    describe_annotation (text, peek (regions, i));
  for (guint i = 0; i < count_items (queries); i++)
    describe_query (text, peek (queries, i));
  for (guint i = 0; i < count_items (talk); i++)
    {
      g_autoptr (GVariant) said = g_variant_ref_sink (monocle_said_store (peek (talk, i)));
      g_autofree char *words = g_variant_print (said, FALSE);

      g_string_append_printf (text, "%" G_GUINT64_FORMAT " said %s\n",
                              monocle_said_get_id (peek (talk, i)), words);
    }
  return g_string_free (text, FALSE);
}

/* (transfer full): something that was said, and answered with the same */
static inline MonocleSaid *
make_said (const char *text, GRand *rand)
{
  const guint32 ids[] = { 7, (guint32) g_rand_int_range (rand, 0, 100) };
  const MonocleSaidShown shown[] = {
    { .width = WIDTH, .height = HEIGHT, .rotation = (guint) g_rand_int_range (rand, 0, 4) },
    { .path = g_rand_boolean (rand) ? "/other picture.png" : NULL,
      .is_region = TRUE,
      .region = { 0.5f, 1, 7.25f, 8 } },
  };
  const MonocleSaidQuestion question
      = { .text = text,
          .shown = shown,
          .n_shown = (guint) g_rand_int_range (rand, 0, 3),
          .detail = (MonocleDetail) g_rand_int_range (rand, 0, MONOCLE_N_DETAILS),
          .max_tokens = (guint) g_rand_int_range (rand, 0, 9),
          .is_drawn = g_rand_boolean (rand),
          .sampling = { .temperature = 0.7, .top_k = 12, .top_p = 0.9, .min_p = 0.1, .seed = 5 } };
  const MonocleSaidFacts facts = { .model = "a model",
                                   .digest = "0123",
                                   .device = "a device",
                                   .precision = "f32",
                                   .ids = ids,
                                   .n_ids = (guint) g_rand_int_range (rand, 0, 3),
                                   .end = (MonocleReplyEnd) g_rand_int_range (rand, 0, 5),
                                   .n_forgotten = 1,
                                   .n_kept = 2,
                                   .n_read = 3,
                                   .n_written = 4,
                                   .n_places = 500,
                                   .preprocess_ms = 0.5,
                                   .encode_ms = 1.5,
                                   .first_ms = 2.25,
                                   .decode_ms = 4.125 };

  return monocle_said_new_answered (0, &question, text, &facts);
}

static inline void
assert_same_after_reopening (Fixture *f)
{
  g_autofree char *before = describe (f->document);
  g_autofree char *after = NULL;

  reopen (f);
  after = describe (f->document);
  g_assert_cmpstr (after, ==, before);
}
