/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Pictures that are encoded side by side: each answer is that of its picture alone, whichever way a
 * set goes.
 */
#include "config.h"

#include "golden.h"
#include "pace-test.h"

typedef enum
{
  SIDE_BY_SIDE,
  ALONE,    /* the family has no other way */
  GIVEN_UP, /* this model's shapes do not allow it: its grids do not begin where buffers can */
} Way;

typedef struct
{
  const char *model;
  const char *task;
  const char *text; /* (nullable) */
  Way way;
} Case;

static const Case cases[] = {
  { "clip/clip-quick", "classify", "cat, dog, a red car", SIDE_BY_SIDE },
  { "clip/siglip", "classify", "cat, dog, a red car", SIDE_BY_SIDE },
  { "clip/siglip2-naflex", "classify", "cat, dog, a red car", ALONE },
  { "models/original-64", "caption", NULL, SIDE_BY_SIDE },
  { "models/native-96", "detect", NULL, GIVEN_UP },
};

/* Pictures like no other. (transfer full) */
static MonocleSession *
open_striped (MonocleModel *model, guint which)
{
  const guint width = 40 + which, height = 50;
  g_autofree guint8 *pixels = g_new (guint8, 3 * width * height);
  g_autoptr (MonocleImage) image = NULL;

  for (guint i = 0; i < 3 * width * height; i++)
    pixels[i] = (guint8) (i * (7 + which) + i / (3 * width) * 11);
  image = monocle_image_new_from_pixels (width, height, 3 * width, pixels, NULL);
  return monocle_session_new (model, image);
}

static MonocleRun *
ask (MonocleSession *session, const Case *of)
{
  GPtrArray *tasks = monocle_model_list_tasks (monocle_session_get_model (session));
  MonocleRequest request = { .text = of->text, .max_tokens = 8 };

  for (guint i = 0; i < tasks->len; i++)
    if (g_str_equal (((const MonocleTask *) tasks->pdata[i])->id, of->task))
      request.task = tasks->pdata[i];
  return test_run_or_die (session, &request);
}

/* What encoding took is told, whenever that was. Returns: it */
static double
check_same (MonocleSession *session, MonocleSession *alone, const Case *of)
{
  g_autoptr (MonocleRun) found = ask (session, of), wanted = ask (alone, of);
  const MonocleResult *a = found->results->pdata[0], *b = wanted->results->pdata[0];

  g_assert_cmpfloat (found->encode_ms, >, 0);
  g_assert_cmpuint (found->n_tokens, ==, wanted->n_tokens);
  g_assert_cmpuint (monocle_result_get_n_parts (a), ==, monocle_result_get_n_parts (b));
  g_assert_cmpfloat_with_epsilon (monocle_result_get_score (a), monocle_result_get_score (b),
                                  1e-5f);
  for (guint i = 0; i < monocle_result_get_n_parts (a); i++)
    {
      const MonoclePart *here = monocle_result_get_part (a, i);
      const MonoclePart *there = monocle_result_get_part (b, i);

      g_assert_cmpint (here->kind, ==, there->kind);
      if (here->kind == MONOCLE_PART_TEXT)
        g_assert_cmpstr (here->text, ==, there->text);
      else if (here->kind == MONOCLE_PART_OBJECT)
        g_assert_cmpstr (here->object->label, ==, there->object->label);
      else
        {
          g_assert_cmpstr (here->rank, ==, there->rank);
          g_assert_cmpfloat_with_epsilon (here->score, there->score, 1e-5f);
        }
    }
  return found->encode_ms;
}

/* Returns: whether they went side by side: what that took is spread over them, and one by one each
 * has its own */
static gboolean
look_at_set (MonocleModel *model,
             const Case *of,
             MonocleTogetherWay way,
             guint first,
             guint n,
             gboolean again)
{
  g_autoptr (GPtrArray) sessions = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GError) error = NULL;
  double least = 0, most = 0;

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (sessions, open_striped (model, first + i));
  for (guint i = 0; i < (again ? 2 : 1); i++)
    {
      g_autoptr (GAsyncResult) result = NULL;

      monocle_together_look_async ((MonocleSession *const *) sessions->pdata, n,
                                   MONOCLE_DETAIL_AUTO, way, NULL, test_take_result, &result);
      g_assert_true (monocle_together_look_finish (test_wait (&result), &error));
      g_assert_no_error (error);
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (MonocleSession) alone = open_striped (model, first + i);
      const double took = check_same (sessions->pdata[i], alone, of);

      least = i == 0 ? took : MIN (least, took);
      most = MAX (most, took);
    }
  return !(most > least);
}

/* From the first set on, and nothing is measured. */
static void
test_always (void)
{
  const Case *of = &cases[3];
  g_autoptr (MonocleModel) model = test_load_fixture (of->model, MONOCLE_PRECISION_F32);
  const guint n = monocle_model_get_n_together (model);

  g_assert_false (look_at_set (model, of, MONOCLE_TOGETHER_ALWAYS, 0, n - 1, FALSE));
  g_assert_true (look_at_set (model, of, MONOCLE_TOGETHER_ALWAYS, 0, n, FALSE));
  g_assert_cmpuint (test_get_pace (model).n_sets, ==, 0);
}

/* A model that cannot is not tried again. */
static void
test_never (void)
{
  const Case *of = &cases[4];
  g_autoptr (MonocleModel) model = test_load_fixture (of->model, MONOCLE_PRECISION_F32);
  const guint n = monocle_model_get_n_together (model);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_false (look_at_set (model, of, MONOCLE_TOGETHER_ALWAYS, 10 * i, n, FALSE));
      g_assert_cmpuint (test_get_pace (model).n_sets, ==, 4);
    }
}

/* Both ways are tried, then the quicker one counts. */
static void
test_sets (gconstpointer data)
{
  const Case *of = data;
  g_autoptr (MonocleModel) model = test_load_fixture (of->model, MONOCLE_PRECISION_F32);
  const guint n = monocle_model_get_n_together (model);
  MonoclePace pace, later;

  g_assert_true ((n == 1) == (of->way == ALONE));
  look_at_set (model, of, MONOCLE_TOGETHER_AS_QUICKER, 0, n == 1 ? 2 : n - 1, FALSE);
  g_assert_cmpuint (test_get_pace (model).n_sets, ==, 0);
  if (n == 1)
    return;
  for (guint set = 0; set < 4; set++)
    {
      look_at_set (model, of, MONOCLE_TOGETHER_AS_QUICKER, 10 * set, n, set == 2);
      pace = test_get_pace (model);
      g_assert_cmpuint (pace.n_sets, ==, of->way == GIVEN_UP && set >= 2 ? 4 : set + 1);
      g_assert_true ((pace.together_us > 0) == (of->way == SIDE_BY_SIDE && set >= 2));
    }
  look_at_set (model, of, MONOCLE_TOGETHER_AS_QUICKER, 100, n, FALSE);
  later = test_get_pace (model);
  g_assert_cmpuint (later.n_sets, ==, pace.n_sets);
  g_assert_cmpfloat (later.alone_us, ==, pace.alone_us);
  g_assert_cmpfloat (later.together_us, ==, pace.together_us);
}

/* Nobody waits for a set that is not wanted any more; its sessions can be asked all the same. */
static void
test_stopped (void)
{
  g_autoptr (MonocleModel) model = test_load_fixture (cases[0].model, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = open_striped (model, 1), alone = open_striped (model, 1);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  monocle_together_look_async (&session, 1, MONOCLE_DETAIL_AUTO, MONOCLE_TOGETHER_AS_QUICKER,
                               cancellable, test_take_result, &result);
  g_assert_false (monocle_together_look_finish (test_wait (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  check_same (session, alone, &cases[0]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/together/", cases[i].model, NULL);

      g_test_add_data_func (path, &cases[i], test_sets);
    }
  g_test_add_func ("/together/always", test_always);
  g_test_add_func ("/together/never", test_never);
  g_test_add_func ("/together/stopped", test_stopped);
  return test_end (g_test_run ());
}
