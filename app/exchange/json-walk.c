/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/exchange/json-walk.h"

#include <string.h>

#include "engine/engine.h"

#define MAX_DEPTH     64
#define MAX_KEY_BYTES 64

typedef struct
{
  const char *text;
  const char *end;
  const char *p;
  const char *name;
  MonocleJsonPiece piece;
  gpointer user_data;
} Walk;

static gboolean
fail (const Walk *walk, const char *what, GError **error)
{
  return monocle_file_set_error (error, walk->name, "bad JSON at byte %" G_GSIZE_FORMAT ": %s",
                                 (gsize) (walk->p - walk->text), what);
}

static void
skip_blanks (Walk *walk)
{
  while (walk->p < walk->end && g_ascii_isspace (*walk->p))
    walk->p++;
}

/* Behind the string that begins here. */
static gboolean
skip_string (Walk *walk, GError **error)
{
  const char *start = walk->p++;

  for (;;)
    {
      const char *quote = memchr (walk->p, '"', (gsize) (walk->end - walk->p));
      const char *back;

      if (!quote)
        {
          walk->p = start;
          return fail (walk, "it is cut off: a string does not end", error);
        }
      back = quote;
      while (back[-1] == '\\' && back - 1 > start)
        back--;
      walk->p = quote + 1;
      if ((quote - back) % 2 == 0)
        return TRUE;
    }
}

/* Behind the value that begins here. */
static gboolean
skip_value (Walk *walk, GError **error)
{
  const char *start = walk->p;
  int depth = 0;

  do
    {
      if (walk->p >= walk->end)
        {
          walk->p = start;
          return fail (walk, "it is cut off", error);
        }
      switch (*walk->p)
        {
        case '"':
          if (!skip_string (walk, error))
            return FALSE;
          continue;
        case '{':
        case '[':
          if (++depth > MAX_DEPTH)
            return fail (walk, "nested too deeply", error);
          break;
        case '}':
        case ']':
          if (--depth < 0)
            return fail (walk, "expected a value", error);
          break;
        default:
          if (depth > 0)
            break;
          while (walk->p < walk->end && !strchr (",]} \t\r\n", *walk->p))
            walk->p++;
          return walk->p > start || fail (walk, "expected a value", error);
        }
      walk->p++;
    }
  while (depth > 0);
  return TRUE;
}

/* What stands between two values, or ends them: @is_last says which. */
static gboolean
skip_comma (Walk *walk, char close, gboolean *is_last, GError **error)
{
  skip_blanks (walk);
  if (walk->p >= walk->end)
    return fail (walk, "it is cut off", error);
  *is_last = *walk->p == close;
  if (!*is_last && *walk->p != ',')
    return fail (walk, "expected a comma", error);
  walk->p++;
  skip_blanks (walk);
  return TRUE;
}

static gboolean
walk_array (Walk *walk, const char *key, GError **error)
{
  gboolean is_last;

  walk->p++;
  skip_blanks (walk);
  if (walk->p < walk->end && *walk->p == ']')
    {
      walk->p++;
      return TRUE;
    }
  for (gint64 i = 0;; i++)
    {
      const char *start = walk->p;

      if (!skip_value (walk, error)
          || !walk->piece (key, i, start, (gsize) (walk->p - start), walk->user_data, error)
          || !skip_comma (walk, ']', &is_last, error))
        return FALSE;
      if (is_last)
        return TRUE;
    }
}

static gboolean
walk_member (Walk *walk, GError **error)
{
  char key[MAX_KEY_BYTES + 1];
  const char *start = walk->p;
  gsize length;

  if (walk->p >= walk->end || *walk->p != '"')
    return fail (walk, "expected a name", error);
  if (!skip_string (walk, error))
    return FALSE;
  /* Longer ones are nobody's. */
  length = MIN ((gsize) (walk->p - start) - 2, MAX_KEY_BYTES);
  memcpy (key, start + 1, length);
  key[length] = '\0';
  skip_blanks (walk);
  if (walk->p >= walk->end || *walk->p != ':')
    return fail (walk, "expected a colon", error);
  walk->p++;
  skip_blanks (walk);
  if (walk->p < walk->end && *walk->p == '[')
    return walk_array (walk, key, error);
  start = walk->p;
  return skip_value (walk, error)
         && walk->piece (key, -1, start, (gsize) (walk->p - start), walk->user_data, error);
}

static gboolean
walk_object (Walk *walk, GError **error)
{
  gboolean is_last;

  walk->p++;
  skip_blanks (walk);
  if (walk->p < walk->end && *walk->p == '}')
    {
      walk->p++;
      return TRUE;
    }
  for (;;)
    {
      if (!walk_member (walk, error) || !skip_comma (walk, '}', &is_last, error))
        return FALSE;
      if (is_last)
        return TRUE;
    }
}

gboolean
monocle_json_walk (const char *text,
                   gsize size,
                   const char *name,
                   MonocleJsonPiece piece,
                   gpointer user_data,
                   GError **error)
{
  Walk walk = { text, text + size, text, name, piece, user_data };
  gboolean done;

  /* Editors leave a byte order mark; it harms nobody. */
  if (size > 3 && memcmp (text, "\xef\xbb\xbf", 3) == 0)
    walk.p += 3;
  skip_blanks (&walk);
  if (walk.p < walk.end && *walk.p == '{')
    done = walk_object (&walk, error);
  else if (walk.p < walk.end && *walk.p == '[')
    done = walk_array (&walk, NULL, error);
  else
    {
      const char *what = monocle_file_recognise (text, size);

      return what ? monocle_file_set_error (error, name, "is %s", what)
                  : fail (&walk, "expected an object or an array", error);
    }
  skip_blanks (&walk);
  return done && (walk.p == walk.end || fail (&walk, "something follows its end", error));
}

typedef struct
{
  const char *key;
  gint64 value;
  gboolean found;
} Wanted;

static gboolean
take_int (
    const char *key, gint64 index, const char *text, gsize size, gpointer user_data, GError **error)
{
  Wanted *wanted = user_data;
  char digits[32];
  char *end;

  if (index >= 0 || strcmp (key, wanted->key) != 0 || size >= sizeof digits)
    return TRUE;
  memcpy (digits, text, size);
  digits[size] = '\0';
  wanted->value = g_ascii_strtoll (digits, &end, 10);
  /* Tables of numbers write 3 as 3.0. */
  if (end > digits && *end == '.')
    for (end++; *end == '0';)
      end++;
  wanted->found = end > digits && *end == '\0';
  return TRUE;
}

gboolean
monocle_json_find_int (const char *text, gsize size, const char *key, gint64 *value)
{
  Wanted wanted = { key, 0, FALSE };

  if (size == 0 || *text != '{' || !monocle_json_walk (text, size, "", take_int, &wanted, NULL)
      || !wanted.found)
    return FALSE;
  *value = wanted.value;
  return TRUE;
}
