/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/query.h"

#include <math.h>

#include "app/json/answer.h"
#include "app/json/text.h"

char *
monocle_query_json_format (MonocleDocument *document, MonocleQuery *query)
{
  GPtrArray *results = monocle_query_get_results (query);
  guint n_regions = 0;
  const MonocleBox *regions = monocle_query_get_regions (query, &n_regions);
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *lines = NULL;

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
          .region = i < n_regions ? &regions[i] : NULL,
          .result = results->pdata[i],
          .load_ms = NAN,
          .run = monocle_query_get_run (query),
      });
      g_ptr_array_add (objects, monocle_json_text (node));
    }

  g_ptr_array_add (objects, NULL);
  lines = g_strjoinv (",\n", (GStrv) objects->pdata);
  return objects->len == 2 ? g_strconcat (lines, "\n", NULL)
                           : g_strconcat ("[\n", lines, "\n]\n", NULL);
}
