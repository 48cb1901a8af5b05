/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/models/parts/causal-talk.h"

/* One that the cache holds. */
typedef struct
{
  guint64 look; /* what it is a row of; 0: it is a word */
  guint32 id;
  gboolean ends; /* whether what comes behind it was computed without it */
} Place;

struct _MonocleCausalTalk
{
  MonocleCausalDecoder *decoder;
  GArray *places; /* of Place: as many as the decoder holds */
};

void
monocle_causal_piece_free (MonocleCausalPiece *piece)
{
  g_array_unref (piece->ids);
  g_free (piece);
}

MonocleCausalTalk *
monocle_causal_talk_new (MonocleCausalDecoder *decoder)
{
  MonocleCausalTalk *self = g_new0 (MonocleCausalTalk, 1);

  self->decoder = decoder;
  self->places = g_array_new (FALSE, FALSE, sizeof (Place));
  return self;
}

void
monocle_causal_talk_free (MonocleCausalTalk *self)
{
  if (!self)
    return;
  monocle_causal_decoder_free (self->decoder);
  g_array_unref (self->places);
  g_free (self);
}

MonocleCausalTalk *
monocle_causal_talk_fork (const MonocleCausalTalk *self, GError **error)
{
  MonocleCausalDecoder *decoder = monocle_causal_decoder_fork (self->decoder, error);
  MonocleCausalTalk *fork;

  if (!decoder)
    return NULL;
  fork = monocle_causal_talk_new (decoder);
  g_array_append_vals (fork->places, self->places->data, self->places->len);
  return fork;
}

MonocleCausalDecoder *
monocle_causal_talk_get_decoder (MonocleCausalTalk *self)
{
  return self->decoder;
}

/* All tokens as they would lie in the cache, were they read piece by piece. */
static GArray *
lay_out (const GPtrArray *pieces)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (Place));

  for (guint i = 0; i < pieces->len; i++)
    {
      const MonocleCausalPiece *piece = pieces->pdata[i];

      for (guint k = 0; k < piece->ids->len; k++)
        {
          const Place place
              = { piece->look, g_array_index (piece->ids, guint32, k), k + 1 == piece->ids->len };

          g_array_append_val (places, place);
        }
    }
  return places;
}

/* What both begin with, as far as it can be told from what came after; never all of @wanted. */
static guint
find_common (const MonocleCausalTalk *self, const GArray *wanted)
{
  guint n = 0;

  for (guint i = 0; i < MIN (self->places->len, wanted->len - 1); i++)
    {
      const Place *here = &g_array_index (self->places, Place, i);
      const Place *there = &g_array_index (wanted, Place, i);

      if (here->id != there->id || here->look != there->look)
        break;
      if (here->ends)
        n = i + 1;
    }
  return n;
}

static void
forget (MonocleCausalTalk *self, guint n)
{
  monocle_causal_decoder_truncate (self->decoder, n);
  g_array_set_size (self->places, n);
}

/* @wanted: what comes next are those up to @end, all of one piece */
static gboolean
read_piece (MonocleCausalTalk *self,
            const GArray *wanted,
            guint end,
            GCancellable *cancellable,
            GError **error)
{
  const guint first = self->places->len;
  GArray *ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean done;

  for (guint i = first; i < end; i++)
    g_array_append_val (ids, g_array_index (wanted, Place, i).id);
  done = monocle_causal_decoder_read (self->decoder, &ids, cancellable, error);
  g_array_unref (ids);
  if (!done)
    {
      forget (self, first);
      return FALSE;
    }
  g_array_append_vals (self->places, &g_array_index (wanted, Place, first), end - first);
  g_array_index (self->places, Place, end - 1).ends = TRUE;
  return TRUE;
}

gboolean
monocle_causal_talk_read (MonocleCausalTalk *self,
                          const GPtrArray *pieces,
                          MonocleCausalShow show,
                          gpointer show_self,
                          guint *n_kept,
                          guint32 *last,
                          GCancellable *cancellable,
                          GError **error)
{
  g_autoptr (GArray) wanted = lay_out (pieces);
  guint end = 0;

  g_assert (wanted->len > 0);
  *n_kept = find_common (self, wanted);
  *last = g_array_index (wanted, Place, wanted->len - 1).id;
  forget (self, *n_kept);
  for (guint i = 0; i < pieces->len; i++)
    {
      const MonocleCausalPiece *piece = pieces->pdata[i];

      end = MIN (end + piece->ids->len, wanted->len - 1);
      if (end <= self->places->len)
        continue;
      if ((piece->look > 0 && !show (show_self, piece->seen, error))
          || !read_piece (self, wanted, end, cancellable, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
monocle_causal_talk_step (MonocleCausalTalk *self,
                          const MonocleDecoderStep *step,
                          MonocleCandidate *candidates,
                          GError **error)
{
  const Place place = { 0, step->tokens[0], TRUE };

  if (!monocle_causal_decoder_step (self->decoder, step, candidates, error))
    return FALSE;
  g_array_append_val (self->places, place);
  return TRUE;
}
