package nats

import (
	"context"
	"slices"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/internal/littleendian"
)

// Where several servers share a job, the first one asks the others for their
// weights to test the model, and tells them when all is done.

// Gather fills tensors with the weights to evaluate with, from those servers of a
// job but the first that have them, when all pushes under way have reached these.
func Gather(ctx context.Context, conn *natsgo.Conn, place Place, into []distributed.Tensor) error {
	c := newClient(between(conn), place.Job)
	group, ctx := errgroup.WithContext(ctx)
	for i := 1; i < place.Servers; i++ {
		other := Place{place.Job, i, place.Servers}
		group.Go(func() error { return c.gather(ctx, other, into) })
	}
	return group.Wait()
}

// gather fills the tensors that a server has.
func (c *Client) gather(ctx context.Context, place Place, into []distributed.Tensor) error {
	job, err := c.askJob(ctx, place)
	if err != nil {
		return err
	}
	s := &share{place: place, list: []int{}}
	for i, t := range job.Tensors {
		if k := slices.IndexFunc(into, func(x distributed.Tensor) bool { return x.Name == t.Name }); k >= 0 {
			s.list, s.tensors = append(s.list, i), append(s.tensors, into[k])
		}
	}
	look := func() (message, error) { return c.look(ctx, s) }
	a, err := look()
	if err == nil {
		_, err = c.weights(ctx, s, a, look)
	}
	return err
}

// settle is how long gradients that are on their way to a server are waited for.
// That of a worker which was killed never comes. Tests make it shorter.
var settle = 5 * time.Second

// look asks a server for weights to evaluate with.
func (c *Client) look(ctx context.Context, s *share) (message, error) {
	m := message{kind: askLook}
	m.say(request{Tensors: s.list})
	settled, stop := context.WithTimeout(ctx, settle)
	defer stop()
	a, err := c.ask(settled, s.place.subject(), &m)
	if settled.Err() == nil || ctx.Err() != nil {
		return a, err
	}
	m.at = atOnce
	return c.ask(ctx, s.place.subject(), &m)
}

// atOnce is the place in a question for a look that does not wait.
const atOnce = 1

// End tells the other servers of a job that all work is done: they end.
func End(ctx context.Context, conn *natsgo.Conn, place Place) error {
	c := between(conn)
	group, ctx := errgroup.WithContext(ctx)
	for i := 1; i < place.Servers; i++ {
		other := Place{place.Job, i, place.Servers}
		group.Go(func() error {
			_, err := c.ask(ctx, other.subject(), &message{kind: askEnd})
			return err
		})
	}
	return group.Wait()
}

// between asks on behalf of a server.
func between(conn *natsgo.Conn) *caller {
	return newCaller(conn, conn.ConnectedUrlRedacted(), silence, func(string) {})
}

// look answers with the weights to evaluate with, when no gradient is on its way
// to them, or at once.
func (s *service) look(m *message) *message {
	for end := time.Now().Add(hold); m.at != atOnce && s.ps.Stats().Outstanding > 0; {
		if time.Now().After(end) || sleep(s.ctx, hold/20) != nil {
			return &message{kind: m.kind, status: wait}
		}
	}
	var r request
	err := m.read(&r)
	if err != nil {
		return refuse(m, "", "%v", err)
	}
	list, err := s.list(r.Tensors)
	if err != nil {
		return refuse(m, "", "%v", err)
	}
	var tensors []distributed.Tensor
	content := numbersOf()
	for _, i := range list {
		t := s.tensors[i]
		t.Data = make([]float32, elements(t.Shape))
		tensors = append(tensors, t)
		content.add(littleendian.Memory(t.Data))
	}
	if err := s.ps.Eval(tensors); err != nil {
		return answerTo(m, err)
	}
	return &message{kind: m.kind, status: ok, size: content.size(), at: s.blobs.add(content, func() {})}
}
