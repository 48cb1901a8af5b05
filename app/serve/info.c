/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the server is and can be asked.
 */
#include "config.h"

#include "app/json/fields.h"
#include "app/serve/apis.h"

static gboolean
read_nothing (MonocleServeExchange *exchange, GError **error)
{
  return TRUE;
}

static void
add_languages (JsonBuilder *builder, const char *const *languages)
{
  json_builder_set_member_name (builder, "languages");
  json_builder_begin_array (builder);
  for (guint i = 0; languages[i]; i++)
    json_builder_add_string_value (builder, languages[i]);
  json_builder_end_array (builder);
}

static void
add_tasks (JsonBuilder *builder, MonocleModel *model)
{
  const GPtrArray *tasks = monocle_model_list_tasks (model);

  json_builder_set_member_name (builder, "tasks");
  json_builder_begin_array (builder);
  for (guint i = 0; i < tasks->len; i++)
    {
      const MonocleTask *task = tasks->pdata[i];

      if (task->is_former)
        continue;
      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "task", task->id);
      monocle_json_add_text (builder, "kind", monocle_task_kind_get_id (task->kind));
      monocle_json_add_flag (builder, "takes_text", (task->takes & MONOCLE_TAKES_TEXT) != 0);
      monocle_json_add_flag (builder, "takes_region", (task->takes & MONOCLE_TAKES_REGION) != 0);
      if (task->languages)
        add_languages (builder, task->languages);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static JsonNode *
write_info (MonocleServeExchange *exchange)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  MonocleModel *model = exchange->model;

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "program", "monocle");
  monocle_json_add_text (builder, "version", MONOCLE_VERSION);
  monocle_json_add_text (builder, "model", monocle_model_get_name (model));
  monocle_json_add_text (builder, "device",
                         monocle_device_get_name (monocle_model_get_device (model)));
  monocle_json_add_text (builder, "precision", monocle_model_get_precision_name (model));
  add_tasks (builder, model);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

const MonocleServeApi monocle_serve_info = { "GET", "/", read_nothing, write_info };
