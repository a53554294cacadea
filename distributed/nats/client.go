package nats

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/internal/littleendian"
)

// Client is a worker's side of the parameter servers of a job. It is a
// [distributed.ParameterServer]; where there are several servers, a pull or a push
// goes to all that have a tensor of it, to the first one first.
type Client struct {
	*caller
	place   Place
	codec   wire.Codec
	job     distributed.Job
	servers []Place
	counts  []int    // of their tensors
	sums    []uint32 // of what they say of the job
	at      map[string]location
	blobs   *blobs
	from    string // the subject at which servers ask for parts of gradients
	own     *natsgo.Subscription

	mu       sync.Mutex
	feedback map[string]*feedback // by worker and server
}

// location is where a tensor is: which server has it, as its how manieth.
type location struct {
	server, index int
	shape         []int
}

// Options are those of a worker's side.
type Options struct {
	Connection
	Job  string     // its name
	Wire wire.Codec // the form in which gradients travel, nil is float32
}

// Dial connects to the parameter servers of a job and learns what is trained.
// It waits for those that are not there yet, until patience is over.
func Dial(ctx context.Context, o Options) (*Client, error) {
	first := Place{Job: o.Job}
	if err := first.check(); err != nil {
		return nil, err
	}
	conn, err := Connect(ctx, o.Connection)
	if err != nil {
		return nil, err
	}
	c := newClient(newCaller(conn, o.address(), o.patience(), o.notice), o.Job)
	c.codec = cmp.Or(o.Wire, wire.Float32)
	if c.own, err = conn.Subscribe(c.from, c.servePart); err == nil {
		err = c.open(ctx)
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func newClient(c *caller, job string) *Client {
	place := Place{Job: job}
	return &Client{
		caller: c, place: place, at: map[string]location{}, feedback: map[string]*feedback{}, blobs: newBlobs(),
		from: place.workers() + natsgo.NewInbox()[len("_INBOX."):],
	}
}

// open learns the job of all servers.
func (c *Client) open(ctx context.Context) error {
	for i, n := 0, 1; i < n; i++ {
		place := Place{c.place.Job, i, n}
		text, err := c.askJob(ctx, place)
		if err != nil {
			return err
		}
		if i == 0 {
			c.job, n = text.Job, text.Servers
			c.job.Tensors = nil
		}
		if text.Servers != n {
			return fmt.Errorf("nats: server %d of job %s says that there are %d servers, the first one says %d", i, place.Job, text.Servers, n)
		}
		if was, is := difference(c.job, text.Job); was != is {
			return fmt.Errorf("nats: the servers of job %s train with other settings: the first one has %s, server %d has %s: start them with the same", place.Job, was, i, is)
		}
		if err := c.learn(place, text); err != nil {
			return err
		}
	}
	return nil
}

// difference is the first one between what two servers train with: a piece of the
// text of each.
func difference(a, b distributed.Job) (ofA, ofB string) {
	pieces := func(j distributed.Job) []string {
		all := strings.FieldsFunc(j.Meta, func(r rune) bool { return strings.ContainsRune(",{}\n", r) })
		return append(append(all, strings.Split(j.Rule, "\n")...), "nothing")
	}
	inA, inB := pieces(a), pieces(b)
	i := 0
	for i < min(len(inA), len(inB))-1 && inA[i] == inB[i] {
		i++
	}
	return inA[i], inB[i]
}

// askJob asks a server what it trains, which counts as a worker's coming.
func (c *Client) askJob(ctx context.Context, place Place) (text jobText, err error) {
	m := message{kind: askJob}
	m.say(request{Worker: c.name()})
	for {
		a, err := c.ask(ctx, place.subject(), &m)
		if err != nil {
			return text, err
		}
		if a.id != 0 {
			data := make([]byte, a.size)
			if _, err := c.fetch(ctx, place.subject(), message{kind: askPart, id: a.id}, bytesOf(data)); errors.Is(err, errGone) {
				continue
			} else if err != nil {
				return text, err
			}
			c.release(place, a.id)
			a.data = data
		}
		if err := json.Unmarshal(a.data, &text); err != nil {
			return text, fmt.Errorf("nats: what %s tells of the job: %w", place.subject(), err)
		}
		return text, nil
	}
}

// learn remembers where tensors are.
func (c *Client) learn(place Place, text jobText) error {
	for i, t := range text.Tensors {
		if right := server.Of(t.Name, place.Servers); right != place.Index && place.Servers > 1 {
			return fmt.Errorf("nats: server %d of job %s has tensor %s, which belongs to server %d", place.Index, place.Job, t.Name, right)
		}
		c.at[t.Name] = location{place.Index, i, t.Shape}
	}
	c.servers, c.counts, c.sums = append(c.servers, place), append(c.counts, len(text.Tensors)), append(c.sums, text.Sum)
	c.job.Tensors = append(c.job.Tensors, text.Tensors...)
	return nil
}

// servePart answers a server that asks for a part of a gradient.
func (c *Client) servePart(msg *natsgo.Msg) {
	if m, err := parse(msg.Data); err == nil && m.kind == askPart && m.status == question {
		c.blobs.serve(c.conn, msg.Reply, m)
	}
}

// release tells a server that a memory has been fetched. Where that is lost the
// server finds out by itself.
func (c *Client) release(place Place, id uint64) {
	_ = c.conn.Publish(place.subject(), (&message{kind: askFree, id: id}).bytes())
}

// name is what stands for the workers of this side before they have pulled.
func (c *Client) name() string { return strings.TrimPrefix(c.from, c.place.workers()) }

// goes tells a server that a worker knows that all is done, or does not come after
// all. Where that is lost the server waits for it for a while before it ends.
func (c *Client) goes(place Place, worker string) {
	m := message{kind: askLeave}
	m.say(request{Worker: worker})
	_ = c.conn.Publish(place.subject(), m.bytes())
}

// Close ends the connection.
func (c *Client) Close() error {
	for _, place := range c.servers {
		c.goes(place, c.name())
	}
	_ = c.own.Unsubscribe() // the connection may be closed already
	_ = c.conn.FlushTimeout(time.Second)
	c.conn.Close()
	return nil
}

// Job tells what is trained. The tensors are those of the first server, then
// those of the next.
func (c *Client) Job(context.Context) (*distributed.Job, error) {
	job := c.job
	return &job, nil
}

// Alive says that a worker is at work.
func (c *Client) Alive(ctx context.Context, worker string) error {
	return c.tell(ctx, askAlive, worker)
}

// Leave gives up what the worker has pulled.
func (c *Client) Leave(ctx context.Context, worker string) error {
	return c.tell(ctx, askLeave, worker)
}

// tell tells all servers.
func (c *Client) tell(ctx context.Context, what kind, worker string) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, place := range c.servers {
		m := message{kind: what}
		m.say(request{Worker: worker})
		group.Go(func() error {
			_, err := c.ask(ctx, place.subject(), &m)
			return err
		})
	}
	return group.Wait()
}

// share is what one server has of some tensors.
type share struct {
	place   Place
	job     uint32 // Sum of what the server says of the job
	list    []int  // nil is all, in their order
	tensors []distributed.Tensor
}

// data is the memory of the tensors.
func (s *share) data() memory {
	m := numbersOf()
	for _, t := range s.tensors {
		m.add(littleendian.Memory(t.Data))
	}
	return m
}

// split finds the tensors. The first server always has a share.
func (c *Client) split(worker string, tensors []distributed.Tensor) ([]*share, error) {
	shares := make([]*share, len(c.servers))
	for i, place := range c.servers {
		shares[i] = &share{place: place, job: c.sums[i], list: []int{}}
	}
	for _, t := range tensors {
		at, found := c.at[t.Name]
		if !found {
			return nil, &distributed.RefusedError{Worker: worker, Err: fmt.Errorf("tensor %s: the job has none of this name", t.Name)}
		}
		if n := elements(at.shape); len(t.Data) != n {
			return nil, &distributed.RefusedError{Worker: worker, Err: fmt.Errorf("tensor %s has %d elements, expected %d for shape %v", t.Name, len(t.Data), n, at.shape)}
		}
		s := shares[at.server]
		s.list, s.tensors = append(s.list, at.index), append(s.tensors, t)
	}
	used := shares[:1]
	for i, s := range shares {
		if i > 0 && len(s.tensors) > 0 {
			used = append(used, s)
		}
		if len(s.list) == c.counts[i] && slices.IsSorted(s.list) {
			s.list = nil
		}
	}
	return used, nil
}

var _ distributed.ParameterServer = (*Client)(nil)
