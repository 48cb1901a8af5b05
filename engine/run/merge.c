/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/run/merge.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/base/new-folder.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/taught-labels.h"
#include "engine/models/family.h"
#include "engine/run/model.h"

gboolean
monocle_adapter_is_one (const char *directory)
{
  g_autofree char *adapter = g_build_filename (directory, "adapter_config.json", NULL);
  g_autofree char *model = g_build_filename (directory, "config.json", NULL);

  return monocle_file_exists (adapter) && !monocle_file_exists (model);
}

JsonNode *
monocle_adapter_describe (const char *adapter, GError **error)
{
  const gboolean has_labels = monocle_taught_labels_is_one (adapter);
  g_autoptr (MonocleTaughtLabels) labels
      = has_labels ? monocle_taught_labels_open (adapter, error) : NULL;
  g_autoptr (MonocleAdapter) opened = has_labels ? NULL : monocle_adapter_open (adapter, error);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MonocleAdapterFacts facts = { 0 };

  if (!opened && !labels)
    return NULL;
  if (opened)
    monocle_adapter_get_facts (opened, &facts);
  else
    facts = (MonocleAdapterFacts){ .base = labels->base,
                                   .n_parameters = (guint64) labels->n * labels->n_dims };
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "base");
  if (facts.base)
    json_builder_add_string_value (builder, facts.base);
  else
    json_builder_add_null_value (builder);
  json_builder_set_member_name (builder, "matrices");
  json_builder_add_int_value (builder, facts.n_matrices);
  json_builder_set_member_name (builder, "ranks");
  json_builder_begin_array (builder);
  json_builder_add_int_value (builder, facts.min_rank);
  json_builder_add_int_value (builder, facts.max_rank);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "rows");
  json_builder_add_int_value (builder, facts.n_rows);
  json_builder_set_member_name (builder, "tensors");
  json_builder_add_int_value (builder, facts.n_tensors);
  json_builder_set_member_name (builder, "labels");
  json_builder_begin_array (builder);
  for (guint i = 0; labels && i < labels->n; i++)
    json_builder_add_string_value (builder, labels->names[i]);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "parameters");
  json_builder_add_int_value (builder, (gint64) facts.n_parameters);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* --- files -------------------------------------------------------------------------------- */

/* The weights are written anew, whatever container they were in. */
static gboolean
is_weights (const char *name)
{
  return g_str_has_suffix (name, ".safetensors") || g_str_has_suffix (name, ".bin")
         || g_str_has_suffix (name, ".index.json");
}

static gboolean
copy_files (const char *directory, const char *to, GCancellable *cancellable, GError **error)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, error);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autoptr (GFile) from = g_file_new_build_filename (directory, name, NULL);
      g_autoptr (GFile) copy = g_file_new_build_filename (to, name, NULL);

      if (*name == '.' || is_weights (name)
          || !g_file_test (g_file_peek_path (from), G_FILE_TEST_IS_REGULAR))
        continue;
      if (!g_file_copy (from, copy, G_FILE_COPY_TARGET_DEFAULT_PERMS, cancellable, NULL, NULL,
                        error))
        return FALSE;
    }
  return dir != NULL;
}

static void
untie (JsonObject *object)
{
  if (json_object_has_member (object, "tie_word_embeddings"))
    json_object_set_boolean_member (object, "tie_word_embeddings", FALSE);
}

/* The head is a tensor of its own now: readers that go by the settings have to know. */
static gboolean
note_own_head (const char *to, GError **error)
{
  g_autofree char *path = g_build_filename (to, "config.json", NULL);
  g_autoptr (JsonObject) config = monocle_json_load (path, error);
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;

  if (!config)
    return FALSE;
  untie (config);
  if (json_object_has_member (config, "text_config")
      && JSON_NODE_HOLDS_OBJECT (json_object_get_member (config, "text_config")))
    untie (json_object_get_object_member (config, "text_config"));
  if (!json_object_has_member (config, "tie_word_embeddings"))
    json_object_set_boolean_member (config, "tie_word_embeddings", FALSE);
  root = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (root, config);
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_file (generator, path, error);
}

/* --- merging ------------------------------------------------------------------------------ */

/* Whether a tensor has other numbers than it had. */
static gboolean
is_changed (const MonocleCheckpoint *plain, const MonocleCheckpoint *merged, const char *name)
{
  const MonocleCheckpointTensor *before = monocle_checkpoint_find (plain, name);
  const MonocleCheckpointTensor *after = monocle_checkpoint_find (merged, name);

  return after
         && (!before || after->delta || before->size_bytes != after->size_bytes
             || memcmp (before->data, after->data, after->size_bytes) != 0);
}

/* The head may be stored though it is one with the input's table: readers that go by the settings
 * pass it over, unless they know. */
static gboolean
has_other_head (const MonocleFamily *family,
                const MonocleCheckpoint *plain,
                const MonocleCheckpoint *merged)
{
  const MonocleAdapterNames *names = family->adapter_names;
  g_autofree char *other = names->head && names->rename ? names->rename (names->head) : NULL;

  return names->head
         && (is_changed (plain, merged, names->head)
             || (other && is_changed (plain, merged, other)));
}

/* (transfer full): a name of the original layout as @checkpoint has it. */
static char *
dup_name (const MonocleAdapterNames *names, gboolean is_renamed, const char *name)
{
  return is_renamed ? names->rename (name) : g_strdup (name);
}

/* Readers that are told that tables are no longer one look for each of them. */
static gboolean
add_tables (const MonocleFamily *family,
            MonocleCheckpoint *merged,
            const char *path,
            GError **error)
{
  const MonocleAdapterNames *names = family->adapter_names;
  const MonocleCheckpointTensor *stored = NULL;
  gboolean is_renamed = FALSE;

  for (guint i = 0; names->tables && names->tables[i] && !stored; i++)
    for (guint j = 0; j < (names->rename ? 2 : 1) && !stored; j++)
      {
        g_autofree char *name = dup_name (names, j == 1, names->tables[i]);

        stored = monocle_checkpoint_find (merged, name);
        is_renamed = j == 1;
      }
  for (guint i = 0; stored && names->tables[i]; i++)
    {
      g_autofree char *name = dup_name (names, is_renamed, names->tables[i]);
      MonocleCheckpointTensor table = *stored;

      table.name = name;
      if (!monocle_checkpoint_find (merged, name)
          && !monocle_checkpoint_add (merged, &table, path, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
write_all (const char *directory,
           const char *adapter,
           const char *to,
           GCancellable *cancellable,
           GError **error)
{
  const MonocleFamily *family = monocle_families_probe (directory, error);
  g_autofree char *weights = g_build_filename (to, "model.safetensors", NULL);
  g_autoptr (MonocleCheckpoint) plain = NULL, merged = NULL;
  gboolean other_head;

  if (!family || !(plain = monocle_checkpoint_open (directory, error))
      || !(merged = monocle_family_open_checkpoint (family, directory, adapter, error)))
    return FALSE;
  other_head = has_other_head (family, plain, merged);
  return copy_files (directory, to, cancellable, error)
         && (!other_head || add_tables (family, merged, weights, error))
         && monocle_safetensors_write (merged, weights, cancellable, error)
         && (!other_head || note_own_head (to, error)) && monocle_model_check (to, error);
}

gboolean
monocle_model_merge (const char *directory,
                     const char *adapter,
                     const char *out,
                     GCancellable *cancellable,
                     GError **error)
{
  MonocleNewFolder *fresh;

  if (monocle_taught_labels_is_one (adapter))
    {
      g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                   "%s: labels that were taught stay beside the model", adapter);
      return FALSE;
    }
  fresh = monocle_new_folder_begin (out, error);
  return fresh
         && monocle_new_folder_end (fresh,
                                    write_all (directory, adapter,
                                               monocle_new_folder_get_path (fresh), cancellable,
                                               error),
                                    error);
}
