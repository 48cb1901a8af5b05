/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/text/split.h"

#include <string.h>

#include "engine/text/byte-characters.h"
#include "engine/text/parts.h"
#include "engine/text/pattern.h"
#include "engine/text/pieces.h"

typedef enum
{
  BEHAVIOUR_REMOVED,
  BEHAVIOUR_ISOLATED,
  BEHAVIOUR_PREVIOUS,
  BEHAVIOUR_NEXT,
  BEHAVIOUR_CONTIGUOUS,
} Behaviour;

static const char *const behaviours[]
    = { "Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous", NULL };

typedef enum
{
  LEAD_ALWAYS,
  LEAD_FIRST,
  LEAD_NEVER,
} Lead;

static const char *const leads[] = { "always", "first", "never", NULL };

typedef struct _Step Step;

struct _Step
{
  void (*apply) (
      const Step *self, const char *text, gsize n_bytes, gboolean is_first, MonocleSplit *out);
  MonoclePattern *pattern;
  Behaviour behaviour;
  gboolean inverted;
  Lead lead;
  gboolean cuts;
  char replacement[7];
};

struct _MonocleSplitter
{
  GArray *steps;
};

/* What a pattern found, or what is between. */
typedef struct
{
  const char *text;
  gsize n_bytes;
  gboolean is_match;
} Range;

void
monocle_split_init (MonocleSplit *self)
{
  self->text = g_string_new (NULL);
  self->ends = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->is_first = FALSE;
}

void
monocle_split_clear (MonocleSplit *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->ends);
}

/* The piece is what was written to the text since the last one. */
static void
end_piece (MonocleSplit *pieces, gboolean is_first)
{
  gsize end = pieces->text->len;
  gsize start
      = pieces->ends->len > 0 ? g_array_index (pieces->ends, gsize, pieces->ends->len - 1) + 1 : 0;

  if (end == start)
    return;
  if (pieces->ends->len == 0)
    pieces->is_first = is_first;
  g_array_append_val (pieces->ends, end);
  g_string_append_c (pieces->text, '\0');
}

static void
add_piece (MonocleSplit *pieces, const char *text, gsize n_bytes, gboolean is_first)
{
  g_string_append_len (pieces->text, text, (gssize) n_bytes);
  end_piece (pieces, is_first);
}

static void
clear_step (gpointer data)
{
  monocle_pattern_free (((Step *) data)->pattern);
}

MonocleSplitter *
monocle_splitter_new (void)
{
  MonocleSplitter *self = g_new0 (MonocleSplitter, 1);

  self->steps = g_array_new (FALSE, FALSE, sizeof (Step));
  g_array_set_clear_func (self->steps, clear_step);
  return self;
}

void
monocle_splitter_free (MonocleSplitter *self)
{
  if (self == NULL)
    return;
  g_array_unref (self->steps);
  g_free (self);
}

static gboolean
add_step (MonocleSplitter *self, const Step *step)
{
  g_array_append_vals (self->steps, step, 1);
  return TRUE;
}

/* ---- cutting at a pattern */

static void
keep_range (const char *text, gsize n_bytes, gboolean is_match, gpointer user_data)
{
  Range range = { .text = text, .n_bytes = n_bytes, .is_match = is_match };

  g_array_append_val ((GArray *) user_data, range);
}

/* Whether two neighbours stay one piece. A match goes along with one neighbour only if that one is
 * no match. */
static gboolean
stay_together (Behaviour behaviour, const Range *left, const Range *right)
{
  switch (behaviour)
    {
    case BEHAVIOUR_PREVIOUS:
      return right->is_match && !left->is_match;
    case BEHAVIOUR_NEXT:
      return left->is_match && !right->is_match;
    case BEHAVIOUR_CONTIGUOUS:
      return left->is_match == right->is_match;
    case BEHAVIOUR_REMOVED:
    case BEHAVIOUR_ISOLATED:
    default:
      return FALSE;
    }
}

static void
apply_pattern (
    const Step *self, const char *text, gsize n_bytes, gboolean is_first, MonocleSplit *out)
{
  g_autoptr (GArray) ranges = g_array_new (FALSE, FALSE, sizeof (Range));

  monocle_pattern_split (self->pattern, text, n_bytes, keep_range, ranges);
  for (guint i = 0; i < ranges->len && self->inverted; i++)
    g_array_index (ranges, Range, i).is_match = !g_array_index (ranges, Range, i).is_match;

  for (guint i = 0, n; i < ranges->len; i += n)
    {
      const Range *range = &g_array_index (ranges, Range, i);
      gsize length = range->n_bytes;

      for (n = 1; i + n < ranges->len && stay_together (self->behaviour, range + n - 1, range + n);
           n++)
        length += range[n].n_bytes;
      if (self->behaviour != BEHAVIOUR_REMOVED || !range->is_match)
        add_piece (out, range->text, length, is_first && range->text == text);
    }
}

/* ---- bytes and blanks */

static void
apply_byte_level (
    const Step *self, const char *text, gsize n_bytes, gboolean is_first, MonocleSplit *out)
{
  g_autofree char *led = NULL;

  if (self->lead == LEAD_ALWAYS && text[0] != ' ')
    {
      led = g_strconcat (" ", text, NULL);
      text = led;
      n_bytes++;
    }
  for (gsize i = 0, n; i < n_bytes; i += n)
    {
      n = self->cuts ? monocle_pieces_next (text + i, n_bytes - i) : n_bytes - i;
      monocle_byte_characters_write ((const guint8 *) text + i, n, out->text);
      end_piece (out, is_first && i == 0);
    }
}

static void
apply_metaspace (
    const Step *self, const char *text, gsize n_bytes, gboolean is_first, MonocleSplit *out)
{
  gboolean is_begun = FALSE, is_lead = TRUE;

  if ((self->lead == LEAD_ALWAYS || (self->lead == LEAD_FIRST && is_first)) && text[0] != ' '
      && !g_str_has_prefix (text, self->replacement))
    {
      g_string_append (out->text, self->replacement);
      is_begun = TRUE;
    }
  for (const char *at = text; at < text + n_bytes; at = g_utf8_next_char (at))
    {
      gboolean is_blank = *at == ' ' || g_str_has_prefix (at, self->replacement);

      if (is_blank && is_begun && self->cuts)
        {
          end_piece (out, is_first && is_lead);
          is_lead = FALSE;
        }
      if (is_blank)
        g_string_append (out->text, self->replacement);
      else
        g_string_append_len (out->text, at, g_utf8_next_char (at) - at);
      is_begun = TRUE;
    }
  end_piece (out, is_first && is_lead);
}

/* ---- the rows */

void
monocle_splitter_add_byte_level (MonocleSplitter *self, gboolean leads_with_space, gboolean cuts)
{
  add_step (self, &(Step){ .apply = apply_byte_level,
                           .lead = leads_with_space ? LEAD_ALWAYS : LEAD_NEVER,
                           .cuts = cuts });
}

static gboolean
read_byte_level (gpointer target, JsonObject *part, const char *path, GError **error)
{
  gboolean leads_with_space = TRUE, cuts = TRUE;

  if (!monocle_parts_get_flag (part, path, "add_prefix_space", &leads_with_space, error)
      || !monocle_parts_get_flag (part, path, "use_regex", &cuts, error))
    return FALSE;
  monocle_splitter_add_byte_level (target, leads_with_space, cuts);
  return TRUE;
}

static gboolean
read_split (gpointer target, JsonObject *part, const char *path, GError **error)
{
  Step step = { .apply = apply_pattern };
  guint behaviour = BEHAVIOUR_ISOLATED;

  if (!monocle_parts_get_flag (part, path, "invert", &step.inverted, error)
      || !monocle_parts_get_choice (part, path, "behavior", behaviours, &behaviour, error))
    return FALSE;
  step.behaviour = (Behaviour) behaviour;
  step.pattern = monocle_pattern_read (part, path, error);
  return step.pattern != NULL && add_step (target, &step);
}

static gboolean
add_expression (MonocleSplitter *self,
                const char *expression,
                Behaviour behaviour,
                gboolean inverted)
{
  g_autofree char *problem = NULL;

  return add_step (self, &(Step){ .apply = apply_pattern,
                                  .pattern = monocle_pattern_new (expression, &problem),
                                  .behaviour = behaviour,
                                  .inverted = inverted });
}

static gboolean
read_punctuation (gpointer target, JsonObject *part, const char *path, GError **error)
{
  guint behaviour = BEHAVIOUR_ISOLATED;

  return monocle_parts_get_choice (part, path, "behavior", behaviours, &behaviour, error)
         && add_expression (target, "[\\p{P}$+<=>^`|~]", (Behaviour) behaviour, FALSE);
}

static gboolean
read_digits (gpointer target, JsonObject *part, const char *path, GError **error)
{
  gboolean each = FALSE;

  return monocle_parts_get_flag (part, path, "individual_digits", &each, error)
         && add_expression (target, "\\p{N}", each ? BEHAVIOUR_ISOLATED : BEHAVIOUR_CONTIGUOUS,
                            FALSE);
}

static gboolean
read_words (gpointer target, JsonObject *part, const char *path, GError **error)
{
  /* With the joiners, which are of a word here and not in the expressions of files. */
  return add_expression (target, "[\\w\\x{200c}\\x{200d}]+|[^\\w\\s\\x{200c}\\x{200d}]+",
                         BEHAVIOUR_REMOVED, TRUE);
}

static gboolean
read_blanks (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_expression (target, "\\s", BEHAVIOUR_REMOVED, FALSE);
}

static gboolean
read_bert (gpointer target, JsonObject *part, const char *path, GError **error)
{
  return add_expression (target, "\\s", BEHAVIOUR_REMOVED, FALSE)
         && add_expression (target, "[\\p{P}$+<=>^`|~]", BEHAVIOUR_ISOLATED, FALSE);
}

static gboolean
read_metaspace (gpointer target, JsonObject *part, const char *path, GError **error)
{
  Step step = { .apply = apply_metaspace, .cuts = TRUE };
  gboolean leads_with_space = TRUE;
  gunichar replacement = 0;
  guint lead;

  if (!monocle_parts_get_character (part, path, "replacement", &replacement, error)
      || !monocle_parts_get_flag (part, path, "split", &step.cuts, error)
      || !monocle_parts_get_flag (part, path, "add_prefix_space", &leads_with_space, error))
    return FALSE;
  lead = leads_with_space ? LEAD_ALWAYS : LEAD_NEVER;
  if (!monocle_parts_get_choice (part, path, "prepend_scheme", leads, &lead, error))
    return FALSE;
  step.lead = (Lead) lead;
  g_unichar_to_utf8 (replacement, step.replacement);
  return add_step (target, &step);
}

static const MonocleTokenizerPart rows[] = {
  { "ByteLevel", read_byte_level }, { "Split", read_split },
  { "Digits", read_digits },        { "Punctuation", read_punctuation },
  { "Whitespace", read_words },     { "WhitespaceSplit", read_blanks },
  { "Metaspace", read_metaspace },  { "BertPreTokenizer", read_bert },
};

gboolean
monocle_splitter_read (MonocleSplitter *self, JsonObject *root, const char *path, GError **error)
{
  return monocle_parts_read (root, "pre_tokenizer", "pretokenizers", rows, G_N_ELEMENTS (rows),
                             self, path, error);
}

void
monocle_splitter_apply (const MonocleSplitter *self,
                        const char *text,
                        gsize n_bytes,
                        gboolean is_first,
                        MonocleSplit *pieces)
{
  add_piece (pieces, text, n_bytes, is_first);
  for (guint i = 0; i < self->steps->len; i++)
    {
      const Step *step = &g_array_index (self->steps, Step, i);
      MonocleSplit next;
      gsize start = 0;

      monocle_split_init (&next);
      for (guint k = 0; k < pieces->ends->len; k++)
        {
          gsize end = g_array_index (pieces->ends, gsize, k);

          step->apply (step, pieces->text->str + start, end - start, k == 0 && pieces->is_first,
                       &next);
          start = end + 1;
        }
      monocle_split_clear (pieces);
      *pieces = next;
    }
}
