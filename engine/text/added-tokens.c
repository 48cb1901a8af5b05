/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/added-tokens.h"

#include "engine/text/characters.h"
#include "engine/text/trie.h"

struct _MonocleAddedTokens
{
  GArray *tokens;        /* MonocleAddedToken */
  MonocleTrie *tries[2]; /* of indices in tokens; [0] those looked for early, [1] the others */
};

MonocleAddedTokens *
monocle_added_tokens_new (void)
{
  MonocleAddedTokens *self = g_new0 (MonocleAddedTokens, 1);

  self->tokens = g_array_new (FALSE, FALSE, sizeof (MonocleAddedToken));
  self->tries[0] = monocle_trie_new ();
  self->tries[1] = monocle_trie_new ();
  return self;
}

void
monocle_added_tokens_free (MonocleAddedTokens *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->tokens);
  monocle_trie_free (self->tries[0]);
  monocle_trie_free (self->tries[1]);
  g_free (self);
}

void
monocle_added_tokens_add (MonocleAddedTokens *self,
                          const char *content,
                          const MonocleAddedToken *token)
{
  g_return_if_fail (content[0] != '\0');

  monocle_trie_set (self->tries[token->early ? 1 : 0], content, MONOCLE_TRIE_NO_VALUE);
  monocle_trie_set (self->tries[token->early ? 0 : 1], content, self->tokens->len);
  g_array_append_val (self->tokens, *token);
}

const MonocleAddedToken *
monocle_added_tokens_find (const MonocleAddedTokens *self, const char *content)
{
  for (guint i = 0; i < 2; i++)
    {
      guint32 token = monocle_trie_find (self->tries[i], content);

      if (token != MONOCLE_TRIE_NO_VALUE)
        return &g_array_index (self->tokens, MonocleAddedToken, token);
    }
  return NULL;
}

/* The longest token that begins at @text. */
static const MonocleAddedToken *
match (const MonocleAddedTokens *self,
       const MonocleTrie *trie,
       const char *text,
       gsize n_bytes,
       gsize *length)
{
  guint32 node = MONOCLE_TRIE_ROOT, token = MONOCLE_TRIE_NO_VALUE;

  for (gsize i = 0; i < n_bytes; i++)
    {
      node = monocle_trie_step (trie, node, (guint8) text[i]);
      if (node == MONOCLE_TRIE_NOTHING)
        break;
      if (monocle_trie_get (trie, node) != MONOCLE_TRIE_NO_VALUE)
        {
          token = monocle_trie_get (trie, node);
          *length = i + 1;
        }
    }
  return token != MONOCLE_TRIE_NO_VALUE ? &g_array_index (self->tokens, MonocleAddedToken, token)
                                        : NULL;
}

/* Joiners are part of a word here, though not for the expressions of a tokenizer. */
static gboolean
is_word_character (gunichar c)
{
  return c == 0x200c || c == 0x200d || monocle_characters_is_word (c);
}

static gboolean
touches_word (const char *text, gsize n_bytes, gsize start, gsize end)
{
  return (start > 0 && is_word_character (g_utf8_get_char (g_utf8_prev_char (text + start))))
         || (end < n_bytes && is_word_character (g_utf8_get_char (text + end)));
}

void
monocle_added_tokens_split (const MonocleAddedTokens *self,
                            MonocleAddedTokensPass pass,
                            const char *text,
                            gsize n_bytes,
                            MonocleAddedTokensVisit visit,
                            gpointer user_data)
{
  const MonocleTrie *trie = self->tries[pass];
  gsize done = 0;

  for (gsize i = 0; i < n_bytes;)
    {
      gsize length = 0;
      const MonocleAddedToken *token = match (self, trie, text + i, n_bytes - i, &length);

      if (token == NULL)
        {
          i++;
          continue;
        }

      gsize start = i, end = i + length;
      i = end;
      if (token->single_word && touches_word (text, n_bytes, start, end))
        continue;
      while (token->strip_left && start > done)
        {
          const char *previous = g_utf8_prev_char (text + start);

          if (!monocle_characters_is_space (g_utf8_get_char (previous)))
            break;
          start = (gsize) (previous - text);
        }
      while (token->strip_right && end < n_bytes
             && monocle_characters_is_space (g_utf8_get_char (text + end)))
        end = (gsize) (g_utf8_next_char (text + end) - text);

      if (start > done)
        visit (-1, text + done, start - done, user_data);
      visit (token->id, NULL, 0, user_data);
      done = i = end;
    }
  if (done < n_bytes)
    visit (-1, text + done, n_bytes - done, user_data);
}
