package distributed

import (
	"errors"
	"fmt"
	"sync"
)

// Local makes n ranks of one process, at least 1, for a goroutine each. A part
// is copied once, from the memory of the one to that of the other. It does not
// wait for the other to call Wait, so no order of waits can lock.
func Local(n int) []Collective {
	g := &group{meetings: map[int]*meeting{}, lost: make([]*RankError, max(n, 0)), failed: make([]error, max(n, 0))}
	g.change.L = &g.mu
	ranks := make([]Collective, max(n, 0))
	for r := range ranks {
		ranks[r] = &local{group: g, rank: r}
	}
	return ranks
}

var (
	errClosed = errors.New("it has left, its Collective is closed")
	errGone   = errors.New("its Collective is closed")
)

// group is what the ranks of a process share.
type group struct {
	mu       sync.Mutex
	change   sync.Cond
	meetings map[int]*meeting
	lost     []*RankError // why a rank can be reached no more
	failed   []error      // see agree.go
}

// meeting is an exchange in which all ranks take part.
type meeting struct {
	send, recv [][][]byte // of each rank; nil where it has not come yet
	parts      []progress // of the part from one rank to another: from*ranks + to
	waited     int        // ranks that are done
}

type progress uint8

const (
	waiting progress = iota
	moving           // somebody copies it
	moved
)

// local is a rank.
type local struct {
	*group
	rank, next int
}

func (l *local) Rank() int { return l.rank }
func (l *local) Size() int { return len(l.lost) }

// arrival is a rank's part in a meeting.
type arrival struct {
	*local
	m   *meeting
	at  int
	err error
}

// Start puts this rank's memory on the table.
func (l *local) Start(send, recv [][]byte) Pending {
	n := l.Size()
	if len(send) != n || len(recv) != n {
		return &arrival{err: fmt.Errorf("distributed: rank %d: an exchange of %d and %d parts: expected one of each for each of %d ranks", l.rank, len(send), len(recv), n)}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.lost[l.rank] != nil {
		return &arrival{err: l.reason()}
	}
	m := l.meetings[l.next]
	if m == nil {
		m = &meeting{send: make([][][]byte, n), recv: make([][][]byte, n), parts: make([]progress, n*n)}
		l.meetings[l.next] = m
	}
	m.send[l.rank], m.recv[l.rank] = send, recv
	l.change.Broadcast()
	l.next++
	return &arrival{local: l, m: m, at: l.next - 1}
}

// reason is why this rank can go on no more.
func (l *local) reason() error {
	if why := l.lost[l.rank]; why.Err != errClosed || why.Rank != l.rank {
		return why
	}
	return &RankError{l.rank, errGone}
}

// Wait moves the parts to and from this rank that nobody has moved yet.
func (a *arrival) Wait() error {
	if a.err != nil {
		return a.err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.err = a.meet()
	if a.m.waited++; a.m.waited == a.Size() {
		delete(a.meetings, a.at)
	}
	return a.err
}

// meet returns when nobody touches the memory of this rank any more.
func (a *arrival) meet() error {
	for {
		from, to, left := a.pick()
		switch {
		case from >= 0:
			a.move(from, to)
		case left == 0:
			return nil
		default:
			if err := a.trouble(); err != nil {
				a.lose(err)
				return a.reason()
			}
			a.change.Wait()
		}
	}
}

// pick finds a part to move; left is how many are still on their way.
func (a *arrival) pick() (from, to, left int) {
	n := a.Size()
	for i := range 2 * n {
		from, to := (a.rank+i)%n, a.rank // what comes here first
		if i >= n {
			from, to = to, from
		}
		switch state := a.m.parts[from*n+to]; {
		case state == waiting && a.m.send[from] != nil && a.m.recv[to] != nil && a.lost[from] == nil && a.lost[to] == nil:
			return from, to, 0
		case state != moved:
			left++
		}
	}
	return -1, -1, left
}

// move copies a part, without the lock where that takes long.
func (a *arrival) move(from, to int) {
	src, dst := a.m.send[from][to], a.m.recv[to][from]
	if len(src) != len(dst) {
		err := fmt.Errorf("it was sent %d bytes by rank %d where it expected %d: the ranks do different things", len(src), from, len(dst))
		a.abort(&RankError{to, err})
		return
	}
	part := &a.m.parts[from*a.Size()+to]
	if len(src) > 4096 {
		*part = moving
		a.mu.Unlock()
		copy(dst, src)
		a.mu.Lock()
	} else {
		copy(dst, src)
	}
	*part = moved
	a.change.Broadcast()
}

// trouble is why what is still to come will never come.
func (a *arrival) trouble() *RankError {
	n := a.Size()
	if a.lost[a.rank] != nil {
		if a.busy() {
			return nil
		}
		return a.lost[a.rank]
	}
	for r := range n {
		if a.lost[r] != nil && (a.m.parts[r*n+a.rank] == waiting || a.m.parts[a.rank*n+r] == waiting) && !a.busy() {
			return a.lost[r]
		}
	}
	return nil
}

// busy reports whether somebody copies from or to this rank's memory.
func (a *arrival) busy() bool { return a.m.busy(a.rank, a.Size()) }

func (m *meeting) busy(rank, n int) bool {
	for r := range n {
		if m.parts[r*n+rank] == moving || m.parts[rank*n+r] == moving {
			return true
		}
	}
	return false
}

// lose marks this rank as one that can be reached no more; the first reason stays.
func (l *local) lose(why *RankError) {
	if l.lost[l.rank] == nil {
		l.lost[l.rank] = why
		l.change.Broadcast()
	}
}

// Close leaves; it waits for those who copy from or to this rank's memory.
func (l *local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lose(&RankError{l.rank, errClosed})
	for l.copying() {
		l.change.Wait()
	}
	return nil
}

func (l *local) copying() bool {
	for _, m := range l.meetings {
		if m.busy(l.rank, l.Size()) {
			return true
		}
	}
	return false
}

// Abort makes all ranks lost for this rank's error.
func (l *local) Abort(err error) {
	if err == nil {
		err = errors.New("aborted without a reason")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.abort(&RankError{l.rank, err})
}

func (l *local) abort(why *RankError) {
	for r := range l.lost {
		if l.lost[r] == nil {
			l.lost[r] = why
		}
	}
	l.change.Broadcast()
}
