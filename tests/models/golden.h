/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Models of one family against its golden.json, which a script of tests/reference made: the stages
 * that inspecting a picture writes, and the numbers that the reference has for them.
 */
#pragma once

#include "engine/checkpoint/npy.h"
#include "model-test.h"

G_BEGIN_DECLS

/* Whether there is a comparison in 16 bits to make; where not, the test is skipped. */
gboolean golden_has_f16 (void);

/* Tests @path/f32 and, where there is that to compare, @path/f16, each with its tolerance. */
typedef void (*GoldenCheck) (gconstpointer data, MonoclePrecision precision, double tolerance);
void
golden_add_tests (const char *path, gconstpointer data, GoldenCheck check, double f32, double f16);

float *golden_read_floats (JsonObject *golden, const char *key, guint *n);

/* What is so far from the reference, relative to its size, or further, ends the test. */
void golden_check_floats (
    const char *what, const float *found, const float *wanted, gsize n, double tolerance);

/* A TestFolder with the stages of a picture and of what is asked about it. */
char *golden_inspect (MonocleSession *session, const char *prompt);

/* A stage by its name. */
MonocleNpy *golden_read_stage (const char *folder, const char *name);

/* Every so many numbers of a stage, from the first on: all that the golden has. */
void golden_check_sampled (const char *folder,
                           const char *name,
                           JsonObject *golden,
                           const char *key,
                           guint step,
                           double tolerance);

/* The last row of a stage's innermost dimension. */
void golden_check_last_row (
    const char *folder, const char *name, JsonObject *golden, const char *key, double tolerance);

/* The "ids" of a text. */
void golden_check_ids (const char *folder, JsonObject *golden);

/* The sums of the "rows" and of the "columns" of each channel, to within @tolerance each. */
void golden_check_sums (const MonocleNpy *pixels, JsonObject *golden, double tolerance);

/* The "sums" of each row of each channel: a piece out of place is seen in them. */
void golden_check_row_sums (const char *folder, JsonObject *picture);

/* The only result: its text, and its ids behind the last token of the question, are those of @key.
 */
void golden_check_answer (MonocleRun *run, JsonObject *question, const char *key);

G_END_DECLS
