/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The runner: one model on one device, and what it is asked, one after the other: queries of
 * documents, and pictures with requests of whoever has none. Loads the model when it is first
 * needed or told to, keeps the features of the last pictures, streams answers, stops, and opens the
 * device again after it was lost.
 *
 * Properties, read-only and notified: state (MonocleRunnerState as int), fraction (double, of
 * loading), model (MonocleModel, nullable), query (MonocleQuery being answered, nullable), busy
 * (boolean: something runs or waits that somebody waits for), ahead (double: how much of what was
 * missing for questions is compiled; 1 where nothing is under way).
 *
 * Signal `device-lost`: the device was lost and is being opened again; what ran on it is asked once
 * more.
 *
 * Signal `noted` (char *): a sentence for the person: what is done otherwise than usual, since
 * there is too little memory.
 *
 * Nothing here blocks. A runner can be let go at any time: what runs is stopped, what waits as
 * well.
 */
#pragma once

#include "app/document/document.h"

G_BEGIN_DECLS

/**
 * MonocleRunnerState:
 * @MONOCLE_RUNNER_EMPTY: nothing was loaded yet
 * @MONOCLE_RUNNER_LOADING: see the fraction
 * @MONOCLE_RUNNER_READY: a model is there
 * @MONOCLE_RUNNER_FAILED: it could not be loaded: monocle_runner_get_error()
 */
typedef enum
{
  MONOCLE_RUNNER_EMPTY,
  MONOCLE_RUNNER_LOADING,
  MONOCLE_RUNNER_READY,
  MONOCLE_RUNNER_FAILED,
} MonocleRunnerState;

#define MONOCLE_TYPE_RUNNER (monocle_runner_get_type ())
G_DECLARE_FINAL_TYPE (MonocleRunner, monocle_runner, MONOCLE, RUNNER, GObject)

MonocleRunner *monocle_runner_new (void);

/**
 * monocle_runner_configure:
 * @model: (nullable): directory, or name of a model of the person's; %NULL or empty: the default
 * @device: (nullable): UUID, or `auto`
 * @precision: how to store weights
 * @num_beams: 0: as the model says
 *
 * Loads anew where something but the beams differs from what is there; stops nothing that runs:
 * that is answered first. Before the first load it only remembers.
 */
void monocle_runner_configure (MonocleRunner *self,
                               const char *model,
                               const char *device,
                               MonoclePrecision precision,
                               guint num_beams);
/* Whether the device is used though its self-check fails: only by the person's word. Only
 * remembers: what is configured next is loaded so. */
void monocle_runner_set_trusted (MonocleRunner *self, gboolean is_trusted);
/* Loads what was configured, if it is not there or failed before. */
void monocle_runner_load (MonocleRunner *self);

MonocleRunnerState monocle_runner_get_state (MonocleRunner *self);
double monocle_runner_get_fraction (MonocleRunner *self);
/* Of what the device's driver compiles while nobody asks; 1: nothing. */
double monocle_runner_get_ahead_fraction (MonocleRunner *self);
/* (nullable): while loading: the device that is checked first, since it was never used so */
MonocleDevice *monocle_runner_get_checking (MonocleRunner *self);
MonocleModel *monocle_runner_get_model (MonocleRunner *self);   /* (nullable) */
MonocleDevice *monocle_runner_get_device (MonocleRunner *self); /* (nullable) */
/* Whether the model runs elsewhere than it was told to, since that device is gone. */
gboolean monocle_runner_is_device_missing (MonocleRunner *self);
const GError *monocle_runner_get_error (MonocleRunner *self); /* (nullable) */
MonocleQuery *monocle_runner_get_query (MonocleRunner *self); /* (nullable): of a document */
gboolean monocle_runner_is_busy (MonocleRunner *self);
/* (transfer full): the model's name as a person knows it: "Default model" for ours */
char *monocle_runner_dup_model_title (MonocleRunner *self);

/**
 * monocle_runner_run:
 * @document: has its image
 * @query: new; is added to the document
 *
 * Answered after those before it, about the picture as it is turned when its turn comes. Loads the
 * model if it is not there or failed before; if that fails, so do the queries that wait.
 */
void monocle_runner_run (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query);

/**
 * monocle_runner_try:
 * @document: has its image
 * @query: new; who asks adds it to the document, or drops it, when it is answered
 *
 * The same for what may never be wanted: words that are being typed.
 */
void monocle_runner_try (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query);

/* As monocle_runner_run(), for what nobody waits for: all that others ask comes first, but for what
 * runs already. */
void
monocle_runner_run_behind (MonocleRunner *self, MonocleDocument *document, MonocleQuery *query);

/* Whether the model that is there has looked at the picture as it is turned now. */
gboolean monocle_runner_has_seen (MonocleRunner *self, MonocleDocument *document);

/**
 * monocle_runner_submit:
 * @image: what is asked about
 * @request: copied; where it leaves the number of beams open, it is what was configured
 * @cancellable: (nullable): cancelled on the thread of the main context
 * @on_update: (nullable): what is certain so far; not after a stop
 * @update_data: for @on_update
 * @callback: called when the request is answered, or failed
 * @user_data: for @callback, whose source object is %NULL
 *
 * The same queue as that of monocle_runner_run() without a document and a query: answered after
 * what was asked before. A picture that was asked about lately is not looked at again.
 */
void monocle_runner_submit (MonocleRunner *self,
                            MonocleImage *image,
                            const MonocleRequest *request,
                            GCancellable *cancellable,
                            MonocleUpdateFunc on_update,
                            gpointer update_data,
                            GAsyncReadyCallback callback,
                            gpointer user_data);

/**
 * monocle_runner_submit_finish:
 *
 * Errors: what loading the model or running it gave; %G_IO_ERROR_CANCELLED when it was stopped
 * before it began to answer, or the runner was let go.
 *
 * Returns: (transfer full) (nullable): also of one that was stopped while it was answered
 */
MonocleRun *monocle_runner_submit_finish (GAsyncResult *result, GError **error);

/**
 * monocle_runner_talk:
 * @document: has its image
 * @said: new; a question about it
 * @n_before: behind how many turns of the document's conversation it comes; what was said after
 *   them has been said no more, once it is answered
 *
 * The same queue again. While it is asked, and where it fails, it is what
 * monocle_document_get_asking() says; answered it is a turn of the conversation, and stopped before
 * there was a word it is nothing. What the model has read of the conversation stays with it until
 * something is said about another picture.
 */
void monocle_runner_talk (MonocleRunner *self,
                          MonocleDocument *document,
                          MonocleSaid *said,
                          guint n_before);
/* What is asked in the conversation about @document; what came by then is the answer. */
void monocle_runner_stop_talk (MonocleRunner *self, MonocleDocument *document);
/* Whether the model that is there, or will be, can be talked with. */
gboolean monocle_runner_can_talk (MonocleRunner *self);

/* Stops what runs and drops what waits; what is there is kept. */
void monocle_runner_stop (MonocleRunner *self);

/* Stops @query alone, be it running or waiting; nothing if it is neither. */
void monocle_runner_stop_query (MonocleRunner *self, MonocleQuery *query);

/**
 * monocle_runner_list_tasks:
 *
 * Returns: (transfer none) (element-type MonocleTask): what the model can be asked that is there or
 *   will be
 */
GPtrArray *monocle_runner_list_tasks (MonocleRunner *self);

/**
 * monocle_runner_find_task:
 * @task: of any model, from a file perhaps, which does not say of which family it was
 *
 * Returns: (transfer none) (nullable): the same task of the model that is there, or will be
 */
const MonocleTask *monocle_runner_find_task (MonocleRunner *self, const MonocleTask *task);

/**
 * monocle_runner_supports:
 * @reason: why not, in words for a tooltip
 *
 * Whether the model that is there, or will be, can be asked that.
 *
 * Errors: %MONOCLE_APP_ERROR_UNSUPPORTED_TASK.
 */
gboolean monocle_runner_supports (MonocleRunner *self, const MonocleTask *task, GError **reason);

/* @document is closed: stops what is asked about it and frees the features kept of it. */
void monocle_runner_forget (MonocleRunner *self, MonocleDocument *document);

G_END_DECLS
