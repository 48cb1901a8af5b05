/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tokenizer without files: one token for each byte, and those given.
 */
#pragma once

#include "engine/base/json.h"
#include "engine/text/byte-characters.h"
#include "engine/text/tokenizer-private.h"

static inline MonocleTokenizer *
make_small_tokenizer (const char *const *tokens, guint n_tokens)
{
  MonocleTokenizer *tokenizer = monocle_tokenizer_new ();
  g_autoptr (GString) file = g_string_new ("{\"model\": {\"merges\": [], \"vocab\": {");
  g_autoptr (JsonObject) root = NULL;

  for (guint i = 0; i < 256; i++)
    {
      guint8 byte = (guint8) i;

      g_string_append (file, i > 0 ? ", \"" : "\"");
      if (byte == '"' || byte == '\\')
        g_string_append_c (file, '\\');
      monocle_byte_characters_write (&byte, 1, file);
      g_string_append_printf (file, "\": %u", i);
    }
  g_string_append (file, "}}, \"pre_tokenizer\": {\"type\": \"ByteLevel\", "
                         "\"add_prefix_space\": false}}");
  root = monocle_json_parse (file->str, file->len, "small", NULL);
  g_assert_true (monocle_tokenizer_read (tokenizer, root, "small", NULL));
  monocle_tokenizer_add_tokens (tokenizer, tokens, n_tokens);
  return tokenizer;
}
