package nats

import (
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	natsgo "github.com/nats-io/nats.go"
)

// partUnit divides where parts begin, so that they hold whole numbers.
const partUnit = 64

// partSize is how much fits into a message of a connection that takes so many bytes.
func partSize(maxPayload int64) uint64 {
	return uint64(max(maxPayload-headerSize, partUnit)) / partUnit * partUnit
}

// blob is memory that the other side may fetch.
type blob struct {
	memory
	release func()       // gives the memory back
	used    atomic.Int64 // when it was last asked for, in nanoseconds
	mu      sync.RWMutex // held by those who read
	freed   bool
}

// blobs are those of a server or of a client. Their numbers are drawn, so that
// one of an earlier process is not mistaken for another.
type blobs struct {
	mu   sync.Mutex
	byID map[uint64]*blob
	busy chan struct{} // holds one for each part that is made ready and sent
}

func newBlobs() *blobs {
	return &blobs{byID: map[uint64]*blob{}, busy: make(chan struct{}, window)}
}

// add makes memory known; release gives it back when it is freed.
func (s *blobs) add(m memory, release func()) (id uint64) {
	id = rand.Uint64()
	b := &blob{memory: m, release: release}
	b.used.Store(time.Now().UnixNano())
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byID[id] = b
	return id
}

// free forgets memory and gives it back. It may be unknown.
func (s *blobs) free(id uint64) {
	s.mu.Lock()
	b := s.byID[id]
	delete(s.byID, id)
	s.mu.Unlock()
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.freed {
		b.freed = true
		b.release()
	}
}

// freeIdle frees what nobody has asked for in a while.
func (s *blobs) freeIdle(after time.Duration) {
	s.mu.Lock()
	all := make(map[uint64]*blob, len(s.byID))
	for id, b := range s.byID {
		all[id] = b
	}
	s.mu.Unlock()
	for id, b := range all {
		if time.Since(time.Unix(0, b.used.Load())) > after {
			s.free(id)
		}
	}
}

// serve answers a question for a part, with as many bytes as fit. It does so
// beside what else is done, as the checksum of one part can be made while another
// is written; when many are at work it waits. One that cannot be sent will be
// asked for again.
func (s *blobs) serve(conn *natsgo.Conn, to string, m message) {
	s.busy <- struct{}{}
	go func() {
		defer func() { <-s.busy }()
		s.mu.Lock()
		b := s.byID[m.id]
		s.mu.Unlock()
		if b == nil {
			_ = send(conn, to, &message{kind: askPart, status: gone, id: m.id})
			return
		}
		b.part(conn, to, m)
	}()
}

// part sends a part. Where it lies in one piece it is not copied.
func (b *blob) part(conn *natsgo.Conn, to string, m message) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	a := message{kind: askPart, status: ok, id: m.id, at: min(m.at, b.size()), size: b.size()}
	if b.freed {
		a.status = gone
	} else {
		b.used.Store(time.Now().UnixNano())
		a.data = b.view(a.at, int(min(m.size, partSize(conn.MaxPayload()), a.size-a.at)))
	}
	_ = send(conn, to, &a)
}

func (s *blobs) has(id uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byID[id] != nil
}
