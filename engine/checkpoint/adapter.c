/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Reads an adapter's folder. See adapter.h; adapter-apply.c has the arithmetic.
 */
#include "config.h"

#include "engine/checkpoint/adapter-private.h"

#include <math.h>
#include <string.h>

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/checkpoint/checkpoint-private.h"
#include "engine/checkpoint/safetensors.h"
#include "engine/checkpoint/torch.h"

#define CONFIG   "adapter_config.json"
#define MAX_RANK 1024

/* How a tensor's name goes on after that of its module: the mark, then perhaps a word that the
 * maker called the adapter, then perhaps "weight". */
static const struct
{
  const char *mark;
  MonocleAdapterPart part;
} marks[] = {
  { ".lora_A", MONOCLE_ADAPTER_A },
  { ".lora_B", MONOCLE_ADAPTER_B },
  { ".lora_embedding_A", MONOCLE_ADAPTER_TABLE_A },
  { ".lora_embedding_B", MONOCLE_ADAPTER_TABLE_B },
  { ".lora_magnitude_vector", MONOCLE_ADAPTER_MAGNITUDE },
  { ".token_adapter.trainable_tokens_delta", MONOCLE_ADAPTER_ROWS },
};

gboolean
monocle_adapter_refuse (
    const MonocleAdapter *self, const char *tensor, GError **error, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  if (tensor)
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
                 "%s: tensor “%s”: %s", self->path, tensor, message);
  else
    g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL, "%s: %s",
                 self->config_path, message);
  return FALSE;
}

static void
module_free (gpointer data)
{
  MonocleAdapterModule *module = data;

  g_clear_pointer (&module->rows, g_array_unref);
  g_free (module->name);
  g_free (module);
}

void
monocle_adapter_free (MonocleAdapter *self)
{
  if (!self)
    return;
  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_clear_pointer (&self->modules, g_ptr_array_unref);
  g_clear_pointer (&self->config, json_object_unref);
  monocle_checkpoint_free (self->tensors);
  g_free (self->config_path);
  g_free (self->path);
  g_free (self->base);
  g_free (self);
}

/* --- settings ----------------------------------------------------------------------------- */

/* What changes the meaning of the numbers, and is not followed here. */
static gboolean
check_config (MonocleAdapter *self, GError **error)
{
  static const char *const strange[]
      = { "fan_in_fan_out",    "lora_bias",  "megatron_config",
          "layer_replication", "use_qalora", "alora_invocation_tokens" };
  const char *kind = NULL;

  if (!monocle_json_get_string (self->config, self->config_path, "peft_type", MONOCLE_JSON_REQUIRED,
                                &kind, error))
    return FALSE;
  if (g_ascii_strcasecmp (kind, "LORA") != 0)
    return monocle_adapter_refuse (self, NULL, error,
                                   "adapters of the kind “%s” are not known; LORA is", kind);
  for (guint i = 0; i < G_N_ELEMENTS (strange); i++)
    {
      JsonNode *node = json_object_get_member (self->config, strange[i]);

      if (node && !JSON_NODE_HOLDS_NULL (node)
          && !(JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_BOOLEAN
               && !json_node_get_boolean (node)))
        return monocle_adapter_refuse (self, NULL, error, "“%s” is not known", strange[i]);
    }
  return TRUE;
}

static gboolean
read_config (MonocleAdapter *self, GError **error)
{
  const char *base = NULL;

  self->config = monocle_json_load (self->config_path, error);
  if (!self->config || !check_config (self, error)
      || !monocle_json_get_string (self->config, self->config_path, "base_model_name_or_path",
                                   MONOCLE_JSON_OPTIONAL, &base, error)
      || !monocle_json_get_bool (self->config, self->config_path, "use_rslora",
                                 MONOCLE_JSON_OPTIONAL, &self->by_root, error)
      || !monocle_json_get_bool (self->config, self->config_path, "use_dora", MONOCLE_JSON_OPTIONAL,
                                 &self->has_magnitudes, error)
      || !monocle_json_get_double (self->config, self->config_path, "lora_alpha",
                                   MONOCLE_JSON_REQUIRED, &self->alpha, error))
    return FALSE;
  self->base = g_strdup (base);
  return TRUE;
}

/* Whether a key of a table of modules, which may be the end of a name, means @module. */
static gboolean
means (const char *key, const char *module)
{
  const gsize n = strlen (module);
  gsize n_key;

  if (*key == '^')
    key++;
  n_key = strlen (key);
  return n_key > 0 && n_key <= n && g_str_equal (module + n - n_key, key)
         && (n_key == n || module[n - n_key - 1] == '.');
}

/* (nullable): the member of the table @name whose key means @module: the longest */
static JsonNode *
find_setting (MonocleAdapter *self, const char *name, const char *module)
{
  JsonNode *table = json_object_get_member (self->config, name), *found = NULL;
  g_autoptr (GList) keys = NULL;
  gsize longest = 0;

  if (!table || !JSON_NODE_HOLDS_OBJECT (table))
    return NULL;
  keys = json_object_get_members (json_node_get_object (table));
  for (GList *l = keys; l; l = l->next)
    if (means (l->data, module) && strlen (l->data) > longest)
      {
        found = json_object_get_member (json_node_get_object (table), l->data);
        longest = strlen (l->data);
      }
  return found;
}

/* --- tensors ------------------------------------------------------------------------------ */

static gboolean
read_tensors (MonocleAdapter *self, const char *directory, GError **error)
{
  g_autofree char *safe = g_build_filename (directory, "adapter_model.safetensors", NULL);
  g_autofree char *pickled = g_build_filename (directory, "adapter_model.bin", NULL);
  const gboolean is_safe = monocle_file_exists (safe) || !monocle_file_exists (pickled);
  g_autoptr (GBytes) bytes = NULL;

  self->path = g_strdup (is_safe ? safe : pickled);
  self->tensors = monocle_checkpoint_new ();
  bytes = monocle_file_map (self->path, error);
  return bytes
         && (is_safe ? monocle_safetensors_read : monocle_torch_read) (self->tensors, bytes,
                                                                       self->path, error);
}

/* What is behind a mark: nothing, "weight", a word, a word and "weight". */
static gboolean
is_end (const char *rest)
{
  const char *dot;

  if (*rest == '\0')
    return TRUE;
  if (*rest++ != '.')
    return FALSE;
  dot = strchr (rest, '.');
  return !dot || g_str_equal (dot, ".weight");
}

/* (transfer full) (nullable): the module that a tensor is for. @part: (out) */
static char *
split_name (const char *name, MonocleAdapterPart *part)
{
  static const char *const beginnings[] = { "base_model.model.", "base_model." };
  static const char *const inner[]
      = { ".modules_to_save.default", ".modules_to_save", ".base_layer" };
  g_autofree char *whole = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (beginnings); i++)
    if (g_str_has_prefix (name, beginnings[i]))
      {
        name += strlen (beginnings[i]);
        break;
      }
  for (guint i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      const char *at = g_strrstr (name, marks[i].mark);

      if (at && at > name && is_end (at + strlen (marks[i].mark)))
        {
          *part = marks[i].part;
          return g_strndup (name, (gsize) (at - name));
        }
    }
  if (g_str_has_suffix (name, ".weight"))
    *part = MONOCLE_ADAPTER_WEIGHT;
  else if (g_str_has_suffix (name, ".bias"))
    *part = MONOCLE_ADAPTER_BIAS;
  else
    return NULL;
  whole = g_strndup (name, (gsize) (strrchr (name, '.') - name));
  for (guint i = 0; i < G_N_ELEMENTS (inner); i++)
    if (g_str_has_suffix (whole, inner[i]))
      whole[strlen (whole) - strlen (inner[i])] = '\0';
  return *whole ? g_steal_pointer (&whole) : NULL;
}

static gboolean
is_finite (const MonocleCheckpointTensor *tensor)
{
  const guint64 n = monocle_checkpoint_tensor_get_n_elements (tensor);
  float values[1024];

  for (guint64 i = 0; i < n; i += G_N_ELEMENTS (values))
    {
      const guint64 n_here = MIN (n - i, G_N_ELEMENTS (values));

      monocle_checkpoint_tensor_read_f32 (tensor, i, n_here, values);
      for (guint64 k = 0; k < n_here; k++)
        if (!isfinite (values[k]))
          return FALSE;
    }
  return TRUE;
}

static gboolean
add_tensor (MonocleAdapter *self, const MonocleCheckpointTensor *tensor, GError **error)
{
  MonocleAdapterPart part;
  g_autofree char *name = split_name (tensor->name, &part);
  MonocleAdapterModule *module;

  if (!name)
    return monocle_adapter_refuse (self, tensor->name, error, "what it is for is not known");
  if (tensor->dtype == MONOCLE_DTYPE_OTHER || tensor->n_dims == 0
      || monocle_checkpoint_tensor_get_n_elements (tensor) == 0)
    return monocle_adapter_refuse (self, tensor->name, error, "no numbers that can be read");
  if (!is_finite (tensor))
    return monocle_adapter_refuse (self, tensor->name, error,
                                   "holds numbers that are none, or infinite");
  module = g_hash_table_lookup (self->by_name, name);
  if (!module)
    {
      module = g_new0 (MonocleAdapterModule, 1);
      module->name = g_steal_pointer (&name);
      g_ptr_array_add (self->modules, module);
      g_hash_table_insert (self->by_name, module->name, module);
    }
  if (module->parts[part])
    return monocle_adapter_refuse (self, tensor->name, error, "is there twice");
  module->parts[part] = tensor;
  return TRUE;
}

/* --- modules ------------------------------------------------------------------------------ */

static gboolean
find_rank (MonocleAdapter *self, MonocleAdapterModule *module, GError **error)
{
  const gboolean is_table = module->parts[MONOCLE_ADAPTER_TABLE_A] != NULL;
  const MonocleCheckpointTensor *a
      = module->parts[is_table ? MONOCLE_ADAPTER_TABLE_A : MONOCLE_ADAPTER_A];
  const MonocleCheckpointTensor *b
      = module->parts[is_table ? MONOCLE_ADAPTER_TABLE_B : MONOCLE_ADAPTER_B];
  JsonNode *own = find_setting (self, "alpha_pattern", module->name);
  double alpha = self->alpha;

  if (!a || !b || a->n_dims < 2 || b->n_dims < 2)
    return monocle_adapter_refuse (self, module->name, error,
                                   "one half of the product is missing, or no matrix");
  if (a->dims[0] != b->dims[1])
    return monocle_adapter_refuse (self, module->name, error,
                                   "the halves of the product have ranks %" G_GUINT64_FORMAT
                                   " and %" G_GUINT64_FORMAT,
                                   a->dims[0], b->dims[1]);
  if (a->dims[0] > MAX_RANK)
    return monocle_adapter_refuse (self, module->name, error, "its rank is more than %d", MAX_RANK);
  module->rank = (guint) a->dims[0];
  if (own && JSON_NODE_HOLDS_VALUE (own)
      && (json_node_get_value_type (own) == G_TYPE_INT64
          || json_node_get_value_type (own) == G_TYPE_DOUBLE))
    alpha = json_node_get_value_type (own) == G_TYPE_INT64 ? (double) json_node_get_int (own)
                                                           : json_node_get_double (own);
  module->scale
      = (float) (alpha / (self->by_root ? sqrt ((double) module->rank) : (double) module->rank));
  if (!isfinite (module->scale))
    return monocle_adapter_refuse (self, module->name, error, "its scale is no number");
  return TRUE;
}

/* Which rows of its table a tensor of rows is. */
static gboolean
find_rows (MonocleAdapter *self, MonocleAdapterModule *module, GError **error)
{
  const MonocleCheckpointTensor *tensor = module->parts[MONOCLE_ADAPTER_ROWS];
  g_autofree char *where = g_strdup_printf ("%s: trainable_token_indices", self->config_path);
  JsonNode *node = find_setting (self, "trainable_token_indices", module->name);
  g_autoptr (JsonObject) holder = json_object_new ();

  if (!node)
    return monocle_adapter_refuse (self, tensor->name, error,
                                   "the settings do not say which rows these are");
  json_object_set_member (holder, module->name, json_node_copy (node));
  if (!monocle_json_get_ints (holder, where, module->name, MONOCLE_JSON_REQUIRED, 0, G_MAXUINT32,
                              &module->rows, error))
    return FALSE;
  if (tensor->n_dims != 2 || tensor->dims[0] != module->rows->len)
    return monocle_adapter_refuse (self, tensor->name, error, "the settings name %u rows",
                                   module->rows->len);
  return TRUE;
}

static gboolean
check_module (MonocleAdapter *self, MonocleAdapterModule *module, GError **error)
{
  gboolean has_product = FALSE;

  for (guint i = MONOCLE_ADAPTER_A; i <= MONOCLE_ADAPTER_TABLE_B; i++)
    has_product = has_product || module->parts[i];
  if (has_product && !find_rank (self, module, error))
    return FALSE;
  if (module->parts[MONOCLE_ADAPTER_WEIGHT] && (has_product || module->parts[MONOCLE_ADAPTER_ROWS]))
    return monocle_adapter_refuse (self, module->name, error,
                                   "is another altogether, and changed as well");
  if ((module->parts[MONOCLE_ADAPTER_MAGNITUDE] != NULL) != (self->has_magnitudes && has_product))
    return monocle_adapter_refuse (self, module->name, error,
                                   "“use_dora” and its tensors do not go together");
  return !module->parts[MONOCLE_ADAPTER_ROWS] || find_rows (self, module, error);
}

MonocleAdapter *
monocle_adapter_open (const char *directory, GError **error)
{
  g_autoptr (MonocleAdapter) self = g_new0 (MonocleAdapter, 1);

  g_return_val_if_fail (directory, NULL);

  self->config_path = g_build_filename (directory, CONFIG, NULL);
  self->modules = g_ptr_array_new_with_free_func (module_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);
  if (!read_config (self, error) || !read_tensors (self, directory, error))
    return NULL;
  for (guint i = 0; i < monocle_checkpoint_get_n_tensors (self->tensors); i++)
    if (!add_tensor (self, monocle_checkpoint_get_tensor (self->tensors, i), error))
      return NULL;
  for (guint i = 0; i < self->modules->len; i++)
    if (!check_module (self, self->modules->pdata[i], error))
      return NULL;
  if (self->modules->len == 0)
    {
      monocle_file_set_error (error, self->path, "no tensors");
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
monocle_adapter_get_facts (const MonocleAdapter *self, MonocleAdapterFacts *facts)
{
  *facts = (MonocleAdapterFacts){ .base = self->base };
  for (guint i = 0; i < self->modules->len; i++)
    {
      const MonocleAdapterModule *module = self->modules->pdata[i];

      if (module->rank > 0)
        {
          facts->min_rank
              = facts->n_matrices++ ? MIN (facts->min_rank, module->rank) : module->rank;
          facts->max_rank = MAX (facts->max_rank, module->rank);
        }
      facts->n_rows += module->rows ? module->rows->len : 0;
      facts->n_tensors += module->parts[MONOCLE_ADAPTER_WEIGHT] != NULL;
      facts->n_tensors += module->parts[MONOCLE_ADAPTER_BIAS] != NULL;
      for (guint k = 0; k < MONOCLE_ADAPTER_N_PARTS; k++)
        if (module->parts[k])
          facts->n_parameters += monocle_checkpoint_tensor_get_n_elements (module->parts[k]);
    }
}
