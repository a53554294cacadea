// Package serve keeps a linear learner of package online behind HTTP: it
// answers with predictions and learns from what it is told, and forgets nothing
// that it has acknowledged.
//
// A [Service] has a store, a folder with a log and snapshots (package journal).
// What is to be learned is written to the log first, and brought to disk
// together with what other requests bring; then the model learns it, in the
// order of the log; then the request is answered. So the end of the process, at
// any moment, loses nothing that was answered: [Open] takes the newest snapshot,
// learns what the log has after it, and the model has the same bits as if
// nothing had happened. When the disk is full, learning is refused and
// predicting goes on.
//
// A client that gets no answer does not know whether its examples were learned,
// and sent again they would be learned twice: GET /model tells how many records
// there are.
//
// Predictions do not wait for the disk, nor for a snapshot: for the update of
// one example at most, which takes microseconds.
//
// Examples are Vowpal Wabbit's text (Content-Type: text/plain) or JSON
// (application/json), one or many:
//
//	POST /predict       predictions
//	POST /learn         learns; answers with the predictions from before
//	GET  /model         what the model is and has learned; ?top=20 with its strongest weights, ?download=1 its file
//	GET  /live          what was learned and predicted, second by second
//	GET  /healthz       whether it learns and predicts; 503 where starting anew may help, which a full disk is not
//	GET  /metrics       for Prometheus
//	GET  /              a page that shows it at work
package serve
