/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the parts of a document share: document (what it is), document-steps (what a person does, as
 * edits), document-shape (what of it is about shapes), document-take (what comes from another
 * version), document-apply (edits made and taken back), document-journal (all of it kept in a file,
 * and read from one), document-compact (that file as short as it can be).
 */
#pragma once

#include "app/document/document.h"
#include "app/document/journal.h"

G_BEGIN_DECLS

struct _MonocleDocument
{
  GObject parent_instance;

  GFile *file; /* (nullable) */
  char *name;
  char *digest;        /* (nullable): of the file, or of the pixels of one without */
  guint page;          /* of it */
  MonocleImage *image; /* (nullable): turned by @rotation */
  guint width, height; /* upright; kept when the image is dropped */
  guint rotation;
  gboolean is_done;
  MonocleStamp stamp; /* of the file that the picture was read from */
  guint n_shown;      /* by how many windows */

  GListStore *regions;
  GListStore *queries;
  GListStore *talk;    /* of MonocleSaid: answered */
  MonocleSaid *asking; /* (nullable): what is to come behind the first @n_before of them */
  guint n_before;
  guint asking_source;   /* what came of its answer is put into the journal soon */
  GVariant *interrupted; /* (nullable): in the journal: what was asked when that was read */
  GHashTable
      *known; /* id -> region, query or turn: all that were ever here, so that they stay the same */
  MonocleUndo *undo;
  gint64 edited_us; /* when the last edit was made, or made longer */

  MonocleJournal *journal; /* (nullable) */
  GError *trouble;         /* (nullable): why there is none */
  GHashTable *kept;        /* ids of queries that are in it */
  guint keep_source;       /* answers are put into it soon */
  gboolean is_replaying;
  guint n_unread; /* what was read and is nothing that is known here */

  char *saved_path;   /* (nullable): a file that the person chose */
  char *saved_digest; /* (nullable): of its bytes */
  guint64 n_done;     /* how often something was done, or came */
  guint64 n_saved;    /* by then, when it was saved */
};

/* --- document.c --- */

/* monocle_document_rotate() without undo. Returns: whether anything was turned */
gboolean monocle_document_turn (MonocleDocument *self, guint quarters);

/* monocle_document_set_done() without undo. */
void monocle_document_put_done (MonocleDocument *self, gboolean done);

/* --- document-steps.c --- */

/* (transfer full): @shape where @way leads; masks stay masks of the picture */
MonocleShape *monocle_document_transform (MonocleDocument *self,
                                          const MonocleShape *shape,
                                          const MonocleMatrix *way);
/* Behind those that are there, and those that @edit adds before it. */
void monocle_document_add_new (MonocleDocument *self, MonocleEdit *edit, MonocleAnnotation *region);
void monocle_document_add_removals (MonocleDocument *self, MonocleEdit *edit, GPtrArray *regions);

/* --- document-talk.c --- */

/* Behind @n_before turns come @talk (element-type MonocleSaid) and nothing else. */
void monocle_document_add_talk (MonocleDocument *self,
                                MonocleEdit *edit,
                                guint n_before,
                                GPtrArray *talk);
/* What is asked goes into the journal as far as it is answered, if it is not there already. */
void monocle_document_flush_asking (MonocleDocument *self);
/* What was asked when the program ended is there again: what came of its answer is one that was
 * stopped; without a word it is one that failed. */
void monocle_document_recall_asking (MonocleDocument *self);

/* --- document-apply.c --- */

/* @thing: a region, a query or a turn: stays the same object whenever it comes back */
void monocle_document_know (MonocleDocument *self, guint64 id, gpointer thing);
/* Makes an edit, if it says anything; what it says may be so already. */
void monocle_document_make (MonocleDocument *self, MonocleEdit *edit);
/* The same, as part of the last one if that did the same to the same things a moment ago. */
void monocle_document_make_longer (MonocleDocument *self, MonocleEdit *edit, gint64 within_us);
/* The function of its undo. */
void monocle_document_take_step (MonocleEdit *edit, gboolean forward, gpointer document);
/* As it was once made; @is_longer: in place of the one before. */
void monocle_document_replay (MonocleDocument *self, MonocleEdit *edit, gboolean is_longer);
/* What was done before all steps, without being one. */
void monocle_document_replay_base (MonocleDocument *self, MonocleEdit *edit);
/* Numbers and colours of regions, after the list or their names changed. */
void monocle_document_number_regions (MonocleDocument *self);

/* --- document-journal.c --- */

/* @content: (transfer floating) (nullable): as the type of record has it */
void monocle_document_write (MonocleDocument *self, MonocleRecordType type, GVariant *content);
/* A query came into the list, or is whole: it goes into the journal soon. */
void monocle_document_keep_answers (MonocleDocument *self);
/* A query that is whole, at once. */
void monocle_document_write_answer (MonocleDocument *self, MonocleQuery *query);
/* Something was done: what is saved is not all of it any more. */
void monocle_document_count (MonocleDocument *self);
/* A query left the list without an edit. */
void monocle_document_drop_answer (MonocleDocument *self, MonocleQuery *query);
/* (transfer floating): what a journal begins with */
GVariant *monocle_document_store_picture (MonocleDocument *self);

/* --- document-compact.c --- */

/**
 * monocle_document_compact:
 * @opens: it has just been read, and nothing was done since
 *
 * Where its journal has become much longer than it needs to be it is written anew.
 */
void monocle_document_compact (MonocleDocument *self, gboolean opens);

G_END_DECLS
