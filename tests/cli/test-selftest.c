/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `selftest`, `report`, and a device that failed its self-check: it is not used but by the person's
 * word. In a cache folder of its own, since what is kept there counts for everybody.
 */
#include "config.h"

#include <string.h>

#include "app/base/data-dir.h"
#include "app/models/device-memory.h"
#include "checkpoint-file.h"
#include "harness.h"

#define FAULT "Card computes wrongly: matmul is off by 0.5"

static MonocleDevice *device;
static char *model, *picture;

static void
keep (const char *fault)
{
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, fault);
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F16, fault);
}

static void
test_selftest (void)
{
  g_autoptr (Outcome) json
      = harness_run ("selftest", "--precision", "f32", "--format", "json", NULL);
  g_autoptr (Outcome) text = harness_run ("selftest", "--device", monocle_device_get_uuid (device),
                                          "--precision", "f32", NULL);
  g_autoptr (GPtrArray) lines = harness_parse_lines (json);

  harness_assert_done (json);
  harness_assert_done (text);
  g_assert_cmpuint (lines->len, >=, 1);
  for (guint i = 0; i < lines->len; i++)
    {
      g_assert_true (json_object_get_boolean_member (lines->pdata[i], "right"));
      g_assert_true (json_object_get_null_member (lines->pdata[i], "fault"));
    }
  g_assert_true (g_str_has_prefix (text->out, monocle_device_get_name (device)));
  g_assert_nonnull (strstr (text->out, "f32: right ("));
  /* And is kept. */
  g_assert_cmpint (monocle_device_memory_recall (device, MONOCLE_PRECISION_F32, NULL), ==,
                   MONOCLE_VERDICT_RIGHT);
}

static void
test_wrong (void)
{
  g_autoptr (Outcome) refused = NULL, trusted = NULL;

  keep (FAULT);
  refused = harness_run ("run", "--model", model, "--task", "detect", "--max-tokens", "4", picture,
                         NULL);
  harness_assert_refused (refused, 1, FAULT);

  trusted = harness_run_shell ("\"$@\" 2>&1", "run", "--trust-device", "--model", model, "--task",
                               "detect", "--max-tokens", "4", picture, NULL);
  harness_assert_done (trusted);
  g_assert_nonnull (strstr (trusted->out, "note: used all the same: " FAULT));
}

static void
test_report (void)
{
  const char *settings = monocle_data_dir_is_in_build ()
                             ? "Settings: model default, device auto, precision auto"
                             : "\nSettings: ";
  g_autoptr (Outcome) report = NULL, nothing = NULL;

  keep (FAULT);
  monocle_device_memory_keep (device, MONOCLE_PRECISION_F32, NULL);
  report = harness_run ("report", NULL);
  harness_assert_done (report);
  g_assert_true (g_str_has_prefix (report->out, "Monocle " MONOCLE_VERSION "\n"));
  g_assert_nonnull (strstr (report->out, monocle_device_get_name (device)));
  g_assert_nonnull (strstr (report->out, monocle_device_get_driver (device)));
  g_assert_nonnull (strstr (report->out, "self-check f32: right\n"));
  if (monocle_device_get_has_f16 (device))
    g_assert_nonnull (strstr (report->out, "self-check f16: wrong: " FAULT "\n"));
  g_assert_nonnull (strstr (report->out, "may use "));
  if (strstr (report->out, "Default model: there"))
    g_assert_nonnull (strstr (report->out, "\n  needed by the default model: f32 "));
  g_assert_nonnull (strstr (report->out, settings));
  /* Nothing about whose machine it is. */
  g_assert_null (strstr (report->out, g_get_home_dir ()));
  g_assert_null (strstr (report->out, g_get_user_cache_dir ()));
  g_assert_null (strstr (report->out, monocle_device_get_uuid (device)));
  g_assert_null (strstr (report->out, "/home"));

  /* Without a device it says so. */
  nothing = harness_run_shell ("VK_ICD_FILENAMES=/nonexistent VK_DRIVER_FILES=/nonexistent \"$@\"",
                               "report", NULL);
  harness_assert_done (nothing);
  g_assert_nonnull (strstr (nothing->out, "\nDevices: "));
}

/* --- what a conversation takes ------------------------------------------------------------ */

/* What is remembered of a token: so much that a conversation takes more than the piece of memory
 * that is always there, and so much that not every device has room for it in one piece. */
#define WIDE     2048
#define TOO_WIDE 8192

static void
add_shapes (GPtrArray *list, JsonObject *shapes, guint wide)
{
  g_autoptr (GList) names = json_object_get_members (shapes);

  for (GList *l = names; l; l = l->next)
    {
      JsonArray *sides = json_object_get_array_member (shapes, l->data);
      const guint n = json_array_get_length (sides);
      const gboolean is_part = strstr (l->data, "q_proj.") || strstr (l->data, "k_proj.")
                               || strstr (l->data, "v_proj.");
      guint dims[CHECKPOINT_MAX_DIMS];

      for (guint i = 0; i < n; i++)
        dims[i] = (guint) json_array_get_int_element (sides, i);
      if (is_part)
        dims[0] = wide;
      else if (strstr (l->data, "o_proj."))
        dims[1] = wide;
      tensor_shapes_add (list, l->data, n, dims);
    }
}

/* Its numbers are all 0. */
static void
write_talker (const char *folder, guint wide)
{
  static const char script[] = "cp '%s'/tokenizer.json '%s'/generation_config.json '%s'";
  g_autoptr (JsonNode) golden = harness_load_json ("qwen25vl/golden.json");
  JsonObject *root = json_node_get_object (golden);
  JsonObject *config = json_object_get_object_member (root, "config");
  static const char *const files[] = { "config", "preprocessor_config" };
  g_autoptr (GPtrArray) list = tensor_shapes_new ();
  g_autofree char *others = harness_fixture ("qwen3vl");
  g_autofree char *command = g_strdup_printf (script, others, others, folder);
  g_autoptr (Outcome) copied = harness_run_shell (command, "", NULL);

  harness_assert_done (copied);
  json_object_set_int_member (config, "num_attention_heads", wide / 128);
  json_object_set_int_member (config, "num_key_value_heads", wide / 128);
  json_object_set_int_member (config, "head_dim", 128);
  json_object_set_int_member (config, "max_position_embeddings", 8192);
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%s.json", folder, files[i]);
      g_autofree char *text = json_to_string (json_object_get_member (root, files[i]), FALSE);

      g_assert_true (g_file_set_contents (path, text, -1, NULL));
    }
  add_shapes (list, json_object_get_object_member (root, "shapes"), wide);
  checkpoint_file_write (folder, list, NULL, NULL);
}

static void
test_report_talk (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *script = g_strdup_printf (
      "mkdir -p '%s/glib-2.0/settings' && printf '[org/monocle/Monocle]\\nmodel=\"%s\"\\n' "
      ">'%s/glib-2.0/settings/keyfile' && XDG_CONFIG_HOME='%s' GSETTINGS_BACKEND=keyfile \"$@\"",
      folder, folder, folder, folder);
  g_autoptr (Outcome) report = NULL, wider = NULL;

  if (!monocle_data_dir_is_in_build ())
    {
      g_test_skip ("the settings may not be installed");
      return;
    }
  write_talker (folder, WIDE);
  report = harness_run_shell (script, "report", NULL);
  harness_assert_done (report);
  g_assert_nonnull (strstr (report->out, "needed by a model of the person's: f32 "));
  g_assert_nonnull (strstr (report->out, "\n  more for a conversation of 2048 tokens: "));
  g_assert_null (strstr (report->out, folder));

  /* What a question takes is known all the same. */
  write_talker (folder, TOO_WIDE);
  wider = harness_run_shell (script, "report", NULL);
  harness_assert_done (wider);
  g_assert_nonnull (strstr (wider->out, "needed by a model of the person's: f32 "));
}

/* A program by itself, as one may copy it to another machine. */
static void
test_report_alone (void)
{
  g_autoptr (TemporaryFolder) folder = harness_make_folder ();
  g_autofree char *script = g_strdup_printf (
      "cp \"$1\" '%s/alone' && XDG_DATA_DIRS=/nonexistent '%s/alone' \"$2\"", folder, folder);
  g_autoptr (Outcome) report = harness_run_shell (script, "report", NULL);

  harness_assert_done (report);
  g_assert_nonnull (strstr (report->out, "\nSettings: none"));
}

int
main (int argc, char **argv)
{
  g_autoptr (TemporaryFolder) cache = harness_make_folder ();
  g_autoptr (GPtrArray) devices = NULL;
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  harness_init (&argc, &argv);
  devices = monocle_device_list (NULL);
  g_assert_nonnull (devices);
  device = devices->pdata[0];
  model = harness_fixture ("models/native-96");
  picture = harness_fixture ("images/a.png");

  g_test_add_func ("/cli/selftest", test_selftest);
  g_test_add_func ("/cli/selftest/wrong", test_wrong);
  g_test_add_func ("/cli/report", test_report);
  g_test_add_func ("/cli/report/talk", test_report_talk);
  g_test_add_func ("/cli/report/alone", test_report_alone);
  status = g_test_run ();
  g_free (model);
  g_free (picture);
  return status;
}
