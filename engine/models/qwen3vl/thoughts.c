/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Editions that think before they answer. Their template opens the thoughts, the model closes them,
 * and of earlier turns it repeats the answers alone; so thoughts are no part of an answer, and cost
 * room and time only while they are written.
 */
#include "config.h"

#include <string.h>

#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/models/qwen3vl/private.h"

#define CLOSES "</think>"

/* Where templates say how an answer begins, and what those of such editions have there, with the
 * backslashes of the template's language. */
#define GENERATES "add_generation_prompt"
#define OPENED    "<|im_start|>assistant\\n<think>\\n"

/* More is none. */
#define MAX_TEMPLATE_BYTES (1 << 20)

void
monocle_qwen3vl_read_template (MonocleQwen3vl *self, const char *template)
{
  const char *generates = NULL;
  const gint64 closes = monocle_tokenizer_find (self->tokenizer, CLOSES);

  for (const char *at = template; (at = strstr (at, GENERATES)); at++)
    generates = at;
  self->thinks = closes >= 0 && closes < self->config.text.n_words && generates
                 && strstr (generates, OPENED) && !strstr (generates, CLOSES);
  self->closes_id = (guint32) MAX (closes, 0);
}

/* (transfer full) (nullable): of a file that need not be there, or whose template may be none that
 * we read */
static char *
read_member (const char *directory, const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  g_autoptr (JsonObject) root = monocle_file_exists (path) ? monocle_json_load (path, NULL) : NULL;
  const char *template = NULL;

  if (root)
    monocle_json_get_string (root, path, "chat_template", MONOCLE_JSON_OPTIONAL, &template, NULL);
  return g_strdup (template);
}

void
monocle_qwen3vl_load_template (MonocleQwen3vl *self, const char *directory)
{
  g_autofree char *path = g_build_filename (directory, "chat_template.jinja", NULL);
  g_autoptr (GBytes) bytes
      = monocle_file_exists (path) ? monocle_file_read (path, MAX_TEMPLATE_BYTES, NULL) : NULL;
  g_autofree char *template = NULL;

  if (bytes)
    template = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (!template)
    template = read_member (directory, "chat_template.json");
  if (!template)
    template = read_member (directory, "tokenizer_config.json");
  if (template)
    monocle_qwen3vl_read_template (self, template);
}

static gboolean
is_new_lines (const MonocleQwen3vl *self, guint32 id)
{
  gsize n = 0;
  const guint8 *bytes = monocle_tokenizer_get_bytes (self->tokenizer, id, &n);

  for (gsize i = 0; i < n; i++)
    if (bytes[i] != '\n')
      return FALSE;
  return n > 0;
}

guint
monocle_qwen3vl_count_thoughts (gpointer model, const guint32 *ids, guint n)
{
  const MonocleQwen3vl *self = model;
  guint i = 0;

  if (!self->thinks)
    return 0;
  while (i < n && ids[i] != self->closes_id)
    i++;
  if (i == n)
    return n;
  for (i++; i < n && is_new_lines (self, ids[i]);)
    i++;
  return i;
}
