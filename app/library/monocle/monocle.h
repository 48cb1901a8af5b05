/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Monocle as a library: all of it.
 *
 *   model = monocle_model_open (NULL, NULL, NULL, NULL, &error);
 *   picture = monocle_picture_open ("park.png", &error);
 *   question = monocle_question_new ("find", NULL);
 *   answer = monocle_model_ask (model, picture, question, NULL, &error);
 *   monocle_answer_save (answer, "found.png", &error);
 */
#pragma once

#include <monocle/answer.h>
#include <monocle/device.h>
#include <monocle/error.h>
#include <monocle/model.h>
#include <monocle/object.h>
#include <monocle/picture.h>
#include <monocle/question.h>
#include <monocle/task.h>
