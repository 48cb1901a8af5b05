/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/json/fields.h"

#include <math.h>

void
monocle_json_add_text (JsonBuilder *builder, const char *name, const char *value)
{
  g_autofree char *valid = value ? g_utf8_make_valid (value, -1) : NULL;

  json_builder_set_member_name (builder, name);
  if (valid)
    json_builder_add_string_value (builder, valid);
  else
    json_builder_add_null_value (builder);
}

void
monocle_json_add_path (JsonBuilder *builder, const char *path)
{
  g_autofree char *uri = NULL;

  json_builder_set_member_name (builder, "path");
  json_builder_add_string_value (builder, path);
  if (g_utf8_validate (path, -1, NULL))
    return;
  uri = g_filename_to_uri (path, NULL, NULL);
  json_builder_set_member_name (builder, "uri");
  json_builder_add_string_value (builder, uri);
}

void
monocle_json_add_integer (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

void
monocle_json_add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
monocle_json_add_flag (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}
