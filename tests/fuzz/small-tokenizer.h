/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A tokenizer without files: one token for each byte, and those given.
 */
#pragma once

#include "engine/text/tokenizer-private.h"

static inline MonocleTokenizer *
make_small_tokenizer (const char *const *tokens, guint n_tokens)
{
  MonocleTokenizer *tokenizer = monocle_tokenizer_new ();
  gunichar next = 256;

  for (guint byte = 0; byte < 256; byte++)
    {
      gboolean is_printable
          = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
      char name[7] = { 0 };

      g_unichar_to_utf8 (is_printable ? byte : next++, name);
      monocle_tokenizer_set_token (tokenizer, name, byte);
    }
  monocle_tokenizer_find_byte_ids (tokenizer);
  tokenizer->merges = monocle_merges_new (0);
  monocle_tokenizer_add_tokens (tokenizer, tokens, n_tokens);
  return tokenizer;
}
