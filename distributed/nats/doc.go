// Package nats joins workers to a parameter server by NATS, a messaging system:
// [Serve] answers for a server, [Dial] makes a worker's side of it, and [Embed]
// is a NATS server within the program, for those who have none.
//
// Everything is a question that is asked again until it is answered, and nothing
// is done twice: messages may be lost, doubled or come late. Tensors travel in
// parts that fit into the messages of the NATS server; the side that wants them
// asks for a few parts at a time, so that no queue grows: the worker for weights,
// the parameter server for gradients, as many at once as its memory allows.
//
// Subjects begin with "descent." and the name of the job; answers come to
// "_INBOX.". A user who may publish and subscribe to both can work.
package nats
