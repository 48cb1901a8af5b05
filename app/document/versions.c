/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "app/document/versions.h"

#include "app/document/compare.h"
#include "app/document/id.h"

/* From which overlap on two are the same thing. */
#define MIN_OVERLAP 0.5
/* Shapes that are no boxes are laid on a grid of so many cells a side. */
#define GRID 256

struct _MonocleVersionPair
{
  GObject parent_instance;

  MonocleVersionKind kind;
  MonocleAnnotation *here, *there; /* (nullable) */
  double overlap;
  gboolean has_other_label;
  MonocleVersionChoice choice;
};

enum
{
  PROP_0,
  PROP_CHOICE,
  N_PROPS
};
static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (MonocleVersionPair, monocle_version_pair, G_TYPE_OBJECT)

static void
monocle_version_pair_finalize (GObject *object)
{
  MonocleVersionPair *self = MONOCLE_VERSION_PAIR (object);

  g_clear_object (&self->here);
  g_clear_object (&self->there);
  G_OBJECT_CLASS (monocle_version_pair_parent_class)->finalize (object);
}

static void
monocle_version_pair_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  if (id == PROP_CHOICE)
    g_value_set_int (value, (int) MONOCLE_VERSION_PAIR (object)->choice);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
monocle_version_pair_class_init (MonocleVersionPairClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = monocle_version_pair_finalize;
  object_class->get_property = monocle_version_pair_get_property;
  properties[PROP_CHOICE] = g_param_spec_int (
      "choice", NULL, NULL, MONOCLE_CHOICE_HERE, MONOCLE_CHOICE_BOTH, MONOCLE_CHOICE_HERE,
      G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
monocle_version_pair_init (MonocleVersionPair *self)
{
}

MonocleVersionKind
monocle_version_pair_get_kind (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), MONOCLE_VERSION_SAME);

  return self->kind;
}

MonocleAnnotation *
monocle_version_pair_get_here (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), NULL);

  return self->here;
}

MonocleAnnotation *
monocle_version_pair_get_there (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), NULL);

  return self->there;
}

double
monocle_version_pair_get_overlap (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), 0);

  return self->overlap;
}

gboolean
monocle_version_pair_has_other_label (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), FALSE);

  return self->has_other_label;
}

MonocleVersionChoice
monocle_version_pair_get_choice (MonocleVersionPair *self)
{
  g_return_val_if_fail (MONOCLE_IS_VERSION_PAIR (self), MONOCLE_CHOICE_HERE);

  return self->choice;
}

void
monocle_version_pair_set_choice (MonocleVersionPair *self, MonocleVersionChoice choice)
{
  g_return_if_fail (MONOCLE_IS_VERSION_PAIR (self));

  if (self->choice == choice)
    return;
  self->choice = choice;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOICE]);
}

/* --- Two of one thing --- */

/* What shapes cover of a grid that is laid over both. */
static double
measure_on_grid (const MonocleShape *a, const MonocleShape *b)
{
  const MonocleRect one = monocle_shape_get_bounds (a), two = monocle_shape_get_bounds (b);
  const double x = MIN (one.x, two.x), y = MIN (one.y, two.y);
  const double width = MAX (one.x + one.width, two.x + two.width) - x;
  const double height = MAX (one.y + one.height, two.y + two.height) - y;
  const double scale = GRID / MAX (width, height);
  const MonocleMatrix onto = { .xx = scale, .yy = scale, .x0 = -x * scale, .y0 = -y * scale };
  g_autoptr (MonocleShape) first = NULL, second = NULL;
  g_autoptr (MonocleMaskRuns) left = NULL, right = NULL;
  double common, all;

  if (!(MAX (width, height) > 0))
    return 0;
  first = monocle_shape_transform (a, &onto);
  second = monocle_shape_transform (b, &onto);
  left = monocle_shape_to_mask (first, GRID, GRID);
  right = monocle_shape_to_mask (second, GRID, GRID);
  common = (double) monocle_mask_runs_get_common (left, right);
  all = (double) monocle_mask_runs_get_area (left) + (double) monocle_mask_runs_get_area (right)
        - common;
  return all > 0 ? common / all : 0;
}

static double
measure_overlap (MonocleAnnotation *here, MonocleAnnotation *there)
{
  const MonocleShape *a = monocle_annotation_get_shape (here);
  const MonocleShape *b = monocle_annotation_get_shape (there);

  if (monocle_shape_equal (a, b) || !monocle_compare_has_moved (here, there))
    return 1;
  if (monocle_shape_is_empty (a) || monocle_shape_is_empty (b))
    return 0;
  if (monocle_shape_get_kind (a) == MONOCLE_SHAPE_BOX
      && monocle_shape_get_kind (b) == MONOCLE_SHAPE_BOX)
    {
      const MonocleRect one = monocle_shape_get_bounds (a), two = monocle_shape_get_bounds (b);

      return monocle_rect_get_overlap (&one, &two);
    }
  return measure_on_grid (a, b);
}

static gboolean
has_same_label (MonocleAnnotation *here, MonocleAnnotation *there)
{
  g_autofree char *left = g_utf8_casefold (monocle_annotation_get_label (here), -1);
  g_autofree char *right = g_utf8_casefold (monocle_annotation_get_label (there), -1);

  return g_str_equal (left, right);
}

/* All that is said of it but where it is. */
static GVariant *
store_without_shape (MonocleAnnotation *annotation)
{
  g_autoptr (GVariant) state = g_variant_ref_sink (monocle_annotation_store (annotation));
  GVariantDict dict;

  g_variant_dict_init (&dict, state);
  g_variant_dict_remove (&dict, MONOCLE_ANNOTATION_SHAPE);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static gboolean
says_the_same (MonocleAnnotation *here, MonocleAnnotation *there)
{
  g_autoptr (GVariant) left = store_without_shape (here);
  g_autoptr (GVariant) right = store_without_shape (there);

  return !monocle_compare_has_moved (here, there) && g_variant_equal (left, right);
}

/* --- All of them --- */

static void
add (GListStore *versions, MonocleAnnotation *here, MonocleAnnotation *there)
{
  g_autoptr (MonocleVersionPair) self = g_object_new (MONOCLE_TYPE_VERSION_PAIR, NULL);

  self->here = here ? g_object_ref (here) : NULL;
  self->there = there ? g_object_ref (there) : NULL;
  if (here && there)
    {
      self->kind = says_the_same (here, there) ? MONOCLE_VERSION_SAME : MONOCLE_VERSION_DIFFERS;
      self->overlap = measure_overlap (here, there);
      self->has_other_label = !has_same_label (here, there);
    }
  else
    self->kind = here ? MONOCLE_VERSION_HERE : MONOCLE_VERSION_THERE;
  g_list_store_append (versions, self);
}

static GListStore *
copy_list (GListModel *list)
{
  GListStore *copy = g_list_store_new (MONOCLE_TYPE_ANNOTATION);

  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (MonocleAnnotation) item = g_list_model_get_item (list, i);

      g_list_store_append (copy, item);
    }
  return copy;
}

typedef gboolean (*IsSameFunc) (MonocleAnnotation *here, MonocleAnnotation *there);

static gboolean
has_same_id (MonocleAnnotation *here, MonocleAnnotation *there)
{
  return monocle_annotation_get_id (here) == monocle_annotation_get_id (there);
}

static gboolean
has_same_shape (MonocleAnnotation *here, MonocleAnnotation *there)
{
  return monocle_shape_equal (monocle_annotation_get_shape (here),
                              monocle_annotation_get_shape (there));
}

/* Takes pairs out of both lists. */
static void
pair (GListStore *versions, GListStore *here, GListStore *there, IsSameFunc is_same)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (here));)
    {
      g_autoptr (MonocleAnnotation) left = g_list_model_get_item (G_LIST_MODEL (here), i);
      gboolean found = FALSE;

      for (guint k = 0; !found && k < g_list_model_get_n_items (G_LIST_MODEL (there)); k++)
        {
          g_autoptr (MonocleAnnotation) right = g_list_model_get_item (G_LIST_MODEL (there), k);

          found = is_same (left, right);
          if (!found)
            continue;
          add (versions, left, right);
          g_list_store_remove (here, i);
          g_list_store_remove (there, k);
        }
      if (!found)
        i++;
    }
}

static int
compare_kinds (gconstpointer a, gconstpointer b, gpointer data)
{
  return (int) ((const MonocleVersionPair *) a)->kind
         - (int) ((const MonocleVersionPair *) b)->kind;
}

GListModel *
monocle_versions_new (GListModel *here, GListModel *there)
{
  GListStore *versions;
  g_autoptr (GListStore) left = NULL, right = NULL;
  g_autoptr (MonocleComparison) rest = NULL;

  g_return_val_if_fail (G_IS_LIST_MODEL (here) && G_IS_LIST_MODEL (there), NULL);

  versions = g_list_store_new (MONOCLE_TYPE_VERSION_PAIR);
  left = copy_list (here);
  right = copy_list (there);
  pair (versions, left, right, has_same_id);
  pair (versions, left, right, has_same_shape);
  rest = monocle_compare_lists (G_LIST_MODEL (left), G_LIST_MODEL (right), MIN_OVERLAP, TRUE);
  for (guint i = 0; i < rest->matched->len; i++)
    {
      const MonocleMatch *match = &g_array_index (rest->matched, MonocleMatch, i);

      add (versions, match->left, match->right);
    }
  for (guint i = 0; i < rest->only_left->len; i++)
    add (versions, rest->only_left->pdata[i], NULL);
  for (guint i = 0; i < rest->only_right->len; i++)
    add (versions, NULL, rest->only_right->pdata[i]);
  g_list_store_sort (versions, compare_kinds, NULL);
  return G_LIST_MODEL (versions);
}

MonocleAgreement
monocle_versions_measure (GListModel *versions)
{
  MonocleAgreement agreement = { 0 };
  double sum = 0;

  g_return_val_if_fail (G_IS_LIST_MODEL (versions), agreement);

  for (guint i = 0; i < g_list_model_get_n_items (versions); i++)
    {
      g_autoptr (MonocleVersionPair) version = g_list_model_get_item (versions, i);

      agreement.n_here += version->here != NULL;
      agreement.n_there += version->there != NULL;
      if (version->overlap < MIN_OVERLAP)
        continue;
      agreement.n_matched++;
      sum += version->overlap;
      agreement.n_labels += !version->has_other_label;
    }
  if (agreement.n_matched > 0)
    agreement.mean_overlap = sum / agreement.n_matched;
  return agreement;
}

static void
add_take (GArray *takes, MonocleVersionPair *version)
{
  switch (version->kind)
    {
    case MONOCLE_VERSION_DIFFERS:
      if (version->choice == MONOCLE_CHOICE_THERE)
        monocle_takes_add (takes, version->here, version->there);
      else if (version->choice == MONOCLE_CHOICE_BOTH)
        {
          /* Beside the other, it is another thing. */
          g_autoptr (GVariant) state
              = g_variant_ref_sink (monocle_annotation_store (version->there));
          g_autoptr (MonocleAnnotation) copy
              = monocle_annotation_new_stored (monocle_id_new (), state);

          monocle_takes_add (takes, NULL, copy);
        }
      break;
    case MONOCLE_VERSION_HERE:
      if (version->choice == MONOCLE_CHOICE_THERE)
        monocle_takes_add (takes, version->here, NULL);
      break;
    case MONOCLE_VERSION_THERE:
      if (version->choice != MONOCLE_CHOICE_HERE)
        monocle_takes_add (takes, NULL, version->there);
      break;
    case MONOCLE_VERSION_SAME:
    default:
      break;
    }
}

GArray *
monocle_versions_list_takes (GListModel *versions)
{
  GArray *takes = monocle_takes_new ();

  g_return_val_if_fail (G_IS_LIST_MODEL (versions), takes);

  for (guint i = 0; i < g_list_model_get_n_items (versions); i++)
    {
      g_autoptr (MonocleVersionPair) version = g_list_model_get_item (versions, i);

      add_take (takes, version);
    }
  return takes;
}
