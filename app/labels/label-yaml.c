/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/labels/label-yaml.h"

#include <string.h>

#include "app/labels/label-set.h"
#include "engine/engine.h"

/* Numbers of names that anybody would use. */
#define MAX_NUMBER 1000000

typedef struct
{
  const char *name; /* of the file */
  const char *at;
  guint line;
  GTree *names; /* number -> name */
  guint n_listed;
} Reader;

static gboolean
fail (const Reader *reader, GError **error, const char *what)
{
  return monocle_file_set_error (error, reader->name, "line %u: %s", reader->line, what);
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
  static const char from[] = "nt\\\"/ ", to[] = "\n\t\\\"/ ";
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

/* --- Names --- */

static gboolean
take_name (Reader *reader, guint number, const char *word, GError **error)
{
  g_autofree char *clean = monocle_label_clean (word);

  if (!clean)
    return fail (reader, error, "a name is empty, too long, or no text");
  if (g_tree_lookup (reader->names, GUINT_TO_POINTER (number)))
    return fail (reader, error, "a number has two names");
  if (g_tree_nnodes (reader->names) >= MONOCLE_LABEL_SET_MAX)
    return fail (reader, error, "there are more names than anybody could use");
  g_tree_insert (reader->names, GUINT_TO_POINTER (number), g_steal_pointer (&clean));
  return TRUE;
}

/* "- NAME", or a word of a list in brackets. */
static gboolean
read_listed (Reader *reader, gboolean in_brackets, GError **error)
{
  g_autofree char *word = read_word (reader, in_brackets, FALSE, error);

  return word && take_name (reader, reader->n_listed++, word, error);
}

/* "NUMBER: NAME" */
static gboolean
read_numbered (Reader *reader, gboolean in_brackets, GError **error)
{
  g_autofree char *key = read_word (reader, in_brackets, TRUE, error);
  g_autofree char *word = NULL;
  guint64 number;

  if (!key)
    return FALSE;
  if (!g_ascii_string_to_unsigned (key, 10, 0, MAX_NUMBER, &number, NULL))
    return fail (reader, error, "the number of a name was expected");
  skip_blanks (reader);
  if (*reader->at != ':')
    return fail (reader, error, "“:” was expected behind the number of a name");
  reader->at++;
  skip_blanks (reader);
  word = read_word (reader, in_brackets, FALSE, error);
  return word && take_name (reader, (guint) number, word, error);
}

/* All in brackets, on however many lines. */
static gboolean
read_bracketed (Reader *reader, GError **error)
{
  const gboolean is_map = *reader->at == '{';
  const char end = is_map ? '}' : ']';

  reader->at++;
  for (;;)
    {
      skip_empty (reader);
      skip_blanks (reader);
      if (*reader->at == end)
        break;
      if (is_map ? !read_numbered (reader, TRUE, error) : !read_listed (reader, TRUE, error))
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
        }
      if (in != depth || is_item != is_list)
        return fail (reader, error, "it stands elsewhere than the names before it");
      reader->at += in + is_item;
      skip_blanks (reader);
      if (is_item ? !read_listed (reader, FALSE, error) : !read_numbered (reader, FALSE, error))
        return FALSE;
      skip_to_end (reader);
      if (!is_end (*reader->at))
        return fail (reader, error, "something stands behind a name");
      skip_line (reader);
    }
}

/* --- The file --- */

/* To what stands behind "names:". Returns: whether it is there */
static gboolean
find_names (Reader *reader)
{
  static const char *const keys[] = { "names", "\"names\"", "'names'" };

  for (; *reader->at; skip_line (reader))
    for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
      {
        const gsize n = strlen (keys[i]);
        const char *behind = reader->at + n;

        if (strncmp (reader->at, keys[i], n) != 0)
          continue;
        behind += strspn (behind, " \t");
        if (*behind != ':' || !(behind[1] == ' ' || behind[1] == '\t' || is_end (behind[1])))
          continue;
        reader->at = behind + 1;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_names (Reader *reader, GError **error)
{
  if (!find_names (reader))
    return monocle_file_set_error (error, reader->name, "has no line that begins with “names:”");
  skip_to_end (reader);
  if (*reader->at == '[' || *reader->at == '{')
    return read_bracketed (reader, error);
  if (!is_end (*reader->at))
    return fail (reader, error, "names were expected, as a list or numbered");
  skip_line (reader);
  return read_lines (reader, error);
}

static gboolean
add_name (gpointer number, gpointer name, gpointer names)
{
  g_strv_builder_add (names, name);
  return FALSE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b, gpointer data)
{
  return GPOINTER_TO_UINT (a) < GPOINTER_TO_UINT (b)   ? -1
         : GPOINTER_TO_UINT (a) > GPOINTER_TO_UINT (b) ? 1
                                                       : 0;
}

GStrv
monocle_label_yaml_read (const char *text, const char *name, GError **error)
{
  g_autoptr (GTree) names = g_tree_new_full (compare_numbers, NULL, NULL, g_free);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  Reader reader = { .name = name, .at = text, .line = 1, .names = names };

  g_return_val_if_fail (text && name, NULL);

  if (!read_names (&reader, error))
    return NULL;
  if (g_tree_nnodes (names) == 0)
    {
      monocle_file_set_error (error, name, "has no names");
      return NULL;
    }
  g_tree_foreach (names, add_name, builder);
  return g_strv_builder_end (builder);
}
