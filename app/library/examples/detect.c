/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Finds the objects in a picture and draws them: detect PICTURE OUT.png
 *
 *   cc detect.c -o detect $(pkg-config --cflags --libs monocle-0)
 */
#include <monocle/monocle.h>

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MonocleModel) model = NULL;
  g_autoptr (MonoclePicture) picture = NULL;
  g_autoptr (MonocleQuestion) question = monocle_question_new ("find", NULL);
  g_autoptr (MonocleAnswer) answer = NULL;

  if (argc == 3 && (picture = monocle_picture_open (argv[1], &error))
      && (model = monocle_model_open (NULL, NULL, NULL, NULL, &error))
      && (answer = monocle_model_ask (model, picture, question, NULL, &error))
      && monocle_answer_save (answer, argv[2], &error))
    return 0;
  g_printerr ("%s\n", error ? error->message : "Usage: detect PICTURE OUT.png");
  return 1;
}
