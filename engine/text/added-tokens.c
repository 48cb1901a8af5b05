/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/added-tokens.h"

#include <string.h>

#include "engine/text/pieces.h"

#define NO_NODE  0 /* the root is nobody's child */
#define NO_TOKEN G_MAXUINT32

/* A trie over bytes: children of a node are a linked list, as most nodes have one to ten. */
typedef struct
{
  guint32 first_child;
  guint32 sibling;
  guint32 token; /* index in tokens, or NO_TOKEN */
  guint8 byte;
} Node;

struct _MonocleAddedTokens
{
  GArray *tokens;   /* MonocleAddedToken */
  GArray *tries[2]; /* Node; [0] those looked for early, [1] the others */
};

MonocleAddedTokens *
monocle_added_tokens_new (void)
{
  MonocleAddedTokens *self = g_new0 (MonocleAddedTokens, 1);

  self->tokens = g_array_new (FALSE, FALSE, sizeof (MonocleAddedToken));
  for (guint i = 0; i < 2; i++)
    {
      self->tries[i] = g_array_new (FALSE, FALSE, sizeof (Node));
      g_array_append_val (self->tries[i], ((Node){ .token = NO_TOKEN }));
    }
  return self;
}

void
monocle_added_tokens_free (MonocleAddedTokens *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->tokens);
  g_array_unref (self->tries[0]);
  g_array_unref (self->tries[1]);
  g_free (self);
}

static guint32
find_child (const GArray *trie, guint32 node, guint8 byte)
{
  guint32 child = g_array_index (trie, Node, node).first_child;

  while (child != NO_NODE && g_array_index (trie, Node, child).byte != byte)
    child = g_array_index (trie, Node, child).sibling;
  return child;
}

static guint32
add_child (GArray *trie, guint32 parent, guint8 byte)
{
  Node node = { .sibling = g_array_index (trie, Node, parent).first_child,
                .token = NO_TOKEN,
                .byte = byte };

  g_array_append_val (trie, node);
  g_array_index (trie, Node, parent).first_child = trie->len - 1;
  return trie->len - 1;
}

static guint32
find_node (const GArray *trie, const char *content)
{
  guint32 node = 0;

  for (const guint8 *byte = (const guint8 *) content; *byte != 0; byte++)
    {
      node = find_child (trie, node, *byte);
      if (node == NO_NODE)
        break;
    }
  return node;
}

void
monocle_added_tokens_add (MonocleAddedTokens *self,
                          const char *content,
                          const MonocleAddedToken *token)
{
  GArray *trie = self->tries[token->early ? 0 : 1], *other = self->tries[token->early ? 1 : 0];
  guint32 node = 0, stale;

  g_return_if_fail (content[0] != '\0');

  for (const guint8 *byte = (const guint8 *) content; *byte != 0; byte++)
    {
      guint32 child = find_child (trie, node, *byte);

      node = child != NO_NODE ? child : add_child (trie, node, *byte);
    }
  stale = find_node (other, content);
  if (stale != NO_NODE)
    g_array_index (other, Node, stale).token = NO_TOKEN;
  g_array_index (trie, Node, node).token = self->tokens->len;
  g_array_append_val (self->tokens, *token);
}

const MonocleAddedToken *
monocle_added_tokens_find (const MonocleAddedTokens *self, const char *content)
{
  for (guint i = 0; i < 2; i++)
    {
      guint32 node = find_node (self->tries[i], content);
      guint32 token = node != NO_NODE ? g_array_index (self->tries[i], Node, node).token : NO_TOKEN;

      if (token != NO_TOKEN)
        return &g_array_index (self->tokens, MonocleAddedToken, token);
    }
  return NULL;
}

/* The longest token that begins at @text. */
static const MonocleAddedToken *
match (const MonocleAddedTokens *self,
       const GArray *trie,
       const char *text,
       gsize n_bytes,
       gsize *length)
{
  guint32 node = 0, token = NO_TOKEN;

  for (gsize i = 0; i < n_bytes; i++)
    {
      node = find_child (trie, node, (guint8) text[i]);
      if (node == NO_NODE)
        break;
      if (g_array_index (trie, Node, node).token != NO_TOKEN)
        {
          token = g_array_index (trie, Node, node).token;
          *length = i + 1;
        }
    }
  return token != NO_TOKEN ? &g_array_index (self->tokens, MonocleAddedToken, token) : NULL;
}

static gboolean
is_word_character (gunichar c)
{
  return c == '_' || c == 0x200c || c == 0x200d || g_unichar_isalnum (c) || g_unichar_ismark (c)
         || g_unichar_type (c) == G_UNICODE_CONNECT_PUNCTUATION;
}

static gboolean
touches_word (const char *text, gsize n_bytes, gsize start, gsize end)
{
  return (start > 0 && is_word_character (g_utf8_get_char (g_utf8_prev_char (text + start))))
         || (end < n_bytes && is_word_character (g_utf8_get_char (text + end)));
}

/* One pass with one trie; parts between tokens go to @visit. */
static void
split_once (const MonocleAddedTokens *self,
            const GArray *trie,
            const char *text,
            gsize n_bytes,
            MonocleAddedTokensVisit visit,
            gpointer user_data)
{
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

          if (!monocle_pieces_is_space (g_utf8_get_char (previous)))
            break;
          start = (gsize) (previous - text);
        }
      while (token->strip_right && end < n_bytes
             && monocle_pieces_is_space (g_utf8_get_char (text + end)))
        end = (gsize) (g_utf8_next_char (text + end) - text);

      if (start > done)
        visit (-1, text + done, start - done, user_data);
      visit (token->id, NULL, 0, user_data);
      done = i = end;
    }
  if (done < n_bytes)
    visit (-1, text + done, n_bytes - done, user_data);
}

typedef struct
{
  const MonocleAddedTokens *self;
  MonocleAddedTokensVisit visit;
  gpointer user_data;
} Pass;

static void
split_rest (gint64 id, const char *text, gsize n_bytes, gpointer user_data)
{
  const Pass *pass = user_data;

  if (id >= 0)
    pass->visit (id, text, n_bytes, pass->user_data);
  else
    split_once (pass->self, pass->self->tries[1], text, n_bytes, pass->visit, pass->user_data);
}

void
monocle_added_tokens_split (const MonocleAddedTokens *self,
                            const char *text,
                            gsize n_bytes,
                            MonocleAddedTokensVisit visit,
                            gpointer user_data)
{
  Pass pass = { .self = self, .visit = visit, .user_data = user_data };

  split_once (self, self->tries[0], text, n_bytes, split_rest, &pass);
}
