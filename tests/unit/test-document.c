/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents: every change taken back and again, pixels dropped and given back, turning.
 */
#include "config.h"

#include <string.h>

#include "app/document/document.h"
#include "engine/models/florence2/tasks.h"
#include "tests/unit/answer-fixture.h"

#define WIDTH  7
#define HEIGHT 5

static MonocleImage *
make_image (guint width, guint height)
{
  g_autofree guint8 *pixels = g_malloc (width * height * 3);

  for (guint i = 0; i < width * height * 3; i++)
    pixels[i] = (guint8) i;
  return monocle_image_new_from_pixels (width, height, width * 3, pixels, NULL);
}

static MonocleDocument *
open_document (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/pictures/street.jpg");
  g_autoptr (MonocleImage) image = make_image (WIDTH, HEIGHT);

  return monocle_document_new (file, "street.jpg", image);
}

static MonocleAnnotation *
draw (MonocleDocument *document, float x)
{
  const MonocleBox box = { x, 1, x + 2, 3 };
  g_autoptr (MonocleAnnotation) region = monocle_annotation_new_region (&box, NULL);

  monocle_document_add_region (document, region);
  return region;
}

static MonocleQuery *
ask (MonocleDocument *document, const char *task)
{
  const MonocleObject objects[] = { box_object ("a", 0, 0, 1, 2), box_object ("b", 1, 1, 2, 4),
                                    box_object ("c", 2, 0, 3, 5) };
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task (task), NULL, NULL, 0, NULL);

  monocle_document_add_query (document, query);
  monocle_query_start (query, NULL, monocle_document_get_rotation (document));
  finish_one (query, answer_with (objects, G_N_ELEMENTS (objects)));
  return query;
}

/* All of it that a person sees, in words. */
static char *
describe (MonocleDocument *self)
{
  GString *text = g_string_new (NULL);
  GListModel *regions = monocle_document_get_regions (self);
  GListModel *queries = monocle_document_get_queries (self);
  MonocleImage *image = monocle_document_get_image (self);

  g_string_append_printf (text, "%u x %u, turned %u\n", monocle_document_get_width (self),
                          monocle_document_get_height (self), monocle_document_get_rotation (self));
  if (image)
    {
      g_autofree char *sum = g_compute_checksum_for_data (
          G_CHECKSUM_MD5, monocle_image_get_pixels (image),
          (gsize) monocle_image_get_width (image) * monocle_image_get_height (image) * 3);

      g_assert_cmpuint (monocle_image_get_width (image), ==,
                        monocle_document_get_shown_width (self));
      g_assert_cmpuint (monocle_image_get_height (image), ==,
                        monocle_document_get_shown_height (self));
      g_string_append_printf (text, "%s\n", sum);
    }
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);
      MonocleBox box = monocle_shape_get_box (monocle_annotation_get_shape (region));

      g_string_append_printf (text, "region %p %g %g %g %g\n", (gpointer) region, (double) box.x1,
                              (double) box.y1, (double) box.x2, (double) box.y2);
    }
  for (guint i = 0; i < g_list_model_get_n_items (queries); i++)
    {
      g_autoptr (MonocleQuery) query = g_list_model_get_item (queries, i);

      g_string_append_printf (text, "query %p\n", (gpointer) query);
      for (guint k = 0; k < count_annotations (query); k++)
        {
          MonocleAnnotation *annotation = peek_annotation (query, k);
          MonocleRect bounds = monocle_annotation_get_bounds (annotation);

          g_string_append_printf (text, " %p %s %g %g %g %g\n", (gpointer) annotation,
                                  monocle_annotation_get_label (annotation), bounds.x, bounds.y,
                                  bounds.width, bounds.height);
        }
    }

  return g_string_free (text, FALSE);
}

/* What the document was like after each step; all of them back, and again, and back. */
typedef struct
{
  MonocleDocument *document;
  GPtrArray *states; /* of strings */
} Story;

static void
tell (Story *story)
{
  char *state = describe (story->document);

  if (story->states->len > 0)
    g_assert_cmpstr (state, !=, story->states->pdata[story->states->len - 1]);
  g_ptr_array_add (story->states, state);
}

static void
assert_story (Story *story, guint index)
{
  g_autofree char *state = describe (story->document);

  g_assert_cmpstr (state, ==, story->states->pdata[index]);
}

static void
walk (Story *story)
{
  MonocleUndo *undo = monocle_document_get_undo (story->document);

  for (guint round = 0; round < 2; round++)
    {
      for (guint i = story->states->len - 1; i > 0; i--)
        {
          g_assert_true (monocle_undo_undo (undo));
          assert_story (story, i - 1);
        }
      g_assert_false (monocle_undo_undo (undo));
      for (guint i = 1; i < story->states->len; i++)
        {
          g_assert_true (monocle_undo_redo (undo));
          assert_story (story, i);
        }
      g_assert_false (monocle_undo_redo (undo));
    }
}

static void
begin (Story *story)
{
  story->document = open_document ();
  story->states = g_ptr_array_new_with_free_func (g_free);
}

static void
end (Story *story)
{
  g_ptr_array_unref (story->states);
  g_assert_finalize_object (story->document);
}

static void
assert_undo_title (MonocleDocument *document, const char *title)
{
  g_assert_cmpstr (monocle_undo_get_undo_title (monocle_document_get_undo (document)), ==, title);
}

static void
remove_regions (MonocleDocument *document, MonocleAnnotation *first, MonocleAnnotation *second)
{
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();

  g_ptr_array_add (regions, first);
  if (second)
    g_ptr_array_add (regions, second);
  monocle_document_remove_regions (document, regions);
}

static void
move (MonocleDocument *document, MonocleAnnotation *region, float x)
{
  const MonocleMatrix way = { .xx = 1, .yy = 1, .x0 = (double) x };
  g_autoptr (MonocleShape) before = monocle_shape_ref (monocle_annotation_get_shape (region));
  g_autoptr (MonocleShape) there = monocle_shape_transform (before, &way);

  monocle_annotation_set_shape (region, there);
  monocle_document_note_shape (document, MONOCLE_VERB_MOVE, region, before, TRUE);
}

static void
test_undo_regions (void)
{
  Story story;
  MonocleAnnotation *regions[4];

  begin (&story);
  tell (&story);
  for (guint i = 0; i < 4; i++)
    {
      regions[i] = draw (story.document, (float) i);
      tell (&story);
    }
  assert_undo_title (story.document, "Draw Region");

  move (story.document, regions[2], 1.5f);
  assert_undo_title (story.document, "Move Region");
  tell (&story);
  remove_regions (story.document, regions[3], regions[1]);
  assert_undo_title (story.document, "Delete Regions");
  tell (&story);
  monocle_document_rotate (story.document, 1);
  tell (&story);
  remove_regions (story.document, regions[0], NULL);
  assert_undo_title (story.document, "Delete Region");
  tell (&story);
  monocle_document_rotate (story.document, 3);
  tell (&story);

  walk (&story);
  end (&story);
}

/* Several that are not the last come back where they were, in their order. */
static void
test_undo_order (void)
{
  Story story;
  MonocleAnnotation *regions[5];
  g_autoptr (GPtrArray) removed = g_ptr_array_new ();

  begin (&story);
  tell (&story);
  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      regions[i] = draw (story.document, (float) i);
      tell (&story);
    }
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (removed, regions[i]);
  monocle_document_remove_regions (story.document, removed);
  tell (&story);

  walk (&story);
  end (&story);
}

static void
remove_annotations (MonocleDocument *document, MonocleQuery *query, guint first, guint last)
{
  g_autoptr (GPtrArray) annotations = g_ptr_array_new ();

  for (guint i = first; i <= last; i++)
    g_ptr_array_add (annotations, peek_annotation (query, i));
  monocle_document_remove_annotations (document, query, annotations);
}

static void
test_undo_queries (void)
{
  Story story;
  MonocleQuery *queries[3];

  begin (&story);
  for (guint i = 0; i < 3; i++)
    queries[i] = ask (story.document, "detect");
  assert_undo_title (story.document, NULL);
  tell (&story);

  remove_annotations (story.document, queries[0], 0, 1);
  assert_undo_title (story.document, "Delete Objects");
  tell (&story);
  remove_annotations (story.document, queries[1], 1, 1);
  assert_undo_title (story.document, "Delete Object");
  tell (&story);
  monocle_document_rotate (story.document, 1);
  assert_undo_title (story.document, "Turn Picture");
  tell (&story);
  monocle_document_remove_query (story.document, queries[1]);
  assert_undo_title (story.document, "Delete Answer");
  tell (&story);
  monocle_document_rotate (story.document, 2);
  tell (&story);
  monocle_document_clear_queries (story.document);
  assert_undo_title (story.document, "Delete All Answers");
  tell (&story);

  walk (&story);
  end (&story);
}

/* What was not there, or did not change, is no step. */
static void
test_no_steps (void)
{
  MonocleDocument *document = open_document (), *other = open_document ();
  MonocleQuery *query = ask (other, "detect");
  MonocleAnnotation *region = draw (other, 1);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();

  monocle_document_remove_query (document, query);
  monocle_document_clear_queries (document);
  remove_regions (document, region, NULL);
  monocle_document_note_shape (document, MONOCLE_VERB_MOVE, region,
                               monocle_annotation_get_shape (region), TRUE);
  monocle_document_remove_annotations (document, query, nothing);
  monocle_document_rotate (document, 4);
  assert_undo_title (document, NULL);
  g_assert_false (monocle_document_has_work (document));
  g_assert_true (monocle_document_has_work (other));

  g_assert_finalize_object (document);
  g_assert_finalize_object (other);
}

static void
test_nudges (void)
{
  MonocleDocument *document = open_document ();
  MonocleUndo *undo = monocle_document_get_undo (document);
  MonocleAnnotation *region = draw (document, 1), *other = draw (document, 2);

  for (guint i = 0; i < 5; i++)
    move (document, region, 0.5f);
  monocle_undo_undo (undo);
  assert_near (monocle_shape_get_box (monocle_annotation_get_shape (region)).x1, 1);
  assert_undo_title (document, "Draw Region");
  monocle_undo_redo (undo);
  assert_near (monocle_shape_get_box (monocle_annotation_get_shape (region)).x1, 3.5f);

  move (document, other, 1);
  move (document, region, 1);
  monocle_undo_undo (undo);
  assert_near (monocle_shape_get_box (monocle_annotation_get_shape (region)).x1, 3.5f);
  monocle_undo_undo (undo);
  assert_near (monocle_shape_get_box (monocle_annotation_get_shape (other)).x1, 2);

  /* After a while it is another step. */
  move (document, region, 1);
  g_usleep (1100000);
  move (document, region, 1);
  monocle_undo_undo (undo);
  assert_near (monocle_shape_get_box (monocle_annotation_get_shape (region)).x1, 4.5f);
  g_assert_finalize_object (document);
}

/* Regions and objects go together, in one step, and come back to where they were; an answer with
 * all shapes. */
static void
test_move_together (void)
{
  static const double corners[] = { 5, 5, 9, 5, 9, 8, 5, 8 };
  static const double triangle[] = { 10, 10, 20, 10, 15, 20 };
  const MonocleRing ring = { triangle, 3, MONOCLE_RING_OUTER };
  const MonocleObject objects[] = {
    box_object ("box", 1, 2, 3, 4),
    { .label = (char *) "text", .shape = quad_shape (corners) },
    { .label = (char *) "outline", .shape = rings_shape (&ring, 1) },
  };
  MonocleDocument *document = open_document ();
  MonocleUndo *undo = monocle_document_get_undo (document);
  MonocleAnnotation *region = draw (document, 1);
  MonocleBox place = monocle_shape_get_box (monocle_annotation_get_shape (region)), box;
  g_autoptr (MonocleQuery) query
      = monocle_query_new (monocle_florence2_find_task ("detect"), NULL, NULL, 0, NULL);
  g_autoptr (GPtrArray) regions = g_ptr_array_new ();
  g_autoptr (GPtrArray) annotations = g_ptr_array_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new ();

  monocle_query_start (query, NULL, 0);
  finish_one (query, answer_with (objects, 3));
  monocle_document_add_query (document, query);
  g_ptr_array_add (regions, region);
  g_ptr_array_add (all, region);
  for (guint i = 0; i < 3; i++)
    {
      g_ptr_array_add (annotations, peek_annotation (query, i));
      g_ptr_array_add (all, peek_annotation (query, i));
    }

  monocle_document_move (document, all, 0, 0);
  assert_undo_title (document, "Draw Region");
  monocle_document_move (document, all, 3, 0);
  monocle_document_move (document, all, 1, 2);
  assert_undo_title (document, "Move Objects and Regions");
  assert_bounds (annotations->pdata[0], 5, 4, 2, 2);
  assert_bounds (annotations->pdata[1], 9, 7, 4, 3);
  assert_bounds (annotations->pdata[2], 14, 12, 10, 10);
  box = monocle_shape_get_box (monocle_annotation_get_shape (region));
  assert_near (box.x1, place.x1 + 4);
  assert_near (box.y2, place.y2 + 2);
  monocle_undo_undo (undo);
  assert_bounds (annotations->pdata[0], 1, 2, 2, 2);
  assert_bounds (annotations->pdata[1], 5, 5, 4, 3);
  assert_bounds (annotations->pdata[2], 10, 10, 10, 10);
  box = monocle_shape_get_box (monocle_annotation_get_shape (region));
  g_assert_cmpmem (&box, sizeof box, &place, sizeof place);
  monocle_undo_redo (undo);
  assert_bounds (annotations->pdata[2], 14, 12, 10, 10);

  monocle_document_remove (document, regions, query, annotations);
  assert_undo_title (document, "Delete Objects and Regions");
  g_assert_cmpuint (count_annotations (query), ==, 0);
  monocle_undo_undo (undo);
  g_assert_cmpuint (count_annotations (query), ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_regions (document)), ==, 1);
  g_assert_finalize_object (document);
}

/* An answer that comes while others are deleted stays when they are put back. */
static void
test_new_answer (void)
{
  MonocleDocument *document = open_document ();
  MonocleQuery *old = ask (document, "detect"), *new;
  g_autoptr (GObject) first = NULL, second = NULL;

  monocle_document_clear_queries (document);
  new = ask (document, "caption");
  monocle_undo_undo (monocle_document_get_undo (document));
  first = g_list_model_get_item (monocle_document_get_queries (document), 0);
  second = g_list_model_get_item (monocle_document_get_queries (document), 1);
  g_assert_true (first == G_OBJECT (old));
  g_assert_true (second == G_OBJECT (new));
  monocle_undo_redo (monocle_document_get_undo (document));
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_queries (document)), ==, 1);
  g_clear_object (&first);
  g_clear_object (&second);
  g_assert_finalize_object (document);
}

static void
count_notify (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

/* How it is shown turns, and nothing that lies on it. */
static void
test_rotate (void)
{
  MonocleDocument *document = open_document ();
  MonocleQuery *query = ask (document, "detect");
  MonocleMatrix turn;
  double x = 0, y = 0;
  g_autofree char *before = NULL, *after = NULL;
  guint n_notified = 0;

  draw (document, 3);
  before = describe (document);
  g_signal_connect (document, "notify::image", G_CALLBACK (count_notify), &n_notified);
  monocle_document_rotate (document, 1);
  g_assert_cmpuint (n_notified, ==, 1);
  g_assert_cmpuint (monocle_document_get_width (document), ==, WIDTH);
  g_assert_cmpuint (monocle_document_get_height (document), ==, HEIGHT);
  g_assert_cmpuint (monocle_document_get_shown_width (document), ==, HEIGHT);
  g_assert_cmpuint (monocle_document_get_shown_height (document), ==, WIDTH);
  assert_bounds (peek_annotation (query, 0), 0, 0, 1, 2);
  turn = monocle_document_get_turn (document);
  monocle_matrix_map (&turn, &x, &y);
  g_assert_cmpfloat (x, ==, HEIGHT);
  g_assert_cmpfloat (y, ==, 0);
  for (guint i = 0; i < 3; i++)
    monocle_document_rotate (document, 1);
  after = describe (document);
  g_assert_cmpstr (before, ==, after);
  g_assert_finalize_object (document);
}

static void
test_drop (void)
{
  MonocleDocument *document = open_document ();
  g_autoptr (MonocleImage) image = make_image (WIDTH, HEIGHT), other = make_image (HEIGHT, WIDTH);
  g_autofree char *before = NULL, *dropped = NULL, *after = NULL;
  MonocleQuery *query;

  monocle_document_rotate (document, 1);
  query = ask (document, "detect");
  draw (document, 1);
  monocle_document_rotate (document, 2);
  before = describe (document);

  monocle_document_drop_image (document);
  g_assert_null (monocle_document_get_image (document));
  dropped = describe (document);
  g_assert_true (strstr (dropped, "region") && strstr (dropped, "query"));

  /* Turned meanwhile, and back. */
  monocle_document_rotate (document, 1);
  g_assert_cmpuint (monocle_document_get_shown_width (document), ==, WIDTH);
  g_assert_cmpuint (monocle_document_get_width (document), ==, WIDTH);
  monocle_undo_undo (monocle_document_get_undo (document));

  monocle_document_set_image (document, image);
  after = describe (document);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (count_annotations (query), ==, 3);

  /* Another picture. */
  monocle_document_set_image (document, other);
  g_assert_false (monocle_document_has_work (document));
  g_assert_cmpuint (monocle_document_get_rotation (document), ==, 0);
  g_assert_cmpuint (monocle_document_get_width (document), ==, HEIGHT);
  g_assert_true (monocle_document_get_image (document) == other);
  assert_undo_title (document, NULL);
  g_assert_finalize_object (document);

  /* A pasted picture could not be read again. */
  document = monocle_document_new (NULL, "Pasted", image);
  monocle_document_drop_image (document);
  g_assert_true (monocle_document_get_image (document) == image);
  g_assert_finalize_object (document);
}

/* Whoever keeps the steps can do no harm when the document is gone. */
static void
test_undo_alone (void)
{
  MonocleDocument *document = open_document ();
  g_autoptr (MonocleUndo) undo = g_object_ref (monocle_document_get_undo (document));

  draw (document, 1);
  monocle_document_rotate (document, 1);
  g_assert_finalize_object (document);
  g_assert_false (monocle_undo_undo (undo));
}

/* What is the person's own comes along from what the picture was before, to its size, as a step. */
static void
test_take_over (void)
{
  g_autoptr (MonocleDocument) former = open_document ();
  g_autoptr (MonocleImage) larger = make_image (WIDTH * 2, HEIGHT * 3);
  g_autoptr (MonocleDocument) document = monocle_document_new (NULL, "larger", larger);
  g_autoptr (GPtrArray) named = g_ptr_array_new ();
  g_autoptr (MonocleAnnotation) copy = NULL;
  GListModel *regions = monocle_document_get_regions (document);
  MonocleAnnotation *first = draw (former, 1);
  MonocleRect bounds;

  draw (former, 3);
  ask (former, "detect");
  monocle_document_set_done (former, TRUE);
  g_ptr_array_add (named, first);
  monocle_document_set_label (former, named, "cat");
  g_assert_cmpuint (monocle_document_take_over (document, former), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (regions), ==, 2);
  g_assert_cmpuint (g_list_model_get_n_items (monocle_document_get_queries (document)), ==, 0);
  g_assert_false (monocle_document_is_done (document));
  copy = g_list_model_get_item (regions, 0);
  g_assert_true (copy != first);
  g_assert_cmpuint (monocle_annotation_get_id (copy), !=, monocle_annotation_get_id (first));
  g_assert_cmpstr (monocle_annotation_get_label (copy), ==, "cat");
  bounds = monocle_annotation_get_bounds (copy);
  g_assert_cmpfloat (bounds.x, ==, 2);
  g_assert_cmpfloat (bounds.y, ==, 3);
  g_assert_cmpfloat (bounds.width, ==, 4);
  g_assert_cmpfloat (bounds.height, ==, 6);
  /* The other one stays as it is. */
  bounds = monocle_annotation_get_bounds (first);
  g_assert_cmpfloat (bounds.width, ==, 2);
  g_assert_cmpstr (monocle_undo_get_undo_title (monocle_document_get_undo (document)), ==,
                   "Take Over Earlier Work");
  monocle_undo_undo (monocle_document_get_undo (document));
  g_assert_cmpuint (g_list_model_get_n_items (regions), ==, 0);
  g_assert_false (monocle_document_has_work (document));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/document/undo/regions", test_undo_regions);
  g_test_add_func ("/document/undo/undo-order", test_undo_order);
  g_test_add_func ("/document/undo/queries", test_undo_queries);
  g_test_add_func ("/document/undo/no-steps", test_no_steps);
  g_test_add_func ("/document/undo/nudges", test_nudges);
  g_test_add_func ("/document/undo/move-together", test_move_together);
  g_test_add_func ("/document/undo/new-answer", test_new_answer);
  g_test_add_func ("/document/undo/alone", test_undo_alone);
  g_test_add_func ("/document/take-over", test_take_over);
  g_test_add_func ("/document/rotate", test_rotate);
  g_test_add_func ("/document/drop", test_drop);
  return g_test_run ();
}
