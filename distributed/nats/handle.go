package nats

import (
	"context"
	"fmt"
	"strings"

	"github.com/descent-go/descent/distributed"
	"github.com/descent-go/descent/distributed/wire"
	"github.com/descent-go/descent/internal/littleendian"
)

// pull answers with a ticket and the weights, or the memory that has them.
func (s *service) pull(ctx context.Context, m *message, r *request) message {
	list, err := s.list(r.Tensors)
	if err != nil {
		return *refuse(m, r.Worker, "%v", err)
	}
	ticket, weights, err := s.ps.Acquire(ctx, r.Worker, m.id)
	if err != nil {
		return *answerTo(m, err)
	}
	content := numbersOf()
	for _, i := range list {
		content.add(littleendian.Memory(weights.Data(i)))
	}
	a := message{kind: askPull, status: ok, id: m.id, size: content.size()}
	a.say(answer{Version: ticket.Version, Work: ticket.Work})
	if a.size > s.inline() {
		a.at = s.blobs.add(content, weights.Release)
		return a
	}
	a.data = make([]byte, a.size)
	content.read(0, a.data)
	content.swap(a.data)
	weights.Release()
	return a
}

// list is which tensors are meant.
func (s *service) list(of []int) ([]int, error) {
	if of == nil {
		of = make([]int, len(s.tensors))
		for i := range of {
			of[i] = i
		}
	}
	seen := make(map[int]bool, len(of))
	for _, i := range of {
		if i < 0 || i >= len(s.tensors) || seen[i] {
			return nil, fmt.Errorf("nats: tensor %d of %d: unknown, or named twice", i, len(s.tensors))
		}
		seen[i] = true
	}
	return of, nil
}

// push fetches a gradient and applies it.
func (s *service) push(ctx context.Context, m *message, r *request) message {
	p, err := s.pushed(m, r)
	if err != nil {
		return *refuse(m, r.Worker, "%v", err)
	}
	need := min(int64(p.bytes()), pushMemory)
	if err := s.memory.Acquire(ctx, need); err != nil {
		return *answerTo(m, err)
	}
	defer s.memory.Release(need)
	room := s.room(p.numbers)
	defer s.keep(room)
	p.lay(room)
	if err := s.receive(ctx, m, r, p); err != nil {
		return *answerTo(m, err)
	}
	ack, err := s.ps.Push(ctx, r.Worker, m.id, p.tensors)
	a := answerTo(m, err)
	if err == nil {
		a.say(answer{Version: ack.Version, Delay: ack.Delay, Again: ack.Again})
	}
	return *a
}

// room is memory for so many numbers. It is kept for longer than a sync.Pool
// would: gradients of some MiB have garbage collected every few of them.
func (s *service) room(numbers int) []float32 {
	select {
	case b := <-s.buffers:
		if cap(b) >= numbers {
			return b[:numbers]
		}
	default:
	}
	return make([]float32, numbers)
}

// keep has memory used again, where there is none kept yet.
func (s *service) keep(room []float32) {
	select {
	case s.buffers <- room:
	default:
	}
}

// incoming is a gradient on its way in.
type incoming struct {
	codec   wire.Codec
	tensors []distributed.Tensor
	numbers int // in all tensors
	encoded int // bytes of them on the way
}

// pushed is the gradient that a question tells of; it has no memory yet.
func (s *service) pushed(m *message, r *request) (*incoming, error) {
	codec, err := wire.Parse(r.Codec)
	if err != nil {
		return nil, err
	}
	list, err := s.list(r.Tensors)
	if err != nil {
		return nil, err
	}
	p := &incoming{codec: codec}
	for _, i := range list {
		t := s.tensors[i]
		n := elements(t.Shape)
		t.Data = nil
		p.tensors = append(p.tensors, t)
		p.numbers, p.encoded = p.numbers+n, p.encoded+codec.Size(n)
	}
	if uint64(p.encoded) != m.size {
		return nil, fmt.Errorf("nats: a gradient of %d bytes, expected %d: %d numbers as %s", m.size, p.encoded, p.numbers, codec.Name())
	}
	if len(m.data) != 0 && len(m.data) != p.encoded {
		return nil, fmt.Errorf("nats: a gradient of %d bytes comes with %d", p.encoded, len(m.data))
	}
	if len(m.data) == 0 && p.encoded > 0 && !s.ofOurs(r.From) {
		return nil, fmt.Errorf("nats: %q is no subject of a worker of job %s", r.From, s.place.Job)
	}
	return p, nil
}

// ofOurs reports whether a subject is that of a worker of the job.
func (s *service) ofOurs(subject string) bool {
	name, found := strings.CutPrefix(subject, s.place.workers())
	return found && named(name)
}

// bytes is the memory that is needed.
func (p *incoming) bytes() int {
	if p.codec == wire.Float32 {
		return 4 * p.numbers
	}
	return p.encoded + 4*p.numbers
}

// lay gives the tensors their memory.
func (p *incoming) lay(room []float32) {
	for i := range p.tensors {
		n := elements(p.tensors[i].Shape)
		p.tensors[i].Data, room = room[:n:n], room[n:]
	}
}

// receive fetches a gradient, unless it came with the question, and decodes it.
func (s *service) receive(ctx context.Context, m *message, r *request, p *incoming) error {
	var encoded []byte
	into := numbersOf(p.data()...)
	if p.codec != wire.Float32 {
		encoded = make([]byte, p.encoded)
		into = bytesOf(encoded)
	}
	if len(m.data) > 0 {
		into.swap(m.data)
		into.write(0, m.data)
	} else if _, err := s.fetch(ctx, r.From, message{kind: askPart, id: m.at}, into); err != nil {
		return fmt.Errorf("nats: fetching the gradient of worker %s: %w", r.Worker, err)
	}
	if p.codec == wire.Float32 {
		return nil
	}
	return p.decode(r.Worker, encoded)
}

func (p *incoming) data() [][]float32 {
	var all [][]float32
	for _, t := range p.tensors {
		all = append(all, t.Data)
	}
	return all
}

// decode turns bytes to numbers.
func (p *incoming) decode(worker string, data []byte) error {
	for _, t := range p.tensors {
		n := p.codec.Size(len(t.Data))
		if err := p.codec.Decode(t.Data, data[:n]); err != nil {
			return &distributed.RefusedError{Worker: worker, Err: fmt.Errorf("tensor %s: %w", t.Name, err)}
		}
		data = data[n:]
	}
	return nil
}

// elements is how many numbers a tensor has.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}
