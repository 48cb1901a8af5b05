/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/decode.h"

#include <string.h>

#include "engine/base/json.h"
#include "engine/base/utf8.h"
#include "engine/text/byte-characters.h"
#include "engine/text/parts.h"
#include "engine/text/pattern.h"

#define MAX_CONTENT 512
/* What replacing may make of a token, or it as long as it was. */
#define MAX_TOKEN 4096

typedef struct _Step Step;

/* A step changes each token for itself, or all of them together: then @spell is what it does to one
 * inside a text, or NULL if it leaves it as it is. */
struct _Step
{
  void (*change) (const Step *self, GString *token, gboolean is_first, gboolean is_last);
  GPtrArray *(*apply) (const Step *self, GPtrArray *tokens);
  void (*spell) (const Step *self, GString *token);
  MonoclePattern *pattern;
  char *content;
  gboolean flag;
  gsize start, stop;
};

struct _MonocleTokenDecoder
{
  GArray *steps;
  gboolean joins_bytes;
  gboolean is_absent; /* tokens stay apart */
};

static void
clear_step (gpointer data)
{
  Step *step = data;

  monocle_pattern_free (step->pattern);
  g_free (step->content);
}

MonocleTokenDecoder *
monocle_token_decoder_new (void)
{
  MonocleTokenDecoder *self = g_new0 (MonocleTokenDecoder, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, clear_step);
  self->joins_bytes = TRUE;
  return self;
}

void
monocle_token_decoder_free (MonocleTokenDecoder *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

static gboolean
add_step (MonocleTokenDecoder *self, const Step *step)
{
  g_array_append_vals (self->steps, step, 1);
  return TRUE;
}

/* ---- steps that change each token for itself */

static void
replace (const MonoclePattern *pattern, const char *content, GString *token)
{
  g_autofree char *replaced = monocle_pattern_replace (pattern, token->str, token->len, content,
                                                       MAX (token->len, MAX_TOKEN));

  g_string_assign (token, replaced);
}

static void
change_replace (const Step *self, GString *token, gboolean is_first, gboolean is_last)
{
  replace (self->pattern, self->content, token);
}

/* The first token loses its blanks. */
static void
change_metaspace (const Step *self, GString *token, gboolean is_first, gboolean is_last)
{
  replace (self->pattern, is_first && self->flag ? "" : " ", token);
}

/* The last one ends without a blank. */
static void
change_suffix (const Step *self, GString *token, gboolean is_first, gboolean is_last)
{
  replace (self->pattern, is_last ? "" : " ", token);
}

static void
change_strip (const Step *self, GString *token, gboolean is_first, gboolean is_last)
{
  gsize n = strlen (self->content), start = 0, end = token->len;

  for (gsize i = 0; i < self->start && g_str_has_prefix (token->str + start, self->content); i++)
    start += n;
  for (gsize i = 0;
       i < self->stop && end >= start + n && memcmp (token->str + end - n, self->content, n) == 0;
       i++)
    end -= n;
  g_string_truncate (token, end);
  g_string_erase (token, 0, (gssize) start);
}

/* The first word has no blank before it. */
static void
change_word (const Step *self, GString *token, gboolean is_first, gboolean is_last)
{
  static const char *const tidied[][2]
      = { { " .", "." },   { " ?", "?" },     { " !", "!" },    { " ,", "," },
          { " ' ", "'" },  { " n't", "n't" }, { " 'm", "'m" },  { " do not", " don't" },
          { " 's", "'s" }, { " 've", "'ve" }, { " 're", "'re" } };

  if (!is_first && g_str_has_prefix (token->str, self->content))
    g_string_erase (token, 0, (gssize) strlen (self->content));
  else if (!is_first)
    g_string_prepend_c (token, ' ');
  for (gsize i = 0; i < G_N_ELEMENTS (tidied) && self->flag; i++)
    g_string_replace (token, tidied[i][0], tidied[i][1], 0);
}

static GPtrArray *
change_all (const Step *self, GPtrArray *tokens)
{
  for (guint i = 0; i < tokens->len; i++)
    {
      GString *token = g_string_new (g_ptr_array_index (tokens, i));

      self->change (self, token, i == 0, i + 1 == tokens->len);
      g_free (g_ptr_array_index (tokens, i));
      g_ptr_array_index (tokens, i) = g_string_free (token, FALSE);
    }
  return tokens;
}

/* ---- steps that take all tokens together */

static GPtrArray *
apply_fuse (const Step *self, GPtrArray *tokens)
{
  GPtrArray *one = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (tokens, NULL);
  g_ptr_array_add (one, g_strjoinv (NULL, (char **) tokens->pdata));
  g_ptr_array_unref (tokens);
  return one;
}

static GPtrArray *
apply_byte_level (const Step *self, GPtrArray *tokens)
{
  GPtrArray *one = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < tokens->len; i++)
    monocle_byte_characters_read (g_ptr_array_index (tokens, i), bytes);
  monocle_utf8_repair (bytes->data, bytes->len, text, NULL);
  g_ptr_array_add (one, g_string_free (text, FALSE));
  g_ptr_array_unref (tokens);
  return one;
}

/* "<0x0A>": the byte, else -1. */
static gint
read_byte (const char *token)
{
  if (strlen (token) != 6 || !g_str_has_prefix (token, "<0x") || token[5] != '>'
      || !g_ascii_isxdigit (token[3]) || !g_ascii_isxdigit (token[4]))
    return -1;
  return g_ascii_xdigit_value (token[3]) * 16 + g_ascii_xdigit_value (token[4]);
}

/* A run of bytes is the text that it spells, or as many U+FFFD. */
static void
end_bytes (GByteArray *bytes, GPtrArray *out)
{
  gboolean is_text = g_utf8_validate ((const char *) bytes->data, bytes->len, NULL);

  if (is_text && bytes->len > 0)
    g_ptr_array_add (out, g_strndup ((const char *) bytes->data, bytes->len));
  for (guint i = 0; i < bytes->len && !is_text; i++)
    g_ptr_array_add (out, g_strdup ("\xef\xbf\xbd"));
  g_byte_array_set_size (bytes, 0);
}

static GPtrArray *
apply_bytes (const Step *self, GPtrArray *tokens)
{
  GPtrArray *out = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < tokens->len; i++)
    {
      gint byte = read_byte (g_ptr_array_index (tokens, i));
      guint8 value = (guint8) byte;

      if (byte >= 0)
        {
          g_byte_array_append (bytes, &value, 1);
          continue;
        }
      end_bytes (bytes, out);
      g_ptr_array_add (out, g_strdup (g_ptr_array_index (tokens, i)));
    }
  end_bytes (bytes, out);
  g_ptr_array_unref (tokens);
  return out;
}

static void
spell_bytes (const Step *self, GString *token)
{
  gint byte = read_byte (token->str);

  if (byte < 0)
    return;
  g_string_truncate (token, 0);
  g_string_append_c (token, (char) byte);
}

static void
spell_byte_level (const Step *self, GString *token)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  if (!g_utf8_validate (token->str, (gssize) token->len, NULL))
    return;
  monocle_byte_characters_read (token->str, bytes);
  g_string_truncate (token, 0);
  g_string_append_len (token, (const char *) bytes->data, (gssize) bytes->len);
}

/* ---- the rows */

static gboolean
read_byte_level (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (target, &(Step){ .apply = apply_byte_level, .spell = spell_byte_level });
}

static gboolean
read_bytes (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (target, &(Step){ .apply = apply_bytes, .spell = spell_bytes });
}

static gboolean
read_fuse (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_step (target, &(Step){ .apply = apply_fuse });
}

static gboolean
read_text (JsonObject *part, const char *key, const char **text, const char *path, GError **error)
{
  return monocle_parts_get_text (part, path, key, MONOCLE_JSON_OPTIONAL, MAX_CONTENT, text, error);
}

static gboolean
read_replace (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *content = "";
  g_autoptr (MonoclePattern) pattern = monocle_pattern_read (part, path, error);

  return pattern != NULL && read_text (part, "content", &content, path, error)
         && add_step (target, &(Step){ .change = change_replace,
                                       .pattern = g_steal_pointer (&pattern),
                                       .content = g_strdup (content) });
}

static gboolean
read_metaspace (gpointer target, JsonObject *part, const char *path, GError **error)
{
  static const char *const schemes[] = { "always", "first", "never", NULL };
  gunichar replacement = 0;
  gboolean leads = TRUE;
  char text[7] = { 0 };
  guint scheme;

  if (!monocle_parts_get_character (part, path, "replacement", &replacement, error)
      || !monocle_parts_get_flag (part, path, "add_prefix_space", &leads, error))
    return FALSE;
  scheme = leads ? 0 : 2;
  if (!monocle_parts_get_choice (part, path, "prepend_scheme", schemes, &scheme, error))
    return FALSE;
  g_unichar_to_utf8 (replacement, text);
  return add_step (target, &(Step){ .change = change_metaspace,
                                    .pattern = monocle_pattern_new_text (text),
                                    .flag = scheme != 2 });
}

static gboolean
read_strip (gpointer target, JsonObject *part, const char *path, GError **error)
{
  gunichar content = 0;
  gint64 start = 0, stop = 0;
  char text[7] = { 0 };

  if (!monocle_parts_get_character (part, path, "content", &content, error)
      || !monocle_json_get_int (part, path, "start", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32, &start,
                                error)
      || !monocle_json_get_int (part, path, "stop", MONOCLE_JSON_OPTIONAL, 0, G_MAXINT32, &stop,
                                error))
    return FALSE;
  g_unichar_to_utf8 (content, text);
  return add_step (target, &(Step){ .change = change_strip,
                                    .content = g_strdup (text),
                                    .start = (gsize) start,
                                    .stop = (gsize) stop });
}

static gboolean
read_suffix (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *suffix = "</w>";

  if (!read_text (part, "suffix", &suffix, path, error))
    return FALSE;
  if (suffix[0] == '\0')
    return monocle_parts_unsupported (error, path, "key \"suffix\": an empty text");
  return add_step (
      target, &(Step){ .change = change_suffix, .pattern = monocle_pattern_new_text (suffix) });
}

static gboolean
read_word (gpointer target, JsonObject *part, const char *path, GError **error)
{
  const char *prefix = "##";
  gboolean cleans = TRUE;

  return read_text (part, "prefix", &prefix, path, error)
         && monocle_parts_get_flag (part, path, "cleanup", &cleans, error)
         && add_step (
             target,
             &(Step){ .change = change_word, .content = g_strdup (prefix), .flag = cleans });
}

static const MonocleTokenizerPart rows[] = {
  { "ByteLevel", read_byte_level }, { "Metaspace", read_metaspace },
  { "ByteFallback", read_bytes },   { "Fuse", read_fuse },
  { "Replace", read_replace },      { "Strip", read_strip },
  { "BPEDecoder", read_suffix },    { "WordPiece", read_word },
};

gboolean
monocle_token_decoder_read (MonocleTokenDecoder *self,
                            JsonObject *root,
                            const char *path,
                            GError **error)
{
  if (!json_object_has_member (root, "decoder"))
    return TRUE;
  self->is_absent = !monocle_json_has (root, "decoder");
  if (!monocle_parts_read (root, "decoder", "decoders", rows, G_N_ELEMENTS (rows), self, path,
                           error))
    return FALSE;
  self->joins_bytes
      = self->steps->len == 1 && g_array_index (self->steps, Step, 0).apply == apply_byte_level;
  return TRUE;
}

gboolean
monocle_token_decoder_joins_bytes (const MonocleTokenDecoder *self)
{
  return self->joins_bytes;
}

void
monocle_token_decoder_spell (const MonocleTokenDecoder *self, const char *token, GByteArray *bytes)
{
  g_autoptr (GString) spelled = NULL;

  if (self->joins_bytes)
    {
      monocle_byte_characters_read (token, bytes);
      return;
    }
  spelled = g_string_new (token);
  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);

      /* What follows works on the text as a whole, or on text. */
      if (step->apply == apply_fuse || !g_utf8_validate (spelled->str, (gssize) spelled->len, NULL))
        break;
      if (step->change != NULL)
        step->change (step, spelled, FALSE, FALSE);
      else if (step->spell != NULL)
        step->spell (step, spelled);
    }
  g_byte_array_append (bytes, (const guint8 *) spelled->str, (guint) spelled->len);
}

char *
monocle_token_decoder_apply (const MonocleTokenDecoder *self, const GPtrArray *tokens)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  char *text;

  for (guint i = 0; i < tokens->len; i++)
    g_ptr_array_add (parts, g_strdup (g_ptr_array_index (tokens, i)));
  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);

      parts = step->change != NULL ? change_all (step, parts) : step->apply (step, parts);
    }
  g_ptr_array_add (parts, NULL);
  text = g_strjoinv (self->is_absent ? " " : NULL, (char **) parts->pdata);
  g_ptr_array_unref (parts);
  return text;
}
