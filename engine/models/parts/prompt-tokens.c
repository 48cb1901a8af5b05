/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/prompt-tokens.h"

#include <string.h>

#include "engine/base/error.h"

gboolean
monocle_prompt_tokens_find (const MonocleTokenizer *tokenizer,
                            const char *token,
                            guint n_words,
                            const char *directory,
                            guint32 *id,
                            GError **error)
{
  const gint64 found = monocle_tokenizer_find (tokenizer, token);

  if (found >= 0 && found < n_words)
    {
      *id = (guint32) found;
      return TRUE;
    }
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the tokenizer lacks %s, or the model does", directory, token);
  return FALSE;
}

gboolean
monocle_prompt_tokens_check_count (guint n_tokens,
                                   guint n_words,
                                   const char *directory,
                                   GError **error)
{
  if (n_tokens <= n_words)
    return TRUE;
  g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_UNSUPPORTED_MODEL,
               "%s: the tokenizer has %u tokens, the model only %u", directory, n_tokens, n_words);
  return FALSE;
}

gboolean
monocle_prompt_tokens_check_text (const char *text,
                                  const char *const *reserved,
                                  guint n,
                                  GError **error)
{
  for (guint i = 0; i < n; i++)
    if (strstr (text, reserved[i]))
      {
        g_set_error (error, MONOCLE_ENGINE_ERROR, MONOCLE_ENGINE_ERROR_BAD_REQUEST,
                     "a question cannot contain %s", reserved[i]);
        return FALSE;
      }
  return TRUE;
}
