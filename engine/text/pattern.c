/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/pattern-private.h"

#include <string.h>

#include "engine/base/error.h"
#include "engine/base/json.h"
#include "engine/text/characters.h"
#include "engine/text/parts.h"

/* Many times what the expressions of tokenizers need for each character. */
#define STEPS_PER_BYTE 512
#define STEPS_AT_LEAST 65536

/* One alternative under way. */
typedef struct
{
  guint step;
  gsize start;
} Thread;

typedef struct
{
  const MonoclePattern *self;
  const char *text;
  gsize n_bytes;
  Thread *now, *next;
  guint n_now, n_next;
  gsize *seen; /* by step: the position it was last added for, plus one */
  guint *stack;
  guint64 budget;
} Walk;

static void
clear_set (gpointer data)
{
  g_array_unref (((MonoclePatternSet *) data)->items);
}

static MonoclePattern *
new_empty (void)
{
  MonoclePattern *self = g_new0 (MonoclePattern, 1);

  self->sets = g_array_new (FALSE, FALSE, sizeof (MonoclePatternSet));
  g_array_set_clear_func (self->sets, clear_set);
  self->steps = g_array_new (FALSE, FALSE, sizeof (MonoclePatternStep));
  return self;
}

MonoclePattern *
monocle_pattern_new (const char *expression, char **problem)
{
  g_autoptr (MonoclePattern) self = new_empty ();

  return monocle_pattern_compile (self, expression, problem) ? g_steal_pointer (&self) : NULL;
}

MonoclePattern *
monocle_pattern_new_text (const char *text)
{
  MonoclePattern *self = new_empty ();

  g_return_val_if_fail (text[0] != '\0', self);
  self->text = g_strdup (text);
  return self;
}

void
monocle_pattern_free (MonoclePattern *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_array_unref (self->sets);
  g_array_unref (self->steps);
  g_free (self);
}

MonoclePattern *
monocle_pattern_read (JsonObject *part, const char *path, GError **error)
{
  JsonObject *pattern = NULL;
  const char *text = NULL, *expression = NULL;
  g_autofree char *problem = NULL;
  MonoclePattern *self;

  if (!monocle_json_get_object (part, path, "pattern", MONOCLE_JSON_REQUIRED, &pattern, error)
      || !monocle_json_get_string (pattern, path, "String", MONOCLE_JSON_OPTIONAL, &text, error)
      || (text == NULL
          && !monocle_json_get_string (pattern, path, "Regex", MONOCLE_JSON_REQUIRED, &expression,
                                       error)))
    return NULL;
  if (text != NULL && text[0] == '\0')
    {
      monocle_parts_unsupported (error, path, "key \"pattern\": an empty text");
      return NULL;
    }
  if (text != NULL)
    return monocle_pattern_new_text (text);
  self = monocle_pattern_new (expression, &problem);
  if (self == NULL)
    monocle_parts_unsupported (error, path, "key \"pattern\": the expression “%.200s”, %s",
                               expression, problem);
  return self;
}

static gboolean
item_has (const MonoclePatternItem *item, gunichar c)
{
  gboolean has;

  if (item->is_space)
    has = monocle_characters_is_space (c);
  else if (item->is_word)
    has = monocle_characters_is_word (c);
  else if (item->has_script)
    has = g_unichar_get_script (c) == item->script;
  else if (item->types != 0)
    has = monocle_characters_has_type (c, item->types);
  else
    has = c >= item->first && c <= item->last;
  return has != item->negated;
}

static gboolean
items_have (const MonoclePatternSet *set, gunichar c)
{
  for (guint i = 0; i < set->items->len; i++)
    if (item_has (&g_array_index (set->items, MonoclePatternItem, i), c))
      return TRUE;
  return FALSE;
}

static gboolean
set_has (const MonoclePatternSet *set, gunichar c)
{
  gboolean has = items_have (set, c);

  if (!has && set->folds)
    {
      gunichar upper = g_unichar_toupper (c);

      has = items_have (set, upper) || items_have (set, g_unichar_tolower (c))
            || items_have (set, g_unichar_tolower (upper));
    }
  return has != set->negated;
}

static gboolean
looks_ahead (const Walk *walk, guint set, gsize at)
{
  const MonoclePatternSet *of = &g_array_index (walk->self->sets, MonoclePatternSet, set);

  return at < walk->n_bytes ? set_has (of, g_utf8_get_char (walk->text + at)) : of->negated;
}

/* Adds the steps that take a character, or end, and can be reached from @first at @at. */
static void
add_thread (Walk *walk, guint first, gsize start, gsize at)
{
  guint depth = 0;

  walk->stack[depth++] = first;
  while (depth > 0)
    {
      guint index = walk->stack[--depth];
      const MonoclePatternStep *step
          = &g_array_index (walk->self->steps, MonoclePatternStep, index);

      if (walk->seen[index] == at + 1)
        continue;
      walk->seen[index] = at + 1;
      walk->budget -= MIN (walk->budget, 1);
      if (step->op == MONOCLE_PATTERN_FORK)
        walk->stack[depth++] = (guint) ((gint) index + step->second);
      if (step->op == MONOCLE_PATTERN_FORK || step->op == MONOCLE_PATTERN_JUMP
          || (step->op == MONOCLE_PATTERN_AHEAD && looks_ahead (walk, step->set, at)))
        walk->stack[depth++] = (guint) ((gint) index + step->first);
      else if (step->op == MONOCLE_PATTERN_TAKE || step->op == MONOCLE_PATTERN_DONE)
        walk->next[walk->n_next++] = (Thread){ .step = index, .start = start };
    }
}

/* The leftmost match from @from on; of several there the one of the first alternatives. */
static gboolean
find (Walk *walk, gsize from, gsize *start, gsize *end)
{
  gboolean is_found = FALSE;
  gsize next;

  walk->n_next = 0;
  for (gsize at = from;; at = next)
    {
      Thread *swap = walk->now;
      gunichar c = at < walk->n_bytes ? g_utf8_get_char (walk->text + at) : 0;

      if (!is_found)
        add_thread (walk, 0, at, at);
      walk->now = walk->next;
      walk->n_now = walk->n_next;
      walk->next = swap;
      walk->n_next = 0;
      next = at < walk->n_bytes ? (gsize) (g_utf8_next_char (walk->text + at) - walk->text) : at;

      for (guint i = 0; i < walk->n_now && walk->budget > 0; i++)
        {
          const Thread *thread = &walk->now[i];
          const MonoclePatternStep *step
              = &g_array_index (walk->self->steps, MonoclePatternStep, thread->step);

          walk->budget--;
          if (step->op == MONOCLE_PATTERN_DONE)
            {
              is_found = TRUE;
              *start = thread->start;
              *end = at;
              break;
            }
          if (at < walk->n_bytes
              && set_has (&g_array_index (walk->self->sets, MonoclePatternSet, step->set), c))
            add_thread (walk, thread->step + 1, thread->start, next);
        }
      if (at >= walk->n_bytes || walk->budget == 0 || (is_found && walk->n_next == 0))
        return is_found && walk->budget > 0;
    }
}

static gboolean
find_text (const Walk *walk, gsize from, gsize *start, gsize *end)
{
  gsize length = strlen (walk->self->text);
  const char *found = memmem (walk->text + from, walk->n_bytes - from, walk->self->text, length);

  if (found == NULL)
    return FALSE;
  *start = (gsize) (found - walk->text);
  *end = *start + length;
  return TRUE;
}

void
monocle_pattern_split (const MonoclePattern *self,
                       const char *text,
                       gsize n_bytes,
                       MonoclePatternVisit visit,
                       gpointer user_data)
{
  gsize n = self->steps->len, done = 0, start = 0, end = 0;
  g_autofree Thread *threads = g_new (Thread, 2 * n + 1);
  g_autofree gsize *seen = g_new0 (gsize, n + 1);
  g_autofree guint *stack = g_new (guint, 2 * n + 2);
  Walk walk = { .self = self,
                .text = text,
                .n_bytes = n_bytes,
                .now = threads,
                .next = threads + n,
                .seen = seen,
                .stack = stack,
                .budget = STEPS_AT_LEAST + (guint64) n_bytes * STEPS_PER_BYTE };

  while (done < n_bytes
         && (self->text != NULL ? find_text (&walk, done, &start, &end)
                                : find (&walk, done, &start, &end)))
    {
      if (start > done)
        visit (text + done, start - done, FALSE, user_data);
      visit (text + start, end - start, TRUE, user_data);
      done = end;
      /* Steps may be reached again at a place that was looked at already. */
      memset (seen, 0, n * sizeof *seen);
    }
  if (done < n_bytes)
    visit (text + done, n_bytes - done, FALSE, user_data);
}

typedef struct
{
  const char *content;
  GString *out;
  gsize limit;
} Replacing;

static void
replace_part (const char *text, gsize n_bytes, gboolean is_match, gpointer user_data)
{
  Replacing *replacing = user_data;

  if (replacing->out->len > replacing->limit)
    return;
  if (is_match)
    g_string_append (replacing->out, replacing->content);
  else
    g_string_append_len (replacing->out, text, (gssize) n_bytes);
}

char *
monocle_pattern_replace (
    const MonoclePattern *self, const char *text, gsize n_bytes, const char *content, gsize limit)
{
  Replacing replacing = { .content = content, .out = g_string_sized_new (n_bytes), .limit = limit };

  monocle_pattern_split (self, text, n_bytes, replace_part, &replacing);
  return g_string_free (replacing.out, FALSE);
}
