/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the library's own files share. Of types that the engine has too they see its declarations
 * beside the public ones, so that the compiler tells where these are not the same.
 */
#pragma once

#define MONOCLE_INSIDE

#include "engine/engine.h"

#include <monocle/monocle.h>

G_BEGIN_DECLS

/* --- errors --- */

/* Makes a %MONOCLE_ERROR of what the engine and the application say; others stay. */
void monocle_library_error_adapt (GError **error);

/* --- pictures --- */

/* @image: (transfer full). @original: (nullable): the file that it was read from */
MonoclePicture *monocle_library_picture_new (MonocleImage *image, GFile *original);
MonocleImage *monocle_library_picture_get_image (MonoclePicture *self);
/* (nullable) */
GFile *monocle_library_picture_get_original (MonoclePicture *self);
/* (transfer none): the picture in front of @model, which may have looked at it already */
MonocleSession *monocle_library_picture_open_session (MonoclePicture *self, MonocleModel *model);

/* --- questions and answers --- */

/**
 * monocle_library_question_build:
 * @self: what somebody asks
 * @model: whom
 * @error: return location
 *
 * Returns: (transfer full) (nullable): as the engine asks it
 */
MonocleRequest *
monocle_library_question_build (MonocleQuestion *self, MonocleModel *model, GError **error);

/* The lowest score of objects that are wanted. */
double monocle_library_question_get_min_score (MonocleQuestion *self, MonocleModel *model);

/* @run, @request: (transfer full) */
MonocleAnswer *monocle_library_answer_new (MonocleModel *model,
                                           MonoclePicture *picture,
                                           MonocleRequest *request,
                                           MonocleRun *run,
                                           double min_score);

/* --- calls --- */

/**
 * MonocleLibraryWait:
 *
 * A call that is waited for, with a main context of its own, so that nothing else of the program
 * goes on meanwhile.
 */
typedef struct
{
  GMainContext *context;
  GAsyncResult *result;
} MonocleLibraryWait;

void monocle_library_wait_begin (MonocleLibraryWait *self);
/* The callback of the call. @data: the wait */
void monocle_library_wait_callback (GObject *source, GAsyncResult *result, gpointer data);
/* (transfer full): what the callback was given */
GAsyncResult *monocle_library_wait_end (MonocleLibraryWait *self);

/* To be called once a device is open: the program may then end as any other does. */
void monocle_library_expect_end (void);

G_END_DECLS
