package nats

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/descent-go/descent/distributed"
)

// Pull fills the values of tensors and gives the ticket for their gradient.
func (c *Client) Pull(ctx context.Context, worker string, seq uint64, into []distributed.Tensor) (distributed.Ticket, error) {
	shares, err := c.split(worker, into)
	if err != nil {
		return distributed.Ticket{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	group, fetching := errgroup.WithContext(ctx)
	defer func() { // nothing is written any more when this returns
		cancel()
		_ = group.Wait()
	}()
	// One server after the other, so that none waits here for one who waits there.
	begun := make([]message, len(shares))
	for i, s := range shares {
		early := c.early(fetching, group, s, pulling(s, worker, seq))
		if begun[i], err = c.begin(ctx, s, worker, seq); err != nil {
			return distributed.Ticket{}, err
		}
		group.Go(func() (err error) {
			if a := &begun[i]; <-early == a.at && a.at != 0 {
				c.release(s.place, a.at)
				return nil
			}
			begun[i], err = c.weights(fetching, s, begun[i], func() (message, error) { return c.begin(fetching, s, worker, seq) })
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return distributed.Ticket{}, err
	}
	var a answer
	if err := begun[0].read(&a); err != nil {
		return distributed.Ticket{}, err
	}
	return distributed.Ticket{Seq: seq, Version: a.Version, Work: a.Work}, nil
}

// begin asks a server for a ticket. One that says that all is done is told that the
// worker knows.
func (c *Client) begin(ctx context.Context, s *share, worker string, seq uint64) (message, error) {
	m := pulling(s, worker, seq)
	a, err := c.ask(ctx, s.place.subject(), &m)
	if errors.Is(err, distributed.ErrDone) {
		c.goes(s.place, worker)
		c.goes(s.place, c.name())
	}
	return a, err
}

// pulling is the question that begins a pull.
func pulling(s *share, worker string, seq uint64) message {
	m := message{kind: askPull, id: seq}
	m.say(request{Worker: worker, Job: s.job, Tensors: s.list})
	return m
}

// early fetches weights by the question of the pull itself, while the ticket is
// still on its way, where they are too large to come with it. It tells the id of
// what it has fetched, 0 where it has not.
func (c *Client) early(ctx context.Context, group *errgroup.Group, s *share, pull message) <-chan uint64 {
	fetched := make(chan uint64, 1)
	into := s.data()
	if into.size() <= c.inline() {
		fetched <- 0
		return fetched
	}
	group.Go(func() error {
		id, _ := c.fetch(ctx, s.place.subject(), pull, into) // the one who has the ticket tries again
		fetched <- id
		return nil
	})
	return fetched
}

// weights fetches those that an answer tells of, or begins anew where the server
// has them no more, and gives the answer that they are of.
func (c *Client) weights(ctx context.Context, s *share, a message, begin func() (message, error)) (message, error) {
	into := s.data()
	for {
		if a.size != into.size() || len(a.data) > 0 && uint64(len(a.data)) != a.size {
			return a, fmt.Errorf("nats: %s has weights of %d bytes, expected %d", s.place.subject(), a.size, into.size())
		}
		if len(a.data) > 0 || a.size == 0 {
			into.swap(a.data)
			into.write(0, a.data)
			return a, nil
		}
		_, err := c.fetch(ctx, s.place.subject(), message{kind: askPart, id: a.at}, into)
		if err == nil {
			c.release(s.place, a.at)
		}
		if !errors.Is(err, errGone) {
			return a, err
		}
		if a, err = begin(); err != nil {
			return a, err
		}
	}
}

// Push applies the gradients of a pull. Where there are several servers the
// first one decides whether it counts; another that has given the pull up since
// then drops its part of the gradient.
func (c *Client) Push(ctx context.Context, worker string, seq uint64, grads []distributed.Tensor) (distributed.Ack, error) {
	shares, err := c.split(worker, grads)
	if err != nil {
		return distributed.Ack{}, err
	}
	ack, err := c.push(ctx, shares[0], worker, seq)
	if err != nil || len(shares) == 1 {
		return ack, err
	}
	acks := make([]distributed.Ack, len(shares))
	group, ctx := errgroup.WithContext(ctx)
	for i, s := range shares[1:] {
		group.Go(func() (err error) {
			if acks[i], err = c.push(ctx, s, worker, seq); errors.Is(err, distributed.ErrExpired) {
				err = nil
			}
			return err
		})
	}
	err = group.Wait()
	for _, a := range acks {
		ack.Delay = max(ack.Delay, a.Delay)
	}
	return ack, err
}

// push gives a server its share of a gradient.
func (c *Client) push(ctx context.Context, s *share, worker string, seq uint64) (distributed.Ack, error) {
	content, settle := c.encode(s, worker, seq)
	m := message{kind: askPush, id: seq, size: content.size()}
	if m.size <= c.inline() {
		m.data = make([]byte, m.size)
		content.read(0, m.data)
		content.swap(m.data)
	} else {
		m.at = c.blobs.add(content, func() {})
		defer c.blobs.free(m.at)
	}
	m.say(request{Worker: worker, Job: s.job, Tensors: s.list, Codec: c.codec.Name(), From: c.from})
	a, err := c.ask(ctx, s.place.subject(), &m)
	if err != nil {
		return distributed.Ack{}, err
	}
	settle()
	var text answer
	err = a.read(&text)
	return distributed.Ack{Version: text.Version, Delay: text.Delay, Again: text.Again}, err
}
