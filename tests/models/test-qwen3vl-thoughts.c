/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Editions of Qwen3-VL that think before they answer: how they are known, that what they think is
 * in no answer, costs none of its tokens and is not repeated. What they write is the test's word:
 * a tiny random model thinks nothing that ends.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "engine/models/qwen3vl/private.h"
#include "gguf-qwen.h"
#include "golden.h"

#define MODEL "qwen3vl"
#define PHOTO "pictures/photo-131x97.png"

/* --- what is written ---------------------------------------------------------------------- */

static GArray *script; /* of guint32 */
static int n_spoken;

gboolean __real_monocle_causal_decoder_step (MonocleCausalDecoder *self,
                                             const MonocleDecoderStep *step,
                                             MonocleCandidate *candidates,
                                             GError **error);
gboolean __wrap_monocle_causal_decoder_step (MonocleCausalDecoder *self,
                                             const MonocleDecoderStep *step,
                                             MonocleCandidate *candidates,
                                             GError **error);

gboolean
__wrap_monocle_causal_decoder_step (MonocleCausalDecoder *self,
                                    const MonocleDecoderStep *step,
                                    MonocleCandidate *candidates,
                                    GError **error)
{
  if (!__real_monocle_causal_decoder_step (self, step, candidates, error))
    return FALSE;
  if (!candidates || n_spoken >= (int) script->len)
    return TRUE;
  candidates[0].token = g_array_index (script, guint32, n_spoken);
  candidates[0].log_prob = 0;
  n_spoken++;
  return TRUE;
}

/* --- models ------------------------------------------------------------------------------- */

static const char template[]
    = "{%- if messages %}{{- '<|im_start|>user\\n' }}{%- endif %}"
      "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\nHERE' }}{%- endif %}";

static void
write_text (const char *folder, const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_remove (path);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

/* The fixture with a token that ends thoughts, in place of one that it does not need. @opening:
 * (nullable): what its template begins answers with; %NULL: it has none */
static char *
make_model (const char *opening)
{
  g_autofree char *source = test_fixture (MODEL);
  g_autofree char *words = g_build_filename (source, "tokenizer.json", NULL);
  g_autoptr (GString) begins = g_string_new (template);
  g_autofree char *contents = NULL;
  g_autoptr (GString) text = NULL;
  char *folder = test_folder_new ();

  test_link_model (source, folder);
  g_assert_true (g_file_get_contents (words, &contents, NULL, NULL));
  text = g_string_new (contents);
  g_assert_cmpuint (g_string_replace (text, "<|video_pad|>", "</think>", 0), >, 0);
  write_text (folder, "tokenizer.json", text->str);
  g_string_replace (begins, "HERE", opening ? opening : "", 0);
  if (opening)
    write_text (folder, "chat_template.jinja", begins->str);
  return folder;
}

static char *
make_thinking (void)
{
  return make_model ("<think>\\n");
}

/* (transfer full): all that the host knows of it */
static MonocleQwen3vl *
open_host (const char *folder)
{
  MonocleQwen3vl *self = g_new0 (MonocleQwen3vl, 1);

  g_assert_true (monocle_qwen3vl_config_load (&self->config, folder, NULL));
  self->tokenizer = monocle_tokenizer_load (folder, NULL);
  g_assert_nonnull (self->tokenizer);
  monocle_qwen3vl_load_template (self, folder);
  return self;
}

static void
close_host (MonocleQwen3vl *self)
{
  monocle_qwen3vl_config_clear (&self->config);
  monocle_tokenizer_free (self->tokenizer);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (MonocleQwen3vl, close_host)

/* (transfer full): tokens of @thoughts, of their end, of @answer, and of an end or not */
static GArray *
write_script (const MonocleQwen3vl *host, const char *thoughts, const char *answer, gboolean ends)
{
  g_autofree char *text = g_strconcat (thoughts, answer ? "</think>\n\n" : "", answer ? answer : "",
                                       ends ? "<|im_end|>" : "", NULL);

  return monocle_qwen3vl_write_words (host, text);
}

/* --- how they are known ------------------------------------------------------------------- */

static gboolean
thinks (const char *folder)
{
  g_autoptr (MonocleQwen3vl) host = open_host (folder);

  return host->thinks;
}

static void
test_template (void)
{
  g_autoptr (TestFolder) silent = make_model (NULL), plain = make_model ("");
  g_autoptr (TestFolder) thinking = make_thinking ();
  /* Those that think if they are told to have both there. */
  g_autoptr (TestFolder) closed = make_model ("<think>\\n\\n</think>\\n\\n");
  g_autofree char *jinja = g_build_filename (thinking, "chat_template.jinja", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (JsonObject) root = json_object_new ();
  g_autofree char *source = test_fixture (MODEL);

  g_assert_false (thinks (source));
  g_assert_false (thinks (silent));
  g_assert_false (thinks (plain));
  g_assert_false (thinks (closed));
  g_assert_true (thinks (thinking));

  /* Wherever it is written. */
  g_assert_true (g_file_get_contents (jinja, &contents, NULL, NULL));
  json_object_set_string_member (root, "chat_template", contents);
  test_write_json (silent, "tokenizer_config.json", root);
  g_assert_true (thinks (silent));
  g_remove (jinja);
  g_assert_false (thinks (thinking));
  test_write_json (thinking, "chat_template.json", root);
  g_assert_true (thinks (thinking));
  g_assert_true (monocle_model_check (thinking, NULL));

  /* A file that is none is no reason to refuse a model. */
  write_text (silent, "tokenizer_config.json", "{\"chat_template\": [1");
  g_assert_false (thinks (silent));
}

/* In GGUF files it is a key. */
static void
test_pair (void)
{
  g_autoptr (TestFolder) thinking = make_thinking ();
  g_autofree char *jinja = g_build_filename (thinking, "chat_template.jinja", NULL);
  g_autofree char *contents = NULL;

  g_assert_true (g_file_get_contents (jinja, &contents, NULL, NULL));
  for (guint i = 0; i < 2; i++)
    {
      const GgufQwenHow how = { .template = i == 0 ? NULL : contents };
      g_autoptr (TestFolder) folder = test_folder_new ();
      g_autoptr (MonocleModel) model = NULL;

      gguf_qwen_write (thinking, folder, &how);
      model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
      g_assert_cmpint (*monocle_model_get_notes (model) != NULL, ==, i);
    }
}

/* --- what is left ------------------------------------------------------------------------- */

static void
check_left (const MonocleQwen3vl *host, const char *written, const char *left)
{
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (host, written);
  const guint32 *first = (const guint32 *) ids->data;
  const guint n = monocle_qwen3vl_count_thoughts ((gpointer) host, first, ids->len);
  g_autofree char *text = monocle_tokenizer_decode (host->tokenizer, first + n, ids->len - n);

  g_assert_cmpstr (text, ==, left);
}

static void
test_left (void)
{
  g_autoptr (TestFolder) thinking = make_thinking (), plain = make_model (NULL);
  g_autoptr (MonocleQwen3vl) host = open_host (thinking), other = open_host (plain);

  check_left (host, "So it is.\n</think>\n\nA dog.", "A dog.");
  check_left (host, "</think>A dog.\n", "A dog.\n");
  check_left (host, "So it is</think>\n", "");
  check_left (host, "So it is.", "");
  check_left (host, "", "");
  check_left (host, "So</think>\n\nA </think> dog", "A </think> dog");
  check_left (other, "So</think>\n\nA dog", "So</think>\n\nA dog");
}

/* --- asking ------------------------------------------------------------------------------- */

static void
speak (const MonocleQwen3vl *host, const char *thoughts, const char *answer, gboolean ends)
{
  g_clear_pointer (&script, g_array_unref);
  script = write_script (host, thoughts, answer, ends);
  n_spoken = 0;
}

static void
on_update (const MonocleUpdate *update, gpointer user_data)
{
  GString *seen = user_data;

  if (update->stage == MONOCLE_STAGE_ANSWERING && update->partial && update->partial->pdata[0])
    {
      const char *text = monocle_result_get_text (update->partial->pdata[0]);

      g_string_append (seen, text ? text : "");
    }
}

static const MonocleReply *
ask (MonocleConversation *conversation, const char *text, MonocleImage *image, guint max_tokens)
{
  const MonocleShown shown = { .image = image };
  const MonocleTurnQuestion question
      = { .text = text, .shown = &shown, .n_shown = image ? 1 : 0, .max_tokens = max_tokens };
  g_autoptr (GString) seen = g_string_new (NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleReply *reply;

  monocle_conversation_ask_async (conversation, &question, NULL, on_update, seen, test_take_result,
                                  &result);
  reply = monocle_conversation_ask_finish (conversation, test_wait (&result), &error);
  g_assert_no_error (error);
  g_assert_null (strstr (seen->str, "So"));
  return reply;
}

static void
check_reply (const MonocleReply *reply, const MonocleQwen3vl *host, const char *text, guint end)
{
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (host, text);

  g_assert_cmpint (reply->end, ==, end);
  g_assert_cmpstr (monocle_result_get_text (reply->result), ==, text);
  g_assert_cmpmem (reply->ids, reply->n_ids * sizeof *reply->ids, ids->data,
                   ids->len * sizeof (guint32));
}

static guint
count (const MonocleQwen3vl *host, const char *text)
{
  g_autoptr (GArray) ids = monocle_qwen3vl_write_words (host, text);

  return ids->len;
}

static void
test_talk (void)
{
  g_autoptr (TestFolder) folder = make_thinking ();
  g_autoptr (MonocleQwen3vl) host = open_host (folder);
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleConversation) conversation = monocle_conversation_new (model);
  g_autofree char *path = test_fixture (PHOTO);
  g_autoptr (MonocleImage) image = test_read_image (path);
  const MonocleReply *reply;
  guint n_first;

  g_assert_nonnull (strstr (monocle_model_get_notes (model)[0], "thinks before it answers"));
  speak (host, "So it is a dog.\n", "A dog.", TRUE);
  reply = ask (conversation, "Who?", image, 20);
  check_reply (reply, host, "A dog.", MONOCLE_REPLY_WHOLE);
  g_assert_cmpuint (reply->n_written, ==, script->len);
  n_first = reply->n_kept + reply->n_read;

  /* Of before there is the answer, and nothing of how it came to be; the question lies there. */
  speak (host, "So?", "No.", TRUE);
  reply = ask (conversation, "And?", NULL, 20);
  check_reply (reply, host, "No.", MONOCLE_REPLY_WHOLE);
  g_assert_cmpuint (reply->n_kept, ==, n_first - count (host, MONOCLE_QWEN3VL_THOUGHTS));
  g_assert_cmpuint (reply->n_read, ==,
                    count (host, "A dog." MONOCLE_QWEN3VL_GOES_ON
                                 "And?" MONOCLE_QWEN3VL_ANSWERS MONOCLE_QWEN3VL_THOUGHTS));

  /* What is thought does not count. */
  monocle_conversation_truncate (conversation, 1);
  speak (host, "So long, so long, so", "abcdefgh", FALSE);
  reply = ask (conversation, "And?", NULL, 3);
  check_reply (reply, host, "abc", MONOCLE_REPLY_LONG);

  /* Nothing but thoughts is no answer; it goes on all the same. */
  monocle_conversation_truncate (conversation, 1);
  speak (host, "So", NULL, TRUE);
  reply = ask (conversation, "And?", NULL, 3);
  check_reply (reply, host, "", MONOCLE_REPLY_WHOLE);
  speak (host, "So", "No.", TRUE);
  check_reply (ask (conversation, "Who?", NULL, 9), host, "No.", MONOCLE_REPLY_WHOLE);
}

static void
test_run_tasks (void)
{
  static const char objects[] = "[{\"bbox_2d\": [10, 20, 300, 400], \"label\": \"dog\"}]";
  g_autoptr (TestFolder) folder = make_thinking ();
  g_autoptr (MonocleQwen3vl) host = open_host (folder);
  g_autoptr (MonocleModel) model = test_load_or_die (folder, MONOCLE_PRECISION_F32);
  g_autoptr (MonocleSession) session = test_open_fixture (model, PHOTO);
  GPtrArray *tasks = monocle_model_list_tasks (model);
  const MonocleRequest question
      = { .task = monocle_tasks_find (tasks, "prompt"), .text = "Who?", .max_tokens = 4 };
  const MonocleRequest find
      = { .task = monocle_tasks_find (tasks, "find-words"), .text = "dog", .max_tokens = 90 };
  g_autoptr (MonocleRun) run = NULL, found = NULL;

  speak (host, "So, [{\"bbox_2d\": [1, 2, 3, 4]}]?", "abcdefgh", FALSE);
  run = test_run_or_die (session, &question);
  g_assert_cmpstr (monocle_result_get_text (run->results->pdata[0]), ==, "abcd");
  g_assert_false (run->stopped);
  g_assert_cmpuint (monocle_result_get_n_objects (run->results->pdata[0]), ==, 0);

  speak (host, "So?", objects, TRUE);
  found = test_run_or_die (session, &find);
  g_assert_cmpuint (monocle_result_get_n_objects (found->results->pdata[0]), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  script = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_test_add_func ("/qwen3vl-thoughts/template", test_template);
  g_test_add_func ("/qwen3vl-thoughts/pair", test_pair);
  g_test_add_func ("/qwen3vl-thoughts/left", test_left);
  g_test_add_func ("/qwen3vl-thoughts/talk", test_talk);
  g_test_add_func ("/qwen3vl-thoughts/tasks", test_run_tasks);
  return test_end (g_test_run ());
}
