/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/query.h"

#include <math.h>

#include "app/json/answer.h"
#include "app/json/fields.h"
#include "app/json/result.h"
#include "app/json/text.h"

/* What the person wrote in place of what the model said. Returns: how many */
static guint
add_corrections (JsonBuilder *builder, MonocleQuery *query)
{
  g_autoptr (GArray) places = monocle_query_list_corrected (query);

  if (places->len == 0)
    return 0;
  json_builder_set_member_name (builder, "corrections");
  json_builder_begin_array (builder);
  for (guint i = 0; i < places->len; i++)
    {
      const guint place = g_array_index (places, guint, i);

      json_builder_begin_object (builder);
      monocle_json_add_text (builder, "task", monocle_query_get_task (query)->id);
      monocle_json_add_text (builder, "said", monocle_query_get_said (query, place));
      monocle_json_add_text (builder, "text", monocle_query_get_correction (query, place));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  return places->len;
}

/* (transfer full) (nullable): what is the person's own; @query: (nullable) */
static JsonNode *
build_own (MonocleDocument *document, MonocleQuery *query)
{
  GListModel *regions = monocle_document_get_regions (document);
  GFile *file = monocle_document_get_file (document);
  g_autofree char *uri = file ? g_file_get_uri (file) : NULL;
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  guint n = 0;

  json_builder_begin_object (builder);
  monocle_json_add_text (builder, "image", monocle_document_get_name (document));
  monocle_json_add_text (builder, "uri", uri);
  monocle_json_add_integer (builder, "width", monocle_document_get_width (document));
  monocle_json_add_integer (builder, "height", monocle_document_get_height (document));
  json_builder_set_member_name (builder, "annotations");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (regions); i++)
    {
      g_autoptr (MonocleAnnotation) region = g_list_model_get_item (regions, i);

      if (!*monocle_annotation_get_label (region))
        continue;
      monocle_result_json_add_own (builder, monocle_annotation_get_object (region),
                                   monocle_annotation_get_attributes (region));
      n++;
    }
  json_builder_end_array (builder);
  if (query)
    n += add_corrections (builder, query);
  json_builder_end_object (builder);
  return n > 0 ? json_builder_get_root (builder) : NULL;
}

static void
add_answers (GPtrArray *objects, MonocleDocument *document, MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);
  guint n_regions = 0;
  const MonocleBox *regions = monocle_query_get_regions (query, &n_regions);

  for (guint i = 0; results && i < results->len; i++)
    {
      g_autoptr (JsonNode) node = NULL;

      if (!results->pdata[i])
        continue;
      node = monocle_answer_json_build (&(MonocleAnswerFacts){
          .image = monocle_document_get_name (document),
          .file = monocle_document_get_file (document),
          .width = monocle_document_get_width (document),
          .height = monocle_document_get_height (document),
          .rotation = monocle_query_get_rotation (query),
          .model = monocle_query_get_model_name (query),
          .device = monocle_query_get_device_name (query),
          .precision = monocle_query_get_precision_name (query),
          .task = monocle_query_get_task (query),
          .text = monocle_query_get_request_text (query),
          .language = monocle_query_get_language (query),
          .region = i < n_regions ? &regions[i] : NULL,
          .result = results->pdata[i],
          .load_ms = NAN,
          .run = monocle_query_get_run (query),
      });
      g_ptr_array_add (objects, monocle_json_text (node));
    }
}

char *
monocle_query_json_format (MonocleDocument *document, MonocleQuery *query)
{
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonNode) own = build_own (document, query);
  g_autofree char *lines = NULL;

  if (query)
    add_answers (objects, document, query);
  if (own)
    g_ptr_array_add (objects, monocle_json_text (own));
  if (!query && !own)
    return NULL;
  g_ptr_array_add (objects, NULL);
  lines = g_strjoinv (",\n", (GStrv) objects->pdata);
  return objects->len == 2 ? g_strconcat (lines, "\n", NULL)
                           : g_strconcat ("[\n", lines, "\n]\n", NULL);
}
