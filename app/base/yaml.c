/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/base/yaml.h"

#include <string.h>

#include "engine/engine.h"

#define MAX_BYTES  (4 * 1024 * 1024)
#define MAX_VALUES 100000

typedef struct
{
  const char *name; /* of the file */
  const char *at;
  guint line;
  MonocleYamlEntry *entry;
} Reader;

void
monocle_yaml_entry_free (MonocleYamlEntry *self)
{
  if (!self)
    return;
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->keys);
  g_array_unref (self->lines);
  g_free (self);
}

gboolean
monocle_yaml_fail (const char *name, guint line, const char *what, GError **error)
{
  return monocle_file_set_error (error, name, "line %u: %s", line, what);
}

static gboolean
fail (const Reader *reader, GError **error, const char *what)
{
  return monocle_yaml_fail (reader->name, reader->line, what, error);
}

/* --- Blanks --- */

static gboolean
is_end (char c)
{
  return c == '\0' || c == '\n' || c == '\r';
}

static void
skip_blanks (Reader *reader)
{
  while (*reader->at == ' ' || *reader->at == '\t')
    reader->at++;
}

/* Blanks, and a remark behind them. */
static void
skip_to_end (Reader *reader)
{
  skip_blanks (reader);
  if (*reader->at == '#')
    while (!is_end (*reader->at))
      reader->at++;
}

/* To the next line. */
static void
skip_line (Reader *reader)
{
  while (*reader->at && *reader->at != '\n')
    reader->at++;
  if (*reader->at)
    {
      reader->at++;
      reader->line++;
    }
}

/* Over lines on which nothing is said. */
static void
skip_empty (Reader *reader)
{
  for (;;)
    {
      const char *start = reader->at;

      skip_to_end (reader);
      if (!*reader->at)
        return;
      if (!is_end (*reader->at))
        {
          reader->at = start;
          return;
        }
      skip_line (reader);
    }
}

/* --- Words --- */

static gboolean
read_code (Reader *reader, guint n, GString *word)
{
  guint32 c = 0;

  for (guint i = 0; i < n; i++)
    {
      const int digit = g_ascii_xdigit_value (*reader->at);

      if (digit < 0)
        return FALSE;
      c = c * 16 + (guint32) digit;
      reader->at++;
    }
  if (c == 0 || !g_unichar_validate (c))
    return FALSE;
  g_string_append_unichar (word, c);
  return TRUE;
}

static gboolean
read_escape (Reader *reader, GString *word)
{
  static const char from[] = "ntrbfae\\\"/ ", to[] = "\n\t\r\b\f\a\x1b\\\"/ ";
  const char c = *reader->at;
  const char *found = c ? strchr (from, c) : NULL;

  if (found)
    {
      g_string_append_c (word, to[found - from]);
      reader->at++;
      return TRUE;
    }
  if (c != 'x' && c != 'u' && c != 'U')
    return FALSE;
  reader->at++;
  return read_code (reader, c == 'x' ? 2 : c == 'u' ? 4 : 8, word);
}

static gboolean
read_quoted (Reader *reader, GString *word, GError **error)
{
  const char quote = *reader->at++;

  while (!is_end (*reader->at))
    {
      const char c = *reader->at++;

      if (c == quote && !(quote == '\'' && *reader->at == '\''))
        return TRUE;
      if (c == quote)
        reader->at++; /* twice: itself */
      if (c == '\\' && quote == '"')
        {
          if (!read_escape (reader, word))
            return fail (reader, error, "“\\” stands before something that it cannot stand for");
        }
      else
        g_string_append_c (word, c);
    }
  return fail (reader, error, "a quote has no end");
}

/* What begins with one of these says something else than a word. */
static gboolean
is_plain (char c)
{
  return !strchr ("&*!|>%@`[]{},", c);
}

/* Up to the end of the line; in brackets up to what stands between words. */
static gboolean
read_plain (Reader *reader, gboolean in_brackets, gboolean is_key, GString *word, GError **error)
{
  const char *start = reader->at, *end = start;

  if (is_end (*start) || !is_plain (*start))
    return fail (reader, error, "a name was expected");
  for (const char *p = start; !is_end (*p); p++)
    {
      if (*p == '#' && p > start && (p[-1] == ' ' || p[-1] == '\t'))
        break;
      if (in_brackets && strchr (",[]{}", *p))
        break;
      if (is_key && *p == ':')
        break;
      if (*p == ':' && (p[1] == ' ' || is_end (p[1])))
        return fail (reader, error, "a name with “:” in it needs quotes");
      if (*p != ' ' && *p != '\t')
        end = p + 1;
    }
  g_string_append_len (word, start, end - start);
  reader->at = end;
  return TRUE;
}

/* (transfer full) (nullable) */
static char *
read_word (Reader *reader, gboolean in_brackets, gboolean is_key, GError **error)
{
  g_autoptr (GString) word = g_string_new (NULL);
  const gboolean is_quoted = *reader->at == '"' || *reader->at == '\'';

  if (is_quoted ? !read_quoted (reader, word, error)
                : !read_plain (reader, in_brackets, is_key, word, error))
    return NULL;
  return g_string_free (g_steal_pointer (&word), FALSE);
}

/* --- Values --- */

/* @key: (transfer full) (nullable), @value: (transfer full) */
static gboolean
take_value (Reader *reader, char *key, char *value, GError **error)
{
  MonocleYamlEntry *entry = reader->entry;

  if (key)
    g_ptr_array_add (entry->keys, key);
  g_ptr_array_add (entry->values, value);
  g_array_append_val (entry->lines, reader->line);
  return entry->values->len <= MAX_VALUES
         || fail (reader, error, "there are more values than anybody could use");
}

/* "- VALUE", or a word of a list in brackets. */
static gboolean
read_listed (Reader *reader, gboolean in_brackets, GError **error)
{
  char *word = read_word (reader, in_brackets, FALSE, error);

  return word && take_value (reader, NULL, word, error);
}

/* "KEY: VALUE" */
static gboolean
read_member (Reader *reader, gboolean in_brackets, GError **error)
{
  g_autofree char *key = read_word (reader, in_brackets, TRUE, error);
  char *word;

  if (!key)
    return FALSE;
  skip_blanks (reader);
  if (*reader->at != ':')
    return fail (reader, error, "“:” was expected behind the number of a name");
  reader->at++;
  skip_blanks (reader);
  word = read_word (reader, in_brackets, FALSE, error);
  return word && take_value (reader, g_steal_pointer (&key), word, error);
}

/* All in brackets, on however many lines. */
static gboolean
read_bracketed (Reader *reader, GError **error)
{
  const gboolean is_map = *reader->at == '{';
  const char end = is_map ? '}' : ']';

  reader->entry->kind = is_map ? MONOCLE_YAML_MAP : MONOCLE_YAML_LIST;
  reader->at++;
  for (;;)
    {
      skip_empty (reader);
      skip_blanks (reader);
      if (*reader->at == end)
        break;
      if (is_map ? !read_member (reader, TRUE, error) : !read_listed (reader, TRUE, error))
        return FALSE;
      skip_empty (reader);
      skip_blanks (reader);
      if (*reader->at == ',')
        reader->at++;
      else if (*reader->at != end)
        return fail (reader, error, "“,” or the end of the names was expected");
    }
  reader->at++;
  skip_to_end (reader);
  return is_end (*reader->at) || fail (reader, error, "something stands behind the names");
}

/* One a line, all as far in as the first. */
static gboolean
read_lines (Reader *reader, GError **error)
{
  gsize depth = 0;
  gboolean is_list = FALSE;

  reader->entry->kind = MONOCLE_YAML_LIST;
  for (gboolean is_first = TRUE;; is_first = FALSE)
    {
      gsize in;
      gboolean is_item;

      skip_empty (reader);
      in = strspn (reader->at, " ");
      is_item = reader->at[in] == '-' && (reader->at[in + 1] == ' ' || is_end (reader->at[in + 1]));
      if (!reader->at[in] || (in == 0 && !is_item))
        return TRUE;
      if (is_first)
        {
          depth = in;
          is_list = is_item;
          reader->entry->kind = is_item ? MONOCLE_YAML_LIST : MONOCLE_YAML_MAP;
        }
      if (in != depth || is_item != is_list)
        return fail (reader, error, "it stands elsewhere than the names before it");
      reader->at += in + is_item;
      skip_blanks (reader);
      if (is_item ? !read_listed (reader, FALSE, error) : !read_member (reader, FALSE, error))
        return FALSE;
      skip_to_end (reader);
      if (!is_end (*reader->at))
        return fail (reader, error, "something stands behind a name");
      skip_line (reader);
    }
}

static gboolean
read_text (Reader *reader, GError **error)
{
  reader->entry->kind = MONOCLE_YAML_TEXT;
  if (!read_listed (reader, FALSE, error))
    return FALSE;
  skip_to_end (reader);
  return is_end (*reader->at) || fail (reader, error, "something stands behind a name");
}

/* --- The file --- */

/* Behind "key", `"key"` or "'key'" at the margin, and ":". (nullable) */
static const char *
match_key (const char *line, const char *key)
{
  const char quote = *line == '"' || *line == '\'' ? *line : '\0';
  const gsize n = strlen (key);
  const char *at = line + (quote != '\0');

  if (strncmp (at, key, n) != 0 || (quote && at[n] != quote))
    return NULL;
  at += n + (quote != '\0');
  at += strspn (at, " \t");
  return *at == ':' && (at[1] == ' ' || at[1] == '\t' || is_end (at[1])) ? at + 1 : NULL;
}

/* To what stands behind the key. Returns: whether it is there */
static gboolean
find_key (Reader *reader, const char *key)
{
  for (; *reader->at; skip_line (reader))
    {
      const char *behind = match_key (reader->at, key);

      if (behind)
        {
          reader->at = behind;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
read_behind (Reader *reader, GError **error)
{
  skip_to_end (reader);
  if (*reader->at == '[' || *reader->at == '{')
    return read_bracketed (reader, error);
  if (!is_end (*reader->at))
    return read_text (reader, error);
  skip_line (reader);
  return read_lines (reader, error);
}

char *
monocle_yaml_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_BYTES, error);
  const char *data;
  gsize size;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (g_utf8_validate_len (data, size, NULL))
    return g_strndup (data, size);
  monocle_file_set_error (error, path, "not valid UTF-8");
  return NULL;
}

gboolean
monocle_yaml_read (
    const char *text, const char *name, const char *key, MonocleYamlEntry **entry, GError **error)
{
  Reader reader = { .name = name, .at = text, .line = 1 };
  g_autoptr (MonocleYamlEntry) read = NULL;

  g_return_val_if_fail (text && name && key && entry, FALSE);

  *entry = NULL;
  /* Windows writes a mark in front of text. */
  if (g_str_has_prefix (text, "\xef\xbb\xbf"))
    reader.at += 3;
  if (!find_key (&reader, key))
    return TRUE;
  read = reader.entry = g_new0 (MonocleYamlEntry, 1);
  read->line = reader.line;
  read->values = g_ptr_array_new_with_free_func (g_free);
  read->keys = g_ptr_array_new_with_free_func (g_free);
  read->lines = g_array_new (FALSE, FALSE, sizeof (guint));
  if (!read_behind (&reader, error))
    return FALSE;
  *entry = g_steal_pointer (&read);
  return TRUE;
}
