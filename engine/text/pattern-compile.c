/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A regular expression to the steps of a pattern. What is not known here is refused by its place,
 * never taken for something else.
 */
#include "config.h"

#include "engine/text/pattern-private.h"

#include <string.h>

#include "engine/text/characters.h"

#define MAX_BYTES  4096
#define MAX_STEPS  4096
#define MAX_SETS   1024
#define MAX_DEPTH  32
#define MAX_REPEAT 255
#define NO_LIMIT   -1

typedef struct
{
  MonoclePattern *pattern;
  const char *text, *at;
  gboolean folds;
  guint depth;
  char *problem;
} Parser;

static const struct
{
  const char *name;
  guint32 types;
} type_names[] = {
  { "L", MONOCLE_CHARACTERS_LETTERS },
  { "Lu", MONOCLE_CHARACTERS_TYPE (G_UNICODE_UPPERCASE_LETTER) },
  { "Ll", MONOCLE_CHARACTERS_TYPE (G_UNICODE_LOWERCASE_LETTER) },
  { "Lt", MONOCLE_CHARACTERS_TYPE (G_UNICODE_TITLECASE_LETTER) },
  { "Lm", MONOCLE_CHARACTERS_TYPE (G_UNICODE_MODIFIER_LETTER) },
  { "Lo", MONOCLE_CHARACTERS_TYPE (G_UNICODE_OTHER_LETTER) },
  { "M", MONOCLE_CHARACTERS_MARKS },
  { "Mn", MONOCLE_CHARACTERS_TYPE (G_UNICODE_NON_SPACING_MARK) },
  { "N", MONOCLE_CHARACTERS_NUMBERS },
  { "Nd", MONOCLE_CHARACTERS_TYPE (G_UNICODE_DECIMAL_NUMBER) },
  { "P", MONOCLE_CHARACTERS_TYPE (G_UNICODE_CONNECT_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_DASH_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_OPEN_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_CLOSE_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_INITIAL_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_FINAL_PUNCTUATION)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_OTHER_PUNCTUATION) },
  { "S", MONOCLE_CHARACTERS_TYPE (G_UNICODE_MATH_SYMBOL)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_CURRENCY_SYMBOL)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_MODIFIER_SYMBOL)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_OTHER_SYMBOL) },
  { "Zs", MONOCLE_CHARACTERS_TYPE (G_UNICODE_SPACE_SEPARATOR) },
  { "Z", MONOCLE_CHARACTERS_TYPE (G_UNICODE_SPACE_SEPARATOR)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_LINE_SEPARATOR)
             | MONOCLE_CHARACTERS_TYPE (G_UNICODE_PARAGRAPH_SEPARATOR) },
  { "Cc", MONOCLE_CHARACTERS_TYPE (G_UNICODE_CONTROL) },
};

static const struct
{
  const char *name;
  GUnicodeScript script;
} script_names[] = {
  { "Han", G_UNICODE_SCRIPT_HAN },           { "Hiragana", G_UNICODE_SCRIPT_HIRAGANA },
  { "Katakana", G_UNICODE_SCRIPT_KATAKANA }, { "Hangul", G_UNICODE_SCRIPT_HANGUL },
  { "Latin", G_UNICODE_SCRIPT_LATIN },       { "Cyrillic", G_UNICODE_SCRIPT_CYRILLIC },
  { "Thai", G_UNICODE_SCRIPT_THAI },
};

static gboolean G_GNUC_PRINTF (2, 3) refuse (Parser *self, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  if (self->problem != NULL)
    return FALSE;
  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  self->problem = g_strdup_printf ("at character %ld: %s",
                                   g_utf8_pointer_to_offset (self->text, self->at) + 1, what);
  return FALSE;
}

static gunichar
take (Parser *self)
{
  gunichar c = g_utf8_get_char (self->at);

  if (c != 0)
    self->at = g_utf8_next_char (self->at);
  return c;
}

static gboolean
accept (Parser *self, const char *what)
{
  if (!g_str_has_prefix (self->at, what))
    return FALSE;
  self->at += strlen (what);
  return TRUE;
}

static gboolean
read_property (Parser *self, MonoclePatternItem *item)
{
  g_autofree char *name = NULL;
  const char *end = *self->at == '{' ? strchr (self->at, '}') : NULL;

  if (end == NULL)
    return refuse (self, "a property is written \\p{…}");
  self->at++;
  if (*self->at == '^')
    {
      item->negated = !item->negated;
      self->at++;
    }
  name = g_strndup (self->at, (gsize) (end - self->at));

  for (gsize i = 0; i < G_N_ELEMENTS (type_names); i++)
    if (g_str_equal (name, type_names[i].name))
      item->types = type_names[i].types;
  for (gsize i = 0; i < G_N_ELEMENTS (script_names); i++)
    if (g_str_equal (name, script_names[i].name))
      {
        item->script = script_names[i].script;
        item->has_script = TRUE;
      }
  if (item->types == 0 && !item->has_script)
    return refuse (self, "the property \\p{%s} is not known", name);
  self->at = end + 1;
  return TRUE;
}

/* \x{1F600}, \x0a, \u00e9: @n_digits of them, or in braces. */
static gboolean
read_code (Parser *self, guint n_digits, MonoclePatternItem *item)
{
  gboolean braced = n_digits == 2 && accept (self, "{");
  gunichar c = 0;
  guint n = 0;

  for (; g_ascii_isxdigit (*self->at) && n < (braced ? 6 : n_digits); n++, self->at++)
    c = c * 16 + (gunichar) g_ascii_xdigit_value (*self->at);
  if (n == 0 || (braced && !accept (self, "}")) || !g_unichar_validate (c) || c == 0)
    return refuse (self, "no character by its number");
  item->first = item->last = c;
  return TRUE;
}

/* After the backslash. */
static gboolean
read_escape (Parser *self, MonoclePatternItem *item)
{
  static const char plain[] = "nrtfv", stands_for[] = "\n\r\t\f\v";
  gunichar c = take (self);
  const char *found = c != 0 && c < 128 ? strchr (plain, (int) c) : NULL;

  item->negated = c == 'S' || c == 'P' || c == 'D' || c == 'W';
  if (c == 's' || c == 'S')
    item->is_space = TRUE;
  else if (c == 'w' || c == 'W')
    item->is_word = TRUE;
  else if (c == 'd' || c == 'D')
    item->types = MONOCLE_CHARACTERS_TYPE (G_UNICODE_DECIMAL_NUMBER);
  else if (c == 'p' || c == 'P')
    return read_property (self, item);
  else if (c == 'x' || c == 'u')
    return read_code (self, c == 'x' ? 2 : 4, item);
  else if (found != NULL)
    item->first = item->last = (gunichar) stands_for[found - plain];
  else if (c == 0 || g_unichar_isalnum (c))
    return refuse (self, "this escape is not known");
  else
    item->first = item->last = c;
  return TRUE;
}

static gboolean
is_character (const MonoclePatternItem *item)
{
  return item->types == 0 && !item->has_script && !item->is_space && !item->is_word;
}

static gboolean
read_item (Parser *self, MonoclePatternItem *item)
{
  gunichar c = take (self);

  if (c == '\\')
    return read_escape (self, item);
  item->first = item->last = c;
  return c != 0 || refuse (self, "the expression ends too early");
}

/* After the opening bracket. */
static gboolean
read_class (Parser *self, MonoclePatternSet *set)
{
  set->negated = accept (self, "^");
  while (!accept (self, "]"))
    {
      MonoclePatternItem item = { 0 }, last = { 0 };

      if (*self->at == '[' || g_str_has_prefix (self->at, "&&"))
        return refuse (self, "a class in a class is not known");
      if (!read_item (self, &item))
        return FALSE;
      if (self->at[0] == '-' && self->at[1] != ']' && is_character (&item))
        {
          self->at++;
          if (!read_item (self, &last))
            return FALSE;
          if (!is_character (&last) || last.first < item.first)
            return refuse (self, "no range of characters");
          item.last = last.first;
        }
      g_array_append_val (set->items, item);
    }
  return set->items->len > 0 || refuse (self, "an empty class");
}

static gboolean
add_set (Parser *self, MonoclePatternSet *set, MonoclePatternOp op, GArray *out)
{
  MonoclePatternStep step = { .op = op, .set = self->pattern->sets->len, .first = 1 };

  set->folds = self->folds;
  g_array_append_val (self->pattern->sets, *set);
  g_array_append_val (out, step);
  return self->pattern->sets->len <= MAX_SETS || refuse (self, "it is too long");
}

/* One character or class. */
static gboolean
read_set (Parser *self, MonoclePatternOp op, gboolean negated, GArray *out)
{
  MonoclePatternSet set = { .items = g_array_new (FALSE, FALSE, sizeof (MonoclePatternItem)) };
  MonoclePatternItem item = { 0 };
  gboolean is_read;

  if (accept (self, "["))
    is_read = read_class (self, &set);
  else if (accept (self, "."))
    {
      item.first = item.last = '\n';
      item.negated = TRUE;
      is_read = TRUE;
      g_array_append_val (set.items, item);
    }
  else
    {
      is_read = read_item (self, &item);
      g_array_append_val (set.items, item);
    }
  set.negated = set.negated != negated;
  return add_set (self, &set, op, out) && is_read;
}

static gboolean read_alternatives (Parser *self, GArray *out);

static gboolean
read_group (Parser *self, GArray *out)
{
  gboolean folds = self->folds, is_ahead = FALSE;

  if (accept (self, "?!") || accept (self, "?="))
    {
      is_ahead = TRUE;
      if (!read_set (self, MONOCLE_PATTERN_AHEAD, self->at[-1] == '!', out))
        return FALSE;
    }
  else if (accept (self, "?i:"))
    self->folds = TRUE;
  else if (!accept (self, "?:") && *self->at == '?')
    return refuse (self, "this kind of group is not known");

  if (!is_ahead)
    {
      if (++self->depth > MAX_DEPTH)
        return refuse (self, "it is nested too deeply");
      if (!read_alternatives (self, out))
        return FALSE;
      self->depth--;
    }
  self->folds = folds;
  return accept (self, ")")
         || refuse (self, is_ahead ? "only one character can be looked ahead" : "no closing “)”");
}

static gboolean
read_atom (Parser *self, GArray *out)
{
  if (accept (self, "("))
    return read_group (self, out);
  if (strchr ("^$*+?{)", *self->at) != NULL)
    return refuse (self, "“%c” is not known here", *self->at);
  return read_set (self, MONOCLE_PATTERN_TAKE, FALSE, out);
}

static gboolean
read_number (Parser *self, gint *value)
{
  gint64 number = 0;

  if (!g_ascii_isdigit (*self->at))
    return FALSE;
  for (; g_ascii_isdigit (*self->at) && number <= MAX_REPEAT; self->at++)
    number = number * 10 + (*self->at - '0');
  *value = (gint) number;
  return number <= MAX_REPEAT;
}

static gboolean
read_quantifier (Parser *self, gint *least, gint *most)
{
  *least = *most = 1;
  if (accept (self, "?"))
    *least = 0;
  else if (accept (self, "*"))
    {
      *least = 0;
      *most = NO_LIMIT;
    }
  else if (accept (self, "+"))
    *most = NO_LIMIT;
  else if (accept (self, "{"))
    {
      if (!read_number (self, least))
        return refuse (self, "a repetition is written {2}, {2,} or {2,5}, up to %d", MAX_REPEAT);
      *most = *least;
      if (accept (self, ",") && !read_number (self, most))
        *most = NO_LIMIT;
      if (!accept (self, "}") || (*most != NO_LIMIT && *most < MAX (*least, 1)))
        return refuse (self, "a repetition is written {2}, {2,} or {2,5}, up to %d", MAX_REPEAT);
    }
  else
    return TRUE;
  return (*self->at != '+' && *self->at != '*' && *self->at != '?')
         || refuse (self, "only plain repetition is known");
}

static void
append_step (GArray *out, MonoclePatternOp op, gint first, gint second)
{
  MonoclePatternStep step = { .op = op, .first = first, .second = second };

  g_array_append_val (out, step);
}

static gboolean
repeat (Parser *self, const GArray *atom, gint least, gint most, GArray *out)
{
  gint n = (gint) atom->len, copies = MAX (least, most);

  if ((guint64) out->len + (guint64) (copies + 1) * (atom->len + 2) > MAX_STEPS)
    return refuse (self, "it is too long");
  for (gint i = 0; i < least; i++)
    g_array_append_vals (out, atom->data, atom->len);
  if (most == NO_LIMIT)
    {
      append_step (out, MONOCLE_PATTERN_FORK, 1, n + 2);
      g_array_append_vals (out, atom->data, atom->len);
      append_step (out, MONOCLE_PATTERN_JUMP, -n - 1, 0);
    }
  for (gint i = least; i < most; i++)
    {
      append_step (out, MONOCLE_PATTERN_FORK, 1, (n + 1) * (most - i));
      g_array_append_vals (out, atom->data, atom->len);
    }
  return TRUE;
}

static gboolean
read_sequence (Parser *self, GArray *out)
{
  while (*self->at != '\0' && *self->at != '|' && *self->at != ')')
    {
      g_autoptr (GArray) atom = g_array_new (FALSE, FALSE, sizeof (MonoclePatternStep));
      gint least, most;

      if (!read_atom (self, atom) || !read_quantifier (self, &least, &most)
          || !repeat (self, atom, least, most, out))
        return FALSE;
    }
  return TRUE;
}

/* a|b|c: fork to a or the rest; a ends with a jump behind the rest. */
static gboolean
read_alternatives (Parser *self, GArray *out)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  gsize n_left = 0;

  do
    {
      GArray *one = g_array_new (FALSE, FALSE, sizeof (MonoclePatternStep));

      g_ptr_array_add (all, one);
      if (!read_sequence (self, one))
        return FALSE;
      n_left += one->len + 2;
      if (n_left > MAX_STEPS)
        return refuse (self, "it is too long");
    }
  while (accept (self, "|"));

  for (guint i = 0; i < all->len; i++)
    {
      const GArray *one = g_ptr_array_index (all, i);
      gboolean is_last = i + 1 == all->len;

      n_left -= one->len + 2;
      if (!is_last)
        append_step (out, MONOCLE_PATTERN_FORK, 1, (gint) one->len + 2);
      g_array_append_vals (out, one->data, one->len);
      /* The last one has neither fork nor jump. */
      if (!is_last)
        append_step (out, MONOCLE_PATTERN_JUMP, (gint) n_left - 1, 0);
    }
  return TRUE;
}

/* Whether the end can be reached from @step without taking a character. */
static gboolean
can_be_empty (const GArray *steps, gint step, GByteArray *seen)
{
  const MonoclePatternStep *at = &g_array_index (steps, MonoclePatternStep, step);

  if (seen->data[step])
    return FALSE;
  seen->data[step] = TRUE;
  return at->op == MONOCLE_PATTERN_DONE
         || (at->op != MONOCLE_PATTERN_TAKE && can_be_empty (steps, step + at->first, seen))
         || (at->op == MONOCLE_PATTERN_FORK && can_be_empty (steps, step + at->second, seen));
}

gboolean
monocle_pattern_compile (MonoclePattern *self, const char *expression, char **problem)
{
  Parser parser = { .pattern = self, .text = expression, .at = expression };
  g_autoptr (GByteArray) seen = g_byte_array_new ();

  *problem = NULL;
  if (strlen (expression) > MAX_BYTES)
    refuse (&parser, "it is longer than %d bytes", MAX_BYTES);
  else if (read_alternatives (&parser, self->steps) && *parser.at != '\0')
    refuse (&parser, "“)” closes nothing");

  append_step (self->steps, MONOCLE_PATTERN_DONE, 0, 0);
  if (parser.problem == NULL)
    {
      g_byte_array_set_size (seen, self->steps->len);
      memset (seen->data, 0, seen->len);
      if (can_be_empty (self->steps, 0, seen))
        refuse (&parser, "it matches nothing at all, too");
    }
  *problem = parser.problem;
  return *problem == NULL;
}
