/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What our tokenizer makes of texts, for check_tokenizers.py to compare: a model directory as the
 * argument, a JSON array with one string on each line of the input; {"ids": […], "decoded": "…"} on
 * each line of the output. Says on the error stream how long loading took, in milliseconds.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <stdio.h>

#include "engine/text/tokenizer.h"

static void
answer (const MonocleTokenizer *tokenizer, const char *text)
{
  g_autoptr (GArray) ids = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_NONE);
  g_autoptr (GArray) wrapped = monocle_tokenizer_encode (tokenizer, text, MONOCLE_SPECIALS_WRAP);
  g_autofree char *decoded
      = monocle_tokenizer_decode (tokenizer, (const guint32 *) (gpointer) ids->data, ids->len);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_VALUE);
  g_autofree char *quoted = NULL;

  json_node_set_string (node, decoded);
  quoted = json_to_string (node, FALSE);
  printf ("{\"ids\": [");
  for (guint i = 0; i < ids->len; i++)
    printf ("%s%u", i > 0 ? ", " : "", g_array_index (ids, guint32, i));
  printf ("], \"around\": %u, \"decoded\": %s}\n", wrapped->len - ids->len, quoted);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;
  size_t capacity = 0;
  gint64 start = g_get_monotonic_time ();

  if (argc != 2)
    return 2;
  g_autoptr (MonocleTokenizer) tokenizer = monocle_tokenizer_load (argv[1], &error);
  if (tokenizer == NULL)
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  fprintf (stderr, "%.1f\n", (double) (g_get_monotonic_time () - start) / 1000);
  while (getline (&line, &capacity, stdin) > 0)
    {
      g_autoptr (JsonNode) node = json_from_string (line, NULL);

      if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
        return 2;
      answer (tokenizer, json_array_get_string_element (json_node_get_array (node), 0));
    }
  return 0;
}
