/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Anything that a person can do to a document, by chance: each verb that there is.
 */
#pragma once

#include "app/document/versions.h"
#include "app/json/work-file.h"
#include "tests/unit/keep-fixture.h"

/* What a step is done to. */
typedef struct
{
  MonocleDocument *document;
  GRand *rand;
  GListModel *regions;
  MonocleQuery *query; /* (nullable) */
  GPtrArray *some;     /* of the regions */
  GPtrArray *found;    /* of the objects of the query */
} Step;

static inline const char *
pick_word (GRand *rand)
{
  static const char *const words[] = { "tree", "", "cat", "caf\303\251" };

  return words[g_rand_int_range (rand, 0, G_N_ELEMENTS (words))];
}

static inline MonocleAnnotation *
pick_region (Step *step)
{
  const int n = (int) count_items (step->regions);

  return n > 0 ? peek (step->regions, (guint) g_rand_int_range (step->rand, 0, n)) : NULL;
}

static inline void
step_draw (Step *step)
{
  draw (step->document, (float) g_rand_int_range (step->rand, 0, 60));
}

static inline void
step_remove (Step *step)
{
  monocle_document_remove (step->document, step->some, step->query, step->found);
}

static inline void
step_move (Step *step)
{
  monocle_document_move (step->document, g_rand_boolean (step->rand) ? step->some : step->found,
                         g_rand_int_range (step->rand, -2, 3), 1);
}

static inline void
step_name (Step *step)
{
  monocle_document_set_label (step->document, step->some, pick_word (step->rand));
}

static inline void
step_say (Step *step)
{
  monocle_document_set_attribute (
      step->document, step->some, "season",
      g_rand_boolean (step->rand) ? g_variant_new_string (pick_word (step->rand)) : NULL);
}

static inline void
step_duplicate (Step *step)
{
  if (count_items (step->regions) < 40)
    monocle_document_duplicate (step->document, step->some, 1, 1);
}

static inline void
step_keep (Step *step)
{
  if (step->query)
    monocle_document_keep (step->document, step->query, step->found);
}

static inline void
step_turn (Step *step)
{
  monocle_document_rotate (step->document, (guint) g_rand_int_range (step->rand, 1, 4));
}

static inline void
step_merge (Step *step)
{
  if (step->some->len > 3)
    g_ptr_array_set_size (step->some, 3);
  monocle_document_merge (step->document, step->some);
}

static inline void
step_split (Step *step)
{
  if (count_items (step->regions) < 40)
    monocle_document_split (step->document, step->some);
}

static inline void
step_finish (Step *step)
{
  monocle_document_set_done (step->document, g_rand_boolean (step->rand));
}

static inline void
step_correct (Step *step)
{
  if (step->query)
    monocle_document_correct (step->document, step->query, 0, pick_word (step->rand));
}

static inline void
step_remove_answer (Step *step)
{
  if (step->query && g_rand_int_range (step->rand, 0, 3) == 0)
    monocle_document_remove_query (step->document, step->query);
}

static inline void
step_clear (Step *step)
{
  if (g_rand_int_range (step->rand, 0, 9) == 0)
    monocle_document_clear_queries (step->document);
}

static inline void
step_reshape (Step *step)
{
  MonocleAnnotation *region = pick_region (step);
  g_autoptr (GPtrArray) picked = g_ptr_array_new ();
  g_autoptr (GPtrArray) before
      = g_ptr_array_new_with_free_func ((GDestroyNotify) monocle_shape_unref);
  g_autoptr (MonocleShape) after = make_triangle (g_rand_int_range (step->rand, 0, 50));

  if (!region)
    return;
  g_ptr_array_add (picked, region);
  g_ptr_array_add (before, monocle_shape_ref (monocle_annotation_get_shape (region)));
  monocle_annotation_set_shape (region, after);
  if (g_rand_boolean (step->rand))
    monocle_document_note_shape (step->document, MONOCLE_VERB_MOVE, region, before->pdata[0], TRUE);
  else
    monocle_document_note_shapes (step->document, MONOCLE_VERB_MOVE, picked, before,
                                  g_rand_boolean (step->rand));
}

/* Something is said, or said in other words. */
static inline void
step_say_more (Step *step)
{
  const guint n = count_items (monocle_document_get_talk (step->document));
  g_autoptr (MonocleSaid) said = make_said (pick_word (step->rand), step->rand);

  monocle_document_say (step->document, said,
                        n > 8 || (n > 0 && g_rand_int_range (step->rand, 0, 3) == 0)
                            ? (guint) g_rand_int_range (step->rand, 0, (int) n)
                            : n);
}

static inline void
step_clear_talk (Step *step)
{
  if (g_rand_int_range (step->rand, 0, 5) == 0)
    monocle_document_clear_talk (step->document);
}

/* Another version of the work: some of what is here as it is, moved, or under another name, some
 * missing, something else. */
static inline MonocleDocument *
make_version (Step *step)
{
  g_autofree guint8 *pixels = g_malloc0 (WIDTH * HEIGHT * 3);
  g_autoptr (MonocleImage) image
      = monocle_image_new_from_pixels (WIDTH, HEIGHT, WIDTH * 3, pixels, NULL);
  MonocleDocument *version = monocle_document_new (NULL, "version", image);

  for (guint i = 0; i < step->some->len; i++)
    {
      MonocleAnnotation *region = step->some->pdata[i];
      g_autoptr (MonocleAnnotation) copy = monocle_annotation_new_own (
          monocle_annotation_get_id (region), monocle_annotation_get_shape (region),
          pick_word (step->rand));
      g_autoptr (GPtrArray) picked = pick (copy);

      monocle_document_add_region (version, copy);
      if (g_rand_boolean (step->rand))
        monocle_document_move (version, picked, 0.5, 0);
    }
  draw (version, (float) g_rand_int_range (step->rand, 0, 60));
  return version;
}

static inline void
step_open (Step *step)
{
  g_autoptr (MonocleDocument) version = make_version (step);
  g_autoptr (MonocleWorkFile) file = NULL;
  g_autoptr (GArray) takes = NULL;

  if (g_rand_int_range (step->rand, 0, 20) == 0)
    ask (version);
  if (g_rand_boolean (step->rand))
    {
      Step other = { .document = version, .rand = step->rand };

      step_say_more (&other);
    }
  file = monocle_work_file_new_of (version);
  takes = monocle_work_file_list_takes (file, step->document);
  monocle_document_take (step->document, MONOCLE_VERB_OPEN, takes, file->queries,
                         g_rand_boolean (step->rand) ? file->talk : NULL,
                         (guint) g_rand_int_range (step->rand, 0, 4), g_rand_boolean (step->rand));
}

static inline void
step_merge_versions (Step *step)
{
  g_autoptr (MonocleDocument) version = make_version (step);
  g_autoptr (GListModel) versions
      = monocle_versions_new (step->regions, monocle_document_get_regions (version));
  g_autoptr (GArray) takes = NULL;

  for (guint i = 0; i < count_items (versions); i++)
    monocle_version_pair_set_choice (peek (versions, i),
                                     (MonocleVersionChoice) g_rand_int_range (step->rand, 0, 3));
  takes = monocle_versions_list_takes (versions);
  monocle_document_take (step->document, MONOCLE_VERB_MERGE_VERSIONS, takes, NULL, NULL,
                         monocle_document_get_rotation (step->document),
                         monocle_document_is_done (step->document));
}

static inline void
step_take_over (Step *step)
{
  g_autoptr (MonocleDocument) version = NULL;

  if (count_items (step->regions) > 40)
    return;
  version = make_version (step);
  monocle_document_take_over (step->document, version);
}

/* One of all that can be done. */
static inline void
do_anything (MonocleDocument *document, GRand *rand)
{
  static void (*const steps[]) (Step *) = {
    step_draw,           step_remove,        step_move,       step_name,  step_say,
    step_duplicate,      step_keep,          step_turn,       step_merge, step_split,
    step_finish,         step_correct,       step_reshape,    step_open,  step_clear,
    step_remove,         step_remove_answer, step_take_over,  step_draw,  step_draw,
    step_merge_versions, step_say_more,      step_clear_talk,
  };
  GListModel *queries = monocle_document_get_queries (document);
  const int n_queries = (int) count_items (queries);
  g_autoptr (GPtrArray) some = g_ptr_array_new ();
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  Step step = { .document = document,
                .rand = rand,
                .regions = monocle_document_get_regions (document),
                .some = some,
                .found = found };

  if (n_queries > 0)
    step.query = peek (queries, (guint) g_rand_int_range (rand, 0, n_queries));
  for (guint i = 0; i < count_items (step.regions); i++)
    if (g_rand_int_range (rand, 0, 3) == 0)
      g_ptr_array_add (some, peek (step.regions, i));
  for (guint i = 0; step.query && i < count_items (monocle_query_get_annotations (step.query)); i++)
    if (g_rand_boolean (rand))
      g_ptr_array_add (found, peek (monocle_query_get_annotations (step.query), i));
  steps[g_rand_int_range (rand, 0, G_N_ELEMENTS (steps))](&step);
}
