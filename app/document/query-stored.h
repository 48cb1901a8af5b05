/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words of the dictionary that a query is kept as: what is not known is passed over, what is
 * missing is empty. They are in files and never change.
 */
#pragma once

#include <glib.h>

#define MONOCLE_KEY_TASK      "task"
#define MONOCLE_KEY_GIVES     "gives"
#define MONOCLE_KEY_TEXT      "text"
#define MONOCLE_KEY_LANGUAGE  "language" /* a code, of tasks with languages */
#define MONOCLE_KEY_REGIONS   "regions"  /* four edges each */
#define MONOCLE_KEY_ROTATION  "rotation"
#define MONOCLE_KEY_CREATED   "created" /* microseconds since 1970 */
#define MONOCLE_KEY_MODEL     "model"
#define MONOCLE_KEY_DIGEST    "model-digest"
#define MONOCLE_KEY_DEVICE    "device"
#define MONOCLE_KEY_DRIVER    "driver"
#define MONOCLE_KEY_PRECISION "precision"
#define MONOCLE_KEY_BEAMS     "num-beams"
#define MONOCLE_KEY_MOST      "max-tokens"
#define MONOCLE_KEY_SAMPLING  "sampling" /* temperature, top-k, top-p, min-p, seed */
#define MONOCLE_KEY_ELAPSED   "elapsed-ms"
#define MONOCLE_KEY_STOPPED   "stopped"
#define MONOCLE_KEY_TIMES     "times" /* ms: compile, preprocess, encode, decode; tokens; at once */
#define MONOCLE_KEY_RESULTS   "results" /* one for each region, or one; some are nothing */
#define MONOCLE_KEY_OBJECTS   "objects" /* what a person made of them */
#define MONOCLE_KEY_CORRECTED "corrected"
#define MONOCLE_KEY_CUT       "cut" /* of heat maps, where it is not the model's */

#define MONOCLE_KEY_SAMPLING_TYPE  "(duddt)"
#define MONOCLE_KEY_TIMES_TYPE     "(dddduu)"
#define MONOCLE_KEY_RESULTS_TYPE   "am" MONOCLE_STORED_RESULT
#define MONOCLE_STORED_CORRECTIONS "a(us)" /* place, text */

/* Adds a text that is there, as UTF-8 whatever it was. */
void monocle_stored_add_text (GVariantBuilder *dict, const char *name, const char *text);
