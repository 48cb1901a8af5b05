/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Long conversations of before that go on: each token is read once, what is shown is looked at
 * once, and what has to be forgotten costs no more the longer they are than they are longer.
 */
#include "config.h"

#include "engine/text/tokenizer.h"
#include "model-test.h"

#define MODEL   "smolvlm/idefics3"
#define PICTURE "clip/wide-41x9.png"

/* Texts that became tokens. */
static int n_encoded;

GArray *__real_monocle_tokenizer_encode (const MonocleTokenizer *self,
                                         const char *text,
                                         MonocleSpecials specials);
GArray *__wrap_monocle_tokenizer_encode (const MonocleTokenizer *self,
                                         const char *text,
                                         MonocleSpecials specials);

GArray *
__wrap_monocle_tokenizer_encode (const MonocleTokenizer *self,
                                 const char *text,
                                 MonocleSpecials specials)
{
  g_atomic_int_inc (&n_encoded);
  return __real_monocle_tokenizer_encode (self, text, specials);
}

/* The tiny model with room for so many tokens: it has no table of places. */
static MonocleModel *
load_with_places (guint n_places)
{
  g_autoptr (TestFolder) folder = test_folder_new ();
  g_autofree char *source = test_fixture (MODEL);
  g_autoptr (JsonObject) config = test_read_json (source, "config.json");

  json_object_set_int_member (json_object_get_object_member (config, "text_config"),
                              "max_position_embeddings", n_places);
  test_link_model (source, folder);
  test_write_json (folder, "config.json", config);
  return test_load_or_die (folder, MONOCLE_PRECISION_F32);
}

static void
add (MonocleConversation *conversation, const char *text, MonocleImage *image)
{
  const MonocleShown shown = { .image = image };
  const MonocleTurnQuestion question = { .text = text, .shown = &shown, .n_shown = image ? 1 : 0 };
  g_autoptr (GError) error = NULL;

  monocle_conversation_add (conversation, &question, "A dog.", NULL, 0, &error);
  g_assert_no_error (error);
}

/* @n_texts: (out): that became tokens meanwhile */
static const MonocleReply *
ask (MonocleConversation *conversation, guint *n_texts)
{
  static const MonocleTurnQuestion question = { .text = "And?", .max_tokens = 4 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  const MonocleReply *reply;

  g_atomic_int_set (&n_encoded, 0);
  monocle_conversation_ask_async (conversation, &question, NULL, NULL, NULL, test_take_result,
                                  &result);
  reply = monocle_conversation_ask_finish (conversation, test_wait (&result), &error);
  g_assert_no_error (error);
  *n_texts = (guint) g_atomic_int_get (&n_encoded);
  return reply;
}

/* (transfer full): of @n turns, each about a picture */
static MonocleConversation *
make_shown (MonocleModel *model, MonocleImage *image, guint n)
{
  MonocleConversation *conversation = monocle_conversation_new (model);

  for (guint i = 0; i < n; i++)
    add (conversation, "Who?", image);
  return conversation;
}

static void
test_once (void)
{
  g_autoptr (MonocleModel) model = load_with_places (4096);
  g_autofree char *path = test_fixture (PICTURE);
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (MonocleConversation) few = make_shown (model, image, 4);
  g_autoptr (MonocleConversation) many = make_shown (model, image, 24);
  guint n_few, n_few_texts, n_texts;
  const MonocleReply *reply = ask (few, &n_few_texts);

  g_assert_cmpuint (reply->n_kept, ==, 0);
  g_assert_cmpuint (reply->n_forgotten, ==, 0);
  n_few = reply->n_read;
  reply = ask (many, &n_texts);
  g_assert_cmpuint (reply->n_kept, ==, 0);
  g_assert_cmpuint (reply->n_forgotten, ==, 0);
  /* As many for each turn, beside what begins and ends it. */
  g_test_message ("%u tokens of 5 turns, %u of 25", n_few, reply->n_read);
  g_assert_cmpuint (reply->n_read, >, 5 * n_few);
  g_assert_cmpuint (reply->n_read, <=, 6 * n_few);
  g_assert_cmpuint (n_texts, <=, 6 * n_few_texts);
  /* And then what is new. */
  reply = ask (many, &n_texts);
  g_assert_cmpuint (reply->n_read, <, n_few / 4);
}

/* (transfer full): of @n turns behind one with a picture */
static MonocleConversation *
make_said (MonocleModel *model, MonocleImage *image, guint n)
{
  MonocleConversation *conversation = make_shown (model, image, 1);

  for (guint i = 0; i < n; i++)
    add (conversation, "Who is it, and where?", NULL);
  return conversation;
}

static void
test_forgotten (void)
{
  g_autoptr (MonocleModel) model = load_with_places (512);
  g_autofree char *path = test_fixture (PICTURE);
  g_autoptr (MonocleImage) image = test_read_image (path);
  g_autoptr (MonocleConversation) few = make_said (model, image, 50);
  g_autoptr (MonocleConversation) many = make_said (model, image, 400);
  guint n_few, n_many, n_tokens;
  const MonocleReply *reply = ask (few, &n_few);

  n_tokens = reply->n_kept + reply->n_read;
  g_assert_cmpuint (reply->n_forgotten, >, 20);
  g_assert_cmpuint (n_tokens, <=, 512 - 512 / 4);
  reply = ask (many, &n_many);
  g_test_message ("%u texts of 52 turns, %u of 402", n_few, n_many);
  /* As many turns are left of both. */
  g_assert_cmpuint (reply->n_kept + reply->n_read, ==, n_tokens);
  g_assert_cmpuint (n_many, <, 16 * n_few);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conversation-long/once", test_once);
  g_test_add_func ("/conversation-long/forgotten", test_forgotten);
  return test_end (g_test_run ());
}
