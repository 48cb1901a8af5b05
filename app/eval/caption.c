/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/eval/caption.h"

#include <string.h>

#include "app/eval/text.h"

static const char *const numbers[] = { "zero",  "one",   "two",  "three", "four",   "five",  "six",
                                       "seven", "eight", "nine", "ten",   "eleven", "twelve" };

/* Those that follow no rule and are seen in pictures. */
static const char *const irregular[][2] = {
  { "mouse", "mice" },      { "sheep", "sheep" },       { "fish", "fish" },
  { "deer", "deer" },       { "cherries", "cherries" }, { "grapes", "grapes" },
  { "glasses", "glasses" }, { "scissors", "scissors" }, { "trousers", "trousers" },
  { "wolf", "wolves" },     { "broccoli", "broccoli" }, { "corn", "corn" },
  { "bread", "bread" },     { "man", "men" },           { "woman", "women" },
  { "child", "children" },  { "person", "people" },     { "foot", "feet" },
  { "goose", "geese" },     { "knife", "knives" },      { "leaf", "leaves" },
  { "loaf", "loaves" },     { "potato", "potatoes" },   { "tomato", "tomatoes" },
};

MonocleEvalSlot *
monocle_eval_slot_new (const char *name, const char *plural, const char *phrase, guint count)
{
  MonocleEvalSlot *self = g_new0 (MonocleEvalSlot, 1);

  self->name = g_strdup (name);
  self->plural = g_strdup (plural);
  self->phrase = g_strdup (phrase ? phrase : name);
  self->count = count;
  return self;
}

void
monocle_eval_slot_free (MonocleEvalSlot *self)
{
  if (!self)
    return;
  g_free (self->name);
  g_free (self->plural);
  g_free (self->phrase);
  g_free (self);
}

/* Of the last word of @name. */
static char *
make_plural (const char *name)
{
  const char *last = strrchr (name, ' ') ? strrchr (name, ' ') + 1 : name;
  gsize length = strlen (name);

  for (guint i = 0; i < G_N_ELEMENTS (irregular); i++)
    if (strcmp (last, irregular[i][0]) == 0)
      return g_strdup_printf ("%.*s%s", (int) (last - name), name, irregular[i][1]);
  if (g_str_has_suffix (name, "s") || g_str_has_suffix (name, "x") || g_str_has_suffix (name, "ch")
      || g_str_has_suffix (name, "sh"))
    return g_strconcat (name, "es", NULL);
  if (length > 1 && name[length - 1] == 'y' && !strchr ("aeiou", name[length - 2]))
    return g_strdup_printf ("%.*sies", (int) length - 1, name);
  return g_strconcat (name, "s", NULL);
}

/* The phrase for several: the name at its end, or its last word, in the plural. */
static char *
make_plural_phrase (const MonocleEvalSlot *slot, const char *plural)
{
  if (g_str_has_suffix (slot->phrase, slot->name))
    return g_strdup_printf ("%.*s%s", (int) (strlen (slot->phrase) - strlen (slot->name)),
                            slot->phrase, plural);
  return make_plural (slot->phrase);
}

static gboolean
says_count (const char *folded, const MonocleEvalSlot *slot, const char *phrase)
{
  g_autofree char *digits = g_strdup_printf ("%u %s", slot->count, phrase);
  g_autofree char *words = NULL;

  if (monocle_eval_text_contains (folded, digits))
    return TRUE;
  if (slot->count >= G_N_ELEMENTS (numbers))
    return FALSE;
  words = g_strdup_printf ("%s %s", numbers[slot->count], phrase);
  return monocle_eval_text_contains (folded, words);
}

guint
monocle_eval_caption_count (const char *caption, const GPtrArray *slots, guint *n_slots)
{
  g_autofree char *folded = monocle_eval_text_fold (caption);
  guint n_said = 0;

  *n_slots = 0;
  for (guint i = 0; i < slots->len; i++)
    {
      const MonocleEvalSlot *slot = slots->pdata[i];
      g_autofree char *plural = slot->plural ? g_strdup (slot->plural) : make_plural (slot->name);
      g_autofree char *plural_phrase = make_plural_phrase (slot, plural);

      *n_slots += 1;
      n_said += monocle_eval_text_contains (folded, slot->name)
                || monocle_eval_text_contains (folded, plural);
      if (strcmp (slot->phrase, slot->name) != 0)
        {
          *n_slots += 1;
          n_said += monocle_eval_text_contains (folded, slot->phrase)
                    || monocle_eval_text_contains (folded, plural_phrase);
        }
      if (slot->count > 1)
        {
          *n_slots += 1;
          n_said += says_count (folded, slot, plural_phrase);
        }
    }
  return n_said;
}
