package nats

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"
	"golang.org/x/sync/errgroup"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/server"
)

// The time in which an answer is expected before the question is sent again, at
// first: that to a question for a part comes at once, others may be held. It
// doubles up to the last one.
const (
	firstPart   = time.Second
	firstAnswer = 3 * time.Second
	mostAnswer  = time.Minute
)

// window is how many parts of a memory are asked for at once.
const window = 4

// caller asks questions until they are answered.
type caller struct {
	conn     *natsgo.Conn
	at       string // the address, for errors
	patience time.Duration
	notice   func(text string)
	parts    pace // of answers to questions for parts
	answers  pace // of others
}

// pace is in which time answers are expected.
type pace struct {
	first time.Duration
	shown atomic.Int64 // nanoseconds that answers have shown to be needed: a slow net needs more
}

func (p *pace) allowed() time.Duration { return max(p.first, time.Duration(p.shown.Load())) }

// learn counts with several times of what an answer has taken.
func (p *pace) learn(taken time.Duration) { p.shown.Store(int64(min(4*taken, mostAnswer))) }

func newCaller(conn *natsgo.Conn, at string, patience time.Duration, notice func(string)) *caller {
	return &caller{conn: conn, at: at, patience: patience, notice: notice, parts: pace{first: firstPart}, answers: pace{first: firstAnswer}}
}

// inline is the size up to which data travels with a question or an answer: a message
// has its text too.
func (c *caller) inline() uint64 { return min(mostInline, uint64(c.conn.MaxPayload())/2) }

// ask sends a question until it is answered by anything but that it should be
// asked again. An answer that says no is an error. Messages that are damaged on
// their way count as lost.
func (c *caller) ask(ctx context.Context, subject string, m *message) (a message, err error) {
	sent, heard, noticed := m.bytes(), time.Now(), false
	p := &c.answers
	if m.kind == askPart {
		p = &c.parts
	}
	allowed := p.allowed()
	for {
		start := time.Now()
		a, err = c.once(ctx, subject, m, sent, allowed)
		if err == nil {
			p.learn(time.Since(start))
		}
		if err == nil && a.status == wait {
			heard = time.Now()
			continue
		}
		if err == nil && a.status == failed {
			err = a.err()
		}
		if noticed && err == nil {
			c.notice("")
		}
		switch {
		case err == nil:
			return a, a.err()
		case ctx.Err() != nil:
			return a, context.Cause(ctx)
		case final(err):
			return a, c.explain(err)
		}
		silent := time.Since(heard).Round(100 * time.Millisecond)
		if silent > c.patience {
			return a, fmt.Errorf("nats: no answer from %s at %s for %v: %w", subject, c.at, silent, err)
		}
		c.notice(fmt.Sprintf("waiting for %s at %s, for %v now", subject, c.at, silent))
		noticed = true
		if errors.Is(err, context.DeadlineExceeded) {
			allowed = min(2*allowed, mostAnswer)
		} else if err := sleep(ctx, min(firstPause+silent/4, mostPause)); err != nil {
			return a, err
		}
	}
}

// once sends a question, whose bytes are given too, and waits for the answer, for
// so long.
func (c *caller) once(ctx context.Context, subject string, m *message, sent []byte, allowed time.Duration) (a message, err error) {
	ctx, cancel := context.WithTimeout(ctx, allowed)
	defer cancel()
	reply, err := c.conn.RequestWithContext(ctx, subject, sent)
	if errors.Is(err, natsgo.ErrReconnectBufExceeded) { // nothing is kept until it is connected again
		err = errors.New("there is no connection")
	}
	if err != nil {
		return a, err
	}
	return receive(reply, m)
}

// Data is sent behind a head of its own: in a header of NATS, in base 64, so
// that the data need not be copied to stand behind it. headerSize is what such a
// header takes at most.
const (
	headHeader = "Descent"
	headerSize = 128
)

// send sends a message whose data is long.
func send(conn *natsgo.Conn, to string, m *message) error {
	head := base64.StdEncoding.EncodeToString(m.head())
	return conn.PublishMsg(&natsgo.Msg{Subject: to, Header: natsgo.Header{headHeader: {head}}, Data: m.data})
}

// receive takes the answer to a question apart, which was sent by send or as its
// bytes.
func receive(msg *natsgo.Msg, question *message) (message, error) {
	head := msg.Header[headHeader]
	if len(head) == 0 {
		return parse(msg.Data)
	}
	b, err := base64.StdEncoding.DecodeString(head[0])
	if err != nil {
		return message{}, fmt.Errorf("nats: a message whose head is damaged: %w", err)
	}
	return assemble(b, msg.Data, question)
}

// final reports whether it makes no sense to ask again.
func final(err error) bool {
	_, version := errors.AsType[versionError](err)
	return version || errors.Is(err, natsgo.ErrMaxPayload) || errors.Is(err, natsgo.ErrConnectionClosed) || errors.Is(err, natsgo.ErrBadSubject)
}

// explain says why a connection was closed.
func (c *caller) explain(err error) error {
	if last := c.conn.LastError(); errors.Is(err, natsgo.ErrConnectionClosed) && last != nil {
		err = last
	}
	if _, version := errors.AsType[versionError](err); version {
		return err
	}
	return fmt.Errorf("nats: %s: %w", c.at, err)
}

// errGone is that of a memory that the other side has no more.
var errGone = errors.New("nats: what was to be fetched is not there any more")

// err is what an answer that says no means.
func (m *message) err() error {
	switch m.status {
	case ok:
		return nil
	case done:
		return distributed.ErrDone
	case expired:
		return distributed.ErrExpired
	case gone:
		return errGone
	}
	var a answer
	if err := m.read(&a); err != nil {
		return err
	}
	switch m.status {
	case refused:
		return &distributed.RefusedError{Worker: a.Worker, Err: errors.New(a.Error)}
	case full:
		return fmt.Errorf("%w: %s", server.ErrFull, a.Error)
	}
	return errors.New(a.Error)
}

// fetch copies a memory of the one who listens at a subject into another, which is
// of the same size, and gives its id. The question for a part lacks only which.
func (c *caller) fetch(ctx context.Context, subject string, question message, into memory) (id uint64, err error) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(window)
	size := into.size()
	step := evenly(size, partSize(c.conn.MaxPayload()))
	ids := make([]uint64, max(1, (size+step-1)/step))
	for i := range ids {
		at := uint64(i) * step
		group.Go(func() (err error) {
			ids[i], err = c.fetchPart(ctx, subject, question, into, at, min(at+step, size))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return 0, err
	}
	if ids = slices.Compact(ids); len(ids) > 1 {
		return 0, errGone // between two parts
	}
	return ids[0], nil
}

// evenly is the length of parts of at most so many bytes that are as long as each
// other, but for the last.
func evenly(size, most uint64) uint64 {
	parts := max(1, (size+most-1)/most)
	return max(partUnit, ((size+parts-1)/parts+partUnit-1)/partUnit*partUnit)
}

// fetchPart fetches what lies between two places. The other side sends less at
// once where its messages are shorter.
func (c *caller) fetchPart(ctx context.Context, subject string, question message, into memory, at, end uint64) (id uint64, err error) {
	for at < end {
		question.at, question.size, question.into = at, end-at, &into
		a, err := c.ask(ctx, subject, &question)
		if err != nil {
			return 0, err
		}
		if question.kind == askPull { // the rest is fetched of what has been begun
			question.kind, question.id, question.text = askPart, a.id, nil
		}
		n := uint64(len(a.data))
		if a.id != question.id || !question.takes(&a) {
			return 0, fmt.Errorf("nats: %s sent %d bytes from %d of %d, expected up to %d from %d of %d", subject, n, a.at, a.size, end-at, at, into.size())
		}
		at += n
	}
	return question.id, nil
}
