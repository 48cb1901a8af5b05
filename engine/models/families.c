/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The list of model families.
 */
#include "config.h"

#include "engine/models/family.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/gguf-pair.h"

static const MonocleFamily *const families[] = {
  &monocle_family_florence2, &monocle_family_vit,        &monocle_family_clip,
  &monocle_family_siglip,    &monocle_family_detr,       &monocle_family_clipseg,
  &monocle_family_owlvit,    &monocle_family_owlv2,      &monocle_family_eomt,
  &monocle_family_docling,   &monocle_family_smolvlm,    &monocle_family_paligemma,
  &monocle_family_qwen3vl,   &monocle_family_ofa,        &monocle_family_ofa_drawing,
  &monocle_family_unifiedio, &monocle_family_unifiedio2, &monocle_family_world,
};

/* Says that no family knows it, and which there are. */
static void
refuse_type (JsonObject *config, const char *path, GError **error)
{
  JsonNode *node = json_object_get_member (config, "model_type");
  const char *type = node && json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : NULL;
  g_autoptr (GString) known = g_string_new (NULL);
  g_autofree char *found = type ? g_strdup_printf ("its “model_type” is “%.60s”", type)
                                : g_strdup ("it does not say its “model_type”");
  g_autoptr (GError) worded = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    g_string_append_printf (known, "%s“%s”", i > 0 ? ", " : "", families[i]->id);
  /* The file's word is quoted: made printable as everywhere. */
  monocle_file_set_error (&worded, path, "not a model that Monocle knows: %s, expected %s", found,
                          known->str);
  g_set_error_literal (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                       worded->message);
}

/* Whether it is there; else the cause, which need not be that it is missing. */
static gboolean
check_there (const char *path, const char *missing, GStatBuf *info, GError **error)
{
  if (g_stat (path, info) == 0)
    return TRUE;
  monocle_file_set_error (error, path, "%s", errno == ENOENT ? missing : g_strerror (errno));
  return FALSE;
}

gboolean
monocle_family_takes_adapter (const MonocleFamily *family,
                              const char *directory,
                              const char *adapter,
                              GError **error)
{
  const gboolean has_labels = monocle_taught_labels_is_one (adapter);

  if (has_labels ? family->check_labels != NULL : family->adapter_names != NULL)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               has_labels ? "%s: models of the kind %s cannot be taught labels"
                          : "%s: models of the kind %s take no adapters",
               directory, family->title);
  return FALSE;
}

gboolean
monocle_family_check_bits (const MonocleFamily *family,
                           const char *directory,
                           guint bits,
                           GError **error)
{
  if (!family->takes_few_bits)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: weights of models of the kind %s are not stored in %u bits", directory,
                 family->title, bits);
  return family->takes_few_bits;
}

MonocleCheckpoint *
monocle_family_open_checkpoint (const MonocleFamily *family,
                                const char *directory,
                                const char *adapter,
                                GError **error)
{
  g_autoptr (MonocleCheckpoint) checkpoint = monocle_checkpoint_open (directory, error);
  g_autoptr (MonocleAdapter) opened = NULL;

  if (!checkpoint || !adapter)
    return g_steal_pointer (&checkpoint);
  if (!monocle_family_takes_adapter (family, directory, adapter, error))
    return NULL;
  if (monocle_taught_labels_is_one (adapter))
    {
      g_autoptr (MonocleTaughtLabels) labels = monocle_taught_labels_open (adapter, error);

      return labels && family->check_labels (directory, labels, error)
                 ? g_steal_pointer (&checkpoint)
                 : NULL;
    }
  opened = monocle_adapter_open (adapter, error);
  return opened && monocle_adapter_apply (opened, checkpoint, family->adapter_names, error)
             ? g_steal_pointer (&checkpoint)
             : NULL;
}

void
monocle_families_list_usual_tasks (GPtrArray *tasks)
{
  families[0]->list_tasks (tasks);
}

gboolean
monocle_families_list_tasks_of (const char *id, GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_equal (families[i]->id, id))
      {
        families[i]->list_tasks (tasks);
        return TRUE;
      }
  return FALSE;
}

const MonocleTask *
monocle_families_find_task (const char *id, MonocleTaskGives gives)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();
  const MonocleTask *found = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    families[i]->list_tasks (tasks);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (g_str_equal (task->id, id) && (!found || (found->gives != gives && task->gives == gives)))
        found = task;
    }
  return found;
}

/* Whether a file of its tokenizer names what only models of the family have. */
static gboolean
has_token (const MonocleFamily *family, const char *directory)
{
  static const char *const names[] = { "tokenizer.json", "vocab.json" };
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", family->token);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (directory, names[i], NULL);
      g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);

      if (file && g_mapped_file_get_length (file) > 0
          && memmem (g_mapped_file_get_contents (file), g_mapped_file_get_length (file), quoted,
                     strlen (quoted)))
        return TRUE;
    }
  return FALSE;
}

/* (transfer full) (nullable): as much of a config.json as tells families apart, of GGUF files: what
 * makes rows of pictures is called as the family's type. */
static JsonObject *
describe_pair (const char *path, GError **error)
{
  g_autoptr (MonocleGgufPair) pair = monocle_gguf_pair_open (path, error);
  JsonObject *config;

  if (!pair)
    return NULL;
  config = json_object_new ();
  if (*monocle_gguf_pair_get_projector (pair))
    json_object_set_string_member (config, "model_type", monocle_gguf_pair_get_projector (pair));
  return config;
}

/* (transfer full) (nullable) */
static JsonObject *
load_config (const char *directory, const char *path, GError **error)
{
  GStatBuf info;

  if (!check_there (directory, "no such directory", &info, error))
    return NULL;
  if (!S_ISDIR (info.st_mode))
    {
      monocle_file_set_error (error, directory, "not a model directory");
      return NULL;
    }
  return check_there (path, "no such file; the directory is no model's", &info, error)
             ? monocle_json_load (path, error)
             : NULL;
}

const MonocleFamily *
monocle_families_probe (const char *directory, GError **error)
{
  const gboolean is_pair = monocle_gguf_pair_is_one (directory);
  g_autofree char *path
      = is_pair ? g_strdup (directory) : g_build_filename (directory, "config.json", NULL);
  g_autoptr (JsonObject) config
      = is_pair ? describe_pair (directory, error) : load_config (directory, path, error);

  if (!config)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (families[i]->probe (config) && (!families[i]->token || has_token (families[i], directory)))
      return families[i];

  refuse_type (config, path, error);
  return NULL;
}

gboolean
monocle_family_answer (const MonocleFamily *family,
                       gpointer model,
                       gpointer features,
                       const MonocleFamilyQuestion *question,
                       MonocleFamilyAnswer *answer,
                       GError **error)
{
  return (question->task->kind == MONOCLE_TASK_RANK ? family->rank : family->generate) (
      model, features, question, answer, error);
}
