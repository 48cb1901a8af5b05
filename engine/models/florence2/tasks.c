/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/florence2/tasks.h"

#include <glib/gi18n.h>

#include "engine/answer/places.h"

/* The longest answer that the published models were run with. */
#define MAX_TOKENS 1024

/* As the published processor spells them. No full stop after "with mask" and "of region": the
 * models were trained so. */
/* clang-format off */
#define ROW(id, tag, title, description, kind, takes, gives) \
  { id, tag, title, description, MONOCLE_TASK_##kind, MONOCLE_TAKES_##takes, MONOCLE_GIVES_##gives, MAX_TOKENS, \
    monocle_florence2_write_reference }

static const MonocleFlorence2Task rows[] = {
  { ROW ("caption", "<CAPTION>",
         N_ ("Caption"), N_ ("Says in one sentence what the image shows"), DESCRIBE, NOTHING, TEXT),
    "What does the image describe?", MONOCLE_GRAMMAR_TEXT },
  { ROW ("detailed-caption", "<DETAILED_CAPTION>",
         N_ ("Detailed Caption"), N_ ("Says in a few sentences what the image shows"), DESCRIBE, NOTHING, TEXT),
    "Describe in detail what is shown in the image.", MONOCLE_GRAMMAR_TEXT },
  { ROW ("more-detailed-caption", "<MORE_DETAILED_CAPTION>",
         N_ ("Long Caption"), N_ ("Says in a paragraph what the image shows"), DESCRIBE, NOTHING, TEXT),
    "Describe with a paragraph what is shown in the image.", MONOCLE_GRAMMAR_TEXT },
  { ROW ("detect", "<OD>",
         N_ ("Find Objects"), N_ ("Finds objects and names their kinds"), FIND, NOTHING, BOXES),
    "Locate the objects with category name in the image.", MONOCLE_GRAMMAR_BOXES },
  { ROW ("open-vocabulary-detection", "<OPEN_VOCABULARY_DETECTION>",
         N_ ("Find by Name"), N_ ("Finds the objects that a text names"), FIND, TEXT, OBJECTS),
    "Locate {input} in the image.", MONOCLE_GRAMMAR_BOXES_OR_POLYGONS },
  { ROW ("referring-segmentation", "<REFERRING_EXPRESSION_SEGMENTATION>",
         N_ ("Outline by Words"), N_ ("Outlines what a text describes"), OUTLINE, TEXT, OUTLINES),
    "Locate {input} in the image with mask", MONOCLE_GRAMMAR_POLYGONS },
  { ROW ("dense-region-caption", "<DENSE_REGION_CAPTION>",
         N_ ("Describe All Regions"), N_ ("Finds regions and describes each of them"), DESCRIBE, NOTHING, BOXES),
    "Locate the objects in the image, with their descriptions.", MONOCLE_GRAMMAR_BOXES },
  { ROW ("ocr", "<OCR>",
         N_ ("Read Text"), N_ ("Reads all text in the image"), READ, NOTHING, TEXT),
    "What is the text in the image?", MONOCLE_GRAMMAR_TEXT },
  { ROW ("ocr-with-region", "<OCR_WITH_REGION>",
         N_ ("Read Text with Positions"), N_ ("Reads all text in the image and outlines each piece"), READ, NOTHING, TEXTS),
    "What is the text in the image, with regions?", MONOCLE_GRAMMAR_QUADS },
  { ROW ("phrase-grounding", "<CAPTION_TO_PHRASE_GROUNDING>",
         N_ ("Find Phrases"), N_ ("Finds what each phrase of a caption speaks of"), FIND, TEXT, BOXES),
    "Locate the phrases in the caption: {input}", MONOCLE_GRAMMAR_PHRASES },
  { ROW ("region-proposal", "<REGION_PROPOSAL>",
         N_ ("Find What Stands Out"), N_ ("Finds regions that stand out, without names"), FIND, NOTHING, PLACES),
    "Locate the region proposals in the image.", MONOCLE_GRAMMAR_PROPOSALS },
  { ROW ("region-to-category", "<REGION_TO_CATEGORY>",
         N_ ("Name Region"), N_ ("Names the kind of object inside a region"), ANSWER, REGION, TEXT),
    "What is the region {input}?", MONOCLE_GRAMMAR_TEXT },
  { ROW ("region-to-description", "<REGION_TO_DESCRIPTION>",
         N_ ("Describe Region"), N_ ("Describes what is inside a region"), DESCRIBE, REGION, TEXT),
    "What does the region {input} describe?", MONOCLE_GRAMMAR_TEXT },
  { ROW ("region-to-segmentation", "<REGION_TO_SEGMENTATION>",
         N_ ("Outline Region"), N_ ("Outlines the object inside a region"), OUTLINE, REGION, OUTLINES),
    "What is the polygon mask of region {input}", MONOCLE_GRAMMAR_POLYGONS },
  { ROW ("region-to-ocr", "<REGION_TO_OCR>",
         N_ ("Read Region"), N_ ("Reads the text inside a region"), READ, REGION, TEXT),
    "What text is in the region {input}?", MONOCLE_GRAMMAR_TEXT },
  { ROW ("prompt", "",
         N_ ("Ask a Question"), N_ ("Asks the model anything; for models trained on questions of their own"), ANSWER, TEXT, TEXT),
    NULL, MONOCLE_GRAMMAR_TEXT },
};
/* clang-format on */

/* "banned_grounding_tokens" of the published processor_config.json. */
/* clang-format off */
static const char *const ignored_phrases[] = {
  "I", "a", "a group", "a set", "all", "an", "another", "any", "anybody", "anyone", "anything", "each",
  "each other", "everybody", "everyone", "everything", "few", "he", "her", "hers", "herself", "him", "himself",
  "his", "image", "images", "it", "its", "itself", "lots", "many", "me", "mine", "myself", "nobody", "none",
  "one", "one another", "oneself", "other objects", "our", "ours", "ourselves", "several", "she", "some",
  "somebody", "someone", "something", "that", "the", "the image", "their", "theirs", "them", "themselves",
  "these", "they", "this", "those", "us", "we", "what", "which", "who", "whom", "whose", "you", "your",
  "yours", "yourself", "yourselves", NULL,
};
/* clang-format on */

/* Around the location tokens; "desciption" is how the published models spell it. */
static const char *const tokens_before[] = { "<od>", "</od>", "<ocr>", "</ocr>" };
static const char *const tokens_after[] = {
  "<cap>",
  "</cap>",
  "<ncap>",
  "</ncap>",
  "<dcap>",
  "</dcap>",
  "<grounding>",
  "</grounding>",
  "<seg>",
  "</seg>",
  "<sep>",
  "<region_cap>",
  "</region_cap>",
  "<region_to_desciption>",
  "</region_to_desciption>",
  "<proposal>",
  "</proposal>",
  "<poly>",
  "</poly>",
  "<and>",
};

void
monocle_florence2_list_tasks (GPtrArray *tasks)
{
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_ptr_array_add (tasks, (gpointer) &rows[i].task);
}

const MonocleTask *
monocle_florence2_find_task (const char *name)
{
  g_autoptr (GPtrArray) tasks = g_ptr_array_new ();

  monocle_florence2_list_tasks (tasks);
  return monocle_tasks_find (tasks, name);
}

MonocleGrammarKind
monocle_florence2_task_get_grammar (const MonocleTask *task)
{
  return ((const MonocleFlorence2Task *) task)->answer;
}

gboolean
monocle_florence2_task_reads (const MonocleTask *task)
{
  return task->kind == MONOCLE_TASK_READ && task->gives == MONOCLE_GIVES_TEXT;
}

const char *const *
monocle_florence2_get_ignored_phrases (void)
{
  return ignored_phrases;
}

void
monocle_florence2_add_tokens (MonocleTokenizer *tokenizer)
{
  monocle_tokenizer_add_tokens (tokenizer, tokens_before, G_N_ELEMENTS (tokens_before));
  for (guint bin = 0; bin < monocle_places_loc.n_bins; bin++)
    {
      g_autofree char *token = monocle_places_write_token (&monocle_places_loc, bin);

      monocle_tokenizer_add_tokens (tokenizer, (const char *const[]){ token }, 1);
    }
  monocle_tokenizer_add_tokens (tokenizer, tokens_after, G_N_ELEMENTS (tokens_after));
}
