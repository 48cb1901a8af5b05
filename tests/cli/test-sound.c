/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Questions about sounds: a file that is heard, alone or beside an image, from which second on;
 * what is refused. What is heard is for test-unifiedio2-heard to say, which files can be for
 * test-sound-file.
 */
#include "config.h"

#include <math.h>

#include "harness.h"
#include "hashed-unifiedio2.h"

#define RATE 8000

static TemporaryFolder *folder; /* with the model */

/* A file of one channel of 16 bits: silent for a second, then a tone. */
static char *
make_wave (const char *name, guint seconds)
{
  const guint n = seconds * RATE;
  char *path = g_build_filename (folder, name, NULL);
  g_autofree guint16 *file = g_new0 (guint16, 22 + n);
  g_autoptr (GError) error = NULL;
  const struct
  {
    char riff[4];
    guint32 size;
    char wave[8];
    guint32 header;
    guint16 kind, channels;
    guint32 rate, bytes;
    guint16 block, bits;
    char data[4];
    guint32 n_bytes;
  } head = { .riff = { 'R', 'I', 'F', 'F' },
             .size = GUINT32_TO_LE (36 + 2 * n),
             .wave = { 'W', 'A', 'V', 'E', 'f', 'm', 't', ' ' },
             .header = GUINT32_TO_LE (16),
             .kind = GUINT16_TO_LE (1),
             .channels = GUINT16_TO_LE (1),
             .rate = GUINT32_TO_LE (RATE),
             .bytes = GUINT32_TO_LE (2 * RATE),
             .block = GUINT16_TO_LE (2),
             .bits = GUINT16_TO_LE (16),
             .data = { 'd', 'a', 't', 'a' },
             .n_bytes = GUINT32_TO_LE (2 * n) };

  G_STATIC_ASSERT (sizeof head == 44);
  memcpy (file, &head, sizeof head);
  for (guint i = RATE; i < n; i++)
    file[22 + i] = GUINT16_TO_LE ((guint16) (gint16) (9000 * sin (i * i / 5e4)));
  g_file_set_contents (path, (const char *) file, 44 + 2 * n, &error);
  g_assert_no_error (error);
  return path;
}

#define RUN "run", "--model", folder, "--max-tokens", "4"

/* Of a sound alone, as JSON. */
static char *
describe (const char *sound, const char *from)
{
  g_autoptr (Outcome) outcome = harness_run (RUN, "--task", "describe", "--sound", sound,
                                             "--sound-from", from, "--format", "json", NULL);
  g_autoptr (GPtrArray) answers = NULL;
  JsonObject *answer, *heard;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 1);
  answer = answers->pdata[0];
  g_assert_cmpstr (json_object_get_string_member (answer, "task"), ==, "caption-sound");
  g_assert_true (json_object_get_null_member (answer, "image"));
  heard = json_object_get_object_member (answer, "sound");
  g_assert_cmpstr (json_object_get_string_member (heard, "path"), ==, sound);
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (heard, "from"),
                                  g_ascii_strtod (from, NULL), 1e-9);
  return g_strdup_printf ("%.2f s: %s", json_object_get_double_member (heard, "seconds"),
                          json_object_get_string_member (answer, "generated_text"));
}

/* Whatever is heard, it is the same of the same part, and no more than there is. */
static void
test_alone (void)
{
  g_autofree char *path = make_wave ("tone.wav", 6);
  g_autofree char *first = describe (path, "0"), *again = describe (path, "0");
  g_autofree char *last = describe (path, "3.5");

  g_assert_cmpstr (first, ==, again);
  g_assert_true (g_str_has_prefix (first, "4.08 s"));
  g_assert_true (g_str_has_prefix (last, "2.50 s"));
}

/* One answer of each, with an image, and none of the sound to what does not take it. */
static void
test_beside (void)
{
  g_autofree char *path = make_wave ("tone.wav", 2);
  g_autofree char *image = harness_fixture ("pictures/photo-131x97.png");
  g_autoptr (Outcome) outcome
      = harness_run (RUN, "--task", "ask-sound-and-image", "--task", "caption", "--text", "the dog",
                     "--sound", path, "--format", "json", image, NULL);
  g_autoptr (GPtrArray) answers = NULL;

  harness_assert_done (outcome);
  answers = harness_parse_lines (outcome);
  g_assert_cmpuint (answers->len, ==, 2);
  g_assert_cmpstr (json_object_get_string_member (answers->pdata[0], "image"), ==, image);
  g_assert_true (json_object_has_member (answers->pdata[0], "sound"));
  g_assert_false (json_object_has_member (answers->pdata[1], "sound"));
}

static void
refuse (int status, const char *words, const char *task, const char *sound, const char *from)
{
  g_autoptr (Outcome) outcome
      = sound ? harness_run (RUN, "--task", task, "--sound", sound, "--sound-from", from, NULL)
              : harness_run (RUN, "--task", task, NULL);

  harness_assert_refused (outcome, status, words);
}

static void
test_refused (void)
{
  g_autofree char *path = make_wave ("tone.wav", 2), *silent = make_wave ("silent.wav", 1);
  g_autofree char *brief = make_wave ("brief.wav", 0);
  g_autofree char *image = harness_fixture ("pictures/photo-131x97.png");

  refuse (2, "needs a sound", "caption-sound", NULL, NULL);
  refuse (2, "takes a --sound", "caption", path, "0");
  refuse (2, "--sound-from takes seconds", "caption-sound", path, "-1");
  refuse (2, "needs a --text", "ask-sound-and-image", path, "0");
  refuse (1, "over after 2.0 seconds", "caption-sound", path, "2.5");
  refuse (1, "silence", "caption-sound", silent, "0");
  refuse (1, "brief.wav", "caption-sound", brief, "0");
  refuse (1, "no sound in this file", "caption-sound", image, "0");
  refuse (1, "absent.wav", "caption-sound", "absent.wav", "0");
}

int
main (int argc, char **argv)
{
  int status;

  harness_init (&argc, &argv);
  folder = harness_make_folder ();
  hashed_unifiedio2_write_model (folder);
  g_test_add_func ("/cli/sound/alone", test_alone);
  g_test_add_func ("/cli/sound/beside", test_beside);
  g_test_add_func ("/cli/sound/refused", test_refused);
  status = g_test_run ();
  harness_remove_folder (folder);
  return status;
}
