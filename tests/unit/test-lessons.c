/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a model is to write, as tokens: 500 answers of all kinds, with places at the edges, against
 * what the reference makes of the same (tests/reference/make_lessons.py).
 */
#include "config.h"

#include <string.h>

#include "engine/checkpoint/npy.h"
#include "engine/models/florence2/tasks.h"
#include "engine/models/lessons.h"
#include "engine/text/tokenizer.h"
#include "tests/fixture.h"

#define N_ANSWERS 500

/* The same everywhere: hashed counters. */
typedef struct
{
  guint seed, at;
} Numbers;

static guint
draw_below (Numbers *numbers, guint n)
{
  guint32 h = (++numbers->at + numbers->seed * 7919) * 2654435761u;

  h = (h ^ h >> 16) * 2246822519u;
  return (h >> 8) % n;
}

static char *
draw_words (Numbers *numbers)
{
  static const char *const words[]
      = { "granny smith", "Apfel", "苹果", "t-shirt",           "3,5 kg",
          "a dog’s toy",  "É",     "x",    "under  the\ttable", "1 < 2" };
  GString *drawn = g_string_new (NULL);

  for (guint n = 1 + draw_below (numbers, 3); n > 0; n--)
    g_string_append_printf (drawn, "%s%s", drawn->len > 0 ? " " : "",
                            words[draw_below (numbers, G_N_ELEMENTS (words))]);
  return g_string_free (drawn, FALSE);
}

/* Quarters of pixels, often on the edge. */
static MonocleLessonObject
draw_object (Numbers *numbers, const guint sides[2])
{
  MonocleLessonObject object = { .words = draw_words (numbers) };

  for (guint i = 0; i < G_N_ELEMENTS (object.corners); i++)
    {
      const guint side = sides[i % 2], edge = draw_below (numbers, 6);
      const guint at = draw_below (numbers, 4 * side + 1);

      object.corners[i] = edge == 0 ? 0 : edge == 1 ? side : at / 4.0;
    }
  return object;
}

/* Whether answers to @task are of that kind, of which there are four. */
static gboolean
is_of_kind (const MonocleTask *task, guint kind)
{
  switch (monocle_florence2_task_get_grammar (task))
    {
    case MONOCLE_GRAMMAR_TEXT:
      return kind == MONOCLE_LESSON_DESCRIBE;
    case MONOCLE_GRAMMAR_PROPOSALS:
      return kind == MONOCLE_LESSON_PLACE;
    case MONOCLE_GRAMMAR_QUADS:
      return kind == MONOCLE_LESSON_READ;
    case MONOCLE_GRAMMAR_POLYGONS:
      return FALSE;
    case MONOCLE_GRAMMAR_BOXES:
    case MONOCLE_GRAMMAR_PHRASES:
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
    default:
      return kind == MONOCLE_LESSON_FIND;
    }
}

/* (transfer full): the answer of that number, which all tasks of its kind have in common. */
static char *
write_answer (guint number, const GPtrArray *tasks)
{
  const guint kind = number % MONOCLE_N_LESSON_KINDS;
  Numbers numbers = { .seed = number };
  const guint width = 1 + draw_below (&numbers, 4000), height = 1 + draw_below (&numbers, 4000);
  const guint sides[] = { width, height };
  const guint n = kind == MONOCLE_LESSON_DESCRIBE ? 0 : draw_below (&numbers, 5);
  g_autofree char *words = kind == MONOCLE_LESSON_DESCRIBE ? draw_words (&numbers) : NULL;
  g_autofree char *answer = NULL;
  MonocleLessonObject objects[4];

  for (guint i = 0; i < n; i++)
    objects[i] = draw_object (&numbers, sides);
  for (guint i = 0; i < tasks->len; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *other = NULL;

      if (!is_of_kind (tasks->pdata[i], kind))
        continue;
      other
          = monocle_lesson_write_answer (tasks->pdata[i], words, objects, n, width, height, &error);
      g_assert_no_error (error);
      if (!answer)
        answer = g_steal_pointer (&other);
      else
        g_assert_cmpstr (answer, ==, other);
    }
  for (guint i = 0; i < n; i++)
    g_free (objects[i].words);
  g_assert_nonnull (answer);
  return g_steal_pointer (&answer);
}

static guint32
fold (const GArray *ids)
{
  guint32 h = 2166136261u;

  for (guint i = 0; i < ids->len; i++)
    h = (h ^ g_array_index (ids, guint32, i)) * 16777619u;
  return h >> 8;
}

static void
test_tokens (void)
{
  g_autofree char *directory = g_test_build_filename (G_TEST_BUILT, "fixtures", "florence-2", NULL);
  g_autofree char *path = fixture_dup_path ("training/lessons.npy");
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (directory, &error);
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  g_autoptr (MonocleNpy) golden = monocle_npy_read (path, &error);

  g_assert_no_error (error);
  g_assert_true (golden->i32 && golden->n_elements == N_ANSWERS);
  monocle_florence2_add_tokens (tokenizer);
  monocle_florence2_list_tasks (tasks);
  for (guint i = 0; i < N_ANSWERS; i++)
    {
      g_autofree char *answer = write_answer (i, tasks);
      g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, answer, MONOCLE_SPECIALS_WRAP);

      if (fold (ids) != (guint32) golden->i32[i])
        g_error ("%u: other tokens than those of the reference: %s", i, answer);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lessons/tokens", test_tokens);
  return g_test_run ();
}
