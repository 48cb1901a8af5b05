/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/yaml.h"

#include <string.h>

#include "engine/engine.h"

#define MAX_BYTES  (4 * 1024 * 1024)
#define MAX_VALUES 100000
/* Joining lines takes longer the longer they are. */
#define MAX_LINE_BYTES (256 * 1024)

typedef struct
{
  const char *path;
  guint line;
  GPtrArray *entries;
  MonocleYamlEntry *entry; /* the one that goes on in lines below */
} Parser;

static void
entry_free (gpointer data)
{
  MonocleYamlEntry *entry = data;

  g_free (entry->key);
  g_ptr_array_unref (entry->keys);
  g_ptr_array_unref (entry->values);
  g_free (entry);
}

static gboolean
fail (const Parser *self, const char *what, GError **error)
{
  return monocle_file_set_error (error, self->path, "line %u: %s", self->line, what);
}

/* Appends what \ and the next characters stand for; behind it. */
static const char *
read_escape (const char *p, GString *text)
{
  static const char letters[] = "n\nt\tr\rb\bf\f";
  const char *known = *p ? strchr (letters, *p) : NULL;
  guint n = *p == 'x' ? 2 : *p == 'u' ? 4 : *p == 'U' ? 8 : 0;
  gunichar c = 0;

  if (n == 0)
    {
      g_string_append_c (text, known && (known - letters) % 2 == 0 ? known[1] : *p);
      return *p ? p + 1 : p;
    }
  for (p++; n > 0 && g_ascii_isxdigit (*p); n--, p++)
    c = c * 16 + (gunichar) g_ascii_xdigit_value (*p);
  if (c > 0 && g_unichar_validate (c))
    g_string_append_unichar (text, c);
  return p;
}

/* A text up to one of @stops, or in quotation marks; behind it. (nullable): where it does not end
 */
static const char *
read_text (const char *p, const char *stops, char **text)
{
  GString *string = g_string_new (NULL);
  const char quote = *p == '"' || *p == '\'' ? *p : '\0';

  if (quote)
    {
      for (p++; *p && (*p != quote || (quote == '\'' && p[1] == quote));)
        if (quote == '"' && *p == '\\')
          p = read_escape (p + 1, string);
        else
          {
            p += quote == '\'' && *p == quote;
            g_string_append_c (string, *p++);
          }
      if (*p != quote)
        {
          g_string_free (string, TRUE);
          return NULL;
        }
      *text = g_string_free (string, FALSE);
      return p + 1;
    }
  while (*p && !strchr (stops, *p))
    g_string_append_c (string, *p++);
  *text = g_strchomp (g_string_free (string, FALSE));
  return p;
}

static const char *
skip_blanks (const char *p)
{
  while (*p == ' ' || *p == '\t')
    p++;
  return p;
}

/* @key: (transfer full) (nullable), @value: (transfer full) */
static void
add_value (MonocleYamlEntry *entry, char *key, char *value)
{
  g_ptr_array_add (entry->keys, key ? key : g_strdup_printf ("%u", entry->values->len));
  g_ptr_array_add (entry->values, value);
}

/* [a, b] or {0: a, 1: b}, on one line. */
static gboolean
read_flow (Parser *self, const char *p, MonocleYamlEntry *entry, GError **error)
{
  const char close = *p == '[' ? ']' : '}';

  p = skip_blanks (p + 1);
  while (*p != close)
    {
      char *text = NULL, *key = NULL;

      p = read_text (p, close == ']' ? ",]" : ":,}", &text);
      if (p && close == '}' && *(p = skip_blanks (p)) == ':')
        {
          key = text;
          text = NULL;
          p = read_text (skip_blanks (p + 1), ",}", &text);
        }
      if (!p || entry->values->len >= MAX_VALUES)
        {
          g_free (key);
          g_free (text);
          return fail (self, "a list that does not end", error);
        }
      add_value (entry, key, text);
      p = skip_blanks (p);
      if (*p == ',')
        p = skip_blanks (p + 1);
      else if (*p != close)
        return fail (self, "expected a comma or the end of the list", error);
    }
  return TRUE;
}

/* A comment begins behind a blank, outside quotation marks. */
static void
cut_comment (char *line)
{
  char quote = '\0';

  for (char *p = line; *p; p++)
    if (quote)
      {
        if (quote == '"' && *p == '\\' && p[1])
          p++;
        else if (*p == quote)
          quote = '\0';
      }
    else if ((*p == '"' || *p == '\'') && (p == line || strchr (" :[{,-", p[-1])))
      quote = *p;
    else if (*p == '#' && (p == line || p[-1] == ' ' || p[-1] == '\t'))
      {
        *p = '\0';
        break;
      }
  g_strchomp (line);
}

/* "key: value". */
static gboolean
read_member (Parser *self, const char *p, char **key, const char **value, GError **error)
{
  p = read_text (p, ":", key);
  p = p ? skip_blanks (p) : NULL;
  if (!p || *p != ':' || (p[1] && p[1] != ' ' && p[1] != '\t'))
    return fail (self, "expected a name and a colon", error);
  *value = skip_blanks (p + 1);
  return TRUE;
}

static gboolean
read_top (Parser *self, const char *line, GError **error)
{
  MonocleYamlEntry *entry = g_new0 (MonocleYamlEntry, 1);
  const char *value = NULL;
  char *text = NULL;

  entry->keys = g_ptr_array_new_with_free_func (g_free);
  entry->values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->entries, entry);
  self->entry = NULL;
  if (!read_member (self, line, &entry->key, &value, error))
    return FALSE;
  if (*value == '[' || *value == '{')
    return read_flow (self, value, entry, error);
  if (*value == '&' || *value == '*' || *value == '!' || *value == '|' || *value == '>')
    return TRUE;
  if (!*value)
    {
      self->entry = entry;
      return TRUE;
    }
  if (!read_text (value, "", &text))
    return fail (self, "a text that does not end", error);
  add_value (entry, NULL, text);
  return TRUE;
}

static gboolean
read_below (Parser *self, const char *p, GError **error)
{
  const char *value = p;
  char *key = NULL, *text = NULL;

  /* Below what is not read. */
  if (!self->entry)
    return TRUE;
  if (self->entry->values->len >= MAX_VALUES)
    return fail (self, "too many values", error);
  if (*p == '-' && (p[1] == ' ' || !p[1]))
    value = skip_blanks (p + 1);
  else if (!read_member (self, p, &key, &value, error))
    {
      g_free (key);
      return FALSE;
    }
  if (!read_text (value, "", &text))
    {
      g_free (key);
      return fail (self, "a text that does not end", error);
    }
  add_value (self->entry, key, text);
  return TRUE;
}

/* Where a list in brackets goes on in the next line, that is one line with it. */
static gboolean
goes_on (const char *line)
{
  const char *colon = strchr (line, ':');
  const char *value = colon ? skip_blanks (colon + 1) : "";

  return (*value == '[' && !g_str_has_suffix (value, "]"))
         || (*value == '{' && !g_str_has_suffix (value, "}"));
}

static gboolean
parse (Parser *self, const char *text, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i]; i++)
    {
      const char *p;

      self->line = i + 1;
      cut_comment (lines[i]);
      if (lines[i + 1] && goes_on (lines[i]))
        {
          char *joined;

          cut_comment (lines[i + 1]);
          joined = g_strconcat (lines[i], " ", g_strchug (lines[i + 1]), NULL);
          g_free (lines[i + 1]);
          lines[i + 1] = joined;
          if (strlen (joined) > MAX_LINE_BYTES)
            return fail (self, "a list that does not end", error);
          continue;
        }
      p = skip_blanks (lines[i]);
      if (!*p || g_str_has_prefix (lines[i], "---") || lines[i][0] == '%')
        continue;
      if (p > lines[i] || (*p == '-' && (p[1] == ' ' || !p[1])) ? !read_below (self, p, error)
                                                                : !read_top (self, p, error))
        return FALSE;
    }
  return TRUE;
}

GPtrArray *
monocle_yaml_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = monocle_file_read (path, MAX_BYTES, error);
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);
  g_autofree char *text = NULL;
  Parser parser = { path, 0, entries, NULL };
  const char *data;
  gsize size;

  if (!bytes)
    return NULL;
  data = g_bytes_get_data (bytes, &size);
  if (!g_utf8_validate_len (data, size, NULL))
    {
      monocle_file_set_error (error, path, "not valid UTF-8");
      return NULL;
    }
  text = g_strndup (data, size);
  return parse (&parser, text, error) ? g_steal_pointer (&entries) : NULL;
}

const MonocleYamlEntry *
monocle_yaml_find (const GPtrArray *entries, const char *key)
{
  for (guint i = 0; i < entries->len; i++)
    if (strcmp (((MonocleYamlEntry *) entries->pdata[i])->key, key) == 0)
      return entries->pdata[i];
  return NULL;
}

const char *
monocle_yaml_get_text (const GPtrArray *entries, const char *key)
{
  const MonocleYamlEntry *entry = monocle_yaml_find (entries, key);

  return entry && entry->values->len > 0 ? entry->values->pdata[0] : NULL;
}
