/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where the tokens of a text are, for models that see rows and columns of pictures (axes of
 * parts/causal): a word is further by one than what comes before it, in all three numbers; the rows
 * of a picture are at one time, and where they lie in it; what comes behind a picture is as far as
 * its longer side. All texts side by side have the same pictures.
 */
#pragma once

#include "engine/models/parts/causal.h"

G_BEGIN_DECLS

/**
 * MonocleCausalPlaces:
 * @pictures: (nullable): what was read so far: of Picture
 * @n_rows, @n_columns: of the picture that is shown
 */
typedef struct
{
  GArray *pictures;
  guint n_rows, n_columns;
} MonocleCausalPlaces;

void monocle_causal_places_init (MonocleCausalPlaces *self);
void monocle_causal_places_clear (MonocleCausalPlaces *self);

/* @to, which is initialised, has seen the same. */
void monocle_causal_places_copy (const MonocleCausalPlaces *self, MonocleCausalPlaces *to);

/* The token @id comes to lie at @index: where it begins the picture that is shown, the first of
 * its rows, that is remembered. */
void monocle_causal_places_note (MonocleCausalPlaces *self,
                                 const MonocleCausalConfig *config,
                                 guint32 id,
                                 guint index);

/* Pictures that do not end within @length tokens are forgotten. */
void monocle_causal_places_truncate (MonocleCausalPlaces *self, guint length);

/* @place: (out caller-allocates): of the token at @index, three numbers with axes, else one */
void monocle_causal_places_find (const MonocleCausalPlaces *self,
                                 const MonocleCausalConfig *config,
                                 guint index,
                                 guint32 *place);

/* Numbers of a place. */
guint monocle_causal_places_get_n (const MonocleCausalConfig *config);

G_END_DECLS
