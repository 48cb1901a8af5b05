/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models of the same layout that read pages: Granite Docling and SmolDocling, Nassar et al. 2025,
 * arXiv 2503.11576. They write DocTags; what they are asked are the few sentences that they know.
 */
#include "config.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "engine/answer/doctags.h"
#include "engine/answer/result-private.h"
#include "engine/base/utf8.h"
#include "engine/models/parts/causal-answer.h"
#include "engine/models/smolvlm/private.h"

/* A full page of small print; the model ends its answers by itself. */
#define MAX_TOKENS 8192

/* What a model of the family has a token for. */
#define TABLE "<otsl>"

/* Of the reference: the markup. */
static JsonNode *
write_reference (const MonocleTask *task, const MonocleResult *result)
{
  const char *written = monocle_result_get_generated_text (result);
  const char *end = written ? strstr (written, "<|end_of_text|>") : NULL;
  g_autofree char *tags = g_strndup (written ? written : "", end ? (gsize) (end - written)
                                                                 : strlen (written ? written : ""));

  return json_node_init_string (json_node_alloc (), tags);
}

/* clang-format off */
#define ROW(id_, title_, description_, kind_, takes_, gives_) \
  { .id = id_, .tag = "", .title = title_, .description = description_, \
    .kind = MONOCLE_TASK_##kind_, .takes = MONOCLE_TAKES_##takes_, .gives = MONOCLE_GIVES_##gives_, \
    .max_tokens = MAX_TOKENS, .write_reference = write_reference }

static const MonocleSmolvlmRow rows[] = {
  { ROW ("read-page", N_ ("Read Page"),
         N_ ("Reads a page: its headings, paragraphs, lists, tables, formulas and pictures, in the order in which they are read"),
         READ, NOTHING, PAGE), "Convert this page to docling." },
  { ROW ("read-table", N_ ("Read Table"), N_ ("Reads a picture of one table"),
         READ, NOTHING, PAGE), "Convert table to OTSL." },
  { ROW ("read-chart", N_ ("Read Chart"), N_ ("Reads the numbers in a picture of one chart, as a table"),
         READ, NOTHING, PAGE), "Convert chart to table." },
  { ROW ("read-formula", N_ ("Read Formula"), N_ ("Reads a picture of one formula, as LaTeX"),
         READ, NOTHING, PAGE), "Convert formula to LaTeX." },
  { ROW ("read-code", N_ ("Read Code"), N_ ("Reads a picture of the code of a program"),
         READ, NOTHING, PAGE), "Convert code to text." },
  { ROW ("region-to-ocr", N_ ("Read Region"), N_ ("Reads the text inside a region"),
         READ, REGION, TEXT), "OCR the text in a specific location: " },
  { ROW ("prompt", N_ ("Ask a Question"), N_ ("Answers a question about the image"),
         ANSWER, TEXT, TEXT), NULL },
};
/* clang-format on */

static void
list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

gboolean
monocle_docling_reads_pages (const MonocleSmolvlm *self)
{
  return monocle_tokenizer_find (self->tokenizer, TABLE) >= 0;
}

gboolean
monocle_docling_has_task (const MonocleTask *task)
{
  const MonocleSmolvlmRow *row = (const MonocleSmolvlmRow *) task;

  return row >= rows && row < rows + G_N_ELEMENTS (rows);
}

/* As in training: rounded, and the last is one less. */
static void
append_place (GString *prompt, float pixels, guint side)
{
  const double place = round ((double) pixels / side * MONOCLE_DOCTAGS_PLACES);

  g_string_append_printf (prompt, "<loc_%u>", (guint) CLAMP (place, 0, MONOCLE_DOCTAGS_PLACES - 1));
}

static char *
write_prompt (const MonocleTask *task,
              const char *text,
              const MonocleBox *region,
              guint width,
              guint height,
              GError **error)
{
  GString *prompt;

  if (!region)
    return monocle_smolvlm_write_row ((const MonocleSmolvlmRow *) task, text, error);
  prompt = g_string_new (((const MonocleSmolvlmRow *) task)->prompt);
  append_place (prompt, region->x1, width);
  append_place (prompt, region->y1, height);
  append_place (prompt, region->x2, width);
  append_place (prompt, region->y2, height);
  return g_string_free (prompt, FALSE);
}

/* --- answers ------------------------------------------------------------------------------ */

/* What was written, and which token each byte of it belongs to. */
typedef struct
{
  GString *text;
  GArray *tokens; /* of guint32 */
} Written;

static void
written_clear (Written *self)
{
  g_string_free (self->text, TRUE);
  g_array_unref (self->tokens);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Written, written_clear)

/* Tags are special tokens here. What says nothing about the page is not read. */
static gboolean
is_silent (const MonocleSmolvlm *self, guint32 id, const guint8 *token, gsize n)
{
  return !token
         || (monocle_tokenizer_is_special (self->tokenizer, id)
             && ((n >= 2 && memcmp (token, "<|", 2) == 0)
                 || (gint64) id == monocle_tokenizer_find (self->tokenizer, self->turns->end)));
}

static Written
decode (const MonocleSmolvlm *self, gboolean whole, const guint32 *ids, guint n_ids)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) owners = g_array_new (FALSE, FALSE, sizeof (guint32));
  Written written = { g_string_new (NULL), g_array_new (FALSE, FALSE, sizeof (guint32)) };

  for (guint32 i = 1; i < n_ids; i++)
    {
      gsize n = 0;
      const guint8 *token = monocle_tokenizer_get_bytes (self->tokenizer, ids[i], &n);

      if (is_silent (self, ids[i], token, n))
        continue;
      g_byte_array_append (bytes, token, (guint) n);
      for (gsize k = 0; k < n; k++)
        g_array_append_val (owners, i);
    }
  if (!whole)
    g_byte_array_set_size (
        bytes, bytes->len - (guint) monocle_utf8_incomplete_tail (bytes->data, bytes->len));
  monocle_utf8_repair (bytes->data, bytes->len, written.text, written.tokens);
  for (guint i = 0; i < written.tokens->len; i++)
    {
      guint32 *token = &g_array_index (written.tokens, guint32, i);

      *token = g_array_index (owners, guint32, *token);
    }
  return written;
}

/* How likely the tokens of a piece are, on average. */
static float
get_score (const Written *written, const MonocleDoctagsPiece *piece, const float *log_probs)
{
  const guint32 first = g_array_index (written->tokens, guint32, piece->start);
  const guint32 last = g_array_index (written->tokens, guint32, piece->end - 1);
  double sum = 0;

  for (guint32 i = first; i <= last; i++)
    sum += (double) log_probs[i];
  return (float) exp (sum / (last - first + 1));
}

static void
take_piece (MonocleResult *result,
            const MonocleDoctagsPiece *piece,
            const MonocleFamilyQuestion *question,
            float score)
{
  double edges[4];

  for (guint i = 0; i < G_N_ELEMENTS (edges); i++)
    edges[i] = (double) piece->edges[i] / MONOCLE_DOCTAGS_PLACES
               * (i % 2 == 0 ? question->width : question->height);
  monocle_result_take_object (result, &(MonocleObject){ .label = g_strdup (piece->label),
                                                        .shape = monocle_shape_new_edges (edges),
                                                        .score = score,
                                                        .text = g_strdup (piece->markdown) });
}

MonocleResult *
monocle_docling_read_answer (const MonocleSmolvlm *self,
                             const MonocleFamilyQuestion *question,
                             gboolean whole,
                             const guint32 *ids,
                             const float *log_probs,
                             guint n_ids)
{
  g_auto (Written) written = decode (self, whole, ids, n_ids);
  gboolean is_well_formed;
  g_autoptr (GPtrArray) pieces = monocle_doctags_read (written.text->str, whole, &is_well_formed);
  MonocleResult *result = monocle_result_new ();

  monocle_causal_answer_set_tokens (result, self->tokenizer, ids, log_probs, n_ids);
  monocle_result_set_well_formed (result, !whole || (is_well_formed && pieces->len > 0));
  monocle_result_take_text (result, monocle_doctags_join (pieces));
  for (guint i = 0; i < pieces->len && question->task->gives == MONOCLE_GIVES_PAGE; i++)
    {
      const MonocleDoctagsPiece *piece = pieces->pdata[i];

      if (piece->has_place)
        take_piece (result, piece, question, get_score (&written, piece, log_probs));
    }
  return result;
}

const MonocleFamily monocle_family_docling = {
  .id = "docling",
  .title = "Docling",
  .probe = monocle_smolvlm_config_probe,
  .token = TABLE,
  .check = monocle_smolvlm_check,
  .takes_few_bits = TRUE,
  .load = monocle_smolvlm_load,
  .unload = monocle_smolvlm_unload,
  .get_facts = monocle_smolvlm_get_facts,
  .list_tasks = list_tasks,
  .write_prompt = write_prompt,
  .compile = monocle_smolvlm_compile,
  .look_in_pieces = monocle_smolvlm_look_in_pieces,
  .prepare = monocle_smolvlm_prepare,
  .discard = monocle_smolvlm_discard,
  .generate = monocle_smolvlm_generate,
  .inspect = monocle_smolvlm_inspect,
};
