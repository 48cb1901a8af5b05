/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which device and precision a model is opened with: a self-check that was never made is made, one
 * that came out wrong closes that way, memory that is too short opens the next; and what is kept of
 * checks, whoever wrote the file.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "app/base/error.h"
#include "app/models/device-memory.h"
#include "app/models/open.h"
#include "engine/vk/budget.h"
#include "engine/vk/kernels.h"
#include "failing.h"
#include "tests/models/gguf-model.h"
#include "tests/models/hashed-qwen25vl.h"
#include "tests/models/model-test.h"

#define F32 MONOCLE_PRECISION_F32
#define F16 MONOCLE_PRECISION_F16
#define Q8  MONOCLE_PRECISION_Q8
#define Q4  MONOCLE_PRECISION_Q4

#define FAULT "Card computes wrongly: matmul is off by 0.5"

static char *
get_path (MonoclePrecision precision)
{
  g_autofree char *name
      = g_strdup_printf ("self-check-%s-%s.ini", monocle_device_get_uuid (test_get_device ()),
                         precision == F16 ? "f16" : "f32");

  return g_build_filename (g_get_user_cache_dir (), "monocle", name, NULL);
}

static void
forget (void)
{
  for (MonoclePrecision precision = F32; precision <= F16; precision++)
    {
      g_autofree char *path = get_path (precision);

      g_remove (path);
    }
}

static void
keep (const char *of_f32, const char *of_f16)
{
  monocle_device_memory_keep (test_get_device (), F32, of_f32);
  monocle_device_memory_keep (test_get_device (), F16, of_f16);
  monocle_device_memory_keep (test_get_device (), Q8, NULL);
  monocle_device_memory_keep (test_get_device (), Q4, NULL);
}

/* --- what is kept ------------------------------------------------------------------------- */

static void
assert_recalled (MonocleVerdict verdict, const char *fault)
{
  g_autofree char *found = NULL;

  g_assert_cmpint (monocle_device_memory_recall (test_get_device (), F32, &found), ==, verdict);
  g_assert_cmpstr (found, ==, fault);
}

static void
test_kept (void)
{
  forget ();
  assert_recalled (MONOCLE_VERDICT_UNKNOWN, NULL);
  monocle_device_memory_keep (test_get_device (), F32, NULL);
  assert_recalled (MONOCLE_VERDICT_RIGHT, NULL);
  g_assert_cmpint (monocle_device_memory_recall (test_get_device (), F16, NULL), ==,
                   MONOCLE_VERDICT_UNKNOWN);
  monocle_device_memory_keep (test_get_device (), F32, FAULT);
  assert_recalled (MONOCLE_VERDICT_WRONG, FAULT);
}

/* Of another driver, another program or other shaders it says nothing. */
static void
test_stale (void)
{
  static const char *const keys[] = { "driver=", "program=", "shaders=" };
  g_autofree char *path = get_path (F32);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *text = NULL, *changed = NULL;
      g_auto (GStrv) parts = NULL;

      monocle_device_memory_keep (test_get_device (), F32, NULL);
      assert_recalled (MONOCLE_VERDICT_RIGHT, NULL);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      parts = g_strsplit (text, keys[i], 2);
      changed = g_strconcat (parts[0], keys[i], "older ", parts[1], NULL);
      g_assert_true (g_file_set_contents (path, changed, -1, NULL));
      assert_recalled (MONOCLE_VERDICT_UNKNOWN, NULL);
    }
}

/* One bit of one build is enough. */
static void
test_shaders (void)
{
  g_autofree MonocleKernel *kernels = g_memdup2 (monocle_kernels, sizeof monocle_kernels);
  MonocleKernel *last = &kernels[MONOCLE_N_KERNELS - 1];
  g_autofree MonocleKernelBuild *builds
      = g_memdup2 (last->builds, last->n_builds * sizeof *last->builds);
  MonocleKernelBuild *build = &builds[last->n_builds - 1];
  g_autofree guint32 *spirv = g_memdup2 (build->spirv, build->spirv_size);
  g_autofree char *same = NULL, *other = NULL;

  last->builds = builds;
  build->spirv = spirv;
  same = monocle_kernels_hash (kernels, MONOCLE_N_KERNELS);
  g_assert_cmpstr (same, ==, monocle_selftest_get_subject ());
  spirv[build->spirv_size / sizeof *spirv - 1] ^= 1u << 31;
  other = monocle_kernels_hash (kernels, MONOCLE_N_KERNELS);
  g_assert_cmpstr (other, !=, same);
}

/* Cut off anywhere, and with any byte changed: never a verdict on something else, never a crash. */
static void
test_hostile (void)
{
  g_autofree char *path = get_path (F32), *text = NULL, *large = g_strnfill (1 << 20, 'x');
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  gsize size;

  monocle_device_memory_keep (test_get_device (), F32, FAULT);
  g_assert_true (g_file_get_contents (path, &text, &size, NULL));
  for (guint i = 0; i < 2000; i++)
    {
      g_autofree char *bytes = g_memdup2 (text, size), *fault = NULL;

      bytes[g_rand_int_range (random, 0, (int) size)] = (char) g_rand_int_range (random, 0, 256);
      g_assert_true (g_file_set_contents (
          path, bytes, i % 2 ? (gssize) size : g_rand_int_range (random, 0, (int) size), NULL));
      if (monocle_device_memory_recall (test_get_device (), F32, &fault) == MONOCLE_VERDICT_WRONG)
        for (const char *c = fault; *c; c++)
          g_assert_false (g_ascii_iscntrl (*c));
      else
        g_assert_null (fault);
    }

  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  assert_recalled (MONOCLE_VERDICT_UNKNOWN, NULL);
  g_remove (path);
  g_assert_no_errno (g_mkdir (path, 0700));
  assert_recalled (MONOCLE_VERDICT_UNKNOWN, NULL);
  /* Nor is that an error. */
  monocle_device_memory_keep (test_get_device (), F32, NULL);
  g_assert_no_errno (g_rmdir (path));
}

/* --- opening ------------------------------------------------------------------------------ */

static guint n_checked; /* progress of a check that was seen */

static void
on_progress (MonocleDevice *checking, double fraction, gpointer user_data)
{
  g_assert_true (fraction >= 0 && fraction <= 1);
  n_checked += checking != NULL;
}

/* How many of the next models find next to nothing free. */
static guint n_short;
static guint64 short_bytes = 2000000;

guint64 __real_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info,
                                                 MonocleVkMemory *memory);
guint64 __wrap_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info,
                                                 MonocleVkMemory *memory);

guint64
__wrap_monocle_vk_budget_get_free_bytes (const MonocleVkGpuInfo *info, MonocleVkMemory *memory)
{
  if (n_short == 0)
    return __real_monocle_vk_budget_get_free_bytes (info, memory);
  n_short--;
  return short_bytes;
}

static char *note; /* of the last model that was opened */
static const char *opened = "models/native-96";
static gboolean is_wish, may_talk;

static MonocleModel *
open_model (MonoclePrecision precision, gboolean is_trusted, GError **error)
{
  g_autofree char *directory
      = g_path_is_absolute (opened) ? g_strdup (opened) : test_fixture (opened);
  const MonocleOpenRequest request = { .name = directory,
                                       .device = monocle_device_get_uuid (test_get_device ()),
                                       .precision = precision,
                                       .is_wish = is_wish,
                                       .may_talk = may_talk,
                                       .is_trusted = is_trusted };
  g_autoptr (GAsyncResult) result = NULL;
  MonocleModel *model;

  n_checked = 0;
  g_clear_pointer (&note, g_free);
  monocle_open_model_async (&request, NULL, on_progress, NULL, test_take_result, &result);
  model = monocle_open_model_finish (test_wait (&result), error);
  if (model)
    note = monocle_open_model_dup_note (result);
  return model;
}

static void
assert_opened (MonoclePrecision wanted, gboolean is_trusted, MonoclePrecision precision)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = open_model (wanted, is_trusted, &error);

  g_assert_no_error (error);
  g_assert_cmpint (monocle_model_get_precision (model), ==, precision);
}

/* The check takes its time once. */
static void
test_first_use (void)
{
  g_autofree char *path = get_path (F32);

  forget ();
  assert_opened (F32, FALSE, F32);
  g_assert_cmpuint (n_checked, >, 0);
  assert_recalled (MONOCLE_VERDICT_RIGHT, NULL);
  assert_opened (F32, FALSE, F32);
  g_assert_cmpuint (n_checked, ==, 0);
}

static void
test_wrong (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = NULL;

  keep (FAULT, NULL);
  model = open_model (F32, FALSE, &error);
  g_assert_null (model);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS);
  g_assert_cmpstr (error->message, ==, FAULT);

  /* By the person's word alone. */
  assert_opened (F32, TRUE, F32);
  /* By result, not by what the device says that it can. */
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  keep (NULL, FAULT);
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F32);

  keep (FAULT, FAULT);
  g_clear_error (&error);
  model = open_model (MONOCLE_PRECISION_AUTO, FALSE, &error);
  g_assert_null (model);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_WRONG_RESULTS);
}

/* What is too large in 32 bits may fit in 16; what was asked for is not changed. */
static void
test_memory (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = NULL;

  keep (NULL, NULL);
  failing_reset ();
  failing_plan ("vkCreateBuffer", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, FALSE);
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  g_assert_cmpuint (failing_get_n_failed (), ==, 1);
  g_assert_nonnull (strstr (note, "too little memory"));

  failing_reset ();
  failing_plan ("vkCreateBuffer", 1, VK_ERROR_OUT_OF_DEVICE_MEMORY, FALSE);
  model = open_model (F32, FALSE, &error);
  g_assert_null (model);
  g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_OUT_OF_MEMORY);
  failing_reset ();
  assert_opened (F32, FALSE, F32);
}

/* What is known before anything is taken: the other precision, which is said; else how much is
 * needed, and how much is free. */
static void
test_room (void)
{
  static const MonoclePrecision wanted[] = { MONOCLE_PRECISION_AUTO, F32 };

  keep (NULL, NULL);
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F32);
  g_assert_null (note);
  n_short = 1;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  g_assert_nonnull (note);
  g_assert_true (g_str_has_prefix (note, "16-bit weights are used. The model needs "));
  g_assert_nonnull (strstr (note, "with 32-bit weights"));

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (MonocleModel) model = NULL;

      n_short = wanted[i] == F32 ? 1 : 2;
      model = open_model (wanted[i], FALSE, &error);
      g_assert_null (model);
      g_assert_cmpuint (n_short, ==, 0);
      g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_ROOM);
      g_assert_nonnull (strstr (error->message, "2.0\302\240MB are free on "));
    }
  assert_opened (F32, FALSE, F32);

  /* Not where the self-check says that 16 bits are computed wrongly there. */
  keep (NULL, FAULT);
  n_short = 1;
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (MonocleModel) model = open_model (MONOCLE_PRECISION_AUTO, FALSE, &error);

    g_assert_null (model);
    g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_ROOM);
  }
}

/* Where 16 bits are too many those of a language model go into 8, and into 4; one that has none is
 * refused. */
static void
test_room_in_few_bits (void)
{
  keep (NULL, NULL);
  opened = "smolvlm/idefics3";
  short_bytes = 1000;
  n_short = 2;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, Q8);
  g_assert_cmpuint (n_short, ==, 0);
  g_assert_true (g_str_has_prefix (note, "8-bit weights are used. The model needs "));
  n_short = 3;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, Q4);
  g_assert_cmpuint (n_short, ==, 0);
  g_assert_true (g_str_has_prefix (note, "4-bit weights are used. The model needs "));
  n_short = 1;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  assert_opened (Q8, FALSE, Q8);
  assert_opened (Q4, FALSE, Q4);

  short_bytes = 2000000;
  opened = "models/native-96";
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (MonocleModel) model = open_model (Q8, FALSE, &error);

    g_assert_null (model);
    g_assert_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL);
  }
}

/* Room to talk is wanted first, in fewer bits if need be; where there is none, it is said. */
static void
test_room_to_talk (void)
{
  keep (NULL, NULL);
  opened = "smolvlm/idefics3";
  may_talk = TRUE;
  short_bytes = 1000;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F32);
  g_assert_null (note);
  n_short = 1;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  g_assert_true (
      g_str_has_prefix (note, "16-bit weights are used. For a conversation the model needs "));
  n_short = 3;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F32);
  g_assert_true (g_str_has_prefix (note, "There is no room for a long conversation. For "));
  n_short = 4;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  g_assert_true (g_str_has_prefix (note, "16-bit weights are used. The model needs "));
  n_short = 7;
  {
    g_autoptr (GError) error = NULL;
    g_autoptr (MonocleModel) model = open_model (MONOCLE_PRECISION_AUTO, FALSE, &error);

    g_assert_null (model);
    g_assert_cmpuint (n_short, ==, 0);
    g_assert_error (error, MONOCLE_APP_ERROR, MONOCLE_APP_ERROR_NO_ROOM);
    g_assert_true (g_str_has_prefix (error->message, "The model needs "));
  }
  n_short = 1;
  assert_opened (Q8, FALSE, Q8);
  g_assert_true (g_str_has_prefix (note, "There is no room for a long conversation. For "));

  /* Of one that does not talk nothing is asked beyond an answer. */
  opened = "models/native-96";
  short_bytes = 2000000;
  n_short = 1;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F16);
  g_assert_true (g_str_has_prefix (note, "16-bit weights are used. The model needs "));
  may_talk = FALSE;
}

/* What the two need is what was shown before, to the byte. */
static void
test_talk_figures (void)
{
  static const MonocleMemoryQuestion talked = { .n_talk_tokens = MONOCLE_MEMORY_TALK_TOKENS };
  g_autoptr (TestFolder) directory = hashed_qwen25vl_make (FALSE, TRUE);

  for (guint i = 0; i < 2; i++)
    {
      const MonocleModelRoom room = i == 0 ? MONOCLE_MODEL_ROOM_ANSWER : MONOCLE_MODEL_ROOM_TALK;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (MonocleModel) model = NULL;
      g_autoptr (GError) error = NULL;
      guint64 needed, left;
      MonocleMemoryPlan plan;

      g_assert_true (monocle_memory_plan_make (&plan, directory, test_get_device (), F32,
                                               i == 0 ? NULL : &talked, NULL));
      g_assert_cmpuint (plan.talk_own_bytes, ==, plan.talk_bytes);
      g_assert_true (i == 0 || plan.talk_bytes > 0);
      short_bytes = plan.peak_bytes + plan.talk_bytes - 1;
      n_short = 1;
      monocle_model_load_adapted_async (directory, NULL, test_get_device (), F32, room, NULL, NULL,
                                        NULL, test_take_result, &result);
      model = monocle_model_load_finish (test_wait (&result), &error);
      g_assert_null (model);
      g_assert_true (monocle_engine_error_get_shortage (error, &needed, &left));
      g_assert_cmpuint (needed, ==, plan.peak_bytes + plan.talk_bytes);
      g_assert_cmpint (strstr (error->message, "and a conversation") != NULL, ==, i);
    }
  short_bytes = 2000000;
}

/* What lies in few bits stays in few; what does not, does not. */
static void
test_packed (void)
{
  g_autofree char *source = test_fixture ("smolvlm/idefics3");
  g_autoptr (TestFolder) packed = test_folder_new (), plain = test_folder_new ();

  keep (NULL, NULL);
  gguf_model_write_q8 (source, packed);
  gguf_model_write (source, plain, FALSE);
  g_assert_cmpint (monocle_model_peek_packed (packed), ==, Q8);
  g_assert_cmpint (monocle_model_peek_packed (plain), ==, MONOCLE_PRECISION_AUTO);
  g_assert_cmpint (monocle_model_peek_packed (source), ==, MONOCLE_PRECISION_AUTO);
  opened = packed;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, Q8);
  gguf_model_write_q4 (source, packed);
  g_assert_cmpint (monocle_model_peek_packed (packed), ==, Q4);
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, Q4);
  /* Where they are computed wrongly more do. */
  monocle_device_memory_keep (test_get_device (), Q4, FAULT);
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, Q8);
  keep (NULL, NULL);
  assert_opened (F32, FALSE, F32);
  opened = plain;
  assert_opened (MONOCLE_PRECISION_AUTO, FALSE, F32);
  opened = "models/native-96";
}

/* What is set for all models need not fit each. */
static void
test_wish (void)
{
  keep (NULL, NULL);
  is_wish = TRUE;
  assert_opened (Q8, FALSE, F16);
  assert_opened (Q4, FALSE, F16);
  assert_opened (F32, FALSE, F32);
  opened = "smolvlm/idefics3";
  assert_opened (Q8, FALSE, Q8);
  is_wish = FALSE;
  opened = "models/native-96";
}

int
main (int argc, char **argv)
{
  g_autoptr (TestFolder) cache = test_folder_new ();

  /* Before anybody asks for it. */
  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  failing_init ();
  g_test_init (&argc, &argv, NULL);
  if (monocle_device_get_kind (test_get_device ()) != MONOCLE_DEVICE_SOFTWARE
      || !monocle_device_get_has_f16 (test_get_device ()))
    {
      g_print ("1..0 # SKIP written for a software device with both precisions\n");
      return test_end (0);
    }

  g_test_add_func ("/device-memory/kept", test_kept);
  g_test_add_func ("/device-memory/stale", test_stale);
  g_test_add_func ("/device-memory/shaders", test_shaders);
  g_test_add_func ("/device-memory/hostile", test_hostile);
  g_test_add_func ("/open/first-use", test_first_use);
  g_test_add_func ("/open/wrong", test_wrong);
  g_test_add_func ("/open/memory", test_memory);
  g_test_add_func ("/open/room", test_room);
  g_test_add_func ("/open/room-in-few-bits", test_room_in_few_bits);
  g_test_add_func ("/open/room-to-talk", test_room_to_talk);
  g_test_add_func ("/open/talk-figures", test_talk_figures);
  g_test_add_func ("/open/packed", test_packed);
  g_test_add_func ("/open/wish", test_wish);
  return test_end (g_test_run ());
}
