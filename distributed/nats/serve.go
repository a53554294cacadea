package nats

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"golang.org/x/sync/semaphore"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

const (
	// hold is how long a question waits for its answer before it is to be asked again.
	hold = time.Second
	// silence is after which a question that is not asked again is forgotten, and
	// memory that nobody fetches is given back.
	silence = 30 * time.Second
	// farewell is how long a worker that is not heard of is waited for when all
	// work is done.
	farewell = 10 * time.Second
	// forget is after which nothing is remembered of a worker.
	forget = 10 * time.Minute
	// mostInline is the size up to which tensors travel with a question or an answer.
	mostInline = 32 << 10
	// pushMemory is for gradients that come in, all together.
	pushMemory = 256 << 20
	// keptBuffers is how many gradients' memory is kept for the next.
	keptBuffers = 4
	// mostWorkers is how many workers may be known.
	mostWorkers = 1 << 16
	// longestName is that of a worker.
	longestName = 128
)

// service answers for a parameter server.
type service struct {
	*caller // asks workers for gradients
	ctx     context.Context
	place   Place
	ps      *server.Server
	tensors []distributed.Tensor
	job     []byte // what is told of the job
	sum     uint32 // its checksum
	blobs   *blobs
	memory  *semaphore.Weighted
	buffers chan []float32 // that no gradient is in
	tasks   sync.WaitGroup
	end     func()    // ends a server that is not the first
	began   time.Time // to answer
	again   bool      // for a parameter server that workers have known before

	mu      sync.Mutex
	workers map[string]*worker
}

// jobText is what a server tells of its job. Workers say Sum with pulls and pushes,
// so that those of another job, from before the server was started with other
// settings, are found out.
type jobText struct {
	distributed.Job
	Servers int
	Sum     uint32 // checksum of all that a worker goes by
}

// textOf is what is told of a job.
func textOf(job *distributed.Job, place Place) (jobText, []byte, error) {
	text := jobText{Job: *job, Servers: max(place.Servers, 1)}
	text.Lease = 0 // may change
	b, err := json.Marshal(text)
	if err != nil {
		return text, nil, err
	}
	text.Lease, text.Sum = job.Lease, crc32.Checksum(b, castagnoli)
	b, err = json.Marshal(text)
	return text, b, err
}

// Serve answers for a parameter server until the context ends, or all work is done
// and the workers know it, or the connection is closed. There is one such server
// at each place. Those that hand out no work are told by [End].
func Serve(ctx context.Context, conn *natsgo.Conn, place Place, ps *server.Server) error {
	if err := Vacant(ctx, conn, place); err != nil {
		return err
	}
	s, err := newService(ctx, conn, place, ps)
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// run answers until the end.
func (s *service) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	s.ctx, s.end = ctx, cancel
	defer s.blobs.freeIdle(-1) // all of them
	defer s.tasks.Wait()
	defer cancel()
	sub, err := s.conn.Subscribe(s.place.subject(), s.handle)
	if err != nil {
		return fmt.Errorf("nats: %w", err)
	}
	defer func() { // both fail where the connection is closed
		_, _ = sub.Unsubscribe(), s.conn.FlushTimeout(hold)
	}()
	return s.watch()
}

func newService(ctx context.Context, conn *natsgo.Conn, place Place, ps *server.Server) (*service, error) {
	job, err := ps.Job(ctx)
	if err != nil {
		return nil, err
	}
	text, b, err := textOf(job, place)
	if err != nil {
		return nil, err
	}
	return &service{
		caller: newCaller(conn, conn.ConnectedUrlRedacted(), silence, func(string) {}),
		place:  place, ps: ps, tensors: job.Tensors, job: b, sum: text.Sum, blobs: newBlobs(), buffers: make(chan []float32, keptBuffers),
		memory: semaphore.NewWeighted(pushMemory), workers: map[string]*worker{}, began: time.Now(), again: ps.Updates() > 0,
	}, nil
}

// Vacant is an error where a server answers at the place already. [Serve] sees to
// it; one who has much to do before that may ask at first.
func Vacant(ctx context.Context, conn *natsgo.Conn, place Place) error {
	if err := place.check(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, hold)
	defer cancel()
	_, err := conn.RequestWithContext(ctx, place.subject(), (&message{kind: askJob}).bytes())
	if err == nil {
		return fmt.Errorf("nats: a server of job %s with index %d answers already at %s: choose another name for the job", place.Job, place.Index, conn.ConnectedUrlRedacted())
	}
	return nil
}

// watch gives back what is not used any more, until the end.
func (s *service) watch() error {
	closed := s.conn.StatusChanged(natsgo.CLOSED)
	tick := time.NewTicker(silence / 3)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			s.blobs.freeIdle(silence)
			s.forgetIdle()
		case <-s.ps.Done():
			if s.deserted(farewell) {
				return nil
			}
			if err := sleep(s.ctx, hold/10); err != nil {
				return nil
			}
		case <-closed:
			return errors.Join(errors.New("nats: the connection was closed"), s.conn.LastError())
		case <-s.ctx.Done():
			return nil
		}
	}
}

// handle answers a message.
func (s *service) handle(msg *natsgo.Msg) {
	m, err := parse(msg.Data)
	if _, version := errors.AsType[versionError](err); version {
		s.reply(msg.Reply, &message{kind: askJob, status: refused}) // whose version tells
	}
	if err != nil || m.status != question {
		return
	}
	switch m.kind {
	case askJob:
		s.visit(&m)
		s.reply(msg.Reply, s.tellJob())
	case askPart:
		s.blobs.serve(s.conn, msg.Reply, m)
	case askFree:
		s.blobs.free(m.id)
	case askLook:
		s.tasks.Go(func() { s.reply(msg.Reply, s.look(&m)) })
	case askEnd:
		if s.place.Index > 0 {
			s.reply(msg.Reply, answerTo(&m, nil))
			s.end()
		}
	default:
		s.ofWorker(msg.Reply, &m)
	}
}

// reply answers. Where that fails the question will come again.
func (s *service) reply(to string, a *message) {
	if to != "" {
		_ = s.conn.Publish(to, a.bytes())
	}
}

// tellJob answers with the job, or the memory that has it.
func (s *service) tellJob() *message {
	a := &message{kind: askJob, status: ok, size: uint64(len(s.job))}
	if uint64(len(s.job)) <= s.inline() {
		a.data = s.job
	} else {
		a.id = s.blobs.add(bytesOf(s.job), func() {})
	}
	return a
}

// visit remembers that somebody has asked for the job, who will work for it: the
// server does not end before it is told so, if all is done by then.
func (s *service) visit(m *message) {
	var r request
	if err := m.read(&r); err == nil && r.Worker != "" && len(r.Worker) <= longestName {
		s.worker(r.Worker)
	}
}

// ofWorker answers what a worker asks.
func (s *service) ofWorker(to string, m *message) {
	var r request
	if err := m.read(&r); err != nil || r.Worker == "" || len(r.Worker) > longestName {
		s.reply(to, refuse(m, r.Worker[:min(len(r.Worker), longestName)], "a worker's name has 1 to %d bytes", longestName))
		return
	}
	w := s.worker(r.Worker)
	if w == nil {
		s.reply(to, refuse(m, r.Worker, "there are %d workers already", mostWorkers))
		return
	}
	if (m.kind == askPull || m.kind == askPush) && r.Job != s.sum {
		s.reply(to, refuse(m, r.Worker, "the server trains something else than when this worker joined: start the worker again"))
		return
	}
	switch m.kind {
	case askPull:
		s.start(&w.pull, w, to, m, func(ctx context.Context) message { return s.pull(ctx, m, &r) })
	case askPush:
		s.start(&w.push, w, to, m, func(ctx context.Context) message { return s.push(ctx, m, &r) })
	case askAlive:
		s.reply(to, answerTo(m, s.ps.Alive(s.ctx, r.Worker)))
	case askLeave:
		s.reply(to, answerTo(m, s.ps.Leave(s.ctx, r.Worker)))
		w.leave()
	}
}

// answerTo is the answer that says how it went.
func answerTo(m *message, err error) *message {
	a := &message{kind: m.kind, status: ok, id: m.id}
	wrong, isWrong := errors.AsType[*distributed.RefusedError](err)
	switch {
	case err == nil:
	case errors.Is(err, distributed.ErrDone):
		a.status = done
	case errors.Is(err, distributed.ErrExpired):
		a.status = expired
	case isWrong:
		return refuse(m, wrong.Worker, "%v", wrong.Err)
	default:
		a.status = failed
		if errors.Is(err, server.ErrFull) {
			a.status = full
		}
		a.say(answer{Error: err.Error()})
	}
	return a
}

// refuse is the answer to what is wrong.
func refuse(m *message, worker, format string, args ...any) *message {
	a := &message{kind: m.kind, status: refused, id: m.id}
	a.say(answer{Error: fmt.Sprintf(format, args...), Worker: worker})
	return a
}
