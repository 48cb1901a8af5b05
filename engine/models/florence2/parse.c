/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/parse.h"

#include <math.h>
#include <string.h>

#include "engine/answer/places.h"
#include "engine/answer/result-private.h"
#include "engine/base/utf8.h"

#define SEPARATOR     "<sep>"
#define POLYGON_START "<poly>"
#define POLYGON_END   "</poly>"

/* Shorter runs of locations are noise. */
#define MIN_RUN 4

#define NO_OWNER G_MAXUINT32

/* A range of bytes of the text. */
typedef struct
{
  gsize start, end;
} Range;

/* What a run of locations and markers is made of. */
typedef enum
{
  ITEM_NONE,
  ITEM_LOCATION,
  ITEM_SEPARATOR,
  ITEM_POLYGON_START,
  ITEM_POLYGON_END,
} Item;

/* Which items belong to a run. */
typedef enum
{
  RUN_LOCATIONS,
  RUN_POLYGONS,
} Run;

typedef struct
{
  const MonocleParseRequest *request;
  GString *text;
  GArray *owners; /* guint32 [text->len]: index of the token that each byte comes from */
  MonocleResult *result;
} Reader;

/* Mean log-probability of the tokens that touch some ranges, given in order. */
typedef struct
{
  double sum;
  guint n;
  guint32 last;
} Mean;

static void
add_to_mean (const Reader *reader, Mean *mean, Range range)
{
  for (gsize i = range.start; i < range.end && reader->request->log_probs != NULL; i++)
    {
      guint32 owner = g_array_index (reader->owners, guint32, i);

      if (owner == mean->last)
        continue;
      mean->last = owner;
      mean->sum += (double) reader->request->log_probs[owner];
      mean->n++;
    }
}

/* How sure the model is of the name; of the place, where there is no name. A place is one of many
 * that would be as good, a name is not: the probability of a location token says little. */
static float
get_score (const Mean *label, const Mean *locations)
{
  const Mean *mean = label->n > 0 ? label : locations;

  return mean->n > 0 ? (float) exp (mean->sum / mean->n) : NAN;
}

/* The text of all tokens, and which token each byte of it is from. */
static void
decode (Reader *reader)
{
  const MonocleParseRequest *request = reader->request;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) tokens = g_array_new (FALSE, FALSE, sizeof (guint32));

  for (guint32 i = 0; i < request->n_ids; i++)
    {
      gsize n = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (request->tokenizer, request->ids[i], &n);

      if (token == NULL)
        continue;
      g_byte_array_append (bytes, token, (guint) n);
      for (gsize k = 0; k < n; k++)
        g_array_append_val (tokens, i);
    }

  gsize n_bytes = bytes->len;
  if (request->extent == MONOCLE_PARSE_PREFIX)
    n_bytes -= monocle_utf8_incomplete_tail (bytes->data, n_bytes);
  monocle_utf8_repair (bytes->data, n_bytes, reader->text, reader->owners);
  for (guint i = 0; i < reader->owners->len; i++)
    {
      guint32 *owner = &g_array_index (reader->owners, guint32, i);

      *owner = g_array_index (tokens, guint32, *owner);
    }
}

/* Takes every @marker out of the text, in one pass. */
static void
remove_marker (Reader *reader, const char *marker)
{
  gsize length = strlen (marker), n = 0;
  char *text = reader->text->str;
  guint32 *owners = (guint32 *) (gpointer) reader->owners->data;

  for (gsize i = 0; i < reader->text->len;)
    {
      if (text[i] == '<' && strncmp (text + i, marker, length) == 0)
        {
          i += length;
          continue;
        }
      text[n] = text[i];
      owners[n++] = owners[i++];
    }
  g_string_truncate (reader->text, n);
  g_array_set_size (reader->owners, (guint) n);
}

static gsize
measure_item (const char *text, Run run, Item *item)
{
  static const struct
  {
    const char *text;
    Item item;
  } markers[] = {
    { SEPARATOR, ITEM_SEPARATOR },
    { POLYGON_START, ITEM_POLYGON_START },
    { POLYGON_END, ITEM_POLYGON_END },
  };
  gsize length = monocle_places_measure (&monocle_places_loc, text, NULL);

  *item = length > 0 ? ITEM_LOCATION : ITEM_NONE;
  for (gsize i = 0; length == 0 && run == RUN_POLYGONS && i < G_N_ELEMENTS (markers); i++)
    if (g_str_has_prefix (text, markers[i].text))
      {
        *item = markers[i].item;
        length = strlen (markers[i].text);
      }
  return length;
}

/* The run of items at @start: its end, or @start where it is too short. */
static gsize
find_run_end (const Reader *reader, gsize start, Run run)
{
  gsize end = start, length;
  guint n = 0;
  Item item;

  while ((length = measure_item (reader->text->str + end, run, &item)) > 0)
    {
      end += length;
      n++;
    }
  return n >= MIN_RUN ? end : start;
}

/* Reads @n locations one after the other, x and y in turn, to pixels. Returns the byte after them.
 */
static gsize
read_pixels (const Reader *reader, gsize start, guint n, double *pixels)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 bin = 0;

      guint side = i % 2 == 0 ? reader->request->width : reader->request->height;

      start += monocle_places_measure (&monocle_places_loc, reader->text->str + start, &bin);
      pixels[i] = (double) monocle_places_from_bin (&monocle_places_loc, bin, side);
    }
  return start;
}

/* A label without the blanks around it. Not one with a line break after its first character: that
 * is no label, in the reference. */
static gboolean
trim_label (const Reader *reader, Range *label)
{
  Range trimmed = *label;

  monocle_utf8_trim (reader->text->str, &trimmed.start, &trimmed.end);
  if (trimmed.start < trimmed.end
      && memchr (reader->text->str + trimmed.start, '\n', label->end - trimmed.start) != NULL)
    return FALSE;
  *label = trimmed;
  return TRUE;
}

static char *
dup_range (const Reader *reader, Range range)
{
  return g_strndup (reader->text->str + range.start, range.end - range.start);
}

static char *
dup_ascii (const Reader *reader, Range range)
{
  GString *ascii = g_string_new (NULL);

  for (gsize i = range.start; i < range.end; i++)
    if ((guint8) reader->text->str[i] < 0x80)
      g_string_append_c (ascii, reader->text->str[i]);
  return g_string_free (ascii, FALSE);
}

static gboolean
is_ignored (const Reader *reader, Range label)
{
  const char *const *ignored = reader->request->ignored_phrases;
  g_autofree char *phrase = dup_range (reader, label);

  return reader->request->answer == MONOCLE_GRAMMAR_PHRASES && ignored != NULL
         && g_strv_contains (ignored, phrase);
}

/* A label and four locations for each box; what is left over is dropped. */
static void
read_boxes (Reader *reader, Range label, Range run)
{
  if (!trim_label (reader, &label) || is_ignored (reader, label))
    return;

  guint n_locations = 0;
  for (gsize i = run.start, n;
       i < run.end
       && (n = monocle_places_measure (&monocle_places_loc, reader->text->str + i, NULL)) > 0;
       i += n)
    n_locations++;

  gsize i = run.start;
  for (guint box = 0; box < n_locations / 4; box++)
    {
      MonocleObject object = { 0 };
      Mean name = { .last = NO_OWNER }, place = { .last = NO_OWNER };
      double pixels[4];
      gsize end = read_pixels (reader, i, 4, pixels);

      add_to_mean (reader, &name, label);
      add_to_mean (reader, &place, (Range){ i, end });
      object.label = dup_ascii (reader, label);
      object.shape = monocle_shape_new_box (&(MonocleBox){ (float) pixels[0], (float) pixels[1],
                                                           (float) pixels[2], (float) pixels[3] });
      object.score = get_score (&name, &place);
      monocle_result_take_object (reader->result, &object);
      i = end;
    }
}

/* One object: each stretch of locations that ends at a separator or at the end of @run is a
 * polygon. */
static void
read_polygon_object (Reader *reader, Range label, Range run)
{
  g_autoptr (GArray) rings = g_array_new (FALSE, FALSE, sizeof (MonocleRing));
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func (g_free);
  Mean name = { .last = NO_OWNER }, place = { .last = NO_OWNER };
  gsize start = run.start, length;
  guint n_locations = 0;

  add_to_mean (reader, &name, label);
  for (gsize i = run.start; i <= run.end; i += length)
    {
      Item item = ITEM_NONE;

      length = i < run.end ? measure_item (reader->text->str + i, RUN_POLYGONS, &item) : 1;
      if (item == ITEM_LOCATION)
        {
          n_locations++;
          continue;
        }
      if (n_locations > 0 && (item == ITEM_SEPARATOR || i == run.end))
        {
          double *points = g_new (double, n_locations);
          MonocleRing ring = { .points = points, .n_points = n_locations / 2 };

          g_ptr_array_add (owned, points);
          read_pixels (reader, start, n_locations, points);
          g_array_append_val (rings, ring);
          add_to_mean (reader, &place, (Range){ start, i });
        }
      n_locations = 0;
      start = i + length;
    }
  if (rings->len == 0)
    return;

  MonocleObject object = {
    .label = dup_range (reader, label),
    .shape = monocle_shape_new_rings ((const MonocleRing *) (gpointer) rings->data, rings->len),
    .score = get_score (&name, &place),
  };
  monocle_result_take_object (reader->result, &object);
}

static gsize
find_in_run (const Reader *reader, Range run, const char *marker)
{
  const char *found
      = g_strstr_len (reader->text->str + run.start, (gssize) (run.end - run.start), marker);

  return found != NULL ? (gsize) (found - reader->text->str) : run.end;
}

/* Where the label ends: at the first location or polygon start. A location that leads the run does
 * not count, in the reference by its own odd rule: a run of one location and markers is no answer.
 */
static gboolean
extend_label (const Reader *reader, Range run, Range *label)
{
  gsize i = run.start, length;
  Item item;

  if (label->start == label->end)
    {
      length = measure_item (reader->text->str + i, RUN_POLYGONS, &item);
      i += item == ITEM_LOCATION ? length : 0;
      label->start = label->end = i;
    }
  for (; i < run.end; i += length)
    {
      length = measure_item (reader->text->str + i, RUN_POLYGONS, &item);
      if (item == ITEM_LOCATION || item == ITEM_POLYGON_START)
        break;
    }
  label->end = i;
  return i < run.end && trim_label (reader, label);
}

/* A label and polygons: one object, or one for each pair of polygon markers. */
static void
read_polygons (Reader *reader, Range label, Range run)
{
  gboolean may_grow
      = reader->request->extent == MONOCLE_PARSE_PREFIX && run.end == reader->text->len;

  if (!extend_label (reader, run, &label))
    return;

  if (find_in_run (reader, run, POLYGON_START) == run.end
      || find_in_run (reader, run, POLYGON_END) == run.end)
    {
      if (!may_grow)
        read_polygon_object (reader, label, run);
      return;
    }

  while (run.start < run.end)
    {
      Range inner;

      inner.start = find_in_run (reader, run, POLYGON_START);
      if (inner.start == run.end)
        break;
      inner.start += strlen (POLYGON_START);
      inner.end = find_in_run (reader, (Range){ inner.start, run.end }, POLYGON_END);
      if (inner.end == run.end)
        break;
      read_polygon_object (reader, label, inner);
      run.start = inner.end + strlen (POLYGON_END);
    }
}

typedef void (*ReadRun) (Reader *reader, Range label, Range run);

/* A label is text without "<"; the run follows at once. */
static void
read_labelled (Reader *reader, Run run, ReadRun read_run)
{
  const char *text = reader->text->str;

  for (gsize i = 0; i < reader->text->len;)
    {
      gsize label_end = i + strcspn (text + i, "<");

      if (label_end == i)
        {
          i++;
          continue;
        }
      gsize end = find_run_end (reader, label_end, run);
      if (end > label_end)
        read_run (reader, (Range){ i, label_end }, (Range){ label_end, end });
      i = MAX (end, label_end);
    }
}

static void
read_unlabelled (Reader *reader, Run run, ReadRun read_run)
{
  for (gsize i = 0; i < reader->text->len;)
    {
      i += strcspn (reader->text->str + i, "<");

      gsize end = find_run_end (reader, i, run);
      if (end > i)
        read_run (reader, (Range){ i, i }, (Range){ i, end });
      i = MAX (end, i + 1);
    }
}

/* Shortest text without a line break before eight locations in a row; the text can hold anything
 * else. */
static void
read_quads (Reader *reader)
{
  const char *text = reader->text->str;
  gsize start = 0;

  for (gsize i = 1; i < reader->text->len;)
    {
      gsize end = i, length;
      guint n = 0;

      if (text[i - 1] == '\n')
        {
          start = i++;
          continue;
        }
      while (n < 8 && (length = monocle_places_measure (&monocle_places_loc, text + end, NULL)) > 0)
        {
          end += length;
          n++;
        }
      if (n < 8)
        {
          i++;
          continue;
        }

      Range label = { start, i };
      Mean name = { .last = NO_OWNER }, place = { .last = NO_OWNER };
      MonocleObject object = { 0 };
      double corners[8];
      monocle_utf8_trim (text, &label.start, &label.end);
      add_to_mean (reader, &name, label);
      add_to_mean (reader, &place, (Range){ i, end });
      read_pixels (reader, i, 8, corners);
      object.shape = monocle_shape_new_quad (corners);
      object.label = dup_range (reader, label);
      object.score = get_score (&name, &place);
      monocle_result_take_object (reader->result, &object);
      start = end;
      i = end + 1;
    }
}

static void
read_plain_text (Reader *reader)
{
  Range whole = { 0, reader->text->len };

  monocle_utf8_trim (reader->text->str, &whole.start, &whole.end);
  monocle_result_take_text (reader->result, dup_range (reader, whole));
}

static void
read_answer (Reader *reader)
{
  switch (reader->request->answer)
    {
    case MONOCLE_GRAMMAR_TEXT:
      read_plain_text (reader);
      break;
    case MONOCLE_GRAMMAR_BOXES:
    case MONOCLE_GRAMMAR_PHRASES:
      read_labelled (reader, RUN_LOCATIONS, read_boxes);
      break;
    case MONOCLE_GRAMMAR_PROPOSALS:
      read_unlabelled (reader, RUN_LOCATIONS, read_boxes);
      break;
    case MONOCLE_GRAMMAR_POLYGONS:
      read_unlabelled (reader, RUN_POLYGONS, read_polygons);
      break;
    case MONOCLE_GRAMMAR_BOXES_OR_POLYGONS:
      if (strstr (reader->text->str, POLYGON_START) != NULL)
        read_labelled (reader, RUN_POLYGONS, read_polygons);
      else
        read_labelled (reader, RUN_LOCATIONS, read_boxes);
      break;
    case MONOCLE_GRAMMAR_QUADS:
      read_quads (reader);
      break;
    default:
      g_assert_not_reached ();
    }
}

static float
compute_total_score (const MonocleParseRequest *request)
{
  double sum = 0;

  if (request->log_probs == NULL || request->n_ids < 2)
    return NAN;
  for (guint i = 1; i < request->n_ids; i++)
    sum += (double) request->log_probs[i];
  return (float) exp (sum / (request->n_ids - 1));
}

MonocleResult *
monocle_parse (const MonocleParseRequest *request)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (guint32));
  Reader reader = { .request = request, .text = text, .owners = owners };

  g_return_val_if_fail (request->width > 0 && request->height > 0, NULL);

  reader.result = monocle_result_new ();
  decode (&reader);
  monocle_result_set_tokens (reader.result, request->ids, request->n_ids, g_strdup (text->str));
  monocle_result_set_well_formed (reader.result,
                                  request->extent == MONOCLE_PARSE_PREFIX
                                      || monocle_grammar_accepts (request->answer, text->str));
  monocle_result_set_score (reader.result, compute_total_score (request));

  remove_marker (&reader, "<s>");
  remove_marker (&reader, "</s>");
  if (request->answer != MONOCLE_GRAMMAR_TEXT)
    remove_marker (&reader, "<pad>");
  read_answer (&reader);
  return reader.result;
}
